// Numbers, days and ranges as people read them. Nothing here rounds what somebody said.

import type { Range, Toll } from './types';

export function number(value: number, language: string): string {
  return new Intl.NumberFormat(language).format(value);
}

/** A day, which has no clock and no time zone. */
export function day(text: string, language: string): string {
  const [year, month, date] = text.split('-').map(Number);
  if (!year || !month || !date) return text;
  const at = new Date(Date.UTC(2000, month - 1, date));
  at.setUTCFullYear(year);
  return new Intl.DateTimeFormat(language, { timeZone: 'UTC', year: 'numeric', month: 'short', day: 'numeric' }).format(at);
}

/** One day, or from the first to the last that it may have been. */
export function days(when: [string, string] | null, language: string): string {
  if (!when) return '';
  return when[0] === when[1] ? day(when[0], language) : `${day(when[0], language)} – ${day(when[1], language)}`;
}

/** "43", "31–43", "31 +" where there is no upper end. Nothing where nobody says. */
export function range(value: Range | null, language: string): string {
  if (!value) return '';
  const [low, high] = value;
  if (high === null) return `${number(low, language)} +`;
  return low === high ? number(low, language) : `${number(low, language)}–${number(high, language)}`;
}

export function tollRange(toll: Toll): Range | null {
  return toll.low === null ? null : [toll.low, toll.high];
}

/** "5 km", "500 m". */
export function metres(value: number, language: string): string {
  if (value >= 1000) {
    const km = value / 1000;
    return `${new Intl.NumberFormat(language, { maximumFractionDigits: km < 10 ? 1 : 0 }).format(km)} km`;
  }
  return `${number(Math.round(value), language)} m`;
}

/** Bits with a sign, to two decimals; never "-0.00". */
export function bits(value: number): string {
  const rounded = Math.round(value * 100) / 100;
  const text = Math.abs(rounded).toFixed(2);
  return rounded < 0 ? `−${text}` : `+${text}`;
}

/** What a weight in bits means as odds, whole numbers for people. */
export function odds(weight: number): [number, number] {
  const ratio = Math.min(2 ** Math.abs(weight), 1e6);
  return weight >= 0 ? [Math.round(ratio), 1] : [1, Math.round(ratio)];
}

export function percent(value: number, language: string): string {
  return new Intl.NumberFormat(language, { style: 'percent', maximumFractionDigits: 1 }).format(value);
}

/** A moment of the pool's own time, in UTC as it is kept. */
export function moment(text: string, language: string): string {
  const match = /^(\d{4}-\d{2}-\d{2})T(\d{2}:\d{2})/.exec(text);
  return match ? `${day(match[1]!, language)}, ${match[2]} UTC` : text;
}

/** How many of these days there are, day by day from the first to the last; days outside are passed over. */
export function perDay(all: string[], since: string, until: string): { first: string; n: number }[] {
  const counts: { first: string; n: number }[] = [];
  for (let at = Date.parse(`${since}T00:00:00Z`); at <= Date.parse(`${until}T00:00:00Z`); at += 86_400_000) {
    const first = new Date(at).toISOString().slice(0, 10);
    counts.push({ first, n: all.filter((it) => it === first).length });
  }
  return counts;
}
