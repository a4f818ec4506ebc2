/** Reads the incidents of a period with their diagnoses, people's answers and action items, and reviews them together. */
import { titlesOf } from '#detect/known.ts';
import { detectors } from '#detect/registry.ts';
import type { Incident } from '#model/incident/incident.ts';
import type { ReviewedDiagnosis, ReviewedIncident } from '#model/incident/incident-review.ts';
import { problemName } from '#present/words/problem-name.ts';
import { mergedIn, wholeActionItems, wholeCases, wholeTimeline } from '#record/merges.ts';
import type { Store } from '#record/store.ts';
import { type CountedRequest, incidentsOf, servicesOf } from '#workflows/incidents/incident-stats.ts';
import { type AnsweredReport, reportsOf } from '#workflows/postmortem/read-postmortem.ts';

/** Newest first, each with what was merged into it. A merged incident that may not be counted adds nothing. */
export async function reviewedIncidents(store: Store, asked: CountedRequest): Promise<readonly ReviewedIncident[]> {
  const incidents = await incidentsOf(store, asked);
  const services = await servicesOf(store, asked, incidents);
  const reviewed: ReviewedIncident[] = [];
  for (const incident of incidents) {
    reviewed.push({ ...(await reviewedOf(store, incident, asked)), service: services.get(incident.id) ?? '' });
  }
  return reviewed;
}

async function reviewedOf(
  store: Store,
  incident: Incident,
  { counts = async () => true }: CountedRequest,
): Promise<Omit<ReviewedIncident, 'service'>> {
  const shown = new Set<string>();
  for (const merged of await mergedIn(store, incident)) if (await counts(merged)) shown.add(merged.id);
  const shows = ({ id }: Incident) => shown.has(id);
  const entries = await wholeTimeline(store, incident, shows);
  const cases = await wholeCases(store, incident, shows);
  return {
    incident,
    entries,
    actionItems: await wholeActionItems(store, incident, shows),
    diagnoses: (await reportsOf(store, incident, { entries, cases })).flatMap(diagnosisOf),
  };
}

function diagnosisOf({ id, report: { diagnosis, methods }, answers }: AnsweredReport): readonly ReviewedDiagnosis[] {
  if (diagnosis === null) return [];
  const titles = titlesOf(detectors);
  const { status, kind, service } = diagnosis;
  return [
    {
      investigationId: id,
      ...{ status, kind, service, title: problemName(kind, titles) },
      answers,
      // Reports of older versions have no methods.
      hypotheses: (methods?.hypotheses ?? []).map((one) => ({
        ...{ id: one.id, kind: one.kind, service: one.service },
        title: problemName(one.kind, titles),
      })),
    },
  ];
}
