/**
 * Chooses the traces for the baseline: of the same request, before the failing one, without failures, of normal
 * duration, and nearest in time. Several, so that one odd trace does not decide. The order of the input does not
 * matter.
 */
import { rangeOf } from '#diagnose/differs.ts';
import { isHealthy, requestOf } from '#model/requests/baseline.ts';
import { durationText } from '#model/text/duration.ts';
import type { Trace } from '#model/trace/trace.ts';
import { errorOrigins } from '#model/trace/views/error-origins.ts';

export type HealthyChoice = Readonly<{ traceIds: readonly string[]; chosen: string }>;

/** More show little more, and take as long to read. */
export const HEALTHY_TRACES = 10;

/** A duration that differs from the median by more than this factor is not normal. */
const ORDINARY_FACTOR = 2;
/** Added to both sides, so that every request is normal where all take almost no time. */
const NOISE_US = 1_000;

type Candidate = Readonly<{
  traceId: string;
  startUs: number;
  durationUs: number;
  /** The request and everything below it succeeded. */
  isFlawless: boolean;
  /** It reaches the same services: one name may stand for different requests. */
  isAlike: boolean;
}>;

/** With fewer similar or flawless traces, all traces show more. */
const ENOUGH_ALIKE = 5;

export function chooseHealthy(traces: Iterable<Trace>, failing: Trace, most: number = HEALTHY_TRACES): HealthyChoice {
  const request = requestOf(failing);
  const counted = { found: 0, other: 0, failed: 0 };
  const candidates: Candidate[] = [];
  for (const trace of traces) {
    if (trace.traceId === failing.traceId) continue;
    counted.found += 1;
    if (requestOf(trace) !== request) counted.other += 1;
    else if (!isHealthy(trace)) counted.failed += 1;
    else
      candidates.push({
        traceId: trace.traceId,
        startUs: trace.startEpochUs,
        durationUs: trace.durationOfUs(trace.root),
        isFlawless: errorOrigins(trace).length === 0,
        isAlike: trace.services.join('\n') === failing.services.join('\n'),
      });
  }
  const flawless = narrowed(candidates, ({ isFlawless }) => isFlawless, 1);
  counted.failed += candidates.length - flawless.length;
  const alike = narrowed(flawless, ({ isAlike }) => isAlike, ENOUGH_ALIKE);
  counted.other += flawless.length - alike.length;
  const before = alike.filter(({ startUs }) => startUs < failing.startEpochUs);
  const timely = before.length > 0 ? before : alike;
  const { median } = rangeOf(timely.map(({ durationUs }) => durationUs));
  const ordinary = timely.filter(({ durationUs }) => isOrdinary(durationUs, median));
  const nearest = ordinary.sort((a, b) => nearness(a, failing) - nearness(b, failing) || byId(a, b)).slice(0, most);
  return {
    traceIds: nearest.map(({ traceId }) => traceId),
    chosen: inWords({
      ...counted,
      taken: nearest,
      unusual: timely.length - ordinary.length,
      isBefore: before.length > 0,
      late: alike.length - timely.length,
    }),
  };
}

function narrowed(
  candidates: readonly Candidate[],
  passes: (candidate: Candidate) => boolean,
  enough: number,
): readonly Candidate[] {
  const passed = candidates.filter(passes);
  return passed.length >= enough ? passed : candidates;
}

function isOrdinary(us: number, median: number): boolean {
  return (
    us + NOISE_US <= ORDINARY_FACTOR * (median + NOISE_US) && median + NOISE_US <= ORDINARY_FACTOR * (us + NOISE_US)
  );
}

function nearness({ startUs }: Candidate, { startEpochUs }: Trace): number {
  return Math.abs(startEpochUs - startUs);
}

function byId(a: Candidate, b: Candidate): number {
  return a.traceId < b.traceId ? -1 : Number(a.traceId > b.traceId);
}

type Counted = Readonly<{
  found: number;
  other: number;
  failed: number;
  unusual: number;
  late: number;
  isBefore: boolean;
  taken: readonly Candidate[];
}>;

function inWords({ found, other, failed, unusual, late, isBefore, taken }: Counted): string {
  const left = [
    other > 0 ? `${other} of other requests` : '',
    failed > 0 ? `${failed} with failures` : '',
    unusual > 0 ? `${unusual} of unusual duration` : '',
    late > 0 ? `${late} that came later` : '',
  ].filter((part) => part !== '');
  if (found === 0) return 'no other trace was found';
  if (taken.length === 0) return `none of the ${found} that were found is suitable (${left.join(', ')})`;
  const { low, high } = rangeOf(taken.map(({ durationUs }) => durationUs));
  const took = low === high ? durationText(low) : `${durationText(low)} to ${durationText(high)}`;
  const when = isBefore
    ? 'the nearest before the failing one'
    : 'the nearest in time, because none came before the failing one';
  return `${taken.length} of ${found} that were found: ${when}, without failures, of normal duration (${took})${left.length === 0 ? '' : `; left out: ${left.join(', ')}`}`;
}
