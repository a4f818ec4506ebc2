/** Requests with which nothing is wrong: small ones, wide ones, deep ones, long ones, and what follows them. */
import type { Variant } from '../label.ts';
import type { DrawnSpan, Step } from '../span.ts';
import { byKey, insert, listOf } from '../statements.ts';
import { healthy as harmless } from '../surroundings.ts';

export const healthy: readonly Variant[] = [
  {
    name: 'an ordinary request',
    draw: (world, here) => ({ steps: harmless(world, here, world.random.whole(1, 6)), expected: [] }),
  },
  {
    name: 'a wide page',
    draw({ random, services, call, endpoint, query }, here) {
      const lanes = Array.from({ length: random.whole(5, 14) }, () => {
        const callee = services.another();
        return [
          call(here, callee, endpoint.list(callee), [
            random.ms(2),
            query(callee, listOf(callee, callee.noun, random), random.ms(9)),
            random.ms(2),
          ]),
        ];
      });
      return { steps: [random.ms(1), { together: lanes }, random.ms(4)], expected: [] };
    },
  },
  {
    name: 'a deep chain',
    draw({ random, services, call, endpoint, query }, here) {
      let callee = services.another();
      let steps: Step[] = [query(callee, byKey(callee, callee.noun, 'id', 9, 'masked'), random.ms(5)), random.ms(1)];
      for (let depth = random.whole(3, 8); depth > 0; depth -= 1) {
        const caller = depth === 1 ? here : services.another();
        steps = [random.ms(1), call(caller, callee, endpoint.one(callee), steps), random.ms(1)];
        callee = caller;
      }
      return { steps, expected: [] };
    },
  },
  {
    name: 'a long job of many steps',
    draw({ random, own }, here) {
      const steps = Array.from({ length: random.whole(12, 40) }, (_, index) =>
        own(here, `step ${index % 12}`, [random.ms(random.pick([20, 80]), 0.2)]),
      );
      return { steps, expected: [] };
    },
  },
  {
    name: 'an order and everything that follows it',
    draw(world, here) {
      const { random, services, publish, consume, query } = world;
      const followers = Array.from({ length: random.whole(3, 20) }, () => {
        const consumer = services.another();
        return {
          detached: consume(consumer, 'orders', [
            ...harmless(world, consumer, 2),
            query(consumer, insert('inbox'), random.ms(5)),
          ]),
          afterMs: random.ms(14),
        };
      });
      return {
        steps: [
          query(here, insert(here.noun), random.ms(5)),
          publish(here, 'orders', { steps: followers }),
          random.ms(3),
        ],
        expected: [],
      };
    },
  },
  {
    name: 'a page of cached parts',
    draw({ random, cache, own }, here) {
      const parts = Array.from(
        { length: random.whole(4, 16) },
        (_, index): DrawnSpan =>
          own(here, `render part ${index}`, [cache(here, 'GET', `part:${index}`, { hit: true }), random.ms(0.8)]),
      );
      return { steps: parts, expected: [] };
    },
  },
];
