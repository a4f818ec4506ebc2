/**
 * The channel that an incident has for itself. One job brings it to what the record says, so that it may run twice, and
 * go on where a process died. Slack has no key for a creation: the name is stored before the call, and a second run first
 * looks for a channel with this name that the bot itself created since then.
 *
 *   wanted ──► who reads the first channel? ──► name stored ──► created ──► [ open · line in the first channel · overview ]
 *                                                  ▲   │ taken: the next name
 *                                                  └───┘ answer lost: the next run finds it, or creates it
 *   open ──► still usable, still for the same readers? ──► topic ──► invitations ──► over: archive job ──► bookmarks
 */
import { DAY_US, MINUTE_US } from '#core/time-units.ts';
import { channelName, channelValue, otherName } from '#model/incident/channel-name.ts';
import { type Incident, isOver, SEVERITIES, type Severity, type TimelineEntry } from '#model/incident/incident.ts';
import { MERGE_VALUE } from '#model/incident/incident-link.ts';
import { isGroup, pagesOf } from '#model/incident/page.ts';
import type { UserGroup } from '#model/incident/rights.ts';
import {
  channelClosed,
  channelNotArchived,
  channelOpened,
  channelRefused,
  channelTopic,
  FIRST_UNSEEN,
  NAMES_TAKEN,
  type NotInvited,
  notInvited,
  PAST_ITS_TIME,
} from '#present/slack/channel-messages.ts';
import { pageNotes } from '#present/slack/page-messages.ts';
import { findIncident } from '#record/find-incidents.ts';
import {
  channelOf,
  closeChannel,
  type IncidentChannel,
  isChannelTaken,
  noteInvited,
  noteTopic,
  openChannel,
  openChannelOf,
  refuseChannel,
  tryName,
  wantChannel,
} from '#record/incident-channels.ts';
import type { Job, JobHandler, Jobs } from '#record/jobs.ts';
import { type Message, messageIdsWith, post } from '#record/outbox.ts';
import type { Reader, Store, Tx } from '#record/store.ts';
import { addEntry, timelineOf } from '#record/timeline.ts';
import { type ChannelBookmarks, keepBookmarks } from '#workflows/channels/keep-bookmarks.ts';
import { firstThreadOf } from '#workflows/incidents/incident-thread.ts';
import type { LeaveOpenChannel, MayRead } from '#workflows/incidents/on-incident.ts';
import { type Directory, KEEP_CHANNEL, refreshOverview } from '#workflows/incidents/show-overview.ts';
import { onCallForCause, whoMay } from '#workflows/pagers/page-next.ts';
import { everybodyOnCall, type OnCallDesk } from '#workflows/pagers/who-is-on-call.ts';

export const ARCHIVE_CHANNEL = 'incident-channel-archive';

export type ChannelSettings = Readonly<{
  /** An incident of these severities gets a channel by itself. */
  severities: readonly Severity[];
  /** `inc-{number}-{title}` */
  name: string;
  /** So many days after the end, the channel is archived; 0 is never. */
  archiveDays: number;
  /** People and user groups who are invited at this severity, and at each graver one. */
  invite: readonly Readonly<{ severity: Severity; who: string }>[];
}>;

export type KeepChannelOptions = Readonly<{
  store: Store;
  jobs: Jobs;
  directory: Pick<Directory, 'person' | 'permalink'>;
  mayRead: MayRead;
  channels: Readonly<{
    create(
      channel: Readonly<{ name: string; isPrivate: boolean }>,
    ): Promise<
      Readonly<{ kind: 'created'; channelId: string } | { kind: 'taken' } | { kind: 'refused'; reason: string }>
    >;
    findOwn(channel: Readonly<{ name: string; isPrivate: boolean; sinceUs: number }>): Promise<string | undefined>;
    /** Slack's code if it refuses; '' otherwise. */
    setTopic(channelId: string, topic: string): Promise<string>;
    invite(channelId: string, userId: string): Promise<string>;
    archive(channelId: string): Promise<string>;
  }> &
    ChannelBookmarks;
  /** Undefined if Slack did not say. */
  readersOf(
    channelId: string,
  ): Promise<'workspace' | 'members' | 'another company' | 'archived' | 'unseen' | undefined>;
  settings: ChannelSettings;
  /** `payments-team=U012ABC`: who is on call for a team or a service. */
  onCall: readonly string[];
  desk: OnCallDesk;
  findGroup(named: string): Promise<UserGroup>;
  kick(): void;
}>;

