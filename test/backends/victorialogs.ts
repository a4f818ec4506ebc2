/**
 * A real VictoriaLogs with the lines of one request in the forms of four collectors: what is found by service, by id and by
 * text, whatever characters it has; pages; counts; tenants; and what is said of a wrong password, a wrong address, a search
 * that it refuses, and a server that is away.
 */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { type VictoriaLogsOptions, victoriaLogs } from '#adapters/victorialogs/client.ts';
import { SpanhoundError } from '#core/errors.ts';
import { logBody } from '#decode/log-body.ts';
import { guardLogSource } from '#gather/guard.ts';
import { pagedLogSource } from '#gather/log-pages.ts';
import type { LogQuery } from '#gather/sources.ts';
import type { LogLine } from '#model/logs/log-line.ts';
import { HOSTILE_TEXTS } from '#test/hostile-texts.ts';
import { openTcpProxy } from '#test/tcp-proxy.ts';
import { reportOf, spanhound } from './command-line.ts';
import type { Alone } from './context.ts';
import { drawnHex } from './drawn-ids.ts';
import { freePort, startVictoriaLogs } from './servers.ts';

const MINUTE_MS = 60_000;
const COUNTED = 'counted-orders';
/** A search for lines reads at most some thousands in pages of a thousand. */
const LINES = 9_000;
const ERRORS = 4_000;
const BULK = 3_000;
const PAGED = 5_000;
/** Three lines at each microsecond: pages end among them. */
const AT_ONCE = 3;
/** More than a page holds. */
const BURST = 1_500;

type Doc = Readonly<Record<string, unknown>>;
type Line = Readonly<{ service: string; text: string; level: string; requestId: string; atMs: number }>;

/** Each has its own names for the same line. */
const COLLECTORS: Readonly<Record<string, (line: Line) => Doc>> = {
  'OpenTelemetry’s collector': ({ service, text, level, requestId, atMs }) => ({
    _time: `${iso(atMs).slice(0, -1)}000001Z`,
    _msg: text,
    'service.name': service,
    severity_text: level === 'info' ? 'Info' : 'Error',
    severity_number: level === 'info' ? '9' : '17',
    trace_id: requestId,
    'telemetry.sdk.language': 'go',
  }),
  'VictoriaMetrics’ collector in a cluster': ({ service, text, level, requestId, atMs }) => ({
    _time: iso(atMs),
    _msg: JSON.stringify({ level, msg: text, trace_id: requestId }),
    trace_id: requestId,
    'kubernetes.pod_name': `${service}-5d9c7-x2x4z`,
    'kubernetes.pod_namespace': 'shop',
    'kubernetes.container_name': service,
  }),
  Vector: ({ service, text, level, requestId, atMs }) => ({
    _time: iso(atMs),
    _msg: text,
    service,
    level,
    traceId: requestId,
    order: 4711,
  }),
  'a logger': ({ service, text, level, requestId, atMs }) => ({
    _time: iso(atMs),
    _msg: `level=${level} msg="${text}" traceId=${requestId}`,
    app: service,
  }),
};

