/** The words in which scenarios are told: requests, calls, queries, cache reads and messages as SDKs record them. */
import type { Failure } from './failures.ts';
import type { Random } from './random.ts';
import { type Service, type Services, servicesOf } from './services.ts';
import {
  type Attributes,
  type DrawnEvent,
  type DrawnLog,
  type DrawnSpan,
  type Kind,
  lengthMs,
  type Step,
} from './span.ts';
import type { Query } from './statements.ts';

/** One operation of a service, as HTTP and as gRPC name it. */
export type Endpoint = Readonly<{ method: string; route: string; path: string; rpc: string }>;

type Extra = Readonly<{
  attributes?: Attributes;
  events?: readonly DrawnEvent[];
  logs?: readonly DrawnLog[];
}>;
type CallOptions = Extra &
  Readonly<{
    /** What the callee answers, where it fails. */
    failure?: Failure;
    /** What the caller says, where no answer came: it was refused, or gave up waiting. */
    callerSays?: Failure;
    /** The caller waits so long and no longer. */
    cutMs?: number;
    /** An answer that is no failure of the server's: 404, 409, 304. */
    status?: number;
    /** Whose spans there are; by default what the two services record. */
    sides?: 'both' | 'client' | 'server';
    /** The callee threw it itself, and recorded that. */
    exception?: boolean;
  }>;

export type World = Readonly<{
  random: Random;
  services: Services;
  /** By host: how far its clock is ahead, in milliseconds. */
  clocksMs: Map<string, number>;
  endpoint: Readonly<{
    one(of: Service, id?: number): Endpoint;
    list(of: Service): Endpoint;
    action(of: Service, name: string): Endpoint;
  }>;
  own(service: Service, operation: string, steps: readonly Step[], extra?: Extra & { failure?: Failure }): DrawnSpan;
  request(
    service: Service,
    endpoint: Endpoint,
    steps: readonly Step[],
    options?: Extra & Readonly<{ failure?: Failure; status?: number; exception?: boolean }>,
  ): DrawnSpan;
  call(caller: Service, callee: Service, endpoint: Endpoint, steps: readonly Step[], options?: CallOptions): DrawnSpan;
  /** `bare`: only the statement's own span, without what an ORM puts around it. */
  query(service: Service, query: Query, ms: number, options?: Extra & { failure?: Failure; bare?: boolean }): DrawnSpan;
  cache(
    service: Service,
    command: 'GET' | 'SET' | 'DEL' | 'EXPIRE',
    key: string,
    options?: Extra & Readonly<{ ms?: number; hit?: boolean; failure?: Failure }>,
  ): DrawnSpan;
  /** A call of a service of AWS, as its SDK's instrumentation records it. */
  awsCall(service: Service, of: string, operation: string, ms: number, attributes: Attributes): DrawnSpan;
  publish(
    service: Service,
    topic: string,
    extra?: Extra & Readonly<{ steps?: readonly Step[]; id?: string }>,
  ): DrawnSpan;
  consume(
    service: Service,
    topic: string,
    steps: readonly Step[],
    extra?: Extra & Readonly<{ failure?: Failure; id?: string }>,
  ): DrawnSpan;
}>;

