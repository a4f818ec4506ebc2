import fc from 'fast-check';
import { expect, test } from 'vitest';
import { traceFrom } from '#model/trace/build/span-rows.ts';
import type { Trace } from '#model/trace/trace.ts';
import { type DecodedTrace, decodedRows } from '#test/decoded-rows.ts';

function decode(body: unknown): readonly DecodedTrace[] {
  return decodedRows(JSON.stringify(body));
}

function traceOf(...spans: unknown[]): Trace {
  const [first] = decode(spans);
  return traceFrom(first?.rows ?? [], first?.traceId);
}

const T0 = 1_795_155_921_000_000;

const SERVER = {
  traceId: '463ac35c9f6413ad48485a3953bb6124',
  id: 'a2fb4a1d1a96d312',
  kind: 'SERVER',
  name: 'get /orders',
  timestamp: T0,
  duration: 90_000,
  localEndpoint: { serviceName: 'web', ipv4: '10.0.0.1', port: 8080 },
  tags: { 'http.method': 'GET', 'http.path': '/orders', 'http.status_code': '200' },
};

const CLIENT = {
  ...SERVER,
  id: '74280ae0c10d8062',
  parentId: SERVER.id,
  kind: 'CLIENT',
  name: 'get /stock',
  timestamp: T0 + 10_000,
  duration: 60_000,
  remoteEndpoint: { serviceName: 'stock', ipv4: '10.0.0.2', port: 9000 },
};

test('ids, kinds, microseconds, services and tags are read', () => {
  const trace = traceOf(SERVER, CLIENT);
  expect(trace.traceId).toBe(SERVER.traceId);
  expect([0, 1].map((span) => trace.kind(span))).toEqual(['server', 'client']);
  expect(trace.spanId(trace.parent(1) ?? -1)).toBe(SERVER.id);
  expect(trace.startEpochUs).toBe(T0);
  expect([trace.startUs(1), trace.durationOfUs(1)]).toEqual([10_000, 60_000]);
  expect(trace.services).toEqual(['web']);
  expect(trace.httpStatus(0)).toBe(200);
  expect(trace.text(0, 'url.path')).toBe('/orders');
});

test('the other end of a call is its peer, whose span may be missing', () => {
  const trace = traceOf(SERVER, CLIENT);
  expect(trace.peer(1)).toBe('stock');
  expect(trace.text(1, 'network.peer.address')).toBe('10.0.0.2');
});

test('the other end of a server span is its client', () => {
  const trace = traceOf({ ...SERVER, remoteEndpoint: { serviceName: 'browser' } });
  expect(trace.text(0, 'client.service.name')).toBe('browser');
  expect(trace.text(0, 'server.service.name')).toBe('');
});

test('the server’s span that shares the client’s id lies below it', () => {
  const shared = {
    ...CLIENT,
    kind: 'SERVER',
    shared: true,
    timestamp: T0 + 15_000,
    duration: 50_000,
    localEndpoint: { serviceName: 'stock' },
  };
  const trace = traceOf(SERVER, CLIENT, shared);
  const server = [0, 1, 2].find((span) => trace.service(span) === 'stock') ?? -1;
  expect(trace.kind(trace.parent(server) ?? -1)).toBe('client');
  expect(trace.repairs.sharedSpanId).toBe(1);
});

test('an error tag means failed, whatever it says, and its text is the message', () => {
  const failed = (tags: Record<string, string>) => {
    const trace = traceOf({ ...SERVER, tags });
    return [trace.failed(0), trace.statusText(0)];
  };
  expect(failed({ error: 'no stock' })).toEqual([true, 'no stock']);
  expect(failed({ error: '' })).toEqual([true, '']);
  expect(failed({ error: 'true' })).toEqual([true, '']);
  expect(failed({ error: 'false' })).toEqual([false, '']);
  expect(failed({})).toEqual([false, '']);
});

