/**
 * The job that shows the current overview of an incident: posts and pins it in the channel, then updates it in place.
 * It requests names and links from Slack before it reads the record, so no request waits for them.
 */
import type { Incident, TimelineEntry } from '#model/incident/incident.ts';
import { relatedTo } from '#model/incident/incident-link.ts';
import type { MitigationDesk } from '#model/incident/mitigation.ts';
import type { TeamRole } from '#model/incident/roles.ts';
import { promisedUs } from '#model/incident/status-page.ts';
import type { OwnedService } from '#model/services/owned-service.ts';
import type { Report } from '#present/json/report.ts';
import { incidentSays } from '#present/slack/incident-messages.ts';
import {
  type ForCustomers,
  type OfferedMitigations,
  type Overview,
  overviewMessage,
} from '#present/slack/incident-overview.ts';
import { type Names, peopleIn } from '#present/words/people-names.ts';
import { findAlert } from '#record/alerts.ts';
import { findIncident } from '#record/find-incidents.ts';
import { openChannelOf } from '#record/incident-channels.ts';
import { findInvestigation } from '#record/investigations.ts';
import type { JobHandler, Jobs } from '#record/jobs.ts';
import { mergedIn, mergedInto, type ShowsMerged, wholeTimeline } from '#record/merges.ts';
import { mitigationsOf } from '#record/mitigations.ts';
import { deliveryOf, pin, post, update } from '#record/outbox.ts';
import { standingUpdate, statusUpdatesOf } from '#record/status-updates.ts';
import type { Reader, Store, Tx } from '#record/store.ts';
import { timelineOf } from '#record/timeline.ts';
import type { Zone } from '#utilities/time-zone.ts';
import { showBoard } from '#workflows/hypotheses/show-board.ts';
import { firstThreadOf, OVERVIEW_OF, OWN_OVERVIEW_OF, overviewUrl } from '#workflows/incidents/incident-thread.ts';
import { type MayShowIn, mergesShown } from '#workflows/incidents/merges-shown.ts';
import { lastUpdateUs, nextUpdateUs, type ReminderMinutes } from '#workflows/incidents/remind.ts';
import { offersNow } from '#workflows/mitigations/offers.ts';

export const SHOW_OVERVIEW = 'incident-overview';
/** The job of `keep-channel.ts`. */
export const KEEP_CHANNEL = 'incident-channel';

/** People's names and message links from Slack. */
export type Directory = Readonly<{
  person(userId: string): Promise<Readonly<{ name: string; zone: Zone | undefined }> | undefined>;
  /** All names of a person, to recognise them in people's text; none for a bot. Undefined if Slack does not answer. */
  namesOf?(userId: string): Promise<readonly string[] | undefined>;
  permalink(place: Readonly<{ channelId: string; ts: string }>): Promise<string>;
}>;

export type ShowOverviewOptions = Readonly<{
  store: Store;
  jobs: Jobs;
  directory: Directory;
  minutes: ReminderMinutes;
  mayShowIn: MayShowIn;
  /** The team's own roles. */
  team: readonly TeamRole[];
  /** Whether a page for customers is set up. */
  hasStatusPage: boolean;
  /** The team's automation; undefined if none is set up. */
  desk: MitigationDesk | undefined;
  /** Undefined where no incident has a channel of its own. */
  leaveOpenChannel?: (incident: Incident) => Promise<void>;
  /** Something was stored: the outbox may check for work. */
  kick(): void;
}>;

type ShowOverviewRequest = Readonly<{ incidentId: string; fallbackResponseUrl?: string }>;

const PIN_OF = (incidentId: string) => `${incidentId}/pin`;
const OWN_PIN_OF = (incidentId: string) => `${incidentId}/own-pin`;

