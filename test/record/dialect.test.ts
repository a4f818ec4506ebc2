/** Nothing in the record or the workflows is written for one database, or measures time by a clock of its own process. */
import { globSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

/** Only these may hold SQL as text: what makes the tables, and what checks for a full disk. */
const RAW_SQL = new Set(['src/record/migrations.ts', 'src/record/store.ts']);
/** Only the store asks the clock what time it is. */
const CLOCK = 'src/record/store.ts';

/** SQL, and methods of Kysely, that SQLite or Postgres lack or understand differently. */
const ONE_DIALECT: readonly RegExp[] = [
  /\binsert or\b/i,
  /\breplace into\b/i,
  /\bon conflict\b/i,
  /\b(?:rowid|_rowid_|autoincrement|pragma|sqlite_\w+|begin immediate|begin exclusive)\b/i,
  /\b(?:json_extract|json_each|json_set|jsonb?_\w+|strftime|julianday|unixepoch|ifnull|group_concat|last_insert_rowid)\b/i,
  /\b(?:ilike|similar to|distinct on|for update|skip locked|array_agg|string_agg|date_trunc|to_timestamp)\b/i,
  /\b(?:pg_\w+|nextval|current_timestamp|clock_timestamp)\b/i,
  /\.(?:orIgnore|orReplace|orAbort|orFail|orRollback|ignore|onDuplicateKeyUpdate|mergeInto|distinctOn)\(/,
  /\.(?:forUpdate|forShare|forNoKeyUpdate|skipLocked|noWait|top|fetch|replaceInto)\(/,
  /, '(?:like|ilike|glob|regexp|match|~|~\*|->|->>|@>|is distinct from)',/i,
  /\.doNothing\(\)(?<!columns?\([^)]*\)\.doNothing\(\))/,
];

const files = globSync(['src/record/**/*.ts', 'src/workflows/**/*.ts']).map((path) => ({
  path: path.replaceAll('\\', '/'),
  code: withoutComments(readFileSync(path, 'utf8')),
}));

test('the check reads the record and the workflows, and finds what is planted', () => {
  expect(files.length).toBeGreaterThan(80);
  for (const planted of [
    'sql`insert or ignore into jobs`',
    'sql`select rowid from jobs`',
    "where('payload', 'like', 'x%')",
    '.forUpdate().skipLocked()',
    'onConflict((conflict) => conflict.doNothing())',
    "json_extract(payload, '$.a')",
  ]) {
    expect(dialectsIn(planted), planted).not.toEqual([]);
  }
  expect(dialectsIn("conflict.columns(['workspace_id', 'key']).doNothing()")).toEqual([]);
});

test('SQL of one database stands nowhere, and SQL as text only where it is expected', () => {
  for (const { path, code } of files) {
    expect(dialectsIn(code), path).toEqual([]);
    if (!RAW_SQL.has(path)) expect(code, path).not.toMatch(/\bsql(?:`|\.raw|<)/);
  }
});

test('what is compared between processes is dated by the store, not by the clock of one of them', () => {
  for (const { path, code } of files) {
    if (path !== CLOCK) expect(code, path).not.toMatch(/(?:store|options|tx)\.clock\.nowUs|Date\.now\(\)/);
    if (path.startsWith('src/record/') && path !== CLOCK) expect(code, path).not.toMatch(/\bclock\.nowUs\b/);
  }
});

function dialectsIn(code: string): readonly string[] {
  return ONE_DIALECT.flatMap((pattern) => code.match(pattern)?.[0] ?? []);
}

function withoutComments(code: string): string {
  return code.replaceAll(/\/\*[\s\S]*?\*\//g, '').replaceAll(/^\s*\/\/.*$/gm, '');
}
