/** The pauses between the attempts of a run. */
import type { Run } from '#detect/signs/attempts.ts';
import type { Stretch } from '#model/finding/finding.ts';
import { durationText } from '#model/text/duration.ts';
import type { SpanIndex } from '#model/trace/columns.ts';
import type { Trace } from '#model/trace/trace.ts';
import { pathWithin } from '#model/trace/views/path-within.ts';

/** The caller's own part of the path from one attempt to the next. */
export function pausesIn(trace: Trace, { caller, attempts }: Run): Stretch[] {
  const first = attempts[0];
  const last = attempts.at(-1);
  if (first === undefined || last === undefined) return [];
  return pathWithin(trace, trace.endUs(first), trace.startUs(last), (span) => span === caller);
}

/** Pauses are backoff if each is about 1.5 times as long as the one before. */
export function pausesOf(trace: Trace, attempts: readonly SpanIndex[]): string {
  const pauses = attempts.slice(1).map((attempt, i) => trace.startUs(attempt) - trace.endUs(attempts[i] ?? attempt));
  // There may be more values than a function accepts as arguments.
  const longest = pauses.reduce((most, us) => Math.max(most, us), 0);
  if (longest < IMMEDIATE_US) return 'The attempts followed one another without a pause.';
  const grows = pauses.every((us, i) => i === 0 || us >= 1.5 * (pauses[i - 1] ?? 0));
  const shortest = durationText(pauses.reduce((least, us) => Math.min(least, us), longest));
  const range = shortest === durationText(longest) ? shortest : `${shortest} to ${durationText(longest)}`;
  if (pauses.length > 1 && grows) return `The pauses between the attempts grow (${range}).`;
  return `The pauses between the attempts are ${pauses.length === 1 ? durationText(longest) : range}, without backoff.`;
}

/** A shorter pause is not on purpose. */
const IMMEDIATE_US = 10_000;
