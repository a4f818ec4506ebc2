/** Changes of what many services share: an edge, a gate, a broker, a namespace; and a rush of users that nobody let in. */
import { describe, expect, test } from 'vitest';
import { openSession } from '#analyse/open-session.ts';
import { MAX_CLOCK_SKEW_US } from '#model/trace/build/clock-skew.ts';
import type { Report } from '#present/json/report.ts';
import { send } from '#test/cases.ts';
import { DRAWN_AT_US, times } from '#test/trace.ts';

const MINUTE = 60;
/** Minutes: the baseline, the window, and the onset in it. */
const [FROM, ONSET, TO] = [30, 40, 60];

const isoOf = (minute: number) => new Date(DRAWN_AT_US / 1000 + minute * MINUTE * 1000).toISOString();
const bytes = (value: unknown) => new TextEncoder().encode(typeof value === 'string' ? value : JSON.stringify(value));

type Counted = Readonly<{ metric: Record<string, string>; values: [number, string][] }>;

/** A value a minute; `isRate`: a counter that grows by so much each second. */
function series(metric: Record<string, string>, of: (minute: number) => number, isRate = false): Counted {
  let sum = 0;
  const values = times(TO + 1, (minute): [number, string] => {
    const noise = 1 + ((minute * 7) % 5) / 100;
    sum += of(minute) * noise * MINUTE;
    return [DRAWN_AT_US / 1e6 + minute * MINUTE, String(isRate ? Math.round(sum) : of(minute) * noise)];
  });
  return { metric, values };
}

const since = (before: number, now: number) => (minute: number) => (minute > ONSET ? now : before);

/** The processor, the requests a second and their time of one service, before and since the onset. */
function service(name: string, cpu: [number, number], rate: [number, number]): readonly Counted[] {
  const own = { pod: `${name}-7c9d8f6b5-x2x4z`, container: name, namespace: 'trails' };
  return [
    series({ __name__: 'container_cpu_usage_seconds_total', ...own }, since(...cpu), true),
    series({ __name__: 'kube_pod_container_resource_limits', resource: 'cpu', unit: 'core', ...own }, () => 1.02),
    series({ __name__: 'http_requests_total', job: name, status: '200', ...own }, since(...rate), true),
  ];
}

const changed = (minute: number, more: object) => ({ at: isoOf(minute), kind: 'config', id: 'set', text: '', ...more });

async function judged(metrics: readonly Counted[], changes: readonly object[]): Promise<Report['diagnosis']> {
  const links = { trace: '', span: '', logs: '', runbooks: '' };
  const session = openSession({ thresholds: {}, links, maxClockSkewUs: MAX_CLOCK_SKEW_US });
  await send(session, 'metrics', bytes(metrics), { source: 'prometheus' });
  await send(session, 'changes', bytes(changes));
  const at = { fromUs: DRAWN_AT_US + FROM * MINUTE * 1e6, toUs: DRAWN_AT_US + TO * MINUTE * 1e6 };
  const [only] = await session.reports({ window: { kind: 'window', service: 'maps', ...at } });
  await session.close();
  return only?.report.diagnosis ?? null;
}

const FULL = [0.25, 0.99] as [number, number];

describe('a cache before the origin answers less', () => {
  const lookups = (name: string, of: (minute: number) => number) =>
    series({ __name__: name, instance: 'tile-edge-0:9131' }, of, true);
  const cache = [lookups('varnish_main_cache_hit', since(90, 30)), lookups('varnish_main_cache_miss', since(10, 70))];
  const origin = service('maps', FULL, [10, 70]);
  const vary = changed(ONSET - 1, { service: 'tile-edge', text: 'tile-edge: Vary: Accept-Language for labels' });

  test('what changed its keys is behind the full origin', async () => {
    const diagnosis = await judged([...cache, ...origin], [vary]);
    expect(diagnosis).toMatchObject({ service: 'maps', change: { id: 'set', knownBy: 'evidence' } });
  });

  test.each([
    ['the setting of another cache', [...cache, ...origin], { ...vary, service: 'mail-edge' }],
    ['a setting that moves no key', [...cache, ...origin], { ...vary, text: 'tile-edge: log format json' }],
    ['a cache that answers as before', origin, vary],
  ])('not %s', async (_, metrics, change) => {
    expect((await judged(metrics, [change]))?.change ?? null).toBeNull();
  });
});

describe('a rush of users', () => {
  const rush = [...service('maps', FULL, [10, 40]), ...service('routes', [0.2, 0.6], [8, 30])];
  const release = changed(ONSET - 2, { kind: 'deploy', service: 'maps', id: 'maps-8.2.0', text: 'maps 8.2.0' });
  const gate = changed(ONSET, { service: 'turnstile', text: 'turnstile: admission rate 400 -> 4000' });

  test('is not the release before it', async () => {
    expect(await judged(rush, [release])).toMatchObject({ service: 'maps', change: null });
  });

  test('is the setting that lets so many more in', async () => {
    expect((await judged(rush, [release, gate]))?.change).toMatchObject({ id: 'set', knownBy: 'evidence' });
  });

  test('is none where one service alone gets more', async () => {
    const alone = [...service('maps', FULL, [10, 40]), ...service('routes', [0.2, 0.2], [8, 8])];
    expect((await judged(alone, [gate]))?.change ?? null).toBeNull();
  });
});

test('fewer requests arrive since the door asks for another certificate', async () => {
  const fewer = service('maps', [0.2, 0.1], [10, 0.5]);
  const door = (of: string, text: string) => changed(ONSET, { service: of, text });
  const changeOf = async (change: object) => (await judged(fewer, [change]))?.change?.id;
  expect(await changeOf(door('mosquitto', 'mosquitto: listener 8883 cafile without fleet-ca-2019, TLS'))).toBe('set');
  expect(await changeOf(door('mosquitto', 'mosquitto: log_type error'))).toBeUndefined();
  expect(await changeOf(door('invoices', 'invoices: TLS certificate of the mailer'))).toBeUndefined();
});
