/**
 * Answers a question of a postmortem's draft: with words, which become an entry of the timeline and stand in every later
 * draft, or with the time at which the impact began.
 */
import { type Incident, incidentName } from '#model/incident/incident.ts';
import {
  answersIn,
  answerText,
  answerValue,
  type QuestionId,
  questionOf,
  saidOfAnswer,
} from '#model/incident/postmortem-questions.ts';
import { truncate } from '#present/slack/text.ts';
import type { Tx } from '#record/store.ts';
import { addEntry, timelineOf } from '#record/timeline.ts';
import {
  type AskedBy,
  type IncidentParts,
  type Outcome,
  onIncident,
  type Told,
} from '#workflows/incidents/on-incident.ts';
import { draftAnew } from '#workflows/postmortem/draft-postmortem.ts';
import { keptText } from '#workflows/timeline/note-entry.ts';

export type AnswerRequest = Readonly<{
  asked: AskedBy;
  incidentId: string;
  /** As a button or a form holds it. */
  question: string;
  /** Undefined for the answer that the button itself has. */
  text: string | undefined;
}>;

export type AnswerQuestion = (request: AnswerRequest) => Promise<Told>;

export function questionAnswerer(parts: IncidentParts): AnswerQuestion {
  return ({ asked, incidentId, question, text }) =>
    onIncident(parts, asked, { incidentId }, async (tx, incident) => {
      const known = questionOf(question);
      if (known === undefined) return { answer: NOT_ASKED };
      const said = text ?? known.quick?.said;
      return said === undefined
        ? { answer: NOT_ASKED }
        : await answer(tx, parts, incident, { asked, id: known.id, said });
    });
}

const NOT_ASKED = 'The draft no longer asks this. Press *Draft again* under it for its current questions.';
const QUOTED_CHARS = 200;

type Answered = Readonly<{ asked: AskedBy; id: QuestionId; said: string }>;

/** The incident is locked: of two people who answer at once, the second reads what the first answered. */
async function answer(
  tx: Tx,
  { jobs }: IncidentParts,
  incident: Incident,
  { asked, id, said: written }: Answered,
): Promise<Outcome> {
  const name = incidentName(incident);
  const { text, wasCut } = keptText(written);
  if (text === '') return { answer: 'The answer is empty. Nothing was changed.' };
  const before = answersIn(await timelineOf(tx, incident.id)).get(id);
  if (before !== undefined) {
    const theirs = truncate(saidOfAnswer(id, before.text), QUOTED_CHARS);
    return {
      answer: `This is answered already: “${theirs}”. To change it, correct the entry: \`/incident ${name} timeline\`.`,
    };
  }
  const entry = answerText(id, text);
  await addEntry(tx, {
    incidentId: incident.id,
    key: `${answerValue(id)}:${asked.inboxId}`,
    atUs: tx.nowUs,
    kind: 'note',
    text: entry,
    source: asked.userId,
    link: '',
    value: answerValue(id),
  });
  await draftAnew(tx, jobs, { incident, key: asked.inboxId });
  return {
    answer: `Your answer is in the timeline and in the draft of ${name}.${wasCut}`,
    said: { what: entry, by: asked.userName, atUs: tx.nowUs },
  };
}
