/**
 * A page of search results as lines in Loki's form, which the decoder reads. A document becomes a JSON line, without what
 * its shipper adds; where it came from becomes labels. A message that is JSON itself is the line.
 */
import { jsonLine } from '#adapters/json-line.ts';
import { count, type Tally } from '#adapters/line-pages.ts';

export type Found = Readonly<{
  hits: readonly Hit[];
  /** How many indices' parts were asked: 0 where no index has such a name. */
  shards: number;
  /** Why the result is incomplete; '' if it is whole. */
  lacks: string;
}>;

type Hit = Readonly<{ timeNs: bigint; source: Readonly<Record<string, unknown>> }>;

/** Undefined for a response that is none of a search. */
export function foundIn(answer: unknown, timeField: string): Found | undefined {
  if (!isObject(answer) || !isObject(answer.hits) || !Array.isArray(answer.hits.hits)) return undefined;
  const shards = isObject(answer._shards) ? answer._shards : {};
  const hits = answer.hits.hits.flatMap((hit: unknown) => {
    if (!isObject(hit) || !isObject(hit._source)) return [];
    const timeNs = isObject(hit.fields) ? timeIn(hit.fields[timeField]) : timeOfDocument(hit._source, timeField);
    return timeNs === undefined ? [] : [{ timeNs, source: hit._source }];
  });
  return { hits, shards: Number(shards.total ?? 0), lacks: lackOf(answer.timed_out, shards) };
}

function lackOf(timedOut: unknown, { failed, total, failures }: Readonly<Record<string, unknown>>): string {
  if (timedOut === true) return 'the search timed out, so lines may be missing';
  if (!(Number(failed) > 0)) return '';
  const [first] = Array.isArray(failures) ? failures : [];
  const { reason, type } = isObject(first) && isObject(first.reason) ? first.reason : {};
  const why = [reason, type].find((one) => typeof one === 'string');
  return `${Number(failed)} of ${Number(total)} shards failed${why === undefined ? '' : `: ${why}`}`;
}

/** `2026-11-20T06:25:44.488123456Z`, alone in a list. */
function timeIn(value: unknown): bigint | undefined {
  const [text] = Array.isArray(value) ? value : [];
  const [, seconds, fraction = ''] =
    /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?Z$/.exec(typeof text === 'string' ? text : '') ?? [];
  const ms = seconds === undefined ? Number.NaN : Date.parse(`${seconds}Z`);
  return Number.isNaN(ms) ? undefined : BigInt(ms) * 1_000_000n + BigInt(fraction.padEnd(9, '0'));
}

/** As its shipper wrote it, in any zone: a store that only resembles Elasticsearch may return no fields. */
function timeOfDocument(source: Hit['source'], timeField: string): bigint | undefined {
  const written = valueAt(source, timeField);
  const [, seconds, fraction = '', sign = '', hours = '00', minutes = '00'] =
    /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?(?:Z|([+-])(\d\d):?(\d\d))$/.exec(
      typeof written === 'string' ? written : '',
    ) ?? [];
  const zone = sign === '' ? 'Z' : `${sign}${hours}:${minutes}`;
  const ms = seconds === undefined ? Number.NaN : Date.parse(`${seconds}${zone}`);
  return Number.isNaN(ms) ? undefined : BigInt(ms) * 1_000_000n + BigInt(fraction.padEnd(9, '0'));
}

/** Counts the lines in `tally`. */
export function streamsOf({ hits }: Found, serviceFields: readonly string[], tally: Tally): Uint8Array {
  const streams = new Map<string, { stream: Labels; values: [string, string][] }>();
  for (const { timeNs, source } of hits) {
    count(tally, timeNs);
    const stream = labelsOf(source, serviceFields);
    const key = JSON.stringify(stream);
    const known = streams.get(key) ?? { stream, values: [] };
    streams.set(key, known);
    known.values.push([`${timeNs}`, lineOf(source)]);
  }
  return new TextEncoder().encode(JSON.stringify({ streams: [...streams.values()] }));
}

type Labels = Readonly<Record<string, string>>;

/** Where a line came from and its ids, by the names of ECS, Elastic's agents, Fluent Bit and OpenTelemetry. */
const PLACES: readonly (readonly [label: string, fields: readonly string[]])[] = [
  ['namespace', ['kubernetes.namespace', 'kubernetes.namespace_name', 'resource.attributes.k8s.namespace.name']],
  ['pod', ['kubernetes.pod.name', 'kubernetes.pod_name', 'resource.attributes.k8s.pod.name']],
  ['container', ['kubernetes.container.name', 'kubernetes.container_name', 'resource.attributes.k8s.container.name']],
  ['host', ['host.name', 'host.hostname', 'resource.attributes.host.name']],
  // A line that is its message would lose them.
  ['trace_id', ['trace.id', 'trace_id', 'traceId']],
  ['span_id', ['span.id', 'span_id', 'spanId']],
];

function labelsOf(source: Hit['source'], serviceFields: readonly string[]): Labels {
  const service = firstText(source, serviceFields);
  const places = PLACES.map(([label, fields]) => [label, firstText(source, fields)] as const);
  return Object.fromEntries([['service_name', service] as const, ...places].filter(([, value]) => value !== ''));
}

function firstText(source: Hit['source'], fields: readonly string[]): string {
  for (const field of fields) {
    const value = valueAt(source, field);
    if (typeof value === 'string' && value !== '') return value;
  }
  return '';
}

/** A document may write `service.name` as one name, or as an object in an object; in any mixture. */
function valueAt(object: Readonly<Record<string, unknown>>, path: string): unknown {
  if (path in object) return object[path];
  for (let dot = path.indexOf('.'); dot > 0; dot = path.indexOf('.', dot + 1)) {
    const inside = object[path.slice(0, dot)];
    const value = isObject(inside) ? valueAt(inside, path.slice(dot + 1)) : undefined;
    if (value !== undefined) return value;
  }
  return undefined;
}

/** What shippers add to each document; none of it is said by the program that wrote the line. */
const OF_SHIPPER =
  /^(?:agent|ecs|input|host|cloud|orchestrator|data_stream|elastic_agent|event|stream|tags|@version|kubernetes|container|docker|fileset|resource)(?:\.|$)/;

function lineOf(source: Hit['source']): string {
  const { message, log } = source;
  for (const text of [message, log]) if (typeof text === 'string' && /^\s*\{/.test(text)) return text;
  return jsonLine(Object.fromEntries(Object.entries(source).filter(([name]) => !OF_SHIPPER.test(name))));
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
