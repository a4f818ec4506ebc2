import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { withoutComments } from '#model/sql/query-lexemes.ts';
import { isTruncated, queryLabel, queryShape, queryTable } from '#model/sql/query-shape.ts';

describe('queries that differ only in their values have one shape', () => {
  test.each([
    ['SELECT * FROM customers WHERE id = 101', 'select  *\nfrom customers where id=102'],
    ["SELECT * FROM t WHERE name = 'O''Brien'", "SELECT * FROM t WHERE name = 'x'"],
    ["SELECT * FROM t WHERE name = 'a\\'b; DROP TABLE t'", "SELECT * FROM t WHERE name = ''"],
    ['SELECT * FROM t WHERE id IN (1, 2, 3)', 'SELECT * FROM t WHERE id IN (4)'],
    ['SELECT * FROM t WHERE id = $1', 'SELECT * FROM t WHERE id = ?'],
    ['SELECT * FROM t WHERE id = :id', 'SELECT * FROM t WHERE id = @p0'],
    ['SELECT * FROM t WHERE id = %s', 'SELECT * FROM t WHERE id = 1e10'],
    ['SELECT 1 /* trace 4bf92f35 */ FROM t -- line\nWHERE a = 0x1F', 'SELECT 2 FROM t WHERE a = 7'],
    ['SELECT "Id" FROM `Orders`', 'select id from orders'],
    ['SELECT [Id] FROM [dbo].[Orders]', 'select id from dbo.orders'],
    ['SELECT a FROM t WHERE b = -1', 'SELECT a FROM t WHERE b = + 2.5e-10'],
    ['SELECT a FROM t WHERE b >= .5', 'SELECT a FROM t WHERE b>=5.'],
    ['SELECT a FROM t WHERE b IN (-1, NULL, 2)', 'SELECT a FROM t WHERE b IN (...)'],
    ['SELECT a FROM t WHERE b IN ($1::uuid)', "SELECT a FROM t WHERE b IN ('x'::uuid, 'y' :: uuid)"],
    [
      'INSERT INTO t (a, b) VALUES (1, now()), (2, now())',
      'INSERT INTO t (a, b) VALUES (?, NOW()),(?, NOW()),(?, NOW())',
    ],
    ['SELECT a FROM t WHERE ok = true AND b IS NULL', 'SELECT a FROM t WHERE ok = NULL AND b IS NULL'],
    ['SELECT a FROM t WHERE id = 550e8400-e29b-41d4-a716-446655440000', 'SELECT a FROM t WHERE id = ?'],
    ['SELECT a FROM t WHERE id = f47ac10b-58cc-4372-a567-0e02b2c3d479', 'SELECT a FROM t WHERE id = ?1'],
    ['SELECT a FROM t WHERE id = ***', 'SELECT a FROM t WHERE id = [REDACTED]'],
    ['SELECT a FROM t WHERE id = <redacted>', 'SELECT a FROM t WHERE id = %(id)s'],
    ['SELECT a FROM t WHERE id = 1;', 'SELECT a FROM t WHERE id = 1'],
    [
      "EXEC sp_executesql N'SELECT a FROM t WHERE b = @b AND c = ''x''', N'@b int', 5",
      'SELECT a FROM t WHERE b = ? AND c = ?',
    ],
    ['SELECT v$x FROM v$session WHERE sid = 5', 'SELECT v$x FROM v$session WHERE sid = 6'],
    ["SELECT a FROM f WHERE p = 'C:\\' AND q = 'x'", "SELECT a FROM f WHERE p = 'it\\'s' AND q = 'y'"],
    ["SELECT a FROM f WHERE p LIKE 'x' ESCAPE '\\' AND q = 'x'", 'SELECT a FROM f WHERE p LIKE ? ESCAPE ? AND q = ?'],
  ])('%s', (one, other) => {
    expect(queryShape(one)).toBe(queryShape(other));
  });
});

