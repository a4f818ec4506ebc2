/** What every request holds besides its problem: other services, caches, queries, messages, and what only looks bad. */
import { badAnswer, bug, type Failure } from './failures.ts';
import type { Piece } from './label.ts';
import type { Service } from './services.ts';
import { type DrawnSpan, lengthMs, type Step } from './span.ts';
import { byKey, insert, listOf, update } from './statements.ts';
import type { World } from './world.ts';

export type Around = Readonly<{
  /** What set it off. */
  from: 'request' | 'browser' | 'message' | 'schedule';
  /** Callers between the root and the service with the problem, the root included. */
  hops: number;
  /** Healthy things in every service on the way. */
  things: number;
  /** A healthy part that takes so long, in many steps of its own. */
  longPartMs: number;
  /** Messages that many others work off meanwhile. */
  crowd: number;
}>;

/** Most traces begin where a request comes in. */
const FROM_REQUEST = Array.from({ length: 11 }, () => 'request' as const);

export function aroundOf({ random }: World, ms: number): Around {
  return {
    from: random.pick([...FROM_REQUEST, 'browser', 'message', 'schedule']),
    hops: random.pick([0, 1, 1, 2, 2, 3, 4]),
    things: random.pick([0, 1, 2, 2, 3, 4, 6, 9]),
    longPartMs: random.chance(0.3) ? Math.min(6_000, ms * random.between(0.15, 1.5)) : 0,
    crowd: random.chance(0.03) ? random.whole(60, 300) : 0,
  };
}

/** The whole request: `here` handles the piece, and everybody above waits for it. */
export function requestAround(world: World, here: Service, piece: Piece, around: Around): DrawnSpan {
  const { random, services } = world;
  let handled: Handled = {
    by: here,
    steps: [
      ...healthy(world, here, around.things),
      ...crowd(world, here, around.crowd),
      ...longPart(world, here, around.longPartMs),
      ...(random.chance(WRAPPED) && hasSpans(piece) ? [controller(world, here, piece)] : piece.steps),
      ...healthy(world, here, !piece.isLast && random.chance(0.5) ? 1 : 0),
    ],
    failure: piece.failure,
    isThrown: piece.thrown ?? false,
  };
  for (let hop = around.hops; hop > 0; hop -= 1) {
    handled = passedOn(world, hop === 1 ? services.entry : services.another(), handled, around.things);
  }
  return setOff(world, handled, around.from);
}

/** Services whose framework puts a span of its own around the handler. */
const WRAPPED = 0.2;

/** A span around time alone would be the record of it. */
function hasSpans({ steps }: Piece): boolean {
  return steps.some((step) => typeof step !== 'number');
}

function controller({ random, own }: World, here: Service, { steps, failure, thrown }: Piece): DrawnSpan {
  const name = random.pick([`${here.noun}Controller.handle`, 'request handler', `${here.noun}.views.index`]);
  return own(here, name, [random.ms(0.2), ...steps], failure && thrown ? { failure } : {});
}

/** What a service does for one request, and how it fails, if it does. */
type Handled = Readonly<{ by: Service; steps: readonly Step[]; failure: Failure | undefined; isThrown: boolean }>;

/** The caller asks for it among other things, and fails with it. */
function passedOn(world: World, caller: Service, handled: Handled, things: number): Handled {
  const { random, call } = world;
  const { by, steps, failure } = handled;
  const asked = call(caller, by, anyEndpoint(world, by), steps, answerOf(handled));
  const before = healthy(world, caller, random.whole(0, things));
  if (failure === undefined) {
    return { ...handled, by: caller, steps: [...before, asked, ...healthy(world, caller, random.whole(0, 1))] };
  }
  const passed = { ...badAnswer(caller, failure.status, by), status: random.pick([failure.status, 500, 502]) };
  return { by: caller, steps: [...before, asked], failure: passed, isThrown: random.chance(0.4) };
}

function setOff(world: World, handled: Handled, from: Around['from']): DrawnSpan {
  const { random, services, request, call, own, consume } = world;
  const { by, steps, failure } = handled;
  const endpoint = anyEndpoint(world, by);
  if (from === 'request') return request(by, endpoint, steps, answerOf(handled));
  const outer: Service = { ...services.another(), name: STARTERS[from], tracesClients: true };
  const asked = call(outer, by, endpoint, steps, answerOf(handled));
  if (from === 'browser') return asked;
  const failed = failure && { failure: badAnswer(outer, failure.status, by) };
  if (from === 'schedule') return own(outer, 'nightly sync', [random.ms(0.3), asked, random.ms(0.2)], failed);
  return { ...consume(outer, 'requests', [random.ms(0.5), asked, random.ms(0.3)], failed), linked: false };
}

const STARTERS = { browser: 'web-app', message: 'request-worker', schedule: 'scheduler' } as const;

function answerOf({ failure, isThrown }: Handled) {
  return failure ? { failure, exception: isThrown } : {};
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

/** Work that nobody here waits for, so much of it that it hides the rest from the eye. */
function crowd({ random, services, publish, consume, query }: World, service: Service, count: number): Step[] {
  if (count === 0) return [];
  const topic = `${service.noun}-changed`;
  const consumers = Array.from({ length: 5 }, () => services.another());
  const steps = Array.from({ length: count }, () => {
    const consumer = random.pick(consumers);
    const work = [random.ms(1), query(consumer, insert('changes'), random.ms(3)), random.ms(1)];
    return { detached: consume(consumer, topic, work, { id: random.hex(8) }), afterMs: random.ms(20, 0.5) };
  });
  return [publish(service, topic, { id: random.hex(8), steps })];
}

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

/** Two calls of one thing, the second a little later; the slower is cancelled when the faster has answered. */
export function hedge(world: World, here: Service, callee: Service): Step[] {
  const { random, call, endpoint } = world;
  const where = endpoint.one(callee);
  const client = { ...here, tracesClients: true };
  const cancelled = random.pick([
    { type: 'CancelledError', message: 'context canceled' },
    { type: 'OperationCanceledException', message: 'The operation was canceled' },
    { type: 'java.util.concurrent.CancellationException', message: 'Request was cancelled' },
  ]);
  const headStart = random.between(8, 12);
  const winner = call(client, callee, where, [random.ms(9)]);
  const loser = call(client, callee, where, [random.ms(90)], {
    callerSays: { ...cancelled, status: 499, code: 'CANCELLED' },
    cutMs: headStart + lengthMs([winner]) + random.between(0.05, 0.4),
  });
  return [{ detached: loser, afterMs: 0 }, headStart, winner, random.ms(8)];
}
