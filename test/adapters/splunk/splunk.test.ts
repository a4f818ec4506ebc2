import { describe, expect, test } from 'vitest';
import type { BackendOptions } from '#adapters/http.ts';
import { type SplunkOptions, splunk } from '#adapters/splunk/client.ts';
import { eventsOf } from '#adapters/splunk/query.ts';
import { rowsIn } from '#adapters/splunk/rows.ts';
import { logBody } from '#decode/log-body.ts';
import { metricsBody } from '#decode/metrics-json.ts';
import { pagedLogSource } from '#gather/log-pages.ts';
import type { LogQuery, LogSource } from '#gather/sources.ts';
import { testHttpSource } from '#test/http-source-contract.ts';
import { later } from '#test/later.ts';
import { testLogSource } from '#test/log-source-contract.ts';
import { type Recorded, recorded, refuse, replay, startRecordedServer } from '#test/recorded-server.ts';
import { type AskedSpl, answeringSpl, linesAnswer, rowsAnswer, splunkAt } from '#test/splunk-api.ts';

const TRACE_ID = '673f2a2800000000a3ce929d0e0e4736';
const FROM_US = 1_795_155_900_000_000;
const WINDOW = { services: [], fromUs: FROM_US, toUs: FROM_US + 100_000_000, limit: 100 };
const OF_TRACE: LogQuery = { by: 'trace-field', traceId: TRACE_ID, ...WINDOW };

testLogSource('Splunk', {
  async open() {
    const server = await startRecordedServer(() => replay(recorded('splunk/lines')));
    return { source: splunk(splunkAt(server.url)), close: () => server[Symbol.asyncDispose]() };
  },
  cases: {
    'lines of a trace': {
      query: OF_TRACE,
      holds: ['could not lock the items', '500 for GET /cart'],
      lacks: ['_bkt', 'spanhound_end'],
    },
  },
});

testHttpSource('Splunk', {
  answer: recorded('splunk/lines'),
  readsWhole: true,
  connect(options: BackendOptions) {
    const source = splunk({ ...options, indexes: 'main' });
    return { ask: (signal) => source.openLogs(OF_TRACE, signal), check: (signal) => source.check(signal) };
  },
});

async function against<T>(
  answer: (spl: AskedSpl) => Recorded,
  use: (source: LogSource, asked: readonly AskedSpl[]) => Promise<T>,
  options: Partial<SplunkOptions> = {},
): Promise<T> {
  const asked: AskedSpl[] = [];
  await using server = await startRecordedServer(answeringSpl(asked, answer));
  return await use(splunk({ ...splunkAt(server.url), ...options }), asked);
}

async function linesFrom(source: LogSource, query: LogQuery) {
  const decoder = logBody('loki-json', 'splunk');
  for await (const chunk of (await source.openLogs(query, later())).chunks) decoder.push(chunk);
  return decoder.end();
}