export function showOverview(options: ShowOverviewOptions): JobHandler {
  const { store, jobs, directory, minutes, kick } = options;
  return async (job) => {
    const { incidentId, fallbackResponseUrl } = job.payload as ShowOverviewRequest;
    const asked = { workspaceId: job.workspaceId, id: incidentId };
    const incident = await findIncident(store, asked);
    if (incident === undefined) return;
    await options.leaveOpenChannel?.(incident);
    // First: what is merged later is not among them, and its readers were not asked for.
    const urls = await urlsOfMerges(options, incident);
    const here = await besideIn(options, incident);
    const names = await namesFor(directory, incident, here.seen);
    const ownId = await openChannelOf(store, incidentId);
    // People may have invited others there, who may not see what the first channel may.
    const there = ownId === undefined ? undefined : await besideIn(options, { ...incident, channelId: ownId });
    const originUrl = await originOf(directory, incident);

    await store.transaction(async (tx) => {
      await tx.lock(`incident/${incidentId}`);
      // Read again: Slack may have been slow, and the overview shows the current state.
      const now = await findIncident(tx, asked);
      if (now === undefined) return;
      const shownAt = (one: Incident) => ({ incident: one, url: urls.get(one.id) ?? '' });
      if ((await mergesOf(tx, now)).some(({ id }) => !urls.has(id)))
        return await refreshOverview(tx, jobs, { incident: now, key: `again/${job.id}`, fallbackResponseUrl });
      const into = await mergedInto(tx, now);
      const own = await timelineOf(tx, incidentId);
      const alertLinks = await alertLinksOf(tx, now);
      const overviewWith = async ({ shows, related, shownInto }: Beside, pinOf: string): Promise<Overview> => {
        const entries = await wholeTimeline(tx, now, shows);
        return {
          incident: now,
          entries,
          names,
          // Only its own updates answer its reminders.
          lastUpdateUs: lastUpdateUs(now, own),
          nextUpdateUs: nextUpdateUs(now, own, minutes),
          originUrl,
          alertLinks,
          related,
          merged: (await mergedIn(tx, now, shows)).map(shownAt),
          mergedInto: into !== undefined && into.id === shownInto ? shownAt(into) : undefined,
          owned: await ownedIn(tx, now, entries),
          ownRoles: options.team.map(({ role }) => role),
          forCustomers: options.hasStatusPage ? await forCustomers(tx, incidentId) : undefined,
          mitigations: options.desk && (await mitigationsIn(tx, options.desk, now)),
          problem: await problemOf(tx, pinOf),
        };
      };
      const goesOnIn = await openChannelOf(tx, incidentId);
      const shows: ShowsMerged = (merged) => here.shows(merged) && (there?.shows(merged) ?? true);
      const overview = await overviewWith(here, PIN_OF(incidentId));
      const shown = await show(tx, now, overviewMessage({ ...overview, goesOnIn }), fallbackResponseUrl);
      await sayEarlyEnd(tx, now, { shown, entries: own, names });
      // Opened since: its own job shows it.
      if (there !== undefined && goesOnIn !== undefined && goesOnIn === ownId) {
        const message = overviewMessage({
          ...(await overviewWith({ ...there, shows }, OWN_PIN_OF(incidentId))),
          declaredIn: now.channelId,
        });
        await showThere(tx, now, goesOnIn, message);
      }
      await showBoard(tx, now, { entries: own, names, shows });
      // It shows this timeline too.
      if (into !== undefined) await refreshOverview(tx, jobs, { incident: into, key: `merged/${job.id}` });
    });
    kick();
  };
}

/** It ended before it had a thread, so nothing says the end there, with the button for the postmortem. */
async function sayEarlyEnd(
  tx: Tx,
  incident: Incident,
  { shown, entries, names }: Readonly<{ shown: Shown; entries: readonly TimelineEntry[]; names: Names }>,
): Promise<void> {
  const end = entries.findLast(({ kind }) => kind === 'status');
  if (shown !== 'the first time' || incident.status !== 'resolved' || end === undefined) return;
  const { id, workspaceId } = incident;
  const by = names.get(end.source) ?? '';
  const message = incidentSays(incident, { what: end.text, by, atUs: end.atUs, isEnd: true });
  const thread = await firstThreadOf(tx, incident);
  await post(tx, { messageId: `${id}/said/end-${end.id}`, workspaceId, ...thread, message, rank: 'detail' });
}

/** What the readers of a channel may see of other incidents. */
async function forCustomers(tx: Tx, incidentId: string): Promise<ForCustomers> {
  const updates = await statusUpdatesOf(tx, incidentId);
  const standing = standingUpdate(updates);
  return {
    standing,
    promisedUs: standing && promisedUs(standing),
    isWaiting: updates.some(({ state }) => state === 'waiting'),
  };
}

