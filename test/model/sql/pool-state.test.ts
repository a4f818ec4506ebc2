import { expect, test } from 'vitest';
import { poolCount, poolCountIn } from '#model/sql/pool-state.ts';

test('of several pools the one that is full is told, with its own size', () => {
  const facts = { 'read.pool.active': 3, 'read.pool.max': 20, 'write.pool.active': 10, 'write.pool.max': 10 };
  const full = { inUseName: 'write.pool.active', inUse: 10, sizeName: 'write.pool.max', size: 10 };
  expect(poolCount(facts)).toEqual(full);
  expect(poolCount(Object.fromEntries(Object.entries(facts).reverse()))).toEqual(full);
  expect(poolCount({ ...facts, 'write.pool.active': 9 })).toBeUndefined();
  expect(poolCount({ active_connections: 21 })).toBeUndefined();
});

test.each([
  ['HikariPool-1 - Pool stats (total=10, active=10, idle=0, waiting=4)', 10],
  ['HikariPool-1 - Pool stats (total=10, active=10, idle=0, waiting=0)', undefined],
  ['HikariPool-1 - Pool stats (total=10, active=2, idle=8, waiting=1)', undefined],
  ['"database_pool_size": 20, "active_connections": 21', 20],
  ['batch total=10, active=10, idle=0, waiting=4', undefined],
])('%s', (line, size) => {
  expect(poolCountIn(line)?.size).toBe(size);
});
