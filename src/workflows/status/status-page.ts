/**
 * Updates for customers: drafted, approved, sent, corrected, closed. Whoever may change the incident may draft one. Only
 * the communications lead, or the commander where there is none, may approve it; their own draft is approved at once. A
 * setting may ask that they belong to a user group, too.
 *
 *   draft in a form ──► words checked ──► waits in the thread ──► approved ──► a job for each page (send-status.ts)
 */
import { internalWordsIn } from '#model/incident/customer-words.ts';
import { type Incident, incidentName } from '#model/incident/incident.ts';
import type { Decision } from '#model/incident/rights.ts';
import { ROLE_NAMES } from '#model/incident/roles.ts';
import {
  approverOf,
  askForPromisedUs,
  PAGE_TEXT_CHARS,
  PAGE_TITLE_CHARS,
  type PageStatus,
  type StatusPage,
  type StatusSend,
  type StatusUpdate,
  statusPageValue,
} from '#model/incident/status-page.ts';
import { otherNames } from '#model/services/catalogue.ts';
import { quotable, truncate } from '#present/slack/text.ts';
import { shownLines } from '#present/words/plain-text.ts';
import { type StatusDraft, statusDraft } from '#present/words/status-draft.ts';
import { findIncident } from '#record/find-incidents.ts';
import type { Jobs } from '#record/jobs.ts';
import {
  addStatusUpdate,
  approveStatusUpdate,
  changeStatusUpdate,
  correctedText,
  dropStatusUpdate,
  findStatusUpdate,
  markSendSent,
  openOnPage,
  queueSendAgain,
  sendsOf,
  sendsTo,
  standingUpdate,
  statusUpdatesOf,
} from '#record/status-updates.ts';
import type { Tx } from '#record/store.ts';
import { addEntry, timelineOf } from '#record/timeline.ts';
import {
  type AskedBy,
  answered,
  type Changing,
  type IncidentParts,
  incidentMeant,
  type Meant,
  type Outcome,
  onIncident,
  type Told,
} from '#workflows/incidents/on-incident.ts';
import type { ReminderMinutes } from '#workflows/incidents/remind.ts';
import { type Directory, namesFor } from '#workflows/incidents/show-overview.ts';
import { decisionFor, type RightParts, withRight } from '#workflows/rights/check-right.ts';
import { knownServices } from '#workflows/services/known-services.ts';
import { SEND_STATUS, type SendStatusRequest, STATUS_OVERDUE } from '#workflows/status/send-status.ts';
import { answerAsked, namesOfPeople, type PageNames, showStatus } from '#workflows/status/show-status.ts';

export type StatusPageSettings = Readonly<{
  /** What customers use, by the names that they know. */
  components: readonly string[];
  /** Words of the team that customers must not read. */
  internalWords: readonly string[];
  /** Where customers read; with it, the bot serves a feed. */
  feedUrl?: URL | undefined;
}>;

export type StatusPageOptions = IncidentParts &
  RightParts &
  Readonly<{
    directory: Directory;
    minutes: ReminderMinutes;
    pages: readonly StatusPage[];
    settings: StatusPageSettings;
  }>;

/** What the form shows, and brings back. */
export type StatusForm = Readonly<{
  incidentId: string;
  name: string;
  draft: StatusDraft;
  components: readonly string[];
  chosen: readonly string[];
  /** A draft that is changed, or an update whose text is corrected. */
  of: Readonly<{ kind: 'new' } | { kind: 'change' | 'correction'; updateId: string; version: number }>;
  /** The number of the newest approved update, so that two people do not send two. */
  after: number;
  /** Who approves it, in a sentence. */
  approval: string;
}>;

export type SubmittedStatus = Readonly<{
  asked: AskedBy;
  incidentId: string;
  of: StatusForm['of'];
  after: number;
  title: string;
  status: PageStatus;
  text: string;
  components: readonly string[];
  nextMinutes: number;
  /** Customers may read words that look like ours. */
  mayKeepWords: boolean;
}>;

export type StatusPress = Readonly<{ asked: AskedBy; incidentId: string; updateId: string; version: number }>;

