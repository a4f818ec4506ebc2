import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { DATADOG } from '#decode/datadog-json.ts';
import { traceBody } from '#decode/trace-body.ts';
import { traceFrom } from '#model/trace/build/span-rows.ts';
import type { Trace } from '#model/trace/trace.ts';
import { decodedRows } from '#test/decoded-rows.ts';

const ANSWER = readFileSync(new URL('../fixtures/wire/datadog/trace.json', import.meta.url), 'utf8');

function traceOf(...spans: object[]): Trace {
  return traceIn(JSON.stringify({ data: spans.map((attributes, id) => ({ id: `${id}`, type: 'spans', attributes })) }));
}

function traceIn(text: string): Trace {
  const [first] = decodedRows(text);
  return traceFrom(first?.rows ?? [], first?.traceId);
}

const SPAN = {
  trace_id: '1376633447483012831',
  span_id: '12174885344805365765',
  parent_id: '0',
  service: 'shop',
  resource_name: 'GET /',
  operation_name: 'flask.request',
  type: 'web',
  start_timestamp: '2026-11-20T06:25:44.217Z',
  end_timestamp: '2026-11-20T06:25:44.221Z',
  custom: { duration: 4_218_725, http: { status_code: '200', method: 'GET' }, span: { kind: 'server' } },
};

describe('a trace of Datadog', () => {
  test('has hex ids, its services, and the calls between them', () => {
    const trace = traceIn(ANSWER);
    expect(trace.traceId).toBe('673f2a2800000000a3ce929d0e0e4736');
    expect(trace.spanId(0)).toBe('a8f5e1b73e3ba805');
    const spans = Array.from({ length: trace.spanCount }, (_, span) => span);
    expect(spans.map((span) => [trace.service(span), trace.operation(span), trace.kind(span)])).toEqual([
      ['frontend', 'GET /cart', 'server'],
      ['frontend', 'GET cart:8080', 'client'],
      ['cart', 'GET /items', 'server'],
      ['cart', 'GET', 'client'],
      ['cart', 'postgres.query', 'client'],
    ]);
    expect(spans.map((span) => trace.parent(span))).toEqual([undefined, 0, 1, 2, 2]);
  });

  test('a query has its statement, its database and its error, and belongs to the service that sent it', () => {
    const trace = traceIn(ANSWER);
    expect(trace.text(4, 'db.query.text')).toBe('SELECT id, price FROM items WHERE cart_id = %s FOR UPDATE');
    expect(trace.peer(4)).toBe('cart-postgres');
    expect(trace.failed(4)).toBe(true);
    expect(trace.failed(3)).toBe(false);
    expect(trace.statusText(4)).toBe('canceling statement due to lock timeout');
    expect(trace.text(4, 'error.type')).toBe('psycopg2.errors.LockNotAvailable');
  });

  test('the machine and the version come from tags, and the tags of the program are flat', () => {
    const trace = traceIn(ANSWER);
    expect(trace.resource(0)).toMatchObject({
      'service.version': '1.4.2',
      'k8s.pod.name': 'frontend-7d9f8b6c5-x2kqz',
      'host.name': 'ip-10-0-4-8.eu-central-1.compute.internal',
      'deployment.environment.name': 'prod',
    });
    expect(trace.attributes(0)).toMatchObject({ 'http.status_code': '500', 'span.kind': 'server' });
    expect(trace.httpStatus(0)).toBe(500);
  });
});

