import { describe, expect, test } from 'vitest';
import { type CodeChange, codeChangeOf } from '#model/changes/code-change.ts';
import { changed } from '#test/changes.ts';

function read(diff: string, files: readonly string[] = ['src/a.ts']): CodeChange {
  const change = codeChangeOf({ files, diff });
  if (change === undefined) throw new Error('nothing was read of it');
  return change;
}

test('without lines and files nothing is said', () => {
  expect(codeChangeOf({ files: [], diff: '' })).toBeUndefined();
});

describe('limits', () => {
  test.each([
    ['-  timeout: 5 * time.Second,\n+  timeout: 300 * time.Millisecond,', 5000, 300],
    ['-const wait = 30;\n+const wait = 3;', 30, 3],
    ['-  memory: 2Gi\n+  memory: 256Mi', 2 ** 31, 2 ** 28],
    ['-  request_timeout: 3s\n+  request_timeout: 500ms', 3000, 500],
    ['-    .connectTimeout(Duration.ofSeconds(10))\n+    .connectTimeout(Duration.ofSeconds(1))', 10, 1],
  ])('%j is one', (diff, before, after) => {
    expect(read(diff).limits).toMatchObject([{ before, after }]);
  });

  test.each([
    '-  color: #3b82f6;\n+  color: #2563eb;',
    '-const a = 5;\n+let words = none;',
    '-  "zod": "4.1.1",\n+  "zod": "4.1.2",',
    // Numbers of a name.
    '-  parameter_group_name = "seats-postgres-14-2"\n+  parameter_group_name = "small-postgres-16-1"',
  ])('%j is none', (diff) => {
    expect(read(diff).limits).toEqual([]);
  });
});

test('a number of a connection string belongs to its name, also beside an option that is new', () => {
  const [limit, ...more] = read(
    '-  STOCK_DB: postgres://db/stock?pool_max=40&ssl=1\n+  STOCK_DB: postgres://db/stock?pool_max=4&ssl=1&connect_timeout=9',
  ).limits;
  expect(limit).toMatchObject({ before: 40, after: 4, text: 'pool_max=4' });
  expect(limit?.words).toContain('pool');
  expect(more).toEqual([]);
});

describe('a folder that has the name of the service', () => {
  const diff = '-  WORKERS: "12"\n+  WORKERS: "2"';
  const harmless = (service: string) =>
    codeChangeOf({ files: ['deploy/dashboards/values.yaml'], diff, service })?.isHarmless;

  test('holds what the service runs with', () => {
    expect(harmless('dashboards')).toBe(false);
    expect(harmless('stock')).toBe(true);
  });
});

describe('a block that closes what it opens', () => {
  test.each([
    '-    with self.pool.connection() as link:\n-        return link.fetch(sql)\n+    link = self.pool.connection()\n+    return link.fetch(sql)',
    '-    try (Session s = factory.openSession()) {\n+    Session s = factory.openSession();',
    '-    using var reader = store.OpenReader(path);\n+    var reader = store.OpenReader(path);',
    '-    try (var link = pool.take(5)) {\n-        read(link, 7);\n-    }\n+    var link = pool.take(5);\n+    read(link, 7);',
  ])('is gone in %j, and that is no other order', (diff) => {
    expect(read(diff)).toMatchObject({ closesGone: true, isRearranged: false });
  });

  test.each([
    '-    with self.pool.connection() as link:\n+    with self.pool.connection() as conn:',
    '-    with open_report(path) as report:\n+    report = load(path)',
    '-    with lock() as held:\n+    held = lock()\n+    try:\n+        work()\n+    finally:\n+        held.close()',
  ])('is not gone in %j', (diff) => {
    expect(read(diff).closesGone).toBe(false);
  });
});

test.each([
  ['CHANGELOG', true],
  ['web/CHANGELOG.txt', true],
  ['liquibase/changelog/0042-orders.sql', false],
  ['db/owners/grants.sql', false],
])('%s is a text: %s', (file, isHarmless) => {
  expect(read('+ALTER TABLE orders ADD COLUMN tag text;', [file]).isHarmless).toBe(isHarmless);
});

