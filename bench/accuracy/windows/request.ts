/** One request through a drawn system, as it would be recorded: spans and lines, with whatever fault it meets. */
import type { Random } from '../random.ts';
import type { Fault, FaultKind } from './fault.ts';
import type { DrawnLine, DrawnService, Operation, Step, System } from './system.ts';

/** Milliseconds since the epoch. */
export type WindowSpan = {
  readonly id: string;
  readonly parentId: string;
  readonly service: string;
  readonly pod: string;
  readonly operation: string;
  readonly kind: 'server' | 'client' | 'store';
  readonly startMs: number;
  endMs: number;
  failed: boolean;
};

export type WindowLine = Readonly<{
  atMs: number;
  service: string;
  pod: string;
  level: DrawnLine['level'];
  text: string;
  traceId: string;
  spanId: string;
}>;

export type DrawnRequest = Readonly<{
  traceId: string;
  spans: readonly WindowSpan[];
  lines: readonly WindowLine[];
  /** Whatever of what is wrong it came across. */
  met: ReadonlySet<Fault>;
}>;

export type Weather = Readonly<{
  system: System;
  faults: readonly Fault[];
  /** Everything takes so many times as long as usual: load moves. */
  load: number;
  /** By how much the odds of what only some executions do have moved: what users ask for moves. 1 where it is not named. */
  moods: ReadonlyMap<Operation, number>;
}>;

type Playing = Weather &
  Readonly<{ random: Random; traceId: string; spans: WindowSpan[]; lines: WindowLine[]; met: Set<Fault> }>;

export function drawRequest(operation: Operation, atMs: number, weather: Weather, random: Random): DrawnRequest {
  const playing: Playing = { ...weather, random, traceId: random.hex(32), spans: [], lines: [], met: new Set() };
  played(operation, atMs, '', playing);
  return { traceId: playing.traceId, spans: playing.spans, lines: playing.lines, met: playing.met };
}

type Ended = Readonly<{ atMs: number; failed: boolean }>;

/** An execution, from when it is asked for. */
function played(operation: Operation, askedMs: number, parentId: string, playing: Playing): Ended {
  const { random } = playing;
  const service = serviceNamed(playing.system, operation.service);
  const fault = playing.faults.find((one) => meets(one, operation, random));
  if (fault !== undefined && !isOfAnswers(fault) && !isOfStore(fault)) playing.met.add(fault);
  const pod = podOf(service, fault, playing);
  const startMs = askedMs + lateMs(fault, random);
  const span = begun(playing, {
    parentId,
    service: service.name,
    pod,
    operation: operation.name,
    kind: 'server',
    startMs,
  });
  write(playing, span, ofWhen(operation, 'begins'));
  const { atMs, failed } = worked(operation, span, fault, playing);
  Object.assign(span, { endMs: atMs, failed });
  if (!failed) write(playing, span, ofWhen(operation, 'ends'), atMs);
  return { atMs, failed };
}

function ofWhen({ lines }: Operation, when: DrawnLine['when']): readonly DrawnLine[] {
  return lines.filter((line) => line.when === when);
}

/** A busy processor reads late what was sent to it. */
function lateMs(fault: Fault | undefined, random: Random): number {
  return fault?.kind === 'cpu' ? random.between(0, 1) * fault.addedMs : 0;
}

/** What an execution does, step by step, until it is done or breaks. */
function worked(operation: Operation, span: WindowSpan, fault: Fault | undefined, playing: Playing): Ended {
  const { system, random } = playing;
  const partMs = workMs(operation, fault, playing) / (operation.steps.length + 1);
  const left = stepsLeft(operation, fault);
  let atMs = span.startMs + partMs;
  for (const step of operation.steps.slice(0, left)) {
    if (!random.chance(moved(step.chance, operation, playing))) continue;
    const ended = taken(step, atMs, span, fault, playing);
    atMs = ended.atMs + partMs;
    if (ended.failed && system.handsFailuresOn) return { atMs, failed: true };
  }
  if (left === undefined) return { atMs, failed: false };
  const line = fault?.line ?? '';
  if (line !== '') write(playing, span, [{ when: 'ends', chance: 1, level: 'error', text: line }], atMs);
  return { atMs, failed: true };
}

function workMs(operation: Operation, fault: Fault | undefined, playing: Playing): number {
  const { random, load } = playing;
  const { workMs, spread, more } = operation;
  const most = random.chance(moved(more.chance, operation, playing)) ? more.times : 1;
  return random.ms(workMs, spread) * load * most * (fault?.kind === 'cpu' ? fault.times : 1);
}

function moved(chance: number, operation: Operation, { moods }: Playing): number {
  const odds = (chance / (1 - chance)) * (moods.get(operation) ?? 1);
  return chance === 1 ? 1 : odds / (1 + odds);
}

/** How many steps are done before it breaks; undefined where nothing breaks. */
function stepsLeft({ steps }: Operation, fault: Fault | undefined): number | undefined {
  if (fault?.kind === 'error-return') return 0;
  return fault?.kind === 'exception' ? Math.min(fault.steps, steps.length) : undefined;
}

/** What a service sends is late: its callers meet that, and not the service. */
function isOfAnswers({ kind, way }: Fault): boolean {
  return kind === 'network-delay' && way === 'answers';
}

