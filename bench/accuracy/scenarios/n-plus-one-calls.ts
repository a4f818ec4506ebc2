import { at, type Family, type Piece } from '../label.ts';
import type { Service } from '../services.ts';
import type { DrawnSpan, Step } from '../span.ts';
import { byKey, listOf } from '../statements.ts';
import type { World } from '../world.ts';

const COUNTS = [5, 6, 8, 10, 12, 16, 20, 30, 60, 120, 250];

/** Each call is short: what is wrong is that there are so many. */
function countFor({ random }: World, ms: number): number {
  return random.pick(COUNTS.filter((count) => ms / count >= 3 && ms / count <= 60));
}

/** The same thing asked for one id after another. */
function calls(world: World, here: Service, callee: Service, ms: number, count: number): DrawnSpan[] {
  const { random, call, endpoint, query, cache } = world;
  const eachMs = ms / count;
  const inside = random.pick(['query', 'work', 'cache'] as const);
  return Array.from({ length: count }, (_, index) => {
    const mainMs = random.ms(Math.max(eachMs - 1.2, 0.5), 0.25);
    const steps: Step[] = [0.2];
    if (inside === 'query') steps.push(query(callee, byKey(callee, callee.noun, 'id', index + 1, 'masked'), mainMs));
    else if (inside === 'cache')
      steps.push(
        cache(callee, 'GET', `${callee.noun}:${index}`, { hit: true, ms: Math.min(1, mainMs / 2) }),
        mainMs / 2,
      );
    else steps.push(mainMs);
    return call(here, callee, endpoint.one(callee, 1_000 + index * 13), steps);
  });
}

/** From twenty on it is a fan-out as well, and either name leads to the same change. */
function found(here: Service, count: number, steps: readonly Step[]): Piece {
  const expected = [at('n-plus-one-calls', here)];
  if (count < 15) return { steps, expected, allowed: ['sequential-calls'] };
  return {
    steps,
    expected,
    allowed: ['fan-out', 'sequential-calls'],
    verdicts: count < 20 ? expected : [...expected, at('fan-out', here)],
  };
}

