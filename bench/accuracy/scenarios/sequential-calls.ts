import { at, type Family } from '../label.ts';
import type { Service } from '../services.ts';
import type { DrawnSpan } from '../span.ts';
import { byKey, listOf, update } from '../statements.ts';
import type { World } from '../world.ts';

/** Reads from so many services, none much longer than the others. */
function reads(
  { random, services, call, endpoint, query }: World,
  here: Service,
  ms: number,
  count: number,
): DrawnSpan[] {
  return Array.from({ length: count }, () => {
    const callee = services.another();
    const eachMs = random.ms(ms / count, 0.2);
    const steps = random.chance(0.5)
      ? [random.ms(1), query(callee, listOf(callee, callee.noun, random), Math.min(60, eachMs * 0.4)), eachMs * 0.55]
      : [eachMs];
    return call(here, callee, endpoint.list(callee), steps);
  });
}

/** Each of so many reads may itself be long enough to look slow. */
const PARTS = ['unexplained-gap', 'slow-query'] as const;

export const sequentialCalls: Family = {
  id: 'sequential-calls',
  pairs: true,
  positives: [
    {
      name: 'a dashboard of several services',
      draw(world, here, ms) {
        const { random } = world;
        const steps = reads(world, here, Math.max(ms, 400), random.whole(3, 6)).flatMap((made) => [
          random.ms(0.6),
          made,
        ]);
        return { steps, expected: [at('sequential-calls', here)], allowed: PARTS };
      },
    },
    {
      name: 'below one function',
      draw(world, here, ms) {
        const { random, own } = world;
        const steps = reads(world, here, Math.max(ms, 400), random.whole(3, 5)).flatMap((made) => [made, random.ms(2)]);
        return {
          steps: [own(here, 'buildPage', steps), random.ms(4)],
          expected: [at('sequential-calls', here)],
          allowed: PARTS,
        };
      },
    },
    {
      name: 'after the caller was checked',
      draw(world, here, ms) {
        const { random, services, call, endpoint } = world;
        const auth = services.another();
        const check = call(here, auth, endpoint.action(auth, 'validate'), [random.ms(9)]);
        const steps = [check, random.ms(1), ...reads(world, here, Math.max(ms, 400), random.whole(3, 5))];
        return { steps, expected: [at('sequential-calls', here)], allowed: PARTS };
      },
    },
    {
      name: 'to partners on the internet',
      draw({ random, services, call, endpoint }, here, ms) {
        const count = random.whole(3, 4);
        const hosts = ['rates.bank.example', 'kyc.vendor.example', 'geo.maps.example', 'scores.bureau.example'];
        const steps = hosts.slice(0, count).map((name) => {
          const callee: Service = { ...services.outside(), name, address: name };
          return call(here, callee, endpoint.list(callee), [random.ms(Math.max(ms, 400) / count, 0.2)]);
        });
        return { steps, expected: [at('sequential-calls', here)] };
      },
    },
    {
      name: 'several reads of one service',
      draw({ random, services, call }, here, ms) {
        const callee = services.another();
        const steps = ['Profile', 'Settings', 'Friends', 'Badges'].slice(0, random.whole(3, 4)).map((name) =>
          call(
            here,
            callee,
            {
              method: 'GET',
              route: `/users/${name.toLowerCase()}`,
              path: `/users/${name.toLowerCase()}`,
              rpc: `Get${name}`,
            },
            [random.ms(Math.max(ms, 400) / 3.5, 0.2)],
          ),
        );
        return { steps, expected: [at('sequential-calls', here)], allowed: PARTS };
      },
    },
    {
      name: 'resolvers one after another',
      draw(world, here, ms) {
        const { random, own } = world;
        const steps = reads(world, here, Math.max(ms, 400), random.whole(3, 5)).map((made, index) =>
          own(here, `graphql.resolve ${['user', 'orders', 'offers', 'news', 'points'][index]}`, [
            random.ms(0.2),
            made,
            random.ms(0.3),
          ]),
        );
        return {
          steps: [own(here, 'graphql.execute', steps)],
          expected: [at('sequential-calls', here)],
          allowed: PARTS,
        };
      },
    },
  ],
  nearMisses: [
    {
      name: 'a read, a calculation, and a write',
      draw({ random, services, call, endpoint, own }, here, ms) {
        const [source, target] = [services.another(), services.another()];
        const eachMs = Math.min(ms, 1_500) / 2;
        const steps = [
          call(here, source, endpoint.one(source), [random.ms(eachMs)]),
          own(here, 'calculate', [random.ms(30)]),
          call(here, target, endpoint.action(target, 'store'), [random.ms(eachMs)]),
        ];
        return { steps, expected: [], allowed: PARTS };
      },
    },
    {
      name: 'side by side',
      draw(world, here, ms) {
        const made = reads(world, here, Math.min(ms, 2_000), 4);
        return { steps: [{ together: made.map((one) => [one]) }, 2], expected: [], allowed: PARTS };
      },
    },
    {
      name: 'each a write that needs the one before',
      draw({ random, services, call, endpoint, query }, here, ms) {
        const steps = ['reserve', 'charge', 'ship'].flatMap((name) => {
          const callee = services.another();
          const eachMs = random.ms(Math.min(ms, 1_500) / 3, 0.2);
          return [
            call(here, callee, endpoint.action(callee, name), [
              eachMs * 0.8,
              query(callee, update(callee.noun), eachMs * 0.2),
            ]),
            query(here, update(here.noun), random.ms(3)),
          ];
        });
        return { steps, expected: [], allowed: PARTS };
      },
    },
    {
      name: 'one long, the others short',
      draw({ random, services, call, endpoint }, here, ms) {
        const [long, short, other] = [services.another(), services.another(), services.another()];
        const steps = [
          call(here, short, endpoint.list(short), [random.ms(4)]),
          call(here, long, endpoint.list(long), [ms]),
          call(here, other, endpoint.list(other), [random.ms(5)]),
        ];
        return { steps, expected: [], allowed: PARTS };
      },
    },
    {
      name: 'short ones',
      draw({ random, services, call, endpoint }, here) {
        const steps = Array.from({ length: 4 }, () => {
          const callee = services.another();
          return call(here, callee, endpoint.list(callee), [random.ms(7, 0.2)]);
        });
        return { steps, expected: [] };
      },
    },
    {
      name: 'each inside the one before',
      draw({ random, services, call, endpoint }, here, ms) {
        const [first, second, third] = [services.another(), services.another(), services.another()];
        const eachMs = Math.min(ms, 1_500) / 3;
        const inner = call(second, third, endpoint.list(third), [random.ms(eachMs)]);
        const middle = call(first, second, endpoint.list(second), [random.ms(eachMs / 2), inner, eachMs / 2]);
        return {
          steps: [call(here, first, endpoint.list(first), [eachMs / 2, middle, eachMs / 2])],
          expected: [],
          allowed: PARTS,
        };
      },
    },
    {
      name: 'a token, then what it is for',
      draw({ random, services, call, endpoint, query }, here, ms) {
        const [identity, callee] = [services.another(), services.another()];
        const eachMs = Math.min(ms, 1_500) / 2;
        const steps = [
          call(here, identity, { method: 'POST', route: '/oauth/token', path: '/oauth/token', rpc: 'IssueToken' }, [
            random.ms(eachMs),
          ]),
          query(here, byKey(here, 'tokens', 'client_id', 4, 'masked'), random.ms(3)),
          call(here, callee, endpoint.action(callee, 'submit'), [random.ms(eachMs)]),
        ];
        return { steps, expected: [], allowed: PARTS };
      },
    },
  ],
};
