/**
 * Secrets in lines that programs read or write: a record of the kernel's audit, a test that fills in a form, the captured
 * hash of a login, a file of parameters. Each row follows the page above it. What stands before a value stays, as in
 * `placed.ts`.
 */
import { type Form, secret } from '#model/redaction/form.ts';
import { BREAK, LINE_END, NO_PLACEHOLDER, QUOTE } from '#model/redaction/pattern-parts.ts';

const IN_QUOTES = String.raw`${NO_PLACEHOLDER}[^"'\x60\r\n\v\\]{3,200}(?=\\{0,15}["'\x60])`;
/** Letters of both cases and a digit: no word of a message. */
const CHOSEN = String.raw`(?=\S{0,60}[a-z])(?=\S{0,60}[A-Z])(?=\S{0,60}\d)${NO_PLACEHOLDER}[^\s"'\x60<>|;]{6,128}`;
/** One argument in a record of the audit, and several. */
const ARGUMENT = String.raw`a\d{1,2}="[^"\r\n\v]{0,200}" `;
/** A field of a form, by what finds it in a page. */
const FIELD = '[pP]ass(?:word|wd|phrase|code)|PASSWORD|[sS]alasana|[kK]ennwort|[cC]ontrase|[mM]ot-?[dD]e-?[pP]asse';
const TYPES =
  'send_keys|sendKeys|type|fill|setValue|set_value|typeText|clearValue|addValue|press_sequentially|pressSequentially|SendKeys|FillAsync|TypeAsync';

