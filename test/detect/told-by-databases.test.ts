/** What detectors of one request make of what a database says of itself. */
import { describe, expect, test } from 'vitest';
import type { Detector } from '#detect/detector.ts';
import { runDetector } from '#detect/run.ts';
import { lockContention } from '#detect/trace/lock-contention.ts';
import { slowQuery } from '#detect/trace/slow-query.ts';
import type { JsonObject } from '#model/text/json-object.ts';
import { traceFrom } from '#model/trace/build/span-rows.ts';
import { READ_US, recorded, told } from '#test/databases.ts';
import { DRAWN_AT_US, query, rowsOf, server } from '#test/trace.ts';

const BY_SKU = 'SELECT qty FROM stock WHERE sku = $1';
const TAKE = 'UPDATE stock SET qty = qty - 1 WHERE id = 7';

/** A request with one slow call, which ended a second before the database was read. */
function findingsOf(detector: Detector, statement: string, readings: readonly JsonObject[], failed = false) {
  const rows = rowsOf(
    server('stock', 'GET /stock', { ms: 1000 }, [query('stock', statement, { at: 10, ms: 900, failed })]),
  );
  const shiftUs = READ_US - 2_000_000 - DRAWN_AT_US;
  const trace = traceFrom(
    rows.map((row) => ({ ...row, startUs: row.startUs + shiftUs })),
    't',
  );
  const outcome = runDetector(detector, { trace, databases: told(...readings) });
  return outcome.kind === 'found' ? outcome.findings : [];
}

const counted = (row: JsonObject, since = '2026-11-20T20:00:00Z') =>
  recorded({ statements: [{ query: BY_SKU, calls: '100', rows: '100', since, ...row }], sessions: [] });

describe('slow-query', () => {
  test('is confirmed where running it takes that long, with the table that is read as a whole', () => {
    const [finding] = findingsOf(slowQuery, BY_SKU, [counted({ total_ms: 80_000, max_ms: 2000 })]);
    expect(finding?.title).toContain('a full scan of stock');
    expect(finding?.evidence?.map(({ text }) => text)).toEqual([
      expect.stringContaining('postgres db1/shop counts 800 ms on average in 100 calls, 2 s at most'),
      expect.stringContaining('sequential scans of stock'),
    ]);
  });

  test('says that the time is lost before a database that never ran it that long', () => {
    const [finding] = findingsOf(slowQuery, BY_SKU, [counted({ total_ms: 200, max_ms: 12 })]);
    expect(finding?.title).toMatch(/but the database runs it in 12 ms or less$/);
    expect(finding?.remedy).toContain('pool of stock');
  });

  test.each([
    ['one that is slow now and then', counted({ total_ms: 200, max_ms: 600 }), false],
    ['one that was counted only later', counted({ total_ms: 200, max_ms: 12 }, '2026-11-20T21:44:37.900Z'), false],
    ['one that failed, which is not counted', counted({ total_ms: 200, max_ms: 12 }), true],
    ['another one', counted({ query: 'SELECT qty FROM stock WHERE id = $1', total_ms: 200, max_ms: 12 }), false],
  ] as const)('says nothing of %s', (_, reading, failed) => {
    const [finding] = findingsOf(slowQuery, BY_SKU, [reading], failed);
    expect(finding?.title).toMatch(/waits 900 ms for one query of stock, SELECT stock/);
    expect(finding?.evidence).toEqual([]);
  });
});

describe('lock-contention', () => {
  test('is seen in silence where the same statement still waits for who held the lock then', () => {
    const [finding] = findingsOf(lockContention, TAKE, []);
    expect(finding?.title).toBe('GET /stock waits 900 ms for a lock: UPDATE stock of stock needs it');
    expect(finding?.explanation).toMatch(
      /The database names the holder: reporting \(session \d+\), idle in transaction for 5\.\d+ s/,
    );
    expect(finding?.evidence).toHaveLength(1);
  });

  test('is not seen where the holder’s transaction began later, or another statement waits', () => {
    const later = (recorded().sessions as JsonObject[]).map((one) => ({ ...one, xact_start: recorded().at }));
    expect(findingsOf(lockContention, TAKE, [recorded({ sessions: later })])).toEqual([]);
    expect(findingsOf(lockContention, 'UPDATE stock SET sku = 1 WHERE id = 7', [])).toEqual([]);
  });
});
