/**
 * ClickHouse's real engine with the tables of OpenTelemetry's exporter: traces by id and by service, lines by every form of
 * question, whatever characters they have; counts; and what is said of a wrong password, a wrong table, a wrong address,
 * and a server that is away.
 */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { clickHouse } from '#adapters/clickhouse/client.ts';
import { SpanhoundError } from '#core/errors.ts';
import { logBody } from '#decode/log-body.ts';
import { guardLogSource } from '#gather/guard.ts';
import { pagedLogSource } from '#gather/log-pages.ts';
import type { LogQuery, Statistics } from '#gather/sources.ts';
import type { LogLine } from '#model/logs/log-line.ts';
import { textOf } from '#test/bytes.ts';
import { lineRows, OTEL_JSON_TABLES, OTEL_TABLES, spanRows, timeOf } from '#test/clickhouse-tables.ts';
import { HOSTILE_TEXTS } from '#test/hostile-texts.ts';
import { happening } from '#test/otlp.ts';
import { scenarios } from '#test/scenarios.ts';
import { openTcpProxy } from '#test/tcp-proxy.ts';
import { assertVerdict, reportOf, spanhound } from './command-line.ts';
import type { Alone } from './context.ts';
import { drawnHex } from './drawn-ids.ts';
import { freePort, startClickHouse } from './servers.ts';

const MINUTE_MS = 60_000;
const COUNTED = 'counted-orders';
const LINES = 9_000;
const ERRORS = 4_000;
const BULK = 3_000;
const PAGED = 3_500;
/** Three lines at each microsecond: pages end among them. */
const AT_ONCE = 3;
/** More than a page holds. */
const BURST = 1_500;
const REQUESTS = 12;
const LAST_AGO_US = 10_000_000;

