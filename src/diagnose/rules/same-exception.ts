import type { Pair } from '#diagnose/rules/pair.ts';

/**
 * A mechanism was read from the very exception that the origin quotes: frameworks record it on the span of the request,
 * above the call that waited. The mechanism says why, and the origin only that.
 */
export function sameException({ cause, effect, detectors }: Pair): boolean | undefined {
  if (effect.detector !== 'error-origin' || detectors.of(cause.detector).role !== 'mechanism') return undefined;
  if (cause.inferred === true) return undefined;
  const [quoted] = effect.evidence ?? [];
  if (quoted === undefined || quoted.text === '') return undefined;
  // A short message is quoted with its type in front.
  const words = quoted.text.replace(/^\w{1,100}: /, '');
  const isQuoted = cause.evidence?.some(
    ({ kind, ref, text }) => kind === quoted.kind && ref === quoted.ref && text.includes(words),
  );
  return isQuoted || undefined;
}
