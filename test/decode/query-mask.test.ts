import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { maskQuery } from '#decode/query-mask.ts';
import { queryShape } from '#model/query-shape.ts';

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

test.each(['SELECT "col 1" FROM t', 'SELECT `a` FROM t', 'SELECT 1 -- one', 'SELECT /* 1 */ 2'])(
  'the tokenizer alone judges %s',
  (sql) => {
    expect(masked(sql)).toBeUndefined();
  },
);

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
  );
  const statement = fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join(''));
  const shapes = new Map<string, string>();
  fc.assert(
    fc.property(statement, (sql) => {
      const mask = masked(sql);
      if (mask === undefined) return;
      const known = shapes.get(mask) ?? queryShape(sql);
      shapes.set(mask, known);
      expect(queryShape(sql)).toBe(known);
    }),
  );
});
