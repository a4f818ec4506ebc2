/** Stores people's answers to the open parts of a method: each becomes an entry in the incident's timeline. */

import { CHECKLIST } from '#model/incident/checklist.ts';
import { boardRows } from '#model/incident/hypothesis-board.ts';
import { type Incident, incidentName } from '#model/incident/incident.ts';
import { type AnswerState, checkValue, methodAnswers, whyText, whyValue } from '#model/incident/method-answers.ts';
import type { Runbook } from '#model/incident/runbook.ts';
import type { MethodName } from '#present/slack/methods-message.ts';
import { truncate } from '#present/slack/text.ts';
import type { Names } from '#present/words/people-names.ts';
import { shownLines } from '#present/words/plain-text.ts';
import { findIncident } from '#record/find-incidents.ts';
import type { Tx } from '#record/store.ts';
import { addEntry, editEntry, timelineOf } from '#record/timeline.ts';
import { addStep } from '#workflows/hypotheses/change-hypothesis.ts';
import {
  type AskedBy,
  type IncidentParts,
  type Outcome,
  onIncident,
  type Told,
} from '#workflows/incidents/on-incident.ts';
import { type Directory, namesFor } from '#workflows/incidents/show-overview.ts';
import { methodsOf } from '#workflows/methods/incident-methods.ts';
import { showAnew } from '#workflows/methods/show-method.ts';
import { draftAnew } from '#workflows/postmortem/draft-postmortem.ts';
import type { ReadRunbook } from '#workflows/runbooks/read-runbook.ts';
import type { Happened } from '#workflows/times/when.ts';

/** The part that is answered, with its incident and its diagnosis; '' if it has none. */
type Place = Readonly<{ asked: AskedBy; incidentId: string; investigationId: string }>;

export type AnswerWhyRequest = Place & Readonly<{ number: number; ask: string; text: string }>;
export type JudgeHypothesisRequest = Place & Readonly<{ id: string; state: AnswerState }>;
export type TickRequest = Place & Readonly<{ step: string; isDone: boolean }>;

export type MethodTelling = Readonly<{
  answerWhy(request: AnswerWhyRequest): Promise<Told>;
  judgeHypothesis(request: JudgeHypothesisRequest): Promise<Told>;
  tick(request: TickRequest): Promise<Told>;
}>;

/** As for a note: longer text belongs in a linked document. */
const TEXT_CHARS = 2_000;

type TellParts = IncidentParts & Readonly<{ directory: Directory; readRunbook: ReadRunbook }>;
type Change = (tx: Tx, incident: Incident, runbook: Runbook | undefined) => Promise<Outcome>;

export function methodTelling(parts: TellParts): MethodTelling {
  /** Reads names and the runbook before the record is changed, because Slack or a disk may be slow. */
  const tell = async (place: Place, method: MethodName, change: Change) => {
    const { names, runbook } = await knownIn(parts, place, method);
    return await onIncident(parts, place.asked, { incidentId: place.incidentId }, async (tx, incident) => {
      const outcome = await change(tx, incident, runbook);
      const { workspaceId } = incident;
      if (outcome.said !== undefined) {
        await showAnew(
          tx,
          { investigationId: place.investigationId, workspaceId, method },
          { incident, names, runbook },
        );
      }
      return outcome;
    });
  };
  return {
    answerWhy: (request) =>
      tell(request, 'whys', async (tx, incident) => {
        const outcome = await addAnswer(tx, incident, request);
        if (outcome.said !== undefined) await draftAnew(tx, parts.jobs, { incident, key: request.asked.inboxId });
        return outcome;
      }),
    judgeHypothesis: (request) => tell(request, 'hypotheses', (tx, incident) => addVerdict(tx, incident, request)),
    tick: (request) => tell(request, 'checklist', (tx, incident, runbook) => addTick(tx, incident, request, runbook)),
  };
}

