import { expect, test } from 'vitest';
import { poolCount, poolCountIn, saysPoolIsShort } from '#model/sql/pool-state.ts';

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
  ['HikariPool-1 - Before cleanup stats (total=10, active=10, idle=0, waiting=14)', 10],
  ['Shop - After cleanup  stats (total=10/10, idle=0/10, active=10, waiting=14)', 10],
  ['Shop - Pool stats (total=4/10, idle=0/10, active=4, waiting=4)', undefined],
  ['{"MaxOpenConnections":20,"OpenConnections":20,"InUse":20,"Idle":0,"WaitCount":81,"WaitDuration":9}', 20],
  ['sql.DBStats{MaxOpenConnections:20 OpenConnections:20 InUse:20 Idle:0 WaitCount:0 WaitDuration:0s}', undefined],
  ['sql.DBStats{MaxOpenConnections:20 OpenConnections:14 InUse:14 Idle:0 WaitCount:3 WaitDuration:1s}', undefined],
  ['{"msg":"pg pool","totalCount":20,"idleCount":0,"waitingCount":14}', 20],
  ['{"msg":"pg pool","totalCount":20,"idleCount":2,"waitingCount":14}', undefined],
  ['knex { numPendingAcquires: 14, numFree: 0, numUsed: 10 }', 10],
  ['Pool size: 5  Connections in pool: 0 Current Overflow: 3 Current Checked out connections: 8', undefined],
  ['pool active_connections=20 max_connections=20 waiting=0', undefined],
  ['pool active_connections=20 max_connections=20 idle=3', undefined],
  ['batch total=10, active=10, idle=0, waiting=4', undefined],
])('%s', (line, size) => {
  expect(poolCountIn(line)?.size).toBe(size);
});

test.each([
  ['HikariPool-1 - Before cleanup stats (total=10, active=10, idle=0, waiting=14)', true],
  ['knex { numPendingAcquires: 14, numFree: 0, numUsed: 10 }', true],
  ['stats: 84 xacts/s, 91 queries/s, in 8 B/s, out 9 B/s, xact 98 us, query 41 us, wait 14500000 us', true],
  ['stats: 84 xacts/s, 91 queries/s, in 8 B/s, out 9 B/s, xact 98 us, query 41 us, wait 1450 us', false],
  ['cl_active=20 cl_waiting=14 sv_active=20 sv_idle=0', true],
  ['cl_active=20 cl_waiting=0 sv_active=20 sv_idle=0', false],
  ['Pool size: 5  Connections in pool: 0 Current Overflow: 10 Current Checked out connections: 15', true],
  ['Pool size: 5  Connections in pool: 4 Current Overflow: -4 Current Checked out connections: 1', false],
  ['HikariPool-1 - Pool stats (total=10, active=7, idle=3, waiting=4)', false],
  ['Shop - Pool stats (total=4/10, idle=0/10, active=4, waiting=4)', false],
  ['thread pool stats active=8 idle=0 queued=14', false],
])('a monitor says that requests wait for a connection: %s', (line, isShort) => {
  expect(saysPoolIsShort(line)).toBe(isShort);
});
