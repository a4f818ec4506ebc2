/** Services as one finds them: a name, a language, a framework, an ORM, a database, and the names that its SDK writes. */
import type { Random } from './random.ts';

/** Which names of attributes an SDK writes: before 1.25, since then, both while migrating, or OpenTracing's. */
export type Conventions = 'old' | 'stable' | 'both' | 'opentracing';
export type Orm =
  | 'hibernate'
  | 'ef-core'
  | 'django'
  | 'rails'
  | 'prisma'
  | 'gorm'
  | 'sequelize'
  | 'sqlalchemy'
  | 'jdbc';
export type DatabaseSystem = 'postgresql' | 'mysql' | 'mssql' | 'mongodb';

export type Stack = Readonly<{
  language: string;
  orm: Orm;
  systems: readonly DatabaseSystem[];
  scopes: Readonly<Record<'server' | 'client' | 'database' | 'cache' | 'messaging' | 'rpc' | 'own', string>>;
  serverOperation(method: string, route: string): string;
  clientOperation(method: string, path: string): string;
  databaseOperation(verb: string, table: string, namespace: string): string;
  /** How a route's parameter is written. */
  parameter(name: string): string;
}>;

export type Service = Readonly<{
  name: string;
  /** What it is about, in the plural: its routes, tables and topics. */
  noun: string;
  stack: Stack;
  conventions: Conventions;
  protocol: 'http' | 'grpc';
  host: string;
  address: string;
  database: Readonly<{ system: DatabaseSystem; name: string; host: string }>;
  cache: 'redis' | 'memcached';
  /** Its outgoing calls have spans. */
  tracesClients: boolean;
  /** It sends spans at all. */
  instrumented: boolean;
}>;

const plain = (method: string, route: string) => `${method} ${route}`;
const methodOnly = (method: string) => method;
const braces = (name: string) => `{${name}}`;
const colon = (name: string) => `:${name}`;

