/** Spans as rows, for decoders that parse a whole body and for tests that build a trace. */

import { queryShape } from '#model/sql/query-shape.ts';
import type { TextTable } from '#model/text/text-table.ts';
import { SPAN_FLAW } from '#model/trace/build/span-flaws.ts';
import { type DetailSource, type SpanFields, type SpanTable, spanTable } from '#model/trace/build/span-table.ts';
import { buildTrace } from '#model/trace/build/trace-builder.ts';
import type { Attributes, SpanEvent, SpanLink } from '#model/trace/columns.ts';
import { serviceOfCluster } from '#model/trace/proxy-flags.ts';
import { recordedOutcome } from '#model/trace/recorded-outcome.ts';
import { canonicalNumber, canonicalText, canonicalValue, hasConflictingNames } from '#model/trace/semconv.ts';
import { withoutClusterDomain } from '#model/trace/service-names.ts';
import { kindNumber, type SpanKind } from '#model/trace/span-kinds.ts';
import { MARK, marksOf } from '#model/trace/span-marks.ts';
import type { Trace } from '#model/trace/trace.ts';

/** One span as read by a decoder. Times are microseconds since the epoch. */
export type SpanRow = Readonly<{
  id: string;
  parentId: string | undefined;
  service: string;
  operation: string;
  kind: SpanKind;
  startUs: number;
  /** May be negative: some clients send that. */
  durationUs: number;
  /** The span's status; undefined where there is none, so that the codes in the attributes decide. */
  failed: boolean | undefined;
  attributes: Attributes;
  resource?: Attributes;
  /** `atUs` since the epoch here. */
  events?: readonly SpanEvent[];
  statusText?: string;
  links?: readonly SpanLink[];
  scope?: string;
  /** Bits of `span-flaws.ts`. */
  flaws?: number;
}>;

export function traceFrom(rows: readonly SpanRow[], traceId?: string, maxSkewUs?: number): Trace {
  return buildTrace(tableOf(rows), traceId, maxSkewUs);
}

export function tableOf(rows: readonly SpanRow[]): SpanTable {
  const table = spanTable();
  table.sources.push(detailsOf(rows));
  const processOf = processNumbers(table);
  rows.forEach((row, detail) => {
    table.add({
      ...attributeFields(row, table),
      id: table.ids.number(row.id),
      parentId: row.parentId === undefined ? -1 : table.ids.number(row.parentId),
      process: processOf(row),
      operation: table.names.number(row.operation),
      startUs: row.startUs,
      durationUs: row.durationUs,
      hasEvents: (row.events ?? []).length > 0 ? 1 : 0,
      source: 0,
      detail,
    });
  });
  return table;
}

/** The columns that come from a span's attributes. */
export type AttributeFields = Pick<
  SpanFields,
  'scope' | 'databaseSystem' | 'queryShape' | 'namedPeer' | 'kind' | 'failed' | 'httpStatus' | 'marks' | 'flaws'
>;

/** Copies the fields one by one: a spread takes five times as long. */
export function putAttributeFields(fields: SpanFields, known: AttributeFields): void {
  fields.scope = known.scope;
  fields.databaseSystem = known.databaseSystem;
  fields.queryShape = known.queryShape;
  fields.namedPeer = known.namedPeer;
  fields.kind = known.kind;
  fields.failed = known.failed;
  fields.httpStatus = known.httpStatus;
  fields.marks = known.marks;
  fields.flaws = known.flaws;
}

export function attributeFields(
  row: Pick<SpanRow, 'attributes' | 'kind' | 'failed' | 'scope' | 'flaws'>,
  { names }: Readonly<{ names: TextTable }>,
): AttributeFields {
  const { attributes, kind } = row;
  const statement = kind === 'server' ? '' : canonicalText(attributes, 'db.query.text');
  const system = databaseSystemOf(attributes, kind, statement);
  const httpStatus = httpStatusOf(attributes);
  const marks = marksOf(attributes);
  return {
    scope: names.number(row.scope ?? ''),
    databaseSystem: names.number(system),
    queryShape: names.number(statement === '' ? '' : queryShape(statement, system)),
    namedPeer: names.number(namedPeer(attributes, kind)),
    kind: kindNumber(kind),
    failed: hasFailed(row, httpStatus, marks) ? 1 : 0,
    httpStatus,
    marks,
    flaws: (row.flaws ?? 0) | (hasConflictingNames(attributes) ? SPAN_FLAW.conflictingName : 0),
  };
}