export type StatusPageWorkflows = Readonly<{
  /** Undefined where there is none: then the person has been answered. */
  statusForm(request: Readonly<{ asked: AskedBy; meant: Meant; of?: FormOf }>): Promise<StatusForm | undefined>;
  submitStatus(submitted: SubmittedStatus): Promise<Told>;
  approveStatus(press: StatusPress): Promise<Told>;
  dropStatus(press: StatusPress): Promise<Told>;
  sendStatusAgain(press: StatusPress): Promise<Told>;
  /** A person has seen it on the page. */
  statusArrived(press: StatusPress): Promise<Told>;
}>;

export function statusPages(parts: StatusPageOptions): StatusPageWorkflows {
  const { store, kick } = parts;
  return {
    async statusForm({ asked, meant, of }) {
      const incident = await incidentMeant(parts, asked, meant);
      const form = 'problem' in incident ? incident : await formFor(parts, incident, of);
      if (!('problem' in form)) return form;
      await store.transaction((tx) => answered(tx, asked, { kind: 'refused', text: form.problem }));
      kick();
      return undefined;
    },

    async submitStatus(submitted) {
      const { asked, incidentId, of } = submitted;
      const [problem, names, publishing] = await Promise.all([
        wordsRefused(parts, submitted),
        pageNames(parts, [asked.userId, ...(await authorsOf(parts, of))]),
        decisionFor(parts, { right: 'publish', userId: asked.userId }),
      ]);
      if (typeof problem === 'string') return await refused(parts, asked, incidentId, problem);
      return await onIncident(parts, asked, { incidentId }, (tx, incident) =>
        submit(tx, parts, incident, { submitted, confirmed: problem.confirmed, names, publishing }),
      );
    },

    approveStatus: (press) =>
      pressed(
        parts,
        press,
        async (tx, incident, update, names) => {
          const stale = isStale(update, press);
          if (stale !== undefined) return { answer: stale };
          const mayNot = mayApprove(incident, press.asked);
          if (mayNot !== undefined) return { answer: mayNot };
          const newer = await newerThan(tx, update);
          if (newer !== undefined) return { answer: newer };
          return await approve(tx, parts, incident, update, { asked: press.asked, names });
        },
        'publish',
      ),

    dropStatus: (press) =>
      pressed(parts, press, async (tx, incident, update, names) => {
        const stale = isStale(update, press);
        if (stale !== undefined) return { answer: stale };
        await dropStatusUpdate(tx, update.id);
        await note(tx, incident, {
          key: `dropped:${update.id}`,
          by: press.asked.userId,
          text: 'Status page: the draft was dropped',
          value: statusPageValue('dropped'),
        });
        await showStatus(tx, incident, { ...update, state: 'dropped' }, names);
        return { answer: 'The draft is dropped. Nothing was sent.', isInThread: true };
      }),

    sendStatusAgain: (press) =>
      pressed(
        parts,
        press,
        async (tx, incident, update, names) => {
          const mayNot = mayApprove(incident, press.asked);
          return mayNot === undefined
            ? await sendAgain(tx, parts, incident, update, { asked: press.asked, names })
            : { answer: mayNot };
        },
        'publish',
      ),

    statusArrived: (press) =>
      pressed(parts, press, async (tx, incident, update, names) => {
        const mayNot = mayApprove(incident, press.asked);
        if (mayNot !== undefined) return { answer: mayNot };
        const held = (await sendsOf(tx, update.id)).filter(({ state }) => state === 'held');
        if (held.length === 0) return { answer: NOTHING_OPEN };
        for (const { target, remoteId } of held) {
          const remote = { remoteId: remoteId ?? update.pageId, remoteUpdateId: update.id, url: '' };
          await markSendSent(tx, { updateId: update.id, target }, remote);
          const text = `Status page update arrived at ${names.titles.get(target) ?? target}, as a person saw`;
          await note(tx, incident, {
            key: `arrived:${update.id}:${target}`,
            by: press.asked.userId,
            text,
            value: statusPageValue('sent'),
          });
        }
        await showStatus(tx, incident, update, names);
        return { answer: 'Noted: it arrived.', isInThread: true };
      }),
  };
}

