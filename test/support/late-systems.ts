/**
 * Systems that no test asks for real, each with an answer of the form that its documentation gives, and what is read of it.
 * One answer serves all requests of a question.
 */
import { azure } from '#adapters/azure/client.ts';
import { clickHouse } from '#adapters/clickhouse/client.ts';
import { cloudWatchLogs } from '#adapters/cloudwatch/logs.ts';
import { cloudWatchMetrics } from '#adapters/cloudwatch/metrics.ts';
import { cloudLogging } from '#adapters/google-cloud/logs.ts';
import { cloudTraces } from '#adapters/google-cloud/traces.ts';
import { grafanaOnCall } from '#adapters/grafana/on-call.ts';
import { graphite } from '#adapters/graphite/client.ts';
import { honeycomb } from '#adapters/honeycomb/client.ts';
import { ilertOnCall } from '#adapters/ilert/on-call.ts';
import { incidentIoOnCall } from '#adapters/incidentio/on-call.ts';
import { influxDb } from '#adapters/influxdb/client.ts';
import { jiraOnCall } from '#adapters/opsgenie/jira-on-call.ts';
import { opsgenieOnCall } from '#adapters/opsgenie/on-call.ts';
import { keyHeaders, pagerDutyChanges } from '#adapters/pagerduty/changes.ts';
import { pagerDutyOnCall } from '#adapters/pagerduty/on-call.ts';
import { pyroscope } from '#adapters/pyroscope/client.ts';
import { sentryErrors } from '#adapters/sentry/errors.ts';
import { sentryTraces } from '#adapters/sentry/traces.ts';
import { xrayTraces } from '#adapters/xray/client.ts';
import { BackendError } from '#core/errors.ts';
import { metricsBody } from '#decode/metrics-json.ts';
import { traceBody } from '#decode/trace-body.ts';
import { pagedLogSource } from '#gather/log-pages.ts';
import type { LogQuery, LogSource, MetricSource, OpenBody, TraceSource } from '#gather/sources.ts';
import type { OnCallSource } from '#model/incident/on-call.ts';
import { awsAt } from '#test/aws-services.ts';
import { tableOf } from '#test/insights-form.ts';
import { later } from '#test/later.ts';
import { linesFrom } from '#test/lines-from.ts';
import { CPU, FLAME_GRAPH } from '#test/pyroscope.ts';

export type LateSystem = Readonly<{
  answer: unknown;
  /** A mutated part of the answer as the whole one: segments of X-Ray are texts. */
  wrap?: (text: string) => string;
  /** What its answer has where the next page is always the same; for a system with cursors. */
  again?: object;
  /** Reads and decodes all that comes. Throws as the source does; on-call systems never throw. */
  read(url: URL): Promise<unknown>;
  /** What a request shows that nobody else may see. */
  secrets: readonly string[];
}>;

const TRACE_ID = '5759e988bd862e3fe1be46a994272793';
const XRAY_ID = '1-5759e988-bd862e3fe1be46a994272793';
const FROM_US = Date.UTC(2026, 0, 6, 14, 30) * 1_000;
const WINDOW = { services: [], fromUs: FROM_US, toUs: FROM_US + 1_200e6, limit: 20_000 };
const OF_SERVICE: LogQuery = { by: 'service', ...WINDOW };
const SEARCH = { service: 'cart', fromUs: FROM_US, toUs: WINDOW.toUs, limit: 7 };
const METRICS = { fromUs: FROM_US, toUs: WINDOW.toUs, stepSeconds: 60 };
const CLOCK = { sleep: async () => undefined, nowUs: () => WINDOW.toUs };
const AT = '2026-01-06T14:30:01.750Z';

type Body = Readonly<{ push(chunk: Uint8Array): void; end(): unknown }>;

async function drained(body: Body, { chunks }: OpenBody): Promise<void> {
  for await (const chunk of chunks) body.push(chunk);
  body.end();
}

const readTrace = async (source: TraceSource) =>
  await drained(traceBody('auto', source.name), await source.openTrace(TRACE_ID, later()));
