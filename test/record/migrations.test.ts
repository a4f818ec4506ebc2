import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { Kysely, sql } from 'kysely';
import { expect, onTestFinished, test } from 'vitest';
import { sqlite } from '#adapters/sqlite/sqlite.ts';
import { uuidV7 } from '#core/ids.ts';
import { silentLog } from '#core/log.ts';
import { feedbackOn } from '#record/feedback.ts';
import { pending } from '#record/inbox.ts';
import { declareIncident } from '#record/incidents.ts';
import { findInvestigation } from '#record/investigations.ts';
import type { Job } from '#record/jobs.ts';
import { migrate } from '#record/migrations.ts';
import type { Schema } from '#record/schema.ts';
import { openStore } from '#record/store.ts';
import { tableJobs } from '#record/table-jobs.ts';
import { timelineOf } from '#record/timeline.ts';
import { LOGINS_TIME_OUT } from '#test/declared-incident.ts';
import { steppedClock } from '#test/stepped-clock.ts';
import { opened } from '#test/temp-store.ts';
import { checkStore } from '#workflows/upkeep/check-store.ts';

const AT_US = 1_767_709_800_000_000;

/** A file as the first version left it: a request not yet worked on, a job, a message on its way, an answer and its feedback. */
const VERSION_1_ROWS = `
  insert into inbox values ('in-1', 'T1', 'trigger-1', 'slack', '{"command":"/trace"}', ${AT_US}, null);
  insert into inbox values ('in-0', 'T1', 'trigger-0', 'slack', null, ${AT_US - 9}, ${AT_US - 5});
  insert into jobs values ('j-1', 'T1', 'answer-trace', 'i-2', '{"n":1}', 'queued', 1, ${AT_US}, null, null, 'jaeger is down', ${AT_US - 5}, null);
  insert into messages values ('m-1', 'T1', 'message', 'C1', null, null, 'queued', null, ${AT_US}, null);
  insert into outbox (message_id, workspace_id, lane, kind, payload, bytes, thread_of, response_url, unreachable_text, state, attempts, resent, due_us, lease, lease_until_us, created_us)
    values ('m-1', 'T1', 'C1', 'post', '{"text":"hello"}', x'89504e47', null, null, null, 'queued', 0, 0, ${AT_US}, null, null, ${AT_US});
  insert into investigations values ('i-1', 'T1', 'feed', 'U1', 'C1', 'done', '{"findings":[]}', '# Nothing', 'a line', null, ${AT_US - 60}, ${AT_US});
  insert into feedback values ('i-1', 'T1', 'U2', 'right', ${AT_US});
`;
/** Columns of later versions, by table. */
const ADDED_SINCE: Readonly<Record<string, readonly string[]>> = {
  investigations: ['alert_id'],
  jobs: ['lost', 'alone'],
  outbox: ['tried_us', 'rank'],
  inbox: ['attempts', 'due_us', 'error', 'given_up_us'],
  feedback: ['salt', 'said', 'said_us', 'said_service', 'said_field'],
};
const VERSION_1_TABLES = ['inbox', 'jobs', 'messages', 'outbox', 'investigations', 'feedback'];

async function version1File(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'spanhound-migration-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, 'spanhound.db');
  const store = sqlite(file);
  const db = new Kysely<Schema>({ dialect: store.dialect });
  await migrate(db, store, 1);
  await db.destroy();
  inFile(file, (database) => database.exec(VERSION_1_ROWS));
  return file;
}

function inFile<T>(file: string, work: (database: DatabaseSync) => T): T {
  const database = new DatabaseSync(file);
  try {
    return work(database);
  } finally {
    database.close();
  }
}

function rowsOfVersion1(file: string): unknown {
  return inFile(file, (database) =>
    VERSION_1_TABLES.map((table) =>
      database
        .prepare(`select * from ${table} order by 1`)
        .all()
        .map((row) =>
          Object.fromEntries(Object.entries(row).filter(([column]) => !ADDED_SINCE[table]?.includes(column))),
        ),
    ),
  );
}

test('a store of version 1 comes to the present without losing or changing a row', async () => {
  const file = await version1File();
  const before = rowsOfVersion1(file);
  const clock = steppedClock();
  const store = await opened(() => sqlite(file), clock);

  expect(store.migrated.from).toBe(1);
  expect(store.migrated.to).toBeGreaterThan(1);
  expect(rowsOfVersion1(file)).toEqual(before);
  expect((await sql`pragma foreign_key_check`.execute(store.db)).rows).toEqual([]);
  expect((await sql`pragma integrity_check`.execute(store.db)).rows).toEqual([{ integrity_check: 'ok' }]);
});

test('open work of a version 1 store continues, and an incident can be declared from its answers', async () => {
  const file = await version1File();
  const clock = steppedClock(AT_US);
  const store = await opened(() => sqlite(file), clock);
  const ran: Job[] = [];
  const jobs = tableJobs.runJobs({
    store,
    handlers: { 'answer-trace': async (job) => void ran.push(job) },
    log: silentLog,
  });
  await jobs.idle();
  await jobs.stop(0);
  const found = await findInvestigation(store, { id: 'i-1', workspaceId: 'T1' });
  await store.transaction((tx) =>
    declareIncident(tx, { ...LOGINS_TIME_OUT, detection: 'U1 saw it', investigationId: 'i-1' }),
  );

  expect(ran).toMatchObject([{ key: 'i-2', payload: { n: 1 }, attempt: 2 }]);
  expect(await pending(store)).toMatchObject([{ inboxId: 'in-1', body: '{"command":"/trace"}' }]);
  expect(found).toMatchObject({ state: 'done', report: { findings: [] }, alertId: undefined });
  expect(await feedbackOn(store, 'i-1')).toMatchObject([{ userId: 'U2', right: true, said: undefined }]);
  expect(await timelineOf(store, 'in-1')).toHaveLength(1);
});

test('a dry run changes nothing and lists the pending migrations', async () => {
  const file = await version1File();
  const clock = steppedClock();
  const store = await openStore({ ...sqlite(file), clock, newId: uuidV7(clock), asItIs: true });
  const state = await checkStore(store);
  await store.close();

  expect(state).toMatchObject({ version: 1, givenUp: [] });
  expect(state.known).toBeGreaterThan(1);
  expect(inFile(file, (database) => database.prepare('select version from schema_version').all())).toEqual([
    { version: 1 },
  ]);
});

test('a look at an empty file finds version 0 and leaves it empty', async () => {
  const clock = steppedClock();
  const store = await openStore({ ...sqlite(':memory:'), clock, newId: uuidV7(clock), asItIs: true });
  onTestFinished(() => store.close());

  expect(await checkStore(store)).toMatchObject({ version: 0, givenUp: [] });
  expect(await store.db.introspection.getTables()).toEqual([]);
});

test('a migration that fails leaves the store at the version that it had', async () => {
  const file = await version1File();
  inFile(file, (database) => database.exec('create table incidents (in_the_way text)'));
  const before = rowsOfVersion1(file);

  await expect(opened(() => sqlite(file), steppedClock())).rejects.toThrow('already exists');
  expect(inFile(file, (database) => database.prepare('select version from schema_version').all())).toEqual([
    { version: 1 },
  ]);
  expect(
    inFile(file, (database) => database.prepare("select name from sqlite_schema where name = 'alerts'").all()),
  ).toEqual([]);
  expect(rowsOfVersion1(file)).toEqual(before);
});