export const nPlusOneCalls: Family = {
  id: 'n-plus-one-calls',
  pairs: true,
  positives: [
    {
      name: 'a row of entities for a gateway of graphs',
      draw({ random, services, call, own }, here, ms) {
        const callee = services.another();
        const count = random.pick([6, 9, 14, 18]);
        const steps = Array.from({ length: count }, (_, index) => {
          const where = { method: 'POST', route: '/graphql', path: '/graphql', rpc: 'Entities' };
          const made = call(here, callee, where, [random.ms(Math.max(ms / count, 4), 0.2)]);
          return own(here, `graphql.resolve offers.${index}.seller`, [random.ms(0.1), made]);
        });
        return {
          steps: [own(here, 'graphql.execute', steps)],
          expected: [at('n-plus-one-calls', here)],
          allowed: ['sequential-calls', 'fan-out'],
        };
      },
    },
    {
      name: 'one call an item',
      draw(world, here, ms) {
        const { random, services, query } = world;
        const count = countFor(world, ms);
        const list = query(here, listOf(here, here.noun, random), random.ms(10));
        return found(here, count, [list, ...calls(world, here, services.another(), ms, count)]);
      },
    },
    {
      name: 'the list came from another service',
      draw(world, here, ms) {
        const { random, services, call, endpoint } = world;
        const count = countFor(world, ms);
        const lister = services.another();
        const list = call(here, lister, endpoint.list(lister), [random.ms(12)]);
        return found(here, count, [list, random.ms(1), ...calls(world, here, services.another(), ms, count)]);
      },
    },
    {
      name: 'to a callee without spans',
      draw(world, here, ms) {
        const { services } = world;
        const count = countFor(world, ms);
        const callee = { ...services.another(), instrumented: false };
        return found(here, count, calls(world, here, callee, ms, count));
      },
    },
    {
      name: 'in a loop with work between',
      draw(world, here, ms) {
        const { random, services, own } = world;
        const count = countFor(world, ms);
        const steps = calls(world, here, services.another(), ms, count).flatMap((made) => [made, random.ms(0.6)]);
        return found(here, count, [own(here, 'enrich', steps)]);
      },
    },
    {
      name: 'the callee asks a third service each time',
      draw({ random, services, call, endpoint }, here, ms) {
        const count = Math.max(5, Math.min(30, Math.floor(ms / 12)));
        const [callee, third] = [services.another(), services.another()];
        const steps = Array.from({ length: count }, (_, index) =>
          call(here, callee, endpoint.one(callee, index + 1), [
            0.4,
            call(callee, third, endpoint.one(third, index + 1), [random.ms(ms / count / 1.6, 0.2)]),
            0.3,
          ]),
        );
        return found(here, count, steps);
      },
    },
    {
      name: 'a query and a call for each item',
      draw({ random, services, call, endpoint, query }, here, ms) {
        const count = Math.max(5, Math.min(40, Math.floor(ms / 18)));
        const callee = services.another();
        const steps = Array.from({ length: count }, (_, index) => [
          query(here, byKey(here, 'line_items', 'id', index + 3, 'masked'), random.ms(1.2)),
          call(here, callee, endpoint.one(callee, index + 50), [random.ms((ms / count) * 0.8, 0.2)]),
        ]).flat();
        const piece = found(here, count, steps);
        return { ...piece, allowed: [...(piece.allowed ?? []), 'n-plus-one-queries', 'fan-out'] };
      },
    },
    {
      name: 'below a span for each item',
      draw(world, here, ms) {
        const { services, own } = world;
        const count = countFor(world, ms);
        const steps = calls(world, here, services.another(), ms, count).map((made) =>
          own(here, 'enrich item', [0.1, made, 0.1]),
        );
        return found(here, count, [own(here, 'enrich all', steps)]);
      },
    },
    {
      name: 'the same GraphQL query for each item',
      draw({ random, services, call }, here, ms) {
        const callee: Service = { ...services.another(), protocol: 'http' };
        const count = Math.max(6, Math.min(60, Math.floor(ms / 25)));
        const where = { method: 'POST', route: '/graphql', path: '/graphql', rpc: '' };
        const attributes = { 'graphql.operation.name': 'ProductById', 'graphql.operation.type': 'query' };
        const steps = Array.from({ length: count }, () =>
          call(here, callee, where, [random.ms((ms / count) * 0.9, 0.2)], { attributes }),
        );
        return found(here, count, steps);
      },
    },
  ],
  nearMisses: [
    {
      name: 'a lease renewed beside the work',
      draw({ random, services, call, own }, here) {
        const callee = services.another();
        const where = { method: 'POST', route: '/leases/{id}/renew', path: '/leases/7/renew', rpc: 'RenewLease' };
        const client = { ...here, tracesClients: true };
        const renewed = Array.from({ length: random.whole(6, 10) }, () => [
          random.ms(40),
          call(client, callee, where, [random.ms(3)]),
        ]).flat();
        return {
          steps: [{ together: [[own(here, 'transcode', [1200])], renewed] }],
          expected: [],
          allowed: ['unexplained-gap'],
        };
      },
    },
    {
      name: 'connections and names looked up',
      draw({ random, services, call, endpoint, own }, here) {
        const lanes = Array.from({ length: 6 }, () => {
          const callee = services.another();
          return [
            own(here, 'dns.lookup', [random.ms(2)]),
            own(here, 'tcp.connect', [random.ms(3)]),
            own(here, 'tls.connect', [random.ms(6)]),
            call(here, callee, endpoint.list(callee), [random.ms(9)]),
          ];
        });
        return { steps: [{ together: lanes }], expected: [] };
      },
    },
    {
      name: 'pages of one list',
      draw({ random, services, call }, here) {
        const callee = services.another();
        const steps = Array.from({ length: 3 }, (_, page) =>
          call(
            here,
            callee,
            {
              method: 'GET',
              route: `/${callee.noun}`,
              path: `/${callee.noun}?page=${page + 1}&size=500`,
              rpc: 'ListPages',
            },
            [random.ms(22, 0.2)],
          ),
        );
        return { steps, expected: [] };
      },
    },
    {
      name: 'four',
      draw(world, here, ms) {
        const steps = calls(world, here, world.services.another(), Math.min(ms, 160), 4);
        return { steps, expected: [], allowed: ['sequential-calls'] };
      },
    },
    {
      name: 'one batch call',
      draw({ random, services, call, endpoint, query }, here) {
        const callee = services.another();
        const steps = [random.ms(1), query(callee, listOf(callee, callee.noun, random), random.ms(25))];
        return { steps: [call(here, callee, endpoint.action(callee, 'batch'), steps)], expected: [] };
      },
    },
    {
      name: 'six operations of one service',
      draw({ random, services, call, endpoint }, here) {
        const callee = services.another();
        const steps = ['check', 'reserve', 'price', 'tax', 'confirm', 'close'].map((name) =>
          call(here, callee, endpoint.action(callee, name), [random.ms(14, 0.2)]),
        );
        return { steps, expected: [], allowed: ['sequential-calls'] };
      },
    },
    {
      name: 'side by side',
      draw(world, here) {
        const { random, services } = world;
        const made = calls(world, here, services.another(), 12 * 15, 12);
        return { steps: [{ together: made.map((one) => [one]) }, random.ms(3)], expected: [] };
      },
    },
    {
      name: 'too short to matter',
      draw(world, here) {
        const { random, services, own } = world;
        const callee: Service = { ...services.another(), protocol: 'grpc' };
        const steps = Array.from({ length: 8 }, (_, index) =>
          world.call(here, callee, world.endpoint.one(callee, index), [random.ms(1.2, 0.2)]),
        );
        return {
          steps: [...steps, own(here, 'assemble', [random.ms(60)])],
          expected: [],
          allowed: ['unexplained-gap'],
        };
      },
    },
    {
      name: 'each attempt failed but the last',
      draw({ random, services, call, endpoint }, here) {
        const callee = services.another();
        const where = endpoint.one(callee, 17);
        const failure = { type: 'Unavailable', message: 'no healthy upstream', status: 503, code: 'UNAVAILABLE' };
        const failed = Array.from({ length: 2 }, () => [
          call(here, callee, where, [random.ms(4)], { failure, exception: false }),
          random.ms(25),
        ]).flat();
        return { steps: [...failed, call(here, callee, where, [random.ms(12)])], expected: [] };
      },
    },
    {
      name: 'seven services one call each',
      draw({ random, services, call, endpoint }, here) {
        const steps = Array.from({ length: 7 }, () => {
          const callee = services.another();
          return call(here, callee, endpoint.one(callee, 42), [random.ms(11, 0.2)]);
        });
        return { steps, expected: [], allowed: ['sequential-calls'] };
      },
    },
  ],
};