export async function checkClickHouse({ folder, check }: Alone): Promise<void> {
  const own = join(folder, 'clickhouse');
  const server = await startClickHouse(own);
  if (server === undefined) {
    return console.log('  skip  ClickHouse: its engine is not there (test/backends/build.sh installs it with Python)');
  }
  const { url } = server;
  const cli = (args: readonly string[], more: Readonly<Record<string, string>> = {}) =>
    spanhound(own, args, { CLICKHOUSE_URL: url, ...more });
  const ask = async (args: readonly string[], more: Readonly<Record<string, string>> = {}) =>
    reportOf(await cli([...args, '--json'], more));
  try {
    for (const table of [...OTEL_TABLES, ...OTEL_JSON_TABLES]) await run(url, table);

    for (const scenario of scenarios) {
      await check(`clickhouse: trace ${scenario.name}`, async () => {
        const happened = happening(scenario, { seed: drawnHex(16), startUs: Date.now() * 1_000 - LAST_AGO_US });
        await insert(url, 'otel_traces', spanRows(happened));
        await insert(url, 'otel_logs', lineRows(happened));
        const report = await ask(['trace', happened.traceId]);
        assertVerdict(report, scenario);
        assert.equal(report.trace?.spanCount, happened.rows.length);
        assert.equal(report.trace?.orphanCount, 0);
        assert.deepEqual(report.gaps.filter(isOfStore), []);

        await insert(url, 'otel_traces_json', spanRows(happened));
        await insert(url, 'otel_logs_json', lineRows(happened));
        const tables = { CLICKHOUSE_TRACES_TABLE: 'otel_traces_json', CLICKHOUSE_LOGS_TABLE: 'otel_logs_json' };
        const ofJson = await ask(['trace', happened.traceId], tables);
        assertVerdict(ofJson, scenario);
        assert.equal(ofJson.trace?.spanCount, happened.rows.length);
        assert.deepEqual(ofJson.gaps.filter(isOfStore), []);
        assert.deepEqual(ofJson.findings, report.findings);
      });
    }

    await check('clickhouse: many requests of a service, found by its time, and counted', async () => {
      const slow = scenarios.find(({ name }) => name === 'slow-order-query');
      assert.ok(slow);
      const nowUs = Date.now() * 1_000;
      const requests = Array.from({ length: REQUESTS }, (_, at) =>
        happening(slow, { seed: drawnHex(16), startUs: nowUs - LAST_AGO_US - at * 1_000_000 }),
      );
      for (const one of requests) await insert(url, 'otel_traces', spanRows(one));
      const root = requests[0]?.rows.find(({ parentId }) => parentId === undefined)?.service ?? '';
      const window = ['--from', iso(nowUs / 1_000 - 2 * MINUTE_MS), '--to', iso(nowUs / 1_000)];
      const report = await ask(['investigate', '--service', root, ...window]);
      assert.ok(report.exemplars.length > 0);
      assert.deepEqual(
        report.gaps.filter(({ source, problem }) => source === 'clickhouse' && !/more traces/.test(problem)),
        [],
      );
    });

    await check('clickhouse: an unknown id exits 3 and says where it was looked for', async () => {
      const { code, stderr } = await cli(['trace', drawnHex(16)]);
      assert.equal(code, 3, stderr);
      assert.match(stderr, /clickhouse/i);
    });

    await check('clickhouse: errors are counted over all lines, and since when', async () => {
      const minuteMs = Math.floor(Date.now() / MINUTE_MS) * MINUTE_MS;
      const beganMs = minuteMs - 6 * MINUTE_MS;
      const healthyMs = minuteMs - 50 * MINUTE_MS;
      const at = (count: number, fromMs: number) => (n: number) =>
        fromMs + Math.round((n * (minuteMs - fromMs)) / count);
      const [calm, failing] = [at(LINES, healthyMs), at(ERRORS, beganMs)];
      const of = (SeverityText: string, Body: string, atMs: number) => ({
        ...{ Timestamp: timeOf(BigInt(atMs) * 1_000_000n), ServiceName: COUNTED, SeverityText, Body },
      });
      await insert(url, 'otel_logs', [
        ...Array.from({ length: LINES }, (_, n) => of('INFO', `order ${n} taken`, calm(n))),
        ...Array.from({ length: ERRORS }, (_, n) =>
          of('ERROR', `bank did not answer order ${n} in 5000 ms`, failing(n)),
        ),
      ]);
      const window = ['--from', iso(minuteMs - 20 * MINUTE_MS), '--to', iso(minuteMs)];
      const { findings, gaps } = await ask(['investigate', '--service', COUNTED, ...window]);
      assert.deepEqual(
        gaps.filter(({ consequence }) => consequence.includes('how many lines')),
        [],
      );
      const texts = findings.map(({ title, explanation }) => `${title} ${explanation}`).join('\n');
      assert.match(texts, new RegExp(`errors logged a second .+ since ${iso(beganMs + MINUTE_MS).slice(11, 16)} UTC`));
    });

    for (const table of ['otel_logs', 'otel_logs_json'] as const) await checkQuestions(url, table, check);

    await check('clickhouse: doctor names its services and its newest line', async () => {
      const { code, stdout } = await cli(['doctor']);
      assert.equal(code, 0, stdout);
      assert.match(stdout, /\d+ services: .*; logs: the newest line in otel_logs is of 20/);
    });

    await check('clickhouse: a table that is not there, and an address that leads elsewhere, are named', async () => {
      const wrong = await cli(['doctor'], { CLICKHOUSE_LOGS_TABLE: 'nobodys_logs' });
      assert.equal(wrong.code, 5, wrong.stdout);
      assert.match(wrong.stdout, /CLICKHOUSE_LOGS_TABLE/);
      const elsewhere = await cli(['doctor'], { CLICKHOUSE_URL: `${url}/elsewhere` });
      assert.equal(elsewhere.code, 5, elsewhere.stdout);
      assert.match(elsewhere.stdout, /Check CLICKHOUSE_URL/);
    });

    await check('clickhouse: one that is away or silent is named within the deadline', async () => {
      const proxy = await openTcpProxy(Number(new URL(url).port));
      try {
        for (const state of ['away', 'silent'] as const) {
          proxy.set(state);
          const at = { CLICKHOUSE_URL: `http://127.0.0.1:${proxy.port}` };
          const { code, stderr } = await cli(['trace', drawnHex(16)], at);
          assert.equal(code, 4, stderr);
          assert.match(stderr, /clickhouse/i);
        }
      } finally {
        await proxy.close();
      }
      const nowhere = { CLICKHOUSE_URL: `http://127.0.0.1:${await freePort()}` };
      assert.equal((await cli(['doctor'], nowhere)).code, 5);
    });
  } finally {
    await server.stop();
  }
  await checkPassword(join(folder, 'clickhouse-password'), check);
}

