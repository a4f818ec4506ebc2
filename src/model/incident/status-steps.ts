/**
 * Where a status goes that people set for an earlier time. If the step before or behind that time has the same status,
 * they set right when it was reached. Otherwise it is a step of its own.
 *
 *   identified 14:20 ── fixed 14:55 ── resolved 15:00
 *                                        resolved at 15:10: this step moves
 *                        resolved at 14:50: this step moves, and `fixed` with it, because nothing is fixed after the end
 *          mitigated at 14:40: a new step
 */
import { declaredSeverity, STATUSES, type Status, type TimelineEntry } from '#model/incident/incident.ts';

type Step = Pick<TimelineEntry, 'value' | 'atUs'>;

export type StepPlace<One extends Step> =
  /** `taken`: steps between the new end and the old one. */
  | Readonly<{ kind: 'moved'; step: One; taken: readonly One[] }>
  | Readonly<{ kind: 'new'; from: string; isNewest: boolean }>;

/** `steps`: the statuses in the order of events, without the declaration. */
export function placeOfStatus<One extends Step>(
  steps: readonly One[],
  { status, atUs }: Readonly<{ status: Status; atUs: number }>,
): StepPlace<One> {
  const count = steps.filter((step) => step.atUs <= atUs).length;
  const [before, later] = [steps[count - 1], steps.slice(count)];
  if (before?.value === status) return { kind: 'moved', step: before, taken: [] };
  const at = later.findIndex(({ value }) => value === status);
  const [step, taken] = [later[at], later.slice(0, Math.max(at, 0))];
  if (step !== undefined && (at === 0 || (status === 'resolved' && !taken.some(beginsAnew))))
    return { kind: 'moved', step, taken };
  return { kind: 'new', from: before?.value ?? STATUSES[0], isNewest: later.length === 0 };
}

/** It was open again: the end before that is another one. */
function beginsAnew({ value }: Step): boolean {
  return value === 'investigating' || value === 'merged';
}

/**
 * The entries with the status before each one, in the order of events. A stored text has the status that was known when it
 * was noted; a step that somebody notes later may have come in between.
 */
export function inStatusOrder(entries: readonly TimelineEntry[]): readonly TimelineEntry[] {
  let before: string = STATUSES[0];
  return entries.map((entry) => {
    if (entry.kind !== 'status' || declaredSeverity(entry) !== undefined) return entry;
    const [from, to] = [before, entry.value];
    before = to;
    const stored = STATUS_WORDS.find((word) => entry.text.startsWith(`${word} → ${to}`));
    if (stored === undefined || stored === from) return entry;
    return { ...entry, text: `${from}${entry.text.slice(stored.length)}` };
  });
}

const STATUS_WORDS: readonly string[] = [...STATUSES, 'merged'];