const NOTHING_OPEN = 'This update arrived everywhere, or it is being sent. Nothing was changed.';
const NOT_SET_UP =
  'No status page is set up, so there is nowhere to send an update. Whoever runs Spanhound can set one up: docs/status-pages.md says how.';

function refused(parts: IncidentParts, asked: AskedBy, incidentId: string, answer: string): Promise<Told> {
  return onIncident(parts, asked, { incidentId }, async () => ({ answer }));
}

type FormOf = Readonly<{ kind: 'change' | 'correction'; updateId: string }>;

async function formFor(
  { store, minutes, pages, settings }: StatusPageOptions,
  incident: Incident,
  of: FormOf | undefined,
): Promise<StatusForm | Readonly<{ problem: string }>> {
  if (pages.length === 0) return { problem: NOT_SET_UP };
  const updates = await statusUpdatesOf(store, incident.id);
  const open = openOnPage(updates);
  const shared = {
    incidentId: incident.id,
    name: incidentName(incident),
    components: settings.components,
    after: lastApproved(updates),
    approval: approvalSaid(incident),
  };
  if (of !== undefined) {
    const named = namedIn(updates, of);
    if (typeof named === 'string') return { problem: named };
    const { title, status, nextMinutes, components: chosen, version } = named;
    const text = of.kind === 'correction' ? correctedText(updates, named) : named.text;
    return { ...shared, draft: { title, status, text, nextMinutes }, chosen, of: { ...of, version } };
  }
  if (incident.status === 'merged' && open === undefined) {
    return { problem: `${incidentName(incident)} is merged into another incident. Draft the update there.` };
  }
  const draft = statusDraft({
    incident,
    entries: await timelineOf(store, incident.id),
    last: open,
    everyMinutes: minutes[incident.severity],
    nowUs: await store.nowUs(),
  });
  return { ...shared, draft, chosen: open?.components ?? [], of: { kind: 'new' } };
}

/** The draft that is changed, or the update that is corrected; else why not. */
function namedIn(updates: readonly StatusUpdate[], { kind, updateId }: FormOf): StatusUpdate | string {
  const named = updates.find(({ id }) => id === updateId);
  if (named === undefined) return NO_LONGER;
  if (kind === 'change') return named.state === 'waiting' ? named : NOT_WAITING;
  return named.state === 'approved' ? named : NOT_SENT;
}

const NO_LONGER = 'I no longer have this update.';
const NOT_WAITING = 'This draft is approved or dropped already. Nothing was changed.';
const NOT_SENT = 'Customers have not read this update, so there is nothing to correct.';

function lastApproved(updates: readonly StatusUpdate[]): number {
  return updates.findLast(({ state }) => state === 'approved')?.number ?? 0;
}

/** Plain text for the form, where Slack shows no mention. */
function approvalSaid(incident: Incident): string {
  const approver = approverOf(incident);
  return approver === undefined
    ? 'Nobody may approve it yet: somebody has to become communications lead or incident commander.'
    : `The ${ROLE_NAMES[approver.role].toLowerCase()} approves it. Until then nothing is sent.`;
}

/** Why customers must not read it; else the words of ours that the author leaves in. */
async function wordsRefused(
  { store, directory, settings }: StatusPageOptions,
  { asked, incidentId, title, text, mayKeepWords }: SubmittedStatus,
): Promise<string | Readonly<{ confirmed: readonly string[] }>> {
  if (title === '' || text === '') return 'Say what customers need to know.';
  if (title.length > PAGE_TITLE_CHARS || text.length > PAGE_TEXT_CHARS) return `At most ${PAGE_TEXT_CHARS} characters.`;
  const incident = await findIncident(store, { workspaceId: asked.workspaceId, id: incidentId });
  if (incident === undefined) return { confirmed: [] };
  const entries = await timelineOf(store, incidentId);
  const [people, { catalogue }] = await Promise.all([
    namesFor(directory, incident, entries),
    knownServices(store, { workspaceId: asked.workspaceId, mayShow: async () => true }),
  ]);
  const services = catalogue.services.flatMap((service) => {
    const owners = service.facts.flatMap(({ kind, value }) => (kind === 'owner' ? [value] : []));
    return [service.name, ...otherNames(service), ...owners];
  });
  const found = internalWordsIn(`${title}\n${text}`, {
    names: [...services, ...settings.internalWords],
    people: [...people.values()],
  });
  if (found.refused.length > 0) return `Customers must not read this: ${listed(found.refused)}. Take it out.`;
  if (found.doubtful.length > 0 && !mayKeepWords) {
    return `These words look internal: ${listed(found.doubtful)}. Write what customers call it. If they know the words, choose “customers know them” below.`;
  }
  return { confirmed: found.doubtful };
}

