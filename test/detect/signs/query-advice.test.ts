import { expect, test } from 'vitest';
import { lookAt } from '#detect/signs/query-advice.ts';

test.each([
  ['postgresql', /EXPLAIN on postgresql/],
  ['other_sql', /EXPLAIN on the database/],
  ['oracle.db', /DBMS_XPLAN/],
  ['redis', /^Look at SLOWLOG GET/],
])('%s', (system, advice) => {
  expect(lookAt(system)).toMatch(advice);
});
