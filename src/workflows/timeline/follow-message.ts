/**
 * Keeps pinned messages, and those marked with a pushpin, in the timeline in their current state: edits are corrected
 * there; deleted, unpinned and unmarked messages are removed.
 *
 *   pin, reaction, edit, deletion ──► job ──► Slack: current state of the message? ──► entry added, corrected, removed
 *
 * The job asks Slack instead of trusting the event, so events may come late, twice and in any order. Where something
 * happens to the message meanwhile, the job asks again: an answer from before never comes back into the timeline.
 */
import { DAY_US } from '#core/time-units.ts';
import { isPicture, type SaidFile } from '#model/incident/entry-file.ts';
import { CHOSEN, type Incident, incidentName } from '#model/incident/incident.ts';
import { isNeedToKnow, mayChange } from '#model/incident/need-to-know.ts';
import { plainFromMrkdwn, truncate } from '#present/slack/text.ts';
import { shownLines } from '#present/words/plain-text.ts';
import { dropAlertNote, isAlertNote, keepAlertNote } from '#record/alert-notes.ts';
import { alertIdsAt, hasAlerts } from '#record/alerts.ts';
import { filesOf, noteDeleted } from '#record/entry-files.ts';
import {
  incidentDeclaredFrom,
  incidentInChannel,
  incidentsShowing,
  lastResolvedIn,
  openIncidents,
} from '#record/find-incidents.ts';
import { findInvestigation } from '#record/investigations.ts';
import { type JobHandler, type Jobs, type KnownJob, NotYetError } from '#record/jobs.ts';
import { mergedInChannel } from '#record/merges.ts';
import { messageAt, post } from '#record/outbox.ts';
import type { Reader, Store, Tx } from '#record/store.ts';
import { addEntry, editEntry, entryWithKey, removeEntry, type StoredEntry } from '#record/timeline.ts';
import { incidentOfThread, OVERVIEW_OF } from '#workflows/incidents/incident-thread.ts';
import type { IncidentParts, MayRead } from '#workflows/incidents/on-incident.ts';
import { refreshOverview } from '#workflows/incidents/show-overview.ts';
import { takeFiles } from '#workflows/messages/keep-files.ts';
import { draftAnew } from '#workflows/postmortem/draft-postmortem.ts';
import { circleWith, takeBack } from '#workflows/rights/circle.ts';

export const FOLLOW_MESSAGE = 'incident-message';

/** The reaction that adds a message to the timeline: 📌 */
export const MARK = 'pushpin';

export type WhatHappened = 'marked' | 'unmarked' | 'pinned' | 'unpinned' | 'changed' | 'deleted';

export type NoticeRequest = Readonly<{
  inboxId: string;
  workspaceId: string;
  channelId: string;
  ts: string;
  what: WhatHappened;
  /** The person who did it. */
  userId: string;
}>;

export type NoticeMessage = (request: NoticeRequest) => Promise<void>;

/** Only events that may concern an incident become jobs: most messages of a workspace do not. */
export function messageNoticer({ store, jobs, kick }: IncidentParts): NoticeMessage {
  return async (request) => {
    const { workspaceId, channelId, ts, what } = request;
    const stored = await store.transaction(async (tx) => {
      const begins = what === 'marked' || what === 'pinned';
      await tx.lock(lockOf(request));
      const concerned = begins
        ? [...(await workedOnIn(tx, request)), ...(await overSince(tx, request))]
        : await incidentsShowing(tx, { workspaceId, channelId, key: keyOf({ channelId, ts }) });
      const mayMatter =
        concerned.length > 0 || (await mayConcernAlert(tx, request)) || (await isFollowed(tx, jobs, request));
      if (!mayMatter) return false;
      await addFollowing(tx, jobs, request);
      return true;
    });
    if (stored) kick();
  };
}

type NoticedMessage = Pick<NoticeRequest, 'workspaceId' | 'channelId' | 'ts'>;

function lockOf({ workspaceId, channelId, ts }: NoticedMessage) {
  return `message/${workspaceId}/${channelId}/${ts}` as const;
}

/** The key says what happened and who did it, because a job that is done keeps no payload. */
function jobKeyOf({ what, userId, inboxId, ...message }: NoticeRequest): string {
  return `${keyOf(message)}/${what}/${userId}/${inboxId}`;
}

async function addFollowing(tx: Tx, jobs: Jobs, request: NoticeRequest): Promise<void> {
  const { workspaceId } = request;
  await jobs.addJob(tx, { kind: FOLLOW_MESSAGE, workspaceId, key: jobKeyOf(request), payload: request });
}