describe('queries that differ in more do not', () => {
  test.each([
    ['SELECT a FROM t1 WHERE id = 1', 'SELECT a FROM t2 WHERE id = 1'],
    ['SELECT a FROM t WHERE id = 1', 'SELECT a FROM t WHERE id = 1 FOR UPDATE'],
    ['SELECT a::text FROM t', 'SELECT a FROM t'],
    ['SELECT a FROM t WHERE b = 1 AND c = 2', 'SELECT a FROM t WHERE b = 1 OR c = 2'],
    ['SELECT a::text FROM t', 'SELECT a::int FROM t'],
    ['INSERT INTO t VALUES (1, 2)', 'INSERT INTO t VALUES (1, 2), (3, 4)'],
    ['SELECT a FROM t WHERE b IS NULL', 'SELECT a FROM t WHERE b IS NOT NULL'],
    ["SELECT a #> '{x}' FROM t", "SELECT a #>> '{x}' FROM t"],
    ['SELECT a FROM #one', 'SELECT a FROM #two'],
    ['SELECT v$x FROM t', 'SELECT v$y FROM t'],
    ['SELECT a - 5 FROM t', 'SELECT a FROM t'],
    ['SELECT @@identity', 'SELECT @@rowcount'],
    ["EXEC sp_executesql N'SELECT 1 FROM a'", "EXEC sp_executesql N'SELECT 1 FROM b'"],
    ['MATCH (n:User {id: 1}) RETURN n', 'MATCH (n:Order {id: 1}) RETURN n'],
    [
      `SELECT ${'long_column, '.repeat(60)} a FROM t WHERE b = 1`,
      `SELECT ${'long_column, '.repeat(60)} a FROM t WHERE c = 1`,
    ],
  ])('%s', (one, other) => {
    expect(queryShape(one)).not.toBe(queryShape(other));
  });
});

const SECRET = 's3cr3t';

describe('no value is left', () => {
  test.each([
    ['', `SELECT a FROM t WHERE b = $$${SECRET}$$ AND c = 1`, 'select a from t where b = ? and c = ?'],
    ['', `SELECT a FROM t WHERE b = $q$ ' ${SECRET} $$ $q$`, 'select a from t where b = ?'],
    ['', `SELECT a FROM t WHERE b = q'[it's ${SECRET}]'`, 'select a from t where b = ?'],
    ['', `SELECT a FROM t WHERE b = nq'!it's ${SECRET}!'`, 'select a from t where b = ?'],
    ['', `SELECT a FROM t WHERE b = E'\\'${SECRET}'`, 'select a from t where b = ?'],
    ['', `SELECT a FROM t WHERE b = N'${SECRET}'`, 'select a from t where b = ?'],
    ['', `SELECT a FROM t WHERE b = U&'${SECRET}'`, 'select a from t where b = ?'],
    ['', `SELECT a FROM t # ${SECRET}`, 'select a from t'],
    ['', `SELECT a /* b /* c */ ${SECRET} */ FROM t`, 'select a from t'],
    ['mysql', `SELECT a /* b /* c */ FROM t`, 'select a from t'],
    ['', `SELECT a FROM t WHERE b = "${SECRET}" OR t."c" = t."d"`, 'select a from t where b = ? or t.c = t.d'],
    [
      '',
      `INSERT INTO t ("a", "b") VALUES ("${SECRET}", lower("${SECRET}"))`,
      'insert into t (a, b) values (?, lower (?))',
    ],
    [
      '',
      `SELECT a FROM t WHERE b IN ("${SECRET}") OR c IN (SELECT "d" FROM "e")`,
      'select a from t where b in (?) or c in (select d from e)',
    ],
    ['', `SELECT a FROM t WHERE b BETWEEN "a" AND "${SECRET}"`, 'select a from t where b between ? and ?'],
    ['', `SELECT a FROM t WHERE b = "${SECRET}`, 'select a from t where b ='],
    ['mysql', `SELECT concat("${SECRET}", a) FROM t`, 'select concat (?, a) from t'],
    [
      'mongodb',
      `{"find": "users", "filter": {"mail": "${SECRET}", "n": 5}}`,
      '{ find : users, filter : { mail : ?, n : ? } }',
    ],
    [
      'mongodb',
      `{"insert": "u", "documents": [{"a": "${SECRET}"}, {"a": true}]}`,
      '{ insert : u, documents : [ { a : ? } ] }',
    ],
    [
      'mongodb',
      `{"find": "u", "filter": {"_id": ObjectId("${SECRET}")}}`,
      '{ find : u, filter : { _id : objectid (?) } }',
    ],
    ['elasticsearch', `{"query": {"terms": {"id": ["${SECRET}", "b"]}}}`, '{ query : { terms : { id : [ ? ] } } }'],
    ['redis', `SET session:4711 ${SECRET} EX 10`, 'set session ?'],
    ['redis', `GET 9${SECRET}`, 'get ?'],
    ['redis', `AUTH ${SECRET}`, 'auth ?'],
    // A text in double quotes may be a name.
    ['', `SELECT a FROM t a017 LOGIN jo "Winter-77"`, 'select a from t a017 login jo ?'],
  ])('%s: %s', (system, statement, shape) => {
    expect(queryShape(statement, system)).toBe(shape);
  });
});

