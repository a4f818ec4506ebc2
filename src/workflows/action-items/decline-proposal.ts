/** Declines a proposed action item: it is not proposed again. The timeline says who did so, and when. */
import { proposedItemId } from '#model/incident/incident.ts';
import { declinedProposals, declinedValue } from '#model/incident/postmortem-acceptance.ts';
import { actionItemsOf } from '#record/action-items.ts';
import { addEntry, timelineOf } from '#record/timeline.ts';
import { acceptedAlready } from '#workflows/action-items/add-action-item.ts';
import { type AskedBy, type IncidentParts, onIncident, type Told } from '#workflows/incidents/on-incident.ts';
import { draftAnew } from '#workflows/postmortem/draft-postmortem.ts';

export type DeclineProposal = (
  request: Readonly<{ asked: AskedBy; incidentId: string; proposal: string; text: string }>,
) => Promise<Told>;

/** The names in an id of a proposal are cut to less. */
const ID_CHARS = 500;

export function proposalDecliner(parts: IncidentParts): DeclineProposal {
  return ({ asked, incidentId, proposal, text }) =>
    onIncident(parts, asked, { incidentId }, async (tx, incident) => {
      const { inboxId, userId, userName } = asked;
      if (proposal === '' || proposal.length > ID_CHARS) return { answer: 'I no longer have this proposal.' };
      const itemId = proposedItemId(incident.id, proposal);
      if ((await actionItemsOf(tx, incident.id)).some(({ id }) => id === itemId))
        return { answer: await acceptedAlready(tx, incident.id, itemId) };
      if (declinedProposals(await timelineOf(tx, incident.id)).has(proposal))
        return { answer: 'Somebody has declined this proposal already.' };
      await addEntry(tx, {
        incidentId: incident.id,
        key: `declined:${inboxId}`,
        atUs: tx.nowUs,
        kind: 'message',
        text: `Declined the proposed action item: ${text}`,
        source: userId,
        link: '',
        value: declinedValue(proposal),
      });
      await draftAnew(tx, parts.jobs, { incident, key: inboxId });
      return {
        answer: 'The proposal is declined.',
        said: { what: `Declined the proposed action item: ${text}`, by: userName, atUs: tx.nowUs },
      };
    });
}
