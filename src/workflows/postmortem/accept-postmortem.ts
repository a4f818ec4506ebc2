/** Accepts a postmortem: until a person does, it is a draft. The acceptance is an entry of the timeline. */
import { type Incident, incidentName, isOver } from '#model/incident/incident.ts';
import { ACCEPTED, isCurrent } from '#model/incident/postmortem-acceptance.ts';
import type { Tx } from '#record/store.ts';
import { addEntry } from '#record/timeline.ts';
import {
  type AskedBy,
  type IncidentParts,
  type Outcome,
  onIncident,
  type Told,
} from '#workflows/incidents/on-incident.ts';
import { readAcceptance } from '#workflows/postmortem/acceptance.ts';
import { draftAnew } from '#workflows/postmortem/draft-postmortem.ts';

export type AcceptPostmortem = (request: Readonly<{ asked: AskedBy; incidentId: string }>) => Promise<Told>;

export function postmortemAccepter(parts: IncidentParts): AcceptPostmortem {
  return ({ asked, incidentId }) =>
    onIncident(parts, asked, { incidentId }, (tx, incident) => accept(tx, parts, incident, asked));
}

async function accept(
  tx: Tx,
  { jobs }: IncidentParts,
  incident: Incident,
  { inboxId, userId, userName }: AskedBy,
): Promise<Outcome> {
  const name = incidentName(incident);
  if (!isOver(incident)) return { answer: `${name} is not over. Resolve it first, then accept its postmortem.` };
  const { acceptance } = await readAcceptance(tx, incident);
  if (acceptance !== undefined && isCurrent(acceptance)) {
    return { answer: `The postmortem of ${name} is accepted already, and nothing changed after that.` };
  }
  const added = await addEntry(tx, {
    incidentId: incident.id,
    key: `${ACCEPTED}:${inboxId}`,
    atUs: tx.nowUs,
    kind: 'message',
    text: 'Accepted the postmortem',
    source: userId,
    link: '',
    value: ACCEPTED,
  });
  if (!added) return { answer: `The postmortem of ${name} is accepted already.` };
  await draftAnew(tx, jobs, { incident, key: inboxId });
  return {
    answer: `You accepted the postmortem of ${name}.`,
    said: { what: 'The postmortem is accepted', by: userName, atUs: tx.nowUs },
  };
}
