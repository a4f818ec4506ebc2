/**
 * An instant that somebody typed as an argument: `2026-01-06T14:30:00Z`, `-2h`, as Grafana's addresses have it, or in a
 * form of logs that names its zone.
 */
import { UsageError } from '#core/errors.ts';
import { cutLine } from '#model/text/cut-text.ts';
import { shown } from '#present/words/plain-text.ts';
import { namesZone, readInstant } from '#utilities/instant.ts';
import { UTC } from '#utilities/time-zone.ts';
import { readWholeTime, resolveTime } from '#workflows/times/spoken-time.ts';
import { whyUnread } from '#workflows/times/unread-time.ts';

/** Microseconds since the epoch. `argument`: its name, for the error. Throws UsageError. */
export function typedInstant(argument: string, text: string, nowUs: number): number {
  const epochUs = epochIn(text);
  if (epochUs !== undefined) return epochUs;
  const when = readWholeTime(text.replace(AFTER_NOW, ''));
  // Without a zone, the instant depends on the machine.
  const isSure = !('problem' in when) && (when.kind === 'ago' || when.zone !== 'own');
  const resolved = isSure ? resolveTime(when, { nowUs, own: UTC, mayBeAhead: true }) : { problem: '' };
  if ('us' in resolved) return resolved.us;
  const instant = readInstant(text, { nowNs: BigInt(Math.round(nowUs)) * 1000n });
  if (instant !== undefined && namesZone(instant)) return Number(instant.ns / 1000n);
  if (resolved.problem !== '') throw new UsageError(`${argument} is not clear`, resolved.problem);
  throw new UsageError(
    `${argument} “${shown(cutLine(text.trim(), 60))}” ${whyUnread(text)}`,
    'Write it with its zone, such as 2026-01-06T14:30:00Z or "yesterday 14:30 UTC", or as now, -2h, "20 min ago".',
  );
}

/** `now-2h` is `-2h`. */
const AFTER_NOW = /^\s*now\s*(?=[-\u2212]\s?\d)/i;

/** Seconds, milliseconds or microseconds since the epoch, by the number of digits. */
function epochIn(text: string): number | undefined {
  const digits = /^\s*(\d{10}|\d{13}|\d{16})\s*$/.exec(text)?.[1];
  return digits === undefined ? undefined : Number(digits.padEnd(MICROSECOND_DIGITS, '0'));
}

const MICROSECOND_DIGITS = 16;
