/** A review of incidents as JSON, redacted as a whole: times in minutes with two decimals, shares 0 to 1. */
import { incidentName, itemName } from '#model/incident/incident.ts';
import type { DetectionGap, IncidentReview, Reliability, ReturningCause } from '#model/incident/incident-review.ts';
import { sealed } from '#model/redaction/sealed.ts';
import { statsJson } from '#present/json/stats-json.ts';
import { isoInstant } from '#present/words/instant.ts';
import { shown } from '#present/words/plain-text.ts';

export function reviewJson({ count, withoutCause, causes, gaps, reliability, stats }: IncidentReview) {
  return sealed({
    count,
    withoutCause,
    causes: causes.map(causeJson),
    detection: gaps.map(gapJson),
    verdicts: reliability.map(verdictsJson),
    times: statsJson(stats),
  });
}

function causeJson({ kind, title, service, incidents }: ReturningCause) {
  return {
    kind: shown(kind),
    title: shown(title),
    service: shown(service),
    incidents: incidents.map(({ incident, basis, ended, openItems }) => ({
      incident: incidentName(incident),
      title: shown(incident.title),
      status: incident.status,
      declaredAt: isoInstant(incident.declaredUs),
      basis,
      ended: ended === undefined ? null : { status: ended.status, text: shown(ended.text), at: isoInstant(ended.atUs) },
      openItems: openItems.map((item) => ({ item: itemName(item), text: shown(item.text), due: shown(item.due) })),
    })),
  };
}

/** `service` is null if unknown; the times are null if no start is known. */
function gapJson({ service, incidents, byAlert, byPerson, known, medianUs, largest }: DetectionGap) {
  return {
    service: service === '' ? null : shown(service),
    ...{ incidents, byAlert, byPerson, knownStart: known, unknownStart: incidents - known },
    medianMinutes: minutes(medianUs),
    largestMinutes: minutes(largest?.us),
    largestIn: largest === undefined ? null : incidentName(largest.incident),
  };
}

function minutes(us: number | undefined): number | null {
  return us === undefined ? null : Math.round(us / 600_000) / 100;
}

function verdictsJson({ share, ...counts }: Reliability) {
  if (share === undefined) return { ...counts, share: null, interval: null };
  return { ...counts, share: rounded(share.share), interval: { low: rounded(share.low), high: rounded(share.high) } };
}

function rounded(share: number): number {
  return Math.round(share * 1_000) / 1_000;
}
