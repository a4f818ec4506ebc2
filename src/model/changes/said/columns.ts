/**
 * Columns that a migration changes, where the failure names just this column: a value does not fit it, or nobody knows it.
 *
 *   +  ALTER TABLE answers RENAME COLUMN q7_n TO q7;     Numeric value 'none' is not recognized … column "ANSWERS"["Q7":11]
 *   -  desk.floor integer                                column desk.floor does not exist
 */
import type { Touched } from '#model/changes/said/values.ts';

const ONE = String.raw`["'\`[]{0,2}(?:\w{1,80}["'\`\]]{0,2}[.[]["'\`[]{0,2}){0,3}(\w{1,80})`;

/**
 * How databases say that a value does not fit a column, in lower case. Each form has the column's name: Snowflake 100038 and
 * its kin, MySQL 1048, 1264, 1265, 1366 and 1406, PostgreSQL 22P02 with its context, 23502 and 42804, SQL Server 515 and
 * 2628, ORA-01400 and ORA-12899, BigQuery, Redshift, ClickHouse, SQLite.
 * https://docs.snowflake.com/en/user-guide/data-load-bulk-ts, https://dev.mysql.com/doc/mysql-errors/8.4/en/server-error-reference.html
 */
const SAID_UNFIT = [
  String.raw`\b(?:is not recognized|is too long and would be truncated|is not a valid \w{1,20}|out of range)\b[^\n]{0,200}?\bcolumn ${ONE}`,
  String.raw`\b(?:incorrect \w{1,20} value|data too long|data truncated|out of range value)\b[^\n]{0,200}?\bcolumn ${ONE}`,
  String.raw`\b(?:invalid input syntax for|value too long for|numeric field overflow|out of range)\b[^]{0,300}?\bcopy \w{1,80}, line \d{1,12}, column ${ONE}`,
  String.raw`\b(?:column|field) ${ONE}["'\`]? (?:is of type|cannot be null|doesn't have a default value|has changed type|is of unexpected type)\b`,
  String.raw`\bnull value in column ${ONE}`,
  String.raw`\b(?:would be truncated|cannot insert (?:the value )?null into)\b[^\n]{0,200}?\bcolumn ${ONE}`,
  String.raw`\b(?:value too large for column|cannot insert null into) \(?${ONE}`,
  String.raw`\bcould not parse ['"][^\n]{0,80}['"] as \w{1,20} for field ${ONE}`,
  String.raw`\bcolumn \d{1,4}, name: ${ONE}, type:`,
  String.raw`\b(?:invalid digit|string length exceeds ddl length|overflow)\b[^\n]{0,200}?\bcol(?:umn|name)[ :=]{1,3}${ONE}`,
  String.raw`\bnot null constraint failed: ${ONE}`,
].map((form) => new RegExp(form, 'g'));

/** How they say that nobody knows a column: PostgreSQL 42703, MySQL 1054, SQL Server 207, ORA-00904, SQLite, warehouses. */
const SAID_UNKNOWN = [
  String.raw`\bcolumn ${ONE}["'\`]? (?:of relation \S{1,80} )?(?:does not exist|cannot be resolved)\b`,
  String.raw`\b(?:unknown column|invalid column name|no such column:?|invalid identifier|ora-00904:|unrecognized name:|missing columns:|unknown expression identifier) ${ONE}`,
  String.raw`\bwith name ${ONE}[\`"'] cannot be resolved\b`,
  String.raw`\btable \S{1,80} has no column named ${ONE}`,
].map((form) => new RegExp(form, 'g'));

