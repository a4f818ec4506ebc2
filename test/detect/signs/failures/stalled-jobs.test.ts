/** A job that lost its lock while its worker computed. */
import { expect, test } from 'vitest';
import { diagnosed } from '#test/diagnosed.ts';
import { logLine } from '#test/log-line.ts';
import { span, traceOf } from '#test/trace.ts';

const verdictOf = (isAwaited: boolean, line: string) => {
  const job = span('boxes', 'plan process', { at: isAwaited ? 0 : 60, ms: 94_000, kind: 'consumer', failed: true });
  const trace = traceOf(isAwaited ? job : span('shop', 'plan add', { ms: 12, kind: 'producer' }, [job]));
  const spanId = trace.spanId(isAwaited ? trace.root : trace.root + 1);
  return diagnosed(trace, [
    {
      ...logLine('boxes', 93_900, 'Error: Missing lock for job 118. moveToFinished', { level: 'error', spanId }),
      rung: 'trace-id',
    },
    { ...logLine('boxes', 93_950, line, { level: 'error', spanId }), rung: 'trace-id' },
  ]).diagnosis;
};
const BLOCKED = 'event loop blocked for 90000 ms';

test('a job that nobody waits for is a failure, also where its own event loop was blocked', () => {
  expect(verdictOf(false, BLOCKED)).toMatchObject({ kind: 'error-origin', service: 'boxes' });
});

test('a job that is the whole trace shows the computing as its reason', () => {
  expect(verdictOf(true, BLOCKED)?.kind).not.toBe('error-origin');
});