type KeepRequest = Readonly<{ incidentId: string }>;
type ArchiveRequest = Readonly<{ incidentId: string; endedUs: number }>;

/** Somebody else may have the name; five names of one number are no accident. */
const MOST_NAMES = 5;
/** Minutes, with the pauses between the runs. */
const PATIENT_RUNS = 5;
/** Nobody changes an incident faster than Slack answers for long. */
const MOST_TOPICS = 5;
/** Slack's clock differs from ours; it refuses clocks with an error of five minutes. */
const CLOCK_SLACK_US = 600_000_000;

/** For a severity that the settings name. */
export async function channelFromNow(
  tx: Tx,
  jobs: Jobs,
  incident: Incident,
  { channel, key }: Readonly<{ channel: ChannelSettings; key: string }>,
): Promise<void> {
  if (channel.severities.includes(incident.severity)) await askForChannel(tx, jobs, incident, key);
}

/** Stored with the change that causes it. False if the incident has or wants a channel already. */
export async function askForChannel(tx: Tx, jobs: Jobs, incident: Incident, key: string): Promise<boolean> {
  const { id, workspaceId } = incident;
  if (!(await wantChannel(tx, incident))) return false;
  await jobs.addJob(tx, { kind: KEEP_CHANNEL, workspaceId, key: `${id}/wanted/${key}`, payload: { incidentId: id } });
  return true;
}

export function keepChannel(options: KeepChannelOptions): JobHandler {
  const { store, kick } = options;
  return async (job, signal) => {
    const { incidentId } = job.payload as KeepRequest;
    const incident = await findIncident(store, { workspaceId: job.workspaceId, id: incidentId });
    const known = await channelOf(store, incidentId);
    if (incident === undefined || known === undefined) return;
    // Once it is open, the job of its overview brings the rest.
    if (known.state === 'wanted') await open(options, job, incident, known);
    else if (known.state === 'open' && known.channelId !== undefined) {
      await keep(options, job, incident, { channelId: known.channelId, signal });
    }
    kick();
  };
}

async function open(options: KeepChannelOptions, job: Job, incident: Incident, known: IncidentChannel): Promise<void> {
  const first = await saidBySlack(options.readersOf(incident.channelId));
  if (known.channelId !== undefined) return await openAgain(options, job, incident, known.channelId);
  if (first === 'unseen') return await refuse(options, job, incident, { reason: FIRST_UNSEEN, name: '' });
  const made = await create(options, job, incident, known, first !== 'workspace');
  if ('reason' in made) return await refuse(options, job, incident, made);
  await opened(options, job, incident, made.channelId);
}

/** The channel of before, if it can be used again. */
async function openAgain(options: KeepChannelOptions, job: Job, incident: Incident, channelId: string): Promise<void> {
  const unusable = await whyUnusable(options, incident, channelId);
  if (unusable === '') await opened(options, job, incident, channelId);
  else await close(options, incident, { key: job.id, reason: unusable });
}

/** The id of the new channel; or Slack's refusal, with the name that it refused. */
async function create(
  { store, channels, settings }: KeepChannelOptions,
  { attempt: run }: Job,
  incident: Incident,
  { name: tried, askedUs, triedUs }: IncidentChannel,
  isPrivate: boolean,
): Promise<Readonly<{ channelId: string } | { reason: string; name: string }>> {
  const wanted = channelName(settings.name, incident);
  const sinceUs = askedUs - CLOCK_SLACK_US;
  const ours = async (name: string) => {
    const channelId = await channels.findOwn({ name, isPrivate, sinceUs });
    if (channelId === undefined || (await isChannelTaken(store, channelId, incident.id))) return undefined;
    return { channelId };
  };
  const found = triedUs === undefined ? undefined : await ours(tried);
  if (found !== undefined) return found;

  let name = wanted;
  for (let attempt = 1; attempt <= MOST_NAMES; attempt += 1) {
    name = otherName(wanted, attempt);
    await store.transaction((tx) => tryName(tx, incident.id, name));
    const made = await channels.create({ name, isPrivate });
    if (made.kind === 'created') return made;
    if (made.kind === 'refused') return { reason: made.reason, name };
    if (name !== tried) continue;
    // Slack's list of our channels may be behind its creations.
    const late = await ours(name);
    if (late !== undefined) return late;
    if (run <= PATIENT_RUNS) throw new Error('the channel may be there, but Slack does not list it yet');
  }
  return { reason: NAMES_TAKEN, name };
}

