/**
 * A column, an identity or a sequence has no number left for the next row.
 *
 *   INSERT INTO tickets …   id 2147483646   stored
 *   INSERT INTO tickets …   id 2147483647   stored: the largest number of an `INT`
 *   INSERT INTO tickets …   Duplicate entry '2147483647' for key 'tickets.PRIMARY'     ← and so on for each row
 *
 * MySQL gives the last number again (1062) or fails to read the next one (1467), PostgreSQL 2200H, SQL Server 8115, Oracle
 * ORA-08004, Active Record before it asks the database.
 * https://dev.mysql.com/doc/refman/8.4/en/example-auto-increment.html
 * https://www.postgresql.org/docs/current/functions-sequence.html
 */

/** The largest values of integers of one to eight bytes, signed and unsigned. */
const LARGEST =
  '(?:127|255|32767|65535|8388607|16777215|2147483647|4294967295|9223372036854775807|18446744073709551615)';

/** The key of the row is the largest number of its type. */
const DUPLICATE = new RegExp(
  [
    `\\bDuplicate entry '${LARGEST}' for key '(?:[\\w$]{1,64}\\.)?PRIMARY'`,
    `\\bKey \\([\\w"]{1,66}\\)=\\(${LARGEST}\\) already exists\\b`,
  ].join('|'),
  'i',
);
const STATED =
  /\bfailed to read auto-?increment value\b|\breached (?:maximum|minimum) value of sequence\b|\barithmetic overflow error converting IDENTITY to data type\b|\bORA-08004\b|\bis out of range for ActiveModel::Type::Integer\b/i;

/**
 * How a line says that numbers came to their end: it states that (`stated`), or it refuses the largest number once more
 * (`repeated`), which a row with that number may do by chance; undefined where it says neither.
 */
export function numbersEnded(line: string): 'stated' | 'repeated' | undefined {
  if (STATED.test(line)) return 'stated';
  return DUPLICATE.test(line) ? 'repeated' : undefined;
}
