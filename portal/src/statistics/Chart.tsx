import { type PointerEvent, useLayoutEffect, useRef, useState } from 'react';
import { language } from '../i18n';
import { moments, nearest, steps, strokes } from './scale';
import './chart.css';

export interface Line {
  label: string;
  values: readonly (number | null)[];
  /** Which of the chart's colours. */
  tone: 1 | 2 | 3;
  /** A bound, such as the size: dashed, without an area. */
  bound?: boolean;
}

const HEIGHT = 180;
const LEFT = 74;
const RIGHT = 10;
const TOP = 10;
const BOTTOM = 24;

/** Lines over time, drawn as SVG; its numbers can be had as a table beside it. */
export function Chart(properties: {
  label: string;
  times: readonly number[];
  seconds: number;
  from: number;
  to: number;
  lines: readonly Line[];
  shown: (value: number) => string;
  max?: number;
  binary?: boolean;
}) {
  const { label, times, seconds, from, to, lines, shown, max, binary = false } = properties;
  const box = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(480);
  const [over, setOver] = useState<number>();
  useLayoutEffect(() => {
    const element = box.current;
    if (!element) return;
    setWidth(Math.max(220, element.clientWidth));
    const watch = new ResizeObserver(() => setWidth(Math.max(220, element.clientWidth)));
    watch.observe(element);
    return () => watch.disconnect();
  }, []);

  const highest = Math.max(0, ...lines.flatMap((line) => line.values.map((value) => value ?? 0)));
  const marks = max === undefined ? steps(highest, binary) : steps(max, binary);
  const top = max ?? marks.at(-1) ?? 1;
  const x = (time: number) => LEFT + ((time - from) / (to - from)) * (width - LEFT - RIGHT);
  const y = (value: number) => TOP + (1 - Math.min(value, top) / top) * (HEIGHT - TOP - BOTTOM);
  const days = to - from > 2 * 86_400;
  const clock = new Intl.DateTimeFormat(
    language(),
    days ? { day: 'numeric', month: 'short' } : { hour: '2-digit', minute: '2-digit' },
  );
  const whole = new Intl.DateTimeFormat(language(), { dateStyle: 'medium', timeStyle: 'short' });
  const point = (values: readonly (number | null)[], index: number) =>
    `${x(times[index] ?? 0).toFixed(1)},${y(values[index] ?? 0).toFixed(1)}`;
  const move = (event: PointerEvent<SVGSVGElement>) => {
    const at = event.clientX - event.currentTarget.getBoundingClientRect().left;
    const time = from + ((at - LEFT) / (width - LEFT - RIGHT)) * (to - from);
    setOver(times.length > 0 && at > LEFT - 8 ? nearest(times, time) : undefined);
  };
  const seen = over !== undefined && over < times.length ? over : undefined;
  const last = lines[0]?.values.findLast((value) => value !== null);

  return (
    <figure
      className="bw-chart"
      aria-label={`${label}${last === undefined || last === null ? '' : `: ${shown(last)}`}`}
    >
      <figcaption className="bw-chart__head">
        <span className="bw-chart__title">{label}</span>
        <span className="bw-chart__now">
          {lines.map((line) => {
            const value = seen === undefined ? line.values.findLast((each) => each !== null) : line.values[seen];
            return (
              <span key={line.label} className="bw-chart__key">
                <i className={`bw-tone-${line.tone}${line.bound ? ' bw-chart__dash' : ''}`} />
                {line.label} <b>{value === undefined || value === null ? '–' : shown(value)}</b>
              </span>
            );
          })}
        </span>
      </figcaption>
      <div ref={box}>
        <svg
          width={width}
          height={HEIGHT}
          aria-hidden="true"
          onPointerMove={move}
          onPointerLeave={() => setOver(undefined)}
        >
          {marks
            .filter((mark) => mark <= top * 1.001)
            .map((mark) => (
              <g key={mark}>
                <line className="bw-chart__grid" x1={LEFT} x2={width - RIGHT} y1={y(mark)} y2={y(mark)} />
                <text className="bw-chart__text" x={LEFT - 8} y={y(mark) + 4} textAnchor="end">
                  {shown(mark)}
                </text>
              </g>
            ))}
          {moments(from, to, Math.floor((width - LEFT) / 84)).map((at) => (
            <text
              key={at}
              className="bw-chart__text"
              x={x(at)}
              y={HEIGHT - 6}
              textAnchor={x(at) > width - 24 ? 'end' : 'middle'}
            >
              {clock.format(at * 1000)}
            </text>
          ))}
          {lines.map((line) =>
            strokes(times, line.values, seconds).map((stroke) => {
              const first = stroke[0] ?? 0;
              const end = stroke.at(-1) ?? 0;
              const way = stroke.map((index) => point(line.values, index)).join(' ');
              return (
                <g key={`${line.label}${first}`} className={`bw-tone-${line.tone}`}>
                  {!line.bound && stroke.length > 1 && (
                    <polygon
                      className="bw-chart__area"
                      points={`${x(times[first] ?? 0)},${y(0)} ${way} ${x(times[end] ?? 0)},${y(0)}`}
                    />
                  )}
                  {stroke.length > 1 ? (
                    <polyline className={`bw-chart__line${line.bound ? ' bw-chart__line--bound' : ''}`} points={way} />
                  ) : (
                    <circle
                      className="bw-chart__dot"
                      cx={x(times[first] ?? 0)}
                      cy={y(line.values[first] ?? 0)}
                      r="2.5"
                    />
                  )}
                </g>
              );
            }),
          )}
          {seen !== undefined && (
            <g>
              <line
                className="bw-chart__cross"
                x1={x(times[seen] ?? 0)}
                x2={x(times[seen] ?? 0)}
                y1={TOP}
                y2={HEIGHT - BOTTOM}
              />
              <text
                className="bw-chart__text bw-chart__when"
                x={x(times[seen] ?? 0) + (x(times[seen] ?? 0) > width / 2 ? -6 : 6)}
                y={TOP + 10}
                textAnchor={x(times[seen] ?? 0) > width / 2 ? 'end' : 'start'}
              >
                {whole.format((times[seen] ?? 0) * 1000)}
              </text>
              {lines.map((line) => {
                const value = line.values[seen];
                return value === null || value === undefined ? null : (
                  <circle
                    key={line.label}
                    className={`bw-chart__dot bw-tone-${line.tone}`}
                    cx={x(times[seen] ?? 0)}
                    cy={y(value)}
                    r="4"
                  />
                );
              })}
            </g>
          )}
        </svg>
      </div>
    </figure>
  );
}
