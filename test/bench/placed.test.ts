import { expect, it } from 'vitest';
import { randomOf } from '../../bench/accuracy/random.ts';
import { servicesOf } from '../../bench/accuracy/services.ts';
import { type DrawnSpan, lengthMs, placed, type Step } from '../../bench/accuracy/span.ts';

const service = servicesOf(randomOf('any')).another();

function span(operation: string, steps: readonly Step[], rest: Partial<DrawnSpan> = {}): DrawnSpan {
  return { service, operation, kind: 'internal', scope: '', attributes: {}, events: [], steps, ...rest };
}

/** `operation: from–to`, in milliseconds. */
function timesOf(root: DrawnSpan): string[] {
  const ids: string[] = [];
  return placed(root, () => `${ids.push('')}`).map(
    ({ drawn, startUs, endUs }) => `${drawn.operation}: ${startUs / 1000}–${endUs / 1000}`,
  );
}

it('places steps one after another, and the span lasts as long as they do', () => {
  const root = span('root', [2, span('a', [5]), 1, span('b', [3])]);
  expect(timesOf(root)).toEqual(['root: 0–11', 'a: 2–7', 'b: 8–11']);
  expect(lengthMs(root.steps)).toBe(11);
});

it('places lanes side by side, and goes on when the last has ended', () => {
  const root = span('root', [1, { together: [[span('a', [5])], [2, span('b', [9])]] }, span('c', [1])]);
  expect(timesOf(root)).toEqual(['root: 0–13', 'a: 1–6', 'b: 3–12', 'c: 12–13']);
  expect(lengthMs(root.steps)).toBe(13);
});

it('waits for nothing that is detached', () => {
  const root = span('root', [1, { detached: span('later', [50]), afterMs: 10 }, 2]);
  expect(timesOf(root)).toEqual(['root: 0–3', 'later: 11–61']);
  expect(lengthMs(root.steps)).toBe(3);
});

it('ends a cut span in time, and what it waited for goes on', () => {
  const root = span('root', [span('client', [span('server', [90])], { cutMs: 20 }), 1]);
  expect(timesOf(root)).toEqual(['root: 0–21', 'client: 0–20', 'server: 0–90']);
});

it('keeps the stream of a fork apart', () => {
  const [one, other] = [randomOf('seed'), randomOf('seed')];
  one.fork('aside').next();
  expect(one.next()).toBe(other.next());
  expect(one.fork('a').next()).not.toBe(one.fork('b').next());
});
