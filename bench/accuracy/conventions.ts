/**
 * Scenarios write the current names of OpenTelemetry; here they become what an older SDK would have sent. Written from
 * the release notes of the semantic conventions and OpenTracing's list of standard tags.
 */
import type { Service } from './services.ts';
import type { Attributes, Kind, Value } from './span.ts';

const OLD: Readonly<Record<string, string>> = {
  'http.request.method': 'http.method',
  'http.response.status_code': 'http.status_code',
  'http.request.resend_count': 'http.resend_count',
  'url.full': 'http.url',
  'url.path': 'http.target',
  'url.scheme': 'http.scheme',
  'server.port': 'net.peer.port',
  'user_agent.original': 'http.user_agent',
  'db.system.name': 'db.system',
  'db.query.text': 'db.statement',
  'db.operation.name': 'db.operation',
  'db.namespace': 'db.name',
  'db.collection.name': 'db.sql.table',
  'rpc.system.name': 'rpc.system',
  'service.peer.name': 'peer.service',
  'messaging.destination.name': 'messaging.destination',
  'messaging.operation.type': 'messaging.operation',
  'messaging.message.id': 'messaging.message_id',
  'messaging.kafka.offset': 'messaging.kafka.message.offset',
  'messaging.consumer.group.name': 'messaging.kafka.consumer_group',
  'messaging.destination.partition.id': 'messaging.kafka.partition',
};

const OPENTRACING: Readonly<Record<string, string>> = {
  'http.request.method': 'http.method',
  'http.response.status_code': 'http.status_code',
  'url.full': 'http.url',
  'url.path': 'http.url',
  'server.address': 'peer.hostname',
  'server.port': 'peer.port',
  'db.system.name': 'db.type',
  'db.query.text': 'db.statement',
  'db.namespace': 'db.instance',
  'service.peer.name': 'peer.service',
  'messaging.destination.name': 'message_bus.destination',
};

/** What OpenTracing had no tag for. */
const UNKNOWN_TO_OPENTRACING = /^(?:error\.type|db\.collection|network\.|user_agent|url\.|rpc\.)/;

const SYSTEMS_OF_OLD: Readonly<Record<string, string>> = { 'microsoft.sql_server': 'mssql' };
const OPERATIONS_OF_OLD: Readonly<Record<string, string>> = { send: 'publish' };
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

/** The attributes of a span in the words of the service's SDK. */
export function spoken({ conventions, stack }: Service, kind: Kind, scope: string, attributes: Attributes): Attributes {
  if (conventions === 'stable') return attributes;
  if (conventions === 'opentracing') return { ...opentracing(attributes), component: scope || stack.scopes.own };
  const old = oldNames(kind, attributes);
  return conventions === 'both' ? { ...old, ...attributes } : old;
}

function oldNames(kind: Kind, attributes: Attributes): Attributes {
  const old: Record<string, Value> = {};
  for (const [name, value] of Object.entries(attributes)) {
    if (name === 'error.type') continue;
    if (name === 'server.address') old[kind === 'server' ? 'net.host.name' : 'net.peer.name'] = value;
    else if (name === 'rpc.method') {
      const [service = '', method = ''] = String(value).split('/');
      old['rpc.service'] = service;
      old['rpc.method'] = method;
    } else if (name === 'rpc.response.status_code') old['rpc.grpc.status_code'] = GRPC_CODES.indexOf(String(value));
    else old[OLD[name] ?? name] = oldValue(name, value);
  }
  return old;
}

function oldValue(name: string, value: Value): Value {
  if (name === 'db.system.name') return SYSTEMS_OF_OLD[String(value)] ?? value;
  if (name === 'messaging.operation.type') return OPERATIONS_OF_OLD[String(value)] ?? value;
  if (name === 'messaging.destination.partition.id') return Number(value);
  return value;
}

function opentracing(attributes: Attributes): Attributes {
  const tags: Record<string, Value> = {};
  for (const [name, value] of Object.entries(attributes)) {
    const known = OPENTRACING[name];
    if (known !== undefined) tags[known] = value;
    else if (!UNKNOWN_TO_OPENTRACING.test(name)) tags[name] = value;
  }
  return tags;
}
