/**
 * `/postmortem`: the draft as a message that is kept up to date, and as a Markdown file in its thread, one per request.
 *
 *   request ──► job ──► [ names from Slack ] ──► record ──► [ draft, in a worker ] ──► the same record? ──► message, file
 *                                                  ▲                                   │ no
 *                                                  └───────────────────────────────────┘
 */
import { WEEK_US } from '#core/time-units.ts';
import { type Incident, incidentName } from '#model/incident/incident.ts';
import type { PostmortemRecord } from '#model/incident/postmortem.ts';
import { isCurrent } from '#model/incident/postmortem-acceptance.ts';
import type { PostmortemDesk } from '#model/incident/postmortem-desk.ts';
import type { PostmortemTarget } from '#model/incident/postmortem-target.ts';
import type { PostmortemTemplate } from '#model/incident/postmortem-template.ts';
import { reviewByUs } from '#model/incident/review-day.ts';
import { postmortemMarkdown } from '#present/documents/postmortem-markdown.ts';
import type { ShownPostmortem } from '#present/documents/postmortem-text.ts';
import type { SlackMessage } from '#present/slack/answer.ts';
import { postmortemMessage } from '#present/slack/postmortem-message.ts';
import { questionsMessage } from '#present/slack/postmortem-questions.ts';
import { readableSecond } from '#present/words/instant.ts';
import { type Names, peopleIn } from '#present/words/people-names.ts';
import { allIncidents, findIncident } from '#record/find-incidents.ts';
import type { JobHandler, Jobs } from '#record/jobs.ts';
import { mergedInto, type ShowsMerged, wholeActionItems, wholeTimeline } from '#record/merges.ts';
import { attach, deliveryOf, post, update } from '#record/outbox.ts';
import { sendsOf } from '#record/postmortem-sends.ts';
import type { Reader, Store, Tx } from '#record/store.ts';
import { peopleOfRecord } from '#record/timeline.ts';
import type { Zone } from '#utilities/time-zone.ts';
import { remindToAccept } from '#workflows/action-items/report-overdue.ts';
import { type MayShowIn, mergesShown } from '#workflows/incidents/merges-shown.ts';
import { type AskedBy, answered, type IncidentParts, SLACK_DID_NOT_SAY } from '#workflows/incidents/on-incident.ts';
import { type Directory, namesFor } from '#workflows/incidents/show-overview.ts';
import { POSTMORTEM_OF, QUESTIONS_OF } from '#workflows/postmortem/postmortem-id.ts';
import { comparedWith, readRecord } from '#workflows/postmortem/read-postmortem.ts';

export const DRAFT_POSTMORTEM = 'draft-postmortem';

export type PostmortemRequest = Readonly<{
  asked: AskedBy;
  /** By name, as a button holds it, or else the newest one of the channel. */
  meant: Readonly<{ number: number } | { incidentId: string } | { channelId: string }>;
}>;

export type AskForPostmortem = (request: PostmortemRequest) => Promise<void>;

/** The content of the job's row. */
type DraftRequest = Readonly<{
  incidentId: string;
  /** The person who asked and gets the file; '' if only the message is updated. */
  responseUrl: string;
}>;

export function postmortemAsker({ store, jobs, mayRead, kick }: IncidentParts): AskForPostmortem {
  return async ({ asked, meant }) => {
    const { inboxId, workspaceId, responseUrl } = asked;
    const found = await incidentMeant(store, workspaceId, meant);
    const may = found !== undefined && (await mayRead(asked, found.channelId));
    const incident = may ? found : undefined;
    await store.transaction(async (tx) => {
      if (incident !== undefined) await draftAnew(tx, jobs, { incident, key: inboxId, responseUrl });
      const none = may === undefined ? SLACK_DID_NOT_SAY : notThere(meant);
      const text = incident === undefined ? none : comesInto(incident);
      await answered(tx, asked, { kind: 'done', text });
    });
    kick();
  };
}

/**
 * Stored by every change that affects the draft; `key` is the key of the request. The draft of an incident that has taken
 * this one in shows its entries, too.
 */
export async function draftAnew(
  tx: Tx,
  jobs: Jobs,
  { incident, key, responseUrl = '' }: Readonly<{ incident: Incident; key: string; responseUrl?: string }>,
): Promise<void> {
  const { id, workspaceId } = incident;
  const payload: DraftRequest = { incidentId: id, responseUrl };
  await jobs.addJob(tx, { kind: DRAFT_POSTMORTEM, workspaceId, key, payload });
  const into = await mergedInto(tx, incident);
  if (into !== undefined) await draftAnew(tx, jobs, { incident: into, key: `${key}/merged` });
}

