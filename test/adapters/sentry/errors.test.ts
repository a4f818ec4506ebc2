/** What Sentry is asked, as its documentation describes it, and what its answers mean. No real Sentry has answered. */
import { describe, expect, test } from 'vitest';
import type { SentryOptions } from '#adapters/sentry/api.ts';
import { sentryErrors } from '#adapters/sentry/errors.ts';
import { logBody } from '#decode/log-body.ts';
import type { LogQuery, LogSource } from '#gather/sources.ts';
import { logFields } from '#model/logs/log-fields.ts';
import { testHttpSource } from '#test/http-source-contract.ts';
import { later } from '#test/later.ts';
import { testLogSource } from '#test/log-source-contract.ts';
import {
  type Recorded,
  type Reply,
  refuse,
  replay,
  type SeenRequest,
  startRecordedServer,
} from '#test/recorded-server.ts';

const TRACE_ID = '5759e988bd862e3fe1be46a994272793';
const FROM_US = Date.UTC(2026, 0, 6, 14, 30) * 1_000;
const WINDOW = { services: [], fromUs: FROM_US, toUs: FROM_US + 60_000_000, limit: 20_000 };
const OF_TRACE: LogQuery = { by: 'trace-field', traceId: TRACE_ID, ...WINDOW };
const EVENTS = '/api/0/organizations/acme/events/';

const ROW = {
  id: '9fac2ceed9344f2bbfdd1fdacb0ed9b1',
  timestamp: '2026-01-06T14:30:01+00:00',
  timestamp_ms: '2026-01-06T14:30:01.750+00:00',
  'project.name': 'cart',
  title: 'LockError: could not lock the items',
  level: 'error',
  trace: TRACE_ID,
  'trace.span': '6b55dcc497934f1a',
  issue: 'CART-7',
  'issue.id': 1889724436,
  'error.type': ['TimeoutError', 'LockError'],
  'error.value': ['5 s are over', 'could not lock the items'],
  transaction: '/items',
  release: '4.2.0',
  environment: 'production',
  server_name: 'cart-7f',
};

/** As in the example of an event: the innermost frame is the last one, and the cause the first exception. */
const frame = (name: string, lineNo: number | null, inApp = true) => ({
  ...{
    function: name,
    module: 'shop.cart',
    filename: 'shop/cart.py',
    absPath: '/app/shop/cart.py',
    lineNo,
    colNo: null,
  },
  ...{ inApp, vars: { password: "'hunter2'" }, context: [[41, '    def lock(self):']], errors: null, package: null },
});
const EVENT = {
  ...{ eventID: ROW.id, groupID: '1889724436', platform: 'python', type: 'error', title: ROW.title, message: '' },
  user: { email: 'jane@example.com', ip_address: '192.168.1.1' },
  entries: [
    {
      type: 'exception',
      data: {
        values: [
          { type: 'TimeoutError', value: '5 s are over', stacktrace: { frames: [frame('wait', 88, false)] } },
          {
            ...{ type: 'LockError', value: 'could not lock the items', mechanism: { type: 'generic', handled: false } },
            stacktrace: { frames: [frame('handle', 12), frame('call', 3, false), frame('lock', 42)] },
          },
        ],
      },
    },
    { type: 'request', data: { url: 'https://cart.example.com', headers: [['Cookie', 'session=1']] } },
  ],
};

function json(body: unknown, status = 200, headers: Readonly<Record<string, string>> = {}): Recorded {
  return {
    status,
    headers: { 'content-type': 'application/json', ...headers },
    body: Buffer.from(JSON.stringify(body)),
  };
}

type Answering = (request: SeenRequest) => Recorded | Reply;

const answers: Answering = ({ path }) => {
  if (path === EVENTS) return json({ data: [ROW], meta: { fields: { id: 'string' } } });
  if (path.endsWith('/projects/')) return json([{ slug: 'cart', name: 'Cart' }, { slug: 'Shop-web' }]);
  return json(EVENT);
};

async function against<T>(
  answer: Answering,
  use: (source: LogSource, requests: readonly SeenRequest[]) => Promise<T>,
  options: Partial<SentryOptions> = {},
): Promise<T> {
  await using server = await startRecordedServer((request) => {
    const said = answer(request);
    return typeof said === 'function' ? said : replay(said);
  });
  return await use(
    sentryErrors({ url: server.url, organization: 'acme', token: 't0ken', ...options }),
    server.requests,
  );
}

