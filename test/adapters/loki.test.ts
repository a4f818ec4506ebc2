import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type LokiOptions, loki } from '#adapters/loki/client.ts';
import { logQl } from '#adapters/loki/logql.ts';
import type { LogQuery } from '#gather/sources.ts';
import { quoted } from '#model/text/query-string.ts';
import { textOf } from '#test/bytes.ts';
import { testHttpSource } from '#test/http-source-contract.ts';
import { later } from '#test/later.ts';
import { testLogSource } from '#test/log-source-contract.ts';
import { type Reply, recorded, refuse, replay, type SeenRequest, startRecordedServer } from '#test/recorded-server.ts';

const TRACE_ID = '53487d888710d4b691823512a181a115';

/** The window of the recordings. */
const WINDOW = { services: [], fromUs: 1_795_152_744_000_000, toUs: 1_795_156_344_999_999, limit: 3 } as const;
const BY_FIELD: LogQuery = { by: 'trace-field', traceId: TRACE_ID, ...WINDOW };
const BY_TEXT: LogQuery = { by: 'text', text: TRACE_ID, ...WINDOW };
const BY_TEXTS: LogQuery = { by: 'any-text', texts: ['req-91', TRACE_ID], ...WINDOW };
const BY_ID_FIELD: LogQuery = { by: 'field', names: ['request_id', 'trace_id'], values: [TRACE_ID], ...WINDOW };

function lokiWithLines({ path, search }: SeenRequest): Reply {
  if (path === '/ready') return replay(recorded('loki/ready'));
  if (path === '/loki/api/v1/labels') return replay(recorded('loki/labels'));
  const query = search.get('query') ?? '';
  if (query.includes('trace_id=')) return replay(recorded('loki/range-by-trace-structured'));
  return replay(recorded(/\|[=~] /.test(query) ? 'loki/range-by-trace-line' : 'loki/range-empty'));
}

testLogSource('Loki', {
  async open() {
    const server = await startRecordedServer(lokiWithLines);
    return { source: loki({ url: server.url }), close: () => server[Symbol.asyncDispose]() };
  },
  cases: {
    'finds lines by the trace’s own field': { query: BY_FIELD, holds: [TRACE_ID, 'Dispatch successful'], lacks: [] },
    'finds lines by the id as text': { query: BY_TEXT, holds: [TRACE_ID, 'HTTP request received'], lacks: [] },
    'finds lines by one of several texts': { query: BY_TEXTS, holds: [TRACE_ID, 'HTTP request received'], lacks: [] },
    'finds lines by a field of any of several names': { query: BY_ID_FIELD, holds: [TRACE_ID], lacks: [] },
    'hands on an answer without lines': {
      query: { by: 'service', ...WINDOW, services: ['nope'] },
      holds: ['"result":[]'],
      lacks: [TRACE_ID],
    },
  },
});

testHttpSource('Loki', {
  answer: recorded('loki/range-by-trace-structured'),
  tenantHeader: 'x-scope-orgid',
  connect(options) {
    const source = loki(options);
    return { ask: (signal) => source.openLogs(BY_FIELD, signal), check: (signal) => source.check(signal) };
  },
});

