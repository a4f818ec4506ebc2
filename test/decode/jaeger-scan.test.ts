import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { jaegerScan } from '#decode/jaeger-scan.ts';
import { keptBytes } from '#decode/kept-bytes.ts';
import { traceFrom } from '#model/trace/build/span-rows.ts';
import { buildTrace } from '#model/trace/build/trace-builder.ts';
import { MARK } from '#model/trace/span-marks.ts';
import type { Trace } from '#model/trace/trace.ts';
import { decodeJaegerJson } from '#test/jaeger-json.ts';
import { generateTrace } from '../../bench/generate.ts';

const HOTROD = 'test/fixtures/wire/jaeger/hotrod';
const recordings = readdirSync(HOTROD).filter((file) => file !== 'index.json');

function scanned(bytes: Uint8Array, step = bytes.length, followAfter?: number) {
  const kept = keptBytes();
  const scan = jaegerScan(kept, followAfter);
  for (let at = 0; at < bytes.length; at += step) {
    const chunk = bytes.slice(at, at + step);
    kept.push(chunk);
    scan.push(chunk);
  }
  const { traces, state, closed } = scan.end(kept.slice(0).length);
  scan.close();
  return { state, traces: traces.map(({ traceId, spans }) => buildTrace(spans, traceId)), closed };
}

const plain = (text: string) => decodeJaegerJson(JSON.parse(text)).map(({ traceId, rows }) => traceFrom(rows, traceId));

/** Everything that a trace can be asked. */
function told(trace: Trace) {
  return {
    traceId: trace.traceId,
    startEpochUs: trace.startEpochUs,
    durationUs: trace.durationUs,
    root: trace.root,
    services: trace.services,
    repairs: trace.repairs,
    spans: Array.from({ length: trace.spanCount }, (_, span) => ({
      id: trace.spanId(span),
      parent: trace.parent(span),
      service: trace.service(span),
      operation: trace.operation(span),
      scope: trace.scope(span),
      peer: trace.peer(span),
      databaseSystem: trace.databaseSystem(span),
      queryShape: trace.queryShape(span),
      statement: trace.text(span, 'db.query.text'),
      kind: trace.kind(span),
      failed: trace.failed(span),
      httpStatus: trace.httpStatus(span),
      marks: Object.values(MARK).filter((mark) => trace.hasMark(span, mark)),
      hasEvents: trace.hasEvents(span),
      startUs: trace.startUs(span),
      durationOfUs: trace.durationOfUs(span),
      shiftUs: trace.shiftUs(span),
      attributes: trace.attributes(span),
      texts: Object.keys(trace.attributes(span)).map((name) => trace.text(span, name)),
      resource: trace.resource(span),
      events: trace.events(span),
      statusText: trace.statusText(span),
      links: trace.links(span),
    })),
  };
}

const encode = (text: string) => new TextEncoder().encode(text);

describe('the scanner reads what a plain parser reads', () => {
  test.each(recordings)('from the recording %s, in windows of 64 bytes and whole', (file) => {
    const bytes = readFileSync(`${HOTROD}/${file}`);
    const expected = plain(bytes.toString()).map(told);
    for (const step of [64, 4_096, bytes.length]) {
      const { state, traces } = scanned(bytes, step);
      expect(state).toBe('whole');
      expect(traces.map(told)).toEqual(expected);
    }
  });

  test.each(['edge-odd.json'])('from %s, whose spans are odd', (file) => {
    const bytes = readFileSync(`test/fixtures/wire/jaeger/${file}`);
    expect(scanned(bytes, 64).traces.map(told)).toEqual(plain(bytes.toString()).map(told));
  });

  test('from a trace of 3,000 spans', () => {
    const bytes = generateTrace(3_000);
    const [trace] = scanned(bytes, 65_536).traces;
    const [expected] = plain(bytes.toString());
    expect(trace && told(trace)).toEqual(expected && told(expected));
  });
});

