/**
 * Finds earlier incidents of the same workspace that are similar to a diagnosis, with what resolved them, limited to
 * those that its readers may see.
 */
import { type Likeness, likeness } from '#diagnose/similar.ts';
import type { Fingerprint } from '#model/finding/fingerprint.ts';
import { type Incident, incidentName } from '#model/incident/incident.ts';
import { endedBy } from '#model/incident/incident-end.ts';
import { peopleSaid } from '#model/incident/said-cause.ts';
import { isOpen, type SimilarIncident } from '#model/incident/similar-incident.ts';
import { sameTraceId } from '#model/trace/trace-id.ts';
import type { Report } from '#present/json/report.ts';
import { actionItemsOf } from '#record/action-items.ts';
import { answersOn } from '#record/feedback.ts';
import { findIncident, incidentOfInvestigation } from '#record/find-incidents.ts';
import { fingerprintOfInvestigation, fingerprintsOfIncidents } from '#record/fingerprints.ts';
import { findInvestigation } from '#record/investigations.ts';
import { rootsOfMerged } from '#record/merges.ts';
import { deliveryOf } from '#record/outbox.ts';
import type { Reader } from '#record/store.ts';
import { timelineOf } from '#record/timeline.ts';
import { POSTMORTEM_OF } from '#workflows/postmortem/postmortem-id.ts';
import type { MayShow } from '#workflows/rights/may-show.ts';

export type SimilarRequest = Readonly<{
  workspaceId: string;
  mayShow: MayShow;
  /** The investigation. Its own incident, if any, is left out. */
  investigationId: string;
  traceId: string;
  /**
   * The requests that it examined. An investigation that examined one of them belongs to the same incident, not to an
   * earlier one.
   */
  examined: readonly string[];
  fingerprint: Fingerprint;
}>;

/** The ids of the requests that a diagnosis examined. */
export function examinedIn({ subject, exemplars = [] }: Partial<Pick<Report, 'subject' | 'exemplars'>>): string[] {
  return [subject?.traceId ?? '', ...exemplars.map(({ traceId }) => traceId)].filter((id) => id !== '');
}

/** Nobody reads more during an incident. */
const MOST = 3;
/** Each one may cost a call to Slack. */
const MOST_LOOKED_AT = 20;

type Alike = Readonly<{
  /** Where people work on it. */
  incidentId: string;
  /** The one with this diagnosis: another one, if it is merged. */
  diagnosedId: string;
  investigationId: string;
  likeness: Likeness;
}>;

/**
 * First those whose end is known, because they say what helped; then the open ones, then the others. In each group the
 * most similar first; among equals, the newest.
 */
export async function findSimilar(reader: Reader, request: SimilarRequest): Promise<readonly SimilarIncident[]> {
  const { workspaceId, examined, mayShow } = request;
  const similar: SimilarIncident[] = [];
  let looked = 0;
  for (const alike of await ranked(reader, request)) {
    if (looked === MOST_LOOKED_AT || isEnough(similar)) break;
    const report = await reportOf(reader, { workspaceId, id: alike.investigationId });
    if (examinedIn(report).some((traceId) => examined.some((other) => sameTraceId(traceId, other)))) continue;
    const incident = await findIncident(reader, { workspaceId, id: alike.incidentId });
    if (incident === undefined) continue;
    looked += 1;
    const one = await told(reader, incident, alike, report);
    if (!isOfUse(one, similar)) continue;
    // Its channel may have become private since the merge.
    const diagnosed = await findIncident(reader, { workspaceId, id: alike.diagnosedId });
    const channels = new Set([incident.channelId, diagnosed?.channelId ?? incident.channelId]);
    if ((await Promise.all([...channels].map((id) => mayShow(id)))).every(Boolean)) similar.push(one);
  }
  return mostUseful(similar);
}

function isEnough(similar: readonly SimilarIncident[]): boolean {
  return similar.length >= MOST && similar.some(hasKnownEnd) && similar.some(isOpen);
}

/** Behind the most similar three, only a known end and an open incident are still worth a question to Slack. */
function isOfUse(one: SimilarIncident, before: readonly SimilarIncident[]): boolean {
  if (before.length < MOST) return true;
  return (hasKnownEnd(one) && !before.some(hasKnownEnd)) || (isOpen(one) && !before.some(isOpen));
}

