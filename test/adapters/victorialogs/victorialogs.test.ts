import { describe, expect, test } from 'vitest';
import type { BackendOptions } from '#adapters/http.ts';
import { type VictoriaLogsOptions, victoriaLogs } from '#adapters/victorialogs/client.ts';
import { filterOf } from '#adapters/victorialogs/logsql.ts';
import { rowsIn } from '#adapters/victorialogs/rows.ts';
import { settings } from '#adapters/victorialogs/settings.ts';
import { metricsBody } from '#decode/metrics-json.ts';
import { pagedLogSource } from '#gather/log-pages.ts';
import type { LogQuery, LogSource } from '#gather/sources.ts';
import { HOSTILE_TEXTS } from '#test/hostile-texts.ts';
import { testHttpSource } from '#test/http-source-contract.ts';
import { later } from '#test/later.ts';
import { linesFrom } from '#test/lines-from.ts';
import { testLogSource } from '#test/log-source-contract.ts';
import {
  type Recorded,
  recorded,
  refuse,
  replay,
  type SeenRequest,
  startRecordedServer,
} from '#test/recorded-server.ts';
import { type AskedLogsQl, answeringLogsQl, logRows } from '#test/victorialogs-api.ts';

const TRACE_ID = '673f2a2800000000a3ce929d0e0e4736';
const FROM_US = 1_795_155_900_000_000;
const WINDOW = { services: [], fromUs: FROM_US, toUs: FROM_US + 100_000_000, limit: 100 };
const OF_TRACE: LogQuery = { by: 'trace-field', traceId: TRACE_ID, ...WINDOW };

testLogSource('VictoriaLogs', {
  async open() {
    const server = await startRecordedServer(() => replay(recorded('victorialogs/lines')));
    return { source: victoriaLogs({ url: server.url }), close: () => server[Symbol.asyncDispose]() };
  },
  cases: {
    'lines of a trace': {
      query: OF_TRACE,
      holds: ['could not lock the items', '500 for GET /cart', 'pool exhausted'],
      lacks: ['_stream', 'telemetry.sdk'],
    },
  },
});

testHttpSource('VictoriaLogs', {
  answer: recorded('victorialogs/lines'),
  readsWhole: true,
  connect(options: BackendOptions) {
    const source = victoriaLogs(options);
    return { ask: (signal) => source.openLogs(OF_TRACE, signal), check: (signal) => source.check(signal) };
  },
});

async function against<T>(
  answer: (form: AskedLogsQl) => Recorded,
  use: (source: LogSource, asked: readonly AskedLogsQl[], requests: readonly SeenRequest[]) => Promise<T>,
  options: Partial<VictoriaLogsOptions> = {},
): Promise<T> {
  const asked: AskedLogsQl[] = [];
  await using server = await startRecordedServer(answeringLogsQl(asked, answer));
  return await use(victoriaLogs({ url: server.url, ...options }), asked, server.requests);
}

