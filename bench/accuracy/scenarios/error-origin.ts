import { badAnswer, bug, type Failure, refused } from '../failures.ts';
import { at, type Family } from '../label.ts';
import type { Service } from '../services.ts';
import type { Step } from '../span.ts';
import { byKey, insert, listOf } from '../statements.ts';
import { hedge } from '../surroundings.ts';

export const errorOrigin: Family = {
  id: 'error-origin',
  positives: [
    {
      name: 'thrown in the handler',
      draw({ random, query }, here) {
        const failure = bug(here, random);
        return {
          steps: [query(here, listOf(here, here.noun, random), random.ms(9)), random.ms(3)],
          expected: [at('error-origin', here)],
          failure,
          thrown: true,
        };
      },
    },
    {
      name: 'thrown in a step of its own',
      draw({ random, own }, here) {
        const failure = bug(here, random);
        const steps = [
          own(here, 'validate', [random.ms(1)]),
          own(here, random.pick(['predict', 'calculate totals', 'serialize']), [random.ms(12)], { failure }),
        ];
        return { steps, expected: [at('error-origin', here)], failure };
      },
    },
    {
      name: 'several services below',
      draw({ random, services, call, endpoint, query }, here) {
        const deep = services.another();
        const failure = bug(deep, random);
        let steps: Step[] = [query(deep, byKey(deep, deep.noun, 'id', 7, 'masked'), random.ms(5)), random.ms(8)];
        let callee = deep;
        let answer: Failure = failure;
        let exception = true;
        const depth = random.whole(1, 3);
        for (let level = 0; level < depth; level += 1) {
          const caller = level === depth - 1 ? here : services.another();
          steps = [
            random.ms(2),
            call(caller, callee, endpoint.action(callee, 'evaluate'), steps, { failure: answer, exception }),
          ];
          answer = badAnswer(caller, answer.status, callee);
          exception = random.chance(0.5);
          callee = caller;
        }
        return { steps, expected: [at('error-origin', deep)], failure: answer, thrown: exception };
      },
    },
    {
      name: 'a statement that the database refuses',
      draw({ random, query }, here) {
        const failure = {
          type: 'org.postgresql.util.PSQLException',
          message: `ERROR: duplicate key value violates unique constraint "${here.noun}_pkey"`,
          status: 500,
          code: 'INTERNAL',
        };
        return {
          steps: [random.ms(2), query(here, insert(here.noun), random.ms(4), { failure })],
          expected: [at('error-origin', here)],
          failure,
          thrown: random.chance(0.5),
        };
      },
    },
    {
      name: "a partner's failure",
      draw({ random, services, call, endpoint }, here) {
        const outside = services.outside();
        const failure = {
          type: 'Error',
          message: 'Internal Server Error',
          status: random.pick([500, 503]),
          code: 'UNAVAILABLE',
        };
        const made = call(here, outside, endpoint.action(outside, 'charge'), [random.ms(180)], { failure });
        return {
          steps: [random.ms(3), made],
          expected: [at('error-origin', here, outside)],
          failure: badAnswer(here, failure.status, outside),
          thrown: random.chance(0.5),
        };
      },
    },
    {
      name: 'nobody listens there',
      draw({ random, services, call, endpoint }, here) {
        const callee = services.another();
        const failure = refused(here, callee.address, 8080);
        const made = call(here, callee, endpoint.one(callee), [random.ms(1)], { callerSays: failure, sides: 'client' });
        return {
          steps: [random.ms(3), made],
          // The callee has no span that could show its name: its host is all that is recorded.
          expected: [at('error-origin', here, callee, { ...callee, name: callee.address })],
          allowed: ['circuit-open'],
          failure,
          thrown: random.chance(0.5),
        };
      },
    },
    {
      name: 'one of several side by side',
      draw({ random, services, call, endpoint }, here) {
        const bad = services.another();
        const failure = bug(bad, random);
        const lanes = [0, 1, 2].map(() => {
          const callee = services.another();
          return [call(here, callee, endpoint.list(callee), [random.ms(20)])];
        });
        lanes.push([call(here, bad, endpoint.list(bad), [random.ms(15)], { failure })]);
        return {
          steps: [{ together: lanes }],
          expected: [at('error-origin', bad)],
          failure: badAnswer(here, failure.status, bad),
          thrown: random.chance(0.5),
        };
      },
    },
    {
      name: 'after others that were dealt with',
      draw({ random, services, call, endpoint, query }, here) {
        const [lookup, flaky, bad] = [services.another(), services.another(), services.another()];
        const where = endpoint.one(flaky);
        const passing = { type: 'Unavailable', message: 'no healthy upstream', status: 503, code: 'UNAVAILABLE' };
        const failure = bug(bad, random);
        const steps = [
          call(here, lookup, endpoint.one(lookup), [random.ms(3)], { status: 404 }),
          call(here, flaky, where, [random.ms(3)], { failure: passing, exception: false }),
          random.ms(12),
          call(here, flaky, where, [random.ms(9)]),
          query(here, listOf(here, here.noun, random), random.ms(8)),
          call(here, bad, endpoint.action(bad, 'charge'), [random.ms(14)], { failure }),
        ];
        return {
          steps,
          expected: [at('error-origin', bad)],
          failure: badAnswer(here, failure.status, bad),
          thrown: random.chance(0.5),
        };
      },
    },
    {
      name: 'a status and no word about it',
      draw({ random, services, call, endpoint }, here) {
        const callee = services.another();
        const failure = { ...bug(callee, random), status: 500 };
        const made = call(here, callee, endpoint.list(callee), [random.ms(11)], { failure, exception: false });
        return {
          steps: [random.ms(2), made],
          expected: [at('error-origin', callee)],
          failure: badAnswer(here, 500, callee),
          thrown: false,
        };
      },
    },
  ],
  nearMisses: [
    {
      name: 'a wrong password',
      draw({ random, services, call, query }, here) {
        const auth = services.another();
        const where = { method: 'POST', route: '/login', path: '/login', rpc: 'Login' };
        const http: Service = { ...auth, protocol: 'http' };
        const inside = [query(http, byKey(http, 'users', 'email', 4, 'masked'), random.ms(5)), random.between(40, 70)];
        return {
          steps: [call(here, http, where, inside, { status: 401 })],
          expected: [],
          allowed: ['swallowed-error'],
        };
      },
    },
    {
      name: 'a missing file made anew',
      draw({ random, services, call, endpoint }, here) {
        const store = services.outside();
        const steps = [
          call(here, store, endpoint.one(store), [random.ms(9)], { status: 404 }),
          random.ms(12),
          call(here, store, endpoint.action(store, 'put'), [random.ms(18)]),
        ];
        return { steps, expected: [] };
      },
    },
    {
      name: 'a lookup that finds nothing',
      draw({ random, services, call, endpoint, query }, here) {
        const callee = services.another();
        const inside = [query(callee, byKey(callee, callee.noun, 'id', 404, 'masked'), random.ms(4))];
        return {
          steps: [call(here, callee, endpoint.one(callee), inside, { status: 404 }), random.ms(20)],
          expected: [],
        };
      },
    },
    {
      name: 'the second attempt works',
      draw({ random, services, call, endpoint }, here) {
        const callee = services.another();
        const failure = { type: 'Unavailable', message: 'no healthy upstream', status: 503, code: 'UNAVAILABLE' };
        const where = endpoint.one(callee);
        const steps = [
          call(here, callee, where, [random.ms(3)], { failure, exception: false }),
          random.ms(20),
          call(here, callee, where, [random.ms(9)], { attributes: { 'http.request.resend_count': 1 } }),
        ];
        return { steps, expected: [] };
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
      name: 'a file that has not changed',
      draw({ random, services, call, endpoint }, here) {
        const callee = services.another();
        return {
          steps: [call(here, callee, endpoint.list(callee), [random.ms(4)], { status: 304 }), random.ms(15)],
          expected: [],
        };
      },
    },
    {
      name: 'an event that only mentions an error',
      draw({ random, own }, here) {
        const events = [{ at: 1, name: 'log', attributes: { message: 'errors so far: 0', level: 'info' } }];
        return { steps: [own(here, 'check error budget', [random.ms(25)], { events })], expected: [] };
      },
    },
  ],
};
