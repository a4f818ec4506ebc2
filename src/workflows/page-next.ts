/**
 * Calls people who are paged, one after the other, until somebody has it. The jobs are due at fixed times, so they survive
 * a restart, and each reads the record first.
 *
 *   page ──► call, job after 5 min ──┬─ somebody has it, it was stopped, or the incident is over ──► the end
 *                                     └─ nobody answered ──► call the next, at last the commander; job 5 min later
 */
import { type Incident, incidentName, isOver } from '#model/incident/incident.ts';
import { callValue, endedValue, isGroup, isWaiting, type Page, pagesOf } from '#model/incident/page.ts';
import { pageByMessage, pageInThread, pageOver } from '#present/slack/page-messages.ts';
import { findIncident } from '#record/find-incidents.ts';
import type { JobHandler, Jobs } from '#record/jobs.ts';
import { deliveryOf, post, update } from '#record/outbox.ts';
import type { Reader, Store, Tx } from '#record/store.ts';
import { addEntry, timelineOf } from '#record/timeline.ts';
import { overviewUrl, threadOf } from '#workflows/incident-thread.ts';
import type { MayRead } from '#workflows/on-incident.ts';
import { type Directory, refreshOverview } from '#workflows/show-overview.ts';

export const PAGE_NEXT = 'incident-page';

export type PageSettings = Readonly<{
  /** After so many minutes without an answer, the next one is called; 0 is never. */
  minutes: number;
  /** `payments-team=U012ABC`: who is on call for a team or a service, in the order of the calls. */
  onCall: readonly string[];
}>;

type NextRequest = Readonly<{
  incidentId: string;
  pageId: string;
  /** How many were called so far. */
  step: number;
  /** Who is called next, in order. */
  left: readonly string[];
}>;

export type PageParts = Readonly<{
  store: Store;
  jobs: Jobs;
  directory: Directory;
  mayRead: MayRead;
  pages: PageSettings;
  kick(): void;
}>;

export function pageNext(parts: PageParts): JobHandler {
  const { store, jobs, directory, pages, kick } = parts;
  return async (job) => {
    const { incidentId, pageId, step, left } = job.payload as NextRequest;
    const place = { workspaceId: job.workspaceId, id: incidentId };
    const seen = await findIncident(store, place);
    if (seen === undefined) return;
    const called = (await pageOf(store, incidentId, pageId))?.calls.map(({ who }) => who) ?? [];
    const { commander } = seen.roles;
    const candidates = [...left, ...(commander === undefined ? [] : [commander])].filter(
      (who) => !called.includes(who),
    );
    const permitted = await whoMay(parts, seen, candidates);
    if (permitted === undefined) throw new Error('Slack did not say who may see the incident');
    const [next, ...others] = permitted;
    const url = await overviewUrl(store, directory.permalink, seen);
    await store.transaction(async (tx) => {
      await tx.lock(`incident/${incidentId}`);
      const incident = await findIncident(tx, place);
      const page = await pageOf(tx, incidentId, pageId);
      if (incident === undefined || isOver(incident) || page === undefined || !isWaiting(page)) return;
      // It ran before, and its process died before it said so.
      if (page.calls.length !== step) return;
      if (next === undefined) await endUnanswered(tx, incident, page);
      else
        await callOne(tx, { jobs, pages }, incident, {
          pageId,
          who: next,
          step,
          left: others,
          by: '',
          text: '',
          source: 'spanhound',
          url,
        });
      await refreshOverview(tx, jobs, { incident, key: job.id });
    });
    kick();
  };
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
    const permitted = isGroup(who) || (await mayRead({ userId: who, workspaceId, channelId: '' }, channelId));
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

export type Call = Readonly<{
  pageId: string;
  who: string;
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

/** In one transaction: the mention in the thread, the direct message, the entry, and the next call. */
export async function callOne(
  tx: Tx,
  { jobs, pages }: Pick<PageParts, 'jobs' | 'pages'>,
  incident: Incident,
  { pageId, who, step, left, by, text, source, url }: Call,
): Promise<void> {
  const { id, workspaceId } = incident;
  const { minutes } = pages;
  const call = { incident, pageId, who, by, text, minutes };
  const said = `${step === 0 ? 'Paged' : `Nobody acknowledged for ${minutes} min. Paged`} ${who}`;
  await addEntry(tx, {
    incidentId: id,
    key: `page:${pageId}:${step}`,
    atUs: tx.nowUs,
    kind: 'message',
    text: text === '' ? said : `${said}: ${text}`,
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
  }
  if (minutes === 0) return;
  const payload: NextRequest = { incidentId: id, pageId, step: step + 1, left };
  const dueUs = tx.nowUs + minutes * MINUTE_US;
  await jobs.addJob(tx, { kind: PAGE_NEXT, workspaceId, key: `${id}/${pageId}/${step + 1}`, payload, dueUs });
}

const MINUTE_US = 60_000_000;
const CALL_OF = (incidentId: string, pageId: string, step: number) => `${incidentId}/page/${pageId}/${step}`;

/** The newest verdict or update; '' without one. */
async function knownOf(tx: Tx, incidentId: string): Promise<string> {
  const entries = await timelineOf(tx, incidentId);
  return entries.findLast(({ kind }) => kind === 'diagnosis' || kind === 'update')?.text ?? '';
}

async function endUnanswered(tx: Tx, incident: Incident, page: Page): Promise<void> {
  await endPage(tx, incident, page, {
    text: 'Nobody acknowledged the page, and nobody is left to page',
    source: 'spanhound',
    said: `${incidentName(incident)}: nobody acknowledged the page, and nobody is left to page`,
  });
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

/** The mentions in the thread say that nobody has to answer any more. */
export async function closeCalls(tx: Tx, { id }: Incident, { id: pageId, calls }: Page, said: string): Promise<void> {
  for (const step of calls.keys()) {
    const messageId = CALL_OF(id, pageId, step);
    if ((await deliveryOf(tx, messageId)) === undefined) continue;
    await update(tx, { messageId, message: pageOver({ said, atUs: tx.nowUs }), rank: 'asked' });
  }
}
