/**
 * Brings people's words in a timeline back to what they were at an earlier time. Nothing is rewritten, so every version
 * in between stays as it was:
 *
 *   corrected since   ──► another correction, with the earlier text and time
 *   withdrawn since   ──► a new entry with a key of its own: the withdrawn one stays withdrawn
 *   written since     ──► withdrawn
 *
 * The person who restores is the author of the first two.
 */
import { isCorrectable, type TimelineEntry } from '#model/incident/incident.ts';
import { originOf, RESTORED } from '#record/entry-origin.ts';
import { FORGOTTEN_TEXT } from '#record/mentions.ts';
import type { Tx } from '#record/store.ts';
import { addEntry, editEntry, entryRows, removeEntry, timelineOf } from '#record/timeline.ts';

export type RestoreTimeline = Readonly<{
  incidentId: string;
  /** Microseconds since the epoch. */
  untilUs: number;
  /** The request, so that it is done once. */
  key: string;
  by: string;
}>;

/** How many entries were corrected, came back, and were withdrawn. */
export type RestoredEntries = Readonly<{ corrected: number; back: number; withdrawn: number }>;

/** The caller holds the lock of the incident. */
export async function restoreTimeline(
  tx: Tx,
  { incidentId, untilUs, key, by }: RestoreTimeline,
): Promise<RestoredEntries> {
  const keys = new Map((await entryRows(tx, incidentId)).map((row) => [row.id, row.key]));
  const keyOf = ({ id }: TimelineEntry) => keys.get(id) ?? '';
  const byOrigin = (entries: readonly TimelineEntry[]) =>
    new Map(entries.filter(isRestorable).map((entry) => [originOf({ id: entry.id, key: keyOf(entry) }), entry]));
  const then = byOrigin(await timelineOf(tx, incidentId, untilUs));
  const now = byOrigin(await timelineOf(tx, incidentId));

  const restored = { corrected: 0, back: 0, withdrawn: 0 };
  for (const [origin, { kind, text, atUs, link, value }] of then) {
    const current = now.get(origin);
    if (text === FORGOTTEN_TEXT) continue;
    if (current !== undefined) {
      const isEdited = await editEntry(tx, { incidentId, key: keyOf(current), text, atUs, by });
      restored.corrected += Number(isEdited);
      continue;
    }
    const copy = { incidentId, key: `${RESTORED}${origin}:${key}`, kind, text, atUs, link, value, source: by };
    restored.back += Number(await addEntry(tx, copy));
  }
  for (const [origin, entry] of now) {
    if (then.has(origin)) continue;
    restored.withdrawn += Number(await removeEntry(tx, { incidentId, key: keyOf(entry), by }));
  }
  return restored;
}

/** Notes, updates and answers. A link stands in the timelines of two incidents, so people change it by itself. */
function isRestorable(entry: TimelineEntry): boolean {
  return entry.kind !== 'message' && isCorrectable(entry);
}
