/** What goes wrong in a drawn window, and how it shows. Magnitudes are those of incidents that people notice. */
import type { Random } from '../random.ts';
import type { Operation, System } from './system.ts';

export const FAULT_KINDS = [
  'cpu',
  'network-delay',
  'error-return',
  'exception',
  'slow-dependency',
  'exhausted-pool',
  'lock',
] as const;
export type FaultKind = (typeof FAULT_KINDS)[number];

/** Of the calls that come to the service, how many meet it. */
export const SHARES = [0.1, 0.5, 1] as const;
export type Share = (typeof SHARES)[number];

export type Fault = Readonly<{
  kind: FaultKind;
  service: string;
  share: Share;
  /** The operation that has it; empty where all have. */
  operation: string;
  /** What it adds at once, in milliseconds. */
  addedMs: number;
  /** By how much it makes work or answers longer. */
  times: number;
  /** Where a network is slow: what the service answers, or what it asks. */
  way: 'answers' | 'calls';
  /** So many of its steps are done before it fails. */
  steps: number;
  /** What it logs; empty where it says nothing. */
  line: string;
}>;

/** What a verdict may call each: kinds and detectors of docs/detectors.md. */
export const NAMES: Readonly<Record<FaultKind, readonly string[]>> = {
  cpu: ['cpu', 'resource-saturation'],
  'network-delay': ['network-delay'],
  'error-return': ['error-return', 'error-origin', 'exception', 'error-rate', 'new-error'],
  exception: ['exception', 'error-return', 'error-origin', 'error-rate', 'new-error'],
  'slow-dependency': ['dependency', 'slow-query', 'latency', 'network-delay'],
  'exhausted-pool': ['pool-exhaustion', 'resource-exhausted', 'latency'],
  lock: ['lock-contention', 'slow-query', 'dependency', 'latency', 'resource-exhausted'],
};

export function drawFault(system: System, kind: FaultKind, share: Share, random: Random, not = ''): Fault {
  const canHaveIt = system.services.filter(
    ({ name, operations }) => name !== not && operations.some((operation) => suits(kind, operation)),
  );
  // Each service is asked for in most requests of one user, and in few of another: drawn systems have rare ones, too.
  const service = canHaveIt.length > 0 ? random.pick(canHaveIt) : random.pick(system.services);
  const operation = random.pick(service.operations.filter((one) => suits(kind, one)).concat(service.operations));
  const isOfOne = kind === 'lock' || ((kind === 'error-return' || kind === 'exception') && random.chance(0.5));
  const says = random.chance(0.7);
  return {
    kind,
    service: service.name,
    share,
    operation: isOfOne ? operation.name : '',
    addedMs: random.ms(kind === 'cpu' ? 15 : 150, 0.5),
    times: random.between(kind === 'cpu' ? 2 : 6, kind === 'cpu' ? 5 : 20),
    way: random.pick(['answers', 'calls']),
    steps: random.whole(0, 2),
    line: says ? LINES[kind] : '',
  };
}

const LINES: Readonly<Record<FaultKind, string>> = {
  cpu: '',
  'network-delay': '',
  'error-return': 'request refused: state ID is not allowed here',
  exception: 'unexpected: cannot read member of nothing, row ID',
  'slow-dependency': '',
  'exhausted-pool':
    'HikariPool-1 - Connection is not available, request timed out after N ms (total=20, active=20, idle=0, waiting=7)',
  lock: 'still waiting for ShareLock on transaction ID after N ms',
};

function suits(kind: FaultKind, { steps }: Operation): boolean {
  const usesStore = steps.some((step) => 'statement' in step);
  return kind === 'slow-dependency' || kind === 'exhausted-pool' || kind === 'lock' ? usesStore : true;
}
