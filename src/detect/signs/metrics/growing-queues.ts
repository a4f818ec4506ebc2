/**
 * Queues that grow without end in metrics: no request fails, and nobody waits for an answer, but the work is never done.
 *
 *   waiting   ▁▁▁▁▁▁▂▃▄▅▆▇█    grows from point to point up to the end: the consumers are slower than the producers
 *   waiting   ▁▁▁▂▅█▇▄▂▁▁▁▁    a batch that was worked on: no backlog
 */
import { sampleRankCorrelation } from 'simple-statistics';
import { HOUR_US, MINUTE_US } from '#core/time-units.ts';
import type { TimeWindow } from '#model/finding/time-window.ts';
import { sameHours } from '#model/metrics/limited.ts';
import { type Measured, measured } from '#model/metrics/measured.ts';
import { meanByMinute, sumByMinute } from '#model/metrics/minutes.ts';
import { rates, type Series } from '#model/metrics/series.ts';
import { medianOf } from '#model/stats/robust.ts';
import { type Points, pointsBetween, trendOf } from '#model/stats/trend.ts';

export type GrowingQueue = Readonly<{
  /** Who works on it, where metrics show that; else what measures it. */
  service: string;
  queue: string;
  metric: string;
  isAge: boolean;
  before: number;
  now: number;
  perMinute: number;
  sinceUs: number;
  untilUs: number;
  /** How long the consumer works on one message, in seconds; undefined where no metric shows it. */
  work: Readonly<{ before: number; now: number }> | undefined;
  /** Messages come at least twice as fast as before: a batch, or a rush. */
  isRush: boolean;
}>;

type Limits = Readonly<{ minQueued: number; minQueuedSeconds: number; minGrowth: number; forMinutes: number }>;

/** Fewer points do not show what is usual. */
const FEWEST_BEFORE = 5;
/** Most points are above most earlier ones. */
const LEAST_CORRELATION = 0.9;
/** Below this share of its longest, a queue is being worked on. */
const DRAINS = 0.9;
/** Twice as many messages are no everyday change. */
const RUSH = 2;

/** The queue that grew most, relative to its limit, first. */
export function growingQueues(metrics: readonly Series[], window: TimeWindow, limits: Limits): readonly GrowingQueue[] {
  if (!Number.isFinite(window.fromUs)) return [];
  const all = measured(metrics);
  const queues = all.filter(({ concept }) => concept === 'queue_depth' || concept === 'queue_age');
  const groups = Map.groupBy(queues, ({ concept, service, part, metric }) =>
    [concept, service, part, metric].join('\n'),
  );
  const grown = [...groups.values()].flatMap((own) => growing(own, { all, metrics, window }, limits) ?? []);
  // A queue's length and its age are one finding.
  const best = Map.groupBy(grown, ({ queue }) => queue);
  return [...best.values()]
    .flatMap((own) => own.toSorted((a, b) => Number(a.isAge) - Number(b.isAge) || b.now - a.now)[0] ?? [])
    .sort((a, b) => b.now - a.now || (a.queue < b.queue ? -1 : 1));
}

type Around = Readonly<{ all: readonly Measured[]; metrics: readonly Series[]; window: TimeWindow }>;

function growing(own: readonly Measured[], around: Around, limits: Limits): GrowingQueue | undefined {
  const [first] = own;
  if (first === undefined) return undefined;
  const { window } = around;
  const isAge = first.concept === 'queue_age';
  const points = isAge ? longestOf(own) : pointsOf(sumByMinute(own));
  const usual = Array.from(pointsBetween(points, window.fromUs - HOUR_US, window.fromUs).values);
  if (usual.length < FEWEST_BEFORE) return undefined;
  const within = pointsBetween(points, window.fromUs, window.toUs + MINUTE_US);
  const before = medianOf(usual);
  const run = riseIn(within, Math.max(...usual));
  const now = run.values.at(-1) ?? 0;
  const least = Math.max(isAge ? limits.minQueuedSeconds : limits.minQueued, limits.minGrowth * Math.max(...usual));
  if (now < least || !doesGrow(run, limits.forMinutes) || isDaily(first, now, window)) return undefined;
  const queue = first.part || first.service;
  const sinceUs = run.atUs[0] ?? 0;
  const consumer = consumerOf(queue, first, around.all);
  return {
    service: consumer,
    queue,
    metric: first.metric,
    isAge,
    before,
    now,
    perMinute: (trendOf(run)?.perSecond ?? 0) * 60,
    sinceUs,
    untilUs: run.atUs.at(-1) ?? 0,
    work: workOf(queue, consumer, sinceUs, around),
    isRush: publishedMore(queue, sinceUs, around),
  };
}

