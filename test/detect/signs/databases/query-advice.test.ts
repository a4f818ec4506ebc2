import { expect, test } from 'vitest';
import { queryAdvice } from '#detect/signs/databases/query-advice.ts';

test.each([
  ['postgresql', /of SELECT orders with EXPLAIN on postgresql/],
  ['other_sql', /EXPLAIN on the database/],
  ['oracle.db', /DBMS_XPLAN/],
  ['redis', /^Look for SELECT orders in SLOWLOG GET/],
])('%s', (system, advice) => {
  expect(queryAdvice(system, { label: 'SELECT orders', shape: '', missing: '' })).toMatch(advice);
});
