import { expect, test } from 'vitest';
import { server, span, traceOf } from '#test/trace.ts';

/** The kinds of a producer, so many milliseconds long, and of the consumer below it. */
const kinds = (waitMs: number, at: number, workMs: number) => {
  const worker = span('embed', 'embed process', { at, ms: workMs, kind: 'consumer' });
  const trace = traceOf(
    server('web', 'POST /embed', { ms: 2000 }, [
      span('web', 'embed request', { at: 5, ms: waitMs, kind: 'producer' }, [worker]),
    ]),
  );
  return [trace.kind(1), trace.kind(2)];
};

test('a producer that waits until its consumer has replied is a call', () => {
  expect(kinds(900, 6, 895)).toEqual(['client', 'server']);
});

test('a message is none that is worked on later, longer, or while the broker confirms it', () => {
  for (const [waitMs, at, workMs] of [
    [5, 300, 400],
    [900, 100, 1500],
    [900, 6, 300],
    [20, 6, 19],
  ] as const)
    expect(kinds(waitMs, at, workMs)).toEqual(['producer', 'consumer']);
});
