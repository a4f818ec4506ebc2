/**
 * Whether people have accepted a postmortem, who shall review it, which proposed action items they declined, and which
 * version they restored. All are entries of the timeline; the newest acceptance counts. They are about the draft and not about the incident, so
 * no section of the draft tells of them.
 */
import type { ActionItem, TimelineEntry, WithdrawnEntry } from '#model/incident/incident.ts';
import { isPersonId } from '#model/incident/person-id.ts';
import { isOfComment } from '#model/incident/postmortem-comments.ts';

export type Acceptance = Readonly<{
  /** The id of the person. */
  by: string;
  atUs: number;
  /** What came into the record afterwards: entries, action items, answers. */
  later: number;
  /** The entries from before it that people corrected or withdrew afterwards. */
  changed: number;
}>;

/** Whether the postmortem still is what that person accepted. */
export function isCurrent({ later, changed }: Acceptance): boolean {
  return later + changed === 0;
}

export const ACCEPTED = 'postmortem-accepted';

function isAcceptance({ kind, value, from }: Pick<TimelineEntry, 'kind' | 'value' | 'from'>): boolean {
  return kind === 'message' && value === ACCEPTED && from === undefined;
}

/** `declined=<proposal>` in the value of a timeline entry. */
const DECLINED = 'declined=';

export function declinedValue(proposal: string): string {
  return `${DECLINED}${proposal}`;
}

function isDecline({ kind, value }: Pick<TimelineEntry, 'kind' | 'value'>): boolean {
  return kind === 'message' && value.startsWith(DECLINED);
}

/** The ids of the proposals of this incident that people declined. */
export function declinedProposals(entries: readonly TimelineEntry[]): ReadonlySet<string> {
  const own = entries.filter((entry) => isDecline(entry) && entry.from === undefined);
  return new Set(own.map(({ value }) => value.slice(DECLINED.length)));
}

/** `restored=<version>` in the value of a timeline entry. */
const RESTORED = 'restored=';

export function restoredValue(version: number): string {
  return `${RESTORED}${version}`;
}

/** The number of the version that the words went back to; undefined for any other entry. */
export function restoredVersion({ kind, value, from }: Pick<TimelineEntry, 'kind' | 'value' | 'from'>) {
  const isRestore = kind === 'message' && value.startsWith(RESTORED) && from === undefined;
  return isRestore ? Number(value.slice(RESTORED.length)) : undefined;
}

/** `review=<user id>` in the value of a timeline entry. */
const REVIEW = 'review=';

export function reviewValue(userId: string): string {
  return `${REVIEW}${userId}`;
}

function isReviewRequest({ kind, value, from }: Pick<TimelineEntry, 'kind' | 'value' | 'from'>): boolean {
  return kind === 'message' && value.startsWith(REVIEW) && from === undefined;
}

/** The person who was last asked to review it; undefined if nobody was since the last acceptance. */
export function reviewerOf(entries: readonly TimelineEntry[]): string | undefined {
  const steps = entries.filter((entry) => isAcceptance(entry) || isReviewRequest(entry));
  const last = steps.toSorted((a, b) => a.notedUs - b.notedUs).at(-1);
  if (last === undefined || !isReviewRequest(last)) return undefined;
  const userId = last.value.slice(REVIEW.length);
  return isPersonId(userId) ? userId : undefined;
}

/** About the draft, and not about the incident. */
export function isAboutDraft(entry: Pick<TimelineEntry, 'kind' | 'value' | 'from'>): boolean {
  const isAsked = isAcceptance(entry) || isDecline(entry) || isReviewRequest(entry);
  return isAsked || isOfComment(entry) || restoredVersion(entry) !== undefined;
}

/** A restored version has other words than the accepted one. */
function isLaterWork(entry: Pick<TimelineEntry, 'kind' | 'value' | 'from'>): boolean {
  return !isAboutDraft(entry) || restoredVersion(entry) !== undefined;
}

type Accepted = Readonly<{
  entries: readonly TimelineEntry[];
  withdrawn?: readonly WithdrawnEntry[] | undefined;
  actionItems: readonly ActionItem[];
  diagnoses?: readonly Readonly<{ answers?: Readonly<{ lastUs: number }> | undefined }>[];
}>;

/** Undefined until somebody accepts it. */
export function acceptanceOf({
  entries,
  withdrawn = [],
  actionItems,
  diagnoses = [],
}: Accepted): Acceptance | undefined {
  const newest = entries
    .filter(isAcceptance)
    .toSorted((a, b) => a.notedUs - b.notedUs)
    .at(-1);
  if (newest === undefined) return undefined;
  const { source: by, notedUs: atUs } = newest;
  const work = entries.filter(isLaterWork);
  const came = [
    ...work.map(({ notedUs }) => notedUs),
    ...actionItems.map(({ createdUs }) => createdUs),
    ...diagnoses.map(({ answers }) => answers?.lastUs ?? 0),
  ];
  const changes = [
    ...work.flatMap(({ notedUs, changedUs }) => (changedUs === undefined ? [] : [{ notedUs, changedUs }])),
    ...withdrawn.filter(isLaterWork).map(({ notedUs, withdrawnUs }) => ({ notedUs, changedUs: withdrawnUs })),
  ];
  return {
    by,
    atUs,
    later: came.filter((us) => us > atUs).length,
    changed: changes.filter(({ notedUs, changedUs }) => notedUs <= atUs && changedUs > atUs).length,
  };
}
