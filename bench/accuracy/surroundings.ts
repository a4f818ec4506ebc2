/** What every request holds besides its problem: other services, caches, queries, messages, and what only looks bad. */
import { badAnswer, bug } from './failures.ts';
import type { Piece } from './label.ts';
import type { Service } from './services.ts';
import type { DrawnSpan, Step } from './span.ts';
import { byKey, insert, listOf, update } from './statements.ts';
import type { World } from './world.ts';

export type Around = Readonly<{
  /** Callers between the root and the service with the problem, the root included. */
  hops: number;
  /** Healthy things in every service on the way. */
  things: number;
  /** A healthy part that takes so long, in many steps of its own. */
  longPartMs: number;
}>;

export function aroundOf({ random }: World, ms: number): Around {
  return {
    hops: random.pick([0, 1, 1, 2, 2, 3, 4]),
    things: random.pick([0, 1, 2, 2, 3, 4, 6]),
    longPartMs: random.chance(0.2) ? Math.min(1_500, ms * random.between(0.15, 0.4)) : 0,
  };
}

/** The whole request: `here` handles the piece, and everybody above waits for it. */
export function requestAround(
  world: World,
  here: Service,
  piece: Piece,
  { hops, things, longPartMs }: Around,
): DrawnSpan {
  const { random, services } = world;
  let steps: readonly Step[] = [
    ...healthy(world, here, things),
    ...longPart(world, here, longPartMs),
    ...piece.steps,
    ...healthy(world, here, !piece.isLast && random.chance(0.5) ? 1 : 0),
  ];
  let handler = here;
  let { failure } = piece;
  let isThrown = piece.thrown ?? false;
  for (let hop = hops; hop > 0; hop -= 1) {
    const caller = hop === 1 ? services.entry : services.another();
    const endpoint = anyEndpoint(world, handler);
    const answer = failure && { ...failure };
    steps = [
      ...healthy(world, caller, random.whole(0, things)),
      world.call(caller, handler, endpoint, steps, answer ? { failure: answer, exception: isThrown } : {}),
      ...(failure ? [] : healthy(world, caller, random.whole(0, 1))),
    ];
    if (failure) {
      isThrown = random.chance(0.4);
      failure = { ...badAnswer(caller, failure.status, handler), status: random.pick([failure.status, 500, 502]) };
    }
    handler = caller;
  }
  return world.request(handler, anyEndpoint(world, handler), steps, failure ? { failure, exception: isThrown } : {});
}

function anyEndpoint({ random, endpoint }: World, service: Service) {
  return random.pick([
    () => endpoint.one(service),
    () => endpoint.list(service),
    () => endpoint.action(service, random.pick(['refresh', 'submit', 'preview', 'process'])),
  ])();
}

/** That many harmless things, one after another: all together well below what anybody notices. */
export function healthy(world: World, service: Service, count: number): Step[] {
  const { random } = world;
  return Array.from({ length: count }, () => random.pick(THINGS)(world, service)).flatMap((steps) => [
    random.ms(0.4),
    ...steps,
    random.ms(0.3),
  ]);
}

type Thing = (world: World, service: Service) => Step[];

const THINGS: readonly Thing[] = [
  (world, service) => [world.cache(service, 'GET', `session:${world.random.hex(8)}`, { hit: true })],
  ({ random, query }, service) => [
    query(service, byKey(service, 'tenants', 'id', random.whole(1, 400), 'masked'), random.ms(2)),
  ],
  ({ random, query }, service) => [query(service, listOf(service, service.noun, random), random.ms(4))],
  ({ random, services, call, endpoint, query }, service) => {
    const callee = services.another();
    const row = byKey(callee, callee.noun, 'id', random.whole(1, 9_999), 'masked');
    return [
      call(service, callee, endpoint.one(callee), [random.ms(1), query(callee, row, random.ms(3)), random.ms(0.5)]),
    ];
  },
  ({ random, services, call, endpoint }, service) => [
    {
      together: Array.from({ length: random.whole(2, 4) }, () => {
        const callee = services.another();
        return [call(service, callee, endpoint.list(callee), [random.ms(6)])];
      }),
    },
  ],
  ({ random, own }, service) =>
    ['middleware - query', 'middleware - cors', 'authorize', 'validate'].map((name) =>
      own(service, name, [random.ms(0.2)]),
    ),
  ({ random, query }, service) => [
    query(service, { verb: 'BEGIN', table: '', text: 'BEGIN' }, random.ms(0.3)),
    query(service, insert(service.noun), random.ms(2)),
    query(service, update('counters'), random.ms(1.5)),
    query(service, { verb: 'COMMIT', table: '', text: 'COMMIT' }, random.ms(1)),
  ],
  ({ random, services, publish, consume, query }, service) => {
    const consumer = services.another();
    const topic = `${service.noun}-events`;
    const steps = [random.ms(1), query(consumer, insert(`${service.noun}_log`), random.ms(3)), random.ms(0.5)];
    return [
      publish(service, topic, {
        id: random.hex(8),
        steps: [{ detached: consume(consumer, topic, steps), afterMs: random.ms(8, 0.6) }],
      }),
    ];
  },
  // A lookup that may find nothing.
  ({ random, services, call, endpoint }, service) => {
    const callee = services.another();
    return [call(service, callee, endpoint.one(callee), [random.ms(2)], random.chance(0.3) ? { status: 404 } : {})];
  },
  // The second attempt worked.
  ({ random, services, call, endpoint }, service) => {
    const callee = services.another();
    const where = endpoint.one(callee);
    if (random.chance(0.75)) return [call(service, callee, where, [random.ms(3)])];
    const failure = { ...bug(callee, random), status: 503, code: 'UNAVAILABLE', message: 'upstream connect error' };
    return [
      call(service, callee, where, [random.ms(2)], { failure }),
      random.ms(4),
      call(service, callee, where, [random.ms(3)], { attributes: { 'http.request.resend_count': 1 } }),
    ];
  },
];

const STAGES = [
  'normalise',
  'price',
  'rank',
  'map',
  'filter',
  'merge',
  'translate',
  'render',
  'sign',
  'compress',
  'audit',
];

/** Many steps of which none is large. */
function longPart({ random, own }: World, service: Service, ms: number): Step[] {
  if (ms === 0) return [];
  const stages = random.some(random.whole(7, 11), STAGES);
  return stages.map((stage) => own(service, `${stage}_${service.noun}`, [random.ms(ms / stages.length, 0.2)]));
}
