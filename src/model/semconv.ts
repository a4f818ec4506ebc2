/**
 * One table from current OpenTelemetry attribute names to the older ones that SDKs, OpenTracing, Zipkin and Jaeger
 * clients still send, most preferred first. Facts: OpenTelemetry semantic conventions 1.45.0, with the deprecation notes
 * of its own typings; OpenTracing's and Zipkin's names by hand.
 */
import type { Attributes, AttributeValue } from '#model/trace.ts';

const OLDER_NAMES: Readonly<Record<string, readonly string[]>> = {
  'db.system.name': ['db.system', 'db.type'],
  'db.query.text': ['db.statement', 'sql.query', 'db.query'],
  'db.operation.name': ['db.operation'],
  'db.namespace': [
    'db.name',
    'db.instance',
    'db.elasticsearch.cluster.name',
    'db.redis.database_index',
    'db.cassandra.keyspace',
    'db.hbase.namespace',
  ],
  'db.collection.name': ['db.sql.table', 'db.mongodb.collection', 'db.cassandra.table', 'db.cosmosdb.container'],
  'db.response.status_code': ['db.cosmosdb.status_code'],
  'db.client.connection.pool.name': ['db.client.connections.pool.name', 'pool.name'],
  'db.client.connection.state': ['db.client.connections.state', 'state'],
  'http.request.method': ['http.method'],
  'http.response.status_code': ['http.status_code'],
  'http.request.resend_count': ['http.resend_count', 'http.retry_count'],
  'url.full': ['http.url'],
  'url.path': ['http.target'],
  'url.query': ['http.target'],
  'url.scheme': ['http.scheme'],
  'user_agent.original': ['http.user_agent'],
  'http.request.body.size': ['http.request_content_length_uncompressed', 'http.request_content_length'],
  'http.response.body.size': ['http.response_content_length_uncompressed', 'http.response_content_length'],
  'server.address': ['net.peer.name', 'peer.hostname', 'net.host.name', 'http.host', 'http.server_name'],
  'server.port': ['net.peer.port', 'net.host.port'],
  'client.address': ['http.client_ip', 'net.peer.name'],
  'client.port': ['net.peer.port'],
  'network.peer.address': ['net.sock.peer.addr', 'net.peer.ip', 'peer.ipv4', 'peer.ipv6', 'peer.address'],
  'network.peer.port': ['net.sock.peer.port'],
  'network.local.address': ['net.sock.host.addr', 'net.host.ip'],
  'network.transport': ['net.transport'],
  'network.protocol.name': ['net.protocol.name', 'net.app.protocol.name', 'messaging.protocol', 'http.flavor'],
  'network.protocol.version': [
    'net.protocol.version',
    'net.app.protocol.version',
    'messaging.protocol_version',
    'http.flavor',
  ],
  'server.service.name': ['service.peer.name', 'peer.service'],
  'client.service.name': ['service.peer.name', 'peer.service'],
  'rpc.system.name': ['rpc.system'],
  'rpc.status_code': [
    'rpc.response.status_code',
    'rpc.grpc.status_code',
    'rpc.connect_rpc.error_code',
    'rpc.jsonrpc.error_code',
  ],
  'messaging.system.name': ['messaging.system'],
  'messaging.destination.name': ['messaging.destination', 'message_bus.destination'],
  'messaging.operation.type': ['messaging.operation'],
  'messaging.message.id': ['messaging.message_id'],
  'messaging.message.conversation_id': ['messaging.conversation_id'],
  'messaging.message.body.size': ['messaging.message_payload_size_bytes'],
  'messaging.consumer.group.name': [
    'messaging.kafka.consumer.group',
    'messaging.kafka.consumer_group',
    'messaging.rocketmq.client_group',
    'messaging.eventhubs.consumer.group',
  ],
  'messaging.destination.partition.id': ['messaging.kafka.destination.partition', 'messaging.kafka.partition'],
  'kafka.offset': ['messaging.kafka.offset', 'messaging.kafka.message.offset'],
  'messaging.client.id': ['messaging.kafka.client_id', 'messaging.consumer_id'],
  'messaging.destination.temporary': ['messaging.temp_destination'],
  'exception.type': ['error.kind', 'error.class'],
  'exception.message': ['message', 'error.message', 'error.object'],
  'exception.stacktrace': ['stack', 'error.stack'],
  'code.function.name': ['code.function', 'code.namespace'],
  'code.file.path': ['code.filepath'],
  'code.line.number': ['code.lineno'],
  'deployment.environment.name': ['deployment.environment', 'environment', 'env'],
  'host.name': ['hostname'],
  'container.image.tags': ['container.image.tag'],
  'cloud.availability_zone': ['cloud.zone'],
  'otel.scope.name': ['otel.library.name'],
  'otel.scope.version': ['otel.library.version'],
};

/** Values that were renamed together with their attribute. */
const NEWER_VALUES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'db.system.name': {
    mssql: 'microsoft.sql_server',
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
  },
  'messaging.operation.type': {
    publish: 'send',
    deliver: 'process',
  },
};

/** The value under the current name, else under the first older name that is there. */
export function canonicalValue(attributes: Attributes, name: string): AttributeValue | undefined {
  const current = attributes[name];
  if (current !== undefined) return current;
  for (const older of OLDER_NAMES[name] ?? []) {
    const value = attributes[older];
    if (value !== undefined) return value;
  }
  return undefined;
}

export function canonicalText(attributes: Attributes, name: string): string {
  const value = canonicalValue(attributes, name);
  if (value === undefined) return '';
  return NEWER_VALUES[name]?.[String(value)] ?? String(value);
}

/** Numbers that were sent as text are read, too: Zipkin and OpenTracing clients send all values as text. */
export function canonicalNumber(attributes: Attributes, name: string): number | undefined {
  const value = canonicalValue(attributes, name);
  if (typeof value === 'number') return value;
  if (typeof value !== 'string' || value.trim() === '') return undefined;
  const number = Number(value);
  return Number.isFinite(number) ? number : undefined;
}