async function linesFrom(source: LogSource, query: LogQuery) {
  const decoder = logBody('loki-json', 'sentry');
  for await (const chunk of (await source.openLogs(query, later())).chunks) decoder.push(chunk);
  return decoder.end();
}

testHttpSource('Sentry', {
  connect(options) {
    const source = sentryErrors({ organization: 'acme', ...options });
    return { ask: (signal) => source.openLogs(OF_TRACE, signal), check: source.check };
  },
  answer: json({ data: [ROW, { ...ROW, id: `${'0'.repeat(31)}1`, 'issue.id': 2 }] }),
  readsWhole: true,
});

testLogSource('Sentry', {
  async open() {
    const server = await startRecordedServer((request) => replay(answers(request) as Recorded));
    const source = sentryErrors({ url: server.url, organization: 'acme', token: 't0ken' });
    return { source, close: () => server[Symbol.asyncDispose]() };
  },
  cases: {
    'errors of a trace': {
      query: OF_TRACE,
      holds: ['LockError', 'at lock (shop/cart.py:42)', 'CART-7'],
      lacks: ['hunter2', 'jane@example.com', 'session=1', 'def lock'],
    },
  },
});

describe('an error of Sentry', () => {
  test('is a line with what was thrown, and the frames of the program', () =>
    against(answers, async (source) => {
      const [line, ...more] = await linesFrom(source, OF_TRACE);
      expect(more).toEqual([]);
      expect(line).toMatchObject({
        ...{ timeNs: '1767709801750000000', service: 'cart', level: 'error' },
        ...{ traceId: TRACE_ID, spanId: '6b55dcc497934f1a' },
        labels: { host: 'cart-7f' },
      });
      expect(JSON.parse(line?.line ?? '')).toEqual({
        ...{ message: ROW.title, issue: 'CART-7', transaction: '/items', release: '4.2.0', environment: 'production' },
        'exception.type': 'LockError',
        'exception.message': 'could not lock the items',
        'exception.stacktrace': [
          'LockError: could not lock the items',
          '    at lock (shop/cart.py:42)',
          '    at handle (shop/cart.py:12)',
          'Caused by: TimeoutError: 5 s are over',
        ].join('\n'),
      });
      expect(line && logFields(line).exception).toEqual({
        ...{ type: 'LockError', message: 'could not lock the items', frame: 'lock (shop/cart.py:42)' },
      });
    }));

  test('has the innermost frames of libraries if no frame is of the program', () => {
    const frames = [5, 4, 3, 2, 1].map((line) => frame(`call${line}`, line, false));
    const values = [
      { type: 'OSError', value: null, stacktrace: { frames } },
      { type: 'Failed', value: 'a\nb', stacktrace: null },
    ];
    const event = { entries: [{ type: 'exception', data: { values } }] };
    return against(
      ({ path }) => (path === EVENTS ? json({ data: [ROW] }) : json(event)),
      async (source) => {
        const [line] = await linesFrom(source, OF_TRACE);
        const places = [1, 2, 3].map((at) => `    at call${at} (shop/cart.py:${at})`);
        const stack = ['Failed: a b', 'Caused by: OSError', ...places].join('\n');
        expect(JSON.parse(line?.line ?? '')['exception.stacktrace']).toBe(stack);
      },
    );
  });

  test('has no frames where there are none, and no time finer than a second where Sentry has none', () => {
    const rows = [
      {
        ...ROW,
        timestamp_ms: null,
        trace: null,
        'trace.span': null,
        title: 'queue is full',
        'error.type': [],
        'error.value': [],
      },
      { ...ROW, id: 'x' },
      { ...ROW, timestamp: 'yesterday', timestamp_ms: null },
      7,
    ];
    const answer: Answering = ({ path }) => (path === EVENTS ? json({ data: rows }) : json({ entries: 7 }));
    return against(answer, async (source) => {
      const lines = await linesFrom(source, OF_TRACE);
      expect(lines.map(({ timeNs, traceId, line }) => [timeNs, traceId, JSON.parse(line)])).toEqual([
        [
          '1767709801000000000',
          '',
          {
            message: 'queue is full',
            ...{ issue: 'CART-7', transaction: '/items', release: '4.2.0', environment: 'production' },
          },
        ],
      ]);
    });
  });

  test('is read with its frames once for each issue, and for at most five issues', () => {
    const rows = Array.from({ length: 16 }, (_, at) => ({
      ...ROW,
      id: `${at}`.padStart(32, '0'),
      'issue.id': at >> 1,
    }));
    const answer: Answering = (request) => (request.path === EVENTS ? json({ data: rows }) : answers(request));
    return against(answer, async (source, requests) => {
      const lines = await linesFrom(source, OF_TRACE);
      expect(lines.map(({ line }) => line.includes('shop/cart.py'))).toEqual(
        rows.map((_, at) => at < 10 && at % 2 === 0),
      );
      expect(requests).toHaveLength(6);
    });
  });

  test.each<[string, Recorded | Reply, object | undefined]>([
    ['is gone', refuse(404), undefined],
    ['may not be read', refuse(403), { status: 403 }],
    ['is over a limit', refuse(429, { 'retry-after': '3' }), { status: 429, retryAfterMs: 3_000 }],
    ['breaks', refuse(500), { status: 500 }],
  ])('whose event %s is a line without frames', (_, event, error) =>
    against(
      ({ path }) => (path === EVENTS ? json({ data: [ROW] }) : event),
      async (source) => {
        const decoder = logBody('loki-json', 'sentry');
        const read = async () => {
          for await (const chunk of (await source.openLogs(OF_TRACE, later())).chunks) decoder.push(chunk);
        };
        if (error === undefined) await read();
        else await expect(read()).rejects.toMatchObject(error);
        expect(decoder.end().map(({ line }) => line)).toEqual([
          expect.stringContaining('"exception.type":"LockError"'),
        ]);
      },
    ),
  );

  test('is one of more than 100, which is said after those that came', () => {
    const rows = Array.from({ length: 100 }, (_, at) => ({ ...ROW, id: `${at}`.padStart(32, '0') }));
    const answer: Answering = (request) => (request.path === EVENTS ? json({ data: rows }) : answers(request));
    return against(answer, async (source) => {
      await expect(linesFrom(source, OF_TRACE)).rejects.toThrow('more than 100 errors');
      expect(await linesFrom(source, { ...OF_TRACE, limit: 100 })).toHaveLength(100);
    });
  });
});

