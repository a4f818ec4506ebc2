/**
 * What people suspect during an incident, what they tried, and what that decided: each step is an entry of the timeline.
 * The overview's job keeps the board up to date.
 */
import {
  type BoardRow,
  MOST_SUSPECTED,
  nextSuspicion,
  stepText,
  stepWord,
  suspicionText,
} from '#model/incident/hypothesis-board.ts';
import { type Incident, incidentName, isOver } from '#model/incident/incident.ts';
import { type AnswerState, hypothesisValue } from '#model/incident/method-answers.ts';
import { changeIncident } from '#record/incidents.ts';
import type { Tx } from '#record/store.ts';
import { addEntry } from '#record/timeline.ts';
import { boardOf } from '#workflows/hypotheses/read-board.ts';
import {
  type AskedBy,
  answered,
  type IncidentParts,
  incidentMeant,
  type Meant,
  type Outcome,
  onIncident,
  type Told,
} from '#workflows/incidents/on-incident.ts';
import { draftAnew } from '#workflows/postmortem/draft-postmortem.ts';
import { keptText } from '#workflows/timeline/note-entry.ts';
import type { SpokenTime } from '#workflows/times/spoken-time.ts';
import { type Happened, type TimeParts, whenOf } from '#workflows/times/when.ts';

type Asked = Readonly<{ asked: AskedBy; meant: Meant; text: string; when?: SpokenTime | undefined }>;

type SuspectRequest = Asked;
/** `id`: `S1`, or `H2` of the diagnosis. */
type HypothesisRequest = Asked & Readonly<{ id: string; state: AnswerState }>;

export type HypothesisWorkflows = Readonly<{
  suspect(request: SuspectRequest): Promise<Told>;
  changeHypothesis(request: HypothesisRequest): Promise<Told>;
  /** As it is on the board now. Undefined where there is none: then the person has been told why. */
  hypothesisOf(request: Pick<HypothesisRequest, 'asked' | 'meant' | 'id'>): Promise<BoardRow | undefined>;
}>;

/** A longer text is evidence, and belongs in a note. */
export const CLAIM_CHARS = 300;

export function hypothesisChanger(parts: IncidentParts & TimeParts): HypothesisWorkflows {
  const changed = async (
    { asked, meant, when }: Asked,
    change: (tx: Tx, incident: Incident, happened: Happened) => Promise<Outcome>,
  ): Promise<Told> => {
    const happened = await whenOf(parts, asked, when);
    return await onIncident(parts, asked, meant, async (tx, incident) => {
      if ('problem' in happened) return { answer: happened.problem, about: 'time' };
      const outcome = await change(tx, incident, happened);
      // Afterwards, the draft has what was ruled out.
      if (outcome.said !== undefined && isOver(incident))
        await draftAnew(tx, parts.jobs, { incident, key: asked.inboxId });
      return outcome;
    });
  };
  return {
    suspect: (request) => changed(request, (tx, incident, happened) => suspected(tx, incident, request, happened)),
    changeHypothesis: (request) =>
      changed(request, async (tx, incident, happened) => {
        const row = (await boardOf(tx, incident)).find(({ id }) => id === request.id.toUpperCase());
        if (row === undefined) return { answer: noneSuch(incident, request.id) };
        return await addStep(tx, incident, { ...request, row, happened });
      }),
    async hypothesisOf({ asked, meant, id }) {
      const incident = await incidentMeant(parts, asked, meant);
      const rows = 'problem' in incident ? [] : await boardOf(parts.store, incident);
      const row = rows.find((one) => one.id === id);
      if (row !== undefined) return row;
      const text = 'problem' in incident ? incident.problem : noneSuch(incident, id);
      await parts.store.transaction((tx) => answered(tx, asked, { kind: 'refused', text }));
      parts.kick();
      return undefined;
    },
  };
}

async function suspected(
  tx: Tx,
  incident: Incident,
  { asked, text }: SuspectRequest,
  happened: Happened,
): Promise<Outcome> {
  const name = incidentName(incident);
  const { text: claim } = keptText(text);
  if (claim === '') return { answer: 'What do you suspect? Nothing was changed.' };
  if (claim.length > CLAIM_CHARS)
    return { answer: `A hypothesis has at most ${CLAIM_CHARS} characters. Put the rest into a note.` };
  const rows = await boardOf(tx, incident);
  const known = rows.find((row) => row.claim.toLowerCase() === claim.toLowerCase());
  if (known !== undefined) return { answer: `${name} has this as ${known.id} already: ${known.state}.` };
  if (rows.length >= MOST_SUSPECTED) return { answer: `${name} has ${rows.length} hypotheses. Refine one of them.` };
  const id = nextSuspicion(rows);
  const atUs = happened.atUs ?? tx.nowUs;
  await addEntry(tx, {
    incidentId: incident.id,
    key: `hypothesis:${asked.inboxId}`,
    atUs,
    kind: 'note',
    text: suspicionText(id, claim),
    source: asked.userId,
    link: '',
    value: hypothesisValue('', id, 'open'),
  });
  return {
    answer: `${id} is on the board of ${name}. \`/incident hypothesis ${id} tested …\` says what you tried.`,
    isForAsker: true,
    said: { what: suspicionText(id, claim), by: asked.userName, atUs },
  };
}

/** A person tried something, or decided. `row`: as it was before. */
export async function addStep(
  tx: Tx,
  incident: Incident,
  {
    asked,
    row,
    state,
    text,
    happened,
  }: Readonly<{ asked: AskedBy; row: BoardRow; state: AnswerState; text: string; happened: Happened }>,
): Promise<Outcome> {
  const { id, claim, investigationId } = row;
  const { text: words, wasCut } = keptText(text);
  if (state === 'tested' && words === '')
    return { answer: `What was tried, and what did it show? \`/incident hypothesis ${id} tested …\`` };
  if (row.state === state && words === '') return { answer: `${id} is ${state} already.` };
  const atUs = happened.atUs ?? tx.nowUs;
  const what = stepText({ id, claim }, state, words);
  await addEntry(tx, {
    incidentId: incident.id,
    key: `hypothesis:${asked.inboxId}`,
    atUs,
    kind: 'note',
    text: what,
    source: asked.userId,
    link: '',
    value: hypothesisValue(investigationId, id, state),
  });
  const identified = await identify(tx, incident, { asked, state, claim, atUs: happened.atUs });
  return {
    answer: `${id} is ${stepWord(state)}${happened.said}.${identified}${wasCut}`,
    said: { what, by: asked.userName, atUs },
  };
}

/** A confirmed cause means the status `identified`; later statuses stay. */
async function identify(
  tx: Tx,
  { id, status }: Incident,
  {
    asked,
    state,
    claim,
    atUs,
  }: Readonly<{ asked: AskedBy; state: AnswerState; claim: string; atUs: number | undefined }>,
): Promise<string> {
  if (state !== 'confirmed' || status !== 'investigating') return '';
  const change = { incidentId: id, key: asked.inboxId, by: asked.userId, atUs, text: claim };
  await changeIncident(tx, { ...change, status: 'identified' });
  return ' The incident is identified.';
}

function noneSuch(incident: Incident, id: string): string {
  const shown = /^[a-z]\d{1,3}$/i.test(id) ? id.toUpperCase() : 'this hypothesis';
  return `${incidentName(incident)} has no ${shown}. \`/incident hypotheses\` shows them.`;
}
