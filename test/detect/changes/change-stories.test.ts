/** Small stories: a cause that was found, the change that did it, and decoys beside it. */
import { describe, expect, test } from 'vitest';
import { intendedDowntime, intendedRemoval } from '#detect/signs/suspicion/failure-mechanisms.ts';
import { symptomsWithoutRequest } from '#detect/signs/symptoms/request-symptoms.ts';
import type { Change } from '#model/changes/change.ts';
import type { ChangeSymptoms } from '#model/changes/change-symptoms.ts';
import type { Finding } from '#model/finding/finding.ts';
import type { Complaint } from '#model/logs/complaint.ts';
import { type FoundCause, suspectedBehind, symptomsOf } from '#test/change-stories.ts';
import { changed, usAt } from '#test/changes.ts';

type Story = readonly [cause: string, title: string, culprit: Partial<Change>, symptom?: 'failed' | 'slow'];

const DECOYS = [
  changed(-20, { id: 'colours', files: ['web/a.css'], diff: '-.a { color: red }\n+.a { color: blue }' }),
  changed(-30, { id: 'words', files: ['locales/de.json'], diff: '-  "title": "Checkout",\n+  "title": "Kasse",' }),
  changed(-40, { id: 'counter', files: ['src/work.go'], diff: '@@ work.go @@\n+  done.Inc()' }),
  changed(-50, {
    id: 'pages',
    files: ['admin/list.rb'],
    diff: '-  paginate orders, per_page: 25\n+  paginate orders, per_page: 50',
  }),
];

const STORIES: Readonly<Record<string, Story>> = {
  'an index is gone': [
    'slow-query',
    'GET /stock waits 2 s for one query of checkout',
    { kind: 'migration', diff: '+DROP INDEX stock_sku_idx;' },
  ],
  'a statement lost its limit': [
    'slow-query',
    'GET /events waits 2 s for one query of checkout',
    { diff: '-SELECT id FROM events ORDER BY at LIMIT 50\n+SELECT id FROM events ORDER BY at' },
  ],
  'a migration holds a lock': [
    'lock-contention',
    'UPDATE orders waits 9 s for a lock',
    { kind: 'migration', diff: '+ALTER TABLE orders ADD CONSTRAINT total CHECK (total > 0);' },
  ],
  'a pool is smaller': [
    'pool-exhaustion',
    'checkout waits 2 s for a connection',
    { kind: 'config', diff: ' hikari:\n-  maximum-pool-size: 30\n+  maximum-pool-size: 4' },
  ],
  'calls no longer run in parallel': [
    'sequential-calls',
    '4 calls run one after another',
    {
      diff: '-  const all = await Promise.all([a(), b()]);\n+  const one = await a();\n+  const two = await b();',
    },
  ],
  'a time-out is shorter': [
    'error-rate',
    'checkout POST: 44 of 130 requests fail here: timed out',
    { kind: 'config', diff: '-BOOKING_TIMEOUT_MS=5000\n+BOOKING_TIMEOUT_MS=300' },
    'failed',
  ],
  'a CPU limit is lower': [
    'resource-saturation',
    'checkout: CPU at 100 % of the limit',
    { kind: 'config', diff: ' limits:\n-    cpu: "2"\n+    cpu: 400m' },
  ],
  'there are fewer workers': [
    'queue-backlog',
    'checkout cannot keep up: messages wait 80 s',
    { kind: 'scale', text: 'replicas 8 -> 1', diff: '-  replicas: 8\n+  replicas: 1' },
  ],
  'an alias points elsewhere': [
    'shrunk-response',
    'GET /query returns 69 bytes, usually 29 kB',
    { kind: 'config', diff: '-{ "tasks": "tasks-v7" }\n+{ "tasks": "tasks-v8" }' },
  ],
  'a host is no longer routed': [
    'throughput-drop',
    'checkout: 15 requests per second, 62 are normal',
    { kind: 'config', diff: '   rules:\n-    - host: m.acme.example' },
  ],
  'a cache has other keys': [
    'cache-miss-cascade',
    '40 of 40 reads miss the cache',
    { diff: '-cache_prefix = "v2:"\n+cache_prefix = "v3:"' },
  ],
  'an image has a typo': [
    'image-pull',
    'Pods of checkout cannot start: acme/checkout:2.4.O does not exist',
    { diff: '-  image: acme/checkout:2.3.0\n+  image: acme/checkout:2.4.O' },
    'failed',
  ],
  'a heap is smaller': [
    'gc-pause',
    'Garbage collection stops checkout for 2 s',
    { kind: 'config', diff: '-JAVA_OPTS: "-Xmx2g"\n+JAVA_OPTS: "-Xmx512m"' },
  ],
  'locks are taken in another order': [
    'lock-contention',
    'UPDATE stock failed after waiting for a lock',
    { diff: '-  UPDATE a SET n = 1\n-  UPDATE b SET n = 1\n+  UPDATE b SET n = 1\n+  UPDATE a SET n = 1' },
    'failed',
  ],
  'settings come from elsewhere': [
    'crash-loop',
    'checkout exits at startup, because STOCK_URL is missing',
    { kind: 'config', diff: ' envFrom:\n - configMapRef:\n-    name: common\n+    name: checkout' },
    'failed',
  ],
  'a dependency is of another major version': [
    'latency',
    'checkout itself takes 300 ms longer',
    { files: ['package.json'], diff: '-    "parser": "^2.9.1",\n+    "parser": "^3.0.0",' },
  ],
  'another service is called inside of a transaction': [
    'lock-contention',
    'POST /stays waits 2.8 s for a lock: UPDATE rates needs it',
    {
      diff: '-  {:ok, ok} = Partner.confirm(attrs)\n-  Repo.transaction(fn -> reserve!(ok) end)\n+  Repo.transaction(fn ->\n+    row = reserve!(attrs)\n+    {:ok, _} = Partner.confirm(row)\n+  end)',
    },
  ],
  'connections are not given back': [
    'pool-exhaustion',
    'checkout waits 2 s for a connection',
    {
      diff: '-  jdbc.update(INSERT);\n+  Connection con = dataSource.getConnection();\n+  con.execute(INSERT);',
    },
  ],
  'a title says that a pool is smaller': [
    'pool-exhaustion',
    'checkout waits 2 s for a connection',
    { kind: 'config', text: 'Right-size the pool: 40 to 4', diff: '' },
  ],
  'retries multiply': [
    'retry-storm',
    'checkout repeats each call 5 times',
    { diff: '-  max_attempts: 2\n+  max_attempts: 10' },
  ],
};

