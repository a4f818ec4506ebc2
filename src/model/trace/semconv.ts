/**
 * Reads attributes by their current OpenTelemetry name, in any name and form that the sender used. If several are
 * present, the current one wins. A value that changed with its name, or has several forms (a gRPC code as number or as
 * text), is returned in one form.
 * Some old names have different meanings on the two ends of a call: `net.peer.name` is the server on a client span and
 * the client on a server span. Callers that know the span's kind pass it.
 */

import type { Attributes, AttributeValue } from '#model/trace/columns.ts';
import { OLDER_NAMES } from '#model/trace/semconv-names.ts';
import type { SpanKind } from '#model/trace/span-kinds.ts';

/** The value under the current name, else under the first older name that has one. */
export function canonicalValue(attributes: Attributes, name: string, kind?: SpanKind): AttributeValue | undefined {
  const reading = READINGS.get(name);
  if (reading === undefined) return attributes[name];
  for (const known of reading.names) {
    const value = attributes[known];
    if (value === undefined || value === '') continue;
    if (kind !== undefined && OTHER_END[kind]?.get(reading.current)?.has(known)) continue;
    const inOneForm = changed(reading.current, value, known);
    if (inOneForm !== '') return inOneForm;
  }
  return INFERRED[reading.current]?.(attributes);
}

export function canonicalText(attributes: Attributes, name: string, kind?: SpanKind): string {
  return String(canonicalValue(attributes, name, kind) ?? '');
}

/** Numbers that were sent as text are read too: Zipkin and OpenTracing clients send all values as text. */
export function canonicalNumber(attributes: Attributes, name: string, kind?: SpanKind): number | undefined {
  return numberOf(canonicalValue(attributes, name, kind));
}

function numberOf(value: AttributeValue | undefined): number | undefined {
  if (typeof value === 'number') return value;
  if (typeof value !== 'string' || value.trim() === '') return undefined;
  const number = Number(value);
  return Number.isFinite(number) ? number : undefined;
}

/** All names that may hold the value of this one. */
export function namesOf(name: string): readonly string[] {
  const { current, names } = READINGS.get(name) ?? { current: name, names: [name] };
  return INFERRED[current] === undefined ? names : [...names, ...INFERRED_FROM];
}

/**
 * The current names of an attribute: several where it was split (`http.target` is path and query), its own name where
 * it was not renamed.
 */
export function currentNames(name: string): readonly string[] {
  // The bare labels of metrics have become too many names to say which.
  const became = name.includes('.') ? BECAME.get(name) : undefined;
  return became ?? [READINGS.get(name)?.current ?? name];
}

/** The names that `hasConflictingNames` compares. */
export function comparedNames(): readonly string[] {
  return COMPARED.flat();
}

/** Whether an old name and its current one are both present and contradict each other. The current one is used. */
export function hasConflictingNames(attributes: Attributes): boolean {
  return COMPARED.some(([current, older]) => {
    const value = attributes[current];
    const before = attributes[older];
    if (value === undefined || before === undefined || value === '_OTHER') return false;
    return comparable(current, value, current) !== comparable(current, before, older);
  });
}

/**
 * Renames that kept the meaning, for the names that findings rest on. Others may differ rightly: a `url.full` is masked
 * where `http.url` was not, a `db.namespace` contains the schema.
 */
const COMPARED: readonly (readonly [string, string])[] = [
  ['db.system.name', 'db.system'],
  ['db.query.text', 'db.statement'],
  ['db.operation.name', 'db.operation'],
  ['http.request.method', 'http.method'],
  ['http.response.status_code', 'http.status_code'],
  ['rpc.system.name', 'rpc.system'],
  ['rpc.status_code', 'rpc.grpc.status_code'],
  ['rpc.response.status_code', 'rpc.grpc.status_code'],
  ['service.peer.name', 'peer.service'],
  ['messaging.system.name', 'messaging.system'],
  ['messaging.destination.name', 'messaging.destination'],
  ['messaging.operation.type', 'messaging.operation'],
];

function comparable(current: string, value: AttributeValue, from: string): string {
  return String(changed(READINGS.get(current)?.current ?? current, value, from)).toLowerCase();
}

