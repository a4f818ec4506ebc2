/** The lines of one request in the forms in which stores answer them. */
import { datadogIdOf } from '#model/trace/datadog-id.ts';
import { type Happening, logsJsonlOf } from '#test/otlp.ts';

/** `ts`: nanoseconds since the epoch. */
export type Line = Readonly<{ ts: string; labels: Readonly<Record<string, string>>; line: string }>;

export function linesOf(happened: Happening): readonly Line[] {
  return logsJsonlOf(happened)
    .split('\n')
    .filter((row) => row !== '')
    .map((row) => JSON.parse(row) as Line);
}

const isoOf = ({ ts }: Line) => new Date(Number(ts.slice(0, -6))).toISOString();
const nanoIsoOf = (line: Line) => `${isoOf(line).slice(0, -1)}${line.ts.slice(-6)}Z`;

/** Under the names of these two fields; a line outside of a request has none. */
const idsOf = ({ labels: { trace_id, span_id } }: Line, trace: string, span: string) => ({
  ...(trace_id && { [trace]: trace_id }),
  ...(span_id && { [span]: span_id }),
});

/** A stream of Loki's with one line; ids are structured metadata. */
export const lokiStream = (line: Line) => {
  const { trace_id: _, span_id: __, ...stream } = line.labels;
  return { stream, values: [[line.ts, line.line, { structuredMetadata: idsOf(line, 'trace_id', 'span_id') }]] };
};

/** A document of Filebeat with the fields of ECS. */
export const elasticHit = (line: Line) => ({
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
export const datadogEvent = (line: Line) => ({
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

/** A line with the names of the agents' logs in context. */
export const newRelicLine = (line: Line) => ({
  timestamp: Number(line.ts.slice(0, -6)),
  message: line.line,
  level: line.labels.level,
  'service.name': line.labels.service_name,
  namespace_name: 'shop',
  ...idsOf(line, 'trace.id', 'span.id'),
});

/** An event of Splunk's, with the fields that OpenTelemetry's collector sends beside it. */
export const splunkEvent = (line: Line) => ({
  _raw: line.line,
  spanhound_time: `${line.ts.slice(0, -9)}.${line.ts.slice(-9)}`,
  level: line.labels.level,
  'service.name': line.labels.service_name,
  'k8s.namespace.name': 'shop',
  ...idsOf(line, 'trace_id', 'span_id'),
});

/** A row of VictoriaLogs', as its endpoint for OTLP names the fields. */
export const victoriaLogsRow = (line: Line) => ({
  _time: nanoIsoOf(line),
  _msg: line.line,
  'service.name': line.labels.service_name,
  severity_text: line.labels.level,
  'k8s.namespace.name': 'shop',
  ...idsOf(line, 'trace_id', 'span_id'),
});

/** A row of `AppTraces`, under the names that the query gives its columns. */
export const azureRow = (line: Line) => ({
  TimeGenerated: nanoIsoOf(line),
  Line: line.line,
  Service: line.labels.service_name,
  Level: line.labels.level,
  Namespace: 'shop',
  ...idsOf(line, 'OperationId', 'ParentId'),
});

/** CloudWatch keeps a text alone: a program writes its fields as JSON. */
export const cloudWatchRow = (line: Line) => {
  const { level, service_name = '' } = line.labels;
  const said: object = line.line.startsWith('{') ? JSON.parse(line.line) : { message: line.line };
  const message = JSON.stringify({ level, ...said, ...idsOf(line, 'trace_id', 'span_id') });
  const fields = { '@timestamp': isoOf(line).replace('T', ' ').slice(0, -1), '@message': message };
  const all = { ...fields, '@log': '123456789012:/ecs/shop', spanhound_service: service_name, '@ptr': 'CmEKJg' };
  return Object.entries(all).map(([field, value]) => ({ field, value }));
};

export const googleEntry = (line: Line, project: string) => ({
  timestamp: nanoIsoOf(line),
  severity: line.labels.level?.toUpperCase(),
  textPayload: line.line,
  logName: `projects/${project}/logs/stdout`,
  labels: { 'k8s-pod/app': line.labels.service_name },
  resource: { type: 'k8s_container', labels: { namespace_name: 'shop', container_name: 'app' } },
  ...(line.labels.trace_id && { trace: `projects/${project}/traces/${line.labels.trace_id}` }),
  ...(line.labels.span_id && { spanId: line.labels.span_id }),
});
