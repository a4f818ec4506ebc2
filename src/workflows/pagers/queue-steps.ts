/**
 * Makes steps for paging systems of what happened in an incident. The audit log is their queue, as for the events of
 * webhooks: whatever way a change came in, its entry is there. What such a system said itself is never sent back.
 *
 *   somebody takes command, or has the page ──► acknowledge
 *   status, update, first diagnosis ──────────► note
 *   a page that reaches a target there ───────► page
 *   a page that calls a person ───────────────► page of that person, where the incident is open there, too
 */
import { sha256 } from '#core/sha256.ts';
import { type Incident, lastReopening, type TimelineEntry } from '#model/incident/incident.ts';
import { outsideTarget } from '#model/incident/on-call.ts';
import { COMMANDER_PAGE, type Pager, type PagerAction, type PagerRemote, personPlace } from '#model/incident/pager.ts';
import { alertsOfIncident, findAlert, roundsOf } from '#record/alerts.ts';
import { findIncident } from '#record/find-incidents.ts';
import { takeAdded } from '#record/incident-events.ts';
import type { Jobs } from '#record/jobs.ts';
import { mergedIn } from '#record/merges.ts';
import { addPagerStep, type NewPagerStep, type PagerStep, pagerStepsOf, stepsAt } from '#record/pager-steps.ts';
import type { Reader, Store, Tx } from '#record/store.ts';
import { timelineOf } from '#record/timeline.ts';
import { NOTHING_NEW } from '#workflows/timeline/note-entry.ts';

export const SEND_PAGER_STEP = 'pager-step';

export type PagerJob = Readonly<{ incidentId: string; stepId: string }>;

export type PagerQueue = Readonly<{ jobs: Jobs; pagers: readonly Pager[] }>;

/** Its own mark in the audit log. */
const SEEN = 'pager-steps-seen';
const KINDS = ['role', 'message', 'status', 'update', 'diagnosis'] as const;
/** Entries of the audit log in one transaction. */
const AT_ONCE = 200;
/** A bot that was away for longer sends no old news. */
const NEWS_US = 7_200_000_000;
/** An incident with more alerts than that is a storm: each call would take its share of what the system allows. */
const MOST_REMOTES = 20;

export function pagerQueuer({
  store,
  jobs,
  pagers,
  kick,
}: PagerQueue & Readonly<{ store: Store; kick(): void }>): () => Promise<void> {
  return async () => {
    for (;;) {
      const { count, isAll } = await store.transaction(async (tx) => {
        const taken = await takeAdded(tx, { reader: SEEN, kinds: KINDS, limit: AT_ONCE });
        let added = 0;
        for (const entry of taken.events.filter(({ noted_us }) => tx.nowUs - noted_us < NEWS_US)) {
          const action = actionOf(entry);
          if (action === undefined) continue;
          const incident = await findIncident(tx, { workspaceId: entry.workspace_id, id: entry.incident_id });
          if (incident === undefined) continue;
          added += await queueFor(tx, { jobs, pagers }, incident, { entry, action });
        }
        return { count: added, isAll: taken.isAll };
      });
      if (count > 0) kick();
      if (isAll) return;
    }
  };
}

type Entry = Readonly<{ id: string; isDeclaration: boolean }> &
  Pick<TimelineEntry, 'kind' | 'value' | 'text' | 'source'>;

function actionOf({ kind, value, text, isDeclaration }: Entry): 'acknowledge' | 'notes' | undefined {
  switch (kind) {
    case 'role':
      return /^commander=./.test(value) ? 'acknowledge' : undefined;
    case 'message':
      return value.startsWith('page-acknowledged=') ? 'acknowledge' : undefined;
    case 'status':
      return isDeclaration || value === 'merged' ? undefined : 'notes';
    case 'update':
      return value === '' && text !== NOTHING_NEW ? 'notes' : undefined;
    default:
      return 'notes';
  }
}

async function queueFor(
  tx: Tx,
  { jobs, pagers }: PagerQueue,
  incident: Incident,
  { entry, action }: Readonly<{ entry: Entry; action: 'acknowledge' | 'notes' }>,
): Promise<number> {
  let added = 0;
  for (const one of pagers) {
    const { id: pager, does } = one;
    if (!does.includes(action) || entry.source === pager) continue;
    for (const { id: remoteId } of await remotesOf(tx, one, incident, action)) {
      // The first diagnosis alone: later ones are in Slack, where the link of the first leads.
      const cause = entry.kind === 'diagnosis' ? 'verdict' : entry.id;
      const id = `${incident.id}/${action}/${cause}/${pager}/${remoteId}`;
      const isNew = await queueStep(tx, jobs, incident, { id, pager, kind: action, remoteId, entryId: entry.id });
      if (isNew) added += 1;
    }
  }
  return added;
}

