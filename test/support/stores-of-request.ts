/**
 * Stores that hold one request, each in the form in which its vendor keeps spans or lines, behind the adapter that reads
 * it. Where a vendor takes OpenTelemetry's spans, the form is that of its exporter.
 */
import { azure } from '#adapters/azure/client.ts';
import { clickHouse } from '#adapters/clickhouse/client.ts';
import { cloudWatchLogs } from '#adapters/cloudwatch/logs.ts';
import { datadog } from '#adapters/datadog/client.ts';
import { elasticsearchLogs } from '#adapters/elasticsearch/logs.ts';
import { elasticsearchTraces } from '#adapters/elasticsearch/traces.ts';
import { cloudLogging } from '#adapters/google-cloud/logs.ts';
import { cloudTraces } from '#adapters/google-cloud/traces.ts';
import { jaeger } from '#adapters/jaeger/client.ts';
import { loki } from '#adapters/loki/client.ts';
import { newRelic } from '#adapters/newrelic/client.ts';
import { splunk } from '#adapters/splunk/client.ts';
import { tempo } from '#adapters/tempo/client.ts';
import { victoriaLogs } from '#adapters/victorialogs/client.ts';
import { xrayTraces } from '#adapters/xray/client.ts';
import { zipkin } from '#adapters/zipkin/client.ts';
import type { LogSource, TraceSource } from '#gather/sources.ts';
import { xrayTraceId } from '#model/trace/trace-id.ts';
import { answeringAws, awsAnswer, awsAt } from '#test/aws-services.ts';
import { rowsAnswer as clickHouseAnswer, linesAnswer, spansAnswer } from '#test/clickhouse-tables.ts';
import { answeringCloud } from '#test/cloud-apis.ts';
import { cloudTraceOf } from '#test/cloud-trace-form.ts';
import { answeringBodies, datadogAt, jsonAnswer } from '#test/datadog-api.ts';
import { insightsRowsOf, tableOf } from '#test/insights-form.ts';
import {
  azureRow,
  cloudWatchRow,
  datadogEvent,
  elasticHit,
  googleEntry,
  linesOf,
  lokiStream,
  newRelicLine,
  splunkEvent,
  victoriaLogsRow,
} from '#test/line-forms.ts';
import { answeringNrql, newRelicAt, rowsAnswer } from '#test/newrelic-api.ts';
import { newRelicEventsOf, newRelicSpansOf } from '#test/newrelic-form.ts';
import { type Happening, otlpOf } from '#test/otlp.ts';
import { type Recorded, type RecordedServer, refuse, replay, startRecordedServer } from '#test/recorded-server.ts';
import { DOCUMENT_FORMS, type DocumentForm, SPAN_INDICES } from '#test/search-documents.ts';
import { answeringSpl, rowsAnswer as splunkAnswer, splunkAt } from '#test/splunk-api.ts';
import { TRACE_FORMS } from '#test/trace-forms.ts';
import { answeringLogsQl, logRows } from '#test/victorialogs-api.ts';
import { xraySegmentsOf } from '#test/xray-form.ts';

/** A server that holds the request, and the source that reads it. Whoever opens it stops the server. */
export type OpenStore<Source> = Readonly<{ server: RecordedServer; source: Source }>;
type Open<Source> = (happened: Happening) => Promise<OpenStore<Source>>;

const answer = (text: string): Recorded => ({
  status: 200,
  headers: { 'content-type': 'application/json' },
  body: Buffer.from(text),
});

/** Whether a question is about the trace: any other finds nothing. */
const isOf = ({ traceId }: Happening, asked: unknown) => JSON.stringify(asked).includes(traceId);

async function opened<Source>(
  reply: Parameters<typeof startRecordedServer>[0],
  source: (url: URL) => Source | undefined,
): Promise<OpenStore<Source>> {
  const server = await startRecordedServer(reply);
  const found = source(server.url);
  if (found === undefined) throw new Error('the adapter has no such source');
  return { server, source: found };
}

const always = (text: string) => () => replay(answer(text));

/** As one hit of a search, whatever it asks: events are in indices of their own. */
const searchOf = (form: DocumentForm) => (happened: Happening) =>
  opened(
    answeringBodies([], ({ body }) => {
      const isForEvents = JSON.stringify(body).includes('"error.id"');
      const hits = DOCUMENT_FORMS[form](happened)
        .filter(({ index }) => index.startsWith('logs-') === isForEvents)
        .map(({ source }) => ({ _source: source, sort: [] }));
      return jsonAnswer({ timed_out: false, _shards: { total: 1 }, hits: { hits } });
    }),
    (url) => elasticsearchTraces({ url, indices: SPAN_INDICES }),
  );

const clickHouseAt = (happened: Happening) =>
  opened(
    ({ search }) => {
      const isOfLines = search.get('param_table') === 'otel_logs';
      const found = isOfLines ? linesAnswer(happened) : spansAnswer(happened);
      return replay(search.toString().includes(happened.traceId) ? found : clickHouseAnswer([]));
    },
    (url) => clickHouse({ url, database: 'default', tracesTable: 'otel_traces', logsTable: 'otel_logs' }),
  );

const datadogWith = (happened: Happening) =>
  opened(
    answeringBodies([], ({ path, body }) => {
      if (path === '/api/v2/spans/events/search') return answer(TRACE_FORMS.datadog(happened));
      const data = isOf(happened, body) ? linesOf(happened).map(datadogEvent) : [];
      return jsonAnswer({ data, meta: { status: 'done' } });
    }),
    (url) => datadog(datadogAt(url)),
  );

