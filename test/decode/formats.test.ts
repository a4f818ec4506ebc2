import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { Attributes } from '#model/trace/columns.ts';
import { comparableId } from '#model/trace/id-forms.ts';
import type { Trace } from '#model/trace/trace.ts';
import { sameTraceId } from '#model/trace/trace-id.ts';
import { type DecodedTrace, decodedRows } from '#test/decoded-rows.ts';
import { readTrace } from '#test/read-trace.ts';

const WIRE = 'test/fixtures/wire';
const hotrod = readdirSync(`${WIRE}/tempo/hotrod`);

const decode = (body: unknown): readonly DecodedTrace[] => decodeBytes(JSON.stringify(body));
function decodeBytes(body: string | Uint8Array): readonly DecodedTrace[] {
  return decodedRows(body);
}

const spansOf = (trace: Trace) => Array.from({ length: trace.spanCount }, (_, span) => span);

describe('one trace is one trace in every form', () => {
  /** What Jaeger's API v1 adds to the attributes of a span because it has no other place for it. */
  const ADDED = /^(span\.kind|error|otel\.(status_code|status_description|scope\.name|scope\.version)|event)$/;
  const own = (attributes: Attributes) =>
    Object.fromEntries(Object.entries(attributes).filter(([name]) => !ADDED.test(name)));

  const told = (trace: Trace) =>
    spansOf(trace)
      .map((span) => ({
        id: comparableId(trace.spanId(span)),
        parent: trace.parent(span) === undefined ? '' : comparableId(trace.spanId(trace.parent(span) ?? 0)),
        service: trace.service(span),
        operation: trace.operation(span),
        scope: trace.scope(span),
        kind: trace.kind(span),
        failed: trace.failed(span),
        status: trace.httpStatus(span),
        shape: trace.queryShape(span),
        peer: trace.peer(span),
        startUs: trace.startUs(span),
        statusText: trace.statusText(span),
        attributes: own(trace.attributes(span)),
        events: trace.events(span).map(({ name, atUs, attributes }) => [name, atUs, own(attributes)]),
      }))
      .sort((a, b) => (a.id < b.id ? -1 : 1));

  test.each(hotrod)('%s of Jaeger v1, Jaeger v3 and Tempo v2', (file) => {
    const jaeger = readTrace(`${WIRE}/jaeger/hotrod/${file}`);
    for (const form of ['jaeger/hotrod-v3', 'tempo/hotrod']) {
      const other = readTrace(`${WIRE}/${form}/${file}`);
      expect(sameTraceId(other.traceId, jaeger.traceId)).toBe(true);
      expect(told(other)).toEqual(told(jaeger));
    }
  });

  test('Tempo’s API v1 and v2 hold the same', () => {
    expect(told(readTrace(`${WIRE}/tempo/trace-v1.json`))).toEqual(told(readTrace(`${WIRE}/tempo/trace-v2.json`)));
  });

  test.each(['edge-zero.json', 'edge-z64.json'])('%s: ids with leading zeros and of 64 bits', (file) => {
    const jaeger = readTrace(`${WIRE}/jaeger/${file}`);
    const tempo = readTrace(`${WIRE}/tempo/${file}`);
    expect(sameTraceId(tempo.traceId, jaeger.traceId)).toBe(true);
    expect(spansOf(tempo).map((span) => comparableId(tempo.spanId(span)))).toEqual(
      spansOf(jaeger).map((span) => comparableId(jaeger.spanId(span))),
    );
    expect(tempo.repairs.orphan).toBe(jaeger.repairs.orphan);
  });

  test('what a trace calls its spans stays as the file has it', () => {
    expect(readTrace(`${WIRE}/tempo/edge-z64.json`).spanId(0)).toBe('ERERERERERE=');
    expect(readTrace(`${WIRE}/jaeger/edge-z64.json`).spanId(0)).toBe('1111111111111111');
  });

  test.each(['edge-odd.json', 'edge-v2-odd.json'])('odd values of Tempo’s %s read like Jaeger’s', (file) => {
    const tempo = readTrace(`${WIRE}/tempo/${file}`);
    const odd = spansOf(tempo).find((span) => tempo.operation(span).startsWith('attrs')) ?? -1;
    expect(tempo.kind(odd)).toBe('producer');
    expect(tempo.failed(odd)).toBe(true);
    expect(tempo.text(odd, 'int.big')).toBe('9007199254740993');
    expect(tempo.text(odd, 'arr')).toBe('["a",2]');
    expect(tempo.text(odd, 'map')).toBe('{"k":"v"}');
    expect(tempo.repairs).toMatchObject({ orphan: 1, selfParent: 1 });
  });
});

