import { at, type Family, type Piece } from '../label.ts';
import type { Service } from '../services.ts';
import type { DrawnSpan, Step } from '../span.ts';
import { byKey, insert, listOf, update } from '../statements.ts';
import type { World } from '../world.ts';

/** How many rows the list had: a few, a page, or nobody paged. */
const COUNTS = [5, 6, 7, 8, 10, 12, 15, 18, 25, 40, 50, 80, 120, 250, 500];

const CHILDREN = ['customers', 'addresses', 'line_items', 'authors', 'images', 'tags', 'owners'];

/** As many queries as there were rows, which take about `ms` together. */
function rows(world: World, here: Service, ms: number, count: number, table: string, mapMs: number): Step[] {
  const { random, query } = world;
  const literals = random.chance(0.5) ? 'literal' : 'masked';
  const column = random.pick(['id', 'parent_id', 'order_id']);
  const eachMs = Math.max(ms / count, 0.4);
  return Array.from({ length: count }, (_, index) => [
    query(here, byKey(here, table, column, 101 + index * 7, literals), random.ms(eachMs * 0.9, 0.25)),
    random.ms(Math.max(0.02, Math.min(mapMs, eachMs * 0.1))),
  ]).flat();
}

function found(here: Service, count: number, steps: readonly Step[]): Piece {
  return { steps, expected: [at('n-plus-one-queries', here)], allowed: count >= 15 ? ['fan-out'] : [] };
}

/** Each query is short: what is wrong is that there are so many. */
function countFor({ random }: World, ms: number): number {
  return random.pick(COUNTS.filter((count) => ms / count >= 0.5 && ms / count <= 60));
}

