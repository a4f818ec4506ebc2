/**
 * How long it hit people each time, by the times of day that people wrote: `third time today: 09:05-09:24, 11:40-11:58 and
 * now since 14:02`. Nobody names the zone, so the note itself has to show it.
 */
import { MINUTE_US } from '#core/time-units.ts';
import type { TimelineEntry } from '#model/incident/incident.ts';

const DAY_MIN = 24 * 60;

const TIME = '(?:[01]?\\d|2[0-3])[:h][0-5]\\d';
const RANGE = new RegExp(`(?<![\\d:])(?<from>${TIME}) ?(?:-|–|to|bis|à|a) ?(?<until>${TIME})(?![\\d:])`, 'giu');
const SINCE = new RegExp(`(?<!\\p{L})(?:since|seit|depuis|desde) (?<from>${TIME})(?!\\d)`, 'iu');
const CLOCK = new RegExp(`(?<![\\d:.,])${TIME}(?![\\d:])`, 'giu');

function minutesOf(clock: string): number {
  const [hours = '', minutes = ''] = clock.split(/[:h]/i);
  return Number(hours) * 60 + Number(minutes);
}

function dayMinutes(atUs: number): number {
  return Math.floor(atUs / MINUTE_US) % DAY_MIN;
}

/**
 * The minutes that people's clocks are ahead of UTC, where a time in a note is that of a milestone in another zone:
 * `first ticket 17:20` and a detection at 20:20 UTC. Undefined without such a note, or where notes disagree.
 */
export function zoneMinutes(
  notes: readonly Pick<TimelineEntry, 'text'>[],
  known: readonly (Pick<TimelineEntry, 'atUs'> | undefined)[],
): number | undefined {
  const found = new Set<number>();
  const instants = known.flatMap((one) => (one === undefined ? [] : [dayMinutes(one.atUs)]));
  for (const { text } of notes) {
    for (const [clock] of text.matchAll(CLOCK)) {
      for (const instant of instants) {
        const ahead = (((minutesOf(clock) - instant + DAY_MIN / 2) % DAY_MIN) + DAY_MIN) % DAY_MIN;
        const offset = ahead - DAY_MIN / 2;
        if (offset % 60 === 0) found.add(offset);
      }
    }
  }
  return found.size === 1 ? [...found][0] : undefined;
}

/** The instant of a time of day, the last one before `untilUs`. */
function instantOf(clock: string, ahead: number, untilUs: number): number {
  const back = (((dayMinutes(untilUs) - (minutesOf(clock) - ahead)) % DAY_MIN) + DAY_MIN) % DAY_MIN;
  return (Math.floor(untilUs / MINUTE_US) - back) * MINUTE_US;
}

/** The time in `it is back since 09:47`, where the zone is known. */
export function sinceIn(text: string, ahead: number | undefined, untilUs: number): number | undefined {
  const clock = SINCE.exec(text)?.groups?.from;
  return clock === undefined || ahead === undefined ? undefined : instantOf(clock, ahead, untilUs);
}

/**
 * The spells of a note, in minutes, the last one until `easedUs`; undefined unless the first one began with the impact,
 * within a minute of it, and the note has one that is over and one that goes on.
 */
export function spellsIn(
  { text, atUs }: Pick<TimelineEntry, 'text' | 'atUs'>,
  impactUs: number,
  easedUs: number,
): readonly number[] | undefined {
  const over = [...text.matchAll(RANGE)].map(({ groups }) => [groups?.from ?? '', groups?.until ?? ''] as const);
  const last = SINCE.exec(text)?.groups?.from;
  const [first] = over;
  if (first === undefined || last === undefined) return undefined;
  const ahead = zoneMinutes([{ text: first[0] }], [{ atUs: impactUs }]);
  if (ahead === undefined) return undefined;
  const sinceUs = instantOf(last, ahead, atUs);
  if (sinceUs >= easedUs) return undefined;
  const lengths = over.map(([from, until]) => (minutesOf(until) - minutesOf(from) + DAY_MIN) % DAY_MIN);
  return [...lengths, (easedUs - sinceUs) / MINUTE_US];
}
