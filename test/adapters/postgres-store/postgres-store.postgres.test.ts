/** What only Postgres does: locks that end a transaction, connections that end, a clock and a limit of its own. */
import { createServer } from 'node:net';
import { sql } from 'kysely';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { systemClock } from '#core/clock.ts';
import { uuidV7 } from '#core/ids.ts';
import { silentLog } from '#core/log.ts';
import { receive } from '#record/inbox.ts';
import { migrate } from '#record/migrations.ts';
import { openStore, type Store, tryToWrite } from '#record/store.ts';
import { asSuperuser, emptyDatabase, isThereAPostgres, openedOn } from '#test/postgres-place.ts';
import { opened } from '#test/temp-store.ts';

const DELIVERY = { workspaceId: 'T1', key: 'k', source: 'slack', body: '{}' };

async function pair(): Promise<Readonly<{ url: string; stores: readonly [Store, Store] }>> {
  const url = await emptyDatabase();
  const place = () => openedOn(url);
  return { url, stores: [await opened(place, systemClock), await opened(place, systemClock)] };
}

function nameOf(url: string): string {
  return new URL(url).pathname.slice(1);
}

describe.skipIf(!isThereAPostgres)('the store on Postgres', () => {
  test('is migrated once by ten replicas that start together', async () => {
    const url = await emptyDatabase();
    const place = () => openedOn(url, { max: 2 });
    const stores = await Promise.all(Array.from({ length: 10 }, () => opened(place, systemClock)));
    expect(stores.filter(({ migrated }) => migrated.from === 0)).toHaveLength(1);
    expect(new Set(stores.map(({ version }) => version)).size).toBe(1);
  });

  test('is migrated while a replica of each version before is at work, without an error of either', async () => {
    const known = (await pair()).stores[0].version;
    for (let version = 1; version < known; version++) {
      const url = await emptyDatabase();
      const old = openedOn(url);
      const before = await openStore({ ...old, clock: systemClock, newId: uuidV7(systemClock), asItIs: true });
      onTestFinished(() => before.close());
      await migrate(before.db, old, version);

      let isOver = false;
      const insert = (n: number) =>
        sql`insert into messages (id, workspace_id, kind, state, created_us) values (${`m${n}`}, 'T1', 'message', 'queued', 1)`;
      const atWork = Array.from({ length: 3 }, async (_, worker) => {
        let done = 0;
        for (; !isOver; done++) {
          await before.transaction(async (tx) => {
            await insert(worker * 1_000_000 + done).execute(tx.db);
            await sql`update messages set state = 'sent' where id = ${`m${worker * 1_000_000 + done}`}`.execute(tx.db);
          });
        }
        return done;
      });
      await vi.waitFor(async () => {
        const { rows } = await sql`select 1 from messages`.execute(before.db);
        expect(rows.length).toBeGreaterThan(5);
      });
      const after = await opened(() => openedOn(url), systemClock);
      expect(after.migrated).toEqual({ from: version, to: known });
      isOver = true;
      const made = (await Promise.all(atWork)).reduce((sum, done) => sum + done, 0);
      expect((await sql`select 1 from messages where state = 'sent'`.execute(after.db)).rows).toHaveLength(made);
    }
  });

  test('leaves a database alone that has the tables of another program', async () => {
    const url = await emptyDatabase();
    await asSuperuser('create table orders (id integer)', nameOf(url));
    await expect(opened(() => openedOn(url), systemClock)).rejects.toMatchObject({
      code: 'SH_FOREIGN_TABLES',
      message: expect.stringContaining('it has the tables orders'),
    });
    expect(await asSuperuser("select 1 from pg_tables where schemaname = 'public'", nameOf(url))).toHaveLength(1);
  });

  test('takes the time from the database, wherever the clocks of the replicas stand', async () => {
    const url = await emptyDatabase();
    const ahead = { ...systemClock, nowUs: () => systemClock.nowUs() + 86_400_000_000 };
    const behind = { ...systemClock, nowUs: () => systemClock.nowUs() - 86_400_000_000 };
    const stores = [await opened(() => openedOn(url), ahead), await opened(() => openedOn(url), behind)];
    for (const store of stores) {
      expect(Math.abs((await store.nowUs()) - systemClock.nowUs())).toBeLessThan(5_000_000);
      const inside = await store.transaction(async ({ nowUs }) => nowUs);
      expect(Math.abs(inside - systemClock.nowUs())).toBeLessThan(5_000_000);
    }
  });

  test('runs a transaction again that a deadlock undid, and both keep their changes', async () => {
    const { stores } = await pair();
    for (const key of ['a', 'b']) await receive(stores[0], { ...DELIVERY, key });
    let runs = 0;
    const cross = (store: Store, first: string, second: string) =>
      store.transaction(async ({ db }) => {
        runs++;
        await db
          .updateTable('inbox')
          .set((row) => ({ attempts: row.eb('attempts', '+', 1) }))
          .where('key', '=', first)
          .execute();
        await systemClock.sleep(100);
        await db
          .updateTable('inbox')
          .set((row) => ({ attempts: row.eb('attempts', '+', 1) }))
          .where('key', '=', second)
          .execute();
      });
    await Promise.all([cross(stores[0], 'a', 'b'), cross(stores[1], 'b', 'a')]);
    expect(runs).toBeGreaterThan(2);
    const rows = await stores[0].db.selectFrom('inbox').select(['key', 'attempts']).orderBy('key').execute();
    expect(rows).toEqual([
      { key: 'a', attempts: 2 },
      { key: 'b', attempts: 2 },
    ]);
  });

  test('runs a transaction again whose connection the database ended before the commit', async () => {
    const { stores } = await pair();
    let runs = 0;
    await stores[0].transaction(async ({ db }) => {
      if (runs++ === 0)
        await stores[1].db.executeQuery(
          sql`select pg_terminate_backend(pid) from pg_stat_activity where state = 'idle in transaction'`.compile(
            stores[1].db,
          ),
        );
      await db.insertInto('audit_head').values({ id: 1, seq: runs, hash: 'x' }).execute();
    });
    expect(runs).toBe(2);
    expect(await stores[1].db.selectFrom('audit_head').select('seq').execute()).toEqual([{ seq: 2 }]);
  });

  test('goes on after the database ended all connections, without a failed request', async () => {
    const { url, stores } = await pair();
    await Promise.all(
      Array.from({ length: 8 }, () => stores[0].transaction(async (tx) => void (await tx.lock('audit')))),
    );
    await asSuperuser(`select pg_terminate_backend(pid) from pg_stat_activity where datname = '${nameOf(url)}'`);
    await Promise.all(
      Array.from({ length: 8 }, () => stores[0].transaction(async (tx) => void (await tx.lock('audit')))),
    );
    await tryToWrite(stores[0]);
  });

  test('ends the transaction of a replica that hangs, and lets the others have its lock', async () => {
    const url = await emptyDatabase();
    const hangs = await opened(() => openedOn(url), systemClock);
    const waits = await opened(() => openedOn(url), systemClock);
    await sql`select 1`.execute(hangs.db);
    const hung = hangs.transaction(async (tx) => {
      await sql`select set_config('idle_in_transaction_session_timeout', '500', true)`.execute(tx.db);
      await tx.lock('audit');
      await systemClock.sleep(3_000);
    });
    hung.catch(() => undefined);
    await systemClock.sleep(200);
    const begun = performance.now();
    await waits.transaction((tx) => tx.lock('audit'));
    expect(performance.now() - begun).toBeLessThan(2_500);
    await expect(hung).rejects.toMatchObject({ code: 'SH_STORE_UNAVAILABLE' });
  });

  test('says what took too long', async () => {
    const url = await emptyDatabase();
    const store = await opened(() => openedOn(url, { statementMs: 300 }), systemClock);
    await expect(sql`select pg_sleep(5)`.execute(store.db)).rejects.toMatchObject({
      code: 'SH_STORE_UNAVAILABLE',
      message: expect.stringContaining('took too long'),
    });
    await tryToWrite(store);
  });

  test('compares texts by their bytes, keeps numbers exact, and takes a NUL', async () => {
    const { stores } = await pair();
    for (const key of ['b', 'B', 'a', 'ä', '_', '\u0000']) await receive(stores[0], { ...DELIVERY, key });
    const rows = await stores[1].db.selectFrom('inbox').select(['key', 'received_us']).orderBy('key').execute();
    expect(rows.map(({ key }) => key)).toEqual(['B', '_', 'a', 'b', 'ä', '\ufffd']);
    expect(rows.every(({ received_us }) => Number.isSafeInteger(received_us))).toBe(true);
    expect((await receive(stores[1], { ...DELIVERY, key: '\u0000' })).state).toBe('pending');
    await expect(sql`select 9007199254740993::bigint as n`.execute(stores[0].db)).rejects.toThrow('too large');
  });

  test('wakes the other replicas when work was stored, also after its connection was ended', async () => {
    const { url, stores } = await pair();
    const [one, two] = stores.map((store) => store.wakeUps?.(silentLog));
    if (one === undefined || two === undefined) throw new Error('there are no wake-ups');
    const heard = { one: 0, two: 0 };
    one.onHeard(() => heard.one++);
    two.onHeard(() => heard.two++);
    await vi.waitFor(async () => expect([heard.one, heard.two]).toEqual([1, 1])); // both listen
    one.send();
    one.send();
    await vi.waitFor(async () => expect(heard.two).toBe(2));
    expect(heard.one).toBe(1);

    await asSuperuser(
      `select pg_terminate_backend(pid) from pg_stat_activity where datname = '${nameOf(url)}' and query ilike 'listen%'`,
    );
    await vi.waitFor(async () => expect(heard.two).toBe(3), { timeout: 5_000 }); // it listens again
    await vi.waitFor(async () => {
      one.send();
      await systemClock.sleep(200);
      expect(heard.two).toBeGreaterThan(3);
    });
    await Promise.all([one.close(), two.close()]);
  });

  describe('says what to do', () => {
    const trying = (url: string) => opened(() => openedOn(url, { max: 1 }), systemClock);

    test('if nobody listens', async () => {
      const server = createServer().listen(0, '127.0.0.1');
      await new Promise((resolve) => server.once('listening', resolve));
      const { port } = server.address() as { port: number };
      await new Promise((resolve) => server.close(resolve));
      await expect(trying(`postgresql://bot:s3cret@127.0.0.1:${port}/spanhound?sslmode=disable`)).rejects.toMatchObject(
        {
          code: 'SH_STORE_UNAVAILABLE',
          message: expect.stringMatching(
            /^the store postgres 127\.0\.0\.1:\d+\/spanhound did not answer: .*ECONNREFUSED/,
          ),
          advice: expect.stringContaining('Check that Postgres runs'),
        },
      );
    });

    test('if the database is missing', async () => {
      const url = (await emptyDatabase()).replace(/\/t\d+_\d+\?/, '/not_there?');
      await expect(trying(url)).rejects.toMatchObject({
        advice: 'Create it: CREATE DATABASE "not_there" OWNER "postgres".',
      });
    });

    test('if the server has no TLS, as the address demands', async () => {
      const url = (await emptyDatabase()).replace('?sslmode=disable', '');
      await expect(trying(url)).rejects.toMatchObject({ advice: expect.stringContaining('?sslmode=disable') });
    });

    test('if the user may not create tables', async () => {
      const url = await emptyDatabase();
      await asSuperuser('create role guest login', nameOf(url));
      onTestFinished(async () => void (await asSuperuser('drop role guest')));
      await expect(trying(url.replace('//postgres@', '//guest@'))).rejects.toMatchObject({
        advice: expect.stringContaining('GRANT CREATE, USAGE ON SCHEMA public TO "guest"'),
      });
    });

    test('if all connections are in use, and goes on when one is free', async () => {
      const url = await emptyDatabase();
      const store = await opened(() => openedOn(url, { max: 1 }), systemClock);
      await asSuperuser('create role narrow login superuser connection limit 1');
      onTestFinished(async () => {
        await asSuperuser('drop owned by narrow', nameOf(url));
        await asSuperuser('drop role narrow');
      });
      await asSuperuser('alter role narrow nosuperuser');
      await asSuperuser('grant all on all tables in schema public to narrow', nameOf(url));
      await asSuperuser('grant all on schema public to narrow', nameOf(url));
      const narrow = url.replace('//postgres@', '//narrow@');
      const first = await opened(() => openedOn(narrow, { max: 1 }), systemClock);
      await sql`select 1`.execute(first.db);
      await expect(trying(narrow)).rejects.toMatchObject({
        message: expect.stringContaining('has no connection left'),
        advice: expect.stringContaining('DATABASE_CONNECTIONS'),
      });
      const waiting = openStore({ ...openedOn(narrow, { max: 1 }), clock: systemClock, newId: uuidV7(systemClock) });
      await systemClock.sleep(300);
      await first.close();
      await (await waiting).close();
      await tryToWrite(store);
    });
  });
});