const STACKS: readonly Stack[] = [
  {
    language: 'java',
    orm: 'hibernate',
    systems: ['postgresql', 'mysql'],
    scopes: {
      server: 'io.opentelemetry.tomcat-10.0',
      client: 'io.opentelemetry.apache-httpclient-5.0',
      database: 'io.opentelemetry.jdbc',
      cache: 'io.opentelemetry.lettuce-5.1',
      messaging: 'io.opentelemetry.kafka-clients-0.11',
      rpc: 'io.opentelemetry.grpc-1.6',
      own: 'io.opentelemetry.opentelemetry-instrumentation-annotations-1.16',
    },
    serverOperation: plain,
    clientOperation: methodOnly,
    databaseOperation: (verb, table, namespace) => `${verb} ${namespace}.${table}`,
    parameter: braces,
  },
  {
    language: 'dotnet',
    orm: 'ef-core',
    systems: ['mssql', 'postgresql'],
    scopes: {
      server: 'Microsoft.AspNetCore',
      client: 'System.Net.Http',
      database: 'OpenTelemetry.Instrumentation.EntityFrameworkCore',
      cache: 'OpenTelemetry.Instrumentation.StackExchangeRedis',
      messaging: 'MassTransit',
      rpc: 'OpenTelemetry.Instrumentation.GrpcNetClient',
      own: 'Basket.Application',
    },
    serverOperation: (method, route) => `${method} ${route.slice(1)}`,
    clientOperation: methodOnly,
    databaseOperation: (_verb, _table, namespace) => namespace,
    parameter: braces,
  },
  {
    language: 'python',
    orm: 'django',
    systems: ['postgresql', 'mysql'],
    scopes: {
      server: 'opentelemetry.instrumentation.django',
      client: 'opentelemetry.instrumentation.requests',
      database: 'opentelemetry.instrumentation.psycopg2',
      cache: 'opentelemetry.instrumentation.redis',
      messaging: 'opentelemetry.instrumentation.celery',
      rpc: 'opentelemetry.instrumentation.grpc',
      own: 'shop.views',
    },
    serverOperation: (method, route) => `${method} ${route.slice(1)}`,
    clientOperation: methodOnly,
    databaseOperation: methodOnly,
    parameter: (name) => `<int:${name}>`,
  },
  {
    language: 'python',
    orm: 'sqlalchemy',
    systems: ['postgresql', 'mysql'],
    scopes: {
      server: 'opentelemetry.instrumentation.fastapi',
      client: 'opentelemetry.instrumentation.httpx',
      database: 'opentelemetry.instrumentation.sqlalchemy',
      cache: 'opentelemetry.instrumentation.redis',
      messaging: 'opentelemetry.instrumentation.kafka',
      rpc: 'opentelemetry.instrumentation.grpc',
      own: '__main__',
    },
    serverOperation: plain,
    clientOperation: methodOnly,
    databaseOperation: (verb, _table, namespace) => `${verb} ${namespace}`,
    parameter: braces,
  },
  {
    language: 'ruby',
    orm: 'rails',
    systems: ['postgresql', 'mysql'],
    scopes: {
      server: 'OpenTelemetry::Instrumentation::Rack',
      client: 'OpenTelemetry::Instrumentation::Faraday',
      database: 'OpenTelemetry::Instrumentation::PG',
      cache: 'OpenTelemetry::Instrumentation::Redis',
      messaging: 'OpenTelemetry::Instrumentation::Bunny',
      rpc: 'OpenTelemetry::Instrumentation::Grpc',
      own: 'OpenTelemetry::Instrumentation::ActiveSupport',
    },
    serverOperation: plain,
    clientOperation: (method) => `HTTP ${method}`,
    databaseOperation: (verb, _table, namespace) => `${verb} ${namespace}`,
    parameter: colon,
  },
  {
    language: 'nodejs',
    orm: 'prisma',
    systems: ['postgresql', 'mysql'],
    scopes: {
      server: '@opentelemetry/instrumentation-http',
      client: '@opentelemetry/instrumentation-undici',
      database: '@prisma/instrumentation',
      cache: '@opentelemetry/instrumentation-ioredis',
      messaging: '@opentelemetry/instrumentation-kafkajs',
      rpc: '@opentelemetry/instrumentation-grpc',
      own: 'app',
    },
    serverOperation: plain,
    clientOperation: methodOnly,
    databaseOperation: () => 'prisma:engine:db_query',
    parameter: colon,
  },
  {
    language: 'nodejs',
    orm: 'sequelize',
    systems: ['postgresql', 'mysql'],
    scopes: {
      server: '@opentelemetry/instrumentation-http',
      client: '@opentelemetry/instrumentation-http',
      database: '@opentelemetry/instrumentation-pg',
      cache: '@opentelemetry/instrumentation-redis-4',
      messaging: '@opentelemetry/instrumentation-amqplib',
      rpc: '@opentelemetry/instrumentation-grpc',
      own: '@opentelemetry/instrumentation-express',
    },
    serverOperation: plain,
    clientOperation: methodOnly,
    databaseOperation: (verb, _table, namespace) => `pg.query:${verb} ${namespace}`,
    parameter: colon,
  },
  {
    language: 'go',
    orm: 'gorm',
    systems: ['mysql', 'postgresql'],
    scopes: {
      server: 'go.opentelemetry.io/contrib/instrumentation/net/http/otelhttp',
      client: 'go.opentelemetry.io/contrib/instrumentation/net/http/otelhttp',
      database: 'gorm.io/plugin/opentelemetry',
      cache: 'github.com/redis/go-redis/extra/redisotel',
      messaging: 'go.opentelemetry.io/contrib/instrumentation/github.com/IBM/sarama/otelsarama',
      rpc: 'go.opentelemetry.io/contrib/instrumentation/google.golang.org/grpc/otelgrpc',
      own: 'main',
    },
    serverOperation: (_method, route) => route,
    clientOperation: (method) => `HTTP ${method}`,
    databaseOperation: (verb) => `gorm.${verb === 'SELECT' ? 'Query' : verb.charAt(0) + verb.slice(1).toLowerCase()}`,
    parameter: braces,
  },
  {
    language: 'nodejs',
    orm: 'sequelize',
    systems: ['mongodb'],
    scopes: {
      server: '@opentelemetry/instrumentation-http',
      client: '@opentelemetry/instrumentation-http',
      database: '@opentelemetry/instrumentation-mongodb',
      cache: '@opentelemetry/instrumentation-redis-4',
      messaging: '@opentelemetry/instrumentation-kafkajs',
      rpc: '@opentelemetry/instrumentation-grpc',
      own: '@opentelemetry/instrumentation-express',
    },
    serverOperation: plain,
    clientOperation: methodOnly,
    databaseOperation: (verb) => `mongodb.${verb === 'SELECT' ? 'find' : verb.toLowerCase()}`,
    parameter: colon,
  },
];

/** Clients of the years before OpenTelemetry; they write OpenTracing's names. */
const OPENTRACING: Stack = {
  language: 'java',
  orm: 'jdbc',
  systems: ['mysql', 'postgresql'],
  scopes: {
    server: 'java-web-servlet',
    client: 'okhttp',
    database: 'java-jdbc',
    cache: 'java-redis',
    messaging: 'java-kafka',
    rpc: 'java-grpc',
    own: '',
  },
  serverOperation: (method, route) => `${method}:${route}`,
  clientOperation: plain,
  databaseOperation: (verb) => (verb === 'SELECT' ? 'Query' : 'Update'),
  parameter: braces,
};

