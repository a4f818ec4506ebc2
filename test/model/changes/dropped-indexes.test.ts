/** Indexes that a migration drops, in the words of databases and of tools, and statements without the marks of a diff. */
import { describe, expect, test } from 'vitest';
import { effectsOf } from '#model/changes/change-effects.ts';
import { codeChangeOf } from '#model/changes/code-change.ts';
import { droppedIndexes } from '#model/changes/dropped-indexes.ts';
import { changed } from '#test/changes.ts';

describe('a dropped index', () => {
  test.each([
    ['PostgreSQL', 'DROP INDEX CONCURRENTLY IF EXISTS "public"."kilns_by_day";', 'kilns_by_day', ''],
    ['SQL Server', 'DROP INDEX IX_Kilns_Day ON dbo.Kilns;', 'IX_Kilns_Day', 'Kilns'],
    ['MySQL', 'ALTER TABLE kilns DROP INDEX by_day;', 'by_day', 'kilns'],
    ['CockroachDB', 'DROP INDEX kilns@by_day;', 'by_day', 'kilns'],
    ['Rails', 'remove_index :kilns, name: "by_day"', 'by_day', 'kilns'],
    ['Alembic', 'op.drop_index("ix_day", table_name="kilns")', 'ix_day', 'kilns'],
    ['Django', 'migrations.RemoveIndex(model_name="kiln", name="kiln_day")', 'kiln_day', 'kiln'],
    ['Entity Framework', 'migrationBuilder.DropIndex(\n  name: "IX_Day",\n  table: "Kilns");', 'IX_Day', 'Kilns'],
    ['TypeORM', 'await queryRunner.dropIndex("kiln", "IDX_day")', 'IDX_day', 'kiln'],
    ['Liquibase', '<dropIndex indexName="idx_day" tableName="kilns"/>', 'idx_day', 'kilns'],
    ['MongoDB', 'db.kilns.dropIndex("day_1")', 'day_1', 'kilns'],
    ['the driver of Ruby', "client[:kilns].indexes.drop_one('day_1')", 'day_1', 'kilns'],
    ['the driver of Go', 'db.Collection("kilns").Indexes().DropOne(ctx, "day_1")', 'day_1', 'kilns'],
    ['the driver of C#', 'kilns.Indexes.DropOne("day_1");', 'day_1', ''],
    ['the driver of Rust', 'db.collection::<Kiln>("kilns").drop_index("day_1").await?;', 'day_1', 'kilns'],
    ['the driver of Node.js', "await db.collection('kilns').dropIndex('day_1')", 'day_1', 'kilns'],
    ['the driver of Python', 'db["kilns"].drop_index("day_1")', 'day_1', 'kilns'],
    ['the driver of PHP', "$client->shop->selectCollection('kilns')->dropIndex('day_1');", 'day_1', 'kilns'],
    ['Ecto', 'drop index(:kilns, [:day], name: :kilns_day)', 'kilns_day', 'kilns'],
  ])('in the words of %s', (_, added, name, table) => {
    expect(droppedIndexes('', added)).toEqual([{ name, table }]);
  });

  test.each([
    ['an index that is made again', 'DROP INDEX by_day;\nCREATE INDEX by_day ON kilns (day, no);'],
    ['a new index', 'CREATE INDEX by_day ON kilns (day);'],
    ['a dropped table', 'DROP TABLE kilns;'],
  ])('is not %s', (_, added) => {
    expect(droppedIndexes('', added)).toEqual([]);
  });
});

describe('statements without marks', () => {
  const kinds = (diff: string) => {
    const change = changed(-60, { kind: 'migration', diff, files: ['7.sql'] });
    return effectsOf(change, codeChangeOf(change)).map(({ kind, text }) => `${kind}: ${text}`);
  };

  test('are all new', () => {
    expect(kinds('-- slow to write\nDROP INDEX kilns_by_day;')).toContain(
      'index-gone: it drops the index kilns_by_day',
    );
  });

  test('beside marks are lines around the change', () => {
    expect(kinds('DROP INDEX kilns_by_day;\n+SELECT 1;').some((one) => one.startsWith('index-gone'))).toBe(false);
  });
});
