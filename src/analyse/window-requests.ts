/** Selects the requests of a window and the healthy ones from all traces of a session. */
import type { WindowSubject } from '#model/finding/analysis.ts';
import { isUnchosen, type Sample, type SeenRequest, seenRequest } from '#model/requests/seen-request.ts';
import { comparableId } from '#model/trace/id-forms.ts';
import type { Trace } from '#model/trace/trace.ts';

/** A trace as read: `isHealthy` if it came from a healthy window. */
export type HeldTrace = Readonly<{ trace: Trace; source: string; sample: Sample | undefined; isHealthy: boolean }>;

export type WindowRequests = Readonly<{
  /** In order of time, whichever search found them first. */
  requests: readonly Trace[];
  healthyRequests: readonly Trace[];
  /** Those that were searched because they failed or were slow: they show causes, but never frequencies. */
  chosen: readonly Trace[];
  /** All of the window, including those searched because they failed or were slow. */
  seen: readonly SeenRequest[];
  healthySeen: readonly SeenRequest[];
}>;

/** A rarely used operation: a few more calls in one window than in the other would look like a change. */
const FEWEST_OF_PLACE = 3;

export function windowRequests(window: WindowSubject, held: readonly HeldTrace[]): WindowRequests {
  const { through } = window;
  const ordered = held
    .filter(({ trace }) => through === undefined || trace.services.some((service) => through.includes(service)))
    .sort((a, b) => a.trace.startEpochUs - b.trace.startEpochUs || compareIds(a.trace, b.trace));
  const isByTime = window.healthy !== undefined || window.unhealthy !== undefined;
  const { now, usual } = isByTime ? byTime(ordered, window) : asTheyCame(ordered);
  const isCompared = comparedSamples(now, usual);
  const compared = (all: readonly HeldTrace[]) => all.filter(isCompared).map(({ trace }) => trace);
  const seen = (all: readonly HeldTrace[]) => all.map((one) => seenRequest(one.trace, window.service, one));
  return {
    requests: compared(now),
    healthyRequests: compared(usual),
    chosen: now.filter((one) => !isCompared(one)).map(({ trace }) => trace),
    seen: seen(now),
    healthySeen: seen(usual),
  };
}

type Sides = Readonly<{ now: readonly HeldTrace[]; usual: readonly HeldTrace[] }>;

function asTheyCame(held: readonly HeldTrace[]): Sides {
  return { now: held.filter(({ isHealthy }) => !isHealthy), usual: held.filter(({ isHealthy }) => isHealthy) };
}

/** A request that was still running when the problem began is not healthy. */
function byTime(held: readonly HeldTrace[], { fromUs, toUs, healthy }: WindowSubject): Sides {
  const endUs = ({ startEpochUs, durationUs }: Trace) => startEpochUs + durationUs;
  const isNow = ({ trace }: HeldTrace) => trace.startEpochUs <= toUs && endUs(trace) >= fromUs;
  const isUsual = ({ trace }: HeldTrace) =>
    healthy !== undefined && trace.startEpochUs >= healthy.fromUs && endUs(trace) < healthy.toUs;
  return { now: held.filter(isNow), usual: held.filter((one) => isUsual(one) && !isNow(one)) };
}

/** Both windows must be sampled the same way: a search for failed requests would raise the error rate. */
function comparedSamples(now: readonly HeldTrace[], usual: readonly HeldTrace[]): (one: HeldTrace) => boolean {
  const [ofNow, ofUsual] = [now, usual].map((all) => Map.groupBy(all, ({ sample }) => sample));
  const isEnough = (sample: Sample | undefined) =>
    [ofNow, ofUsual].every((bySample) => (bySample?.get(sample)?.length ?? 0) >= FEWEST_OF_PLACE);
  return ({ sample }) => isUnchosen(sample) || (sample?.startsWith('of ') === true && isEnough(sample));
}

function compareIds(a: Trace, b: Trace): number {
  const [one, other] = [comparableId(a.traceId), comparableId(b.traceId)];
  if (one === other) return 0;
  return one < other ? -1 : 1;
}
