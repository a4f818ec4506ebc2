import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { statementRows } from '#adapters/mysql/digests.ts';
import { statementKey } from '#model/sql/database-statistics.ts';
import { queryShape } from '#model/sql/query-shape.ts';

/** What real servers count a statement under: the statement, then its digests. */
const RECORDED = z
  .record(z.string(), z.array(z.tuple([z.string()], z.string())))
  .parse(JSON.parse(readFileSync('test/fixtures/databases/digests.json', 'utf8')));

const counted = (digests: readonly string[]) =>
  statementRows(digests.map((query) => ({ query }))).map(({ query }) => statementKey(queryShape(String(query))));

describe.each(Object.entries(RECORDED))('%s', (_, recorded) => {
  test.each(recorded)('counts %s as what a span says', (statement, ...digests) => {
    expect(counted(digests)).toEqual([statementKey(queryShape(statement))]);
  });
});

test('a statement that a client has prepared is counted where it runs', () => {
  expect(counted(['PREPARE SELECT `qty` FROM `stock` WHERE `id` = ?'])).toEqual([]);
  expect(counted(['EXECUTE SELECT `qty` FROM `stock` WHERE `id` = ?'])).toEqual(['select qty from stock where id = ?']);
});
