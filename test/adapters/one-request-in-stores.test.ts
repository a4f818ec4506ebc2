/** One request in the stores of several vendors: its diagnosis is one, and so are the lines that it rests on. */
import { describe, expect, test } from 'vitest';
import { clickHouse } from '#adapters/clickhouse/client.ts';
import { datadog } from '#adapters/datadog/client.ts';
import { elasticsearchLogs } from '#adapters/elasticsearch/logs.ts';
import { newRelic } from '#adapters/newrelic/client.ts';
import { splunk } from '#adapters/splunk/client.ts';
import { victoriaLogs } from '#adapters/victorialogs/client.ts';
import { zipkin } from '#adapters/zipkin/client.ts';
import { openSession } from '#analyse/open-session.ts';
import { systemClock } from '#core/clock.ts';
import type { LogSource, TraceSource } from '#gather/sources.ts';
import { datadogIdOf } from '#model/trace/datadog-id.ts';
import { rowsAnswer as clickHouseAnswer, linesAnswer, spansAnswer } from '#test/clickhouse-tables.ts';
import { answeringBodies, datadogAt, jsonAnswer } from '#test/datadog-api.ts';
import { guideExamples } from '#test/guide-report.ts';
import { answeringNrql, newRelicAt, rowsAnswer } from '#test/newrelic-api.ts';
import { type Happening, happening, logsJsonlOf } from '#test/otlp.ts';
import { problemTraces } from '#test/problem-traces.ts';
import { type Recorded, replay, startRecordedServer } from '#test/recorded-server.ts';
import { answeringSpl, rowsAnswer as splunkAnswer, splunkAt } from '#test/splunk-api.ts';
import { TRACE_FORMS } from '#test/trace-forms.ts';
import { answeringLogsQl, logRows } from '#test/victorialogs-api.ts';
import { type DiagnosisStage, diagnoseTrace } from '#workflows/diagnose-trace.ts';

type Line = Readonly<{ ts: string; labels: Readonly<Record<string, string>>; line: string }>;

function linesOf(happened: Happening): readonly Line[] {
  return logsJsonlOf(happened)
    .split('\n')
    .filter((row) => row !== '')
    .map((row) => JSON.parse(row) as Line);
}

const isoOf = ({ ts }: Line) => new Date(Number(ts.slice(0, -6))).toISOString();

/** A document of Filebeat with the fields of ECS. */
const hitOf = (line: Line) => ({
  _source: {
    message: line.line,
    service: { name: line.labels.service_name },
    level: line.labels.level,
    ...(line.labels.trace_id && { trace: { id: line.labels.trace_id } }),
    ...(line.labels.span_id && { span: { id: line.labels.span_id } }),
  },
  fields: { '@timestamp': [isoOf(line)] },
});

/** An event of Datadog's, with the ids of its tracers. */
const eventOf = (line: Line) => ({
  type: 'log',
  attributes: {
    timestamp: isoOf(line),
    message: line.line,
    service: line.labels.service_name,
    status: line.labels.level,
    tags: ['kube_namespace:shop'],
    attributes: {
      dd: {
        ...(line.labels.trace_id && { trace_id: datadogIdOf(line.labels.trace_id) }),
        ...(line.labels.span_id && { span_id: datadogIdOf(line.labels.span_id) }),
      },
    },
  },
});

const answer = (text: string): Recorded => ({
  status: 200,
  headers: { 'content-type': 'application/json' },
  body: Buffer.from(text),
});

type Sources = Readonly<{ traceSources: readonly TraceSource[]; logSources: readonly LogSource[] }>;