/** A known end and an open incident stay among the three, even if others are more similar. */
function mostUseful(similar: readonly SimilarIncident[]): readonly SimilarIncident[] {
  const needed = [similar.find(hasKnownEnd), similar.find(isOpen)].filter((one) => one !== undefined);
  return [...new Set([...needed, ...similar])]
    .slice(0, MOST)
    .sort((a, b) => usefulness(a) - usefulness(b) || similar.indexOf(a) - similar.indexOf(b));
}

function usefulness(one: SimilarIncident): number {
  return hasKnownEnd(one) ? 0 : isOpen(one) ? 1 : 2;
}

function hasKnownEnd({ ended }: SimilarIncident): boolean {
  return ended.length > 0;
}

async function ranked(
  reader: Reader,
  { workspaceId, investigationId, traceId, fingerprint }: SimilarRequest,
): Promise<readonly Alike[]> {
  const own = await incidentOfInvestigation(reader, { workspaceId, investigationId });
  const roots = await rootsOfMerged(reader, workspaceId);
  const rootId = (id: string) => roots.get(id) ?? id;
  const known = await fingerprintsOfIncidents(reader, { workspaceId, exceptTraceId: traceId });
  const best = new Map<string, Alike>();
  for (const { incidentId: id, investigationId: theirs, fingerprint: other } of known) {
    const incidentId = rootId(id);
    const found = own !== undefined && incidentId === rootId(own.id) ? undefined : likeness(fingerprint, other);
    const before = best.get(incidentId);
    if (found === undefined || (before !== undefined && before.likeness.score >= found.score)) continue;
    best.set(incidentId, { incidentId, diagnosedId: id, investigationId: theirs, likeness: found });
  }
  // Incidents are ordered newest first, and the sort is stable.
  return [...best.values()].sort((a, b) => b.likeness.score - a.likeness.score);
}

async function told(
  reader: Reader,
  incident: Incident,
  alike: Alike,
  report: Partial<Report>,
): Promise<SimilarIncident> {
  const { id, title, severity, status, declaredUs } = incident;
  const items = await actionItemsOf(reader, id);
  return {
    incidentId: id,
    name: incidentName(incident),
    title,
    severity,
    status,
    declaredUs,
    verdict: await verdictOf(reader, report, alike.investigationId),
    ...alike.likeness,
    ended: endedBy(await timelineOf(reader, id)),
    actionItems: items.map(({ text, owner, due, state }) => ({ text, owner, due, state })),
    hasPostmortem: (await deliveryOf(reader, POSTMORTEM_OF(id))) !== undefined,
  };
}

async function verdictOf(reader: Reader, { diagnosis }: Partial<Report>, investigationId: string): Promise<string> {
  const verdict = diagnosis?.verdict ?? '';
  const { wrong, said } = (await answersOn(reader, investigationId)) ?? { wrong: 0 };
  if (verdict === '' || wrong === 0) return verdict;
  const words = peopleSaid(said);
  return `${verdict} (unconfirmed: a responder said that it was wrong${words === '' ? '' : `. ${words}`})`;
}

/** Older versions wrote fewer fields. */
async function reportOf(
  reader: Reader,
  asked: Readonly<{ workspaceId: string; id: string }>,
): Promise<Partial<Report>> {
  const investigation = await findInvestigation(reader, asked);
  return investigation?.state === 'done' ? (investigation.report as Partial<Report>) : {};
}

export type SimilarTo = Readonly<{
  incident: Incident;
  /** Undefined if it has no diagnosis to compare with. */
  similar: readonly SimilarIncident[] | undefined;
}>;

/** Incidents similar to an incident, by the diagnosis that it was declared from, else the newest in its timeline. */
export async function findSimilarTo(reader: Reader, incident: Incident, mayShow: MayShow): Promise<SimilarTo> {
  const { workspaceId, investigationId } = incident;
  const entries = await timelineOf(reader, incident.id);
  const inTimeline = entries.filter(({ kind }) => kind === 'diagnosis').map(({ value }) => value);
  for (const id of [investigationId ?? '', ...inTimeline.toReversed()]) {
    const fingerprint = await fingerprintOfInvestigation(reader, { workspaceId, investigationId: id });
    if (fingerprint === undefined) continue;
    const traceId = (await findInvestigation(reader, { workspaceId, id }))?.traceId ?? '';
    const examined = examinedIn(await reportOf(reader, { workspaceId, id }));
    const found = { workspaceId, mayShow, investigationId: id, traceId, examined, fingerprint };
    const similar = await findSimilar(reader, found);
    return { incident, similar: similar.filter(({ name }) => name !== incidentName(incident)) };
  }
  return { incident, similar: undefined };
}
