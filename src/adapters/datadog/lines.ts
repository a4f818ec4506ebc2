/**
 * A page of log events as lines in Loki's form, which the decoder reads. The message becomes the line, together with the
 * attributes if there are some; status, service, ids and place become labels.
 *
 * https://docs.datadoghq.com/api/latest/logs/#search-logs
 */

import { z } from 'zod';
import { jsonLine } from '#adapters/json-line.ts';
import { byFields, type LineFields } from '#adapters/line-fields.ts';
import { textAt } from '#adapters/members.ts';
import { type LabelledLine, lokiStreams } from '#adapters/rewritten-rows.ts';
import { hexOfDatadogId, isHalfOf } from '#model/trace/datadog-id.ts';

const Bag = z.record(z.string(), z.unknown()).catch({});
const LogEvent = z.object({
  attributes: z.object({
    timestamp: z.string().catch(''),
    message: z.string().catch(''),
    status: z.string().catch(''),
    service: z.string().catch(''),
    host: z.string().catch(''),
    tags: z.array(z.string()).catch([]),
    attributes: Bag,
  }),
});
const PageOfLogs = z.object({
  data: z.array(LogEvent),
  meta: z
    .object({ status: z.string().optional(), page: z.object({ after: z.string().optional() }).nullish() })
    .nullish(),
});
export type LogPage = z.output<typeof PageOfLogs>;

/** Undefined for an answer that is none of a search. */
export function logPageIn(answer: unknown): LogPage | undefined {
  return PageOfLogs.safeParse(answer).data;
}

/** `traceId`: the lines are those of this trace, whatever they say. */
export function streamsOf(
  { data }: LogPage,
  { traceId, traceField, levelField }: LineFields & Readonly<{ traceId: string }>,
): Uint8Array {
  return lokiStreams(
    data.flatMap(({ attributes: event }): LabelledLine[] => {
      const ns = nanosecondsOf(event.timestamp);
      if (ns === undefined) return [];
      const line = { ns, labels: labelsOf(event, traceId, traceField), line: lineOf(event) };
      return [byFields({ levelField }, line, (field) => textAt(event.attributes, field))];
    }),
  );
}

type Event = LogPage['data'][number]['attributes'];
type Labels = Readonly<Record<string, string>>;

/** `2022-04-11T16:29:47.401Z`; Datadog keeps milliseconds. */
function nanosecondsOf(timestamp: string): string | undefined {
  const ms = Date.parse(timestamp);
  return Number.isNaN(ms) ? undefined : `${BigInt(ms) * 1_000_000n}`;
}

/** https://docs.datadoghq.com/containers/kubernetes/tag/ */
const PLACES: readonly (readonly [label: string, tags: readonly string[]])[] = [
  ['namespace', ['kube_namespace']],
  ['pod', ['pod_name']],
  ['container', ['kube_container_name', 'container_name']],
];

function labelsOf(event: Event, traceId: string, traceField: string | undefined): Labels {
  const { status, service, host, tags, attributes } = event;
  const tagged = (names: readonly string[]) => {
    const tag = tags.find((one) => names.some((name) => one.startsWith(`${name}:`))) ?? '';
    return tag.slice(tag.indexOf(':') + 1);
  };
  const set = traceField === undefined ? '' : textAt(attributes, traceField);
  const own = idIn(set === '' ? attributes : { trace_id: set }, 'trace_id');
  const said = [
    ['service_name', service || tagged(['service', 'kube_app_name', 'kube_deployment'])],
    ['level', LEVELS.get(status) ?? status],
    ['host', host],
    ...PLACES.map(([label, names]) => [label, tagged(names)] as const),
    ['trace_id', traceId !== '' && (own === '' || isHalfOf(own, traceId)) ? traceId : own],
    ['span_id', idIn(attributes, 'span_id')],
  ] as const;
  return Object.fromEntries(said.filter(([, value]) => value !== ''));
}

/** `ok` is Datadog's own level, of requests that went well: https://docs.datadoghq.com/logs/log_configuration/processors/status_remapper/ */
const LEVELS: ReadonlyMap<string, string> = new Map([['ok', 'info']]);

/** Where the tracers of Datadog and of OpenTelemetry put the ids. Hex; '' if there is none. */
function idIn(attributes: Readonly<Record<string, unknown>>, name: 'trace_id' | 'span_id'): string {
  for (const [holder, isHex] of [
    [attributes.dd, false],
    [attributes.otel, true],
    [attributes, true],
  ] as const) {
    const id = holder instanceof Object ? (holder as Readonly<Record<string, unknown>>)[name] : undefined;
    if (typeof id !== 'string' || !/^[0-9a-f]{1,39}$/i.test(id)) continue;
    // OpenTelemetry's are always hex: 16 or 32 digits.
    return isHex && (id.length === 16 || id.length === 32) ? id.toLowerCase() : hexOfDatadogId(id);
  }
  return '';
}

/** A message that is JSON itself has its attributes already. */
function lineOf({ message, attributes }: Event): string {
  const { dd: _, otel: _otel, ...rest } = attributes;
  if (Object.keys(rest).length === 0 || /^\s*\{/.test(message)) return message;
  return jsonLine({ message, ...rest });
}
