/** Groups of things with the same key, in order of their first one. No group is empty. */
export function groupsBy<Thing>(
  things: Iterable<Thing>,
  keyOf: (thing: Thing) => unknown,
): (readonly [Thing, ...Thing[]])[] {
  return [...Map.groupBy(things, keyOf).values()].flatMap(([first, ...others]) =>
    first === undefined ? [] : [[first, ...others] as const],
  );
}
