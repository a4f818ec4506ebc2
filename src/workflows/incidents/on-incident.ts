/**
 * The common part of every change to an incident: finds the incident, checks the person's access, makes the change and
 * its consequences in one transaction keyed by the request, and answers the person.
 *
 *   request ──► incident ──► may they read its channel? ──► [ change · line in the thread · overview update · answer · inbox row done ]
 */
import { type Incident, incidentName, isOver, type TimelineEntry } from '#model/incident/incident.ts';
import { relatedTo } from '#model/incident/incident-link.ts';
import { type Change, incidentSays, updateAnswered } from '#present/slack/incident-messages.ts';
import { truncate } from '#present/slack/text.ts';
import { auditIncident } from '#record/audit.ts';
import { findIncident, lastResolvedIn, openIncidents, resolvedWithChannel } from '#record/find-incidents.ts';
import { done } from '#record/inbox.ts';
import { openChannelOf } from '#record/incident-channels.ts';
import type { Jobs } from '#record/jobs.ts';
import { mergedInChannel } from '#record/merges.ts';
import { type Message, newestDelivery, post, respond, update } from '#record/outbox.ts';
import type { Reader, Store, Tx } from '#record/store.ts';
import { timelineOf } from '#record/timeline.ts';
import { firstThreadOf, incidentOfThread, threadOf } from '#workflows/incidents/incident-thread.ts';
import { IN_LINE, lastUpdateUs, REMINDED_DIRECTLY, REMINDERS_OF } from '#workflows/incidents/remind.ts';
import { refreshOverview } from '#workflows/incidents/show-overview.ts';

export type IncidentParts = Readonly<{
  store: Store;
  jobs: Jobs;
  mayRead: MayRead;
  /** Undefined where no incident has a channel of its own. */
  leaveOpenChannel?: LeaveOpenChannel;
  /** Something was stored: the jobs and the outbox may check for work. */
  kick(): void;
}>;

/** Keeps what is said next out of the incident's own channel, if others read it by now. Asks Slack. */
export type LeaveOpenChannel = (incident: Incident) => Promise<void>;

export type AskedBy = Readonly<{
  inboxId: string;
  workspaceId: string;
  userId: string;
  /** The person's name in the Slack request. */
  userName: string;
  /** The conversation of the request; '' if the request does not name it. */
  channelId: string;
  /** The conversation in which a form was opened. This does not prove who is in it now. */
  fromForm?: true;
  /** By a button or a menu of a message that changes in view of the person. */
  pressed?: true;
  /** Where to answer the person; '' if the request has no such address, as with a form. */
  responseUrl: string;
  /** By a sentence to the bot: the answer goes into its thread. */
  said?: Said;
}>;

/** The thread of a sentence. `isDirect`: with the bot alone. Elsewhere everybody in the channel reads the answer. */
export type Said = Readonly<{ channelId: string; threadTs: string; isDirect: boolean }>;

/**
 * `number` as typed, or the only open one of the channel; with `over`, the one of the channel that was resolved last. `id`
 * as a button holds it.
 */
export type Meant = Readonly<{ channelId: string; number?: number | undefined; over?: true } | { incidentId: string }>;

export type Outcome = Readonly<{
  /** To the person who asked, in Slack's markup. */
  answer: string;
  /** To everybody, in the thread. Undefined if nothing changed. */
  said?: Change;
  /** A message of its own in the thread says it. */
  isInThread?: true;
  /** The answer says more than the thread: who presses a button reads it, too. */
  isForAsker?: true;
  /** If nothing changed: the part that was refused. */
  about?: Refused;
}>;

/** The answer to the person. `refused`: nothing changed, and the text says what to do. */
export type Told = Readonly<{ kind: 'done' | 'refused'; text: string; about?: Refused | undefined }>;

/** The part of the request that was refused: a form shows the text at that field. */
export type Refused = 'time' | 'status' | 'link' | 'page';

export type Changing = (tx: Tx, incident: Incident) => Promise<Outcome>;

/**
 * Anybody who can read an incident's channel may see it. Undefined if Slack did not say: then nobody may. For a sentence,
 * everybody who reads the answer must be able to read that channel, too. Asks Slack, so never call it inside a transaction.
 */
