/** What a change took away, where the failure misses just that, and the twin that misses something else. */
import { describe, expect, test } from 'vitest';
import { saidEffects } from '#model/changes/said/effects.ts';
import { changed } from '#test/changes.ts';

const found = (diff: string, failure: string, more: Partial<Parameters<typeof changed>[1]> = {}) =>
  saidEffects(changed(-60, { diff, ...more }), failure.toLowerCase()).map(({ kind, text }) => [kind, text]);

describe('a table whose name is gone', () => {
  const SNOWFLAKE = "002003 (42S02): SQL compilation error: Object 'MILL.RAW.ROLLS' does not exist or not authorized.";

  test.each([
    ['SQL', '+ALTER TABLE mill.raw.rolls RENAME TO mill.raw.rolls_old;', SNOWFLAKE, 'mill.raw.rolls'],
    ['MySQL', '+RENAME TABLE `rolls` TO `rolls_old`;', "Table 'mill.rolls' doesn't exist", 'rolls'],
    ['SQL Server', "+EXEC sp_rename 'dbo.rolls', 'rolls_old';", "Invalid object name 'dbo.rolls'.", 'dbo.rolls'],
    ['Rails', '+    rename_table :rolls, :bales', 'PG::UndefinedTable: relation "rolls" does not exist', 'rolls'],
    ['a drop', '+DROP TABLE IF EXISTS public.rolls;', 'no such table: rolls', 'public.rolls'],
  ])('%s', (_, diff, failure, name) => {
    expect(found(diff, failure)).toContainEqual([
      'column-gone',
      `it renames or drops the table ${name}, which the failure misses`,
    ]);
  });

  test.each([
    ['another table', '+ALTER TABLE mill.raw.cores RENAME TO mill.raw.cores_old;', SNOWFLAKE],
    ['the table of another schema', '+ALTER TABLE mill.stage.rolls RENAME TO mill.stage.bales;', SNOWFLAKE],
    ['a view in its place', '+ALTER TABLE rolls RENAME TO bales;\n+CREATE VIEW rolls AS SELECT 1;', SNOWFLAKE],
    ['a failure of another kind', '+DROP TABLE rolls;', 'deadlock detected while updating rolls'],
  ])('not where it is %s', (_, diff, failure) => {
    expect(found(diff, failure)).toEqual([]);
  });
});

test('a namespace that the failure names, old and new', () => {
  const diff = '-[XmlRoot("bale", Namespace = "urn:mill:bale:1")]\n+[XmlRoot("bale", Namespace = "urn:mill:bale:2")]';
  const failure = 'unexpected element (uri:"urn:mill:bale:2"). Expected elements are <{urn:mill:bale:1}bale>';
  expect(found(diff, failure)).toContainEqual(['other-name', expect.stringContaining('and the failure names both')]);
  expect(found(diff, 'unexpected element (uri:"urn:mill:bale:3")')).toEqual([]);
});

describe('a column that a view or a model renames', () => {
  const DIFF = '-  s.moisture_pct,\n+  s.moisture_pct as moisture,';

  test.each([
    'column "moisture_pct" does not exist in stg_lab',
    "Unknown column 'l.moisture_pct' in 'field list'",
    "SQL compilation error: error line 3 at position 7 invalid identifier 'MOISTURE_PCT'",
    'A column, variable, or function parameter with name `moisture_pct` cannot be resolved',
  ])('%s', (failure) => {
    expect(found(DIFF, failure)).toContainEqual([
      'column-gone',
      'it gives the column moisture_pct another name, which the failure misses',
    ]);
  });

  test.each([
    ['another column', DIFF, 'column "ash_pct" does not exist'],
    [
      'a column that keeps its name',
      '-  moisture_pct,\n+  s.moisture_pct as moisture_pct,',
      'no such column: moisture_pct',
    ],
    ['a failure of another kind', DIFF, 'value of moisture_pct is out of range'],
  ])('not where it is %s', (_, diff, failure) => {
    expect(found(diff, failure).filter(([kind]) => kind === 'column-gone')).toEqual([]);
  });
});

describe('an item of a list of what is switched off', () => {
  const DIFF = '-jdk.tls.disabledAlgorithms=SSLv3\n+jdk.tls.disabledAlgorithms=SSLv3, SHA1withDSA, RC4';
  const MISSED = 'java.security.NoSuchAlgorithmException: SHA1withDSA Signature not available';

  test('is what the failure names', () => {
    expect(found(DIFF, MISSED)).toEqual([['refuses-more', 'it disables “SHA1withDSA”, which the failure names']]);
  });

  test.each([
    ['an item that was off before', DIFF, 'SSLv3 is not supported'],
    ['a switch', '-disabled: false\n+disabled: true', 'flag true is not supported'],
    ['a failure of another kind', DIFF, 'SHA1withDSA took 3 s'],
  ])('not where it is %s', (_, diff, failure) => {
    expect(found(diff, failure)).toEqual([]);
  });
});

describe('the files of the release before', () => {
  const WEBPACK = 'ChunkLoadError: Loading chunk 88 failed.';
  const DELETES = '-aws s3 sync dist s3://cdn\n+aws s3 sync --delete dist s3://cdn';

  test.each([
    ['a sync that deletes', DELETES, WEBPACK],
    ['rsync', '+rsync -a --delete-after dist/ web:/srv', 'Failed to fetch dynamically imported module: /a.js'],
    ['a shell', '-vite build\n+rm -rf /srv/www/assets/* && vite build', WEBPACK],
    ['rimraf', '+"prebuild": "rimraf dist"', WEBPACK],
  ])('%s', (_, diff, failure) => {
    expect(found(diff, failure)).toEqual([
      ['route-gone', 'it deletes the files of the release before, which open pages still ask for'],
    ]);
  });

  test.each([
    ['a sync that deleted before', DELETES.replace('sync dist', 'sync --delete dist'), WEBPACK],
    ['a failure of another kind', DELETES, 'GET /chunks/88.js answered 404'],
    ['a folder that holds no pages', '+rm -rf /var/tmp/thumbnails', WEBPACK],
    ['a folder that was emptied before', '-rm -rf dist && vite build\n+rm -rf dist && vite build --mode prod', WEBPACK],
  ])('not where it is %s', (_, diff, failure) => {
    expect(found(diff, failure)).toEqual([]);
  });
});

describe('a compiled library that the package cannot load', () => {
  const BUILD = { files: ['.github/workflows/hire.yml'] };
  const ARM = '-    runs-on: ubuntu-24.04\n+    runs-on: ubuntu-24.04-arm';

  test.each(["No module named 'numpy._core'", 'index.node: invalid ELF header', 'Error: ERR_DLOPEN_FAILED'])(
    '%s',
    (failure) => {
      expect(found(ARM, failure, BUILD)).toEqual([
        ['other-modules', expect.stringMatching(/^it builds the package in another way/)],
      ]);
    },
  );

  test.each([
    ['a module that nobody compiled', ARM, "No module named 'hire.rows'", BUILD],
    ['another line of the pipeline', '-    name: hire\n+    name: rent', "No module named 'numpy._core'", BUILD],
    ['no pipeline', ARM, "No module named 'numpy._core'", { files: ['notes.txt'] }],
  ])('not where it is %s', (_, diff, failure, more) => {
    expect(found(diff, failure, more)).toEqual([]);
  });
});
