import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { keptBytes } from '#decode/kept-bytes.ts';
import { spansByTrace } from '#decode/spans-by-trace.ts';
import { traceScan } from '#decode/trace-scan.ts';
import { id, integer, members, otlpSpan, text } from '#test/drawn-otlp.ts';
import { told, toldOfParsed } from '#test/told-traces.ts';

const encode = (body: string) => new TextEncoder().encode(body);

function read(body: string, step: number, followAfter?: number) {
  const bytes = encode(body);
  const kept = keptBytes();
  const spans = spansByTrace(kept);
  const scan = traceScan(kept, spans, { onlyOtlp: true }, followAfter);
  scan.begin(0);
  for (let at = 0; at < bytes.length; at += step) {
    kept.push(bytes.slice(at, at + step));
    scan.push(bytes.slice(at, at + step));
  }
  const ended = scan.end(kept.slice(0).length);
  scan.close();
  return { ...ended, traces: spans.traces() };
}

const bodyOf = (spans: readonly string[], scope = '"scope":{"name":"lib"},') =>
  `{"resourceSpans":[{"resource":{},"scopeSpans":[{${scope}"spans":[${spans.join(',')}]}]}]}`;

/** Spans of few kinds, each time with other ids, times, names and one more attribute, as exporters send them. */
const likeOnes = fc
  .tuple(
    fc.array(otlpSpan, { minLength: 1, maxLength: 3 }),
    fc.array(
      fc.record({
        kind: fc.nat(2),
        spanId: id,
        startTimeUnixNano: integer,
        name: text,
        value: fc.oneof(
          members({ stringValue: text }),
          members({ intValue: integer, int_value: integer }),
          members({ boolValue: fc.constantFrom(true, false, null, 'true'), doubleValue: integer }),
        ),
      }),
      { maxLength: 24 },
    ),
  )
  .map(([kinds, all]) =>
    all.map(({ kind, value, ...own }) => {
      const like: Readonly<Record<string, unknown>> = kinds[kind % kinds.length] ?? {};
      const kept = Object.entries(own).filter(([name]) => name in like);
      const more = { key: 'http.response.status_code', value };
      return {
        ...like,
        ...Object.fromEntries(kept),
        ...(Array.isArray(like.attributes) && { attributes: [...like.attributes, more] }),
      };
    }),
  );