describe('lines of VictoriaLogs', () => {
  test('have their service, level, ids and place, whichever collector sent them', () =>
    against(
      () => recorded('victorialogs/lines'),
      async (source) => {
        const lines = await linesFrom(source, OF_TRACE);
        expect(lines.map(({ service, level }) => [service, level])).toEqual([
          ['frontend', 'info'],
          ['cart', 'error'],
          ['stock', 'error'],
          ['frontend', 'error'],
        ]);
        expect(lines.every(({ traceId }) => traceId === TRACE_ID)).toBe(true);
        expect(lines[1]).toMatchObject({
          timeNs: '1795155945366123456',
          spanId: 'f39346993ad9e4b8',
          line: 'could not lock the items',
        });
        expect(lines[2]?.labels).toMatchObject({ namespace: 'shop', pod: 'stock-7d9f8b6c5-x2kqz', container: 'stock' });
        expect(JSON.parse(lines[3]?.line ?? '')).toEqual({
          message: '500 for GET /cart',
          'user.id': 'u-7',
          attempt: '3',
        });
      },
    ));

  test('without a severity have no level', () =>
    against(
      () => logRows([{ _time: '2026-11-20T06:25:44Z', _msg: 'x', severity_text: 'Unspecified', severity_number: '0' }]),
      async (source) => expect((await linesFrom(source, OF_TRACE))[0]?.labels).toEqual({}),
    ));

  test('are asked for in the configured field alone', () =>
    against(
      () => logRows([{ _time: '2026-11-20T06:25:44Z', _msg: 'x', 'team app': 'cart', service: 'other' }]),
      async (source, asked) => {
        const query: LogQuery = { by: 'service', ...WINDOW, services: ['cart'] };
        expect((await linesFrom(source, query))[0]?.service).toBe('cart');
        expect(asked[0]?.query).toContain(') "team app":in("cart") | sort');
      },
      { serviceField: 'team app' },
    ));

  const ids = ['trace_id', 'traceId', 'trace.id', 'traceID', 'TraceId', 'traceid', 'otelTraceID', 'dd.trace_id'];
  test.each<[LogQuery, string]>([
    [{ by: 'service', ...WINDOW }, '*'],
    [{ by: 'text', text: 'order-4711', ...WINDOW }, '*:"order-4711"'],
    [{ by: 'text', text: 'x" | delete', ...WINDOW }, '*:"x\\" | delete"'],
    [{ by: 'any-text', texts: ['a', 'b'], ...WINDOW }, '(*:"a" or *:"b")'],
    [{ by: 'words', words: ['lock', 'timeout'], ...WINDOW }, '*:"lock" *:"timeout"'],
    [
      { by: 'field', names: ['request_id', 'x-request-id'], values: ['7', '8'], ...WINDOW },
      '("request_id":in("7", "8") or "x-request-id":in("7", "8"))',
    ],
    [OF_TRACE, `(${ids.map((field) => `"${field}":in("${TRACE_ID}")`).join(' or ')})`],
  ])('are asked for in LogsQL, within their time, sorted and bounded: %#', (query, filter) =>
    against(
      () => recorded('victorialogs/none'),
      async (source, asked) => {
        const { query: shown } = await source.openLogs(query, later());
        expect(shown.text).toBe(filter);
        expect(asked).toEqual([
          {
            query: `_time:[2026-11-20T06:25:00.000000000Z, 2026-11-20T06:26:40.000001000Z) ${filter} | sort by (_time) limit 100`,
            timeout: '15s',
            allow_partial_response: '0',
          },
        ]);
      },
    ),
  );

  test('any text stays in its quotes', () => {
    const literal = /^"x":in\(("(?:[^"\\\n]|\\.)*")\)$/;
    for (const text of HOSTILE_TEXTS) {
      const value = filterOf({ by: 'field', names: ['x'], values: [text], ...WINDOW }, { services: [], traces: [] });
      expect(JSON.parse(literal.exec(value)?.[1] ?? '')).toBe(text);
      const name = filterOf({ by: 'field', names: [text], values: ['x'], ...WINDOW }, { services: [], traces: [] });
      expect(name).toBe(`${JSON.stringify(text)}:in("x")`);
    }
  });

  test('open in its own page, and so does a trace', () =>
    against(
      () => recorded('victorialogs/none'),
      async (source) => {
        const { query } = await source.openLogs({ by: 'text', text: 'a b', ...WINDOW }, later());
        const [page = '', state = ''] = query.url.split('#/?');
        expect(page).toBe('https://logs.example.com/ops/select/vmui/');
        expect(Object.fromEntries(new URLSearchParams(state))).toEqual({
          query: '*:"a b"',
          'g0.range_input': '100s',
          'g0.end_input': '2026-11-20T06:26:40',
          'g0.relative_time': 'none',
          accountID: '12',
          projectID: '34',
        });
        expect(source.links.logs).toContain('#/?query=*%3A%22{traceId}%22&g0.range_input=24h&accountID=12');
      },
      { uiUrl: new URL('https://logs.example.com/ops'), tenant: '12:34' },
    ));

  test('are those of the tenant', () =>
    against(
      () => recorded('victorialogs/none'),
      async (source, _, requests) => {
        await source.openLogs(OF_TRACE, later());
        expect(requests[0]?.headers).toMatchObject({ accountid: '12', projectid: '0' });
      },
      { tenant: '12' },
    ));

  test.each(['12', '12:34', '4294967295:0'])('of tenant %s can be configured', (tenant) => {
    expect(settings.victorialogs.tenant.parse(tenant)).toBe(tenant);
  });

  test.each(['', 'team-a', '12:', '1:2:3', '12\r\nx: y'])('of tenant %j cannot', (tenant) => {
    expect(settings.victorialogs.tenant.safeParse(tenant).success).toBe(false);
  });

  const row = (number: number, us: number) => ({
    _time: `${new Date((FROM_US + us) / 1_000).toISOString().slice(0, -1)}${`${us % 1_000}`.padStart(3, '0')}Z`,
    _msg: `line ${number}`,
  });

  /** A store that answers as the parts of a search say. */
  function stored(rows: readonly ReturnType<typeof row>[]) {
    return ({ query = '' }: AskedLogsQl) => {
      const [, from = '', to = '', order, limit] =
        /^_time:\[(\S+), (\S+)\) .* \| sort by \(_time( desc)?\) limit (\d+)$/.exec(query) ?? [];
      const full = (time: string) => time.replace(/Z$/, '').padEnd(29, '0');
      const inTime = rows.filter(({ _time: time }) => full(time) >= full(from) && full(time) < full(to));
      return logRows((order === undefined ? inTime : inTime.toReversed()).slice(0, Number(limit)));
    };
  }

  test.each([false, true])('of several pages are all read, and each once (newest first: %s)', (newestFirst) =>
    against(
      stored(Array.from({ length: 2_500 }, (_, at) => row(at, Math.floor(at / 3) * 250))),
      async (source, asked) => {
        const query: LogQuery = { by: 'service', ...WINDOW, limit: 20_000, newestFirst };
        const lines = await linesFrom(pagedLogSource(source), query);
        expect([lines.length, new Set(lines.map(({ line }) => line)).size, asked.length]).toEqual([2_500, 2_500, 3]);
      },
    ),
  );
});

