/**
 * Secrets by their place in what people write and paste: a chat, a terminal with the answer of a command, a dump of a
 * program. What stands before them stays, as in `placed.ts`.
 */
import { type Form, secret } from '#model/redaction/form.ts';
import { BREAK, LINE_END, NO_PLACEHOLDER } from '#model/redaction/pattern-parts.ts';

const END = String.raw`(?=[.,;:)]?(?:\s|$))`;
/** A letter, a digit and a sign that no name has: nobody says such a word. */
const MADE_UP = String.raw`(?=[^\s"']{0,60}[A-Za-z])(?=[^\s"']{0,60}\d)(?=[^\s"']{0,60}[!#$%^&*+?])(?!\w{1,40}=|[A-Za-z]{1,20}#\d{1,6}(?!\w))${NO_PLACEHOLDER}[^\s"'\x60<>|;()@/:,]{8,60}?`;
/** The value of a secret is all that such a command prints. */
const PRINTED = String.raw`(?=\S{0,100}[\d!@#$%^&*_=+]|[A-Za-z]{0,100}[a-z][A-Z][A-Za-z]{0,100}[a-z][A-Z])${NO_PLACEHOLDER}(?!\S{1,100}:\s)[^\s"'\x60<>|;&()]{6,200}${LINE_END}`;
const SECRET_KEY = '(?:password|passwd|pass|token|secret|secret[-_.]?key|api[-_.]?key)';

/** The time and the author of a chat's line, and the first words of an answer. */
const SPOKEN = String.raw`(?:> ?)?(?:\[?\d{1,2}:\d\d(?::\d\d)?\]? {1,3})?(?:<[\w.-]{1,40}> {1,2}|[\w.-]{1,40}[:>] {1,2})?(?:(?:it|that|its)(?:['’]?s| is| was)?(?: (?:now|still|probably|just))? |try |use |should be )?["'\x60]?`;
/** Words with a sign and digits, or with a capital somewhere, as people make up passwords. */
const INVENTED = String.raw`(?:(?=[^\s"']{0,60}[A-Za-z])(?=[^\s"']{0,60}\d)(?=[^\s"']{0,60}[!#$^*?~]|[A-Z][a-z]{1,20}@[A-Z])(?!\w{2,40}=\w)${NO_PLACEHOLDER}[^\s"'\x60<>|;(),]{8,60}?|(?=[a-z._-]{0,60}[A-Z][a-z])[A-Za-z]{3,14}(?:[-_.][A-Za-z]{3,14}){1,3}[-_.]\d{2,4})`;
/** A letter and a digit or a sign that no name of a product has. */
const CHOSEN = String.raw`(?=[^\s"']{0,60}[A-Za-z])(?=[^\s"']{0,60}\d)${NO_PLACEHOLDER}[^\s"'\x60<>|;(),]{6,60}?`;

/** What a line says about a code for one login. */
const ABOUT_CODES =
  'expires?|seconds|valid|minutes|approve|log ?in|logging in|sign ?in|signing in|2[Ff][Aa]|MFA|mfa|SMS|sms|texted|authenticator|one-time|verif[a-z]{1,8}';
/** `Old-Barn-3`: words, a capital, a number. */
const WORDS_AND_NUMBER = String.raw`(?=[a-z._-]{0,60}[A-Z])[A-Za-z]{2,14}(?:[-_.][A-Za-z]{2,14}){0,3}[-_.]?\d{1,4}`;
const SAYS_PASSWORD = String.raw`\b(?:pass(?:word|wd|phrase|code)|pwd?|secret|creds|credentials)\b`;

