/** `compare` and `verify` from files, cases and a source, with traces that are drawn here. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { happening, logsJsonlOf, otlpOf } from '#test/otlp.ts';
import { openOutageBackends } from '#test/outage-backends.ts';
import { recordedBody, replay, startRecordedServer } from '#test/recorded-server.ts';
import { call, DRAWN_AT_US, query, type SpanNode, server, times } from '#test/trace.ts';
import { spanhound } from './run-spanhound.ts';

const folder = mkdtempSync(join(tmpdir(), 'spanhound-compare-'));
afterAll(() => rmSync(folder, { recursive: true }));

type Request = Readonly<{
  queryMs?: number;
  token?: string;
  failed?: boolean;
  offersMs?: number;
  taxMs?: number;
  operation?: string;
}>;

function page(request: Request = {}): SpanNode {
  const { queryMs = 20, token = 'valid_token', failed = false, offersMs = 18, taxMs = 0, operation } = request;
  return server(
    'web',
    operation ?? 'GET /page',
    {
      ms: queryMs + offersMs + taxMs + 20,
      failed,
      attributes: {
        'http.response.status_code': failed ? 500 : 200,
        'http.request.header.authorization': `Bearer ${token}`,
      },
    },
    [
      ...(queryMs > 0 ? [query('web', 'SELECT * FROM users WHERE id = 1', { at: 5, ms: queryMs })] : []),
      call('web', 'offers', 'GET /offers', { at: queryMs + 8, ms: offersMs + 2 }, [
        server('offers', 'GET /offers', { at: queryMs + 9, ms: offersMs }),
      ]),
      ...(taxMs > 0 ? [call('web', 'tax', 'GET /tax', { at: queryMs + offersMs + 12, ms: taxMs })] : []),
    ],
  );
}

const MINUTE_US = 60_000_000;

function drawn(name: string, root: SpanNode, minute = 0) {
  const scenario = { name, title: name, what: '', roots: [root], logs: [], expected: undefined };
  return happening(scenario, { startUs: DRAWN_AT_US + minute * MINUTE_US });
}

/** One file of many traces, a minute apart. */
function traces(name: string, requests: readonly Request[], fromMinute = 0): string {
  const path = join(folder, name);
  const lines = requests.map((request, at) =>
    JSON.stringify(otlpOf(drawn(`${name} ${at}`, page(request), fromMinute + at))),
  );
  writeFileSync(path, name.endsWith('.gz') ? gzipSync(lines.join('\n')) : lines.join('\n'));
  return path;
}

async function json(...args: string[]) {
  const { code, stdout, stderr } = await spanhound([...args, '--json']);
  expect(stderr).toBe('');
  return { code, report: JSON.parse(stdout) };
}

const healthy = traces(
  'healthy.jsonl.gz',
  times(12, (i) => ({ queryMs: 18 + (i % 4) })),
);
const slow = traces('slow.json', [{ queryMs: 1500 }], 20);
const expired = traces('expired.json', [{ token: 'expired_token', failed: true, queryMs: 4900 }], 20);