async function opened(
  { store, jobs }: KeepChannelOptions,
  job: Job,
  incident: Incident,
  channelId: string,
): Promise<void> {
  const { id, workspaceId } = incident;
  await store.transaction(async (tx) => {
    await tx.lock(`incident/${id}`);
    if ((await channelOf(tx, id))?.state !== 'wanted') return;
    await openChannel(tx, id, channelId);
    await addEntry(tx, {
      incidentId: id,
      key: `channel:${channelId}:${job.id}`,
      atUs: tx.nowUs,
      kind: 'message',
      text: 'A channel of its own was opened',
      source: 'spanhound',
      link: '',
      value: channelValue(channelId),
    });
    const message = { ...channelOpened(incident, { channelId, atUs: tx.nowUs }), isBroadcast: true };
    const first = await firstThreadOf(tx, incident);
    await post(tx, { messageId: `${id}/channel/${job.id}`, workspaceId, ...first, message });
    await refreshOverview(tx, jobs, { incident, key: `channel/${job.id}` });
  });
}

async function refuse(
  { store }: KeepChannelOptions,
  job: Job,
  incident: Incident,
  refused: Readonly<{ reason: string; name: string }>,
): Promise<void> {
  await store.transaction(async (tx) => {
    await tx.lock(`incident/${incident.id}`);
    if ((await channelOf(tx, incident.id))?.state !== 'wanted') return;
    await refuseChannel(tx, incident.id, refused.reason);
    await sayFirst(tx, job.id, incident, channelRefused(incident, refused));
  });
}

/** People go on in the first channel. */
async function close(
  { store, jobs }: Pick<KeepChannelOptions, 'store' | 'jobs'>,
  incident: Incident,
  { key, reason }: Readonly<{ key: string; reason: string }>,
): Promise<void> {
  await store.transaction(async (tx) => {
    await tx.lock(`incident/${incident.id}`);
    const known = await channelOf(tx, incident.id);
    if (known?.state !== 'open' && known?.state !== 'wanted') return;
    await closeChannel(tx, incident.id, reason);
    await sayFirst(tx, key, incident, channelClosed(incident, reason));
    await refreshOverview(tx, jobs, { incident, key: `channel/${key}` });
  });
}

async function sayFirst(tx: Tx, key: string, incident: Incident, message: Message): Promise<void> {
  const { id, workspaceId } = incident;
  const first = await firstThreadOf(tx, incident);
  await post(tx, { messageId: `${id}/channel/${key}/${tx.nowUs}`, workspaceId, ...first, message });
}

async function keep(
  options: KeepChannelOptions,
  job: Job,
  incident: Incident,
  { channelId, signal }: Readonly<{ channelId: string; signal: AbortSignal }>,
): Promise<void> {
  const unusable = await whyUnusable(options, incident, channelId);
  if (unusable !== '') return await close(options, incident, { key: job.id, reason: unusable });
  await keepTopic(options, incident, channelId);
  await invite(options, incident, { channelId, signal });
  await planArchive(options, incident);
  await keepBookmarks(options, incident, channelId);
}

/** Looks again after each call: two changes at once are two runs, and the later topic has to stay. */
async function keepTopic({ store, channels }: KeepChannelOptions, { id, workspaceId }: Incident, channelId: string) {
  for (let turn = 0; turn < MOST_TOPICS; turn += 1) {
    const now = await findIncident(store, { workspaceId, id });
    if (now === undefined) return;
    const topic = channelTopic(now);
    if ((await channelOf(store, id))?.topic === topic) return;
    // If Slack refuses it, the channel is as useful: the overview stands in it.
    await channels.setTopic(channelId, topic);
    await store.transaction((tx) => noteTopic(tx, id, topic));
  }
}

/**
 * Closes the channel where people read now who may not see the incident, before the next words go there. If Slack does not
 * say who reads it, the job of the overview asks again.
 */
export function openChannelLeaver({
  store,
  jobs,
  readersOf,
  kick,
}: Pick<KeepChannelOptions, 'store' | 'jobs' | 'readersOf' | 'kick'>): LeaveOpenChannel {
  return async (incident) => {
    const channelId = await openChannelOf(store, incident.id);
    if (channelId === undefined) return;
    const [own, first] = await Promise.all([readersOf(channelId), readersOf(incident.channelId)]);
    const isOpen = own === 'another company' || (own === 'workspace' && first !== 'workspace' && first !== undefined);
    if (!isOpen) return;
    await close({ store, jobs }, incident, { key: `left/${channelId}`, reason: own });
    kick();
  };
}

