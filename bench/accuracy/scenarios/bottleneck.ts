import { at, type Family } from '../label.ts';
import { insert, listOf } from '../statements.ts';

/**
 * Work that has a span and no reason: it may as well be called a gap in that span. It holds more than half of the
 * request, whatever healthy part stands beside it.
 */
export const bottleneck: Family = {
  id: 'bottleneck',
  positives: [
    {
      name: 'one step of its own',
      draw({ random, own, query }, here, ms) {
        const steps = [
          query(here, listOf(here, here.noun, random), random.ms(12)),
          own(here, 'generate_pdf', [Math.max(ms * 2.2, 1_000)]),
          random.ms(3),
        ];
        const expected = [at('bottleneck', here)];
        return { steps, expected, allowed: ['unexplained-gap'], verdicts: [...expected, at('unexplained-gap', here)] };
      },
    },
    {
      name: "a partner's answer",
      draw({ random, services, call, endpoint, query }, here, ms) {
        const outside = services.outside();
        const steps = [
          call(here, outside, endpoint.action(outside, 'charge'), [Math.max(ms * 2.2, 1_000)]),
          query(here, insert(here.noun), random.ms(6)),
        ];
        return { steps, expected: [at('bottleneck', here, outside)] };
      },
    },
    {
      name: 'deep below',
      draw({ random, services, call, endpoint, own }, here, ms) {
        const [middle, deep] = [services.another(), services.another()];
        const inner = call(middle, deep, endpoint.action(deep, 'score'), [
          random.ms(2),
          own(deep, 'predict', [Math.max(ms * 2.2, 1_000)]),
          random.ms(1),
        ]);
        const expected = [at('bottleneck', deep)];
        return {
          steps: [call(here, middle, endpoint.list(middle), [random.ms(4), inner, random.ms(3)])],
          expected,
          allowed: ['unexplained-gap'],
          verdicts: [...expected, at('unexplained-gap', deep)],
        };
      },
    },
  ],
  nearMisses: [
    {
      name: 'evenly spread',
      draw({ random, own, query, services, call, endpoint }, here) {
        const callee = services.another();
        const steps = ['parse', 'check', 'price', 'store', 'map', 'render'].flatMap((name) => [
          own(here, name, [random.ms(9, 0.15)]),
          query(here, listOf(here, `${name}s`, random), random.ms(8, 0.15)),
        ]);
        return { steps: [...steps, call(here, callee, endpoint.list(callee), [random.ms(8)])], expected: [] };
      },
    },
  ],
};