function listed(words: readonly string[]): string {
  return words.map((word) => `“${quotable(word)}”`).join(', ');
}

async function authorsOf({ store }: StatusPageOptions, of: StatusForm['of']): Promise<readonly (string | undefined)[]> {
  if (of.kind === 'new') return [];
  const update = await findStatusUpdate(store, of.updateId);
  return [update?.draftedBy, update?.approvedBy];
}

async function pageNames(
  { directory, pages }: StatusPageOptions,
  people: readonly (string | undefined)[],
): Promise<PageNames> {
  return {
    titles: new Map(pages.map(({ id, title }) => [id, title])),
    people: await namesOfPeople(directory, people),
  };
}

async function submit(
  tx: Tx,
  parts: StatusPageOptions,
  incident: Incident,
  {
    submitted,
    confirmed,
    names,
    publishing,
  }: Readonly<{
    submitted: SubmittedStatus;
    confirmed: readonly string[];
    names: PageNames;
    /** Whether who asks may publish, as far as user groups decide it. */
    publishing: Decision;
  }>,
): Promise<Outcome> {
  const { asked, of, after, status, nextMinutes, components } = submitted;
  const updates = await statusUpdatesOf(tx, incident.id);
  if (parts.pages.length === 0) return { answer: NOT_SET_UP };
  if (of.kind !== 'correction' && lastApproved(updates) !== after) return { answer: OVERTAKEN };
  const content = {
    status,
    title: shownLines(submitted.title).trim(),
    text: shownLines(submitted.text).trim(),
    components: components.filter((name) => parts.settings.components.includes(name)),
    confirmed,
    nextMinutes,
    draftedBy: asked.userId,
  };
  const kept =
    of.kind === 'change'
      ? await changed(tx, updates, of, content)
      : await added(tx, incident, updates, { of, content, key: asked.inboxId });
  if (typeof kept === 'string') return { answer: kept };

  const step = of.kind === 'change' ? 'changed' : 'drafted';
  const approver = approverOf(incident);
  // Who may approve it sends it with the same click: the timeline has it once.
  const isApprover = approver?.userId === asked.userId;
  if (isApprover && publishing.kind !== 'refused') return await approve(tx, parts, incident, kept, { asked, names });
  await note(tx, incident, {
    key: `${step}:${kept.id}:${kept.version}`,
    by: asked.userId,
    text: `Status page: ${of.kind === 'correction' ? 'a correction' : `an update (${status})`} was ${step}`,
    value: statusPageValue(step),
  });
  await showStatus(tx, incident, kept, names);
  if (isApprover && publishing.kind === 'refused') {
    const answer = `Your draft for customers waits in the thread of ${incidentName(incident)}. ${publishing.text} Give the role to one of them.`;
    return { answer, isInThread: true, isForAsker: true };
  }
  const waits = approver === undefined ? 'somebody with one of the two roles' : `<@${approver.userId}>`;
  return {
    answer: `Your draft for customers waits for ${waits} in the thread of ${incidentName(incident)}.`,
    isInThread: true,
  };
}

const OVERTAKEN =
  'Somebody else sent an update since you opened this form. Copy your text, close the form and open it again: it then says how it stands.';

type Content = Parameters<typeof changeStatusUpdate>[2];

async function changed(
  tx: Tx,
  updates: readonly StatusUpdate[],
  { updateId, version }: Readonly<{ updateId: string; version: number }>,
  content: Content,
): Promise<StatusUpdate | string> {
  const before = updates.find(({ id }) => id === updateId);
  if (before?.state !== 'waiting') return NOT_WAITING;
  if (before.version !== version)
    return 'Somebody else changed this draft since you opened the form. Copy your text, and open it again.';
  await changeStatusUpdate(tx, before, content);
  return (await findStatusUpdate(tx, updateId)) ?? NO_LONGER;
}

