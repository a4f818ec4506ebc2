/**
 * Real MySQL and MariaDB, read with an account that may read statistics and nothing else: which statements they count
 * and under which text, a row and a table that somebody holds, a deadlock, connections that run out, accounts that lack
 * something. Debian has MariaDB: `apt-get install mariadb-server`. Its unstable release has MySQL (`build.sh`).
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Connection } from 'mysql2/promise';
import { z } from 'zod';
import { mysql } from '#adapters/mysql/client.ts';
import { databaseBody } from '#decode/database-readings.ts';
import { databaseStatisticsOf } from '#decode/database-statistics.ts';
import { databaseAddress } from '#model/sql/database-address.ts';
import { lockWaits, scanOf } from '#model/sql/database-evidence.ts';
import { type DatabaseStatistics, statementAnswer } from '#model/sql/database-statistics.ts';
import { queryShape } from '#model/sql/query-shape.ts';
import { HOSTILE_TEXTS } from '#test/hostile-texts.ts';
import { reportOf, spanhound } from './command-line.ts';
import type { Alone } from './context.ts';
import { type Mysql, type MysqlProduct, startMysql } from './mysql-server.ts';

const CONNECTIONS = 20;
const ROWS = 20_000;
const WAIT_MS = 10_000;
const LOCK_LASTS_MS = 2_500;
const DEADLOCK = 1213;
const PASSWORD = 'hunter2-secret';
const PREPARED = 'SELECT qty FROM stock WHERE id = ? AND sku <> ?';
const SLOW = "SELECT SUM(qty) FROM stock WHERE SHA2(REPEAT(sku, 200), 256) = 'sku-7'";
const TAKE = 'UPDATE stock SET qty = qty - 1 WHERE id = 1';

const PREPARATION = [
  'CREATE DATABASE shop CHARACTER SET utf8mb4',
  `CREATE USER spanhound IDENTIFIED BY '${PASSWORD}'`,
  'GRANT PROCESS ON *.* TO spanhound',
  'GRANT SELECT ON performance_schema.* TO spanhound',
  'CREATE USER nobody',
  ...['stock', 'reporting', 'deploy'].flatMap((user) => [`CREATE USER ${user}`, `GRANT ALL ON shop.* TO ${user}`]),
  'CREATE TABLE shop.stock (id INT PRIMARY KEY, sku VARCHAR(20), qty INT) ENGINE = InnoDB',
  'CREATE TABLE shop.users (id INT PRIMARY KEY AUTO_INCREMENT, user VARCHAR(90), name VARCHAR(90), at DATETIME, status INT, is_on BOOL, data JSON, price DECIMAL(9, 2)) ENGINE = InnoDB',
  `INSERT INTO shop.stock VALUES ${Array.from({ length: ROWS }, (_, id) => `(${id}, 'sku-${id % 500}', 100)`).join(',')}`,
];

export const checkMysql = (alone: Alone) => checkProduct('mysql', alone);
export const checkMariadb = (alone: Alone) => checkProduct('mariadb', alone);

async function checkProduct(product: MysqlProduct, { folder, check, isWanted }: Alone): Promise<void> {
  const server = await startMysql(folder, product, { max_connections: CONNECTIONS });
  if (server === undefined) return console.log(`  skip  ${product}: its server is not there`);
  const reader = server.url('spanhound', PASSWORD);
  const doctor = (url: string) => spanhound(folder, ['doctor'], { MYSQL_STATISTICS_URL: url });
  try {
    const root = await server.opened('root');
    for (const statement of PREPARATION) await root.query(statement);
    await root.end();

    await check(
      `${product}: doctor is content with the rights of the docs, and names what another account lacks`,
      async () => {
        const { stdout, stderr } = await doctor(reader);
        assert.match(stdout, /✓ mysql 127\.0\.0\.1 +\d+\.\S* may read its statistics/);
        assert.ok(!`${stdout}${stderr}`.includes(PASSWORD));
        const lesser = await doctor(server.url('nobody'));
        assert.match(lesser.stdout, /✗ mysql 127\.0\.0\.1 .*GRANT PROCESS .*GRANT SELECT ON performance_schema/);
        const wrong = await doctor(server.url('spanhound', `${PASSWORD}-wrong`));
        assert.match(wrong.stdout, /Access denied/);
        assert.ok(!`${wrong.stdout}${wrong.stderr}`.includes(PASSWORD));
      },
    );

    await check(`${product}: each statement is counted as what a span says of it`, async () => {
      const session = await server.opened('stock', 'shop');
      for (const statement of statementsOf(product)) {
        await (statement === PREPARED ? session.execute(statement, [1, 'x']) : session.query(statement));
      }
      await session.end();
      const found = await readings(reader);
      const unknown = statementsOf(product).filter(
        (statement) => statementAnswer(found, queryShape(statement)) === undefined,
      );
      // MariaDB does not count these.
      assert.deepEqual(unknown, product === 'mariadb' ? [PREPARED] : []);
    });

    await check(`${product}: a statement with any text is counted, and its text is not told`, async () => {
      const session = await server.opened('stock', 'shop');
      for (const text of HOSTILE_TEXTS) await session.query('SELECT id FROM users WHERE name = ? AND id = 4', [text]);
      await session.end();
      const answer = statementAnswer(
        await readings(reader),
        queryShape("SELECT id FROM users WHERE name = 'x' AND id = 4"),
      );
      assert.equal(answer?.statement.calls, HOSTILE_TEXTS.length);
    });

    await check(`${product}: a statement that no index helps is one`, async () => {
      const session = await server.opened('stock', 'shop');
      for (let time = 0; time < 3; time += 1) await session.query(SLOW);
      await session.end();
      const answer = statementAnswer(await readings(reader), queryShape(SLOW));
      assert.equal(answer?.statement.calls, 3);
      assert.ok(answer && Number(scanOf(answer)?.rows) >= ROWS);
    });

    await check(`${product}: of a blocked update it is said who holds the lock`, () =>
      checkHeld(server, reader, folder),
    );

    if (product === 'mysql')
      await check('mysql: of a table that cannot be changed it is said who reads it', () => checkTable(server, reader));

    await check(`${product}: after a deadlock nobody waits`, () => checkDeadlock(server, reader));

    if (isWanted(`${product}: a server without free connections`))
      await check(`${product}: a server without free connections says so, also when it refuses Spanhound`, () =>
        checkFull(server, reader, folder),
      );
  } finally {
    await server.stop();
  }
}

/** What was recorded of it: the gate reads these without a server. */
function statementsOf(product: MysqlProduct): readonly string[] {
  const recorded = z
    .record(z.string(), z.array(z.tuple([z.string()], z.string())))
    .parse(JSON.parse(readFileSync('test/fixtures/databases/digests.json', 'utf8')));
  const own = Object.entries(recorded).find(([name]) => name.toLowerCase().startsWith(product));
  assert.ok(own);
  const all = own[1].map(([statement]) => statement).filter((statement) => !statement.includes('name = ?'));
  return [...all, PREPARED];
}

