import { at, type Family } from '../label.ts';
import { insert, listOf } from '../statements.ts';

export const brokenTrace: Family = {
  id: 'broken-trace',
  positives: [
    {
      name: 'a span in the middle was lost',
      draw({ random, services, call, endpoint, query }, here) {
        const [middle, deep] = [services.another(), services.another()];
        const inner = call({ ...middle, tracesClients: true }, deep, endpoint.list(deep), [
          query(deep, listOf(deep, deep.noun, random), random.ms(9)),
        ]);
        const outer = call({ ...here, tracesClients: true }, middle, endpoint.one(middle), []);
        const lost = {
          ...outer,
          service: middle,
          kind: 'server' as const,
          steps: [random.ms(2), inner, random.ms(2)],
          lost: true,
        };
        return {
          steps: [{ ...outer, steps: [0.5, lost, 0.5] }, random.ms(4)],
          expected: [at('broken-trace', middle, deep, here)],
          verdicts: [],
        };
      },
    },
    {
      name: 'a callee that started a root of its own',
      draw({ random, services, call, endpoint, request, query }, here) {
        const callee = services.another();
        const made = call({ ...here, tracesClients: true }, callee, endpoint.one(callee), []);
        const root = {
          ...request(callee, endpoint.one(callee), [random.ms(3), query(callee, insert(callee.noun), random.ms(7))]),
          parentless: true,
        };
        return {
          steps: [{ ...made, steps: [0.6, root, 0.6] }, random.ms(5)],
          expected: [at('broken-trace', callee, here)],
          verdicts: [],
        };
      },
    },
    {
      name: 'one of several calls has no other side',
      draw({ random, services, call, endpoint, query }, here) {
        const callee = services.another();
        const client = { ...here, tracesClients: true };
        const inside = () => [random.ms(1), query(callee, listOf(callee, callee.noun, random), random.ms(8))];
        const steps = [
          call(client, callee, endpoint.list(callee), inside()),
          random.ms(2),
          call(client, callee, endpoint.action(callee, 'price'), [random.ms(30)], { sides: 'client' }),
          random.ms(4),
        ];
        return { steps, expected: [at('broken-trace', callee, here)], allowed: ['sequential-calls'], verdicts: [] };
      },
    },
    {
      name: 'several orphans of one exporter',
      draw({ random, services, call, endpoint, own }, here) {
        const callee = services.another();
        const made = call({ ...here, tracesClients: true }, callee, endpoint.list(callee), []);
        const orphans = Array.from({ length: random.whole(2, 6) }, () => own(callee, 'load page', [random.ms(6)]));
        const lost = { ...made, service: callee, kind: 'server' as const, steps: orphans, lost: true };
        return {
          steps: [{ ...made, steps: [0.4, lost, 0.4] }],
          expected: [at('broken-trace', callee, here)],
          verdicts: [],
        };
      },
    },
  ],
  nearMisses: [
    {
      name: 'a partner without spans',
      draw({ random, services, call, endpoint }, here) {
        const outside = services.outside();
        return {
          steps: [call(here, outside, endpoint.action(outside, 'notify'), [random.ms(60)]), random.ms(5)],
          expected: [],
        };
      },
    },
    {
      name: 'a service that sends no spans at all',
      draw({ random, services, call, endpoint }, here) {
        const callee = { ...services.another(), instrumented: false };
        const steps = [
          call(here, callee, endpoint.list(callee), [random.ms(20)]),
          call(here, callee, endpoint.one(callee), [random.ms(14)]),
        ];
        return { steps, expected: [] };
      },
    },
    {
      name: 'a message that follows',
      draw({ random, services, publish, consume, query }, here) {
        const consumer = services.another();
        const works = {
          ...consume(consumer, 'orders', [query(consumer, insert('inbox'), random.ms(5))]),
          linked: true,
        };
        return {
          steps: [publish(here, 'orders', { steps: [{ detached: works, afterMs: 9 }] }), random.ms(6)],
          expected: [],
        };
      },
    },
    {
      name: 'whole, and every callee answers',
      draw({ random, services, call, endpoint }, here) {
        const steps = Array.from({ length: 3 }, () => {
          const callee = services.another();
          return call(here, callee, endpoint.one(callee), [random.ms(9)]);
        });
        return { steps, expected: [] };
      },
    },
  ],
};
