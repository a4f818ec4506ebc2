/** What few requests of a window are sure of is named with its reach, and is no verdict on the window. */
import { expect, test } from 'vitest';
import { keptVerdict } from '#diagnose/window/kept-verdict.ts';
import { type HealthyRequest, kindKey } from '#diagnose/window/request-causes.ts';
import type { Judgement } from '#model/finding/diagnosis.ts';
import { requestKind } from '#model/requests/affected-requests.ts';
import { diagnosed } from '#test/diagnosed.ts';
import { query, server, span, times, traceOf } from '#test/trace.ts';

const quick = (ms: number) =>
  traceOf(server('desk', 'GET /seats', { ms }, [span('desk', 'render', { at: 1, ms: ms - 2 })]));
const locked = traceOf(
  server('desk', 'GET /seats', { ms: 4000 }, [
    query('desk', 'UPDATE seats SET n = 1 WHERE id = 7', {
      at: 5,
      ms: 3900,
      events: [{ at: 3890, name: 'lock wait', attributes: { 'lock.wait_ms': 3800 } }],
    }),
  ]),
);
const unclear = traceOf(server('desk', 'GET /seats', { ms: 4000 }, [span('desk', 'prepare', { at: 5, ms: 3900 })]));

const TOGETHER: Judgement = {
  symptom: { kind: 'none', text: '' },
  findings: [],
  diagnosis: undefined,
  seenShare: undefined,
};
const healthyTraces = times(20, (i) => quick(90 + i));

function kept(slow: readonly (typeof locked)[], found: readonly string[] = []) {
  const traces = [...slow, ...times(20 - slow.length, (i) => quick(90 + i))];
  const healthy = healthyTraces.map((trace): HealthyRequest => ({ kind: requestKind(trace), found: new Set(found) }));
  const requests = traces.map((trace) => ({ trace, judgement: diagnosed(trace) }));
  return keptVerdict(TOGETHER, { requests, healthy }, healthyTraces).judgement;
}

test('two of twenty are named, and the window has no verdict', () => {
  const { diagnosis, findings } = kept([locked, locked]);
  expect(diagnosis).toBeUndefined();
  expect(findings).toMatchObject([
    {
      detector: 'lock-contention',
      service: 'desk',
      reach: { requests: 2, of: 20, healthy: 0, ofHealthy: 20 },
      whyNotFirst: '2 of 20 requests show it: too few to differ from healthy ones',
    },
  ]);
});

test('nothing is named that a healthy request shows, or that a request is not sure of', () => {
  expect(kept([locked], [kindKey({ detector: 'lock-contention', service: 'desk' })]).findings).toEqual([]);
  expect(kept([unclear, unclear]).findings).toEqual([]);
});

test('most of them give the verdict, with its reach', () => {
  const { diagnosis, findings } = kept(times(10, () => locked));
  expect(diagnosis).toMatchObject({ kind: 'lock-contention', status: 'inconclusive' });
  expect(findings[0]?.reach).toEqual({ requests: 10, of: 20, healthy: 0, ofHealthy: 20 });
});
