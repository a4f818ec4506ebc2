import { expect, test } from 'vitest';
import type { Clock } from '#core/clock.ts';
import { isOverdue, openDeadline, whyAborted } from '#core/deadline.ts';

/** A clock whose sleepers wake when told to. */
function handClock() {
  const sleepers: (() => void)[] = [];
  const clock: Clock = {
    nowUs: () => 0,
    elapsedUs: () => 0,
    sleep: () => new Promise((resolve) => sleepers.push(resolve)),
  };
  return {
    clock,
    async wake() {
      for (const sleeper of sleepers) sleeper();
      await Promise.resolve();
    },
  };
}

test('says how long it waited when time runs out', async () => {
  const { clock, wake } = handClock();
  const { signal } = openDeadline(clock, 20_000);
  expect(signal.aborted).toBe(false);
  await wake();
  expect(isOverdue(signal)).toBe(true);
  expect(whyAborted(signal)).toBe('timed out after 20 s');
});

test("a caller's cancellation is not a timeout", () => {
  const caller = new AbortController();
  const { signal } = openDeadline(handClock().clock, 20_000, caller.signal);
  caller.abort();
  expect(isOverdue(signal)).toBe(false);
  expect(whyAborted(signal)).toBe('cancelled');
});

test('a deadline that was closed does not pass any more', async () => {
  const { clock, wake } = handClock();
  const { signal, close } = openDeadline(clock, 20_000);
  close();
  await wake();
  expect(isOverdue(signal)).toBe(false);
});

test('knows the platform’s own time limits', () => {
  const signal = AbortSignal.abort(new DOMException('The operation was aborted due to timeout', 'TimeoutError'));
  expect(isOverdue(signal)).toBe(true);
  expect(whyAborted(signal)).toBe('timed out');
});
