/** `pg-pool.connect`, `HikariPool.getConnection`, `acquire connection`: by these names libraries record that they wait for a connection. */
const NAMES =
  /(?:\b|_)(?:pool|datasource|hikaricp?)[\w-]*[ ._:](?:connect|acquire|checkout|borrow|get[_ ]?connection|wait)\b|\b(?:acquire|checkout|borrow|wait for|get)[ _.]?(?:db |database |pooled |a )?connection\b|\bconnection[ ._](?:acquire|checkout|wait)\b/i;

/** What each of those holds: compiled in a tenth of the time, and most names do not get beyond it. */
const MAY_NAME_POOL = /connection|pool|datasource|hikari/i;

/** Whether a span of this name is nothing but the wait for a connection: no query, though it may carry a database's attributes. */
export function isConnectionWait(operation: string): boolean {
  return MAY_NAME_POOL.test(operation) && NAMES.test(operation);
}