describe('a search', () => {
  const says = (text: string) => `message:"*${text}*"`;

  test.each<[LogQuery, string]>([
    [OF_TRACE, `trace:${TRACE_ID}`],
    [{ by: 'trace-field', traceId: 'A3CE929D0E0E4736', ...WINDOW }, 'trace:0000000000000000a3ce929d0e0e4736'],
    [{ by: 'service', ...WINDOW }, ''],
    [{ by: 'text', text: 'order-4711', ...WINDOW }, says('order-4711')],
    [{ by: 'text', text: 'x" OR project:secret \\ *\n', ...WINDOW }, 'message:"*x* OR project:secret * *"'],
    [{ by: 'any-text', texts: ['a', 'b'], ...WINDOW }, `(${says('a')} OR ${says('b')})`],
    [{ by: 'words', words: ['lock', 'timeout'], ...WINDOW }, `${says('lock')} ${says('timeout')}`],
    [
      { by: 'field', names: ['request_id', 'a b', 'x'.repeat(33)], values: ['7', '"] OR [', 'r-8'], ...WINDOW },
      'tags[request_id]:["7", "r-8"]',
    ],
  ])('is written so that no value breaks out: %#', (query, search) =>
    against(answers, async (source, requests) => {
      const body = await source.openLogs(query, later());
      const { path, search: asked, headers } = requests[0] ?? {};
      expect([path, asked?.get('query'), asked?.get('dataset'), headers?.authorization]).toEqual([
        ...[EVENTS, search, 'errors', 'Bearer t0ken'],
      ]);
      expect([asked?.get('start'), asked?.get('end')]).toEqual(['2026-01-06T14:30:00.000', '2026-01-06T14:31:00.000']);
      expect([asked?.get('sort'), asked?.get('per_page'), asked?.getAll('field').length]).toEqual([
        'timestamp',
        '100',
        16,
      ]);
      expect(body.query.text).toBe(search);
      expect(new URL(body.query.url).pathname).toBe('/organizations/acme/discover/results/');
      expect(new URL(body.query.url).searchParams.get('query')).toBe(search);
    }),
  );

  test('for services asks for their projects, whose list is kept', () =>
    against(answers, async (source, requests) => {
      const of = (...services: string[]): LogQuery => ({
        by: 'service',
        ...WINDOW,
        services,
        newestFirst: true,
        limit: 7,
      });
      await source.openLogs(of('cart', 'shop web', 'database'), later());
      await source.openLogs(of('CART'), later());
      const asked = requests.filter(({ path }) => path === EVENTS);
      expect(asked.map(({ search }) => search.get('query'))).toEqual([
        '(project:cart OR project:Shop-web)',
        'project:cart',
      ]);
      expect(asked.map(({ search }) => [search.get('sort'), search.get('per_page')])).toEqual([
        ['-timestamp', '7'],
        ['-timestamp', '7'],
      ]);
      expect(requests.filter(({ path }) => path.endsWith('/projects/'))).toHaveLength(1);
    }));

  test.each<[string, LogQuery]>([
    ['a service without a project', { by: 'service', ...WINDOW, services: ['database'] }],
    ['a field whose values are no ids', { by: 'field', names: ['id'], values: ['a b'], ...WINDOW }],
    ['an id that is none of a trace', { by: 'trace-field', traceId: 'x:1', ...WINDOW }],
  ])('for %s asks for no events', (_, query) =>
    against(answers, async (source, requests) => {
      expect(await linesFrom(source, query)).toEqual([]);
      expect(requests.map(({ path }) => path)).not.toContain(EVENTS);
    }),
  );

  test('opens at the host of the organization for Sentry’s own service', () => {
    const at = sentryErrors({ url: new URL('https://de.sentry.io'), organization: 'acme', token: 't' });
    expect(at.links.logs).toBe('https://acme.sentry.io/issues/?query=trace%3A{traceId}');
  });
});