/** Its statistics, read as they are read for a window. */
async function readings(url: string): Promise<readonly DatabaseStatistics[]> {
  const source = mysql({ address: databaseAddress(url, 'mysql') });
  const { chunks } = await source.openStatistics({ pauseMs: undefined }, AbortSignal.timeout(WAIT_MS));
  const body = databaseBody('database.json');
  for await (const chunk of chunks) body.push(chunk);
  return databaseStatisticsOf(body.end());
}

async function investigated(folder: string, url: string) {
  const [from, to] = [Date.now() - 600_000, Date.now()].map((ms) => new Date(ms).toISOString());
  const args = ['investigate', '--service', 'stock', '--from', `${from}`, '--to', `${to}`, '--json'];
  return reportOf(await spanhound(folder, args, { MYSQL_STATISTICS_URL: url }));
}

async function sessionsOf(server: Mysql, users: readonly string[]): Promise<readonly Connection[]> {
  return await Promise.all(users.map((user) => server.opened(user, 'shop')));
}

async function checkHeld(server: Mysql, reader: string, folder: string): Promise<void> {
  const [holder, waiting] = await sessionsOf(server, ['reporting', 'stock']);
  assert.ok(holder && waiting);
  await holder.query('BEGIN');
  await holder.query(TAKE);
  const update = waiting.query(TAKE);
  await sleep(LOCK_LASTS_MS);
  const { diagnosis, gaps } = await investigated(folder, reader);
  assert.equal(diagnosis?.kind, 'lock-contention');
  assert.match(
    diagnosis?.verdict ?? '',
    /UPDATE stock waits .* held by reporting \(session \d+\), idle in transaction for/,
  );
  assert.deepEqual(
    gaps.filter(({ source }) => source.startsWith('mysql')),
    [],
  );
  await holder.query('COMMIT');
  await update;
  await Promise.all([holder.end(), waiting.end()]);
}