const newRelicWith = (happened: Happening) =>
  opened(
    answeringNrql([], ({ asked = '' }) => {
      if (asked !== '') return rowsAnswer({ asked: isOf(happened, asked) ? linesOf(happened).map(newRelicLine) : [] });
      return rowsAnswer({ spans: newRelicSpansOf(happened), events: newRelicEventsOf(happened) });
    }),
    (url) => newRelic(newRelicAt(url)),
  );

const GUID = '1234abcd-0000-4000-8000-9abcdef12345';
const azureWith = (happened: Happening) =>
  opened(
    answeringCloud([], ({ body }) => {
      if (body.includes('AppTraces'))
        return jsonAnswer(tableOf(isOf(happened, body) ? linesOf(happened).map(azureRow) : []));
      return jsonAnswer(tableOf(insightsRowsOf(happened)));
    }),
    (url) => azure({ url, workspace: GUID, accessToken: async () => 'eyJ.t0ken' }),
  );

const PROJECT = 'shop-prod-123';
const GOOGLE = { accessToken: async () => 'ya29.t0ken' };

const partOf = async <All extends object, Part extends keyof All>(store: Promise<OpenStore<All>>, part: Part) => {
  const { server, source } = await store;
  return { server, source: source[part] as NonNullable<All[Part]> };
};

export const TRACE_STORES: Readonly<Record<string, Open<TraceSource>>> = {
  Jaeger: (happened) => opened(always(TRACE_FORMS.jaeger(happened)), (url) => jaeger({ url })),
  Zipkin: (happened) => opened(always(TRACE_FORMS.zipkin(happened)), (url) => zipkin({ url })),
  Tempo: (happened) =>
    opened(
      ({ path }) =>
        path.startsWith('/api/v2/traces/') ? replay(answer(JSON.stringify({ trace: otlpOf(happened) }))) : refuse(404),
      (url) => tempo({ url }),
    ),
  'Elasticsearch by Jaeger': searchOf('Jaeger’s'),
  'Elasticsearch by the collector': searchOf('the collector’s'),
  'OpenSearch by Data Prepper': searchOf('Data Prepper’s'),
  ClickHouse: (happened) => partOf(clickHouseAt(happened), 'traces'),
  Datadog: (happened) => partOf(datadogWith(happened), 'traces'),
  'New Relic': (happened) => partOf(newRelicWith(happened), 'traces'),
  'Application Insights': (happened) => partOf(azureWith(happened), 'traces'),
  'AWS X-Ray': (happened) =>
    opened(
      answeringAws([], () => {
        const Segments = xraySegmentsOf(happened).map((one) => ({ Id: one.id, Document: JSON.stringify(one) }));
        return awsAnswer({ Traces: [{ Id: xrayTraceId(happened.traceId), Segments }], UnprocessedTraceIds: [] });
      }),
      (url) => xrayTraces(awsAt(url)),
    ),
  'Google Cloud Trace': (happened) =>
    opened(
      answeringCloud([], () => jsonAnswer(cloudTraceOf(happened, PROJECT))),
      (url) => cloudTraces({ url, project: PROJECT, ...GOOGLE }),
    ),
};

export const LOG_STORES: Readonly<Record<string, Open<LogSource>>> = {
  Loki: (happened) =>
    opened(
      ({ search }) => {
        const isAsked = isOf(happened, search.get('query'));
        const result = isAsked ? linesOf(happened).map(lokiStream) : [];
        return replay(jsonAnswer({ status: 'success', data: { resultType: 'streams', result } }));
      },
      (url) => loki({ url }),
    ),
  Elasticsearch: (happened) =>
    opened(
      answeringBodies([], ({ body }) => {
        const hits = isOf(happened, body) ? linesOf(happened).map(elasticHit) : [];
        return jsonAnswer({ timed_out: false, _shards: { total: 1, failed: 0 }, hits: { hits } });
      }),
      (url) => elasticsearchLogs({ url, indices: 'logs-*', timeField: '@timestamp' }),
    ),
  Splunk: (happened) =>
    opened(
      answeringSpl([], ({ search }) => splunkAnswer(isOf(happened, search) ? linesOf(happened).map(splunkEvent) : [])),
      (url) => splunk(splunkAt(url)),
    ),
  VictoriaLogs: (happened) =>
    opened(
      answeringLogsQl([], ({ query }) => logRows(isOf(happened, query) ? linesOf(happened).map(victoriaLogsRow) : [])),
      (url) => victoriaLogs({ url }),
    ),
  ClickHouse: (happened) => partOf(clickHouseAt(happened), 'logs'),
  Datadog: (happened) => partOf(datadogWith(happened), 'logs'),
  'New Relic': (happened) => partOf(newRelicWith(happened), 'logs'),
  'Azure Monitor': (happened) => partOf(azureWith(happened), 'logs'),
  'Amazon CloudWatch': (happened) =>
    opened(
      answeringAws([], ({ action, json }) => {
        if (action === 'StartQuery') return awsAnswer({ queryId: isOf(happened, json) ? 'found' : 'nothing' });
        const results = json.queryId === 'found' ? linesOf(happened).map(cloudWatchRow) : [];
        return awsAnswer({ status: 'Complete', results });
      }),
      (url) =>
        cloudWatchLogs({
          ...awsAt(url),
          groups: ['/ecs/shop'],
          clock: { sleep: async () => undefined, nowUs: () => happened.startUs },
        }),
    ),
  'Google Cloud Logging': (happened) =>
    opened(
      answeringCloud([], ({ body }) =>
        jsonAnswer({
          entries: isOf(happened, body) ? linesOf(happened).map((line) => googleEntry(line, PROJECT)) : [],
        }),
      ),
      (url) => cloudLogging({ url, projects: [PROJECT], ...GOOGLE }),
    ),
};
