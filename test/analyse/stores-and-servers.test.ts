/** Changes of what is no service of the requests: stores that say that they are full, servers, zones of names. */
import { describe, expect, test } from 'vitest';
import { nearChanges } from '#analyse/near-changes.ts';
import type { Change } from '#model/changes/change.ts';
import type { Finding } from '#model/finding/finding.ts';
import type { Series } from '#model/metrics/series.ts';
import { symptomsOf } from '#test/change-stories.ts';
import { changed, metric, usAt } from '#test/changes.ts';

const smaller = (service: string, diff: string) =>
  changed(-90, { kind: 'config', id: 'size', service, text: 'terraform apply', files: ['infra/store.tf'], diff });

type Trouble = Readonly<{ cause: string; title: string; said?: string; service?: string; trait?: string }>;

function near(
  { service = 'checkout', trait = '', ...cause }: Trouble,
  changes: readonly Change[],
  series: readonly Series[] = [],
  findings: readonly Pick<Finding, 'service' | 'facts'>[] = [],
) {
  const shown = { ...symptomsOf({ ...cause, symptom: 'failed' }), trait };
  const first = { detector: cause.cause, service, operation: '', title: cause.title, facts: {}, spans: [] };
  const evidence = {
    window: { kind: 'window' as const, service: 'checkout', fromUs: usAt(-300), toUs: usAt(600) },
    ...{ traces: [], healthyTraces: [], seen: [], healthySeen: [], logs: [], baselineLogs: [] },
    ...{ changes, series, platform: undefined, databases: undefined },
  };
  const known = {
    first: first as unknown as Finding,
    shownBy: undefined,
    shown,
    findings: findings as readonly Finding[],
    asking: new Set<string>(),
    strained: [],
  };
  return [...nearChanges({ ...known, onsetUs: usAt(0) }, evidence).near];
}

const MEMCACHED = {
  cause: 'resource-exhausted',
  title: 'checkout: out of memory',
  said: 'SERVER_ERROR out of memory storing object',
};
const GIGABYTES =
  '@@ resource "aws_elasticache_cluster" "carts" @@\n   engine = "memcached"\n-  memory_gb = 12\n+  memory_gb = 2';

describe('a store that says that its memory is full', () => {
  test('may have less of it since a change of such a store', () => {
    expect(near(MEMCACHED, [smaller('carts', GIGABYTES)])).toContain('carts');
  });

  test.each([
    ['of another kind', GIGABYTES.replaceAll(/memcached|elasticache/g, 'postgres')],
    ['that gives it more', GIGABYTES.replace('= 12', '= 1')],
  ])('but not since one %s', (_, diff) => {
    expect(near(MEMCACHED, [smaller('carts', diff)])).not.toContain('carts');
  });

  test('nor where numbers show that this one has room', () => {
    const used = (share: number) => ({
      ...metric('redis_memory_used_percent', () => share, 'carts'),
      name: 'instance:memory_share',
    });
    expect(near(MEMCACHED, [smaller('carts', GIGABYTES)], [used(0.3)])).not.toContain('carts');
    expect(near(MEMCACHED, [smaller('carts', GIGABYTES)], [used(0.95)])).toContain('carts');
  });
});

describe('a server whose processor is full', () => {
  const FULL = { cause: 'resource-saturation', title: 'orders-db-2: CPU at 99 % of its limit', service: 'orders-db-2' };
  const machine = (server: string, before = '2xlarge') =>
    `@@ writer @@\n   identifier = "${server}"\n-  instance_class = "db.r6g.${before}"\n+  instance_class = "db.r6g.xlarge"`;

  test('is that of a cluster that got smaller machines, or is named in the change', () => {
    expect(near(FULL, [smaller('orders-db', machine('any'))])).toContain('orders-db');
    expect(near(FULL, [smaller('infra', machine('orders-db-2'))])).toContain('infra');
  });

  test('is not that of another cluster, nor of one with larger machines', () => {
    expect(near(FULL, [smaller('stock-db', machine('stock-db-2'))])).not.toContain('stock-db');
    expect(near(FULL, [smaller('infra', machine('orders-db-2', 'large'))])).not.toContain('infra');
  });
});

describe('a store under strain', () => {
  const STRAINED = { cause: 'resource-saturation', title: 'vines-es is under strain', service: 'vines-es' };
  const of = (diff: string, slow = 'finder', facts: Finding['facts'] = { form: 'strained' }) =>
    near(
      STRAINED,
      [changed(-60, { kind: 'deploy', service: 'finder', id: 'finder-5', text: 'finder 5', diff })],
      [],
      [
        { service: 'vines-es', facts },
        { service: slow, facts: {} },
      ],
    );
  const STAR = '@@ q.js @@\n-  match: { name: q }\n+  query_string: { query: "*" + q + "*" }';

  test.each([
    ['asks for more', STAR],
    [
      'empties a cache before it',
      '@@ post-deploy.sh @@\n-bin/console cache:pool:prune\n+bin/console cache:pool:clear --all',
    ],
  ])('has near it who takes longer since it %s', (_, diff) => {
    expect(of(diff)).toContain('finder');
  });

  test('has not near it who is as fast as before, nor who asks for no more', () => {
    expect(of(STAR, 'cellar')).not.toContain('finder');
    expect(of('@@ q.js @@\n-  const title = "a"\n+  const title = "b"')).not.toContain('finder');
    expect(of(STAR, 'finder', { form: 'strained', isGone: true })).not.toContain('finder');
  });
});

test('a zone of names counts where a host below it is not found', () => {
  const zone = smaller('network', '+resource "google_dns_managed_zone" "b" {\n+  dns_name = "bills.acme.example."\n+}');
  const lost = (host: string) => {
    return { cause: 'new-error', title: 'checkout logs a new complaint', said: `lookup ${host}: no such host` };
  };
  expect(near(lost('eu.bills.acme.example'), [zone])).toContain('network');
  expect(near(lost('eu.carts.acme.example'), [zone])).not.toContain('network');
});

describe('a rule of a proxy for one value', () => {
  const rule = (diff: string) => [
    changed(-20, { kind: 'config', service: 'edge-routes', id: 'rule', text: 'rows by land', diff }),
  ];
  const RULE =
    '@@ routes.yaml @@\n   - match: { headers: [{ name: x-land, value: tyrol }] }\n     backendRefs:\n-      - name: rows\n+      - name: rows-next';
  const ONE_LAND = {
    cause: 'partial-outage',
    title: 'web: requests with land tyrol fail',
    said: 'no healthy upstream',
  };
  const of = (value: string, diff = RULE) => near({ ...ONE_LAND, trait: value }, rule(diff));

  test('counts where only requests with this value fail', () => {
    expect(of('tyrol')).toContain('edge-routes');
  });

  test('but not where those of another value do, nor where no rule is changed', () => {
    expect(of('styria')).not.toContain('edge-routes');
    expect(of('tyrol', '-  owner: tyrol-team\n+  owner: tyrol-crew\n   land: tyrol')).not.toContain('edge-routes');
  });
});
