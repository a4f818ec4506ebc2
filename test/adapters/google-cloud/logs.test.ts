/** What Cloud Logging is asked, as its documentation describes it, and what its answers mean. No real project has answered. */
import { describe, expect, test } from 'vitest';
import { googleCloud } from '#adapters/google-cloud/client.ts';
import { conditionsOf, TRACE_FIELDS } from '#adapters/google-cloud/filter.ts';
import { type CloudLoggingOptions, cloudLogging } from '#adapters/google-cloud/logs.ts';
import { loadConfig } from '#config/load.ts';
import { pagedLogSource } from '#gather/log-pages.ts';
import type { LogQuery, LogSource } from '#gather/sources.ts';
import { textOf } from '#test/bytes.ts';
import { type AnsweringCloud, type AskedCloud, googleError, jsonAnswer, withCloud } from '#test/cloud-apis.ts';
import { testHttpSource } from '#test/http-source-contract.ts';
import { later } from '#test/later.ts';
import { linesFrom } from '#test/lines-from.ts';
import { refuse } from '#test/recorded-server.ts';

const TRACE_ID = '382d4f4c6b7bb2f4a972559d9085001d';
const FROM_US = Date.UTC(2026, 10, 20, 6, 25) * 1_000;
const WINDOW = { services: [], fromUs: FROM_US, toUs: FROM_US + 60_000_000, limit: 100 };
const OF_TRACE: LogQuery = { by: 'trace-field', traceId: TRACE_ID, ...WINDOW };
const PROJECTS = ['shop-prod-123', 'shop-logs-1'];

const against = <T>(
  answer: AnsweringCloud,
  use: (source: LogSource, asked: readonly AskedCloud[]) => Promise<T>,
  options: Partial<CloudLoggingOptions> = {},
) =>
  withCloud(answer, (url, asked) => {
    const access = { accessToken: async () => 'ya29.t0ken', clock: { nowUs: () => FROM_US } };
    return use(cloudLogging({ url, projects: PROJECTS, ...access, ...options }), asked);
  });

const CONTAINER = {
  type: 'k8s_container',
  labels: { project_id: 'shop-prod-123', namespace_name: 'shop', pod_name: 'cart-7f', container_name: 'app' },
};
const ENTRIES = [
  {
    insertId: 'a1',
    timestamp: '2026-11-20T06:25:44.488123456Z',
    receiveTimestamp: '2026-11-20T06:25:45Z',
    severity: 'ERROR',
    logName: 'projects/shop-prod-123/logs/stderr',
    trace: `projects/shop-prod-123/traces/${TRACE_ID}`,
    spanId: '00f067aa0ba902b7',
    resource: CONTAINER,
    labels: { 'k8s-pod/app': 'cart' },
    jsonPayload: { message: 'could not lock the items', order: 7 },
  },
  {
    timestamp: '2026-11-20T06:25:45Z',
    severity: 'DEFAULT',
    logName: 'projects/shop-prod-123/logs/run.googleapis.com%2Fstdout',
    resource: { type: 'cloud_run_revision', labels: { service_name: 'checkout', revision_name: 'checkout-42' } },
    textPayload: 'charged order 7',
  },
  {
    timestamp: '2026-11-20T06:25:46Z',
    severity: 'WARNING',
    resource: { type: 'http_load_balancer', labels: {} },
    httpRequest: { requestMethod: 'POST', requestUrl: 'https://shop.example/items', status: 502, latency: '1.2s' },
  },
  {
    receiveTimestamp: '2026-11-20T06:25:47Z',
    severity: 'NOTICE',
    resource: { type: 'gce_instance', labels: { instance_id: '42' } },
    protoPayload: {
      '@type': 'type.googleapis.com/google.cloud.audit.AuditLog',
      serviceName: 'compute.googleapis.com',
      methodName: 'v1.compute.instances.stop',
      resourceName: 'projects/shop-prod-123/instances/web',
    },
  },
];
const withEntries: AnsweringCloud = () =>
  jsonAnswer({ entries: [...ENTRIES, { textPayload: 'without a time' }, null] });

testHttpSource('Google Cloud Logging', {
  answer: jsonAnswer({ entries: ENTRIES }),
  readsWhole: true,
  connect(options) {
    const source = cloudLogging({ ...options, projects: PROJECTS });
    return { ask: (signal) => source.openLogs(OF_TRACE, signal), check: (signal) => source.check(signal) };
  },
});

