// @module-tag deep
/** More evidence never makes a verdict worse: what happened around a request adds to it, and takes nothing from it. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Change } from '#model/changes/change.ts';
import { CHANGE_KINDS } from '#model/changes/change.ts';
import type { Judgement } from '#model/finding/diagnosis.ts';
import { traceFrom } from '#model/trace/build/span-rows.ts';
import type { Trace } from '#model/trace/trace.ts';
import { changeBefore, clusterAround, type DrawnAround, judgedAround, seriesAround } from '#test/around.ts';
import { guideExamples } from '#test/guide-report.ts';
import { happening } from '#test/otlp.ts';
import { ended, pod } from '#test/platform.ts';
import { problemTraces } from '#test/problem-traces.ts';
import '#test/property-runs.ts';
import { scenarios } from '#test/scenarios.ts';

const traces = [...guideExamples, ...scenarios, ...problemTraces].map((scenario) => {
  const { rows } = happening(scenario);
  return [scenario.name, traceFrom(rows, 'drawn')] as const;
});

const DIFFS = [
  '',
  '-.cart { color: red }\n+.cart { color: green }\n',
  '@@ a.ts @@\n-  return get(url, { timeout: 4000 });\n+  return get(url, { timeout: 250 });\n',
  '@@ b.ts @@\n+  for (const item of items) {\n+    found.push(await store.getOne(item));\n+  }\n',
  "@@ c.ts @@\n-  const query = 'SELECT id FROM orders WHERE user_id = $1';\n+  const query = 'SELECT id FROM orders WHERE lower(user_id) = $1';\n",
];

/** Whoever names a table that the request waits for may use its database: that is a sign of its own. */
const OF_OTHER_TABLES = DIFFS.map((diff) => diff.replaceAll('orders', 'parcels'));

const change = (services: readonly string[], diffs = DIFFS): fc.Arbitrary<Change> =>
  fc
    .record({
      seconds: fc.integer({ min: -100, max: 9_000 }),
      kind: fc.constantFrom(...CHANGE_KINDS),
      service: fc.constantFrom(...services),
      diff: fc.constantFrom(...diffs),
      text: fc.constantFrom('', 'version 7', 'raise the limit of connections', 'tidy imports'),
    })
    .map(({ seconds, ...more }) => changeBefore(seconds, more));

/** Series of processors, memory and pools that rise at some time; no pool is free. */
const series = (services: readonly string[]) =>
  fc
    .record({
      service: fc.constantFrom(...services),
      name: fc.constantFrom('cpu_utilization', 'memory_utilization', 'hikaricp_connections_active'),
      before: fc.double({ min: 0.85, max: 0.9, noNaN: true }),
      after: fc.double({ min: 0.85, max: 1, noNaN: true }),
      since: fc.integer({ min: -600, max: 60 }),
    })
    .map(({ service, name, before, after, since }) => {
      const isPool = name.startsWith('hikaricp');
      const size = isPool ? 20 : 1;
      const labels = { service, pod: `${service}-1` };
      const used = seriesAround(name, labels, (second) => size * (second >= since ? after : before));
      return isPool ? [used, seriesAround('hikaricp_connections_max', labels, () => size)] : [used];
    });

/** Pods that run, and such that were killed at some time. */
const cluster = (services: readonly string[], kills: readonly number[]) =>
  fc
    .array(fc.record({ service: fc.constantFrom(...services), after: fc.constantFrom(...kills) }), { maxLength: 3 })
    .map((all) =>
      clusterAround(
        all.map(({ service, after }, at) =>
          pod({
            name: `${service}-5d4b9f6c8d-aaaa${at}`,
            labels: { app: service },
            owner: `${service}-5d4b9f6c8d`,
            created: 9_000,
            containers: [
              {
                name: service,
                ready: true,
                ...(Number.isFinite(after) && {
                  restarts: 1,
                  last: ended('OOMKilled', 137, { from: 8_000, to: -after }),
                }),
              },
            ],
          }),
        ),
      ),
    );

function around(services: readonly string[], kills: readonly number[], diffs = DIFFS): fc.Arbitrary<DrawnAround> {
  return fc.record({
    changes: fc.uniqueArray(change(services, diffs), { maxLength: 5, selector: ({ id }) => id }),
    series: fc.array(series(services), { maxLength: 4 }).map((all) => all.flat()),
    platform: cluster(services, kills),
  });
}

/** Without what the silence of further detectors rules out. */
function plain({ findings, diagnosis }: Judgement) {
  return { findings, diagnosis: diagnosis && { ...diagnosis, ruledOut: [] } };
}

const STRANGERS = ['zz-ledger', 'zz-mailer'];
const NEVER = [Number.POSITIVE_INFINITY];

describe.each(traces)('%s', (_, trace: Trace) => {
  const alone = judgedAround(trace).judgement;

  test('what happened to services that are not behind it changes nothing', () => {
    fc.assert(
      fc.property(around(STRANGERS, [...NEVER, 0.2, -30], OF_OTHER_TABLES), (drawn) => {
        expect(plain(judgedAround(trace, drawn).judgement)).toEqual(plain(alone));
      }),
      { numRuns: 8 },
    );
  });

  test('a stranger’s change of a table that the request waits for is possible at most', () => {
    fc.assert(
      fc.property(around(STRANGERS, [...NEVER, 0.2, -30]), (drawn) => {
        const { findings, diagnosis } = judgedAround(trace, drawn).judgement;
        expect(diagnosis?.change).toBeUndefined();
        const { kind, service, status, confidence, chain } = alone.diagnosis ?? {};
        if (diagnosis !== undefined) expect(diagnosis).toMatchObject({ kind, service, status, confidence, chain });
        expect(findings.slice(0, alone.findings.length)).toEqual(alone.findings);
        expect(findings.slice(alone.findings.length).every(({ facts }) => facts.isPossible === true)).toBe(true);
      }),
      { numRuns: 8 },
    );
  });

  test('what happened to its own services adds to the verdict, and loses no finding', () => {
    fc.assert(
      fc.property(around([...trace.services, ''], NEVER), (drawn) => {
        const { findings, diagnosis } = judgedAround(trace, drawn).judgement;
        const names = findings.map(({ detector, service }) => `${detector} ${service}`);
        expect(names).toEqual(expect.arrayContaining(alone.findings.map((one) => `${one.detector} ${one.service}`)));
        expect(diagnosis?.service).toBe(alone.diagnosis?.service);
        if (alone.diagnosis === undefined || alone.diagnosis.status === 'inconclusive') return;
        const { kind, status, verdict, confidence } = alone.diagnosis;
        expect(diagnosis).toMatchObject({ kind, status, confidence });
        expect(diagnosis?.verdict.startsWith(verdict)).toBe(true);
      }),
      { numRuns: 8 },
    );
  });

  test('the order in which it is told changes nothing', () => {
    fc.assert(
      fc.property(around([...trace.services, ''], [...NEVER, 0.2]), ({ changes = [], series: all = [], ...rest }) => {
        const told = judgedAround(trace, { changes, series: all, ...rest }).judgement;
        const turned = { changes: changes.toReversed(), series: all.toReversed(), ...rest };
        expect(plain(judgedAround(trace, turned).judgement)).toEqual(plain(told));
      }),
      { numRuns: 4 },
    );
  });
});
