/** What a drawn trace holds, said by whoever drew it. */
import type { Failure } from './failures.ts';
import type { Service } from './services.ts';
import type { Step } from './span.ts';
import type { World } from './world.ts';

/** The detectors of one trace, as the contract lists them. */
export const DETECTORS = [
  'slow-query',
  'n-plus-one-queries',
  'n-plus-one-calls',
  'sequential-calls',
  'fan-out',
  'lock-contention',
  'pool-exhaustion',
  'cache-miss-cascade',
  'consumer-lag',
  'cold-start',
  'gc-pause',
  'unexplained-gap',
  'bottleneck',
  'error-origin',
  'swallowed-error',
  'timeout-cascade',
  'retry-storm',
  'circuit-open',
  'poison-message',
  'clock-skew',
  'broken-trace',
] as const;
export type DetectorId = (typeof DETECTORS)[number];

/** A problem and whom to blame for it: any of these services is right. */
export type Named = Readonly<{ kind: DetectorId; services: readonly string[] }>;

export type Label = Readonly<{
  /** Each has to be found. */
  expected: readonly Named[];
  /** May be found as well: it is there, too, or follows from it. Every other finding is a false alarm. */
  allowed: readonly DetectorId[];
  /** The verdict is one of these. Empty: there is no right one, and none is judged. */
  verdicts: readonly Named[];
}>;

/** What a scenario puts into the handling of one request. */
export type Piece = Readonly<{
  steps: readonly Step[];
  expected: readonly Named[];
  allowed?: readonly DetectorId[];
  /** Where it is not simply what is expected. */
  verdicts?: readonly Named[];
  /** What `here` answers for it; every caller above fails with it. */
  failure?: Failure;
  /** `here` throws it itself, and does not pass on what it was told. */
  thrown?: boolean;
  /** Nothing of `here` comes after it. */
  isLast?: boolean;
}>;

/** `ms`: about how much the problem costs. */
export type Variant = Readonly<{ name: string; draw(world: World, here: Service, ms: number): Piece }>;

/** Traces that show one problem, and traces that look like it and do not have it. */
export type Family = Readonly<{
  id: DetectorId;
  positives: readonly Variant[];
  nearMisses: readonly Variant[];
  /** It costs time that can be set against that of another. */
  pairs?: true;
}>;

export function at(kind: DetectorId, ...services: readonly Service[]): Named {
  return { kind, services: services.map(({ name }) => name) };
}
