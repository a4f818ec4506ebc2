/**
 * What stands before or between services refuses by itself since some minute, or gives out again: the services behind it
 * never see it.
 *
 *   web ACL      blocked   1   2   1 │ 70  66  71        the people that it blocks are missing behind it
 *                allowed 300 290 310 │220 230 215
 *   sidecar      overflow  0   0   0 │ 12  14  11        the proxy refuses calls of a callee that is well
 *   queue        received 70  72  69 │270 280 275        each message is given out four times before it is acknowledged
 *                deleted  71  70  70 │ 68  72  66
 */

import { HOUR_US, MINUTE_US } from '#core/time-units.ts';
import { OF_CLOUD } from '#detect/signs/servers/server-series.ts';
import { strainedNumber } from '#detect/signs/servers/strained-numbers.ts';
import type { TimeWindow } from '#model/finding/time-window.ts';
import { rates, type Series } from '#model/metrics/series.ts';
import { labelIn, serviceOfCluster } from '#model/metrics/series-labels.ts';
import { medianOf } from '#model/stats/robust.ts';
import { type Points, pointsBetween } from '#model/stats/trend.ts';

export type EdgeRefusal = Readonly<{
  how: 'blocked' | 'overflow' | 'again';
  /** The firewall, the callee of the proxy, or the queue. */
  name: string;
  metric: string;
  sinceUs: number;
  /** Blocked ones as a share of all requests, refusals a second, or how often each message is given out. */
  before: number;
  now: number;
  /** The share of requests that no longer come through a firewall, 0 to 1; 0 for a proxy and a queue. */
  fewer: number;
}>;

/** AWS WAF: https://docs.aws.amazon.com/waf/latest/developerguide/waf-metrics.html */
const BLOCKED = /(?:^|_)blocked_?requests?(?:_|$)/i;
const ALLOWED = /allowed/;
const OF_FIREWALLS = [
  'dimension_WebACL',
  'dimension_web_acl',
  'web_acl',
  'webacl',
  'policy',
  'policy_name',
  'firewall',
];
/** Envoy: https://www.envoyproxy.io/docs/envoy/latest/configuration/upstream/cluster_manager/cluster_stats */
const OVERFLOW = /^envoy_cluster_upstream_(?:rq_pending|rq_retry|cx|cx_pool)_overflow(?:_total)?$/;
/** Messages given out, and messages done with: SQS, RabbitMQ, Pub/Sub, Service Bus. */
const GIVEN: readonly (readonly [RegExp, RegExp])[] = [
  [/number_of_messages_received/, /number_of_messages_deleted/],
  [/^rabbitmq_\w{0,40}messages_delivered(?:_\w{1,20})?_total$/, /^rabbitmq_\w{0,40}messages_acknowledged_total$/],
  [/subscription_sent_message_count/, /subscription_ack_message_count/],
  [/outgoing_?messages/i, /complete_?message/i],
];
const OF_QUEUES = [
  'dimension_QueueName',
  'dimension_queue_name',
  'queue_name',
  'queue',
  'subscription_id',
  'entity_name',
];

const FEWEST_BEFORE = 5;
const FEWEST_NOW = 3;
/** Whom a firewall blocks is missing behind it: at least half of them, and so large a share of those who came. */
const MISSING = 0.5;
const LEAST_MISSING = 0.15;
/** Each message twice as often as before. */
const TWICE = 2;

export function edgeRefusals(metrics: readonly Series[], window: TimeWindow): readonly EdgeRefusal[] {
  if (!Number.isFinite(window.fromUs)) return [];
  const others = Map.groupBy(metrics.filter(isOther), ({ labels }) => labelsText(labels));
  const found = metrics.flatMap((series) => [
    ...(BLOCKED.test(series.name) ? blocked(series, others, window) : []),
    ...(OVERFLOW.test(series.name) ? overflowing(series, window) : []),
    ...givenAgain(series, others, window),
  ]);
  // Each instance and each rule has a series of its own.
  return [...Map.groupBy(found, ({ how, name }) => `${how} ${name}`).values()].flatMap(
    (own) => own.toSorted((a, b) => a.sinceUs - b.sinceUs || b.now - a.now)[0] ?? [],
  );
}