function told([cause, title, , symptom = 'slow']: Story, changes: readonly Change[]): readonly Finding[] {
  return suspectedBehind(symptomsOf({ cause, title, symptom }), changes);
}

describe.each(Object.entries(STORIES))('%s', (_, story) => {
  const culprit = changed(-240, { id: 'culprit', ...story[2] });

  test('the change that does it is named, with its mechanism', () => {
    const [found] = told(story, [...DECOYS, culprit]);
    expect(found?.facts).toMatchObject({ id: 'culprit' });
    expect(found?.facts.reasons).not.toBe('');
  });

  test('it is named without its diff as well as with it, or nothing is', () => {
    const named = told(story, [culprit, ...DECOYS.slice(0, 1)])[0]?.facts.id;
    const [without] = told(story, [{ ...culprit, diff: '' }, ...DECOYS.slice(0, 1)]);
    expect([named, without?.facts.id ?? named]).toEqual(['culprit', 'culprit']);
  });

  test('without it, no decoy is', () => {
    expect(told(story, DECOYS).map(({ title }) => title)).toEqual([]);
  });

  test('not after it began, and not of a service that has nothing to do with it', () => {
    expect(told(story, [{ ...culprit, atUs: usAt(120) }])).toEqual([]);
    expect(told(story, [{ ...culprit, service: 'newsletter' }])).toEqual([]);
  });
});

test('the rivals are said, and why they were set aside', () => {
  const [story] = Object.values(STORIES);
  if (story === undefined) throw new Error('there is no story');
  const [found] = told(story, [...DECOYS, changed(-240, { id: 'culprit', ...story[2] })]);
  expect(found?.reasons).toContainEqual(
    expect.stringMatching(/^Set aside: deploy \w+ of checkout: nothing in it fits$/),
  );
});

const OF_A_FINDING = { runbook: 'runbooks/x.md', wastedUs: 0, remedy: '', check: '' };
const NO_COMPLAINT: Complaint = {
  firstUs: usAt(0),
  services: new Set(['checkout']),
  words: new Map(),
  quoted: new Set(),
  numbers: new Set(),
  files: new Set(),
  text: '',
  kinds: new Set(),
  record: '',
  outsider: '',
  isOfNode: false,
  lines: 1,
  examples: [],
};

