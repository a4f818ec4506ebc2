/** The whole timeline, to the one who asks for it, a page at a time. */
import type { Incident } from '#model/incident.ts';
import { timelinePage } from '#present/timeline.ts';
import { done } from '#record/inbox.ts';
import { timelineOf } from '#record/incidents.ts';
import { type Message, respond } from '#record/outbox.ts';
import type { Store } from '#record/store.ts';
import { type AskedBy, incidentMeant, type Meant } from '#workflows/on-incident.ts';
import { type Directory, namesFor } from '#workflows/show-overview.ts';

export type TimelineRequest = Readonly<{ asked: AskedBy; meant: Meant; page?: number }>;

export type ShowTimeline = (request: TimelineRequest) => Promise<void>;

export type ShowTimelineOptions = Readonly<{ store: Store; directory: Directory; kick(): void }>;

export function timelineShower({ store, directory, kick }: ShowTimelineOptions): ShowTimeline {
  return async ({ asked: { inboxId, workspaceId, responseUrl }, meant, page = 1 }) => {
    const incident = await incidentMeant(store, workspaceId, meant);
    const message = 'problem' in incident ? { text: incident.problem } : await pageOf(incident, page);
    await store.transaction(async (tx) => {
      await respond(tx, { workspaceId, responseUrl, message, key: inboxId });
      await done(tx, inboxId);
    });
    kick();
  };

  async function pageOf(incident: Incident, page: number): Promise<Message> {
    const entries = await timelineOf(store, incident.id);
    return timelinePage({ incident, entries, names: await namesFor(directory, incident, entries) }, page);
  }
}