/** An attack adds requests that are blocked. It takes none away from those that come through. */
function blocked(series: Series, others: Others, window: TimeWindow): EdgeRefusal[] {
  const risen = refusedSince(series, window);
  const other = besides(series, others, (name) => name === series.name.replace(/blocked/i, 'allowed'));
  if (risen === undefined || other === undefined) return [];
  const through = around(other, risen.sinceUs, window);
  if (through === undefined) return [];
  const missing = through.before - through.now;
  const isTheirs = missing >= MISSING * (risen.now - risen.before);
  if (!isTheirs || missing < LEAST_MISSING * through.before) return [];
  const share = (own: number, rest: number) => own / Math.max(own + rest, Number.MIN_VALUE);
  return [
    {
      how: 'blocked',
      name: labelIn(series.labels, OF_FIREWALLS),
      metric: series.name,
      sinceUs: risen.sinceUs,
      before: share(risen.before, through.before),
      now: share(risen.now, through.now),
      fewer: missing / through.before,
    },
  ];
}

function overflowing(series: Series, window: TimeWindow): EdgeRefusal[] {
  const risen = refusedSince(series, window);
  const name = serviceOfCluster(series.labels.envoy_cluster_name ?? '');
  if (risen === undefined) return [];
  return [{ how: 'overflow', name, metric: series.name, ...risen, fewer: 0 }];
}

/** Who works through a backlog gets more messages, and is done with as many. */
function givenAgain(series: Series, others: Others, window: TimeWindow): EdgeRefusal[] {
  const [, done] = GIVEN.find(([given]) => given.test(series.name)) ?? [];
  const other = done && besides(series, others, (name) => done.test(name));
  if (other === undefined) return [];
  const [given, acknowledged] = [pointsOf(series), pointsOf(other)];
  const at = new Map(Array.from(acknowledged.atUs, (us, place) => [us, acknowledged.values[place] ?? 0]));
  const shared = Array.from(given.atUs, (us, place) => [us, given.values[place] ?? 0, at.get(us) ?? 0] as const).filter(
    ([, , own]) => own > 0,
  );
  const times = {
    atUs: Float64Array.from(shared, ([us]) => us),
    values: Float64Array.from(shared, ([, of, own]) => of / own),
  };
  const before = Array.from(pointsBetween(times, window.fromUs - HOUR_US, window.fromUs).values);
  const within = pointsBetween(times, window.fromUs, window.toUs + MINUTE_US);
  const now = Array.from(within.values);
  const limit = TWICE * Math.max(1, ...before);
  const last = now.findLastIndex((value) => value < limit);
  const since = now.slice(last + 1);
  if (before.length < FEWEST_BEFORE || since.length < FEWEST_NOW) return [];
  return [
    {
      how: 'again',
      name: labelIn(series.labels, OF_QUEUES),
      metric: series.name,
      sinceUs: within.atUs[last + 1] ?? 0,
      before: medianOf(before),
      now: medianOf(since),
      fewer: 0,
    },
  ];
}

/** Four times as many as in any minute before, up to the end. The name says for the number that more of it is worse. */
function refusedSince(series: Series, window: TimeWindow) {
  const cloud = OF_CLOUD.exec(series.name)?.[0];
  const name = cloud === undefined ? 'refused_total' : `${cloud}refused_sum`;
  const found = strainedNumber({ ...series, name }, window);
  return found?.how === 'risen' ? { before: found.before, now: found.now, sinceUs: found.sinceUs } : undefined;
}

/** The series of what comes through and of what is done with, by their labels. */
type Others = ReadonlyMap<string, readonly Series[]>;

function isOther({ name }: Series): boolean {
  return ALLOWED.test(name) || GIVEN.some(([, done]) => done.test(name));
}

function besides({ labels }: Series, others: Others, isMeant: (name: string) => boolean): Series | undefined {
  return others.get(labelsText(labels))?.find(({ name }) => isMeant(name));
}

function labelsText(labels: Series['labels']): string {
  return JSON.stringify(Object.entries(labels).sort());
}

/** Exporters of the clouds write a value for each period. */
function pointsOf(series: Series): Points {
  return OF_CLOUD.test(series.name) ? series : rates(series);
}

function around(
  series: Series,
  sinceUs: number,
  { fromUs, toUs }: TimeWindow,
): Readonly<{ before: number; now: number }> | undefined {
  const points = pointsOf(series);
  const before = pointsBetween(points, fromUs - HOUR_US, fromUs).values;
  const now = pointsBetween(points, sinceUs, toUs + MINUTE_US).values;
  if (before.length < FEWEST_BEFORE || now.length < FEWEST_NOW) return undefined;
  return { before: medianOf(Array.from(before)), now: medianOf(Array.from(now)) };
}
