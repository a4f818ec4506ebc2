import { bug, type Failure, timedOut } from '../failures.ts';
import { at, type Family, type Piece } from '../label.ts';
import type { Service } from '../services.ts';
import type { Step } from '../span.ts';
import { byKey, listOf } from '../statements.ts';
import { hedge } from '../surroundings.ts';

/** The caller hid it; where it came from is as good a verdict. */
function found(here: Service, steps: readonly Step[], origins: readonly Service[], isTimeout = false): Piece {
  const expected = [at('swallowed-error', here)];
  return {
    steps,
    expected,
    allowed: isTimeout ? ['error-origin', 'timeout-cascade', 'sequential-calls', 'unexplained-gap'] : ['error-origin'],
    verdicts: [
      ...expected,
      at('error-origin', ...origins, here),
      ...(isTimeout ? [at('timeout-cascade', ...origins, here)] : []),
    ],
  };
}

export const swallowedError: Family = {
  id: 'swallowed-error',
  positives: [
    {
      name: 'one part of a page fails',
      draw({ random, services, call, endpoint, query }, here) {
        const callee = services.another();
        const failure = bug(callee, random);
        const steps = [
          query(here, byKey(here, here.noun, 'id', 123, 'masked'), random.ms(12)),
          call(here, callee, endpoint.list(callee), [random.ms(9)], { failure }),
          random.ms(4),
        ];
        return found(here, steps, [callee]);
      },
    },
    {
      name: 'two parts time out',
      draw({ random, services, call, endpoint, query, cache }, here) {
        const callees = [services.another(), services.another()];
        const timeout = random.pick([1_000, 2_000, 5_000]);
        const client = { ...here, tracesClients: true };
        const calls = callees.map((callee) =>
          call(client, callee, endpoint.list(callee), [timeout + random.ms(400)], {
            callerSays: timedOut(client, timeout, callee),
            cutMs: timeout + random.between(0.4, 4),
          }),
        );
        const lanes: Step = random.chance(0.5) ? { together: calls.map((made) => [made]) } : { together: [calls] };
        const steps = [
          query(here, byKey(here, here.noun, 'id', 123, 'masked'), random.ms(12)),
          lanes,
          cache(here, 'SET', 'product-cache:123'),
        ];
        return found(here, steps, callees, true);
      },
    },
    {
      name: 'deeper failure, and a default in the middle',
      draw({ random, services, call, endpoint }, here) {
        const [middle, deep] = [services.another(), services.another()];
        const failure = bug(deep, random);
        const inner = call(middle, deep, endpoint.action(deep, 'score'), [random.ms(7)], { failure });
        return found(middle, [call(here, middle, endpoint.list(middle), [random.ms(2), inner, random.ms(1)])], [deep]);
      },
    },
    {
      name: 'a query failed and the page went out',
      draw({ random, query }, here) {
        const failure: Failure = {
          type: 'UndefinedTable',
          message: 'relation "banners_v2" does not exist',
          status: 500,
          code: 'INTERNAL',
        };
        const steps = [
          query(here, listOf(here, here.noun, random), random.ms(12)),
          query(here, byKey(here, 'banners_v2', 'id', 4, 'masked'), random.ms(3), { failure }),
          random.ms(6),
        ];
        return found(here, steps, []);
      },
    },
    {
      name: 'all of three attempts failed',
      draw({ random, services, call, endpoint }, here) {
        const callee = services.another();
        const failure = { ...bug(callee, random), status: 503 };
        const where = endpoint.list(callee);
        const steps = [0, 1, 2].flatMap((attempt) => [
          call(here, callee, where, [random.ms(5)], {
            failure,
            attributes: attempt > 0 ? { 'http.request.resend_count': attempt } : {},
          }),
          random.ms(20 * 2 ** attempt),
        ]);
        const piece = found(here, steps, [callee]);
        return {
          ...piece,
          allowed: ['error-origin', 'retry-storm', 'unexplained-gap'],
          verdicts: [...(piece.verdicts ?? []), at('retry-storm', here, callee)],
        };
      },
    },
    {
      name: 'two of five in parallel',
      draw({ random, services, call, endpoint }, here) {
        const callees = Array.from({ length: 5 }, () => services.another());
        const failure = bug(here, random);
        const lanes = callees.map((callee, index) => [
          call(
            here,
            callee,
            endpoint.list(callee),
            [random.ms(14)],
            index < 2 ? { failure: { ...failure, status: 500 } } : {},
          ),
        ]);
        return found(here, [{ together: lanes }, random.ms(3)], callees.slice(0, 2));
      },
    },
    {
      name: "a partner's failure, and the order goes on",
      draw({ random, services, call, endpoint, query }, here) {
        const outside = services.outside();
        const failure = bug(outside, random);
        const steps = [
          call(here, outside, endpoint.action(outside, 'score'), [random.ms(90)], { failure }),
          query(here, listOf(here, here.noun, random), random.ms(8)),
        ];
        return found(here, steps, [outside]);
      },
    },
    {
      name: 'a step of its own failed quietly',
      draw({ random, own, query }, here) {
        const failure = bug(here, random);
        const steps = [
          query(here, listOf(here, here.noun, random), random.ms(9)),
          own(here, random.pick(['personalise', 'load banners', 'send analytics']), [random.ms(6)], { failure }),
          random.ms(5),
        ];
        return found(here, steps, []);
      },
    },
  ],
  nearMisses: [
    {
      name: 'a user who went away',
      draw({ random, services, call, endpoint }, here) {
        const callee = services.another();
        const gone = {
          type: 'AbortError',
          message: 'The operation was aborted: client closed request',
          status: 499,
          code: 'CANCELLED',
        };
        const made = call({ ...here, tracesClients: true }, callee, endpoint.list(callee), [random.ms(60)], {
          callerSays: gone,
          cutMs: random.between(20, 30),
        });
        return { steps: [random.ms(2), made], expected: [], allowed: ['error-origin', 'timeout-cascade'] };
      },
    },
    {
      name: 'a retry that worked',
      draw({ random, services, call, endpoint }, here) {
        const callee = services.another();
        const where = endpoint.one(callee);
        const failure = bug(callee, random);
        const steps = [
          call(here, callee, where, [random.ms(4)], { failure: { ...failure, status: 503 } }),
          random.ms(15),
          call(here, callee, where, [random.ms(8)], { attributes: { 'http.request.resend_count': 1 } }),
        ];
        return { steps, expected: [] };
      },
    },
    {
      name: 'a lookup that finds nothing',
      draw({ random, services, call, endpoint }, here) {
        const callee = services.another();
        return {
          steps: [call(here, callee, endpoint.one(callee), [random.ms(4)], { status: 404 }), random.ms(20)],
          expected: [],
        };
      },
    },
    {
      name: 'a hedge that is cancelled',
      draw: (world, here) => ({
        steps: hedge(world, here, world.services.another()),
        expected: [],
        allowed: ['timeout-cascade'],
      }),
    },
    {
      name: 'passed on to the user',
      draw({ random, services, call, endpoint }, here) {
        const callee = services.another();
        const failure = bug(callee, random);
        return {
          steps: [call(here, callee, endpoint.list(callee), [random.ms(9)], { failure })],
          expected: [at('error-origin', callee)],
          failure: { ...failure, status: 502 },
        };
      },
    },
    {
      name: 'already there',
      draw({ random, services, call, endpoint }, here) {
        const callee = services.another();
        return {
          steps: [
            call(here, callee, endpoint.action(callee, 'register'), [random.ms(6)], { status: 409 }),
            random.ms(12),
          ],
          expected: [],
        };
      },
    },
  ],
};