/** '' for a channel that can be used, and in which nobody reads who may not see the incident. */
async function whyUnusable(
  { readersOf }: KeepChannelOptions,
  { channelId: firstId }: Incident,
  channelId: string,
): Promise<string> {
  const readers = await saidBySlack(readersOf(channelId));
  if (readers === 'members') return '';
  if (readers !== 'workspace') return readers;
  return (await saidBySlack(readersOf(firstId))) === 'workspace' ? '' : readers;
}

/** Throws if Slack did not say, so that the job asks again. */
async function saidBySlack<T>(asked: Promise<T | undefined>): Promise<T> {
  const said = await asked;
  if (said === undefined) throw new Error('Slack did not say who may read the channel of the incident');
  return said;
}

/**
 * Who declared it, who took a role, who was called, who is on call, whom the settings name for its severity; each once.
 * Only people who may see the incident.
 */
async function invite(
  options: KeepChannelOptions,
  incident: Incident,
  { channelId, signal }: Readonly<{ channelId: string; signal: AbortSignal }>,
): Promise<void> {
  const { store, channels, directory } = options;
  const { id, workspaceId } = incident;
  const untilUs = await store.nowUs();
  const sinceUs = (await channelOf(store, id))?.invitedUs ?? 0;
  // An entry may be committed after a run that began later: whoever was asked already is asked once more.
  const { people, notes } = await whoIsNew(options, incident, Math.max(0, sinceUs - OVERLAP_US), signal);
  const { persons, refused } = await withMembers(options, people);
  const permitted = await saidBySlack(whoMay(options, incident, persons));
  for (const who of permitted) {
    const reason = await channels.invite(channelId, who);
    if (reason !== '') refused.set(who, { who: (await directory.person(who))?.name ?? who, reason });
  }
  await store.transaction(async (tx) => {
    await noteInvited(tx, id, untilUs);
    if (notes.length > 0) {
      const message = pageNotes({ incident, notes });
      await post(tx, { messageId: `${id}/channel/on-call-notes`, workspaceId, channelId, message });
    }
    // Two runs ask for the same people, who are named once.
    const prefix = `${id}/channel/not-invited/`;
    const named = new Set((await messageIdsWith(tx, prefix)).flatMap((known) => known.slice(prefix.length).split(',')));
    const fresh = [...refused.keys()].filter((who) => !named.has(who)).sort();
    if (fresh.length === 0) return;
    const message = notInvited(
      incident,
      fresh.flatMap((who) => refused.get(who) ?? []),
    );
    await post(tx, { messageId: `${prefix}${fresh.join()}`, workspaceId, channelId, message });
  });
}

const OVERLAP_US = MINUTE_US;

/** More people than this do not work on one incident. */
const MOST_OF_GROUP = 30;

/** The people of user groups in their place; and the groups whose people are unknown or too many. */
async function withMembers(
  { findGroup }: KeepChannelOptions,
  people: readonly string[],
): Promise<Readonly<{ persons: readonly string[]; refused: Map<string, NotInvited> }>> {
  const persons = new Set<string>();
  const refused = new Map<string, NotInvited>();
  for (const who of people) {
    if (!isGroup(who)) persons.add(who);
    else {
      const group = await findGroup(who);
      if (group.kind === 'known' && group.members.size <= MOST_OF_GROUP)
        for (const one of group.members) persons.add(one);
      else refused.set(who, notOfGroup(who, group));
    }
  }
  return { persons: [...persons], refused };
}

function notOfGroup(id: string, group: UserGroup): NotInvited {
  const who = 'handle' in group ? `@${group.handle}` : id;
  return {
    who,
    reason: group.kind === 'known' ? 'a large group' : group.kind === 'unknown' ? 'an unread group' : 'no group',
  };
}

