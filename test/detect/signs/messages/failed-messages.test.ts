import { expect, test } from 'vitest';
import { messagesOf } from '#detect/signs/messages/failed-messages.ts';
import { type SpanOptions, span, times, traceOf } from '#test/trace.ts';

const attempt = (at: number, options: SpanOptions = {}) =>
  span('worker', 'orders process', { at, ms: 10, kind: 'consumer', failed: true, ...options });
const sent = (...children: readonly ReturnType<typeof span>[]) =>
  traceOf(span('shop', 'orders publish', { ms: 5, kind: 'producer' }, children));

test('attempts below one producer span are attempts at one message', () => {
  expect(messagesOf(sent(...times(3, (i) => attempt(i * 20))), 3)).toMatchObject([
    { attempts: { length: 3 }, deadLetters: [], isShown: true },
  ]);
  expect(messagesOf(sent(...times(2, (i) => attempt(i * 20))), 3)).toEqual([]);
});

test('a message that succeeded in the end is none', () => {
  expect(messagesOf(sent(...times(3, (i) => attempt(i * 20)), attempt(90, { failed: false })), 3)).toEqual([]);
});

test('the delivery count of the broker stands for attempts in other traces', () => {
  const attributes = { 'messaging.message.delivery_count': 4 };
  expect(messagesOf(sent(attempt(0, { attributes })), 3)).toMatchObject([{ attempts: { length: 1 }, deliveries: 4 }]);
});