export const nPlusOneQueries: Family = {
  id: 'n-plus-one-queries',
  pairs: true,
  positives: [
    {
      name: 'named by a summary, the text kept out',
      draw(world, here, ms) {
        const { random, query } = world;
        const count = countFor(world, ms);
        const table = random.pick(CHILDREN);
        const steps = Array.from({ length: count }, (_, index) => {
          const made = query(
            here,
            byKey(here, table, 'id', index, 'masked'),
            random.ms(Math.max(ms / count, 0.4), 0.2),
            {
              bare: true,
            },
          );
          const { 'db.query.text': _text, ...attributes } = made.attributes;
          return {
            ...made,
            operation: `SELECT ${table}`,
            attributes: { ...attributes, 'db.query.summary': `SELECT ${table}` },
          };
        });
        return found(here, count, [query(here, listOf(here, here.noun, random), random.ms(9)), ...steps]);
      },
    },
    {
      name: 'a loader that is given one key at a time',
      draw(world, here, ms) {
        const { random, query, own } = world;
        const count = countFor(world, ms);
        const steps = Array.from({ length: count }, (_, index) => {
          const text = `SELECT "tags".* FROM "tags" WHERE "tags"."post_id" IN (${index + 31})`;
          return query(here, { verb: 'SELECT', table: 'tags', text }, random.ms(Math.max(ms / count, 0.4), 0.2));
        });
        const list = query(here, listOf(here, here.noun, random), random.ms(9));
        return found(here, count, [list, own(here, 'serialize', steps)]);
      },
    },
    {
      name: 'below several runs of one function',
      draw(world, here, ms) {
        const { random, own, query } = world;
        const runs = random.whole(3, 6);
        const each = random.whole(6, 12);
        const steps = Array.from({ length: runs }, () =>
          own(here, 'load section', rows(world, here, ms / runs, each, 'images', 0.3)),
        );
        return found(here, runs * each, [query(here, listOf(here, here.noun, random), random.ms(9)), ...steps]);
      },
    },
    {
      name: 'lazy loading after a list',
      draw(world, here, ms) {
        const { random, query } = world;
        const count = countFor(world, ms);
        const list = query(here, listOf(here, here.noun, random), random.ms(12));
        return found(here, count, [list, random.ms(1), ...rows(world, here, ms, count, random.pick(CHILDREN), 0.5)]);
      },
    },
    {
      name: 'in the loop of a template',
      draw(world, here, ms) {
        const { random, own, query } = world;
        const count = countFor(world, ms);
        const render = own(here, 'render_template index', rows(world, here, ms, count, random.pick(CHILDREN), 3));
        return found(here, count, [query(here, listOf(here, here.noun, random), random.ms(8)), render]);
      },
    },
    {
      name: 'the list came from a cache or a message',
      draw(world, here, ms) {
        const { random, cache } = world;
        const count = countFor(world, ms);
        const list = cache(here, 'GET', `${here.noun}:page:1`, { hit: true });
        return found(here, count, [list, ...rows(world, here, ms, count, random.pick(CHILDREN), 1)]);
      },
    },
    {
      name: 'two queries a row',
      draw(world, here, ms) {
        const { random, query } = world;
        const count = Math.max(5, Math.round(countFor(world, ms) / 2));
        const eachMs = Math.max(ms / count / 2, 0.4);
        const steps = Array.from({ length: count }, (_, index) => [
          query(here, byKey(here, 'customers', 'id', index + 7, 'literal'), random.ms(eachMs, 0.25)),
          query(here, byKey(here, 'addresses', 'customer_id', index + 7, 'literal'), random.ms(eachMs, 0.25)),
        ]).flat();
        return found(here, count * 2, [query(here, listOf(here, here.noun, random), random.ms(10)), ...steps]);
      },
    },
    {
      name: 'each below its repository',
      draw(world, here, ms) {
        const { random, own, query } = world;
        const count = countFor(world, ms);
        const eachMs = Math.max(ms / count, 0.4);
        const name = here.stack.language === 'java' ? 'CustomerRepository.findById' : 'get_customer';
        const steps = Array.from(
          { length: count },
          (_, index): DrawnSpan =>
            own(here, name, [
              0.05,
              query(here, byKey(here, 'customers', 'id', index + 1, 'masked'), random.ms(eachMs, 0.25)),
              0.05,
            ]),
        );
        return found(here, count, [query(here, listOf(here, here.noun, random), random.ms(10)), ...steps]);
      },
    },
    {
      name: 'an insert a row',
      draw(world, here, ms) {
        const { random, query } = world;
        const count = countFor(world, ms);
        const steps = Array.from({ length: count }, () =>
          query(here, insert('line_items'), random.ms(Math.max(ms / count, 0.4), 0.25)),
        );
        return found(here, count, steps);
      },
    },
    {
      name: 'a resolver a row',
      draw(world, here, ms) {
        const { random, own, query } = world;
        const count = countFor(world, ms);
        const eachMs = Math.max(ms / count, 0.4);
        const resolvers = Array.from({ length: count }, (_, index) =>
          own(
            here,
            'graphql.resolve author',
            [0.05, query(here, byKey(here, 'authors', 'id', index + 9, 'masked'), random.ms(eachMs, 0.25)), 0.02],
            {
              attributes: { 'graphql.field.path': `posts.${index}.author`, 'graphql.field.type': 'User' },
            },
          ),
        );
        const list = own(here, 'graphql.resolve posts', [query(here, listOf(here, here.noun, random), random.ms(9))]);
        return found(here, count, [own(here, 'graphql.execute', [list, ...resolvers])]);
      },
    },
    {
      name: 'items of a key-value store',
      draw(world, here, ms) {
        const { random, awsCall } = world;
        const count = countFor(world, ms);
        const steps = Array.from({ length: count }, () =>
          awsCall(here, 'DynamoDB', 'GetItem', random.ms(Math.max(ms / count, 0.8), 0.25), {
            'aws.dynamodb.table_names': 'customers',
          }),
        );
        const piece = found(here, count, [
          awsCall(here, 'DynamoDB', 'Query', random.ms(9), { 'aws.dynamodb.table_names': here.noun }),
          ...steps,
        ]);
        return { ...piece, allowed: [...(piece.allowed ?? []), 'sequential-calls', 'n-plus-one-calls'] };
      },
    },
    {
      name: 'read, change and write each row',
      draw(world, here, ms) {
        const { random, query } = world;
        const count = Math.max(5, Math.round(countFor(world, ms) / 2));
        const eachMs = Math.max(ms / count / 2, 0.4);
        const steps = Array.from({ length: count }, (_, index) => [
          query(here, byKey(here, here.noun, 'id', index + 7, 'masked'), random.ms(eachMs, 0.25)),
          random.ms(0.1),
          query(here, update(here.noun), random.ms(eachMs, 0.25)),
        ]).flat();
        return found(here, count * 2, steps);
      },
    },
    {
      name: 'a count for each row',
      draw(world, here, ms) {
        const { random, query } = world;
        const count = countFor(world, ms);
        const steps = Array.from({ length: count }, (_, index) =>
          query(
            here,
            {
              verb: 'SELECT',
              table: 'comments',
              text: `SELECT COUNT(*) FROM comments WHERE post_id = ${index * 3 + 11} AND hidden = false`,
            },
            random.ms(Math.max(ms / count, 0.4), 0.25),
          ),
        );
        return found(here, count, [query(here, listOf(here, here.noun, random), random.ms(9)), ...steps]);
      },
    },
    {
      name: 'what a cache did not have, row by row',
      draw(world, here, ms) {
        const { random, query, cache } = world;
        const count = Math.min(60, countFor(world, ms));
        const steps = Array.from({ length: count }, (_, index): Step[] => [
          cache(here, 'GET', `customer:${index}`, { hit: false }),
          query(here, byKey(here, 'customers', 'id', index, 'masked'), random.ms(Math.max(ms / count, 0.4), 0.25)),
        ]).flat();
        const piece = found(here, count * 2, [query(here, listOf(here, here.noun, random), random.ms(9)), ...steps]);
        return {
          ...piece,
          allowed: [...(piece.allowed ?? []), 'cache-miss-cascade', 'slow-query'],
          verdicts: [...piece.expected, at('cache-miss-cascade', here)],
        };
      },
    },
    {
      name: 'nodes of a graph one by one',
      draw(world, here, ms) {
        const { random, query } = world;
        const count = countFor(world, ms);
        const attributes = { 'db.system.name': 'neo4j' };
        const match = (index: number) => ({
          verb: 'MATCH',
          table: 'User',
          text: `MATCH (u:User {id: ${index * 5 + 3}})-[:OWNS]->(a:Account) RETURN a`,
        });
        const steps = Array.from({ length: count }, (_, index) =>
          query(here, match(index), random.ms(Math.max(ms / count, 0.4), 0.25), { bare: true, attributes }),
        );
        return found(here, count, steps);
      },
    },
  ],
  nearMisses: [
    {
      name: 'a table read page by page',
      draw({ random, query }, here, ms) {
        const steps = Array.from({ length: random.whole(6, 12) }, (_, page) => {
          const text = random.pick([
            `SELECT id, total FROM ${here.noun} WHERE id > ${1000 * page} ORDER BY id LIMIT 1000`,
            `SELECT id, total FROM ${here.noun} ORDER BY id LIMIT 1000 OFFSET ${1000 * page}`,
          ]);
          return query(here, { verb: 'SELECT', table: here.noun, text }, random.ms(Math.min(ms, 900) / 12, 0.2), {
            bare: true,
          });
        });
        return { steps, expected: [], allowed: ['sequential-calls', 'slow-query'] };
      },
    },
    {
      name: 'rows written in a few large statements',
      draw({ random, query }, here) {
        const rowsOf = (from: number) =>
          Array.from({ length: 40 }, (_, at) => `(${from + at}, 'open', 'x')`).join(', ');
        const steps = Array.from({ length: random.whole(6, 9) }, (_, at) => {
          const text = `INSERT INTO ${here.noun} (id, state, payload) VALUES ${rowsOf(40 * at)}`;
          return query(here, { verb: 'INSERT', table: here.noun, text }, random.ms(14), { bare: true });
        });
        return { steps, expected: [] };
      },
    },
    {
      name: 'lists of keys in a few bites',
      draw({ random, query }, here) {
        const bites = Array.from({ length: 4 }, (_, index) => {
          const keys = Array.from({ length: 50 }, (_, key) => index * 50 + key).join(', ');
          return query(
            here,
            { verb: 'SELECT', table: 'customers', text: `SELECT * FROM customers WHERE id IN (${keys})` },
            random.ms(22, 0.2),
          );
        });
        return { steps: [query(here, listOf(here, here.noun, random), random.ms(10)), ...bites], expected: [] };
      },
    },
    {
      name: 'a loader that collects the keys',
      draw({ random, query, own }, here) {
        const levels = ['authors', 'comments', 'images'].map((table) =>
          own(here, `dispatch ${table}`, [
            query(
              here,
              {
                verb: 'SELECT',
                table,
                text: `SELECT * FROM ${table} WHERE id IN ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
              },
              random.ms(14, 0.2),
            ),
          ]),
        );
        return { steps: [query(here, listOf(here, here.noun, random), random.ms(9)), ...levels], expected: [] };
      },
    },
    {
      name: 'one query of each message',
      draw({ random, services, consume, publish, query }, here) {
        const consumer = services.another();
        const steps = Array.from({ length: 7 }, (_, index) => ({
          detached: consume(
            consumer,
            'clicks',
            [random.ms(1), query(consumer, byKey(consumer, 'users', 'id', index, 'masked'), random.ms(11, 0.2))],
            { id: random.hex(8) },
          ),
          afterMs: 4 + index * 16,
        }));
        return { steps: [publish(here, 'clicks', { steps })], expected: [] };
      },
    },
    {
      name: 'four',
      draw(world, here, ms) {
        const { random, query } = world;
        const list = query(here, listOf(here, here.noun, random), random.ms(10));
        return { steps: [list, ...rows(world, here, Math.min(ms, 160), 4, 'customers', 1)], expected: [] };
      },
    },
    {
      name: 'one query for all',
      draw({ random, query }, here) {
        const batch = {
          verb: 'SELECT',
          table: 'customers',
          text: 'SELECT * FROM customers WHERE id IN ($1, $2, $3, $4, $5, $6, $7, $8)',
        };
        return {
          steps: [query(here, listOf(here, here.noun, random), random.ms(10)), query(here, batch, random.ms(18))],
          expected: [],
        };
      },
    },
    {
      name: 'eight shapes',
      draw({ random, query }, here) {
        const tables = ['users', 'plans', 'roles', 'flags', 'locales', 'themes', 'quotas', 'teams'];
        const steps = tables.map((table) =>
          query(here, byKey(here, table, 'id', random.whole(1, 99), 'literal'), random.ms(9, 0.2)),
        );
        return { steps, expected: [] };
      },
    },
    {
      name: 'too short to matter',
      draw(world, here) {
        const { random, own } = world;
        return {
          steps: [...rows(world, here, 14, 12, 'tags', 0.1), own(here, 'render', [random.ms(80)])],
          expected: [],
          allowed: ['unexplained-gap'],
        };
      },
    },
    {
      name: 'side by side',
      draw(world, here) {
        const { random, query } = world;
        const lanes = Array.from({ length: random.whole(6, 12) }, (_, index) => [
          query(here, byKey(here, 'customers', 'id', index, 'masked'), random.ms(12, 0.2)),
        ]);
        return { steps: [{ together: lanes }, random.ms(5)], expected: [] };
      },
    },
    {
      name: 'the same check in every service',
      draw({ random, services, call, endpoint, query }, here) {
        let steps: Step[] = [random.ms(3)];
        let callee = here;
        for (let depth = 0; depth < 6; depth += 1) {
          const caller = depth === 5 ? here : services.another();
          const check = query(callee, byKey(callee, 'permissions', 'user_id', 42, 'masked'), random.ms(11, 0.2));
          steps = [check, ...steps];
          if (caller !== callee) steps = [call(caller, callee, endpoint.one(callee), steps)];
          callee = caller;
        }
        return { steps, expected: [] };
      },
    },
    {
      name: 'a tiny share of a long job',
      draw(world, here, ms) {
        const { random, own } = world;
        const work = ['read', 'parse', 'convert', 'upload'].map((name) =>
          own(here, name, [Math.max(ms, 2_500) * random.between(0.5, 0.7)]),
        );
        return {
          steps: [...rows(world, here, 55, 6, 'settings', 0.2), ...work],
          expected: [],
          allowed: ['unexplained-gap'],
        };
      },
    },
    {
      name: 'keys of a cache',
      draw({ random, cache }, here) {
        const steps = Array.from({ length: random.whole(6, 12) }, (_, index) =>
          cache(here, 'GET', `price:${index}`, { hit: true, ms: random.ms(1.2) }),
        );
        return { steps, expected: [] };
      },
    },
  ],
};