type LogsTable = 'otel_logs' | 'otel_logs_json';

/** What the adapter asks, against its own answers. */
async function checkQuestions(url: string, table: LogsTable, check: Alone['check']): Promise<void> {
  const run = drawnHex(4);
  const traceId = drawnHex(16);
  const startUs = Math.floor(Date.now() / 1000) * 1_000_000 - 600_000_000;
  const window = { services: [`paged-${run}`], fromUs: startUs, toUs: startUs + 60_000_000, limit: 20_000 };
  const line = (
    ServiceName: string,
    us: number,
    Body: string,
    LogAttributes: Readonly<Record<string, string>> = {},
  ) => ({
    ...{ Timestamp: timeOf(BigInt(us) * 1_000n), ServiceName, Body, LogAttributes },
  });
  await insert(
    url,
    table,
    Array.from({ length: PAGED }, (_, n) => ({
      ...line(`paged-${run}`, startUs + Math.floor(n / AT_ONCE), `order-${run} line ${n} (a+b)`, {
        request_id: `r-${run}`,
      }),
      TraceId: traceId,
    })),
  );
  const forms: readonly LogQuery[] = [
    { by: 'service', ...window },
    { by: 'service', ...window, newestFirst: true },
    { by: 'text', text: `order-${run}`, ...window },
    { by: 'any-text', texts: ['(a+b)', '"no such'], ...window },
    { by: 'words', words: ['line', `r-${run}`], ...window },
    { by: 'field', names: ['request_id', 'x-request-id'], values: [`r-${run}`, "' or 1=1"], ...window },
    { by: 'trace-field', traceId, ...window, services: [] },
  ];
  for (const query of forms) {
    const order = query.newestFirst ? ', newest first' : '';
    await check(
      `clickhouse: ${PAGED} lines of ${table} by ${query.by}${order} come page by page, none lost, none twice`,
      async () => {
        const { lines, failure } = await read(url, table, query);
        assert.equal(failure, undefined);
        assert.equal(lines.length, PAGED);
        assert.equal(new Set(lines.map(({ line: text }) => text)).size, PAGED);
      },
    );
  }

  await check(`clickhouse: ${table}: the answer says that more lines have one time than a page holds`, async () => {
    const services = [`burst-${run}`];
    await insert(
      url,
      table,
      Array.from({ length: BURST + 5 }, (_, n) =>
        line(`burst-${run}`, startUs + (n < BURST ? 0 : 1_000_000), `burst ${n}`),
      ),
    );
    const { failure } = await read(url, table, { by: 'service', ...window, services });
    assert.ok(failure instanceof SpanhoundError && failure.code === 'SH_TOO_MANY_LINES', `${failure}`);
  });

  await check(`clickhouse: ${table}: no text changes a query: it finds its own line and no other`, async () => {
    const services = [`hostile-${run}`];
    await insert(
      url,
      table,
      HOSTILE_TEXTS.map((text, n) => line(`hostile-${run}`, startUs + n, `says ${text} here`, { odd: text })),
    );
    for (const [n, text] of HOSTILE_TEXTS.entries()) {
      const own = [`${startUs + n}000`];
      const asField = await read(url, table, { by: 'field', names: ['odd'], values: [text], ...window, services });
      assert.deepEqual([asField.failure, asField.lines.map(({ timeNs }) => timeNs)], [undefined, own], text);
      const asText = await read(url, table, { by: 'text', text: `says ${text} here`, ...window, services });
      assert.deepEqual([asText.failure, asText.lines.map(({ timeNs }) => timeNs)], [undefined, own], text);
      const asService = await read(url, table, { by: 'service', ...window, services: [text] });
      assert.deepEqual([asService.failure, asService.lines], [undefined, []], text);
      const asName = await read(url, table, { by: 'field', names: [text], values: ['x'], ...window, services });
      assert.deepEqual([asName.failure, asName.lines], [undefined, []], text);
      assert.deepEqual(await answersTo(url, table, text, window), NOTHING, text);
    }
  });
}