describe('loki', () => {
  async function ask(
    query: LogQuery,
    options: Partial<LokiOptions> = {},
    reply: Reply = replay(recorded('loki/range-empty')),
  ) {
    await using server = await startRecordedServer(() => reply);
    const body = await loki({ url: server.url, ...options }).openLogs(query, later());
    await textOf(body.chunks);
    const request = server.requests[0];
    if (!request) throw new Error('nothing was asked');
    return { body, request, asked: Object.fromEntries(request.search) };
  }

  test('sends times in nanoseconds, since Loki takes milliseconds for them and finds nothing', async () => {
    const { asked, request } = await ask(BY_FIELD);
    expect(request.path).toBe('/loki/api/v1/query_range');
    expect(asked).toMatchObject({ start: '1795152744000000000', end: '1795156345000000000', direction: 'forward' });
  });

  test('asks for labels, metadata and parsed fields apart, or every line becomes a stream', async () => {
    const { request } = await ask(BY_FIELD);
    expect(request.headers['x-loki-response-encoding-flags']).toBe('categorize-labels');
  });

  test.each([
    [6000, '5000'],
    [5000, '5000'],
    [0, '1'],
    [2.5, '2'],
  ])('keeps a limit of %i within what Loki accepts', async (limit, sent) => {
    expect((await ask({ ...BY_FIELD, limit })).asked.limit).toBe(sent);
  });

  test('asks for a window of one instant, whose end Loki wants after its start', async () => {
    const { asked } = await ask({ ...BY_FIELD, fromUs: 5_000_000, toUs: 5_000_000 });
    expect(BigInt(asked.end ?? 0)).toBeGreaterThan(BigInt(asked.start ?? 0));
  });

  test.each([
    ['range-limit-exceeded', 400, 'max entries limit per query exceeded'],
    ['range-limit0', 400, 'limit must be a positive value'],
    ['range-parse-error', 400, 'parse error at line 1'],
    ['range-too-long', 400, 'the query time range exceeds the limit'],
    ['mt-query-too-long', 400, 'limit: 1d'],
    ['mt-no-orgid', 401, 'no org id'],
    ['mt-orgid-bad', 400, 'unsupported character'],
    ['unknown', 404, '404 page not found'],
  ])('hands on the plain text of an error (%s)', async (recording, status, said) => {
    await expect(ask(BY_FIELD, {}, replay(recorded(`loki/${recording}`)))).rejects.toMatchObject({
      code: 'SH_BACKEND',
      status,
      advice: expect.stringContaining(said),
    });
  });

  test('links to the same query in Grafana where there is one', async () => {
    const { body } = await ask(BY_TEXT, { grafanaUrl: new URL('https://grafana.example/g') });
    const link = new URL(body.query.url);
    expect(link.origin + link.pathname).toBe('https://grafana.example/g/explore');
    const { logs } = JSON.parse(link.searchParams.get('panes') ?? '');
    expect(logs.queries[0].expr).toBe(body.query.text);
    expect(logs.range).toEqual({ from: '1795152744000', to: '1795156345000' });
  });

  test('gives the query’s own address where there is no Grafana', async () => {
    const { body, request } = await ask(BY_TEXT);
    const link = new URL(body.query.url);
    expect(link.pathname).toBe('/loki/api/v1/query_range');
    expect(Object.fromEntries(link.searchParams)).toEqual(Object.fromEntries(request.search));
  });

  test('has a link template for the logs of any trace, with Grafana only', () => {
    const url = new URL('http://loki:3100');
    expect(loki({ url }).links.logs).toBe('');
    const { logs } = loki({ url, grafanaUrl: new URL('https://grafana.example') }).links;
    const link = new URL(logs.replaceAll('{traceId}', TRACE_ID));
    expect(JSON.parse(link.searchParams.get('panes') ?? '').logs.queries[0].expr).toBe(
      `{service_name=~".+"} |= "${TRACE_ID}"`,
    );
  });

  test('says in its check which labels there are when none names the service', async () => {
    await using server = await startRecordedServer(lokiWithLines);
    expect(await loki({ url: server.url, selectorLabel: 'app' }).check(later())).toEqual({
      ok: false,
      detail: 'no stream has the label app',
      remedy: expect.stringContaining('service_name'),
    });
  });

  test('says in its check what Loki allows at once and how long it keeps lines, where Loki tells', async () => {
    const limits = {
      max_entries_limit_per_query: 700,
      max_query_length: '30d1h',
      retention_period: '31d',
      query_timeout: '1m',
    };
    const tells = (said: unknown) => (request: SeenRequest) =>
      request.path.endsWith('/drilldown-limits') ? refuse(200, {}, JSON.stringify(said)) : lokiWithLines(request);
    const detailOf = async (said: unknown) => {
      await using server = await startRecordedServer(tells(said));
      return (await loki({ url: server.url }).check(later())).detail;
    };
    const answers = 'answers; services by the label service_name';
    expect(await detailOf({ limits })).toBe(`${answers}; at most 700 lines and 30d1h at once; keeps 31d`);
    expect(await detailOf({ limits: { ...limits, max_query_length: '0s', retention_period: '0s' } })).toBe(
      `${answers}; at most 700 lines at once`,
    );
    for (const nothing of [{}, { limits: null }, { limits: { retention_period: '<b>' } }, []])
      expect(await detailOf(nothing)).toBe(answers);
  });

  test('says in its check that Loki is still starting', async () => {
    await using server = await startRecordedServer(() => refuse(503, {}, 'Ingester not ready: waiting for 15s'));
    expect(await loki({ url: server.url }).check(later())).toMatchObject({
      ok: false,
      detail: expect.stringContaining('waiting for 15s'),
    });
  });

  test('does not mind a gateway that hides /ready', async () => {
    const reply = (request: SeenRequest) => (request.path === '/ready' ? refuse(404) : lokiWithLines(request));
    await using server = await startRecordedServer(reply);
    expect(await loki({ url: server.url }).check(later())).toMatchObject({ ok: true });
  });

  test('takes an answer without a list for an empty store', async () => {
    await using server = await startRecordedServer(() => refuse(200, {}, '{"status":"success"}'));
    expect(await loki({ url: server.url }).check(later())).toMatchObject({
      ok: true,
      remedy: expect.stringMatching(/\w/),
    });
  });
});

