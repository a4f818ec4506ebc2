import { badAnswer, bug, type Failure, timedOut } from '../failures.ts';
import { at, type Family, type Piece } from '../label.ts';
import type { Service } from '../services.ts';
import type { DrawnSpan, Step } from '../span.ts';
import { byKey, update } from '../statements.ts';
import type { World } from '../world.ts';

const UNAVAILABLE: Failure = {
  type: 'ServiceUnavailable',
  message: 'Connection pool exhausted',
  status: 503,
  code: 'UNAVAILABLE',
};

/** Attempts that all fail, with a pause after each that may grow. */
function attempts(
  world: World,
  caller: Service,
  callee: Service,
  count: number,
  make: (attempt: number) => DrawnSpan,
): Step[] {
  const { random } = world;
  const pause = random.pick([0, 10, 50, 200]);
  const growth = random.pick([1, 2]);
  const counts = random.chance(0.5);
  return Array.from({ length: count }, (_, attempt) => {
    const made = make(attempt);
    const attributes =
      counts && attempt > 0 && made.service === caller && callee.protocol === 'http'
        ? { ...made.attributes, 'http.request.resend_count': attempt }
        : made.attributes;
    return attempt === count - 1
      ? [{ ...made, attributes }]
      : [{ ...made, attributes }, random.ms(Math.max(0.2, pause * growth ** attempt), 0.2)];
  }).flat();
}

/** Whoever retries has to change; that the callee fails is as true. */
function found(
  steps: readonly Step[],
  retriers: readonly Service[],
  callees: readonly Service[],
  failure: Failure,
): Piece {
  const expected = [at('retry-storm', ...retriers)];
  return {
    steps,
    expected,
    allowed: ['error-origin', 'timeout-cascade', 'unexplained-gap', 'sequential-calls'],
    verdicts: [
      at('retry-storm', ...retriers, ...callees),
      at('error-origin', ...callees),
      at('timeout-cascade', ...callees),
      at('pool-exhaustion', ...callees),
    ],
    failure,
  };
}

