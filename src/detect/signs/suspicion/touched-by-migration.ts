/**
 * Whether the failing or slow statements touch what a migration is about, where nobody recorded its statements or these are
 * of no known kind.
 *
 *   V142__orders_by_day.sql    ERROR: null value in column "till" of relation "orders"    ← orders
 *   274: reporting view        Duplicate entry '2147483647' for key 'visits.PRIMARY'      ← nothing
 */
import type { Change } from '#model/changes/change.ts';
import type { CodeChange } from '#model/changes/code-change.ts';
import { numbersEnded } from '#model/sql/ended-numbers.ts';
import { codeWords, isCompound } from '#model/text/code-words.ts';

/** What the statements ask, and what databases call what they refuse. */
const NAMED_IN =
  /\b(?:update|insert into|delete from|from|join|table|view|relation|column|index|constraint|key|collection|sequence)[:\s]{1,3}["'`[(]?([\w.$]{2,120})/gi;
const QUOTED = /["'`[]([A-Za-z_][\w.$]{1,120})["'`\]]/g;
/** The schema is not what the statement expects, in the words of PostgreSQL, MySQL, SQLite, SQL Server, Oracle and Cassandra. */
const OTHER_SCHEMA =
  /\b(?:column|relation|table|view|index|function|type|sequence|schema) ["'`]?[\w."'`]{1,120} (?:of relation \S{1,80} )?(?:does not|doesn't) exist\b|\bunknown column\b|\bno such (?:column|table)\b|\binvalid (?:column|object) name\b|\bora-0(?:0904|0942)\b|\bundefined (?:column|table|name)\b|\bunconfigured table\b|\bcached plan must not change\b/i;

/** Words of any migration. */
const OF_MIGRATIONS: ReadonlySet<string> = new Set(
  'migration migrate add create alter drop rename remove delete change set table tables column view schema index idx sql database constraint key primary unique row all old new version select insert update'.split(
    ' ',
  ),
);

/**
 * `said`: what the failures and the slow statements say. `isOwn`: the migration is of the service at fault. `isOfStatement`:
 * the cause is a statement, whose text may be unknown.
 */
export function isTouched(
  change: Pick<Change, 'id' | 'text' | 'files'>,
  code: CodeChange | undefined,
  { said, isOwn, isOfStatement }: Readonly<{ said: string; isOwn: boolean; isOfStatement: boolean }>,
): boolean {
  if (numbersEnded(said) !== undefined) return false;
  const names = namesIn(said);
  if (names.size === 0) return isOwn && isOfStatement;
  if (isOwn && OTHER_SCHEMA.test(said)) return true;
  const own = [...(code?.words ?? []), ...wordsOf(`${change.id} ${change.text} ${change.files.join(' ')}`)];
  return own.some((word) => names.has(word) && !OF_MIGRATIONS.has(word));
}

function wordsOf(text: string): readonly string[] {
  return codeWords(text.replaceAll(/[_\W\d]+/g, ' '));
}

/** Each part of the names of tables, columns and indexes, in lower case and in the singular. */
function namesIn(said: string): ReadonlySet<string> {
  const names = [NAMED_IN, QUOTED].flatMap((form) => Array.from(said.matchAll(form), ([, name = '']) => name));
  return new Set(names.flatMap((name) => wordsOf(name)).filter((word) => !isCompound(word)));
}