describe('spans of OTLP that are like ones before them', () => {
  test('are read as a plain parser reads them, however soon they are followed and wherever they are cut', () => {
    fc.assert(
      fc.property(
        likeOnes,
        fc.constantFrom('', ' '),
        fc.constantFrom(1, 2, 5),
        fc.constantFrom(7, 300, 1_000_000),
        (spans, space, after, step) => {
          const body = { resourceSpans: [{ scopeSpans: [{ spans, scope: { name: 'lib' } }] }] };
          const { traces, isWhole } = read(JSON.stringify(body, undefined, space), step, after);
          expect(isWhole).toBe(true);
          expect(told(traces)).toEqual(toldOfParsed(body));
        },
      ),
    );
  });

  /** Members in an order of their own, and as often as they are named. */
  const inOrder = (all: readonly (readonly [string, unknown])[]) =>
    `{${all.map(([member, value]) => `"${member}":${JSON.stringify(value)}`).join(',')}}`;
  const texts = (attributes: Readonly<Record<string, unknown>>) =>
    Object.entries(attributes).map(([key, stringValue]) => ({ key, value: { stringValue } }));
  const spanWith = (at: number, more: object) => ({
    traceId: 'd5',
    spanId: `a${at}`,
    parentSpanId: `a${at - 1}`,
    flags: 257,
    name: 'op',
    kind: 3,
    startTimeUnixNano: String(1_795_155_921_141_000_000 + at * 1_000),
    endTimeUnixNano: `17951559211410${String(at).padStart(5, '0')}`,
    attributes: texts({ 'db.system': 'mysql' }),
    events: [],
    links: [],
    status: {},
    ...more,
  });
  const many = (count: number, more: (at: number) => object) =>
    Array.from({ length: count }, (_, at) => JSON.stringify(spanWith(at, more(at))));
  const asPlain = (spans: readonly string[], scope?: string) => {
    const body = bodyOf(spans, scope);
    const expected = toldOfParsed(JSON.parse(body));
    expect(expected).toHaveLength(spans.length);
    for (const after of [1, 64]) {
      const { traces, isWhole } = read(body, 10_000, after);
      expect(isWhole).toBe(true);
      expect(told(traces)).toEqual(expected);
    }
  };

  const likeness: readonly [string, (at: number) => object][] = [
    ['ids and times alone that differ', () => ({})],
    ['operations without end', (at) => ({ name: `GET /orders/${at}` })],
    ['an operation that is no text in every fifth', (at) => ({ name: at % 5 === 0 ? at : 'op' })],
    ['addresses without end', (at) => ({ attributes: texts({ 'server.address': `host-${at}` }) })],
    ['keys without end', (at) => ({ attributes: texts({ [`key.${at}`]: 'x' }) })],
    ['names of members without end', (at) => ({ [`member${at}`]: at })],
    ['a head that is too long', () => ({ attributes: texts({ ['k'.repeat(300)]: 'x' }) })],
    ['an escape in every fifth id', (at) => ({ spanId: at % 5 === 0 ? `s"${at}` : `s${at}` })],
    ['an escape in every fifth key', (at) => ({ attributes: texts({ [at % 5 === 0 ? '"kind"' : 'error']: 'true' }) })],
    [
      'a time that is none in every fifth',
      (at) => ({ endTimeUnixNano: at % 5 === 0 ? 'soon' : '1795155921149000500' }),
    ],
    ['a time in a number in every fifth', (at) => ({ startTimeUnixNano: at % 5 === 0 ? at : '1795155921140999999' })],
    [
      'no end in every fifth',
      (at) => ({ endTimeUnixNano: at % 5 === 0 ? ['0', undefined][at % 2] : '1795155921149000500' }),
    ],
    ['times of any length', (at) => ({ startTimeUnixNano: '179515592114100099912'.slice(0, at % 22) })],
    ['another trace in every third', (at) => ({ traceId: at % 3 === 0 ? 'e6' : 'd5' })],
    ['no parent in every third', (at) => (at % 3 === 0 ? { parentSpanId: ['', '0000', null][at % 7] } : {})],
    ['kinds of every form', (at) => ({ kind: [3, 'SPAN_KIND_SERVER', 'x', null, 9, '2', undefined][at % 7] })],
    [
      'codes of every form',
      (at) => ({ status: [{ code: 2 }, { code: 'STATUS_CODE_OK' }, {}, { code: null }, 3][at % 5] }),
    ],
    ['messages', (at) => ({ status: at % 2 === 0 ? { message: `"${at}`, code: 2 } : { code: 2, message: `m${at}` } })],
    ['links in every third', (at) => ({ links: at % 3 === 0 ? [{ traceId: 'e6', spanId: 'b' }] : [] })],
    ['events in every third', (at) => ({ events: at % 3 === 0 ? [{ timeUnixNano: '1', name: '}' }] : [] })],
    ['events that are none', (at) => ({ events: at % 3 === 0 ? [at, null] : [] })],
    [
      'one value in several forms',
      (at) => ({
        attributes: [
          {
            key: 'http.response.status_code',
            value: [{ intValue: '503' }, { intValue: 503 }, { stringValue: '503' }, { int_value: '404' }, {}][at % 5],
          },
          { key: 'error', value: [{ boolValue: true }, { bool_value: false }, { boolValue: 'true' }][at % 3] },
        ],
      }),
    ],
    [
      'a nested value in every fifth',
      (at) => ({
        attributes: [
          {
            key: 'error',
            value: at % 5 === 0 ? { arrayValue: { values: [{ stringValue: '"]}' }] } } : { stringValue: '' },
          },
        ],
      }),
    ],
    [
      'two values of one attribute',
      (at) => ({
        attributes: [{ key: 'error', value: at % 2 === 0 ? { intValue: 1, stringValue: 'false' } : { intValue: 1 } }],
      }),
    ],
    [
      'attributes that are none',
      (at) => ({
        attributes: [[{}], [null], null, {}, [{ key: 'error' }], [{ key: 3, value: { intValue: 1 } }]][at % 6],
      }),
    ],
    [
      'more members of an attribute',
      (at) => ({ attributes: [{ key: 'error', value: { boolValue: true }, ...(at % 2 === 0 && { type: 'x' }) }] }),
    ],
    [
      'two statements in every fourth',
      (at) => ({
        attributes: texts({
          'db.statement': at % 8 === 0 ? 'select b' : 'delete from c',
          ...(at % 4 === 0 && { 'db.query.text': 'select b' }),
        }),
      }),
    ],
    [
      'an attribute that comes twice',
      (at) => ({ attributes: [...texts({ error: 'false' }), ...texts({ error: `${at % 2 === 0}` })] }),
    ],
  ];

  test.each(likeness)('with %s', (_, more) => asPlain(many(300, more)));

  test('with escapes in the names of members', () => {
    const names = ['"spanId"', '"key"', '"value"', '"stringValue"', '"code"', '"kind"'];
    const escaped = (name = '') => name.replace(/[a-z]/, (char) => `\\u00${char.charCodeAt(0).toString(16)}`);
    asPlain(
      many(300, (at) => ({ attributes: texts({ error: 'true' }), status: { code: at % 5 > 1 ? 2 : 1 } })).map(
        (span, at) => (at % 2 === 0 ? span : span.replace(names[(at >> 1) % 6] ?? '', escaped)),
      ),
    );
  });

  test('with events, of which a column tells whether there are any', () => {
    const { traces } = read(bodyOf(many(300, (at) => ({ events: at % 3 === 0 ? [{ name: 'e' }] : [] }))), 1_000, 1);
    const hasEvents = traces[0]?.spans.column('hasEvents') ?? [];
    expect([...hasEvents]).toEqual(Array.from({ length: 300 }, (_, at) => (at % 3 === 0 ? 1 : 0)));
  });

  test('with scopes that come behind them', () => {
    const spans = many(300, () => ({}));
    const body = `{"resourceSpans":[{"scopeSpans":[{"spans":[${spans.join(',')}],"scope":{"name":"late"}}]}]}`;
    expect(new Set(told(read(body, 500, 1).traces).map(({ scope }) => scope))).toEqual(new Set(['late']));
    expect(told(read(body, 500, 1).traces)).toEqual(toldOfParsed(JSON.parse(body)));
  });

  test('with both spellings of a member, and members that come twice', () => {
    const first = ['spanId', 'a'] as const;
    const start = ['startTimeUnixNano', '1795155921141000000'] as const;
    const other = ['start_time_unix_nano', '1795155921149000000'] as const;
    const attributes = (error: string) => ['attributes', texts({ error })] as const;
    const events = ['events', []] as const;
    const status = (code: number) => ['status', { code }] as const;
    const orders = [
      [first, start],
      [first, other],
      [first, start, other],
      [first, other, start],
      [attributes('true'), events, first],
      [attributes('true'), events, first, attributes('false')],
      [events, attributes('false'), events, first],
      [status(2), first],
      [status(2), first, status(1)],
      [status(1), events, first],
    ];
    asPlain(Array.from({ length: 300 }, (_, at) => inOrder(orders[at % orders.length] ?? [])));
    asPlain(
      Array.from(
        { length: 300 },
        (_, at) => `{"spanId":"a${at}","status":{"code":${at % 3}${at % 4 === 0 ? ',"code":2' : ''}}}`,
      ),
    );
  });

  test('with more combinations than are kept', () => {
    asPlain(
      many(6_000, (at) => ({
        kind: at % 6,
        attributes: texts({
          'db.system': ['mysql', 'redis', 'postgresql'][at % 3],
          'server.address': `host-${at % 11}`,
          'http.response.status_code': String(200 + (at % 7)),
          'messaging.system': `queue-${(at >> 3) % 8}`,
        }),
      })),
    );
  });

  test('with one among them that is larger than the window', () => {
    asPlain(many(200, (at) => ({ events: at === 150 ? [{ name: '"'.repeat(3_000_000) }] : [] })));
  });

  test('are followed when each of them comes whole, and no sooner', () => {
    const body = bodyOf(many(40, () => ({})));
    const ends = [...body.matchAll(/"status":\{\}\}/g)].map(({ index }) => index + '"status":{}}'.length);
    for (let length = 0; length < body.length; length += 37) {
      const spans = told(read(body.slice(0, length), 97, 3).traces);
      expect(spans).toHaveLength(ends.filter((end) => end <= length).length);
      expect(new Set(spans.map((span) => span.id)).size).toBe(spans.length);
    }
  });
});