const readSearch = async (source: TraceSource) => {
  for (const body of (await source.search?.(SEARCH, later())) ?? [])
    await drained(traceBody('auto', source.name), body);
};
const readLines = async (source: LogSource) => await linesFrom(pagedLogSource(source), OF_SERVICE);
const readMetrics = async ({ name, openMetrics }: MetricSource, text: string) =>
  await drained(metricsBody(name), await openMetrics({ text, ...METRICS }, later()));
const readOnCall = async ({ onCall }: OnCallSource, place: string) => {
  const found = await onCall(place, FROM_US, later());
  if (found.kind === 'unknown') throw new BackendError('on call', 200, place, { reason: found.reason });
};

const SEGMENT = {
  ...{ id: '6b55dcc497934f1a', trace_id: XRAY_ID, name: 'cart', start_time: 1_767_709_801, end_time: 1_767_709_802 },
  ...{ http: { request: { method: 'POST', url: 'https://x.example/a' }, response: { status: 500 } }, fault: true },
  ...{
    aws: { ecs: { container: 'cart-7f' } },
    annotations: { tenant: 'acme' },
    metadata: { default: { a: { b: 1 } } },
  },
  cause: { exceptions: [{ type: 'LockError', message: 'm', stack: [{ path: 'a.js', line: 4, label: 'f' }] }] },
  subsegments: [{ id: '1f2e3d4c5b6a7988', name: 'db', namespace: 'remote', start_time: 1_767_709_801.1 }],
};
const xrayPage = (document: string, more: object = {}) => ({
  Traces: [{ Id: XRAY_ID, LimitExceeded: false, Segments: [{ Document: document }] }],
  ...{ UnprocessedTraceIds: [], TraceSummaries: [{ Id: XRAY_ID }], ...more },
});
/** The key itself is never sent. */
const AWS = ['t0ken'];

const GOOGLE_SPAN = {
  ...{ spanId: '7', parentSpanId: '0', kind: 'RPC_SERVER', name: '/a', startTime: AT, endTime: AT },
  labels: { 'service.name': 'cart', 'g.co/status/code': '13', '/error/name': 'LockError' },
};
const GOOGLE_ENTRY = {
  ...{
    timestamp: AT,
    receiveTimestamp: AT,
    severity: 'ERROR',
    logName: 'projects/p/logs/a',
    trace: 'projects/p/traces/1',
  },
  ...{ spanId: '1', resource: { type: 'k8s_container', labels: { pod_name: 'a' } }, labels: { a: 'b' } },
  ...{ jsonPayload: { message: 'm', deep: { a: 1 } }, httpRequest: { status: 500, requestUrl: 'https://x.example' } },
};
const google = { accessToken: async () => 'ya29.c0mplete-t0ken' };

const AZURE_ROW = {
  ...{ Type: 'AppRequests', OperationId: TRACE_ID, Id: '00f067aa0ba902b7', ParentId: TRACE_ID, TimeGenerated: AT },
  ...{ DurationMs: 100.25, Name: 'POST /items', ResultCode: '500', Success: false, AppRoleName: '[shop]/cart' },
  ...{ Properties: '{"tenant":"acme"}', Measurements: '{"a":1}', Line: 'could not', Service: 'cart', Level: '3' },
};
const azureAt = (url: URL) => azure({ url, workspace: 'w', accessToken: async () => 'eyJ0.azure.t0ken' });

