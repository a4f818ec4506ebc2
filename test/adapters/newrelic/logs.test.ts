import { describe, expect, test } from 'vitest';
import { newRelic } from '#adapters/newrelic/client.ts';
import { pagedLogSource } from '#gather/log-pages.ts';
import type { LogQuery, LogSource } from '#gather/sources.ts';
import { later } from '#test/later.ts';
import { linesFrom } from '#test/lines-from.ts';
import { testLogSource } from '#test/log-source-contract.ts';
import { type AskedNrql, answeringNrql, newRelicAt, rowsAnswer, TRACE_ID, withOneTrace } from '#test/newrelic-api.ts';
import { recorded, startRecordedServer } from '#test/recorded-server.ts';

const WINDOW = { services: [], fromUs: 1_795_155_900_000_000, toUs: 1_795_156_000_000_000, limit: 100 };
const OF_TRACE: LogQuery = { by: 'trace-field', traceId: TRACE_ID, ...WINDOW };

testLogSource('New Relic', {
  async open() {
    const server = await startRecordedServer(answeringNrql([], withOneTrace));
    return { source: newRelic(newRelicAt(server.url)).logs, close: () => server[Symbol.asyncDispose]() };
  },
  cases: {
    'lines of a trace': {
      query: OF_TRACE,
      holds: ['could not lock the items', '500 for GET /cart'],
      lacks: ['newrelic.', 'messageId', 'plugin.type'],
    },
  },
});

async function against<T>(
  answer: Parameters<typeof answeringNrql>[1],
  use: (source: LogSource, asked: readonly AskedNrql[]) => Promise<T>,
): Promise<T> {
  const asked: AskedNrql[] = [];
  await using server = await startRecordedServer(answeringNrql(asked, answer));
  return await use(newRelic(newRelicAt(server.url)).logs, asked);
}

