/**
 * Secrets by their place in protocols, in settings files of single services, and in what stores of secrets answer. What stands
 * before them stays, as in `placed.ts`.
 */
import { type Form, form, secret } from '#model/redaction/form.ts';
import { LINE_END, NO_PLACEHOLDER, QUOTE } from '#model/redaction/pattern-parts.ts';

const IN_QUOTES = String.raw`${NO_PLACEHOLDER}[^"'\r\n\v\\]{3,200}(?=${QUOTE})`;
const ARGUMENT = String.raw`${NO_PLACEHOLDER}[^\s"'\x60<>|;&()]{3,200}`;
/** A letter and a digit, or a sign: no word of a sentence. */
const CHOSEN = String.raw`(?=[^\s"']{0,100}[A-Za-z])(?=[^\s"']{0,100}[\d!@#$%^&*_=+])${ARGUMENT}`;
/** Letters of both cases in several places and digits: no name, no number of a port. */
const RANDOM = String.raw`(?=(?:[a-z\d]{0,20}[A-Z]){2})(?=(?:[A-Z\d]{0,20}[a-z]){2})(?=[A-Za-z]{0,40}\d)[A-Za-z\d]{12,64}(?![\w+/=.-])`;

export const PLACED_BY_STORES: readonly Form[] = [
  // RFC 3584, section 5.2: a community is what SNMP checks. An autonomous system's community (RFC 1997) is two numbers.
  secret(
    ['community', 'Community'],
    String.raw`[cC]ommunity(?:[ _-](?:string|name))?(?:(?:${QUOTE})?\s?[:=]\s?(?:${QUOTE})?|(?<=(?:snmp|SNMP)[^\r\n\v]{0,120}) ${QUOTE})`,
    String.raw`(?!public\b|v[123]c?\b)(?=[^\s"']{0,64}[A-Za-z])(?=[^\s"']{0,64}\d)${NO_PLACEHOLDER}[^\s"'\x60<>|;&(),:/]{6,64}(?=[\s"',;\\)]|$)`,
  ),
  // monitoring-plugins.org, check_snmp(1) and check_ifstatus(1)
  secret(
    ['-C ', '--community '],
    String.raw`(?<=check_\w{0,20}(?:snmp|if\w{2,9})[^\r\n\v|;&]{0,200} )(?:-C|--community) (?:${QUOTE})?`,
    String.raw`(?!public\b)${ARGUMENT}`,
  ),
  // rfc-editor.org/rfc/rfc959, section 4.1.1, and RFC 1939: the command after USER, as servers write it into their logs
  secret(
    ['PASS '],
    String.raw`(?<=(?:ftp|FTP|pop3|POP3|[pP]op)[^\r\n\v]{0,160}["'] ?)PASS `,
    String.raw`${NO_PLACEHOLDER}(?!\(|XXX)[^\s"'\\]{3,128}(?=\\{0,15}["'])`,
  ),
  // core.tcl-lang.org/expect: what a script types after the question
  secret(
    ['send '],
    String.raw`send (?:--? )?"`,
    String.raw`${NO_PLACEHOLDER}[^"\r\n\v\\]{3,200}(?:(?<=[pP]ass(?:word|phrase|code)[^\r\n\v]{0,40}send (?:--? )?"[^"\r\n\v\\]{3,200})|(?=(?:\\{1,4}[rn]|[\r\n\v])" (?:after|on|to|for) [^\r\n\v]{0,12}[pP]ass(?:word|phrase|code)))(?=\\|[\r\n\v]|")`,
  ),
  // w3.org/TR/webdriver2, "Element Send Keys"; playwright.dev, "fill"; docs.cypress.io, "type": the field says what it is
  secret(
    ['sendKeys(', 'send_keys(', 'setValue(', 'fill(', 'type(', 'typeText('],
    String.raw`[a-zA-Z_]{4,9}\(${QUOTE}[^"',\r\n\v]{0,60}(?:[pP]ass(?:word|wd|phrase|code)?|[pP]wd|[sS]ecret|[tT]oken|[oO]tp|OTP)[^"',\r\n\v]{0,40}${QUOTE}, ?${QUOTE}`,
    IN_QUOTES,
  ),
  // “webhook secret used: "x"”
  secret(
    ['secret ', 'password ', 'passphrase ', 'token '],
    String.raw`[a-z]{5,10} (?:used|tried|sent|provided|configured|supplied)(?: (?:is|was))?: ?${QUOTE}`,
    String.raw`(?=[^"'\r\n\v]{0,100}[\d!@#$%^&*=+])${IN_QUOTES}`,
  ),
  // docs.fluentd.org, "Config File Syntax"; nginx.org, "Beginner's Guide": a name and its value in a line
  secret(
    ['token ', 'sec_key ', 'secret_key ', 'api_key ', 'access_key ', 'password ', 'passphrase '],
    String.raw`(?<=(?:^|[\r\n\v])[ \t]{0,16}[a-z][a-z_]{0,40}_)(?:token|sec_key|secret_key|api_key|access_key|password|passphrase)[ \t]{1,8}`,
    String.raw`(?=[^\s]{0,200}\d)${NO_PLACEHOLDER}[\w+/=.-]{16,200}${LINE_END}`,
  ),
  // The same with a key that somebody chose: its name is the whole line's, and the value may have a sign of comments
  secret(
    [
      'shared_key ',
      'secret_key ',
      'secret_key_base ',
      'access_key ',
      'api_key ',
      'private_key ',
      'auth_key ',
      'encryption_key ',
    ],
    String.raw`(?<=(?:^|[\r\n\v])[ \t]{0,16}(?:[a-z]{2,16}_){0,3})(?:shared|secret|access|api|private|auth|encryption)_key(?:_base)?[ \t]{1,16}(?:${QUOTE})?`,
    String.raw`(?!\/|\w{1,20}:\/\/)(?:(?=[^\s"']{0,60}[A-Za-z])(?=[^\s"']{0,60}\d)${ARGUMENT}|(?<=["'])${IN_QUOTES})(?=["']?;?[ \t]{0,8}(?:[\r\n\v]|$))`,
  ),
  // A user and a password by options of one letter: only what a program made, because the same letters name other things
  secret(
    ['-w ', '-p '],
    String.raw`(?<=\s)-[wp] (?:(?<= -u [^\r\n\v|;&]{1,160} )|(?=[A-Za-z\d]{12,64} [^\r\n\v|;&]{0,160}-u ))`,
    RANDOM,
  ),
  // docs.cyberark.com/conjur, "login"; docs.zerotier.com/cli: the token for its daemon
  secret(
    ['-p ', '--password '],
    String.raw`(?<=conjur (?:authn )?login [^\r\n\v|;&]{0,160})(?:-p|--password) `,
    ARGUMENT,
  ),
  secret(['-T'], String.raw`(?<=zerotier-cli [^\r\n\v|;&]{0,60})-T ?`, String.raw`[a-z\d]{20,40}(?![\w-])`),
  // help.perforce.com, "p4 login": the password on standard input, as other commands called `login` read it
  secret(
    ['echo '],
    String.raw`echo (?:-n )?(?:${QUOTE})?`,
    String.raw`${CHOSEN}(?=(?:${QUOTE})? ?\| ?(?:sudo )?[\w./-]{1,40} [^\r\n\v|;&]{0,160}\blogin\b)`,
  ),
  // guides.rubyonrails.org, "Action Controller": the cookie of a session; a service's own id of one begins otherwise
  form('cookie', ['_session_id='], String.raw`((?<![\w-])_session_id=)[0-9a-f]{32,128}(?![\w-])`),
  // yarnpkg.com/configuration/yarnrc
  secret(
    ['npmAuthIdent', 'npmAuthToken'],
    String.raw`npmAuth(?:Ident|Token)(?:${QUOTE})?\s?:\s?(?:${QUOTE})?`,
    String.raw`${NO_PLACEHOLDER}[^\s"'\\]{6,400}`,
  ),
  // learn.microsoft.com/rest/api/keyvault/secrets/get-secret: the address of the secret stands in the same object
  secret(
    ['value"', 'value\\'],
    String.raw`value${QUOTE}\s?:\s?${QUOTE}`,
    String.raw`(?!\[redacted)[^"\r\n\v\\]{1,4096}(?=${QUOTE})(?:(?<=\.vault\.azure\.net\/secrets\/[^[\]]{0,500})|(?=${QUOTE}[^[\]]{0,500}\.vault\.azure\.net\/secrets\/))`,
  ),
  // docs.cloud.google.com/secret-manager, "AccessSecretVersionResponse"
  secret(
    ['payload"', 'payload\\'],
    String.raw`payload${QUOTE}\s?:\s?\{\s{0,20}(?:${QUOTE}dataCrc32c${QUOTE}\s?:\s?${QUOTE}\d{1,12}${QUOTE},\s{0,20})?${QUOTE}data${QUOTE}\s?:\s?${QUOTE}`,
    String.raw`[A-Za-z0-9+/_-]{2,90000}={0,2}(?=${QUOTE})(?:(?<=\/secrets\/[^[\]]{0,200}payload[^[\]]{1,4096})|(?=${QUOTE}\s?,\s{0,20}${QUOTE}dataCrc32c))`,
  ),
  // docs.openstack.org/python-openstackclient, "ec2 credentials": a table of a name and a value
  secret(
    ['secret '],
    String.raw`(?<=\| {1,4})secret {1,24}\| `,
    String.raw`(?=[^\s|]{0,128}\d)[\w+/=.~-]{12,128}(?= {1,80}\|)`,
  ),
  // nzbget.com and others: what a failed login tried
  secret(
    ['invalid (', 'incorrect (', 'wrong (', 'rejected (', 'mismatch ('],
    String.raw`(?<=(?:[pP]assword|[cC]redentials|[lL]ogin)(?: (?:is|was|are))? )[a-z]{5,9} \([\w.@+-]{1,64}:`,
    String.raw`${NO_PLACEHOLDER}[^\s()]{3,128}(?=\))`,
  ),
  // cubrid.org/manual, "JDBC Driver": host, port, database, user, password
  secret(
    ['CUBRID:', 'cubrid:'],
    String.raw`(?:CUBRID|cubrid):[\w.-]{1,100}:\d{2,5}:[\w.-]{1,64}:[\w.-]{1,64}:`,
    String.raw`${NO_PLACEHOLDER}[^\s:"'?]{1,128}`,
  ),
  // deluge-torrent.org, "RPC": the arguments of a call that logs in
  secret(
    ["login'", 'login"', 'login '],
    String.raw`login\\{0,15}["']? (?:with )?args[:=] ?[([]${QUOTE}[^"'\r\n\v]{1,80}${QUOTE}, ?${QUOTE}`,
    IN_QUOTES,
  ),
  // pushover.net/api, "Registering your application": the key of the user beside the token
  secret(
    ['user='],
    String.raw`(?<=[?&\s:]token=[^&\s"']{1,100}&)user=`,
    String.raw`(?=[a-z]{0,30}\d)[a-z\d]{30}(?![\w-])`,
  ),
  // Behind what somebody says: “I reset it to `x` so you can log in”, “wifi at the cage: password x”, “unlock code … = x”
  secret(
    ['reset ', 'Reset ', 'set it ', 'changed it '],
    String.raw`(?:[rR]eset(?: it| them)?|set it|changed it) (?:back )?to [\x60"']`,
    String.raw`(?=[^\s\x60"']{0,60}\d)(?=[^\s\x60"']{0,60}[A-Z])(?=[^\s\x60"']{0,60}[a-z])${NO_PLACEHOLDER}[^\s\x60"']{8,60}(?=[\x60"'][^\r\n\v]{0,40}(?:log|sign|get) ?(?:in|on))`,
  ),
  secret(
    [
      ...[
        'password ',
        'passwort ',
        'Passwort ',
        'Kennwort ',
        'Password ',
        'pass ',
        'pw ',
        'key ',
        'psk ',
        'PSK ',
        'mdp ',
      ],
      ...['mot de passe ', 'clave ', 'contraseña ', 'senha ', 'wachtwoord ', 'hasło ', 'heslo ', 'parola '],
    ],
    String.raw`(?<=(?:[wW]i-?[fF]i|WLAN|wlan|SSID|ssid|[hH]otspot)(?![A-Za-z])(?:[^\r\n\v]{0,80}(?:[:,;(/] ?|[:/] ?[\w.-]{2,32} )| (?:name )?["'“]?[\w.-]{2,32}(?: [\w.-]{2,32})?["'”]? ))(?:[pP]ass(?:wor[dt])?|[kK]ennwort|pw|key|psk|PSK|mdp|mot de passe|clave|contraseña|senha|wachtwoord|has[lł]o|heslo|parola) ["'\x60“]?`,
    String.raw`(?:(?=[^\s"']{0,60}\d)${ARGUMENT}|[a-zà-ž]{3,20}(?:[-_.][a-zà-ž]{3,20}){2,6}|(?<=["'])(?=[^"'\r\n\v]{0,60}\d)[^"'\r\n\v\\]{8,63}(?=["']))(?=["'\x60”]?[.,;)]?(?:\s|$))`,
  ),
  secret(
    ['unlock code', 'Unlock code', 'door code', 'gate code', 'override code', 'unlock pin', 'unlock PIN'],
    String.raw`[a-zA-Z]{4,8} (?:code|pin|PIN)(?: (?:for|of|to|on|at)(?: [\w.-]{1,24}){1,4})?(?: = |: | is )`,
    String.raw`(?=[^\s"']{0,60}\d)${ARGUMENT}(?=[.,;)]?(?:\s|$))`,
  ),
  secret(
    ['creds', 'credentials', 'login'],
    String.raw`(?:creds|credentials|login)(?: [a-z'’]{2,10}){1,4}: (?:[\w.@+-]{1,64}|\[redacted:email(?::\w{1,12})?\]) \/ `,
    String.raw`(?=[^\s"']{0,60}[A-Za-z])(?=[^\s"']{0,60}\d)${ARGUMENT}(?=[.,;)]?(?:\s|$))`,
  ),
];
