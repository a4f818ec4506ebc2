import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type KeptBytes, keptBytes } from '#decode/kept-bytes.ts';
import { traceBody } from '#decode/trace-body.ts';
import { rowsIn } from '#test/decoded-rows.ts';
import { attribute, id, integer, list, members, odd, otlpSpan, some, text, traceId } from '#test/drawn-otlp.ts';
import { inGate } from '#test/in-gate.ts';
import { parsedTraces } from '#test/parsed-traces.ts';
import { told, toldOfParsed } from '#test/told-traces.ts';

const WIRE = 'test/fixtures/wire';

function decoded(bytes: Uint8Array, step = bytes.length) {
  const body = traceBody('auto', 'body');
  for (let at = 0; at < bytes.length; at += step) body.push(bytes.slice(at, at + step));
  const traces = body.end();
  return { traces, spans: traces.reduce((sum, { spans }) => sum + spans.count(), 0), ...body.damage(), body };
}

const encode = (text: string) => new TextEncoder().encode(text);

const toldOf = (bytes: Uint8Array, step?: number) => told(decoded(bytes, step).traces);
/** Recordings of real backends. */
const recordings = ['jaeger/hotrod-v3/errors-02.json', 'jaeger/edge-v3-odd.json', 'jaeger/edge-odd.json'].concat(
  ['hotrod/mutex12-01.json', 'edge-odd.json', 'edge-v2-odd.json', 'trace-v1.json', 'trace-v2.json'].map(
    (file) => `tempo/${file}`,
  ),
);

describe('a recording read as its bytes come is the recording parsed whole', () => {
  const hotrod = readdirSync(`${WIRE}/tempo/hotrod`).map((file) => `tempo/hotrod/${file}`);
  const unlike = ['jaeger/hotrod-v3/errors-02.json', 'jaeger/edge-v3-odd.json', 'tempo/edge-odd.json'];
  test.each(unlike)('%s', isReadWhole);
  const alike = new Set([...recordings, ...hotrod]).difference(new Set(unlike));
  test.each([...alike])('%s', { tags: ['deep'] }, isReadWhole);
});

function isReadWhole(file: string): void {
  const bytes = readFileSync(`${WIRE}/${file}`);
  const expected = toldOfParsed(JSON.parse(bytes.toString()));
  expect(expected.length).toBeGreaterThan(0);
  for (const step of [1, 64, bytes.length]) expect(toldOf(bytes, step)).toEqual(expected);
  expect(decoded(bytes)).toMatchObject({ isCut: false, damagedLines: 0 });
  expect(decoded(bytes).body.mended()).toBeUndefined();
}

describe('several documents one behind the other, as cat joins files', () => {
  const files = ['jaeger/hotrod-v3/errors-02.json', 'tempo/hotrod/mutex12-01.json', 'jaeger/hotrod/errors-02.json'];
  const documents = files.map((file) => JSON.parse(readFileSync(`${WIRE}/${file}`, 'utf8')) as unknown);

  test.each([
    ['compact', '', 0],
    ['indented, with a line break', '\n', 1],
  ])('%s', areRead);
  test.each([
    ['compact, with a space', ' ', 0],
    ['indented', '', 1],
  ])('%s', { tags: ['deep'] }, areRead);

  function areRead(_: string, between: string, indent: number): void {
    const texts = documents.map((document) => JSON.stringify(document, null, indent));
    const spans = texts.reduce((sum, text) => sum + decoded(encode(text)).spans, 0);
    const bytes = encode(texts.join(between));
    for (const step of [7, 4096, bytes.length]) {
      const read = decoded(bytes, step);
      expect(read).toMatchObject({ spans, isCut: false, damagedLines: 0 });
      expect(read.body.mended()).toBeUndefined();
    }
  }

  test('a truncated last one affects no other', () => {
    const [whole = '', other = ''] = documents.map((document) => JSON.stringify(document));
    const joined = decoded(encode(`${whole}${other.slice(0, other.length / 2)}`));
    expect(joined.isCut).toBe(true);
    expect(joined.spans).toBeGreaterThan(decoded(encode(whole)).spans);
  });

  test('a text behind the end is damage', () => {
    const whole = JSON.stringify(documents[0]);
    expect(decoded(encode(`${whole} and more`))).toMatchObject({ isCut: true, spans: decoded(encode(whole)).spans });
  });

  test('many without a span before one with spans cost it nothing', () => {
    const whole = JSON.stringify(documents[0]);
    const { spans } = decoded(encode(whole));
    expect(decoded(encode(`${'{}'.repeat(20_000)}${whole}`))).toMatchObject({ spans, isCut: false, damagedLines: 0 });
  });
});

