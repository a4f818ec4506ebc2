/** What Pyroscope is asked, as its API reference describes it, and what its answers mean. No real one has answered. */
import { describe, expect, test } from 'vitest';
import { pyroscope } from '#adapters/pyroscope/client.ts';
import { loadConfig } from '#config/load.ts';
import { metricsBody } from '#decode/metrics-json.ts';
import type { MetricSource } from '#gather/sources.ts';
import { profileItems, profilesIn } from '#model/metrics/hot-functions.ts';
import { testHttpSource } from '#test/http-source-contract.ts';
import { later } from '#test/later.ts';
import { type AskedPyroscope, answeringPyroscope, CPU, FLAME_GRAPH, pyroscopeAnswer } from '#test/pyroscope.ts';
import { refuse, startRecordedServer } from '#test/recorded-server.ts';

const AT_US = Date.UTC(2026, 0, 6, 14, 30) * 1_000;
const WINDOW = { fromUs: AT_US, toUs: AT_US + 240e6 };
const SEARCH = { services: ['Checkout', 'a"}'], fromUs: AT_US - 3_600e6, toUs: WINDOW.toUs, sinceUs: AT_US };
const SETTINGS = { serviceLabel: 'service_name', profileType: CPU };
const QUERY = { text: `${CPU}{service_name="checkout"}`, ...WINDOW, stepSeconds: 240 };

async function against<T>(
  other: Readonly<Record<string, unknown>>,
  use: (source: MetricSource, asked: readonly AskedPyroscope[]) => Promise<T>,
  more: Readonly<{ grafanaUrl?: URL; profileType?: string }> = {},
): Promise<T> {
  const asked: AskedPyroscope[] = [];
  await using server = await startRecordedServer(answeringPyroscope(asked, other));
  const clock = { nowUs: () => WINDOW.toUs };
  return await use(pyroscope({ url: server.url, ...SETTINGS, clock, ...more }), asked);
}

async function readFrom(source: MetricSource, query = QUERY) {
  const opened = await source.openMetrics(query, later());
  const body = metricsBody('pyroscope');
  for await (const chunk of opened.chunks) body.push(chunk);
  const series = body.end();
  return { shown: opened.query, series, profiles: profilesIn(series) };
}

testHttpSource('Pyroscope', {
  connect(options) {
    const source = pyroscope({ ...SETTINGS, ...options });
    return { ask: (signal) => source.openMetrics(QUERY, signal), check: source.check };
  },
  answer: pyroscopeAnswer({ flamegraph: FLAME_GRAPH }),
  tenantHeader: 'x-scope-orgid',
  readsWhole: true,
});

describe('what Pyroscope is asked', () => {
  test('the services that it knows by name, each once, for the time in question', () =>
    against({}, async (source, asked) => {
      const { queries, warnings } = await source.findMetrics(SEARCH, later());
      expect(asked).toEqual([
        {
          method: 'LabelValues',
          json: { name: 'service_name', start: WINDOW.fromUs / 1_000, end: WINDOW.toUs / 1_000 },
        },
      ]);
      expect(queries).toEqual([{ ...QUERY, isOnce: true }]);
      expect(warnings).toEqual([]);
    }));

  test('at most the last hour, and at least a minute', () =>
    against({}, async (source) => {
      const long = await source.findMetrics({ ...SEARCH, sinceUs: AT_US - 36_000e6 }, later());
      const short = await source.findMetrics({ ...SEARCH, sinceUs: WINDOW.toUs - 1e6 }, later());
      expect([long, short].map(({ queries: [one] }) => (one?.toUs ?? 0) - (one?.fromUs ?? 0))).toEqual([3_600e6, 60e6]);
    }));

  test('ten services at most; the report says how many there are', () => {
    const names = Array.from({ length: 12 }, (_, at) => `s${at}`);
    return against({ LabelValues: { names } }, async (source) => {
      const { queries, warnings } = await source.findMetrics({ ...SEARCH, services: names }, later());
      expect(queries).toHaveLength(10);
      expect(warnings).toEqual(['was asked for 10 of 12 services']);
    });
  });

  test('for a merged profile, by a selector from which no name breaks out', () =>
    against({ LabelValues: { names: ['a"}'] } }, async (source, asked) => {
      const [query] = (await source.findMetrics(SEARCH, later())).queries;
      if (query === undefined) throw new Error('nothing is asked');
      const { profiles } = await readFrom(source, { ...QUERY, ...query });
      expect(asked[1]).toEqual({
        method: 'SelectMergeStacktraces',
        json: {
          profileTypeID: CPU,
          labelSelector: '{service_name="a\\"}"}',
          ...{ start: WINDOW.fromUs / 1_000, end: WINDOW.toUs / 1_000, maxNodes: 2_048 },
        },
      });
      expect(profiles[0]?.service).toBe('a"}');
    }));
});

