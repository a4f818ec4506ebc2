/** The runbook of the service that an incident's cause is in, with the names that its commands need. */
import { isoFromUs, within } from '#core/clock.ts';
import { type Incident, impactStartEntry, incidentName } from '#model/incident/incident.ts';
import type { ReadRunbookSteps, Runbook } from '#model/incident/runbook.ts';
import { type Catalogue, otherNames } from '#model/services/catalogue.ts';
import { ownedService } from '#model/services/owned-service.ts';
import type { Store } from '#record/store.ts';
import { timelineOf } from '#record/timeline.ts';
import type { MayShowIn } from '#workflows/incidents/merges-shown.ts';
import { factsOf } from '#workflows/mitigations/offers.ts';
import { knownServices } from '#workflows/services/known-services.ts';

/** Undefined where no source has a runbook of its services. */
export type ReadRunbook = (incident: Incident) => Promise<Runbook | undefined>;

type RunbookParts = Readonly<{ store: Store; mayShowIn: MayShowIn; readSteps: ReadRunbookSteps }>;

/** A slow disk costs the steps, and not the checklist. */
const READ_MS = 1_000;

export function runbookReader(parts: RunbookParts): ReadRunbook {
  const { store, mayShowIn } = parts;
  return async (incident) => {
    const { workspaceId, channelId } = incident;
    const entries = await timelineOf(store, incident.id);
    const { services } = await factsOf(store, incident, entries);
    if (services.length === 0) return undefined;
    const { catalogue } = await knownServices(store, { workspaceId, mayShow: (other) => mayShowIn(channelId, other) });
    const began = impactStartEntry(entries) ?? entries.find(({ kind }) => kind === 'alert');
    const since = instant(began?.atUs ?? incident.declaredUs);
    for (const service of services) {
      const found = await runbookOf(parts, catalogue, service);
      const names = { since, incident: incidentName(incident) };
      if (found !== undefined) return { ...found, names: { ...names, service, namespace: found.namespace } };
    }
    return undefined;
  };
}

async function runbookOf({ store, readSteps }: RunbookParts, catalogue: Catalogue, service: string) {
  const known = catalogue.named(service);
  const links = (ownedService(catalogue, service)?.runbooks ?? []).filter((one) => /^https?:\/\//i.test(one));
  const called = known === undefined ? [service] : [service, known.name, ...otherNames(known)];
  const read = await within(store.clock, READ_MS, readSteps([...called, ...links.map(pageName)]));
  if (read === undefined && links.length === 0) return undefined;
  const namespace = known?.facts.find(({ kind }) => kind === 'namespace')?.value ?? '';
  return { service, links, namespace, ...(read ?? { steps: [], more: 0 }) };
}

/** `checkout` for `https://github.com/acme/runbooks/blob/main/checkout.md`: the link says which file it is. */
function pageName(url: string): string {
  return /([^/?#]{1,100})\.md(?:[?#]|$)/i.exec(url)?.[1] ?? '';
}

/** To the second. */
function instant(us: number): string {
  return isoFromUs(us).replace(/\.\d+/, '');
}