const name = fc.constantFrom('a', 'b', 'GET /', 'é"\\', '', '\u2028', '😀 x');
const id = fc.constantFrom('a1', 'A1', '00a1', 'b', 'c', 'd', '', 'é');
const scalar = fc.oneof(
  fc.constantFrom('client', 'server', 'SERVER', 'ERROR', 'OK', 'true', 'false', '404', '503', 'mysql', 'sql', '14'),
  fc.constantFrom('SELECT * FROM t WHERE id = 1', "select 'a''b', 2", 'SELECT "x 1" -- 5', "x = 'a\\'b' and 3"),
  fc.constantFrom(200, 404, 500, 0, 1, 2.5, 1e3, -1, true, false),
);
const odd = fc.constantFrom(null, {}, [], { a: [1, '}'] }, ['"', '\\']);
const tag = fc.record(
  {
    key: fc.oneof(
      fc.constantFrom('span.kind', 'error', 'otel.status_code', 'otel.status_description', 'otel.scope.name'),
      fc.constantFrom('http.status_code', 'http.response.status_code', 'db.system', 'db.system.name', 'span.type'),
      fc.constantFrom('db.statement', 'db.query.text', 'resource.name', 'peer.service', 'net.peer.name', 'http.host'),
      fc.constantFrom('rpc.grpc.status_code', 'messaging.system', 'unknown', '', 'é"'),
      fc.constantFrom('cache.hit', 'cache.status', 'faas.coldstart', 'messaging.operation', 'http.resend_count'),
    ),
    type: fc.constantFrom('string', 'int64'),
    value: fc.oneof({ weight: 8, arbitrary: scalar }, { weight: 1, arbitrary: odd }),
  },
  { requiredKeys: [] },
);
const list = <T>(of: fc.Arbitrary<T>) =>
  fc.oneof(
    { weight: 8, arbitrary: fc.array(of, { maxLength: 4 }) },
    { weight: 1, arbitrary: fc.constantFrom(null, {}, 'x', 3) },
  );
const integer = fc.oneof(
  fc.integer({ min: -5, max: 1000 }),
  fc.constantFrom('17', '', 'x', null, 1.9, 1_767_709_800_000_000, '1767709800000001', 1e20, {}, true),
);
const reference = fc.record(
  {
    refType: fc.constantFrom('CHILD_OF', 'FOLLOWS_FROM', 'X', null),
    traceID: fc.constantFrom('t', '0t', 'T', 'other', '', null),
    spanID: id,
  },
  { requiredKeys: [] },
);
const span = fc.record(
  {
    traceID: fc.constantFrom('t', 'u'),
    spanID: fc.oneof({ weight: 9, arbitrary: id }, { weight: 1, arbitrary: fc.constantFrom(null, 7, true, {}) }),
    operationName: fc.oneof(
      { weight: 9, arbitrary: name },
      { weight: 1, arbitrary: fc.constantFrom(null, 7, true, []) },
    ),
    references: list(fc.oneof({ weight: 9, arbitrary: reference }, { weight: 1, arbitrary: odd })),
    parentSpanID: id,
    startTime: integer,
    duration: integer,
    tags: list(fc.oneof({ weight: 12, arbitrary: tag }, { weight: 1, arbitrary: odd })),
    logs: list(
      fc.record(
        {
          timestamp: integer,
          fields: list(fc.record({ key: fc.constantFrom('event', 'message', 'x'), value: scalar })),
        },
        { requiredKeys: [] },
      ),
    ),
    processID: fc.constantFrom('p1', 'p2', 'gone', 3, null),
    process: fc.constantFrom(null, 'x', { serviceName: 'own', tags: [{ key: 'host.name', value: 'h' }] }),
    warnings: odd,
    flags: scalar,
  },
  { requiredKeys: [] },
);
const process = fc.record(
  { serviceName: name, tags: list(fc.record({ key: fc.constantFrom('host.name', 'ip'), value: scalar })) },
  { requiredKeys: [] },
);
const oneTrace = fc.record(
  {
    traceID: fc.constantFrom('t', 'T', '00t', ''),
    spans: list(fc.oneof({ weight: 12, arbitrary: span }, { weight: 1, arbitrary: odd })),
    processes: fc.oneof(fc.record({ p1: process, p2: process }, { requiredKeys: [] }), odd),
    warnings: odd,
  },
  { requiredKeys: [] },
);
const body = fc.oneof(
  oneTrace,
  fc.array(fc.oneof(oneTrace, odd), { maxLength: 3 }),
  fc.record(
    {
      data: fc.oneof({ weight: 4, arbitrary: list(oneTrace) }, { weight: 1, arbitrary: oneTrace }),
      total: scalar,
      spans: list(span),
      errors: odd,
    },
    { requiredKeys: [] },
  ),
);
/** How the same JSON may be written: order of keys, space, escapes that nobody needs. */
const writing = fc.record({
  seed: fc.nat(),
  space: fc.constantFrom('', ' ', '\n\t'),
  escapes: fc.constantFrom(0, 0, 20, 3),
});

