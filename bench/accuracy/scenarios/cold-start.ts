import { at, type Family } from '../label.ts';
import type { Service } from '../services.ts';
import type { DrawnSpan, Step } from '../span.ts';
import { byKey, listOf } from '../statements.ts';
import type { World } from '../world.ts';

/** A function of a cloud, as its layer records it. */
function invoked(
  { random, query }: World,
  callee: Service,
  attributes: Readonly<Record<string, string | boolean>>,
  before: readonly Step[],
): DrawnSpan {
  return {
    service: callee,
    operation: `${callee.name}-handler`,
    kind: 'server',
    scope: '@opentelemetry/instrumentation-aws-lambda',
    attributes: {
      'faas.trigger': 'http',
      'faas.invocation_id': `${random.hex(8)}-${random.hex(4)}`,
      'cloud.provider': 'aws',
      ...attributes,
    },
    events: [],
    steps: [...before, query(callee, listOf(callee, callee.noun, random), random.ms(14)), random.ms(4)],
  };
}

/**
 * A platform starts instances of a function as requests come: a request that takes up to a second with one is usual. More
 * is not: aws.amazon.com/blogs/compute/operating-lambda-performance-optimization-part-1
 */
const USUAL_MS = 1000;

/** Of the time to start: the first step takes most. */
const SHARES = [0.6, 0.25, 0.15];

/** The gateway's call of it. */
function through({ random, call, endpoint }: World, here: Service, callee: Service, handler: DrawnSpan): DrawnSpan {
  const made = call({ ...here, tracesClients: true }, callee, endpoint.one(callee), []);
  return { ...made, steps: [random.ms(3), handler, random.ms(1)] };
}

export const coldStart: Family = {
  id: 'cold-start',
  pairs: true,
  positives: [
    {
      name: 'a function with its initialisation',
      draw(world, here, ms) {
        const { random, services, own } = world;
        const callee = services.another();
        const init = own(callee, random.pick(['init', 'Initialization', 'lambda init', 'cold start init']), [
          USUAL_MS + ms,
        ]);
        const handler = invoked(world, callee, { 'faas.coldstart': true }, [init, 0.5]);
        return { steps: [through(world, here, callee, handler)], expected: [at('cold-start', callee)] };
      },
    },
    {
      name: 'a function that says it was cold',
      draw(world, here, ms) {
        const { services } = world;
        const callee = services.another();
        const handler = invoked(world, callee, { 'faas.coldstart': true }, [USUAL_MS + ms]);
        return {
          steps: [through(world, here, callee, handler)],
          expected: [at('cold-start', callee)],
          allowed: ['unexplained-gap', 'pool-exhaustion'],
        };
      },
    },
    {
      name: 'the platform starts it before the handler',
      draw(world, here, ms) {
        const { services, random } = world;
        const callee = services.another();
        const handler = invoked(world, callee, { 'faas.coldstart': true }, [0.4]);
        const made = through(world, here, callee, handler);
        return {
          steps: [{ ...made, steps: [USUAL_MS + ms, handler, random.ms(1)] }],
          expected: [at('cold-start', callee)],
          allowed: ['unexplained-gap', 'pool-exhaustion', 'clock-skew'],
        };
      },
    },
    {
      name: 'an instance that has just started',
      draw({ random, own, query }, here, ms) {
        const names: Readonly<Record<string, readonly string[]>> = {
          java: [
            'Initialize Spring ApplicationContext',
            'Initializing Servlet dispatcherServlet',
            'init connection pool',
          ],
          python: ['import modules', 'load model', 'warm up'],
          dotnet: ['Host startup', 'Initialize DbContext model', 'JIT warmup'],
          nodejs: ['bootstrap', 'load config', 'initialize modules'],
          ruby: ['boot application', 'eager load', 'initialize cache'],
          go: ['startup', 'load templates', 'init clients'],
        };
        const steps = (names[here.stack.language] ?? []).map((name, index) =>
          own(here, name, [random.ms(ms * (SHARES[index] ?? 0.1), 0.1)]),
        );
        return {
          steps: [...steps, query(here, listOf(here, here.noun, random), random.ms(15))],
          expected: [at('cold-start', here)],
          allowed: ['sequential-calls'],
        };
      },
    },
    {
      name: 'as other vendors say it',
      draw(world, here, ms) {
        const { random, services, own } = world;
        const callee = services.another();
        const said: Readonly<Record<string, string | boolean>> = random.pick([
          { cold_start: true },
          { 'faas.coldstart': 'true' },
          { 'faas.cold_start': true },
        ]);
        const handler = invoked(world, callee, said, [own(callee, 'load dependencies', [USUAL_MS + ms]), 0.5]);
        return {
          steps: [through(world, here, callee, handler)],
          expected: [at('cold-start', callee)],
          allowed: ['unexplained-gap'],
        };
      },
    },
  ],
  nearMisses: [
    {
      name: 'something is loaded in the middle of the work',
      draw({ random, own, query }, here, ms) {
        const steps = [
          query(here, listOf(here, here.noun, random), random.ms(12)),
          own(here, 'load invoice template', [ms]),
          query(here, byKey(here, 'totals', 'id', 4, 'masked'), random.ms(6)),
        ];
        return { steps, expected: [], allowed: ['unexplained-gap'] };
      },
    },
    {
      name: 'a warm function',
      draw(world, here) {
        const { services } = world;
        const callee = services.another();
        return {
          steps: [through(world, here, callee, invoked(world, callee, { 'faas.coldstart': false }, [2]))],
          expected: [],
        };
      },
    },
    {
      name: 'a warm function that works long',
      draw(world, here, ms) {
        const { services, own } = world;
        const callee = services.another();
        const work = own(callee, 'resize image', [ms]);
        return {
          steps: [through(world, here, callee, invoked(world, callee, { 'faas.coldstart': false }, [1, work]))],
          expected: [],
          allowed: ['unexplained-gap'],
        };
      },
    },
    {
      name: 'a short initialisation',
      draw({ random, own, query }, here) {
        return {
          steps: [
            own(here, 'init request context', [random.ms(0.8)]),
            query(here, listOf(here, here.noun, random), random.ms(30)),
          ],
          expected: [],
        };
      },
    },
    {
      name: 'a business that initialises things',
      draw({ random, services, call, own, query }, here, ms) {
        const callee = services.another();
        const where = {
          method: 'POST',
          route: '/payments/initialize',
          path: '/payments/initialize',
          rpc: 'InitializePayment',
        };
        const work = [
          query(callee, byKey(callee, 'merchants', 'id', 4, 'masked'), random.ms(5)),
          own(callee, 'calculate risk', [ms]),
        ];
        return { steps: [call(here, callee, where, work)], expected: [], allowed: ['unexplained-gap'] };
      },
    },
    {
      name: 'the first query of a new connection',
      draw({ random, own, query }, here) {
        return {
          steps: [
            own(here, 'connect', [random.ms(25)]),
            query(here, listOf(here, here.noun, random), random.ms(20)),
            random.ms(15),
          ],
          expected: [],
        };
      },
    },
  ],
};
