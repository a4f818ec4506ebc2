/**
 * Calls people who are paged, one after the other, until somebody has it. The jobs are due at fixed times, so they survive
 * a restart, and each reads the record first. Who is on call is read when the call is made.
 *
 *   page ──► call, job after 5 min ──┬─ somebody has it, it was stopped, or the incident is over ──► the end
 *                                     ├─ nobody answered ──► call the next, at last the commander; job 5 min later
 *                                     └─ nobody is known, because a system did not answer ──► ask again in a minute
 *   another severity ──► the job moves to that severity's minutes after the last call
 */
import { DAY_US, MINUTE_US } from '#core/time-units.ts';
import { type Incident, incidentName, isOver } from '#model/incident/incident.ts';
import { type MinutesBySeverity, minutesFor } from '#model/incident/minutes-by-severity.ts';
import { outsideTarget } from '#model/incident/on-call.ts';
import { callValue, endedValue, isGroup, isWaiting, noteValue, type Page, pagesOf } from '#model/incident/page.ts';
import type { Pager } from '#model/incident/pager.ts';
import { pageByMessage, pageInThread, pageNotes, pageOver } from '#present/slack/page-messages.ts';
import { readableMinute } from '#present/words/instant.ts';
import { findIncident } from '#record/find-incidents.ts';
import type { JobHandler, Jobs } from '#record/jobs.ts';
import { deliveryOf, post, update } from '#record/outbox.ts';
import type { Reader, Store, Tx } from '#record/store.ts';
import { addEntry, timelineOf } from '#record/timeline.ts';
import { overviewUrl, threadOf } from '#workflows/incidents/incident-thread.ts';
import type { MayRead } from '#workflows/incidents/on-incident.ts';
import { type Directory, ownedIn, refreshOverview } from '#workflows/incidents/show-overview.ts';
import { queuePages, queuePerson } from '#workflows/pagers/queue-steps.ts';
import { type Callee, nextCallee, type OnCallDesk } from '#workflows/pagers/who-is-on-call.ts';

export const PAGE_NEXT = 'incident-page';

/** The minutes are those without an answer until the next one is called. */
export type PageSettings = MinutesBySeverity &
  Readonly<{
    /**
     * `payments-team=U012ABC`, `payments-team=pagerduty:schedule/P1`: who is on call for a team or a service, in the order
     * of the calls.
     */
    onCall: readonly string[];
  }>;

type NextRequest = Readonly<{
  incidentId: string;
  pageId: string;
  /** How many were called so far. */
  step: number;
  /** Who is called next, in order: ids in Slack, and targets of systems outside. */
  left: readonly string[];
  /** Only for the first call: the name of the person who pages. */
  by?: string;
  /** The words of the person who pages. */
  text?: string;
  /** How often this call was tried because a system did not answer. */
  tries?: number;
}>;

export type PageParts = Readonly<{
  store: Store;
  jobs: Jobs;
  directory: Directory;
  mayRead: MayRead;
  pages: PageSettings;
  /** The paging systems that page people themselves, too. */
  pagers: readonly Pager[];
  desk: OnCallDesk;
  kick(): void;
}>;

/** A system that is away for longer needs a person, who is asked at once. */
const MOST_TRIES = 10;