describe('OTLP JSON', () => {
  const span = { traceId: 't', spanId: 'a', startTimeUnixNano: '1795155921141000000' };
  const body = (...spans: unknown[]) => ({ resourceSpans: [{ scopeSpans: [{ spans }] }] });

  test('a parent in another form is the same parent, and every span keeps its own spelling', () => {
    const rows = decode(
      body(
        { ...span, spanId: 'ERERERERERE=' },
        { ...span, spanId: 'b', parentSpanId: '1111111111111111' },
        { ...span, spanId: '00000000000000C3', parentSpanId: 'b' },
        { ...span, spanId: 'd', parentSpanId: 'c3' },
      ),
    )[0]?.rows;
    expect(rows?.map(({ parentId }) => parentId)).toEqual([undefined, 'ERERERERERE=', 'b', '00000000000000C3']);
  });

  test('a trace whose id comes in two forms is one, named in hex', () => {
    const decoded = decode(
      body({ ...span, traceId: 'AAAAAAAAAAChssPU5fYHGA==' }, { ...span, spanId: 'b', traceId: 'A1B2C3D4E5F60718' }),
    );
    expect(decoded.map(({ traceId, rows }) => [traceId, rows.length])).toEqual([
      ['0000000000000000a1b2c3d4e5f60718', 2],
    ]);
  });

  test('an object a line, as a collector writes files: traces that are spread over lines are put together', () => {
    const lines = [body(span), body({ ...span, traceId: 'u' }), body({ ...span, spanId: 'b', parentSpanId: 'a' })];
    const decoded = decodeBytes(`${lines.map((line) => JSON.stringify(line)).join('\n')}\n`);
    expect(decoded.map(({ traceId, rows }) => [traceId, rows.map(({ id }) => id)])).toEqual([
      ['t', ['a', 'b']],
      ['u', ['a']],
    ]);
  });

  test('several results of Jaeger’s streaming API, and a list of bodies', () => {
    expect(
      decodeBytes(`${JSON.stringify({ result: body(span) })}\n${JSON.stringify({ result: body(span) })}`),
    ).toHaveLength(1);
    expect(decode([body(span), body({ ...span, traceId: 'u' })])).toHaveLength(2);
  });

  test('nanoseconds as a number of JSON are those that the text says, to the microsecond', () => {
    const starts = Array.from({ length: 500 }, (_, i) => 1_795_156_074_923_000_000n + BigInt(i) * 1_234_567_000n);
    const spans = (form: (ns: bigint) => string) =>
      starts.map(
        (start, i) =>
          `{"traceId":"t","spanId":"${i}","startTimeUnixNano":${form(start)},"endTimeUnixNano":${form(start + 7_000n)}}`,
      );
    const times = (form: (ns: bigint) => string) =>
      decodeBytes(`{"resourceSpans":[{"scopeSpans":[{"spans":[${spans(form)}]}]}]}`)[0]?.rows.map((row) => [
        row.startUs,
        row.durationUs,
      ]);
    expect(times((ns) => `${ns}`)).toEqual(times((ns) => `"${ns}"`));
  });

  test('times that are no times are 0, and a number too large for one does not break it', () => {
    const rows = decodeBytes(
      `{"resourceSpans":[{"scopeSpans":[{"spans":[{"spanId":"a","startTimeUnixNano":1e400},{"spanId":"b","startTimeUnixNano":"${'9'.repeat(400)}"},{"spanId":"c","startTimeUnixNano":-5}]}]}]}`,
    )[0]?.rows;
    expect(rows?.map(({ startUs }) => startUs)).toEqual([0, 0, 0]);
  });

  test('doubles that JSON has no number for stay text', () => {
    const attributes = [
      { key: 'ratio', value: { doubleValue: 'NaN' } },
      { key: 'load', value: { doubleValue: '0.5' } },
    ];
    expect(decode(body({ ...span, attributes }))[0]?.rows[0]?.attributes).toEqual({ ratio: 'NaN', load: 0.5 });
  });
});

