/** Schedules of jobs: the five fields of a crontab line, see crontab(5), and clock times of other schedulers. */
import { MINUTE_US } from '#core/time-units.ts';
import { type Effect, effect, MUCH_MORE, type Sides } from '#model/changes/effect.ts';

const CRON = /(?:^|["'\s])((?:[\d*/,-]{1,40}\s{1,4}){4}[\dA-Za-z*/,-]{1,40})(?:["'\s]|$)/m;
const MINUTES = 60;
const HOURS = 24;

/** Minutes of the hour and hours of the day; days of the month and of the week are taken as every day. */
type Schedule = Readonly<{ minutes: ReadonlySet<number>; hours: ReadonlySet<number> }>;

/** Undefined where the text has none. */
function scheduleIn(text: string): Schedule | undefined {
  const cron = CRON.exec(text)?.[1];
  if (cron === undefined) return undefined;
  const [minutes = '', hours = ''] = cron.split(/\s+/);
  return { minutes: valuesOf(minutes, MINUTES), hours: valuesOf(hours, HOURS) };
}

/** 0 where the text has no schedule. */
export function runsADay(text: string): number {
  const schedule = scheduleIn(text);
  return schedule === undefined ? 0 : schedule.minutes.size * schedule.hours.size;
}

/** When a job with the schedule of this text runs next, in UTC as Kubernetes' controller does; undefined without one. */
export function nextRunUs(text: string, afterUs: number): number | undefined {
  const schedule = scheduleIn(text);
  if (schedule === undefined) return undefined;
  const first = Math.ceil(afterUs / MINUTE_US);
  for (let minute = first; minute < first + MINUTES * HOURS; minute += 1) {
    const [hour, ofHour] = [Math.floor(minute / MINUTES) % HOURS, minute % MINUTES];
    if (schedule.hours.has(hour) && schedule.minutes.has(ofHour)) return minute * MINUTE_US;
  }
  return undefined;
}

/** `TIME="1104"`, `start_time: 02:30`, `run at 11:00`; an hour alone may be any number. */
const CLOCK =
  /\b(?:time(?:_?from)?|start(?:_?time|s)?|run_?time|at)["']?\s{0,3}[=:]?\s{0,3}["']?([01]\d|2[0-3]):?([0-5]\d)\b(?!:?\d)/i;

/** When a job with the clock time of this text runs next, in UTC; undefined without one. */
export function nextClockUs(text: string, afterUs: number): number | undefined {
  const [, hour, minute] = CLOCK.exec(text) ?? [];
  if (hour === undefined || minute === undefined) return undefined;
  const dayUs = MINUTES * HOURS * MINUTE_US;
  const ofDayUs = (Number(hour) * MINUTES + Number(minute)) * MINUTE_US;
  const atUs = Math.floor(afterUs / dayUs) * dayUs + ofDayUs;
  return atUs >= afterUs ? atUs : atUs + dayUs;
}

/** The values below `all` that a field such as `1-5`, `*` with or without a step, or `1,7` names. */
function valuesOf(field: string, all: number): ReadonlySet<number> {
  const values = new Set<number>();
  for (const part of field.split(',')) {
    const [range = '', step = '1'] = part.split('/');
    const [from = 0, to = from] = range === '*' ? [0, all - 1] : range.split('-').map(Number);
    for (let value = from; value <= Math.min(to, all - 1); value += Math.max(1, Number(step))) values.add(value);
  }
  return values;
}

/** A job that runs at least so many times as often as before. */
export function ofSchedule({ added, removed }: Sides): Effect[] {
  const [before, after] = [runsADay(removed), runsADay(added)];
  if (before === 0 || after < before * MUCH_MORE) return [];
  return effect('shorter-interval', `it runs a job ${Number((after / before).toPrecision(6))} times as often`);
}
