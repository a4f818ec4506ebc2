import { type BoardRow, boardRows } from '#model/incident/hypothesis-board.ts';
import type { Incident } from '#model/incident/incident.ts';
import type { Reader } from '#record/store.ts';
import { timelineOf } from '#record/timeline.ts';
import { methodsOfIncident } from '#workflows/methods/incident-methods.ts';

/** The board as it is now: the hypotheses of the incident's diagnosis, and what people suspect. */
export async function boardOf(reader: Reader, incident: Incident): Promise<readonly BoardRow[]> {
  const entries = await timelineOf(reader, incident.id);
  const { investigationId, methods } = await methodsOfIncident(reader, incident, entries);
  return boardRows(entries, { investigationId, hypotheses: methods?.hypotheses ?? [] });
}