describe('a mechanism has to fit the symptom', () => {
  const symptoms = (cause: string, title: string, text: string, more: Partial<ChangeSymptoms> = {}): ChangeSymptoms => {
    const first = { detector: cause, service: 'checkout', operation: '', title, explanation: '', spans: [], facts: {} };
    const known = symptomsWithoutRequest(
      { first: { ...OF_A_FINDING, ...first }, symptom: 'failed', nearLines: [], baselineLogs: [] },
      usAt(0),
    );
    return { ...known, complaint: { ...NO_COMPLAINT, text }, isDated: true, ...more };
  };
  const named = (trouble: ChangeSymptoms, change: Change) => suspectedBehind(trouble, [change])[0]?.facts.reasons;
  const migration = changed(-240, { kind: 'migration', id: '0148', diff: '', text: 'New columns', files: [] });

  test('a migration explains a column that is missing, and no certificate', () => {
    const kinds = { kinds: new Set(['missing'] as const) };
    const column = symptoms('error-origin', 'GET failed', 'error: column "mail" does not exist', kinds);
    const x509 = symptoms('error-origin', 'GET failed', 'x509: signed by unknown authority', kinds);
    expect(named(column, migration)).toMatch(/migration changes/);
    expect(named(x509, migration)).toBeUndefined();
  });

  test('a locked table stops its own statements only', () => {
    const alter = { ...migration, diff: '+ALTER TABLE segments ADD COLUMN note text;' };
    const of = (table: string) => symptoms('slow-query', 'waits 9 s for one query', `update ${table} set n = ?`);
    expect(named(of('segments'), alter)).toMatch(/locks the table segments/);
    expect(named(of('campaigns'), alter)).toBeUndefined();
  });

  test('a title about documents makes no deploy suspect by its time', () => {
    const trouble = symptoms('error-origin', 'GET failed', 'boom');
    const deploy = (text: string) => changed(-30, { id: 'v7', diff: '', files: [], text });
    expect(named(trouble, deploy('Version 7'))).toBe('');
    expect(named(trouble, deploy('README: how to run it'))).toBeUndefined();
    expect(named(trouble, deploy('Remove unused constants'))).toBeUndefined();
  });

  test('what fills up shows late', () => {
    const cache = changed(-3_600, { id: 'v7', diff: '+@lru_cache(maxsize=None)\n def render(id):', files: [] });
    const limit = { ...cache, diff: '-  memory: 2Gi\n+  memory: 512Mi' };
    const memory = symptoms('new-error', 'killed', 'killed', { kinds: new Set(['memory'] as const) });
    expect(named(memory, cache)).toMatch(/without a limit/);
    expect(named(memory, limit)).toBeUndefined();
  });
});

describe('a shared library', () => {
  const release = changed(-900, {
    kind: 'commit',
    service: 'http-client',
    id: 'http-client 4.2.0',
    text: 'http-client 4.2.0: Retry more',
    diff: '-  max_attempts: 2\n+  max_attempts: 10',
  });
  const bump = (version: string) =>
    changed(-200, {
      id: 'v77',
      files: ['package.json'],
      diff: `-  "@acme/http-client": "4.1.0"\n+  "@acme/http-client": "${version}"`,
    });
  const story: Story = ['retry-storm', 'checkout repeats each call 5 times', {}];

  test('counts for the service that deployed it', () => {
    expect(told(story, [release, bump('4.2.0')])[0]?.facts).toMatchObject({ id: 'v77' });
  });

  test('but not where another version was deployed', () => {
    expect(told(story, [release, bump('4.1.9')])).toEqual([]);
  });
});

describe('a flag that ends a call', () => {
  const off = (text: string) => [changed(-60, { kind: 'flag', id: 'precheck', text })];
  const notCalled = { notCalled: 'partner', service: 'checkout' };

  test('is meant to do so where its text says who does the work now', () => {
    expect(intendedRemoval(notCalled, off('precheck off (moved to the nightly batch)'))?.id).toBe('precheck');
  });

  test('may be a mistake otherwise', () => {
    expect(intendedRemoval(notCalled, off('precheck off'))).toBeUndefined();
    expect(intendedRemoval(notCalled, off('precheck on (moved to the edge)'))).toBeUndefined();
  });
});

describe('a maintenance', () => {
  const closed = changed(-60, { kind: 'config', text: 'Announced maintenance of the back office', files: [] });
  const complaint = (text: string) => ({ complaint: { text } as Complaint, service: 'checkout' });

  test('that was announced is meant, where the failures say that', () => {
    expect(intendedDowntime(complaint('503: maintenance mode'), [closed])).toBe(closed);
  });

  test('is no excuse for other failures, and nothing is one that nobody announced', () => {
    expect(intendedDowntime(complaint('connection refused'), [closed])).toBeUndefined();
    expect(intendedDowntime(complaint('maintenance mode'), [{ ...closed, text: 'Upgrade' }])).toBeUndefined();
  });
});

describe('two changes that fit equally well', () => {
  const story: Story = ['pool-exhaustion', 'checkout waits 2 s for a connection', {}];
  const diff = ' hikari:\n-  maximum-pool-size: 30\n+  maximum-pool-size: 4';
  const one = changed(-240, { kind: 'config', id: 'one', diff });
  const other = changed(-235, { kind: 'config', id: 'other', diff });

  test('are both said, and none is the first', () => {
    const [found] = told(story, [one, other]);
    expect(found?.facts).toMatchObject({ id: 'other', tiedWith: 'setting one' });
    expect(found?.title).toMatch(/setting other or setting one may be the cause: both fit equally well/);
    expect(found?.evidence?.map(({ ref }) => ref)).toEqual(['other', 'one']);
  });

  test('but one is named where the other one fits less', () => {
    const [found] = told(story, [one, { ...other, diff: '-  color: red\n+  color: blue' }]);
    expect(found?.facts).toMatchObject({ id: 'one', tiedWith: '' });
  });
});