describe('lines of New Relic', () => {
  test('have the message, service, level, ids and place', () =>
    against(withOneTrace, async (source) => {
      const lines = await linesFrom(source, OF_TRACE);
      expect(lines.map(({ service, level, line }) => [service, level, line])).toEqual([
        ['frontend', 'info', '{"message":"GET /cart started","http.method":"GET"}'],
        [
          'cart',
          'error',
          '{"message":"could not lock the items of cart 42","error.class":"psycopg2.errors.LockNotAvailable"}',
        ],
        ['cart', 'warn', 'request took 1180 ms'],
        ['frontend', 'error', '500 for GET /cart'],
      ]);
      expect(lines.map(({ traceId }) => traceId)).toEqual(lines.map(() => TRACE_ID));
      expect(lines[1]).toMatchObject({
        timeNs: '1795155945366000000',
        spanId: 'f39346993ad9e4b8',
        labels: { namespace: 'shop', pod: 'cart-7d9f8b6c5-x2kqz', container: 'cart' },
      });
    }));

  const services = ['service.name', 'entity.name', 'appName', 'service', 'labels.app', 'container_name'];
  const says = (text: string) => `(message LIKE '%${text}%' OR allColumnSearch('${text}', insensitive: true))`;

  test.each<[LogQuery, string]>([
    [{ by: 'service', ...WINDOW }, ''],
    [
      { by: 'service', ...WINDOW, services: ['cart', "it's"] },
      `WHERE (${services.flatMap((field) => [`${field} = 'cart'`, `${field} LIKE 'it%s'`]).join(' OR ')}) `,
    ],
    [{ by: 'text', text: 'order-4711', ...WINDOW }, `WHERE ${says('order-4711')} `],
    [{ by: 'text', text: "x') OR (1=1 \\", ...WINDOW }, `WHERE ${says('x%) OR (1=1 %')} `],
    [{ by: 'any-text', texts: ['a', 'b'], ...WINDOW }, `WHERE (${says('a')} OR ${says('b')}) `],
    [{ by: 'words', words: ['lock', 'timeout'], ...WINDOW }, `WHERE ${says('lock')} AND ${says('timeout')} `],
    [
      { by: 'field', names: ['request_id', 'x-request-id'], values: ['7', '8'], ...WINDOW },
      "WHERE (request_id IN ('7', '8') OR `x-request-id` IN ('7', '8')) ",
    ],
    [
      OF_TRACE,
      `WHERE (${['trace.id', 'trace_id', 'traceId', 'dd.trace_id'].map((field) => `${field} = '${TRACE_ID}'`).join(' OR ')}) `,
    ],
  ])('are asked for in NRQL, from which no value breaks out: %#', (query, where) =>
    against(withOneTrace, async (source, asked) => {
      const body = await source.openLogs(query, later());
      const nrql = `SELECT * FROM Log ${where}SINCE 1795155900000 UNTIL 1795156000001 ORDER BY timestamp ASC LIMIT 100`;
      expect(asked).toEqual([{ asked: nrql }]);
      expect(body.query.text).toBe(nrql);
    }),
  );

  const row = (number: number, ms: number) => ({
    timestamp: WINDOW.fromUs / 1_000 + ms,
    message: `line ${number}`,
    level: 'info',
  });

  /** A store that answers as the clauses of a query say. */
  function stored(rows: readonly ReturnType<typeof row>[]) {
    return ({ asked = '' }: AskedNrql) => {
      const [, since = '', until = '', order = '', limit = ''] =
        /SINCE (\d+) UNTIL (\d+) ORDER BY timestamp (ASC|DESC) LIMIT (\d+)$/.exec(asked) ?? [];
      const inTime = rows.filter(({ timestamp }) => timestamp >= Number(since) && timestamp < Number(until));
      const sorted = order === 'DESC' ? inTime.toReversed() : inTime;
      return rowsAnswer({ asked: sorted.slice(0, Number(limit)) });
    };
  }

  test.each([false, true])('of several pages are all read, and each once (newest first: %s)', (newestFirst) =>
    against(stored(Array.from({ length: 4_500 }, (_, at) => row(at, Math.floor(at / 3)))), async (source, asked) => {
      const query: LogQuery = { by: 'service', ...WINDOW, limit: 20_000, newestFirst };
      const lines = await linesFrom(pagedLogSource(source), query);
      const numbers = new Set(lines.map(({ line }) => line));
      expect([lines.length, numbers.size, asked.length]).toEqual([4_500, 4_500, 3]);
    }),
  );

  test('of one instant that are more than a page are left out, which is said', () =>
    against(stored(Array.from({ length: 2_500 }, (_, at) => row(at, 5))), async (source, asked) => {
      const query: LogQuery = { by: 'service', ...WINDOW, limit: 20_000 };
      await expect(linesFrom(pagedLogSource(source), query)).rejects.toMatchObject({ code: 'SH_TOO_MANY_LINES' });
      expect(asked).toHaveLength(3);
    }));

  test('a message that is JSON is the line, and a line without a time is left out', () =>
    against(
      () =>
        rowsAnswer({
          asked: [
            { timestamp: 1_795_155_944_488, message: '{"level":"error","msg":"no stock"}', a: 1 },
            { message: 'never' },
            { timestamp: 1_795_155_944_500.5, message: 7, a: { b: 1 } },
          ],
        }),
      async (source) => {
        const lines = await linesFrom(source, { by: 'service', ...WINDOW });
        expect(lines.map(({ level, line }) => [level, line])).toEqual([
          ['error', '{"level":"error","msg":"no stock"}'],
          ['', '{"message":"","a":{"b":1}}'],
        ]);
      },
    ));

  test('that took too long are an error to retry', () =>
    against(
      () => recorded('newrelic/timeout'),
      async (source) => {
        await expect(source.openLogs(OF_TRACE, later())).rejects.toMatchObject({ status: 504, retryable: true });
      },
    ));
});