const SENTRY_ROW = {
  ...{ id: '9fac2ceed9344f2bbfdd1fdacb0ed9b1', timestamp: AT, timestamp_ms: AT, 'project.name': 'cart', title: 'E: m' },
  ...{ level: 'error', trace: TRACE_ID, 'trace.span': '6b55dcc497934f1a', issue: 'CART-7', 'issue.id': 1 },
  ...{ 'error.type': ['E'], 'error.value': ['m'], transaction: '/a', release: '4', environment: 'p', server_name: 'c' },
};
const SENTRY_EVENT = {
  entries: [
    {
      type: 'exception',
      data: {
        values: [{ type: 'E', value: 'm', stacktrace: { frames: [{ function: 'f', lineNo: 1, inApp: true }] } }],
      },
    },
  ],
};
const SENTRY_SPAN = {
  ...{ event_type: 'span', event_id: '6b55dcc497934f1a', parent_span_id: '', project_slug: 'cart', op: 'db' },
  ...{ start_timestamp: 1_767_709_801, end_timestamp: 1_767_709_802, name: 'a', description: 'SELECT 1' },
  ...{ additional_attributes: { 'span.status': 'internal_error', 'span.status_code': 500 } },
  ...{ errors: [{ event_id: 'e', description: 'E: m', level: 'error', start_timestamp: AT }], children: [] },
};
const sentryAt = (url: URL) => ({ url, organization: 'acme', token: 'sntryu_s3cret' });

const CLICKHOUSE_SPAN = {
  ...{ TraceId: TRACE_ID, SpanId: 'a1', ParentSpanId: '', SpanName: 'GET', SpanKind: 'Server', ServiceName: 'cart' },
  ...{ StatusCode: 'Error', StatusMessage: 'm', start: '1767709801000000000', duration: '5', ScopeName: 's' },
  ...{ ResourceAttributes: { k8s: { pod: { name: 'a' } } }, SpanAttributes: { list: ['a'], n: 1 } },
  ...{
    eventTimes: ['1767709801000000000'],
    eventNames: ['exception'],
    eventAttributes: [{ exception: { type: 'E' } }],
  },
  ...{ linkTraces: [TRACE_ID], linkSpans: ['b2'] },
  ...{
    time: '1767709801000000000',
    SeverityText: 'ERROR',
    SeverityNumber: 17,
    Body: 'm',
    LogAttributes: { a: { b: 1 } },
  },
};
const clickHouseAt = (url: URL) => {
  const sources = clickHouse({ url, token: 's3cret-t0ken', database: 'd', tracesTable: 't', logsTable: 'l' });
  if (sources.traces === undefined || sources.logs === undefined) throw new Error('a source is missing');
  return { traces: sources.traces, logs: sources.logs };
};

