/** What Honeycomb is asked, as its API reference describes it, and what its answers mean. No real one has answered. */
import { describe, expect, test } from 'vitest';
import { honeycomb } from '#adapters/honeycomb/client.ts';
import { metricsBody } from '#decode/metrics-json.ts';
import type { MetricQuery, MetricSource } from '#gather/sources.ts';
import { testHttpSource } from '#test/http-source-contract.ts';
import { later } from '#test/later.ts';
import {
  type Recorded,
  type Reply,
  refuse,
  replay,
  type SeenRequest,
  startRecordedServer,
} from '#test/recorded-server.ts';

const AT_S = Date.UTC(2026, 0, 6, 14, 30) / 1_000;
const WINDOW = { fromUs: AT_S * 1e6, toUs: (AT_S + 1_200) * 1e6 };
const SEARCH = { services: ['cart', 'a"}]'], ...WINDOW };
const QUERY: MetricQuery = { text: '{}', ...WINDOW, stepSeconds: 60 };

function json(body: unknown, status = 200): Recorded {
  return { status, headers: { 'content-type': 'application/json' }, body: Buffer.from(JSON.stringify(body)) };
}

const point = (minute: number, data: object) => ({ time: new Date((AT_S + minute * 60) * 1_000).toISOString(), data });
const of = (service: string) => ({ 'service.name': service });
const SERIES = [
  point(0, { COUNT: 60, ...of('cart'), error: false }),
  point(0, { COUNT: 30, ...of('cart'), error: true }),
  point(1, { COUNT: 60, ...of('cart'), error: null }),
  point(0, { COUNT: 6, ...of('shop') }),
];
const RESULT = {
  id: 'r1',
  complete: true,
  data: { series: SERIES, results: [] },
  links: { query_url: 'https://ui.honeycomb.io/acme/r1' },
};

type Answering = (request: SeenRequest, count: number) => Recorded | Reply;

/** The first look finds a query that still runs. */
const answers: Answering = ({ path }, count) => {
  if (path.startsWith('/1/queries/')) return json({ id: 'q1' });
  if (path.endsWith('/r1')) return json(count < 4 ? { id: 'r1', complete: false } : RESULT);
  return json({ id: 'r1', complete: false }, 201);
};

async function against<T>(
  answer: Answering,
  use: (source: MetricSource, requests: readonly SeenRequest[]) => Promise<T>,
  nowUs = WINDOW.toUs,
): Promise<T> {
  await using server = await startRecordedServer((request) => {
    const said = answer(request, server.requests.length);
    return typeof said === 'function' ? said : replay(said);
  });
  const clock = { sleep: async () => {}, nowUs: () => nowUs };
  const source = honeycomb({ url: server.url, dataset: '__all__', headers: { 'x-honeycomb-team': 'k3y' }, clock });
  return await use(source, server.requests);
}

async function readFrom(source: MetricSource, query = QUERY) {
  const opened = await source.openMetrics(query, later());
  const body = metricsBody('honeycomb');
  for await (const chunk of opened.chunks) body.push(chunk);
  return { shown: opened.query, series: body.end(), warnings: body.warnings() };
}

testHttpSource('Honeycomb', {
  connect(options) {
    const clock = { sleep: async () => {}, nowUs: () => WINDOW.toUs };
    const source = honeycomb({ dataset: 'shop', clock, ...options });
    return { ask: (signal) => source.openMetrics(QUERY, signal), check: source.check };
  },
  answer: json(RESULT),
  readsWhole: true,
});