const THEMES: readonly (readonly (readonly [name: string, noun: string])[])[] = [
  [
    ['order', 'orders'],
    ['inventory', 'stock'],
    ['payment', 'payments'],
    ['catalog', 'products'],
    ['cart', 'carts'],
    ['shipping', 'shipments'],
    ['pricing', 'prices'],
    ['review', 'reviews'],
    ['customer', 'customers'],
    ['recommendation', 'suggestions'],
    ['notification', 'notices'],
    ['promotion', 'coupons'],
    ['tax', 'rates'],
    ['search', 'documents'],
    ['loyalty', 'points'],
    ['fraud', 'signals'],
    ['warehouse', 'bins'],
    ['returns', 'refunds'],
  ],
  [
    ['account', 'accounts'],
    ['ledger', 'entries'],
    ['transfer', 'transfers'],
    ['card', 'cards'],
    ['limit', 'limits'],
    ['kyc', 'checks'],
    ['statement', 'statements'],
    ['fx', 'quotes'],
    ['branch', 'branches'],
    ['loan', 'loans'],
    ['scoring', 'scores'],
    ['document', 'files'],
    ['consent', 'consents'],
    ['beneficiary', 'payees'],
    ['sanction', 'hits'],
    ['fee', 'fees'],
  ],
  [
    ['booking', 'bookings'],
    ['flight', 'flights'],
    ['hotel', 'rooms'],
    ['seat', 'seats'],
    ['itinerary', 'trips'],
    ['traveler', 'travelers'],
    ['fare', 'fares'],
    ['baggage', 'bags'],
    ['station', 'stations'],
    ['route', 'routes'],
    ['ticket', 'tickets'],
    ['driver', 'drivers'],
    ['geo', 'places'],
    ['weather', 'forecasts'],
    ['rating', 'ratings'],
    ['insurance', 'policies'],
  ],
  [
    ['media', 'videos'],
    ['playlist', 'playlists'],
    ['subscription', 'plans'],
    ['profile', 'profiles'],
    ['comment', 'comments'],
    ['feed', 'posts'],
    ['follow', 'followers'],
    ['transcode', 'jobs'],
    ['thumbnail', 'images'],
    ['license', 'licenses'],
    ['ads', 'campaigns'],
    ['metering', 'usages'],
    ['invite', 'invites'],
    ['chat', 'messages'],
    ['presence', 'sessions'],
    ['moderation', 'reports'],
  ],
];

const ENTRIES = ['api-gateway', 'frontend', 'web', 'bff', 'edge', 'mobile-api', 'graphql-gateway'];

const NAMINGS: readonly ((name: string) => string)[] = [
  (name) => `${name}-service`,
  (name) => `${name}-svc`,
  (name) => `${name}service`,
  (name) => name,
  (name) => `${name.charAt(0).toUpperCase()}${name.slice(1)}.API`,
  (name) => `com.acme.${name}`,
];

/** The services of one trace: no two with one name, one way of naming. */
export type Services = Readonly<{
  entry: Service;
  /** Another one, not used before. */
  another(): Service;
  /** Somebody else's, behind an address: sends no spans. */
  outside(): Service;
}>;

const OUTSIDE = [
  'api.stripe.com',
  'maps.googleapis.com',
  'api.twilio.com',
  'hooks.partner.example',
  'api.sendgrid.com',
];

export function servicesOf(random: Random): Services {
  const naming = random.pick(NAMINGS);
  const left = random.some(99, random.pick(THEMES));
  let made = 0;
  const make = (name: string, noun: string, instrumented = true): Service => {
    made += 1;
    const isOpenTracing = random.chance(0.08);
    const stack = isOpenTracing ? OPENTRACING : random.pick(STACKS);
    const system = random.pick(stack.systems);
    const slug = name.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-');
    return {
      name,
      noun,
      stack,
      conventions: isOpenTracing ? 'opentracing' : random.pick(['old', 'old', 'stable', 'stable', 'both'] as const),
      protocol: random.chance(0.3) ? 'grpc' : 'http',
      host: `${slug}-${random.hex(8)}-${random.hex(5)}`,
      address: instrumented ? `${slug}${random.pick(['', '.prod.svc.cluster.local', '.internal'])}` : name,
      database: { system, name: random.pick([slug.replaceAll('-', '_'), 'main', 'app']), host: `${slug}-db.internal` },
      cache: random.chance(0.85) ? 'redis' : 'memcached',
      tracesClients: !random.chance(0.07),
      instrumented,
    };
  };
  return {
    entry: make(random.pick(ENTRIES), 'pages'),
    another() {
      const [name, noun] = left.pop() ?? [`worker-${made}`, 'tasks'];
      return make(naming(name), noun);
    },
    outside: () => make(random.pick(OUTSIDE), 'requests', false),
  };
}