describe('lines of Splunk', () => {
  test('are the raw text, with service, level, ids and place', () =>
    against(
      () => recorded('splunk/lines'),
      async (source) => {
        const lines = await linesFrom(source, OF_TRACE);
        expect(lines.map(({ service, level }) => [service, level])).toEqual([
          ['frontend', 'info'],
          ['cart', 'error'],
          ['cart', 'warn'],
          ['frontend', 'error'],
        ]);
        expect(lines[1]).toMatchObject({
          timeNs: '1795155945366123000',
          traceId: TRACE_ID,
          spanId: 'f39346993ad9e4b8',
          labels: { namespace: 'shop', pod: 'cart-7d9f8b6c5-x2kqz', container: 'cart', host: 'ip-10-0-4-8' },
        });
      },
    ));

  test('of a preview are left out, and so is an event without a time', () =>
    against(
      () => recorded('splunk/preview'),
      async (source) => expect(await linesFrom(source, OF_TRACE)).toHaveLength(1),
    ).then(() =>
      against(
        () => rowsAnswer([{ _raw: 'never' }, { _raw: ['two', 'values'], spanhound_time: '1795155944' }]),
        async (source) => expect((await linesFrom(source, OF_TRACE)).map(({ line }) => line)).toEqual(['two']),
      ),
    ));

  test('may name their service in a field of one’s own', () =>
    against(
      () => rowsAnswer([{ _raw: 'x', spanhound_time: '1795155944', team_app: 'cart', service: 'other' }]),
      async (source, asked) => {
        const query: LogQuery = { by: 'service', ...WINDOW, services: ['cart'] };
        expect((await linesFrom(source, query))[0]?.service).toBe('cart');
        expect(asked[0]?.search).toContain('(index="main" OR index="k8s-*") team_app="cart" ');
      },
      { serviceField: 'team_app' },
    ));

  const index = 'search (index="main" OR index="k8s-*")';
  test.each<[LogQuery, string]>([
    [{ by: 'service', ...WINDOW }, index],
    [{ by: 'text', text: 'order-4711', ...WINDOW }, `${index} "order-4711"`],
    [{ by: 'text', text: 'x" | delete', ...WINDOW }, `${index} "x\\" | delete"`],
    [{ by: 'text', text: 'C:\\new\\" OR "', ...WINDOW }, `${index} "C:\\\\new\\\\\\" OR \\""`],
    [{ by: 'text', text: '`macro` [search a]\n| x', ...WINDOW }, `${index} "*macro* [search a]*| x"`],
    [{ by: 'any-text', texts: ['a', 'b'], ...WINDOW }, `${index} ("a" OR "b")`],
    [{ by: 'words', words: ['lock', 'timeout'], ...WINDOW }, `${index} "lock" "timeout"`],
    [
      { by: 'field', names: ['request_id', 'x-request-id'], values: ['7', '8'], ...WINDOW },
      `${index} (request_id="7" OR request_id="8" OR "x-request-id"="7" OR "x-request-id"="8")`,
    ],
    [
      OF_TRACE,
      `${index} (${['trace_id', 'traceId', 'trace.id', 'traceid', 'otelTraceID', 'dd.trace_id'].map((field) => `${field}="${TRACE_ID}"`).join(' OR ')})`,
    ],
  ])('are asked for in SPL, from whose quotes no value breaks out: %#', (query, search) =>
    against(
      () => recorded('splunk/none'),
      async (source, asked) => {
        const { query: shown } = await source.openLogs(query, later());
        expect(shown.text).toBe(search);
        expect(asked).toEqual([
          {
            search: `${search} | sort 100 _time | eval spanhound_time=_time | append [| makeresults | eval spanhound_end="1"]`,
            earliest_time: '1795155900.000000',
            latest_time: '1795156000.000001',
            output_mode: 'json',
            preview: 'false',
            adhoc_search_level: 'smart',
          },
        ]);
      },
    ),
  );

  test('any text stays in its quotes', () => {
    const texts = ['"', '\\', '\\"', '\\\\"', '"\\', '" | rest /services', 'a\\', '`"`'];
    for (const text of texts) {
      const literal = /^search index="main" ("(?:[^"\\]|\\["\\])*")$/;
      const query: LogQuery = { by: 'text', text, ...WINDOW };
      expect(eventsOf(query, { indexes: 'main', services: [], traces: [], levels: [] })).toMatch(literal);
    }
  });

  test('open in Splunk Web, and so does a trace', () =>
    against(
      () => recorded('splunk/none'),
      async (source) => {
        const url = new URL((await source.openLogs({ by: 'text', text: 'a', ...WINDOW }, later())).query.url);
        expect(`${url.origin}${url.pathname}`).toBe('https://splunk.example.com:8000/en-US/app/search/search');
        expect(Object.fromEntries(url.searchParams)).toEqual({
          q: `${index} "a"`,
          earliest: '1795155900.000000',
          latest: '1795156000.000001',
        });
        expect(source.links.logs).toContain('%22{traceId}%22&earliest=-24h&latest=now');
      },
      { uiUrl: new URL('https://splunk.example.com:8000/en-US') },
    ));

  const event = (number: number, us: number) => ({
    _raw: `line ${number}`,
    spanhound_time: `${(FROM_US + us) / 1e6}`,
  });

  /** A store that answers as the parts of a search say. */
  function stored(rows: readonly ReturnType<typeof event>[]) {
    return ({ search, earliest_time, latest_time }: AskedSpl) => {
      const [, command = '', limit = ''] = /\| (sort|head) (\d+) /.exec(search) ?? [];
      const us = (seconds: string) => Math.round(Number(seconds) * 1e6);
      const inTime = rows.filter(
        ({ spanhound_time: time }) => us(time) >= us(earliest_time) && us(time) < us(latest_time),
      );
      return rowsAnswer((command === 'head' ? inTime.toReversed() : inTime).slice(0, Number(limit)));
    };
  }

  test.each([false, true])('of several pages are all read, and each once (newest first: %s)', (newestFirst) =>
    against(
      stored(Array.from({ length: 2_500 }, (_, at) => event(at, Math.floor(at / 3) * 250))),
      async (source, asked) => {
        const query: LogQuery = { by: 'service', ...WINDOW, limit: 20_000, newestFirst };
        const lines = await linesFrom(pagedLogSource(source), query);
        expect([lines.length, new Set(lines.map(({ line }) => line)).size, asked.length]).toEqual([2_500, 2_500, 3]);
      },
    ),
  );
});

