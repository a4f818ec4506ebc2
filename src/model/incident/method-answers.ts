/**
 * People's answers in the open places of a method. The incident's timeline holds them, with author and time; a program
 * reads an answer by the entry's value:
 *
 *  why:<investigation>:4                     the text answers the fourth why
 *  hypothesis:<investigation>:H2=refuted     the last step of a hypothesis counts: `hypothesis-board.ts`
 *  check:deployments=done                    the newest one counts
 */

import { MINUTE_US } from '#core/time-units.ts';
import type { ChecklistBox, ChecklistItem } from '#model/finding/methods.ts';
import { CHECKLIST } from '#model/incident/checklist.ts';
import { type Incident, impactStartEntry, inTimelineOrder, type TimelineEntry } from '#model/incident/incident.ts';

/** `tested`: somebody tried something that does not decide it. */
export const ANSWER_STATES = ['confirmed', 'refuted', 'tested', 'open'] as const;
export type AnswerState = (typeof ANSWER_STATES)[number];

export type AnsweredHypothesis = Readonly<{ state: AnswerState; entry: TimelineEntry }>;

export type MethodAnswers = Readonly<{
  /** By number. */
  whys: ReadonlyMap<number, TimelineEntry>;
  /** By id. */
  hypotheses: ReadonlyMap<string, AnsweredHypothesis>;
  /** By step; only ticked steps. */
  ticks: ReadonlyMap<string, TimelineEntry>;
}>;

/** `investigation` is '' where the incident has no diagnosis. */
export function whyValue(investigation: string, number: number): string {
  return `why:${investigation}:${number}`;
}

/** The text in the timeline, where it has to be clear without context; `saidOfWhy` is only the answer. */
export function whyText(number: number, said: string): string {
  return `Why ${number}: ${said}`;
}

export function saidOfWhy(text: string): string {
  return text.replace(/^Why \d+: /, '');
}

export function hypothesisValue(investigation: string, id: string, state: AnswerState): string {
  return `hypothesis:${investigation}:${id}=${state}`;
}

export function checkValue(step: string, isDone: boolean): string {
  return `check:${step}=${isDone ? 'done' : 'open'}`;
}

export function methodAnswers(entries: readonly TimelineEntry[], investigation: string): MethodAnswers {
  const whys = new Map<number, TimelineEntry>();
  const hypotheses = new Map<string, AnsweredHypothesis>();
  const ticks = new Map<string, TimelineEntry>();
  for (const entry of inTimelineOrder(entries)) {
    const { value } = entry;
    const [method = '', ...rest] = value.split(':');
    if (method === 'check') {
      const [step = '', state] = rest.join(':').split('=');
      if (state === 'done') ticks.set(step, entry);
      else ticks.delete(step);
      continue;
    }
    if (rest[0] !== investigation || rest.length !== 2) continue;
    const [what = '', said] = (rest[1] ?? '').split('=');
    if (method === 'why') whys.set(Number(what), entry);
    const state = ANSWER_STATES.find((known) => known === said);
    if (method === 'hypothesis' && state !== undefined) hypotheses.set(what, { state, entry });
  }
  return { whys, hypotheses, ticks };
}

/** A step of the incident: ticked by the evidence, by the record or by a person; otherwise open. */
export type CheckedItem = ChecklistItem &
  Readonly<{
    tick: 'open' | 'evidence' | 'record' | 'person';
    /** Who or what ticked it, and when, where the record holds it. */
    entry?: Pick<TimelineEntry, 'text' | 'source' | 'atUs'> | undefined;
  }>;

export type CheckedBox = Omit<ChecklistBox, 'items'> &
  Readonly<{
    items: readonly CheckedItem[];
    /** How many of its minutes have passed since the incident began; the boxes follow one another. */
    passedMinutes: number;
  }>;

export type ChecklistRecord = Readonly<{
  /** From the diagnosis; undefined where there is none. */
  checklist: readonly ChecklistBox[] | undefined;
  incident: Incident;
  entries: readonly TimelineEntry[];
  ticks: MethodAnswers['ticks'];
  nowUs: number;
}>;

export function checkedBoxes({ checklist = EMPTY, incident, entries, ticks, nowUs }: ChecklistRecord): CheckedBox[] {
  const recorded = recordedSteps(incident, entries);
  const beganUs = entries.find(({ kind }) => kind === 'alert')?.atUs ?? incident.declaredUs;
  const minutes = Math.max(0, ((incident.resolvedUs ?? nowUs) - beganUs) / MINUTE_US);
  let before = 0;
  return checklist.map((box) => {
    const passedMinutes = Math.floor(Math.min(Math.max(0, minutes - before), box.minutes));
    before += box.minutes;
    const items = box.items.map((item): CheckedItem => {
      const entry = ticks.get(item.id);
      if (entry !== undefined) return { ...item, tick: 'person', entry };
      if (recorded[item.id] !== undefined) return { ...item, tick: 'record', entry: recorded[item.id] };
      return { ...item, tick: item.done === '' ? 'open' : 'evidence' };
    });
    return { ...box, items, passedMinutes };
  });
}

const EMPTY: readonly ChecklistBox[] = CHECKLIST.map(({ title, minutes, items }) => ({
  title,
  minutes,
  items: items.map((item) => ({ ...item, done: '', evidence: [] })),
}));

type Recorded = NonNullable<CheckedItem['entry']>;

/** Steps that the record itself proves. */
function recordedSteps(
  incident: Incident,
  entries: readonly TimelineEntry[],
): Readonly<Partial<Record<string, Recorded>>> {
  const reached = (status: string) => entries.find(({ kind, value }) => kind === 'status' && value === status);
  const lastSeverity = entries.findLast(({ kind }) => kind === 'severity');
  const confirmed = entries.find(({ value }) => value.startsWith('hypothesis:') && value.endsWith('=confirmed'));
  return {
    // A later change names its author and time.
    severity: lastSeverity ?? { text: incident.severity, source: incident.declaredBy, atUs: incident.declaredUs },
    timeframe: impactStartEntry(entries),
    deployments: entries.find(({ kind }) => kind === 'change'),
    'hypothesis-tested': confirmed ?? reached('identified'),
    workaround: reached('mitigated'),
    'permanent-fix': reached('fixed'),
  };
}
