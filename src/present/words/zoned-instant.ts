/** An instant in a person's own time zone, as a form shows it and as `spoken-time.ts` reads it. */
import { readableSecond } from '#present/words/instant.ts';
import { offsetAt, type Zone } from '#utilities/time-zone.ts';

/** `2026-01-06 15:30:00`; with `UTC` behind it if Slack does not tell the zone. */
export function zonedSecond(epochUs: number, zone: Zone | undefined): string {
  if (zone === undefined) return readableSecond(epochUs);
  const wallUs = epochUs + offsetAt(zone, Math.floor(epochUs / 1e6)) * 1e6;
  return readableSecond(wallUs).replace(/ UTC$/, '');
}
