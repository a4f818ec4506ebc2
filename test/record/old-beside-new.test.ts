/**
 * A rolling upgrade: a program of an earlier version goes on while a newer one migrates the store that both use. For each
 * earlier version, the old program writes and reads all of its tables, as it knows them, before and after the migration.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { Kysely } from 'kysely';
import { expect, onTestFinished, test } from 'vitest';
import { sqlite } from '#adapters/sqlite/sqlite.ts';
import { migrate } from '#record/migrations.ts';
import type { Schema } from '#record/schema.ts';
import { steppedClock } from '#test/stepped-clock.ts';
import { opened } from '#test/temp-store.ts';

type Column = Readonly<{ name: string; type: string }>;

/** Knows the tables of its version, and holds its connection open. */
type OldProgram = Readonly<{
  tables: readonly string[];
  /** One more row in each table, with every column that the program knows. */
  write(n: number): void;
  /** Changes every column of all rows, to what it is. */
  change(): void;
  /** All rows of each table, with the columns that the program knows. */
  read(): Readonly<Record<string, readonly unknown[]>>;
}>;

async function storeOfVersion(version: number): Promise<{ file: string; program: OldProgram }> {
  const folder = mkdtempSync(join(tmpdir(), 'spanhound-upgrade-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, 'spanhound.db');
  const store = sqlite(file);
  const db = new Kysely<Schema>({ dialect: store.dialect });
  await migrate(db, store, version);
  await db.destroy();
  return { file, program: programOn(file) };
}

function programOn(file: string): OldProgram {
  // The rows are made up, and refer to nothing.
  const database = new DatabaseSync(file, { enableForeignKeyConstraints: false });
  onTestFinished(() => database.close());
  const rows = database.prepare("select name from sqlite_schema where type = 'table'").all();
  const tables = rows
    .map(({ name }) => `${name}`)
    .filter((name) => !name.startsWith('sqlite_') && name !== 'schema_version');
  const columnsOf = new Map(
    tables.map((table) => [
      table,
      database.prepare('select name, type from pragma_table_info(?)').all(table) as Column[],
    ]),
  );
  const named = (table: string) => (columnsOf.get(table) ?? []).map(({ name }) => name);
  return {
    tables,
    write(n) {
      for (const [table, columns] of columnsOf) {
        const marks = columns.map(() => '?').join(', ');
        database
          .prepare(`insert into ${table} (${named(table).join(', ')}) values (${marks})`)
          .run(...columns.map((column) => valueFor(column, n)));
      }
    },
    change() {
      for (const table of tables) {
        const same = named(table).map((name) => `${name} = ${name}`);
        database.exec(`update ${table} set ${same.join(', ')}`);
      }
    },
    read: () =>
      Object.fromEntries(
        tables.map((table) => [table, database.prepare(`select ${named(table).join(', ')} from ${table}`).all()]),
      ),
  };
}

function valueFor({ name, type }: Column, n: number): string | number | Uint8Array {
  switch (type) {
    case 'INTEGER':
      return n;
    case 'BLOB':
      return new Uint8Array([n]);
    default:
      return `${name} ${n}`;
  }
}

const PRESENT = await versionNow();

async function versionNow(): Promise<number> {
  const store = sqlite(':memory:');
  const db = new Kysely<Schema>({ dialect: store.dialect });
  const { to } = await migrate(db, store);
  await db.destroy();
  return to;
}

const EARLIER = Array.from({ length: PRESENT - 1 }, (_, index) => index + 1);

test.each(EARLIER)(
  'a program of version %i goes on while the store is migrated, and reads what it wrote',
  async (version) => {
    const { file, program } = await storeOfVersion(version);
    program.write(1);
    const before = program.read();
    const store = await opened(() => sqlite(file), steppedClock());
    expect(store.migrated).toEqual({ from: version, to: PRESENT });

    // A migration may add rows of its own.
    const migrated = program.read();
    for (const table of program.tables)
      expect(migrated[table], table).toEqual(expect.arrayContaining([...(before[table] ?? [])]));
    program.write(2);
    program.change();
    const after = program.read();
    for (const table of program.tables) expect(after[table], table).toHaveLength((migrated[table] ?? []).length + 1);
  },
);

/** What a migration must never do, and what the test above would say to it. */
test.each([
  ['renames a column', 'alter table jobs rename column payload to work', /payload/],
  ['drops a column', 'alter table jobs drop column payload', /payload/],
  ['drops a table', 'drop table feedback', /no such table: feedback/],
  ['refuses what was allowed', 'create unique index in_the_way on jobs (length(payload))', /UNIQUE/],
])('a migration that %s stops the program of the version before', async (_, sql, says) => {
  const { file, program } = await storeOfVersion(PRESENT - 1);
  program.write(1);
  const newer = new DatabaseSync(file);
  newer.exec(sql);
  newer.close();
  expect(() => program.write(2)).toThrow(says);
});
