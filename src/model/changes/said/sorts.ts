/**
 * An index that a change drops, where a statement with just its columns fails because nothing sorts or finds rows for it.
 *
 *   +  db.orders.dropIndex("depot_1_deliveredAt_-1")      Sort exceeded memory limit of 104857600 bytes
 *   ▲── { find: orders, filter: { depot }, sort: { deliveredAt } } has both columns
 */
import type { Sides } from '#model/changes/effect.ts';

/** MongoDB (96, 292, 291, 27, 2), MySQL 1038 and 1176, ORA-01652, SQL Server 308 and 701, Firestore, Couchbase; in lower case. */
const SAYS_UNSORTED =
  /\bsort exceeded memory limit\b|\bsort operation used more than\b|\bqueryexceededmemorylimit\w{0,20}|\bexceeded memory limit for \$\w{3,10}|\bout of sort memory\b|\btoo much data for sort\(\)|\bhint provided does not correspond\b|\bplanner returned error\b|\bunable to find index\b|\btext index required\b|\bkey '[^'\n]{1,80}' doesn't exist in table\b|\bunable to extend temp segment\b|\bindex '?[^'\n]{1,80}'? on table .{1,80} does not exist\b|\bno index available\b/;
/** SQL, MongoDB's shell and drivers, Mongoose, Rails, Laravel, Alembic, Django, Prisma, Sequelize, knex. */
const DROPS =
  /\bdrop\s{1,4}index\b|\bdrop_?ind(?:ex|exes)\b|\bremove_?index\b|\bdrop(?:Unique|Key)\b|\bdrop\s{1,4}key\b/i;
const MAKES =
  /\b(?:create|add|ensure)_?\s{0,4}(?:unique\s{1,4})?ind(?:ex|exes)\b|@@index\b|\.index\(|\bkey\s{1,4}["'`]?\w{1,60}["'`]?\s{0,3}\(|\bdb_?index\b/i;
/** `db.orders.dropIndex(…)`, `… ON orders (…)`, `ALTER TABLE orders DROP INDEX …`, `remove_index :orders, …`. */
const TABLE =
  /\bdb\.(\w{2,60})\.|\bon\s{1,4}["'`]?(?:\w{1,60}\.)?(\w{2,60})|\btable\s{1,4}["'`]?(?:\w{1,60}\.)?(\w{2,60})|\b(?:remove|add)_index\W{1,4}(\w{2,60})|\bcollection\(["'](\w{2,60})/i;
/** Words of such statements, and parts that tools add to the names of indexes. */
const NO_COLUMN =
  /^(?:db|drop|create|add|ensure|remove|alter|table|index|indexes|indices|unique|concurrently|if|not|exists|on|using|btree|hash|key|keys|idx|ix|uq|asc|desc|name|true|false|background|column|columns|collection|await|schema|op|cascade|id|def|up|down|dropindex|createindex|ensureindex|addindex|removeindex|dropindexes|public|dbo|\d{1,4})$/;
const MOST_LINES = 40;
/** One column in common is chance where an index has more. */
const COLUMNS_IN_COMMON = 2;

/** `failure`: in lower case, with the statement that failed. Empty where that has another table or other columns. */
export function sortUnindexed({ added, removed }: Pick<Sides, 'added' | 'removed'>, failure: string): string {
  if (!SAYS_UNSORTED.test(failure)) return '';
  const made = linesOf(added).filter((line) => MAKES.test(line));
  const dropped = [
    ...linesOf(added).filter((line) => DROPS.test(line)),
    ...linesOf(removed).filter((line) => MAKES.test(line) && !made.includes(line)),
  ];
  const said = new Set(failure.match(/[a-z\d]+/g));
  const found = dropped.some((line) => isOfStatement(line, said));
  return found ? 'it drops an index whose columns the failing statement has' : '';
}

function linesOf(text: string): readonly string[] {
  return text.split('\n').slice(0, MOST_LINES);
}

function isOfStatement(line: string, said: ReadonlySet<string>): boolean {
  const table = (TABLE.exec(line) ?? []).slice(1).find((name) => name !== undefined) ?? '';
  const ofTable = partsOf(table);
  if (!ofTable.every((part) => said.has(part))) return false;
  const columns = partsOf(line).filter((part) => !NO_COLUMN.test(part) && !ofTable.includes(part));
  const common = [...new Set(columns)].filter((part) => said.has(part));
  return columns.length > 0 && common.length >= Math.min(COLUMNS_IN_COMMON, new Set(columns).size);
}

/** `depot_1_deliveredAt_-1` is `depot`, `1`, `deliveredat` and `1`: failures come in lower case, so no capital parts a word. */
function partsOf(text: string): readonly string[] {
  return text.toLowerCase().match(/[a-z\d]+/g) ?? [];
}