export function pageNext(parts: PageParts): JobHandler {
  const { store, jobs, directory, pages, pagers, desk, kick } = parts;
  return async (job, signal) => {
    const request = job.payload as NextRequest;
    const { incidentId, pageId, step, left, by = '', text = '' } = request;
    const place = { workspaceId: job.workspaceId, id: incidentId };
    const seen = await findIncident(store, place);
    const begun = await pageOf(store, incidentId, pageId);
    if (seen === undefined || begun === undefined || !isDue(seen, begun, step)) return;
    const { commander } = seen.roles;
    const found = await nextCallee(
      desk,
      {
        targets: [...left, ...(commander === undefined ? [] : [commander])],
        wasCalled: (callee) => begun.calls.some(({ who }) => who === callee.who),
        maySee: async ({ who }) => (await whoMay(parts, seen, [who]))?.includes(who),
        causeTargets: () => onCallForCause(store, pages.onCall, seen),
      },
      signal,
    );
    if (found === undefined) throw new Error('Slack did not say who may see the incident');
    const { next, isUnsure } = found;
    const url = await overviewUrl(store, directory.permalink, seen);
    const name = next === undefined ? '' : await desk.nameOf(next.who);
    await store.transaction(async (tx) => {
      await tx.lock(`incident/${incidentId}`);
      const incident = await findIncident(tx, place);
      const page = await pageOf(tx, incidentId, pageId);
      // It ran before, and its process died before it said so.
      if (incident === undefined || page === undefined || !isDue(incident, page, step)) return;
      const dueUs = nextCallUs(pages, incident, { page, nowUs: tx.nowUs });
      if (dueUs > tx.nowUs) return await waitLonger(tx, jobs, incident, { request, dueUs });
      const notes = await noteOnce(tx, incident, { pageId, key: job.id, notes: found.notes });
      await queuePages(tx, { jobs, pagers }, incident, { pageId, targets: found.tried, text });
      if (next === undefined) {
        await callNobody(tx, jobs, incident, { page, request, notes, isUnsure });
      } else if (step === 0 && (await isPagedAlready(tx, incident, next.who))) {
        await endTwice(tx, incident, page, name);
      } else {
        const others = found.left.filter((who) => who !== commander);
        const call = { pageId, callee: next, notes, step, left: others, by, text, source: 'spanhound', url };
        await callOne(tx, { jobs, pages, pagers }, incident, call);
      }
      await refreshOverview(tx, jobs, { incident, key: job.id });
    });
    kick();
  };
}

function isDue(incident: Incident, page: Page, step: number): boolean {
  return !isOver(incident) && isWaiting(page) && page.calls.length === step;
}

/** When the next one is called; now, if nobody was called yet. Never is a later look: the severity may have risen. */
function nextCallUs(
  pages: PageSettings,
  { severity }: Incident,
  { page, nowUs }: Readonly<{ page: Pick<Page, 'calls'>; nowUs: number }>,
): number {
  const last = page.calls.at(-1);
  if (last === undefined) return nowUs;
  const minutes = minutesFor(pages, severity);
  return minutes === 0 ? nowUs + LOOK_AGAIN_US : last.atUs + minutes * MINUTE_US;
}

/** The severity gives more time than it did when the job was added. */
async function waitLonger(
  tx: Tx,
  jobs: Jobs,
  { id, workspaceId }: Incident,
  { request, dueUs }: Readonly<{ request: NextRequest; dueUs: number }>,
): Promise<void> {
  const key = `${stepKey(id, request)}/at/${dueUs}`;
  await jobs.addJob(tx, { kind: PAGE_NEXT, workspaceId, key, payload: request, dueUs });
}

/** For another severity: its minutes count from the last call of each page on. */
export async function pageByNow(
  tx: Tx,
  { jobs, pages }: Pick<PageParts, 'jobs' | 'pages'>,
  incident: Incident,
): Promise<void> {
  const { id, workspaceId } = incident;
  for (const page of pagesOf(await timelineOf(tx, id)).filter(isWaiting)) {
    if (page.calls.length === 0) continue;
    const prefix = stepKey(id, { pageId: page.id, step: page.calls.length });
    const dueUs = nextCallUs(pages, incident, { page, nowUs: tx.nowUs });
    await jobs.moveJobs(tx, { kind: PAGE_NEXT, workspaceId, prefix, dueUs });
  }
}

/** Whether somebody has a call of another page that they have not answered. */
export async function isPagedAlready(tx: Tx, { id }: Incident, who: string): Promise<boolean> {
  const waiting = pagesOf(await timelineOf(tx, id)).filter(isWaiting);
  return waiting.some(({ calls }) => calls.at(-1)?.who === who);
}

