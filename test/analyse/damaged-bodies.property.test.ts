/**
 * Bodies that were cut, damaged or made to hurt, through the session as the command line drives it: what comes of each is
 * reports or an error that says what to do, never another exception and never an endless wait.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import fc from 'fast-check';
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import { openSession } from '#analyse/open-session.ts';
import { workerPool } from '#analyse/pool.ts';
import type { BodyHead, Forms, Session, SessionSettings } from '#analyse/session.ts';
import { SpanhoundError } from '#core/errors.ts';
import { MAX_CLOCK_SKEW_US } from '#model/trace/build/clock-skew.ts';
import { inGate } from '#test/in-gate.ts';
import { MEGABYTE, many, otlpOf, smallTrace } from '#test/small-traces.ts';

const KEEPING_NOTHING: SessionSettings = {
  thresholds: {},
  links: { trace: 'http://jaeger.test/trace/{traceId}', span: '', logs: '', runbooks: '' },
  maxClockSkewUs: MAX_CLOCK_SKEW_US,
};
const SETTINGS: SessionSettings = {
  ...KEEPING_NOTHING,
  // So few that most bodies are taken apart once more, for what is kept of them.
  evidence: { maxBytes: 20_000 },
};
const QUERY = { text: 'GET /api/traces/1', url: '' };
const head = (kind: BodyHead['kind'], format: BodyHead['format']): BodyHead => ({
  kind,
  format,
  source: 'body',
  file: '',
  query: QUERY,
});
const TRACE = head('trace', 'auto');
const LINES = head('logs', 'loki-json');

const TEXT: Forms = { text: { width: 80, colour: false } };

const WIRE = 'test/fixtures/wire';
const files = readdirSync(WIRE, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.json'))
  .sort();
const bodies = files.map((file) => ({
  file,
  bytes: new Uint8Array(readFileSync(`${WIRE}/${file}`)),
  head: dirname(file).startsWith('loki') ? LINES : TRACE,
}));

/** Feeds the bytes as they would arrive, and asks for what the command line asks for. */
async function outcome(
  session: Session,
  forms: Forms,
  as: BodyHead,
  bytes: Uint8Array,
  step = 65_536,
  breaksOff = false,
) {
  try {
    session.body('b', as);
    for (let at = 0; at < bytes.length; at += step) await session.bytes('b', bytes.slice(at, at + step));
    if (breaksOff)
      await session.abandon('b', { source: 'body', problem: 'it broke off', consequence: 'some is missing' });
    else await session.end('b');
    const reports = await session.reports(forms);
    await session.wanted();
    await session.evidence();
    return reports;
  } finally {
    await session.close();
  }
}

async function isReadOrRefused(...[as, bytes, step, breaksOff]: [BodyHead, Uint8Array, number?, boolean?]) {
  try {
    for (const { report, text } of await outcome(openSession(SETTINGS), TEXT, as, bytes, step, breaksOff)) {
      expect(report.checked.broken).toEqual([]);
      expect(text).not.toBe('');
    }
  } catch (error) {
    if (!(error instanceof SpanhoundError)) throw error;
    expect(error.code).toBe('SH_UNREADABLE');
    expect(error.message).not.toMatch(/[\p{Cc}\u202a-\u202e\u2066-\u2069]/u);
    expect(error.advice).not.toBe('');
    // What breaks off is used as far as it came, and was announced as broken.
    expect(breaksOff ?? false).toBe(false);
  }
}

async function wholeAndCut({ bytes, head: as }: (typeof bodies)[number]): Promise<void> {
  const CUTS = 3;
  for (let cut = 0; cut <= CUTS; cut += 1) {
    await isReadOrRefused(as, bytes.subarray(0, Math.floor((bytes.length * cut) / CUTS)));
  }
}

describe('a real body', () => {
  const { gate, deep } = inGate(bodies, 11);
  const TRIED = '$file, whole and cut, is read or refused';
  test.each(gate)(TRIED, wholeAndCut);
  test.each(deep)(TRIED, { tags: ['deep'] }, wholeAndCut);
});

