/**
 * A sentence to the bot about an incident: finds the incident of its place, and answers in its thread what no other
 * workflow answers.
 */
import { type Incident, isOver } from '#model/incident/incident.ts';
import { STATUS_PAGE_FORM, sentenceForm } from '#present/slack/sentence-messages.ts';
import { findIncident, lastResolvedIn, openIncidents, resolvedWithChannel } from '#record/find-incidents.ts';
import { mergedInChannel } from '#record/merges.ts';
import type { Message } from '#record/outbox.ts';
import type { Reader, Store } from '#record/store.ts';
import { incidentOfThread } from '#workflows/incidents/incident-thread.ts';
import { type AskedBy, incidentMeant, type MayRead, type Meant, showTo } from '#workflows/incidents/on-incident.ts';
import type { Directory } from '#workflows/incidents/show-overview.ts';

/** `threadTs`: undefined for a sentence outside of threads. `over`: it is about a resolved incident. */
export type SentencePlace = Readonly<{
  workspaceId: string;
  channelId: string;
  threadTs: string | undefined;
  over: boolean;
}>;

export type SentenceWorkflows = Readonly<{
  /** Its number where the thread is the incident's; without one, the channel has incidents. Undefined without any. */
  incidentOfPlace(place: SentencePlace): Promise<Readonly<{ number?: number }> | undefined>;
  /** As Slack shows it; the id where Slack does not say. */
  nameOf(userId: string): Promise<string>;
  sayInThread(asked: AskedBy, message: Message): Promise<void>;
  /** A sentence cannot open a form: the answer has the button for it. */
  offerStatusForm(request: Readonly<{ asked: AskedBy; meant: Meant }>): Promise<void>;
}>;

export function incidentSentences(
  parts: Readonly<{ store: Store; directory: Pick<Directory, 'person'>; mayRead: MayRead; kick(): void }>,
): SentenceWorkflows {
  const { store, directory } = parts;
  return {
    async incidentOfPlace(place) {
      const number = await numberOfThread(store, place);
      if (number !== undefined) return { number };
      return (await isWorkedOnIn(store, place)) ? {} : undefined;
    },
    nameOf: async (userId) => (await directory.person(userId))?.name ?? userId,
    sayInThread: (asked, message) => showTo(parts, asked, message),
    async offerStatusForm({ asked, meant }) {
      const incident = await incidentMeant(parts, asked, meant);
      const message = 'problem' in incident ? { text: incident.problem } : sentenceForm(STATUS_PAGE_FORM, incident.id);
      await showTo(parts, asked, message);
    },
  };
}

/** The thread of an overview, or the thread in which an open incident was declared. */
async function numberOfThread(
  reader: Reader,
  { workspaceId, channelId, threadTs }: SentencePlace,
): Promise<number | undefined> {
  if (threadTs === undefined) return undefined;
  const id = await incidentOfThread(reader, { workspaceId, channelId, threadTs });
  if (id !== undefined) return (await findIncident(reader, { workspaceId, id }))?.number;
  return (await declaredInThread(reader, { workspaceId, channelId, threadTs }))?.number;
}

type Thread = Readonly<{ workspaceId: string; channelId: string; threadTs: string }>;

async function declaredInThread(reader: Reader, { threadTs, ...place }: Thread): Promise<Incident | undefined> {
  return (await openIncidents(reader, place)).find((incident) => incident.threadTs === threadTs);
}

/** The open incident whose overview began this thread, or that was declared in it. */
export async function openIncidentOfThread(reader: Reader, thread: Thread): Promise<Incident | undefined> {
  const id = await incidentOfThread(reader, thread);
  const incident = id === undefined ? undefined : await findIncident(reader, { workspaceId: thread.workspaceId, id });
  return incident === undefined || isOver(incident) ? await declaredInThread(reader, thread) : incident;
}

async function isWorkedOnIn(reader: Reader, { over, ...place }: SentencePlace): Promise<boolean> {
  if (over) return (await lastResolvedIn(reader, place)) !== undefined;
  if ((await openIncidents(reader, place)).length > 0) return true;
  return ((await resolvedWithChannel(reader, place)) ?? (await mergedInChannel(reader, place))) !== undefined;
}
