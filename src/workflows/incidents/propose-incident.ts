/**
 * Proposes the title, the severity and the start of the impact of an incident, from the alert and the diagnosis that it
 * is declared from. The form shows them; the command takes the severity if the person types none.
 */
import { QUESTION } from '#model/incident/alert.ts';
import { type ProposedSeverity, proposedSeverity } from '#model/incident/proposed-severity.ts';
import { titleOfAlert } from '#model/incident/proposed-title.ts';
import type { RequestCounts } from '#model/requests/request-counts.ts';
import { zonedSecond } from '#present/words/instant.ts';
import { alertAt, findAlert, firingIn, type NotedAlert } from '#record/alerts.ts';
import { findInvestigation, type Investigation } from '#record/investigations.ts';
import type { Reader, Store } from '#record/store.ts';
import { beganBefore } from '#record/timeline-evidence.ts';
import type { AskedBy } from '#workflows/incidents/on-incident.ts';
import type { Directory } from '#workflows/incidents/show-overview.ts';

/** Where it was declared from, as the form carries it. */
export type Origin = Readonly<{
  channelId: string;
  threadTs?: string | undefined;
  investigationId?: string | undefined;
}>;

export type Proposal = Readonly<{
  /** '' without an alert. */
  title: string;
  severity: ProposedSeverity | undefined;
  /** In the zone of the person; '' where the evidence does not show it. */
  impactStart: string;
  fromAlert: boolean;
}>;

export type ProposeIncident = (
  request: Readonly<{ asked: Pick<AskedBy, 'workspaceId' | 'userId'>; origin: Origin }>,
) => Promise<Proposal>;

export function incidentProposer({
  store,
  directory,
}: Readonly<{ store: Store; directory: Directory }>): ProposeIncident {
  return async ({ asked: { workspaceId, userId }, origin }) => {
    const { alert, investigation } = await evidenceAt(store, workspaceId, origin);
    const severity = await severityFor(store, workspaceId, {
      origin,
      alert,
      investigation,
      nowUs: await store.nowUs(),
    });
    const beganUs = investigation && beganBefore(investigation.report, alert?.atUs)?.atUs;
    const isAlert = alert !== undefined && alert.source !== QUESTION;
    return {
      title: isAlert ? titleOfAlert(alert) : '',
      severity,
      impactStart: beganUs === undefined ? '' : zonedSecond(beganUs, (await directory.person(userId))?.zone),
      fromAlert: isAlert,
    };
  };
}

export type Evidence = Readonly<{ alert: NotedAlert | undefined; investigation: Investigation | undefined }>;

/** The alert that the diagnosis answers, or the alert at the root of the thread. */
export async function evidenceAt(
  reader: Reader,
  workspaceId: string,
  { channelId, threadTs, investigationId = '' }: Origin,
): Promise<Evidence> {
  const named = await findInvestigation(reader, { id: investigationId, workspaceId });
  const alert =
    named?.alertId === undefined
      ? threadTs && (await alertAt(reader, { workspaceId, channelId, messageTs: threadTs }))
      : await findAlert(reader, { workspaceId, id: named.alertId });
  return { alert: alert || undefined, investigation: named };
}

/** Without evidence of its own, the one alert that fires in the channel counts. Several may be about anything. */
export async function severityFor(
  reader: Reader,
  workspaceId: string,
  { origin: { channelId }, alert, investigation, nowUs }: Evidence & Readonly<{ origin: Origin; nowUs: number }>,
): Promise<ProposedSeverity | undefined> {
  if (alert !== undefined || investigation !== undefined) return severityOf({ alert, investigation });
  const firing = await firingIn(reader, { workspaceId, channelId, nowUs });
  const [only, ...others] = firing.filter(({ source }) => source !== QUESTION);
  if (only === undefined || others.length > 0) return undefined;
  const answer = await findInvestigation(reader, { id: only.investigationId ?? '', workspaceId });
  const proposed = severityOf({ alert: only, investigation: answer });
  return proposed && { ...proposed, because: `${proposed.because} (${only.title})` };
}

function severityOf({ alert, investigation }: Evidence): ProposedSeverity | undefined {
  const { affected } = (investigation?.report ?? {}) as Readonly<{ affected?: RequestCounts }>;
  return proposedSeverity({ urgency: alert?.severity ?? '', affected });
}