/** Large ones are cut above: here each run should cost little. */
const small = bodies.filter(({ bytes }) => bytes.length < 60_000);
const share = fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true });
const arriving = fc.record({ step: fc.constantFrom(1_000, 4_096, 65_536), breaksOff: fc.boolean() });
/** As what it is, as it is recognised, or as what it is not. */
const heads = fc.constantFrom(
  undefined,
  undefined,
  ...(['auto', 'jaeger-json', 'otlp-json'] as const).map((format) => head('trace', format)),
  ...(['loki-json', 'log-jsonl'] as const).map((format) => head('logs', format)),
);
const sent = fc.tuple(fc.constantFrom(...small), heads, arriving);
/** Each is analysed, and what is kept of it once more: 50 ms. */
const RUNS = { numRuns: Math.ceil((fc.readConfigureGlobal().numRuns ?? 250) / 4) };

describe('of any real body', () => {
  test('a piece of any length is read or refused', async () => {
    await fc.assert(
      fc.asyncProperty(sent, share, share, async ([{ bytes, head: own }, as, { step, breaksOff }], from, length) => {
        const start = from < 0.5 ? 0 : Math.floor(bytes.length * (from - 0.5));
        await isReadOrRefused(as ?? own, bytes.subarray(start, start + bytes.length * length), step, breaksOff);
      }),
      RUNS,
    );
  });

  test('one with bytes changed, taken out, doubled or taken from another is read or refused', async () => {
    const hit = fc.record({
      at: share,
      with: fc.oneof(
        fc.uint8Array({ maxLength: 8 }),
        fc
          .constantFrom('"', '\\', '{', '}', '[', ']', ',', ':', '\n', '\0', 'null', '1e999', '-', '\\u', '"a":')
          .map(encode),
        fc.tuple(fc.constantFrom(...small), share, fc.nat(400)).map(([{ bytes }, at, length]) => {
          const start = Math.floor(bytes.length * at);
          return bytes.subarray(start, start + length);
        }),
      ),
      drop: fc.oneof(fc.constant(0), fc.nat(64), fc.nat(4_000)),
    });
    await fc.assert(
      fc.asyncProperty(
        sent,
        fc.array(hit, { minLength: 1, maxLength: 5 }),
        async ([{ bytes, head: own }, as, { step, breaksOff }], hits) => {
          let damaged = bytes;
          for (const { at, with: put, drop } of hits) {
            const start = Math.floor(damaged.length * at);
            damaged = Buffer.concat([damaged.subarray(0, start), put, damaged.subarray(start + drop)]);
          }
          await isReadOrRefused(as ?? own, damaged, step, breaksOff);
        },
      ),
      RUNS,
    );
  });

  test('one with values exchanged for any other is read or refused', async () => {
    const odd = fc.oneof(
      fc.jsonValue({ maxDepth: 3 }),
      fc.constantFrom(
        '1e400',
        Number.MAX_VALUE,
        2 ** 53,
        -1,
        1e21,
        0.5,
        '',
        '\u0000',
        '\u001b[31m',
        '\ud800',
        '__proto__',
      ),
      fc.constantFrom('constructor', 'NaN', true, null, [], {}, [[]], '9'.repeat(400), 'ab'.repeat(64)),
    );
    // Some answers are a JSON object a line.
    const parsed = small.map(({ bytes, head: own }) => ({
      values: decode(bytes)
        .trim()
        .split(/(?<=\})\n(?=\{")/),
      own,
    }));
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...parsed),
        fc.array(fc.tuple(fc.nat(), odd), { minLength: 1, maxLength: 4 }),
        arriving,
        async ({ values, own }, exchanges, { step, breaksOff }) => {
          const changed = values.map((value) => JSON.parse(value) as unknown);
          for (const [seed, other] of exchanges) exchangeOne(changed, seed, other);
          const body = changed.map((value) => JSON.stringify(value)).join('\n');
          await isReadOrRefused(own, encode(body), step, breaksOff);
        },
      ),
      RUNS,
    );
  });
});

const repeated = (text: string, more = '') => text.repeat(Math.floor(MEGABYTE / text.length)) + more;
const jaeger = (each: (i: number) => string) => `{"data":[{"traceID":"a","spans":[${many(each).join(',')}]}]}`;
/** A thousand traces. Each gets a report of its own; `small-traces.speed.test.ts` reads half a megabyte of them. */
const SMALL_TRACES_BYTES = MEGABYTE / 20;
const streams = (each: (i: number) => string) =>
  `{"status":"success","data":{"resultType":"streams","result":[${many(each).join(',')}]}}`;

