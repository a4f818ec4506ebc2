/** A trace of Sentry, in the form that its documentation gives. No real Sentry has answered. */
import { describe, expect, test } from 'vitest';
import { sentry } from '#adapters/sentry/client.ts';
import { traceBody } from '#decode/trace-body.ts';
import type { TraceSource } from '#gather/sources.ts';
import { textOf } from '#test/bytes.ts';
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

const TRACE_ID = '5759e988bd862e3fe1be46a994272793';

const QUERY = {
  ...{ event_id: '00000000000000002f2e3d4c5b6a7988', event_type: 'span', parent_span_id: '6b55dcc497934f1a' },
  ...{ project_id: 7, project_slug: 'cart', transaction: '/items', is_transaction: false, op: 'db', name: 'db' },
  ...{
    description: 'SELECT * FROM items WHERE id = %s',
    start_timestamp: 1_767_709_801.3,
    end_timestamp: 1_767_709_801.4,
  },
  ...{ duration: 100, sdk_name: 'sentry.python', errors: [], occurrences: [], children: [] },
  additional_attributes: { 'span.system': 'postgresql', 'span.status': 'ok' },
};
const TRACE = [
  {
    ...{ event_id: '6b55dcc497934f1a', event_type: 'span', parent_span_id: null, project_id: 7, project_slug: 'cart' },
    ...{
      transaction: '/items',
      transaction_id: 'a'.repeat(32),
      is_transaction: true,
      op: 'http.server',
      name: 'http.server',
    },
    ...{
      description: '/items',
      duration: 500,
      profile_id: '',
      profiler_id: '',
      sdk_name: 'sentry.python',
      measurements: {},
    },
    ...{ start_timestamp: '2026-01-06T14:30:01.250000+00:00', end_timestamp: '2026-01-06T14:30:01.750000+00:00' },
    additional_attributes: {
      ...{ 'span.status': 'internal_error', 'span.status_code': '500', release: '4.2.0', environment: 'production' },
    },
    errors: [
      {
        ...{ event_id: '9fac2ceed9344f2bbfdd1fdacb0ed9b1', event_type: 'error', level: 'error', issue_id: 7 },
        ...{
          description: 'LockError: could not lock the items',
          start_timestamp: 1_767_709_801.7,
          project_slug: 'cart',
        },
      },
      7,
    ],
    occurrences: [],
    children: [
      QUERY,
      { event_type: 'uptime_check', event_id: 'u', children: [{ ...QUERY, event_id: '3f2e3d4c5b6a7988' }] },
    ],
  },
  { event_id: '9fac2ceed9344f2bbfdd1fdacb0ed9b1', event_type: 'error', description: 'of no span' },
  null,
];

function json(body: unknown, status = 200): Recorded {
  return { status, headers: { 'content-type': 'application/json' }, body: Buffer.from(JSON.stringify(body)) };
}

async function against<T>(
  answer: Recorded | Reply,
  use: (source: TraceSource, requests: readonly SeenRequest[]) => Promise<T>,
): Promise<T> {
  await using server = await startRecordedServer(() => (typeof answer === 'function' ? answer : replay(answer)));
  const { traces } = sentry({ url: server.url, organization: 'acme', token: 't0ken' }, true);
  if (traces === undefined) throw new Error('it has no traces');
  return await use(traces, server.requests);
}

testHttpSource('Sentry’s traces', {
  connect(options) {
    const { traces, logs } = sentry({ organization: 'acme', ...options }, true);
    return { ask: async (signal) => (traces as TraceSource).openTrace(TRACE_ID, signal), check: logs.check };
  },
  answer: json(TRACE),
  readsWhole: true,
});

test('traces are read only if the settings say so', () => {
  expect(sentry({ url: new URL('https://sentry.io'), organization: 'acme' }, false).traces).toBeUndefined();
});