const scope = some(members({ name: text, version: text }));
const scopeSpans = members({ scope, schemaUrl: text, spans: list(otlpSpan) });
const resourceSpans = members({
  resource: some(members({ attributes: list(attribute) })),
  scopeSpans: list(scopeSpans),
  scope_spans: list(scopeSpans),
  unknown: odd,
});
const resources = fc.oneof(
  members({ before: odd, resourceSpans: list(resourceSpans), after: odd }),
  members({ resource_spans: list(resourceSpans) }),
  members({ batches: list(resourceSpans) }),
);
const otlpBody = fc.oneof(
  resources,
  fc.record({ result: resources }),
  fc.record({ trace: resources }),
  fc.array(resources, { maxLength: 3 }),
);
const endpoint = members({ serviceName: text, ipv4: text });
const zipkinSpan = members({
  traceId,
  id,
  parentId: id,
  kind: fc.constantFrom('SERVER', 'client', 3),
  name: text,
  timestamp: integer,
  duration: integer,
  localEndpoint: some(endpoint),
  remoteEndpoint: some(endpoint),
  tags: some(members({ error: text, 'sql.query': text, 'http.status_code': fc.constantFrom('200', '503', 404) })),
  annotations: list(members({ timestamp: integer, value: text })),
  shared: fc.boolean(),
});
/** An object with a list of spans is a trace of Jaeger's. */
const notJaegers = <T>(list: fc.Arbitrary<T[]>) => list.filter((all) => !JSON.stringify(all).includes('"spans":['));
const zipkinBody = fc.oneof(
  notJaegers(fc.array(some(zipkinSpan), { maxLength: 5 })),
  notJaegers(fc.array(some(fc.array(some(zipkinSpan), { maxLength: 3 })), { maxLength: 3 })),
  zipkinSpan,
);

/** The same value with the members of all objects in another order. */
function shuffled(value: unknown, seed: number): unknown {
  if (Array.isArray(value)) return value.map((inner) => shuffled(inner, seed));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([key, inner]) => [key, shuffled(inner, seed)] as const);
  const turn = entries.length === 0 ? 0 : seed % entries.length;
  const turned = [...entries.slice(turn), ...entries.slice(0, turn)];
  return Object.fromEntries(seed % 2 === 0 ? turned : turned.reverse());
}

const spansIn = (parsed: unknown) => [...parsedTraces(parsed).values()].reduce((sum, rows) => sum + rows.length, 0);

test('however the JSON is written and cut into chunks, the traces are those of a plain parser', () => {
  fc.assert(
    fc.property(
      fc.oneof(otlpBody, zipkinBody),
      fc.nat(1000),
      fc.constantFrom(undefined, 1, 2, '\t'),
      fc.integer({ min: 1, max: 40 }),
      (body, seed, indent, step) => {
        const written = shuffled(body, seed);
        fc.pre(spansIn(written) > 0);
        const bytes = encode(JSON.stringify(written, null, indent));
        const { traces, isCut, damagedLines } = decoded(bytes, step);
        expect(told(traces)).toEqual(toldOfParsed(written));
        expect({ isCut, damagedLines }).toEqual({ isCut: false, damagedLines: 0 });
      },
    ),
  );
});

test('one value a line is read like all values in one list, however it is cut into chunks', () => {
  fc.assert(
    fc.property(
      fc.array(fc.oneof(resources, zipkinSpan), { minLength: 2, maxLength: 5 }),
      fc.constantFrom('\n', '\r\n', '\n\n'),
      fc.integer({ min: 1, max: 40 }),
      (values, lineBreak, step) => {
        fc.pre(spansIn(values) > 0);
        const bytes = encode(values.map((one) => JSON.stringify(one)).join(lineBreak));
        const { traces, isCut, damagedLines, lines } = decoded(bytes, step);
        expect(told(traces)).toEqual(toldOfParsed(values));
        expect({ isCut, damagedLines, lines }).toEqual({ isCut: false, damagedLines: 0, lines: values.length });
      },
    ),
  );
});