describe('LogQL', () => {
  test('asks for the trace under every spelling of the field and every form of the id', () => {
    const query = logQl({ ...BY_FIELD, by: 'trace-field', traceId: 'A1B2C3D4E5F60718' }, 'service_name');
    expect(query.startsWith('{service_name=~".+"} | trace_id="a1b2c3d4e5f60718" or ')).toBe(true);
    for (const field of ['trace_id', 'traceID', 'traceId', 'TraceId']) {
      expect(query).toContain(`${field}="a1b2c3d4e5f60718"`);
      expect(query).toContain(`${field}="0000000000000000a1b2c3d4e5f60718"`);
    }
  });

  test('asks for services by name and not by pattern', () => {
    const query = logQl({ by: 'service', ...WINDOW, services: ['shop.cart', 'a|b', '.*', ''] }, 'app');
    expect(query).toBe('{app=~"shop\\\\.cart|a\\\\|b|\\\\.\\\\*"}');
  });

  test('asks for text as it stands', () => {
    expect(logQl({ ...BY_TEXT, by: 'text', text: 'order-77' }, 'app')).toBe('{app=~".+"} |= "order-77"');
  });

  test('asks for several texts at once, each as it stands', () => {
    const query = logQl({ ...WINDOW, by: 'any-text', texts: ['req-9.1', 'a|b', '(x'] }, 'app');
    expect(query).toBe('{app=~".+"} |~ "req-9\\\\.1|a\\\\|b|\\\\(x"');
  });

  test('asks for a field under each of its names, and for none that is no name', () => {
    const names = ['request_id', 'x"} | json', 'reqId', '', 'a.b', '1st'];
    expect(logQl({ ...WINDOW, by: 'field', names, values: ['req-91'] }, 'app')).toBe(
      '{app=~".+"} | request_id="req-91" or reqId="req-91"',
    );
  });

  test.each([
    '" or trace_id!="',
    '"} | json | line_format "{{.secret}}" #',
    '\\',
    '\\" |~ ".*',
    'a\nb\r\tc',
    '`{job="x"}`',
    '\u0000\u001b[31m\u2028',
    '\ud800 half a pair',
    '🐕',
    '{{ __line__ }}',
  ])('keeps %j inside its string', (text) => {
    expect(escapesFrom(logQl({ ...BY_TEXT, by: 'text', text }, 'app'))).toEqual(['{app=~', '} |= ', '']);
  });

  test('nothing can leave its string, whatever is pasted', () => {
    const text = fc.string({
      unit: fc.oneof(fc.constantFrom('"', '\\', '`', '\n', '{', '|'), fc.string({ unit: 'binary' })),
    });
    fc.assert(
      fc.property(text, fc.array(text), (pasted, services) => {
        expect(escapesFrom(logQl({ ...WINDOW, by: 'text', text: pasted, services }, 'app'))).toEqual([
          '{app=~',
          '} |= ',
          '',
        ]);
        expect(escapesFrom(logQl({ ...WINDOW, by: 'service', services }, 'app'))).toEqual(['{app=~', '}']);
        const texts = [pasted, ...services];
        expect(escapesFrom(logQl({ ...WINDOW, by: 'any-text', texts, services }, 'app'))).toEqual([
          '{app=~',
          '} |~ ',
          '',
        ]);
        expect(escapesFrom(logQl({ ...WINDOW, by: 'words', words: texts, services }, 'app'))).toEqual([
          '{app=~',
          '} |= ',
          ...services.map(() => ' |= '),
          '',
        ]);
        const field = logQl({ ...WINDOW, by: 'field', names: ['id', ...services], values: [pasted], services }, 'app');
        expect(escapesFrom(field)[1]).toBe('} | id=');
        for (const outside of escapesFrom(field).slice(2)) expect(outside).toMatch(/^(?: or [A-Za-z_]\w*=)?$/);
        expect(JSON.parse(quoted(pasted))).toBe(pasted.toWellFormed());
      }),
    );
  });

  test('a text matches itself and nothing else as a pattern', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), fc.string(), (text, other) => {
        const query = logQl({ ...WINDOW, by: 'any-text', texts: [text] }, 'app');
        const pattern = new RegExp(JSON.parse(query.slice('{app=~".+"} |~ '.length)));
        expect(pattern.test(text)).toBe(true);
        expect(pattern.test(other)).toBe(other.includes(text));
      }),
    );
  });

  test('a service matches itself and nothing else as a pattern', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), fc.string(), (service, other) => {
        const query = logQl({ ...WINDOW, by: 'service', services: [service] }, 'app');
        const pattern = new RegExp(`^(?:${JSON.parse(query.slice('{app=~'.length, -1))})$`);
        expect(pattern.test(service)).toBe(true);
        expect(pattern.test(other)).toBe(other === service);
      }),
    );
  });
});

/** What stands outside of quoted strings, by Go's rules: a backslash takes the next character with it, no newline within. */
function escapesFrom(query: string): readonly string[] {
  return query.split(/"(?:[^"\\\n]|\\[^\n])*"/);
}