describe('an answer with status 200 that is not whole', () => {
  async function readUntilError(answer: Recorded) {
    return await against(
      () => answer,
      async (source) => {
        const parts: string[] = [];
        try {
          for await (const chunk of (await source.openLogs(OF_TRACE, later())).chunks)
            parts.push(`${Buffer.from(chunk)}`);
        } catch (error) {
          return { text: parts.join(''), error };
        }
        return { text: parts.join(''), error: undefined };
      },
    );
  }
  const whole = recorded('splunk/lines').body.toString();
  const cut = (body: string): Recorded => ({ ...recorded('splunk/lines'), body: Buffer.from(body) });

  test('a message of an error comes after the lines that were found', async () => {
    const { text, error } = await readUntilError(recorded('splunk/failed'));
    expect(text).toContain('GET /cart started');
    expect(error).toMatchObject({
      advice: 'The answer of splunk is not whole: Unable to distribute to peer named idx2 at uri https://idx2:8089..',
    });
  });

  test.each([
    ['without its last row', whole.split('\n').slice(0, 2).join('\n')],
    ['cut in a line', whole.slice(0, whole.indexOf('\n') + 40)],
    ['empty', ''],
  ])('%s', async (_, body) => {
    const { error } = await readUntilError(cut(body));
    expect(error).toMatchObject({ advice: expect.stringContaining('the search ended before its last row') });
  });

  test('a search that waited in vain for its turn is tried again', async () => {
    const text = 'Search not executed: The maximum number of concurrent historical searches has been reached.';
    const { error } = await readUntilError(linesAnswer([{ messages: [{ type: 'WARN', text }] }]));
    expect(error).toMatchObject({ status: 503, retryable: true, message: expect.stringContaining('concurrent') });
  });

  test('other messages change nothing', async () => {
    const info = { preview: false, messages: [{ type: 'INFO', text: 'Your timerange was substituted' }, 7] };
    expect(rowsIn(`${JSON.stringify(info)}\n${whole}`)).toMatchObject({ lacks: '' });
  });

  test.each(['{"status":"success"}', '[]', 'hello', '{"hello":1}\n{"result":{}}'])(
    'another server’s %s is not the API',
    (body) =>
      against(
        () => cut(body),
        async (source) => {
          await expect(source.openLogs(OF_TRACE, later())).rejects.toMatchObject({ code: 'SH_NOT_A_BACKEND' });
        },
      ),
  );
});

