/** Which mitigations an incident offers now, from the settings and from what its newest answer says. */
import { sha256 } from '#core/sha256.ts';
import type { Incident, TimelineEntry } from '#model/incident/incident.ts';
import {
  type MitigationAction,
  type MitigationDesk,
  type MitigationFacts,
  type MitigationOffer,
  mitigationOffers,
  type NotOffered,
} from '#model/incident/mitigation.ts';
import type { Report } from '#present/json/report.ts';
import { shownLines } from '#present/words/plain-text.ts';
import { findAlert } from '#record/alerts.ts';
import { findInvestigation } from '#record/investigations.ts';
import type { Reader } from '#record/store.ts';

export type Offers = Readonly<{ offers: readonly MitigationOffer[]; left: readonly NotOffered[] }>;

/** `by`: the id of the person who asks. */
export async function offersNow(
  reader: Reader,
  { actions }: MitigationDesk,
  incident: Incident,
  { entries, by }: Readonly<{ entries: readonly TimelineEntry[]; by: string }>,
): Promise<Offers> {
  const { offers, left } = mitigationOffers(actions, incident, await factsOf(reader, incident, entries), by);
  const hidden = offers.filter(({ body }) => !isShownWhole(body)).map(({ action }) => ({ action, why: REDACTED }));
  return { offers: offers.filter(({ body }) => isShownWhole(body)), left: [...left, ...hidden] };
}

const REDACTED = 'redaction would hide a part of the request, and nobody may approve what they cannot read';

/** Slack shows these bytes as they are. */
function isShownWhole(body: string): boolean {
  return shownLines(body) === body;
}

/** The services that the newest answer blames, the likely cause first, and the change that it names. */
export async function factsOf(
  reader: Reader,
  incident: Incident,
  entries: readonly TimelineEntry[],
): Promise<MitigationFacts> {
  const id = newestAnswer(incident, entries);
  const answer =
    id === undefined ? undefined : await findInvestigation(reader, { id, workspaceId: incident.workspaceId });
  return await factsIn(reader, incident, answer?.report as Pick<Report, 'diagnosis'> | undefined);
}

/** The id of the investigation; undefined if there is none yet. */
export function newestAnswer({ investigationId }: Incident, entries: readonly TimelineEntry[]): string | undefined {
  return entries.findLast(({ kind }) => kind === 'diagnosis')?.value ?? investigationId;
}

/** The same, of a report that was read already: that of the newest answer. */
export async function factsIn(
  reader: Reader,
  { workspaceId, alertId }: Incident,
  report: Pick<Report, 'diagnosis'> | undefined,
): Promise<MitigationFacts> {
  const diagnosis = report?.diagnosis;
  const alert = alertId === undefined ? undefined : await findAlert(reader, { workspaceId, id: alertId });
  const named = diagnosis?.change ?? undefined;
  const change = named && {
    service: named.service,
    id: named.id,
    isFlag: named.kind === 'flag',
    isLikely: named.status === 'likely',
  };
  const services = [
    change?.isLikely === true ? change.service : '',
    diagnosis?.service ?? '',
    change?.service ?? '',
    alert?.service ?? '',
  ];
  return { services: [...new Set(services)].filter((service) => service !== ''), change };
}

/** Another one means: the settings of this action changed. */
export function digestOfAction(action: MitigationAction): string {
  return sha256(JSON.stringify({ ...action, url: action.url.href }));
}

/** What a person saw before they asked for it. */
export function digestOfOffer({ action, body }: MitigationOffer): string {
  return sha256(`${digestOfAction(action)}\n${body}`);
}
