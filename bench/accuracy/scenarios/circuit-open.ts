import { badAnswer, bug, type Failure } from '../failures.ts';
import { at, type Family, type Piece } from '../label.ts';
import type { Service } from '../services.ts';
import type { DrawnEvent, DrawnSpan, Step } from '../span.ts';
import { byKey } from '../statements.ts';
import type { World } from '../world.ts';

/** The breaker's own words. */
function openCircuit({ stack: { language } }: Service, callee: Service): Failure {
  const refused = { status: 503, code: 'UNAVAILABLE' };
  switch (language) {
    case 'java':
      return {
        ...refused,
        type: 'io.github.resilience4j.circuitbreaker.CallNotPermittedException',
        message: `CircuitBreaker '${callee.name}' is OPEN and does not permit further calls`,
      };
    case 'dotnet':
      return {
        ...refused,
        type: 'Polly.CircuitBreaker.BrokenCircuitException',
        message: 'The circuit is now open and is not allowing calls.',
      };
    case 'go':
      return { ...refused, type: '*errors.errorString', message: 'circuit breaker is open' };
    case 'python':
      return {
        ...refused,
        type: 'pybreaker.CircuitBreakerError',
        message: 'Timeout not elapsed yet, circuit breaker still open',
      };
    case 'ruby':
      return {
        ...refused,
        type: 'Circuitbox::OpenCircuitError',
        message: `Circuitbox::OpenCircuitError: ${callee.name}`,
      };
    default:
      return { ...refused, type: 'EOPENBREAKER', message: 'Breaker is open' };
  }
}

/** Refused before it left: a moment long, and nobody on the other side. */
function refusedCall(
  { random, call, endpoint }: World,
  here: Service,
  callee: Service,
  extra: { events?: readonly DrawnEvent[] } = {},
): DrawnSpan {
  return call(
    { ...here, tracesClients: true },
    callee,
    endpoint.action(callee, 'reserve'),
    [random.between(0.01, 0.15)],
    {
      callerSays: openCircuit(here, callee),
      sides: 'client',
      cutMs: random.between(0.05, 0.6),
      ...extra,
    },
  );
}

function found(here: Service, callee: Service, steps: readonly Step[], isHidden: boolean): Piece {
  const expected = [at('circuit-open', here, callee)];
  return {
    steps,
    expected,
    allowed: ['error-origin', 'swallowed-error', 'retry-storm'],
    verdicts: [...expected, at('error-origin', here, callee), ...(isHidden ? [at('swallowed-error', here)] : [])],
    ...(!isHidden && { failure: openCircuit(here, callee) }),
  };
}

