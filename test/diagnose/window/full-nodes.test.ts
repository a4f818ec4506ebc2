import { expect, test } from 'vitest';
import { fullNodes } from '#diagnose/window/full-nodes.ts';
import type { Series } from '#model/metrics/series.ts';

const MINUTE_US = 60e6;
const WINDOW = { service: '', fromUs: 60 * MINUTE_US, toUs: 80 * MINUTE_US };

/** A point a minute: an hour before the window, then twenty minutes in it. */
function series(name: string, labels: Readonly<Record<string, string>>, before: number, now: number): Series {
  const minutes = Array.from({ length: 80 }, (_, minute) => minute);
  return {
    name,
    labels,
    atUs: Float64Array.from(minutes, (minute) => minute * MINUTE_US),
    values: Float64Array.from(minutes, (minute) => (minute < 65 ? before : now)),
  };
}

function tracked(node: string, before: number, now: number): Series[] {
  const labels = { instance: node };
  return [
    series('node_nf_conntrack_entries', labels, before, now),
    series('node_nf_conntrack_entries_limit', labels, 1000, 1000),
  ];
}

test('a node whose table of connections became full, and no other', () => {
  const all = [...tracked('node-a', 400, 1000), ...tracked('node-b', 400, 900), ...tracked('node-c', 1000, 1000)];
  expect([...fullNodes(all, WINDOW)]).toEqual([
    [
      'node-a',
      { resource: 'connections', of: 'of their limit', level: 1, before: 0.4, metric: 'node_nf_conntrack_entries' },
    ],
  ]);
});

test('a full pool of a service, or a busy processor of a node, is none', () => {
  const pool = [series('hikaricp_connections_active', { service: 'cart', pod: 'cart-1' }, 1, 10)];
  const limit = [series('hikaricp_connections_max', { service: 'cart', pod: 'cart-1' }, 10, 10)];
  const busy = [series('system_cpu_utilization', { host_name: 'node-a' }, 0.2, 1)];
  expect(fullNodes([...pool, ...limit, ...busy], WINDOW).size).toBe(0);
});