test('a new field of a Go struct that is only filled grows', () => {
  const diff = ' type Router struct {\n+\thops map[string][]Hop\n@@ @@\n+\tr.hops[key] = append(r.hops[key], hop)';
  expect(read(diff, ['route.go']).grows).toEqual(['r.hops']);
  expect(read(`${diff}\n+\tdelete(r.hops, oldest)`, ['route.go']).grows).toEqual([]);
});

describe('what was moved is not changed', () => {
  const moved =
    '@@ a.ts @@\n-  if (x > 90) throw bad("lat");\n-  if (x < 10) throw bad("lon");\n+  range(x, 10, 90, "lat", "lon");\n';

  test('where the same literals stand somewhere else', () => {
    expect(read(moved).isRearranged).toBe(true);
    expect(read('-first = 10\n-second = 20\n+second = 20\n+first = 10\n').isRearranged).toBe(true);
  });

  test.each([
    ['a limit is another one', moved.replace('+  range(x, 10', '+  range(x, 11')],
    ['a guard is gone', '-  if (a == null) return 10 + 20;\n-  return 1;\n+  return 10 + 20 + 1;\n'],
    ['lines were only added', '+  range(x, 10, 90);\n'],
    ['two settings swap their values', '-first.on = 1\n-second.on = 0\n+first.on = 0\n+second.on = 1\n'],
  ])('but it is where %s', (_, diff) => {
    expect(read(diff).isRearranged).toBe(false);
  });
});

test('words that moved cancel each other out, comments have none', () => {
  const { words } = read('-  pay(order);\n-  ship(parcel);\n+  ship(parcel); // for every customer\n');
  expect([...words].sort()).toEqual(['order', 'pay'].filter((word) => words.has(word)));
  expect(words.has('pay')).toBe(true);
  expect(words.has('ship') || words.has('customer')).toBe(false);
});

test.each([
  ['-  .Include(p => p.Coverages)\n+  // on access', ['Include']],
  ['-  Task.includes(:labels)\n+  Task.all', ['includes']],
  ["-  Order.objects.select_related('user')\n+  Order.objects.all()", ['select_related']],
  ['-  hibernate.default_batch_fetch_size: 50', ['default_batch_fetch_size']],
  ['-  @BatchSize(size = 50)\n   List<Stop> stops;', ['BatchSize']],
  ['-  hibernate.default_batch_fetch_size: 50\n+  hibernate.default_batch_fetch_size: 25', []],
  ['-  .Include(p => p.Coverages)\n+  .Include(p => p.Limits)', []],
  ['-  if (names.includes(name)) return;\n+  if (names.has(name)) return;', []],
])('%j removes the loading of related rows: %j', (diff, calls) => {
  expect(read(diff).eagerGone).toEqual(calls);
});

test.each([
  ['-cache_prefix = "v2:"\n+cache_prefix = "v3:"', true],
  ['-  cache_size = 200\n+  cache_size = 100', false],
])('%j changes the keys of a cache: %s', (diff, is) => {
  expect(read(diff).movesCacheKeys).toBe(is);
});

test('calls for each item, and not where they were before', () => {
  const inLoop = '@@ a.go @@\n+for _, li := range items {\n+  item := catalog.GetItem(li.SKU)\n+}\n';
  expect(read(inLoop).callsInLoop).toEqual(['GetItem']);
  expect(read(`-  x := catalog.GetItem(a)\n${inLoop}`).callsInLoop).toEqual([]);
  expect(read('+const all = await db.query(ids);\n').callsInLoop).toEqual([]);
  expect(read('+for id in ids { seats.push(rooms.fetch(id).await?); }\n').callsInLoop).toEqual(['fetch']);
  expect(read('+for room in rooms.fetch_all() { seats += room.seats; }\n').callsInLoop).toEqual([]);
  expect(read('+for _, id := range rooms.LoadIDs() { // each once\n').callsInLoop).toEqual([]);
});

test('what is filled and never emptied', () => {
  expect(read('+var log []Entry\n+func note(e Entry) {\n+  log = append(log, e)\n+}\n').grows).toEqual(['log']);
  expect(read('+    this.seen.add(id)\n').grows).toEqual(['this.seen']);
  expect(read('+    this.seen.add(id)\n+    if (this.seen.size > max) this.seen.clear()\n').grows).toEqual([]);
  expect(read('+func f() {\n+  out = append(out, e)\n+}\n').grows).toEqual([]);
});

