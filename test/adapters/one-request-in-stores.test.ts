/** One request in the stores of several vendors: its diagnosis is one, and so are the lines that it rests on. */
import { describe, expect, test } from 'vitest';
import { datadog } from '#adapters/datadog/client.ts';
import { jaeger } from '#adapters/jaeger/client.ts';
import { openSession } from '#analyse/open-session.ts';
import { systemClock } from '#core/clock.ts';
import type { LogSource, TraceSource } from '#gather/sources.ts';
import { datadogIdOf } from '#model/trace/datadog-id.ts';
import { answeringBodies, datadogAt, jsonAnswer } from '#test/datadog-api.ts';
import { guideExamples } from '#test/guide-report.ts';
import { inTurn } from '#test/in-gate.ts';
import { datadogEvent, linesOf } from '#test/line-forms.ts';
import { type Happening, happening } from '#test/otlp.ts';
import { problemTraces } from '#test/problem-traces.ts';
import { replay, startRecordedServer } from '#test/recorded-server.ts';
import { LOG_STORES, type OpenStore, TRACE_STORES } from '#test/stores-of-request.ts';
import { TRACE_FORMS } from '#test/trace-forms.ts';
import { type DiagnosisStage, diagnoseTrace } from '#workflows/traces/diagnose-trace.ts';

type Sources = Readonly<{ traceSources: readonly TraceSource[]; logSources: readonly LogSource[] }>;

type Told = Readonly<{
  verdict: readonly unknown[];
  findings: readonly (readonly unknown[])[];
  lines: readonly string[];
  gaps: readonly unknown[];
}>;

async function told(traceId: string, sources: Sources): Promise<Told> {
  const links = { trace: '', span: '', logs: '', runbooks: '' };
  const parts = {
    ...sources,
    clock: systemClock,
    deadlineMs: 20_000,
    openSession,
    settings: { thresholds: {}, links, maxClockSkewUs: 0 },
  };
  const stages: DiagnosisStage[] = [];
  for await (const stage of diagnoseTrace(parts, { reference: { kind: 'trace', id: traceId }, forms: {} }))
    stages.push(stage);
  const report = stages.at(-1)?.analysed.report;
  const { kind, service, operation, verdict, status } = report?.diagnosis ?? {};
  return {
    verdict: [kind, service, operation, verdict, status],
    findings: (report?.findings ?? []).map((finding) => [finding.detector, finding.service, finding.spanIds]).sort(),
    lines: (report?.findings ?? [])
      .flatMap(({ evidence }) => evidence.filter((one) => one.kind === 'log').map(({ text }) => text))
      .sort(),
    gaps: report?.gaps ?? [],
  };
}

const all = [...guideExamples, ...problemTraces].map((scenario) => happening(scenario));
const requests = all.filter(({ scenario: { logs } }) => logs.some(({ tie }) => tie === 'fields'));

/** What a store keeps of a request, and whether its spans have other names there: the cause is the same in other words. */
type Keeping = Readonly<{ kept: (happened: Happening) => Happening; renames?: true }>;

const withEvents =
  (isKept: (name: string) => boolean) =>
  (happened: Happening): Happening => {
    const rows = happened.rows.map((row) => ({
      ...row,
      events: (row.events ?? []).filter(({ name }) => isKept(name)),
    }));
    return { ...happened, rows };
  };
const EXCEPTIONS = withEvents((name) => name === 'exception');

const WHOLE: Keeping = { kept: (happened) => happened };
const KEPT: Readonly<Record<string, Keeping>> = {
  'Application Insights': { kept: EXCEPTIONS },
  'AWS X-Ray': { kept: EXCEPTIONS, renames: true },
  'Google Cloud Trace': { kept: withEvents(() => false) },
};

/** A span of a consumer is a part of another program in X-Ray, which says nothing of its own. */
function isIn(store: string, { rows }: Happening): boolean {
  return store !== 'AWS X-Ray' || !rows.some(({ kind }) => kind === 'consumer');
}

type Opened = Readonly<{
  traces: ReadonlyMap<string, TraceSource>;
  logs: ReadonlyMap<string, LogSource>;
  stop(): Promise<void>;
}>;

async function openAll(happened: Happening): Promise<Opened> {
  const all = async <Source>(stores: Readonly<Record<string, (one: Happening) => Promise<OpenStore<Source>>>>) =>
    await Promise.all(Object.entries(stores).map(async ([name, open]) => [name, await open(happened)] as const));
  const [traces, logs] = [await all(TRACE_STORES), await all(LOG_STORES)];
  return {
    traces: new Map(traces.map(([name, { source }]) => [name, source])),
    logs: new Map(logs.map(([name, { source }]) => [name, source])),
    async stop() {
      await Promise.all([...traces, ...logs].map(([, { server }]) => server[Symbol.asyncDispose]()));
    },
  };
}

/** What every store keeps: the kind of the cause, where it is, and which services the findings are about. */
function causeOf({ verdict, findings, lines, gaps }: Told) {
  const [kind, service, , , status] = verdict;
  return { cause: [kind, service, status], findings: findings.map(([detector, of]) => [detector, of]), lines, gaps };
}

