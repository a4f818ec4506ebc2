/**
 * A note, a message or its files that only some people read: the author, named people, the commander, and whoever put it
 * there. The record keeps the words, and every reader of the timeline gets the entry without them; `workflows/rights/may-show.ts`
 * opens it for a person who may know. An entry that once had such readers is never open to everybody again.
 */
import type { EntryKind, Incident, TimelineEntry } from '#model/incident/incident.ts';

/** The value of such an entry, as readers get it: whom it names stays in the store, too. */
export const NEED_TO_KNOW = 'need-to-know';

/** The kinds of such entries. */
export const MAY_BE_FEW: readonly EntryKind[] = ['note', 'message', 'image'];

/** In place of its words. */
export const WITHHELD_TEXT = 'Need to know: only the commander, the author and named people read this';

/** Slack's ids of those who read it beside the author and the commander. `by`: who put it there; undefined for its author. */
export type Circle = Readonly<{ people: readonly string[]; by?: string | undefined }>;

/** The value as stored: `need-to-know=U012ABC,U345DEF`, and `;by=U678GHI` behind it if somebody else than the author put it there. */
export function needToKnowValue({ people, by }: Circle): string {
  return `${NEED_TO_KNOW}=${[...new Set(people)].join(',')}${by === undefined ? '' : `${BY}${by}`}`;
}

const BY = ';by=';

/** `value`: as stored; of any other entry, nobody. */
export function circleIn(value: string): Circle {
  if (!isNeedToKnow({ value })) return { people: [] };
  const [people = '', by] = value.slice(NEED_TO_KNOW.length + 1).split(BY);
  return { people: people.split(',').filter((id) => id !== ''), by };
}

/** Whether only some people read it. `value`: as stored, or as readers get it. */
export function isNeedToKnow({ value }: Pick<TimelineEntry, 'value'>): boolean {
  return value === NEED_TO_KNOW || value.startsWith(`${NEED_TO_KNOW}=`);
}

/** Without the words, the names and the link, if only some people read it. */
export function withheld<Entry extends Readonly<{ text: string; value: string }>>(entry: Entry): Entry {
  if (!isNeedToKnow(entry)) return entry;
  return { ...entry, text: WITHHELD_TEXT, value: NEED_TO_KNOW, ...('link' in entry && { link: '' }) };
}

type Roles = Pick<Incident, 'roles'>;
type StoredEntry = Pick<TimelineEntry, 'source' | 'value'>;

/** Whether this person may read the words: whoever may change it, or somebody whom the stored value names. */
export function mayKnow(userId: string, incident: Roles, entry: StoredEntry): boolean {
  return mayChange(userId, incident, entry) || (userId !== '' && circleIn(entry.value).people.includes(userId));
}

/** Whether this person may correct or withdraw it: the commander of now, the author, or whoever put it there. */
export function mayChange(userId: string, { roles }: Roles, { source, value }: StoredEntry): boolean {
  return userId !== '' && [source, roles.commander, circleIn(value).by].includes(userId);
}
