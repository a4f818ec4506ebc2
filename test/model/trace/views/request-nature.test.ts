import { describe, expect, test } from 'vitest';
import { type SpanRow, traceFrom } from '#model/trace/build/span-rows.ts';
import type { Attributes, SpanEvent } from '#model/trace/columns.ts';
import { requestNature } from '#model/trace/views/request-nature.ts';

const S = 1_000_000;

function root(operation: string, seconds: number, attributes: Attributes = {}, more: Partial<SpanRow> = {}): SpanRow {
  return {
    id: 'root',
    parentId: undefined,
    service: 'web',
    operation,
    kind: 'server',
    startUs: S,
    durationUs: seconds * S,
    failed: undefined,
    attributes,
    ...more,
  };
}

function below(operation: string, seconds: number, more: Partial<SpanRow> = {}): SpanRow {
  return { ...root(operation, seconds), id: operation, parentId: 'root', kind: 'client', startUs: S + 10, ...more };
}

function every(seconds: number, count: number, event: Partial<SpanEvent>): SpanEvent[] {
  return Array.from({ length: count }, (_, at) => ({
    atUs: S + at * seconds * S,
    name: 'message',
    attributes: {},
    ...event,
  }));
}

const of = (...spans: SpanRow[]) => requestNature(traceFrom(spans)).words;

describe('a stream', () => {
  test('by its protocol', () => {
    expect(of(root('GET /ws', 1800, { 'http.status_code': 101 }))).toBe('a WebSocket');
    expect(of(root('GET /chat', 60, { 'url.scheme': 'wss' }))).toBe('a WebSocket');
    expect(of(root('GET /e', 300, { 'http.response.header.content-type': 'text/event-stream; charset=utf-8' }))).toBe(
      'an event stream',
    );
  });

  test('by its remote method, or by several messages one way', () => {
    const grpc = { 'rpc.system': 'grpc', 'rpc.method': 'Watch' };
    expect(of(root('etcdserverpb.Watch/Watch', 60, grpc))).toBe('a gRPC stream');
    const messages = every(9, 5, { attributes: { 'rpc.message.type': 'RECEIVED' } });
    expect(of(root('acme.Relay/Pipe', 60, { 'rpc.system': 'grpc' }, { events: messages }))).toBe('a gRPC stream');
    expect(of(root('acme.Stock/Get', 60, { 'rpc.system': 'grpc', 'rpc.method': 'Get' }))).toBe('a request');
  });

  test('by what it sends over most of its time', () => {
    const sent = every(15, 19, { name: 'message sent' });
    expect(of(root('GET /feed', 300, {}, { events: sent }))).toBe('a stream');
    expect(of(root('GET /feed', 300, {}, { events: sent.slice(0, 4) }))).toBe('a request');
  });

  test('also behind a gateway', () => {
    const passed = below('GET /ws', 1799, { attributes: { 'http.status_code': 101 } });
    expect(of(root('GET /ws', 1800), passed)).toBe('a WebSocket');
  });

  test('no longer where it failed', () => {
    expect(of(root('GET /ws', 1800, { 'url.scheme': 'wss' }, { failed: true }))).toBe('a request');
  });
});

describe('a long poll', () => {
  test('answers nothing at a time limit that people choose', () => {
    expect(of(root('GET /updates', 30.02, { 'http.status_code': 204 }))).toBe('a long poll');
    expect(of(root('GET /updates', 33.7, { 'http.status_code': 204 }))).toBe('a request');
    expect(of(root('GET /updates', 30.02, { 'http.status_code': 200 }))).toBe('a request');
  });

  test('waits in a command that blocks until there is news', () => {
    expect(of(root('GET /updates', 12), below('XREAD BLOCK 29900 STREAMS u $', 11))).toBe('a long poll');
    const loop = root('loop', 30, {}, { kind: 'internal' });
    expect(of(loop, below('BLPOP', 29))).toBe('a worker that waits for messages');
    expect(of(root('GET /updates', 12), below('XRANGE', 11))).toBe('a request');
  });

  test('asks to wait', () => {
    expect(of(root('GET', 41, { 'url.full': 'http://consul/v1/kv/x?index=7&wait=5m' }))).toBe('a long poll');
  });
});

describe('a job', () => {
  test('by its trigger, its kind, its attributes or its name', () => {
    expect(of(root('handler', 60, { 'faas.trigger': 'timer' }))).toBe('a scheduled function');
    expect(of(root('orders process', 60, {}, { kind: 'consumer' }))).toBe('work on a message of a queue');
    expect(of(root('run', 7200, { 'cron.schedule': '*/5 * * * *' }, { kind: 'internal' }))).toBe('a job');
    expect(of(root('NightlyExport.run', 7200, {}, { kind: 'internal' }))).toBe('a job');
    expect(of(root('GET /export', 7200))).toBe('a request');
    expect(of(root('render', 7200, {}, { kind: 'internal' }))).toBe('work that no recorded request asked for');
  });
});

describe('what is as long as its content', () => {
  test('tokens at a usual rate', () => {
    const model = (tokens: number) =>
      below('chat', 13, { attributes: { 'gen_ai.system': 'x', 'gen_ai.usage.output_tokens': tokens } });
    expect(of(root('POST /chat', 14), model(1800))).toBe('an answer of a language model');
    expect(of(root('POST /chat', 14), model(20))).toBe('a request');
  });

  test('bytes at a usual rate', () => {
    const upload = (bytes: number) => root('PUT /file', 120, { 'http.request.body.size': bytes });
    expect(of(upload(4_000_000_000))).toBe('an upload');
    expect(of(upload(20_000_000))).toBe('a request');
  });
});
