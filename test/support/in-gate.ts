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

/**
 * Splits what each case of a table meets: the gate tries one of `all`, in turn, so that many cases meet each of them. For
 * cases that pass the same door, which asks the same of every one.
 *
 *   describe.each(ways.map((way, at) => [way, at] as const))('%s', (way, at) => {
 *     const { gate, deep } = inTurn(people, at);
 */
export function inTurn<T>(all: readonly T[], at: number): Readonly<{ gate: readonly T[]; deep: readonly T[] }> {
  const isInGate = (index: number) => index === at % all.length;
  return { gate: all.filter((_, index) => isInGate(index)), deep: all.filter((_, index) => !isInGate(index)) };
}
