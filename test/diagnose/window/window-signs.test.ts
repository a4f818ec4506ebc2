import { expect, test } from 'vitest';
import { windowSigns } from '#diagnose/window/window-signs.ts';
import type { LogLine } from '#model/logs/log-line.ts';
import { logLine } from '#test/log-line.ts';
import { DRAWN_AT_US } from '#test/trace.ts';

const STEP_MS = 5_000;
const served = (from: number) =>
  Array.from({ length: 100 }, (_, at) => logLine('seats', from + at * STEP_MS, `seat ${at} is free`));
const FROM_MS = 1_000_000;

function switchesFor(line: string, level: string, before: readonly LogLine[] = []) {
  const began: LogLine[] = Array.from({ length: 60 }, (_, at) =>
    logLine('seats', FROM_MS + 1_000 + at * STEP_MS, line, { level }),
  );
  const fromUs = DRAWN_AT_US + FROM_MS * 1_000;
  return windowSigns({
    service: 'seats',
    fromUs,
    toUs: fromUs + 600e6,
    traces: [],
    healthyTraces: [],
    logs: [...served(FROM_MS), ...began].sort((a, b) => (a.timeNs < b.timeNs ? -1 : 1)),
    healthyLogs: [...served(0), ...before],
    series: [],
  }).switches.filter(({ change, nats }) => change === 'began' && nats > 1);
}

test('what will end one day is no new complaint', () => {
  expect(switchesFor('User Deprecated: "hold()" is deprecated, use "keep()"', 'warn')).toEqual([]);
});

test('a warning of what is wrong now is one, and so is an error about something deprecated', () => {
  expect(switchesFor('The queue of seats is long', 'warn')).toHaveLength(1);
  expect(switchesFor('the deprecated endpoint hold() answered 500', 'error')).toHaveLength(1);
});

test('callers that leave another operation as often as before are no new complaint', () => {
  const left = 'GET /seats/7 failed: context canceled';
  const before = Array.from({ length: 60 }, (_, at) =>
    logLine('seats', 1_000 + at * STEP_MS, 'POST /holds failed: context canceled', { level: 'error' }),
  );
  expect(switchesFor(left, 'error', before)).toEqual([]);
  expect(switchesFor(left, 'error', before.slice(0, 3))).toHaveLength(1);
  expect(switchesFor(left, 'error')).toHaveLength(1);
  expect(switchesFor('GET /seats/7 failed: no seat has a price', 'error', before)).toHaveLength(1);
});