export function worldOf(random: Random): World {
  const services = servicesOf(random.fork('services'));
  /** One way per trace: a fleet's SDKs are configured alike. */
  const recordsExceptions = random.chance(0.85);
  const namesPeers = random.chance(0.35);
  const brokers = random.pick(['kafka', 'kafka', 'rabbitmq', 'aws_sqs', 'gcp_pubsub'] as const);
  const showsHits = random.pick(['cache.hit', 'cache.hit', 'cache.result', 'event', 'rows', 'nothing'] as const);
  const network = () => random.ms(0.4, 0.6);
  /** Old servlet filters write a status of 500 and no error. */
  const leavesAtStatus = random.chance(0.3);
  /** A proxy beside every service, which sends spans in its service's name, as Istio's can. */
  const hasMesh = random.chance(0.08);
  /** Every statement ends in a comment with the trace's id, as sqlcommenter writes it. */
  const commentsStatements = random.chance(0.1);

  const span = (
    service: Service,
    kind: Kind,
    scope: string,
    operation: string,
    attributes: Attributes,
    steps: readonly Step[],
    { attributes: more, events = [], logs, failure }: Extra & { failure?: Failure | undefined } = {},
  ): DrawnSpan => ({
    service,
    operation,
    kind,
    scope,
    attributes: { ...attributes, ...more },
    events: failure === undefined || !recordsExceptions ? events : [...events, exceptionOf(failure)],
    ...(failure !== undefined && { failure: recordsExceptions && random.chance(0.5) ? '' : failure.message }),
    steps,
    ...(logs && { logs }),
  });

  const world: World = {
    random,
    services,
    clocksMs: new Map(),
    endpoint: {
      one(of, id = random.whole(1, 99_999)) {
        const route = `/${of.noun}/${of.stack.parameter('id')}`;
        return { method: 'GET', route, path: `/${of.noun}/${id}`, rpc: `Get${title(singular(of.noun))}` };
      },
      list: (of) => ({ method: 'GET', route: `/${of.noun}`, path: `/${of.noun}`, rpc: `List${title(of.noun)}` }),
      action: (of, name) => ({
        method: 'POST',
        route: `/${of.noun}/${name}`,
        path: `/${of.noun}/${name}`,
        rpc: `${title(name)}${title(singular(of.noun))}`,
      }),
    },
    own: (service, operation, steps, extra) =>
      span(service, 'internal', service.stack.scopes.own, operation, {}, steps, extra),
    request(service, endpoint, steps, { failure, status, exception = failure !== undefined, ...extra } = {}) {
      const answered = status ?? failure?.status ?? 200;
      const { stack, protocol } = service;
      const isGrpc = protocol === 'grpc';
      const made = span(
        service,
        'server',
        isGrpc ? stack.scopes.rpc : stack.scopes.server,
        isGrpc ? rpcName(service, endpoint) : stack.serverOperation(endpoint.method, endpoint.route),
        isGrpc
          ? rpcAttributes(service, endpoint, codeOf(answered, failure))
          : serverAttributes(service, endpoint, answered),
        steps,
        exception ? { ...extra, failure } : extra,
      );
      if (!isMarked(service, answered)) return made;
      return { ...made, failure: exception && !recordsExceptions ? (failure?.message ?? '') : '' };
    },
    call(caller, callee, endpoint, steps, options = {}) {
      const { failure, callerSays, cutMs, status, exception, sides = sidesOf(caller, callee), ...extra } = options;
      const answer = world.request(callee, endpoint, steps, {
        ...(failure && { failure }),
        ...(status !== undefined && { status }),
        ...(exception !== undefined && { exception }),
      });
      if (sides === 'server') return answer;
      const side = clientSide(caller, callee, endpoint, { status, failure, callerSays });
      const isProxied = hasMesh && callerSays === undefined;
      const served = isProxied ? proxied(random, caller, callee, endpoint, answer) : answer;
      const made = span(
        caller,
        'client',
        side.scope,
        side.operation,
        { ...side.attributes, ...(namesPeers && { 'service.peer.name': callee.name }) },
        [network(), sides === 'both' ? served : lengthMs(steps), network()],
        callerSays ? { ...extra, failure: callerSays } : extra,
      );
      return { ...made, ...(cutMs !== undefined && { cutMs }), ...(side.isError && !callerSays && { failure: '' }) };
    },
    query(service, query, ms, { bare = false, ...extra } = {}) {
      const { stack, database } = service;
      const { verb, table, text } = query;
      const comment = commentsStatements && database.system !== 'mongodb' ? commentOf(random) : '';
      const recorded = span(
        service,
        'client',
        stack.scopes.database,
        stack.databaseOperation(verb, table, database.name),
        { ...databaseAttributes(service, query), 'db.query.text': `${text}${comment}` },
        [ms],
        extra,
      );
      if (stack.orm !== 'prisma' || bare) return recorded;
      const model = title(singular(table));
      const method = verb === 'SELECT' ? 'findUnique' : 'update';
      const attributes = { method, model, name: `${model}.${method}` };
      const failed = extra.failure ? { failure: extra.failure } : {};
      const { database: scope } = stack.scopes;
      return span(service, 'internal', scope, 'prisma:client:operation', attributes, [0.1, recorded, 0.2], failed);
    },
    cache(service, command, key, { ms = random.ms(0.8), hit, failure, attributes, events = [] } = {}) {
      const { stack, cache } = service;
      const verb = cache === 'memcached' ? command.toLowerCase() : command;
      const seen = command === 'GET' && hit !== undefined ? hitSeen(showsHits, key, hit) : undefined;
      return span(
        service,
        'client',
        stack.scopes.cache,
        verb,
        {
          'db.system.name': cache,
          'db.operation.name': verb,
          'db.query.text': command === 'SET' ? `SET ${key} ?` : `${verb} ${key}`,
          'server.address': `${cache}.internal`,
          ...seen?.attributes,
          ...attributes,
        },
        [ms],
        { events: [...events, ...(seen?.events ?? [])], ...(failure && { failure }) },
      );
    },
    awsCall(service, of, operation, ms, attributes) {
      const scope =
        service.stack.language === 'python'
          ? 'opentelemetry.instrumentation.botocore'
          : '@opentelemetry/instrumentation-aws-sdk';
      const named = { 'rpc.system.name': 'aws-api', 'rpc.method': `${of}/${operation}`, 'cloud.region': 'eu-west-1' };
      const database = of === 'DynamoDB' ? { 'db.system.name': 'dynamodb', 'db.operation.name': operation } : {};
      return span(service, 'client', scope, `${of}.${operation}`, { ...named, ...database, ...attributes }, [ms]);
    },
    publish(service, topic, { steps = [], id, ...extra } = {}) {
      return span(
        service,
        'producer',
        service.stack.scopes.messaging,
        brokers === 'kafka' ? random.pick([`${topic} publish`, `send ${topic}`]) : `${topic} publish`,
        {
          ...messageAttributes(topic, 'send', id),
          ...(brokers === 'kafka' && { 'messaging.destination.partition.id': `${random.whole(0, 11)}` }),
        },
        [random.ms(3), ...steps],
        extra,
      );
    },
    consume(service, topic, steps, { id, ...extra } = {}) {
      return {
        ...span(
          service,
          'consumer',
          service.stack.scopes.messaging,
          brokers === 'kafka' ? random.pick([`${topic} process`, `process ${topic}`]) : `${topic} process`,
          {
            ...messageAttributes(topic, 'process', id),
            ...(brokers === 'kafka' && { 'messaging.consumer.group.name': `${service.name}-group` }),
          },
          steps,
          extra,
        ),
        linked: random.chance(0.3),
      };
    },
  };
  return world;

  /** By the conventions an answer below 500 is no error of the server; old servlet filters left it at the status. */
  function isMarked({ conventions, protocol }: Service, status: number): boolean {
    return status >= 500 && !(leavesAtStatus && conventions === 'opentracing' && protocol === 'http');
  }

  function messageAttributes(topic: string, operation: string, id: string | undefined): Attributes {
    return {
      'messaging.system': brokers,
      'messaging.destination.name': topic,
      'messaging.operation.type': operation,
      ...(id !== undefined && brokers === 'kafka' && { 'messaging.kafka.offset': Number.parseInt(id.slice(0, 6), 16) }),
      ...(id !== undefined && brokers !== 'kafka' && { 'messaging.message.id': id }),
    };
  }
}

