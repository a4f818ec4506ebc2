/**
 * A person asks for the postmortem at a place outside: the request is stored with its job, and answered at once.
 * `send-there.ts` sends it. Whoever may read the incident may ask, unless a setting reserves it; nothing is sent that nobody
 * asked for.
 */
import { type Incident, incidentName } from '#model/incident/incident.ts';
import type { PostmortemTarget } from '#model/incident/postmortem-target.ts';
import { targetListMessage } from '#present/slack/postmortem-targets.ts';
import { quotable } from '#present/slack/text.ts';
import { auditIncident } from '#record/audit.ts';
import type { Jobs } from '#record/jobs.ts';
import { queueSend, sendsOf } from '#record/postmortem-sends.ts';
import type { Tx } from '#record/store.ts';
import {
  type AskedBy,
  type IncidentParts,
  incidentMeant,
  type Meant,
  onIncident,
  showTo,
} from '#workflows/incidents/on-incident.ts';
import { type RightParts, withRight } from '#workflows/rights/check-right.ts';

export const SEND_POSTMORTEM = 'postmortem-send';

/** The content of the job's row. */
/** `takeIn`: what people wrote there comes into the record first; the person who asked for it. */
export type SendRequest = Readonly<{ incidentId: string; target: string; takeIn?: string }>;

export type NamedTarget = Pick<PostmortemTarget, 'id' | 'title' | 'read'>;

/** `target`: undefined for the list of what was sent where. `takesIn`: what people wrote there comes into the record first. */
export type ExportRequest = Readonly<{ asked: AskedBy; meant: Meant; target: string | undefined; takesIn?: true }>;

export type ExportPostmortem = (request: ExportRequest) => Promise<void>;

export function postmortemExporter(
  parts: IncidentParts & RightParts & Readonly<{ targets: readonly NamedTarget[] }>,
): ExportPostmortem {
  const { store, jobs, targets } = parts;
  return async ({ asked, meant, target: named, takesIn }) => {
    if (named === undefined) {
      const incident = await incidentMeant(parts, asked, meant);
      if ('problem' in incident) return await showTo(parts, asked, { text: incident.problem });
      const sends = await sendsOf(store, incident.id);
      return await showTo(parts, asked, targetListMessage({ incident, targets, sends }));
    }
    const change = await withRight(parts, { right: 'export', asked }, async (tx, incident) => {
      const target = targets.find(({ id }) => id === named.toLowerCase());
      if (target === undefined) return { answer: noSuchTarget(quotable(named), targets) };
      if (takesIn && target.read === undefined) return { answer: notReadBack(target) };
      const sending = { target: target.id, by: asked.userId, key: asked.inboxId };
      await queueExport(tx, jobs, incident, { ...sending, ...(takesIn && { takesIn }) });
      const answer = takesIn ? takesInSoon(incident, target) : onItsWay(incident, target);
      return { answer, isInThread: true, isForAsker: true };
    });
    await onIncident(parts, asked, meant, change);
  };
}

/** The caller holds the lock of the incident. */
export async function queueExport(
  tx: Tx,
  jobs: Jobs,
  incident: Incident,
  { target, by, key, takesIn }: Readonly<{ target: string; by: string; key: string; takesIn?: true }>,
): Promise<void> {
  await queueSend(tx, incident, { target, askedBy: by });
  await auditIncident(tx, incident, by, 'postmortem.asked-for', { target });
  await addSend(tx, jobs, incident, { target, key, ...(takesIn && { takeIn: by }) });
}

export async function addSend(
  tx: Tx,
  jobs: Jobs,
  { id: incidentId, workspaceId }: Pick<Incident, 'id' | 'workspaceId'>,
  { target, key, dueUs, takeIn }: Omit<SendRequest, 'incidentId'> & Readonly<{ key: string; dueUs?: number }>,
): Promise<void> {
  const payload: SendRequest = { incidentId, target, ...(takeIn !== undefined && { takeIn }) };
  const due = dueUs === undefined ? {} : { dueUs };
  await jobs.addJob(tx, { kind: SEND_POSTMORTEM, workspaceId, key: `${incidentId}/${target}/${key}`, payload, ...due });
}

function onItsWay(incident: Incident, { title }: NamedTarget): string {
  return `The postmortem of ${incidentName(incident)} is on its way to ${title}. The link will appear in its thread.`;
}

function takesInSoon(incident: Incident, { title }: NamedTarget): string {
  return `I take in what people wrote in ${title}, then the postmortem of ${incidentName(incident)} goes there again. Its thread will say what came in.`;
}

export function notReadBack({ title }: NamedTarget): string {
  return `What people write in ${title} cannot be read back. Copy what has to stay into the postmortem.`;
}

/** `typed`: as it may be shown. */
export function noSuchTarget(typed: string, targets: readonly NamedTarget[]): string {
  if (targets.length === 0) return NO_TARGETS;
  return `${typed} is not set up as a place for postmortems. There are: ${targets.map(({ id }) => id).join(', ')}.`;
}

const NO_TARGETS =
  'No place for postmortems is set up, so there is nowhere to send it. Whoever runs Spanhound can set one up: docs/exports.md says how.';