const STORES = {
  async 'Zipkin and Elasticsearch'(happened: Happening, use: (sources: Sources) => Promise<Told>) {
    await using spans = await startRecordedServer(() => replay(answer(TRACE_FORMS.zipkin(happened))));
    await using lines = await startRecordedServer(
      answeringBodies([], ({ body }) => {
        const hits = JSON.stringify(body).includes(happened.traceId) ? linesOf(happened).map(hitOf) : [];
        return jsonAnswer({ timed_out: false, _shards: { total: 1, failed: 0 }, hits: { hits } });
      }),
    );
    const logs = elasticsearchLogs({ url: lines.url, indices: 'logs-*', timeField: '@timestamp' });
    return await use({ traceSources: [zipkin({ url: spans.url })], logSources: [logs] });
  },
  async 'Zipkin and Splunk'(happened: Happening, use: (sources: Sources) => Promise<Told>) {
    await using spans = await startRecordedServer(() => replay(answer(TRACE_FORMS.zipkin(happened))));
    await using lines = await startRecordedServer(
      answeringSpl([], ({ search }) =>
        splunkAnswer(search.includes(happened.traceId) ? linesOf(happened).map(splunkEvent) : []),
      ),
    );
    return await use({ traceSources: [zipkin({ url: spans.url })], logSources: [splunk(splunkAt(lines.url))] });
  },
  async 'Zipkin and VictoriaLogs'(happened: Happening, use: (sources: Sources) => Promise<Told>) {
    await using spans = await startRecordedServer(() => replay(answer(TRACE_FORMS.zipkin(happened))));
    await using lines = await startRecordedServer(
      answeringLogsQl([], ({ query = '' }) =>
        logRows(query.includes(happened.traceId) ? linesOf(happened).map(victoriaLogsRow) : []),
      ),
    );
    return await use({ traceSources: [zipkin({ url: spans.url })], logSources: [victoriaLogs({ url: lines.url })] });
  },
  async ClickHouse(happened: Happening, use: (sources: Sources) => Promise<Told>) {
    await using server = await startRecordedServer(({ search }) => {
      const isKnown = search.toString().includes(happened.traceId);
      const isOfLines = search.get('param_table') === 'otel_logs';
      return replay(isKnown ? (isOfLines ? linesAnswer(happened) : spansAnswer(happened)) : clickHouseAnswer([]));
    });
    const tables = { database: 'default', tracesTable: 'otel_traces', logsTable: 'otel_logs' };
    const { traces, logs } = clickHouse({ url: server.url, ...tables });
    return await use({ traceSources: traces ? [traces] : [], logSources: logs ? [logs] : [] });
  },
  async Datadog(happened: Happening, use: (sources: Sources) => Promise<Told>) {
    await using server = await startRecordedServer(
      answeringBodies([], ({ path, body }) => {
        if (path === '/api/v2/spans/events/search') return answer(TRACE_FORMS.datadog(happened));
        const data = JSON.stringify(body).includes(happened.traceId) ? linesOf(happened).map(eventOf) : [];
        return jsonAnswer({ data, meta: { status: 'done' } });
      }),
    );
    const { traces, logs } = datadog(datadogAt(server.url));
    return await use({ traceSources: [traces], logSources: [logs] });
  },
  async 'New Relic'(happened: Happening, use: (sources: Sources) => Promise<Told>) {
    await using server = await startRecordedServer(
      answeringNrql([], ({ asked = '' }) => {
        if (asked === '') return rowsAnswer({ spans: spanRows(happened), events: eventRows(happened) });
        return rowsAnswer({ asked: asked.includes(happened.traceId) ? linesOf(happened).map(logRow) : [] });
      }),
    );
    const { traces, logs } = newRelic(newRelicAt(server.url));
    return await use({ traceSources: [traces], logSources: [logs] });
  },
};

/** What New Relic makes of an OTLP span: the resource and the attributes side by side, and its events apart. */
const spanRows = ({ traceId, rows }: Happening) =>
  rows.map((row) => ({
    ...row.resource,
    ...row.attributes,
    timestamp: Math.floor(row.startUs / 1_000),
    'trace.id': traceId,
    id: row.id,
    ...(row.parentId && { 'parent.id': row.parentId }),
    name: row.operation,
    'duration.ms': row.durationUs / 1_000,
    'service.name': row.service,
    'entity.name': row.service,
    ...(row.kind !== 'unspecified' && { 'span.kind': row.kind }),
    ...(row.scope && { 'otel.library.name': row.scope }),
    ...(row.failed && { 'otel.status_code': 'ERROR' }),
    ...(row.failed && row.statusText && { 'otel.status_description': row.statusText, 'error.message': row.statusText }),
    'nr.ingestTimeMs': 1,
  }));

