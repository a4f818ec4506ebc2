/** Converts a time to other formats, or computes the time between several: `spanhound time`, `/trace tools time`. */
import { UnreadableInputError } from '#core/errors.ts';
import { cutLine } from '#model/text/cut-text.ts';
import type { Conversion, TimeStep } from '#present/tools/time-conversion.ts';
import { shown } from '#present/words/plain-text.ts';
import { type Instant, instantsIn, NO_ZONE, type ReadingOptions, readInstant } from '#utilities/instant.ts';
import { readSpan } from '#utilities/time-span.ts';
import { readZone, UTC, type Zone } from '#utilities/time-zone.ts';
import { readWholeTime, resolveTime, type SpokenTime } from '#workflows/times/spoken-time.ts';
import { whyUnread } from '#workflows/times/unread-time.ts';

export type ConvertTimeRequest = Readonly<{
  /** Each an instant, a duration, or a text with instants. Empty: now. */
  texts: readonly string[];
  nowUs: number;
  /** For times without a zone. @default UTC */
  zone?: string | undefined;
  /** The time zones for the output. */
  zones: readonly string[];
}>;

const EXAMPLES =
  'Write it as 2025-01-06T14:30:45Z, 1736173845123, "06/Jan/2025:14:30:45 +0000", -2h or 1h30m, or give a text that holds times.';

export function convertTime({ texts, nowUs, zone, zones }: ConvertTimeRequest): Conversion {
  const nowNs = BigInt(Math.round(nowUs)) * 1000n;
  const places = [UTC, ...zones.map(zoneNamed).filter((place) => place.name !== UTC.name)];
  const options = { nowNs, zone: zone === undefined ? undefined : zoneNamed(zone) };
  const [only = 'now', ...others] = texts.map((text) => text.trim()).filter((text) => text !== '');
  const span = others.length === 0 ? lengthOf(only) : undefined;
  if (span !== undefined) return { kind: 'span', said: only, ns: span };

  const instants = [only, ...others].flatMap((text) => {
    // Words come before the forms of logs, which would read `12:30 pm` without the `pm`.
    const alone = readInstant(text, options) ?? spokenInstant(text, options);
    const found = alone ? [alone] : instantsIn(text, options);
    if (found.length === 0) throw unread(text);
    return found;
  });
  const [first] = instants;
  if (instants.length === 1 && first) return { kind: 'instant', instant: first, nowNs, zones: places };
  return timeline(instants, places);
}

/** As `investigate` and the forms in Slack read it: `yesterday 14:30 UTC`, `06.01.2026 14:30`. */
function spokenInstant(text: string, { nowNs, zone = UTC }: ReadingOptions): Instant | undefined {
  const when = readWholeTime(text);
  if ('problem' in when) return undefined;
  const resolved = resolveTime(when, { nowUs: Number(nowNs / 1000n), own: zone, mayBeAhead: true });
  if ('problem' in resolved) throw new UnreadableInputError(resolved.problem.replace(/\.$/, ''), EXAMPLES);
  return { ns: BigInt(resolved.us) * 1000n, said: text, form: 'words', notes: assumed(when, zone), label: '' };
}

function assumed(when: SpokenTime, zone: Zone): readonly string[] {
  if (when.kind === 'ago') return [];
  const used = when.zone === 'own' ? zone : when.zone;
  return [
    ...(when.zone === 'own' ? [`${NO_ZONE}; ${zone.name} was used`] : []),
    ...(when.kind === 'clock' ? ['It names no day; the last time that a clock showed it was used'] : []),
    ...(used.otherwise === '' ? [] : [used.otherwise]),
  ];
}

function unread(text: string): UnreadableInputError {
  const why = whyUnread(text);
  const said = `“${shortened(text)}”`;
  return new UnreadableInputError(why === 'is not a time' ? `there is no time in ${said}` : `${said} ${why}`, EXAMPLES);
}

/** A sign before a duration makes it an instant relative to now. */
function lengthOf(text: string): bigint | undefined {
  return /^[+-]/.test(text) ? undefined : readSpan(text);
}

function timeline(instants: readonly Instant[], zones: readonly Zone[]): Conversion {
  const inOrder = [...instants].sort((a, b) => (a.ns < b.ns ? -1 : a.ns > b.ns ? 1 : 0));
  const startNs = inOrder[0]?.ns ?? 0n;
  const steps = inOrder.map((instant, index): TimeStep => {
    const previousNs = inOrder[index - 1]?.ns ?? instant.ns;
    return { instant, sincePreviousNs: instant.ns - previousNs, sinceStartNs: instant.ns - startNs };
  });
  return { kind: 'timeline', steps, sorted: inOrder.some((instant, index) => instant !== instants[index]), zones };
}

function zoneNamed(name: string): Zone {
  const zone = readZone(name);
  if (zone) return zone;
  throw new UnreadableInputError(
    `there is no time zone “${shortened(name)}”`,
    'Name it as Europe/Berlin, America/New_York, CET or +02:00.',
  );
}

function shortened(text: string): string {
  return shown(cutLine(text, 60));
}