const NOTHING = [
  [],
  '{"status":"success","data":{"resultType":"matrix","result":[]}}',
  '{"status":"success","data":{"resultType":"matrix","result":[]}}',
];

/** A search for traces of a service that has this name, and the counts of its requests and lines. */
async function answersTo(
  url: string,
  logsTable: LogsTable,
  text: string,
  window: Readonly<{ fromUs: number; toUs: number; limit: number }>,
): Promise<readonly unknown[]> {
  const tables = { database: 'default', tracesTable: 'otel_traces', logsTable };
  const { traces, logs } = clickHouse({ url: new URL(url), ...tables });
  const signal = AbortSignal.timeout(60_000);
  const counted = async (statistics: Statistics | undefined): Promise<string> => {
    const [query] = (await statistics?.findMetrics({ ...window, services: [text] }, signal))?.queries ?? [];
    const body = query && (await statistics?.openMetrics(query, signal));
    return body === undefined ? '' : await textOf(body.chunks);
  };
  return [
    await traces?.search?.({ service: text, operation: text, ...window }, signal),
    await counted(traces?.statistics),
    await counted(logs?.statistics),
  ];
}

async function checkPassword(folder: string, check: Alone['check']): Promise<void> {
  const server = await startClickHouse(folder, 'hound:s3cret');
  if (server === undefined) return;
  try {
    await check('clickhouse: a wrong password is named, and shown nowhere', async () => {
      const address = new URL(server.url);
      address.username = 'hound';
      address.password = 'wr0ng';
      const { code, stdout, stderr } = await spanhound(folder, ['doctor'], { CLICKHOUSE_URL: address.href });
      assert.equal(code, 5, stdout + stderr);
      assert.match(stdout + stderr, /Check the user and the password in CLICKHOUSE_URL/);
      assert.doesNotMatch(stdout + stderr, /wr0ng/);
    });
  } finally {
    await server.stop();
  }
}

async function read(
  url: string,
  logsTable: LogsTable,
  query: LogQuery,
): Promise<{ lines: readonly LogLine[]; failure: unknown }> {
  const { logs } = clickHouse({
    url: new URL(url),
    database: 'default',
    tracesTable: undefined,
    logsTable,
  });
  assert.ok(logs);
  const decoder = logBody('loki-json', 'clickhouse');
  try {
    const body = await pagedLogSource(guardLogSource(logs)).openLogs(query, AbortSignal.timeout(60_000));
    for await (const chunk of body.chunks) decoder.push(chunk);
  } catch (error) {
    if (!(error instanceof SpanhoundError)) throw error;
    return { lines: [], failure: error };
  }
  return { lines: decoder.end(), failure: undefined };
}

function isOfStore({ source }: Readonly<{ source: string }>): boolean {
  return source === 'clickhouse';
}

async function insert(url: string, table: string, rows: readonly object[]): Promise<void> {
  for (let from = 0; from < rows.length; from += BULK) {
    const body = rows.slice(from, from + BULK).map((row) => JSON.stringify(row));
    await run(url, `INSERT INTO ${table} FORMAT JSONEachRow ${body.join('\n')}`);
  }
}

async function run(url: string, sql: string): Promise<void> {
  const answer = await fetch(url, { method: 'POST', body: sql });
  assert.ok(answer.ok, `${answer.status} ${await answer.text()}`);
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}
