/**
 * Adds messages of Slack that somebody chose to the timeline of an incident, each with its own time and author. The
 * readers of the incident see them, so all of those must be able to read the channel of the messages. Where the person
 * names few readers, only the person must be.
 *
 *   message ──► a form: the incident of its thread, else the only one of its channel, is chosen already ──► added
 */
import { type Incident, incidentName } from '#model/incident/incident.ts';
import { counted } from '#model/text/count-text.ts';
import { openIncidents } from '#record/find-incidents.ts';
import { openChannelOf } from '#record/incident-channels.ts';
import { deliveryOf, messageAt } from '#record/outbox.ts';
import type { Reader, Tx } from '#record/store.ts';
import { hasEntry } from '#record/timeline.ts';
import type { Zone } from '#utilities/time-zone.ts';
import { OVERVIEW_OF } from '#workflows/incidents/incident-thread.ts';
import type { MayShowIn } from '#workflows/incidents/merges-shown.ts';
import {
  type AskedBy,
  answered,
  type IncidentParts,
  incidentMeant,
  type Outcome,
  onIncident,
  SLACK_DID_NOT_SAY,
  type Told,
} from '#workflows/incidents/on-incident.ts';
import { openFor, sightOf } from '#workflows/incidents/seen-incidents.ts';
import type { Directory } from '#workflows/incidents/show-overview.ts';
import { narrowElsewhere, othersWith } from '#workflows/messages/narrow-elsewhere.ts';
import { draftAnew } from '#workflows/postmortem/draft-postmortem.ts';
import { barredFrom, whoReads } from '#workflows/rights/circle.ts';
import { openIncidentOfThread } from '#workflows/sentences/incident-sentence.ts';
import {
  addChosenEntry,
  type ChosenMessage,
  entryOfChosen,
  keyOf,
  namingFiles,
} from '#workflows/timeline/follow-message.ts';

export type AddRequest = Readonly<{
  asked: AskedBy;
  incidentId: string;
  messages: readonly ChosenMessage[];
  /** Only they read it, beside its author, the commander, and whoever adds it. Undefined for everybody. */
  readers?: readonly string[] | undefined;
}>;

export type MessageWorkflows = Readonly<{
  /** `open`: the open incidents that the form offers, at most ten. `meant`: the id of the incident of this thread or channel. */
  incidentsForMessage(
    request: Readonly<{ asked: AskedBy; message: ChosenMessage }>,
  ): Promise<Readonly<{ meant: string | undefined; open: readonly Incident[] }>>;
  addMessages(request: AddRequest): Promise<Told>;
  /** The newest that people wrote about the incident and that it does not have. Undefined without any: the person knows why. */
  messagesToOffer(request: OfferRequest): Promise<OfferedMessages | undefined>;
  /** `chosen`: the ids of messages that were offered. */
  addOffered(request: OfferRequest & Readonly<{ chosen: ReadonlySet<string> }>): Promise<Told>;
}>;

/** `thread`: where the person asked, beside the incident's own threads. */
export type OfferRequest = Readonly<{ asked: AskedBy; incidentId: string; thread?: Conversation | undefined }>;

export type OfferedMessages = Readonly<{
  incidentId: string;
  /** `INC-4` */
  name: string;
  /** The oldest first. `text` is plain. */
  messages: readonly Readonly<{ key: string; atUs: number; text: string; author: string }>[];
  /** Of the person. */
  zone: Zone | undefined;
}>;

/** Without `threadTs`: a channel. */
export type Conversation = Readonly<{ channelId: string; threadTs?: string | undefined }>;

export type MessageParts = IncidentParts &
  Readonly<{
    directory: Pick<Directory, 'permalink' | 'person'>;
    mayShowIn: MayShowIn;
    /** The newest of a conversation, the oldest first. Undefined if Slack shows none. */
    newest(place: Conversation, most: number): Promise<readonly Omit<ChosenMessage, 'channelId'>[] | undefined>;
  }>;

/** Each costs a question to Slack, and a person waits for the form. */
const MOST_OFFERED = 10;
/** As many as a form can show and a person looks through. */
const MOST_MESSAGES = 30;

