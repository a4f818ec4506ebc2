/**
 * Ids by number, each stored once for all its spellings: two backends, or two senders, may write one id in two forms.
 * Number 0 is the empty id.
 */

import type { TextTable } from '#model/text/text-table.ts';
import { comparableId } from '#model/trace/id-forms.ts';

export type IdTable = TextTable &
  Readonly<{
    /** The id in the span's own spelling, which is the one to show. */
    numberOfOwn(id: string): number;
  }>;

export function idTable(): IdTable {
  const spellings = [''];
  const numbers = new Map([['', 0]]);
  const number = (id: string): number => {
    const asWritten = numbers.get(id); // most ids are in the comparable form already
    if (asWritten !== undefined) return asWritten;
    const form = comparableId(id);
    const known = form === id ? undefined : numbers.get(form);
    if (known !== undefined) return known;
    numbers.set(form, spellings.length);
    return spellings.push(id) - 1;
  };
  return {
    number,
    numberOfOwn(id) {
      const own = number(id);
      spellings[own] = id;
      return own;
    },
    text: (id) => spellings[id] ?? '',
    size: () => spellings.length,
  };
}

/** The number of an id in a table that stores ids as spelled. Later additions to the table are found too. */
export function numbersOfIds(ids: TextTable): (id: string) => number {
  const numbers = new Map<string, number>();
  let indexed = 0;
  const index = () => {
    for (; indexed < ids.size(); indexed += 1) {
      const form = comparableId(ids.text(indexed));
      if (!numbers.has(form)) numbers.set(form, indexed);
    }
  };
  return (id) => {
    index();
    return numbers.get(comparableId(id)) ?? ids.number(id);
  };
}