/** From its own timeline: the answer of a merged incident is about something else. */
async function mitigationsIn(tx: Tx, desk: MitigationDesk, incident: Incident): Promise<OfferedMitigations> {
  const entries = await timelineOf(tx, incident.id);
  const { offers } = await offersNow(tx, desk, incident, { entries, by: '' });
  const [first] = offers;
  const waiting = (await mitigationsOf(tx, incident.id)).filter(({ state }) => state === 'waiting');
  return {
    first: first?.isFirst === true ? first.action.name : undefined,
    waiting: waiting.map(({ action }) => action),
  };
}

type Beside = Readonly<{
  shows: ShowsMerged;
  /** The timeline with what they may see of the merged incidents. */
  seen: readonly TimelineEntry[];
  related: Overview['related'];
  /** The id of the incident that has taken this one in; undefined where they may not see it. */
  shownInto: string | undefined;
}>;

/** Asks Slack about channels, so do not call it inside a transaction. */
async function besideIn(options: ShowOverviewOptions, incident: Incident): Promise<Beside> {
  const { store, mayShowIn } = options;
  const shows = await mergesShown(store, mayShowIn, incident);
  const seen = await wholeTimeline(store, incident, shows);
  const related = await relatedIncidents(options, incident, seen);
  const into = await mergedInto(store, incident);
  const isShown = into !== undefined && (await mayShowIn(incident.channelId, into.channelId));
  return { shows, seen, related, shownInto: isShown ? into.id : undefined };
}

/** The incidents that an entry relates to this one, the newest relation first, as far as all its readers may see them. */
async function relatedIncidents(
  { store, directory, mayShowIn }: ShowOverviewOptions,
  { id: ownId, workspaceId, channelId }: Incident,
  entries: readonly TimelineEntry[],
): Promise<Overview['related']> {
  const ids = new Set(entries.toReversed().flatMap((entry) => relatedTo(entry) ?? []));
  // A merged incident may be related to the one that has taken it in.
  ids.delete(ownId);
  const related: Overview['related'][number][] = [];
  for (const id of [...ids].slice(0, MOST_RELATED)) {
    const other = await findIncident(store, { workspaceId, id });
    if (other === undefined || !(await mayShowIn(channelId, other.channelId))) continue;
    related.push({ incident: other, url: await overviewUrl(store, directory.permalink, other) });
  }
  return related;
}

/** The incident that has taken this one in, and those that are merged into it. */
async function mergesOf(reader: Reader, incident: Incident): Promise<readonly Incident[]> {
  const into = await mergedInto(reader, incident);
  return [...(into === undefined ? [] : [into]), ...(await mergedIn(reader, incident))];
}

/** Where the overviews are of the incident that has taken this one in, and of those that are merged into it. */
async function urlsOfMerges(
  { store, directory }: ShowOverviewOptions,
  incident: Incident,
): Promise<ReadonlyMap<string, string>> {
  const urls = new Map<string, string>();
  for (const one of await mergesOf(store, incident)) {
    urls.set(one.id, await overviewUrl(store, directory.permalink, one));
  }
  return urls;
}

/** Each may cost a question to Slack. */
const MOST_RELATED = 10;

async function alertLinksOf(tx: Tx, { workspaceId, alertId }: Incident): Promise<Readonly<Record<string, string>>> {
  const alert = alertId === undefined ? undefined : await findAlert(tx, { workspaceId, id: alertId });
  return alert?.links ?? {};
}

/** As the newest answer of the incident says it. */
export async function ownedIn(
  reader: Reader,
  { workspaceId, investigationId }: Incident,
  entries: readonly TimelineEntry[],
): Promise<OwnedService | undefined> {
  const id = entries.findLast(({ kind }) => kind === 'diagnosis')?.value ?? investigationId;
  const answer = id === undefined ? undefined : await findInvestigation(reader, { id, workspaceId });
  return (answer?.report as Pick<Report, 'catalogue'> | undefined)?.catalogue;
}

