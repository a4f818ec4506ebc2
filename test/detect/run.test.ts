/** The runner makes once what is the same for thousands of traces, and nothing else. */
import { expect, test } from 'vitest';
import { defineDetector } from '#detect/detector.ts';
import { runDetector, runDetectors } from '#detect/run.ts';
import { USUAL_WHYS } from '#model/finding/detector-traits.ts';
import type { Facts } from '#model/finding/finding.ts';
import { logLine } from '#test/log-line.ts';
import { server, traceOf } from '#test/trace.ts';

const trace = traceOf(server('orders', 'GET /orders', { ms: 5 }));

/** Finds the facts that it is told to find, and notes what it is asked. */
function standIn(facts: readonly Facts[]) {
  const seen: string[][] = [];
  const said: Facts[] = [];
  const detector = defineDetector({
    id: 'stand-in',
    title: '',
    why: '',
    runbook: 'runbooks/stand-in.md',
    clear: '',
    role: 'mechanism',
    field: 'runtime',
    coverage: 'spans',
    nextWhys: USUAL_WHYS,
    checkQueries: [],
    namesCause: 'never',
    silent: [],
    needs: ['trace'],
    uses: ['logs'],
    thresholds: {},
    detect(evidence) {
      seen.push(Object.keys(evidence).sort());
      const found = facts[seen.length - 1];
      return found ? [{ service: 's', operation: '', spans: [0], wastedUs: 0, facts: found }] : [];
    },
    say(told) {
      said.push(told);
      return { title: `size ${told.size}`, explanation: '', remedy: '', check: '' };
    },
  });
  return { detector, seen, said };
}

test('words are made once for equal facts, and anew where one differs, is missing or is new', () => {
  const facts: Facts[] = [{ size: 1 }, { size: 1 }, { size: 2 }, { size: 2, more: true }, { size: 2 }];
  const { detector, said } = standIn(facts);
  const titles = facts.map(() => {
    const outcome = runDetector(detector, { trace });
    return outcome.kind === 'found' ? outcome.findings[0]?.title : outcome.kind;
  });
  expect(titles).toEqual(['size 1', 'size 1', 'size 2', 'size 2', 'size 2']);
  expect(said.map(({ size, more }) => ({ size, more }))).toEqual([
    { size: 1, more: undefined },
    { size: 2, more: undefined },
    { size: 2, more: true },
    { size: 2, more: undefined },
  ]);
});

test('a detector sees the evidence that it declared, as far as there is some, whatever there was for the trace before', () => {
  const { detector, seen } = standIn([]);
  const logs = [logLine('orders', 0, 'x')];
  runDetectors([detector], { trace, earlierLogs: [] });
  runDetectors([detector], { trace, logs, earlierLogs: [] });
  expect(runDetectors([detector], { logs })).toEqual([{ detector: 'stand-in', kind: 'skipped', missing: ['trace'] }]);
  runDetectors([detector], { trace });
  expect(seen).toEqual([['trace'], ['logs', 'trace'], ['trace']]);
});
