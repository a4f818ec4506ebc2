import { at, type Family } from '../label.ts';
import type { Service } from '../services.ts';
import type { DrawnSpan } from '../span.ts';
import { insert, update } from '../statements.ts';
import type { World } from '../world.ts';

/** A message, taken up so many milliseconds after it was sent, and quickly worked off. */
function sent(world: World, here: Service, consumer: Service, lagMs: number, workMs = world.random.ms(90)): DrawnSpan {
  const { random, publish, consume, query } = world;
  const topic = `${here.noun}-${random.pick(['topic', 'events', 'created'])}`;
  const id = random.hex(8);
  const steps = [random.ms(2), query(consumer, insert(`${consumer.noun}_queue`), random.ms(8)), workMs];
  return publish(here, topic, { id, steps: [{ detached: consume(consumer, topic, steps, { id }), afterMs: lagMs }] });
}

/** The smallest that nobody would call punctual, the guide's 45 s, and a backlog over lunch. */
const LAGS_MS = [6_000, 12_000, 30_000, 45_000, 90_000, 600_000];

export const consumerLag: Family = {
  id: 'consumer-lag',
  positives: [
    {
      name: 'after an order',
      draw(world, here) {
        const { random, services, query } = world;
        const consumer = services.another();
        const steps = [
          query(here, insert(here.noun), random.ms(6)),
          sent(world, here, consumer, random.ms(random.pick(LAGS_MS), 0.1)),
          random.ms(2),
        ];
        return { steps, expected: [at('consumer-lag', consumer)] };
      },
    },
    {
      name: 'a chain of consumers, the second late',
      draw(world, here) {
        const { random, services, publish, consume, query } = world;
        const [first, second] = [services.another(), services.another()];
        const work = [
          random.ms(3),
          query(first, update(first.noun), random.ms(5)),
          sent(world, first, second, random.ms(random.pick(LAGS_MS), 0.1)),
        ];
        const id = random.hex(8);
        const message = publish(here, 'orders', {
          id,
          steps: [{ detached: consume(first, 'orders', work, { id }), afterMs: random.ms(15) }],
        });
        return { steps: [message], expected: [at('consumer-lag', second)] };
      },
    },
    {
      name: 'two consumers, one of them late',
      draw(world, here) {
        const { random, services, publish, consume, query } = world;
        const [prompt, late] = [services.another(), services.another()];
        const id = random.hex(8);
        const work = (consumer: Service) =>
          consume(consumer, 'orders', [random.ms(2), query(consumer, insert('inbox'), random.ms(4))], { id });
        const message = publish(here, 'orders', {
          id,
          steps: [
            { detached: work(prompt), afterMs: random.ms(9) },
            { detached: work(late), afterMs: random.ms(random.pick(LAGS_MS), 0.1) },
          ],
        });
        return { steps: [random.ms(2), message], expected: [at('consumer-lag', late)] };
      },
    },
    {
      name: 'received, then processed',
      draw(world, here) {
        const { random, services, publish, consume, query, own } = world;
        const consumer = services.another();
        const id = random.hex(8);
        const process = own(consumer, `${consumer.name} handle`, [
          random.ms(3),
          query(consumer, insert('inbox'), random.ms(6)),
        ]);
        const received = consume(consumer, 'invoices', [random.ms(2), process], { id });
        const late = random.ms(random.pick(LAGS_MS), 0.1);
        const operation = received.operation.replace('process', 'receive');
        return {
          steps: [
            publish(here, 'invoices', { id, steps: [{ detached: { ...received, operation }, afterMs: late }] }),
            random.ms(4),
          ],
          expected: [at('consumer-lag', consumer)],
        };
      },
    },
    {
      name: 'a task queue',
      draw(world, here) {
        const { random, services, publish, consume, query } = world;
        const consumer: Service = services.another();
        const id = random.hex(12);
        const task = {
          ...consume(consumer, 'default', [random.ms(4), query(consumer, update(consumer.noun), random.ms(8))], { id }),
          operation: 'run/tasks.send_receipt',
        };
        const queued = publish(here, 'default', {
          id,
          steps: [{ detached: task, afterMs: random.ms(random.pick(LAGS_MS), 0.1) }],
        });
        return {
          steps: [{ ...queued, operation: 'apply_async/tasks.send_receipt' }, random.ms(3)],
          expected: [at('consumer-lag', consumer)],
        };
      },
    },
  ],
  nearMisses: [
    {
      name: 'taken up at once',
      draw(world, here) {
        const { random, services } = world;
        return { steps: [sent(world, here, services.another(), random.ms(20, 0.6)), random.ms(30)], expected: [] };
      },
    },
    {
      name: 'soon after the producer ended',
      draw(world, here) {
        const { random, services } = world;
        return { steps: [sent(world, here, services.another(), random.between(80, 200))], expected: [] };
      },
    },
    {
      name: 'the consumer itself takes long',
      draw(world, here, ms) {
        const { random, services, publish, consume, own } = world;
        const consumer = services.another();
        const id = random.hex(8);
        const work = consume(
          consumer,
          'invoices',
          [random.ms(2), own(consumer, 'render pdf', [Math.max(ms, 3_000)]), random.ms(5)],
          { id },
        );
        return {
          steps: [publish(here, 'invoices', { id, steps: [{ detached: work, afterMs: random.ms(12) }] })],
          expected: [],
          allowed: ['unexplained-gap'],
        };
      },
    },
    {
      name: 'a call that is slow to begin',
      draw({ random, services, call, endpoint }, here, ms) {
        const callee = services.another();
        const made = call(here, callee, endpoint.action(callee, 'submit'), [random.ms(12)]);
        return {
          steps: [{ ...made, steps: [Math.max(ms, 1_000), ...made.steps] }],
          expected: [],
          allowed: ['unexplained-gap', 'pool-exhaustion', 'clock-skew'],
        };
      },
    },
    {
      name: 'ten messages worked off one after another',
      draw({ random, services, publish, consume }, here) {
        const consumer = services.another();
        const detached = Array.from({ length: 10 }, (_, index) => ({
          detached: consume(consumer, 'clicks', [random.ms(9)], { id: random.hex(8) }),
          afterMs: 5 + index * 14,
        }));
        return { steps: [publish(here, 'clicks', { steps: detached })], expected: [] };
      },
    },
  ],
};