export const LINES_OF_PROGRAMS: readonly Form[] = [
  // man7.org, auditd(8), "EXECVE": htpasswd(1) with -b ends with the password; an option names the argument behind it
  secret(
    ['EXECVE '],
    String.raw`EXECVE [^\r\n\v]{0,120}?a0="[\w./-]{0,100}htpasswd" a1="-\w{0,8}b\w{0,8}" (?:${ARGUMENT}){2}a\d="`,
    String.raw`${NO_PLACEHOLDER}[^"\r\n\v]{1,200}(?=")`,
  ),
  secret(
    ['EXECVE '],
    String.raw`EXECVE [^\r\n\v]{0,120}?a0="[\w./-]{0,100}" (?:${ARGUMENT}){0,20}?a\d{1,2}="(?:--?(?:password|passwd|pass|passphrase|token|secret|api-key)|(?<=a0="[\w./-]{0,100}sshpass" a1=")-p)" a\d{1,2}="`,
    String.raw`${NO_PLACEHOLDER}[^"\r\n\v]{3,200}(?=")`,
  ),
  // selenium.dev/documentation, "Keyboard"; docs.cypress.io, "type"; playwright.dev, "locator.fill"; webdriver.io, "setValue"
  secret(
    TYPES.split('|').map((name) => `${name}(`),
    String.raw`(?<=(?:${FIELD})[^\r\n\v()]{0,40}\){1,2}\.(?:(?:clear|click|first|focus)\(\)\.){0,3})(?:${TYPES})\(${QUOTE}`,
    IN_QUOTES,
  ),
  secret(
    ['fill(', 'type(', 'fill_in ', 'fillField(', 'typeText('],
    String.raw`[a-zA-Z_]{4,9}[( ]${QUOTE}[^"'\r\n\v]{0,60}(?:${FIELD})[^"'\r\n\v]{0,20}(?:["']\])?${QUOTE},\s?(?:with:\s?)?${QUOTE}`,
    IN_QUOTES,
  ),
  // docs.cypress.io, "Command Log": what found the field, and below it what was typed
  secret(
    ['get ', 'find '],
    String.raw`(?:get|find)[ \t]{1,12}(?:input|textarea)?[#.[][^\r\n\v]{0,60}(?:${FIELD})[^\r\n\v]{0,30}${BREAK}(?:[ \t]{0,8}-?(?:clear|click|focus)${BREAK}){0,3}[ \t]{0,8}-?type[ \t]{1,12}`,
    String.raw`${NO_PLACEHOLDER}[^\s{][^\r\n\v{]{2,100}`,
  ),
  // hashcat.net/wiki, "Example hashes", 5500 and 5600: the user, the domain, the challenge, what answers it
  secret(
    ['NTLMv', 'NetNTLM', 'netntlm', 'Net-NTLM', 'NetNTLMv'],
    String.raw`[A-Za-z-]{4,8}[^\r\n\v]{0,60}?[\w.$@-]{1,64}::[\w.-]{0,64}:[0-9a-fA-F]{16}:`,
    '[0-9a-fA-F]{32}:[0-9a-fA-F]{20,4000}',
  ),
  secret(
    ['NTLMv1', 'NetNTLM', 'netntlm', 'Net-NTLM'],
    String.raw`[A-Za-z-]{4,8}[^\r\n\v]{0,60}?[\w.$@-]{1,64}::[\w.-]{0,64}:`,
    '[0-9a-fA-F]{48}:[0-9a-fA-F]{48}(?=:[0-9a-fA-F]{16})',
  ),
  // w1.fi/wpa_supplicant, wpa_cli(8), at its own prompt
  secret(
    ['set_network '],
    String.raw`set_network \d{1,3} (?:psk|password|sae_password|wep_key\d|private_key_passwd|pin) (?:${QUOTE}){0,2}`,
    String.raw`(?:(?<=["'])[^"'\r\n\v\\]{1,128}(?=\\{0,15}["'])|${NO_PLACEHOLDER}[^\s"']{3,128})`,
  ),
  // docs.oracle.com/en/database, "Data Pump", PARFILE; "SQL*Loader", USERID
  secret(
    ['userid=', 'USERID=', 'userid = ', 'USERID = '],
    String.raw`(?:userid|USERID) ?= ?["']?[A-Za-z][\w$#.]{0,63}\/(?:${QUOTE})?`,
    String.raw`${NO_PLACEHOLDER}(?:[^\s@"'\/\\]{1,128}(?=["'\\]{0,4}@)|(?=[^\s@"'\/\\]{0,60}\d)[^\s@"'\/\\]{6,128}(?=["']?${LINE_END}))`,
  ),
  // man7.org and savannah.nongnu.org, davfs2, "secrets": an address, a user, a password
  secret(
    ['https://', 'http://'],
    String.raw`(?<=(?:^|[\n\v])[ \t]{0,8})https?:\/\/[^\s"'/]{1,100}\/[^\s"']{0,80}dav[^\s"']{0,80}[ \t]{1,8}["']?[\w.@+-]{1,64}["']?[ \t]{1,8}["']?`,
    String.raw`(?!["']?\d{3}\b)${CHOSEN}(?=["']?${LINE_END})`,
  ),
  // learn.microsoft.com/openspecs, [MS-GPPREF], "cpassword": the key of its cipher is public
  secret(['cpassword='], String.raw`cpassword=${QUOTE}`, String.raw`[A-Za-z0-9+/]{8,400}={0,2}(?=\\{0,15}["'])`),
  // github.com/phpredis/phpredis, "PHP Session handler"
  secret(
    ['auth=', 'auth[]=', 'auth[pass]='],
    String.raw`(?<=(?:tcp|tls|ssl|unix|rediss?):\/\/[^\s"'<>]{1,160}[?&])auth(?:\[\w{0,4}\])?=`,
    String.raw`${NO_PLACEHOLDER}[^\s"'&<>]{3,200}`,
  ),
  // wireguard.com/quickstart: the key of 32 bytes that the command prints. One that goes on to `wg pubkey` prints the public one.
  secret(
    ['wg genkey', 'wg genpsk'],
    String.raw`wg gen(?:key|psk)(?![^\r\n\v]{0,160}pubkey)[^\r\n\v]{0,160}${BREAK}`,
    `[A-Za-z0-9+/]{43}=${LINE_END}`,
  ),
  // man7.org, xxd(1), od(1): “password=” or “password:” in hexadecimal digits, and what follows
  secret(
    ['70617373', '50617373', '50415353'],
    '',
    '(?:[57]0617373(?:776f7264|7764|706872617365)?|50415353(?:574f5244|5744)?)(?:20)?3[adAD](?:20)?(?:[2-7][0-9a-fA-F]){3,400}(?![0-9A-Za-z])',
  ),
  // pushover.net/api: the key of the user, beside the token of the application
  secret(
    ['user=', 'user":', "user':", 'user: '],
    String.raw`user(?:${QUOTE})?\s?[:=]\s?(?:${QUOTE})?(?:(?<=pushover[^\r\n\v]{0,300})|(?=[^\r\n\v]{0,300}pushover\.net))`,
    String.raw`u(?=[a-z]{0,30}\d)[A-Za-z0-9]{29}(?![A-Za-z0-9])`,
  ),
  // developer.flutterwave.com/docs/authentication: the key that encrypts a payload, by its usual names
  secret(
    ['ENC=', 'ENC: ', 'ENC_KEY=', 'ENC_KEY: '],
    String.raw`(?<=(?:^|[\s"'])[A-Z][A-Z\d]{1,30}_)ENC(?:_KEY)?(?:=|: )(?:${QUOTE})?`,
    '(?:FLWSECK[A-Za-z0-9_-]{5,40}|[0-9a-f]{64}|[0-9a-f]{48}|[0-9a-f]{32}|[0-9a-f]{24})(?![A-Za-z0-9-])',
  ),
];