/** False if it is stored already. */
export async function queueStep(tx: Tx, jobs: Jobs, incident: Incident, step: NewPagerStep): Promise<boolean> {
  if (!(await addPagerStep(tx, incident, step))) return false;
  await sendAt(tx, jobs, { ...step, incidentId: incident.id, workspaceId: incident.workspaceId }, tx.nowUs);
  return true;
}

/** `turn`: names this try among those of the step. */
export async function sendAt(
  tx: Tx,
  jobs: Jobs,
  { id: stepId, incidentId, workspaceId }: Pick<PagerStep, 'id' | 'incidentId' | 'workspaceId'>,
  dueUs: number,
  turn = `${dueUs}`,
): Promise<void> {
  const payload: PagerJob = { incidentId, stepId };
  await jobs.addJob(tx, { kind: SEND_PAGER_STEP, workspaceId, key: `${stepId}/${turn}`, payload, dueUs });
}

/**
 * The incidents there that belong to ours and take this action: those of its alerts, those that pages of ours began, and
 * the same of the incidents that are merged into it. The newest, if there are too many.
 */
export async function remotesOf(
  reader: Reader,
  { id, takes }: Pick<Pager, 'id' | 'takes'>,
  incident: Incident,
  action: PagerAction,
): Promise<readonly PagerRemote[]> {
  const found = new Set<string>();
  for (const one of [incident, ...(await mergedIn(reader, incident))]) {
    for (const { source, key } of await alertsOfIncident(reader, one)) if (source === id) found.add(key);
    for (const step of await pagerStepsOf(reader, one.id)) if (step.pager === id) found.add(step.remoteId);
  }
  found.delete('');
  const { workspaceId } = incident;
  const all = await Promise.all([...found].map((key) => remoteAt(reader, { workspaceId, pager: id, key })));
  return all.filter((remote) => takes(action, remote)).slice(-MOST_REMOTES);
}

export async function remoteAt(
  reader: Reader,
  { workspaceId, pager, key }: Readonly<{ workspaceId: string; pager: string; key: string }>,
): Promise<PagerRemote> {
  const [newest] = await roundsOf(reader, { workspaceId, source: pager, key });
  const alert = newest === undefined ? undefined : await findAlert(reader, { workspaceId, id: newest });
  const steps = await stepsAt(reader, { workspaceId, pager, remoteId: key });
  const page = steps.find(({ kind }) => kind === 'page');
  return { id: key, labels: alert?.labels ?? {}, mark: page?.mark ?? '' };
}

/**
 * For a page: its targets in systems that page people themselves. Each is paged there once; for a commander, once after
 * each reopening too.
 */
export async function queuePages(
  tx: Tx,
  { jobs, pagers }: PagerQueue,
  incident: Incident,
  { pageId, targets, text }: Readonly<{ pageId: string; targets: readonly string[]; text: string }>,
): Promise<void> {
  const reopening = pageId === COMMANDER_PAGE ? lastReopening(await timelineOf(tx, incident.id))?.id : undefined;
  for (const target of targets) {
    const { system: pager = '', place = '' } = outsideTarget(target) ?? {};
    if (!mayDo(pagers, pager, 'page')) continue;
    const id = [incident.id, 'page', pageId, target, ...(reopening === undefined ? [] : [reopening])].join('/');
    await queueStep(tx, jobs, incident, { id, pager, kind: 'page', place, pageId, text });
  }
}

/**
 * For a person who is paged by name: the systems that know an incident or an alert of this one page them there, too. Each
 * pages them once for a page.
 */
export async function queuePerson(
  tx: Tx,
  { jobs, pagers }: PagerQueue,
  incident: Incident,
  { pageId, userId, text }: Readonly<{ pageId: string; userId: string; text: string }>,
): Promise<void> {
  for (const pager of pagers) {
    if (!pager.does.includes('responders')) continue;
    if ((await remotesOf(tx, pager, incident, 'resolve')).length === 0) continue;
    const place = personPlace(userId);
    // A digest, so that no id names anybody.
    const id = [incident.id, 'page', pageId, `${pager.id}:${sha256(userId).slice(0, DIGEST_DIGITS)}`].join('/');
    await queueStep(tx, jobs, incident, { id, pager: pager.id, kind: 'page', place, pageId, text });
  }
}

/** 64 bits. */
const DIGEST_DIGITS = 16;

function mayDo(pagers: readonly Pager[], id: string, action: PagerAction): boolean {
  return pagers.some((pager) => pager.id === id && pager.does.includes(action));
}