function changed(current: string, value: AttributeValue, from: string): AttributeValue {
  const change = CHANGES[current];
  if (change === undefined) return value;
  const text = String(value);
  const after = change(text, from);
  return after === text ? value : after;
}

type Reading = Readonly<{ current: string; names: readonly string[] }>;

/**
 * By every name that a caller may use. An old name means its current one, as long as it has only one. The bare labels
 * of metrics (`state`, `type`) have many and stay themselves.
 */
const READINGS: ReadonlyMap<string, Reading> = readings();

function readings(): Map<string, Reading> {
  const byName = new Map<string, Reading>();
  const ambiguous = new Set<string>();
  for (const [current, older] of Object.entries(OLDER_NAMES)) {
    for (const name of older) {
      if (byName.has(name)) ambiguous.add(name);
      byName.set(name, { current, names: [name, current, ...older.filter((other) => other !== name)] });
    }
  }
  for (const name of ambiguous) byName.delete(name);
  for (const [current, older] of Object.entries(OLDER_NAMES))
    byName.set(current, { current, names: [current, ...older] });
  return byName;
}

/** By older name, all of its current ones. */
const BECAME: ReadonlyMap<string, readonly string[]> = became();

function became(): Map<string, string[]> {
  const names = new Map<string, string[]>();
  for (const [current, older] of Object.entries(OLDER_NAMES)) {
    for (const name of older) names.set(name, [...(names.get(name) ?? []), current]);
  }
  return names;
}

/** Names that mean the other end on a span of this kind. */
const OTHER_END: Readonly<Partial<Record<SpanKind, ReadonlyMap<string, ReadonlySet<string>>>>> = otherEnds();

function otherEnds() {
  const calling = new Map([
    ['server.address', new Set(['net.host.name', 'http.server_name'])],
    ['server.port', new Set(['net.host.port'])],
    ['client.address', new Set(['net.peer.name'])],
    ['client.port', new Set(['net.peer.port'])],
    ['client.service.name', new Set(['service.peer.name', 'peer.service'])],
    ['client.service.namespace', new Set(['service.peer.namespace'])],
  ]);
  const serving = new Map([
    ['server.address', new Set(['net.peer.name', 'peer.hostname'])],
    ['server.port', new Set(['net.peer.port', 'peer.port'])],
    ['server.service.name', new Set(['service.peer.name', 'peer.service'])],
    ['server.service.namespace', new Set(['service.peer.namespace'])],
  ]);
  // For producers and consumers, the broker is the server.
  return { client: calling, producer: calling, consumer: calling, server: serving };
}

/**
 * The new form of a value under the current name; `from` is the name that held it. '' means that it has no such part.
 */
const CHANGES: Readonly<Record<string, (value: string, from: string) => string>> = {
  'db.system.name': renamed({
    mssql: 'microsoft.sql_server',
    'sql-server': 'microsoft.sql_server',
    sqlserver: 'microsoft.sql_server',
    postgres: 'postgresql',
    mongo: 'mongodb',
    oracle: 'oracle.db',
    db2: 'ibm.db2',
    informix: 'ibm.informix',
    netezza: 'ibm.netezza',
    hanadb: 'sap.hana',
    maxdb: 'sap.maxdb',
    adabas: 'softwareag.adabas',
    cosmosdb: 'azure.cosmosdb',
    dynamodb: 'aws.dynamodb',
    redshift: 'aws.redshift',
    spanner: 'gcp.spanner',
    h2: 'h2database',
    coldfusion: 'other_sql',
    cloudscape: 'derby',
    ingres: 'actian.ingres',
    firebird: 'firebirdsql',
    cache: 'intersystems.cache',
    intersystems_cache: 'intersystems.cache',
  }),
  'messaging.operation.type': renamed({ publish: 'send', deliver: 'process' }),
  'network.transport': renamed({ ip_tcp: 'tcp', ip_udp: 'udp' }),
  'network.type': renamed({ inet: 'ipv4', inet6: 'ipv6' }),
  'network.protocol.name': (value, from) =>
    from === 'http.flavor' ? (FLAVORS_OF_THEIR_OWN.get(value) ?? 'http') : value,
  'network.protocol.version': (value, from) => {
    if (from !== 'http.flavor') return value;
    return FLAVORS_OF_THEIR_OWN.has(value) ? '' : value.replace(/^([23])\.0$/, '$1');
  },
  'url.path': (value, from) => (from === 'http.target' ? (value.split('?', 1)[0] ?? '') : value),
  'url.query': (value, from) => (from === 'http.target' ? value.split('?').slice(1).join('?') : value),
  'server.address': (value, from) => {
    if (from === 'http.host') return value.replace(/^\[([^\]]*)\](?::\d+)?$/, '$1').replace(/^([^:]*):\d+$/, '$1');
    return from === 'db.connection_string' ? hostOfConnection(value) : value;
  },
  'rpc.status_code': (value, from) => (from === 'rpc.jsonrpc.error_code' ? value : grpcCode(value)),
};

