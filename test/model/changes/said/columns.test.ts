/** Columns that a change alters and that the failure names, and their twins of other tables and other columns. */
import { describe, expect, test } from 'vitest';
import { saidEffects } from '#model/changes/said/effects.ts';
import { changed } from '#test/changes.ts';

const found = (diff: string, failure: string) =>
  saidEffects(changed(-60, { diff }), failure.toLowerCase()).map(({ text }) => text);

describe('a value that does not fit', () => {
  test.each([
    [
      'Snowflake',
      'ALTER TABLE kilns RENAME COLUMN heat_n TO heat;',
      `Numeric value 'hot' is not recognized, File 'k.csv', line 3, column "KILNS"["HEAT":4]`,
      'heat',
    ],
    ['MySQL', '+ALTER TABLE kilns MODIFY glaze VARCHAR(8);', "Data too long for column 'glaze' at row 1", 'glaze'],
    [
      'PostgreSQL',
      '+op.alter_column("kilns", "glaze", nullable=False)',
      'null value in column "glaze" of relation "kilns" violates not-null constraint',
      'glaze',
    ],
    [
      'BigQuery',
      '-  glaze STRING\n+  glaze INTEGER',
      "Could not parse 'blue' as INT64 for field glaze (position 2)",
      'glaze',
    ],
  ])('in %s', (_, diff, failure, column) => {
    expect(found(diff, failure)).toContain(`it changes the column ${column}, which a value does not fit`);
  });

  test.each([
    [
      'another table',
      'ALTER TABLE ovens RENAME COLUMN heat_n TO heat;',
      `Numeric value 'hot' is not recognized, line 3, column "KILNS"["HEAT":4]`,
    ],
    ['another column', '+ALTER TABLE kilns MODIFY shelf VARCHAR(8);', "Data too long for column 'glaze' at row 1"],
    [
      'an index on the column',
      '+ALTER TABLE kilns ADD INDEX by_glaze (glaze);',
      "Data too long for column 'glaze' at row 1",
    ],
  ])('not because of %s', (_, diff, failure) => {
    expect(found(diff, failure)).toEqual([]);
  });
});

describe('a column that nobody knows', () => {
  test.each([
    ['an entity', '-kiln.heat integer\n+kiln.warmth integer', 'column kiln.heat does not exist', 'heat'],
    ['SQL', '+ALTER TABLE kilns RENAME COLUMN heat TO warmth;', 'ERROR: column "heat" does not exist', 'heat'],
    ['Rails', '+rename_column :kilns, :heat, :warmth', "Unknown column 'kilns.heat' in 'field list'", 'heat'],
  ])('by %s', (_, diff, failure, column) => {
    expect(found(diff, failure)).toContain(`it renames or drops the column ${column}, which the failure misses`);
  });

  test.each([
    ['an entity of another table', '-oven.heat integer\n+oven.warmth integer', 'column kiln.heat does not exist'],
    ['the change that brings it', '+ALTER TABLE kilns RENAME COLUMN heat TO warmth;', 'column "warmth" does not exist'],
  ])('not by %s', (_, diff, failure) => {
    expect(found(diff, failure)).toEqual([]);
  });
});
