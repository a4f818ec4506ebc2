import { expect, test } from 'vitest';
import { failureReason, failureTexts, saysCircuitOpen, saysTimedOut } from '#model/trace/views/failure-text.ts';
import { call, traceOf } from '#test/trace.ts';

const flagged = (flags: string) => {
  const trace = traceOf(call('web', 'stock', 'GET /stock', { failed: true, attributes: { response_flags: flags } }));
  return { trace, said: failureTexts(trace, 0, new Map()) };
};

test.each([
  ['UF', 'upstream connection failure', 'overload'],
  ['UF,URX', 'upstream connection failure, upstream retry limit exceeded', 'overload'],
  ['UH', 'no healthy upstream', 'overload'],
  ['UT', 'upstream request timeout', 'timeout'],
  ['RL', 'rate limited', 'overload'],
  ['NR', 'no route configured', 'own'],
])('Envoy’s %s means: %s', (flags, words, reason) => {
  const { trace, said } = flagged(flags);
  expect(said[0]?.text).toBe(`response_flags = ${flags}: ${words}`);
  expect(failureReason(trace, 0, said)).toBe(reason);
});

test('without a flag, or with an unknown one, nothing is said', () => {
  expect(flagged('-').said).toEqual([]);
  expect(flagged('XX').said).toEqual([]);
});

test('marks come from the flags, too', () => {
  expect(saysTimedOut(flagged('UMSDR').trace, 0, '')).toBe(true);
  expect(flagged('UO').said.some(({ text }) => saysCircuitOpen(text))).toBe(true);
});