export const circuitOpen: Family = {
  id: 'circuit-open',
  positives: [
    {
      name: 'the request fails with it',
      draw(world, here) {
        const { random, services, query } = world;
        const callee = services.another();
        const steps = [
          query(here, byKey(here, here.noun, 'id', 4, 'masked'), random.ms(7)),
          refusedCall(world, here, callee),
        ];
        return found(here, callee, steps, false);
      },
    },
    {
      name: 'a fallback answers',
      draw(world, here) {
        const { random, services, own } = world;
        const callee = services.another();
        const steps = [
          random.ms(3),
          refusedCall(world, here, callee),
          own(here, 'fallback', [random.ms(1)]),
          random.ms(8),
        ];
        return found(here, callee, steps, true);
      },
    },
    {
      name: 'a span of the breaker',
      draw({ random, services, own }, here) {
        const callee = services.another();
        const failure = openCircuit(here, callee);
        const breaker = own(
          here,
          random.pick([`CircuitBreaker ${callee.name}`, 'circuit-breaker.execute', `${callee.name}.circuit`]),
          [random.between(0.05, 0.4)],
          {
            failure,
            attributes: {
              [random.pick(['circuit_breaker.state', 'resilience4j.circuitbreaker.state', 'circuit.state'])]:
                random.pick(['open', 'OPEN']),
            },
          },
        );
        return found(here, callee, [random.ms(5), breaker], false);
      },
    },
    {
      name: 'it opens after failures, and then refuses',
      draw(world, here) {
        const { random, services, call, endpoint } = world;
        const callee = services.another();
        const failure = { ...bug(callee, random), status: 503, code: 'UNAVAILABLE' };
        const where = endpoint.action(callee, 'reserve');
        const failed = [0, 1].flatMap(() => [call(here, callee, where, [random.ms(20)], { failure }), random.ms(15)]);
        const steps = [...failed, refusedCall(world, here, callee), random.ms(0.5), refusedCall(world, here, callee)];
        const piece = found(here, callee, steps, false);
        return { ...piece, verdicts: [...(piece.verdicts ?? []), at('retry-storm', here)] };
      },
    },
    {
      name: 'the proxy refuses',
      draw({ random, services, call, endpoint }, here) {
        const callee = services.another();
        const says: Failure = {
          type: '503',
          message: 'upstream connect error or disconnect/reset before headers. reset reason: overflow',
          status: 503,
          code: 'UNAVAILABLE',
        };
        const made = call({ ...here, tracesClients: true }, callee, endpoint.one(callee), [0.1], {
          callerSays: says,
          sides: 'client',
          attributes: {
            response_flags: 'UO',
            upstream_cluster: `outbound|8080||${callee.address}`,
            'http.response.status_code': 503,
          },
        });
        return { ...found(here, callee, [random.ms(3), made], false), failure: says };
      },
    },
    {
      name: 'in the words of Hystrix',
      draw({ random, services, own }, here) {
        const callee = services.another();
        const failure: Failure = {
          type: 'com.netflix.hystrix.exception.HystrixRuntimeException',
          message: `Reserve${callee.noun} short-circuited and fallback failed.`,
          status: 503,
          code: 'UNAVAILABLE',
        };
        const command = own(here, `hystrix.Reserve${callee.noun}`, [random.between(0.05, 0.4)], { failure });
        return {
          ...found(here, callee, [random.ms(5), command], false),
          expected: [at('circuit-open', here)],
          failure,
        };
      },
    },
  ],
  nearMisses: [
    {
      name: 'a limit of the rate',
      draw({ random, services, own }, here) {
        const callee = services.another();
        const failure: Failure = {
          type: 'io.github.resilience4j.ratelimiter.RequestNotPermitted',
          message: `RateLimiter '${callee.name}' does not permit further calls`,
          status: 429,
          code: 'RESOURCE_EXHAUSTED',
        };
        return {
          steps: [random.ms(3), own(here, 'reserve', [0.1], { failure })],
          expected: [at('error-origin', here)],
          failure: { ...failure, status: 503 },
        };
      },
    },
    {
      name: 'a bulkhead that is full',
      draw({ random, services, own }, here) {
        const callee = services.another();
        const failure: Failure = {
          type: 'io.github.resilience4j.bulkhead.BulkheadFullException',
          message: `Bulkhead '${callee.name}' is full and does not permit further calls`,
          status: 503,
          code: 'RESOURCE_EXHAUSTED',
        };
        return {
          steps: [random.ms(3), own(here, 'reserve', [0.1], { failure })],
          expected: [at('error-origin', here)],
          allowed: ['pool-exhaustion'],
          verdicts: [at('error-origin', here), at('pool-exhaustion', here)],
          failure,
        };
      },
    },
    {
      name: 'half open, and the trial works',
      draw({ random, services, call, endpoint }, here) {
        const callee = services.another();
        const made = call(here, callee, endpoint.action(callee, 'reserve'), [random.ms(18)], {
          attributes: { 'circuit_breaker.state': 'half_open' },
        });
        return { steps: [made, random.ms(9)], expected: [] };
      },
    },
    {
      name: 'closed, and the callee fails',
      draw({ random, services, call, endpoint }, here) {
        const callee = services.another();
        const failure = bug(callee, random);
        const made = call(here, callee, endpoint.action(callee, 'reserve'), [random.ms(12)], {
          failure,
          attributes: { 'circuit_breaker.state': 'closed' },
        });
        return {
          steps: [made],
          expected: [at('error-origin', callee)],
          failure: badAnswer(here, failure.status, callee),
        };
      },
    },
    {
      name: 'the callee itself is quick to refuse',
      draw({ random, services, call, endpoint }, here) {
        const callee = services.another();
        const failure: Failure = { type: 'Overloaded', message: 'load shed', status: 503, code: 'UNAVAILABLE' };
        const made = call(here, callee, endpoint.one(callee), [random.ms(0.4)], { failure });
        return { steps: [made], expected: [at('error-origin', callee)], failure: badAnswer(here, 503, callee) };
      },
    },
    {
      name: 'too many requests',
      draw({ random, services, call, endpoint }, here) {
        const outside = services.outside();
        const made = call(here, outside, endpoint.one(outside), [random.ms(30)], { status: 429 });
        return { steps: [made, random.ms(4)], expected: [], allowed: ['swallowed-error', 'error-origin'] };
      },
    },
    {
      name: 'circuits of an electrician',
      draw({ random, services, call, own }, here) {
        const callee: Service = { ...services.another(), name: 'circuit-designer', noun: 'circuits' };
        const where = { method: 'POST', route: '/circuits/open', path: '/circuits/open', rpc: 'OpenCircuit' };
        return {
          steps: [call(here, callee, where, [own(callee, 'evaluate short-circuit', [random.ms(20)])]), random.ms(12)],
          expected: [],
        };
      },
    },
  ],
};