export type MayRead = (
  who: Pick<AskedBy, 'userId' | 'workspaceId' | 'channelId' | 'fromForm' | 'said'>,
  channelId: string,
) => Promise<boolean | undefined>;

/** It tells nobody whether there is anything to read. */
export const SLACK_DID_NOT_SAY =
  'Slack did not say whether you may do that, so I changed nothing and show nothing. Please try again. In a private channel, invite me first: `/invite @spanhound`.';

/** `also`: the ids of other incidents that it changes. */
export async function onIncident(
  parts: IncidentParts,
  asked: AskedBy,
  meant: Meant,
  change: Changing,
  also: readonly string[] = [],
): Promise<Told> {
  const { store, jobs, kick } = parts;
  const seen = await incidentMeant(parts, asked, meant);
  if (!('problem' in seen)) await parts.leaveOpenChannel?.(seen);
  const told = await store.transaction(async (tx): Promise<Told> => {
    if ('problem' in seen) return await answered(tx, asked, { kind: 'refused', text: seen.problem });
    // In one order, so that two people who change the same two incidents wait for each other.
    for (const id of [...new Set([seen.id, ...also])].sort()) await tx.lock(`incident/${id}`);
    const incident = (await findIncident(tx, seen)) ?? seen;

    const before = await timelineOf(tx, incident.id);
    const { answer, said, isInThread, isForAsker, about } = await change(tx, incident);
    if (said === undefined && isInThread !== true)
      return await answered(tx, asked, { kind: 'refused', text: answer, about });
    const isSeen = await follow(tx, jobs, { incident, before, said, key: asked.inboxId });
    // Who presses a button sees the message change and the line in its thread: a third message says nothing new. The same
    // holds for a sentence in that thread.
    const isShown = asked.pressed === true || (await isSaidInThread(tx, asked, incident));
    if (isShown && isSeen && isForAsker !== true) return await answeredInThread(tx, asked, answer);
    return await answered(tx, asked, { kind: 'done', text: answer });
  });
  kick();
  return told;
}

/**
 * The named incident, or why there is none. One that the person may not see gets the same answer as one that does not
 * exist.
 */
export async function incidentMeant(
  { store, mayRead }: Pick<IncidentParts, 'store' | 'mayRead'>,
  asked: AskedBy,
  meant: Meant,
): Promise<Incident | Readonly<{ problem: string }>> {
  const found = await candidates(store, asked.workspaceId, meant);
  const permitted: Incident[] = [];
  for (const one of found) {
    const may = await mayRead(await heardBy(store, asked, one), one.channelId);
    if (may === undefined) return { problem: SLACK_DID_NOT_SAY };
    if (may) permitted.push(one);
  }
  const [first, ...others] = permitted;
  const hidden = found.find((one) => 'channelId' in meant && one.channelId !== meant.channelId);
  if (first === undefined && hidden !== undefined && isAskedThere(asked, meant)) return { problem: ONLY_READS };
  if (found.length === 0 && 'channelId' in meant && meant.number === undefined && meant.over !== true) {
    const place = { workspaceId: asked.workspaceId, channelId: meant.channelId };
    const merged = await mergedInChannel(store, place);
    if (merged !== undefined && (await mayRead(asked, meant.channelId))) return { problem: nowIn(merged) };
  }
  if (first === undefined) return { problem: noneSuch(meant, asked) };
  if (others.length === 0) return first;
  const names = [first, ...others].map(incidentName).sort();
  return {
    problem: `${names.length} incidents are open in this channel: ${names.join(', ')}. Put the one you mean first: \`/incident ${names[0]} note …\`.`,
  };
}

/** Who hears a sentence about an incident. In its own channel everybody sees it: there, the person who asks decides. */
export async function heardBy(reader: Reader, asked: AskedBy, incident: Pick<Incident, 'id'>): Promise<AskedBy> {
  if (asked.said === undefined || (await openChannelOf(reader, incident.id)) !== asked.said.channelId) return asked;
  const { said: _, ...alone } = asked;
  return alone;
}

