import { describe, expect, test } from 'vitest';
import { knownDetectors } from '#detect/known.ts';
import { detectors } from '#detect/registry.ts';
import { databaseFindings } from '#diagnose/window/database-findings.ts';
import type { JsonObject } from '#model/text/json-object.ts';
import { traceFrom } from '#model/trace/build/span-rows.ts';
import { READ_US, recorded, told } from '#test/databases.ts';
import { query, rowsOf, server } from '#test/trace.ts';

const WINDOW = { service: 'stock-service', fromUs: READ_US - 600e6, toUs: READ_US, traces: [] };
const known = knownDetectors(detectors);
const MINUTE_US = 60_000_000;

const found = (readings: readonly JsonObject[], window = {}) =>
  databaseFindings(told(...readings), { ...WINDOW, ...window }, known).map(({ detector, service, title }) => ({
    detector,
    service,
    title,
  }));

/** Nobody waits, and few connections are in use. */
const QUIET = { sessions: [], waits: [] };

describe('what a database says of itself', () => {
  test('who holds the lock is told, once for all who wait', () => {
    expect(found([])).toEqual([
      {
        detector: 'lock-contention',
        service: 'postgres db1/shop',
        title: expect.stringMatching(
          /UPDATE stock waits 5\.\d+ s for a lock, and so does 1 other session; the lock is held by reporting \(session \d+\), idle in transaction for 5\.\d+ s$/,
        ),
      },
    ]);
  });

  test('it is the service’s fault whose requests send the statement, or which has the name of the session', () => {
    const statement = 'UPDATE stock SET qty = qty - 1 WHERE id = 9';
    const sends = (service: string) => [
      traceFrom(rowsOf(server(service, 'POST /', {}, [query(service, statement)])), 't'),
    ];
    expect(found([], { traces: sends('stock-app') })[0]?.service).toBe('stock-app');
    expect(found([], { traces: sends('reporting') })[0]?.service).toBe('reporting');
  });

  test('a wait of less than a second is everyday', () => {
    const sessions = (recorded().sessions as JsonObject[]).map((one) => ({ ...one }));
    const waits = (recorded().waits as JsonObject[]).map((one) => ({ ...one, waitstart: recorded().at }));
    expect(found([recorded({ sessions, waits })])).toEqual([]);
  });

  test('of a window that ended long before it tells nothing', () => {
    expect(found([], { toUs: READ_US - 14 * MINUTE_US })).toHaveLength(1);
    expect(found([], { toUs: READ_US - 16 * MINUTE_US })).toEqual([]);
  });

  test('connections are told from nine in ten on, with who holds most of them', () => {
    const holders = [
      { application: 'reporting', state: 'idle in transaction', count: '15' },
      { application: 'reporting', state: 'active', count: '5' },
      { application: 'shop', state: 'idle', count: '7' },
    ];
    expect(found([recorded({ ...QUIET, used: '24' })])).toEqual([]);
    const [full] = databaseFindings(told(recorded({ ...QUIET, used: '25', holders })), WINDOW, known);
    expect(full).toMatchObject({
      detector: 'resource-saturation',
      title: 'postgres db1/shop: 25 of 27 connections are in use (93 %)',
      explanation: expect.stringContaining('held by reporting: 20, 15 of them idle in transaction'),
      remedy: expect.stringMatching(
        /^End the sessions of reporting in postgres db1\/shop that are idle in transaction\./,
      ),
    });
    const busy = [{ application: 'shop', state: 'active', count: '25' }];
    const [atWork] = databaseFindings(told(recorded({ ...QUIET, used: '25', holders: busy })), WINDOW, known);
    expect(atWork?.remedy).toMatch(/^Look at what shop does with its 25 connections to postgres db1\/shop\./);
  });

  test('that it lets nobody in is told in its own words', () => {
    const refusal = { reading: 'postgresql', source: 'postgres db1/shop', at: '2026-11-20T21:44:38Z' };
    const [full] = found([{ ...refusal, refusal: 'sorry, too many clients already' }]);
    expect(full?.title).toBe('postgres db1/shop refuses connections: “sorry, too many clients already”');
  });

  test('a statement that takes three times as long as before is told, with what it reads as a whole', () => {
    const row = { query: 'SELECT qty FROM stock WHERE sku = $1', rows: '1' };
    const earlier = recorded({ ...QUIET, statements: [{ ...row, calls: '1000', total_ms: 40_000, max_ms: 300 }] }, 0);
    const later = (total: number) =>
      recorded({ ...QUIET, statements: [{ ...row, calls: '1010', total_ms: total, max_ms: 300 }] });
    expect(found([earlier, later(40_990)])).toEqual([]); // 99 ms each
    expect(found([earlier, later(43_000)])).toEqual([
      {
        detector: 'slow-query',
        service: 'postgres db1/shop',
        title:
          'postgres db1/shop: SELECT stock takes 300 ms on average in 10 calls now, 40 ms before; stock is scanned in full, 200,000 rows',
      },
    ]);
  });

  test('one that was as slow before is not what changed', () => {
    const row = { query: 'SELECT qty FROM stock WHERE sku = $1', rows: '1', max_ms: 900 };
    const earlier = recorded({ ...QUIET, statements: [{ ...row, calls: '1000', total_ms: 200_000 }] }, 0);
    expect(
      found([earlier, recorded({ ...QUIET, statements: [{ ...row, calls: '1010', total_ms: 203_000 }] })]),
    ).toEqual([]);
  });
});