/** Not every instrumentation records every one of them. */
function databaseAttributes({ stack: { orm }, database }: Service, { verb, table }: Query): Attributes {
  return {
    'db.system.name': database.system === 'mssql' ? 'microsoft.sql_server' : database.system,
    'db.namespace': database.name,
    ...(orm !== 'django' && orm !== 'ef-core' && { 'db.operation.name': verb }),
    ...((orm === 'hibernate' || orm === 'gorm') && { 'db.collection.name': table }),
    ...(orm !== 'prisma' && { 'server.address': database.host }),
  };
}

/** The same call once more on either side, by the proxies that it passes through. */
function proxied(random: Random, caller: Service, callee: Service, endpoint: Endpoint, answer: DrawnSpan): DrawnSpan {
  const { attributes, failure } = answer;
  const status = attributes['http.response.status_code'] ?? 200;
  const side = (service: Service, kind: Kind, inside: DrawnSpan): DrawnSpan => ({
    service,
    operation: `${callee.address}:8080/*`,
    kind,
    scope: 'envoy',
    attributes: {
      component: 'proxy',
      node_id: `sidecar~10.1.2.3~${service.host}`,
      upstream_cluster: kind === 'client' ? `outbound|8080||${callee.address}` : 'inbound|8080||',
      response_flags: '-',
      'http.request.method': endpoint.method,
      'url.full': `http://${callee.address}:8080${endpoint.path}`,
      'http.response.status_code': status,
    },
    events: [],
    ...(failure !== undefined && { failure: '' }),
    steps: [random.ms(0.15), inside, random.ms(0.1)],
  });
  return side(caller, 'client', side(callee, 'server', answer));
}

