/** The same evidence gives the same answer, in whatever order it comes, whatever its ids are and whenever it was. */
import { describe, expect, test } from 'vitest';
import { once } from '#core/memoize.ts';
import { inGate, inTurn } from '#test/in-gate.ts';
import { type DrawnWindow, drawWindows } from '../bench/accuracy/windows/draw.ts';
import { bodiesOf, reportOf } from '../bench/accuracy/windows/report.ts';
import type { DrawnRequest } from '../bench/accuracy/windows/request.ts';

const CHOSEN =
  /\/(?:cpu\/0\.5|error-return\/1|network-delay\/0\.1|lock\/1|without traces\/exception|two\/cpu|healthy)\/0$/;
const windows = [...drawWindows('metamorphic', 1)].filter(({ id }) => CHOSEN.test(id));

async function said(window: DrawnWindow): Promise<unknown> {
  const report = await reportOf(bodiesOf(window), { fromUs: window.fromMs * 1000, toUs: window.toMs * 1000 });
  const { diagnosis, findings = [] } = report ?? {};
  return {
    diagnosis,
    findings: findings.map(({ detector, service, title, confidence }) => ({ detector, service, title, confidence })),
  };
}

function withRequests(
  window: DrawnWindow,
  change: (all: readonly DrawnRequest[]) => readonly DrawnRequest[],
): DrawnWindow {
  return { ...window, requests: change(window.requests), healthy: change(window.healthy) };
}

function renamed(request: DrawnRequest): DrawnRequest {
  const other = (id: string) => [...id].map((digit) => (15 - Number.parseInt(digit, 16)).toString(16)).join('');
  return {
    ...request,
    traceId: other(request.traceId),
    spans: request.spans.map((span) => ({ ...span, id: other(span.id), parentId: other(span.parentId) })),
    lines: request.lines.map((line) => ({ ...line, traceId: other(line.traceId), spanId: other(line.spanId) })),
  };
}

const HOUR_MS = 3_600_000;

function anHourLater(window: DrawnWindow): DrawnWindow {
  const later = withRequests(window, (all) =>
    all.map((request) => ({
      ...request,
      spans: request.spans.map((span) => ({ ...span, startMs: span.startMs + HOUR_MS, endMs: span.endMs + HOUR_MS })),
      lines: request.lines.map((line) => ({ ...line, atMs: line.atMs + HOUR_MS })),
    })),
  );
  const series = window.series.map(({ metric, values }) => ({
    metric,
    values: values.map(([seconds, value]) => [seconds + HOUR_MS / 1000, value] as const),
  }));
  return { ...later, series, fromMs: window.fromMs + HOUR_MS, toMs: window.toMs + HOUR_MS };
}

type Change = readonly [what: string, change: (window: DrawnWindow) => DrawnWindow, told: (answer: unknown) => unknown];

/** What may not matter, and what may differ in the words then. */
const CHANGES: readonly Change[] = [
  [
    'in another order',
    (window) => ({ ...withRequests(window, (all) => all.toReversed()), series: window.series.toReversed() }),
    (answer) => answer,
  ],
  [
    'with other ids',
    (window) => withRequests(window, (all) => all.map(renamed)),
    (answer) => JSON.stringify(answer).replaceAll(/\b[0-9a-f]{16,32}\b/g, 'id'),
  ],
  ['an hour later', anHourLater, (answer) => JSON.stringify(answer).replaceAll(/\d\d:\d\d(?::\d\d)?/g, 'then')],
];

/** In the gate every second window meets one of the changes, in turn. */
const halves = inGate(windows, 2);
const tried = [
  ...halves.gate.map((window, at) => ({ window, ...inTurn(CHANGES, at) })),
  ...halves.deep.map((window) => ({ window, gate: [], deep: CHANGES })),
];

describe.each(tried)('$window.id', ({ window, gate, deep }) => {
  const before = once(() => said(window));
  test.each(gate)('%s', staysTheSame);
  test.each(deep)('%s', { tags: ['deep'] }, staysTheSame);

  async function staysTheSame(...[, change, told]: Change): Promise<void> {
    expect(told(await said(change(window)))).toEqual(told(await before()));
  }
});
