/** Which symptoms a change leads to: each pair is one that an engineer on call connects. */
import { describe, expect, test } from 'vitest';
import { mechanismOf } from '#detect/signs/suspicion/failure-mechanisms.ts';
import type { Change } from '#model/changes/change.ts';
import type { ChangeSymptom } from '#model/changes/change-symptoms.ts';
import { codeChangeOf } from '#model/changes/code-change.ts';

function mechanism(symptom: ChangeSymptom, removed: string, added: string, kind: Change['kind'] = 'config') {
  const marked = (text: string, mark: string) => text.split('\n').flatMap((line) => (line === '' ? [] : [mark + line]));
  const files = ['deploy/desk.yaml'];
  const diff = ['@@ deploy/desk.yaml @@', ...marked(removed, '-'), ...marked(added, '+')].join('\n');
  const change: Change = { atUs: 0, kind, service: 'desk', id: 'c1', text: 'chore: tidy up', url: '', files, diff };
  const symptoms = { kinds: new Set([symptom]), complaint: undefined, ofRequest: 'the slow spans and lines' } as const;
  return mechanismOf({ ...symptoms, service: 'desk' }, change, codeChangeOf(change))?.kind;
}

describe('less room', () => {
  test.each<[ChangeSymptom, string, string, string]>([
    ['bad-gateway', 'replicas: 9', 'replicas: 2', 'fewer-workers'],
    ['pool', 'pm.max_processes: 80\nthreads: 40', 'threads: 4', 'fewer-workers'],
    ['backlog', 'maximumPoolSize: 60', 'maximumPoolSize: 6', 'smaller-pool'],
    ['stopped', 'limits: { cpu: 2 }', 'limits: { cpu: 250m }', 'less-cpu'],
    ['started', 'limits: { cpu: 2 }', 'limits: { cpu: 250m }', 'less-cpu'],
    ['cpu', '-Xmx3g', '-Xmx256m', 'less-memory'],
    ['slow-statement', 'work_mem = 96MB', 'work_mem = 2MB', 'less-memory'],
    ['backlog', 'burst_limit: 900', 'burst_limit: 30', 'lower-limit'],
    ['fewer-requests', 'rps: 900', 'rps: 30', 'lower-limit'],
    ['read-only', 'storage: 400Gi', 'storage: 40Gi', 'less-disk'],
  ])('%s: “%s” becomes “%s”', (symptom, removed, added, kind) => {
    expect(mechanism(symptom, removed, added)).toBe(kind);
  });
});

describe('times', () => {
  test.each<ChangeSymptom>(['timeout', 'retries', 'breaker', 'bad-gateway', 'backlog'])(
    '%s: a shorter time-out',
    (symptom) => {
      expect(mechanism(symptom, 'visibility_timeout: 240', 'visibility_timeout: 12')).toBe('shorter-timeout');
    },
  );

  test('a backlog: a longer time-out', () => {
    expect(mechanism('backlog', 'visibilityTimeout: 20', 'visibilityTimeout: 900')).toBe('longer-timeout');
  });
});

describe('a dropped index of MongoDB', () => {
  const text = '{ find : pets, filter : { owner : ? } }\nto_s will be removed from rails';
  const kindOf = (collection: string) => {
    const diff = `@@ 7.rb @@\n+client[:${collection}].indexes.drop_one('owner_1')`;
    const change = {
      atUs: 0,
      kind: 'migration',
      service: 'desk',
      id: 'c1',
      text: '7',
      url: '',
      files: ['7.rb'],
      diff,
    } as const;
    const complaint = { text, files: new Set<string>() } as unknown as Parameters<typeof mechanismOf>[0]['complaint'];
    const symptoms = { kinds: new Set(['slow-statement'] as const), complaint, cause: 'slow-query', service: 'desk' };
    return mechanismOf({ ...symptoms, ofRequest: 'the slow spans and lines' as const }, change, codeChangeOf(change))
      ?.kind;
  };

  test('slows the commands on its collection', () => {
    expect(kindOf('pets')).toBe('index-gone');
  });

  test('slows no command on another collection', () => {
    expect(kindOf('owners')).not.toBe('index-gone');
  });
});

