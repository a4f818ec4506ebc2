/** The notes of people that say what ended an incident. */
import { type Status, type TimelineEntry, wordsOfStatus } from '#model/incident/incident.ts';

export type EndNote = Readonly<{ status: Status; text: string; atUs: number }>;

const ENDING = ['mitigated', 'fixed', 'resolved'] as const;

/** The notes with the statuses that end an incident. A status without a note does not say how. */
export function endedBy(entries: readonly TimelineEntry[]): readonly EndNote[] {
  return entries.flatMap((entry) => {
    const status = ENDING.find((known) => entry.kind === 'status' && known === entry.value);
    const text = wordsOfStatus(entry);
    return status === undefined || text === '' ? [] : [{ status, text, atUs: entry.atUs }];
  });
}
