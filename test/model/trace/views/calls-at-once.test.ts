import { expect, test } from 'vitest';
import { callsAtOnce } from '#model/trace/views/calls-at-once.ts';
import { call, type SpanNode, server, traceOf } from '#test/trace.ts';

const of = (...calls: SpanNode[]) => {
  const trace = traceOf(server('web', 'GET /', { ms: 100 }, calls));
  return callsAtOnce(trace, trace.root);
};
const at = (from: number, ms: number) => call('web', 'stock', 'GET', { at: from, ms });

test('one after another, side by side, and half of the time', () => {
  expect(of(at(0, 10), at(10, 10), at(30, 10))).toBe(1);
  expect(of(at(0, 10), at(0, 10), at(0, 10))).toBe(3);
  expect(of(at(0, 20), at(10, 20))).toBeCloseTo(40 / 30);
});

test('calls that time out one after another do not hide the others, which run side by side', () => {
  const lost = (from: number) => call('web', 'ads', 'GET', { at: from, ms: 40, failed: true });
  expect(of(at(0, 10), at(0, 10), lost(10), lost(50))).toBe(2);
  expect(of(at(0, 10), lost(10), lost(50))).toBeUndefined();
});

test('fewer than two calls say nothing', () => {
  expect(of(at(0, 10))).toBeUndefined();
  expect(of()).toBeUndefined();
});
