/**
 * A real OpenSearch and a real Elasticsearch with the lines of one request in the forms of four shippers: what is found by
 * service, by id and by text, what is counted, and what is said of shards that fail, names that match nothing, and a server
 * that is away. Each store also holds spans in six forms. A real Jaeger writes those of its own form.
 */
import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Report } from '#present/json/report.ts';
import { type Happening, happening, otlpOf } from '#test/otlp.ts';
import { scenarios } from '#test/scenarios.ts';
import { DOCUMENT_FORMS, SPAN_INDICES, SPAN_MAPPINGS } from '#test/search-documents.ts';
import { openTcpProxy } from '#test/tcp-proxy.ts';
import { assertVerdict, reportOf, spanhound } from './command-line.ts';
import type { Alone } from './context.ts';
import { drawnHex } from './drawn-ids.ts';
import { until } from './feed.ts';
import { type SearchProduct, startJaeger, startSearchNode } from './servers.ts';

const MINUTE_MS = 60_000;
const COUNTED = 'counted-orders';
/** A search for lines reads at most some thousands in pages of a thousand. */
const LINES = 9_000;
const ERRORS = 4_000;
const BULK = 3_000;

type Doc = Readonly<Record<string, unknown>>;
type Line = Readonly<{ service: string; text: string; level: string; requestId: string; atMs: number }>;

/** Each shipper has its own names for the same line. */
const SHIPPERS: Readonly<Record<string, Readonly<{ index: string; doc: (line: Line) => Doc }>>> = {
  'Elastic’s agent': {
    index: 'logs-app-default',
    doc: ({ service, text, level, requestId, atMs }) => ({
      '@timestamp': iso(atMs),
      message: text,
      log: { level },
      service: { name: service },
      trace: { id: requestId },
      agent: { type: 'filebeat', version: '8.17.0' },
      host: { name: 'node-1' },
    }),
  },
  'OpenTelemetry’s collector': {
    index: 'logs-otel-default',
    doc: ({ service, text, level, requestId, atMs }) => ({
      '@timestamp': `${iso(atMs).slice(0, -1)}000001Z`,
      body: { text },
      severity_text: level.toUpperCase(),
      resource: { attributes: { 'service.name': service } },
      trace_id: requestId,
    }),
  },
  'Fluent Bit in a cluster': {
    index: 'fluentd-2026.11',
    doc: ({ service, text, level, requestId, atMs }) => ({
      '@timestamp': iso(atMs),
      log: JSON.stringify({ level, msg: text, trace_id: requestId }),
      stream: 'stdout',
      kubernetes: { pod_name: `${service}-5d9c7-x2x4z`, namespace_name: 'shop', labels: { app: service } },
    }),
  },
  Logstash: {
    index: 'logstash-2026.11.20',
    doc: ({ service, text, level, requestId, atMs }) => ({
      '@timestamp': iso(atMs),
      level: level.toUpperCase(),
      message: `${text} traceId=${requestId}`,
      application: service,
    }),
  },
};

/** As Elastic's template for data streams and OpenTelemetry's map it; the others are left to the server. */
const MAPPINGS: Readonly<Record<string, Doc>> = {
  'logs-otel-default': { properties: { '@timestamp': { type: 'date_nanos' }, trace_id: { type: 'keyword' } } },
  'logs-app-default': {
    properties: {
      '@timestamp': { type: 'date' },
      trace: { properties: { id: { type: 'keyword' } } },
      service: { properties: { name: { type: 'keyword' } } },
    },
  },
};

export const checkOpensearch = (given: Alone) => checkProduct('opensearch', given);

export const checkElasticsearch = (given: Alone) => checkProduct('elasticsearch', given);

/** As `doctor` names them. */
const TITLES: Readonly<Record<SearchProduct, string>> = { opensearch: 'OpenSearch', elasticsearch: 'Elasticsearch' };