export function messageAdder(parts: MessageParts): MessageWorkflows {
  const { store, mayRead } = parts;
  return {
    async incidentsForMessage({ asked, message: { channelId, threadTs } }) {
      const { workspaceId } = asked;
      const maySee = sightOf({ mayRead }, asked);
      const thread = threadTs && (await openIncidentOfThread(store, { workspaceId, channelId, threadTs }));
      const ofThread = thread && (await maySee(thread)) ? thread : undefined;
      const here = await openIncidents(store, { workspaceId, channelId });
      const visible = await openFor(store, asked, maySee);
      const isHere = ({ id }: Incident) => here.some((one) => one.id === id);
      const hereSeen = visible.filter(isHere);
      const meant = ofThread ?? (here.length === 1 ? hereSeen[0] : undefined);
      const ordered = [...(ofThread ? [ofThread] : []), ...hereSeen, ...visible.filter((one) => !isHere(one))];
      const open = [...new Map(ordered.map((one) => [one.id, one])).values()].slice(0, MOST_OFFERED);
      return { meant: meant?.id, open };
    },

    addMessages: (request) => addChosen(parts, request),

    async messagesToOffer(request) {
      const { asked, incidentId } = request;
      const incident = await incidentMeant(parts, asked, { incidentId });
      const found = 'problem' in incident ? incident : await offeredFor(parts, incident, request);
      if ('problem' in found || 'problem' in incident) {
        const text = 'problem' in found ? found.problem : '';
        await store.transaction((tx) => answered(tx, asked, { kind: 'refused', text }));
        parts.kick();
        return undefined;
      }
      const entries = found.messages.map((message) => entryOfChosen(namingFiles(message), '', ''));
      const authors = new Map(
        await Promise.all(
          [...new Set(entries.map(({ source }) => source))].map(async (id) => [id, await nameOf(parts, id)] as const),
        ),
      );
      return {
        incidentId,
        name: incidentName(incident),
        messages: entries.map(({ key, atUs, text, source }) => ({
          key,
          atUs,
          text,
          author: authors.get(source) ?? source,
        })),
        zone: (await parts.directory.person(asked.userId))?.zone,
      };
    },

    async addOffered({ chosen, ...request }) {
      const { asked, incidentId } = request;
      const incident = await incidentMeant(parts, asked, { incidentId });
      const found = 'problem' in incident ? incident : await offeredFor(parts, incident, request);
      const messages = 'problem' in found ? [] : found.messages.filter((one) => chosen.has(keyOf(one)));
      if (messages.length > 0) return await addChosen(parts, { asked, incidentId, messages });
      const answer = 'problem' in found ? found.problem : NONE_LEFT;
      return await onIncident(parts, asked, { incidentId }, async () => ({ answer }));
    },
  };
}

async function addChosen(parts: MessageParts, { asked, incidentId, messages, readers }: AddRequest): Promise<Told> {
  const incident = await incidentMeant(parts, asked, { incidentId });
  const problem =
    'problem' in incident
      ? undefined
      : readers === undefined
        ? await whyNot(parts, asked, incident, messages)
        : await whyNotFew(parts, asked, incident, { messages, readers });
  const links =
    problem !== undefined || 'problem' in incident
      ? []
      : await Promise.all(messages.map(async (one) => await parts.directory.permalink(one)));
  const keys = messages.map(keyOf);
  const others =
    problem !== undefined || 'problem' in incident || readers === undefined
      ? []
      : await othersWith(parts, asked, { incident, keys });
  const change = async (tx: Tx, now: Incident): Promise<Outcome> => {
    if (problem !== undefined) return { answer: problem };
    if (others === undefined) return { answer: SLACK_DID_NOT_SAY };
    const isElsewhere = await narrowElsewhere(tx, parts.jobs, { others, keys, asked });
    const outcome = await adding(tx, parts, now, { asked, messages, links, readers });
    // Something changed, also where this incident had the message already.
    return isElsewhere ? { ...outcome, isInThread: true } : outcome;
  };
  const also = (others ?? []).map(({ id }) => id);
  return await onIncident(parts, asked, { incidentId }, change, also);
}

const NONE_LEFT = 'The timeline has these messages already, or they are gone. Nothing was changed.';
const NOTHING_TO_ADD = 'I find no message in the threads of this incident that its timeline does not have.';

async function nameOf({ directory }: MessageParts, userId: string): Promise<string> {
  if (userId === '') return 'an app';
  return (await directory.person(userId))?.name ?? userId;
}

/** What people wrote, without what the bot wrote and what the timeline has. Asks Slack. */
async function offeredFor(
  parts: MessageParts,
  incident: Incident,
  { asked, thread }: OfferRequest,
): Promise<Readonly<{ messages: readonly ChosenMessage[] } | { problem: string }>> {
  const places = await placesOf(parts.store, incident, thread);
  const readable = await Promise.all(
    places.map(async (place) => (await whyNot(parts, asked, incident, [place])) === undefined),
  );
  const found = await Promise.all(
    places
      .filter((_, at) => readable[at])
      .map(async (place) => {
        const said = (await parts.newest(place, MOST_MESSAGES)) ?? [];
        return said.map((message) => ({ ...message, channelId: place.channelId }));
      }),
  );
  const byKey = new Map(found.flat().map((message) => [keyOf(message), message]));
  const fresh: ChosenMessage[] = [];
  for (const [key, message] of byKey) if (await isNew(parts.store, incident, { key, message })) fresh.push(message);
  const messages = fresh.sort((a, b) => Number(a.ts) - Number(b.ts)).slice(-MOST_MESSAGES);
  return messages.length === 0 ? { problem: NOTHING_TO_ADD } : { messages };
}

