/**
 * Whether people have accepted a postmortem. An acceptance is an entry of the timeline; the newest one counts. It is about
 * the draft and not about the incident, so no section of the draft tells of it.
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

export function isAcceptance({ kind, value, from }: Pick<TimelineEntry, 'kind' | 'value' | 'from'>): boolean {
  return kind === 'message' && value === ACCEPTED && from === undefined;
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
    ...entries.filter((entry) => !isAcceptance(entry)).map(({ notedUs }) => notedUs),
    ...actionItems.map(({ createdUs }) => createdUs),
    ...diagnoses.map(({ answers }) => answers?.lastUs ?? 0),
  ];
  return { by, atUs, later: times.filter((us) => us > atUs).length };
}