async function checkProduct(product: SearchProduct, { folder, check }: Alone): Promise<void> {
  const own = join(folder, `${product}-lines`);
  await mkdir(own, { recursive: true });
  const server = await startSearchNode(own, product);
  if (server === undefined) {
    return console.log(`  skip  ${product}: its parts or Java are not there (test/backends/build.sh builds it)`);
  }
  const { url } = server;
  const cli = (args: readonly string[], more: Readonly<Record<string, string>> = {}) =>
    spanhound(own, args, { ELASTICSEARCH_URL: url, ...more });
  const ask = async (args: readonly string[], more: Readonly<Record<string, string>> = {}): Promise<Report> =>
    reportOf(await cli([...args, '--json'], more));
  const requestId = drawnHex(16);
  const nowMs = Date.now();
  try {
    for (const [index, mappings] of Object.entries(MAPPINGS)) await call(url, 'PUT', index, { mappings });
    await sendAll(url, linesOf(requestId, nowMs));

    await check(`${product}: lines of one trace in the forms of four shippers are one story`, async () => {
      const { timeline = [], gaps } = await ask(['trace', requestId]);
      assert.deepEqual(
        timeline.map(({ service }) => service),
        linesOf(requestId, nowMs).map(({ line }) => line.service),
      );
      assert.deepEqual(gaps.filter(isOfSearch), []);
    });

    for (const shipper of Object.keys(SHIPPERS)) {
      await check(`${product}: lines by ${shipper} are found by their service`, async () => {
        const service = serviceOf(shipper);
        const window = ['--from', iso(nowMs - 10 * MINUTE_MS), '--to', iso(nowMs)];
        const { findings, gaps, subject } = await ask(['investigate', '--service', service, ...window]);
        const told = JSON.stringify(findings);
        assert.match(told, /did not answer/, `${JSON.stringify(subject)} ${told}`);
        assert.deepEqual(gaps.filter(isOfSearch), []);
      });
    }

    await check(`${product}: errors are counted over all lines, and since when`, async () => {
      const minuteMs = Math.floor(Date.now() / MINUTE_MS) * MINUTE_MS;
      const beganMs = minuteMs - 6 * MINUTE_MS;
      const healthyMs = minuteMs - 50 * MINUTE_MS;
      const at = (count: number, fromMs: number) => (n: number) =>
        fromMs + Math.round((n * (minuteMs - fromMs)) / count);
      const [calm, failing] = [at(LINES, healthyMs), at(ERRORS, beganMs)];
      const of = (level: string, text: string, atMs: number) =>
        shipped('Elastic’s agent', { service: COUNTED, text, level, requestId: '', atMs });
      await sendAll(url, [
        ...Array.from({ length: LINES }, (_, n) => of('info', `order ${n} taken`, calm(n))),
        ...Array.from({ length: ERRORS }, (_, n) =>
          of('error', `bank did not answer order ${n} in 5000 ms`, failing(n)),
        ),
      ]);
      const window = ['--from', iso(minuteMs - 20 * MINUTE_MS), '--to', iso(minuteMs)];
      const { findings, gaps } = await ask(['investigate', '--service', COUNTED, ...window]);
      assert.deepEqual(
        gaps.filter(({ consequence }) => consequence.includes('how many lines')),
        [],
      );
      const texts = findings.map(({ title, explanation }) => `${title} ${explanation}`).join('\n');
      assert.match(texts, /errors logged a second is 1\d(?:\.\d+)? since /);
      assert.match(texts, new RegExp(`errors logged a second .+ since ${iso(beganMs + MINUTE_MS).slice(11, 16)} UTC`));
    });

    await check(`${product}: doctor names its version and its newest line`, async () => {
      const { code, stdout } = await cli(['doctor']);
      assert.equal(code, 0, stdout);
      assert.match(stdout, new RegExp(`${TITLES[product]} \\d+\\.\\d+\\.\\d+ answers; the newest line in .+ is of 20`));
    });

    await check(`${product}: no index has such a name`, async () => {
      const { stdout, stderr } = await cli(['trace', requestId], { ELASTICSEARCH_INDICES: 'nobody-*' });
      assert.match(stdout + stderr, /no index has a name like nobody-\*; set ELASTICSEARCH_INDICES/);
    });

    await check(`${product}: shards that fail are said beside the lines of the others`, async () => {
      // The time is a text there, which cannot be sorted.
      await call(url, 'PUT', 'logs-broken', { mappings: { properties: { '@timestamp': { type: 'text' } } } });
      await call(url, 'POST', 'logs-broken/_doc?refresh=true', { '@timestamp': iso(nowMs), message: 'x' });
      const { timeline = [], gaps } = await ask(['trace', requestId]);
      assert.ok(timeline.length > 0);
      assert.match(gaps.map(({ problem }) => problem).join('\n'), /1 of \d+ shards failed: /);
      await call(url, 'DELETE', 'logs-broken');
    });

    await check(`${product}: a closed index is left out`, async () => {
      await call(url, 'PUT', 'logs-closed', {});
      await call(url, 'POST', 'logs-closed/_close');
      const { timeline = [], gaps } = await ask(['trace', requestId]);
      assert.equal(timeline.length, linesOf(requestId, nowMs).length);
      assert.deepEqual(gaps.filter(isOfSearch), []);
    });

    await check(`${product}: one that is away or silent is named within the deadline`, async () => {
      const proxy = await openTcpProxy(Number(new URL(url).port));
      try {
        for (const state of ['away', 'silent'] as const) {
          proxy.set(state);
          const at = { ELASTICSEARCH_URL: `http://127.0.0.1:${proxy.port}` };
          const { code, stderr } = await cli(['trace', requestId], at);
          assert.equal(code, 4, stderr);
          assert.match(stderr, /elasticsearch/i);
        }
      } finally {
        await proxy.close();
      }
    });
    await checkSpans({ product, url, own, check, ask });
  } finally {
    await server.stop();
  }
}

/** Each search of a window has to find it. */
const SPANS_AGO_US = 30_000_000;

type Spans = Pick<Alone, 'check'> &
  Readonly<{
    product: SearchProduct;
    url: string;
    own: string;
    ask(args: readonly string[], more?: Readonly<Record<string, string>>): Promise<Report>;
  }>;