async function checkTable(server: Mysql, reader: string): Promise<void> {
  const [holder, changing, waiting] = await sessionsOf(server, ['reporting', 'deploy', 'stock']);
  assert.ok(holder && changing && waiting);
  await holder.query('BEGIN');
  await holder.query('SELECT * FROM users');
  const change = changing.query('ALTER TABLE users ADD COLUMN more INT');
  await sleep(LOCK_LASTS_MS);
  const select = waiting.query('SELECT id FROM users WHERE id = 1');
  await sleep(LOCK_LASTS_MS);
  const [database] = await readings(reader);
  assert.ok(database);
  assert.deepEqual(
    lockWaits(database).map((wait) => [wait.waiting.application, wait.holder.application]),
    [
      ['deploy', 'reporting'],
      ['stock', 'reporting'],
    ],
  );
  await holder.query('COMMIT');
  await Promise.all([change, select]);
  await Promise.all([holder.end(), changing.end(), waiting.end()]);
}

async function checkDeadlock(server: Mysql, reader: string): Promise<void> {
  const [one, other] = await sessionsOf(server, ['stock', 'reporting']);
  assert.ok(one && other);
  const take = (session: Connection, id: number) => session.query(`UPDATE stock SET qty = qty - 1 WHERE id = ${id}`);
  await Promise.all([one.query('BEGIN'), other.query('BEGIN')]);
  await Promise.all([take(one, 1), take(other, 2)]);
  const ended = await Promise.allSettled([take(one, 2), take(other, 1)]);
  const errors = ended.flatMap((each) => (each.status === 'rejected' ? [each.reason.errno] : []));
  assert.deepEqual(errors, [DEADLOCK]);
  const [database] = await readings(reader);
  assert.deepEqual(database && lockWaits(database), []);
  await Promise.all([one.end(), other.end()]);
}

async function checkFull(server: Mysql, reader: string, folder: string): Promise<void> {
  const idle = await sessionsOf(
    server,
    Array.from({ length: CONNECTIONS - 1 }, () => 'reporting'),
  );
  for (const session of idle) {
    await session.query('BEGIN');
    await session.query('SELECT 1 FROM stock LIMIT 1');
  }
  const near = await investigated(folder, reader);
  assert.equal(near.diagnosis?.kind, 'resource-saturation');
  assert.match(near.diagnosis?.verdict ?? '', /19 of 20 connections are in use/);
  assert.match(near.findings[0]?.explanation ?? '', /held by reporting: 19, 19 of them idle in transaction/);
  // MySQL keeps one more for its administrator.
  const more = await sessionsOf(server, ['stock']);
  const full = await investigated(folder, reader);
  assert.match(full.diagnosis?.verdict ?? '', /refuses connections: “Too many connections”/);
  await Promise.all([...idle, ...more].map((session) => session.end()));
}