async function whoIsNew(
  { store, onCall, desk, settings }: KeepChannelOptions,
  incident: Incident,
  sinceUs: number,
  signal: AbortSignal,
): Promise<Readonly<{ people: readonly string[]; notes: readonly string[] }>> {
  const entries = await timelineOf(store, incident.id);
  const people = peopleSince(entries, sinceUs);
  // Their incident goes on here: all of them are new.
  for (const merged of entries.filter(({ notedUs, value }) => notedUs > sinceUs && value.startsWith(MERGE_VALUE))) {
    const id = merged.value.slice(MERGE_VALUE.length);
    const other = await findIncident(store, { workspaceId: incident.workspaceId, id });
    if (other !== undefined) people.push(other.declaredBy, ...peopleSince(await timelineOf(store, id), 0));
  }
  const isRegraded = entries.some(({ kind, notedUs }) => kind === 'severity' && notedUs > sinceUs);
  if (sinceUs === 0 || isRegraded) people.push(...invitedAt(settings.invite, incident.severity));
  // Another answer may blame another service, which has an owner of its own.
  const isDiagnosed = entries.some(({ kind, notedUs }) => kind === 'diagnosis' && notedUs > sinceUs);
  if (sinceUs > 0 && !isDiagnosed) return { people: [...new Set(people)], notes: [] };
  const ladder = await everybodyOnCall(desk, await onCallForCause(store, onCall, incident), signal);
  const onCallNow = ladder.people.map(({ who }) => who);
  return { people: [...new Set([incident.declaredBy, ...people, ...onCallNow])], notes: ladder.notes };
}

function invitedAt(invite: ChannelSettings['invite'], severity: Severity): readonly string[] {
  const sameOrMilder = SEVERITIES.slice(SEVERITIES.indexOf(severity));
  return invite.filter((entry) => sameOrMilder.includes(entry.severity)).map(({ who }) => who);
}

/** Who took a role or was called since then. */
function peopleSince(entries: readonly TimelineEntry[], sinceUs: number): string[] {
  const roles = entries
    .filter(({ kind, value, notedUs }) => kind === 'role' && /=./.test(value) && notedUs > sinceUs)
    .map(({ value }) => value.slice(value.indexOf('=') + 1));
  const called = pagesOf(entries).flatMap(({ calls }) =>
    calls.filter(({ atUs }) => atUs > sinceUs).map(({ who }) => who),
  );
  return [...roles, ...called];
}

/** Counted from the note of the end: an end that somebody entered late leaves time to read. */
async function planArchive({ store, jobs, settings }: KeepChannelOptions, incident: Incident): Promise<void> {
  if (settings.archiveDays === 0 || !isOver(incident)) return;
  const endedUs = await endNotedUs(store, incident.id);
  const { id, workspaceId } = incident;
  const payload: ArchiveRequest = { incidentId: id, endedUs };
  const dueUs = endedUs + settings.archiveDays * DAY_US;
  await store.transaction((tx) =>
    jobs.addJob(tx, { kind: ARCHIVE_CHANNEL, workspaceId, key: `${id}/${endedUs}`, payload, dueUs }),
  );
}

/** Does nothing for an incident that was opened again since. */
export function archiveChannel(options: KeepChannelOptions): JobHandler {
  const { store, channels, kick } = options;
  return async (job) => {
    const { incidentId, endedUs } = job.payload as ArchiveRequest;
    const incident = await findIncident(store, { workspaceId: job.workspaceId, id: incidentId });
    const channelId = await openChannelOf(store, incidentId);
    if (incident === undefined || channelId === undefined || !isOver(incident)) return;
    if ((await endNotedUs(store, incidentId)) !== endedUs) return;
    const reason = await channels.archive(channelId);
    if (reason === '') await close(options, incident, { key: job.id, reason: PAST_ITS_TIME });
    else await store.transaction((tx) => sayFirst(tx, job.id, incident, channelNotArchived(incident, reason)));
    kick();
  };
}

async function endNotedUs(reader: Reader, incidentId: string): Promise<number> {
  const entries = await timelineOf(reader, incidentId);
  const steps = entries.filter(({ kind }) => kind === 'status').map(({ notedUs }) => notedUs);
  return Math.max(0, ...steps);
}

/** What Slack did not take there may mean that the channel is gone. Called by the outbox, which learns it first. */
export function afterUndeliveredThere(jobs: Jobs) {
  return async (
    tx: Tx,
    { messageId, workspaceId, state }: Readonly<{ messageId: string; workspaceId: string; state: string }>,
  ) => {
    const incidentId = messageId.slice(0, messageId.indexOf('/'));
    if (state !== 'unreachable' || (await openChannelOf(tx, incidentId)) === undefined) return;
    const payload: KeepRequest = { incidentId };
    await jobs.addJob(tx, { kind: KEEP_CHANNEL, workspaceId, key: `${incidentId}/unreachable/${messageId}`, payload });
  };
}
