import { readdirSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { TraceSpans } from '#decode/body-decoder.ts';
import { traceBody } from '#decode/trace-body.ts';
import { buildTrace } from '#model/trace/build/trace-builder.ts';
import type { Trace } from '#model/trace/trace.ts';
import { type DecodedTrace, decodedRows } from '#test/decoded-rows.ts';
import { readTrace } from '#test/read-trace.ts';

const WIRE = 'test/fixtures/wire/jaeger';
const hotrod = readdirSync(`${WIRE}/hotrod`).filter((file) => file !== 'index.json');

const decode = (body: unknown): readonly DecodedTrace[] => decodedRows(JSON.stringify(body));
function decodeText(text: string): readonly TraceSpans[] {
  const decoder = traceBody('auto', 'body');
  decoder.push(new TextEncoder().encode(text));
  return decoder.end();
}

describe('one trace read from Jaeger JSON and from OTLP is one trace', () => {
  const told = (trace: Trace) =>
    Array.from({ length: trace.spanCount }, (_, span) => ({
      id: trace.spanId(span),
      parent: trace.parent(span) === undefined ? '' : trace.spanId(trace.parent(span) ?? 0),
      service: trace.service(span),
      operation: trace.operation(span),
      kind: trace.kind(span),
      failed: trace.failed(span),
      status: trace.httpStatus(span),
      shape: trace.queryShape(span),
      peer: trace.peer(span),
      startUs: trace.startUs(span),
      events: trace.events(span).map(({ name, atUs }) => [name, atUs]),
      statusText: trace.statusText(span),
    })).sort((a, b) => (a.id < b.id ? -1 : 1));

  test.each(hotrod)('%s', (file) => {
    const jaeger = readTrace(`${WIRE}/hotrod/${file}`);
    const otlp = readTrace(`${WIRE}/hotrod-v3/${file}`);
    expect(told(jaeger)).toEqual(told(otlp));
    expect(Math.abs(jaeger.durationUs - otlp.durationUs)).toBeLessThanOrEqual(1);
  });
});

describe('what real servers send of odd spans', () => {
  test.each(['edge-odd.json', 'edge-v3-odd.json'])('%s is read, and every oddity is counted', (file) => {
    const trace = readTrace(`${WIRE}/${file}`);
    expect(trace.spanCount).toBe(10);
    expect(trace.repairs.orphan).toBeGreaterThanOrEqual(1);
    const odd =
      Array.from({ length: trace.spanCount }, (_, span) => span).find((span) =>
        trace.operation(span).startsWith('attrs'),
      ) ?? -1;
    expect(trace.failed(odd)).toBe(true);
    expect(trace.kind(odd)).toBe('producer');
    expect(trace.statusText(odd)).toBe('boom: line1\nline2');
    expect(trace.text(odd, 'int.big')).toBe('9007199254740993');
    expect(trace.number(odd, 'dbl')).toBe(0.1);
    expect(trace.events(odd).find(({ name }) => name === 'exception')?.attributes['exception.message']).toBe('npe');
    // One event has no time: it stands where its span begins.
    expect(trace.events(odd).map(({ atUs }) => atUs - trace.startUs(odd))).toEqual([0, 0]);
    expect(trace.services).toEqual(['edge-odd', 'unknown-service']);
    expect(trace.repairs.unnamedService).toBe(1);
  });
});

describe('Jaeger JSON', () => {
  const span = { traceID: 't', spanID: 'a', operationName: 'GET /', startTime: 10, duration: 5 };
  const trace = (spans: unknown[], processes: unknown = { p1: { serviceName: 'web' } }) => ({
    data: [{ traceID: 't', spans, processes }],
  });

  test('lists may be null, integers may be text, processes may be missing', () => {
    const [decoded] = decode(
      trace(
        [{ ...span, startTime: '1795155921141000', duration: '5', references: null, tags: null, logs: null }],
        null,
      ),
    );
    expect(decoded?.rows).toMatchObject([
      { id: 'a', startUs: 1795155921141000, durationUs: 5, service: '', attributes: {} },
    ]);
  });

  test('the first CHILD_OF is the parent, a link is not, and parents in other traces are none', () => {
    const reference = (refType: string, traceID: string, spanID: string) => ({ refType, traceID, spanID });
    const [decoded] = decode(
      trace([
        {
          ...span,
          references: [
            reference('FOLLOWS_FROM', 't', 'x'),
            reference('CHILD_OF', 't', 'p'),
            reference('CHILD_OF', 't', 'q'),
          ],
        },
        { ...span, spanID: 'b', references: [reference('CHILD_OF', 'other', 'p')] },
        { ...span, spanID: 'c', references: [reference('FOLLOWS_FROM', '0t', 'x')] },
      ]),
    );
    expect(decoded?.rows.map(({ parentId }) => parentId)).toEqual(['p', undefined, 'x']);
  });

  test('one trace without the envelope, and several in one body', () => {
    expect(decode({ traceID: 't', spans: [span], processes: {} })).toHaveLength(1);
    expect(
      decode({
        data: [
          { traceID: 't', spans: [span] },
          { traceID: 'u', spans: [span] },
        ],
      }).map(({ traceId }) => traceId),
    ).toEqual(['t', 'u']);
  });
});

describe('OTLP JSON', () => {
  const span = {
    traceId: 't',
    spanId: 'a',
    name: 'GET /',
    startTimeUnixNano: '1795155921141000999',
    endTimeUnixNano: '1795155921141002998',
  };
  const body = (spans: unknown[]) => ({
    resourceSpans: [
      { resource: { attributes: [{ key: 'service.name', value: { stringValue: 'web' } }] }, scopeSpans: [{ spans }] },
    ],
  });

  test('nanoseconds are cut to microseconds once, so that a span of 1,999 ns lasts one', () => {
    expect(decode(body([span]))[0]?.rows).toMatchObject([{ startUs: 1795155921141000, durationUs: 1 }]);
  });

  test('kinds and statuses come as numbers or as names, and what is left out is zero', () => {
    const rows = decode(
      body([
        { ...span, kind: 2, status: { code: 2, message: 'no' } },
        { ...span, kind: 'SPAN_KIND_CLIENT', status: { code: 'STATUS_CODE_OK' }, endTimeUnixNano: undefined },
      ]),
    )[0]?.rows;
    expect(rows).toMatchObject([
      { kind: 'server', failed: true, statusText: 'no' },
      { kind: 'client', failed: false, durationUs: 0 },
    ]);
  });

  test('a parent id of zeros is none', () => {
    const rows = decode(
      body([
        { ...span, parentSpanId: '0000000000000000' },
        { ...span, parentSpanId: 'AAAAAAAAAAA=' },
      ]),
    )[0]?.rows;
    expect(rows?.map(({ parentId }) => parentId)).toEqual([undefined, undefined]);
  });
});

test('a span of Jaeger’s without an id and a time is one, where its trace is named', () => {
  const empty = { spanID: '', startTime: 0 };
  for (const one of [{ traceID: 't', ...empty }, empty])
    expect(decode({ data: [{ traceID: 't', spans: [one], processes: {} }] })[0]?.rows).toHaveLength(1);
});

test.each(['', ' \n'])('an answer of %j is told apart from a file that is empty', (text) => {
  const answer = traceBody('jaeger-json', 'jaeger');
  answer.push(Buffer.from(text));
  expect(() => answer.end()).toThrow('jaeger sent an empty response');
});

describe('a search of Zipkin', () => {
  const found = (text: string) => {
    const answer = traceBody('zipkin-json', 'zipkin');
    answer.push(Buffer.from(text));
    return answer.end();
  };

  test('that finds nothing answers an empty list, which is no fault', () => {
    expect(found('[]')).toEqual([]);
  });

  test.each(['{}', '{"error":"no"}', '[1]', 'null'])('that answers %s is refused', (text) => {
    expect(() => found(text)).toThrow('zipkin holds no trace');
  });

  test('in a file, an empty list is no trace', () => {
    expect(() => decodeText('[]')).toThrow('holds no trace');
  });
});

describe('what is no trace gets one line that says what it looks like', () => {
  test.each([
    ['', 'is empty'],
    ['<html><body>Jaeger UI</body></html>', 'a web page'],
    ['{"data":[{"traceID":"t","spans":[{"spa', 'truncated or damaged JSON'],
    ['hello', 'text, not JSON'],
    ['[1,2,3]', 'a JSON list of 3 elements'],
    ['{"status":"success","data":{}}', 'the keys status, data'],
    ['null', 'a JSON null'],
    [
      '{"spans":[{"traceId":"a","spanId":"b","startTime":"2026-01-26T16:46:31Z"}]}',
      'spans of another format, with the',
    ],
    ['{"data":[{"spans":[{"trace_id":"a","span_id":"b","op":"db"}]}]}', 'with the keys trace_id, span_id, op'],
    ['[{"traceId":"1","id":"2","annotations":[{"value":"sr","endpoint":{}}]}]', 'Zipkin JSON of API v1'],
    ['{"data":null,"total":0,"errors":null}', 'a response of Jaeger that found no trace'],
    ['{"error":{"httpCode":404,"message":"No traces found"}}', 'a response with the error “No traces found”'],
    ['{"status":"error","errorType":"bad_data","error":"no"}', 'a response of Prometheus or Loki with the error “no”'],
    ['{"version":"4","groupKey":"{}","alerts":[{}]}', 'an alert of Alertmanager'],
    ['{"event":{"event_type":"incident.triggered"}}', 'an event of PagerDuty'],
  ])('%s: %s', (text, words) => {
    expect(() => decodeText(text)).toThrow(words);
  });

  test.each([
    ['UTF-16 with a mark', Buffer.from('\ufeff{"data":[]}', 'utf16le'), 'text in UTF-16'],
    ['UTF-16 of the other order', Buffer.from('\ufeff{"data":[]}', 'utf16le').swap16(), 'text in UTF-16'],
    ['UTF-16 without a mark', Buffer.from('{"data":[]}', 'utf16le'), 'text in UTF-16'],
    ['zstd', Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 4, 0, 1]), 'compressed with zstd'],
    ['protobuf', Buffer.from([0x0a, 0xcd, 1, 0x0a, 0x1b]), 'binary data'],
  ])('%s', (_, bytes, words) => {
    const decoder = traceBody('auto', 'body');
    decoder.push(bytes);
    expect(() => decoder.end()).toThrow(words);
  });

  test('any JSON is a trace or a clear error', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 5 }), (value) => {
        for (const shaped of [
          value,
          { data: [{ spans: [value, value], processes: value }] },
          { resourceSpans: [{ resource: value, scopeSpans: [{ spans: [value] }] }] },
        ]) {
          try {
            for (const { spans, traceId } of decodeText(JSON.stringify(shaped))) buildTrace(spans, traceId);
          } catch (error) {
            expect(error).toHaveProperty('code', 'SH_UNREADABLE');
          }
        }
      }),
    );
  });
});
