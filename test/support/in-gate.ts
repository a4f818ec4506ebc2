/**
 * Of many cases of one kind the gate tries each n-th, and the deep run the others, which get the tag `deep`:
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
