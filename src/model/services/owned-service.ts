/** What an answer and an incident say about a service: whose it is, and where to look. */
import { type Catalogue, type CataloguedService, otherNames } from '#model/services/catalogue.ts';
import type { FactKind } from '#model/services/service-fact.ts';

/** Lists are empty and texts are '' where no source says anything. */
export type OwnedService = Readonly<{
  service: string;
  otherNames: readonly string[];
  /** Several if a source names several, or if sources contradict each other. */
  owners: readonly string[];
  tier: string;
  lifecycle: string;
  system: string;
  channels: readonly string[];
  runbooks: readonly string[];
  dashboards: readonly string[];
  /** What the sources contradict each other about: `owner`, `tier`. */
  contradictions: readonly string[];
}>;

/** An answer that names more is not read. */
const MOST = 3;

/** Undefined where the catalogue has nothing to say that helps the person on call. */
export function ownedService(catalogue: Catalogue, name: string): OwnedService | undefined {
  const service = catalogue.named(name);
  if (service === undefined) return undefined;
  const owned = {
    service: service.name,
    otherNames: otherNames(service).slice(0, MOST),
    owners: valuesOf(service, 'owner'),
    tier: valuesOf(service, 'tier')[0] ?? '',
    lifecycle: valuesOf(service, 'lifecycle')[0] ?? '',
    system: valuesOf(service, 'system')[0] ?? '',
    channels: valuesOf(service, 'channel'),
    runbooks: valuesOf(service, 'runbook'),
    dashboards: valuesOf(service, 'dashboard'),
    contradictions: catalogue.contradictions.flatMap(({ subject, about }) => (subject === service.name ? [about] : [])),
  };
  const { owners, tier, channels, runbooks, dashboards } = owned;
  const isUseful = tier !== '' || [owners, channels, runbooks, dashboards].some(({ length }) => length > 0);
  return isUseful ? owned : undefined;
}

function valuesOf({ facts }: CataloguedService, kind: FactKind): readonly string[] {
  const all = facts.flatMap((fact) =>
    fact.kind === kind ? [kind === 'owner' ? ownerName(fact.value) : fact.value] : [],
  );
  return [...new Set(all)].slice(0, MOST);
}

/** `group:default/payments-team` is `payments-team`; a team of GitHub stays `@acme/payments-team`. */
export function ownerName(owner: string): string {
  return owner.replace(/^(?:group|user):(?:[^/]{1,100}\/)?/i, '').replace(/^default\//, '');
}