describe('lines of Cloud Logging', () => {
  test('have text, service, level, ids and place', () =>
    against(withEntries, async (source) => {
      const lines = await linesFrom(source, OF_TRACE);
      expect(lines.map(({ timeNs, service, level }) => [timeNs, service, level])).toEqual([
        ['1795155944488123456', 'cart', 'error'],
        ['1795155945000000000', 'checkout', expect.anything()],
        ['1795155946000000000', '', 'warn'],
        ['1795155947000000000', '', expect.anything()],
      ]);
      expect(lines[0]).toMatchObject({
        ...{ traceId: TRACE_ID, spanId: 'f067aa0ba902b7' },
        line: '{"message":"could not lock the items","order":7}',
        labels: { namespace: 'shop', pod: 'cart-7f', container: 'app', log: 'stderr' },
      });
      expect(lines[1]).toMatchObject({ line: 'charged order 7', labels: { log: 'run.googleapis.com/stdout' } });
      expect(JSON.parse(lines[2]?.line ?? '')).toMatchObject({
        message: 'POST https://shop.example/items 502',
        httpRequest: { status: 502 },
      });
      expect(lines[3]?.line).toBe(
        'compute.googleapis.com v1.compute.instances.stop projects/shop-prod-123/instances/web',
      );
    }));

  test('are asked for with a token, in all projects', () =>
    against(withEntries, async (source, asked) => {
      await linesFrom(source, { ...OF_TRACE, newestFirst: true });
      expect(asked[0]).toMatchObject({
        ...{ method: 'POST', path: '/v2/entries:list' },
        headers: { authorization: 'Bearer ya29.t0ken' },
      });
      expect(JSON.parse(asked[0]?.body ?? '')).toEqual({
        resourceNames: ['projects/shop-prod-123', 'projects/shop-logs-1'],
        filter: expect.stringMatching(
          / AND timestamp>="2026-11-20T06:25:00\.000Z" AND timestamp<="2026-11-20T06:26:00\.000Z"$/,
        ),
        orderBy: 'timestamp desc',
        pageSize: 100,
      });
    }));

  test.each<[LogQuery, string]>([
    [{ by: 'service', ...WINDOW }, ''],
    [{ by: 'text', text: 'order-4711', ...WINDOW }, '"order-4711"'],
    [{ by: 'text', text: 'x" OR severity>="A', ...WINDOW }, '"x\\" OR severity>=\\"A"'],
    [{ by: 'text', text: 'C:\\new\\', ...WINDOW }, '"C:\\\\new\\\\"'],
    [{ by: 'text', text: 'two\nlines', ...WINDOW }, '("two" AND "lines")'],
    [{ by: 'any-text', texts: ['a', 'b'], ...WINDOW }, '("a" OR "b")'],
    [{ by: 'words', words: ['lock', 'late'], ...WINDOW }, '"lock" AND "late"'],
    [
      { by: 'field', names: ['order.id'], values: ['7', '8'], ...WINDOW },
      '(jsonPayload."order.id"=("7" OR "8") OR jsonPayload.order.id=("7" OR "8") OR labels."order.id"=("7" OR "8"))',
    ],
    [
      { by: 'field', names: ['x")-id'], values: ['7'], ...WINDOW },
      '(jsonPayload."x\\")-id"="7" OR labels."x\\")-id"="7")',
    ],
    [
      { by: 'service', ...WINDOW, services: ['cart', ''] },
      '(jsonPayload.team="cart" OR resource.labels.service_name="cart")',
    ],
    [
      { ...OF_TRACE, traceId: 'A1B2' },
      expect.stringMatching(
        /^\(trace=\("projects\/p1\/traces\/a1b2" OR "projects\/p1\/traces\/0{28}a1b2" OR .* OR \(jsonPayload\.trace_id=\(/,
      ),
    ],
  ])('are asked for in the query language, from whose quotes no value breaks out: %#', (query, filter) => {
    const services = ['jsonPayload.team', 'resource.labels.service_name'];
    expect(conditionsOf(query, { services, traces: TRACE_FIELDS, projects: ['p1'] })).toEqual(filter);
  });

  test('any text stays in its quotes', () => {
    for (const text of ['"', '\\', '\\"', '\\\\"', '"\\', 'a\\', '\u0000"', '\ud800"']) {
      expect(conditionsOf({ by: 'text', text, ...WINDOW }, { services: [], traces: [], projects: [] })).toMatch(
        /^"(?:[^"\\]|\\["\\])*"$/,
      );
    }
  });

  const many = Array.from({ length: 2_500 }, (_, at) => ({
    ...ENTRIES[1],
    insertId: `${at}`,
    textPayload: `line ${at}`,
  }));
  const paged: AnsweringCloud = ({ body }) => {
    const { pageToken = '0', pageSize } = JSON.parse(body);
    const from = Number(pageToken);
    const nextPageToken = from + pageSize < many.length ? `${from + pageSize}` : undefined;
    return jsonAnswer({ entries: many.slice(from, from + pageSize), nextPageToken });
  };

  test.each([
    [5_000, 2_500, [undefined, '1000', '2000']],
    [1_200, 1_200, [undefined, '1000']],
  ])('come in pages, at most %i', (limit, lines, tokens) =>
    against(paged, async (source, asked) => {
      const { chunks } = await pagedLogSource(source).openLogs({ ...OF_TRACE, limit }, later());
      expect(new Set((await textOf(chunks)).match(/line \d+/g)).size).toBe(lines);
      const bodies = asked.map(({ body }) => JSON.parse(body));
      expect(bodies.map(({ pageToken }) => pageToken)).toEqual(tokens);
      // A token belongs to the query that it came from.
      expect(new Set(bodies.map(({ pageToken: _, ...rest }) => JSON.stringify(rest))).size).toBe(1);
    }),
  );

  test('may stand behind empty pages, but not behind any number of them', async () => {
    await against(
      ({ body }) =>
        body.includes('pageToken') ? jsonAnswer({ entries: ENTRIES }) : jsonAnswer({ nextPageToken: 'x' }),
      async (source) => expect(await linesFrom(source, OF_TRACE)).toHaveLength(4),
    );
    let page = 0;
    await against(
      () => {
        page += 1;
        return jsonAnswer({ nextPageToken: `x${page}` });
      },
      async (source, asked) => {
        await expect(source.openLogs(OF_TRACE, later())).rejects.toThrow('the search did not end');
        expect(asked).toHaveLength(10);
      },
    );
  });

  test('open in Logs Explorer, and so do those of a trace', () =>
    against(withEntries, async (source) => {
      const { query } = await source.openLogs({ by: 'text', text: 'a;b?', ...WINDOW }, later());
      expect(query).toEqual({
        text: '"a;b?"',
        url: 'https://console.cloud.google.com/logs/query;query=%22a%3Bb%3F%22;startTime=2026-11-20T06:25:00.000Z;endTime=2026-11-20T06:26:00.000Z?project=shop-prod-123',
      });
      expect(source.links.logs).toBe(
        'https://console.cloud.google.com/logs/query;query=%22{traceId}%22?project=shop-prod-123',
      );
    }));
});

describe('an answer of Cloud Logging that is no line', () => {
  test.each<[string, AnsweringCloud, object]>([
    ['401', () => googleError(401, 'UNAUTHENTICATED', 'invalid credentials'), { status: 401, retryable: false }],
    ['403', () => googleError(403, 'PERMISSION_DENIED', 'The caller does not have permission'), { status: 403 }],
    ['404', () => googleError(404, 'NOT_FOUND', 'not found'), { status: 404 }],
    ['429', () => googleError(429, 'RESOURCE_EXHAUSTED', 'Quota exceeded'), { status: 429, retryable: true }],
    ['a wrong filter', () => googleError(400, 'INVALID_ARGUMENT', 'Unparseable filter'), { status: 400 }],
    ['503', () => googleError(503, 'UNAVAILABLE', 'try again'), { status: 503, retryable: true }],
    ['other JSON', () => jsonAnswer({ entries: 7 }), { code: 'SH_NOT_A_BACKEND' }],
    ['cut JSON', () => refuse(200, {}, '{"entries":['), { code: 'SH_NOT_A_BACKEND' }],
  ])('%s', (_, answer, error) =>
    against(answer, (source) => expect(source.openLogs(OF_TRACE, later())).rejects.toMatchObject(error)),
  );
});

describe('the check', () => {
  test('names the newest line of the last quarter of an hour', () =>
    against(withEntries, async (source, asked) => {
      expect(await source.check(later())).toEqual({
        ok: true,
        detail: 'logs of 2 projects; the newest line is of 2026-11-20T06:25:44.488123456Z',
        remedy: '',
      });
      expect(JSON.parse(asked[0]?.body ?? '')).toMatchObject({
        filter: 'timestamp>="2026-11-20T06:10:00.000Z" AND timestamp<="2026-11-20T06:25:00.000Z"',
        ...{ orderBy: 'timestamp desc', pageSize: 1 },
      });
    }));

  test('of both ports says once what both lack', () =>
    withCloud(
      () => googleError(403, 'PERMISSION_DENIED', 'The caller does not have permission'),
      async (url) => {
        const wanted = {
          traces: { url, project: 'shop-prod-123' },
          logs: { url, projects: PROJECTS },
          key: undefined,
        };
        const { traces, logs } = googleCloud(wanted, {}, async () => 'ya29.t0ken');
        const health = await traces?.check(later());
        expect(health).toMatchObject({ ok: false, detail: expect.stringMatching(/traces: .*; logs: /) });
        expect(health?.remedy).toMatch(/roles\/cloudtrace\.user.*roles\/logging\.viewer/);
        expect(await logs?.check(later())).toEqual(health);
      },
    ));
});

test.each(['shop', 'a-project,', 'shop-prod-123/../x', 'shop-prod-123" OR "'])('%s is no list of projects', (ids) => {
  expect(() => loadConfig({ GOOGLE_CLOUD_LOG_PROJECTS: ids })).toThrow('GOOGLE_CLOUD_LOG_PROJECTS');
});

test.each(['service', 'jsonPayload.a OR x', 'labels."a" OR "b"'])('%s is no field', (field) => {
  expect(() => loadConfig({ GOOGLE_CLOUD_LOG_SERVICE_FIELD: field })).toThrow('GOOGLE_CLOUD_LOG_SERVICE_FIELD');
});
