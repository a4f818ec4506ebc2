/**
 * Splits many cases of one kind: the gate runs each n-th. The others get the tag `deep`, and the deep run runs them.
 *
 *   const { gate, deep } = inGate(bodies, 4);
 *   test.each(gate)('%s', isRead);
 *   test.each(deep)('%s', { tags: ['deep'] }, isRead);
 */
export function inGate<T>(cases: readonly T[], each: number): Readonly<{ gate: readonly T[]; deep: readonly T[] }> {
  return {
    gate: cases.filter((_, at) => at % each === 0),
    deep: cases.filter((_, at) => at % each !== 0),
  };
}
