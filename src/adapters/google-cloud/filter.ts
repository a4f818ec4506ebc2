/**
 * Builds filters of Cloud Logging from untrusted values. Each value is a text in double quotes, in which a quote and a
 * backslash are escaped. Comparisons ignore capital letters; a text that stands alone is searched in all fields.
 *
 * “Logging query language”: https://cloud.google.com/logging/docs/view/logging-query-language
 */
import { askedOfLines, type LineLanguage, printableParts } from '#adapters/asked-lines.ts';
import { escapedText } from '#adapters/escaped-text.ts';
import type { LogQuery } from '#gather/sources.ts';
import { traceIdForms } from '#model/trace/trace-id.ts';

/** Google's monitored resources, labels of pods and of OpenTelemetry, loggers; the first that an entry has is its service. */
export const SERVICE_FIELDS: readonly string[] = [
  'labels."service.name"',
  'jsonPayload.service',
  'jsonPayload.serviceContext.service',
  'labels."k8s-pod/app"',
  'labels."k8s-pod/app_kubernetes_io/name"',
  'resource.labels.service_name',
  'resource.labels.job_name',
  'resource.labels.function_name',
  'resource.labels.module_id',
  'resource.labels.container_name',
];

export const TRACE_FIELDS: readonly string[] = [
  'jsonPayload.trace_id',
  'jsonPayload.traceId',
  'jsonPayload."trace.id"',
  'labels.trace_id',
];

/** The fields that may name the service, and those that may hold the trace id beside `trace`. */
type Asked = Readonly<{
  services: readonly string[];
  traces: readonly string[];
  /** Those that traces may belong to. */
  projects: readonly string[];
}>;

/** Without the time. '' for all entries. */
export function conditionsOf(query: LogQuery, { services, ...ofTraces }: Asked): string {
  const named = query.services.filter((service) => service !== '');
  const ofServices = named.length === 0 ? [] : [anyOf(services, named)];
  return [...ofServices, ...askedOfLines(query, languageOf(ofTraces))].join(' AND ');
}

function languageOf({ traces: fields, projects }: Omit<Asked, 'services'>): LineLanguage<string> {
  return {
    says(text) {
      const parts = printableParts(text).map(escapedText);
      return parts.length > 1 ? `(${parts.join(' AND ')})` : (parts[0] ?? '""');
    },
    oneOf,
    hasField: (names, values) => anyOf(names.flatMap(placesOf), values),
    isOfTrace(traceId) {
      const forms = traceIdForms(traceId);
      // Some programs write the id alone.
      const traces = [
        ...projects.flatMap((project) => forms.map((id) => `projects/${project}/traces/${id}`)),
        ...forms,
      ];
      return oneOf([anyOf(['trace'], traces), anyOf(fields, forms)]);
    },
  };
}

/** The dots of a name may be its own, or lead from member to member. */
function placesOf(name: string): readonly string[] {
  const whole = memberNamed(name);
  const path = name.split('.').map(memberNamed).join('.');
  return [...new Set([`jsonPayload.${whole}`, `jsonPayload.${path}`, `labels.${whole}`])];
}

function memberNamed(name: string): string {
  return /^[A-Za-z_]\w{0,99}$/.test(name) ? name : escapedText(name);
}

function anyOf(fields: readonly string[], values: readonly string[]): string {
  const wanted = values.length === 1 ? escapedText(values[0] ?? '') : `(${values.map(escapedText).join(' OR ')})`;
  return oneOf(fields.map((field) => `${field}=${wanted}`));
}

function oneOf(parts: readonly string[]): string {
  return parts.length === 1 ? (parts[0] ?? '') : `(${parts.join(' OR ')})`;
}