const eventRows = ({ traceId, rows }: Happening) =>
  rows.flatMap((row) =>
    (row.events ?? []).map(({ atUs, name, attributes }) => ({
      ...attributes,
      timestamp: Math.floor(atUs / 1_000),
      name,
      'span.id': row.id,
      'trace.id': traceId,
    })),
  );

/** A line with the names of the agents' logs in context. */
const logRow = (line: Line) => ({
  timestamp: Number(line.ts.slice(0, -6)),
  message: line.line,
  level: line.labels.level,
  'service.name': line.labels.service_name,
  namespace_name: 'shop',
  ...(line.labels.trace_id && { 'trace.id': line.labels.trace_id }),
  ...(line.labels.span_id && { 'span.id': line.labels.span_id }),
});

/** An event of Splunk's, with the fields that OpenTelemetry's collector sends beside it. */
const splunkEvent = (line: Line) => ({
  _raw: line.line,
  spanhound_time: `${line.ts.slice(0, -9)}.${line.ts.slice(-9)}`,
  level: line.labels.level,
  'service.name': line.labels.service_name,
  'k8s.namespace.name': 'shop',
  ...(line.labels.trace_id && { trace_id: line.labels.trace_id }),
  ...(line.labels.span_id && { span_id: line.labels.span_id }),
});

/** A row of VictoriaLogs', as its endpoint for OTLP names the fields. */
const victoriaLogsRow = (line: Line) => ({
  _time: `${isoOf(line).slice(0, -1)}${line.ts.slice(-6)}Z`,
  _msg: line.line,
  'service.name': line.labels.service_name,
  severity_text: line.labels.level,
  'k8s.namespace.name': 'shop',
  ...(line.labels.trace_id && { trace_id: line.labels.trace_id }),
  ...(line.labels.span_id && { span_id: line.labels.span_id }),
});

type Told = Readonly<{
  verdict: unknown;
  findings: readonly unknown[];
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

const requests = [...guideExamples, ...problemTraces]
  .filter(({ logs }) => logs.some(({ tie }) => tie === 'fields'))
  .map((scenario) => happening(scenario));

describe('one request has one diagnosis, with its lines', () => {
  test.each(requests.map((happened) => [happened.scenario.name, happened] as const))('%s', async (_, happened) => {
    const use = (sources: Sources) => told(happened.traceId, sources);
    const before = await STORES['Zipkin and Elasticsearch'](happened, use);
    expect(before.findings).not.toEqual([]);
    expect(await STORES.Datadog(happened, use)).toEqual(before);
    expect(await STORES['New Relic'](happened, use)).toEqual(before);
    expect(await STORES['Zipkin and Splunk'](happened, use)).toEqual(before);
    expect(await STORES['Zipkin and VictoriaLogs'](happened, use)).toEqual(before);
    expect(await STORES.ClickHouse(happened, use)).toEqual(before);
  });

  test('some of them rest on lines', async () => {
    const all = await Promise.all(requests.map((one) => STORES.Datadog(one, (sources) => told(one.traceId, sources))));
    expect(all.flatMap(({ lines }) => lines).length).toBeGreaterThan(0);
    expect(all.flatMap(({ gaps }) => gaps)).toEqual([]);
  });

  test('a trace of which Datadog kept the last half of its id is found by the whole one', async () => {
    const [happened] = requests;
    if (happened === undefined) throw new Error('there is no request with lines');
    const { traceId } = happened;
    const halved = TRACE_FORMS.datadog(happened).replaceAll(traceId, datadogIdOf(traceId));
    await using server = await startRecordedServer(
      answeringBodies([], ({ path }) =>
        path === '/api/v2/spans/events/search' ? answer(halved) : jsonAnswer({ data: linesOf(happened).map(eventOf) }),
      ),
    );
    const { traces, logs } = datadog(datadogAt(server.url));
    const asked = (id: string) => told(id, { traceSources: [traces], logSources: [logs] });
    const whole = await STORES.Datadog(happened, (sources) => told(traceId, sources));
    expect(await asked(traceId)).toEqual(whole);
    expect(await asked(datadogIdOf(traceId))).toEqual(whole);
  });
});