/** An analysis takes spans and lines from wherever they came. In the gate each store of spans meets one of lines, in turn. */
describe.each(requests.map((happened, at) => [happened.scenario.name, happened, at] as const))(
  'one request has one diagnosis in each pair of stores, with its lines: %s',
  (_, happened, at) => {
    const pairs = Object.keys(TRACE_STORES).map((spans, index) => {
      const { gate, deep } = inTurn(Object.keys(LOG_STORES), at + index);
      return [spans, { gate, deep }] as const;
    });
    const gate = pairs.map(([spans, lines]) => [spans, lines.gate] as const);
    const deep = pairs.map(([spans, lines]) => [spans, lines.deep] as const);
    test('in the pairs of the gate', () => isOne(gate));
    test('in all others', { tags: ['deep'] }, () => isOne(deep));

    async function isOne(tried: readonly (readonly [spans: string, lines: readonly string[]])[]): Promise<void> {
      const { traces, logs, stop } = await openAll(happened);
      try {
        const ask = async (spans: string, lines: string) => {
          const [one, other] = [traces.get(spans), logs.get(lines)];
          return await told(happened.traceId, { traceSources: one ? [one] : [], logSources: other ? [other] : [] });
        };
        const first = await ask('Jaeger', 'Loki');
        expect(first.findings).not.toEqual([]);
        for (const [spans, stores] of tried) {
          for (const lines of stores) {
            const found = await ask(spans, lines);
            if (KEPT[spans]) expect.soft(causeOf(found), `${spans}, ${lines}`).toEqual(causeOf(first));
            else expect.soft(found, `${spans}, ${lines}`).toEqual(first);
          }
        }
      } finally {
        await stop();
      }
    }
  },
);

/** In the gate each store of spans meets each third of these requests. */
const PARTS = 3;

describe('one request has one diagnosis in each store of traces', () => {
  const rest = all.filter((one) => !requests.includes(one));
  const inPart = (of: number) => Object.keys(TRACE_STORES).filter((_, store) => store % PARTS === of);
  const parts = Array.from({ length: PARTS }, (_, of) => inPart(of));
  const named = rest.map((happened, at) => [happened.scenario.name, happened, inTurn(parts, at)] as const);
  test.each(named)('%s', (_, happened, { gate }) => isOne(happened, gate.flat()));
  test.each(named)('%s, in the others', { tags: ['deep'] }, (_, happened, { deep }) => isOne(happened, deep.flat()));

  async function isOne(happened: Happening, stores: readonly string[]): Promise<void> {
    const { traces, stop } = await openAll(happened);
    const expected = new Map<Keeping, Told>();
    try {
      const ask = async (source: TraceSource) =>
        await told(happened.traceId, { traceSources: [source], logSources: [] });
      for (const [name, source] of traces) {
        if (!stores.includes(name) || !isIn(name, happened)) continue;
        const keeping = KEPT[name] ?? WHOLE;
        const wanted = expected.get(keeping) ?? (await asked(keeping.kept(happened)));
        expected.set(keeping, wanted);
        const found = await ask(source);
        if (keeping.renames) expect.soft(causeOf(found), name).toEqual(causeOf(wanted));
        else expect.soft(found, name).toEqual(wanted);
      }
    } finally {
      await stop();
    }
  }
});

/** What Jaeger, which keeps all of a span, tells of a request. */
async function asked(happened: Happening): Promise<Told> {
  await using server = await startRecordedServer(() => replay(jsonAnswer(JSON.parse(TRACE_FORMS.jaeger(happened)))));
  return await told(happened.traceId, { traceSources: [jaeger({ url: server.url })], logSources: [] });
}

test('some diagnoses rest on lines, and none lacks anything', async () => {
  const found = await Promise.all(
    requests.map(async (happened) => {
      const { traces, logs, stop } = await openAll(happened);
      const sources = { traceSources: [...traces.values()].slice(0, 1), logSources: [...logs.values()].slice(0, 1) };
      return await told(happened.traceId, sources).finally(stop);
    }),
  );
  expect(found.flatMap(({ lines }) => lines).length).toBeGreaterThan(0);
  expect(found.flatMap(({ gaps }) => gaps)).toEqual([]);
});

test('a trace of which Datadog kept the last half of its id is found by the whole one', async () => {
  const [happened] = requests;
  if (happened === undefined) throw new Error('there is no request with lines');
  const { traceId } = happened;
  const halved = TRACE_FORMS.datadog(happened).replaceAll(traceId, datadogIdOf(traceId));
  await using server = await startRecordedServer(
    answeringBodies([], ({ path }) =>
      path === '/api/v2/spans/events/search'
        ? { ...jsonAnswer({}), body: Buffer.from(halved) }
        : jsonAnswer({ data: linesOf(happened).map(datadogEvent) }),
    ),
  );
  const { traces, logs } = datadog(datadogAt(server.url));
  const asked = (id: string) => told(id, { traceSources: [traces], logSources: [logs] });
  const stores = await openAll(happened);
  const [spans, lines] = [stores.traces.get('Datadog'), stores.logs.get('Datadog')];
  const whole = await told(traceId, { traceSources: spans ? [spans] : [], logSources: lines ? [lines] : [] });
  await stores.stop();
  expect(await asked(traceId)).toEqual(whole);
  expect(await asked(datadogIdOf(traceId))).toEqual(whole);
});
