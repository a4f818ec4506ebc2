import { describe, expect, test } from 'vitest';
import { databaseBody } from '#decode/database-readings.ts';
import { databaseStatisticsOf } from '#decode/database-statistics.ts';
import { lockWaits, scanOf, sessionText } from '#model/sql/database-evidence.ts';
import { statementAnswer } from '#model/sql/database-statistics.ts';
import { queryShape } from '#model/sql/query-shape.ts';
import { BLOCKED, BLOCKED_MARIADB, BLOCKED_MYSQL, recorded, told } from '#test/databases.ts';

const read = (text: string) => {
  const body = databaseBody('database.json');
  body.push(Buffer.from(text));
  return body.end();
};

describe('readings of a database', () => {
  test('lose the literals of their statements, and only once', () => {
    const readings = read(BLOCKED.toString('utf8'));
    expect(JSON.stringify(readings)).not.toContain('secret-sku-4711');
    expect(JSON.stringify(readings)).toContain('update stock set qty = qty - ?, sku = ? where id = ?');
    expect(read(JSON.stringify(readings))).toEqual(readings);
  });

  test('say what is counted in all and between them, and who waits for whom', () => {
    const [shop] = told();
    expect(shop).toMatchObject({ source: 'postgres db1/shop', database: 'shop', system: 'postgresql' });
    expect(shop?.measuredUs).toBeGreaterThan(2_000_000);
    expect(shop?.connections).toMatchObject({ used: 3, limit: 27 });
    const waits = lockWaits(shop ?? expect.fail());
    expect(waits.map(({ waiting, holder }) => [waiting.application, holder.application])).toEqual([
      ['stock-service', 'reporting'],
      ['order-service', 'reporting'],
    ]);
    expect(waits[0]?.waitedUs).toBeGreaterThan(5_000_000);
    const answer = statementAnswer(told(), queryShape("SELECT sum(qty) FROM stock WHERE md5(repeat(sku, 9)) = 'x'"));
    expect(answer?.statement).toMatchObject({ calls: 9, recent: { calls: 3 } });
  });

  test('of MariaDB say the same, with the calls that no index helped', () => {
    const readings = read(BLOCKED_MARIADB.toString('utf8'));
    expect(JSON.stringify(readings)).not.toContain('secret-4711');
    const [server] = databaseStatisticsOf(readings);
    expect(server).toMatchObject({ source: 'mysql db2', system: 'mariadb', connections: { used: 3, limit: 20 } });
    const [wait] = lockWaits(server ?? expect.fail());
    expect(wait?.waiting.statement).toBe('update stock set qty = qty - ? where id = ?');
    expect(wait?.waitedUs).toBeGreaterThan(3_000_000);
    expect(sessionText(wait?.holder ?? expect.fail(), server?.takenUs ?? 0)).toMatch(
      /^reporting \(session \d+\), idle in transaction for [\d.]+ s$/,
    );
    const answer = (sql: string) => statementAnswer(databaseStatisticsOf(readings), queryShape(sql)) ?? expect.fail();
    expect(scanOf(answer("SELECT SUM(qty) FROM stock WHERE MD5(REPEAT(sku, 9)) = 'x'"))).toMatchObject({
      table: 'stock',
      rows: 50_000,
    });
    expect(scanOf(answer('SELECT `qty` FROM `stock` WHERE id IN (7, 8)'))).toBeUndefined();
  });

  test('of MySQL say the same, and who keeps a table from being changed', () => {
    const readings = read(BLOCKED_MYSQL.toString('utf8'));
    expect(JSON.stringify(readings)).not.toContain('secret-4711');
    const [server] = databaseStatisticsOf(readings);
    expect(server).toMatchObject({ system: 'mysql', connections: { used: 4, limit: 20 } });
    const waits = lockWaits(server ?? expect.fail());
    expect(waits.map(({ waiting, holder }) => [waiting.statement, holder.application])).toEqual([
      ['update stock set qty = qty - ? where id = ?', 'reporting'],
      ['alter table users add column x int', 'reporting'],
    ]);
    expect(waits.every(({ waitedUs }) => waitedUs > 3_000_000)).toBe(true);
    const answer = statementAnswer(databaseStatisticsOf(readings), queryShape("SELECT * FROM users WHERE user = 'x'"));
    expect(answer?.statement).toMatchObject({ calls: 1, withoutIndex: 1 });
  });

  test('of one reading nothing is counted in between', () => {
    const [shop] = told(recorded());
    expect(shop?.measuredUs).toBe(0);
    expect(shop?.statements.every(({ recent }) => recent === undefined)).toBe(true);
  });

  test('that began to count anew in between are taken as they are', () => {
    const rows = [{ query: 'SELECT 1', calls: '2', total_ms: 10, max_ms: 5, rows: '2' }];
    const before = recorded({ statements: [{ ...rows[0], calls: '900', total_ms: 9000 }] }, 0);
    const [shop] = told(before, recorded({ statements: rows }));
    expect(shop?.statements[0]?.recent).toEqual({ calls: 2, totalUs: 10_000, rows: 2 });
  });

  test('whose statements may not be seen have none', () => {
    const [shop] = told(recorded({ statements: [{ query: '<insufficient privilege>', calls: '2', total_ms: 10 }] }));
    expect(shop?.statements).toEqual([]);
  });

  test('of which the last was cut off are read as far as they are whole', () => {
    expect(read(BLOCKED.subarray(0, BLOCKED.length - 40).toString('utf8'))).toHaveLength(1);
  });

  test.each(['<html>', '{"kind":"PodList"}', '[1, null, "x"]', '{"reading":"oracle"}'])('%s is none', (text) => {
    expect(() => read(text)).toThrow(/holds no readable reading of a database/);
  });

  test('with anything in any place do not throw', () => {
    const odd = {
      sessions: [{ blocked_by: ['x', null] }, null],
      statements: { a: 1 },
      waits: 3,
      tables: [[]],
      used: {},
    };
    expect(told({ reading: 'postgresql', ...odd })).toHaveLength(1);
  });
});