async function added(
  tx: Tx,
  incident: Incident,
  updates: readonly StatusUpdate[],
  { of, content, key }: Readonly<{ of: StatusForm['of']; content: Content; key: string }>,
): Promise<StatusUpdate | string> {
  const corrected = of.kind === 'correction' ? updates.find(({ id }) => id === of.updateId) : undefined;
  if (of.kind === 'correction' && corrected?.state !== 'approved') return NOT_SENT;
  if (corrected !== undefined && correctedText(updates, corrected) === content.text) return SAID_ALREADY;
  const standing = standingUpdate(updates);
  const isSame = standing?.status === content.status && correctedText(updates, standing) === content.text;
  if (corrected === undefined && isSame) return SAID_ALREADY;
  const { id: incidentId, workspaceId } = incident;
  const fixed =
    corrected === undefined
      ? {}
      : { status: corrected.status, title: corrected.title, components: corrected.components, nextMinutes: 0 };
  await addStatusUpdate(tx, { id: key, incidentId, workspaceId, ...content, ...fixed, corrects: corrected?.id });
  return (await findStatusUpdate(tx, key)) ?? NO_LONGER;
}

const SAID_ALREADY = 'The status page says this already. Nothing was changed.';

/** In one transaction: the approval, a row and a job for each page, the entry, the message. */
async function approve(
  tx: Tx,
  parts: StatusPageOptions,
  incident: Incident,
  update: StatusUpdate,
  { asked, names }: Readonly<{ asked: AskedBy; names: PageNames }>,
): Promise<Outcome> {
  const { jobs, pages } = parts;
  const updates = await statusUpdatesOf(tx, incident.id);
  const corrected = updates.find(({ id }) => id === update.corrects);
  const pageId = corrected?.pageId ?? openOnPage(updates)?.pageId ?? update.id;
  const targets = corrected === undefined ? pages.map(({ id }) => id) : await havingIt(tx, corrected, pages);
  if (targets.length === 0)
    return {
      answer: 'The update that you correct did not arrive anywhere. Send it again instead: it then has the new text.',
    };
  await approveStatusUpdate(tx, update, { by: asked.userId, pageId, targets });
  const approved: StatusUpdate = {
    ...update,
    state: 'approved',
    pageId,
    approvedBy: asked.userId,
    approvedUs: tx.nowUs,
  };
  await note(tx, incident, {
    key: `approved:${update.id}`,
    by: asked.userId,
    text: `Status page, ${corrected === undefined ? update.status : 'corrected'}: ${update.text}`,
    value: statusPageValue('approved'),
  });
  await queueSends(tx, jobs, approved, { targets, key: asked.inboxId });
  await remindOfPromise(tx, jobs, approved);
  if (corrected === undefined) await answerAsked(tx, incident, { before: openOnPage(updates), update: approved });
  await showStatus(tx, incident, approved, names);
  return { answer: 'Approved. The thread says when each page has it.', isInThread: true };
}

/** The pages that have the update, or get it before its correction. */
async function havingIt(tx: Tx, corrected: StatusUpdate, pages: readonly StatusPage[]): Promise<readonly string[]> {
  const sends = await sendsOf(tx, corrected.id);
  const has = ({ target, state }: StatusSend) =>
    (state === 'sent' || state === 'queued') && pages.some(({ id }) => id === target);
  return sends.filter(has).map(({ target }) => target);
}

async function queueSends(
  tx: Tx,
  jobs: Jobs,
  { incidentId, workspaceId }: StatusUpdate,
  { targets, key }: Readonly<{ targets: readonly string[]; key: string }>,
): Promise<void> {
  for (const target of targets) {
    const payload: SendStatusRequest = { incidentId, target };
    await jobs.addJob(tx, { kind: SEND_STATUS, workspaceId, key: `${incidentId}/${target}/${key}`, payload });
  }
}

async function remindOfPromise(tx: Tx, jobs: Jobs, update: StatusUpdate): Promise<void> {
  const dueUs = askForPromisedUs(update);
  if (dueUs === undefined) return;
  const { id: updateId, incidentId, workspaceId } = update;
  await jobs.addJob(tx, { kind: STATUS_OVERDUE, workspaceId, key: updateId, payload: { incidentId, updateId }, dueUs });
}