describe('a trace of Sentry', () => {
  test('has its spans, of the service that their project names', () =>
    against(json(TRACE), async (source, requests) => {
      const { chunks, query } = await source.openTrace(TRACE_ID.toUpperCase(), later());
      const { resourceSpans } = JSON.parse(await textOf(chunks));
      const of = (list: { key: string; value: object }[]) =>
        Object.fromEntries(list.map(({ key, value }) => [key, Object.values(value)[0]]));
      expect(of(resourceSpans[0].resource.attributes)).toEqual({
        ...{ 'service.name': 'cart', 'service.version': '4.2.0', 'deployment.environment.name': 'production' },
      });
      const [root] = resourceSpans[0].scopeSpans[0].spans;
      expect(root).toMatchObject({
        ...{ traceId: TRACE_ID, spanId: '6b55dcc497934f1a', name: '/items', kind: 'server' },
        ...{ startTimeUnixNano: '1767709801250000000', endTimeUnixNano: '1767709801750000000' },
        status: { code: 2, message: 'internal_error' },
      });
      expect(of(root.attributes)).toMatchObject({ 'sentry.op': 'http.server', 'http.response.status_code': 500 });
      expect(root.events.map((event: { attributes: [] }) => of(event.attributes))).toEqual([
        {
          ...{ 'exception.type': 'LockError', 'exception.message': 'could not lock the items' },
          'sentry.event_id': '9fac2ceed9344f2bbfdd1fdacb0ed9b1',
        },
      ]);
      const calls = resourceSpans[1].scopeSpans[0].spans;
      expect(
        calls.map(({ spanId, kind, parentSpanId }: Record<string, string>) => [spanId, kind, parentSpanId]),
      ).toEqual([
        ['3f2e3d4c5b6a7988', 'client', '6b55dcc497934f1a'],
        ['2f2e3d4c5b6a7988', 'client', '6b55dcc497934f1a'],
      ]);
      expect(of(calls[1].attributes)).toMatchObject({
        ...{ 'db.system': 'postgresql', 'db.statement': 'SELECT * FROM items WHERE id = %s' },
      });
      expect(requests[0]?.path).toBe(`/api/0/organizations/acme/trace/${TRACE_ID}/`);
      expect(query.url).toMatch(new RegExp(`/organizations/acme/performance/trace/${TRACE_ID}/$`));
      expect(source.links.trace).toMatch(/\/performance\/trace\/\{traceId\}\/$/);
    }));

  test('is read by the decoder', () =>
    against(json(TRACE), async (source) => {
      const { chunks, format } = await source.openTrace(TRACE_ID, later());
      const body = traceBody(format, 'sentry');
      for await (const chunk of chunks) body.push(chunk);
      expect(body.end()).toBeDefined();
    }));

  test('of thousands of levels is read', () => {
    const deep = `${`[{"children":`.repeat(3_000)}${JSON.stringify(TRACE)}${'}]'.repeat(3_000)}`;
    return against(refuse(200, {}, deep), async (source) => {
      expect(await textOf((await source.openTrace(TRACE_ID, later())).chunks)).toContain('6b55dcc497934f1a');
    });
  });

  test.each([
    ['nobody has', TRACE_ID, json([])],
    ['has only errors', TRACE_ID, json([TRACE[1]])],
    ['is no id', 'x:1', json(TRACE)],
  ])('that %s is not found', (_, id, answer) =>
    against(answer, async (source) => {
      await expect(source.openTrace(id, later())).rejects.toMatchObject({ code: 'SH_TRACE_NOT_FOUND' });
    }),
  );

  test.each<[string, Recorded | Reply, object]>([
    ['401', refuse(401), { status: 401 }],
    ['403', refuse(403), { status: 403 }],
    ['404', refuse(404), { status: 404 }],
    ['429', refuse(429), { status: 429, retryable: true }],
    ['500', refuse(500), { status: 500, retryable: true }],
    ['other JSON', json({}), { code: 'SH_NOT_A_BACKEND' }],
  ])('%s is an error', (_, answer, error) =>
    against(answer, async (source) => {
      await expect(source.openTrace(TRACE_ID, later())).rejects.toMatchObject(error);
    }),
  );

  test('is checked beside the errors', () =>
    against(refuse(403), async (source) => {
      expect(await source.check(later())).toMatchObject({
        ok: false,
        remedy: expect.stringContaining('Organization: Read'),
      });
    }));
});
