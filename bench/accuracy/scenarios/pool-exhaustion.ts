import { type Failure, refused } from '../failures.ts';
import { at, type Family, type Piece } from '../label.ts';
import type { Service } from '../services.ts';
import type { Step } from '../span.ts';
import { byKey, heavy, insert, listOf } from '../statements.ts';

function found(here: Service, steps: readonly Step[], failure?: Failure): Piece {
  return {
    steps,
    expected: [at('pool-exhaustion', here)],
    allowed: ['unexplained-gap', ...(failure ? (['error-origin', 'timeout-cascade', 'slow-query'] as const) : [])],
    ...(failure && { failure, thrown: true, verdicts: [at('pool-exhaustion', here), at('error-origin', here)] }),
  };
}

/** The pool's own words after it gave up. */
function poolTimeout({ stack: { language, orm } }: Service, ms: number): Failure {
  const failed = { status: 500, code: 'RESOURCE_EXHAUSTED' };
  switch (language) {
    case 'java':
      return {
        ...failed,
        type: 'java.sql.SQLTransientConnectionException',
        message: `HikariPool-1 - Connection is not available, request timed out after ${ms}ms (total=10, active=10, idle=0, waiting=23)`,
      };
    case 'dotnet':
      return {
        ...failed,
        type: 'System.InvalidOperationException',
        message:
          'Timeout expired.  The timeout period elapsed prior to obtaining a connection from the pool.  This may have occurred because all pooled connections were in use and max pool size was reached.',
      };
    case 'python':
      return {
        ...failed,
        type: 'sqlalchemy.exc.TimeoutError',
        message: `QueuePool limit of size 5 overflow 10 reached, connection timed out, timeout ${ms / 1000}.00`,
      };
    case 'ruby':
      return {
        ...failed,
        type: 'ActiveRecord::ConnectionTimeoutError',
        message: `could not obtain a connection from the pool within ${ms / 1000}.000 seconds (waited ${ms / 1000}.003 seconds); all pooled connections were in use`,
      };
    case 'go':
      return {
        ...failed,
        type: '*errors.errorString',
        message: 'unable to acquire connection from pool: context deadline exceeded',
      };
    default:
      return orm === 'prisma'
        ? {
            ...failed,
            type: 'PrismaClientKnownRequestError',
            message: `Timed out fetching a new connection from the connection pool. (Current connection pool timeout: ${ms / 1000}, connection limit: 5)`,
          }
        : {
            ...failed,
            type: 'SequelizeConnectionAcquireTimeoutError',
            message: 'Operation timeout: ResourceRequest timed out',
          };
  }
}

const ACQUIRE: Readonly<Record<string, string>> = {
  java: 'HikariDataSource.getConnection',
  nodejs: 'pg-pool.connect',
  go: 'pool.acquire',
  python: 'connection pool checkout',
  ruby: 'checkout connection',
  dotnet: 'acquire connection from pool',
};

