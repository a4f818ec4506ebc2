/** The few who read an entry of a timeline: who may be among them, who may change them, and how people read who they are. */
import { type Incident, incidentName, isCorrectable } from '#model/incident/incident.ts';
import { type Circle, circleIn, isNeedToKnow, mayChange, needToKnowValue } from '#model/incident/need-to-know.ts';
import { repeats } from '#model/incident/repeated-words.ts';
import { incidentSays } from '#present/slack/incident-messages.ts';
import { draftedLines } from '#present/words/update-draft.ts';
import { originOf } from '#record/entry-origin.ts';
import { everShownIn, mergedInto, wholeNarrowedWords } from '#record/merges.ts';
import { messageIdsSince, messageIdsWith } from '#record/outbox.ts';
import type { Reader, Tx } from '#record/store.ts';
import { drawLater, emptyAnswers, emptyFiles, sayInstead } from '#record/taken-back.ts';
import { entryRows, type StoredEntry, unwithheld } from '#record/timeline.ts';
import { OVERVIEW_OF, OWN_OVERVIEW_OF } from '#workflows/incidents/incident-thread.ts';
import {
  type AskedBy,
  type IncidentParts,
  incidentMeant,
  type Meant,
  SHOWN_OF,
  SLACK_DID_NOT_SAY,
} from '#workflows/incidents/on-incident.ts';
import { POSTMORTEM_OF, QUESTIONS_OF } from '#workflows/postmortem/postmortem-id.ts';

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

/**
 * Takes back the words that few read from now on: out of its lines in the thread, also those of an entry that it repeats,
 * out of timelines in threads, and out of what waits for Slack. Call it before the change, and store the jobs that draw the overview and the draft.
 */
export async function takeBack(
  tx: Tx,
  incident: Incident,
  { id, key }: Pick<StoredEntry, 'id' | 'key'>,
): Promise<void> {
  const all = await entryRows(tx, incident.id);
  const origin = originOf({ id, key });
  const same = new Set(all.filter((row) => row.amends === null && originOf(row) === origin).map((row) => row.id));
  const rows = all.filter((row) => same.has(row.amends ?? row.id));
  const createdUs = rows.map((row) => row.noted_us);
  for (const messageId of await messageIdsWith(tx, `${incident.id}/said/`, createdUs)) {
    const change = { what: 'This note is need to know now', by: '', atUs: tx.nowUs };
    await sayInstead(tx, { messageId, message: incidentSays(incident, change) });
  }
  const starts = rows.map(({ text }) => lettersOf(text).slice(0, START_CHARS)).filter((start) => start !== '');
  const saysIt = (answer: string) => starts.some((start) => lettersOf(answer).includes(start));
  await emptyAnswers(tx, { workspaceId: incident.workspaceId, text: ASK_AGAIN, saysIt });
  for (let shown: Incident | undefined = incident; shown !== undefined; shown = await mergedInto(tx, shown)) {
    const again = `${incidentName(shown)} is written again`;
    for (const drawn of DRAWN) await drawLater(tx, drawn(shown.id), again);
  }
  const sinceUs = Math.min(...createdUs);
  for (const id of await everShownIn(tx, incident.id)) {
    await emptyFiles(tx, `${POSTMORTEM_OF(id)}/`, DRAFT_AGAIN);
    for (const messageId of await messageIdsSince(tx, SHOWN_OF(id, TIMELINE), sinceUs))
      await sayInstead(tx, { messageId, message: { text: TIMELINE_AGAIN } });
  }
}

/** The messages that show entries of the timeline, drawn from the record. */
const DRAWN = [OVERVIEW_OF, OWN_OVERVIEW_OF, POSTMORTEM_OF, QUESTIONS_OF];
/** As the audit log names it when somebody is shown one. */
const TIMELINE = 'timeline';
const TIMELINE_AGAIN = 'An entry of this timeline is need to know now, so I took the answer back. Please ask again.';
const ASK_AGAIN = 'The timeline changed while this answer waited for Slack. Please ask again.';
const DRAFT_AGAIN =
  'An entry became need to know while this file waited for Slack. Type /postmortem for a new draft.\n';
/** A list shortens a text, and Slack’s markup changes its signs. */
const START_CHARS = 60;

function lettersOf(text: string): string {
  const plain = text.replace(/&(?:amp|lt|gt);/g, ' ');
  return plain.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, '');
}

/**
 * Why everybody cannot read an update: a line of its draft says what has become need-to-know since the form was opened.
 * Undefined for any other. People's own lines are theirs.
 */
export async function draftedTooEarly(tx: Tx, incident: Incident, text: string): Promise<string | undefined> {
  const lines = draftedLines(text);
  if (lines.length === 0) return undefined;
  const narrowed = await wholeNarrowedWords(tx, incident);
  const numbers = lines.flatMap((line, at) => (repeats(line, narrowed) ? [at + 1] : []));
  if (numbers.length === 0) return undefined;
  const which = `${numbers.length === 1 ? 'Line' : 'Lines'} ${numbers.join(', ')} with a •`;
  return `${which}: only some people may read that since this draft was made. Take it out. Nothing was posted.`;
}

/** Whether it may get such readers later: it is a note that means nothing else to the record. */
export function mayBeNarrowed({ kind, value }: Pick<StoredEntry, 'kind' | 'value'>): boolean {
  return kind === 'note' && value === '';
}
