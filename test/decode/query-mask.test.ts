import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { maskQuery } from '#decode/query-mask.ts';
import { queryShape } from '#model/sql/query-shape.ts';

function masked(sql: string): string | undefined {
  const bytes = new TextEncoder().encode(sql);
  const into = new Uint8Array(bytes.length);
  const length = maskQuery(bytes, 0, bytes.length, into);
  return length < 0 ? undefined : new TextDecoder().decode(into.subarray(0, length));
}

describe('statements that differ in their values alone have one mask', () => {
  test.each([
    ['SELECT * FROM t WHERE id = 4711', 'SELECT * FROM t WHERE id = 5'],
    ["INSERT INTO t VALUES ('x''y', 1.5)", "INSERT INTO t VALUES ('', 2)"],
    ["SELECT '1' FROM t2", "SELECT 'two words' FROM t2"],
  ])('%s, %s', (a, b) => {
    expect(masked(a)).toBe(masked(b));
  });
});

describe('names keep their digits', () => {
  test.each([
    ['SELECT a1 FROM t1', 'SELECT a2 FROM t1'],
    ['SELECT s1.t FROM s1.t', 'SELECT s1.t FROM s2.t'],
  ])('%s, %s', (a, b) => {
    expect(masked(a)).not.toBe(masked(b));
  });
});

test.each([
  'SELECT "col 1" FROM t',
  'SELECT `a` FROM t',
  'SELECT 1 -- one',
  'SELECT /* 1 */ 2',
  'SELECT a # one',
  'SELECT [a] FROM t',
  "{find: 'a'}",
  'SELECT $$a$$',
  "SELECT q'[a]'",
  'SELECT 550e8400-e29b-41d4-a716-446655440000',
  "SELECT 'a...",
  "EXEC sp_executesql N'SELECT 1'",
])('the tokenizer alone judges %s', (sql) => {
  expect(masked(sql)).toBeUndefined();
});

test('statements with one mask have one shape', () => {
  const piece = fc.constantFrom(
    ...[
      'SELECT',
      'a1',
      ' ',
      '  ',
      '1',
      '22',
      '1.5',
      '.',
      "'x'",
      "''",
      "'a''b'",
      "'",
      ',',
      '(',
      ')',
      '=',
      '$1',
      '$2',
      ':n',
    ],
    ...['%s', '%', '?', '-', '/', '*', '::', '@p0', 'é', '\n', 'x.y', '9z', '_'],
    ...['1e', '+', '-1', '$', '$$', 'N', 'E', 'q', '#', '[', ']', '{', '}', '...', '…', ';', 'null', 'values', 'in'],
    ...[
      '12345678',
      'deadbeef',
      '-0000-0000-0000-',
      '000000000000',
      'sp_executesql',
      'exec',
      'block',
      'xread',
      'set',
      'get',
    ],
  );
  /** The same statement with what may have the same mask. */
  const others: Readonly<Record<string, string[]>> = {
    '1': ['333', '4e', '12345678'],
    "'x'": ["'-- y'", "'(''['", "'"],
    '1.5': ['2.25', '7'],
    '1e': ['22e', '1'],
  };
  const statement = fc.array(fc.tuple(piece, fc.nat(3)), { maxLength: 12 });
  const system = fc.constantFrom('', 'mysql', 'redis', 'mongodb');
  fc.assert(
    fc.property(statement, system, (pieces, of) => {
      const sql = pieces.map(([each]) => each).join('');
      const like = pieces.map(([each, which]) => others[each]?.[which] ?? each).join('');
      if (masked(sql) === undefined || masked(sql) !== masked(like)) return;
      expect(queryShape(like, of)).toBe(queryShape(sql, of));
    }),
  );
});
