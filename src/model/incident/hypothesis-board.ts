/**
 * The hypotheses of an incident on one board: those of its diagnosis (`H1`), and what people suspect (`S1`). The timeline
 * holds each step with its author and its time, and a program reads it by the value of the entry:
 *
 *  hypothesis::S1=open                     a person suspects it: the first such entry has the claim
 *  hypothesis:<investigation>:H2=tested    a person tried something that does not decide it
 *  hypothesis::S1=refuted                  the step that happened last counts
 */
import type { Hypothesis } from '#model/finding/methods.ts';
import { inTimelineOrder, type TimelineEntry } from '#model/incident/incident.ts';
import { ANSWER_STATES, type AnswerState, hypothesisValue } from '#model/incident/method-answers.ts';
import { cutText } from '#model/text/cut-text.ts';

export type BoardState = Hypothesis['state'] | AnswerState;

export type BoardRow = Readonly<{
  /** `S1`, `H2` */
  id: string;
  /** '' for what people suspect. */
  investigationId: string;
  claim: string;
  /** `spanhound`, or who suspects it. */
  source: string;
  /** Undefined for a hypothesis of the diagnosis. */
  suspectedUs: number | undefined;
  state: BoardState;
  /** What people tried and decided, in the order of events. */
  steps: readonly TimelineEntry[];
}>;

/** More are not suspected in one incident; the board stays readable. */
export const MOST_SUSPECTED = 30;

/** In characters: the claim is repeated in each step. */
const SHORT_CLAIM = 120;

type Diagnosed = Readonly<{ investigationId: string; hypotheses: readonly Hypothesis[] }>;

/** The confirmed ones first, the refuted ones last. `entries`: those of the incident itself. */
export function boardRows(entries: readonly TimelineEntry[], { investigationId, hypotheses }: Diagnosed): BoardRow[] {
  const steps = stepsByHypothesis(entries);
  const ofDiagnosis = hypotheses.map(({ id, claim, state }): BoardRow => {
    const taken = steps.get(keyOf(investigationId, id)) ?? [];
    return {
      ...{ id, investigationId, claim, source: 'spanhound', suspectedUs: undefined },
      ...{ state: stateAfter(taken) ?? state, steps: taken },
    };
  });
  const suspected = [...steps.values()].flatMap((taken) => suspectedRow(taken) ?? []);
  return [...ofDiagnosis, ...suspected].toSorted((a, b) => RANK[a.state] - RANK[b.state]);
}

/** In the order of events. Those of a merged incident have names of their own. */
function stepsByHypothesis(entries: readonly TimelineEntry[]): ReadonlyMap<string, readonly TimelineEntry[]> {
  return Map.groupBy(
    inTimelineOrder(entries).filter((entry) => hypothesisStep(entry) !== undefined),
    ({ from = '', value }) => `${from}${value.slice(0, value.lastIndexOf('='))}`,
  );
}

const RANK: Readonly<Record<BoardState, number>> = { confirmed: 0, supported: 1, tested: 2, open: 2, refuted: 3 };

function suspectedRow(taken: readonly TimelineEntry[]): BoardRow | undefined {
  // Somebody may note a test from before the suspicion: the first one noted has the claim.
  const [first] = taken.toSorted((a, b) => a.notedUs - b.notedUs || (a.id < b.id ? -1 : 1));
  const step = first && hypothesisStep(first);
  if (first === undefined || step === undefined || step.investigationId !== '') return undefined;
  const steps = taken.filter((entry) => entry !== first);
  return {
    ...{ id: step.id, investigationId: '', claim: claimIn(first, step.id), source: first.source },
    ...{ suspectedUs: first.atUs, state: stateAfter(steps) ?? 'open', steps },
  };
}

function stateAfter(steps: readonly TimelineEntry[]): AnswerState | undefined {
  const last = steps.at(-1);
  return last && hypothesisStep(last)?.state;
}

