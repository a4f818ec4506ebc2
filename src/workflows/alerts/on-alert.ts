/**
 * The common part of the buttons under the answer to an alert: the answer and its alert, if the person may use them.
 * Whoever can read the answer's channel may; guests and people of other workspaces may not.
 */
import { findAlert, type NotedAlert } from '#record/alerts.ts';
import { findInvestigation, type Investigation } from '#record/investigations.ts';
import type { Store } from '#record/store.ts';
import { type AskedBy, type MayRead, SLACK_DID_NOT_SAY } from '#workflows/incidents/on-incident.ts';

export type AlertParts = Readonly<{
  store: Store;
  mayRead: MayRead;
  /** Something was stored: the jobs and the outbox may check for work. */
  kick(): void;
}>;

export type AskedOfAlert = Readonly<{
  asked: AskedBy;
  /** The answer under which the person asks. */
  investigationId: string;
}>;

export type AnsweredAlert = Readonly<{ investigation: Investigation; alert: NotedAlert }>;

export const NO_LONGER_THERE = 'I no longer have this alert.';
export const MEMBERS_ONLY =
  'Only members of this workspace who are in this channel may do that. Guests and people of other workspaces may not.';

/** Asks Slack, so never call it inside a transaction. */
export async function alertMeant(
  { store, mayRead }: Pick<AlertParts, 'store' | 'mayRead'>,
  { asked, investigationId }: AskedOfAlert,
): Promise<AnsweredAlert | Readonly<{ problem: string }>> {
  const { workspaceId } = asked;
  const investigation = await findInvestigation(store, { id: investigationId, workspaceId });
  if (investigation?.alertId === undefined) return { problem: NO_LONGER_THERE };
  const problem = await refusal(mayRead, asked, investigation.channelId);
  if (problem !== undefined) return { problem };
  const alert = await findAlert(store, { workspaceId, id: investigation.alertId });
  return alert === undefined ? { problem: NO_LONGER_THERE } : { investigation, alert };
}

/** Why this person may not, in words that tell nobody outside of the channel that there is something. */
export async function refusal(mayRead: MayRead, asked: AskedBy, channelId: string): Promise<string | undefined> {
  const may = await mayRead(asked, channelId);
  if (may === undefined) return SLACK_DID_NOT_SAY;
  if (may) return undefined;
  return asked.channelId === channelId && asked.fromForm === undefined ? MEMBERS_ONLY : NO_LONGER_THERE;
}
