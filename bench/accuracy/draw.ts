/** Draws labelled traces: a seed and a number of each kind in, always the same traces out. */
import type { DetectorId, Family, Label, Piece, Variant } from './label.ts';
import { type LoggedLine, logsOf } from './logs.ts';
import { type Random, randomOf } from './random.ts';
import { hostIsOff, type Recording, recordingOf } from './recording.ts';
import { healthy } from './scenarios/healthy.ts';
import { families } from './scenarios/registry.ts';
import type { Service } from './services.ts';
import { type PlacedSpan, placed } from './span.ts';
import { aroundOf, requestAround } from './surroundings.ts';
import { type World, worldOf } from './world.ts';

export type Part = 'positive' | 'near miss' | 'pair' | 'healthy';
export type Format = 'jaeger' | 'otlp' | 'zipkin';

export type DrawnTrace = Readonly<{
  /** `slow-query/positive/one statement/3`: enough to draw it again with the same seed. */
  id: string;
  part: Part;
  /** Whose trace it is; none for healthy ones. */
  family: DetectorId | undefined;
  label: Label;
  traceId: string;
  /** Microseconds since the epoch. */
  beginsUs: number;
  spans: readonly PlacedSpan[];
  /** By host, in milliseconds ahead. */
  clocksMs: ReadonlyMap<string, number>;
  /** Attributes that no span of it has: removed on the way, or never recorded. */
  missing: readonly string[];
  recording: Recording;
  /** Empty where none were kept. */
  logs: readonly LoggedLine[];
  format: Format;
}>;

/** Most backends answer in Jaeger's form. */
const FORMATS: readonly Format[] = ['jaeger', 'jaeger', 'jaeger', 'otlp', 'zipkin'];

/** The eighth of January 2026 and the hours after it. */
const EPOCH_US = Date.UTC(2026, 0, 8) * 1000;
const SPREAD_US = 86_400_000_000;

/** Traces whose spans lost attributes that no problem stands or falls with. */
const THIN = 0.2;
const REMOVABLE = [
  'server.address',
  'server.port',
  'url.scheme',
  'url.path',
  'http.route',
  'error.type',
  'db.namespace',
  'db.operation.name',
  'db.collection.name',
  'messaging.consumer.group.name',
  'service.peer.name',
] as const;

/** Traces of which an exporter lost a span. */
const LOSSY = 0.05;

/** Traces whose hosts do not agree to the microsecond. */
const JITTERY = 0.25;

/** Traces with a host whose clock is wrong. */
const OFF = 0.06;

/** What a problem costs: mostly about a second, now and then many. */
const MEDIAN_MS = 800;
const COST_SPREAD = 0.8;
const LEAST_MS = 250;
const MOST_MS = 15_000;

/** `perKind` positives and near misses of each detector, as many healthy traces times four, and pairs times five. */
export function* drawTraces(seed: string, perKind: number): Generator<DrawnTrace> {
  for (const family of families) {
    yield* drawVariants(seed, family, 'positive', family.positives, perKind);
    yield* drawVariants(seed, family, 'near miss', family.nearMisses, perKind);
  }
  yield* drawVariants(seed, undefined, 'healthy', healthy, perKind * 4);
  for (let index = 0; index < perKind * 5; index += 1) yield drawPair(seed, index);
}

function* drawVariants(
  seed: string,
  family: Family | undefined,
  part: Part,
  variants: readonly Variant[],
  count: number,
): Generator<DrawnTrace> {
  for (let index = 0; index < count; index += 1) {
    const variant = variants[index % variants.length];
    if (variant === undefined) continue;
    const id = `${family?.id ?? 'any'}/${part}/${variant.name}/${Math.floor(index / variants.length)}`;
    const random = randomOf(`${seed}/${id}`);
    const world = worldOf(random);
    const here = world.services.another();
    const ms = costOf(random);
    const piece = variant.draw(world, here, ms);
    yield finished(id, part, family?.id, world, here, piece, ms, labelOf(piece, family?.id));
  }
}

/** Two problems in two services of one request, the larger at least three times the smaller. */
function drawPair(seed: string, index: number): DrawnTrace {
  const paired = families.filter(({ pairs }) => pairs);
  const random = randomOf(`${seed}/pair/${index}`);
  const world = worldOf(random);
  const [first, second] = random.some(2, paired);
  if (first === undefined || second === undefined) throw new Error('no two families cost time');
  const [upper, lower] = [world.services.another(), world.services.another()];
  const ms = Math.max(1_500, costOf(random));
  const isLargerBelow = random.chance(0.5);
  const [largerAt, smallerAt] = isLargerBelow ? [lower, upper] : [upper, lower];
  const larger = pieceOf(world, first, largerAt, ms * 1.2);
  const smaller = pieceOf(world, second, smallerAt, ms * random.between(0.15, 0.3));
  const [above, below] = isLargerBelow ? [smaller, larger] : [larger, smaller];
  const call = world.call(upper, lower, world.endpoint.list(lower), below.steps);
  const piece: Piece = { steps: [...above.steps, random.ms(1), call], expected: [] };
  const label: Label = {
    expected: [],
    allowed: [
      ...[...larger.expected, ...smaller.expected].map(({ kind }) => kind),
      ...(larger.allowed ?? []),
      ...(smaller.allowed ?? []),
      'bottleneck',
      'sequential-calls',
    ],
    verdicts: larger.verdicts ?? larger.expected,
  };
  const id = `pair/${first.id} over ${second.id}/${index}`;
  return finished(id, 'pair', first.id, world, upper, piece, ms, label);
}