type Rise = Readonly<{ atUs: readonly number[]; values: readonly number[] }>;

/** From the last point that is as usual to the end. */
function riseIn({ atUs, values }: Points, usual: number): Rise {
  const all = Array.from(values);
  const from = all.findLastIndex((value) => value <= usual) + 1;
  return { atUs: Array.from(atUs).slice(from), values: all.slice(from) };
}

function doesGrow({ atUs, values }: Rise, forMinutes: number): boolean {
  const lastedUs = (atUs.at(-1) ?? 0) - (atUs[0] ?? 0);
  if (values.length < FEWEST_BEFORE || lastedUs < forMinutes * MINUTE_US) return false;
  if ((values.at(-1) ?? 0) < DRAINS * Math.max(...values)) return false;
  return sampleRankCorrelation([...atUs], [...values]) >= LEAST_CORRELATION;
}

/** It is as long at this hour of other days. */
function isDaily(one: Measured, now: number, window: TimeWindow): boolean {
  return sameHours(one, window).some((values) => Math.max(...values) >= now);
}

/** In each minute, the oldest message of all parts. */
function longestOf(own: readonly Measured[]): Points {
  const most = new Map<number, number>();
  for (const one of own)
    for (const [minute, value] of meanByMinute(one)) most.set(minute, Math.max(most.get(minute) ?? 0, value));
  return pointsOf(most);
}

function pointsOf(byMinute: ReadonlyMap<number, number>): Points {
  const known = [...byMinute].sort(([a], [b]) => a - b);
  return { atUs: known.map(([minute]) => minute * MINUTE_US), values: known.map(([, value]) => value) };
}

/** A service that measures how long it works on messages of this queue; else what the queue's own metric names. */
function consumerOf(queue: string, one: Measured, all: readonly Measured[]): string {
  if (queue === '') return one.service;
  const working = all.filter(
    ({ concept, part, service }) => concept === 'latency' && part === queue && service !== '' && service !== queue,
  );
  const names = new Set(working.map(({ service }) => service));
  const [name] = names;
  return names.size === 1 && name !== undefined ? name : one.service || queue;
}

function workOf(queue: string, service: string, sinceUs: number, { all, window }: Around): GrowingQueue['work'] {
  const own = all.filter(
    (one) => queue !== '' && one.concept === 'latency' && one.part === queue && one.service === service,
  );
  const between = (fromUs: number, toUs: number) =>
    own.flatMap((one) => Array.from(pointsBetween(one, fromUs, toUs).values).filter((value) => value > 0));
  const [before, now] = [between(window.fromUs - HOUR_US, window.fromUs), between(sinceUs, window.toUs + MINUTE_US)];
  if (before.length < FEWEST_BEFORE || now.length < FEWEST_BEFORE) return undefined;
  return { before: medianOf(before), now: medianOf(now) };
}

/** Counters of messages that come in: RabbitMQ, Kafka, NATS, SQS and their exporters. */
const INCOMING = /publish|produc|incoming|enqueued|messages_in\b|messages_sent|_offset/i;

function publishedMore(queue: string, sinceUs: number, { metrics, window }: Around): boolean {
  const counters = metrics.filter(({ name, labels }) => INCOMING.test(name) && Object.values(labels).includes(queue));
  const perSecond = sumByMinute(counters.map((one) => rates(one)));
  const between = (fromUs: number, toUs: number) =>
    [...perSecond].flatMap(([minute, value]) =>
      minute * MINUTE_US >= fromUs && minute * MINUTE_US < toUs ? [value] : [],
    );
  const [before, now] = [between(window.fromUs - HOUR_US, window.fromUs), between(sinceUs, window.toUs)];
  return before.length >= FEWEST_BEFORE && now.length > 0 && medianOf(now) >= RUSH * medianOf(before);
}
