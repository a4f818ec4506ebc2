/** The rows of a timeline. Where one source repeats itself, as a bot that counts does, its entries are one row. */
import type { TimelineEntry } from '#model/incident/incident.ts';

/** Fewer stand apart: they push nothing out of the page. */
const FOLDED_FROM = 10;

/** One entry, or all those that are alike, oldest first. */
export type Row = readonly [first: TimelineEntry, ...others: TimelineEntry[]];

/** In the order of `entries`, which is that of time. An entry of another kind may stand between those of a row. */
export function rowsOf(entries: readonly TimelineEntry[]): readonly Row[] {
  const alike = Map.groupBy(entries.filter(mayRepeat), likenessOf);
  const folded = new Map(
    [...alike.values()].filter(({ length }) => length >= FOLDED_FROM).flatMap((all) => all.map((one) => [one, all])),
  );
  return entries.flatMap((entry): readonly Row[] => {
    const [first = entry, ...others] = folded.get(entry) ?? [];
    return first === entry ? [[entry, ...others]] : [];
  });
}

/** What people chose, corrected, did or answered stands alone. */
function mayRepeat({ kind, value }: TimelineEntry): boolean {
  return kind === 'alert' || kind === 'metric' || ((kind === 'note' || kind === 'message') && value === '');
}

function likenessOf({ kind, value, source, from = '', text }: TimelineEntry): string {
  return JSON.stringify([kind, value, source, from, text.replaceAll(/\p{N}+/gu, '0')]);
}
