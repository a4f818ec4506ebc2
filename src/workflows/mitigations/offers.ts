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
  { workspaceId, alertId, investigationId }: Incident,
  entries: readonly TimelineEntry[],
): Promise<MitigationFacts> {
  const id = entries.findLast(({ kind }) => kind === 'diagnosis')?.value ?? investigationId;
  const answer = id === undefined ? undefined : await findInvestigation(reader, { id, workspaceId });
  const diagnosis = (answer?.report as Pick<Report, 'diagnosis'> | undefined)?.diagnosis;
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
