import { badAnswer, bug, type Failure, timedOut } from '../failures.ts';
import { at, type Family, type Piece } from '../label.ts';
import type { Service } from '../services.ts';
import type { DrawnSpan, Step } from '../span.ts';
import { insert, update } from '../statements.ts';
import type { World } from '../world.ts';

const TIMEOUTS_MS = [1_000, 2_000, 3_000, 5_000, 10_000, 30_000];

function found(steps: readonly Step[], waitedFor: readonly Service[], failure: Failure): Piece {
  const expected = [at('timeout-cascade', ...waitedFor)];
  return {
    steps,
    expected,
    allowed: ['error-origin', 'slow-query', 'unexplained-gap', 'retry-storm'],
    verdicts: [
      ...expected,
      at('error-origin', ...waitedFor),
      at('slow-query', ...waitedFor),
      at('unexplained-gap', ...waitedFor),
      at('bottleneck', ...waitedFor),
    ],
    failure,
  };
}

/** A call whose caller gives up; the callee goes on. */
function givenUp(
  { random, call, endpoint }: World,
  caller: Service,
  callee: Service,
  timeout: number,
  steps: readonly Step[],
  failure?: Failure,
): DrawnSpan {
  return call({ ...caller, tracesClients: true }, callee, endpoint.action(callee, 'reserve'), steps, {
    callerSays: timedOut(caller, timeout, callee),
    cutMs: timeout + random.between(0.2, 5),
    ...(failure && { failure }),
  });
}

