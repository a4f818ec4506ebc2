import { describe, expect, test } from 'vitest';
import { type CodeChange, codeChangeOf } from '#model/changes/code-change.ts';

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
  ])('%j is none', (diff) => {
    expect(read(diff).limits).toEqual([]);
  });
});

describe('what was moved is not changed', () => {
  const moved =
    '@@ a.ts @@\n-  if (x > 90) throw bad("lat");\n-  if (x < 10) throw bad("lon");\n+  range(x, 10, 90, "lat", "lon");\n';

  test('where the same literals stand somewhere else', () => {
    expect(read(moved).isRearranged).toBe(true);
  });

  test.each([
    ['a limit is another one', moved.replace('+  range(x, 10', '+  range(x, 11')],
    ['a guard is gone', '-  if (a == null) return 10 + 20;\n-  return 1;\n+  return 10 + 20 + 1;\n'],
    ['lines were only added', '+  range(x, 10, 90);\n'],
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

test('calls for each item, and not where they were before', () => {
  const inLoop = '@@ a.go @@\n+for _, li := range items {\n+  item := catalog.GetItem(li.SKU)\n+}\n';
  expect(read(inLoop).callsInLoop).toEqual(['GetItem']);
  expect(read(`-  x := catalog.GetItem(a)\n${inLoop}`).callsInLoop).toEqual([]);
  expect(read('+const all = await db.query(ids);\n').callsInLoop).toEqual([]);
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
  [['docs/a.md', 'src/a.go'], false],
  [['requirements.txt'], false],
])('%j is harmless: %s', (files, isHarmless) => {
  expect(read('', files).isHarmless).toBe(isHarmless);
});

test('a hostile diff is read in time that grows as it does', () => {
  const lines = (count: number) => `-${'if (a '.repeat(20)}\n+${'for ( '.repeat(20)}x.push(\n`.repeat(count);
  expect(read(lines(2_000)).guardsGone).toBe(0);
});
