/** Formats instants outside the store: ISO 8601, UTC, milliseconds. */
import dayjs from 'dayjs';
import utc from 'dayjs/plugin/utc.js';
import { DAY_US } from '#core/time-units.ts';
import { offsetAt, type Zone } from '#utilities/time-zone.ts';

dayjs.extend(utc);

/** The last instant that ISO 8601 with four digits of the year can name. Broken clocks send later ones. */
const LAST_MS = 253_402_300_799_999;

export function isoInstant(epochUs: number): string {
  return at(epochUs).toISOString();
}

/** The same; empty where the time is unknown. */
export function knownInstant(epochUs: number | undefined): string {
  return epochUs !== undefined && Number.isFinite(epochUs) ? isoInstant(epochUs) : '';
}

/** `14:30:00.000`, where the day is shown elsewhere. */
export function clockInstant(epochUs: number): string {
  return at(epochUs).format('HH:mm:ss.SSS');
}

/** `14:30:05`, where milliseconds do not matter. */
export function shortClock(epochUs: number): string {
  return at(epochUs).format('HH:mm:ss');
}

/** `14:30`, in a sentence. */
export function minuteClock(epochUs: number): string {
  return at(epochUs).format('HH:mm');
}

/** `14:30`; with its day where that is another one: `Jan 5, 23:50`. */
export function clockNear(epochUs: number, nearUs: number): string {
  const isThatDay = at(epochUs).isSame(at(nearUs), 'day');
  return at(epochUs).format(isThatDay ? 'HH:mm' : 'MMM D, HH:mm');
}

/** `2026-01-06 14:30 UTC` */
export function readableMinute(epochUs: number): string {
  return `${at(epochUs).format('YYYY-MM-DD HH:mm')} UTC`;
}

/** `2026-01-06 14:30:00 UTC` */
export function readableSecond(epochUs: number): string {
  return `${at(epochUs).format('YYYY-MM-DD HH:mm:ss')} UTC`;
}

/** `2026-01-06 15:30:00` in a person's zone, as a form shows it and as `spoken-time.ts` reads it; with `UTC` where Slack tells none. */
export function zonedSecond(epochUs: number, zone: Zone | undefined): string {
  if (zone === undefined) return readableSecond(epochUs);
  const wallUs = epochUs + offsetAt(zone, Math.floor(epochUs / 1e6)) * 1e6;
  return readableSecond(wallUs).replace(/ UTC$/, '');
}

const READABLE =
  /(?<![\d:.-])(?:(\d{4}-\d\d-\d\d) )?([0-2]\d:[0-5]\d)(:[0-5]\d)?(?: UTC\b|(?= (?:to|and|until) \d\d:\d\d(?::\d\d)? UTC\b))/g;

export type ReadableIn = Readonly<{ us: number; start: number; end: number; hasSeconds: boolean; hasDay: boolean }>;

/**
 * The instants that `readableMinute` and `readableSecond` wrote into a text, in order. With `nearUs` also clocks without a
 * day, `14:30 UTC`: the one nearest to that instant. What the text quotes “so” stays as it is then.
 */
export function readableIn(text: string, nearUs?: number): readonly ReadableIn[] {
  return Array.from(text.matchAll(READABLE)).flatMap(({ 0: whole, 1: day, 2: clock = '', 3: seconds = '', index }) => {
    const hasDay = day !== undefined;
    if (nearUs === undefined ? !hasDay || !whole.endsWith('UTC') : isQuoted(text, index)) return [];
    const us = hasDay ? instantOf(day, `${clock}${seconds}`) : nearestOf(`${clock}${seconds}`, nearUs ?? 0);
    const place = { start: index, end: index + whole.length, hasSeconds: seconds !== '', hasDay };
    return Number.isFinite(us) ? [{ us, ...place }] : [];
  });
}

function instantOf(day: string, clock: string): number {
  return dayjs.utc(`${day}T${clock}${clock.length < 8 ? ':00' : ''}Z`).valueOf() * 1_000;
}

function nearestOf(clock: string, nearUs: number): number {
  const us = instantOf(at(nearUs).format('YYYY-MM-DD'), clock);
  return us + Math.round((nearUs - us) / DAY_US) * DAY_US;
}

function isQuoted(text: string, index: number): boolean {
  return text.lastIndexOf('“', index) > text.lastIndexOf('”', index);
}

/** `Tue, 06 Jan 2026 14:30:05 +0000`, as RSS wants it. */
export function rfcDate(epochUs: number): string {
  return `${at(epochUs).format('ddd, DD MMM YYYY HH:mm:ss')} +0000`;
}

/** Whole seconds, as Slack's dates take them. */
export function epochSeconds(epochUs: number): number {
  return Math.floor(shownMs(epochUs) / 1000);
}

function at(epochUs: number): dayjs.Dayjs {
  return dayjs.utc(shownMs(epochUs));
}

function shownMs(epochUs: number): number {
  const ms = Number.isFinite(epochUs) ? Math.floor(epochUs / 1000) : 0;
  return Math.min(Math.max(ms, 0), LAST_MS);
}