describe('one request, whose beginning nobody knows', () => {
  const one = (cause: FoundCause, more: Partial<ChangeSymptoms> = {}): ChangeSymptoms => ({
    ...symptomsOf(cause),
    isDated: false,
    isSure: true,
    ...more,
  });
  const pool = one({ cause: 'pool-exhaustion', title: 'checkout waits 5 s for a connection', symptom: 'failed' });
  const refused = one({ cause: 'error-origin', title: 'the call failed with 401 Unauthorized', symptom: 'failed' });
  const missing = one({ cause: 'missing-service', title: 'tax-rules is not called' }, { notCalled: 'tax-rules' });
  const slow = one({ cause: 'slower-than-baseline', title: 'rank takes 600 ms' }, { slowWork: 'rank' });
  const fewer = one({ cause: 'shrunk-response', title: 'search returns 0 rows' });
  const change = (minutes: number, more: Partial<Change>) =>
    changed(-60 * minutes, { id: 'culprit', diff: '', files: [], ...more });
  const named = (trouble: ChangeSymptoms, all: readonly Change[]) => suspectedBehind(trouble, all)[0]?.facts.id;

  test.each<readonly [string, ChangeSymptoms, Change]>([
    ['more work at once uses up a pool', pool, change(55, { kind: 'config', text: 'WORKER_CONCURRENCY 4 -> 20' })],
    [
      'replaced credentials are refused',
      refused,
      change(50, { kind: 'config', text: 'rotate the partner credentials' }),
    ],
    [
      'a right is gone, of no service',
      refused,
      change(20, { kind: 'config', service: '', text: 'tighten role uploads' }),
    ],
    [
      'a flag has the name of what is missing',
      missing,
      change(20, { kind: 'flag', text: 'skip-tax-beta: 0 % -> 100 %' }),
    ],
    ['an alias is switched', fewer, change(40, { kind: 'config', text: 'alias shop-live: shop-w20 -> shop-w21' })],
    [
      'a key of a file is another one',
      one({ cause: 'error-origin', title: 'the token of the partner has an invalid signature', symptom: 'failed' }),
      change(40, { kind: 'config', diff: '@@ keys.yaml @@\n-current: a81f\n+current: 77c0', files: ['keys.yaml'] }),
    ],
    ['its file has the name of what is slow', slow, change(40, { files: ['src/rank.rs'], text: 'New crate' })],
  ])('%s, an hour ago as well', (_, trouble, culprit) => {
    expect(named(trouble, [...DECOYS, culprit])).toBe('culprit');
    expect(named({ ...trouble, isSure: false }, [{ ...culprit, atUs: usAt(-86_400) }])).toBeUndefined();
  });

  test.each<readonly [string, ChangeSymptoms, Change]>([
    ['fewer workers at once', refused, change(5, { kind: 'config', text: 'WORKER_CONCURRENCY 20 -> 4' })],
    ['a small step of the workers', pool, change(5, { kind: 'config', text: 'WORKER_CONCURRENCY 4 -> 5' })],
    ['credentials of a service far away', refused, change(5, { service: 'newsletter', text: 'rotate credentials' })],
    ['credentials, and nobody is refused', slow, change(5, { kind: 'config', text: 'rotate the credentials' })],
    ['a flag with another name', missing, change(5, { kind: 'flag', text: 'dark-basket: 0 % -> 100 %' })],
    [
      'a counter of what cannot be stored twice',
      one({ cause: 'error-origin', title: 'duplicate key value violates parcels_pkey', symptom: 'failed' }),
      change(5, { diff: '@@ store.py @@\n+    PARCELS.inc()', files: ['store.py'] }),
    ],
    [
      'a longer time-out, and the value is too long',
      one({ cause: 'error-origin', title: 'value too long for type character varying(8)', symptom: 'failed' }),
      change(5, { kind: 'config', diff: '@@ c.yaml @@\n-timeout: 5s\n+timeout: 8s', files: ['c.yaml'] }),
    ],
    ['a test of what is slow', slow, change(40, { files: ['test/rank.test.rs'], text: 'New crate' })],
    ['a file with another name', slow, change(40, { files: ['src/export.rs'], text: 'New crate' })],
    ['a deploy that says nothing, an hour before', pool, change(60, { text: 'Version 8' })],
  ])('%s does not do it', (_, trouble, decoy) => {
    expect(named(trouble, [decoy])).toBeUndefined();
  });
});