/** The jobs about the message, the oldest first. */
async function jobsAbout(reader: Reader, jobs: Jobs, message: NoticedMessage): Promise<readonly KnownJob[]> {
  const { workspaceId } = message;
  return await jobs.keysOf(reader, { kind: FOLLOW_MESSAGE, workspaceId, prefix: `${keyOf(message)}/` });
}

/** What takes the event back: a later removal of the same mark or pin, or a deletion. Else what happened itself. */
function inTheEnd(notice: NoticeRequest, known: readonly KnownJob[]): WhatHappened {
  const { what, userId } = notice;
  const own = known.findIndex(({ key }) => key === jobKeyOf(notice));
  const later = known.slice(own + 1).map(({ key }) => key.slice(keyOf(notice).length + 1).split('/'));
  const takenBack = later.some(([then, by]) => {
    const isOwnMark = what === 'marked' && then === 'unmarked' && by === userId;
    return isOwnMark || (what === 'pinned' && then === 'unpinned') || then === 'deleted';
  });
  return takenBack ? 'deleted' : what;
}

/** Whether a job may be about to add it: then its removal matters, although no timeline has the message yet. */
async function isFollowed(tx: Tx, jobs: Jobs, message: NoticedMessage): Promise<boolean> {
  return (await jobsAbout(tx, jobs, message)).some(({ isOver }) => !isOver);
}

/** Before an incident: a message may be marked in the thread of an alert, and is kept for the incident. */
async function mayConcernAlert(tx: Tx, { workspaceId, channelId, ts, what }: NoticeRequest): Promise<boolean> {
  if (what === 'marked' || what === 'pinned') return await hasAlerts(tx, { workspaceId, channelId });
  return await isAlertNote(tx, { workspaceId, key: keyOf({ channelId, ts }) });
}

/** The current state of a message in Slack. */
export type Seen =
  | Readonly<{
      kind: 'seen';
      text: string;
      files: readonly SaidFile[];
      userId: string;
      threadTs: string | undefined;
      link: string;
      /** Undefined if Slack does not say. */
      marked: boolean | undefined;
      pinned: boolean | undefined;
    }>
  | Readonly<{ kind: 'gone' }>
  | Readonly<{ kind: 'unreadable' }>;

export type FollowOptions = Readonly<{
  store: Store;
  jobs: Jobs;
  look(place: Readonly<{ channelId: string; ts: string }>, emoji: string): Promise<Seen>;
  mayRead: MayRead;
  kick(): void;
}>;

export function followMessage({ store, jobs, look, mayRead, kick }: FollowOptions): JobHandler {
  return async (job) => {
    const notice = job.payload as NoticeRequest;
    const { workspaceId, channelId, ts } = notice;
    if (job.key !== jobKeyOf(notice)) {
      // An older version queued it under another key, which a removal of the mark does not find.
      await store.transaction((tx) => addFollowing(tx, jobs, notice));
      return kick();
    }
    // The bot pins its own overview: that is not an entry.
    if ((await messageAt(store, { workspaceId, channelId, ts }))?.endsWith(OVERVIEW_OF(''))) return;
    if (!(await isPermitted(mayRead, notice))) return;
    const before = await jobsAbout(store, jobs, notice);
    const seen = await look({ channelId, ts }, MARK);

    await store.transaction(async (tx) => {
      await tx.lock(lockOf(notice));
      const known = await jobsAbout(tx, jobs, notice);
      if (known.length > before.length) throw new NotYetError('the message changed meanwhile', tx.nowUs);
      const happened = { ...notice, what: inTheEnd(notice, known) };
      const changed = await bringUpToDate(tx, jobs, { notice: happened, seen });
      for (const incident of changed) {
        await refreshOverview(tx, jobs, { incident, key: notice.inboxId });
        await draftAnew(tx, jobs, { incident, key: `${incident.id}/${notice.inboxId}` });
      }
    });
    kick();
  };
}

/** An edit or a deletion adds nothing: somebody who may has chosen the message. */
const CHOOSES: ReadonlySet<WhatHappened> = new Set(['marked', 'unmarked', 'pinned', 'unpinned']);

/** A guest's mark writes no more than a guest's command. Throws if Slack did not say, so that the job asks again. */
async function isPermitted(mayRead: MayRead, notice: NoticeRequest): Promise<boolean> {
  const { what, userId, workspaceId, channelId } = notice;
  if (!CHOOSES.has(what)) return true;
  const permitted = await mayRead({ userId, workspaceId, channelId }, channelId);
  if (permitted === undefined) throw new Error('Slack did not say whether this person may change the timeline');
  return permitted;
}

