/** The catalogue of services for the terminal: all, one with the place of each fact, or the contradictions. */
import type { Catalogue, CataloguedService, Contradiction, FactSource } from '#model/services/catalogue.ts';
import { otherNames } from '#model/services/catalogue.ts';
import { ownerName } from '#model/services/owned-service.ts';
import type { FactKind, FactOrigin } from '#model/services/service-fact.ts';
import { cutTo } from '#present/words/display-width.ts';
import { shown } from '#present/words/plain-text.ts';

const ORIGINS: Readonly<Record<FactOrigin, string>> = {
  person: 'a person',
  traces: 'traces',
  backstage: 'Backstage',
  kubernetes: 'Kubernetes',
  codeowners: 'CODEOWNERS',
  prometheus: 'Prometheus',
  answers: 'earlier answers',
};

const KINDS: Readonly<Record<FactKind, string>> = {
  name: 'name',
  alias: 'other name',
  owner: 'owner',
  tier: 'tier',
  lifecycle: 'lifecycle',
  system: 'system',
  namespace: 'namespace',
  repository: 'repository',
  runbook: 'runbook',
  dashboard: 'dashboard',
  channel: 'channel',
};

const NOTHING_KNOWN = `No service is known yet.
Connect a trace source, Kubernetes or Prometheus, or name files in SERVICES_FILES (docs/services.md).
`;

/** One line a service. */
export function serviceListText({ services, contradictions }: Catalogue, width: number): string {
  if (services.length === 0) return NOTHING_KNOWN;
  const rows = services.map((service) => [
    shown(service.name),
    service.hasTraces ? 'traces' : 'no traces',
    ...(['owner', 'tier', 'channel'] as const).map((kind) => listed(service, kind)),
    otherNames(service).map(shown).join(', '),
  ]);
  const table = aligned([['service', 'sends', 'owner', 'tier', 'channel', 'other names'], ...rows], width);
  const count = contradictions.length;
  const more = `${count} ${count === 1 ? 'contradiction' : 'contradictions'}: spanhound services --contradictions\n`;
  return `${table}${count === 0 ? '' : `\n${more}`}`;
}

function listed({ facts }: CataloguedService, kind: FactKind): string {
  const values = facts
    .filter((fact) => fact.kind === kind)
    .map(({ value }) => (kind === 'owner' ? ownerName(value) : value));
  return values.length === 0 ? '-' : shown(values.join(', '));
}

const LONGEST_COLUMN = 40;

function aligned(rows: readonly (readonly string[])[], width: number): string {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.min(LONGEST_COLUMN, Math.max(...rows.map((row) => row[column]?.length ?? 0))),
  );
  return rows
    .map((row) => row.map((cell, column) => cutTo(cell, widths[column] ?? 0).padEnd(widths[column] ?? 0)).join('  '))
    .map((line) => `${cutTo(line.trimEnd(), width)}\n`)
    .join('');
}

/** Every fact with every place that says it. */
export function serviceText(service: CataloguedService, contradictions: readonly Contradiction[]): string {
  const labels = service.facts.map(({ kind }) => KINDS[kind]);
  const widest = Math.max(0, ...labels.map(({ length }) => length));
  const facts = service.facts.flatMap(({ value, from }, index) =>
    from.map((source, at) => {
      const label = at === 0 ? (labels[index] ?? '') : '';
      return `  ${label.padEnd(widest)}  ${at === 0 ? shown(value) : ' '.repeat(shown(value).length)}  (${placeText(source)})\n`;
    }),
  );
  const own = contradictions.filter(({ subject }) => subject === service.name || otherNames(service).includes(subject));
  const name = `${shown(service.name)}${service.hasTraces ? '' : ': sends no traces that I know of'}\n`;
  return `${name}${facts.join('')}${own.length === 0 ? '' : `\n${contradictionsText(own)}`}`;
}

export function contradictionsText(contradictions: readonly Contradiction[]): string {
  if (contradictions.length === 0) return 'No source contradicts another.\n';
  return contradictions
    .map(({ subject, about, claims }) => {
      const head = about === 'alias' ? `${shown(subject)}: which service is it?` : `${shown(subject)}: ${KINDS[about]}`;
      const lines = claims.map(({ value, from }) => `  ${shown(value)}  (${from.map(placeText).join('; ')})\n`);
      return `${head}\n${lines.join('')}`;
    })
    .join('\n');
}

/** `Backstage, services/payments/catalog-info.yaml` */
function placeText({ origin, place }: FactSource): string {
  return `${ORIGINS[origin]}, ${shown(place)}`;
}
