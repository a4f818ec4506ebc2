/** The pauses between the attempts of a run. */
import type { Run } from '#detect/signs/attempts/attempts.ts';
import type { Stretch } from '#model/finding/finding.ts';
import { isCertain } from '#model/logs/log-correlation.ts';
import { severityOf, WARN } from '#model/logs/log-level.ts';
import type { LogLine } from '#model/logs/log-line.ts';
import { durationText } from '#model/text/duration.ts';
import type { SpanIndex } from '#model/trace/columns.ts';
import type { Trace } from '#model/trace/trace.ts';
import { laterSiblings } from '#model/trace/views/answered-elsewhere.ts';
import { pathWithin } from '#model/trace/views/path-within.ts';
import { requestNature } from '#model/trace/views/request-nature.ts';

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

/** Airflow's sensors look every minute, Dagster's every half minute; retries with a constant pause wait less. */
const LEAST_PACE_US = 5_000_000;
/** The work around a look takes a little of its time. */
const MOST_UNEVEN = 1.25;
const NOT_FOUND = 404;

/**
 * A sensor looks at an even pace whether an object is there, and found it at the next look. That nobody has put it there
 * yet is no failure. A warning of the service means that it came too late.
 */
export function looksUntilThere(trace: Trace, { caller, attempts }: Run, logs: readonly LogLine[]): boolean {
  const last = attempts.at(-1);
  if (last === undefined || requestNature(trace).kind === 'request' || trace.failed(caller)) return false;
  if (!attempts.every((attempt) => isNotThere(trace, attempt))) return false;
  const found = laterSiblings(trace, last).find((other) => trace.operation(other) === trace.operation(last));
  if (found === undefined || trace.failed(found) || trace.httpStatus(found) >= NOT_FOUND) return false;
  const starts = [...attempts, found].map((look) => trace.startUs(look));
  const paces = starts.slice(1).map((startUs, i) => startUs - (starts[i] ?? startUs));
  const [least, most] = [Math.min(...paces), Math.max(...paces)];
  if (least < LEAST_PACE_US || most > MOST_UNEVEN * least) return false;
  const service = trace.service(caller);
  return !logs.some((line) => line.service === service && isCertain(line) && severityOf(line.level) >= WARN);
}

function isNotThere(trace: Trace, look: SpanIndex): boolean {
  return trace.httpStatus(look) === NOT_FOUND || /^(?:5|NOT_FOUND)$/.test(trace.text(look, 'rpc.status_code'));
}

/** A shorter pause is not on purpose. */
const IMMEDIATE_US = 10_000;
