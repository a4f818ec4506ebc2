/** A database's refusal of a row because one with its key is there already. */

/**
 * PostgreSQL 23505, MySQL 1062, SQLite, SQL Server 2627 and 2601, Oracle, MongoDB, Cloud Spanner, DynamoDB; the classes of
 * drivers and mappers: psycopg, asyncpg, Ruby's pg, Active Record, Sequelize, Doctrine, Spring, Prisma.
 */
const DUPLICATE =
  /\bduplicate (?:key|entry)\b|\bUniqueViolation(?:Error)?\b|\bRecordNotUnique\b|\bUniqueConstraint(?:Error|Violation\w{0,10})\b|\bDuplicateKeyException\b|\bP2002\b|\bunique (?:key )?constraint\b|\bORA-00001\b|\bE11000\b|\bSQLSTATE\W{0,2}23505\b|\bConditionalCheckFailed/i;

export function saysDuplicate(text: string): boolean {
  return DUPLICATE.test(text);
}