/** Into the timeline. Returns those that are new there: each call asks again. */
export async function noteOnce(
  tx: Tx,
  { id }: Incident,
  { pageId, key, notes }: Readonly<{ pageId: string; key: string; notes: readonly string[] }>,
): Promise<readonly string[]> {
  const value = noteValue(pageId);
  const known = (await timelineOf(tx, id)).filter((entry) => entry.value === value).map(({ text }) => text);
  const fresh = [...new Set(notes)].filter((note) => !known.includes(note));
  for (const [at, text] of fresh.entries()) {
    await addEntry(tx, {
      incidentId: id,
      key: `page-note:${key}:${at}`,
      atUs: tx.nowUs,
      kind: 'message',
      text,
      source: 'spanhound',
      link: '',
      value,
    });
  }
  return fresh;
}

async function callNobody(
  tx: Tx,
  jobs: Jobs,
  incident: Incident,
  {
    page,
    request,
    notes,
    isUnsure,
  }: Readonly<{ page: Page; request: NextRequest; notes: readonly string[]; isUnsure: boolean }>,
): Promise<void> {
  const isAskedAgain = isUnsure && (request.tries ?? 0) < MOST_TRIES;
  if (isAskedAgain) await askAgain(tx, jobs, incident, { ...request, notes });
  else await endUnanswered(tx, incident, page, notes);
}

/** Nobody is called yet, and people read that at once. */
async function askAgain(
  tx: Tx,
  jobs: Jobs,
  incident: Incident,
  { notes, ...request }: NextRequest & Readonly<{ notes: readonly string[] }>,
): Promise<void> {
  const { id, workspaceId } = incident;
  const { pageId, step, tries = 0 } = request;
  if (notes.length > 0) {
    const message = pageNotes({ incident, notes, pageId });
    const messageId = `${CALL_OF(id, pageId, step)}/notes/${tries}`;
    await post(tx, { messageId, workspaceId, ...(await threadOf(tx, incident)), message, rank: 'urgent' });
  }
  const payload: NextRequest = { ...request, tries: tries + 1 };
  const key = `${stepKey(id, { pageId, step })}/${tries + 1}`;
  await jobs.addJob(tx, { kind: PAGE_NEXT, workspaceId, key, payload, dueUs: tx.nowUs + MINUTE_US });
}

/** For a list that begins with a system outside. The job asks it, so that a process that dies loses nobody. */
export async function askFirst(
  tx: Tx,
  jobs: Jobs,
  { id, workspaceId }: Incident,
  { pageId, left, by, text }: Readonly<{ pageId: string; left: readonly string[]; by: string; text: string }>,
): Promise<void> {
  const payload: NextRequest = { incidentId: id, pageId, step: 0, left, by, text };
  await jobs.addJob(tx, { kind: PAGE_NEXT, workspaceId, key: stepKey(id, payload), payload });
}

export async function pageOf(reader: Reader, incidentId: string, pageId: string): Promise<Page | undefined> {
  return pagesOf(await timelineOf(reader, incidentId)).find(({ id }) => id === pageId);
}

/**
 * Those who may see the incident: a page must not tell others that there is one. Members of a group read the mention only
 * where they read the channel. Undefined if Slack did not say. Asks Slack.
 */
export async function whoMay(
  { mayRead }: Pick<PageParts, 'mayRead'>,
  { workspaceId, channelId }: Incident,
  candidates: readonly string[],
): Promise<readonly string[] | undefined> {
  const may: string[] = [];
  for (const who of candidates) {
    const isPerson = !isGroup(who) && outsideTarget(who) === undefined;
    const permitted = !isPerson || (await mayRead({ userId: who, workspaceId, channelId: '' }, channelId));
    if (permitted === undefined) return undefined;
    if (permitted) may.push(who);
  }
  return may;
}

/** Of entries such as `payments-team=U012ABC`, in the order of the calls. */
export function onCallNamed(onCall: readonly string[], name: string): readonly string[] {
  const wanted = name.replace(/^@/, '').toLowerCase();
  return onCall.flatMap((entry) => {
    const equals = entry.lastIndexOf('=');
    return entry.slice(0, equals).replace(/^@/, '').toLowerCase() === wanted ? [entry.slice(equals + 1)] : [];
  });
}