describe('what is no trace is told apart', () => {
  test.each([
    ['{"resourceLogs":[]}', 'OTLP logs'],
    ['{"resourceMetrics":[]}', 'OTLP metrics'],
    ['{"resourceSpans":[]}', 'OTLP JSON without a span'],
    ['{"data":[],"total":0}', 'a response of Jaeger that found no trace'],
    ['{"data":null,"errors":[{"code":404,"msg":"trace not found"}]}', 'the error “trace not found”'],
    ['{"status":"success","data":{"resultType":"streams","result":[]}}', 'log lines of Loki'],
    ['{"status":"success","data":{"resultType":"matrix","result":[]}}', 'metrics of Prometheus'],
    ['[{"traceId":"1","id":"2","binaryAnnotations":[]}]', 'Zipkin JSON of API v1'],
    ['[[{"trace_id":1,"span_id":2,"resource":"GET /"}]]', 'a list of Datadog spans'],
    ['{"traceEvents":[]}', 'Chrome trace events'],
    ['2026-11-20T10:00:00Z ERROR no stock\n2026-11-20T10:00:01Z INFO ok', 'text, not JSON'],
    ['\u0000\u0001\u0002', 'binary data'],
    ['PK\u0003\u0004', 'a zip archive'],
    ['<?xml version="1.0"?>', 'XML'],
    ['  \n ', 'is empty'],
  ])('%s: %s', (text, words) => {
    expect(() => decodeBytes(text)).toThrow(words);
  });

  test('an answer of Tempo’s search, and a trace of Tempo that is not there', () => {
    expect(() => decodeBytes(readFileSync(`${WIRE}/tempo/search-traceql.json`))).toThrow('search result of Tempo');
    expect(() => decodeBytes(readFileSync(`${WIRE}/tempo/trace-v2-404.json`))).toThrow('without a span');
  });

  const ID = '4bf92f3577b34da6a3ce929d0e0e4736';
  test.each([
    ['Jaeger’s answer', '{"data":null,"errors":[{"code":404,"msg":"trace not found"}]}', 'The store did not find'],
    ['Jaeger’s empty answer', '{"data":[],"total":0,"errors":null}', 'The store did not find'],
    ['Jaeger’s answer of API v3', '{"error":{"grpcCode":5,"message":"no traces"}}', 'The store did not find'],
    ['Tempo’s answer', '{"trace":{},"metrics":{}}', 'The store did not find'],
    ['Tempo’s answer in plain text', 'trace not found', 'The store did not find'],
    ['the id alone', `${ID}\n`, `spanhound trace ${ID}`],
  ])('about an unknown id, %s says what to do and lists no formats', (_, text, advice) => {
    expect(() => decodeBytes(text)).toThrow(
      expect.objectContaining({
        advice: expect.stringMatching(new RegExp(`^(?!.*Zipkin).*${advice}`)),
      }),
    );
  });

  test('the line says what is accepted, and shows no control characters', () => {
    expect(() => decodeBytes('\u001b[31mboom')).toThrow(
      expect.objectContaining({
        message: 'body cannot be read: it is text, not JSON (it begins with “·[31mboom”)',
        advice: expect.stringContaining('Zipkin v2 JSON'),
      }),
    );
  });
});
