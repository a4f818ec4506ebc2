/** What the services of a trace log while it runs: what a scenario wants told, and the lines that are always there. */
import type { Random } from './random.ts';
import type { PlacedSpan } from './span.ts';

export type LoggedLine = Readonly<{
  /** Microseconds from the trace's start. */
  atUs: number;
  service: string;
  level: string;
  text: string;
  spanId: string;
}>;

/** Traces whose logs were kept although no scenario needs them. */
const KEPT = 0.25;
const CHATTY = 0.3;

/** Nothing is wrong with any of them, whatever words they hold. */
const ORDINARY: readonly ((random: Random) => string)[] = [
  (random) => `request handled in ${random.whole(1, 90)} ms`,
  (random) => `HikariPool-1 - Pool stats (total=10, active=${random.whole(1, 4)}, idle=6, waiting=0)`,
  (random) =>
    `[gc] GC(${random.whole(10, 900)}) Pause Young (Normal) 312M->88M(1024M) ${random.between(0.9, 4).toFixed(3)}ms`,
  (random) => `lock on job ${random.whole(1, 99)} acquired and released`,
  (random) => `cache refreshed, ${random.whole(3, 40)} entries`,
  () => 'circuit breaker catalog: state CLOSED, failure rate 0.0 %',
  (random) => `retry budget: ${random.whole(80, 100)} % left, 0 errors in the last minute`,
  (random) => `consumer group assigned partitions [${random.whole(0, 3)}, ${random.whole(4, 7)}], lag 0`,
];

export function logsOf(random: Random, spans: readonly PlacedSpan[]): LoggedLine[] {
  const told = spans.flatMap(({ id, startUs, endUs, drawn }) =>
    (drawn.logs ?? []).map(({ at, level, text }) => ({
      atUs: at === 'end' ? endUs : Math.min(endUs, startUs + Math.round(at * 1000)),
      service: drawn.service.name,
      level,
      text,
      spanId: id,
    })),
  );
  if (told.length === 0 && !random.chance(KEPT)) return [];
  const ordinary = spans
    .filter(({ drawn }) => drawn.kind === 'server' && random.chance(CHATTY))
    .map(({ id, startUs, endUs, drawn }) => ({
      atUs: Math.round(random.between(startUs, endUs)),
      service: drawn.service.name,
      level: 'info',
      text: random.pick(ORDINARY)(random),
      spanId: id,
    }));
  return [...told, ...ordinary].sort((a, b) => a.atUs - b.atUs);
}