describe('a profile', () => {
  test('has the own time of each function, in cores, without the group that Pyroscope left out', () =>
    against({}, async (source) => {
      const { profiles } = await readFrom(source);
      expect(profiles).toEqual([
        {
          ...{ service: 'checkout', kind: 'cpu', source: 'Pyroscope', ...WINDOW, total: 0.5 },
          functions: [
            { name: 'encoding/json.Marshal', cores: 0.25 },
            { name: 'runtime.mallocgc', cores: 0.125 },
            { name: 'checkout', cores: 0.05 },
            { name: 'http.HandlerFunc', cores: 0.025 },
          ],
        },
      ]);
    }));

  test('is one line of three functions, for its own service and time', () =>
    against({}, async (source) => {
      const { profiles } = await readFrom(source);
      const during = { fromUs: AT_US + 120e6, toUs: AT_US + 121e6 };
      expect(profileItems(profiles, { service: 'checkout', ...during })).toEqual([
        {
          kind: 'metric',
          ref: 'cpu profile in Pyroscope',
          text: 'cpu profile of checkout, 14:30 to 14:34 UTC, 0.50 cores: 50 % encoding/json.Marshal, 25 % runtime.mallocgc, 10 % checkout',
        },
      ]);
      expect(profileItems(profiles, { service: 'payment', ...during })).toEqual([]);
      const later = { fromUs: AT_US + 600e6, toUs: AT_US + 601e6 };
      expect(profileItems(profiles, { service: 'checkout', ...later })).toEqual([]);
    }));

  test('shows no secret and no long name of a function', () => {
    const names = ['total', `eval password=hunter2hunter2 ${'x'.repeat(5_000)}`];
    const graph = { names, levels: [{ values: [0, 10, 0, 0] }, { values: [0, 10, 10, 1] }], total: 10 };
    return against({ SelectMergeStacktraces: { flamegraph: graph } }, async (source) => {
      const { profiles } = await readFrom(source);
      const [item] = profileItems(profiles, { service: 'checkout', ...WINDOW });
      expect(item?.text).toMatch(/: 100 % eval password=/);
      expect(item?.text).not.toContain('hunter2');
      expect(item?.text.length).toBeLessThan(200);
    });
  });

  test.each([{}, { flamegraph: null }, { flamegraph: { names: ['total'], levels: [{}], total: '0' } }])(
    'without samples is none: %j',
    (answer) =>
      against({ SelectMergeStacktraces: answer }, async (source) => {
        expect((await readFrom(source)).series).toEqual([]);
      }),
  );

  test.each([
    { flamegraph: { names: [1], levels: [] } },
    { flamegraph: { names: [], levels: [{ values: ['-1', 'x'] }] } },
    { flamegraph: [] },
  ])('in another form is no answer of this API: %j', (answer) =>
    against({ SelectMergeStacktraces: answer }, async (source) => {
      await expect(readFrom(source)).rejects.toMatchObject({ code: 'SH_NOT_A_BACKEND' });
    }),
  );

  test('opens in Pyroscope, or in Grafana', async () => {
    const own = await against({}, async (source) => (await readFrom(source)).shown.url);
    expect(new URL(own).searchParams.get('query')).toBe(QUERY.text);
    expect(new URL(own).searchParams.get('from')).toBe(`${WINDOW.fromUs / 1_000}`);
    const grafanaUrl = new URL('https://grafana.example.com');
    const shown = await against({}, async (source) => (await readFrom(source)).shown.url, { grafanaUrl });
    const panes = JSON.parse(new URL(shown).searchParams.get('panes') ?? '');
    expect(panes.profiles.queries[0]).toMatchObject({
      profileTypeId: CPU,
      labelSelector: '{service_name="checkout"}',
      datasource: { type: 'grafana-pyroscope-datasource' },
    });
  });
});

describe('doctor', () => {
  const healthOf = (other: Readonly<Record<string, unknown>>, profileType = CPU) =>
    against(other, async (source) => await source.check(later()), { profileType });

  test('names the services', async () => {
    expect(await healthOf({})).toEqual({
      ...{ ok: true, remedy: '' },
      detail: 'profiles of 2 services: checkout, payment',
    });
  });

  test('names the types that there are, if the configured one is not', async () => {
    expect(await healthOf({}, 'wall:wall:nanoseconds:wall:nanoseconds')).toMatchObject({
      ok: false,
      remedy: `Set PYROSCOPE_PROFILE_TYPE to a type that counts nanoseconds: there are 1 type: ${CPU}.`,
    });
  });

  test('says that there are no profiles, or none with the label', async () => {
    expect(await healthOf({ ProfileTypes: {} })).toMatchObject({
      ok: true,
      detail: 'answers, but has no profiles of the last hour',
    });
    expect(await healthOf({ LabelValues: {} })).toMatchObject({
      ok: false,
      remedy: expect.stringContaining('PYROSCOPE_SERVICE_LABEL'),
    });
  });

  test.each([
    [401, 'PYROSCOPE_TENANT'],
    [403, 'profiles:read'],
    [404, 'Check PYROSCOPE_URL'],
  ])('has a remedy for %d', async (status, remedy) => {
    const body = '{"code":"unauthenticated","message":"no org id"}';
    await using server = await startRecordedServer(() => refuse(status, { 'content-type': 'application/json' }, body));
    const health = await pyroscope({ url: server.url, ...SETTINGS }).check(later());
    expect(health).toMatchObject({ ok: false, remedy: expect.stringContaining(remedy) });
  });
});

test.each(['process_cpu', 'memory:alloc_space:bytes:space:bytes', `${CPU}{a="b"}`])(
  'a type of profile that counts no nanoseconds is a mistake at the start: %s',
  (profileType) => {
    const settings = { PYROSCOPE_URL: 'http://127.0.0.1:1', PYROSCOPE_PROFILE_TYPE: profileType };
    expect(() => loadConfig(settings)).toThrow(/counts nanoseconds/);
  },
);
