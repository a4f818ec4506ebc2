/**
 * The name of a problem for people: the title of the detector that finds it. Where no title is known, as for a kind in a
 * stored report, the id in words.
 */
export function problemName(kind: string, titles: ReadonlyMap<string, string>): string {
  return titles.get(kind) ?? kind.replaceAll('-', ' ');
}
