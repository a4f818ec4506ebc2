/**
 * Reads `catalog-info.yaml` of Backstage: components with their other names, owners and links. The form:
 * https://backstage.io/docs/features/software-catalog/descriptor-format, the annotations:
 * https://backstage.io/docs/features/software-catalog/well-known-annotations
 *
 * The key of a PagerDuty integration (`pagerduty.com/integration-key`) is a secret: it is not read.
 */
import { LineCounter, parseAllDocuments } from 'yaml';
import { z } from 'zod';
import type { FoundFacts } from '#gather/sources.ts';
import { type FactKind, factValue, linkKind, type ServiceFact, tierIn } from '#model/services/service-fact.ts';

const MOST_DOCUMENTS = 2_000;
const MOST_ENTRIES = 200;

const Texts = z
  .record(z.string(), z.unknown())
  .prefault({})
  .transform((all) => Object.entries(all).slice(0, MOST_ENTRIES));

const Entity = z.object({
  kind: z.string(),
  metadata: z.object({
    name: z.string().min(1).max(200),
    title: z.unknown().optional(),
    annotations: Texts,
    labels: Texts,
    tags: z.array(z.unknown()).max(MOST_ENTRIES).prefault([]),
    links: z
      .array(z.object({ url: z.string(), title: z.string().prefault(''), type: z.string().prefault('') }))
      .max(MOST_ENTRIES)
      .prefault([]),
  }),
  spec: z
    .object({ owner: z.unknown().optional(), lifecycle: z.unknown().optional(), system: z.unknown().optional() })
    .prefault({}),
});
type Entity = z.output<typeof Entity>;

/** Other systems' names for the service, by the annotation of their plugin. */
const NAMES: ReadonlySet<string> = new Set([
  'backstage.io/kubernetes-id',
  'pagerduty.com/service-id',
  'opsgenie.com/component',
  'sentry.io/project-slug',
  'argocd/app-name',
  'datadoghq.com/service',
  'app.kubernetes.io/name',
  'resource.opentelemetry.io/service.name',
]);
const ADDRESSES: Readonly<Record<string, FactKind>> = {
  'grafana/overview-dashboard': 'dashboard',
  'github.com/project-slug': 'repository',
  'gitlab.com/project-slug': 'repository',
};

export function readCatalogInfo(text: string, place: string): FoundFacts {
  const lines = new LineCounter();
  // The parser's own excerpts would print the faulty line, which may hold a secret.
  const documents = parseAllDocuments(text, { prettyErrors: false, lineCounter: lines });
  const warnings: string[] = [];
  const entities: Entity[] = [];
  for (const [index, document] of [...documents].slice(0, MOST_DOCUMENTS).entries()) {
    const which = documents.length > 1 ? `${place}, document ${index + 1}` : place;
    const [error] = document.errors;
    if (error !== undefined) {
      const { line, col } = lines.linePos(error.pos[0]);
      warnings.push(`${place}, line ${line}, column ${col}: no valid YAML (${error.code}): correct it`);
      continue;
    }
    const value = plain(document, which, warnings);
    if (!isWanted(value)) continue;
    const parsed = Entity.safeParse(value);
    if (parsed.success) entities.push(parsed.data);
    else {
      const [issue] = parsed.error.issues;
      warnings.push(`${which}: ${issue?.path.join('.')}: ${issue?.message}: correct it, as Backstage describes it`);
    }
  }
  if (documents.length > MOST_DOCUMENTS) warnings.push(`${place} has more than ${MOST_DOCUMENTS} documents: split it`);
  return { facts: factsOf(entities, place), warnings };
}

/** Undefined, with a warning, where aliases repeat too much. */
function plain(
  document: Readonly<{ toJS(options: { maxAliasCount: number }): unknown }>,
  which: string,
  warnings: string[],
) {
  try {
    return document.toJS({ maxAliasCount: MOST_ENTRIES });
  } catch {
    warnings.push(`${which}: its aliases (*name) have no anchor or repeat too much: write the values out`);
    return undefined;
  }
}

