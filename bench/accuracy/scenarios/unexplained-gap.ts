import { at, type Family } from '../label.ts';
import type { Step } from '../span.ts';
import { heavy, listOf } from '../statements.ts';

/** In a quicker request nobody notices the gap: no verdict is right there (Apdex, the usual target time T is half a second). */
const NOTICED_MS = 600;

export const unexplainedGap: Family = {
  id: 'unexplained-gap',
  pairs: true,
  positives: [
    {
      name: 'after the last query',
      draw({ random, query }, here, ms) {
        return {
          steps: [query(here, listOf(here, here.noun, random), random.ms(15)), Math.max(ms, NOTICED_MS)],
          expected: [at('unexplained-gap', here)],
          isLast: true,
        };
      },
    },
    {
      name: 'nothing but a look into the cache below the request',
      draw({ cache }, here, ms) {
        return {
          steps: [cache(here, 'GET', 'flags', { hit: true }), Math.max(ms, NOTICED_MS)],
          expected: [at('unexplained-gap', here)],
          allowed: ['pool-exhaustion'],
          isLast: true,
        };
      },
    },
    {
      name: 'in a callee, before it answers',
      draw({ random, services, call, endpoint, query, cache }, here, ms) {
        const callee = services.another();
        const steps: Step[] = [
          cache(callee, 'GET', 'flags', { hit: true }),
          query(callee, listOf(callee, callee.noun, random), random.ms(10)),
          Math.max(ms, NOTICED_MS),
        ];
        return {
          steps: [call(here, callee, endpoint.list(callee), steps), random.ms(3)],
          expected: [at('unexplained-gap', callee)],
        };
      },
    },
    {
      name: 'between a call and a step of its own',
      draw({ random, services, call, endpoint, own }, here, ms) {
        const callee = services.another();
        const steps = [
          call(here, callee, endpoint.one(callee), [random.ms(14)]),
          Math.max(ms, NOTICED_MS),
          own(here, 'render', [random.ms(9)]),
        ];
        return { steps, expected: [at('unexplained-gap', here)], allowed: ['pool-exhaustion'] };
      },
    },
  ],
  nearMisses: [
    {
      name: 'too short',
      draw({ random, query }, here) {
        return {
          steps: [
            query(here, listOf(here, here.noun, random), random.ms(30)),
            random.between(30, 70),
            query(here, listOf(here, 'tags', random), random.ms(30)),
          ],
          expected: [],
        };
      },
    },
    {
      name: 'a small part of a long request',
      draw({ random, query, services, call, endpoint }, here, ms) {
        const outside = services.outside();
        const long = call(here, outside, endpoint.action(outside, 'charge'), [Math.max(ms, 2_500)]);
        return {
          steps: [long, random.between(120, 200), query(here, listOf(here, here.noun, random), 4)],
          expected: [],
          allowed: ['pool-exhaustion'],
        };
      },
    },
    {
      name: 'waiting for somebody without spans',
      draw({ random, services, call, endpoint }, here, ms) {
        const outside = services.outside();
        return {
          steps: [random.ms(3), call(here, outside, endpoint.action(outside, 'verify'), [ms]), random.ms(4)],
          expected: [],
        };
      },
    },
    {
      name: 'covered by what runs side by side',
      draw({ random, services, call, endpoint, query }, here, ms) {
        const callee = services.another();
        const lanes: Step[][] = [
          [
            call(here, callee, endpoint.list(callee), [
              ms * 0.2,
              query(callee, heavy(callee, callee.noun, 'tags', random), ms * 0.7),
              ms * 0.1,
            ]),
          ],
          [random.ms(20)],
        ];
        return { steps: [{ together: lanes }, random.ms(2)], expected: [at('slow-query', callee)] };
      },
    },
    {
      name: 'an evenly filled request',
      draw({ random, own, query }, here) {
        const steps = ['parse', 'check', 'price', 'store', 'render'].flatMap((name) => [
          own(here, name, [random.ms(16)]),
          query(here, listOf(here, `${name}s`, random), random.ms(14)),
        ]);
        return { steps, expected: [] };
      },
    },
    {
      name: 'time after the answer was sent',
      draw({ random, own, query }, here, ms) {
        const later = own(here, 'flush metrics', [ms]);
        return {
          steps: [
            query(here, listOf(here, here.noun, random), random.ms(30)),
            { detached: later, afterMs: 2 },
            random.ms(12),
          ],
          expected: [],
        };
      },
    },
  ],
};