function detailsOf(rows: readonly SpanRow[]): DetailSource {
  return {
    attributes: (detail) => rows[detail]?.attributes ?? {},
    events: (detail) => rows[detail]?.events ?? [],
    statusText: (detail) => rows[detail]?.statusText ?? '',
    links: (detail) => rows[detail]?.links ?? [],
  };
}

const NO_ATTRIBUTES: Attributes = {};

/** Spans of one process come with one and the same resource. */
function processNumbers({ processes }: SpanTable): (row: SpanRow) => number {
  const known = new Map<Attributes, Map<string, number>>();
  return ({ service, resource = NO_ATTRIBUTES }) => {
    const ofResource = known.get(resource) ?? new Map<string, number>();
    known.set(resource, ofResource);
    const number = ofResource.get(service) ?? processes.push({ service, resource }) - 1;
    ofResource.set(service, number);
    return number;
  };
}

function httpStatusOf(attributes: Attributes): number {
  const status = canonicalNumber(attributes, 'http.response.status_code');
  return status !== undefined && status >= 100 && status <= 999 ? Math.trunc(status) : 0;
}

/** A database's own server span does the work and is not a call to it. */
export function databaseSystemOf(attributes: Attributes, kind: SpanKind, statement: string): string {
  if (kind === 'server') return '';
  const system = canonicalText(attributes, 'db.system.name').toLowerCase();
  if (system !== '' && system !== 'sql') return system;
  return statement === '' && system === '' ? '' : 'other_sql';
}

/** Failure codes on a gRPC server, by OpenTelemetry's conventions; on a client every code but OK is a failure. */
const GRPC_SERVER_FAULTS = new Set([
  '2',
  '4',
  '12',
  '13',
  '14',
  '15',
  'UNKNOWN',
  'DEADLINE_EXCEEDED',
  'UNIMPLEMENTED',
  'INTERNAL',
  'UNAVAILABLE',
  'DATA_LOSS',
]);

function hasFailed(
  { failed, attributes, kind }: Pick<SpanRow, 'attributes' | 'kind' | 'failed'>,
  httpStatus: number,
  marks: number,
): boolean {
  if (failed !== undefined) return failed;
  // A proxy's 404 for a service that it was to reach. Without one, the path may be unknown to everybody.
  if ((marks & MARK.proxyFault) !== 0 && (httpStatus !== 404 || namesCluster(attributes))) return true;
  const error = canonicalValue(attributes, 'error');
  // Datadog writes 0 and 1.
  if (error !== undefined && !/^(?:false|0)$/i.test(String(error))) return true;
  const outcome = recordedOutcome(attributes);
  if (outcome === 'failed') return true;
  // By OpenTelemetry's conventions only an operation that ended with an error has it.
  if (outcome === undefined && error === undefined && canonicalText(attributes, 'error.type') !== '') return true;
  if (httpStatus >= 500 || (kind === 'client' && httpStatus >= 400)) return true;
  const rpc = canonicalText(attributes, 'rpc.status_code').toUpperCase();
  if (rpc === '' || rpc === '0' || rpc === 'OK') return false;
  return kind === 'client' || GRPC_SERVER_FAULTS.has(rpc);
}

/** Envoy writes `-` where it chose none. */
function namesCluster(attributes: Attributes): boolean {
  return !/^-?$/.test(canonicalText(attributes, 'envoy.upstream_cluster'));
}

function namedPeer(attributes: Attributes, kind: SpanKind): string {
  const cluster = serviceOfCluster(canonicalText(attributes, 'envoy.upstream_cluster'));
  for (const name of PEER_NAMES) {
    if (name === 'network.peer.address' && isOfProxy(attributes))
      return canonicalText(attributes, 'envoy.upstream_host');
    const value = canonicalText(attributes, name, kind);
    if (value !== '') return withoutClusterDomain(value);
    if (name === 'server.service.name' && cluster !== '') return cluster;
  }
  return '';
}

const PEER_NAMES = [
  'server.service.name',
  'db.system.name',
  'messaging.system.name',
  'server.address',
  'network.peer.address',
];

/** Envoy, which records the address of its client as `peer.address`. */
function isOfProxy(attributes: Attributes): boolean {
  return attributes.component === 'proxy' || canonicalText(attributes, 'envoy.upstream_cluster') !== '';
}
