/** Whether the wait of a queue's messages grows from message to message. */
import { sampleRankCorrelation } from 'simple-statistics';
import {
  type Delivery,
  deliveriesOf,
  isMeantForLater,
  publishedBy,
  queueOf,
} from '#detect/signs/messages/deliveries.ts';
import { medianOf } from '#model/stats/robust.ts';
import { trendOf } from '#model/stats/trend.ts';
import type { Trace } from '#model/trace/trace.ts';

export type Message = Readonly<{
  trace: Trace;
  delivery: Delivery;
  service: string;
  operation: string;
  queue: string;
  /** Microseconds since the epoch. */
  publishedUs: number;
  lagUs: number;
  workUs: number;
}>;

/** In the order of publishing. */
export function messagesIn(requests: readonly Trace[]): readonly Message[] {
  const published = publishedBy(requests);
  return requests
    .flatMap((trace) =>
      deliveriesOf(trace, published)
        .filter((delivery) => delivery.lagUs >= 0 && !isMeantForLater(trace, delivery))
        .map((delivery) => ({
          trace,
          delivery,
          service: trace.service(delivery.consumer),
          operation: trace.operation(delivery.consumer),
          queue: queueOf(trace, delivery),
          publishedUs: trace.startEpochUs + delivery.publishedUs,
          lagUs: delivery.lagUs,
          workUs: trace.endUs(delivery.consumer) - delivery.begunUs,
        })),
    )
    .sort((a, b) => a.publishedUs - b.publishedUs || a.lagUs - b.lagUs || (a.trace.traceId < b.trace.traceId ? -1 : 1));
}

export type GrowingWait = Readonly<{
  own: readonly Message[];
  firstUs: number;
  lastUs: number;
  firstWorkUs: number;
  lastWorkUs: number;
  /** Growth of the wait, in seconds per second. */
  perSecond: number;
  /** The wait of the first and the last message on the fitted straight line. */
  fromUs: number;
  toUs: number;
}>;

export function growthOfWait(own: readonly Message[]): GrowingWait {
  const third = Math.ceil(own.length / 3);
  const [first, last] = [own.slice(0, third), own.slice(-third)];
  const lag = ({ lagUs }: Message) => lagUs;
  const work = ({ workUs }: Message) => workUs;
  const points = { atUs: own.map(({ publishedUs }) => publishedUs), values: own.map(({ lagUs }) => lagUs / 1e6) };
  const trend = trendOf(points);
  return {
    own,
    firstUs: medianOf(first.map(lag)),
    lastUs: medianOf(last.map(lag)),
    firstWorkUs: medianOf(first.map(work)),
    lastWorkUs: medianOf(last.map(work)),
    perSecond: trend?.perSecond ?? 0,
    fromUs: Math.max(0, trend?.valueAt(points.atUs[0] ?? 0) ?? 0) * 1e6,
    toUs: (trend?.valueAt(points.atUs.at(-1) ?? 0) ?? 0) * 1e6,
  };
}

/** The least correlation: most messages waited longer than most earlier ones. */
const LEAST_CORRELATION = 0.7;
/** Significance: a chance of at most 1 %. */
const DEVIATIONS = 2.58;

/** Spearman’s correlation of the wait with the order; its standard deviation by chance is 1 / √(n − 1). */
export function doesRise(own: readonly Message[]): boolean {
  const least = Math.max(LEAST_CORRELATION, DEVIATIONS / Math.sqrt(own.length - 1));
  return (
    sampleRankCorrelation(
      own.map(({ publishedUs }) => publishedUs),
      own.map(({ lagUs }) => lagUs),
    ) >= least
  );
}
