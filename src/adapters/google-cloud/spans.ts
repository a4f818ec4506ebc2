/**
 * Spans of Cloud Trace's API as OTLP, which the decoder reads. Everything that the API has no member for is a label, a text:
 * attributes of the span and of its program stand beside each other, and so do a status and Google's own names.
 *
 * “REST Resource: projects.traces”: https://cloud.google.com/trace/docs/reference/v1/rest/v1/projects.traces
 * “Trace labels”: https://cloud.google.com/trace/docs/trace-labels
 */
import { z } from 'zod';
import { OF_RESOURCE, valuesIn } from '#adapters/otlp-attributes.ts';
import { type Attributes, kindOfMessage, type OtlpSpan } from '#adapters/otlp-spans.ts';
import { rfc3339Ns } from '#adapters/rfc3339.ts';

/** A decimal number of 64 bits, as hex. */
const Id = z
  .string()
  .regex(/^\d{1,20}$/)
  .transform((id) => BigInt.asUintN(64, BigInt(id)).toString(16).padStart(16, '0'));
const Time = z.string().transform(rfc3339Ns).pipe(z.bigint());

const Span = z.object({
  spanId: Id,
  kind: z.string().catch(''),
  name: z.string().catch(''),
  startTime: Time,
  endTime: Time.optional().catch(undefined),
  parentSpanId: Id.catch(''),
  labels: z.record(z.string(), z.string()).catch({}),
});
type Span = z.output<typeof Span>;
type Labels = Span['labels'];

export const Trace = z.object({
  traceId: z
    .string()
    .regex(/^[0-9a-f]{32}$/i)
    .toLowerCase(),
  spans: z
    .array(z.unknown())
    .nullish()
    .transform((spans) => spans ?? []),
});

/** `serviceLabel`: the label that names the service. Entries that are no spans are left out. */
export function spansIn({ traceId, spans }: z.output<typeof Trace>, serviceLabel: string): readonly OtlpSpan[] {
  return spans.flatMap((one) => {
    const { success, data } = Span.safeParse(one);
    return success ? [{ ...spanOf(data, serviceLabel), traceId }] : [];
  });
}

const KINDS: Readonly<Record<string, string>> = { RPC_SERVER: 'server', RPC_CLIENT: 'client' };
const NO_PARENT = '0'.repeat(16);

function spanOf(span: Span, serviceLabel: string): Omit<OtlpSpan, 'traceId'> {
  const { spanId, startTime: startNs, endTime = startNs, labels, name, parentSpanId } = span;
  const kind = KINDS[span.kind] ?? labels['span.kind']?.toLowerCase() ?? kindOfMessage(labels);
  const exception = valuesIn([
    ['exception.type', labels['/error/name']],
    ['exception.message', labels['/error/message']],
  ]);
  const hasException = Object.keys(exception).length > 0;
  const hasFailed = hasException || labels['otel.status_code'] === 'ERROR' || isFailure(labels[STATUS] ?? '', kind);
  const message = labels['g.co/status/description'] ?? labels['otel.status_description'] ?? labels['/error/message'];
  return {
    resource: resourceOf(labels, serviceLabel),
    scope: labels['otel.scope.name'] ?? 'google.cloud.trace',
    ...{ spanId, parentSpanId: parentSpanId === NO_PARENT ? '' : parentSpanId, name, kind, startNs },
    durationNs: endTime > startNs ? endTime - startNs : 0n,
    attributes: attributesOf(labels),
    events: hasException ? [{ atNs: endTime, name: 'exception', attributes: exception }] : [],
    links: [],
    status: { code: hasFailed ? 2 : 0, message: hasFailed ? (message ?? '') : '' },
  };
}

/** A code of google.rpc: OpenCensus and OpenTelemetry's exporters write it. */
const STATUS = 'g.co/status/code';
/** UNKNOWN, DEADLINE_EXCEEDED, UNIMPLEMENTED, INTERNAL, UNAVAILABLE, DATA_LOSS: other codes refuse a wrong request. */
const FAULTS: ReadonlySet<string> = new Set(['2', '4', '12', '13', '14', '15']);

function isFailure(code: string, kind: string): boolean {
  return kind === 'server' ? FAULTS.has(code) : /^[1-9]\d?$/.test(code);
}

/** Where Google's own products name a service. */
const SERVICE_LABELS = [
  'service.name',
  'g.co/r/cloud_run_revision/service_name',
  'g.co/r/cloud_run_job/job_name',
  'g.co/r/cloud_function/function_name',
  'g.co/gae/app/module',
  'g.co/r/k8s_container/container_name',
  'g.co/r/generic_task/job',
];

const PLACES: Readonly<Record<string, string>> = {
  cluster_name: 'k8s.cluster.name',
  namespace_name: 'k8s.namespace.name',
  namespace: 'k8s.namespace.name',
  pod_name: 'k8s.pod.name',
  container_name: 'k8s.container.name',
  instance_id: 'host.id',
  revision_name: 'service.version',
  location: 'cloud.region',
  project_id: 'cloud.account.id',
};

function resourceOf(labels: Labels, serviceLabel: string): Attributes {
  const service = [serviceLabel, ...SERVICE_LABELS].map((name) => labels[name] ?? '').find((name) => name !== '');
  const said = Object.entries(labels).filter(([name]) => OF_RESOURCE.test(name));
  const places = Object.entries(labels).flatMap(([name, value]) => {
    const place = PLACES[/^g\.co\/r\/\w{1,60}\/(\w{1,60})$/.exec(name)?.[1] ?? ''];
    return place === undefined ? [] : [[place, value] as const];
  });
  const version = ['service.version', labels['g.co/gae/app/version']] as const;
  return valuesIn([version, ...places, ...said, ['service.name', service]]);
}

/** Parts of the span that stand elsewhere in OTLP, Google's own names, and where the span was made. */
const OTHERS = /^(?:g\.co\/|otel\.(?:status|scope)|span\.kind$|\/(?:stacktrace|agent|error\/(?:name|message))$)/;

/** `/http/status_code` is OpenTelemetry's former `http.status_code`. */
function attributesOf(labels: Labels): Attributes {
  const own = Object.entries(labels).filter(([name]) => !OTHERS.test(name) && !OF_RESOURCE.test(name));
  return valuesIn(
    own.map(([name, value]) => [name.startsWith('/') ? name.slice(1).replaceAll('/', '.') : name, value]),
  );
}