function keyOf(investigationId: string, id: string): string {
  const value = hypothesisValue(investigationId, id, 'open');
  return value.slice(0, value.lastIndexOf('='));
}

/** Undefined for any other entry. */
export function hypothesisStep({
  kind,
  value,
}: Pick<TimelineEntry, 'kind' | 'value'>):
  | Readonly<{ investigationId: string; id: string; state: AnswerState }>
  | undefined {
  const [method, investigationId = '', said = '', ...more] = value.split(':');
  if (kind !== 'note' || method !== 'hypothesis' || more.length > 0) return undefined;
  const [id = '', known] = said.split('=');
  const state = ANSWER_STATES.find((one) => one === known);
  return state && { investigationId, id, state };
}

/** The id of the next one that people suspect. */
export function nextSuspicion(rows: readonly BoardRow[]): string {
  const numbers = rows.map(({ id, investigationId }) => (investigationId === '' ? Number(id.slice(1)) : 0));
  return `S${Math.max(0, ...numbers) + 1}`;
}

const STEP_WORDS: Readonly<Record<AnswerState, string>> = {
  open: 'reopened',
  tested: 'tested',
  confirmed: 'confirmed',
  refuted: 'refuted',
};

export function stepWord(state: AnswerState): string {
  return STEP_WORDS[state];
}

export function suspicionText(id: string, claim: string): string {
  return `${id} suspected: ${claim}`;
}

function claimIn({ text }: TimelineEntry, id: string): string {
  const start = suspicionText(id, '');
  return text.startsWith(start) ? text.slice(start.length) : text;
}

/** `S1 tested (the cache was flushed): the hit rate did not change`; `S1 refuted: the cache was flushed` without words. */
export function stepText({ id, claim }: Pick<BoardRow, 'id' | 'claim'>, state: AnswerState, words: string): string {
  return words === '' ? `${id} ${stepWord(state)}: ${claim}` : `${stepStart(id, claim, state)}${words}`;
}

function stepStart(id: string, claim: string, state: AnswerState): string {
  return `${id} ${stepWord(state)} (${cutText(claim, SHORT_CLAIM)}): `;
}

/** What people said with a step; '' where they said nothing. */
export function wordsOfStep({ id, claim }: Pick<BoardRow, 'id' | 'claim'>, { text, ...entry }: TimelineEntry): string {
  const state = hypothesisStep(entry)?.state ?? 'open';
  const start = stepStart(id, claim, state);
  if (text.startsWith(start)) return text.slice(start.length);
  return text.startsWith(`${id} ${stepWord(state)}: `) ? '' : text;
}

export type RefutedHypothesis = Readonly<{
  claim: string;
  /** What people said with it; '' where they said nothing. */
  words: string;
  tests: readonly TimelineEntry[];
  refutation: TimelineEntry;
}>;

/** What people refuted, of the diagnosis and of their own suspicions, in the order of events. */
export function refutedRows(entries: readonly TimelineEntry[]): RefutedHypothesis[] {
  return [...stepsByHypothesis(entries).values()].flatMap((taken) => {
    const refutation = taken.at(-1);
    const step = refutation && hypothesisStep(refutation);
    if (refutation === undefined || step?.state !== 'refuted') return [];
    const tests = taken.filter((entry) => hypothesisStep(entry)?.state === 'tested');
    return [{ ...partsOfStep(refutation.text, `${step.id} ${stepWord('refuted')}`), tests, refutation }];
  });
}

/** The claim and the words in the text of a step: `stepText` wrote it. */
function partsOfStep(text: string, start: string): Readonly<{ claim: string; words: string }> {
  const rest = text.startsWith(start) ? text.slice(start.length) : '';
  if (rest.startsWith(': ')) return { claim: rest.slice(2), words: '' };
  const end = rest.indexOf('): ');
  return end === -1 ? { claim: '', words: '' } : { claim: rest.slice(2, end), words: rest.slice(end + 3) };
}