describe('counts of Splunk', () => {
  const search = { services: ['cart', 'batch'], fromUs: FROM_US, toUs: FROM_US + 180e6 };

  async function counted(source: LogSource) {
    const [query] = (await source.statistics?.findMetrics(search, later()))?.queries ?? [];
    const body = metricsBody('splunk');
    const opened = query && (await source.statistics?.openMetrics(query, later()));
    for await (const chunk of opened?.chunks ?? []) body.push(chunk);
    return body.end().map(({ name, labels, values }) => [name, labels.service, [...values]]);
  }

  test('are lines and errors of each service; one without levels has no errors to count', () =>
    against(
      () => recorded('splunk/count'),
      async (source, asked) => {
        expect(await counted(source)).toEqual([
          ['service:log_lines', 'cart', [4, 4, 0]],
          ['service:log_errors', 'cart', [0, 1, 0]],
          ['service:log_lines', 'batch', [1, 0, 0]],
        ]);
        expect(asked[0]).toMatchObject({ earliest_time: '1795155900', latest_time: '1795156080' });
        expect(asked[0]?.search).toContain("spanhound_service=coalesce('service.name', 'service', ");
        expect(asked[0]?.search).toContain('BY spanhound_time, spanhound_service | append ');
      },
    ));

  test('of a part are not used', () =>
    against(
      () => recorded('splunk/failed'),
      async (source) => {
        await expect(counted(source)).rejects.toMatchObject({ code: 'SH_BACKEND' });
      },
    ));
});

describe('doctor says of Splunk', () => {
  const check = async (reply: Parameters<typeof startRecordedServer>[0]) => {
    await using server = await startRecordedServer(reply);
    return await splunk(splunkAt(server.url)).check(later());
  };
  const json = { 'content-type': 'application/json' };
  const body = (name: string) => recorded(`splunk/${name}`).body.toString();

  test('how new the lines are', async () => {
    expect(await check(() => replay(recorded('splunk/lines')))).toEqual({
      ok: true,
      detail: 'answers; the newest line in main,k8s-* is of 2026-11-20T06:25:44.202Z',
      remedy: '',
    });
  });

  test('that nothing can be read', async () => {
    const { ok, remedy } = await check(() => replay(recorded('splunk/none')));
    expect([ok, remedy]).toEqual([true, expect.stringContaining('SPLUNK_INDEXES')]);
  });

  test.each([
    [401, body('unauthorized'), 'call not properly authenticated', /^Check SPLUNK_TOKEN: .*HTTP Event Collector/],
    [
      403,
      '{"messages":[{"type":"ERROR","text":"insufficient permission"}]}',
      'insufficient permission',
      /capability search/,
    ],
    [404, '{"messages":[{"type":"ERROR","text":"Not Found"}]}', 'Not Found', /^Check SPLUNK_URL: .*8089.*9\.0\.1/],
    [400, body('unknown-command'), "Unknown search command 'nosuchcmd'.", /HTTP 400/],
    [503, 'busy', 'busy', /having trouble \(HTTP 503\)/],
  ])('what is wrong after %i', async (status, text, words, remedy) => {
    expect(await check(() => refuse(status, json, text))).toEqual({
      ok: false,
      detail: expect.stringContaining(words),
      remedy: expect.stringMatching(remedy),
    });
  });

  test('that the address is that of Splunk Web', async () => {
    const page = () => refuse(200, { 'content-type': 'text/html' }, '<!doctype html>');
    expect((await check(page)).remedy).toContain('not to Splunk Web');
  });

  test('that the search itself failed', async () => {
    expect(await check(() => replay(recorded('splunk/failed')))).toMatchObject({
      ok: false,
      detail: expect.stringContaining('Unable to distribute'),
    });
  });
});
