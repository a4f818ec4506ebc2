/** Waits of messages by the lines about them: what nobody explains is found, and its twin is not. */
import { describe, expect, test } from 'vitest';
import type { LogLine } from '#model/logs/log-line.ts';
import type { Attributes } from '#model/trace/columns.ts';
import { diagnosed } from '#test/diagnosed.ts';
import { logLine } from '#test/log-line.ts';
import { type SpanNode, server, span, traceOf } from '#test/trace.ts';

const handle = (at: number, ms = 90) => span('invoices', 'orders process', { at, ms, kind: 'consumer' });
const sent = (...children: SpanNode[]) =>
  traceOf(
    server('shop', 'POST /orders', { ms: 60 }, [
      span('shop', 'orders publish', { at: 20, ms: 10, kind: 'producer' }, children),
    ]),
  );
const own = (at: number, line: string, level = 'info', rung: LogLine['rung'] = 'trace-id') => ({
  ...logLine('invoices', at, line, { level }),
  rung,
});
const verdictOf = (trace: ReturnType<typeof traceOf>, logs: readonly LogLine[] = []) => {
  const { kind, status } = diagnosed(trace, logs).diagnosis ?? {};
  return kind === undefined ? 'nothing' : `${status} ${kind}`;
};

describe('a wait of an hour behind a quick request', () => {
  const waited = (line = '', level = 'info') =>
    verdictOf(sent(handle(3_700_000)), line === '' ? [] : [own(3_700_050, line, level)]);

  test('stays a guess where no line explains it', () => {
    expect(waited()).toBe('inconclusive consumer-lag');
    expect(waited('stored the order')).toBe('inconclusive consumer-lag');
  });

  test('is a fault where a warning of the consumer says how long it was', () => {
    expect(waited('message waited 62 min on transport orders, one process of four left', 'warn')).toBe(
      'likely consumer-lag',
    );
    expect(waited('message waited 5 min on transport orders', 'warn')).toBe('inconclusive consumer-lag');
    expect(waited('message waited 62 min, as planned', 'warn')).toBe('inconclusive consumer-lag');
  });

  test('is no news where a line says that it was wanted', () => {
    for (const line of [
      'night shift window opens, consumer resumed',
      'culture read after incubation, message was held by the timer on purpose',
      'replaying orders from offset 0 as requested',
      'hourly batch begins at 02:00 as planned',
      'reminder is due, sending',
      'reminder ran at its scheduled_at, 0.2 s late',
    ])
      expect(waited(line), line).toBe('nothing');
    expect(waited('hourly batch is late, backlog of 812 orders')).toBe('likely consumer-lag');
  });
});

describe('a message that the broker pushes to the service', () => {
  const pushed = (at: number, by = 'receipts') =>
    verdictOf(sent(server(by, 'POST /push', { at, ms: 300, attributes: { 'http.response.status_code': 204 } })));

  test('is late after four minutes', () => {
    expect(pushed(244_000)).toBe('likely consumer-lag');
  });

  test('is on time within a second, and the sender’s own work is no delivery', () => {
    expect(pushed(400)).toBe('nothing');
    expect(pushed(244_000, 'shop')).toBe('nothing');
  });
});

describe('a short wait in which the consumer starts', () => {
  const started = (line: string, at = 2_300, level = 'info') =>
    verdictOf(sent(handle(2_600)), [own(at, line, level, 'time')]);

  test('is the rollout’s', () => {
    expect(started('Bus started: rabbitmq://mq/')).toBe('nothing');
    expect(started('Started InvoicesApplication in 2.1 seconds (process running for 2.4)')).toBe('nothing');
    expect(started('reconnected to the broker')).toBe('nothing');
  });

  test('is the queue’s where nothing starts, or where the process reports a failure', () => {
    expect(started('invoice 9921 stored')).toBe('likely consumer-lag');
    expect(started('Bus started: rabbitmq://mq/', 60_000)).toBe('likely consumer-lag');
    const crash = [own(1_000, 'panic: nil map', 'error', 'time'), own(2_300, 'Bus started: rabbitmq://mq/')];
    expect(verdictOf(sent(handle(2_600)), crash)).not.toBe('nothing');
  });
});

describe('a second delivery of a message that was handled before', () => {
  const twice = (line: string, first: SpanNode[] = [handle(60)]) =>
    verdictOf(sent(...first, handle(2_400)), [own(2_450, line)]);

  test('is not late where a line says that it came again', () => {
    expect(twice('order 771 came twice after a reconnect, skipped')).toBe('nothing');
    expect(twice('duplicate of order 771')).toBe('nothing');
  });

  test('may be another message of the same batch, which is late', () => {
    expect(twice('order 772 stored')).toBe('likely consumer-lag');
    expect(twice('order 771 came twice, skipped', [])).toBe('likely consumer-lag');
  });
});

test('a consumer without its sender is late where its warning says how old the oldest message is, or how few consumers are left', () => {
  const attributes: Attributes = { 'messaging.destination.name': 'orders' };
  const trace = traceOf(span('invoices', 'orders process', { ms: 300, kind: 'consumer', attributes }));
  const told = (line: string) => verdictOf(trace, [{ ...own(280, line, 'warn'), spanId: trace.spanId(trace.root) }]);
  expect(told('oldest_unacked_message_age 1138 s, max-instances 1')).toContain('consumer-lag');
  expect(told('order waited 19 min, one consumer of four left')).toContain('consumer-lag');
  expect(told('order waited 19 min')).toBe('nothing');
});
