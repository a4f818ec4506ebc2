/**
 * Whether people have accepted a postmortem, which proposed action items they declined, and which version they restored.
 * All are entries of the timeline; the newest acceptance counts. They are about the draft and not about the incident, so
 * no section of the draft tells of them.
 */
import type { ActionItem, TimelineEntry } from '#model/incident/incident.ts';

export type Acceptance = Readonly<{
  /** The id of the person. */
  by: string;
  atUs: number;
  /** What came into the record afterwards: entries, action items, answers. */
  later: number;
}>;

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

/** About the draft, and not about the incident. */
export function isAboutDraft(entry: Pick<TimelineEntry, 'kind' | 'value' | 'from'>): boolean {
  return isAcceptance(entry) || isDecline(entry) || restoredVersion(entry) !== undefined;
}

/** A restored version has other words than the accepted one. */
function isLaterWork(entry: Pick<TimelineEntry, 'kind' | 'value' | 'from'>): boolean {
  return !isAboutDraft(entry) || restoredVersion(entry) !== undefined;
}

type Accepted = Readonly<{
  entries: readonly TimelineEntry[];
  actionItems: readonly ActionItem[];
  diagnoses?: readonly Readonly<{ answers?: Readonly<{ lastUs: number }> | undefined }>[];
}>;

/** Undefined until somebody accepts it. */
export function acceptanceOf({ entries, actionItems, diagnoses = [] }: Accepted): Acceptance | undefined {
  const newest = entries
    .filter(isAcceptance)
    .toSorted((a, b) => a.notedUs - b.notedUs)
    .at(-1);
  if (newest === undefined) return undefined;
  const { source: by, notedUs: atUs } = newest;
  const times = [
    ...entries.filter(isLaterWork).map(({ notedUs }) => notedUs),
    ...actionItems.map(({ createdUs }) => createdUs),
    ...diagnoses.map(({ answers }) => answers?.lastUs ?? 0),
  ];
  return { by, atUs, later: times.filter((us) => us > atUs).length };
}