export const LATE_SYSTEMS: Readonly<Record<string, LateSystem>> = {
  'CloudWatch Logs': {
    answer: {
      ...{ queryId: '12ab3456', status: 'Complete' },
      results: [
        [
          { field: '@timestamp', value: '2026-01-06 14:30:01.250' },
          { field: '@message', value: 'm' },
          { field: '@log', value: '1:/ecs/cart' },
        ],
      ],
    },
    read: (url) => readLines(cloudWatchLogs({ ...awsAt(url), groups: ['/ecs/cart'], clock: CLOCK })),
    secrets: AWS,
  },
  'CloudWatch metrics': {
    answer: {
      MetricDataResults: [
        { Id: 'm0', Label: 'checkout', StatusCode: 'Complete', Timestamps: [1_767_709_801], Values: [60] },
      ],
      Messages: [{ Code: 'c', Value: 'v' }],
    },
    again: { NextToken: 'again' },
    read: (url) =>
      readMetrics(
        cloudWatchMetrics({ ...awsAt(url), namespaces: ['AWS/Lambda'], clock: CLOCK }),
        `SEARCH('{AWS/Lambda,FunctionName} MetricName="Invocations"', 'Sum')`,
      ),
    secrets: AWS,
  },
  'X-Ray': {
    answer: xrayPage(JSON.stringify(SEGMENT)),
    again: { NextToken: 'again' },
    read: async (url) => {
      await readTrace(xrayTraces(awsAt(url)));
      await readSearch(xrayTraces(awsAt(url)));
    },
    secrets: AWS,
  },
  'segments of X-Ray': {
    answer: SEGMENT,
    wrap: (text) => JSON.stringify(xrayPage(text)),
    read: (url) => readTrace(xrayTraces(awsAt(url))),
    secrets: AWS,
  },
  'Cloud Trace': {
    answer: { traceId: TRACE_ID, spans: [GOOGLE_SPAN], traces: [{ traceId: TRACE_ID, spans: [GOOGLE_SPAN] }] },
    again: { nextPageToken: 'again' },
    read: async (url) => {
      await readTrace(cloudTraces({ url, project: 'p', ...google }));
      await readSearch(cloudTraces({ url, project: 'p', ...google }));
    },
    secrets: ['ya29.c0mplete-t0ken'],
  },
  'Cloud Logging': {
    answer: { entries: [GOOGLE_ENTRY] },
    again: { nextPageToken: 'again' },
    read: (url) => readLines(cloudLogging({ url, projects: ['p'], ...google })),
    secrets: ['ya29.c0mplete-t0ken'],
  },
  'Application Insights': {
    answer: tableOf([AZURE_ROW, { ...AZURE_ROW, Type: 'AppExceptions', ExceptionType: 'E', OuterMessage: 'm' }]),
    read: (url) => readTrace(azureAt(url).traces),
    secrets: ['eyJ0.azure.t0ken'],
  },
  'Azure Monitor': {
    answer: tableOf([AZURE_ROW]),
    read: (url) => readLines(azureAt(url).logs),
    secrets: ['eyJ0.azure.t0ken'],
  },
  Honeycomb: {
    answer: {
      ...{ id: 'r1', complete: true, links: { query_url: 'https://ui.honeycomb.io/acme/r1' } },
      data: {
        series: [
          { time: AT, data: { COUNT: 60, 'service.name': 'cart', error: true } },
          { time: AT, data: { 'P95(duration_ms)': 60, 'service.name': 'cart' } },
        ],
        results: [],
      },
    },
    read: (url) =>
      readMetrics(
        honeycomb({ url, dataset: 'd', headers: { 'x-honeycomb-team': 'hcaik_s3cret' }, clock: CLOCK }),
        '{}',
      ),
    secrets: ['hcaik_s3cret'],
  },
  Pyroscope: {
    answer: { flamegraph: FLAME_GRAPH },
    read: (url) =>
      readMetrics(
        pyroscope({ url, token: 'pyr0scope', serviceLabel: 'service_name', profileType: CPU, clock: CLOCK }),
        `${CPU}{service_name="checkout"}`,
      ),
    secrets: ['pyr0scope'],
  },
  'errors of Sentry': {
    answer: { data: [SENTRY_ROW], ...SENTRY_EVENT },
    read: (url) => readLines(sentryErrors(sentryAt(url))),
    secrets: ['sntryu_s3cret'],
  },
  'traces of Sentry': {
    answer: [{ ...SENTRY_SPAN, children: [{ ...SENTRY_SPAN, event_id: '1f2e3d4c5b6a7988' }] }],
    read: (url) => readTrace(sentryTraces(sentryAt(url))),
    secrets: ['sntryu_s3cret'],
  },
  InfluxDB: {
    answer: {
      results: [
        {
          statement_id: 0,
          series: [
            {
              name: 'cpu',
              tags: { host: 'n1' },
              columns: ['time', 'node:io_wait;x'],
              values: [[1_767_709_801_000, 1]],
            },
          ],
        },
      ],
    },
    read: async (url) => {
      const source = influxDb({ url, database: 'd', headers: { authorization: 'Token influx-s3cret' } });
      await source.findMetrics({ services: ['cart'], ...METRICS }, later());
      await readMetrics(source, 'SELECT 1');
    },
    secrets: ['influx-s3cret'],
  },
  Graphite: {
    answer: [{ target: 'service:latency;service=cart', datapoints: [[1, 1_767_709_801]], text: 'a' }],
    read: (url) => {
      const address = new URL(url);
      address.username = 'hound';
      address.password = 'gr4phite';
      return readMetrics(graphite({ url: address }), 'alias(a,"service:latency;service=cart")');
    },
    secrets: ['gr4phite'],
  },
  'paths of Graphite': {
    answer: { results: ['stats.timers.cart.request.pay.upper_95'] },
    read: (url) => graphite({ url }).findMetrics({ services: ['cart'], ...METRICS }, later()),
    secrets: [],
  },
  'spans of ClickHouse': {
    answer: { meta: [], data: [CLICKHOUSE_SPAN], rows: 1 },
    read: (url) => readTrace(clickHouseAt(url).traces),
    secrets: ['s3cret-t0ken'],
  },
  'lines of ClickHouse': {
    answer: { meta: [], data: [CLICKHOUSE_SPAN], rows: 1 },
    read: (url) => readLines(clickHouseAt(url).logs),
    secrets: ['s3cret-t0ken'],
  },
  'changes of PagerDuty': {
    answer: {
      change_events: [
        {
          ...{ id: '01D', summary: 'deployed', timestamp: AT, source: 's', services: [{ summary: 'Cart' }] },
          ...{ links: [{ href: 'https://ci.example/41' }], custom_details: { version: '1.4.2', build: 7 } },
        },
      ],
      more: false,
    },
    read: (url) => pagerDutyChanges({ url, headers: keyHeaders('pd-s3cret') }).findChanges(WINDOW, later()),
    secrets: ['pd-s3cret'],
  },
};