describe('a span of Datadog', () => {
  test('begins in a millisecond and lasts for its nanoseconds', () => {
    const trace = traceOf(SPAN);
    expect([trace.startEpochUs, trace.durationOfUs(0)]).toEqual([1_795_155_944_217_000, 4_218]);
  });

  test.each([
    ['a tag that is called duration', { ...SPAN, custom: { duration: 2_345 } }, 4_000],
    ['no duration', { ...SPAN, custom: {} }, 4_000],
    ['no end', { ...SPAN, end_timestamp: undefined }, 4_218],
  ])('with %s lasts from its start to its end', (_, span, us) => {
    expect(traceOf(span).durationOfUs(0)).toBe(us);
  });

  test('without any time is repaired as in every other format', () => {
    expect(traceOf({ ...SPAN, start_timestamp: undefined, end_timestamp: 'soon', custom: {} }).spanCount).toBe(1);
  });

  test('a decimal trace id has 32 hex digits, and one of 128 bits stays as it is', () => {
    expect(traceOf(SPAN).traceId).toBe('0000000000000000131ac8d3a72576df');
    expect(traceOf({ ...SPAN, trace_id: '66b2ee7d000000005a1c9b8e7f001122' }).traceId).toBe(
      '66b2ee7d000000005a1c9b8e7f001122',
    );
    expect(traceOf({ ...SPAN, trace_id: '12345678901234567890123456789012' }).traceId).toBe(
      '12345678901234567890123456789012',
    );
  });

  test.each([
    [{ custom: { span: { kind: 'consumer' } } }, 'consumer'],
    [{ type: 'redis', custom: {} }, 'client'],
    [{ type: 'web', custom: {} }, 'server'],
    [{ type: 'custom', custom: {} }, 'unspecified'],
  ])('%j is a %s', (more, kind) => {
    expect(
      decodedRows(JSON.stringify({ data: [{ id: '1', attributes: { ...SPAN, ...more } }] }))[0]?.rows[0]?.kind,
    ).toBe(kind);
  });

  test('says itself whether it failed, and otherwise its error does', () => {
    const error = { message: 'no stock', type: 'StockError' };
    expect(traceOf({ ...SPAN, status: 'ok', custom: { ...SPAN.custom, error } }).failed(0)).toBe(false);
    expect(traceOf({ ...SPAN, custom: { ...SPAN.custom, error } }).failed(0)).toBe(true);
    expect(traceOf({ ...SPAN, custom: { ...SPAN.custom, error: 1 } }).failed(0)).toBe(true);
  });

  test('has the events and links of OpenTelemetry, which are texts', () => {
    const custom = {
      ...SPAN.custom,
      events: '[{"name":"retry","time_unix_nano":1795155944218000000,"attributes":{"attempt":2}}]',
      _dd: { span_links: '[{"trace_id":"5af7183fb1d4cf5f4b1d3c2a19e8d701","span_id":"a000000000000001"}]' },
    };
    const trace = traceOf({ ...SPAN, custom });
    expect(trace.events(0)).toEqual([{ atUs: 1_000, name: 'retry', attributes: { attempt: 2 } }]);
    expect(DATADOG.linksOf?.({ attributes: { ...SPAN, custom } })).toEqual([
      { traceId: '5af7183fb1d4cf5f4b1d3c2a19e8d701', spanId: 'a000000000000001' },
    ]);
    expect(traceOf({ ...SPAN, custom: { events: 'three' } }).events(0)).toEqual([]);
  });

  test('with tags nested without end is read all the same', () => {
    const deep = `${'{"a":'.repeat(5_000)}1${'}'.repeat(5_000)}`;
    const text = JSON.stringify({ data: [{ id: '1', attributes: SPAN }] }).replace(
      '"duration":',
      `"deep":${deep},"duration":`,
    );
    expect(traceIn(text).spanCount).toBe(1);
  });
});

describe('a body of Datadog', () => {
  const events = (JSON.parse(ANSWER) as { data: object[] }).data;

  test.each([
    ['a list of spans', JSON.stringify(events)],
    ['a span a line', events.map((event) => JSON.stringify(event)).join('\n')],
    ['several answers, one a line', `${ANSWER}\n${ANSWER}`],
    ['an answer whose data comes last', JSON.stringify({ meta: { status: 'done' }, data: events })],
    ['an answer with line breaks', JSON.stringify(JSON.parse(ANSWER), null, 2)],
  ])('may be %s', (_, text) => {
    expect(traceIn(text).spanCount).toBe(5);
  });

  test.each([1, 7, 1_000])('is read in pieces of %i bytes', (size) => {
    const body = traceBody('auto', 'file');
    const bytes = Buffer.from(ANSWER);
    for (let from = 0; from < bytes.length; from += size) body.push(bytes.subarray(from, from + size));
    expect(body.end().map(({ spans }) => spans.count())).toEqual([5]);
    expect(body.damage().isCut).toBe(false);
  });

  test('that breaks off is read as far as it goes, and kept so', () => {
    const body = traceBody('auto', 'file');
    body.push(Buffer.from(ANSWER.slice(0, ANSWER.length / 2)));
    const [trace] = body.end();
    expect(trace?.spans.count()).toBe(2);
    expect(body.damage().isCut).toBe(true);
    expect(body.cutOff()).toEqual([trace?.traceId]);
    const mended = Buffer.concat(body.mended() ?? []).toString();
    expect((JSON.parse(mended) as { data: unknown[] }).data).toHaveLength(2);
  });

  test('says when the search timed out', () => {
    const body = traceBody('auto', 'file');
    body.push(Buffer.from(ANSWER.replace('"status":"done"', '"status":"timeout"')));
    body.end();
    expect(body.remarks()).toEqual(['returned only a part of the trace: its search timed out']);
  });

  test('other events among the spans are passed over, and a list of them is none', () => {
    expect(
      traceIn(JSON.stringify({ data: [{ id: '1', type: 'log', attributes: {} }, null, 3, ...events] })).spanCount,
    ).toBe(5);
    expect(() => decodedRows('{"data":[{"id":"1","type":"log","attributes":{"message":"no"}}]}')).toThrow(
      'log events of Datadog',
    );
    expect(() => decodedRows('{"data":[],"meta":{"status":"done"}}')).toThrow(
      'a response of Datadog that found no span',
    );
  });

  test('a list of Jaeger’s traces is still Jaeger’s', () => {
    const jaeger = {
      traceID: '1',
      spans: [{ traceID: '1', spanID: '2', operationName: 'a', startTime: 5, duration: 1 }],
    };
    expect(traceIn(JSON.stringify({ data: [jaeger] })).operation(0)).toBe('a');
  });
});