export const PLACED_BY_PEOPLE: readonly Form[] = [
  // kubernetes.io/docs/tasks/configmap-secret, "Decode the Secret": the key of the Secret says what it is
  secret(
    ['base64 -d', 'base64 -D', 'base64 --decode'],
    String.raw`(?<=get secrets? [^\r\n\v|]{0,200}${SECRET_KEY}\}{0,3}["']?\}{0,3}["']? ?\| ?)base64 (?:-d|-D|--decode)(?: ?(?:;|&&) ?echo)?${BREAK}`,
    PRINTED,
  ),
  // developer.hashicorp.com/vault/docs/commands/kv/get and terraform/cli/commands/output, cloud.google.com/sdk,
  // docs.aws.amazon.com/cli, learn.microsoft.com/cli/azure/keyvault/secret, developer.1password.com/docs/cli
  secret(
    ['vault kv get ', 'vault read ', 'terraform output ', 'tofu output '],
    String.raw`(?:vault (?:kv get|read) [^\r\n\v]{0,60}-field=${SECRET_KEY}\b[^\r\n\v|]{0,100}|(?:terraform|tofu) output (?:-raw )?[\w-]{0,40}${SECRET_KEY})${BREAK}`,
    PRINTED,
  ),
  secret(
    ['gcloud secrets versions access ', 'aws secretsmanager get-secret-value ', 'az keyvault secret show ', 'op read '],
    String.raw`(?:gcloud secrets versions access [^\r\n\v|]{1,160}|aws secretsmanager get-secret-value [^\r\n\v|]{1,160}--output text|az keyvault secret show [^\r\n\v|]{1,160}-o tsv|op read [^\r\n\v|]{1,160})${BREAK}`,
    PRINTED,
  ),
  // Two passwords, and no word for them: the sign in one of them tells.
  secret(
    ['changed ', 'rotated ', 'reset ', 'switched '],
    String.raw`(?:changed|rotated|reset|switched) (?:(?:the|my|our|its) )?[\w.@-]{2,40} from (?=\S{8,60} to \S{8,60})`,
    String.raw`(?:${MADE_UP} to [^\s"'\x60<>|;()/,]{8,60}|(?=[^\s"']{0,60}\d)[A-Za-z][^\s"'\x60<>|;()/,:.]{7,60} to ${MADE_UP})${END}`,
  ),
  // The same in a line that says what was changed
  secret(
    ['changed ', 'rotated ', 'reset ', 'switched ', 'moved ', 'went '],
    String.raw`(?:(?:changed|rotated|reset|switched|moved) (?:(?:the|my|our|its) )?[\w.@-]{2,40}|went) from (?:(?=[^\r\n\v]{0,160}${SAYS_PASSWORD})|(?<=${SAYS_PASSWORD}[^\r\n\v]{0,80}))`,
    `${WORDS_AND_NUMBER} to ${WORDS_AND_NUMBER}${END}`,
  ),
  // “what's the password for the VPN?”, and below it the answer, alone in its line
  secret(
    ['password', 'Password', 'passwd', 'passcode', 'passphrase'],
    String.raw`(?:[Pp]assword|passwd|passcode|passphrase)[^?\r\n\v]{0,80}\?{1,3}${BREAK}(?:> ?)?(?:[^\r\n\v]{0,60}:${BREAK})?${SPOKEN}`,
    String.raw`${MADE_UP}(?=["'\x60]?(?: without the quotes[^\r\n\v]{0,80}|[.,;)]?)[ \t]{0,8}(?:[\r\n\v]|$))`,
  ),
  // “anyone got the creds for the switch?”, and below it a user and a password
  secret(
    ['creds', 'Creds', 'credentials', 'Credentials', 'login', 'Login', 'logins'],
    String.raw`(?:[Cc]red(?:s|entials)|[Ll]ogins?)(?![A-Za-z])[^?\r\n\v]{0,80}\?{1,3}${BREAK}${SPOKEN}[\w.@+-]{1,64}(?: \/ |\/|: ?)`,
    String.raw`(?=[^\s]{0,60}(?:[A-Z]|[!#$%^&*+?]))(?!\d{1,3}(?:\.\d{1,3}){1,3})${CHOSEN}${LINE_END}`,
  ),
  // “either x or y should open it”: both are one secret, in any language
  secret(
    ['either ', 'Either ', 'entweder ', 'Entweder ', 'soit ', 'Soit ', 'sia ', 'enten ', 'antingen ', 'between '],
    '[A-Za-z]{3,8} ',
    `${INVENTED} (?:or|and|oder|soit|ou|che|o|eller) ${INVENTED}${END}`,
  ),
  // “reset it to x”, “root on db-3 is still x”, “logged in with jo + x”, “user jo / x”, “the login (jo:x)”
  secret(
    ['reset ', 'Reset ', 'set it ', 'changed it '],
    '(?:[Rr]eset(?: it| them)?|set it|changed it) (?:back )?to ',
    `${INVENTED}${END}`,
  ),
  // The same where the line says that somebody logs in with it
  secret(
    ['reset it ', 'Reset it ', 'reset them ', 'set it ', 'changed it '],
    '(?:[Rr]eset (?:it|them)|set it|changed it) (?:back )?to ',
    String.raw`${WORDS_AND_NUMBER}${END}(?=[^\r\n\v]{0,120}\b(?:log ?in|logon|sign ?in|password|change it)\b)`,
  ),
  secret(
    ['root ', 'admin ', 'administrator ', 'Administrator ', 'postgres ', 'sudo ', 'sa '],
    String.raw`[A-Za-z]{2,13} (?:on|for|at) [\w.-]{1,60} (?:is|was)(?: still| now)? `,
    `${INVENTED}${END}`,
  ),
  secret(
    ['logged in with ', 'log in with ', 'login with ', 'logging in with '],
    String.raw`[a-z]{3,7} (?:in )?with [\w.@-]{1,60} (?:\+|\/|and) `,
    `${INVENTED}${END}`,
  ),
  // “log in as jo:Marten.Frost on db-1”: words with capitals and dots behind a user
  secret(
    [
      'log in ',
      'Log in ',
      'login ',
      'Login ',
      'login: ',
      'logged in ',
      'sign in ',
      'ssh in ',
      'creds ',
      'creds: ',
      'Creds: ',
      'credentials ',
      'credentials: ',
    ],
    String.raw`[A-Za-z]{3,11}(?: in)?:? (?:(?:to|on|at) [\w.-]{1,40} )?(?:as |with |is |are )?[a-z][\w.@-]{1,40}(?::| ?\/ ?)`,
    String.raw`[A-Z][a-z]{2,20}(?:\.[A-Z][a-z]{2,20}){1,4}(?=[.,;]?(?:\s|$))`,
  ),
  // “try jo / Marten-Frost-24”, “nimm jo / x”, and an account whose name says so
  secret(
    [
      'try ',
      'Try ',
      'use ',
      'Use ',
      'using ',
      'with ',
      'mal ',
      'nimm ',
      'Nimm ',
      'nutze ',
      'prueba ',
      'Prueba ',
      'usa ',
      'essaie ',
      'Essaie ',
      'utilise ',
      'prova ',
      'tenta ',
      'probeer ',
      'gebruik ',
      'prova med ',
    ],
    String.raw`[A-Za-z]{3,8} (?:med |con |avec |mit )?[a-z][\w.@-]{1,40} \/ ["'\x60]?`,
    `${INVENTED}(?=["'\x60]?[.,;:)]?(?:\\s|$))`,
  ),
  secret(
    ['svc_', 'svc-', 'sa_', 'srv_', 'adm_', 'adm-', 'usr_', 'user_', 'app_', 'db_', 'ro_', 'rw_'],
    String.raw`[a-z]{2,4}[-_][\w.-]{1,40} \/ ["'\x60]?`,
    `${INVENTED}(?=["'\x60]?[.,;:)]?(?:\\s|$))`,
  ),
  secret(
    ['user ', 'User ', 'login ', 'Login ', 'account ', 'Administrator ', 'admin ', 'root '],
    String.raw`(?:(?:[Uu]ser|[Ll]ogin|account) [\w.@-]{1,60}|Administrator|admin|root) \/ `,
    String.raw`(?=[A-Za-z]{0,60}[\d!#$^*?~])(?=[^\s]{0,60}[A-Z])${NO_PLACEHOLDER}[^\s"'\x60<>|;(),/:]{8,60}?${END}`,
  ),
  secret(
    ['login (', 'creds (', 'credentials (', 'account ('],
    String.raw`[a-z]{5,11} \([\w.@-]{1,60}:`,
    String.raw`(?=[^\s]{0,60}\d)(?=[^\s]{0,60}[A-Za-z])${NO_PLACEHOLDER}[^\s"'()]{8,60}(?=\))`,
  ),
  // “what do I type for jo, password expired?”, “what's the passphrase for the disk?”, and below it the answer
  secret(
    ['passphrase', 'Passphrase'],
    String.raw`[Pp]assphrase[^?\r\n\v]{0,80}\?{1,3}${BREAK}${SPOKEN}`,
    `[a-z]{3,10}(?: [a-z]{3,10}){3,7}${LINE_END}`,
  ),
  // “my TOTP was 671235”, “din kod är 840821”: a code for one login
  secret(
    ['TOTP ', 'OTP ', '2FA code ', 'MFA code '],
    '(?:TOTP|OTP|2FA code|MFA code) (?:is|was|were) ',
    String.raw`\d{6,8}(?![\w-]|\.\d)`,
  ),
  secret(
    ['PIN', 'PUK', 'pin', 'puk', 'Pin', '2fa', '2FA', 'duo', 'Duo', 'MFA', 'mfa', 'OTP', 'otp', 'TOTP', 'totp'],
    "(?:[Pp][Ii][Nn]|P[Uu][Kk]|puk|2[Ff][Aa]|[Dd]uo|MFA|mfa|T?OTP|t?otp)(?: code)?(?:[,:=?]{1,2} {0,2}(?:B: |A: )?| )(?:(?:is|was|now|still|it['’]?s|entered|typed|given|used|tried|submitted|received|set|changed|reset|to)[:=]? ){0,3}",
    String.raw`(?!(?:20[0-3]\d|\d{4,8} (?:is|of|ms|bytes|nodes|lines|users|people|accounts|logins|requests|codes|messages|devices|sessions|tests|times|errors?|rollout)\b))(?:\d{4,8}|\d{3}[ -]\d{3})(?![\w-]|[.:,]\d)`,
  ),
  // “Use 661204 to verify your login”, “enter 661-204 on the login page”
  secret(
    ['Use ', 'use ', 'Enter ', 'enter ', 'Type ', 'type '],
    '[A-Za-z]{3,5} (?:code |the code )?',
    String.raw`(?:\d{6}|\d{3}[ -]\d{3})(?= (?:to|as|on|for|in|when) [^\r\n\v]{0,40}(?:verif|log ?in|sign ?in|confirm|authenticat|code|PIN))`,
  ),
  // “the code is 481 902, it expires in 30 seconds”
  secret(
    ['code is ', 'code: ', 'Code: ', 'code was '],
    '(?<!(?:area|error|exit|status|zip|postal|post|country|dial|discount|promo|coupon|voucher|product|order|booking|tax|sort|store|return|response|reason|result|http|QR|bar)[ _-]?)[cC]ode(?: is| was|:) ',
    String.raw`(?:\d{3}[ -]\d{3}|\d{4,8})(?![\w-]|\.\d)(?:(?=[^\r\n\v]{0,60}\b(?:${ABOUT_CODES})\b)|(?<=\b(?:${ABOUT_CODES})\b[^\r\n\v]{0,80}))`,
  ),
  // “le code de vérification reçu par SMS c'est 730415”
  secret(
    [
      'code de v',
      'code de s',
      'código de ',
      'codice di ',
      'verification code ',
      'Verification code ',
      'login code ',
      'security code ',
    ],
    String.raw`[A-Za-z]{4,12} (?:de|di|code)(?: ?[^\d\s=]{1,20}){0,7}?(?: |: ?)`,
    String.raw`(?:\d{3}[ -]\d{3}|\d{6,8}|(?<=security code )\d{3,4})(?![\w-]|\.\d)`,
  ),
  // support.google.com/accounts, "Sign in with app passwords"
  secret(
    ['app password', 'App password', 'app passwords', 'application password', 'app-specific password'],
    String.raw`[Aa]pp[a-z-]{0,9} passwords?[^\r\n\v"'“]{0,30}["'“ ]`,
    String.raw`(?:(?:[a-z]{4} ){3}[a-z]{4}(?![a-z])|(?:[A-Za-z0-9]{4} ){5}[A-Za-z0-9]{4}(?![A-Za-z0-9]))`,
  ),
  // “…, password birch-otter-57”
  secret(
    [', password ', ', pw ', ', pass '].map((begin) => begin.slice(2)),
    '(?<=[,;:] )p[a-z]{1,7} ',
    String.raw`[a-z]{3,12}(?:-[a-z]{3,12}){1,4}-\d{2,4}${END}`,
  ),
  // github.com/google/google-authenticator-libpam: what its setup prints
  secret(
    ['scratch codes are:'],
    String.raw`scratch codes are:(?:${BREAK}){1,2}[ \t]{0,8}`,
    String.raw`\d{8}(?:${BREAK}[ \t]{0,8}\d{8}){0,9}`,
  ),
  // Words as a passphrase
  secret(
    ['passphrase ', 'Passphrase ', 'unlock phrase ', 'master password ', 'recovery phrase '],
    String.raw`[A-Za-z]{6,10}(?: p[a-z]{5,8})? (?:(?:(?:of|for) (?:[\w.'’-]{1,24} ){1,5}?)?(?:is |was |= ))?["'“]?`,
    String.raw`(?![^\r\n\v"']{0,80}\b(?:the|for|not|and|with|that|this|you|your|our|has|been|must|should|can|will|required|missing|needed|wrong|invalid|incorrect|again|stored|kept|old|new|in)\b)[a-z]{3,10}(?: [a-z]{3,10}){2,7}(?:(?=["'”])|(?<= (?:is|was|=) [^\r\n\v]{0,90})${LINE_END})`,
  ),
  // The seed of one-time codes, in base32
  secret(
    ['seed', 'Seed', 'setup key', 'Setup key', 'secret key'],
    String.raw`(?:[Ss]eed|[Ss]e(?:tup|cret) key)(?: for [\w.@-]{1,60})?(?: is|:| =|=)? `,
    String.raw`(?=[A-Z]{0,40}[2-7])(?:[A-Z2-7]{16,64}={0,6}|[A-Z2-7]{4}(?: [A-Z2-7]{4}){3,15})(?![\w])`,
  ),
  // The number on the back of a card, a number for one transfer
  secret(
    ['cvv ', 'CVV ', 'cvc ', 'CVC ', 'cvv2 ', 'CVV2 ', 'CVC2 '],
    '[cC][vV][vVcC]2? ',
    String.raw`\d{3,4}(?![\w-]|[.:]\d)`,
  ),
  secret(
    ['TAN ', 'mTAN ', 'smsTAN ', 'pushTAN '],
    '[a-z]{0,4}TAN (?:(?:ist|is|lautet|war)[: ]{1,2})?',
    String.raw`\d{6}(?![\w-]|[.:]\d)`,
  ),
  // “creds jo / Moon.Green”
  secret(
    ['creds ', 'Creds ', 'creds: ', 'credentials ', 'credentials: ', 'login ', 'login: ', 'Login: '],
    String.raw`(?:[Cc]reds|credentials|[Ll]ogin):? (?:(?:for|to|on) [\w.-]{1,40}:? )?[\w.@+-]{1,64}(?: \/ |\/|:)`,
    String.raw`[A-Z][a-z]{2,20}[.-][A-Z][a-z]{2,20}${END}`,
  ),
  // What somebody answered to get in again
  secret(
    [
      'security question answer',
      'security answer',
      'secret answer',
      'answer to the security',
      'answer to my security',
      'answer to your security',
      'Security answer',
      'Secret answer',
    ],
    String.raw`(?:[Ss]ec(?:urity|ret)(?: question)? answer|answer to (?:the|my|your) security question)(?: (?:for|of) [\w.@-]{1,40})?(?: is| was|:| =) ["'“]?`,
    String.raw`(?!(?:is|was|not|required|wrong|incorrect|invalid|missing|hashed|stored|set|empty|being|never|too|case)\b)${NO_PLACEHOLDER}[A-Za-zÀ-ž\d'’.-]{2,30}(?: [A-Za-zÀ-ž\d'’-]{1,30}){0,5}(?=[",.;)”]|\s{0,4}(?:[\r\n\v]|$))`,
  ),
  // A file or a list of codes below its name
  secret(
    [
      'recovery-codes',
      'recovery_codes',
      'backup-codes',
      'backup_codes',
      'scratch codes',
      'emergency codes',
      'recovery codes',
      'backup codes',
    ],
    String.raw`[a-z]{6,9}[ _-]codes?[^\r\n\v]{0,80}\r?[\n\v](?:[^\r\n\v]{0,2}\r?[\n\v])?(?:[ \t]{0,8}\[redacted:[\w:-]{1,80}\]\r?[\n\v]){0,3}[ \t]{0,16}`,
    String.raw`(?=[A-Za-z-]{0,20}\d)(?=[\d-]{0,20}[A-Za-z])[0-9A-Za-z]{4,10}(?:-[0-9A-Za-z]{4,10}){0,3}(?:[ \t]{0,4}\r?[\n\v][ \t]{0,16}[0-9A-Za-z]{4,10}(?:-[0-9A-Za-z]{4,10}){0,3}(?=[ \t]{0,4}(?:[\r\n\v]|$))){1,19}`,
  ),
  // The digits of an alarm or a lock
  secret(
    [
      'alarm code ',
      'lock code ',
      'entry code ',
      'access code ',
      'unlock code ',
      'combination is',
      'combination for',
      'combination of',
    ],
    String.raw`[a-z]{4,11}(?: code)? (?:(?:for|of|to|at|on|in)(?: [\w.-]{1,30}){1,4}? )?(?:(?:is|was)(?: now| still)? |[:=] ?|(?<=code ))`,
    String.raw`(?:[*#]?\d{4,10}[#*]?|\d{1,2}(?:-\d{1,2}){2,3})(?![\w-]|[.:]\d)`,
  ),
  secret(
    ['kod ', 'koden ', 'kode '],
    '(?<=(?:[Dd]in|[Tt]wój|[Vv]áš|[Bb]ank:) )kod(?:en|e)? (?:är|er|to|je) ',
    String.raw`\d{5,8}(?![\w-]|[.:]\d)`,
  ),
  // RFC 3584: a community string is what SNMP checks
  secret(
    ['community'],
    String.raw`(?<=(?:snmp|SNMP|Snmp)(?:v[123]c?)?[- ](?:r[ow] )?)community(?: string)?(?: (?:for|on|of)(?: [\w.-]{1,40}){1,3}?)?(?:\?${BREAK}${SPOKEN}| is(?: now| still)?:? |(?: now)?[:=] ?)["'\x60]?`,
    String.raw`(?!v[123]c?(?:\s|$))${CHOSEN}(?=["'\x60]?[.,;:)]?(?:\s|$))`,
  ),
  // A network and its key, which may be plain words
  secret(
    ['wifi', 'Wifi', 'WiFi', 'WIFI', 'wi-fi', 'Wi-Fi', 'WLAN', 'wlan', 'SSID', 'ssid'],
    String.raw`(?:[Ww][Ii]-?[Ff][Ii]|WLAN|wlan|SSID|ssid)[^\r\n\v]{0,80}?[\s,;(/](?:[Kk]ey|[Pp]ass|[Pp]w|[Pp]wd|PSK|psk|[Pp]assword|[Pp]asswort|[Cc]ode)(?: is| ist|:|=| :| =) ?["'\x60]?`,
    String.raw`(?!(?:is|was|not|set|wrong|missing|required|optional|invalid|mgmt|management|exchange|failed|ok|none|null|unknown|too|mismatch|WPA\d?|wpa\d?|WEP)\b)${NO_PLACEHOLDER}[^\s"'\x60<>|;(),]{8,63}?${END}`,
  ),
  // A door that opens by digits
  secret(
    ['door ', 'Door ', 'gate ', 'Gate ', 'keypad ', 'lockbox ', 'Lockbox ', 'key safe ', 'garage ', 'cage ', 'safe '],
    String.raw`(?:[Dd]oor|[Gg]ate|[Kk]eypad|[Ll]ockbox|key safe|garage|cage|safe) (?:code|PIN|pin)(?: (?:for|of|to|at|on|in)(?: [\w.-]{1,30}){1,4}?)?(?: (?:is|was)(?: now| still)?:?|:|=)? `,
    String.raw`[*#]?\d{4,10}[#*]?(?![\w-]|[.:]\d)`,
  ),
  // An SMS with the sender's name: what it says about the code tells.
  secret(
    ['Your ', 'your '],
    String.raw`[Yy]our (?!(?:[\w.-]{1,20} ){0,2}?(?:area|exit|error|status|post(?:al)?|zip|country|discount|promo|coupon|voucher|product|order|booking|tax|sort|store|return|response) )(?:[\w.-]{1,20} ){1,3}?[cC]ode(?: (?:for|to) [\w ]{1,30}?)?(?: is:?|:) `,
    String.raw`(?:\d{3}[ -]\d{3}|\d{4,8})(?=[^\r\n\v]{0,80}\b(?:share|expires?|valid for|valid until|minutes))`,
  ),
  // “the default password, x on switch-2”
  secret(
    ['password, ', 'passwrd, ', 'pasword, ', 'passwd, ', 'passwort, ', 'Passwort, '],
    '(?:[Pp]ass(?:word|wrd|wd|wort)|pasword), ',
    `${MADE_UP}${END}`,
  ),
  // “this token instead”: as many digits as a hash has
  secret(
    ['this ', 'that ', 'my ', 'your '],
    '(?:this|that|my|your) (?:[a-z]{2,12} )?(?:token|api key|access key)(?: (?:instead|here|please|for now))?:? ',
    '(?:[0-9a-f]{64}|[0-9a-f]{40}|[0-9a-f]{32})(?![0-9A-Za-z])',
  ),
  // Dutch, short for “wachtwoord”
  secret(
    ['ww ', 'Ww ', 'ww: ', 'Ww: '],
    String.raw`[Ww]w(?: (?:voor|van|op|bij)(?: [\w.@-]{1,40}){1,4}?)?(?::| is:?| wordt:?| is nu:?) `,
    String.raw`(?=[^\s"']{0,60}[A-Za-z])(?=[^\s"']{0,60}[\d!@#$%^&*+=?])(?!\d)${NO_PLACEHOLDER}[^\s"'\x60<>|;&(),]{6,60}?${END}`,
  ),
  // pgbouncer.org/config.html, "Authentication file format"
  secret(
    ['userlist.txt'],
    String.raw`userlist\.txt[^\r\n\v]{0,80}${BREAK}(?:"[^"\r\n\v]{1,64}" "[^"\r\n\v]{0,300}"${BREAK}){0,20}?"[^"\r\n\v]{1,64}" "`,
    String.raw`(?!md5|SCRAM|\[redacted)[^"\r\n\v]{3,128}(?=")`,
  ),
  // docs.fluentbit.io, "Classic mode": names and values in columns
  secret(
    [
      'apikey ',
      'Apikey ',
      'ApiKey ',
      'api_key ',
      'API_Key ',
      'Api_Key ',
      'license_key ',
      'licenseKey ',
      'splunk_token ',
    ],
    String.raw`(?<=(?:^|[\n\v])[ \t]{0,16})(?:api_?key|A[Pp][Ii]_?[Kk]ey|license_?[Kk]ey|splunk_token)[ \t]{2,30}`,
    String.raw`(?=[^\s]{0,100}[A-Za-z])(?=[^\s]{0,100}\d)(?!\[|\$)[\w.-]{16,200}${LINE_END}`,
  ),
  // doc.qt.io/qt-6/qdebug.html: how a map of variants is written
  secret(
    ['QVariant('],
    String.raw`(?<=["'][\w.-]{0,40}${SECRET_KEY}\\{0,15}["'], )QVariant\(QString, \\{0,15}["']`,
    String.raw`(?!\[redacted|\*)[^"'\\\r\n\v]{3,200}(?=\\{0,15}["'])`,
  ),
  // hexdocs.pm/mint, hexdocs.pm/tesla: headers as tuples. A short token has a digit.
  secret(
    ['token", "', 'secret", "', 'password", "', 'api-key", "'],
    String.raw`(?<=\{"[\w-]{0,40})(?:token|secret|password|api-key)", "`,
    String.raw`(?=[^"\s]{0,200}\d)(?!\[redacted|\*|\$)[^"\s]{6,200}(?="\})`,
  ),
];