async function isNew(
  reader: Reader,
  { id, workspaceId }: Incident,
  { key, message: { channelId, ts } }: Readonly<{ key: string; message: ChosenMessage }>,
): Promise<boolean> {
  if ((await messageAt(reader, { workspaceId, channelId, ts })) !== undefined) return false;
  return !(await hasEntry(reader, id, key));
}

/** Where people write about an incident: the thread in which it was declared, that of its overview, its own channel. */
async function placesOf(
  reader: Reader,
  incident: Incident,
  thread: Conversation | undefined,
): Promise<readonly Conversation[]> {
  const { id, channelId, threadTs } = incident;
  const own = await openChannelOf(reader, id);
  const overview = (await deliveryOf(reader, OVERVIEW_OF(id)))?.ts;
  const all: readonly (Conversation | undefined)[] = [
    threadTs === undefined ? undefined : { channelId, threadTs },
    overview === undefined ? undefined : { channelId, threadTs: overview },
    own === undefined ? undefined : { channelId: own },
    thread,
  ];
  const places = new Map(all.flatMap((one) => (one ? [[`${one.channelId} ${one.threadTs}`, one] as const] : [])));
  return [...places.values()];
}

/** For few readers: whoever adds a message decides who they are, and must read its channel. Asks Slack. */
async function whyNotFew(
  parts: MessageParts,
  asked: AskedBy,
  incident: Incident,
  { messages, readers }: Readonly<{ messages: readonly ChosenMessage[]; readers: readonly string[] }>,
): Promise<string | undefined> {
  for (const channelId of new Set(messages.map((one) => one.channelId))) {
    const may = await parts.mayRead(asked, channelId);
    if (may === undefined) return SLACK_DID_NOT_SAY;
    if (!may) return notForAll(incident);
  }
  return await barredFrom(parts, asked, { incidentId: incident.id }, readers);
}

/** Undefined if everybody who reads the incident may read the channels of these messages. Asks Slack. */
export async function whyNot(
  parts: Pick<MessageParts, 'store' | 'mayRead' | 'mayShowIn'>,
  asked: AskedBy,
  incident: Incident,
  messages: readonly Pick<ChosenMessage, 'channelId'>[],
): Promise<string | undefined> {
  for (const channelId of new Set(messages.map((one) => one.channelId))) {
    const may = await parts.mayRead(asked, channelId);
    if (may === undefined) return SLACK_DID_NOT_SAY;
    if (!may || !(await mayTake(parts, incident, channelId))) return notForAll(incident);
  }
  return undefined;
}

function notForAll(incident: Incident): string {
  return `Some readers of ${incidentName(incident)} may not read the channel of this message, so I added nothing. Choose its few readers under Need to know, or write a note in your words.`;
}

/** Whether the readers of the incident may all read this channel. Asks Slack. */
async function mayTake(
  { store, mayShowIn }: Pick<MessageParts, 'store' | 'mayShowIn'>,
  incident: Incident,
  channelId: string,
): Promise<boolean> {
  if ((await openChannelOf(store, incident.id)) === channelId) return true;
  return await mayShowIn(incident.channelId, channelId);
}

async function adding(
  tx: Tx,
  { jobs }: MessageParts,
  incident: Incident,
  {
    asked,
    messages,
    links,
    readers,
  }: Pick<AddRequest, 'asked' | 'messages' | 'readers'> & Readonly<{ links: readonly string[] }>,
): Promise<Outcome> {
  const name = incidentName(incident);
  const added: boolean[] = [];
  for (const [at, message] of messages.entries()) {
    added.push(await addChosenEntry(tx, jobs, incident, { message, link: links[at] ?? '', readers, by: asked }));
  }
  const count = added.filter(Boolean).length;
  const known = added.length - count;
  const there = known === 0 ? '' : ` ${known === 1 ? 'One message was' : `${known} messages were`} there already.`;
  if (count === 0) return { answer: `${name} has ${known === 1 ? 'this message' : 'these messages'} already.` };
  await draftAnew(tx, jobs, { incident, key: `${incident.id}/${asked.inboxId}` });
  const who = readers === undefined ? '' : ` ${whoReads(incident, { people: readers }, 'You, its author')}`;
  return {
    answer: `${counted(count, 'message')} added to the timeline of ${name}.${there}${who}`,
    isInThread: true,
    isForAsker: true,
  };
}
