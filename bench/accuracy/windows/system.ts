/**
 * A system as windows are drawn of it: who calls whom, how long everything takes, what is logged. Its forms are those in
 * which services are built; nothing in it knows how a cause is looked for.
 *
 *   chain    a → b → c → d
 *   tree     a → (b → (d, e), c → f), one call after another
 *   fan      a → (b, c, d, e) all at once
 *   shared   a → (b, c, d), each of which asks e
 */
import type { Random } from '../random.ts';

const SHAPES = ['chain', 'tree', 'fan', 'shared'] as const;
type Shape = (typeof SHAPES)[number];

export type DrawnService = Readonly<{ name: string; pods: readonly string[]; operations: readonly Operation[] }>;

/** Milliseconds; `spread` is the deviation of their logarithm. */
export type Operation = Readonly<{
  service: string;
  name: string;
  workMs: number;
  spread: number;
  /** Some executions have more to do: a cold cache, a large answer. */
  more: Readonly<{ chance: number; times: number }>;
  steps: readonly Step[];
  lines: readonly DrawnLine[];
}>;

/** What an execution does beside its own work: calls that run together, or a statement sent to its store. */
export type Step = Readonly<{ chance: number }> &
  Readonly<{ calls: readonly Operation[] } | { statement: string; ms: number }>;

/** `when` it is written: as an execution begins, or when it ends well. */
export type DrawnLine = Readonly<{
  when: 'begins' | 'ends';
  chance: number;
  level: 'info' | 'warn' | 'error';
  text: string;
}>;

export type System = Readonly<{
  shape: Shape;
  services: readonly DrawnService[];
  /** What users ask for, and how much of all that is. */
  asked: readonly Readonly<{ operation: Operation; weight: number }>[];
  /** A call fails when what it called failed; else it goes on without. */
  handsFailuresOn: boolean;
  /** Without attributes nothing says what is a call, and what failed. */
  hasAttributes: boolean;
  /** Callers record their side of a call, too. */
  hasClientSpans: boolean;
  lines: 'ids in labels' | 'ids in the text' | 'no ids';
  /** Of one way between two services. */
  networkMs: number;
  /** Store and language: how lines and spans look. */
  hasCallSites: boolean;
}>;

const NOUNS = [
  'amber',
  'birch',
  'cedar',
  'delta',
  'ember',
  'fjord',
  'grove',
  'heron',
  'islet',
  'juniper',
  'kelp',
  'lotus',
];
const VERBS = ['list', 'find', 'store', 'check', 'quote', 'reserve', 'render', 'merge'];

export function drawSystem(random: Random): System {
  const shape = random.pick(SHAPES);
  const names = random.some(random.whole(4, 8), NOUNS);
  const hasCallSites = random.chance(0.5);
  const made: DrawnService[] = [];
  // From the last one on, so that whom a service calls is there before it.
  for (let at = names.length - 1; at >= 0; at -= 1)
    made.unshift(drawService(shape, names, at, made, hasCallSites, random));
  const [edge] = made;
  if (edge === undefined) throw new Error('a system without services');
  return {
    shape,
    services: made,
    asked: edge.operations.map((operation) => ({ operation, weight: random.between(0.3, 1) })),
    handsFailuresOn: random.chance(0.8),
    hasAttributes: random.chance(0.7),
    hasClientSpans: random.chance(0.85),
    lines: random.pick(['ids in labels', 'ids in the text', 'no ids']),
    networkMs: random.between(0.2, 1.5),
    hasCallSites,
  };
}

function drawService(
  shape: Shape,
  names: readonly string[],
  at: number,
  below: readonly DrawnService[],
  hasCallSites: boolean,
  random: Random,
): DrawnService {
  const name = names[at] ?? '';
  const pods = Array.from({ length: random.pick([1, 2, 3, 10]) }, () => `${name}-${random.hex(5)}`);
  const count = at === 0 ? random.whole(2, 4) : random.whole(1, 3);
  const operations = random.some(count, VERBS).map((verb) => {
    const operation = { service: name, name: `${verb} ${name}` };
    return {
      ...operation,
      workMs: random.ms(4, 0.8),
      spread: random.between(0.15, 0.5),
      more: { chance: random.pick([0, 0.03, 0.03, 0.2]), times: random.between(3, 8) },
      steps: stepsOf(shape, at, below, random),
      lines: linesOf(operation, hasCallSites, random),
    };
  });
  return { name, pods, operations };
}

function stepsOf(shape: Shape, at: number, below: readonly DrawnService[], random: Random): readonly Step[] {
  const called = calledBy(shape, at, below, random).map((service) => random.pick(service.operations));
  const calls: Step[] =
    shape === 'fan' && called.length > 1
      ? [{ chance: 1, calls: called }]
      : called.map((operation) => ({
          chance: random.pick([1, 1, 0.97, random.between(0.3, 0.9)]),
          calls: [operation],
        }));
  const hasStore = at > 0 && random.chance(0.7);
  const table = random.pick(NOUNS);
  const statement = random.chance(0.6)
    ? `SELECT * FROM ${table} WHERE id = ?`
    : `UPDATE ${table} SET state = ? WHERE id = ?`;
  return hasStore ? [...calls, { chance: 1, statement, ms: random.ms(3, 0.6) }] : calls;
}

function calledBy(shape: Shape, at: number, below: readonly DrawnService[], random: Random): readonly DrawnService[] {
  if (below.length === 0) return [];
  if (shape === 'chain') return below.slice(0, 1);
  if (shape === 'tree') return random.some(random.whole(1, 2), below);
  if (shape === 'fan') return at === 0 ? below : random.chance(0.2) ? random.some(1, below) : [];
  return at === 0 ? below.slice(0, -1) : below.slice(-1);
}

function linesOf(
  { service, name }: Pick<Operation, 'service' | 'name'>,
  hasCallSites: boolean,
  random: Random,
): readonly DrawnLine[] {
  const site = () => (hasCallSites ? `${service}.go:${random.whole(10, 400)} ` : '');
  const lines: DrawnLine[] = [{ when: 'begins', chance: 1, level: 'info', text: `${site()}${name} asked for ID` }];
  if (random.chance(0.8)) lines.push({ when: 'ends', chance: 1, level: 'info', text: `${site()}${name} done, N rows` });
  if (random.chance(0.5))
    lines.push({
      when: 'begins',
      chance: random.between(0.2, 0.8),
      level: 'info',
      text: `${site()}cache of ${name} missed, key ID`,
    });
  if (random.chance(0.3))
    lines.push({
      when: 'ends',
      chance: random.between(0.01, 0.3),
      level: random.pick(['warn', 'error']),
      text: `${site()}${name}: old entry ID dropped`,
    });
  return lines;
}
