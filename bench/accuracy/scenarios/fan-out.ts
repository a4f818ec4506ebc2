import { at, type DetectorId, type Family } from '../label.ts';
import type { Service } from '../services.ts';
import type { DrawnSpan, Step } from '../span.ts';
import { byKey } from '../statements.ts';
import type { World } from '../world.ts';

const COUNTS = [20, 22, 25, 30, 40, 50, 80, 120, 200];

/** So many calls of about `eachMs`; `operations` of the callee take turns. */
function calls(
  world: World,
  here: Service,
  callee: Service,
  count: number,
  eachMs: number,
  operations = 1,
): DrawnSpan[] {
  const { random, call, endpoint } = world;
  return Array.from({ length: count }, (_, index) => {
    const where =
      index % operations === 0
        ? endpoint.one(callee, index + 100)
        : endpoint.action(callee, ['price', 'stock', 'label'][index % 3] ?? 'price');
    return call(here, callee, where, [random.ms(eachMs, 0.25)]);
  });
}

/** So many at a time: the next starts when one of them is done. */
function atATime(limit: number, spans: readonly DrawnSpan[]): Step {
  return { together: Array.from({ length: limit }, (_, lane) => spans.filter((_, index) => index % limit === lane)) };
}

const ALSO: readonly DetectorId[] = ['n-plus-one-calls', 'sequential-calls'];

function found(here: Service, steps: readonly Step[], isOneOperation: boolean) {
  const expected = [at('fan-out', here)];
  return {
    steps,
    expected,
    allowed: ALSO,
    ...(isOneOperation && { verdicts: [...expected, at('n-plus-one-calls', here)] }),
  };
}