export async function checkVictoriaLogs({ folder, check }: Alone): Promise<void> {
  const own = join(folder, 'victorialogs');
  const server = await startVictoriaLogs(own);
  if (server === undefined) {
    return console.log('  skip  VictoriaLogs: its binary is not there (test/backends/build.sh builds it)');
  }
  const { url } = server;
  const cli = (args: readonly string[], more: Readonly<Record<string, string>> = {}) =>
    spanhound(own, args, { VICTORIALOGS_URL: url, ...more });
  const ask = async (args: readonly string[], more: Readonly<Record<string, string>> = {}) =>
    reportOf(await cli([...args, '--json'], more));
  const requestId = drawnHex(16);
  const nowMs = Date.now();
  try {
    await sendAll(url, linesOf(requestId, nowMs));

    await check('victorialogs: lines of one trace in the forms of four collectors are one story', async () => {
      const { timeline = [], gaps } = await ask(['trace', requestId]);
      assert.deepEqual(
        timeline.map(({ service }) => service),
        Object.keys(COLLECTORS).flatMap((_, at) => [serviceAt(at), serviceAt(at)]),
      );
      assert.deepEqual(gaps.filter(isOfStore), []);
    });

    for (const [at, collector] of Object.keys(COLLECTORS).entries()) {
      await check(`victorialogs: lines by ${collector.replace('’s', '')} are found by their service`, async () => {
        const window = ['--from', iso(nowMs - 10 * MINUTE_MS), '--to', iso(nowMs)];
        const { findings, gaps } = await ask(['investigate', '--service', serviceAt(at), ...window]);
        assert.match(JSON.stringify(findings), /did not answer/);
        assert.deepEqual(gaps.filter(isOfStore), []);
      });
    }

    await check('victorialogs: errors are counted over all lines, and since when', async () => {
      const minuteMs = Math.floor(Date.now() / MINUTE_MS) * MINUTE_MS;
      const beganMs = minuteMs - 6 * MINUTE_MS;
      const healthyMs = minuteMs - 50 * MINUTE_MS;
      const at = (count: number, fromMs: number) => (n: number) =>
        fromMs + Math.round((n * (minuteMs - fromMs)) / count);
      const [calm, failing] = [at(LINES, healthyMs), at(ERRORS, beganMs)];
      const of = (level: string, text: string, atMs: number) =>
        COLLECTORS.Vector?.({ service: COUNTED, text, level, requestId: '', atMs }) ?? {};
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

    await checkQuestions(url, check);

    await check('victorialogs: doctor names its newest line', async () => {
      const { code, stdout } = await cli(['doctor']);
      assert.equal(code, 0, stdout);
      assert.match(stdout, /answers; the newest line is of 20/);
    });

    await check('victorialogs: each tenant has its own lines', async () => {
      const own = { VICTORIALOGS_TENANT: '12:34' };
      const { stdout } = await cli(['doctor'], own);
      assert.match(stdout, /has no line of the last day/);
      await sendAll(url, linesOf(requestId, nowMs).slice(0, 1), { AccountID: '12', ProjectID: '34' });
      assert.equal((await ask(['trace', requestId], own)).timeline?.length, 1);
    });

    await check('victorialogs: an address that leads elsewhere is named', async () => {
      const at = { VICTORIALOGS_URL: `${url}/elsewhere` };
      const { code, stdout, stderr } = await cli(['doctor'], at);
      assert.equal(code, 5, stdout + stderr);
      assert.match(stdout + stderr, /Check VICTORIALOGS_URL/);
    });

    await check('victorialogs: one that is away or silent is named within the deadline', async () => {
      const proxy = await openTcpProxy(Number(new URL(url).port));
      try {
        for (const state of ['away', 'silent'] as const) {
          proxy.set(state);
          const at = { VICTORIALOGS_URL: `http://127.0.0.1:${proxy.port}` };
          const { code, stderr } = await cli(['trace', requestId], at);
          assert.equal(code, 4, stderr);
          assert.match(stderr, /victorialogs/i);
        }
      } finally {
        await proxy.close();
      }
      const nowhere = { VICTORIALOGS_URL: `http://127.0.0.1:${await freePort()}` };
      assert.equal((await cli(['doctor'], nowhere)).code, 5);
    });
  } finally {
    await server.stop();
  }
  await checkPassword(join(folder, 'victorialogs-password'), check);
}

/** What the adapter asks, against its own answers. */
async function checkQuestions(url: string, check: Alone['check']): Promise<void> {
  const run = drawnHex(4);
  const startUs = Math.floor(Date.now() / 1000) * 1_000_000 - 600_000_000;
  const window = { services: [`paged-${run}`], fromUs: startUs, toUs: startUs + 60_000_000, limit: 20_000 };
  const at = (us: number) => `${iso(Math.floor(us / 1_000)).slice(0, -1)}${`${us % 1_000}`.padStart(3, '0')}Z`;
  await sendAll(
    url,
    Array.from({ length: PAGED }, (_, n) => ({
      _time: at(startUs + Math.floor(n / AT_ONCE)),
      _msg: `order-${run} line ${n} (a+b)`,
      'service.name': `paged-${run}`,
      request_id: `r-${run}`,
    })),
  );
  const forms: readonly LogQuery[] = [
    { by: 'service', ...window },
    { by: 'service', ...window, newestFirst: true },
    { by: 'text', text: `order-${run}`, ...window },
    { by: 'any-text', texts: ['(a+b)', '"no such'], ...window },
    { by: 'words', words: ['line', `order-${run}`], ...window },
    { by: 'field', names: ['request_id', 'x-request-id'], values: [`r-${run}`, '" or 1=1'], ...window },
  ];
  for (const query of forms) {
    const order = query.newestFirst ? ', newest first' : '';
    await check(
      `victorialogs: ${PAGED} lines by ${query.by}${order} come page by page, none lost, none twice`,
      async () => {
        const { lines, failure } = await read(url, query);
        assert.equal(failure, undefined);
        assert.equal(lines.length, PAGED);
        assert.equal(new Set(lines.map(({ line }) => line)).size, PAGED);
      },
    );
  }

  await check('victorialogs: the answer says that more lines have one time than a page holds', async () => {
    const services = [`burst-${run}`];
    const doc = (n: number, us: number) => ({ _time: at(us), _msg: `burst ${n}`, service: services[0] });
    await sendAll(url, [
      ...Array.from({ length: BURST }, (_, n) => doc(n, startUs)),
      ...Array.from({ length: 5 }, (_, n) => doc(BURST + n, startUs + 1_000_000)),
    ]);
    const { failure } = await read(url, { by: 'service', ...window, services });
    assert.ok(failure instanceof SpanhoundError && failure.code === 'SH_TOO_MANY_LINES', `${failure}`);
  });

  await check('victorialogs: no text changes a search: it finds its own line and no other', async () => {
    const services = [`hostile-${run}`];
    await sendAll(
      url,
      HOSTILE_TEXTS.map((text, n) => ({
        _time: at(startUs + n),
        _msg: `says ${text} here`,
        service: services[0],
        odd: text,
      })),
    );
    for (const [n, text] of HOSTILE_TEXTS.entries()) {
      const asField = await read(url, { by: 'field', names: ['odd'], values: [text], ...window, services });
      assert.equal(asField.failure, undefined, text);
      assert.deepEqual(
        asField.lines.map(({ timeNs }) => timeNs),
        [`${startUs + n}000`],
        text,
      );
      const asText = await read(url, { by: 'text', text: `says ${text} here`, ...window, services });
      assert.deepEqual(
        asText.lines.map(({ timeNs }) => timeNs),
        [`${startUs + n}000`],
        text,
      );
      const asService = await read(url, { by: 'service', ...window, services: [text] });
      assert.deepEqual([asService.failure, asService.lines], [undefined, []], text);
      const asName = await read(url, { by: 'field', names: [text], values: ['x'], ...window, services });
      assert.deepEqual([asName.failure, asName.lines], [undefined, []], text);
    }
  });
}

async function checkPassword(folder: string, check: Alone['check']): Promise<void> {
  const server = await startVictoriaLogs(folder, ['-httpAuth.username=hound', '-httpAuth.password=s3cret']);
  if (server === undefined) return;
  try {
    await check('victorialogs: a wrong password is named, and shown nowhere', async () => {
      const address = new URL(server.url);
      address.username = 'hound';
      address.password = 'wr0ng';
      const { code, stdout, stderr } = await spanhound(folder, ['doctor'], { VICTORIALOGS_URL: address.href });
      assert.equal(code, 5, stdout + stderr);
      assert.match(stdout + stderr, /Check VICTORIALOGS_TOKEN, or the user and the password/);
      assert.doesNotMatch(stdout + stderr, /wr0ng/);
      address.password = 's3cret';
      const right = await spanhound(folder, ['doctor'], { VICTORIALOGS_URL: address.href });
      assert.equal(right.code, 0, right.stdout + right.stderr);
    });
  } finally {
    await server.stop();
  }
}

async function read(
  url: string,
  query: LogQuery,
  more: Partial<VictoriaLogsOptions> = {},
): Promise<{ lines: readonly LogLine[]; failure: unknown }> {
  const source = pagedLogSource(guardLogSource(victoriaLogs({ url: new URL(url), ...more })));
  const decoder = logBody('loki-json', 'victorialogs');
  try {
    const body = await source.openLogs(query, AbortSignal.timeout(60_000));
    for await (const chunk of body.chunks) decoder.push(chunk);
  } catch (error) {
    if (!(error instanceof SpanhoundError)) throw error;
    return { lines: [], failure: error };
  }
  return { lines: decoder.end(), failure: undefined };
}

function isOfStore({ source }: Readonly<{ source: string }>): boolean {
  return source === 'victorialogs';
}

/** Every collector's service says something, then fails. */
function linesOf(requestId: string, nowMs: number): readonly Doc[] {
  return Object.values(COLLECTORS).flatMap((doc, at) => {
    const atMs = nowMs - MINUTE_MS + at * 100;
    const line = { service: serviceAt(at), requestId };
    return [
      doc({ ...line, text: 'order received', level: 'info', atMs }),
      doc({ ...line, text: 'bank did not answer', level: 'error', atMs: atMs + 40 }),
    ];
  });
}

function serviceAt(at: number): string {
  return `orders-${at + 1}`;
}

async function sendAll(
  url: string,
  all: readonly Doc[],
  headers: Readonly<Record<string, string>> = {},
): Promise<void> {
  for (let from = 0; from < all.length; from += BULK) {
    const body = all.slice(from, from + BULK).map((doc) => `${JSON.stringify(doc)}\n`);
    const answer = await fetch(`${url}/insert/jsonline?_stream_fields=service,service.name,app`, {
      method: 'POST',
      headers: { 'content-type': 'application/stream+json', ...headers },
      body: body.join(''),
    });
    assert.ok(answer.ok, `${answer.status} ${await answer.text()}`);
  }
  // What was sent can be read a second later, or at once after this.
  await (await fetch(`${url}/internal/force_flush`)).arrayBuffer();
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}