describe('an answer of VictoriaLogs', () => {
  const cut = (body: string, type = 'application/stream+json'): Recorded => ({
    status: 200,
    headers: { 'content-type': type },
    body: Buffer.from(body),
  });

  test('that ends within a line hands on the lines before it, and says so', () => {
    const whole = recorded('victorialogs/lines').body.toString();
    return against(
      () => cut(whole.slice(0, whole.indexOf('\n') + 40)),
      async (source) => {
        const parts: string[] = [];
        const read = async () => {
          for await (const chunk of (await source.openLogs(OF_TRACE, later())).chunks)
            parts.push(`${Buffer.from(chunk)}`);
        };
        await expect(read()).rejects.toMatchObject({
          advice: 'The answer of victorialogs is not whole: the answer ended within a line.',
        });
        expect(parts.join('')).toContain('GET /cart started');
      },
    );
  });

  test('without lines is an answer only with its type', async () => {
    await against(
      () => recorded('victorialogs/none'),
      async (source) => expect(await linesFrom(source, OF_TRACE)).toEqual([]),
    );
    await against(
      () => cut('', 'text/plain'),
      async (source) => {
        await expect(source.openLogs(OF_TRACE, later())).rejects.toMatchObject({ code: 'SH_NOT_A_BACKEND' });
      },
    );
  });

  test.each(['{"status":"success"}', '[]', 'hello', '{"_time":"never"}', '{"_time":"2026-11-20T06:25:44Z"}\n7\n8'])(
    'is not %s',
    (body) =>
      against(
        () => cut(body),
        async (source) => {
          await expect(source.openLogs(OF_TRACE, later())).rejects.toMatchObject({ code: 'SH_NOT_A_BACKEND' });
        },
      ),
  );

  test('a hostile one costs no more than its own lines', () => {
    const deep = `{"_time":"2026-11-20T06:25:44Z","_msg":"one","x":${'{"a":'.repeat(20_000)}1${'}'.repeat(20_001)}`;
    expect(rowsIn(`${deep}\n{"_time":"2026-11-20T06:25:45.5Z","_msg":"two"}\n`)?.rows).toHaveLength(2);
    return against(
      () => cut(`${deep}\n{"_time":"2026-11-20T06:25:45.5Z","_msg":"two"}\n`),
      async (source) => expect(await linesFrom(source, OF_TRACE)).toHaveLength(2),
    );
  });
});

