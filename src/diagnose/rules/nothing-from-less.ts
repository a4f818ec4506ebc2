import type { Pair } from '#diagnose/rules/pair.ts';

/** A call that was not made and an answer that is small make nothing slow and let nothing fail. */
export function nothingFromLess({ cause }: Pair): false | undefined {
  return cause.detector === 'missing-service' || cause.detector === 'shrunk-response' ? false : undefined;
}
