/** A database's refusal of a row because one with its key is there already. */

/**
 * PostgreSQL 23505, MySQL 1062, SQLite, SQL Server 2627 and 2601, Oracle, MongoDB, Cloud Spanner, DynamoDB; the classes of
 * drivers and mappers: psycopg, asyncpg, Ruby's pg, Active Record, Sequelize, Doctrine, Spring, Prisma.
 */
const DUPLICATE =
  /\bduplicate (?:key|entry)\b|\bUniqueViolation(?:Error)?\b|\bRecordNotUnique\b|\bUniqueConstraint(?:Error|Violation\w{0,10})\b|\bDuplicateKeyException\b|\bP2002\b|\bunique (?:key )?constraint\b|\bORA-00001\b|\bE11000\b|\bSQLSTATE\W{0,2}23(?:505|P01)\b|\bExclusionViolation(?:Error)?\b|\bviolates exclusion constraint\b|\bConditionalCheckFailed/i;

export function saysDuplicate(text: string): boolean {
  return DUPLICATE.test(text);
}

/** PostgreSQL's SQLSTATE (also of an exclusion constraint), SQL Server's, MySQL's, Oracle's and MongoDB's numbers. */
const CODES: Readonly<Record<string, RegExp>> = {
  postgresql: /^23(?:505|P01)$/,
  'microsoft.sql_server': /^26(?:27|01)$/,
  mysql: /^(?:1062|1586)$/,
  mariadb: /^(?:1062|1586)$/,
  'oracle.db': /^(?:ORA-)?0{0,4}1$/,
  mongodb: /^1100[01]$/,
};

/** `code`: the response status that the database's own driver records. */
export function isDuplicateCode(system: string, code: string): boolean {
  return CODES[system]?.test(code) === true;
}