describe('compare', () => {
  test('names the call that holds the added time, in every form', async () => {
    const { code, report } = await json('compare', healthy, slow);
    expect(code).toBe(0);
    expect(report).toMatchObject({
      schema: 'spanhound.comparison/1',
      conclusion: { kind: 'duration', certainty: 'clear' },
      healthy: { request: 'GET /page on web', failed: 0 },
      duration: { ratio: expect.any(Number) },
      durations: [{ service: 'web', operation: 'SELECT users', certainty: 'clear', shareOfDifference: 1 }],
      logs: null,
    });
    expect(report.healthy.traces).toHaveLength(12);
  });

  test.each([
    ['text', /^web: SELECT users alone takes 1\.5 s, healthy: 20/],
    ['md', /^# web: SELECT users alone takes/],
    ['html', /<svg[\s\S]*SELECT users/],
    ['png', /^.PNG/],
  ])('as %s', async (form, begins) => {
    const { code, stdout } = await spanhound(['compare', healthy, slow, '--format', form]);
    expect(code).toBe(0);
    expect(stdout).toMatch(begins);
  });

  test.each([
    ['another operation', { operation: 'POST /order', queryMs: 0, failed: true }],
    ['another operation that is slower', { operation: 'GET /search', queryMs: 900 }],
  ])('says first that the requests differ, and calls nothing missing: %s', async (name, request) => {
    const other = traces(`${name}.json`, [request], 20);
    const { stdout } = await spanhound(['compare', healthy, other]);
    expect(stdout.split('\n')[0]).toBe(
      `These are different requests: GET /page on web, and ${request.operation} on web`,
    );
    expect(stdout).not.toMatch(/not made|is missing|loses/);
    const { report } = await json('compare', healthy, other);
    expect(report.relation).toBe('different-requests');
  });

  test('takes a request that fails before its route is known for the same one', async () => {
    const early = traces('early.json', [{ failed: true, queryMs: 0 }], 20);
    const { report } = await json('compare', healthy, early);
    expect(report.relation).toBe('one-request');
  });

  test.each([
    ['slower', slow, /The first trace is the slower one\. If the order is swapped/],
    ['failed', expired, /The first trace failed, and the last did not\. If the order is swapped/],
  ])('asks whether the order is swapped where the first one %s, and does not call it healthy', async (_, bad, hint) => {
    const good = traces('good.json', [{}], 3);
    const { stdout } = await spanhound(['compare', bad, good]);
    expect(stdout.replaceAll(/\n\s*/g, ' ')).toMatch(hint);
    expect(stdout).not.toMatch(/^Healthy/m);
    const { stdout: inOrder } = await spanhound(['compare', good, bad]);
    expect(inOrder).not.toContain('swapped');
  });

  test('says that both sides are the same trace', async () => {
    const { stdout } = await spanhound(['compare', slow, slow]);
    expect(stdout).toMatch(/^Both sides are the same trace, so there is nothing to compare\n/);
  });

  test('shows that a token is another one and not the token', async () => {
    const { report } = await json('compare', healthy, expired);
    expect(report.attributes).toContainEqual(
      expect.objectContaining({ name: 'http.request.header.authorization', certainty: 'clear', role: 'input' }),
    );
    expect(JSON.stringify(report)).not.toMatch(/valid_token|expired_token/);
  });

  test.each(['text', 'md', 'html'])('keeps the state that the token names, as %s', async (form) => {
    const { stdout } = await spanhound(['compare', healthy, expired, '--format', form]);
    expect(stdout).toContain('says that it is expired');
    expect(stdout).not.toMatch(/valid_token|expired_token/);
  });

  test('several healthy ones may be named one by one', async () => {
    const files = times(3, (i) => traces(`one-${i}.json`, [{ queryMs: 20 + i }], i));
    const { report } = await json('compare', ...files, slow);
    expect(report.healthy.traces).toHaveLength(3);
    expect(report.conclusion.certainty).toBe('uncertain');
  });

  test('finds healthy traces beside the failing one in its file, and says how they were chosen', async () => {
    const all = traces('all.jsonl', [...times(8, (i) => ({ queryMs: 18 + (i % 4) })), { queryMs: 1500 }, {}]);
    const { report } = await json('compare', all);
    expect(report.failing.traces).toHaveLength(1);
    expect(report.healthy.traces).toHaveLength(8);
    expect(report.healthy.chosen).toMatch(/^8 of 9 that were found: the nearest before the failing one/);
  });

  test('compares two cases with their logs, and a case with its own baseline', async () => {
    const made = (name: string, request: Request, line: string) => {
      const dir = join(folder, name);
      const happened = drawn(name, page(request));
      mkdirSync(dir);
      writeFileSync(join(dir, 'traces.json'), JSON.stringify(otlpOf(happened)));
      const log = { service: 'web', at: 6, text: line, level: 'error', tie: 'fields' } as const;
      const lines = logsJsonlOf({ ...happened, scenario: { ...happened.scenario, logs: [log] } });
      writeFileSync(join(dir, 'logs.jsonl'), lines);
      return dir;
    };
    const well = made('well', {}, 'served from pool');
    const ill = made('ill', { queryMs: 1500 }, 'pool exhausted after 1400 ms');
    const { report } = await json('compare', well, ill);
    expect(report.logs.map(({ change }: { change: string }) => change)).toEqual(['appeared', 'vanished']);
    writeFileSync(
      join(ill, 'baseline.json.gz'),
      gzipSync(times(6, (i) => JSON.stringify(otlpOf(drawn(`b ${i}`, page(), -i - 1)))).join('\n')),
    );
    expect((await json('compare', ill)).report.healthy.traces).toHaveLength(6);
  });

  test('compares records of two requests, as the guide has them', async () => {
    const record = (name: string, more: object) => {
      const path = join(folder, name);
      const headers = { 'content-type': 'application/json' };
      const request = { service: 'api-gateway', request_headers: headers, response_status: 200, duration_ms: 250 };
      writeFileSync(path, JSON.stringify({ timestamp: '2025-01-06T14:30:00Z', ...request, ...more }, null, 2));
      return path;
    };
    const working = record('working.json', { request_headers: { authorization: 'Bearer valid_token' } });
    const failed = record('failed.json', {
      timestamp: '2025-01-06T14:30:45Z',
      request_headers: { authorization: 'Bearer expired_token' },
      response_status: 500,
      duration_ms: 5000,
    });
    const { report } = await json('compare', working, failed);
    expect(report.conclusion.sentence).toBe(
      'request_headers.authorization of the lines of api-gateway differs from the healthy period, and says that it is expired',
    );
    const told = report.attributes.map(({ name, ratio }: { name: string; ratio: number }) => [name, ratio]);
    expect(told).toEqual([
      ['request_headers.authorization', null],
      ['duration_ms', 20],
      ['response_status', null],
    ]);
    expect(JSON.stringify(report)).not.toMatch(/valid_token|expired_token/);
  });

  test('compares the lines of cases that have no spans', async () => {
    const made = (name: string, lines: readonly string[]) => {
      const dir = join(folder, name);
      mkdirSync(dir);
      const at = (second: number) => `${BigInt(DRAWN_AT_US + second * 1_000_000) * 1000n}`;
      const rows = lines.map((line, i) =>
        JSON.stringify({ ts: at(i), labels: { service_name: 'web', level: 'info' }, line }),
      );
      writeFileSync(join(dir, 'logs.jsonl'), `${rows.join('\n')}\n`);
      return dir;
    };
    const well = made(
      'calm',
      times(60, (i) => `GET /orders/${i} answered in ${3 + (i % 5)} ms`),
    );
    const ill = made('storm', [...times(4, (i) => `GET /orders/${i} answered in 4 ms`), 'no space left on device']);
    const { report } = await json('compare', well, ill);
    expect(report.conclusion).toMatchObject({ kind: 'log', certainty: 'clear' });
    expect(report.conclusion.sentence).toMatch(
      /^The log says “no space left on device”.*in none of the 14 healthy periods/,
    );
    const again = await json(
      'compare',
      well,
      made(
        'calm-too',
        times(20, (i) => `GET /orders/${i} answered in 4 ms`),
      ),
    );
    expect(again.report.conclusion.kind).toBe('none');
  });

  test.each([
    ['without a healthy one', [slow], 3, 'there is no healthy trace to compare: no other trace was found'],
    ['what is no trace', ['!', slow], 2, '! is not a file, a case or a trace id'],
    ['an id without a source', ['4bf92f3577b34da6a3ce929d0e0e4736', slow], 2, 'JAEGER_URL'],
  ])('says that it cannot compare %s', async (_, named, code, why) => {
    const finished = await spanhound(['compare', ...named]);
    expect(finished).toMatchObject({ code, stdout: '' });
    expect(finished.stderr).toContain(why);
  });
});

describe('compare by id', () => {
  const FAILED_LOGIN = 'a1ff758393cbb337568468885e243c89';
  let backends: Awaited<ReturnType<typeof openOutageBackends>>;
  beforeAll(async () => {
    backends = await openOutageBackends((Date.now() - 60_000) * 1_000);
  });
  afterAll(() => backends.close());

  test('searches healthy traces in the source that has it, and reads the logs of both', async () => {
    const env = { JAEGER_URL: backends.jaegerUrl, LOKI_URL: backends.lokiUrl };
    const { code, stdout } = await spanhound(['compare', FAILED_LOGIN, '--json'], { env });
    expect(code).toBe(0);
    const report = JSON.parse(stdout);
    expect(report.healthy.chosen).toMatch(/^\d+ of \d+ that were found: the nearest before the failing one/);
    expect(report.conclusion.sentence).toMatch(/^user-service: pg-pool\.connect fails/);
    expect(report.logs.some(({ change }: { change: string }) => change === 'appeared')).toBe(true);
  });

  test('verifies with ids on both sides: one healthy trace after one failing is too few', async () => {
    const env = { JAEGER_URL: backends.jaegerUrl, LOKI_URL: backends.lokiUrl };
    const compared = await spanhound(['compare', FAILED_LOGIN, '--json'], { env });
    const [healthyLogin] = JSON.parse(compared.stdout).healthy.traces;
    const { code, stdout } = await spanhound(['verify', FAILED_LOGIN, healthyLogin.traceId, '--json'], { env });
    expect(code).toBe(5);
    const { verification } = JSON.parse(stdout);
    expect(verification).toMatchObject({ before: { traces: 1, withFault: 1 }, after: { traces: 1, withFault: 0 } });
    expect(verification).toMatchObject({ result: 'too-few', reason: 'chance', cause: { service: 'user-service' } });
    const itself = await spanhound(['verify', FAILED_LOGIN, FAILED_LOGIN, '--json'], { env });
    expect(itself.code).toBe(5);
    expect(JSON.parse(itself.stdout).verification).toMatchObject({ result: 'not-confirmed', reason: 'remains' });
  });

  test('says that no source answered', async () => {
    const env = { JAEGER_URL: backends.jaegerUrl };
    const { code, stderr } = await spanhound(['compare', '00000000000000000000000000abcdef'], { env });
    expect(code).toBe(4);
    expect(stderr).toContain('jaeger');
  });
});

describe('verify', () => {
  const before = traces(
    'before.jsonl',
    times(10, (i) => ({ queryMs: 1400 + (i % 4) * 20 })),
  );

  test('confirms what is gone and made nothing worse', async () => {
    const after = traces(
      'after.jsonl',
      times(10, (i) => ({ queryMs: 18 + (i % 4) })),
      30,
    );
    const { code, report } = await json('verify', before, after);
    expect(code).toBe(0);
    expect(report.verification).toMatchObject({
      result: 'confirmed',
      cause: { kind: 'slow-query', service: 'web' },
      before: { traces: 10, withFault: 10 },
      after: { traces: 10, withFault: 0 },
      worse: [],
    });
    expect((await spanhound(['verify', before, after])).stdout).toMatch(
      /^Fix confirmed: Slow query in web is gone and nothing else got worse \(10 requests before and 10\s+after\)/,
    );
  });

  test('is not confirmed while it remains in one of ten', async () => {
    const after = traces('partly.jsonl', [...times(9, () => ({})), { queryMs: 1400 }], 30);
    const { code, report } = await json('verify', before, after);
    expect(code).toBe(5);
    expect(report.verification).toMatchObject({ result: 'not-confirmed', reason: 'remains', after: { withFault: 1 } });
  });

  test('is not confirmed where something else got worse', async () => {
    const after = traces(
      'worse.jsonl',
      times(10, (i) => ({ queryMs: 18 + (i % 4), offersMs: 900 + i })),
      30,
    );
    const { code, report } = await json('verify', before, after);
    expect(code).toBe(5);
    expect(report.verification).toMatchObject({ result: 'not-confirmed', reason: 'worse' });
    expect(report.verification.worse[0]).toMatch(/^offers: GET \/offers alone takes/);
  });

  test('is not confirmed where the request takes longer for a new call, and says which', async () => {
    const after = traces(
      'longer.jsonl',
      times(10, (i) => ({ queryMs: 18 + (i % 4), taxMs: 2_400 })),
      30,
    );
    const { code, report } = await json('verify', before, after);
    expect(code).toBe(5);
    expect(report.verification).toMatchObject({ result: 'not-confirmed', reason: 'worse', worseCount: 2 });
    expect(report.verification.wholeUs.after).toBeGreaterThan(1.5 * report.verification.wholeUs.before);
    expect(report.verification.sentence).toMatch(
      /is gone, but the request takes 2\.5 s instead of 1\.5 s \(1\.7×\); a new call takes 2\.4 s: web: GET \/tax$/,
    );
    const { stdout } = await spanhound(['verify', before, after]);
    expect(stdout).toContain('What got worse');
    expect(stdout).not.toContain('nothing else got worse');
  });

  test('is not confirmed where other requests fail that did not, and says that their times were not compared', async () => {
    const other = (failed: boolean) => times(8, () => ({ operation: 'POST /order', failed }));
    const mixed = (name: string, queryMs: number, failed: boolean, fromMinute: number) =>
      traces(name, [...times(10, (i) => ({ queryMs: queryMs + i })), ...other(failed)], fromMinute);
    const first = mixed('mixed-before.jsonl', 1400, false, 0);
    const broken = await json('verify', first, mixed('mixed-broken.jsonl', 18, true, 30));
    expect(broken.code).toBe(5);
    expect(broken.report.verification.sentence).toMatch(
      /is gone, but 8 of 8 requests of other kinds fail, none of 8 before, most of them POST \/order on web$/,
    );
    const well = await json('verify', first, mixed('mixed-well.jsonl', 18, false, 30));
    expect(well.code).toBe(0);
    expect(well.report.gaps).toContainEqual({
      source: 'comparison',
      problem: '8 traces after it are of other requests',
      consequence: 'the times and the calls of GET /page on web alone were compared',
    });
  });

  test('is refused where the traces after it are of another request', async () => {
    const after = traces(
      'another.jsonl',
      times(5, () => ({ operation: 'POST /order' })),
      30,
    );
    const { code, stdout, stderr } = await spanhound(['verify', before, after]);
    expect([code, stdout]).toEqual([3, '']);
    expect(stderr).toContain('the fix is not confirmed, because there is no later trace to compare');
    expect(stderr).toContain('no trace of GET /page on web, only 5 of other requests, such as POST /order on web');
    expect(stderr).toContain('verify again');
  });

  test('is not confirmed where no request makes the slow call any more', async () => {
    const cached = traces(
      'cached.jsonl',
      times(12, () => ({ queryMs: 0 })),
      30,
    );
    const { code, report } = await json('verify', before, cached);
    expect(code).toBe(5);
    expect(report.verification).toMatchObject({ result: 'not-confirmed', reason: 'not-made', after: { made: 0 } });
    expect(report.verification.sentence).toContain('is not made any more in 12 requests');
  });

  test('is not confirmed where nobody noticed the finding, and it is gone by a hair', async () => {
    const slowish = traces(
      'slowish.jsonl',
      times(10, (i) => ({ queryMs: 115 + (i % 4) })),
    );
    const after = traces(
      'hair.jsonl',
      times(10, (i) => ({ queryMs: 95 + (i % 4) })),
      30,
    );
    const { code, report } = await json('verify', slowish, after);
    expect(code).toBe(5);
    expect(report.verification).toMatchObject({ result: 'not-confirmed', reason: 'no-fault-before' });
  });

  test('is not confirmed where the finding is gone by a hair', async () => {
    const slow = traces(
      'slow.jsonl',
      times(10, (i) => ({ queryMs: 150 + (i % 4), offersMs: 400 })),
    );
    const after = traces(
      'slow-by-a-hair.jsonl',
      times(10, (i) => ({ queryMs: 95 + (i % 4), offersMs: 400 })),
      30,
    );
    const { code, report } = await json('verify', slow, after);
    expect(code).toBe(5);
    expect(report.verification).toMatchObject({ result: 'not-confirmed', reason: 'not-back' });
  });

  test('says how many traces are too few, and how many are needed', async () => {
    const one = traces('one-after.json', [{}], 30);
    const { code, report } = await json('verify', before, one);
    expect(code).toBe(5);
    // Ten of ten before: the next is free of it with 1 in 12, the next two with 1 in 78.
    expect(report.verification).toMatchObject({ result: 'too-few', reason: 'chance', tracesNeeded: 2 });
    expect(report.verification.chanceIfUnchanged).toBeCloseTo(1 / 12, 3);
    expect((await json('verify', slow, one)).report.verification).toMatchObject({ result: 'too-few', tracesNeeded: 5 });
  });

  test('has nothing to verify where nothing was wrong', async () => {
    const { code, report } = await json(
      'verify',
      healthy,
      traces(
        'also.jsonl',
        times(5, () => ({})),
        30,
      ),
    );
    expect(code).toBe(5);
    expect(report.verification).toMatchObject({ result: 'not-confirmed', reason: 'no-fault-before', cause: null });
  });
});

test('a trace that a store has under a padded id is compared, and said to be it', async () => {
  const recorded = JSON.stringify(JSON.parse(recordedBody('jaeger/hotrod/serial-01').toString()));
  const [short, padded] = ['a1b2c3d4e5f60718', '0000000000000000a1b2c3d4e5f60718'];
  const body = Buffer.from(recorded.replaceAll('ac7a085ac1e7444f87fffebd9299acd6', padded));
  const json = { status: 200, headers: { 'content-type': 'application/json' }, body };
  const none = Buffer.from('{"data":null,"errors":[{"code":404,"msg":"trace not found"}]}');
  await using store = await startRecordedServer(({ path }) =>
    replay(path.endsWith(padded) ? json : { ...json, status: 404, body: none }),
  );
  const file = join(folder, 'healthy-ride.json');
  writeFileSync(file, recorded);
  const { code, stderr } = await spanhound(['compare', file, short], { env: { JAEGER_URL: store.url.href } });
  expect({ code, stderr }).toEqual({
    code: 0,
    stderr: `spanhound: You asked for ${short} (16 digits). This is trace ${padded}: the same id with 16 leading zeros.\n`,
  });
});
