/**
 * Secrets by their place in what tools of databases, clouds and configuration write: an argument without a name, a cell behind
 * its type, a file that a command writes. What stands before them stays, as in `placed.ts`.
 */
import { type Form, form, secret } from '#model/redaction/form.ts';
import { LINE_END, NO_PLACEHOLDER, QUOTE } from '#model/redaction/pattern-parts.ts';

const ARGUMENT = String.raw`${NO_PLACEHOLDER}[^\s"'\x60<>|;&()]{3,200}`;
const SECRET_NAME = String.raw`[\w.-]{0,60}(?:[pP]ass(?:word|wd|phrase)?|PASS(?:WORD|WD)?|[pP]wd|PWD|[sS]ecret|SECRET|[tT]oken|TOKEN|(?:[aA]pi|API|[aA]ccess|ACCESS|[pP]rivate|PRIVATE)[-_.]?(?:[kK]ey|KEY))`;

export const PLACED_BY_TOOLS: readonly Form[] = [
  // metacpan.org/pod/DBI, "TRACING", and Carp's traces: the source, the user, the password, the attributes
  secret(
    ['DBI->connect(', 'DBI::connect(', 'connect('],
    String.raw`(?:DBI(?:->|::))?connect\((?:['"]?DBI['"]?, ?)?['"]?dbi:[^,()'"\r\n\v]{1,200}['"]?, ?['"]?[^,()'"\r\n\v]{1,80}['"]?, ?['"]?`,
    String.raw`${NO_PLACEHOLDER}(?!undef\b|HASH\()[^\s,()'"][^,()'"\r\n\v]{0,200}(?=['"]?(?:, ?(?:['"]?HASH|\{|undef)|\)))`,
  ),
  // redis.io/docs/latest/commands/config-set: the name and the value are elements of a list
  secret(
    ['requirepass', 'masterauth', 'primaryauth', 'tls-key-file-pass'],
    String.raw`(?:requirepass|masterauth|primaryauth|tls-key-file-pass)${QUOTE},\s{0,8}${QUOTE}`,
    String.raw`${NO_PLACEHOLDER}(?!requirepass|masterauth|primaryauth|tls-)[^"'\r\n\v\\]{1,200}(?=${QUOTE})`,
  ),
  // redis.io/docs/latest/commands/migrate; linux.die.net/man/1/ftp; squid-cache.org/Doc/config/cache_peer
  secret(['AUTH2 '], String.raw`(?<=MIGRATE [^\r\n\v]{1,200} )AUTH2 \S{1,64} `, ARGUMENT),
  secret(['user '], String.raw`(?<=ftp> )user \S{1,64} `, ARGUMENT + LINE_END),
  secret(['login='], String.raw`(?<=cache_peer [^\r\n\v]{1,200} )login=[^\s:]{1,64}:`, ARGUMENT),
  // min.io/docs/minio/linux/reference/minio-mc/mc-alias-set: an id that a program made names nobody
  secret(
    ['mc alias set ', 'mc config host add '],
    String.raw`mc (?:alias set|config host add) \S{1,64} \S{1,200} (?=[A-Z\d]{16,32} )(?=[A-Z]{0,31}\d)`,
    `[A-Z\\d]{16,32} ${ARGUMENT}`,
  ),
  // developer.wordpress.org, "wp_generate_auth_cookie": the user, the time, a token and an HMAC
  form(
    'cookie',
    ['wordpress_', 'wordpress_logged_in_', 'wordpress_sec_'],
    String.raw`(wordpress_(?:logged_in_|sec_)?[0-9a-f]{32}=)(?!\[redacted)[^\s;,"'\\<>]{20,400}`,
  ),
  // docs.aws.amazon.com/cli/latest/reference/ssm/get-parameter, as text: the type, the value, the version
  secret(
    ['SecureString'],
    String.raw`SecureString[ \t]{1,8}`,
    String.raw`${NO_PLACEHOLDER}[^\s"']{3,4096}(?=[ \t]{1,8}\d{1,6}${LINE_END})`,
  ),
  // learn.microsoft.com/windows-server/administration/windows-commands/reg-query: the name, the type, the data
  secret(
    ['REG_SZ', 'REG_EXPAND_SZ'],
    String.raw`(?<=(?:^|\s)${SECRET_NAME}[ \t]{1,24})REG_(?:EXPAND_)?SZ[ \t]{1,24}`,
    String.raw`${NO_PLACEHOLDER}[^\s"'][^\r\n\v"']{0,200}?${LINE_END}`,
  ),
  // puppet.com/docs, "Reports": the old value and the new one of a property
  secret(
    ["changed '", 'changed "'],
    String.raw`(?<=[\]/ ][\w-]{0,40}(?:password|passwd|password_hash|secret|token|passphrase|api_key): )changed ["']`,
    String.raw`(?!\[)[^"'\r\n\v]{3,400}["'] to ["'][^"'\r\n\v]{3,400}(?=["'])`,
  ),
  // A file that a command writes, by its name: `echo 'x' > .vault_pass`
  secret(
    ['echo ', 'printf '],
    String.raw`(?:echo|printf) (?:-[neE]{1,3} )?`,
    String.raw`(?:"${NO_PLACEHOLDER}[^"\r\n\v]{3,200}"|'${NO_PLACEHOLDER}[^'\r\n\v]{3,200}'|(?!["'])${ARGUMENT})(?= ?>{1,2} ?["']?[\w.~/$\x7b\x7d-]{0,80}(?:[-_./]pass(?:word|wd|phrase)?|[-_.]secret|[-_.]token|[-_.](?:api|secret|private|master)[-_.]?key|(?:^|[/ ])(?:password|passwd|secret|token))(?:\.txt)?["']?(?:\s|;|&|$))`,
  ),
];
