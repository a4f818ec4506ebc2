import { describe, expect, test } from 'vitest';
import { datadog } from '#adapters/datadog/client.ts';
import { pagedLogSource } from '#gather/log-pages.ts';
import type { LogQuery, LogSource } from '#gather/sources.ts';
import { textOf } from '#test/bytes.ts';
import { type Asked, answeringBodies, datadogAt, jsonAnswer, TRACE_ID, withOneTrace } from '#test/datadog-api.ts';
import { later } from '#test/later.ts';
import { linesFrom } from '#test/lines-from.ts';
import { testLogSource } from '#test/log-source-contract.ts';
import { startRecordedServer } from '#test/recorded-server.ts';

const WINDOW = { services: [], fromUs: 1_795_155_900_000_000, toUs: 1_795_156_000_000_000, limit: 100 };
const OF_TRACE: LogQuery = { by: 'trace-field', traceId: TRACE_ID, ...WINDOW };

testLogSource('Datadog', {
  async open() {
    const server = await startRecordedServer(answeringBodies([], withOneTrace));
    return { source: datadog(datadogAt(server.url)).logs, close: () => server[Symbol.asyncDispose]() };
  },
  cases: {
    'lines of a trace': {
      query: OF_TRACE,
      holds: ['could not lock the items', '500 for GET /cart'],
      lacks: ['ddtags', 'AQAAAZNfake'],
    },
  },
});

async function against<T>(
  answer: Parameters<typeof answeringBodies>[1],
  use: (source: LogSource, asked: readonly Asked[]) => Promise<T>,
): Promise<T> {
  const asked: Asked[] = [];
  await using server = await startRecordedServer(answeringBodies(asked, answer));
  return await use(datadog(datadogAt(server.url)).logs, asked);
}