async function sendAgain(
  tx: Tx,
  { jobs, pages }: StatusPageOptions,
  incident: Incident,
  update: StatusUpdate,
  { asked, names }: Readonly<{ asked: AskedBy; names: PageNames }>,
): Promise<Outcome> {
  const stopped = (await sendsOf(tx, update.id)).filter(({ state }) => state === 'held' || state === 'refused');
  if (stopped.length === 0) return { answer: NOTHING_OPEN };
  const targets: string[] = [];
  for (const { target } of stopped) {
    const page = pages.find(({ id }) => id === target);
    const later = (await sendsTo(tx, { incidentId: incident.id, target })).filter(
      ({ number }) => number > update.number,
    );
    if (page === undefined || later.some(({ state }) => state === 'sent')) continue;
    await queueSendAgain(tx, { updateId: update.id, target }, { isCertain: !page.canLook });
    targets.push(target);
  }
  if (targets.length === 0)
    return {
      answer: 'A newer update was sent there since. An older one would confuse customers, so nothing was sent.',
    };
  await queueSends(tx, jobs, update, { targets, key: asked.inboxId });
  await showStatus(tx, incident, update, names);
  return { answer: 'It is being sent again. The thread says when each page has it.', isInThread: true };
}

/** `right`: what a setting may reserve for user groups. */
async function pressed(
  parts: StatusPageOptions,
  { asked, incidentId, updateId }: StatusPress,
  change: (tx: Tx, incident: Incident, update: StatusUpdate, names: PageNames) => Promise<Outcome>,
  right?: 'publish',
): Promise<Told> {
  const seen = await findStatusUpdate(parts.store, updateId);
  const names = await pageNames(parts, [asked.userId, seen?.draftedBy, seen?.approvedBy]);
  const changing: Changing = async (tx, incident) => {
    const update = await findStatusUpdate(tx, updateId);
    // The value of a button comes from outside: the update must be one of this incident.
    if (update?.incidentId !== incident.id) return { answer: NO_LONGER };
    return await change(tx, incident, update, names);
  };
  const permitted = right === undefined ? changing : await withRight(parts, { right, asked }, changing);
  return await onIncident(parts, asked, { incidentId }, permitted);
}

/** Why this press comes too late; undefined if it does not. */
function isStale(update: StatusUpdate, { version }: StatusPress): string | undefined {
  if (update.state !== 'waiting') return NOT_WAITING;
  return update.version === version ? undefined : 'Somebody changed this draft since. Read it again, then press again.';
}

async function newerThan(tx: Tx, { incidentId, number, corrects }: StatusUpdate): Promise<string | undefined> {
  if (corrects !== undefined) return undefined;
  const updates = await statusUpdatesOf(tx, incidentId);
  if (lastApproved(updates) < number) return undefined;
  return 'Customers read a newer update since you wrote this draft. Press Change to bring it up to date, or drop it.';
}

/** Why this person may not decide what customers read; undefined if they may. */
function mayApprove(incident: Incident, { userId }: AskedBy): string | undefined {
  const approver = approverOf(incident);
  const name = incidentName(incident);
  if (approver?.userId === userId) return undefined;
  if (approver !== undefined)
    return `Only <@${approver.userId}>, the ${ROLE_NAMES[approver.role].toLowerCase()} of ${name}, may decide what customers read. Nothing was sent.`;
  return `Only the communications lead or, without one, the incident commander may decide what customers read, and ${name} has neither. Take the role first: \`/incident ${name} role communications\`. Nothing was sent.`;
}

type Noted = Readonly<{ key: string; by: string; text: string; value: string }>;

async function note(tx: Tx, { id }: Incident, { key, by, text, value }: Noted): Promise<void> {
  const shortened = truncate(text, ENTRY_CHARS);
  await addEntry(tx, {
    incidentId: id,
    key: `status-page:${key}`,
    atUs: tx.nowUs,
    kind: 'message',
    text: shortened,
    source: by,
    link: '',
    value,
  });
}

const ENTRY_CHARS = 2_000;
