/**
 * Asks a person by name to review a postmortem. The request is an entry of the timeline and a message in the thread that
 * mentions the person. Each Monday, the reminder names them until somebody accepts the postmortem (`report-overdue.ts`).
 */
import { DAY_US } from '#core/time-units.ts';
import { type Incident, incidentName, isOver } from '#model/incident/incident.ts';
import { isCurrent, reviewValue } from '#model/incident/postmortem-acceptance.ts';
import { askedToReview } from '#present/slack/postmortem-message.ts';
import { deliveryOf, post } from '#record/outbox.ts';
import type { Tx } from '#record/store.ts';
import { addEntry } from '#record/timeline.ts';
import { remindToAccept } from '#workflows/action-items/report-overdue.ts';
import {
  type AskedBy,
  type IncidentParts,
  incidentMeant,
  type Meant,
  type Outcome,
  onIncident,
  type Told,
} from '#workflows/incidents/on-incident.ts';
import { readAcceptance } from '#workflows/postmortem/acceptance.ts';
import { draftAnew } from '#workflows/postmortem/draft-postmortem.ts';
import { POSTMORTEM_OF } from '#workflows/postmortem/postmortem-id.ts';

/** `reviewer`: the id of the person. */
export type ReviewRequest = Readonly<{ asked: AskedBy; meant: Meant; reviewer: string }>;

export type AskForReview = (request: ReviewRequest) => Promise<Told>;

export function reviewAsker(parts: IncidentParts): AskForReview {
  return async ({ asked, meant, reviewer }) => {
    const seen = await incidentMeant(parts, asked, meant);
    const may = 'problem' in seen ? undefined : await parts.mayRead(readerIn(asked, reviewer), seen.channelId);
    return await onIncident(parts, asked, meant, async (tx, incident) => {
      if (may === undefined)
        return { answer: 'Slack did not say whether that person may read the incident. Try again.' };
      if (!may) return { answer: `<@${reviewer}> may not read the incident. Invite them to its channel first.` };
      return await ask(tx, parts, incident, { asked, reviewer });
    });
  };
}

function readerIn({ workspaceId }: AskedBy, userId: string) {
  return { userId, workspaceId, channelId: '' };
}

async function ask(
  tx: Tx,
  { jobs }: IncidentParts,
  incident: Incident,
  { asked: { inboxId, userId, userName }, reviewer }: Pick<ReviewRequest, 'asked' | 'reviewer'>,
): Promise<Outcome> {
  const { id: incidentId, workspaceId, channelId } = incident;
  const name = incidentName(incident);
  if (!isOver(incident)) return { answer: `${name} is not over. Resolve it first, then ask for the review.` };
  const draft = await deliveryOf(tx, POSTMORTEM_OF(incidentId));
  if (draft?.state !== 'queued' && draft?.state !== 'sent')
    return { answer: `Nobody has drafted the postmortem of ${name}. Write \`/postmortem ${name}\` first.` };
  const known = await readAcceptance(tx, incident);
  if (known.acceptance !== undefined && isCurrent(known.acceptance))
    return { answer: `The postmortem of ${name} is accepted already, and nothing changed after that.` };
  if (known.reviewer === reviewer) return { answer: `<@${reviewer}> is asked already.` };
  await addEntry(tx, {
    incidentId,
    key: `review:${inboxId}`,
    atUs: tx.nowUs,
    kind: 'message',
    text: `Asked ${reviewer} to review the postmortem`,
    source: userId,
    link: '',
    value: reviewValue(reviewer),
  });
  await post(tx, {
    messageId: `${incidentId}/review/${inboxId}`,
    workspaceId,
    channelId,
    threadOf: POSTMORTEM_OF(incidentId),
    message: askedToReview(incident, { reviewer, asker: userName }),
  });
  // The message of today is the first reminder.
  await remindToAccept(tx, jobs, incident, tx.nowUs + DAY_US);
  await draftAnew(tx, jobs, { incident, key: inboxId });
  return { answer: `<@${reviewer}> is asked to review the postmortem of ${name}.`, isInThread: true };
}