/** The teams and services that the settings name, each once. */
export function namesOnCall(onCall: readonly string[]): readonly string[] {
  const names = onCall.map((entry) => entry.slice(0, entry.lastIndexOf('=')).replace(/^@/, ''));
  return [...new Map(names.map((name) => [name.toLowerCase(), name])).values()];
}

/** The targets of a service, else of its owners. */
export function onCallOfOwned(
  onCall: readonly string[],
  { service, owners }: Readonly<{ service: string; owners: readonly string[] }>,
): readonly string[] {
  const direct = onCallNamed(onCall, service);
  return direct.length > 0 ? direct : [...new Set(owners.flatMap((owner) => onCallNamed(onCall, owner)))];
}

/** The targets of the service that the newest answer of the incident blames. */
export async function onCallForCause(
  reader: Reader,
  onCall: readonly string[],
  incident: Incident,
): Promise<readonly string[]> {
  const owned = await ownedIn(reader, incident, await timelineOf(reader, incident.id));
  return owned === undefined ? [] : onCallOfOwned(onCall, owned);
}

export type Call = Readonly<{
  pageId: string;
  callee: Callee;
  /** What stood in the way of this call, as sentences. */
  notes: readonly string[];
  /** From 0. */
  step: number;
  /** Who is called next, in order. */
  left: readonly string[];
  /** The name of the person who pages; '' for the next call. */
  by: string;
  text: string;
  /** Of the entry in the timeline. */
  source: string;
  /** The overview; '' where it is not known. */
  url: string;
}>;

/**
 * In one transaction: the mention in the thread, the direct message, the entry, the page in systems outside, and the next
 * call.
 */
export async function callOne(
  tx: Tx,
  { jobs, pages, pagers }: Pick<PageParts, 'jobs' | 'pages' | 'pagers'>,
  incident: Incident,
  { pageId, callee, notes, step, left, by, text, source, url }: Call,
): Promise<void> {
  const { id, workspaceId } = incident;
  const minutes = minutesFor(pages, incident.severity);
  const { who } = callee;
  const call = { incident, pageId, ...callee, notes, by, text, minutes };
  const said = `${step === 0 ? 'Paged' : `Nobody acknowledged for ${minutes} min. Paged`} ${who}${whyThem(callee)}`;
  await addEntry(tx, {
    incidentId: id,
    key: `page:${pageId}:${step}`,
    atUs: tx.nowUs,
    kind: 'message',
    text: text === '' || step > 0 ? said : `${said}: ${text}`,
    source,
    link: '',
    value: callValue(pageId, who),
  });
  const messageId = CALL_OF(id, pageId, step);
  const thread = await threadOf(tx, incident);
  await post(tx, { messageId, workspaceId, ...thread, message: pageInThread(call), rank: 'urgent' });
  // Slack takes the id of a person as the channel of their direct message:
  // https://docs.slack.dev/reference/methods/chat.postMessage
  if (!isGroup(who)) {
    const message = pageByMessage({ ...call, known: await knownOf(tx, id), url });
    await post(tx, { messageId: `${messageId}/direct`, workspaceId, channelId: who, message, rank: 'urgent' });
    // Whoever is on call in a system outside is paged there by its own target.
    if (callee.place === '') await queuePerson(tx, { jobs, pagers }, incident, { pageId, userId: who, text });
  }
  const payload: NextRequest = { incidentId: id, pageId, step: step + 1, left, text };
  const page = { calls: [{ who, atUs: tx.nowUs }] };
  const dueUs = nextCallUs(pages, incident, { page, nowUs: tx.nowUs });
  await jobs.addJob(tx, { kind: PAGE_NEXT, workspaceId, key: stepKey(id, payload), payload, dueUs });
}

/** `, on call in PagerDuty’s schedule Payments until 2026-01-06 18:00 UTC`; '' for somebody in the settings. */
export function whyThem({ place, untilUs }: Callee): string {
  const until = untilUs === undefined ? '' : ` until ${readableMinute(untilUs)}`;
  return place === '' ? '' : `, on call in ${place}${until}`;
}

