/**
 * The texts that the servers count statements under, as the statements they stand for. Checked with the digests of
 * MySQL 9.7 and MariaDB 10.11 in `test/fixtures/databases/digests.json`.
 */
import type { Row } from '#adapters/database-connection.ts';

/** Before a statement that a client has prepared: MySQL 9 counts its preparation apart. */
const PREPARED = 'PREPARE ';
const EXECUTED = 'EXECUTE ';

/** Without the preparations, which no span is about. */
export function statementRows(rows: readonly Row[]): readonly Row[] {
  return rows.flatMap(({ query, ...row }) => {
    const digest = String(query);
    return digest.startsWith(PREPARED) ? [] : [{ ...row, query: statementOf(digest) }];
  });
}

/**
 *  EXECUTE SELECT `id` FROM `t` LIMIT ?, ...  →  SELECT `id` FROM `t` LIMIT ?
 *  INSERT INTO `t` VALUES (...) , ... (as a comment)  →  INSERT INTO `t` VALUES (?), (?)
 */
function statementOf(digest: string): string {
  const statement = digest.startsWith(EXECUTED) ? digest.slice(EXECUTED.length) : digest;
  // Three dots at the end of a text would say that it was truncated.
  return statement.replaceAll(') /* , ... */', '), (?)').replaceAll('?, ...', '?').replaceAll('(_charset) ', '');
}
