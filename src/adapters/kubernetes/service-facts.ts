/**
 * Reads from labels and annotations of Deployments and Services whose a service is. A ReplicaSet carries the annotations
 * of its Deployment, so the lists that the role permits are enough.
 *
 * Keys: https://kubernetes.io/docs/concepts/overview/working-with-objects/common-labels/ (`app.kubernetes.io/…`),
 * https://ambassadorlabs.github.io/k8s-for-humans/ (`a8r.io/…`), and OpenTelemetry's operator
 * (`resource.opentelemetry.io/service.name`). A key of a company ends with `/owner` or `/team`.
 */
import { z } from 'zod';
import type { FoundFacts, PlatformQuery, PlatformSource, ServiceFactSource } from '#gather/sources.ts';
import { type FactKind, factValue, type ServiceFact, tierIn } from '#model/services/service-fact.ts';
import { ANSWER_SEPARATOR } from '#model/trace/build/body.ts';

const LISTS: readonly PlatformQuery['what'][] = ['replicasets', 'services'];
/** Tens of thousands of ReplicaSets at 5 kB. A page has 500 of them. */
const MOST_BYTES = 64_000_000;
const MOST_KEYS = 200;

const Texts = z.record(z.string(), z.unknown()).nullish();
const Listed = z.object({
  items: z.array(
    z.object({
      metadata: z.object({
        name: z.string(),
        namespace: z.string().nullish(),
        labels: Texts,
        annotations: Texts,
        ownerReferences: z.array(z.object({ kind: z.string(), name: z.string() })).nullish(),
      }),
    }),
  ),
});
type Metadata = z.output<typeof Listed>['items'][number]['metadata'];

export function kubernetesServiceFacts({ name, queries, openPlatform, check }: PlatformSource): ServiceFactSource {
  async function readFacts(signal: AbortSignal): Promise<FoundFacts> {
    const places = new Map<string, Readonly<{ revision: number; facts: readonly ServiceFact[] }>>();
    for (const query of queries.filter(({ what }) => LISTS.includes(what))) {
      const { chunks } = await openPlatform(query, signal);
      for await (const metadata of objectsIn(chunks)) {
        const facts = factsOf(query.what, metadata);
        const place = facts[0]?.place ?? '';
        const revision = revisionOf(metadata);
        if ((places.get(place)?.revision ?? -1) < revision) places.set(place, { revision, facts });
      }
    }
    return { facts: [...places.values()].flatMap(({ facts }) => facts), warnings: [] };
  }
  return { name, readFacts, check };
}

/** An old ReplicaSet keeps the annotations that its Deployment had then. */
function revisionOf({ annotations }: Metadata): number {
  const revision = Number(annotations?.['deployment.kubernetes.io/revision']);
  return Number.isSafeInteger(revision) ? revision : 0;
}

async function* objectsIn(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Metadata> {
  for await (const page of pagesIn(chunks)) {
    const parsed = Listed.safeParse(page);
    if (parsed.success) yield* parsed.data.items.map(({ metadata }) => metadata);
  }
}

/** Each response is one line. A page that is cut off has no end, and is left out. */
async function* pagesIn(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<unknown> {
  const decoder = new TextDecoder();
  let parts: string[] = [];
  let read = 0;
  for await (const chunk of chunks) {
    read += chunk.length;
    if (read > MOST_BYTES) return;
    const [rest = '', ...whole] = decoder.decode(chunk, { stream: true }).split(ANSWER_SEPARATOR);
    parts.push(rest);
    for (const next of whole) {
      yield parsed(parts.join(''));
      parts = [next];
    }
  }
  yield parsed(parts.join(''));
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function factsOf(what: PlatformQuery['what'], metadata: Metadata): readonly ServiceFact[] {
  const { namespace } = metadata;
  const [kind, service] = workloadOf(what, metadata);
  if (service === undefined) return [];
  const place = `${kind} ${namespace ?? 'default'}/${service}`;
  const pairs = [metadata.annotations, metadata.labels].flatMap((all) => Object.entries(all ?? {}).slice(0, MOST_KEYS));
  const said: readonly (readonly [FactKind, unknown])[] = [
    ['name', service],
    ['namespace', namespace],
    ...pairs.flatMap(([key, value]) => meaningOf(key, value)),
  ];
  return said.flatMap(([about, value]): ServiceFact[] => {
    const text = factValue(value);
    return text === undefined ? [] : [{ service, kind: about, value: text, origin: 'kubernetes', place }];
  });
}

/** A ReplicaSet of nobody is not named: its name has a random part. */
function workloadOf(
  what: PlatformQuery['what'],
  { name, ownerReferences }: Metadata,
): readonly [string, string | undefined] {
  if (what === 'services') return ['Service', factValue(name)];
  const owner = ownerReferences?.find(({ kind }) => kind === 'Deployment' || kind === 'Rollout');
  return owner === undefined ? ['ReplicaSet', undefined] : [owner.kind, factValue(owner.name)];
}

const MEANINGS: Readonly<Record<string, FactKind>> = {
  'resource.opentelemetry.io/service.name': 'alias',
  'backstage.io/kubernetes-id': 'alias',
  'app.kubernetes.io/name': 'alias',
  'app.kubernetes.io/instance': 'alias',
  app: 'alias',
  'k8s-app': 'alias',
  'app.kubernetes.io/part-of': 'system',
  'a8r.io/owner': 'owner',
  'a8r.io/chat': 'channel',
  'a8r.io/runbook': 'runbook',
  'a8r.io/repository': 'repository',
};

function meaningOf(key: string, value: unknown): (readonly [FactKind, unknown])[] {
  if (Object.hasOwn(MEANINGS, key)) {
    const kind = MEANINGS[key];
    return kind === undefined ? [] : [[kind, value]];
  }
  const last = key.slice(key.lastIndexOf('/') + 1).toLowerCase();
  if (/^(?:owner|team|squad|owned-by|owning-team)$/.test(last)) return [['owner', value]];
  if (/^(?:service-)?tier$/.test(last)) return [['tier', tierIn(factValue(value) ?? '')]];
  if (/^run-?book(?:-?url)?$/.test(last)) return [['runbook', value]];
  if (/^dashboard(?:-?url)?$/.test(last)) return [['dashboard', value]];
  return /^(?:slack-?channel|slack)$/.test(last) ? [['channel', value]] : [];
}
