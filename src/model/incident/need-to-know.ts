/**
 * A note that only named people read, its author and the commander. The record keeps its words, and every reader of the
 * timeline gets the entry without them; `workflows/may-show.ts` opens it for a person who may know.
 */
import type { Incident, TimelineEntry } from '#model/incident/incident.ts';

/** The value of such an entry, as readers get it: whom it names stays in the store, too. */
export const NEED_TO_KNOW = 'need-to-know';

/** In place of its words. */
export const WITHHELD_TEXT = 'Need to know: only the commander, the author and named people read this note';

/** The value as stored: `need-to-know=U012ABC,U345DEF`. `people`: ids in Slack. */
export function needToKnowValue(people: readonly string[]): string {
  return `${NEED_TO_KNOW}=${[...new Set(people)].join(',')}`;
}

/** Whether only some people read it. `value`: as stored, or as readers get it. */
export function isNeedToKnow({ value }: Pick<TimelineEntry, 'value'>): boolean {
  return value === NEED_TO_KNOW || value.startsWith(`${NEED_TO_KNOW}=`);
}

/** Without the words and the names, if only some people read it. */
export function withheld<Entry extends Readonly<{ text: string; value: string }>>(entry: Entry): Entry {
  return isNeedToKnow(entry) ? { ...entry, text: WITHHELD_TEXT, value: NEED_TO_KNOW } : entry;
}

/** Whether this person may read the words: the commander of now, the author, or somebody whom the stored value names. */
export function mayKnow(
  userId: string,
  { roles }: Pick<Incident, 'roles'>,
  { source, value }: Pick<TimelineEntry, 'source' | 'value'>,
): boolean {
  if (userId === '') return false;
  const named = value.slice(NEED_TO_KNOW.length + 1).split(',');
  return userId === source || userId === roles.commander || named.includes(userId);
}
