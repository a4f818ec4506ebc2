import { at, type Family, type Piece } from '../label.ts';
import type { Service } from '../services.ts';
import type { Step } from '../span.ts';
import { byKey, heavy, heavyRead, listOf } from '../statements.ts';
import type { World } from '../world.ts';

/** A read through the cache: it is not there, the store has it, the cache gets it. */
function miss(
  { random, cache, query }: World,
  here: Service,
  key: string,
  table: string,
  ms: number,
  isSlow = false,
): Step[] {
  const statement = isSlow
    ? heavyRead(here, table, 'tags', random)
    : byKey(here, table, 'id', random.whole(1, 999), 'masked');
  return [cache(here, 'GET', key, { hit: false }), random.ms(0.3), query(here, statement, ms), cache(here, 'SET', key)];
}

function found(here: Service, steps: readonly Step[]): Piece {
  return {
    steps,
    expected: [at('cache-miss-cascade', here)],
    allowed: ['slow-query', 'sequential-calls', 'n-plus-one-queries'],
    verdicts: [at('cache-miss-cascade', here), at('slow-query', here)],
  };
}

export const cacheMissCascade: Family = {
  id: 'cache-miss-cascade',
  pairs: true,
  positives: [
    {
      name: 'a look that reads the value itself when it has none',
      draw({ random, own, query }, here, ms) {
        const count = random.whole(2, 4);
        const steps = Array.from({ length: count }, (_, index) =>
          own(
            here,
            `cache.fetch ${here.noun}:${index}`,
            [
              random.ms(0.3),
              query(
                here,
                byKey(here, ['prices', 'texts', 'images', 'stock'][index] ?? 'rows', 'ref', 7, 'masked'),
                Math.max(ms / count, 70),
              ),
              0.2,
            ],
            { attributes: { 'cache.hit': false } },
          ),
        );
        return { steps, expected: [at('cache-miss-cascade', here)], allowed: ['slow-query'] };
      },
    },
    {
      name: 'several keys, several tables',
      draw(world, here, ms) {
        const tables = world.random.some(world.random.whole(2, 4), [
          'products',
          'reviews',
          'prices',
          'images',
          'sellers',
        ]);
        const steps = tables.flatMap((table) =>
          miss(world, here, `${table}:${world.random.whole(1, 999)}`, table, ms / tables.length),
        );
        return found(here, steps);
      },
    },
    {
      name: 'one key after another',
      draw(world, here, ms) {
        const count = world.random.whole(3, 9);
        const steps = Array.from({ length: count }, (_, index) =>
          miss(world, here, `price:${index * 17}`, 'prices', ms / count),
        ).flat();
        const piece = found(here, steps);
        // The same read for many keys is an N+1 as well.
        return { ...piece, verdicts: [...(piece.verdicts ?? []), at('n-plus-one-queries', here)] };
      },
    },
    {
      name: 'one of them from another service',
      draw(world, here, ms) {
        const { random, services, call, endpoint, query, cache } = world;
        const callee = services.another();
        const inside = [
          query(callee, listOf(callee, callee.noun, random), random.ms(20)),
          query(callee, heavyRead(callee, 'users', 'reviews', random), ms * 0.75),
        ];
        const steps = [
          ...miss(world, here, 'product:456', 'products', Math.max(40, ms * 0.15)),
          cache(here, 'GET', 'product:456:reviews', { hit: false }),
          call(here, callee, endpoint.list(callee), inside),
          cache(here, 'SET', 'product:456:reviews'),
        ];
        const piece = found(here, steps);
        return { ...piece, verdicts: [at('cache-miss-cascade', here), at('slow-query', callee)] };
      },
    },
    {
      name: 'slow reads behind the cache',
      draw(world, here, ms) {
        const steps = ['reports', 'totals'].flatMap((table) =>
          miss(world, here, `${table}:today`, table, ms / 2, true),
        );
        return found(here, steps);
      },
    },
    {
      name: 'below spans of its own',
      draw(world, here, ms) {
        const { random, own, query, cache } = world;
        const count = random.whole(2, 5);
        const steps = Array.from({ length: count }, (_, index) => {
          const key = `profile:${index}`;
          const lookup = own(here, 'cache.lookup', [0.1, cache(here, 'GET', key, { hit: false })], {
            attributes: { 'cache.key': key, 'cache.hit': false },
          });
          return own(here, 'get_profile', [
            lookup,
            query(here, byKey(here, 'profiles', 'id', index, 'masked'), ms / count),
            cache(here, 'SET', key),
          ]);
        });
        return found(here, steps);
      },
    },
    {
      name: 'a cache in the process',
      draw(world, here, ms) {
        const { random, own, query } = world;
        const count = random.whole(2, 5);
        const steps = Array.from({ length: count }, (_, index) => [
          own(here, random.pick(['caffeine.get', 'localCache.get']), [random.ms(0.05)], {
            attributes: { 'cache.key': `price:${index}`, 'cache.hit': false },
          }),
          query(here, byKey(here, 'prices', 'id', index, 'masked'), ms / count),
        ]).flat();
        return found(here, steps);
      },
    },
  ],
  nearMisses: [
    {
      name: 'hits',
      draw({ random, cache, query }, here) {
        const steps = ['product:4', 'reviews:4', 'price:4'].map((key) => cache(here, 'GET', key, { hit: true }));
        return { steps: [...steps, query(here, listOf(here, here.noun, random), random.ms(25))], expected: [] };
      },
    },
    {
      name: 'one miss among hits, quickly filled',
      draw(world, here) {
        const { random, cache } = world;
        const hits = Array.from({ length: 6 }, (_, index) => cache(here, 'GET', `price:${index}`, { hit: true }));
        return { steps: [...hits, ...miss(world, here, 'price:99', 'prices', random.ms(4))], expected: [] };
      },
    },
    {
      name: 'hits, and then a slow query for something else',
      draw({ random, cache, query }, here, ms) {
        const steps = [
          cache(here, 'GET', 'session:4', { hit: true }),
          cache(here, 'GET', 'flags', { hit: true }),
          query(here, heavy(here, here.noun, 'tags', random), ms),
        ];
        return { steps, expected: [at('slow-query', here)] };
      },
    },
    {
      name: 'entries thrown out after a write',
      draw({ random, cache, query }, here) {
        const steps = [
          query(
            here,
            { verb: 'UPDATE', table: here.noun, text: `UPDATE ${here.noun} SET price = $1 WHERE id = $2` },
            random.ms(30),
          ),
          cache(here, 'DEL', 'price:4'),
          cache(here, 'DEL', 'product:4'),
          query(here, byKey(here, here.noun, 'id', 4, 'masked'), random.ms(12)),
        ];
        return { steps, expected: [] };
      },
    },
    {
      name: 'a warm-up that only writes',
      draw({ random, cache, query }, here) {
        const writes = Array.from({ length: 6 }, (_, index) => cache(here, 'SET', `price:${index}`));
        return {
          steps: [query(here, listOf(here, 'prices', random), random.between(20, 50)), ...writes],
          expected: [],
        };
      },
    },
  ],
};