function commentOf(random: Random): string {
  return ` /*traceparent='00-${random.hex(32)}-${random.hex(16)}-01'*/`;
}

function sidesOf(caller: Service, callee: Service): 'both' | 'client' | 'server' {
  if (!callee.instrumented) return 'client';
  return caller.tracesClients ? 'both' : 'server';
}

/** What tells a miss from a hit, if anything does. */
function hitSeen(shows: 'cache.hit' | 'cache.result' | 'event' | 'rows' | 'nothing', key: string, hit: boolean): Extra {
  switch (shows) {
    case 'cache.hit':
      return { attributes: { 'cache.hit': hit } };
    case 'cache.result':
      return { attributes: { 'cache.result': hit ? 'HIT' : 'MISS' } };
    case 'rows':
      return { attributes: { 'db.response.returned_rows': hit ? 1 : 0 } };
    case 'event':
      return { events: [{ at: 'end', name: hit ? 'cache.hit' : 'cache.miss', attributes: { 'cache.key': key } }] };
    case 'nothing':
      return {};
  }
}

function exceptionOf({ type, message }: Failure): DrawnEvent {
  return {
    at: 'end',
    name: 'exception',
    attributes: {
      'exception.type': type,
      'exception.message': message,
      'exception.stacktrace': `${type}: ${message}\n\tat app.handle(app:42)`,
    },
  };
}

function serverAttributes(service: Service, { method, path, route }: Endpoint, status: number): Attributes {
  return {
    'http.request.method': method,
    'url.path': path,
    'http.route': route,
    'url.scheme': 'http',
    'http.response.status_code': status,
    'server.address': service.address,
    ...(status >= 500 && { 'error.type': `${status}` }),
  };
}

type Outcome = Readonly<{
  status: number | undefined;
  failure: Failure | undefined;
  callerSays: Failure | undefined;
}>;

type ClientSide = Readonly<{ scope: string; operation: string; attributes: Attributes; isError: boolean }>;

/** A call as its caller records it. */
function clientSide(caller: Service, callee: Service, endpoint: Endpoint, outcome: Outcome): ClientSide {
  const { stack } = caller;
  if (callee.protocol === 'grpc' && callee.instrumented) {
    const code = outcome.callerSays?.code ?? codeOf(outcome.status ?? outcome.failure?.status ?? 200, outcome.failure);
    return {
      scope: stack.scopes.rpc,
      operation: rpcName(callee, endpoint),
      attributes: { ...rpcAttributes(callee, endpoint, code), 'server.address': callee.address },
      // OpenTracing has no tag for the code: a lookup that found nothing is an answer there.
      isError: code !== 'OK' && !(caller.conventions === 'opentracing' && code === 'NOT_FOUND'),
    };
  }
  // No answer, no status.
  const status = outcome.callerSays ? undefined : (outcome.status ?? outcome.failure?.status ?? 200);
  const isError = status === undefined || status >= 400;
  const origin = callee.instrumented ? `http://${callee.address}:8080` : `https://${callee.address}`;
  return {
    scope: stack.scopes.client,
    operation: stack.clientOperation(endpoint.method, endpoint.path),
    attributes: {
      'http.request.method': endpoint.method,
      'url.full': `${origin}${endpoint.path}`,
      'server.address': callee.address,
      'server.port': callee.instrumented ? 8080 : 443,
      ...(status !== undefined && { 'http.response.status_code': status }),
      ...(isError && { 'error.type': outcome.callerSays?.type ?? `${status}` }),
    },
    isError,
  };
}

function codeOf(status: number, failure: Failure | undefined): string {
  if (status >= 500) return failure?.code ?? 'INTERNAL';
  return CODES[status] ?? 'OK';
}

/** What servers answer in gRPC where HTTP has a status below 500. */
const CODES: Readonly<Record<number, string>> = { 404: 'NOT_FOUND', 409: 'ALREADY_EXISTS', 429: 'RESOURCE_EXHAUSTED' };

function rpcName(callee: Service, { rpc }: Endpoint): string {
  return `acme.${callee.noun}.v1.${title(callee.noun)}/${rpc}`;
}

function rpcAttributes(callee: Service, endpoint: Endpoint, code: string): Attributes {
  return { 'rpc.system.name': 'grpc', 'rpc.method': rpcName(callee, endpoint), 'rpc.response.status_code': code };
}

function singular(noun: string): string {
  return noun.endsWith('ies') ? `${noun.slice(0, -3)}y` : noun.replace(/s$/, '');
}

function title(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
