import { describe, expect, test } from 'vitest';
import { MEANINGS, type Meaning } from '#model/instruments/instruments.ts';
import type { Sign, SignList } from '#model/instruments/sign-list.ts';
import { spaced } from '#model/trace/event-text.ts';

const signs: readonly (readonly [Meaning, SignList, Sign])[] = MEANINGS.flatMap((meaning) =>
  meaning.lists.flatMap(([, list]) => list.signs.map((sign) => [meaning, list, sign] as const)),
);

describe('the text of each instrument is read', () => {
  test.each(signs.map(([{ means }, list, sign]) => [means, sign.by, sign.example, list, sign] as const))(
    '%s: %s: %s',
    (_, __, example, list, sign) => {
      expect([example, spaced(example)].some((text) => sign.says.test(text) && list.test(text))).toBe(true);
    },
  );
});

test('each sign has a source, ignores case and keeps no state', () => {
  for (const [, , { says, source }] of signs) {
    expect(source).toMatch(/^(?:https:\/\/\S+|docs\/\S+)$/);
    expect(says.flags).toBe('i');
  }
});

describe('innocent texts mean nothing', () => {
  const INNOCENT: readonly string[] = [
    'GET /orders',
    'SELECT orders',
    'SELECT * FROM blocks WHERE id = $1',
    'unlock order',
    'redlock.release locks:order:7',
    'redlock.using locks:order:7',
    'block user',
    'gc sweep',
    'gc.mark',
    'registry gc sweep took 1312 ms',
    'pool stats active=3 idle=17 pending=0',
    'HikariPool-1 - Pool stats (total=10, active=2, idle=8, waiting=0)',
    'Connection pool is full, discarding connection: stock.internal',
    'connection established',
    'Connect to the pool party page',
    'circuit breaker is closed',
    'initialize payment',
    'load order',
    'GET /cache/stats',
    'queue depth 17',
    'worker 7 picked up job 12',
    'thread pool initialised with 8 threads',
    'retry policy: 3 attempts',
    'http.request.header.x-queue-name',
    'db.client.connection.pool.name',
    'locked_by',
    'permission denied',
    'Queue limit reached, please wait until your current gen finishes',
    'order checkout_timeout_seconds set to 30',
    'checkout started for order 7',
    'Safepoint "Cleanup", Time since last: 2000 ns, Reaching safepoint: 7 ns, At safepoint: 3 ns, Total: 10 ns',
    'user miscounted items',
    'scheduler tick',
  ];
  test.each(INNOCENT)('%s', (text) => {
    const found = signs.filter(([, list]) => list.test(text)).map(([{ means }]) => means);
    expect([...new Set(found)]).toEqual([]);
  });
});