describe('lines of Datadog', () => {
  test('that are nested too deep lose what is in them, and cost no other line', async () => {
    const deep = `${'{"a":'.repeat(20_000)}1${'}'.repeat(20_000)}`;
    const event = (message: string, attributes: string) =>
      `{"attributes":{"timestamp":"2026-11-20T06:25:44.488Z","message":"${message}","attributes":${attributes}}}`;
    const body = Buffer.from(`{"data":[${event('one', `{"x":${deep}}`)},${event('two', '{}')}]}`);
    await against(
      () => ({ ...jsonAnswer({}), body }),
      async (source) => {
        expect((await linesFrom(source, OF_TRACE)).map(({ line }) => line)).toEqual(['{"message":"one"}', 'two']);
      },
    );
  });

  test('are no more of a page than was asked for', async () => {
    const attributes = { timestamp: '2026-11-20T06:25:44.488Z', message: 'one' };
    const data = Array.from({ length: 500 }, (_, at) => ({ attributes: { ...attributes, message: `line ${at}` } }));
    await against(
      () => jsonAnswer({ data }),
      async (source) => {
        expect(await linesFrom(source, OF_TRACE)).toHaveLength(OF_TRACE.limit);
      },
    );
  });

  test('have the message, service, level, ids and place', () =>
    against(withOneTrace, async (source) => {
      const lines = await linesFrom(source, OF_TRACE);
      expect(lines.map(({ service, level, line }) => [service, level, line.slice(0, 30)])).toEqual([
        ['frontend', 'info', '{"message":"GET /cart started"'],
        ['cart', 'error', '{"message":"could not lock the'],
        ['cart', 'warn', 'request took 1180 ms'],
        ['frontend', 'error', '500 for GET /cart'],
      ]);
      expect(lines[1]?.timeNs).toBe('1795155945366000000');
      expect(lines[1]?.labels).toMatchObject({
        namespace: 'shop',
        pod: 'cart-7d9f8b6c5-x2kqz',
        container: 'cart',
        host: 'ip-10-0-4-8.eu-central-1.compute.internal',
      });
      expect(lines[1]?.line).toContain('"kind":"psycopg2.errors.LockNotAvailable"');
    }));

  test('of a trace all have its id, in whatever form they wrote it, or did not', () =>
    against(withOneTrace, async (source) => {
      const lines = await linesFrom(source, OF_TRACE);
      expect(lines.map(({ traceId }) => traceId)).toEqual(lines.map(() => TRACE_ID));
      expect(lines.map(({ spanId }) => spanId)).toEqual([
        'a8f5e1b73e3ba805',
        'f39346993ad9e4b8',
        'f39346993ad9e4b8',
        '',
      ]);
    }));

  test('of a service have the ids that they wrote, in hex', () =>
    against(withOneTrace, async (source) => {
      const lines = await linesFrom(source, { by: 'service', ...WINDOW });
      expect(lines.map(({ traceId }) => traceId)).toEqual([TRACE_ID, 'a3ce929d0e0e4736', TRACE_ID, '']);
    }));

  test.each<[LogQuery, string]>([
    [{ by: 'service', ...WINDOW, services: ['cart', 'a "b"'] }, 'service:("cart" OR "a \\"b\\"")'],
    [{ by: 'service', ...WINDOW }, '*'],
    [{ by: 'text', text: 'order-4711', ...WINDOW }, '*:"order-4711"'],
    [{ by: 'any-text', texts: ['a', 'b'], ...WINDOW }, '(*:"a" OR *:"b")'],
    [{ by: 'words', words: ['lock', 'timeout'], ...WINDOW, services: ['cart'] }, 'service:"cart" *:"lock" *:"timeout"'],
    [{ by: 'field', names: ['request_id'], values: ['7', '8'], ...WINDOW }, '(@request_id:"7" OR @request_id:"8")'],
    [
      OF_TRACE,
      `(${['trace_id', '@trace_id', '@dd.trace_id', '@otel.trace_id', '@traceId']
        .flatMap((field) => [`${field}:"${TRACE_ID}"`, `${field}:"11803532876627986230"`])
        .join(' OR ')})`,
    ],
  ])('are asked for in Datadog’s search: %#', (query, text) =>
    against(withOneTrace, async (source, asked) => {
      const body = await source.openLogs(query, later());
      expect(body.query.text).toBe(text);
      expect(asked[0]?.body).toEqual({
        filter: { query: text, from: '1795155900000', to: '1795156000001' },
        sort: 'timestamp',
        page: { limit: 100 },
      });
      const url = new URL(body.query.url);
      expect([url.origin, url.pathname, url.searchParams.get('query')]).toEqual([
        'https://app.datadoghq.eu',
        '/logs',
        text,
      ]);
    }),
  );

  const line = (number: number) => ({
    id: `${number}`,
    type: 'log',
    attributes: { timestamp: '2026-11-20T06:25:44.488Z', message: `line ${number}`, service: 'cart', status: 'info' },
  });

  test('of several pages are read by Datadog’s cursor, even if all of them have one timestamp', () =>
    against(
      ({ body }) => {
        const { cursor = '0', limit } = (body as { page: { cursor?: string; limit: number } }).page;
        const from = Number(cursor);
        const data = Array.from({ length: Math.min(limit, 2_500 - from) }, (_, at) => line(from + at));
        return jsonAnswer({ meta: { status: 'done', page: { after: `${from + data.length}` } }, data });
      },
      async (source, asked) => {
        const lines = await linesFrom(pagedLogSource(source), { by: 'service', ...WINDOW, limit: 5_000 });
        expect(lines.map((one) => one.line)).toEqual(Array.from({ length: 2_500 }, (_, at) => `line ${at}`));
        expect(asked).toHaveLength(3);
      },
    ));

  test('are read to the limit of the query, the latest first if it says so', () =>
    against(
      ({ body }) => {
        const { limit } = (body as { page: { limit: number } }).page;
        return jsonAnswer({ meta: { page: { after: 'x' } }, data: Array.from({ length: limit }, (_, at) => line(at)) });
      },
      async (source, asked) => {
        await textOf(
          (
            await pagedLogSource(source).openLogs(
              { by: 'service', ...WINDOW, limit: 1_200, newestFirst: true },
              later(),
            )
          ).chunks,
        );
        expect(asked.map(({ body }) => body)).toMatchObject([
          { sort: '-timestamp', page: { limit: 1_000 } },
          { sort: '-timestamp', page: { limit: 200, cursor: 'x' } },
        ]);
      },
    ));

  test('that came before a search timed out are used, and the timeout is said', () =>
    against(
      () => jsonAnswer({ meta: { status: 'timeout' }, data: [line(1)] }),
      async (source) => {
        let text = '';
        const read = async () => {
          for await (const chunk of (await source.openLogs(OF_TRACE, later())).chunks)
            text += Buffer.from(chunk).toString();
        };
        await expect(read()).rejects.toMatchObject({
          advice: 'The answer of datadog is not whole: the search timed out, so lines may be missing.',
        });
        expect(text).toContain('line 1');
      },
    ));

  test('a message that is JSON is the line, and a line without a time is left out', () =>
    against(
      () =>
        jsonAnswer({
          data: [
            {
              attributes: {
                timestamp: '2026-11-20T06:25:44.488Z',
                message: '{"level":"error","msg":"no stock"}',
                attributes: { a: 1 },
              },
            },
            { attributes: { message: 'never' } },
            {
              attributes: {
                timestamp: '2026-11-20T06:25:44.500Z',
                status: 'ok',
                message: 'fine',
                attributes: { a: 1 },
              },
            },
          ],
        }),
      async (source) => {
        const lines = await linesFrom(source, { by: 'service', ...WINDOW });
        expect(lines.map((one) => [one.level, one.line])).toEqual([
          ['error', '{"level":"error","msg":"no stock"}'],
          ['info', '{"message":"fine","a":1}'],
        ]);
      },
    ));

  test('another server’s JSON is not the API', () =>
    against(
      () => jsonAnswer({ data: [{ message: 'x' }] }),
      async (source) => {
        await expect(source.openLogs(OF_TRACE, later())).rejects.toMatchObject({ code: 'SH_NOT_A_BACKEND' });
      },
    ));
});