test.each([
  [['docs/a.md', 'web/a.css', 'src/a_test.go'], true],
  [['test/a.spec.ts', 'README.md', '.github/workflows/ci.yml'], true],
  [['.gitlab-ci.yml', 'Jenkinsfile', '.circleci/config.yml'], true],
  [['docs/a.md', 'src/a.go'], false],
  [['envs/staging/values.yaml'], true],
  [['models/staging/stg_lamps.sql'], false],
  [['requirements.txt'], false],
])('%j is harmless: %s', (files, isHarmless) => {
  expect(read('', files).isHarmless).toBe(isHarmless);
});

test('a hostile diff is read in time that grows as it does', () => {
  const lines = (count: number) => `-${'if (a '.repeat(20)}\n+${'for ( '.repeat(20)}x.push(\n`.repeat(count);
  expect(read(lines(2_000)).guardsGone).toBe(0);
});

test('indexes that it drops, in the words of SQL and of migrations', () => {
  const gone = (diff: string) => read(diff).indexesGone.map(({ name, table }) => (name === '' ? `of ${table}` : name));
  expect(gone('+DROP INDEX CONCURRENTLY IF EXISTS idx_users_email;\n')).toEqual(['idx_users_email']);
  expect(gone('+ALTER TABLE users DROP KEY by_email;\n')).toEqual(['by_email']);
  expect(gone("+    remove_index :users, name: 'by_email'\n")).toEqual(['by_email']);
  expect(gone('+    op.drop_index("ix_stock_sku", table_name="stock")\n')).toEqual(['ix_stock_sku']);
  expect(gone('-CREATE INDEX idx_users_email ON users (email);\n')).toEqual(['idx_users_email']);
  expect(gone('-CREATE INDEX a ON t (x);\n+CREATE INDEX a ON t (x, y);\n')).toEqual([]);
  expect(gone('+DROP INDEX a;\n+CREATE INDEX a ON t (x);\n')).toEqual([]);
  expect(gone('+DROP TABLE old;\n')).toEqual([]);
});

describe('nothing that runs reads it', () => {
  test.each([
    ['a comment of a column', "+COMMENT ON COLUMN users.mail IS 'RFC 5322';", 'migrations/7.sql'],
    ['a dashboard', '+  "title": "Requests"', 'grafana/dashboards/a.json'],
    ['a rule of alerts', '-    for: 5m\n+    for: 10m', 'alerts/web.yaml'],
    ['a translation', '-  "a": "A"\n+  "a": "B"', 'web/i18n/de.json'],
    ['plain markup', '+<a href="/help">Help</a>', 'web/help.html'],
  ])('%s', (_, diff, file) => {
    expect(read(diff, [file]).isHarmless).toBe(true);
  });

  test.each([
    ['a comment and a column', "+COMMENT ON COLUMN a.b IS 'c';\n+ALTER TABLE a DROP COLUMN d;", 'migrations/7.sql'],
    ['a template', '+{% for one in orders %}', 'web/list.html'],
    ['a script in a page', '+<script src="a.js"></script>', 'web/list.html'],
    ['an alerting service', '-  limit: 5\n+  limit: 1', 'services/alerter/config.yaml'],
  ])('but not %s', (_, diff, file) => {
    expect(read(diff, [file]).isHarmless).toBe(false);
  });
});

test('two slashes within an address begin no comment', () => {
  const diff = '-  jdbc:oracle:thin:@//ora-1:1521/FARES\n+  jdbc:oracle:thin:@//ora-1:1521/FARESPDB';
  expect(codeChangeOf(changed(-60, { diff, files: ['a.yaml'] }))?.isHarmless).toBe(false);
  expect(codeChangeOf(changed(-60, { diff: '-  go();// now\n+  go();// soon', files: ['a.js'] }))?.isHarmless).toBe(
    true,
  );
});

test('other spaces are nothing in code, and another value in a table', () => {
  const diff = '-40129;11.5\n+40 129;11.5';
  expect(codeChangeOf({ files: ['data/tides.csv'], diff })?.isHarmless).toBe(false);
  expect(codeChangeOf({ files: ['src/tides.ts'], diff })?.isHarmless).toBe(true);
});