/** Whether a sentence stands in the thread that gets the line about its change. */
async function isSaidInThread(tx: Tx, { said, workspaceId }: AskedBy, incident: Incident): Promise<boolean> {
  if (said === undefined || (await threadOf(tx, incident)).channelId !== said.channelId) return false;
  return (await incidentOfThread(tx, { workspaceId, ...said })) === incident.id;
}

const ALL_READ =
  ' Everybody in this channel reads this answer, so I look only for incidents that all of them may see. For others, type the command.';

/** Somebody in the incident's own channel, whose overview they read there. Whoever asks from elsewhere learns nothing. */
function isAskedThere({ channelId, fromForm }: AskedBy, meant: Meant): boolean {
  return 'channelId' in meant && meant.number === undefined && channelId === meant.channelId && fromForm !== true;
}

const ONLY_READS =
  'You read the incident here, but only members of the channel where it was declared can change it. Ask one of them to invite you there.';

/**
 * Several only if a channel was named: the open incidents that were declared there, and the open incident whose own channel
 * it is. If none is open, the resolved incident whose own channel it is.
 */
async function candidates(reader: Reader, workspaceId: string, meant: Meant): Promise<readonly Incident[]> {
  if ('channelId' in meant && meant.number === undefined) {
    const { channelId, over } = meant;
    const place = { workspaceId, channelId };
    const open = over === true ? [] : await openIncidents(reader, place);
    if (open.length > 0) return open;
    // Its own channel has no other incident: people go on with notes and action items there.
    const last = await (over === true ? lastResolvedIn : resolvedWithChannel)(reader, place);
    return last === undefined ? [] : [last];
  }
  const named = 'incidentId' in meant ? { id: meant.incidentId } : { number: meant.number ?? 0 };
  const found = await findIncident(reader, { workspaceId, ...named });
  return found === undefined ? [] : [found];
}

function noneSuch(meant: Meant, { said }: AskedBy): string {
  return `${noneMeant(meant)}${said === undefined || said.isDirect ? '' : ALL_READ}`;
}

function noneMeant(meant: Meant): string {
  if ('incidentId' in meant) return NO_LONGER_THERE;
  if (meant.number === undefined) return meant.over ? NONE_OVER : NONE_OPEN;
  return `There is no INC-${meant.number}. \`/incident\` in its channel needs no number.`;
}

function nowIn({ incident, root }: Readonly<{ incident: Incident; root: Incident }>): string {
  return `${incidentName(incident)} of this channel is merged into ${incidentName(root)}. Put that name first: \`/incident ${incidentName(root)} note …\`.`;
}

const NONE_OPEN =
  'No incident is open in this channel. To declare one: `/incident declare P1 what is wrong`. For a resolved incident or one of another channel, put its name first: `/incident INC-1 timeline`.';
const NONE_OVER =
  'No incident of this channel is resolved. For one of another channel, put its name first: `/incident INC-1 reopen`.';
const NO_LONGER_THERE = 'I no longer have this incident.';

/** The line in the thread, the answered question, and the current overview. Whether there is a thread for the line. */
async function follow(
  tx: Tx,
  jobs: Jobs,
  {
    incident,
    before,
    said,
    key,
  }: Readonly<{ incident: Incident; before: readonly TimelineEntry[]; said: Change | undefined; key: string }>,
): Promise<boolean> {
  await answerReminder(tx, incident, before);
  for (const id of new Set(before.flatMap((entry) => relatedTo(entry) ?? []))) {
    await refreshOverview(tx, jobs, { incident: { id, workspaceId: incident.workspaceId }, key });
  }
  return await alsoSay(tx, jobs, incident, { said, key });
}

/** The line in the thread of an incident, and its current overview. Whether there is a thread for the line. */
export async function alsoSay(
  tx: Tx,
  jobs: Jobs,
  incident: Incident,
  { said, key }: Readonly<{ said: Change | undefined; key: string }>,
): Promise<boolean> {
  const { id, workspaceId } = incident;
  const thread = await threadOf(tx, incident);
  const hasThread = thread.threadOf !== undefined;
  if (said !== undefined) {
    const isForChannel = said.isForChannel === true && hasThread;
    const message = { ...incidentSays(incident, said, { isNamed: isForChannel }), isBroadcast: isForChannel };
    const told = { workspaceId, rank: 'detail' as const };
    if (hasThread) await post(tx, { messageId: `${id}/said/${key}`, ...told, ...thread, message });
    const first = await firstThreadOf(tx, incident);
    // Who reads only the first channel follows the state of the incident there.
    if (said.isState === true && thread.channelId !== first.channelId) {
      const line = { ...incidentSays(incident, said, { isNamed: true }), isBroadcast: first.threadOf !== undefined };
      await post(tx, { messageId: `${id}/said-first/${key}`, ...told, ...first, message: line });
    }
  }
  await refreshOverview(tx, jobs, { incident, key });
  return hasThread;
}

