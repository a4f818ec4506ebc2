/** An event of an incident as JSON, for programs outside. */
import { type Incident, incidentName, type TimelineEntry } from '#model/incident/incident.ts';
import type { EventType } from '#model/incident/incident-event.ts';
import { cutText } from '#model/text/cut-text.ts';
import { isoInstant } from '#present/words/instant.ts';
import { shown } from '#present/words/plain-text.ts';

/** In characters. Receivers of webhooks expect less than 20 kB; a verdict has some hundred. */
export const TEXT_CHARS = 3_000;

/** The entry of the timeline. */
export type Happened = Pick<TimelineEntry, 'kind' | 'atUs' | 'value' | 'text'> &
  Readonly<{ isDeclaration: boolean; isCorrection: boolean }>;

/** `incident`: as it is now; the event decides what it changes. */
export function eventJson(incident: Incident, happened: Happened) {
  const { kind, atUs, value, isCorrection } = happened;
  const { number, title, severity, status, declaredUs, resolvedUs } = incident;
  return {
    type: typeOf(happened),
    timestamp: isoInstant(atUs),
    data: {
      incident: {
        name: incidentName(incident),
        number,
        title: shown(title),
        severity: kind === 'severity' ? value : severity,
        status: kind === 'status' && !isCorrection ? value : status,
        declaredAt: isoInstant(declaredUs),
        resolvedAt: resolvedUs === undefined ? null : isoInstant(resolvedUs),
      },
      text: cutText(shown(textOf(happened)), TEXT_CHARS),
    },
  };
}

function typeOf({ kind, value, isDeclaration, isCorrection }: Happened): EventType {
  if (isCorrection) return 'incident.status_corrected';
  if (isDeclaration) return 'incident.declared';
  if (kind === 'diagnosis') return 'incident.diagnosed';
  if (kind === 'severity') return 'incident.severity_changed';
  return value === 'resolved' ? 'incident.resolved' : 'incident.status_changed';
}

/** The text of a merge names the other incident, which may be private. */
function textOf({ value, text }: Happened): string {
  return value === 'merged' ? 'merged into another incident' : text;
}
