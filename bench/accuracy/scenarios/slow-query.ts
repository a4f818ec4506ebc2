import { at, type Family } from '../label.ts';
import type { Service } from '../services.ts';
import type { Step } from '../span.ts';
import { byKey, heavy, insert, listOf } from '../statements.ts';
import type { World } from '../world.ts';

/** A statement of some milliseconds, and little work around it. */
function slow({ random, query }: World, here: Service, ms: number, table = here.noun): Step[] {
  return [random.ms(1), query(here, heavy(here, table, 'line_items', random), ms), random.ms(2)];
}

export const slowQuery: Family = {
  id: 'slow-query',
  pairs: true,
  positives: [
    {
      name: 'one statement',
      draw: (world, here, ms) => ({ steps: slow(world, here, ms), expected: [at('slow-query', here)] }),
    },
    {
      name: 'after a list and a cache read',
      draw(world, here, ms) {
        const { random, query, cache } = world;
        const steps = [
          cache(here, 'GET', `${here.noun}:top`, { hit: true }),
          query(here, listOf(here, 'accounts', random), random.ms(9)),
          ...slow(world, here, ms),
          cache(here, 'SET', `${here.noun}:${random.whole(1, 99)}`),
        ];
        return { steps, expected: [at('slow-query', here)] };
      },
    },
    {
      name: 'below a service layer',
      draw({ random, own, query }, here, ms) {
        const statement = query(here, heavy(here, here.noun, 'owners', random), ms);
        const repository = own(here, `${here.stack.language === 'java' ? 'Repository.findAll' : 'load_page'}`, [
          0.2,
          statement,
          random.ms(3),
        ]);
        return {
          steps: [own(here, 'Service.list', [0.3, repository, random.ms(2)])],
          expected: [at('slow-query', here)],
        };
      },
    },
    {
      name: 'two different ones',
      draw(world, here, ms) {
        const steps = [...slow(world, here, ms * 0.6), ...slow(world, here, ms * 0.4, 'events')];
        return { steps, expected: [at('slow-query', here)], allowed: ['sequential-calls'] };
      },
    },
    {
      name: 'beside shorter calls',
      draw(world, here, ms) {
        const { random, services, call, endpoint } = world;
        const other = services.another();
        const lanes = [
          slow(world, here, ms),
          [call(here, other, endpoint.list(other), [ms * random.between(0.1, 0.5)])],
        ];
        return { steps: [{ together: lanes }, random.ms(2)], expected: [at('slow-query', here)] };
      },
    },
    {
      name: 'the database is a service of the trace',
      draw({ random, query, services }, here, ms) {
        const statement = heavy(here, here.noun, 'tags', random);
        const sent = query(here, statement, 0, { bare: true });
        const database: Service = { ...services.another(), name: here.database.system, instrumented: true };
        const server = {
          ...query(database, statement, ms, { bare: true }),
          service: database,
          kind: 'server' as const,
          operation: 'query',
        };
        const steps = [{ ...sent, operation: `${statement.verb} ${statement.table}`, steps: [0.3, server, 0.3] }];
        return { steps, expected: [at('slow-query', here, database)] };
      },
    },
    {
      name: 'without a statement',
      draw({ random, query }, here, ms) {
        const drawn = query(here, heavy(here, here.noun, 'notes', random), ms, { bare: true });
        const { 'db.query.text': _, ...attributes } = drawn.attributes;
        return {
          steps: [random.ms(1), { ...drawn, attributes }, random.ms(1)],
          expected: [at('slow-query', here)],
        };
      },
    },
    {
      name: 'a search engine',
      draw({ random, query }, here, ms) {
        const drawn = query(
          here,
          { verb: 'search', table: here.noun, text: '{"query":{"wildcard":{"title":"*red*"}}}' },
          ms,
          { bare: true },
        );
        const steps = [
          {
            ...drawn,
            operation: `search ${here.noun}`,
            attributes: { ...drawn.attributes, 'db.system.name': 'elasticsearch' },
          },
        ];
        return { steps: [random.ms(2), ...steps, random.ms(4)], expected: [at('slow-query', here)] };
      },
    },
    {
      name: 'a scan of a key-value store',
      draw({ random, awsCall }, here, ms) {
        const steps = [
          random.ms(1),
          awsCall(here, 'DynamoDB', 'Scan', ms, { 'aws.dynamodb.table_names': here.noun }),
          random.ms(3),
        ];
        return { steps, expected: [at('slow-query', here)] };
      },
    },
    {
      name: 'a command that walks all keys',
      draw({ random, cache }, here, ms) {
        const redis: Service = { ...here, cache: 'redis' };
        const attributes = { 'db.operation.name': 'KEYS', 'db.query.text': `KEYS ${here.noun}:*` };
        return {
          steps: [random.ms(1), { ...cache(redis, 'GET', '', { ms, attributes }), operation: 'KEYS' }, random.ms(2)],
          expected: [at('slow-query', here)],
        };
      },
    },
    {
      name: 'in a transaction',
      draw(world, here, ms) {
        const { random, query, own } = world;
        const steps = [
          query(here, { verb: 'BEGIN', table: '', text: 'BEGIN' }, random.ms(0.3)),
          ...slow(world, here, ms),
          query(here, insert(here.noun), random.ms(3)),
          query(here, { verb: 'COMMIT', table: '', text: 'COMMIT' }, random.ms(2)),
        ];
        return { steps: [own(here, 'Transaction', steps)], expected: [at('slow-query', here)] };
      },
    },
    {
      name: 'behind a cache that did not have it',
      draw(world, here, ms) {
        const { random, services, call, endpoint, cache } = world;
        const callee = services.another();
        const steps = [cache(callee, 'GET', 'inventory:12345', { hit: false }), ...slow(world, callee, ms)];
        return {
          steps: [call(here, callee, endpoint.one(callee), steps), random.ms(4)],
          expected: [at('slow-query', callee)],
          allowed: ['cache-miss-cascade'],
          verdicts: [at('slow-query', callee), at('cache-miss-cascade', callee)],
        };
      },
    },
    {
      name: 'a stored procedure',
      draw({ random, query }, here, ms) {
        const isMicrosoft = here.database.system === 'mssql';
        const text = isMicrosoft ? 'EXEC dbo.usp_GetMonthlyReport @from, @to' : 'CALL monthly_report($1, $2)';
        const called = { verb: isMicrosoft ? 'EXEC' : 'CALL', table: '', text };
        return { steps: [random.ms(1), query(here, called, ms), random.ms(12)], expected: [at('slow-query', here)] };
      },
    },
    {
      name: 'a search over HTTP',
      draw({ random, services, call }, here, ms) {
        const outside = { ...services.outside(), name: 'es-main.internal', address: 'es-main.internal' };
        const where = { method: 'POST', route: '/orders/_search', path: '/orders/_search', rpc: '' };
        const attributes = {
          'db.system.name': 'elasticsearch',
          'db.operation.name': 'search',
          'db.collection.name': 'orders',
        };
        const made = call(here, outside, where, [ms], { attributes });
        return { steps: [{ ...made, operation: 'search orders' }, random.ms(3)], expected: [at('slow-query', here)] };
      },
    },
    {
      name: 'a filter that Cassandra has no key for',
      draw({ random, query }, here, ms) {
        const text = `SELECT * FROM ${here.noun} WHERE state = 'open' ALLOW FILTERING`;
        const drawn = query(here, { verb: 'SELECT', table: here.noun, text }, ms, {
          bare: true,
          attributes: { 'db.system.name': 'cassandra', 'db.cassandra.consistency_level': 'local_quorum' },
        });
        return { steps: [random.ms(1), drawn, random.ms(3)], expected: [at('slow-query', here)] };
      },
    },
  ],
  nearMisses: [
    {
      name: 'waiting for work',
      draw({ random, cache, own }, here) {
        const redis: Service = { ...here, cache: 'redis' };
        const seconds = random.pick([5, 10, 30]);
        const attributes = { 'db.operation.name': 'BLPOP', 'db.query.text': `BLPOP jobs ${seconds}` };
        const blocked = {
          ...cache(redis, 'GET', '', { ms: seconds * 1_000 * random.between(0.3, 1), attributes }),
          operation: 'BLPOP',
        };
        return { steps: [blocked, own(here, 'run job', [random.ms(25)])], expected: [], allowed: ['unexplained-gap'] };
      },
    },
    {
      name: 'off the critical path',
      draw(world, here, ms) {
        const { random, services, call, endpoint } = world;
        const outside = services.outside();
        const longer = call(here, outside, endpoint.action(outside, 'charge'), [ms * random.between(1.6, 3)]);
        return { steps: [{ together: [slow(world, here, ms), [longer]] }, random.ms(1)], expected: [] };
      },
    },
    {
      name: 'after the answer',
      draw(world, here, ms) {
        const { random, own } = world;
        const cleanUp = own(here, 'background cleanup', slow(world, here, ms));
        return { steps: [{ detached: cleanUp, afterMs: 1 }, random.ms(40)], expected: [] };
      },
    },
    {
      name: 'quick enough',
      draw({ random, query }, here) {
        const steps = [query(here, heavy(here, here.noun, 'tags', random), random.between(40, 80)), random.ms(6)];
        return { steps, expected: [] };
      },
    },
    {
      name: 'a small part of a long request',
      draw({ random, query, own }, here, ms) {
        const queryMs = random.between(110, 160);
        const work = ['parse', 'transform', 'render', 'compress'].map((name) =>
          own(here, name, [Math.max(ms, queryMs * 20) / 4]),
        );
        return {
          steps: [query(here, heavy(here, here.noun, 'tags', random), queryMs), ...work],
          expected: [],
          allowed: ['unexplained-gap'],
        };
      },
    },
    {
      name: 'ten short ones of different shapes',
      draw({ random, query }, here) {
        const tables = [
          'users',
          'plans',
          'roles',
          'flags',
          'locales',
          'themes',
          'quotas',
          'teams',
          'regions',
          'badges',
        ];
        const steps = tables.map((table) =>
          query(here, byKey(here, table, 'id', random.whole(1, 99), 'masked'), random.ms(6)),
        );
        return { steps, expected: [] };
      },
    },
    {
      name: 'a slow call, and the callee has quick queries',
      draw({ random, services, call, endpoint, query, own }, here, ms) {
        const callee = services.another();
        const work = [
          query(callee, listOf(callee, callee.noun, random), random.ms(8)),
          own(callee, 'score', [ms]),
          query(callee, insert('scores'), random.ms(3)),
        ];
        return { steps: [call(here, callee, endpoint.list(callee), work)], expected: [], allowed: ['unexplained-gap'] };
      },
    },
  ],
};