async function knownIn(
  { store, directory, readRunbook }: TellParts,
  { asked, incidentId }: Place,
  method: MethodName,
): Promise<Readonly<{ names: Names; runbook: Runbook | undefined }>> {
  const incident = await findIncident(store, { workspaceId: asked.workspaceId, id: incidentId });
  if (incident === undefined) return { names: new Map(), runbook: undefined };
  const names = await namesFor(directory, incident, await timelineOf(store, incidentId));
  return {
    names: new Map([...names, [asked.userId, names.get(asked.userId) ?? asked.userName]]),
    runbook: method === 'checklist' ? await readRunbook(incident) : undefined,
  };
}

async function addAnswer(
  tx: Tx,
  incident: Incident,
  { asked, investigationId, number, ask, text }: AnswerWhyRequest,
): Promise<Outcome> {
  const name = incidentName(incident);
  const said = truncate(shownLines(text).trim(), TEXT_CHARS);
  if (said === '') return { answer: 'The answer is empty. Nothing was changed.' };
  if (!Number.isInteger(number) || number < 1) return { answer: 'The chain has no such why.' };
  const value = whyValue(investigationId, number);
  const entry = {
    incidentId: incident.id,
    key: value,
    atUs: tx.nowUs,
    text: whyText(number, said),
    source: asked.userId,
  };
  const added = await addEntry(tx, { ...entry, kind: 'note', link: '', value });
  if (!added && !(await editEntry(tx, { incidentId: incident.id, key: value, text: entry.text, by: asked.userId }))) {
    return { answer: `${name} has this answer already.` };
  }
  return {
    answer: `Why ${number} is answered in ${name}.`,
    said: { what: `Why ${number}${ask === '' ? '' : ` (${ask})`}: ${said}`, by: asked.userName, atUs: tx.nowUs },
  };
}

async function addVerdict(
  tx: Tx,
  incident: Incident,
  { asked, investigationId, id, state }: JudgeHypothesisRequest,
): Promise<Outcome> {
  const methods = await methodsOf(tx, { id: investigationId, workspaceId: incident.workspaceId });
  const diagnosed = { investigationId, hypotheses: methods?.hypotheses ?? [] };
  const rows = boardRows(await timelineOf(tx, incident.id), diagnosed);
  const row = rows.find((one) => one.id === id && one.investigationId === investigationId);
  if (row === undefined) return { answer: `I no longer have ${id} of ${incidentName(incident)}.` };
  return await addStep(tx, incident, { asked, row, state, text: '', happened: NOW });
}

const NOW: Happened = { atUs: undefined, said: '', plain: '' };

async function addTick(
  tx: Tx,
  incident: Incident,
  { asked, step, isDone }: TickRequest,
  runbook: Runbook | undefined,
): Promise<Outcome> {
  const text = textOf(step, runbook);
  if (text === undefined) return { answer: 'The checklist has no such step.' };
  const ticks = methodAnswers(await timelineOf(tx, incident.id), '').ticks;
  if (ticks.has(step) === isDone) return { answer: `This step is ${isDone ? 'ticked' : 'open'} already.` };
  await addEntry(tx, {
    incidentId: incident.id,
    key: `check:${asked.inboxId}`,
    atUs: tx.nowUs,
    kind: 'note',
    text: `${isDone ? 'Done' : 'Not done after all'}: ${text}`,
    source: asked.userId,
    link: '',
    value: checkValue(step, isDone),
  });
  const what = `${isDone ? 'Ticked' : 'Unticked'}: ${text}`;
  return { answer: `${what}.`, said: { what, by: asked.userName, atUs: tx.nowUs } };
}

function textOf(step: string, runbook: Runbook | undefined): string | undefined {
  for (const { items } of CHECKLIST) for (const { id, text } of items) if (id === step) return text;
  const found = runbook?.steps.find(({ id }) => id === step);
  return found && shownLines(`${found.text.replaceAll('`', '')} (runbook of ${runbook?.service ?? ''})`);
}
