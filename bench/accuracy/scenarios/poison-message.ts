import type { Failure } from '../failures.ts';
import { at, type Family } from '../label.ts';
import type { Service } from '../services.ts';
import type { Detached, DrawnSpan, Step } from '../span.ts';
import { insert } from '../statements.ts';
import type { World } from '../world.ts';

const UNREADABLE: readonly Failure[] = [
  { type: 'ValidationError', message: 'Invalid product SKU format: null', status: 500, code: 'INTERNAL' },
  {
    type: 'SerializationException',
    message: 'Error deserializing key/value for partition orders-3 at offset 1847293',
    status: 500,
    code: 'INTERNAL',
  },
  {
    type: 'JsonParseException',
    message: 'Unexpected token \'N\', "NaN" is not valid JSON',
    status: 500,
    code: 'INTERNAL',
  },
  { type: 'KeyError', message: "'customer_id'", status: 500, code: 'INTERNAL' },
];

/** Deliveries of one message that fail, each so long after the one before. */
function deliveries(
  world: World,
  consumer: Service,
  topic: string,
  id: string | undefined,
  count: number,
  tail: readonly Step[],
): Detached[] {
  const { random, consume } = world;
  const failure = random.pick(UNREADABLE);
  const pause = random.pick([20, 100, 1_000]);
  const mark = random.pick(['none', 'none', 'sqs', 'rabbit']);
  let afterMs = random.ms(9);
  return Array.from({ length: count }, (_, attempt): Detached => {
    const attributes = {
      ...(mark === 'sqs' && { 'messaging.aws_sqs.approximate_receive_count': attempt + 1 }),
      ...(mark === 'rabbit' && attempt > 0 && { 'messaging.rabbitmq.redelivered': true }),
    };
    const last = attempt === count - 1 ? tail : [];
    const detached = consume(consumer, topic, [random.ms(13), ...last], {
      ...(id !== undefined && { id }),
      failure,
      attributes,
    });
    const begins = afterMs;
    afterMs += random.ms(pause, 0.2) + 20;
    return { detached, afterMs: begins };
  });
}

function deadLetter({ random, publish }: World, consumer: Service, topic: string, id: string): DrawnSpan {
  return publish(consumer, random.pick([`${topic}-dlq`, `${topic}.DLT`, `${topic}-dead-letter`]), { id });
}