export const poolExhaustion: Family = {
  id: 'pool-exhaustion',
  pairs: true,
  positives: [
    {
      name: 'a wait before a short query',
      draw({ random, query }, here, ms) {
        const steps = [
          query(here, listOf(here, here.noun, random), random.ms(12)),
          ms,
          query(here, byKey(here, 'customers', 'id', 42, 'masked'), random.ms(10)),
        ];
        return found(here, steps);
      },
    },
    {
      name: 'a span that waits for a connection',
      draw({ random, own, query }, here, ms) {
        const name = ACQUIRE[here.stack.language] ?? 'pool.acquire';
        const steps = [
          own(here, name, [ms]),
          query(here, byKey(here, here.noun, 'id', 4, 'masked'), random.ms(6)),
          random.ms(1),
        ];
        return found(here, steps);
      },
    },
    {
      name: 'twice in one request',
      draw({ random, own, query }, here, ms) {
        const name = ACQUIRE[here.stack.language] ?? 'pool.acquire';
        const steps = [0.6, 0.4].flatMap((share) => [
          own(here, name, [ms * share]),
          query(here, byKey(here, here.noun, 'id', 4, 'masked'), random.ms(6)),
        ]);
        return found(here, steps);
      },
    },
    {
      name: 'the pool gives up',
      draw({ random, own, query }, here) {
        const waited = random.pick([1_000, 3_000, 5_000, 10_000, 30_000]);
        const failure = poolTimeout(here, waited);
        const isOfQuery = random.chance(0.5);
        const steps = isOfQuery
          ? [query(here, byKey(here, here.noun, 'id', 4, 'masked'), waited, { failure })]
          : [own(here, ACQUIRE[here.stack.language] ?? 'pool.acquire', [waited], { failure })];
        return found(here, [random.ms(2), ...steps], failure);
      },
    },
    {
      name: 'more connections than the pool has',
      draw({ random, query }, here) {
        const size = random.pick([10, 20, 50]);
        const failure: Failure = { ...refused(here, here.database.host, 5432), status: 500 };
        const attributes = { database_pool_size: size, active_connections: size + 1 };
        return found(
          here,
          [random.ms(3), query(here, byKey(here, 'users', 'id', 4, 'masked'), random.ms(4), { failure, attributes })],
          failure,
        );
      },
    },
    {
      name: "an HTTP client's pool",
      draw({ random, services, own, call, endpoint }, here, ms) {
        const callee = services.another();
        const name = random.pick(['acquire connection', 'http.connection_pool.wait', 'wait for connection']);
        return found(here, [own(here, name, [ms]), call(here, callee, endpoint.one(callee), [random.ms(14)])]);
      },
    },
    {
      name: 'only the log tells of the pool',
      draw({ random, own, query }, here, ms) {
        const text = random.pick([
          `HikariPool-1 - Pool stats (total=10, active=10, idle=0, waiting=${random.whole(4, 40)})`,
          `waited ${Math.round(ms)} ms for a connection, pool exhausted: 20 of 20 in use`,
          'connection pool is at its limit of 20, request queued',
        ]);
        const steps = [ms, query(here, byKey(here, here.noun, 'id', 42, 'masked'), random.ms(9)), random.ms(2)];
        return found(here, [own(here, 'load', steps, { logs: [{ at: ms * 0.5, level: 'warn', text }] })]);
      },
    },
    {
      name: 'the database has no slot left',
      draw({ random, query }, here) {
        const message =
          here.database.system === 'mysql'
            ? 'Too many connections'
            : random.pick([
                'FATAL: sorry, too many clients already',
                'remaining connection slots are reserved for roles with the SUPERUSER attribute',
              ]);
        const failure: Failure = { type: 'OperationalError', message, status: 500, code: 'UNAVAILABLE' };
        const refusedQuery = query(here, byKey(here, here.noun, 'id', 4, 'masked'), random.ms(6), { failure });
        return found(here, [random.ms(3), refusedQuery], failure);
      },
    },
    {
      name: "a cache client's pool",
      draw({ random, cache }, here) {
        const waited = random.pick([1_000, 2_000]);
        const failure: Failure = {
          type: 'redis.clients.jedis.exceptions.JedisConnectionException',
          message: 'Could not get a resource from the pool',
          status: 500,
          code: 'INTERNAL',
        };
        return found(here, [random.ms(2), cache(here, 'GET', 'session:4', { ms: waited, failure })], failure);
      },
    },
    {
      name: 'no connection to a callee in time',
      draw({ random, services, call, endpoint }, here) {
        const callee = services.another();
        const waited = random.pick([2_000, 5_000]);
        const failure: Failure = {
          type: 'org.apache.http.conn.ConnectionPoolTimeoutException',
          message: 'Timeout waiting for connection from pool',
          status: 503,
          code: 'UNAVAILABLE',
        };
        const client = { ...here, tracesClients: true };
        const made = call(client, callee, endpoint.one(callee), [waited], { callerSays: failure, sides: 'client' });
        return found(here, [random.ms(2), made], failure);
      },
    },
    {
      name: 'the query tells how long it waited for a connection',
      draw({ random, query }, here, ms) {
        const name = random.pick(['db.client.connection.wait_time_ms', 'db.pool.wait_ms', 'hikari.wait_ms']);
        const attributes = { [name]: Math.round(ms) };
        return {
          ...found(here, [
            random.ms(2),
            query(here, byKey(here, here.noun, 'id', 4, 'masked'), ms + random.ms(6), { attributes }),
          ]),
          allowed: ['slow-query', 'unexplained-gap'],
        };
      },
    },
  ],
  nearMisses: [
    {
      name: 'a pause on purpose',
      draw({ random, own, query }, here, ms) {
        const steps = [
          query(here, listOf(here, here.noun, random), random.ms(9)),
          own(here, 'sleep', [ms]),
          query(here, insert(here.noun), random.ms(5)),
        ];
        return { steps, expected: [], allowed: ['unexplained-gap'] };
      },
    },
    {
      name: 'a connection at once',
      draw({ random, own, query }, here) {
        const name = ACQUIRE[here.stack.language] ?? 'pool.acquire';
        return {
          steps: [
            own(here, name, [random.ms(0.3)]),
            query(here, listOf(here, here.noun, random), random.ms(14)),
            random.ms(8),
          ],
          expected: [],
        };
      },
    },
    {
      name: 'refused, and nothing about a pool',
      draw({ random, query }, here) {
        const failure = refused(here, here.database.host, 5432);
        return {
          steps: [random.ms(3), query(here, byKey(here, 'users', 'id', 4, 'masked'), random.ms(2), { failure })],
          expected: [at('error-origin', here)],
          failure,
          thrown: true,
        };
      },
    },
    {
      name: 'work with a span before the query',
      draw({ random, own, query }, here, ms) {
        const steps = [own(here, 'compute route', [ms]), query(here, insert(here.noun), random.ms(5))];
        return { steps, expected: [], allowed: ['unexplained-gap'] };
      },
    },
    {
      name: 'a slow query with a quick connection',
      draw({ random, own, query }, here, ms) {
        const name = ACQUIRE[here.stack.language] ?? 'pool.acquire';
        const steps = [own(here, name, [random.ms(0.4)]), query(here, heavy(here, here.noun, 'tags', random), ms)];
        return { steps, expected: [at('slow-query', here)] };
      },
    },
    {
      name: 'time after the last query',
      draw({ random, query }, here, ms) {
        const steps = [query(here, listOf(here, here.noun, random), random.ms(12)), ms];
        return { steps, expected: [], allowed: ['unexplained-gap'], isLast: true };
      },
    },
    {
      name: 'a swimming pool',
      draw({ random, services, call, endpoint, own }, here, ms) {
        const callee: Service = { ...services.another(), name: 'pool-booking', noun: 'pools' };
        const steps = [own(callee, 'plan pool lanes', [ms * 0.9]), random.ms(3)];
        return {
          steps: [call(here, callee, endpoint.list(callee), steps)],
          expected: [],
          allowed: ['unexplained-gap'],
        };
      },
    },
    {
      name: 'a new connection and its handshake',
      draw({ random, own, query }, here) {
        const steps = [
          own(here, here.stack.language === 'nodejs' ? 'pg.connect' : 'tls.handshake', [random.ms(18, 0.2)]),
          query(here, listOf(here, here.noun, random), random.ms(9)),
          random.ms(30),
        ];
        return { steps, expected: [] };
      },
    },
  ],
};