async function bringUpToDate(
  tx: Tx,
  jobs: Jobs,
  { notice, seen }: Readonly<{ notice: NoticeRequest; seen: Seen }>,
): Promise<readonly Incident[]> {
  const { workspaceId, channelId, userId, inboxId: turn } = notice;
  const files = seen.kind === 'seen' ? seen.files : [];
  const key = keyOf(notice);
  const showing = await incidentsShowing(tx, { workspaceId, channelId, key });
  const isChosen = notice.what === 'changed' && seen.kind !== 'gone' && (await hasChosen(tx, showing, key));
  const staysHidden = seen.kind !== 'gone' && (await isHidden(tx, showing, key));
  if (!isChosen && !staysHidden && !isWanted(notice, seen)) {
    await dropAlertNote(tx, { workspaceId, key });
    for (const { id } of showing) await takeOut(tx, { incidentId: id, key, by: userId }, seen);
    return showing;
  }
  if (showing.length > 0) {
    if (seen.kind !== 'seen') return [];
    for (const incident of showing) {
      await editEntry(tx, { incidentId: incident.id, key, text: textOf(seen), by: seen.userId || userId });
      await takeFiles(tx, jobs, incident, { key, files, turn });
    }
    return showing;
  }
  const incident = await incidentOf(tx, notice, seen);
  if (incident === undefined) {
    await keepForIncident(tx, notice, seen);
    return [];
  }
  const entry = entryOf(notice, seen);
  await addEntry(tx, { incidentId: incident.id, ...entry });
  // A message that returns may have been edited in the meantime.
  await editEntry(tx, { incidentId: incident.id, key, text: entry.text, by: entry.source });
  await takeFiles(tx, jobs, incident, { key, files, turn });
  return [incident];
}

/** After a deletion the copies of its files stay, and so does the entry that names them. */
async function takeOut(tx: Tx, entry: Parameters<typeof removeEntry>[1], seen: Seen): Promise<void> {
  if (seen.kind === 'gone' && (await deletedWithCopies(tx, entry.incidentId, entry.key))) return;
  await removeEntry(tx, entry);
}

/** False if there is no copy of a file of this message. */
async function deletedWithCopies(tx: Tx, incidentId: string, key: string): Promise<boolean> {
  const files = (await filesOf(tx, incidentId)).filter(({ entryKey }) => entryKey === key);
  if (!files.some(({ state }) => state === 'kept')) return false;
  await noteDeleted(tx, files);
  return true;
}

/** Nobody needs to mark what somebody has chosen: an edit leaves it in the timeline. */
async function hasChosen(tx: Tx, showing: readonly Incident[], key: string): Promise<boolean> {
  return await someEntry(tx, showing, key, ({ value }) => value === CHOSEN);
}

/** Only some people read it: a mark in Slack, which anybody sets and removes, does not withdraw it. */
async function isHidden(tx: Tx, showing: readonly Incident[], key: string): Promise<boolean> {
  return await someEntry(tx, showing, key, isNeedToKnow);
}

async function someEntry(
  tx: Tx,
  showing: readonly Incident[],
  key: string,
  is: (entry: StoredEntry) => boolean,
): Promise<boolean> {
  const entries = await Promise.all(showing.map(({ id }) => entryWithKey(tx, id, key)));
  return entries.some((entry) => entry !== undefined && is(entry));
}

/** A message in the thread of an alert without an incident: an incident that is declared from it takes the message. */
async function keepForIncident(tx: Tx, notice: NoticeRequest, seen: Seen): Promise<void> {
  const { workspaceId, channelId, ts } = notice;
  const threadTs = seen.kind === 'seen' ? seen.threadTs : undefined;
  if (threadTs === undefined || threadTs === ts) return;
  const alertId = await alertOfThread(tx, { workspaceId, channelId, threadTs });
  if (alertId === undefined || seen.kind !== 'seen') return;
  await keepAlertNote(tx, { alertId, workspaceId, channelId, ...entryOf(notice, namingFiles(seen)) });
}

/** Outside of a timeline its files have no rows: then the text names them. */
export function namingFiles<Message extends Pick<ChosenMessage, 'files'>>(message: Message): Message {
  return { ...message, files: message.files.map((file) => ({ ...file, id: '' })) };
}

