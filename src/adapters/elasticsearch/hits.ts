/**
 * A page of search results as lines in Loki's form, which the decoder reads. A document becomes a JSON line, without what
 * its shipper adds; where it came from becomes labels. A message that is JSON itself is the line.
 */

import { jsonLine } from '#adapters/json-line.ts';
import { byFields, type LineFields } from '#adapters/line-fields.ts';
import { count, type Tally } from '#adapters/line-pages.ts';
import { textAt, valueAt } from '#adapters/members.ts';
import { lokiStreams } from '#adapters/rewritten-rows.ts';
import type { JsonObject } from '#model/text/json-object.ts';
import type { Answered } from './answer.ts';
import { instantOf } from './instants.ts';
import type { Fields } from './query.ts';

export type Found = Readonly<{
  hits: readonly Hit[];
  /** How many indices' parts were asked: 0 where no index has such a name. */
  shards: number;
  /** Why the result is incomplete; '' if it is whole. */
  lacks: string;
}>;

type Hit = Readonly<{ timeNs: bigint; source: JsonObject }>;

/** Hits without a time are left out. */
export function linesIn({ hits, shards, lacks }: Answered, timeField: string): Found {
  const lines = hits.flatMap(({ source, fields }) => {
    const timeNs = fields === undefined ? timeOfDocument(source, timeField) : timeIn(fields[timeField]);
    return timeNs === undefined ? [] : [{ timeNs, source }];
  });
  return { hits: lines, shards, lacks };
}

/** `2026-11-20T06:25:44.488123456Z`, alone in a list. */
function timeIn(value: unknown): bigint | undefined {
  const [text] = Array.isArray(value) ? value : [];
  return typeof text === 'string' ? instantOf(text) : undefined;
}

/** As its shipper wrote it, in any zone: a store that only resembles Elasticsearch may return no fields. */
function timeOfDocument(source: JsonObject, timeField: string): bigint | undefined {
  const written = valueAt(source, timeField);
  return typeof written === 'string' ? instantOf(written) : undefined;
}

/** Counts the lines in `tally`. */
export function streamsOf({ hits }: Found, fields: Pick<Fields, 'services'> & LineFields, tally: Tally): Uint8Array {
  return lokiStreams(
    hits.map(({ timeNs: ns, source }) => {
      count(tally, ns);
      const line = { ns, labels: labelsOf(source, fields), line: lineOf(source) };
      return byFields(fields, line, (field) => textAt(source, field));
    }),
  );
}

type Labels = Readonly<Record<string, string>>;

/** Where a line came from and its ids, by the names of ECS, Elastic's agents, Fluent Bit and OpenTelemetry. */
const PLACES: readonly (readonly [label: string, fields: readonly string[]])[] = [
  ['namespace', ['kubernetes.namespace', 'kubernetes.namespace_name', 'resource.attributes.k8s.namespace.name']],
  ['pod', ['kubernetes.pod.name', 'kubernetes.pod_name', 'resource.attributes.k8s.pod.name']],
  ['container', ['kubernetes.container.name', 'kubernetes.container_name', 'resource.attributes.k8s.container.name']],
  ['host', ['host.name', 'host.hostname', 'resource.attributes.host.name']],
  ['span_id', ['span.id', 'span_id', 'spanId']],
];

function labelsOf(source: JsonObject, { services }: Pick<Fields, 'services'>): Labels {
  const said: readonly (readonly [label: string, fields: readonly string[]])[] = [
    ['service_name', services],
    // A line that is its message would lose it.
    ['trace_id', ['trace.id', 'trace_id', 'traceId']],
    ...PLACES,
  ];
  const labels = said.map(([label, fields]) => [label, firstText(source, fields)] as const);
  return Object.fromEntries(labels.filter(([, value]) => value !== ''));
}

function firstText(source: JsonObject, fields: readonly string[]): string {
  for (const field of fields) {
    const value = valueAt(source, field);
    if (typeof value === 'string' && value !== '') return value;
  }
  return '';
}

/** What shippers add to each document; none of it is said by the program that wrote the line. */
const OF_SHIPPER =
  /^(?:agent|ecs|input|host|cloud|orchestrator|data_stream|elastic_agent|event|stream|tags|@version|kubernetes|container|docker|fileset|resource)(?:\.|$)/;

function lineOf(source: JsonObject): string {
  const { message, log } = source;
  for (const text of [message, log]) if (typeof text === 'string' && /^\s*\{/.test(text)) return text;
  return jsonLine(Object.fromEntries(Object.entries(source).filter(([name]) => !OF_SHIPPER.test(name))));
}
