/** A profile beside a gap that no span explains: what is asked, what the report shows, and that no verdict changes. */
import { expect, test } from 'vitest';
import { pyroscope } from '#adapters/pyroscope/client.ts';
import { openSession } from '#analyse/open-session.ts';
import { metricsBody } from '#decode/metrics-json.ts';
import { guardMetricSource } from '#gather/guard.ts';
import type { MetricSource, TraceSource } from '#gather/sources.ts';
import { profilesIn } from '#model/metrics/hot-functions.ts';
import { CASE_SETTINGS } from '#test/cases.ts';
import { reportOfMetrics } from '#test/metric-store.ts';
import { patientClock } from '#test/patient-clock.ts';
import { type AskedPyroscope, answeringPyroscope, CPU } from '#test/pyroscope.ts';
import { type Reply, refuse, startRecordedServer } from '#test/recorded-server.ts';
import { diagnoseTrace } from '#workflows/traces/diagnose-trace.ts';

const AT_US = Date.UTC(2026, 0, 6, 14, 30) * 1_000;
const TRACE_ID = '4bf92f3577b34da6a3ce929d0e0e4736';
const LINE =
  'cpu profile of checkout, 14:28 to 14:32 UTC, 0.50 cores: 50 % encoding/json.Marshal, 25 % runtime.mallocgc, 10 % checkout';

function jaegerSpan(spanID: string, operationName: string, atMs: number, ms: number, parent = '') {
  const references = parent === '' ? [] : [{ refType: 'CHILD_OF', traceID: TRACE_ID, spanID: parent }];
  const tags = [{ key: 'span.kind', type: 'string', value: parent === '' ? 'server' : 'internal' }];
  const time = { startTime: AT_US + atMs * 1_000, duration: ms * 1_000 };
  return { traceID: TRACE_ID, spanID, operationName, references, tags, processID: 'p1', ...time };
}

/** Nothing between two spans for 1.8 s. */
const SPANS = [
  jaegerSpan('a1', 'POST /checkout', 0, 2_340),
  jaegerSpan('b1', 'read cart', 5, 95, 'a1'),
  jaegerSpan('c1', 'render', 1_900, 430, 'a1'),
];

const traceSource: TraceSource = {
  name: 'jaeger',
  links: { trace: '', span: '' },
  check: async () => ({ ok: true, detail: '', remedy: '' }),
  async openTrace() {
    const processes = { p1: { serviceName: 'checkout', tags: [] } };
    const body = JSON.stringify({ data: [{ traceID: TRACE_ID, spans: SPANS, processes }] });
    const chunks = (async function* () {
      yield new TextEncoder().encode(body);
    })();
    return { source: 'jaeger', format: 'auto', query: { text: 'GET trace', url: '' }, chunks };
  },
};

async function diagnosed(metricSources: readonly MetricSource[]) {
  const parts = { traceSources: [traceSource], logSources: [], metricSources, openSession, settings: CASE_SETTINGS };
  const stages = await Array.fromAsync(
    diagnoseTrace({ ...parts, clock: patientClock }, { reference: { kind: 'trace', id: TRACE_ID }, forms: {} }),
  );
  const last = stages.at(-1);
  if (last === undefined) throw new Error('no stage');
  return { report: last.analysed.report, kept: await last.evidence?.() };
}

async function withPyroscope(reply: () => Reply) {
  await using server = await startRecordedServer(reply);
  const source = pyroscope({ url: server.url, serviceLabel: 'service_name', profileType: CPU });
  return await diagnosed([guardMetricSource(source, { retries: 0 })]);
}

const profileIn = ({ report }: Awaited<ReturnType<typeof diagnosed>>) =>
  report.findings.flatMap(({ evidence }) => evidence).filter(({ ref }) => ref === 'cpu profile in Pyroscope');

test('the functions that used the processor stand beside the gap, and the verdict is the same', async () => {
  const asked: AskedPyroscope[] = [];
  const alone = await diagnosed([]);
  const beside = await withPyroscope(answeringPyroscope(asked));
  expect(profileIn(beside).map(({ kind, text }) => [kind, text])).toEqual([['metric', LINE]]);
  expect(alone.report.diagnosis).toMatchObject({ kind: 'unexplained-gap', service: 'checkout' });
  expect(beside.report.diagnosis).toEqual(alone.report.diagnosis);
  expect(beside.report.checked).toEqual(alone.report.checked);
  // Once: no earlier day is asked for.
  expect(asked.map(({ method }) => method)).toEqual(['LabelValues', 'SelectMergeStacktraces']);
  expect(beside.report.gaps.map(({ source }) => source)).not.toContain('pyroscope');
});

test('a profile alone is no metric of a window: it rules out no full resource', async () => {
  await using server = await startRecordedServer(answeringPyroscope([]));
  const source = pyroscope({ url: server.url, serviceLabel: 'service_name', profileType: CPU });
  const window = { service: 'checkout', fromUs: AT_US, toUs: AT_US + 900e6 };
  const { report } = await reportOfMetrics(source, window, 3_600e6);
  expect(report?.checked.clear).not.toContain('resource-saturation');
  expect(report?.checked.skipped).toContainEqual({
    detector: 'resource-saturation',
    missing: expect.arrayContaining(['metrics']),
  });
});

test('a case keeps the profile with its metrics', async () => {
  const { kept } = await withPyroscope(answeringPyroscope([]));
  const file = kept?.files.find(({ path }) => path === 'metrics.json');
  const body = metricsBody('case');
  body.push(file?.bytes ?? new Uint8Array());
  const [profile] = profilesIn(body.end());
  expect(profile).toMatchObject({
    service: 'checkout',
    kind: 'cpu',
    source: 'Pyroscope',
    total: expect.closeTo(0.495, 3),
  });
});

test.each([
  ['fails', () => refuse(503), /answered 503/],
  [
    'has none of the service',
    answeringPyroscope([], { LabelValues: { names: ['payment'] } }),
    /^has no known profiles of checkout$/,
  ],
])('a Pyroscope that %s is a gap', async (_, reply, problem) => {
  const alone = await diagnosed([]);
  const beside = await withPyroscope(reply);
  expect(beside.report.diagnosis).toEqual(alone.report.diagnosis);
  expect(beside.report.gaps).toContainEqual({
    source: 'pyroscope',
    problem: expect.stringMatching(problem),
    consequence: 'what the processor did is not known',
  });
});