/** Who is on call: what fails is a sentence. */
export const ON_CALL_SYSTEMS: Readonly<Record<string, LateSystem>> = {
  PagerDuty: {
    answer: {
      oncalls: [
        {
          ...{ user: { id: 'PKIM', summary: 'Kim', email: 'kim@example.com' }, schedule: { id: 'S', summary: 'S' } },
          ...{ escalation_policy: null, escalation_level: 1, end: AT },
        },
      ],
      more: false,
    },
    read: (apiUrl) => readOnCall(pagerDutyOnCall({ apiKey: 'pd-s3cret', apiUrl }), 'schedule/PI7DH85'),
    secrets: ['pd-s3cret'],
  },
  Opsgenie: {
    answer: { data: { _parent: { id: 'a', name: 'Payments' }, onCallRecipients: ['kim@example.com'] } },
    read: (apiUrl) => readOnCall(opsgenieOnCall({ apiKey: 'og-s3cret', apiUrl }), 'schedule/Payments'),
    secrets: ['og-s3cret'],
  },
  'JSM Operations': {
    answer: { values: [{ id: 'a', name: 'Payments' }], onCallUsers: ['u1'], links: {} },
    read: (apiUrl) =>
      readOnCall(
        jiraOnCall({ token: 'j1ra', user: 'hound@example.com', cloudId: 'c', url: apiUrl }),
        'schedule/Payments',
      ),
    secrets: ['j1ra', Buffer.from('hound@example.com:j1ra').toString('base64')],
  },
  ilert: {
    answer: [{ user: { id: 1, firstName: 'K', email: 'kim@example.com' }, escalationLevel: 1, end: AT }],
    read: (apiUrl) => readOnCall(ilertOnCall({ apiKey: 'il-s3cret', apiUrl }), 'policy/12'),
    secrets: ['il-s3cret'],
  },
  'incident.io': {
    answer: {
      schedule: { id: '01G0J1EXE7AXZ2C93K61WBPYEH', name: 'Payments' },
      schedule_entries: {
        final: [
          { start_at: AT, end_at: AT, user: { id: 'u', name: 'Kim', email: 'kim@example.com', slack_user_id: 'U1' } },
        ],
      },
      pagination_meta: { after: '' },
    },
    read: (apiUrl) =>
      readOnCall(incidentIoOnCall({ apiKey: 'io-s3cret', apiUrl }), 'schedule/01G0J1EXE7AXZ2C93K61WBPYEH'),
    secrets: ['io-s3cret'],
  },
  'Grafana OnCall': {
    answer: {
      results: [{ id: 'SBM7DV7BKFUYU', name: 'Payments', on_call_now: ['U1'], user_pk: 'U1', shift_end: AT }],
      ...{ id: 'U1', email: 'kim@example.com', username: 'kim', next: null },
    },
    read: (apiUrl) =>
      readOnCall(grafanaOnCall({ token: 'go-s3cret', apiUrl, grafanaUrl: undefined }), 'schedule/Payments'),
    secrets: ['go-s3cret'],
  },
};
