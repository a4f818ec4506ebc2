import type { Pair } from '#diagnose/rules/pair.ts';

/** A missing call and a small response make nothing slow and let nothing fail. */
export function nothingFromLess({ cause }: Pair): false | undefined {
  return cause.detector === 'missing-service' || cause.detector === 'shrunk-response' ? false : undefined;
}