describe('caches', () => {
  test.each<ChangeSymptom>(['cache', 'slow-statement', 'many-calls', 'capacity', 'cpu', 'pool'])(
    '%s: entries live shorter',
    (symptom) => {
      expect(mechanism(symptom, 'cache_ttl: 900s', 'cache_ttl: 5s')).toBe('shorter-lived-cache');
    },
  );
});

describe('statements', () => {
  test.each<ChangeSymptom>(['slow', 'timeout', 'pool', 'cpu'])('%s: no index serves it', (symptom) => {
    const [before, now] = ["q = 'SELECT * FROM pets WHERE tag = ?'", "q = 'SELECT * FROM pets WHERE lower(tag) = ?'"];
    expect(mechanism(symptom, before, now, 'deploy')).toBe('unindexed-statement');
  });

  test.each<ChangeSymptom>(['lock', 'pool', 'backlog'])('%s: a migration locks a table', (symptom) => {
    expect(mechanism(symptom, '', 'ALTER TABLE pets ADD COLUMN tone text', 'migration')).toBe('locking-migration');
  });

  test('a value that is missing: a column has another name', () => {
    expect(mechanism('null', '', 'ALTER TABLE pets RENAME COLUMN tone TO tint', 'migration')).toBe('column-gone');
  });
});

describe('where it asks, and who lets it in', () => {
  test.each<[ChangeSymptom, string, string, string]>([
    ['untrusted', 'API_HOST: api.inner.example', 'API_HOST: api.outer.example', 'other-host'],
    ['read-only', 'DB_HOST: pets-rw.db.example', 'DB_HOST: pets-ro.db.example', 'other-host'],
    ['unresolved', 'kind: NetworkPolicy\negress: []', 'kind: NetworkPolicy\negress: [ db ]', 'other-network'],
    ['stopped', 'password: old-one', 'password: new-one', 'other-credentials'],
    ['image', 'registry_token: old-one', 'registry_token: new-one', 'other-credentials'],
    ['refused', 'DATABASE_ADDRESS: db', '', 'setting-gone'],
    ['timeout', 'ndots: 1', 'ndots: 7', 'other-resolver'],
    ['access', 'tls_min_version: 1.2', 'tls_min_version: 1.3', 'other-trust'],
  ])('%s: “%s” becomes “%s”', (symptom, removed, added, kind) => {
    expect(mechanism(symptom, removed, added)).toBe(kind);
  });
});

describe('probes and breakers', () => {
  test.each<ChangeSymptom>(['stopped', 'no-endpoints', 'bad-gateway'])('%s: a probe asks another path', (symptom) => {
    expect(mechanism(symptom, 'readinessProbe:\n  path: /up', 'readinessProbe:\n  path: /deep')).toBe('stricter-probe');
  });

  test('no instance is left: it takes each out at its first error', () => {
    expect(mechanism('no-endpoints', 'consecutive5xxErrors: 12', 'consecutive5xxErrors: 1')).toBe('stricter-breaker');
  });
});

test('a cache that lives shorter makes no login fail', () => {
  expect(mechanism('access', 'cache_ttl: 900s', 'cache_ttl: 5s')).toBeUndefined();
});

test('a breaker that opens earlier makes nothing full', () => {
  expect(mechanism('capacity', 'consecutive5xxErrors: 12', 'consecutive5xxErrors: 1')).toBeUndefined();
});

test('a new version empties no pool', () => {
  expect(mechanism('pool', 'FROM pets:8', 'FROM pets:9', 'deploy')).toBeUndefined();
});

test('fewer instances follow fewer requests, and do not lead to them', () => {
  const diff = '@@ deploy/desk.yaml @@\n-replicas: 4\n+replicas: 2';
  const files = ['deploy/desk.yaml'];
  const change = {
    atUs: 0,
    kind: 'scale',
    service: 'desk',
    id: 'c1',
    text: 'desk replicas 4 -> 2',
    url: '',
    files,
    diff,
  } as const;
  const of = (...kinds: readonly ChangeSymptom[]) => {
    const symptoms = {
      kinds: new Set(kinds),
      complaint: undefined,
      cause: 'throughput-drop',
      ofRequest: 'the slow spans and lines' as const,
    };
    return mechanismOf({ ...symptoms, service: 'desk' }, change, codeChangeOf(change))?.kind;
  };
  expect(of('slow', 'fewer-requests')).toBeUndefined();
  expect(of('slow', 'fewer-requests', 'timeout')).toBe('fewer-workers');
});
