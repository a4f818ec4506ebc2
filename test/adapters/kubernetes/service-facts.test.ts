import { expect, test } from 'vitest';
import { kubernetesServiceFacts } from '#adapters/kubernetes/service-facts.ts';
import type { PlatformSource } from '#gather/sources.ts';
import { later } from '#test/later.ts';

const DEPLOYED = {
  name: 'payments-api-7d9f',
  namespace: 'shop',
  labels: { 'app.kubernetes.io/name': 'payments', 'app.kubernetes.io/part-of': 'checkout', tier: 'backend' },
  annotations: {
    'a8r.io/owner': 'payments-team',
    'acme.example/tier': 'tier-1',
    'deployment.kubernetes.io/revision': '12',
    'resource.opentelemetry.io/service.name': 'payments-api',
  },
  ownerReferences: [{ kind: 'Deployment', name: 'payments-api' }],
};
const OLD = {
  ...DEPLOYED,
  name: 'payments-api-55aa',
  annotations: { 'a8r.io/owner': 'old-team', 'deployment.kubernetes.io/revision': '9' },
};

function source(lists: Readonly<Record<string, string>>): PlatformSource {
  return {
    name: 'kubernetes',
    queries: Object.keys(lists).map((what) => ({ what: what as 'pods', namespace: '' })),
    openPlatform: async ({ what }) => ({
      source: 'kubernetes',
      format: 'kubernetes-json',
      query: { text: '', url: '' },
      chunks: (async function* () {
        const bytes = Buffer.from(lists[what] ?? '');
        for (let at = 0; at < bytes.length; at += 100) yield bytes.subarray(at, at + 100);
      })(),
    }),
    check: async () => ({ ok: true, detail: '', remedy: '' }),
  };
}

const listOf = (...items: readonly object[]) => JSON.stringify({ items: items.map((metadata) => ({ metadata })) });

test('the newest revision of a Deployment says its names, its owner and its tier; a layer is no tier', async () => {
  const pages = [
    '{"kind":"Asked","at":"2026-01-06T14:30:00Z"}',
    listOf(DEPLOYED, { name: 'bare-1', labels: { app: 'x' } }),
    listOf(OLD),
    '{"items":[{"meta',
  ];
  const facts = kubernetesServiceFacts(source({ replicasets: pages.join('\n'), pods: listOf({ name: 'a' }) }));
  const found = await facts.readFacts(later());
  expect(found.facts.map(({ service, kind, value }) => `${service} ${kind} ${value}`)).toEqual([
    'payments-api name payments-api',
    'payments-api namespace shop',
    'payments-api owner payments-team',
    'payments-api tier 1',
    'payments-api alias payments-api',
    'payments-api alias payments',
    'payments-api system checkout',
  ]);
  expect(found.facts[0]).toMatchObject({ origin: 'kubernetes', place: 'Deployment shop/payments-api' });
});

test('a Service is one by its own name', async () => {
  const services = listOf({ name: 'stock', namespace: 'shop', annotations: { 'acme.example/team': 'warehouse' } });
  const { facts } = await kubernetesServiceFacts(source({ services })).readFacts(later());
  expect(facts.map(({ place, kind, value }) => `${place} ${kind} ${value}`)).toEqual([
    'Service shop/stock name stock',
    'Service shop/stock namespace shop',
    'Service shop/stock owner warehouse',
  ]);
});
