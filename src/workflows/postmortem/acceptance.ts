/** Reads whether a postmortem is accepted, with all that its readers may see in it, and who was asked to review it. */
import type { Incident } from '#model/incident/incident.ts';
import { type Acceptance, acceptanceOf, reviewerOf } from '#model/incident/postmortem-acceptance.ts';
import { wholeActionItems, wholeCases, wholeTimeline, wholeWithdrawn } from '#record/merges.ts';
import type { Reader } from '#record/store.ts';
import { reportsOf } from '#workflows/postmortem/read-postmortem.ts';

export async function readAcceptance(
  reader: Reader,
  incident: Incident,
): Promise<Readonly<{ acceptance: Acceptance | undefined; reviewer: string | undefined }>> {
  const entries = await wholeTimeline(reader, incident);
  const withdrawn = await wholeWithdrawn(reader, incident);
  const actionItems = await wholeActionItems(reader, incident);
  const cases = await wholeCases(reader, incident);
  const diagnoses = await reportsOf(reader, incident, { entries, cases });
  return {
    acceptance: acceptanceOf({ entries, withdrawn, actionItems, diagnoses }),
    reviewer: reviewerOf(entries),
  };
}