test('OpenTelemetry’s status decides where it is written into tags', () => {
  const trace = traceOf({
    ...SERVER,
    tags: { 'otel.status_code': 'OK', error: 'left over', 'otel.scope.name': 'express' },
  });
  expect(trace.failed(0)).toBe(false);
  expect(trace.scope(0)).toBe('express');
});

test('annotations are events, and OpenTelemetry’s get their attributes back', () => {
  const annotations = [
    { timestamp: T0 + 1, value: 'ws' },
    { timestamp: T0 + 2, value: '"exception": {"exception.message":"no stock","attempt":2}' },
    { timestamp: T0 + 3, value: 'retry|{"attempt":3}|0' },
    { timestamp: T0 + 4, value: 'a|b' },
    { timestamp: T0 + 5, value: '"exception": {broken}' },
    { timestamp: T0 + 6, value: '{"exception": {"exception.message":"no stock"}}' },
  ];
  const trace = traceOf({ ...SERVER, annotations });
  expect(trace.events(0).map(({ atUs, name, attributes }) => [atUs, name, attributes])).toEqual([
    [1, 'ws', {}],
    [2, 'exception', { 'exception.message': 'no stock', attempt: 2 }],
    [3, 'retry', { attempt: 3 }],
    [4, 'a|b', {}],
    [5, '"exception": {broken}', {}],
    [6, 'exception', { 'exception.message': 'no stock' }],
  ]);
});

test('a span that was never finished begins with its first annotation', () => {
  const { timestamp, duration, ...open } = SERVER;
  const trace = traceOf({ ...open, annotations: [{ timestamp, value: 'sr' }] });
  expect([trace.startEpochUs, trace.durationOfUs(0)]).toEqual([timestamp, 0]);
  expect(duration).toBe(90_000);
});

test('spans of one address share a clock', () => {
  expect(decode([SERVER])[0]?.rows[0]?.resource).toEqual({ ip: '10.0.0.1' });
});

test('no kind, a parent of zeros, and integers that are text', () => {
  const [trace] = decode([
    {
      ...SERVER,
      kind: undefined,
      parentId: '0000000000000000',
      timestamp: `${T0}`,
      duration: '5',
      localEndpoint: null,
      tags: null,
    },
  ]);
  expect(trace?.rows).toMatchObject([
    { kind: 'unspecified', parentId: undefined, startUs: T0, durationUs: 5, service: '', attributes: {} },
  ]);
});

test('the answer to a search is several traces, each a list', () => {
  const other = { ...SERVER, traceId: '48485a3953bb6124' };
  expect(decode([[SERVER, CLIENT], [other]]).map(({ traceId, rows }) => [traceId, rows.length])).toEqual([
    [SERVER.traceId, 2],
    [other.traceId, 1],
  ]);
});

test('a list of OTLP spans is no Zipkin JSON: they have no id', () => {
  expect(() => decode([{ traceId: 't', spanId: 'a' }])).toThrow('a JSON list of 1 elements');
});

test('any value in any place is read or passed over', () => {
  const members = Object.keys({ ...CLIENT, shared: true, annotations: [] });
  const value = fc.jsonValue({ maxDepth: 4 });
  const span = fc.dictionary(fc.constantFrom(...members), value);
  fc.assert(
    fc.property(fc.array(span, { maxLength: 5 }), (spans) => {
      for (const { rows, traceId } of decode([SERVER, ...spans])) traceFrom(rows, traceId);
    }),
  );
});

test('a span without an id is kept among the others, whichever comes first, and spans of the first API are not', () => {
  const { id: _, ...nameless } = CLIENT;
  for (const spans of [
    [SERVER, nameless],
    [nameless, SERVER],
  ]) {
    expect(traceOf(...spans).spanCount).toBe(2);
  }
  const annotations = [{ timestamp: T0, value: 'sr', endpoint: { serviceName: 'web' } }];
  expect(traceOf({ ...CLIENT, annotations }, SERVER).spanCount).toBe(1);
});