/** A failure would outweigh any time: pairs are of problems that only cost time. */
function pieceOf(world: World, { positives }: Family, here: Service, ms: number): Piece {
  const { random } = world;
  for (;;) {
    const piece = random.pick(positives).draw(world, here, ms);
    if (piece.failure === undefined) return piece;
  }
}

/** Where the time goes may always be said, except where it goes nowhere in particular. */
function labelOf({ expected, allowed = [], verdicts }: Piece, family: DetectorId | undefined): Label {
  return {
    expected,
    allowed: family === 'bottleneck' ? allowed : [...allowed, 'bottleneck'],
    verdicts: verdicts ?? expected,
  };
}

function finished(
  id: string,
  part: Part,
  family: DetectorId | undefined,
  world: World,
  here: Service,
  piece: Piece,
  ms: number,
  label: Label,
): DrawnTrace {
  const { random, clocksMs } = world;
  const root = requestAround(world, here, piece, aroundOf(world, ms));
  const isJittery = family !== 'clock-skew' && random.chance(JITTERY);
  const known = new Set<string>();
  const newId = () => {
    let spanId = random.hex(16);
    while (known.has(spanId)) spanId = random.hex(16);
    known.add(spanId);
    return spanId;
  };
  const whole = placed(root, newId);
  const lostId = family === 'broken-trace' || !random.chance(LOSSY) ? undefined : droppedOf(random, whole, label);
  const spans = whole.map((span) => (span.id === lostId ? { ...span, drawn: { ...span.drawn, lost: true } } : span));
  const isOff = family !== 'clock-skew' && family !== 'broken-trace' && random.chance(OFF);
  if (isOff) hostIsOff(random, clocksMs, spans);
  const also: DetectorId[] = [
    ...(isJittery || isOff ? (['clock-skew'] as const) : []),
    ...(lostId === undefined ? [] : (['broken-trace'] as const)),
    ...(fansOut(family, spans) ? (['fan-out'] as const) : []),
  ];
  if (isJittery) jitter(random, clocksMs, spans);
  return {
    id,
    part,
    family,
    label: { ...label, allowed: [...label.allowed, ...also.filter((kind) => !isNamed(label, kind))] },
    traceId: random.hex(random.chance(0.9) ? 32 : 16),
    beginsUs: EPOCH_US + Math.floor(random.next() * SPREAD_US),
    spans,
    clocksMs,
    recording: recordingOf(random.fork('recording'), isJittery || isOff || family === 'clock-skew'),
    missing: random.chance(THIN) ? random.some(random.whole(1, 4), REMOVABLE) : [],
    logs: logsOf(random.fork('logs'), spans),
    format: random.pick(FORMATS),
  };
}

/** Twenty calls from one span are a fan-out by the contract, whoever made them; the near misses of fan-out have fewer to each. */
function fansOut(family: DetectorId | undefined, spans: readonly PlacedSpan[]): boolean {
  if (family === 'fan-out') return false;
  const calls = spans.filter(({ drawn }) => drawn.kind === 'client' || drawn.kind === 'producer');
  const byCaller = Map.groupBy(calls, ({ parentId }) => parentId);
  return [...byCaller.values()].some(({ length }) => length >= 20);
}

/** A span of somebody who has nothing to do with it: what lost it may be told, and changes nothing else. */
function droppedOf(random: Random, spans: readonly PlacedSpan[], { expected, verdicts }: Label): string | undefined {
  const parents = new Set(spans.map(({ parentId }) => parentId));
  const blamed = new Set([...expected, ...verdicts].flatMap(({ services }) => services));
  const others = spans.filter(
    ({ id, parentId, drawn }) =>
      drawn.kind === 'server' && parentId !== undefined && !parents.has(id) && !blamed.has(drawn.service.name),
  );
  return others.length === 0 ? undefined : random.pick(others).id;
}

function isNamed({ expected, allowed }: Label, kind: DetectorId): boolean {
  return allowed.includes(kind) || expected.some((named) => named.kind === kind);
}

/** Hosts that ask a time server agree within a millisecond or two. */
function jitter(random: Random, clocksMs: Map<string, number>, spans: readonly PlacedSpan[]): void {
  for (const host of new Set(spans.map(({ drawn }) => drawn.service.host))) {
    if (!clocksMs.has(host)) clocksMs.set(host, random.between(-1.2, 1.2));
  }
}

function costOf(random: Random): number {
  return Math.min(MOST_MS, Math.max(LEAST_MS, random.ms(MEDIAN_MS, COST_SPREAD)));
}