/** The first update after the question answers it, as does the end. `before`: the timeline before the change. */
export async function answerReminder(tx: Tx, incident: Incident, before: readonly TimelineEntry[]): Promise<void> {
  const asked = await newestDelivery(tx, REMINDERS_OF(incident.id));
  if (asked === undefined || lastUpdateUs(incident, before) > asked.createdUs) return;
  const now = await findIncident(tx, { workspaceId: incident.workspaceId, id: incident.id });
  const lastUs = lastUpdateUs(incident, await timelineOf(tx, incident.id));
  if (lastUs <= asked.createdUs && (now === undefined || !isOver(now))) return;
  const message = updateAnswered({ incident, answeredUs: Math.max(lastUs, asked.createdUs) });
  await update(tx, { messageId: asked.messageId, message, rank: 'asked' });
  for (const turn of IN_LINE.keys()) {
    const direct = await newestDelivery(tx, REMINDED_DIRECTLY(incident.id, turn + 1));
    if (direct === undefined || direct.createdUs < lastUpdateUs(incident, before)) continue;
    await update(tx, { messageId: direct.messageId, message, rank: 'asked' });
  }
}

type Asker = Pick<AskedBy, 'inboxId' | 'workspaceId' | 'responseUrl' | 'said'>;

/** Answers the person and completes the request. */
export async function answered(tx: Tx, asked: Asker, told: Told): Promise<Told> {
  await tell(tx, asked, { text: truncate(told.text, ANSWER_CHARS) });
  await done(tx, asked.inboxId);
  return told;
}

/** Begins the ids of answers in threads that show this of an incident. */
export const SHOWN_OF = (incidentId: string, what: string) => `${incidentId}/shown/${what}/`;

/** A form and the Home tab have no place for an answer. */
async function tell(
  tx: Tx,
  { inboxId, workspaceId, responseUrl, said }: Asker,
  message: Message,
  seen?: Seen,
): Promise<void> {
  if (said !== undefined) {
    const { channelId, threadTs } = said;
    const messageId = `${seen === undefined ? 'answer/' : SHOWN_OF(seen.incident.id, seen.what)}${inboxId}`;
    await post(tx, { messageId, workspaceId, channelId, threadTs, message });
  } else if (responseUrl !== '') await respond(tx, { workspaceId, responseUrl, message, key: inboxId });
}

/** What a person reads of an incident: the audit log says who saw what, and when. */
type Seen = Readonly<{
  incident: Incident;
  /** `timeline`, `hypotheses` */
  what: string;
  /** If it has several. */
  page?: number | 'last';
  /** How many need-to-know notes were shown with their words. */
  needToKnow?: number;
}>;

/** Shows a message to the person who asked, and completes the request. */
export async function showTo(
  { store, kick }: Pick<IncidentParts, 'store' | 'kick'>,
  asked: Asker & Pick<AskedBy, 'userId'>,
  message: Message,
  seen?: Seen,
): Promise<void> {
  await store.transaction(async (tx) => {
    if (seen !== undefined) {
      const { incident, ...detail } = seen;
      await auditIncident(tx, incident, asked.userId, 'incident.shown', detail);
    }
    await tell(tx, asked, message, seen);
    await done(tx, asked.inboxId);
  });
  kick();
}

/** For a request that leaves a line in the thread: the person who asked reads that, and gets no answer of their own. */
export function answeredInThread(tx: Tx, asked: AskedBy, text: string): Promise<Told> {
  const { said: _, ...alone } = asked;
  return answered(tx, { ...alone, responseUrl: '' }, { kind: 'done', text });
}

const ANSWER_CHARS = 2_000;