function written(value: unknown, how: Readonly<{ seed: number; space: string; escapes: number }>): string {
  let state = how.seed;
  const chance = (of: number) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
    return (state >> 8) % of;
  };
  const text = (from: string) =>
    JSON.stringify(from).replace(/[A-Za-z0-9 é]/g, (char) =>
      how.escapes > 0 && chance(how.escapes) === 0 && char !== '\\'
        ? `\u0000${char.charCodeAt(0).toString(16).padStart(4, '0')}`
        : char,
    );
  const write = (each: unknown): string => {
    if (typeof each === 'string') {
      // An escape of its own must not be taken apart: `\n` stays `\n`.
      const plainText = JSON.stringify(each);
      return plainText.includes('\\') ? plainText : text(each).replaceAll('\u0000', '\\u');
    }
    const s = how.space;
    if (Array.isArray(each)) return `[${s}${each.map(write).join(`${s},${s}`)}${s}]`;
    if (typeof each !== 'object' || each === null) return JSON.stringify(each);
    const members = Object.entries(each).filter(([, member]) => member !== undefined);
    members.sort(() => chance(3) - 1);
    return `{${s}${members.map(([key, member]) => `${write(key)}${s}:${s}${write(member)}`).join(`${s},${s}`)}${s}}`;
  };
  return write(value);
}

test('however the JSON is written and cut into chunks, the traces are those of a plain parser', () => {
  fc.assert(
    fc.property(
      body,
      writing,
      fc.constantFrom(1, 7, 64, 1_000_000),
      fc.constantFrom(1, 64),
      (value, how, step, after) => {
        const text = written(value, how);
        const expected = plain(text);
        const { state, traces } = scanned(encode(text), step, after);
        expect(state).toBe(expected.length > 0 ? 'whole' : 'other');
        expect(traces.map(told)).toEqual(expected.map(told));
      },
    ),
  );
});

test('a body that is cut anywhere gives the spans that came whole, and says that it was cut', () => {
  const text = readFileSync(`${HOTROD}/${recordings[0]}`, 'utf8').trimEnd();
  const bytes = encode(text);
  const [whole] = plain(text);
  let before = 0;
  for (let length = 0; length < bytes.length; length += length < 2_000 ? 1 : 97) {
    const { state, traces, closed } = scanned(bytes.subarray(0, length));
    expect(state).not.toBe('whole');
    const count = traces[0]?.spanCount ?? 0;
    const [again] = plain(new TextDecoder().decode(Buffer.concat(closed())) || '[]');
    expect(again && told(again)).toEqual(traces[0] && told(traces[0]));
    expect(count).toBeGreaterThanOrEqual(before);
    before = count;
  }
  expect(before).toBe(whole?.spanCount);
});

test('a body that goes on behind its end is damaged', () => {
  const text = '{"data":[{"traceID":"t","spans":[{"spanID":"a"}]}]}';
  expect(scanned(encode(`${text} \n`)).state).toBe('whole');
  expect(scanned(encode(`${text}]`)).state).toBe('cut');
  expect(scanned(encode(text.replace('"a"', '"a";'))).state).toBe('cut');
});