test('a statement that was cut has the beginning of the shape of the whole', () => {
  const whole =
    "SELECT a, t.b FROM shop.t WHERE c = 'x y' AND d >= -5.5 AND e IN ($1::uuid, $2::uuid) AND f IN ((1, 'a'), (2, 'b')) /* why */ LIMIT 10";
  const shape = queryShape(whole);
  for (let end = 1; end < whole.length; end += 1) {
    const cut = queryShape(`${whole.slice(0, end)}...`);
    expect(cut).toMatch(/…$/);
    expect(shape.startsWith(cut.slice(0, -1).trimEnd())).toBe(true);
  }
  expect(queryShape('SELECT a FROM t WHERE b = "s3cr3...')).toBe('select a from t where b …');
  expect(queryShape('SELECT a FROM t WHERE b = f47ac10b-58cc-43...')).toBe('select a from t where b = ? …');
});

test('the shape of a shape is itself, however long it is', () => {
  const shape = queryShape(`SELECT ${'some_column, '.repeat(60)} a FROM t WHERE b = 1`);
  expect(shape).toHaveLength(500);
  expect(queryShape(shape)).toBe(shape);
});

test('comments are taken out, and what looks like one in a text is not', () => {
  expect(withoutComments("SELECT '/* a */' /* b * c */ FROM t -- d")).toBe("SELECT '/* a */'   FROM t");
});

test('no text makes it fail or keeps a quoted value', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.stringMatching(/^[a-z]{12}$/), (text, secret) => {
      queryShape(text);
      expect(queryShape(`SELECT * FROM t WHERE a = '${secret}' AND b = 2`)).not.toContain(secret);
    }),
  );
});

test('a megabyte is read in one pass, an open quote included', () => {
  expect(queryShape(`SELECT '${'x'.repeat(1_000_000)}`)).toBe('select ?');
  expect(queryShape(`SELECT ${'(1), '.repeat(200_000)}`).length).toBeLessThanOrEqual(500);
});

test('a label names verb and table', () => {
  expect(queryLabel(queryShape('SELECT o.id FROM orders o JOIN items i ON i.id = o.id'))).toBe('SELECT orders');
  expect(queryLabel(queryShape('UPDATE shop.stock SET a = 1'))).toBe('UPDATE shop.stock');
  expect(queryLabel('begin')).toBe('');
  expect(queryTable(queryShape('SELECT a FROM "größe"'))).toBe('größe');
});

test('statements that were cut are known', () => {
  expect(isTruncated('SELECT a, b FROM ...')).toBe(true);
  expect(isTruncated('SELECT a, b FROM t')).toBe(false);
  expect(isTruncated("SELECT '...'")).toBe(false);
});