/** Messages that people marked before there was an incident: their files are fetched for it. `keys`: of their entries. */
export async function followMarked(
  tx: Tx,
  jobs: Jobs,
  { keys, by }: Readonly<{ keys: readonly string[]; by: Pick<NoticeRequest, 'inboxId' | 'workspaceId' | 'userId'> }>,
): Promise<void> {
  for (const key of keys) {
    const [kind, channelId = '', ts = ''] = key.split(':');
    if (kind !== 'message') continue;
    await addFollowing(tx, jobs, { ...by, inboxId: `${by.inboxId}/${ts}`, channelId, ts, what: 'changed' });
  }
}

/** The alert whose message began the thread, or whose answer did. */
async function alertOfThread(
  tx: Tx,
  { workspaceId, channelId, threadTs }: Readonly<{ workspaceId: string; channelId: string; threadTs: string }>,
): Promise<string | undefined> {
  const [posted] = await alertIdsAt(tx, { workspaceId, channelId, messageTs: threadTs });
  if (posted !== undefined) return posted;
  const answer = await messageAt(tx, { workspaceId, channelId, ts: threadTs });
  if (answer === undefined) return undefined;
  return (await findInvestigation(tx, { workspaceId, id: answer }))?.alertId;
}

/** What Slack does not return is taken from the event. */
function isWanted({ what }: NoticeRequest, seen: Seen): boolean {
  if (seen.kind === 'gone') return false;
  const unsaid = what === 'changed' ? true : undefined;
  const marked = (seen.kind === 'seen' ? seen.marked : undefined) ?? unsaid ?? what === 'marked';
  const pinned = (seen.kind === 'seen' ? seen.pinned : undefined) ?? unsaid ?? what === 'pinned';
  return marked || pinned;
}

/** The incident of its thread, else the only one of the channel. If it is ambiguous, the bot asks people. */
async function incidentOf(tx: Tx, notice: NoticeRequest, seen: Seen): Promise<Incident | undefined> {
  const { workspaceId, channelId, ts } = notice;
  const threadTs = (seen.kind === 'seen' ? seen.threadTs : undefined) ?? ts;
  const open = await workedOnIn(tx, { workspaceId, channelId });
  const ofOverview = await incidentOfThread(tx, { workspaceId, channelId, threadTs });
  const incident =
    open.find(({ id }) => id === ofOverview) ??
    (await incidentInChannel(tx, { workspaceId, channelId, threadTs })) ??
    (open.length === 1 ? open[0] : undefined);
  if (incident !== undefined) return incident;
  if (open.length === 0) return await overIncidentOf(tx, notice, threadTs);
  const names = open.map(incidentName).sort();
  await post(tx, {
    messageId: `${keyOf(notice)}/which`,
    workspaceId,
    channelId,
    threadTs,
    message: {
      text: `${names.join(' and ')} are open here, so I did not note this message. Add it to the right one with \`/incident ${names[0]} note …\`.`,
    },
  });
  return undefined;
}

/** The open incidents of the channel; without one, the newest that is merged into an open incident. */
async function workedOnIn(
  tx: Tx,
  place: Readonly<{ workspaceId: string; channelId: string }>,
): Promise<readonly Incident[]> {
  const open = await openIncidents(tx, place);
  if (open.length > 0) return open;
  const merged = await mergedInChannel(tx, place);
  return merged === undefined ? [] : [merged.incident];
}

/** The incident of the channel that ended last, within the last day: people still mark what belongs to it. */
async function overSince(
  tx: Tx,
  place: Readonly<{ workspaceId: string; channelId: string }>,
): Promise<readonly Incident[]> {
  const last = await lastResolvedIn(tx, place);
  return last?.resolvedUs !== undefined && tx.nowUs - last.resolvedUs < DAY_US ? [last] : [];
}

/** What is said under an alert that has no incident yet, or another one, does not belong to one that is over. */
async function overIncidentOf(
  tx: Tx,
  { workspaceId, channelId }: NoticedMessage,
  threadTs: string,
): Promise<Incident | undefined> {
  const [last] = await overSince(tx, { workspaceId, channelId });
  if (last === undefined) return undefined;
  const alertId = await alertOfThread(tx, { workspaceId, channelId, threadTs });
  return alertId === undefined || (await incidentDeclaredFrom(tx, { alertId }))?.id === last.id ? last : undefined;
}