describe('an answer of Sentry that is no list of events', () => {
  test.each<[string, Recorded | Reply, object]>([
    ['401', json({ detail: 'Invalid token' }, 401), { status: 401, retryable: false }],
    ['403', json({ detail: 'You do not have permission to perform this action.' }, 403), { status: 403 }],
    ['404', json({ detail: 'The requested resource does not exist' }, 404), { status: 404 }],
    ['400', json({ detail: 'Invalid query' }, 400), { status: 400, message: expect.stringContaining('Invalid query') }],
    [
      '429 with the time when the limit begins anew',
      json({ detail: 'slow down' }, 429, {
        date: 'Tue, 06 Jan 2026 14:30:00 GMT',
        'x-sentry-rate-limit-reset': '1767709804',
      }),
      { status: 429, retryable: true, retryAfterMs: 4_000 },
    ],
    ['429 without it', json({ detail: 'slow down' }, 429), { status: 429, retryAfterMs: undefined }],
    ['503', refuse(503, { 'retry-after': '1' }), { status: 503, retryAfterMs: 1_000 }],
    ['other JSON', json([]), { code: 'SH_NOT_A_BACKEND' }],
    ['cut JSON', refuse(200, {}, '{"data":['), { code: 'SH_NOT_A_BACKEND' }],
  ])('%s', (_, answer, error) =>
    against(
      () => answer,
      async (source) => {
        await expect(source.openLogs(OF_TRACE, later())).rejects.toMatchObject(error);
      },
    ),
  );
});

describe('the check', () => {
  test.each<[string, Answering, object]>([
    ['names the projects', answers, { ok: true, detail: '2 projects: Shop-web, cart' }],
    [
      'says that there is none',
      ({ path }) => (path === EVENTS ? json({ data: [] }) : json([])),
      { ok: true, detail: 'answers, but knows no project', remedy: expect.stringContaining('projects') },
    ],
    ['wrong token', () => refuse(401), { ok: false, remedy: expect.stringContaining('SENTRY_AUTH_TOKEN') }],
    ['no rights', () => refuse(403), { ok: false, remedy: expect.stringContaining('Issue & Event: Read') }],
    ['wrong organization', () => refuse(404), { ok: false, remedy: expect.stringContaining('SENTRY_ORG') }],
    ['no rights for events', (request) => (request.path === EVENTS ? refuse(403) : answers(request)), { ok: false }],
  ])('%s', (_, answer, health) =>
    against(answer, async (source) => {
      expect(await source.check(later())).toMatchObject(health);
    }),
  );
});