async function checkSpans({ product, url, own, check, ask }: Spans): Promise<void> {
  const settings = { ELASTICSEARCH_INDICES: 'none', ELASTICSEARCH_TRACE_INDICES: SPAN_INDICES };
  const startUs = () => Date.now() * 1_000 - SPANS_AGO_US;
  const assertRead = async ({ traceId, scenario, rows }: Happening, indices = SPAN_INDICES) => {
    const report = await ask(['trace', traceId], { ...settings, ELASTICSEARCH_TRACE_INDICES: indices });
    assertVerdict(report, scenario);
    assert.equal(report.trace?.spanCount, rows.length);
    assert.equal(report.trace?.orphanCount, 0);
    assert.deepEqual(report.gaps.filter(isOfSearch), []);
  };

  const jaeger = await startJaeger(own, { product, url });
  try {
    for (const scenario of scenarios) {
      await check(`${product}: what Jaeger wrote is read without it: ${scenario.name}`, async () => {
        const happened = happening(scenario, { seed: drawnHex(16), startUs: startUs() });
        await post(`${jaeger.otlpUrl}/v1/traces`, otlpOf(happened));
        const query = { query: { term: { traceID: happened.traceId } } };
        await until('all spans of Jaeger in its indices', async () => {
          const { count } = await call(url, 'POST', 'jaeger-span-*/_count?allow_no_indices=true', query);
          return count === happened.rows.length;
        });
        await assertRead(happened, 'jaeger-span-*');
      });
    }
  } finally {
    await jaeger.stop();
  }

  for (const [pattern, mappings] of Object.entries(SPAN_MAPPINGS)) {
    const name = `spans-${pattern.replace(/\W/g, '')}`;
    await call(url, 'PUT', `_index_template/${name}`, {
      index_patterns: [pattern],
      priority: 500,
      template: { mappings },
    });
  }
  for (const [form, documents] of Object.entries(DOCUMENT_FORMS)) {
    await check(`${product}: spans in the form of ${form.replace('’s', '')} have their diagnosis`, async () => {
      for (const scenario of scenarios) {
        const happened = happening(scenario, { seed: drawnHex(16), startUs: startUs() });
        const lines = documents(happened).flatMap(({ index, source }) => [
          JSON.stringify({ index: { _index: index } }),
          JSON.stringify(source),
        ]);
        const { errors } = await call(url, 'POST', '_bulk?refresh=true', `${lines.join('\n')}\n`);
        assert.equal(errors, false);
        await assertRead(happened);
      }
    });
  }

  await check(`${product}: requests of a service are found in a window of time`, async () => {
    const toMs = Date.now();
    const window = ['--from', iso(toMs - 10 * MINUTE_MS), '--to', iso(toMs)];
    const { affected, gaps } = await ask(['investigate', '--service', 'order-service', ...window], settings);
    assert.ok((affected?.requests ?? 0) > 0);
    assert.deepEqual(gaps.filter(isOfSearch), []);
  });
}

async function post(url: string, body: unknown): Promise<void> {
  const headers = { 'content-type': 'application/json' };
  const { ok, status } = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) });
  assert.ok(ok, `${url} answered ${status}`);
}

function isOfSearch({ source }: Report['gaps'][number]): boolean {
  return source === 'elasticsearch';
}

/** Every shipper's service says something, then fails. */
function linesOf(requestId: string, nowMs: number): readonly Sent[] {
  return Object.keys(SHIPPERS).flatMap((shipper, at) => {
    const service = serviceOf(shipper);
    const atMs = nowMs - MINUTE_MS + at * 100;
    return [
      shipped(shipper, { service, text: 'order received', level: 'info', requestId, atMs }),
      shipped(shipper, { service, text: 'bank did not answer', level: 'error', requestId, atMs: atMs + 40 }),
    ];
  });
}

function serviceOf(shipper: string): string {
  return `orders-${Object.keys(SHIPPERS).indexOf(shipper) + 1}`;
}

type Sent = Readonly<{ line: Line; index: string; doc: Doc }>;

function shipped(shipper: string, line: Line): Sent {
  const known = SHIPPERS[shipper];
  assert.ok(known);
  return { line, index: known.index, doc: known.doc(line) };
}

async function sendAll(url: string, all: readonly Sent[]): Promise<void> {
  for (let from = 0; from < all.length; from += BULK) {
    const lines = all
      .slice(from, from + BULK)
      .flatMap(({ index, doc }) => [JSON.stringify({ index: { _index: index } }), JSON.stringify(doc)]);
    const { errors } = await call(url, 'POST', '_bulk?refresh=true', `${lines.join('\n')}\n`);
    assert.equal(errors, false);
  }
}

/** `body`: JSON, or text that is several lines of it. */
async function call(url: string, method: string, path: string, body?: object | string): Promise<Doc> {
  const answer = await fetch(`${url}/${path}`, {
    method,
    ...(body !== undefined && {
      headers: { 'content-type': 'application/json' },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    }),
  });
  const text = await answer.text();
  assert.ok(answer.ok, `${method} /${path} answered ${answer.status}: ${text}`);
  return JSON.parse(text) as Doc;
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}