/** A message that somebody chose for a timeline, without a mark in Slack. */
export type ChosenMessage = Readonly<{
  channelId: string;
  ts: string;
  threadTs?: string | undefined;
  text: string;
  files: readonly SaidFile[];
  /** '' for an app without a user. */
  userId: string;
}>;

/**
 * Adds a message that somebody chose, with its files. False if the timeline has it. `link`: '' if Slack gives none.
 * `readers`: those who read it, beside its author, the commander, and whoever adds it; undefined for everybody.
 */
export async function addChosenEntry(
  tx: Tx,
  jobs: Jobs,
  incident: Incident,
  {
    message,
    link,
    readers,
    by,
  }: Readonly<{
    message: ChosenMessage;
    link: string;
    readers?: readonly string[] | undefined;
    by: Pick<NoticeRequest, 'inboxId' | 'userId'>;
  }>,
): Promise<boolean> {
  const entry = entryOfChosen(message, link, by.userId);
  const { key } = entry;
  const { userId } = by;
  // Another incident of the same alert would show it to everybody.
  if (readers !== undefined) await dropAlertNote(tx, { workspaceId: incident.workspaceId, key });
  const value = readers === undefined ? entry.value : circleWith(entry, { people: readers, by: userId });
  const isNew = await addEntry(tx, { incidentId: incident.id, ...entry, value });
  if (!isNew) return readers !== undefined && (await narrow(tx, incident, key, { readers, userId }));
  // One that was withdrawn comes back as the message is now.
  await editEntry(tx, { incidentId: incident.id, key, text: entry.text, by: entry.source });
  if (readers !== undefined) await narrow(tx, incident, key, { readers, userId });
  await takeFiles(tx, jobs, incident, { key, files: message.files, turn: by.inboxId });
  return true;
}

/** From now on only these people read it. False if they do already, or this person may not change that. */
export async function narrow(
  tx: Tx,
  incident: Incident,
  key: string,
  { readers: people, userId: by }: Readonly<{ readers: readonly string[]; userId: string }>,
): Promise<boolean> {
  const entry = await entryWithKey(tx, incident.id, key);
  if (entry === undefined || (isNeedToKnow(entry) && !mayChange(by, incident, entry))) return false;
  if (!isNeedToKnow(entry)) await takeBack(tx, incident, entry);
  return await editEntry(tx, { incidentId: incident.id, key, circle: circleWith(entry, { people, by }), by });
}

/** `link`: its permalink; '' if Slack gives none. `by`: who chose it. */
export function entryOfChosen(message: ChosenMessage, link: string, by: string) {
  const { channelId, ts, userId } = message;
  return {
    key: keyOf({ channelId, ts }),
    atUs: instantOf(ts),
    kind: kindOf(message),
    text: textOf(message),
    link,
    source: userId || by,
    value: CHOSEN,
  };
}

function entryOf(notice: NoticeRequest, seen: Seen) {
  const shownAs = seen.kind === 'seen' ? { text: textOf(seen), link: seen.link, source: seen.userId } : UNREADABLE;
  return {
    key: keyOf(notice),
    atUs: instantOf(notice.ts),
    kind: seen.kind === 'seen' ? kindOf(seen) : ('message' as const),
    text: shownAs.text,
    link: shownAs.link,
    source: shownAs.source || notice.userId,
  };
}

const UNREADABLE = { text: 'A message that I may not read', link: '', source: '' };

/** Keeps the timeline short; the link leads to the full message. */
const TEXT_CHARS = 1_000;

function kindOf({ files }: Pick<ChosenMessage, 'files'>): 'image' | 'message' {
  return files.some(isPicture) ? 'image' : 'message';
}

/** The files with an id have rows of their own, and the timeline adds them to the text. */
function textOf({ text, files }: Pick<ChosenMessage, 'text' | 'files'>): string {
  const said = shownLines(plainFromMrkdwn(text)).trim();
  const named = files.filter(({ id }) => id === '').map(({ name }) => shownLines(name));
  const whole = [said, named.length === 0 ? '' : `[${named.join(', ')}]`].filter((part) => part !== '').join(' ');
  return whole === '' && files.length === 0 ? 'A message without text' : truncate(whole, TEXT_CHARS);
}

/** A message's id in Slack is its time in seconds with six decimals. */
function instantOf(ts: string): number {
  const [seconds = '0', micros = '0'] = ts.split('.');
  return Number(seconds) * 1_000_000 + Number(micros.slice(0, 6));
}

export function keyOf({ channelId, ts }: Readonly<{ channelId: string; ts: string }>): string {
  return `message:${channelId}:${ts}`;
}
