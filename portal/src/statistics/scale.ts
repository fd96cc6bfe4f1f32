/** Where lines and marks of a chart lie; without drawing anything. */

/** At most five round steps from nothing to at least `max`: 1, 2 or 5 of a power of ten, or of two for bytes. */
export function steps(max: number, binary = false): number[] {
  // No mark stands at a part of a byte.
  const top = binary ? Math.max(max, 4) : max > 0 ? max : 1;
  const unit = binary ? 1024 ** Math.max(0, Math.floor(Math.log(top) / Math.log(1024))) : 1;
  const scaled = top / unit;
  const power = 10 ** Math.floor(Math.log10(scaled / 4));
  const step = [1, 2, 2.5, 5, 10].map((each) => each * power).find((each) => scaled / each <= 4) ?? power * 10;
  const marks: number[] = [];
  for (let mark = 0; mark < scaled + step * 0.999; mark += step) marks.push(mark * unit);
  return marks;
}

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const TIMES = [
  5 * MINUTE,
  10 * MINUTE,
  15 * MINUTE,
  30 * MINUTE,
  HOUR,
  2 * HOUR,
  3 * HOUR,
  4 * HOUR,
  6 * HOUR,
  12 * HOUR,
];

/** Round moments of the clock on the wall, at most `most`, in seconds. */
export function moments(from: number, to: number, most: number): number[] {
  const offset = new Date(from * 1000).getTimezoneOffset() * 60;
  const wanted = (to - from) / Math.max(1, most);
  const step = [...TIMES, DAY, 2 * DAY, 4 * DAY, 7 * DAY, 14 * DAY].find((each) => each >= wanted) ?? 14 * DAY;
  const found: number[] = [];
  for (let at = Math.ceil((from - offset) / step) * step + offset; at <= to; at += step) found.push(at);
  return found;
}

/** The strokes of a line: broken where nothing was measured for longer than two stretches. */
export function strokes(times: readonly number[], values: readonly (number | null)[], seconds: number): number[][] {
  const found: number[][] = [];
  let current: number[] = [];
  let before = Number.NaN;
  times.forEach((time, index) => {
    const value = values[index];
    if (value === null || value === undefined) return;
    if (current.length > 0 && time - before > seconds * 2.5) {
      found.push(current);
      current = [];
    }
    current.push(index);
    before = time;
  });
  if (current.length > 0) found.push(current);
  return found;
}

/** The index of the moment nearest to one. */
export function nearest(times: readonly number[], to: number): number {
  let low = 0;
  let high = times.length - 1;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if ((times[middle] ?? 0) < to) low = middle;
    else high = middle;
  }
  return Math.abs((times[high] ?? 0) - to) < Math.abs((times[low] ?? 0) - to) ? high : low;
}
