import { timedOut } from '../failures.ts';
import { at, type Family } from '../label.ts';
import type { Service } from '../services.ts';
import type { Step } from '../span.ts';
import { byKey, insert, listOf } from '../statements.ts';
import type { World } from '../world.ts';

/** A call of a quick service, whose host's clock is off by so much. */
function skewed(world: World, here: Service, offsetMs: number): Readonly<{ callee: Service; steps: Step[] }> {
  const { random, services, call, endpoint, query, clocksMs } = world;
  const client = { ...here, tracesClients: true };
  const callee = services.another();
  clocksMs.set(callee.host, offsetMs);
  const inside = [
    random.ms(2),
    query(callee, byKey(callee, callee.noun, 'id', 4, 'masked'), random.ms(9)),
    random.ms(2),
  ];
  return { callee, steps: [random.ms(3), call(client, callee, endpoint.one(callee), inside), random.ms(6)] };
}

/** That nothing is wrong but a clock is as good an answer. */
const NO_VERDICT = { verdicts: [] } as const;

export const clockSkew: Family = {
  id: 'clock-skew',
  positives: [
    {
      name: 'the callee is ahead',
      draw(world, here) {
        const { callee, steps } = skewed(world, here, world.random.pick([60, 250, 900, 3_000, 20_000]));
        return { steps, expected: [at('clock-skew', callee, here)], ...NO_VERDICT };
      },
    },
    {
      name: 'the callee is behind',
      draw(world, here) {
        const { callee, steps } = skewed(world, here, -world.random.pick([60, 250, 900, 3_000, 20_000]));
        return { steps, expected: [at('clock-skew', callee, here)], ...NO_VERDICT };
      },
    },
    {
      name: 'with callees of its own',
      draw(world, here) {
        const { random, services, call, endpoint, clocksMs, query } = world;
        const [middle, deep] = [services.another(), services.another()];
        clocksMs.set(middle.host, random.pick([-800, -150, 150, 2_000]));
        const inner = call({ ...middle, tracesClients: true }, deep, endpoint.list(deep), [
          query(deep, listOf(deep, deep.noun, random), random.ms(8)),
        ]);
        const steps = [
          random.ms(2),
          call({ ...here, tracesClients: true }, middle, endpoint.one(middle), [random.ms(2), inner, random.ms(3)]),
        ];
        return { steps, expected: [at('clock-skew', middle, deep, here)], ...NO_VERDICT };
      },
    },
  ],
  nearMisses: [
    {
      name: 'works on after its caller gave up',
      draw({ random, services, call, endpoint, query }, here) {
        const callee = services.another();
        const timeout = random.pick([500, 1_000, 2_000]);
        const made = call(
          { ...here, tracesClients: true },
          callee,
          endpoint.list(callee),
          [timeout * 1.6, query(callee, insert('log'), 4)],
          {
            callerSays: timedOut(here, timeout, callee),
            cutMs: timeout + 1,
          },
        );
        return {
          steps: [made, random.ms(2)],
          expected: [],
          allowed: ['timeout-cascade', 'error-origin', 'unexplained-gap', 'swallowed-error', 'pool-exhaustion'],
          failure: timedOut(here, timeout, callee),
        };
      },
    },
    {
      name: 'a message worked off later',
      draw({ random, services, publish, consume, query }, here) {
        const consumer = services.another();
        const works = consume(consumer, 'mails', [random.ms(3), query(consumer, insert('mails'), random.ms(5))]);
        return {
          steps: [
            random.ms(2),
            publish(here, 'mails', { steps: [{ detached: works, afterMs: random.ms(40) }] }),
            random.ms(2),
          ],
          expected: [],
        };
      },
    },
    {
      name: 'a background task outlives the request',
      draw({ random, own, query }, here) {
        const task = own(here, 'refresh search index', [
          random.ms(120),
          query(here, insert('index_log'), random.ms(3)),
        ]);
        return { steps: [{ detached: task, afterMs: 2 }, random.ms(30)], expected: [] };
      },
    },
    {
      name: 'off by less than the network takes',
      draw(world, here) {
        const { random, services, call, endpoint, clocksMs } = world;
        const callee = services.another();
        clocksMs.set(callee.host, random.between(-0.9, 0.9));
        const made = call({ ...here, tracesClients: true }, callee, endpoint.one(callee), []);
        const answer = world.request(callee, endpoint.one(callee), [random.ms(20)]);
        return { steps: [{ ...made, steps: [1.5, answer, 1.5] }, random.ms(6)], expected: [] };
      },
    },
  ],
};
