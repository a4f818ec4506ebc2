/** How much a service's name resembles the texts of an alert, to put the likely ones first in a list. */

/** Shorter parts are in every text. */
const LEAST_PART = 3;

/** The number of characters of the name's parts that the texts contain. */
export function serviceLikeness(texts: readonly string[]): (service: string) => number {
  const all = new Set(texts.flatMap(partsOf));
  return (service) => partsOf(service).reduce((sum, part) => sum + (all.has(part) ? part.length : 0), 0);
}

function partsOf(text: string): readonly string[] {
  return text
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter(({ length }) => length >= LEAST_PART);
}
