import { expect, test } from 'vitest';
import type { AnalysedTrace } from '#analyse/session.ts';
import { chooseExemplars } from '#workflows/alerts/choose-exemplars.ts';

const AT_US = Date.UTC(2026, 0, 6, 14, 30) * 1_000;

type Drawn = Readonly<{ symptom?: AnalysedTrace['symptom']; seconds?: number; ms?: number; healthy?: boolean }>;

const at = (seconds: number) => new Date(AT_US / 1_000 + seconds * 1_000).toISOString();

/** What is read of a trace: how it went, when (seconds from the alert), and how long it took. */
function trace(
  traceId: string,
  { symptom = 'slow', seconds = 0, ms = 100, healthy = false }: Drawn = {},
): AnalysedTrace {
  const from = at(seconds);
  const report = { subject: { from }, trace: { durationUs: ms * 1_000 }, diagnosis: healthy ? null : {} };
  return { traceId, symptom, report } as unknown as AnalysedTrace;
}

test('three failing ones nearest to the alert and the three slowest of the rest, each once, with how it was chosen', () => {
  const traces = [
    ...[-400, -90, 30, 200].map((seconds, index) => trace(`f${index}`, { symptom: 'failed', seconds, ms: 900 })),
    ...[100, 400, 300, 200].map((ms, index) => trace(`s${index}`, { ms })),
  ];
  const expected = [
    { traceId: 'f2', role: 'failing', why: 'it failed, 30 s after the alert', at: at(30) },
    { traceId: 'f1', role: 'failing', why: 'it failed, 1 min 30 s before the alert', at: at(-90) },
    { traceId: 'f3', role: 'failing', why: 'it failed, 3 min 20 s after the alert', at: at(200) },
    { traceId: 'f0', role: 'slow', why: 'the slowest of 5 that did not fail, 900 ms' },
    { traceId: 's1', role: 'slow', why: 'the second slowest of 5 that did not fail, 400 ms' },
    { traceId: 's2', role: 'slow', why: 'the third slowest of 5 that did not fail, 300 ms' },
  ];
  expect(chooseExemplars(traces, AT_US).map(({ traceId }) => traceId)).toEqual(expected.map(({ traceId }) => traceId));
  expect(chooseExemplars(traces.toReversed(), AT_US)).toEqual(chooseExemplars(traces, AT_US));
  expect(chooseExemplars(traces, AT_US).slice(0, 3)).toEqual(expected.slice(0, 3));
});

test('a failure that was hidden counts where no request failed', () => {
  const traces = [trace('a', { symptom: 'degraded' }), trace('b', { symptom: 'failed', seconds: 500 })];
  expect(chooseExemplars(traces, AT_US).map(({ traceId, role }) => `${traceId} ${role}`)).toEqual([
    'b failing',
    'a failing',
  ]);
});

test('what shows nothing wrong is called healthy, not slow', () => {
  expect(chooseExemplars([trace('a', { healthy: true, symptom: 'none', ms: 12 })], AT_US)).toEqual([
    { traceId: 'a', role: 'healthy', why: 'the slowest of 1, 12 ms' },
  ]);
});

test('a trace that two searches found is one', () => {
  expect(chooseExemplars([trace('a'), trace('a'), trace('b')], AT_US)).toHaveLength(2);
});

test('where somebody asked about a time, the requests have theirs: there is no alert', () => {
  const whys = chooseExemplars([trace('a', { symptom: 'failed' })], AT_US, 'window').map(({ why }) => why);
  expect(whys).toEqual([expect.stringMatching(/^it failed, at \d\d:\d\d:\d\d UTC$/)]);
});