export const timeoutCascade: Family = {
  id: 'timeout-cascade',
  positives: [
    {
      name: 'every caller gives up in the same moment',
      draw(world, here) {
        const { random, services, query } = world;
        const [middle, deep] = [services.another(), services.another()];
        const timeout = random.pick(TIMEOUTS_MS);
        const lock: Failure = {
          type: 'QueryTimeoutException',
          message: 'canceling statement due to statement timeout',
          status: 500,
          code: 'DEADLINE_EXCEEDED',
        };
        const statement = query(deep, update(deep.noun), timeout - random.between(0.1, 0.5), { failure: lock });
        const inner = givenUp(world, middle, deep, timeout, [0.3, statement, random.ms(2)], lock);
        const outer = givenUp(world, here, middle, timeout + 4, [0.4, inner, 1], badAnswer(middle, 504, deep));
        return found([random.ms(2), outer], [deep], badAnswer(here, 504, middle));
      },
    },
    {
      name: 'the callee goes on working',
      draw(world, here) {
        const { random, services, own, query } = world;
        const callee = services.another();
        const timeout = random.pick(TIMEOUTS_MS);
        const work = own(callee, 'recalculate', [timeout * random.between(1.3, 2.5)]);
        const made = givenUp(world, here, callee, timeout, [
          random.ms(2),
          work,
          query(callee, insert(callee.noun), random.ms(6)),
        ]);
        return found([random.ms(2), made], [callee], timedOut(here, timeout, callee));
      },
    },
    {
      name: 'two callers above, each waiting a little longer',
      draw(world, here) {
        const { random, services, own } = world;
        const [middle, deep] = [services.another(), services.another()];
        const timeout = random.pick(TIMEOUTS_MS);
        const inner = givenUp(world, middle, deep, timeout, [own(deep, 'wait for replica', [timeout * 1.8])]);
        const outer = givenUp(
          world,
          here,
          middle,
          timeout + random.pick([0, 3, 50]),
          [0.3, inner, 0.5],
          timedOut(middle, timeout, deep),
        );
        return found([random.ms(2), outer], [deep, middle], timedOut(here, timeout, middle));
      },
    },
    {
      name: 'a callee without spans',
      draw(world, here) {
        const { random, services } = world;
        const callee = { ...services.outside() };
        const timeout = random.pick(TIMEOUTS_MS);
        const made = givenUp(world, here, callee, timeout, [timeout * 2]);
        return found([random.ms(2), made], [callee, here], timedOut(here, timeout, callee));
      },
    },
    {
      name: 'below all of it, a lock',
      draw(world, here) {
        const { random, services, query } = world;
        const [middle, deep] = [services.another(), services.another()];
        const timeout = random.pick([10_000, 30_000]);
        const lock: Failure = {
          type: 'SQLException',
          message: 'Lock wait timeout exceeded; try restarting transaction',
          status: 500,
          code: 'ABORTED',
        };
        const statement = query(deep, update(deep.noun), timeout, { failure: lock });
        const inner = givenUp(world, middle, deep, timeout + 1, [0.3, statement, 0.2], lock);
        const outer = givenUp(world, here, middle, timeout + 5, [0.4, inner, 1], badAnswer(middle, 504, deep));
        const piece = found([random.ms(2), outer], [deep], badAnswer(here, 504, middle));
        return {
          ...piece,
          allowed: [...(piece.allowed ?? []), 'lock-contention'],
          verdicts: [...(piece.verdicts ?? []), at('lock-contention', deep)],
        };
      },
    },
    {
      name: 'a deadline that everybody hears of',
      draw(world, here) {
        const { random, services, call, own, endpoint } = world;
        const [middle, deep] = [services.another(), services.another()].map(
          (service): Service => ({ ...service, protocol: 'grpc', tracesClients: true }),
        );
        if (middle === undefined || deep === undefined) throw new Error('two services are needed');
        const timeout = random.pick(TIMEOUTS_MS);
        const over: Failure = {
          type: 'StatusRuntimeException',
          message: `DEADLINE_EXCEEDED: deadline exceeded after ${timeout / 1000}s`,
          status: 504,
          code: 'DEADLINE_EXCEEDED',
        };
        const cancelled: Failure = {
          type: 'StatusRuntimeException',
          message: 'CANCELLED: context cancelled',
          status: 500,
          code: 'CANCELLED',
        };
        const work = { ...own(deep, 'scan partitions', [timeout * 3], { failure: cancelled }), cutMs: timeout - 2.5 };
        const inner = call(middle, deep, endpoint.action(deep, 'query'), [0.4, work], {
          callerSays: over,
          failure: cancelled,
          cutMs: timeout - 1,
        });
        const outer = call({ ...here, tracesClients: true }, middle, endpoint.action(middle, 'load'), [0.5, inner], {
          callerSays: over,
          failure: cancelled,
          cutMs: timeout,
        });
        return found([random.ms(1), outer], [deep, middle], over);
      },
    },
    {
      name: 'a proxy that gives up',
      draw(world, here) {
        const { random, services, call, endpoint, own } = world;
        const callee = services.another();
        const timeout = random.pick([5_000, 15_000]);
        const says: Failure = {
          type: '504',
          message: 'upstream request timeout',
          status: 504,
          code: 'DEADLINE_EXCEEDED',
        };
        const made = call(
          { ...here, tracesClients: true },
          callee,
          endpoint.action(callee, 'export'),
          [own(callee, 'export rows', [timeout * 1.4]), random.ms(3)],
          {
            callerSays: says,
            cutMs: timeout + random.between(0.3, 3),
            attributes: {
              response_flags: 'UT',
              'http.response.status_code': 504,
              upstream_cluster: `outbound|8080||${callee.address}`,
            },
          },
        );
        return found([random.ms(2), made], [callee], says);
      },
    },
    {
      name: 'in the words of a socket',
      draw(world, here) {
        const { random, services, call, endpoint, own } = world;
        const callee = services.another();
        const timeout = random.pick([1_000, 3_000, 10_000]);
        const message = random.pick([
          'read tcp 10.2.0.7:41522->10.2.3.4:8080: i/o timeout',
          'ESOCKETTIMEDOUT',
          'connect ETIMEDOUT 10.2.3.4:8080',
          'SocketTimeoutException: timeout',
        ]);
        const says: Failure = { type: 'Error', message, status: 504, code: 'DEADLINE_EXCEEDED' };
        const made = call(
          { ...here, tracesClients: true },
          callee,
          endpoint.list(callee),
          [own(callee, 'rebuild', [timeout * 1.5]), 2],
          {
            callerSays: says,
            cutMs: timeout + random.between(0.2, 4),
          },
        );
        return found([random.ms(2), made], [callee], says);
      },
    },
  ],
  nearMisses: [
    {
      name: 'slow, and it worked',
      draw({ random, services, call, endpoint, own }, here) {
        const callee = services.another();
        const long = random.pick([3_000, 5_000, 10_000]) + random.between(-2, 2);
        return {
          steps: [call(here, callee, endpoint.list(callee), [own(callee, 'export', [long])])],
          expected: [],
          allowed: ['unexplained-gap'],
        };
      },
    },
    {
      name: 'a quick failure',
      draw({ random, services, call, endpoint }, here) {
        const callee = services.another();
        const failure = bug(callee, random);
        return {
          steps: [call(here, callee, endpoint.list(callee), [random.ms(14)], { failure })],
          expected: [at('error-origin', callee)],
          failure: badAnswer(here, failure.status, callee),
        };
      },
    },
    {
      name: 'slow, and then a failure of its own',
      draw({ random, services, call, endpoint, own }, here) {
        const callee = services.another();
        const failure = bug(callee, random);
        const steps = [own(callee, 'merge', [random.between(1_300, 2_800)]), random.ms(3)];
        return {
          steps: [call(here, callee, endpoint.list(callee), steps, { failure })],
          expected: [at('error-origin', callee)],
          allowed: ['unexplained-gap'],
          failure: badAnswer(here, failure.status, callee),
        };
      },
    },
    {
      name: 'a long poll',
      draw({ random, services, call }, here) {
        const callee = services.another();
        const where = { method: 'GET', route: '/events/poll', path: '/events/poll?timeout=30', rpc: 'PollEvents' };
        return {
          steps: [call(here, callee, where, [30_000 + random.between(0.5, 3)], { status: 204 })],
          expected: [],
          allowed: ['unexplained-gap'],
        };
      },
    },
    {
      name: 'an operation about timeouts',
      draw({ random, services, call, query }, here) {
        const callee = services.another();
        const where = {
          method: 'PUT',
          route: '/settings/session-timeout',
          path: '/settings/session-timeout',
          rpc: 'SetTimeout',
        };
        return {
          steps: [call(here, callee, where, [query(callee, update('settings'), random.ms(12))]), random.ms(20)],
          expected: [],
        };
      },
    },
    {
      name: 'work that goes on after an early answer',
      draw({ random, services, call, endpoint, own, query }, here) {
        const callee = services.another();
        const later = own(callee, 'send invoice', [random.ms(900)]);
        const inside: Step[] = [
          query(callee, insert('outbox'), random.ms(6)),
          { detached: later, afterMs: 1 },
          random.ms(2),
        ];
        return { steps: [call(here, callee, endpoint.action(callee, 'submit'), inside), random.ms(25)], expected: [] };
      },
    },
  ],
};
