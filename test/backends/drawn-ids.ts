/**
 * The ids that the checks send, drawn from a seed: the same at each run, for the backends are new at each run.
 * `BACKENDS_SEED=7` draws others.
 */
import { env } from 'node:process';
import { randomOf } from '#test/random.ts';

const random = randomOf(Number(env.BACKENDS_SEED ?? 1));

/** Two digits a byte, as in ids of traces and spans. */
export function drawnHex(bytes: number): string {
  return Array.from({ length: 2 * bytes }, () => Math.floor(random() * 16).toString(16)).join('');
}