export const retryStorm: Family = {
  id: 'retry-storm',
  positives: [
    {
      name: 'quick refusals',
      draw(world, here) {
        const { random, services, call, endpoint } = world;
        const callee = services.another();
        const where = endpoint.action(callee, 'reserve');
        const failure = { ...bug(callee, random), status: 503, code: 'UNAVAILABLE' };
        const steps = attempts(world, here, callee, random.whole(3, 10), () =>
          call(here, callee, where, [random.ms(6)], { failure }),
        );
        return found([random.ms(2), ...steps], [here], [callee], badAnswer(here, 503, callee));
      },
    },
    {
      name: 'each waits for its timeout',
      draw(world, here) {
        const { random, services, call, endpoint } = world;
        const callee = services.another();
        const where = endpoint.action(callee, 'reserve');
        const timeout = random.pick([500, 1_000, 2_000, 5_000]);
        const client = { ...here, tracesClients: true };
        const steps = attempts(world, client, callee, random.whole(3, 5), () =>
          call(client, callee, where, [timeout * random.between(1, 1.4)], {
            callerSays: timedOut(client, timeout, callee),
            cutMs: timeout + random.between(0.2, 4),
            failure: UNAVAILABLE,
          }),
        );
        const piece = found([random.ms(2), ...steps], [here], [callee], timedOut(here, timeout, callee));
        return { ...piece, allowed: [...(piece.allowed ?? []), 'pool-exhaustion'] };
      },
    },
    {
      name: 'in two layers',
      draw(world, here) {
        const { random, services, call, endpoint } = world;
        const [middle, deep] = [services.another(), services.another()];
        const failure = { ...bug(deep, random), status: 503, code: 'UNAVAILABLE' };
        const inner = () =>
          attempts(world, middle, deep, 3, () =>
            call(middle, deep, endpoint.action(deep, 'reserve'), [random.ms(5)], { failure }),
          );
        const answer = badAnswer(middle, 503, deep);
        const where = endpoint.action(middle, 'create');
        const steps = attempts(world, here, middle, 3, () =>
          call(here, middle, where, [random.ms(1), ...inner()], { failure: answer, exception: false }),
        );
        return found([random.ms(2), ...steps], [here, middle], [deep, middle], badAnswer(here, 503, middle));
      },
    },
    {
      name: 'a partner that is down',
      draw(world, here) {
        const { random, services, call, endpoint } = world;
        const outside = services.outside();
        const where = endpoint.action(outside, 'charge');
        const failure: Failure = { type: 'Error', message: 'Service Unavailable', status: 503, code: 'UNAVAILABLE' };
        const steps = attempts(world, here, outside, random.whole(3, 6), () =>
          call(here, outside, where, [random.ms(70)], { failure }),
        );
        return found([random.ms(2), ...steps], [here], [outside, here], badAnswer(here, 503, outside));
      },
    },
    {
      name: 'a statement again and again',
      draw(world, here) {
        const { random, query } = world;
        const failure: Failure = {
          type: 'SerializationFailure',
          message: 'could not serialize access due to concurrent update',
          status: 500,
          code: 'ABORTED',
        };
        const steps = attempts(world, here, here, random.whole(3, 6), () =>
          query(here, update(here.noun), random.ms(25), { failure }),
        );
        const piece = found([random.ms(2), ...steps], [here], [here], failure);
        return {
          ...piece,
          allowed: [...(piece.allowed ?? []), 'lock-contention', 'n-plus-one-queries'],
          verdicts: [...(piece.verdicts ?? []), at('lock-contention', here)],
        };
      },
    },
    {
      name: 'below the span of a policy',
      draw(world, here) {
        const { random, services, call, endpoint, own } = world;
        const callee = services.another();
        const where = endpoint.one(callee, 12);
        const failure = { ...bug(callee, random), status: 503, code: 'UNAVAILABLE' };
        const steps = attempts(world, here, callee, random.whole(3, 6), () =>
          call(here, callee, where, [random.ms(8)], { failure }),
        );
        const policy = own(
          here,
          random.pick(['Retry inventory', 'Polly.Retry', 'withRetry', 'RetryTemplate.execute']),
          steps,
          { failure: badAnswer(here, 503, callee) },
        );
        return found([policy], [here], [callee], badAnswer(here, 503, callee));
      },
    },
    {
      name: 'with other work between the attempts',
      draw(world, here) {
        const { random, services, call, endpoint, query, cache } = world;
        const callee = services.another();
        const where = endpoint.one(callee, 12);
        const failure = { ...bug(callee, random), status: 503, code: 'UNAVAILABLE' };
        const steps = Array.from({ length: random.whole(3, 6) }, (_, attempt): Step[] => [
          cache(here, 'GET', 'breaker:state', { hit: true }),
          call(here, callee, where, [random.ms(8)], { failure }),
          query(here, byKey(here, 'attempts', 'id', 4, 'masked'), random.ms(2)),
          random.ms(10 * 2 ** attempt, 0.2),
        ]).flat();
        return found(steps, [here], [callee], badAnswer(here, 503, callee));
      },
    },
    {
      name: 'two timeouts and then no connection left',
      draw(world, here) {
        const { random, services, call, endpoint } = world;
        const callee = services.another();
        const where = endpoint.action(callee, 'reserve');
        const client = { ...here, tracesClients: true };
        const given = (ms: number) =>
          call(client, callee, where, [ms + random.ms(300)], {
            callerSays: timedOut(client, 5_000, callee),
            cutMs: ms,
          });
        const steps = [given(5_001), given(5_002), call(client, callee, where, [2_410], { failure: UNAVAILABLE })];
        const piece = found(steps, [here], [callee], badAnswer(here, 503, callee));
        return { ...piece, allowed: [...(piece.allowed ?? []), 'pool-exhaustion'] };
      },
    },
    {
      name: 'inside one span of the caller',
      draw(world, here) {
        const { random, services, call, endpoint, request } = world;
        const callee = services.another();
        const where = endpoint.one(callee, 12);
        const failure = { ...bug(callee, random), status: 503, code: 'UNAVAILABLE' };
        const count = random.whole(3, 5);
        const tries = Array.from({ length: count }, (_, attempt): Step[] => [
          random.ms(0.4),
          request(callee, where, [random.ms(9)], { failure }),
          random.ms(25 * (attempt + 1), 0.2),
        ]).flat();
        const made = call({ ...here, tracesClients: true }, callee, where, [], { failure, exception: false });
        const events = Array.from({ length: count - 1 }, (_, attempt) => ({
          at: 12 + attempt * 60,
          name: 'retry',
          attributes: { 'retry.attempt': attempt + 1 },
        }));
        return found(
          [random.ms(2), { ...made, steps: tries, events: [...made.events, ...events] }],
          [here, callee],
          [callee],
          badAnswer(here, 503, callee),
        );
      },
    },
    {
      name: 'attempts of an activity',
      draw(world, here) {
        const { random, services, call, endpoint, own } = world;
        const callee = services.another();
        const failure = { ...bug(callee, random), status: 503, code: 'UNAVAILABLE' };
        const steps = Array.from({ length: random.whole(3, 7) }, (_, attempt): Step[] => [
          own(
            here,
            'RunActivity:ChargeCard',
            [random.ms(1), call(here, callee, endpoint.action(callee, 'charge'), [random.ms(12)], { failure })],
            {
              failure: badAnswer(here, 503, callee),
              attributes: { temporalAttempt: attempt + 1, temporalActivityID: '5' },
            },
          ),
          random.ms(100 * 2 ** Math.min(attempt, 4), 0.1),
        ]).flat();
        return found(steps, [here], [callee], badAnswer(here, 503, callee));
      },
    },
  ],
  nearMisses: [
    {
      name: 'a health check that asks every replica',
      draw({ random, services, call }, here) {
        const replicas = Array.from(
          { length: 4 },
          (_, index): Service => ({ ...services.another(), name: `replica-${index}`, address: `replica-${index}.db` }),
        );
        const where = { method: 'GET', route: '/healthz', path: '/healthz', rpc: 'Check' };
        const steps = replicas.map((replica, index) => {
          const failure: Failure = { type: 'Error', message: 'not ready', status: 503, code: 'UNAVAILABLE' };
          return call(
            { ...here, tracesClients: true },
            { ...replica, protocol: 'http' },
            where,
            [random.ms(3)],
            index < 3 ? { failure, exception: false } : {},
          );
        });
        return { steps, expected: [], allowed: ['error-origin', 'swallowed-error'] };
      },
    },
    {
      name: 'a loop of which every item fails',
      draw({ random, services, call, endpoint }, here) {
        const callee: Service = { ...services.another(), protocol: 'http' };
        const client: Service = { ...here, tracesClients: true };
        const failure = bug(callee, random);
        const steps = Array.from({ length: random.whole(4, 7) }, (_, index) => [
          call(client, callee, endpoint.one(callee, 300 + index * 17), [random.ms(9)], { failure }),
          random.ms(1),
        ]).flat();
        return {
          steps,
          expected: [at('error-origin', callee)],
          allowed: ['n-plus-one-calls'],
          failure: badAnswer(here, failure.status, callee),
        };
      },
    },
    {
      name: 'two failures and then a success',
      draw({ random, services, call, endpoint }, here) {
        const callee = services.another();
        const where = endpoint.one(callee, 7);
        const failure = { ...bug(callee, random), status: 503, code: 'UNAVAILABLE' };
        const failed = [0, 1].flatMap(() => [call(here, callee, where, [random.ms(5)], { failure }), random.ms(20)]);
        return { steps: [...failed, call(here, callee, where, [random.ms(9)])], expected: [] };
      },
    },
    {
      name: 'asked until it is ready',
      draw({ random, services, call, endpoint }, here) {
        const callee = services.another();
        const where = endpoint.one(callee, 7);
        const steps = Array.from({ length: 5 }, () => [call(here, callee, where, [random.ms(4)]), random.ms(9)]).flat();
        return { steps, expected: [], allowed: ['n-plus-one-calls'] };
      },
    },
    {
      name: 'four side by side all fail',
      draw({ random, services, call, endpoint }, here) {
        const callee = services.another();
        const failure = bug(callee, random);
        const lanes = [1, 2, 3, 4].map((id) => [
          call(here, callee, endpoint.one(callee, id), [random.ms(25, 0.1)], { failure }),
        ]);
        return {
          steps: [{ together: lanes }],
          expected: [at('error-origin', callee)],
          failure: badAnswer(here, failure.status, callee),
        };
      },
    },
    {
      name: 'three different calls fail',
      draw({ random, services, call, endpoint }, here) {
        const callees = [services.another(), services.another(), services.another()];
        const steps = callees.flatMap((callee) => [
          call(here, callee, endpoint.list(callee), [random.ms(9)], { failure: bug(callee, random) }),
          random.ms(3),
        ]);
        return {
          steps,
          expected: [at('error-origin', ...callees)],
          allowed: ['swallowed-error'],
          verdicts: [],
          failure: bug(here, random),
        };
      },
    },
    {
      name: 'lookups of which several find nothing',
      draw({ random, services, call, endpoint, query }, here) {
        const callee = services.another();
        const steps = [11, 12, 13, 14].map((id) =>
          call(
            here,
            callee,
            endpoint.one(callee, id),
            [query(callee, byKey(callee, callee.noun, 'id', id, 'masked'), random.ms(3))],
            { status: 404 },
          ),
        );
        return { steps, expected: [], allowed: ['n-plus-one-calls'] };
      },
    },
    {
      name: 'once, and not again',
      draw({ random, services, call, endpoint }, here) {
        const callee = services.another();
        const failure = bug(callee, random);
        const once = call(here, callee, endpoint.list(callee), [random.ms(9)], { failure });
        return {
          steps: [once],
          expected: [at('error-origin', callee)],
          failure: badAnswer(here, failure.status, callee),
        };
      },
    },
  ],
};
