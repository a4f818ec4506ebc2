/**
 * Adds an action item: stores it, posts it in the timeline and in the incident's thread, and shows it in the postmortem
 * draft.
 */

import { addActionItem } from '#record/action-items.ts';
import { addEntry } from '#record/timeline.ts';
import { UTC, type Zone } from '#utilities/time-zone.ts';
import { draftAnew } from '#workflows/draft-postmortem.ts';
import { readDueDay } from '#workflows/due-day.ts';
import { type AskedBy, type IncidentParts, type Meant, onIncident, type Told } from '#workflows/on-incident.ts';
import type { Directory } from '#workflows/show-overview.ts';
import { isoDay } from '#workflows/spoken-day.ts';
import { dayAt } from '#workflows/spoken-time.ts';

export type ActionItemRequest = Readonly<{
  asked: AskedBy;
  text: string;
  /** A Slack user id or a name. */
  owner: string;
  /** As the person wrote it: `2026-12-01`, `next Friday`. */
  due: string;
}> &
  Meant;

/** `about`: the field of the request that was refused. */
export type AddActionItem = (request: ActionItemRequest) => Promise<Told & Readonly<{ about?: 'due' }>>;

export type ActionItemParts = IncidentParts & Readonly<{ directory: Directory }>;

export function actionItemAdder(parts: ActionItemParts): AddActionItem {
  return async ({ asked, text, owner, due: written, ...meant }) => {
    const { inboxId, userId, userName } = asked;
    const own = (await parts.directory.person(userId))?.zone;
    const read = dueOf(written, await parts.store.nowUs(), own);
    if ('problem' in read) {
      const told = await onIncident(parts, asked, meant, async () => ({ answer: read.problem }));
      return { ...told, about: 'due' };
    }
    const { due } = read;
    return await onIncident(parts, asked, meant, async (tx, incident) => {
      const incidentId = incident.id;
      await addActionItem(tx, { id: inboxId, incidentId, text, owner, due, createdBy: userId });
      await addEntry(tx, {
        incidentId,
        key: `action:${inboxId}`,
        atUs: tx.nowUs,
        kind: 'action',
        text: `${text} (owner ${owner}, due ${due})`,
        source: userId,
        link: '',
      });
      await draftAnew(tx, parts.jobs, { incident, key: inboxId });
      return {
        answer: `The action item is saved, due ${weekdayOf(due)}, ${due}.`,
        said: `${userName} added an action item: ${text}, due ${due}`,
      };
    });
  };
}

/**
 * Reads the day in the author's time zone. If the zone is unknown, a day counts as past only when it is past in every
 * zone.
 */
function dueOf(written: string, nowUs: number, own: Zone | undefined) {
  const read = readDueDay(written, dayAt(nowUs, own ?? UTC));
  if ('problem' in read) return read;
  const due = isoDay(read.day);
  const today = dayAt(nowUs, own ?? LAST_ZONE);
  return read.day < today
    ? { problem: `${due} has passed: today is ${isoDay(today)}. Choose today or a later day.` }
    : { due };
}

/** The time zone in which a day ends last. */
const LAST_ZONE: Zone = { kind: 'offset', name: 'UTC-12', seconds: -12 * 3_600, otherwise: '' };

function weekdayOf(day: string): string {
  return new Date(`${day}T00:00:00Z`).toLocaleDateString('en', { weekday: 'long', timeZone: 'UTC' });
}
