/**
 * Values that a check rejected, as the message about it quotes them: the name of the field or of the index says that the
 * value is a secret.
 *
 *   Key (api_key)=(…) already exists.          Duplicate entry '…' for key 'clients.api_key'
 *   on field 'password': rejected value […]    "password" with value "…" fails to match
 *   {'loc': ('body', 'password'), 'msg': 'too short', 'input': '…'}
 */
import { type Form, form } from '#model/redaction/form.ts';

const NAME =
  '[\\w.-]{0,60}(?:pass(?:word|wd|phrase|code)?|pwd|secret(?:_?key)?|token|api[_-]?key|access[_-]?key|private[_-]?key|credentials?|[Pp]assword|[Ss]ecret|[Tt]oken|[Aa]pi_?[Kk]ey)';
const NO_MARK = String.raw`(?!\[redacted)`;
const QUOTE = String.raw`\\{0,15}["']`;
const IN_QUOTES = String.raw`${NO_MARK}[^"'\r\n\v\\]{1,400}`;
const IN_ROUND = String.raw`${NO_MARK}[^()\r\n\v]{1,400}(?=\))`;

export const REJECTED: readonly Form[] = [
  // postgresql.org/docs/current/errcodes-appendix.html, 23505 and 23503: the columns, then their values.
  rejected(['Key ('], String.raw`Key \((?:[\w", ()]{0,120}?[ ,"])?${NAME}"?(?:, [\w", ]{1,120})?\)=\(`, IN_ROUND),
  // dev.mysql.com/doc/mysql-errors/8.4/en, 1062
  rejected(
    ['Duplicate entry '],
    `Duplicate entry ${QUOTE}`,
    String.raw`${IN_QUOTES}(?=${QUOTE} for key ${QUOTE}${NAME}(?![A-Za-z]|_(?:name|ids?|type|count|status)\b))`,
  ),
  // learn.microsoft.com/sql/relational-databases/errors-events, 2601 and 2627
  rejected(
    ['The duplicate key value is ', 'he duplicate key value is '],
    String.raw`(?<=${NAME}(?![A-Za-z])[^\r\n\v]{0,160})T?he duplicate key value is \(`,
    IN_ROUND,
  ),
  // docs.spring.io, FieldError
  rejected(
    ['on field '],
    String.raw`on field ${QUOTE}${NAME}${QUOTE}: rejected value \[`,
    String.raw`${NO_MARK}[^\]\r\n\v]{1,400}(?=\])`,
  ),
  // joi.dev/api: `{{#label}} with value {:[.]} fails to match`
  rejected(['with value '], `(?<=${NAME}${QUOTE} )with value ${QUOTE}`, IN_QUOTES),
  // jakarta.ee/specifications/bean-validation: a violation with its path and the value
  rejected(
    ['propertyPath='],
    String.raw`propertyPath=${NAME},[^\r\n\v{}]{0,300}?\binvalidValue=${QUOTE}?`,
    String.raw`${NO_MARK}[^\s,;"'{}\\]{1,400}`,
  ),
  // docs.pydantic.dev/latest/errors/errors: the place of the value is a list that ends with its name.
  rejected(
    ['loc'],
    String.raw`loc${QUOTE}?: ?[[(](?:[^\])\r\n\v]{0,120}[ ,])?${QUOTE}${NAME}${QUOTE},?[)\]][^{}\r\n\v]{0,400}?${QUOTE}input${QUOTE}: ?${QUOTE}`,
    IN_QUOTES,
  ),
  // The same as text: the name of the field stands alone on the line above.
  rejected(
    ['input_value='],
    String.raw`(?<=(?:^|[\n\v])${NAME}\r?[\n\v][^\r\n\v]{0,300})input_value=${QUOTE}`,
    IN_QUOTES,
  ),
];

/** `kept` stays, `value` is redacted. */
function rejected(beginnings: readonly string[], kept: string, value: string): Form {
  return form('secret', beginnings, `(${kept})(?:${value})`);
}