function renamed(newer: Readonly<Record<string, string>>): (value: string) => string {
  const names = new Map(Object.entries(newer));
  return (value) => names.get(value.toLowerCase()) ?? value;
}

/** `http.flavor` of protocols that are not called HTTP. */
const FLAVORS_OF_THEIR_OWN: ReadonlyMap<string, string> = new Map([
  ['SPDY', 'spdy'],
  ['QUIC', 'quic'],
]);

/** `postgres://user:secret@host:5432/db`, `Server=tcp:host,1433;…`: only the host is returned. */
function hostOfConnection(text: string): string {
  const url = /\/\/(?:[^@/]*@)?(\[[^\]]+\]|[^:/?;,]+)/.exec(text);
  return url?.[1] ?? /\b(?:server|host|data source)\s*=\s*(?:tcp:)?([^;,\s]+)/i.exec(text)?.[1] ?? '';
}

const GRPC_CODES: readonly string[] = [
  'OK',
  'CANCELLED',
  'UNKNOWN',
  'INVALID_ARGUMENT',
  'DEADLINE_EXCEEDED',
  'NOT_FOUND',
  'ALREADY_EXISTS',
  'PERMISSION_DENIED',
  'RESOURCE_EXHAUSTED',
  'FAILED_PRECONDITION',
  'ABORTED',
  'OUT_OF_RANGE',
  'UNIMPLEMENTED',
  'INTERNAL',
  'UNAVAILABLE',
  'DATA_LOSS',
  'UNAUTHENTICATED',
];

const GRPC_CODES_BY_LETTERS: ReadonlyMap<string, string> = new Map([
  ...GRPC_CODES.map((code): [string, string] => [code.replaceAll('_', ''), code]),
  ['CANCELED', 'CANCELLED'],
]);

/** `14`, `Unavailable`, `deadline_exceeded`, Go's `DeadlineExceeded`. Codes of others stay as they are. */
function grpcCode(value: string): string {
  if (/^\d{1,2}$/.test(value)) return GRPC_CODES[Number(value)] ?? value;
  return GRPC_CODES_BY_LETTERS.get(value.replaceAll('_', '').toUpperCase()) ?? value;
}

/**
 * Datadog combines two tags: `span.type` has the kind of database, and `resource.name` is then the statement (otherwise
 * it is a route or a class).
 */
const INFERRED: Readonly<Record<string, (attributes: Attributes) => AttributeValue | undefined>> = {
  'db.system.name': (attributes) => DATADOG_DATABASES.get(String(attributes['span.type'])),
  'db.query.text': (attributes) =>
    ['sql', 'cassandra'].includes(String(attributes['span.type'])) ? attributes['resource.name'] : undefined,
};

const INFERRED_FROM = ['span.type', 'resource.name'];

const DATADOG_DATABASES: ReadonlyMap<string, string> = new Map([
  ['sql', 'other_sql'],
  ['redis', 'redis'],
  ['mongodb', 'mongodb'],
  ['memcached', 'memcached'],
  ['cassandra', 'cassandra'],
  ['elasticsearch', 'elasticsearch'],
  ['opensearch', 'opensearch'],
]);
