/**
 * A statement was prepared before a table was altered, and its plan no longer fits.
 *
 *   + ALTER TABLE chair ADD COLUMN heated boolean        cached plan must not change result type
 */
import type { Touched } from '#model/changes/said/values.ts';

/**
 * PostgreSQL (0A000) with pgJDBC, pgx and Active Record, asyncpg, MySQL 1615, ORA-04068, TiDB 8027 and 8028, SQLite's
 * SQLITE_SCHEMA, YugabyteDB; in lower case.
 */
const PLAN_IS_OLD =
  /\bcached plan must not change result type\b|\bcached statement plan is invalid\b|\binvalidcachedstatementerror\b|\bpreparedstatementcacheexpired\b|\bstatement needs to be re-?prepared\b|\bora-04068\b|\binformation schema is (?:changed|out of date)\b|\bdatabase schema has changed\b|\bschema version mismatch for table\b/;

/** SQL, Active Record, Alembic, Django, Laravel, Knex: with the table that each names. */
const ALTERS =
  /\balter\s{1,8}table\s{1,8}(?:if\s{1,8}exists\s{1,8})?(?:only\s{1,8})?["`[]?([\w.]{1,100})|\b(?:add|remove|change|rename|drop|alter)_column\w{0,8}\W{1,4}(\w{1,100})|\b(?:add|alter|remove|rename)field\(\s{0,8}(?:model_name\s{0,2}=\s{0,2})?["'](\w{1,100})|\bschema(?:::|\.)(?:table|altertable)\(\s{0,4}["'](\w{1,100})/gi;
const STATEMENT =
  /\bselect\b.{1,400}?\bfrom\b|\binsert\s{1,3}into\b|\bdelete\s{1,3}from\b|\bupdate\s{1,3}\S{1,100}\s{1,3}set\b/s;
const OF_STATEMENT = /\b(?:update|insert\s{1,3}into|from|join)\s{1,3}["'`]?([\w.]{1,100})/g;

/** The table that it alters; empty where the failure is no old plan, or names other tables. `said`: in lower case. */
export function planOutdated({ added, removed, context }: Touched, said: string): string {
  if (!PLAN_IS_OLD.test(said)) return '';
  const altered = namesIn(`${added}\n${removed}\n${context}`.toLowerCase(), ALTERS);
  const asked = new Set(STATEMENT.test(said) ? namesIn(said, OF_STATEMENT) : []);
  const table = altered.find((name) => asked.size === 0 || asked.has(name));
  return table === undefined
    ? ''
    : `it alters the table ${table}, and statements that were prepared before no longer fit`;
}

/** Without the schema before the table. */
function namesIn(text: string, pattern: RegExp): readonly string[] {
  return Array.from(text.matchAll(pattern), ([, ...names]) => {
    const name = names.find((each) => each !== undefined) ?? '';
    return name.slice(name.lastIndexOf('.') + 1);
  });
}
