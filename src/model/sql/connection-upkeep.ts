/** What a pool does with a connection before it lends it, and its words for a connection that it replaces by itself. */

/** database/sql with otelsql (`reset_session`, `ping`), JDBC (`isValid`), pools that test a connection before they lend it. */
const UPKEEP = /(?:^|[ ._:-])(?:reset_?session|ping|is_?valid|validate|test_?on_?borrow|connect)$/i;
/** `driver.ErrBadConn` of Go's database/sql. */
const BAD_CONNECTION = /\bdriver: bad conn/i;

/** By the name of the span. */
export function isConnectionUpkeep(operation: string): boolean {
  return UPKEEP.test(operation);
}

export function saysBadConnection(text: string): boolean {
  return BAD_CONNECTION.test(text);
}