/** An execution that asks no store meets nothing of it. */
function isOfStore({ kind }: Fault): boolean {
  return kind === 'slow-dependency' || kind === 'exhausted-pool' || kind === 'lock';
}

/** One step of an execution, its calls all at once. */
function taken(step: Step, atMs: number, span: WindowSpan, fault: Fault | undefined, playing: Playing): Ended {
  if ('statement' in step) return asked(step, atMs, span, fault, playing);
  const ends = step.calls.map((operation) => called(operation, atMs, span, fault, playing));
  return { atMs: Math.max(...ends.map((end) => end.atMs)), failed: ends.some(({ failed }) => failed) };
}

function called(
  operation: Operation,
  atMs: number,
  caller: WindowSpan,
  fault: Fault | undefined,
  playing: Playing,
): Ended {
  const { system, random } = playing;
  const wayMs = () => random.ms(system.networkMs, 0.4);
  const span = system.hasClientSpans
    ? begun(playing, {
        ...caller,
        parentId: caller.id,
        operation: `call ${operation.name}`,
        kind: 'client',
        startMs: atMs,
      })
    : undefined;
  const answer = playing.faults.find(({ kind, service }) => kind === 'network-delay' && service === operation.service);
  const isLate = answer?.way === 'answers' && random.chance(answer.share);
  if (isLate) playing.met.add(answer);
  const ended = played(operation, atMs + wayMs() + sentLateMs(fault), span?.id ?? caller.id, playing);
  const endMs = ended.atMs + wayMs() + (isLate ? answer.addedMs : 0) + lateMs(fault, random);
  if (span !== undefined) Object.assign(span, { endMs, failed: ended.failed });
  return { atMs: endMs, failed: ended.failed };
}

/** A statement and its answer; the store records nothing itself. */
function asked(
  step: Readonly<{ statement: string; ms: number }>,
  atMs: number,
  caller: WindowSpan,
  fault: Fault | undefined,
  playing: Playing,
): Ended {
  const { random, load } = playing;
  if (fault !== undefined && isOfStore(fault)) playing.met.add(fault);
  const waitedMs = heldMs('exhausted-pool', fault, random);
  const startMs = atMs + waitedMs;
  const span = begun(playing, { ...caller, parentId: caller.id, operation: step.statement, kind: 'store', startMs });
  const lockMs = heldMs('lock', fault, random);
  const times = fault?.kind === 'slow-dependency' ? fault.times : 1;
  span.endMs = startMs + random.ms(step.ms, 0.4) * load * times + lockMs + sentLateMs(fault);
  const line = waitedMs + lockMs > 0 && random.chance(0.5) ? (fault?.line ?? '') : '';
  if (line !== '') write(playing, caller, [{ when: 'ends', chance: 1, level: 'warn', text: line }], span.endMs);
  return { atMs: span.endMs, failed: false };
}

/** How long it waits for what others hold. */
function heldMs(kind: FaultKind, fault: Fault | undefined, random: Random): number {
  return fault?.kind === kind ? random.between(0.5, 1.5) * fault.addedMs : 0;
}

/** What leaves late through its network. */
function sentLateMs(fault: Fault | undefined): number {
  return fault?.kind === 'network-delay' && fault.way === 'calls' ? fault.addedMs : 0;
}

function meets({ service, operation, share }: Fault, of: Operation, random: Random): boolean {
  return service === of.service && (operation === '' || operation === of.name) && random.chance(share);
}

/** What is wrong with a processor is wrong with some pods, and with whatever runs there. */
function podOf({ pods }: DrawnService, fault: Fault | undefined, { faults, random }: Playing): string {
  if (fault?.kind === 'cpu') return random.pick(pods.slice(0, sickPods(pods, fault.share)));
  const sick = faults.find(({ kind, service }) => kind === 'cpu' && pods[0]?.startsWith(`${service}-`));
  const well = pods.slice(sick === undefined ? 0 : sickPods(pods, sick.share));
  return random.pick(well.length === 0 ? pods : well);
}

/** At least one of them. */
export function sickPods(pods: readonly string[], share: number): number {
  return Math.max(1, Math.round(pods.length * share));
}

function serviceNamed(system: System, name: string): DrawnService {
  const found = system.services.find((service) => service.name === name);
  if (found === undefined) throw new Error(`no service is called ${name}`);
  return found;
}

type Begun = Pick<WindowSpan, 'parentId' | 'service' | 'pod' | 'operation' | 'kind' | 'startMs'>;

function begun({ spans, random }: Playing, { parentId, service, pod, operation, kind, startMs }: Begun): WindowSpan {
  const span = { id: random.hex(16), parentId, service, pod, operation, kind, startMs, endMs: startMs, failed: false };
  spans.push(span);
  return span;
}

function write(
  { lines, random, traceId }: Playing,
  span: WindowSpan,
  said: readonly DrawnLine[],
  atMs = span.startMs,
): void {
  for (const { chance, level, text } of said) {
    if (!random.chance(chance)) continue;
    const filled = text.replaceAll('ID', random.hex(8)).replaceAll(/\bN\b/g, () => `${random.whole(1, 900)}`);
    lines.push({ atMs, service: span.service, pod: span.pod, level, text: filled, traceId, spanId: span.id });
  }
}
