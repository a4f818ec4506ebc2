/**
 * Real Postgres, read with an account that may read statistics and nothing else: a table without an index, an update
 * that is blocked, connections that run out, a statement that is fast though its span is long. Beside it accounts and
 * databases that lack something.
 */
import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import type { Report } from '#present/json/report.ts';
import { happening } from '#test/otlp.ts';
import { query, server } from '#test/trace.ts';
import { reportOf, spanhound } from './command-line.ts';
import type { Context } from './context.ts';
import { drawnHex } from './drawn-ids.ts';
import { readable, send } from './feed.ts';
import { type Postgres, startPostgres } from './servers.ts';

const CONNECTIONS = 30;
/** Without an index on what it looks for, and dear enough to be slow on any machine. */
const BY_SKU = 'SELECT sum(qty) FROM stock WHERE md5(repeat(sku, 200)) = $1';
const TAKE = 'UPDATE stock SET qty = qty - 1 WHERE id = $1';
const LINE = { at: 5, service: 'stock-service', level: 'info', text: 'GET /stock', tie: 'fields' } as const;
const LOCK_LASTS_MS = 3_000;

export async function checkPostgres({ folder, jaeger, loki, check }: Context): Promise<void> {
  const postgres = await startPostgres(CONNECTIONS);
  const reader = postgres.url('spanhound', 'shop');
  await prepare(postgres);
  const only = (url: string) => ({ POSTGRES_STATISTICS_URL: url });
  const ask = async (service: string, url = reader): Promise<Report> => {
    const [from, to] = [Date.now() - 600_000, Date.now()].map((ms) => new Date(ms).toISOString());
    const window = ['--from', `${from}`, '--to', `${to}`];
    return reportOf(await spanhound(folder, ['investigate', '--service', service, ...window, '--json'], only(url)));
  };
  const traced = async (statement: string, ms: number): Promise<Report> => {
    const roots = [
      server('stock-service', 'GET /stock', { ms: ms + 20 }, [query('stock-service', statement, { at: 10, ms })]),
    ];
    const scenario = { name: 'stock', title: '', what: '', roots, logs: [LINE], expected: undefined };
    const startUs = (Date.now() - ms - 500) * 1000;
    const happened = happening(scenario, { seed: drawnHex(16), startUs });
    await send(happened, { jaeger, loki });
    await readable(happened, { jaeger, loki });
    const both = { JAEGER_URL: jaeger.url, ...only(reader) };
    return reportOf(await spanhound(folder, ['trace', happened.traceId, '--json'], both));
  };

  try {
    await check('postgres: doctor is content with pg_monitor, and names what another account lacks', async () => {
      const { stdout } = await spanhound(folder, ['doctor'], only(reader));
      assert.match(stdout, /✓ postgres 127\.0\.0\.1\/shop +Postgres \d+\S* .*may read its statistics/);
      const lesser = await spanhound(folder, ['doctor'], only(postgres.url('nobody', 'postgres')));
      assert.match(
        lesser.stdout,
        /✗ postgres 127\.0\.0\.1\/postgres .*pg_stat_statements is missing.*GRANT pg_monitor TO "nobody"/,
      );
    });

    await check('postgres: an address with a password is never told', async () => {
      const url = reader.replace('spanhound@', 'spanhound:hunter2-secret@').replace('/shop', '/none');
      const { stdout, stderr } = await spanhound(folder, ['doctor'], only(url));
      assert.match(stdout, /does not exist/);
      assert.ok(!`${stdout}${stderr}`.includes('hunter2'));
    });

    await check('postgres: a slow statement is confirmed, with the table that it reads as a whole', async () => {
      const began = performance.now();
      await many(postgres, 2, (client) => client.query(BY_SKU, ['sku-7']));
      const { diagnosis, findings } = await traced(BY_SKU, Math.round((performance.now() - began) / 2));
      assert.equal(diagnosis?.kind, 'slow-query');
      assert.match(diagnosis?.verdict ?? '', /a full scan of stock/);
      assert.ok(findings[0]?.evidence.some(({ text }) => /counts .* on average in \d+ calls/.test(text)));
    });

    await check('postgres: a statement that the database ran quickly lost its time before it', async () => {
      const quick = 'SELECT qty FROM stock WHERE id = $1';
      await many(postgres, 5, (client) => client.query(quick, [7]));
      const { diagnosis } = await traced(quick, 900);
      assert.match(diagnosis?.verdict ?? '', /but the database runs it in .* or less/);
    });

    await check('postgres: of a blocked update it is said who holds the lock', async () => {
      const [holder, waiting] = await Promise.all(['reporting', 'stock-service'].map((name) => opened(postgres, name)));
      assert.ok(holder && waiting);
      await holder.query('BEGIN');
      await holder.query(TAKE, [1]);
      const update = waiting.query(TAKE, [1]);
      await sleep(LOCK_LASTS_MS);
      const { diagnosis, gaps } = await ask('stock-service');
      assert.equal(diagnosis?.kind, 'lock-contention');
      assert.match(
        diagnosis?.verdict ?? '',
        /UPDATE stock waits .* held by reporting \(session \d+\), idle in transaction for/,
      );
      assert.ok(gaps.every(({ source }) => !source.startsWith('postgres')));
      const report = await traced(TAKE, 2_500);
      assert.equal(report.diagnosis?.kind, 'lock-contention');
      assert.match(report.findings[0]?.explanation ?? '', /reporting \(session \d+\), idle in transaction/);
      await holder.query('COMMIT');
      await update;
      await Promise.all([holder.end(), waiting.end()]);
    });

    await check('postgres: without trouble nothing is found', async () => {
      const report = await spanhound(
        folder,
        ['investigate', '--service', 'stock-service', ...lastMinutes(), '--json'],
        only(reader),
      );
      assert.notEqual(report.code, 0); // nobody knows of the service
      assert.match(report.stderr, /no data about stock-service/);
    });

    await check('postgres: a server without free connections says so, also when it refuses Spanhound', async () => {
      const idle = await Promise.all(
        Array.from({ length: CONNECTIONS - 5 }, async () => {
          const client = await opened(postgres, 'reporting');
          await client.query('BEGIN');
          return client;
        }),
      );
      const near = await ask('stock-service');
      assert.equal(near.diagnosis?.kind, 'resource-saturation');
      assert.match(near.diagnosis?.verdict ?? '', /25 of 27 connections are in use/);
      assert.match(near.findings[0]?.explanation ?? '', /held by reporting: 25, 25 of them idle in transaction/);
      idle.push(await opened(postgres, 'reporting'), await opened(postgres, 'reporting'));
      const full = await ask('stock-service');
      assert.match(full.diagnosis?.verdict ?? '', /refuses connections: “/);
      await Promise.all(idle.map((client) => client.end()));
    });
  } finally {
    await postgres.stop();
  }
}

