/** An instant that somebody typed as an argument: `2026-01-06T14:30:00Z`, `-2h`. */
import { UsageError } from '#core/errors.ts';
import { UTC } from '#utilities/time-zone.ts';
import { readWholeTime, resolveTime } from '#workflows/spoken-time.ts';

/** Microseconds since the epoch. `argument`: its name, for the error. Throws UsageError. */
export function typedInstant(argument: string, text: string, nowUs: number): number {
  const when = readWholeTime(text);
  // Without a zone, the instant depends on the machine.
  const isSure = !('problem' in when) && (when.kind === 'ago' || when.zone !== 'own');
  const resolved = isSure ? resolveTime(when, { nowUs, own: UTC, mayBeAhead: true }) : { problem: '' };
  if ('us' in resolved) return resolved.us;
  throw new UsageError(
    `${argument} is not a time`,
    'Write it with its zone, such as 2026-01-06T14:30:00Z or "yesterday 14:30 UTC", or as now, -2h, "20 min ago".',
  );
}
