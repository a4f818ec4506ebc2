/** What no verdict may depend on: how the spans are ordered, named, dated and written, and who else was at work. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { detectors } from '#detect/registry.ts';
import { guideExamples } from '#test/guide-report.ts';
import { inGate } from '#test/in-gate.ts';
import { type Happening, happening, logsJsonlOf } from '#test/otlp.ts';
import { problemTraces } from '#test/problem-traces.ts';
import { randomOf } from '#test/random.ts';
import { reportOf } from '#test/report-of.ts';
import { healthyBeside, TRACE_CHANGES } from '#test/trace-changes.ts';
import { TRACE_FORMS, type TraceForm } from '#test/trace-forms.ts';

type Report = Awaited<ReturnType<typeof reportOf>>;
type Known = Readonly<{ happened: Happening; report: Report; waitedFor: ReadonlySet<string> }>;

const examples = [...guideExamples, ...problemTraces].map((scenario) => {
  const happened = happening(scenario);
  // With something healthy in each that can be taken away.
  return { ...happened, rows: healthyBeside(happened.rows, randomOf(1)) };
});
const names = examples.map(({ scenario }) => scenario.name);
const known = new Map<string, Promise<Known>>();

/** An example with its report, and the spans that this rests on. */
function example(name: string): Promise<Known> {
  const before = known.get(name);
  if (before !== undefined) return before;
  const now = read(name);
  known.set(name, now);
  return now;
}

async function read(name: string): Promise<Known> {
  const happened = examples.find(({ scenario }) => scenario.name === name);
  if (happened === undefined) throw new Error(`there is no ${name}`);
  const report = await analysed(happened, 'otlp');
  const onPath = report.criticalPath.map(({ spanId }) => spanId);
  return { happened, report, waitedFor: new Set([...onPath, ...report.findings.flatMap(({ spanIds }) => spanIds)]) };
}

function analysed(happened: Happening, form: TraceForm): Promise<Report> {
  return reportOf(TRACE_FORMS[form](happened), { logs: logsJsonlOf(happened) });
}

/** A thousandth of the request is rounding. */
const ROUNDING = 1000;

/** What is wrong, where, by how much, and how bad that is. */
function told({ findings, diagnosis, trace }: Report) {
  const unitUs = Math.max(1, (trace?.durationUs ?? 0) / ROUNDING);
  return {
    verdict: [diagnosis?.kind, diagnosis?.service, diagnosis?.operation, diagnosis?.verdict, diagnosis?.status],
    findings: findings
      .map(({ detector, severity, service, operation, wastedUs }) =>
        [detector, severity, service, operation, Math.round(wastedUs / unitUs)].join(' | '),
      )
      .sort(),
  };
}

test('the examples show every detector of a single trace at work', async () => {
  const found = new Set<string>();
  for (const name of names) for (const { detector } of (await example(name)).report.findings) found.add(detector);
  const ofOneTrace = detectors.filter(({ needs }) => needs.every((need) => need === 'trace')).map(({ id }) => id);
  expect(ofOneTrace.filter((id) => !found.has(id))).toEqual([]);
});

describe.each(['jaeger', 'zipkin', 'datadog'] as const)('the report is the same of %s’s form of', (form) => {
  const { gate, deep } = inGate(names, 3);
  test.each(gate)('%s', isSame);
  test.each(deep)('%s', { tags: ['deep'] }, isSame);

  async function isSame(name: string): Promise<void> {
    const { happened, report } = await example(name);
    expect(told(await analysed(happened, form))).toEqual(told(report));
  }
});

const CHANGES = Object.keys(TRACE_CHANGES) as (keyof typeof TRACE_CHANGES)[];
const FORMS = Object.keys(TRACE_FORMS) as TraceForm[];

test('changes that leave the problem alone leave the findings and the verdict alone', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...names),
      fc.uniqueArray(fc.constantFrom(...CHANGES), { minLength: 1 }),
      fc.constantFrom(...FORMS),
      fc.integer(),
      async (name, changes, form, seed) => {
        const { happened, report, waitedFor } = await example(name);
        const random = randomOf(seed);
        // What rests on ids is taken away before they change.
        const inOrder = changes.toSorted((a, b) => CHANGES.indexOf(b) - CHANGES.indexOf(a));
        const changed = inOrder.reduce(
          (so, change) => TRACE_CHANGES[change](so, random, (id) => waitedFor.has(id)),
          happened,
        );
        expect(told(await analysed(changed, form))).toEqual(told(report));
      },
    ),
    // Each analyses a whole trace: 50 ms.
    { numRuns: Math.ceil((fc.readConfigureGlobal().numRuns ?? 250) / 2) },
  );
});