const KINDS: readonly unknown[] = ['Component', 'System', 'Group'];

/** Templates, users and places have no service. */
function isWanted(value: unknown): value is object {
  return typeof value === 'object' && value !== null && 'kind' in value && KINDS.includes(value.kind);
}

function factsOf(entities: readonly Entity[], place: string): readonly ServiceFact[] {
  const ofKind = (kind: string) =>
    new Map(entities.filter((one) => one.kind === kind).map((one) => [one.metadata.name.toLowerCase(), one] as const));
  const [systems, groups] = [ofKind('System'), ofKind('Group')];
  return entities
    .filter(({ kind }) => kind === 'Component')
    .flatMap((component) => {
      const system = systems.get(nameIn(component.spec.system));
      const owner = factValue(component.spec.owner) ?? factValue(system?.spec.owner);
      const group = groups.get(nameIn(owner));
      const said = [
        ...own(component),
        { kind: 'owner' as const, value: owner },
        // What holds for all services of a team or of a system.
        ...[system, group].flatMap((one) => (one === undefined ? [] : linksOf(one))),
      ];
      const service = component.metadata.name;
      return said.flatMap(({ kind, value }): ServiceFact[] =>
        value === undefined ? [] : [{ service, kind, value, origin: 'backstage', place }],
      );
    });
}

type Said = Readonly<{ kind: FactKind; value: string | undefined }>;

function own({ metadata, spec, ...rest }: Entity): readonly Said[] {
  const { name, title, annotations, labels, tags } = metadata;
  const pairs = [...annotations, ...labels];
  const tiers = [
    ...tags.filter((tag) => /tier/i.test(`${tag}`)),
    ...pairs.filter(([key]) => /(?:^|\/)(?:service-)?tier$/.test(key)).map(([, value]) => value),
  ];
  return [
    { kind: 'name', value: factValue(name) },
    { kind: 'alias', value: factValue(title) },
    ...pairs.flatMap(([key, value]): Said[] => {
      if (NAMES.has(key)) return [{ kind: 'alias', value: factValue(value) }];
      if (key === 'backstage.io/kubernetes-label-selector') return [{ kind: 'alias', value: selectedName(value) }];
      const kind = Object.hasOwn(ADDRESSES, key) ? ADDRESSES[key] : undefined;
      return kind === undefined ? [] : [{ kind, value: factValue(value) }];
    }),
    { kind: 'tier', value: tiers.flatMap((tier) => tierIn(factValue(tier) ?? '') ?? [])[0] },
    { kind: 'lifecycle', value: factValue(spec.lifecycle) },
    { kind: 'system', value: factValue(spec.system) },
    ...linksOf({ metadata, spec, ...rest }),
  ];
}

function linksOf({ metadata: { links, annotations } }: Entity): readonly Said[] {
  const channel = annotations.find(([key]) => /^(?:slack\.com\/|slack[-.]?)channel(?:-name)?$/i.test(key))?.[1];
  return [
    ...links.flatMap(({ url, title, type }): Said[] => {
      const kind = linkKind(`${type} ${title}`, url);
      return kind === undefined ? [] : [{ kind, value: factValue(url) }];
    }),
    { kind: 'channel', value: factValue(channel) },
  ];
}

/** `app=payments-api,tier=web` selects the pods of one name. */
function selectedName(selector: unknown): string | undefined {
  const pairs = (factValue(selector) ?? '').split(',').map((pair) => pair.split('='));
  const names = ['app.kubernetes.io/name', 'app', 'k8s-app', 'app.kubernetes.io/instance'];
  return factValue(pairs.find(([key = '', value]) => names.includes(key.trim()) && value !== undefined)?.at(-1));
}

/** `group:default/payments` and `default/payments` are the entity `payments`. */
function nameIn(reference: unknown): string {
  const text = factValue(reference) ?? '';
  return text.slice(Math.max(text.lastIndexOf('/'), text.lastIndexOf(':')) + 1).toLowerCase();
}