describe('requests in Honeycomb', () => {
  test('are counted by two queries, in which the names of services are values of JSON', () =>
    against(answers, async (source) => {
      const { queries } = await source.findMetrics(SEARCH, later());
      expect(queries.map(({ text }) => JSON.parse(text))).toEqual([
        {
          breakdowns: ['service.name', 'error'],
          calculations: [{ op: 'COUNT' }],
          filters: [
            { column: 'span.kind', op: 'in', value: ['server', 'consumer'] },
            { column: 'service.name', op: 'in', value: ['cart', 'a"}]'] },
          ],
          ...{ filter_combination: 'AND', limit: 200 },
        },
        expect.objectContaining({ calculations: [{ op: 'P95', column: 'duration_ms' }], breakdowns: ['service.name'] }),
      ]);
      const [all] = (await source.findMetrics({ ...SEARCH, services: [] }, later())).queries;
      expect(JSON.parse(all?.text ?? '').filters).toHaveLength(1);
    }));

  test('come when the query has ended, as rates of each service', () =>
    against(answers, async (source, requests) => {
      const { shown, series, warnings } = await readFrom(source);
      expect(requests.map(({ path }) => path)).toEqual([
        ...[
          '/1/queries/__all__',
          '/1/query_results/__all__',
          '/1/query_results/__all__/r1',
          '/1/query_results/__all__/r1',
        ],
      ]);
      expect(requests[0]?.headers['x-honeycomb-team']).toBe('k3y');
      expect(shown.url).toBe('https://ui.honeycomb.io/acme/r1');
      expect(warnings).toEqual([]);
      expect(series.map(({ name, labels, values }) => [name, labels.service, [...values]])).toEqual([
        ['service:requests', 'cart', [1.5, 1]],
        ['service:errors', 'cart', [0.5, 0]],
        ['service:requests', 'shop', [0.1]],
        ['service:errors', 'shop', [0]],
      ]);
    }));

  test('have no link that leads elsewhere', () => {
    const elsewhere = { ...RESULT, links: { query_url: 'https://ui.honeycomb.io.example/r1' } };
    return against(
      ({ path }) => json(path.endsWith('/r1') ? elsewhere : { id: 'r1' }),
      async (source) => {
        expect((await readFrom(source)).shown.url).toBe('');
      },
    );
  });

  test('have a duration, in seconds', () => {
    const slow = { ...RESULT, data: { series: [point(0, { 'P95(duration_ms)': 250, ...of('cart') })], results: [] } };
    return against(
      ({ path }) => json(path.endsWith('/r1') ? slow : { id: 'r1' }),
      async (source) => {
        const { series } = await readFrom(source);
        expect(series.map(({ name, values }) => [name, [...values]])).toEqual([['service:latency', [0.25]]]);
      },
    );
  });

  test('are counted over the last seven days, which is said, and so is a list that is full', () => {
    const full = { ...RESULT, data: { series: SERIES, results: Array.from({ length: 200 }, () => ({})) } };
    return against(
      ({ path }) => json(path.endsWith('/r1') ? full : { id: 'r1' }),
      async (source) => {
        const { warnings } = await readFrom(source);
        expect(warnings).toEqual(['has more than 200 services', 'counts only the last 7 days']);
      },
      WINDOW.fromUs + 7 * 86_400e6 + 600e6,
    );
  });
});

describe('an answer of Honeycomb without counts', () => {
  test.each<[string, Recorded | Reply, object]>([
    ['401', json({ error: 'unknown API key' }, 401), { status: 401, retryable: false }],
    ['403', json({ error: 'not allowed' }, 403), { status: 403 }],
    ['404', json({ error: 'dataset not found' }, 404), { status: 404 }],
    [
      '422',
      json({ error: 'unknown column' }, 422),
      { status: 422, message: expect.stringContaining('unknown column') },
    ],
    ['429', json({ error: 'rate limit' }, 429), { status: 429, retryable: true, retryAfterMs: 60_000 }],
    ['429 with a time', refuse(429, { 'retry-after': '7' }), { status: 429, retryAfterMs: 7_000 }],
    ['500', refuse(500), { status: 500, retryable: true }],
    ['a redirect', refuse(302, { location: 'https://login.example/' }), { status: 302 }],
    ['other JSON', json({ id: 7 }), { code: 'SH_NOT_A_BACKEND' }],
    ['an id that leads elsewhere', json({ id: '../../1/auth' }), { code: 'SH_NOT_A_BACKEND' }],
    ['cut JSON', refuse(201, {}, '{"id":"r'), { code: 'SH_NOT_A_BACKEND' }],
  ])('%s', (_, answer, error) =>
    against(
      () => answer,
      async (source) => {
        await expect(source.openMetrics(QUERY, later())).rejects.toMatchObject(error);
      },
    ),
  );
});

describe('the check', () => {
  test.each<[string, Answering, object]>([
    ['makes a query and runs none', answers, { ok: true, detail: 'answers, and takes queries' }],
    ['wrong key', () => refuse(401), { ok: false, remedy: expect.stringContaining('HONEYCOMB_URL') }],
    ['no rights', () => refuse(403), { ok: false, remedy: expect.stringContaining('Run Queries') }],
    ['no dataset', () => refuse(404), { ok: false, remedy: expect.stringContaining('HONEYCOMB_DATASET') }],
    ['too many', () => refuse(429), { ok: false }],
  ])('%s', (_, answer, health) =>
    against(answer, async (source, requests) => {
      expect(await source.check(later())).toMatchObject(health);
      expect(requests).toHaveLength(1);
    }),
  );
});
