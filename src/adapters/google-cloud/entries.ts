/**
 * Entries of Cloud Logging as lines in Loki's form, which the decoder reads. The payload is the line: a text, or JSON.
 * Severity, service, ids and place become labels.
 *
 * “LogEntry”: https://cloud.google.com/logging/docs/reference/v2/rest/v2/LogEntry
 */
import { z } from 'zod';
import { jsonLine } from '#adapters/json-line.ts';
import { byFields, type LineFields } from '#adapters/line-fields.ts';
import { type LabelledLine, lokiStreams } from '#adapters/rewritten-rows.ts';
import { rfc3339Ns } from '#adapters/rfc3339.ts';
import { isObject, type JsonObject } from '#model/text/json-object.ts';

const Loose = z.record(z.string(), z.unknown());
const Text = z.string().catch('');

const Entry = z.object({
  timestamp: Text,
  receiveTimestamp: Text,
  severity: Text,
  trace: Text,
  spanId: Text,
  logName: Text,
  textPayload: z.string().optional().catch(undefined),
  jsonPayload: Loose.catch({}),
  protoPayload: Loose.catch({}),
  httpRequest: Loose.catch({}),
  labels: Loose.catch({}),
  resource: z.object({ type: Text, labels: Loose.catch({}) }).catch({ type: '', labels: {} }),
});
type Entry = z.output<typeof Entry>;

/** `services`: the fields that may name the service, the first counts. What is no entry is left out. */
export function streamsOf(
  entries: readonly unknown[],
  { services, ...set }: LineFields & Readonly<{ services: readonly string[] }>,
): Uint8Array {
  return lokiStreams(
    entries.flatMap((one): LabelledLine[] => {
      const { success, data } = Entry.safeParse(one);
      const ns = success ? timeOf(data) : undefined;
      if (data === undefined || ns === undefined) return [];
      const line = { ns, labels: labelsOf(data, services), line: lineOf(data) };
      return [byFields(set, line, (field) => textAt(data, field))];
    }),
  );
}

/** The time of the newest entry; '' without one. */
export function timeIn(entries: readonly unknown[]): string {
  const { data } = Entry.safeParse(entries[0]);
  return data !== undefined && timeOf(data) !== undefined ? data.timestamp || data.receiveTimestamp : '';
}

function timeOf({ timestamp, receiveTimestamp }: Entry): bigint | undefined {
  return rfc3339Ns(timestamp) ?? rfc3339Ns(receiveTimestamp);
}

const PLACES = [
  ['namespace', 'namespace_name'],
  ['pod', 'pod_name'],
  ['container', 'container_name'],
  ['host', 'instance_id'],
  ['revision', 'revision_name'],
] as const;

function labelsOf(entry: Entry, services: readonly string[]): Readonly<Record<string, string>> {
  const { severity, trace, spanId, logName, resource } = entry;
  const said: readonly (readonly [string, string])[] = [
    ['service_name', services.map((field) => textAt(entry, field)).find((name) => name !== '') ?? ''],
    ['level', severity === 'DEFAULT' ? '' : severity.toLowerCase()],
    // `projects/shop/traces/382d…`
    ['trace_id', trace.slice(trace.lastIndexOf('/') + 1)],
    ['span_id', spanId],
    ['log', decoded(logName.slice(logName.lastIndexOf('/') + 1))],
    ...PLACES.map(([label, name]) => [label, textIn(resource.labels, name)] as const),
  ];
  return Object.fromEntries(said.filter(([, value]) => value !== ''));
}

/** As a filter names it: `jsonPayload.service`, `labels."k8s-pod/app"`. */
function textAt(entry: JsonObject, field: string): string {
  const names = field.match(/"[^"]{1,200}"|[^."]{1,200}/g) ?? [];
  let value: unknown = entry;
  for (const name of names) value = isObject(value) ? value[name.replaceAll('"', '')] : undefined;
  return typeof value === 'string' || typeof value === 'number' ? `${value}` : '';
}

function textIn(object: JsonObject, name: string): string {
  const value = object[name];
  return typeof value === 'string' ? value : '';
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** An entry about a request has the request beside its payload, or nothing else. */
function lineOf({ textPayload, jsonPayload, protoPayload, httpRequest }: Entry): string {
  const hasRequest = Object.keys(httpRequest).length > 0;
  const message = textPayload ?? (Object.keys(jsonPayload).length > 0 ? undefined : auditText(protoPayload));
  if (message !== undefined && message !== '' && !hasRequest) return message;
  const said = { ...(message !== undefined && { message: message || requestText(httpRequest) }), ...jsonPayload };
  return jsonLine({ ...said, ...(hasRequest && { httpRequest }) });
}

/** An audit log says who called what, and how it ended. */
function auditText(payload: JsonObject): string {
  const status = isObject(payload.status) ? payload.status : {};
  const parts = [textIn(payload, 'serviceName'), textIn(payload, 'methodName'), textIn(payload, 'resourceName')];
  return [...parts, textIn(status, 'message')].filter((part) => part !== '').join(' ');
}

function requestText(request: JsonObject): string {
  const status = typeof request.status === 'number' ? `${request.status}` : '';
  return [textIn(request, 'requestMethod'), textIn(request, 'requestUrl'), status]
    .filter((part) => part !== '')
    .join(' ');
}