/** The tables that a failure names beside a column. */
const SAID_TABLE =
  /\b(?:relation|table|into|from|update|copy) ["'`[]?(?:\w{1,80}["'`\]]?\.["'`[]?){0,2}([a-z_]\w{1,80})|["'`]?\b([a-z_]\w{1,80})["'`\]]{0,2}(?:\.["'`[]?|\[["'`])[a-z_]\w{0,80}/g;

/** Statements of migrations that change a column, each up to its end: SQL, Rails, Alembic, Django, Entity Framework, Liquibase. */
const CHANGES_COLUMN =
  /\b(?:alter\s{1,8}table\b[^;]{0,600}?\b(?:alter|modify|change|rename|drop|add)\b[^;]{0,300}|(?:change|rename|remove|drop|alter)_?columns?\w{0,10}\b[^;\n]{0,200}|(?:alter|remove|rename)_?field\b[^;]{0,200}|modify_?data_?type\b[^;]{0,200}|(?:add|drop)_?not_?null\w{0,12}\b[^;]{0,200})/gi;
/** Statements that only add a column, a rule or an index to the table. */
const ONLY_ADDS = /^alter\s{1,8}table\s{1,8}[^;]{0,200}?\badd\b(?![^;]{0,600}\b(?:alter|modify|change|rename|drop)\b)/i;
const BRINGS_RULE = /\bnot\s{1,4}null\b|\bunique\b|\bcheck\b/i;
/** What a column is before and after: a line of an entity, of a schema or of a description. */
const TYPES =
  /\b(?:(?:big|small|tiny|medium)?int(?:eger)?\d{0,2}|string|text|(?:n?var)?char\w{0,10}|number|numeric|decimal|double|float\d{0,2}|real|bool(?:ean)?|date\w{0,10}|time\w{0,12}|uuid|json\w{0,2}|bytes?|blob|enum|variant|column|field|not null|nullable)\b/i;
const ALTERED_TABLE =
  /\b(?:alter\s{1,8}table\s{1,8}(?:if\s{1,8}exists\s{1,8})?(?:only\s{1,8})?|(?:change|rename|remove|drop|alter)_column\w{0,10}[\s(:]{1,3}|\b(?:table|table_?name|model_?name)["']?\s{0,3}[:=]\s{0,3})["'`:[]{0,2}(?:\w{1,80}["'`\]]?\.["'`[]?)?(\w{2,80})|^\s{0,20}(\w{2,80})\.\w{1,80}\s{1,4}\w{3,20}\s{0,3}$/gim;

/** Empty where the failure names no column that the change alters. `failure`: in lower case. */
export function columnChanged({ added, removed, context }: Touched, failure: string): string {
  const [unfit, unknown] = [SAID_UNFIT, SAID_UNKNOWN].map((forms) => columnsIn(failure, forms)) as [Names, Names];
  if (unfit.length + unknown.length === 0) return '';
  const [now, before] = [added.toLowerCase(), removed.toLowerCase()];
  if (isOfOtherTable(`${now}\n${before}`, failure)) return '';
  const lost = unknown.find((name) => isTakenAway(name, now, before, context.toLowerCase()));
  if (lost !== undefined) return `it renames or drops the column ${lost}, which the failure misses`;
  const other = unfit.find((name) => isAltered(name, now, before));
  return other === undefined ? '' : `it changes the column ${other}, which a value does not fit`;
}

type Names = readonly string[];

function columnsIn(failure: string, forms: readonly RegExp[]): Names {
  return [
    ...new Set(
      forms.flatMap((form) =>
        Array.from(failure.matchAll(form), ([, name = '']) => name).filter((name) => name !== ''),
      ),
    ),
  ];
}

/** Both name tables, and none of them is the same. Both in lower case. */
export function isOfOtherTable(changed: string, failure: string): boolean {
  const altered = Array.from(changed.matchAll(ALTERED_TABLE), ([, one, other]) => singular(one ?? other ?? ''));
  const said = Array.from(failure.matchAll(SAID_TABLE), ([, one, other]) => singular(one ?? other ?? ''));
  const tables = said.filter((name) => name !== '' && !OF_NO_TABLE.test(name));
  return altered.length > 0 && tables.length > 0 && !altered.some((name) => tables.includes(name));
}

/** Words that stand there in sentences, names of programs, and ends of names of files. */
const OF_NO_TABLE =
  /^(?:the|a|an|this|that|column|table|field|file|value|connector|errors?|exception|sql|db|java|com|org|net|io|py|js|ts|rb|go|select|set|client|server|driver|engine|taskinstance|psycopg\d?|pg|mysql|snowflake|sqlalchemy|exc|dbapi|microsoft|data|sqlclient)$/;

function singular(name: string): string {
  return name.toLowerCase().replace(/s$/, '');
}

function statementsOf(text: string): Names {
  return (text.match(CHANGES_COLUMN) ?? []).filter((one) => !ONLY_ADDS.test(one) || BRINGS_RULE.test(one));
}

/** A statement takes the name away, or a line with it is gone. */
function isTakenAway(name: string, now: string, before: string, context: string): boolean {
  const takes = new RegExp(
    String.raw`\b(?:drop|rename|change)\s{1,8}(?:column\s{1,8})?(?:if\s{1,8}exists\s{1,8})?["'\`[]?${name}(?!\w)|\b(?:drop|remove|rename)_?(?:column|field)\w{0,3}\b[^;\n]{0,160}?(?<!\w)${name}(?!\w)`,
  );
  if (statementsOf(now).some((one) => takes.test(one))) return !isMadeAgain(name, now);
  const has = (text: string) => text.split('\n').some((line) => isWhole(name, line));
  return before.split('\n').some((line) => isWhole(name, line) && TYPES.test(line)) && !has(now) && !has(context);
}

/** `RENAME COLUMN q7_n TO q7` and `rename_column :users, :q7_n, :q7` give the name to another column. */
function isMadeAgain(name: string, now: string): boolean {
  return new RegExp(
    String.raw`\b(?:to|add\s{1,8}(?:column\s{1,8})?)\s{1,8}["'\`[]?${name}(?!\w)|\brename_?(?:column|field)\b[^;\n]{0,160}["'\`:]${name}["'\`]?\s{0,3}\)?\s{0,3}(?:;|$)`,
    'm',
  ).test(now);
}

function isAltered(name: string, now: string, before: string): boolean {
  if (statementsOf(now).some((one) => isWhole(name, one))) return true;
  const declared = (text: string) =>
    text
      .split('\n')
      .filter((line) => isWhole(name, line) && TYPES.test(line))
      .join('\n');
  const [was, is] = [declared(before), declared(now)];
  return was !== '' && is !== '' && was !== is;
}

function isWhole(name: string, line: string): boolean {
  return new RegExp(String.raw`(?<!\w)${name}(?!\w)`).test(line);
}
