/**
 * A verdict on half an input: what broke off may hold the cause, so nothing that rests on the rest is more than unsure.
 */
import { asUnsure } from '#diagnose/status.ts';
import type { Judgement } from '#model/finding/diagnosis.ts';
import type { Gap, MissingPart } from '#model/finding/gap.ts';
import { comparableId } from '#model/trace/id-forms.ts';

/** What broke off in a session; traces by their comparable ids. */
export type Cut = Readonly<{ log: boolean; traceIds: ReadonlySet<string> }>;

export function cutIn(gaps: readonly Gap[]): Cut {
  const ids = gaps.flatMap(({ cutOff }) => (cutOff === undefined || cutOff === 'log' ? [] : cutOff));
  return { log: gaps.some(({ cutOff }) => cutOff === 'log'), traceIds: new Set(ids.map(comparableId)) };
}

/** If a smaller share of the requests was cut off, the whole ones still show the problem. */
const MOST_CUT = 0.5;

/** `traceIds`: the traces that the verdict rests on. */
export function missingPart({ log, traceIds: cut }: Cut, traceIds: readonly string[]): MissingPart | undefined {
  const affected = cut.size === 0 ? 0 : traceIds.filter((traceId) => cut.has(comparableId(traceId))).length;
  if (affected > 0 && affected >= MOST_CUT * traceIds.length) return traceIds.length === 1 ? 'trace' : 'traces';
  return log ? 'log' : undefined;
}

/** The judgement with no more certainty than the part that arrived can give. */
export function withinCut(judgement: Judgement, missing: MissingPart | undefined): Judgement {
  if (missing === undefined) return judgement;
  const unsure = asUnsure(judgement, `a part of the ${missing} was cut off, and the cause may lie there`);
  const { diagnosis } = unsure;
  if (diagnosis === undefined) return unsure;
  return {
    ...unsure,
    diagnosis: { ...diagnosis, remedy: `Get the whole ${missing} first. Then: ${diagnosis.remedy}` },
  };
}