export type DraftPostmortemOptions = Readonly<{
  store: Store;
  jobs: Jobs;
  directory: Directory;
  mayShowIn: MayShowIn;
  postmortemDesk: PostmortemDesk;
  templates?: readonly PostmortemTemplate[];
  /** People can edit it as a page. */
  hasPage?: boolean;
  /** The places to which people can export it. */
  targets?: readonly Pick<PostmortemTarget, 'id' | 'title'>[];
  kick(): void;
}>;

export function draftPostmortem({
  store,
  jobs,
  directory,
  mayShowIn,
  postmortemDesk,
  templates = [],
  hasPage = false,
  targets = [],
  kick,
}: DraftPostmortemOptions): JobHandler {
  return async ({ workspaceId, key, payload }) => {
    const { incidentId, responseUrl } = payload as DraftRequest;
    const incident = await findIncident(store, { workspaceId, id: incidentId });
    if (incident === undefined) return;
    // Most incidents change often before somebody asks for the first draft.
    if (responseUrl === '' && (await deliveryOf(store, POSTMORTEM_OF(incidentId))) === undefined) return;
    const shows = await mergesShown(store, mayShowIn, incident);
    const names = await namesOf(store, directory, { incident, shows });
    const compared = await comparedWith(store, incident, (channelId) => mayShowIn(incident.channelId, channelId));
    const otherNames = await otherNamesOf(store, directory, { incident, names });
    const zones = await zonesOf(directory, names);

    const asked = { names, otherNames, zones, compared, templates, shows };
    const recordNow = async (reader: Reader): Promise<PostmortemRecord> =>
      await readRecord(reader, (await findIncident(reader, { workspaceId, id: incidentId })) ?? incident, asked);
    for (let round = 0; round < MOST_ROUNDS; round += 1) {
      const record = await recordNow(store);
      const shown = { postmortem: await postmortemDesk.draft(record), names };
      const isDone = await store.transaction(async (tx) => {
        await tx.lock(`incident/${incidentId}`);
        // A transaction does not wait for the desk, and an older draft never takes the place of a newer one.
        const isUnchanged = JSON.stringify(await recordNow(tx)) === JSON.stringify(record);
        if (isUnchanged) await showDraft(tx, record.incident, shown);
        return isUnchanged;
      });
      if (isDone) return kick();
    }
    throw new Error('the record changed each time while it was drafted');

    async function showDraft(tx: Tx, now: Incident, shown: ShownPostmortem): Promise<void> {
      const sends = await sendsOf(tx, incidentId);
      const isThere = await show(tx, now, postmortemMessage(shown, { hasPage, targets, sends }), responseUrl);
      if (isThere) await showQuestions(tx, now, shown);
      const { acceptance } = shown.postmortem;
      const isStale = acceptance !== undefined && !isCurrent(acceptance);
      if (isThere && isStale) await remindToAccept(tx, jobs, now, tx.nowUs);
      if (!isThere || responseUrl === '') return;
      // A week, where no rule names a day for the review.
      await remindToAccept(tx, jobs, now, reviewByUs(now) ?? tx.nowUs + WEEK_US);
      await attach(tx, {
        attachmentId: `${POSTMORTEM_OF(incidentId)}/${key}`,
        workspaceId,
        channelId: now.channelId,
        threadOf: POSTMORTEM_OF(incidentId),
        name: `${incidentName(now)}-postmortem.md`,
        title: `Postmortem of ${incidentName(now)}, drafted ${readableSecond(tx.nowUs)}`,
        content: new TextEncoder().encode(postmortemMarkdown(shown)),
      });
    }
  };
}

/** People write while it is drafted; the job comes again later. */
const MOST_ROUNDS = 5;

/** Whether the message exists or is queued. A draft that nobody requested is not posted. */
async function show(
  tx: Tx,
  { id, workspaceId, channelId }: Incident,
  message: SlackMessage,
  responseUrl: string,
): Promise<boolean> {
  const messageId = POSTMORTEM_OF(id);
  const known = await deliveryOf(tx, messageId);
  if (known?.state === 'queued' || known?.state === 'sent') {
    await update(tx, { messageId, message, rank: 'asked' });
    return true;
  }
  if (responseUrl === '') return false;
  await post(tx, {
    messageId,
    workspaceId,
    channelId,
    message,
    fallbackResponseUrl: responseUrl,
    unreachableText: NOT_INVITED,
    again: true, // the bot may have been invited since its last attempt
  });
  return true;
}