const LOOK_AGAIN_US = DAY_US;

/** The key of the job that makes this call. The keys of its repetitions begin with it. */
function stepKey(incidentId: string, { pageId, step }: Pick<NextRequest, 'pageId' | 'step'>): string {
  return `${incidentId}/${pageId}/${step}`;
}
const CALL_OF = (incidentId: string, pageId: string, step: number) => `${incidentId}/page/${pageId}/${step}`;

/** The newest verdict or update; '' without one. */
async function knownOf(tx: Tx, incidentId: string): Promise<string> {
  const entries = await timelineOf(tx, incidentId);
  return entries.findLast(({ kind }) => kind === 'diagnosis' || kind === 'update')?.text ?? '';
}

async function endUnanswered(tx: Tx, incident: Incident, page: Page, notes: readonly string[]): Promise<void> {
  const name = incidentName(incident);
  const isUncalled = page.calls.length === 0;
  const text = isUncalled
    ? 'Nobody was paged: I found nobody to page'
    : 'Nobody acknowledged the page, and nobody is left to page';
  const said = isUncalled
    ? `${name}: I found nobody to page`
    : `${name}: nobody acknowledged the page, and nobody is left to page`;
  await endPage(tx, incident, page, { text, source: 'spanhound', said });
  if (!isUncalled && notes.length === 0) return;
  const { id, workspaceId } = incident;
  const message = pageNotes({ incident, notes: [...notes, `${text}. Page a person: /incident page @kim.`] });
  const messageId = `${CALL_OF(id, page.id, page.calls.length)}/end`;
  await post(tx, { messageId, workspaceId, ...(await threadOf(tx, incident)), message, rank: 'urgent' });
}

async function endTwice(tx: Tx, incident: Incident, page: Page, name: string): Promise<void> {
  const text = `${name} is paged already and has not answered yet`;
  await endPage(tx, incident, page, { text, source: 'spanhound', said: `${incidentName(incident)}: ${text}` });
  const { id, workspaceId } = incident;
  const message = pageNotes({ incident, notes: [`${text}.`] });
  const messageId = `${CALL_OF(id, page.id, 0)}/end`;
  await post(tx, { messageId, workspaceId, ...(await threadOf(tx, incident)), message, rank: 'asked' });
}

/** False if it has ended already. */
export async function endPage(
  tx: Tx,
  incident: Incident,
  page: Page,
  { text, source, said }: Readonly<{ text: string; source: string; said: string }>,
): Promise<boolean> {
  const added = await addEntry(tx, {
    incidentId: incident.id,
    key: `page-ended:${page.id}`,
    atUs: tx.nowUs,
    kind: 'message',
    text,
    source,
    link: '',
    value: endedValue(page.id),
  });
  if (added) await closeCalls(tx, incident, page, said);
  return added;
}

/** For an incident that ends: a page that stays would call nobody, and nobody could page the same person again. */
export async function endPages(tx: Tx, incident: Incident, source: string): Promise<void> {
  const said = `${incidentName(incident)} is ${incident.status}: nobody is paged any more`;
  for (const page of pagesOf(await timelineOf(tx, incident.id)).filter(isWaiting)) {
    await endPage(tx, incident, page, { text: `The page ended: ${incident.status}`, source, said });
  }
}

/** The mentions in the thread say that nobody has to answer any more; the last one says how the page ended. */
export async function closeCalls(tx: Tx, incident: Incident, { id: pageId, calls }: Page, said: string): Promise<void> {
  for (const step of calls.keys()) {
    const messageId = CALL_OF(incident.id, pageId, step);
    if ((await deliveryOf(tx, messageId)) === undefined) continue;
    const next = calls[step + 1];
    const message = pageOver(
      next === undefined
        ? { said, atUs: tx.nowUs }
        : { said: `${incidentName(incident)}: no answer to this page, so I paged the next one`, atUs: next.atUs },
    );
    await update(tx, { messageId, message, rank: 'asked' });
  }
}
