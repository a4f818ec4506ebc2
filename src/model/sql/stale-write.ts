/** A write that an optimistic lock refused: somebody else changed the row since it was read. */

/**
 * Hibernate and JPA, Spring Data, ActiveRecord, Entity Framework, SQLAlchemy, Ecto, Doctrine and TypeORM, Sequelize,
 * Elasticsearch, CouchDB, event stores.
 */
const STALE =
  /\bStale(?:ObjectState|Object|Data|Entry|State)(?:Exception|Error)\b|optimistic ?lock|\bDb?UpdateConcurrencyException\b|\bwas updated or deleted by another transaction\b|\bunexpected row count from update\b|\bexpected to (?:update|affect) \d{1,6} row\(s\)|\bstale (?:object|struct|model instance)\b|\bversion_?conflict|\bdocument update conflict\b|\bWrongExpectedVersion/i;

export function saysStale(text: string): boolean {
  return STALE.test(text);
}
