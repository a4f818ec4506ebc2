/** The few who read an entry of a timeline: who may be among them, who may change them, and how people read who they are. */
import { type Incident, incidentName, isCorrectable } from '#model/incident/incident.ts';
import { type Circle, circleIn, isNeedToKnow, mayChange, needToKnowValue } from '#model/incident/need-to-know.ts';
import { incidentSays } from '#present/slack/incident-messages.ts';
import { messageIdsWith, update } from '#record/outbox.ts';
import type { Reader, Tx } from '#record/store.ts';
import { entryRows, type StoredEntry, unwithheld } from '#record/timeline.ts';
import {
  type AskedBy,
  type IncidentParts,
  incidentMeant,
  type Meant,
  SLACK_DID_NOT_SAY,
} from '#workflows/on-incident.ts';

/** Why an entry cannot name these people: it would tell somebody that there is an incident. Asks Slack. */
export async function barredFrom(
  parts: Pick<IncidentParts, 'store' | 'mayRead'>,
  asked: AskedBy,
  meant: Meant,
  people: readonly string[],
): Promise<string | undefined> {
  const incident = people.length === 0 ? undefined : await incidentMeant(parts, asked, meant);
  if (incident === undefined || 'problem' in incident) return undefined;
  const { workspaceId, channelId } = incident;
  for (const userId of people) {
    const may = await parts.mayRead({ userId, workspaceId, channelId: '' }, channelId);
    if (may === undefined) return SLACK_DID_NOT_SAY;
    if (!may)
      return `<@${userId}> may not see ${incidentName(incident)}. Invite them to its channel first. Nothing was changed.`;
  }
  return undefined;
}

/** Where and who, for the person who wrote it. */
export function whoReads(incident: Incident, { people }: Circle, first = 'You'): string {
  const readers = [first, 'the commander', ...people.map((id) => `<@${id}>`)].join(', ');
  return `Only these read it, in \`/incident ${incidentName(incident)} timeline\`: ${readers}. Others read that there is an entry.`;
}

/** The circle of now with these people, for the store. Whoever put the entry there stays in it. */
export function circleWith(
  { source, value }: Pick<StoredEntry, 'source' | 'value'>,
  { people, by }: Readonly<{ people: readonly string[]; by: string }>,
): string {
  const first = isNeedToKnow({ value }) ? circleIn(value).by : by;
  return needToKnowValue({ people, by: first === source ? undefined : first });
}

const NOT_THERE = 'This entry is no longer in the timeline, or a system recorded it. Nothing was changed.';
const NOT_THEIRS = 'Only its author and the commander change a need-to-know entry. Nothing was changed.';

/** An entry in people's own words, as stored, for a person who may correct or withdraw it. */
export async function changeable(
  reader: Reader,
  incident: Incident,
  { entryId, userId }: Readonly<{ entryId: string; userId: string }>,
): Promise<StoredEntry | Readonly<{ problem: string }>> {
  const entry = (await unwithheld(reader, [entryId])).get(entryId);
  if (entry?.incidentId !== incident.id) return { problem: NOT_THERE };
  if (isNeedToKnow(entry)) return mayChange(userId, incident, entry) ? entry : { problem: NOT_THEIRS };
  return isCorrectable(entry) ? entry : { problem: NOT_THERE };
}

/** The lines in the thread that say its words, also those still on their way, say them no more. Call it before the change. */
export async function hideLines(tx: Tx, incident: Incident, { id }: Pick<StoredEntry, 'id'>): Promise<void> {
  const rows = (await entryRows(tx, incident.id)).filter((row) => row.id === id || row.amends === id);
  const createdUs = rows.map((row) => row.noted_us);
  for (const messageId of await messageIdsWith(tx, `${incident.id}/said/`, createdUs)) {
    const change = { what: 'This note is need to know now', by: '', atUs: tx.nowUs };
    await update(tx, { messageId, message: incidentSays(incident, change) });
  }
}

/** Whether it may get such readers later: it is a note that means nothing else to the record. */
export function mayBeNarrowed({ kind, value }: Pick<StoredEntry, 'kind' | 'value'>): boolean {
  return kind === 'note' && value === '';
}