export const fanOut: Family = {
  id: 'fan-out',
  positives: [
    {
      name: 'several functions that each ask again',
      draw(world, here, ms) {
        const { services, own } = world;
        const callee = services.another();
        const parts = ['price', 'tax', 'shipping', 'discounts'];
        const steps = parts.map((part) => own(here, part, calls(world, here, callee, 7, Math.max(ms / 28, 4), 3)));
        return found(here, steps, true);
      },
    },
    {
      name: 'fifty calls in a row',
      draw(world, here, ms) {
        const count = world.random.pick([20, 25, 40, 50, 80]);
        const steps = calls(world, here, world.services.another(), count, Math.max(ms / count, 3));
        return found(here, steps, true);
      },
    },
    {
      name: 'a few at a time',
      draw(world, here, ms) {
        const { random } = world;
        const count = random.pick(COUNTS);
        const limit = random.pick([2, 4, 5, 8]);
        const made = calls(world, here, world.services.another(), count, Math.max((ms * limit) / count, 4));
        return found(here, [atATime(limit, made), random.ms(3)], true);
      },
    },
    {
      name: 'all at once',
      draw(world, here, ms) {
        const { random } = world;
        const count = random.pick(COUNTS);
        const made = calls(world, here, world.services.another(), count, Math.max(ms / 2, 40));
        return found(here, [{ together: made.map((one, index) => [index * 0.1, one]) }, random.ms(2)], true);
      },
    },
    {
      name: 'several operations of one service',
      draw(world, here, ms) {
        const { random } = world;
        const count = random.pick([24, 30, 48, 60]);
        const made = calls(world, here, world.services.another(), count, Math.max(ms / count, 3), 3);
        return found(here, made, true);
      },
    },
    {
      name: 'objects of a store',
      draw({ random, services, call }, here, ms) {
        const count = random.pick([20, 30, 60]);
        const store: Service = {
          ...services.outside(),
          name: 's3.eu-west-1.amazonaws.com',
          address: 's3.eu-west-1.amazonaws.com',
        };
        const limit = random.pick([1, 4]);
        const made = Array.from({ length: count }, (_, index) =>
          call(here, store, { method: 'GET', route: '', path: `/media-bucket/img-${index * 31}.jpg`, rpc: '' }, [
            random.ms(Math.max((ms * limit) / count, 8), 0.25),
          ]),
        );
        return found(here, [atATime(limit, made)], true);
      },
    },
    {
      name: 'keys of a cache one by one',
      draw({ random, cache }, here, ms) {
        const count = random.pick([60, 100, 250]);
        const steps = Array.from({ length: count }, (_, index) =>
          cache(here, 'GET', `price:${index}`, { hit: true, ms: random.ms(Math.max(ms / count, 2), 0.25) }),
        );
        const piece = found(here, steps, false);
        return {
          ...piece,
          allowed: [...ALSO, 'n-plus-one-queries'],
          verdicts: [at('fan-out', here), at('n-plus-one-queries', here)],
        };
      },
    },
    {
      name: 'a message for each item',
      draw({ random, publish, query }, here, ms) {
        const count = random.pick([25, 50, 100]);
        const steps = Array.from({ length: count }, () => {
          const made = publish(here, 'reminders', { id: random.hex(8) });
          return { ...made, steps: [random.ms(Math.max(ms / count, 3), 0.25)] };
        });
        return found(here, [query(here, byKey(here, here.noun, 'state', 1, 'masked'), random.ms(9)), ...steps], true);
      },
    },
    {
      name: 'an entry of a queue for each item',
      draw({ random, awsCall }, here, ms) {
        const count = random.pick([25, 40, 80]);
        const queue = { 'messaging.system': 'aws_sqs', 'messaging.destination.name': 'reminders' };
        const steps = Array.from({ length: count }, () =>
          awsCall(here, 'SQS', 'SendMessage', random.ms(Math.max(ms / count, 5), 0.25), queue),
        );
        return found(here, steps, true);
      },
    },
  ],
  nearMisses: [
    {
      name: 'the parts of a page that a browser loads',
      draw({ random, services, call }, here) {
        const cdn: Service = { ...services.outside(), name: 'cdn.shop.example', address: 'cdn.shop.example' };
        const lanes = Array.from({ length: random.whole(9, 16) }, (_, index) => [
          call(here, cdn, { method: 'GET', route: '', path: `/static/app-${index}.js`, rpc: '' }, [random.ms(12)]),
        ]);
        return { steps: [{ together: lanes }], expected: [] };
      },
    },
    {
      name: 'fewer',
      draw(world, here) {
        const { random } = world;
        const made = calls(world, here, world.services.another(), random.whole(9, 15), 8);
        return { steps: [atATime(3, made)], expected: [], allowed: ['n-plus-one-calls'] };
      },
    },
    {
      name: 'two dozen services once each',
      draw({ random, services, call, endpoint }, here) {
        const lanes = Array.from({ length: random.whole(22, 26) }, () => {
          const callee = services.another();
          return [call(here, callee, endpoint.list(callee), [random.ms(20)])];
        });
        return { steps: [{ together: lanes }], expected: [] };
      },
    },
    {
      name: 'spread over the callers',
      draw(world, here) {
        const { random, services, call, endpoint } = world;
        const third = services.another();
        const lanes = Array.from({ length: 6 }, () => {
          const middle = services.another();
          const inner = calls(world, middle, third, random.whole(3, 4), 5);
          return [call(here, middle, endpoint.list(middle), [{ together: inner.map((one) => [one]) }])];
        });
        return { steps: [{ together: lanes }, random.ms(2)], expected: [] };
      },
    },
    {
      name: 'many spans that leave nobody',
      draw({ random, own }, here) {
        const steps = Array.from({ length: random.whole(24, 40) }, (_, index) =>
          own(here, `middleware - ${index % 9}`, [random.ms(0.4)]),
        );
        return { steps, expected: [] };
      },
    },
    {
      name: 'messages of a batch',
      draw({ random, services, consume, publish, query }, here) {
        const consumer = services.another();
        const steps = [random.ms(2), query(consumer, byKey(consumer, 'events', 'id', 7, 'masked'), random.ms(3))];
        const detached = Array.from({ length: 6 }, (_, index) => ({
          detached: consume(consumer, 'events', steps, { id: random.hex(8) }),
          afterMs: 3 + index * 12,
        }));
        return { steps: [publish(here, 'events', { steps: detached })], expected: [] };
      },
    },
  ],
};