describe('spans that are like ones before them', () => {
  /** Spans of few kinds, each time with other ids and times, as exporters send them. */
  const likeOnes = fc
    .tuple(
      fc.array(span, { minLength: 1, maxLength: 3 }),
      fc.array(fc.record({ kind: fc.nat(2), id, startTime: integer, operation: name, value: scalar }), {
        maxLength: 24,
      }),
    )
    .map(([kinds, all]) =>
      all.map(({ kind, id: spanID, startTime, operation, value }) => {
        const like = kinds[kind % kinds.length] ?? {};
        return {
          ...like,
          ...('spanID' in like && { spanID }),
          ...('startTime' in like && { startTime }),
          ...('operationName' in like && { operationName: operation }),
          ...(Array.isArray(like.tags) && { tags: [...like.tags, { key: 'http.status_code', type: 'int64', value }] }),
        };
      }),
    );
  const written = (spans: readonly unknown[], space: string) =>
    JSON.stringify({ data: [{ traceID: 't', spans, processes: { p1: { serviceName: 'one' } } }] }, undefined, space);

  test('are read as a plain parser reads them, however soon they are followed and wherever they are cut', () => {
    fc.assert(
      fc.property(
        likeOnes,
        fc.constantFrom('', ' '),
        fc.constantFrom(1, 2, 5),
        fc.constantFrom(7, 300, 1_000_000),
        (...on) => {
          const [spans, space, after, step] = on;
          const text = written(spans, space);
          expect(scanned(encode(text), step, after).traces.map(told)).toEqual(plain(text).map(told));
        },
      ),
    );
  });

  test('are followed when each of them comes whole, and no sooner', () => {
    const bytes = generateTrace(40);
    const [expected] = plain(bytes.toString());
    for (let length = 0; length < bytes.length; length += 211) {
      const [trace] = scanned(bytes.subarray(0, length), 97, 3).traces;
      const ids = Array.from({ length: trace?.spanCount ?? 0 }, (_, each) => trace?.spanId(each));
      const whole =
        bytes
          .subarray(0, length)
          .toString()
          .match(/"warnings":null\}(?=[,\]]|$)/g) ?? [];
      expect(new Set(ids).size).toBe(ids.length);
      expect(ids.length).toBe(whole.length + (trace?.repairs.lostRoot ?? 0));
    }
    expect(expected?.spanCount).toBe(40);
  });

  const spanWith = (at: number, more: object) => ({
    traceID: 't',
    spanID: `s${at}`,
    operationName: 'op',
    references: [{ refType: 'CHILD_OF', traceID: 't', spanID: `s${at - 1}` }],
    startTime: at,
    duration: 1,
    tags: [{ key: 'span.kind', type: 'string', value: 'client' }],
    logs: [],
    processID: 'p1',
    ...more,
  });
  const many = (count: number, more: (at: number) => object) =>
    written(
      Array.from({ length: count }, (_, at) => spanWith(at, more(at))),
      '',
    );
  const odd: readonly [string, (at: number) => object][] = [
    ['operations without end', (at) => ({ operationName: `GET /orders/${at}` })],
    ['addresses without end', (at) => ({ tags: [{ key: 'net.peer.name', type: 'string', value: `host-${at}` }] })],
    ['keys without end', (at) => ({ tags: [{ key: `key.${at}`, type: 'string', value: at }] })],
    ['names of members without end', (at) => ({ [`member${at}`]: at })],
    ['a head that is too long', () => ({ tags: [{ key: 'k'.repeat(300), type: 'string', value: 'x' }] })],
    ['an escape in every fifth id', (at) => ({ spanID: at % 5 === 0 ? `s"${at}` : `s${at}` })],
    ['a fraction in every fifth time', (at) => ({ startTime: at % 5 === 0 ? at + 0.5 : at })],
    [
      'a nested value in every fifth tag',
      (at) => ({ tags: [{ key: 'error', value: at % 5 === 0 ? [at, '"]}'] : true }] }),
    ],
    [
      'a kind of reference that changes',
      (at) => ({
        references: [
          { refType: at % 3 === 0 ? 'FOLLOWS_FROM' : 'CHILD_OF', traceID: 't', spanID: `s${at - 1}` },
          {
            traceID: at % 2 === 0 ? 'u' : 't',
            spanID: `s${at - 2}`,
            refType: at % 5 === 0 ? 'CHILD_OF' : 'FOLLOWS_FROM',
          },
        ],
      }),
    ],
    ['a member that sometimes comes twice', (at) => (at % 4 === 0 ? { 'duration\u0000': 7 } : {})],
    [
      'events in every third',
      (at) => ({ logs: at % 3 === 0 ? [{ timestamp: 1, fields: [{ key: 'event', value: '}' }] }] : [] }),
    ],
    [
      'two statements in every fourth',
      (at) => ({
        tags: [
          { key: 'db.statement', type: 'string', value: `select ${at} from t` },
          ...(at % 4 === 0 ? [{ key: 'db.query.text', type: 'string', value: 'select b' }] : []),
        ],
      }),
    ],
  ];

  /** Members in an order of their own, and as often as they are named. */
  const inOrder = (members: readonly (readonly [string, unknown])[]) =>
    `{${members.map(([member, value]) => `"${member}":${JSON.stringify(value)}`).join(',')}}`;
  const bodyOf = (spans: readonly string[]) =>
    `{"data":[{"traceID":"t","spans":[${spans.join(',')}],"processes":{"p1":{"serviceName":"one"}}}]}`;
  const asPlain = (text: string) => {
    const expected = plain(text).map(told);
    for (const after of [1, 64]) expect(scanned(encode(text), 10_000, after).traces.map(told)).toEqual(expected);
  };

  test('with lists that come twice, of which the last one holds', () => {
    const tags = (key: string) => ['tags', [{ key, type: 'string', value: 'client' }]] as const;
    const logs = ['logs', []] as const;
    const startTime = ['startTime', 7] as const;
    const orders = [
      [tags('span.kind'), logs, startTime],
      [startTime, tags('error')],
      [tags('span.kind'), logs, startTime, tags('error')],
      [logs, tags('error'), logs, tags('span.kind')],
    ];
    asPlain(bodyOf(Array.from({ length: 200 }, (_, at) => inOrder([['spanID', `s${at}`], ...(orders[at % 4] ?? [])]))));
  });

  test('with two statements that came alone before', () => {
    const one = { key: 'db.statement', type: 'string', value: 'select 1 from a' };
    const between = { key: 'x', type: 'string', value: 'y' };
    const other = { key: 'db.query.text', type: 'string', value: 'delete from b where c = 2' };
    const first = { ...between, key: 'first' };
    const lists = [[first, one, between], [first, between, other], [first, one, between, other], [between]];
    asPlain(many(200, (at) => ({ tags: lists[at % 4] })));
  });

  test('with values before their keys', () => {
    const key = (at: number) => (at % 2 === 0 ? 'error' : 'unknown');
    asPlain(many(200, (at) => ({ tags: [{ value: true, key: key(at) }] })));
  });

  test('with references in any order', () => {
    const kind = (at: number) => ['refType', at % 3 === 0 ? 'FOLLOWS_FROM' : 'CHILD_OF'] as const;
    const traceId = ['traceID', 't'] as const;
    const spanId = (at: number) => ['spanID', `s${at - 1}`] as const;
    const orders = (at: number) => [
      [spanId(at), kind(at), traceId],
      [kind(at), spanId(at), traceId],
      [traceId, kind(at), spanId(at)],
      [traceId, spanId(at), kind(at)],
      [spanId(at), traceId],
    ];
    const spans = Array.from({ length: 200 }, (_, at) => {
      const reference = inOrder(orders(at)[at % 5] ?? []);
      return `{"spanID":"s${at}","references":[${reference}],"startTime":${at},"duration":2,"processID":"p1"}`;
    });
    asPlain(bodyOf(spans));
  });

  test('with more combinations of tags than are kept', { tags: ['deep'] }, () => {
    const values = (at: number) => [
      ['span.kind', ['client', 'server', 'producer', 'consumer', 'internal'][at % 5]],
      ['db.system', ['mysql', 'redis', 'postgresql'][at % 3]],
      ['net.peer.name', `host-${at % 11}`],
      ['http.status_code', 200 + (at % 7)],
      ['messaging.system', `queue-${(at >> 3) % 8}`],
      ['error', at % 2 === 0],
    ];
    asPlain(many(12_000, (at) => ({ tags: values(at).map(([key, value]) => ({ key, type: 'string', value })) })));
  });

  test.each(odd)('with %s', (_, more) => {
    const text = many(400, more).replaceAll('"duration\\u0000"', '"duration"');
    asPlain(text);
  });

  test('with more that is new than can be remembered', () => {
    const text = many(6_000, (at) => ({
      [`member${at % 5_000}`]: at,
      tags: [{ key: `key.${at % 4_500}`, type: 'string', value: 'x'.repeat(100) }],
    }));
    expect(scanned(encode(text), 65_536, 1).traces.map(told)).toEqual(plain(text).map(told));
  });

  test('with one among them that is larger than the window', () => {
    const text = many(300, (at) => ({
      logs: at === 150 ? [{ timestamp: 1, fields: [{ key: 'x', value: '"'.repeat(3_000_000) }] }] : [],
    }));
    expect(scanned(encode(text), 65_536, 1).traces.map(told)).toEqual(plain(text).map(told));
  });
});