export const poisonMessage: Family = {
  id: 'poison-message',
  positives: [
    {
      name: 'three attempts and the dead letters',
      draw(world, here) {
        const { random, services, publish } = world;
        const consumer = services.another();
        const [topic, id] = [`${here.noun}-topic`, random.hex(8)];
        const steps = deliveries(world, consumer, topic, id, random.whole(3, 5), [
          deadLetter(world, consumer, topic, id),
        ]);
        return {
          steps: [random.ms(3), publish(here, topic, { id, steps })],
          expected: [at('poison-message', consumer, here)],
          allowed: ['error-origin', 'swallowed-error', 'retry-storm', 'consumer-lag'],
          verdicts: [at('poison-message', consumer, here), at('error-origin', consumer)],
        };
      },
    },
    {
      name: 'again and again',
      draw(world, here) {
        const { random, services, publish } = world;
        const consumer = services.another();
        const [topic, id] = [`${here.noun}.created`, random.hex(8)];
        const steps = deliveries(world, consumer, topic, id, random.whole(4, 12), []);
        return {
          steps: [publish(here, topic, { id, steps })],
          expected: [at('poison-message', consumer, here)],
          allowed: ['error-origin', 'swallowed-error', 'retry-storm', 'consumer-lag'],
          verdicts: [
            at('poison-message', consumer, here),
            at('error-origin', consumer),
            at('retry-storm', consumer, here),
          ],
        };
      },
    },
    {
      name: 'straight to the dead letters',
      draw(world, here) {
        const { random, services, publish } = world;
        const consumer = services.another();
        const [topic, id] = [`${here.noun}-events`, random.hex(8)];
        const steps = deliveries(world, consumer, topic, id, 1, [deadLetter(world, consumer, topic, id)]);
        return {
          steps: [publish(here, topic, { id, steps })],
          expected: [at('poison-message', consumer, here)],
          allowed: ['error-origin', 'swallowed-error'],
          verdicts: [at('poison-message', consumer, here), at('error-origin', consumer)],
        };
      },
    },
    {
      name: 'nothing names the message but its sender',
      draw(world, here) {
        const { random, services, publish } = world;
        const consumer = services.another();
        const topic = `${here.noun}-topic`;
        const steps = deliveries(world, consumer, topic, undefined, random.whole(3, 5), []);
        return {
          steps: [random.ms(3), publish(here, topic, { steps })],
          expected: [at('poison-message', consumer, here)],
          allowed: ['error-origin', 'swallowed-error', 'retry-storm', 'consumer-lag'],
          verdicts: [
            at('poison-message', consumer, here),
            at('error-origin', consumer),
            at('retry-storm', consumer, here),
          ],
        };
      },
    },
  ],
  nearMisses: [
    {
      name: 'three messages, each delivered twice and then done',
      draw(world, here) {
        const { random, services, publish, consume, query } = world;
        const consumer = services.another();
        const messages = Array.from({ length: 3 }, () => {
          const id = random.hex(8);
          const failed = deliveries(world, consumer, 'orders', id, 1, []);
          const works = consume(consumer, 'orders', [random.ms(4), query(consumer, insert('inbox'), random.ms(5))], {
            id,
          });
          return publish(here, 'orders', { id, steps: [...failed, { detached: works, afterMs: 140 }] });
        });
        return { steps: messages, expected: [], allowed: ['error-origin', 'swallowed-error'] };
      },
    },
    {
      name: 'one failure, then it works',
      draw(world, here) {
        const { random, services, publish, consume, query } = world;
        const consumer = services.another();
        const id = random.hex(8);
        const failed = deliveries(world, consumer, 'orders', id, 1, []);
        const works = consume(consumer, 'orders', [random.ms(4), query(consumer, insert('inbox'), random.ms(5))], {
          id,
        });
        return {
          steps: [publish(here, 'orders', { id, steps: [...failed, { detached: works, afterMs: 120 }] })],
          expected: [],
          allowed: ['error-origin', 'swallowed-error'],
        };
      },
    },
    {
      name: 'all of several messages work',
      draw({ random, services, publish, consume, query }, here) {
        const consumer = services.another();
        const messages = Array.from({ length: 5 }, () => {
          const id = random.hex(8);
          const works = consume(consumer, 'orders', [random.ms(4), query(consumer, insert('inbox'), random.ms(5))], {
            id,
          });
          return publish(here, 'orders', { id, steps: [{ detached: works, afterMs: random.ms(9) }] });
        });
        return { steps: messages, expected: [] };
      },
    },
    {
      name: 'dead letters are brought back',
      draw({ random, services, publish, consume, query }, here) {
        const consumer = services.another();
        const id = random.hex(8);
        const works = consume(consumer, 'orders', [random.ms(4), query(consumer, insert('inbox'), random.ms(5))], {
          id,
        });
        return {
          steps: [random.ms(4), publish(here, 'orders', { id, steps: [{ detached: works, afterMs: 12 }] })],
          expected: [],
        };
      },
    },
    {
      name: 'a board that shows dead letters',
      draw({ random, services, call, query }, here) {
        const callee: Service = { ...services.another(), name: 'dlq-monitor', noun: 'queues' };
        const where = { method: 'GET', route: '/dead-letters', path: '/dead-letters', rpc: 'ListDeadLetters' };
        const text = 'SELECT queue, count(*) FROM dead_letters GROUP BY queue';
        return {
          steps: [
            call(here, callee, where, [query(callee, { verb: 'SELECT', table: 'dead_letters', text }, random.ms(20))]),
          ],
          expected: [],
        };
      },
    },
  ],
};
