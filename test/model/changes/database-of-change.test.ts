import { expect, test } from 'vitest';
import { isOfDatabase, namesDatabase } from '#model/changes/database-of-change.ts';

test.each([
  ['migration', 'orders-db', 'orders', true],
  ['migration', 'orders', 'orders', true],
  ['config', 'pg-orders-primary', 'orders', true],
  ['deploy', 'orders', 'orders', false],
  ['migration', 'billing-db', 'orders', false],
  ['migration', 'db', 'postgres', false],
  ['deploy', 'postgres', 'postgresql', true],
  ['config', 'pg-main', 'postgresql', true],
  ['deploy', 'postgres', 'mysql', false],
  ['config', 'pgbouncer', 'postgresql', true],
  ['config', 'proxysql', 'postgresql', false],
  ['deploy', 'postgres', 'orders', false],
] as const)('a %s of %s is of the database %s: %s', (kind, service, database, is) => {
  expect(isOfDatabase({ kind, service }, [database])).toBe(is);
});

test.each([
  ['Failover of billing-db', true],
  ['Upgrade of pg-billing', true],
  ['New pages about billing', false],
  ['Failover of search-db', false],
])('%j names the database: %s', (text, is) => {
  expect(namesDatabase({ text }, ['billing'])).toBe(is);
});
