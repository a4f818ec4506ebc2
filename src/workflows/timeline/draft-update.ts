/** Drafts an update for a form: what is new since the last one, as far as the person may see the incident. */
import { within } from '#core/clock.ts';
import type { Incident } from '#model/incident/incident.ts';
import type { Report } from '#present/json/report.ts';
import { type MeasuredFailures, updateDraft } from '#present/words/update-draft.ts';
import { wholeTimeline } from '#record/merges.ts';
import type { Store } from '#record/store.ts';
import { type MayShowIn, mergesShown } from '#workflows/incidents/merges-shown.ts';
import { type AskedBy, incidentMeant, type MayRead } from '#workflows/incidents/on-incident.ts';
import { type Directory, namesFor } from '#workflows/incidents/show-overview.ts';
import { reportsOf } from '#workflows/postmortem/read-postmortem.ts';

/** '' if the person may not see the incident, or the draft is not ready in time: then the form opens empty. */
export type DraftUpdate = (request: Readonly<{ asked: AskedBy; incidentId: string }>) => Promise<string>;

/** Slack opens a form within three seconds, or not at all. */
const DRAFT_MS = 1_500;

export function updateDrafter({
  store,
  mayRead,
  mayShowIn,
  directory,
}: Readonly<{ store: Store; mayRead: MayRead; mayShowIn: MayShowIn; directory: Directory }>): DraftUpdate {
  return async ({ asked, incidentId }) => {
    const drafting = draftFor(asked, incidentId).catch(() => '');
    return (await within(store.clock, DRAFT_MS, drafting)) ?? '';
  };

  async function draftFor(asked: AskedBy, incidentId: string): Promise<string> {
    const incident = await incidentMeant({ store, mayRead }, asked, { incidentId });
    if ('problem' in incident) return '';
    const entries = await wholeTimeline(store, incident, await mergesShown(store, mayShowIn, incident));
    const names = await namesFor(directory, incident, entries);
    return updateDraft({
      incident,
      entries,
      names,
      measured: await measuredIn(store, incident, entries),
      nowUs: await store.nowUs(),
    });
  }
}

async function measuredIn(
  store: Store,
  incident: Incident,
  entries: Parameters<typeof reportsOf>[2]['entries'],
): Promise<readonly MeasuredFailures[]> {
  const reports = await reportsOf(store, incident, { entries, cases: [] });
  return reports.flatMap(({ report: { subject, affected } }: Readonly<{ report: Report }>) => {
    const atUs = Date.parse(subject.to) * 1_000;
    if (affected === undefined || Number.isNaN(atUs)) return [];
    return [{ service: subject.service, requests: affected.requests, failed: affected.failed, atUs }];
  });
}
