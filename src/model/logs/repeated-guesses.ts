/**
 * Services whose processes stand still again and again, and say that threads may be short. One late heartbeat is a guess:
 * a process that starts, or a machine that pauses, has one, too.
 */
import { MINUTE_US } from '#core/time-units.ts';
import { THREADS_ARE_SHORT } from '#model/instruments/thread-words.ts';
import { epochUsOf, type LogLine } from '#model/logs/log-line.ts';

/** Minutes in which a service says it: a start takes one or two of them, and so does each pod of a rollout. */
const FEWEST_MINUTES = 5;

export function isThreadGuess({ line }: LogLine): boolean {
  return THREADS_ARE_SHORT.find(line)?.isGuess === true;
}

/** Those that guess it in at least five minutes. */
export function guessingServices(logs: readonly LogLine[]): ReadonlySet<string> {
  const minutes = new Map<string, Set<number>>();
  for (const line of logs) {
    if (!isThreadGuess(line)) continue;
    const own = minutes.get(line.service) ?? new Set();
    minutes.set(line.service, own.add(Math.floor(epochUsOf(line) / MINUTE_US)));
  }
  return new Set([...minutes].filter(([, own]) => own.size >= FEWEST_MINUTES).map(([service]) => service));
}
