/**
 * Values that a check rejected, as the message about it quotes them: the name of the field or of the index says that the
 * value is a secret.
 *
 *   Key (api_key)=(…) already exists.          Duplicate entry '…' for key 'clients.api_key'
 *   on field 'password': rejected value […]    "password" with value "…" fails to match
 *   {'loc': ('body', 'password'), 'msg': 'too short', 'input': '…'}
 */
import { type Form, form, secret } from '#model/redaction/form.ts';
import { NO_MARK, QUOTE } from '#model/redaction/pattern-parts.ts';

const NAME =
  '[\\w.-]{0,60}(?:pass(?:word|wd|phrase|code)?|pwd|secret(?:_?key)?|token|api[_-]?key|access[_-]?key|private[_-]?key|credentials?|[Pp]assword|[Ss]ecret|[Tt]oken|[Aa]pi_?[Kk]ey|PASS(?:WORD|WD|PHRASE)?|SECRET(?:_KEY)?|TOKEN|API_?KEY|(?:ACCESS|PRIVATE|SIGNING|ENCRYPTION)_KEY|CREDENTIALS?|(?:secret_key|SECRET_KEY)_(?:base|BASE))';
/** Columns with numbers of persons, as people call them most often. */
const NUMBER =
  '(?:ssn|social_security_(?:number|no)|nino|national_(?:id|insurance)(?:_(?:number|no))?|nhs_(?:number|no)|tax_(?:id|number)|passport_(?:number|no)|personnummer|personal_(?:id|code)|bsn|pesel|cpf|dni|curp|kvnr|codice_fiscale|steuer_id|aadhaar(?:_(?:number|no))?)';
const CLOSED = String.raw`\\{0,15}["'\x60\])]{0,2}`;
/** Letters and a digit, or a sign: no word of the message. */
const CHOSEN = String.raw`(?![-$<*{%\[|])(?=[^\s"']{0,200}[A-Za-z])(?=[^\s"']{0,200}[\d!@#$^&*+?~])(?!\d{1,6}[a-z]{1,12}(?![\w])|[A-Z]{2,8}-\d|https?:|(?:[A-Z][a-z]{1,20}){2,6}\d{0,2}(?![\w]))[^\s"'\x60<>|;,()]{8,400}`;
const IN_QUOTES = String.raw`${NO_MARK}[^"'\r\n\v\\]{1,400}`;
/** What a check calls the kind of a value. */
const TYPES =
  '(?:string|number|boolean|object|undefined|null|nan|array|integer|date|bigint|symbol|function|unknown|never|void|None|nil)';
const IN_ROUND = String.raw`${NO_MARK}[^()\r\n\v]{1,400}(?=\))`;