function lastMinutes(): readonly string[] {
  const [from, to] = [Date.now() - 600_000, Date.now()].map((ms) => new Date(ms).toISOString());
  return ['--from', `${from}`, '--to', `${to}`];
}

/** Two hundred thousand rows with an index on their ids alone; who reads statistics, and who may not. */
async function prepare(postgres: Postgres): Promise<void> {
  const admin = new Client({ connectionString: postgres.url('postgres', 'postgres') });
  await admin.connect();
  for (const statement of ['CREATE DATABASE shop', 'CREATE ROLE nobody LOGIN', 'CREATE ROLE shop LOGIN']) {
    await admin.query(statement);
  }
  await admin.query('CREATE ROLE spanhound LOGIN; GRANT pg_monitor TO spanhound');
  await admin.end();
  const owner = new Client({ connectionString: postgres.url('postgres', 'shop') });
  await owner.connect();
  await owner.query('CREATE EXTENSION pg_stat_statements');
  await owner.query(
    "CREATE TABLE stock AS SELECT id, 'sku-' || id % 500 AS sku, 100 AS qty FROM generate_series(1, 200000) id; ALTER TABLE stock ADD PRIMARY KEY (id); GRANT ALL ON stock TO shop; ANALYZE stock",
  );
  await owner.end();
}

async function opened(postgres: Postgres, application: string): Promise<Client> {
  const client = new Client({ connectionString: postgres.url('shop', 'shop'), application_name: application });
  client.on('error', () => undefined); // the server ends before a check that failed lets go
  await client.connect();
  return client;
}

async function many(postgres: Postgres, times: number, work: (client: Client) => Promise<unknown>): Promise<void> {
  const client = await opened(postgres, 'stock-service');
  for (let time = 0; time < times; time += 1) await work(client);
  await client.end(); // what it counted is shown when it ends
}