describe('hostile:', { tags: ['deep'] }, () => {
  const pool = workerPool({ size: 1 });
  afterEach(async ({ task }) => {
    if (task.result?.state === 'fail') await pool.stop(); // its thread may never come back; the next one starts another
  });
  afterAll(() => pool.stop());

  test.each<[string, string, BodyHead?]>([
    ['a list of small traces', `{"data":[${many(smallTrace, SMALL_TRACES_BYTES).join(',')}]}`],
    ['small traces a line', many(smallTrace, SMALL_TRACES_BYTES).join('\n')],
    ['OTLP in small traces', otlpOf((i) => `{"traceId":"${i}","spanId":"1"}`, SMALL_TRACES_BYTES)],
    ['a megabyte of lists in lists', repeated('[')],
    ['a megabyte of closed lists in lists', '['.repeat(MEGABYTE / 2) + ']'.repeat(MEGABYTE / 2)],
    ['a megabyte of objects in objects', `${'{"a":'.repeat(MEGABYTE / 6)}1${'}'.repeat(MEGABYTE / 6)}`],
    ['a megabyte of empty lines', repeated('\n')],
    ['a megabyte of lines of one bracket', repeated('{\n')],
    ['a megabyte of lines of values', repeated('{}\n')],
    [
      'a megabyte of lines of OTLP',
      many((i) => `{"resourceSpans":[{"scopeSpans":[{"spans":[{"spanId":"${i}"}]}]}]}`).join('\n'),
    ],
    ['a megabyte of quotes', repeated('"')],
    ['a megabyte of backslashes in a text', `{"data":"${repeated('\\')}"}`],
    ['a megabyte of spaces', repeated(' ', '1')],
    ['a megabyte of digits', `{"data":[{"spans":[{"spanID":"a","startTime":${repeated('9')}}]}]}`],
    ['a megabyte of empty spans', jaeger(() => '{}')],
    ['a megabyte of empty spans of Zipkin', `[${many(() => '{"traceId":"a","id":"b"}').join(',')}]`],
    ['a megabyte of spans of one id', jaeger((i) => `{"spanID":"b","startTime":${i}}`)],
    ['a megabyte of spans with one time', jaeger((i) => `{"spanID":"${i}","startTime":7,"duration":5}`)],
    [
      'a megabyte of a chain',
      jaeger((i) => `{"spanID":"${i}","parentSpanID":"${i - 1}","startTime":${i + 1},"duration":1000000}`),
    ],
    [
      'a megabyte of a chain backwards',
      jaeger((i) => `{"spanID":"${i}","parentSpanID":"${i + 1}","startTime":9,"duration":9}`),
    ],
    ['a megabyte of siblings', jaeger((i) => `{"spanID":"${i}","parentSpanID":"0","startTime":1,"duration":${i + 1}}`)],
    [
      'a megabyte of spans whose parents never come',
      jaeger((i) => `{"spanID":"${i}","parentSpanID":"x${i}","startTime":9}`),
    ],
    [
      'a megabyte of references',
      `{"data":[{"traceID":"a","spans":[{"spanID":"b","references":[${many((i) => `{"refType":"CHILD_OF","traceID":"t${i}","spanID":"c"}`).join(',')}]}]}]}`,
    ],
    [
      'a megabyte of tags',
      `{"data":[{"traceID":"a","spans":[{"spanID":"b","tags":[${many((i) => `{"key":"k${i}","value":"v"}`).join(',')}]}]}]}`,
    ],
    [
      'a megabyte of tags that columns depend on',
      jaeger((i) => `{"spanID":"${i}","tags":[{"key":"peer.service","value":"p${i}"}]}`),
    ],
    [
      'a megabyte of events',
      `{"data":[{"traceID":"a","spans":[{"spanID":"b","logs":[${many((i) => `{"timestamp":${i},"fields":[]}`).join(',')}]}]}]}`,
    ],
    ['a megabyte of a name', `{"data":[{"traceID":"a","spans":[{"spanID":"b","operationName":"${repeated('x')}"}]}]}`],
    ['a megabyte of names', jaeger((i) => `{"spanID":"${i}","operationName":"GET /${i}"}`)],
    [
      'a megabyte of a statement',
      `{"data":[{"traceID":"a","spans":[{"spanID":"b","duration":9,"tags":[{"key":"db.statement","value":"SELECT ${repeated("'a',")}"}]}]}]}`,
    ],
    [
      'a megabyte of queries',
      jaeger(
        (i) =>
          `{"spanID":"${i}","parentSpanID":"0","startTime":${i + 1},"duration":90,"tags":[{"key":"db.statement","value":"SELECT ${i} FROM t${i}"}]}`,
      ),
    ],
    [
      'a megabyte of failures',
      jaeger(
        (i) =>
          `{"spanID":"${i}","parentSpanID":"${i >> 1}","startTime":1,"duration":90,"tags":[{"key":"error","value":true}]}`,
      ),
    ],
    [
      'a megabyte of services',
      `{"data":[{"traceID":"a","spans":[${many((i) => `{"spanID":"${i}","parentSpanID":"0","startTime":${i + 1},"duration":9,"process":{"serviceName":"s${i}"}}`).join(',')}]}]}`,
    ],
    [
      'a megabyte of processes',
      `{"data":[{"traceID":"a","spans":[{"spanID":"b"}],"processes":{${many((i) => `"p${i}":{"serviceName":"s${i}"}`).join(',')}}}]}`,
    ],
    [
      'a megabyte of a deep tag',
      `{"data":[{"traceID":"a","spans":[{"spanID":"b","tags":[{"key":"k","value":${'['.repeat(MEGABYTE / 2)}${']'.repeat(MEGABYTE / 2)}}]}]}]}`,
    ],
    [
      'a megabyte of a deep attribute',
      `{"resourceSpans":[{"scopeSpans":[{"spans":[{"spanId":"a","attributes":[{"key":"k","value":${'{"arrayValue":{"values":['.repeat(MEGABYTE / 30)}${']}}'.repeat(MEGABYTE / 30)}}]}]}]}]}`,
    ],
    [
      'a megabyte of spans of OTLP with one parent',
      otlpOf((i) => `{"traceId":"a","spanId":"${i}","parentSpanId":"0","startTimeUnixNano":"${i}000"}`),
    ],
    [
      'a megabyte of resources of OTLP',
      `{"resourceSpans":[${many((i) => `{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"s${i}"}}]},"scopeSpans":[{"spans":[{"spanId":"${i}"}]}]}`).join(',')}]}`,
    ],
    [
      'a megabyte of streams of Loki',
      streams((i) => `{"stream":{"service_name":"s${i}"},"values":[["${i}","x"]]}`),
      LINES,
    ],
    [
      'a megabyte of lines of Loki',
      `{"data":{"resultType":"streams","result":[{"stream":{},"values":[${many(() => '["1","boom"]').join(',')}]}]}}`,
      LINES,
    ],
    ['a megabyte of lines that begin like JSON', repeated('{"ts":"1","line":"{"}\n'), head('logs', 'log-jsonl')],
  ])('%s is read or refused', async (_, text, as = TRACE) => {
    await outcome(pool.open(SETTINGS), {}, as, encode(text)).then(
      (reports) => expect(reports.flatMap(({ report }) => report.checked.broken)).toEqual([]),
      (error: unknown) => expect(error).toHaveProperty('code', 'SH_UNREADABLE'),
    );
  });
});

/** Puts the value in the place of one member, which the seed chooses. */
function exchangeOne(parsed: unknown, seed: number, value: unknown): void {
  const holders: Record<string, unknown>[] = [];
  const open = [parsed];
  for (const one of open) {
    if (typeof one !== 'object' || one === null) continue;
    holders.push(one as Record<string, unknown>);
    for (const inner of Object.values(one)) open.push(inner);
  }
  const holder = holders[seed % holders.length] ?? {};
  const keys = Object.keys(holder);
  const key = keys[seed % Math.max(1, keys.length)];
  if (key !== undefined) holder[key] = structuredClone(value);
}

function encode(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

function decode(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}