export const REJECTED: readonly Form[] = [
  // postgresql.org/docs/current/errcodes-appendix.html, 23505 and 23503: the columns, then their values.
  secret(['Key ('], String.raw`Key \((?:[\w", ()]{0,120}?[ ,"])?${NAME}"?(?:, [\w", ]{1,120})?\)=\(`, IN_ROUND),
  form(
    'national-id',
    ['Key ('],
    String.raw`(Key \((?:[\w", ()]{0,120}?[ ,"])?${NUMBER}"?(?:, [\w", ]{1,120})?\)=\()${IN_ROUND}`,
  ),
  form(
    'national-id',
    ['Duplicate entry '],
    String.raw`(Duplicate entry ${QUOTE})${IN_QUOTES}(?=${QUOTE} for key ${QUOTE}[\w.-]{0,60}?(?<![A-Za-z])${NUMBER}(?![A-Za-z_]))`,
  ),
  // dev.mysql.com/doc/mysql-errors/8.4/en, 1062
  secret(
    ['Duplicate entry '],
    `Duplicate entry ${QUOTE}`,
    String.raw`${IN_QUOTES}(?=${QUOTE} for key ${QUOTE}${NAME}(?![A-Za-z]|_(?:name|ids?|type|count|status)\b))`,
  ),
  // learn.microsoft.com/sql/relational-databases/errors-events, 2601 and 2627
  secret(
    ['The duplicate key value is ', 'he duplicate key value is '],
    String.raw`(?<=${NAME}(?![A-Za-z])[^\r\n\v]{0,160})T?he duplicate key value is \(`,
    IN_ROUND,
  ),
  // docs.spring.io, FieldError
  secret(
    ['on field '],
    String.raw`on field ${QUOTE}${NAME}${QUOTE}: rejected value \[`,
    String.raw`${NO_MARK}[^\]\r\n\v]{1,400}(?=\])`,
  ),
  // joi.dev/api: `{{#label}} with value {:[.]} fails to match`
  secret(['with value '], `(?<=${NAME}${QUOTE} )with value ${QUOTE}`, IN_QUOTES),
  // docs.spring.io, "Binding configuration properties" (`under '…': value "…"`), docs.djangoproject.com, "Validators",
  // zod.dev, "Error customization", docs.pydantic.dev: the name in quotes, what is wrong, and the value in quotes
  secret(
    ['value', 'Value', 'got', 'received', 'given', 'actual', 'input'].flatMap((word) =>
      ['"', "'", '\\'].flatMap((quote) => [`${word} ${quote}`, `${word}: ${quote}`]),
    ),
    String.raw`(?<=["'\x60\[(. ]${NAME}${CLOSED}[:,;]? (?:[^\r\n\v"'=]{0,120}[ (,:;])?)(?:[vV]alue|got|received|given|actual|input):? ${QUOTE}`,
    String.raw`(?![\s,.]|(?:string|number|boolean|object|undefined|null|true|false|array|integer|None|nil)\\{0,15}["'])(?=[^"'\r\n\v\\]{0,200}(?:[\d!@#$^&*+?~]|[a-z][A-Z]|[a-z] [a-z]))${IN_QUOTES}(?=${QUOTE})`,
  ),
  // api.rubyonrails.org, Rails::Application, "secret_key_base": what it must be, a colon, the value
  secret(
    ['must ', 'should ', 'expected ', 'is not ', 'does not ', 'cannot ', 'needs ', 'has to '],
    String.raw`(?<=${NAME}${CLOSED}:? (?:[^\r\n\v"'=:]{0,60} )?)(?:must|should|expected|is not|does not|cannot|needs|has to) [^\r\n\v"':=]{1,100}(?:: |, (?:but )?(?:got|was|received|is):? |[(,] ?(?:got|given|received|was|value)[:=]? )`,
    CHOSEN,
  ),
  // jakarta.ee/specifications/bean-validation: a violation with its path and the value
  secret(
    ['propertyPath='],
    String.raw`propertyPath=${NAME},[^\r\n\v{}]{0,300}?\binvalidValue=${QUOTE}?`,
    String.raw`${NO_MARK}[^\s,;"'{}\\]{1,400}`,
  ),
  // docs.pydantic.dev/latest/errors/errors: the place of the value is a list that ends with its name.
  secret(
    ['loc'],
    String.raw`loc${QUOTE}?: ?[[(](?:[^\])\r\n\v]{0,120}[ ,])?${QUOTE}${NAME}${QUOTE},?[)\]][^{}\r\n\v]{0,400}?${QUOTE}input${QUOTE}: ?${QUOTE}`,
    IN_QUOTES,
  ),
  // zod.dev, "Error formatting": the path and the value of an issue, in either order
  secret(
    ['path'],
    String.raw`path${QUOTE}?: ?\[(?:[^\]\r\n\v]{0,120}[ ,])?${QUOTE}${NAME}${QUOTE}\][^{}\r\n\v]{0,300}?${QUOTE}?(?:received|input|value|actual)${QUOTE}?: ?${QUOTE}`,
    String.raw`(?!${TYPES}${QUOTE})${IN_QUOTES}(?=${QUOTE})`,
  ),
  secret(
    ['received', 'input', 'actual'],
    String.raw`(?:received|input|actual)${QUOTE}?: ?${QUOTE}`,
    String.raw`(?!${TYPES}${QUOTE})${IN_QUOTES}(?=${QUOTE}[^{}\r\n\v]{0,300}?path${QUOTE}?: ?\[(?:[^\]\r\n\v]{0,120}[ ,])?${QUOTE}${NAME}${QUOTE}\])`,
  ),
  // pkg.go.dev/github.com/kelseyhightower/envconfig, ParseError; pkg.go.dev/strconv, NumError: behind the name
  secret(
    ['converting ', 'strconv.'],
    String.raw`(?<=${NAME}${CLOSED}[: ][^\r\n\v"']{0,80})(?:converting|strconv\.\w{3,12}: parsing) ${QUOTE}`,
    String.raw`${IN_QUOTES}(?=${QUOTE}(?: to type|:))`,
  ),
  // pkg.go.dev/gopkg.in/yaml.v3, TypeError: the value, and the type or the member behind it
  secret(
    ['str '],
    String.raw`(?<=cannot unmarshal !!)str \x60`,
    String.raw`${NO_MARK}[^\x60\r\n\v]{1,400}(?=\x60 into [^\r\n\v]{0,80}?${NAME}(?![A-Za-z]))`,
  ),
  // symfony.com/doc, "Defining and Processing Configuration Values": the value, and the path of the setting
  secret(
    ['value "', "value '", 'value \\'],
    `value ${QUOTE}`,
    String.raw`${IN_QUOTES}(?=${QUOTE} is not allowed for path ${QUOTE}${NAME}${QUOTE})`,
  ),
  // doc.rust-lang.org/std/fmt/trait.Debug.html: an error whose name says what was wrong with its member
  secret(
    ['key: "', 'value: "', 'input: "', 'got: "', 'key: \\', 'value: \\'],
    String.raw`(?<=(?:Key|Secret|Token|Password|Credentials?)\w{0,20}(?: \{ |\()(?:\w{1,20}: [^{}"]{1,40}, )?)(?:key|value|input|got): ${QUOTE}`,
    String.raw`(?=[^"\s]{0,400}\d)(?=[^"\s]{0,400}[A-Za-z])${NO_MARK}[^"'\s\\]{12,400}(?=${QUOTE})`,
  ),
  // The same as text: the name of the field stands alone on the line above.
  secret(
    ['input_value='],
    String.raw`(?<=(?:^|[\n\v])${NAME}\r?[\n\v][^\r\n\v]{0,300})input_value=${QUOTE}`,
    IN_QUOTES,
  ),
];