describe('counts of VictoriaLogs', () => {
  const search = { services: ['cart', 'batch'], fromUs: FROM_US, toUs: FROM_US + 180e6 };

  async function counted(source: LogSource) {
    const [query] = (await source.statistics?.findMetrics(search, later()))?.queries ?? [];
    const body = metricsBody('victorialogs');
    const opened = query && (await source.statistics?.openMetrics(query, later()));
    for await (const chunk of opened?.chunks ?? []) body.push(chunk);
    return body
      .end()
      .map(({ name, labels, values }) => [name, labels.service, [...values].map((one) => Math.round(one * 60))]);
  }

  test('are lines and errors of each service; one without levels has no errors to count', () =>
    against(
      () => recorded('victorialogs/hits'),
      async (source, asked) => {
        expect((await counted(source)).sort()).toEqual([
          ['service:log_errors', 'cart', [0, 1, 0]],
          ['service:log_lines', 'batch', [1, 0, 0]],
          ['service:log_lines', 'cart', [4, 4, 0]],
        ]);
        expect(asked[0]).toMatchObject({ start: '1795155900', end: '1795156080', step: '60s', fields_limit: '500' });
        expect(asked[0]?.query).toMatch(/^\("service\.name":in\("cart", "batch"\) or /);
      },
    ));

  test('are not used if some were added up', () => {
    const one = (at: number) => ({ fields: { service: `s${at}` }, timestamps: [], values: [], total: 0 });
    return against(
      () => ({
        ...logRows([]),
        body: Buffer.from(JSON.stringify({ hits: Array.from({ length: 501 }, (_, at) => one(at)) })),
      }),
      async (source) => {
        await expect(counted(source)).rejects.toMatchObject({
          code: 'SH_BACKEND',
          advice: expect.stringContaining('more than 500 combinations'),
        });
      },
    );
  });

  test('are no lines', () =>
    against(
      () => recorded('victorialogs/lines'),
      async (source) => {
        await expect(counted(source)).rejects.toMatchObject({ code: 'SH_NOT_A_BACKEND' });
      },
    ));
});

describe('doctor says of VictoriaLogs', () => {
  const check = async (reply: Parameters<typeof startRecordedServer>[0]) => {
    await using server = await startRecordedServer(reply);
    return await victoriaLogs({ url: server.url }).check(later());
  };
  const byPath =
    (lines: string, version: Recorded = recorded('victorialogs/version')) =>
    ({ path }: SeenRequest) =>
      replay(path.endsWith('buildinfo') ? version : recorded(`victorialogs/${lines}`));

  test('its version, and how new the lines are', async () => {
    // A build without a tag, as the recorded one, has an empty version.
    const version = { ...logRows([]), body: Buffer.from('{"status":"success","data":{"version":"v1.52.1"}}') };
    expect(await check(byPath('newest', version))).toEqual({
      ok: true,
      detail: 'VictoriaLogs v1.52.1 answers; the newest line is of 2026-11-28T09:30:00.010Z',
      remedy: '',
    });
  });

  test.each(['version', 'unsupported-path'])('that it answers, where nothing says the version: %s', async (name) => {
    const { detail } = await check(byPath('newest', recorded(`victorialogs/${name}`)));
    expect(detail).toMatch(/^answers; the newest line/);
  });

  test('that there are no lines', async () => {
    const { ok, detail, remedy } = await check(byPath('none'));
    expect([ok, detail, remedy]).toEqual([
      true,
      'answers, but has no line of the last day',
      expect.stringContaining('VICTORIALOGS_TENANT'),
    ]);
  });

  test.each([
    ['unauthorized', '', /^Check VICTORIALOGS_TOKEN, or the user and the password in VICTORIALOGS_URL/],
    ['unsupported-path', 'unsupported path requested', /^Check VICTORIALOGS_URL: .*9428/],
    ['bad-query', 'cannot parse `query` arg: compound token cannot start', /HTTP 400/],
    ['too-slow', 'couldn', /having trouble \(HTTP 503\)/],
  ])('what is wrong after a recorded answer: %s', async (name, words, remedy) => {
    expect(await check(() => replay(recorded(`victorialogs/${name}`)))).toEqual({
      ok: false,
      detail: expect.stringContaining(words),
      remedy: expect.stringMatching(remedy),
    });
  });

  test.each([
    [403, 'Forbidden', /\/select/],
    [404, 'Not Found', /^Check VICTORIALOGS_URL/],
    [400, 'missing route for /select/logsql/query', /^Check VICTORIALOGS_URL/],
    [429, 'slow down', /having trouble|takes no more/],
    [502, 'all the backends are unavailable', /having trouble \(HTTP 502\)/],
  ])('what is wrong after %i', async (status, text, remedy) => {
    expect(await check(() => refuse(status, {}, text))).toEqual({
      ok: false,
      detail: expect.stringContaining(text),
      remedy: expect.stringMatching(remedy),
    });
  });

  test('that the address is another one', async () => {
    const page = () => refuse(200, { 'content-type': 'text/html' }, '<!doctype html>');
    expect((await check(page)).remedy).toContain('not to VictoriaMetrics');
  });

  test('the reason of a refusal, without the query that it repeats', async () => {
    const text = `cannot execute query [_time:1d * ${'x'.repeat(2_000)}]: not enough memory\n`;
    expect((await check(() => refuse(400, {}, text))).detail).toContain('cannot execute query: not enough memory');
  });
});
