/** What firewalls, proxies and queues refuse or give out again, and what only looks like it. */
import { describe, expect, test } from 'vitest';
import { edgeRefusals } from '#detect/signs/metrics/edge-refusals.ts';
import { type DrawnSeries, METRICS_WINDOW, series, seriesOf, wobble } from '#test/metrics.ts';

const refused = (drawn: readonly DrawnSeries[], window = METRICS_WINDOW) => edgeRefusals(seriesOf(drawn), window);
const from = (minute: number, before: number, after: number) => (at: number) =>
  Math.round((at < minute ? before : after) * (1 + 0.05 * wobble(at)));
/** A counter that grows by so many a minute before and after the third minute. */
const counting = (name: string, labels: Record<string, string>, before: number, after: number, began = 3000) =>
  series(name, labels, (minute) => began + (minute < 3 ? before * (minute + 60) : before * 63 + after * (minute - 3)));

const ACL = { dimension_WebACL: 'shop-edge', dimension_Rule: 'ALL' };
const firewall = (blocked: readonly [number, number], allowed: readonly [number, number]) => [
  series('aws_wafv2_blocked_requests_sum', ACL, from(3, ...blocked)),
  series('aws_wafv2_allowed_requests_sum', ACL, from(3, ...allowed)),
];
const QUEUE = { dimension_QueueName: 'parcels' };
const queue = (received: readonly [number, number], deleted: readonly [number, number]) => [
  series('aws_sqs_number_of_messages_received_sum', QUEUE, from(3, ...received)),
  series('aws_sqs_number_of_messages_deleted_sum', QUEUE, from(3, ...deleted)),
];
const SIDECAR = { envoy_cluster_name: 'outbound|8080||prices.shop.svc.cluster.local', app: 'cart' };

describe('what refuses by itself', () => {
  test('is a firewall whose blocked requests are missing behind it', () => {
    const [one, ...others] = refused(firewall([2, 90], [300, 215]));
    expect(one).toMatchObject({ how: 'blocked', name: 'shop-edge' });
    expect(one?.now).toBeCloseTo(0.3, 1);
    expect(one?.fewer).toBeCloseTo(0.28, 1);
    expect(others).toEqual([]);
  });

  test('is a proxy that lets no more requests wait for its callee', () => {
    const overflow = ['a', 'b'].map((pod) =>
      counting('envoy_cluster_upstream_rq_pending_overflow', { ...SIDECAR, pod }, 0, 14),
    );
    expect(refused(overflow)).toMatchObject([{ how: 'overflow', name: 'prices' }]);
  });

  test('is a queue that gives each message out several times', () => {
    expect(refused(queue([70, 280], [70, 68]))).toMatchObject([{ how: 'again', name: 'parcels' }]);
  });

  test('is a broker of another kind', () => {
    const labels = { queue: 'parcels', job: 'rabbitmq' };
    const given = counting('rabbitmq_channel_messages_delivered_ack_total', labels, 60, 200);
    const done = counting('rabbitmq_channel_messages_acknowledged_total', labels, 60, 60);
    expect(refused([given, done])).toMatchObject([{ how: 'again', name: 'parcels' }]);
  });
});

describe('nothing refuses by itself', () => {
  test.each<[string, readonly DrawnSeries[]]>([
    ['where a firewall stops an attack and as many people come as before', firewall([2, 900], [300, 302])],
    ['where fewer people come, and as few are blocked', firewall([2, 2], [300, 120])],
    ['where a firewall always blocks as many', firewall([90, 95], [300, 210])],
    ['where a backlog is worked off', queue([70, 280], [70, 276])],
    ['where each message is always given out twice', queue([140, 150], [70, 72])],
    ['where a proxy refuses as often as before', [counting('envoy_cluster_upstream_cx_overflow', SIDECAR, 5, 6)]],
    ['where the number of done messages is not known', queue([70, 280], [70, 68]).slice(0, 1)],
  ])('%s', (_, drawn) => {
    expect(refused(drawn)).toEqual([]);
  });

  test('where nobody knows when the problem is', () => {
    expect(refused(firewall([2, 90], [300, 215]), { ...METRICS_WINDOW, fromUs: Number.NaN })).toEqual([]);
  });
});
