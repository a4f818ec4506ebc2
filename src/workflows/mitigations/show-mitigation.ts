/** The message of a mitigation in the incident's thread, which always shows how it stands, and its timeline entries. */
import type { Incident } from '#model/incident/incident.ts';
import {
  type Mitigation,
  type MitigationDesk,
  type MitigationState,
  mitigationValue,
  mitigators,
} from '#model/incident/mitigation.ts';
import { mitigationMessage } from '#present/slack/mitigation-messages.ts';
import { truncate } from '#present/slack/text.ts';
import { findMitigation } from '#record/mitigations.ts';
import { deliveryOf, post, update } from '#record/outbox.ts';
import type { Tx } from '#record/store.ts';
import { addEntry } from '#record/timeline.ts';
import { threadOf } from '#workflows/incidents/incident-thread.ts';

/** Names by Slack id. */
export type People = ReadonlyMap<string, string>;

const MESSAGE_OF = ({ incidentId, id }: Pick<Mitigation, 'incidentId' | 'id'>) => `${incidentId}/mitigation/${id}`;

export async function showMitigation(
  tx: Tx,
  incident: Incident,
  id: string,
  { desk, people }: Readonly<{ desk: MitigationDesk | undefined; people: People }>,
): Promise<void> {
  const mitigation = await findMitigation(tx, id);
  if (mitigation === undefined) return;
  const approvers = approversOf(desk, incident, mitigation);
  const message = mitigationMessage({ incident, mitigation, approvers, people });
  const messageId = MESSAGE_OF(mitigation);
  if ((await deliveryOf(tx, messageId)) !== undefined) return await update(tx, { messageId, message, rank: 'asked' });
  const { workspaceId } = incident;
  await post(tx, { messageId, workspaceId, ...(await threadOf(tx, incident)), message, rank: 'urgent' });
}

/** Who may approve it: whoever may request it, but not the one who did. */
export function approversOf(
  desk: MitigationDesk | undefined,
  incident: Incident,
  { action: name, requestedBy }: Pick<Mitigation, 'action' | 'requestedBy'>,
): readonly string[] {
  const action = desk?.actions.find((one) => one.name === name);
  return action === undefined ? [] : mitigators(action, incident).filter((id) => id !== requestedBy);
}

type Step = Parameters<typeof mitigationValue>[0];

export async function noteMitigation(
  tx: Tx,
  { id, incidentId }: Pick<Mitigation, 'id' | 'incidentId'>,
  { step, text, by }: Readonly<{ step: Step; text: string; by: string }>,
): Promise<void> {
  await addEntry(tx, {
    incidentId,
    key: `mitigation:${step}:${id}`,
    atUs: tx.nowUs,
    kind: 'message',
    text: truncate(text, ENTRY_CHARS),
    source: by,
    link: '',
    value: mitigationValue(step),
  });
}

const ENTRY_CHARS = 2_000;

/** How it ended, as a sentence of the timeline. */
export function endText(
  { action, url }: Pick<Mitigation, 'action' | 'url'>,
  state: Extract<MitigationState, 'accepted' | 'refused' | 'unknown'>,
  reason: string,
): string {
  switch (state) {
    case 'accepted':
      return `Mitigation ${action}: ${new URL(url).host} accepted it.${reason === '' ? '' : ` It said: ${reason}`}`;
    case 'refused':
      return `Mitigation ${action} was not run. ${reason}`;
    case 'unknown':
      return `Mitigation ${action}: nobody knows whether it ran. ${reason}`;
  }
}
