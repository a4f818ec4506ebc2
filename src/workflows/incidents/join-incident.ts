/**
 * "Join INC-2" under an answer: its diagnosis and its alert go into the timeline of an open incident, so that nobody
 * declares the same outage again.
 */
import { incidentName } from '#model/incident/incident.ts';
import type { Report } from '#present/json/report.ts';
import { joinedSays } from '#present/slack/incident-messages.ts';
import { findIncident } from '#record/find-incidents.ts';
import { findInvestigation, type Investigation } from '#record/investigations.ts';
import { deliveryOf, post } from '#record/outbox.ts';
import type { Reader, Tx } from '#record/store.ts';
import { addAlertEntry, addDiagnosisEntry } from '#record/timeline-evidence.ts';
import {
  type AskedBy,
  type Changing,
  type IncidentParts,
  onIncident,
  type Told,
} from '#workflows/incidents/on-incident.ts';
import type { Directory } from '#workflows/incidents/show-overview.ts';

export type JoinIncident = (
  request: Readonly<{ asked: AskedBy; incidentId: string; investigationId: string }>,
) => Promise<Told>;

export type JoinOptions = IncidentParts &
  Readonly<{
    directory: Pick<Directory, 'permalink'>;
    /** Whether everybody who reads the first channel may read the second. */
    mayShowIn(shownIn: string, channelId: string): Promise<boolean>;
  }>;

export function incidentJoiner(parts: JoinOptions): JoinIncident {
  return async ({ asked, incidentId, investigationId }) => {
    const answer = await answerToJoin(parts, asked.workspaceId, { incidentId, investigationId });
    return await onIncident(parts, asked, { incidentId }, joining(asked, answer));
  };
}

/** `mayShow`: whether the readers of the incident may read the answer. */
type Answer = Readonly<{ investigation: Investigation; mayShow: boolean; url: string }>;

/** Undefined if one of the two is no longer there. Asks Slack. */
async function answerToJoin(
  { store, mayShowIn, directory }: JoinOptions,
  workspaceId: string,
  { incidentId, investigationId }: Readonly<{ incidentId: string; investigationId: string }>,
): Promise<Answer | undefined> {
  const incident = await findIncident(store, { workspaceId, id: incidentId });
  const investigation = await findInvestigation(store, { workspaceId, id: investigationId });
  if (incident === undefined || investigation?.state !== 'done') return undefined;
  const { channelId } = investigation;
  const mayShow = await mayShowIn(incident.channelId, channelId);
  const ts = mayShow ? await postedAt(store, investigationId) : undefined;
  return { investigation, mayShow, url: ts === undefined ? '' : await directory.permalink({ channelId, ts }) };
}

async function postedAt(reader: Reader, messageId: string): Promise<string | undefined> {
  return (await deliveryOf(reader, messageId))?.ts;
}

function joining({ userName }: AskedBy, answer: Answer | undefined): Changing {
  return async (tx, incident) => {
    const name = incidentName(incident);
    if (answer === undefined) return { answer: 'I no longer have this answer.' };
    if (incident.status === 'resolved') {
      return { answer: `${name} is resolved. Declare a new incident, or set the status of ${name} back first.` };
    }
    const { investigation, mayShow, url } = answer;
    if (!mayShow) {
      return {
        answer: `Some readers of ${name} may not read this channel, so its timeline does not get this diagnosis. Add what they may know: \`/incident ${name} note …\`.`,
      };
    }
    const { id: investigationId, alertId } = investigation;
    if (!(await addDiagnosisEntry(tx, { incidentId: incident.id, investigationId, link: url }))) {
      return { answer: `This diagnosis is in the timeline of ${name} already.` };
    }
    if (alertId !== undefined) await addAlertEntry(tx, { incidentId: incident.id, alertId });
    await sayJoined(tx, investigation, { name, incidentId: incident.id, by: userName });
    return {
      answer: `This diagnosis is in the timeline of ${name} now.`,
      said: { what: `Joined by another answer: ${verdictOf(investigation)}`, by: userName, atUs: tx.nowUs },
    };
  };
}

/** In the thread of the answer: everybody who reads it learns where the work goes on. */
async function sayJoined(
  tx: Tx,
  { id, workspaceId, channelId }: Investigation,
  { name, incidentId, by }: Readonly<{ name: string; incidentId: string; by: string }>,
): Promise<void> {
  if ((await deliveryOf(tx, id)) === undefined) return;
  const message = joinedSays(name, { by, atUs: tx.nowUs });
  const messageId = `${id}/joined/${incidentId}`;
  await post(tx, { messageId, workspaceId, channelId, threadOf: id, message });
}

function verdictOf({ report }: Investigation): string {
  return (report as Partial<Report>).diagnosis?.verdict ?? '';
}
