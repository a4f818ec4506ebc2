/**
 * Our table of jobs and pg-boss on the same Postgres: adds 10,000 jobs, each in a transaction of its own as its cause
 * would be, and takes them four at a time with work that does nothing. docs/adr/021 has figures of 1,000. pg-boss is no
 * dependency: install it elsewhere.
 *
 *   npm install --prefix /tmp/boss pg-boss@12.33.0
 *   node bench/replicas/pg-boss.ts /tmp/boss/node_modules/pg-boss/dist/index.js [jobs]
 */
import { cpus, loadavg } from 'node:os';
import { setTimeout } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { Client } from 'pg';
import { postgresStore } from '#adapters/postgres-store/postgres-store.ts';
import { systemClock } from '#core/clock.ts';
import { uuidV7 } from '#core/ids.ts';
import { silentLog } from '#core/log.ts';
import { databaseAddress } from '#model/sql/database-address.ts';
import { openStore } from '#record/store.ts';
import { tableJobs } from '#record/table-jobs.ts';
import { startPostgres } from '../../test/backends/servers.ts';

/** What this needs of pg-boss. */
type Boss = Readonly<{
  start(): Promise<unknown>;
  stop(options: { graceful: boolean }): Promise<void>;
  createQueue(name: string, options?: object): Promise<void>;
  send(name: string, data: object, options: object): Promise<string | null>;
  fetch(name: string, options: object): Promise<readonly Readonly<{ id: string }>[]>;
  complete(name: string, ids: readonly string[]): Promise<unknown>;
  on(event: 'error', heard: (error: Error) => void): void;
}>;

const [, , entry = '', count = '10000'] = process.argv;
const JOBS = Number(count);
const ADDERS = 10;
const TAKERS = 4;
const PAYLOAD = { incidentId: '0198f3a2-0000-7000-8000-000000000000' };
const QUEUE = 'answer';

const { PgBoss } = (await import(pathToFileURL(entry).href)) as {
  PgBoss: new (options: object) => Boss;
};
console.log(`${cpus().length} processors, load ${loadavg()[0]?.toFixed(1)} before, ${JOBS} jobs`);
console.log('| | added a second | taken a second | processor time of the process, per job | statements per job |');
console.log('|---|---|---|---|---|');
await measured('table of jobs', ofTable);
await measured('pg-boss, one job a fetch', (url) => ofBoss(url, 1));
await measured('pg-boss, a hundred a fetch', (url) => ofBoss(url, 100));
console.log(`load ${loadavg()[0]?.toFixed(1)} after`);

type Queue = Readonly<{
  add(n: number): Promise<void>;
  /** Begins to take; `done` is called for each job. */
  take(done: () => void): Promise<void>;
  close(): Promise<void>;
}>;

async function measured(name: string, open: (url: string) => Promise<Queue>): Promise<void> {
  const postgres = await startPostgres(60, { fsync: 'on' });
  const url = postgres.url('postgres', 'postgres');
  const client = new Client({ connectionString: url });
  await client.connect();
  await client.query('create extension if not exists pg_stat_statements');
  const queue = await open(url);
  await client.query('select pg_stat_statements_reset()');
  const before = process.cpuUsage();

  const addedMs = await timed(async () => {
    let next = 0;
    const adder = async () => {
      while (next < JOBS) await queue.add(next++);
    };
    await Promise.all(Array.from({ length: ADDERS }, adder));
  });
  let taken = 0;
  const takenMs = await timed(async () => {
    await queue.take(() => {
      taken += 1;
    });
    while (taken < JOBS) await setTimeout(20);
  });

  const { user, system } = process.cpuUsage(before);
  const { rows } = await client.query('select sum(calls) as calls from pg_stat_statements');
  const rate = (ms: number) => Math.round((JOBS / ms) * 1_000);
  const cpu = ((user + system) / 1_000 / JOBS).toFixed(2);
  const statements = (Number(rows[0].calls) / JOBS).toFixed(1);
  console.log(`| ${name} | ${rate(addedMs)} | ${rate(takenMs)} | ${cpu} ms | ${statements} |`);
  await queue.close();
  await client.end();
  await postgres.stop();
}

async function ofTable(url: string): Promise<Queue> {
  const newId = uuidV7(systemClock);
  const dialect = postgresStore({ address: databaseAddress(url, 'postgresql'), max: ADDERS });
  const store = await openStore({ ...dialect, clock: systemClock, newId });
  let runner: ReturnType<typeof tableJobs.runJobs> | undefined;
  return {
    add: (n) =>
      store.transaction((tx) =>
        tableJobs.addJob(tx, { kind: QUEUE, workspaceId: 'T1', key: `${n}`, payload: PAYLOAD }),
      ),
    async take(done) {
      const handlers = { [QUEUE]: async () => done() };
      runner = tableJobs.runJobs({ store, handlers, log: silentLog, concurrency: TAKERS });
    },
    async close() {
      await runner?.stop(1_000);
      await store.close();
    },
  };
}

/** Each job in the transaction of a client of its own, as pg-boss allows with `db`. */
async function ofBoss(connectionString: string, batchSize: number): Promise<Queue> {
  const boss = new PgBoss({ connectionString, max: ADDERS });
  boss.on('error', (error) => console.error(error));
  await boss.start();
  await boss.createQueue(QUEUE);
  const clients = await Promise.all(
    Array.from({ length: ADDERS }, async () => {
      const client = new Client({ connectionString });
      await client.connect();
      return client;
    }),
  );
  const idle = [...clients];
  return {
    async add() {
      const client = idle.pop();
      if (client === undefined) throw new Error('there are as many clients as adders');
      const db = { executeSql: (text: string, values?: unknown[]) => client.query(text, values) };
      await client.query('begin');
      await boss.send(QUEUE, PAYLOAD, { db });
      await client.query('commit');
      idle.push(client);
    },
    async take(done) {
      // Its own workers wait half a second after each fetch that is not full.
      const taker = async () => {
        for (;;) {
          const jobs = await boss.fetch(QUEUE, { batchSize });
          if (jobs.length === 0) return;
          const ids = jobs.map(({ id }) => id);
          await boss.complete(QUEUE, ids);
          for (const _ of ids) done();
        }
      };
      await Promise.all(Array.from({ length: TAKERS }, taker));
    },
    async close() {
      await boss.stop({ graceful: false });
      await Promise.all(clients.map((client) => client.end()));
    },
  };
}

async function timed(work: () => Promise<void>): Promise<number> {
  const begunMs = performance.now();
  await work();
  return performance.now() - begunMs;
}
