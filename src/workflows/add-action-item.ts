/** An action item: kept, told in the timeline and in the incident's thread, and shown in the draft of the postmortem. */
import { addActionItem } from '#record/action-items.ts';
import { addEntry } from '#record/incidents.ts';
import { draftAnew } from '#workflows/draft-postmortem.ts';
import { type AskedBy, type IncidentParts, onIncident, type Told } from '#workflows/on-incident.ts';

export type ActionItemRequest = Readonly<{
  asked: AskedBy;
  incidentId: string;
  text: string;
  /** A Slack user id or a name. */
  owner: string;
  /** YYYY-MM-DD */
  due: string;
}>;

export type AddActionItem = (request: ActionItemRequest) => Promise<Told>;

export function actionItemAdder(parts: IncidentParts): AddActionItem {
  return ({ asked, incidentId, text, owner, due }) => {
    const { inboxId, userId, userName } = asked;
    return onIncident(parts, asked, { incidentId }, async (tx, incident) => {
      await addActionItem(tx, { id: inboxId, incidentId, text, owner, due, createdBy: userId });
      await addEntry(tx, {
        incidentId,
        key: `action:${inboxId}`,
        atUs: tx.nowUs,
        kind: 'action',
        text: `${text} (owner ${owner}, due ${due})`,
        source: userId,
        link: '',
      });
      await draftAnew(tx, parts.jobs, { incident, key: inboxId });
      return { answer: 'The action item is kept.', said: `${userName} added an action item: ${text}, due ${due}` };
    });
  };
}
