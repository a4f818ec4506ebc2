/**
 * What comes back from a paging system about our own doing. An incident there that a page of ours began is no alert: it is
 * not diagnosed, and its acknowledgement ends the page. What we acknowledged or resolved there is in the timeline already.
 */

import type { Alert } from '#model/incident/alert.ts';
import { type Incident, incidentName, isOver } from '#model/incident/incident.ts';
import { acknowledgedValue, isWaiting } from '#model/incident/page.ts';
import { COMMANDER_PAGE, type PagerStepKind } from '#model/incident/pager.ts';
import { findIncident } from '#record/find-incidents.ts';
import type { Jobs } from '#record/jobs.ts';
import { type PagerStep, pagesOnTheirWay, stepsAt } from '#record/pager-steps.ts';
import type { Reader, Tx } from '#record/store.ts';
import { addEntry } from '#record/timeline.ts';
import { alsoSay } from '#workflows/incidents/on-incident.ts';
import { closeCalls, pageOf } from '#workflows/pagers/page-next.ts';

type Heard = Readonly<{ workspaceId: string; alert: Alert }>;
type Said = Readonly<{ workspaceId: string; alert: Pick<Alert, 'source' | 'key' | 'saidUs'> }>;

/** Whether it is a page of ours. The answer to our call may be on its way: then the title says whose it is. */
async function ownPage(reader: Reader, { workspaceId, alert }: Heard): Promise<PagerStep | undefined> {
  const { source: pager, key: remoteId, title } = alert;
  const steps = await stepsAt(reader, { workspaceId, pager, remoteId });
  const page = steps.find(({ kind }) => kind === 'page');
  if (page !== undefined) return page;
  for (const step of await pagesOnTheirWay(reader, { workspaceId, pager })) {
    const incident = await findIncident(reader, { workspaceId, id: step.incidentId });
    if (incident !== undefined && title.startsWith(`${incidentName(incident)} `)) return step;
  }
  return undefined;
}

/** True if it was one of our pages, so that nobody answers it. */
export async function hearOwnPage(tx: Tx, jobs: Jobs, heard: Heard): Promise<boolean> {
  const step = await ownPage(tx, heard);
  if (step === undefined) return false;
  const incident = await findIncident(tx, { workspaceId: heard.workspaceId, id: step.incidentId });
  if (incident === undefined) return true;
  await tx.lock(`incident/${incident.id}`);
  const { state } = heard.alert;
  if (state === 'acknowledged') await acknowledgedThere(tx, jobs, { incident, step, heard });
  if (state === 'resolved') await resolvedThere(tx, jobs, { incident, step, heard });
  return true;
}

type Own = Readonly<{ incident: Incident; step: PagerStep; heard: Heard }>;

async function acknowledgedThere(tx: Tx, jobs: Jobs, { incident, step, heard }: Own): Promise<void> {
  const { source, url } = heard.alert;
  if (step.pageId === COMMANDER_PAGE) return await commanderHeard(tx, jobs, { incident, step, heard });
  const page = await pageOf(tx, incident.id, step.pageId);
  if (page === undefined || !isWaiting(page) || isOver(incident)) return;
  if (await wasOurs(tx, heard, 'acknowledge')) return;
  const key = `page-acknowledged:${step.pageId}`;
  const added = await addEntry(tx, {
    incidentId: incident.id,
    key,
    atUs: tx.nowUs,
    kind: 'message',
    text: 'Acknowledged the page there',
    source,
    link: url,
    value: acknowledgedValue(step.pageId),
  });
  if (!added) return;
  await closeCalls(tx, incident, page, `${incidentName(incident)}: somebody acknowledged the page in ${source}`);
  const said = { what: `Somebody acknowledged the page in ${source}`, by: '', atUs: tx.nowUs, url };
  await alsoSay(tx, jobs, incident, { said, key });
}

/** It is no answer in Slack: calls go on until somebody takes command. */
async function commanderHeard(tx: Tx, jobs: Jobs, { incident, step, heard }: Own): Promise<void> {
  if (isOver(incident) || (await wasOurs(tx, heard, 'acknowledge'))) return;
  const what = `Somebody acknowledged the call for a commander in ${heard.alert.source}`;
  await noteThere(tx, jobs, { incident, step, heard }, { key: `pager:${step.id}:acknowledged`, what });
}

async function resolvedThere(tx: Tx, jobs: Jobs, { incident, step, heard }: Own): Promise<void> {
  if (await wasOurs(tx, heard, 'resolve')) return;
  const what = `The page was resolved in ${heard.alert.source}`;
  await noteThere(tx, jobs, { incident, step, heard }, { key: `pager:${step.id}:resolved`, what });
}

async function noteThere(
  tx: Tx,
  jobs: Jobs,
  { incident, heard }: Own,
  { key, what }: Readonly<{ key: string; what: string }>,
): Promise<void> {
  const { source, url } = heard.alert;
  const entry = {
    incidentId: incident.id,
    key,
    atUs: tx.nowUs,
    kind: 'message',
    text: what,
    source,
    link: url,
  } as const;
  if (await addEntry(tx, entry))
    await alsoSay(tx, jobs, incident, { said: { what, by: '', atUs: tx.nowUs, url }, key });
}

/** Whether we did it ourselves, so that it is no news. */
export async function wasOurs(reader: Reader, { workspaceId, alert }: Said, kind: PagerStepKind): Promise<boolean> {
  const { source: pager, key: remoteId, saidUs } = alert;
  const steps = await stepsAt(reader, { workspaceId, pager, remoteId });
  return steps.some((step) => {
    if (step.kind !== kind) return false;
    // Nobody knows yet how our call ended: the system says it first.
    if (step.state === 'queued') return step.isUncertain;
    return step.doneUs !== undefined && Math.abs(saidUs - step.doneUs) <= SAME_US;
  });
}

/** Its clock may differ from ours, and a message of its app comes later than the event. */
const SAME_US = 300_000_000;