/** Stored by every change to the incident, in its transaction; `key` is the key of the request. */
export async function refreshOverview(
  tx: Tx,
  jobs: Jobs,
  {
    incident,
    key,
    fallbackResponseUrl = '',
  }: Readonly<{
    incident: Pick<Incident, 'id' | 'workspaceId'>;
    key: string;
    fallbackResponseUrl?: string | undefined;
  }>,
): Promise<void> {
  const { id, workspaceId } = incident;
  const payload: ShowOverviewRequest = {
    incidentId: id,
    ...(fallbackResponseUrl === '' ? {} : { fallbackResponseUrl }),
  };
  await jobs.addJob(tx, { kind: SHOW_OVERVIEW, workspaceId, key: `${id}/${key}`, payload });
  if ((await openChannelOf(tx, id)) === undefined) return;
  await jobs.addJob(tx, { kind: KEEP_CHANNEL, workspaceId, key: `${id}/${key}`, payload: { incidentId: id } });
}

/** Shows in the overview what Slack refused. Called by the outbox, which learns it first. */
export function afterUndelivered(jobs: Jobs) {
  return async (
    tx: Tx,
    { messageId, workspaceId, kind }: Readonly<{ messageId: string; workspaceId: string; kind: string }>,
  ) => {
    if (kind !== 'pin') return;
    const incidentId = messageId.slice(0, messageId.indexOf('/'));
    const overview = await deliveryOf(tx, OVERVIEW_OF(incidentId));
    if (overview?.state !== 'sent') return; // there is no message to say it in
    await refreshOverview(tx, jobs, { incident: { id: incidentId, workspaceId }, key: 'not-pinned' });
  };
}

export async function namesFor(
  directory: Directory,
  incident: Incident,
  entries: readonly TimelineEntry[],
): Promise<Names> {
  const said = entries.flatMap(({ text, source }) => [text, source]);
  const ids = peopleIn([...Object.values(incident.roles), incident.detection, incident.declaredBy, ...said]);
  const people = await Promise.all(ids.map(async (id) => [id, (await directory.person(id))?.name] as const));
  return new Map(people.flatMap(([id, name]) => (name === undefined ? [] : [[id, name] as const])));
}

async function originOf(directory: Directory, { channelId, threadTs }: Incident): Promise<string> {
  return threadTs === undefined ? '' : await directory.permalink({ channelId, ts: threadTs });
}

type Shown = 'the first time' | 'again';

async function show(
  tx: Tx,
  incident: Incident,
  message: ReturnType<typeof overviewMessage>,
  responseUrl?: string,
): Promise<Shown> {
  const { id, workspaceId, channelId } = incident;
  const messageId = OVERVIEW_OF(id);
  const known = await deliveryOf(tx, messageId);
  if (known?.state === 'queued' || known?.state === 'sent') {
    await update(tx, { messageId, message, rank: 'asked' });
    return 'again';
  }

  const overview = {
    messageId,
    workspaceId,
    channelId,
    message,
    rank: 'urgent' as const,
    ...(responseUrl === undefined ? {} : { fallbackResponseUrl: responseUrl, unreachableText: NOT_INVITED }),
  };
  // The bot may have been invited since its last attempt.
  await post(tx, { ...overview, again: true });
  await pin(tx, { pinId: PIN_OF(id), workspaceId, channelId, pinned: messageId, again: true });
  return known === undefined ? 'the first time' : 'again';
}

/** A channel that was used before keeps its overview. */
async function showThere(
  tx: Tx,
  { id, workspaceId }: Incident,
  channelId: string,
  message: ReturnType<typeof overviewMessage>,
): Promise<void> {
  const messageId = OWN_OVERVIEW_OF(id);
  const known = await deliveryOf(tx, messageId);
  if (known?.state === 'queued' || known?.state === 'sent')
    return await update(tx, { messageId, message, rank: 'asked' });
  await post(tx, { messageId, workspaceId, channelId, message, rank: 'urgent', again: true });
  await pin(tx, { pinId: OWN_PIN_OF(id), workspaceId, channelId, pinned: messageId, again: true });
}

const NOT_INVITED =
  'The incident is declared, but I am not in this conversation and cannot show it here. Type `/invite @spanhound`, then `/incident timeline` or any other `/incident` command.';

async function problemOf(tx: Tx, pinId: string): Promise<string> {
  const pinned = await deliveryOf(tx, pinId);
  if (pinned === undefined || pinned.state === 'queued' || pinned.state === 'sent') return '';
  return pinned.reason === 'missing_scope'
    ? 'This message is not pinned: I am not allowed to pin. Pin it yourself, or add the scope pins:write to the Slack app and install it again.'
    : `This message is not pinned: Slack said ${pinned.reason}. Pin it yourself.`;
}
