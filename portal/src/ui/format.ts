import type { Num } from '../api/types';
import { language } from '../i18n';

const UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'];

/** Bytes with three digits at most, in the units of the API. */
export function bytes(value: Num | undefined): string {
  let left = Number(value);
  if (value === undefined || Number.isNaN(left)) return '';
  let unit = 0;
  while (Math.abs(left) >= 1024 && unit < UNITS.length - 1) {
    left /= 1024;
    unit++;
  }
  const digits = unit === 0 || left >= 100 ? 0 : left >= 10 ? 1 : 2;
  return `${new Intl.NumberFormat(language(), { maximumFractionDigits: digits }).format(left)} ${UNITS[unit]}`;
}

export const count = (value: number) => new Intl.NumberFormat(language()).format(value);

export const percent = (part: number) =>
  new Intl.NumberFormat(language(), { style: 'percent', maximumFractionDigits: 0 }).format(part);

/** A moment: milliseconds since 1970, or the text of a date. */
export function moment(value: Num | undefined): Date | undefined {
  if (value === undefined || value === '') return undefined;
  const date = new Date(Number.isNaN(Number(value)) ? value : Number(value));
  return Number.isNaN(date.getTime()) ? undefined : date;
}

export function time(value: Num | undefined): string {
  const date = moment(value);
  return date ? new Intl.DateTimeFormat(language(), { dateStyle: 'medium', timeStyle: 'medium' }).format(date) : '';
}

/** "3 d 4 h", "12 min 5 s": the two largest parts. */
export function duration(milliseconds: number): string {
  const seconds = Math.max(0, Math.round(milliseconds / 1000));
  const parts: [number, string][] = [
    [Math.floor(seconds / 86_400), 'd'],
    [Math.floor(seconds / 3_600) % 24, 'h'],
    [Math.floor(seconds / 60) % 60, 'min'],
    [seconds % 60, 's'],
  ];
  const first = parts.findIndex(([value]) => value > 0);
  if (first < 0) return milliseconds > 0 ? '< 1 s' : '0 s';
  return parts
    .slice(first, first + 2)
    .filter(([value]) => value > 0)
    .map(([value, unit]) => `${value} ${unit}`)
    .join(' ');
}

export function since(from: Num | undefined, to: Num | undefined = Date.now()): string {
  const begin = moment(from);
  const end = moment(to);
  return begin && end ? duration(end.getTime() - begin.getTime()) : '';
}
