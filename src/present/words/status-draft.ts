/**
 * The draft of an update for customers: how it stands, who is affected, since when. It uses nothing that people or
 * systems wrote, because titles, notes and verdicts name services. A person adds what customers need to know.
 */
import {
  type Incident,
  type IncidentStart,
  incidentStart,
  type Severity,
  type TimelineEntry,
} from '#model/incident/incident.ts';
import { type PageStatus, pageStatusOf, type StatusUpdate } from '#model/incident/status-page.ts';
import { clockNear } from '#present/words/instant.ts';

export type StatusDraft = Readonly<{ title: string; status: PageStatus; text: string; nextMinutes: number }>;

/** `last`: the newest approved update on the page, if its incident there is open. */
export function statusDraft({
  incident,
  entries,
  last,
  everyMinutes,
  nowUs,
}: Readonly<{
  incident: Incident;
  entries: readonly TimelineEntry[];
  last: Pick<StatusUpdate, 'title'> | undefined;
  everyMinutes: number;
  nowUs: number;
}>): StatusDraft {
  const status = pageStatusOf(incident.status);
  return {
    title: last?.title ?? TITLES[incident.severity],
    status,
    text: textOf(incident, { status, start: incidentStart(incident, entries), nowUs }),
    nextMinutes: status === 'resolved' ? 0 : everyMinutes,
  };
}

const TITLES: Readonly<Record<Severity, string>> = {
  P0: 'Service disruption',
  P1: 'Service disruption',
  P2: 'Problem for some customers',
  P3: 'Small problem',
};

const AFFECTED: Readonly<Record<Severity, string>> = {
  P0: 'All customers may be affected.',
  P1: 'Many customers are affected.',
  P2: 'Some customers are affected.',
  P3: 'Very few customers are affected.',
};

function textOf(
  { severity, resolvedUs, status: ours }: Incident,
  { status, start, nowUs }: Readonly<{ status: PageStatus; start: IncidentStart; nowUs: number }>,
): string {
  const affected = AFFECTED[severity];
  const since = clockNear(start.atUs, nowUs);
  const isImpact = start.basis === 'impact';
  switch (status) {
    case 'investigating':
      return `Since ${since} UTC, parts of our service do not work as they should. ${affected} We are looking for the cause.`;
    case 'identified':
      return `We know the cause of the problem that ${isImpact ? 'began' : 'we noticed'} at ${since} UTC, and we are working on it. ${affected}`;
    case 'monitoring':
      return ours === 'fixed'
        ? 'We have fixed the problem. We are watching our service to be sure that it works again.'
        : 'Most of our service works again. We are watching it, and we are working on a lasting fix.';
    case 'resolved': {
      const end = clockNear(resolvedUs ?? nowUs, start.atUs);
      const lasted = isImpact
        ? `It lasted from ${since} to ${end}`
        : `We noticed it at ${since}, and it ended at ${end}`;
      return `The problem is solved. ${lasted} UTC. We apologise for the disruption.`;
    }
  }
}

/** The text with the promise of the next update. */
export function textWithPromise(text: string, nextUs: number | undefined, approvedUs: number): string {
  return nextUs === undefined ? text : `${text}\n\nNext update by ${clockNear(nextUs, approvedUs)} UTC.`;
}