describe('a body that is cut short', () => {
  const SPAN = { traceId: 'd5', spanId: 'a', startTimeUnixNano: '1795155921141000000' };
  const body = (...spans: unknown[]) => ({ resourceSpans: [{ scopeSpans: [{ spans }] }] });

  const { gate, deep } = inGate([...recordings, 'jaeger/hotrod/serial-01.json'], 3);
  test.each(gate)('%s, anywhere: what came whole is read', isReadAsFarAsItCame);
  test.each(deep)('%s, anywhere: what came whole is read', { tags: ['deep'] }, isReadAsFarAsItCame);

  function isReadAsFarAsItCame(file: string): void {
    const bytes = readFileSync(`${WIRE}/${file}`);
    const whole = decoded(bytes).spans;
    let before = 0;
    for (let end = 1; end < bytes.length - 1; end += bytes.length > 40_000 ? 997 : 61) {
      const cut = spansOrRefusal(bytes.subarray(0, end));
      expect(cut.spans).toBeGreaterThanOrEqual(before);
      before = cut.spans;
      if (cut.spans === 0) continue;
      expect(cut.isCut).toBe(true);
      const again = decoded(Buffer.concat(cut.mended ?? []));
      expect(again).toMatchObject({ spans: cut.spans, isCut: false, damagedLines: 0 });
      expect(() => JSON.parse(new TextDecoder().decode(Buffer.concat(cut.mended ?? [])))).not.toThrow();
    }
    expect(before).toBeGreaterThan(whole / 2);
  }

  test('any body, anywhere: as many spans as came whole, or a clear error', () => {
    fc.assert(
      fc.property(fc.oneof(otlpBody, zipkinBody), fc.nat(), fc.integer({ min: 1, max: 40 }), (value, at, step) => {
        const bytes = encode(JSON.stringify(value));
        const whole = spansOrRefusal(bytes).spans;
        const cut = spansOrRefusal(bytes.subarray(0, at % bytes.length), step);
        expect(cut.spans).toBeLessThanOrEqual(whole);
        if (cut.spans > 0) expect(decoded(Buffer.concat(cut.mended ?? [])).spans).toBe(cut.spans);
      }),
    );
  });

  test('a damaged line costs only that line, and the first is told by its number', () => {
    const line = (spanId: string) => JSON.stringify(body({ ...SPAN, spanId }));
    const broken = line('x').slice(0, 60);
    const lines = [line('a'), '', broken, line('b'), 'oops', line('c')];
    const { spans, body: decoder, ...damage } = decoded(encode(`${lines.join('\n')}\n`), 7);
    expect({ spans, ...damage }).toMatchObject({ spans: 3, isCut: false, damagedLines: 2, lines: 5, firstDamaged: 3 });
    expect(decoded(Buffer.concat(decoder.mended() ?? []))).toMatchObject({ spans: 3, damagedLines: 0, isCut: false });
  });

  test('a first line that is damaged, inside a text or not, costs only itself', () => {
    const line = JSON.stringify(body({ ...SPAN, spanId: 'b' }));
    for (const first of ['{"resourceSpans":[{"sco', '{"resourceSpans":[{}', 'starting up …', '{"a":1}}']) {
      expect(decoded(encode(`${first}\n${line}\n${line.replace('"b"', '"c"')}`))).toMatchObject({
        spans: 2,
        damagedLines: 1,
        firstDamaged: 1,
      });
    }
  });

  test('a trace of Jaeger’s a line is read line by line, too', () => {
    const line = (spanID: string) =>
      JSON.stringify({ traceID: 'd5', spans: [{ traceID: 'd5', spanID, tags: [{ key: 'k', value: spanID }] }] });
    const text = `${line('a')}\n{"data":[${line('b')}]}\n${line('c').slice(0, 30)}\n${line('d')}\n`;
    const read = decoded(encode(text), 5);
    expect(read).toMatchObject({ spans: 3, damagedLines: 1, firstDamaged: 3 });
    expect(told(read.traces).map(({ id, attributes }) => [id, attributes.k])).toEqual([
      ['a', 'a'],
      ['b', 'b'],
      ['d', 'd'],
    ]);
    expect(decoded(Buffer.concat(read.body.mended() ?? [])).spans).toBe(3);
  });

  const line = (...ids: string[]) => JSON.stringify(body(...ids.map((spanId) => ({ ...SPAN, spanId }))));
  const zipkin = (spanId: string) => JSON.stringify({ traceId: 'd5', id: spanId, tags: { a: '[{"\\' } });

  test.each([
    ['OTLP', JSON.stringify({ a: [1, {}], result: body({ ...SPAN, name: 'é"\\' }, SPAN), b: '}' }, null, 1)],
    ['Zipkin', `[${zipkin('a')},[],${zipkin('b')} , null]`],
    ['a search of Zipkin’s', `[[${zipkin('a')},${zipkin('b')}],[${zipkin('c')}]]`],
    ['lines', [line('a', 'b'), zipkin('c'), `{"traceID":"d5","spans":[{"spanID":"d"}]}`].join('\r\n')],
  ])('%s at every byte', (_, text) => {
    const bytes = encode(text);
    let before = 0;
    for (let end = 0; end <= bytes.length; end += 1) {
      const cut = spansOrRefusal(bytes.subarray(0, end), 1 + (end % 7));
      expect(cut.spans).toBeGreaterThanOrEqual(before);
      before = cut.spans;
      if (cut.mended) expect(decoded(Buffer.concat(cut.mended))).toMatchObject({ spans: cut.spans, isCut: false });
    }
    expect(before).toBe(decoded(bytes).spans);
    expect(before).toBeGreaterThan(1);
  });

  test('whatever stands in the place of one line, all others are read', () => {
    const garbage = fc.oneof(
      fc.string(),
      fc.constantFrom('{', '"', '\\', ']', '}', 'null', '{"resourceSpans":', '\u001b[31m'),
      fc.nat(line('x', 'y').length).map((to) => line('x', 'y').slice(0, to)),
      fc.nat(line('x', 'y').length).map((from) => line('x', 'y').slice(from)),
    );
    // What ends so is a value that goes on in the next line.
    const oneLine = garbage.filter((text) => !/\n/.test(text) && !/[[{,:]\s*$/.test(text));
    fc.assert(
      fc.property(oneLine, fc.nat(3), fc.integer({ min: 1, max: 99 }), (text, at, step) => {
        const lines = [line('a'), zipkin('b'), line('c', 'd')];
        lines.splice(at, 0, text);
        const ids = told(decoded(encode(lines.join('\n')), step).traces).map(({ id }) => id);
        expect(ids).toEqual(expect.arrayContaining(['a', 'b', 'c', 'd']));
      }),
    );
  });

  function spansOrRefusal(bytes: Uint8Array, step?: number) {
    try {
      const { spans, isCut, body: decoder } = decoded(bytes, step);
      return { spans, isCut, mended: decoder.mended() };
    } catch (error) {
      expect(error).toHaveProperty('code', 'SH_UNREADABLE');
      return { spans: 0, isCut: true, mended: undefined };
    }
  }
});

test('a file that was changed after it was read costs the details, not the trace', () => {
  const bytes = readFileSync(`${WIRE}/tempo/edge-odd.json`);
  const kept = keptBytes();
  const changed: KeptBytes = { ...kept, slice: (from, to) => kept.slice(from, to).fill(0) };
  let isRead = false;
  const body = traceBody('auto', 'body', { ...kept, slice: (...at) => (isRead ? changed : kept).slice(...at) });
  body.push(bytes);
  const [trace] = body.end();
  isRead = true;
  expect(trace && rowsIn(trace).rows.map(({ attributes, events }) => ({ attributes, events }))).toEqual(
    Array.from({ length: trace?.spans.count() ?? 0 }, () => ({ attributes: {}, events: [] })),
  );
});

test('names as in the protobuf file are the names of its JSON', () => {
  const snake = {
    resource_spans: [
      {
        resource: { attributes: [{ key: 'service.name', value: { string_value: 'web' } }] },
        scope_spans: [
          {
            scope: { name: 'lib' },
            spans: [
              {
                trace_id: 'd5',
                span_id: 'a',
                parent_span_id: 'p',
                start_time_unix_nano: '1795155921141000999',
                end_time_unix_nano: '1795155921141002998',
                attributes: [
                  { key: 'n', value: { int_value: '7' } },
                  { key: 'l', value: { array_value: { values: [{ double_value: 0.5 }] } } },
                  { key: 'm', value: { kvlist_value: { values: [{ key: 'k', value: { bool_value: true } }] } } },
                ],
                events: [{ time_unix_nano: '1795155921141000999', name: 'e' }],
              },
            ],
          },
        ],
      },
    ],
  };
  const camel = JSON.parse(
    JSON.stringify(snake).replaceAll(/"(\w+)":/g, (_, name: string) => {
      return `"${name.replaceAll(/_(\w)/g, (__, letter: string) => letter.toUpperCase())}":`;
    }),
  );
  expect(camel).toHaveProperty('resourceSpans.0.scopeSpans.0.spans.0.startTimeUnixNano');
  expect(toldOf(encode(JSON.stringify(snake)))).toEqual(toldOf(encode(JSON.stringify(camel))));
  expect(toldOf(encode(JSON.stringify(snake)))).toMatchObject([
    {
      id: 'a',
      parentId: 'p',
      service: 'web',
      durationUs: 1,
      scope: 'lib',
      attributes: { n: 7, l: '[0.5]', m: '{"k":true}' },
      events: [{ atUs: 1795155921141000 }],
    },
  ]);
});