/** In the thread, where answering disturbs nobody. Posted with the first draft, then brought up to date. */
async function showQuestions(tx: Tx, { id, workspaceId, channelId }: Incident, shown: ShownPostmortem): Promise<void> {
  const messageId = QUESTIONS_OF(id);
  const message = questionsMessage(shown);
  const known = await deliveryOf(tx, messageId);
  if (known?.state === 'queued' || known?.state === 'sent') {
    await update(tx, { messageId, message, rank: 'asked' });
    return;
  }
  const { firstAnswerable, proposals } = shown.postmortem;
  if (firstAnswerable.length + proposals.length === 0) return;
  await post(tx, { messageId, workspaceId, channelId, threadOf: POSTMORTEM_OF(id), message, again: true });
}

const NOT_INVITED =
  'I am not in the conversation of this incident, so I cannot put its postmortem there. Type `/invite @spanhound` there, then `/postmortem` again.';

export async function namesOf(
  store: Store,
  directory: Directory,
  { incident, shows }: Readonly<{ incident: Incident; shows: ShowsMerged }>,
): Promise<Names> {
  const names = await namesFor(directory, incident, await wholeTimeline(store, incident, shows));
  const owners = peopleIn((await wholeActionItems(store, incident, shows)).map(({ owner }) => owner));
  const unknown = owners.filter((id) => !names.has(id));
  const people = await Promise.all(unknown.map(async (id) => [id, (await directory.person(id))?.name ?? id] as const));
  return new Map([...names, ...people]);
}

/** People of other incidents may be named in this one. The limit keeps within Slack's rate for `users.info`. */
const MOST_PEOPLE = 100;

export async function otherNamesOf(
  store: Store,
  directory: Directory,
  { incident, names }: Readonly<{ incident: Incident; names: Names }>,
): Promise<ReadonlyMap<string, readonly string[]>> {
  const recorded = await peopleOfRecord(store, { workspaceId: incident.workspaceId, limit: MOST_PEOPLE });
  const mentioned = peopleIn([incident.title, incident.detection]);
  const ids = [...new Set([...names.keys(), ...peopleIn(recorded), ...mentioned])].slice(0, MOST_PEOPLE);
  const known = await Promise.all(ids.map(async (id) => [id, await directory.namesOf?.(id)] as const));
  return new Map(known.flatMap(([id, called]) => (called === undefined ? [] : [[id, called] as const])));
}

/** Of the people of the incident, who wrote times of day by their own clocks. */
export async function zonesOf(directory: Directory, names: Names): Promise<ReadonlyMap<string, Zone>> {
  const known = await Promise.all(
    [...names.keys()].map(async (id) => [id, (await directory.person(id))?.zone] as const),
  );
  return new Map(known.flatMap(([id, zone]) => (zone === undefined ? [] : [[id, zone] as const])));
}

async function incidentMeant(
  reader: Reader,
  workspaceId: string,
  meant: PostmortemRequest['meant'],
): Promise<Incident | undefined> {
  if ('incidentId' in meant) return await findIncident(reader, { workspaceId, id: meant.incidentId });
  if ('number' in meant) return await findIncident(reader, { workspaceId, number: meant.number });
  // Most are resolved by then, so "the open one" would match none.
  const here = (await allIncidents(reader)).filter(
    (incident) => incident.workspaceId === workspaceId && incident.channelId === meant.channelId,
  );
  // By number: after a clock correction, the newest one may have an earlier time.
  const newest = here.sort((a, b) => b.number - a.number);
  return newest.find(({ status }) => status !== 'merged') ?? newest[0];
}

function notThere(meant: PostmortemRequest['meant']): string {
  if ('number' in meant)
    return `There is no ${incidentName(meant)}. \`/postmortem\` alone takes the newest one of the channel.`;
  if ('incidentId' in meant) return 'I no longer have this incident.';
  return 'No incident was declared in this channel. For one of another channel, name it: `/postmortem INC-1`.';
}

/** Always in the incident's own conversation: another one may have readers without access to it. */
function comesInto({ channelId, ...incident }: Incident): string {
  const name = incidentName(incident);
  return `I am drafting the postmortem of ${name}. It will appear in <#${channelId}>, with the Markdown file in its thread.`;
}
