/**
 * Secrets by their place: an argument of a command, a part of a protocol, a line of a configuration. What stands before
 * them stays. Each pattern is tried where its beginning stands, and reads a bounded length before the secret.
 */
import { type Form, form, secret, UUID } from '#model/redaction/form.ts';
import { BREAK, NO_PLACEHOLDER, QUOTE } from '#model/redaction/pattern-parts.ts';

/** A `&` before another character of a word divides no commands: who types one, leaves a space. */
const ARGUMENT = String.raw`${NO_PLACEHOLDER}(?:[^\s"'\x60<>|;&()]|&(?=[^\s&>|])){3,200}`;
/** A digit or a sign in it: no word of a sentence. */
const CHOSEN = String.raw`(?=[^\s"']{0,100}[\d!@#$%^&*_=+])${ARGUMENT}`;
/** With an options' type before: `secret 9 $9$…`. */
const BASE64 = '[A-Za-z0-9+/]{4,4096}={0,2}';
const MAYBE_QUOTE = `(?:${QUOTE})?`;
/** Behind an opening quote. */
const IN_QUOTES = String.raw`(?<=["'])${NO_PLACEHOLDER}[^"'\r\n\v\\]{1,200}(?=\\{0,15}["'])`;
const SECRET_NAMES = String.raw`[\w-]{0,60}(?:password|passwd|passphrase|secret|token|api_?key|private_key|credentials)`;
const RECOVERY_CODE = '[0-9A-Za-z]{4,8}(?:-[0-9A-Za-z]{4,8}){1,3}';
/** support.google.com/accounts, "Sign in with backup codes": eight digits in two groups. */
const DIGIT_CODE = '[0-9]{4} [0-9]{4}(?![0-9])';
/** Without a hyphen: at least two of them, each with a digit and a letter. */
const PLAIN_CODE = '(?=[A-Za-z]{0,12}[0-9])(?=[0-9]{0,12}[A-Za-z])[0-9A-Za-z]{8,12}(?![\\w-])';
/** The number or the sign of a line in a list. */
const LIST_SIGN = String.raw`[ \t]{0,8}\r?[\n\v][ \t]{0,16}(?:(?:\d{1,2}[.):]|[-*•]) {1,4})?`;
/** With a digit: ten letters and digits, often in two groups. */
const LISTED_CODE = String.raw`(?=[A-Za-z-]{0,20}[0-9])(?:[0-9A-Za-z]{4,8}(?:[- ][0-9A-Za-z]{4,8}){1,3}|[0-9A-Za-z]{8,12})(?=[ \t]{0,8}(?:[\r\n\v"'\\]|$))`;
/** What somebody made up as a password: no name of a host, a version, a product. */
const PERSONAL = String.raw`(?=[^\s"']{0,60}[A-Za-z])(?=[^\s"']{0,60}\d)(?=[^\s"']{0,60}[!#$%^&*+=?]|[a-z]{3,20}\d{1,4}[-_.][A-Z][a-z]|(?=[a-zA-Z\d-]{0,60}[A-Z])(?=[a-zA-Z\d-]{0,60}[a-z])[a-zA-Z-]{0,20}\d{1,4}[A-Za-z-]{1,20}\d)(?!https?:|v?\d{1,4}\.|\w{1,40}=|[A-Z][\w+.-]{0,40}(?:Auth|SAML|OIDC))${NO_PLACEHOLDER}[^\s"'\x60<>|;()@/:,]{8,60}?`;
/** BIP-39: 12 to 24 words of 3 to 8 letters. */
const SEED_WORDS = '(?:[a-z]{3,8} ){11,23}[a-z]{3,8}';

/** `creds: jo/x and al/y`: pairs whose password is redacted already. */
const EARLIER_PAIRS = String.raw`(?:[\w.@+-]{1,64}(?: \/ |\/|:)\[redacted:[\w:-]{1,80}\](?:[,;]|,? (?:and|or|und|oder|et|ou|y|o|e|i)) ){0,8}?`;

export const PLACED: readonly Form[] = [
  // Tools that take a token as their argument, by their manuals: doc.rust-lang.org/cargo/commands/cargo-login.html,
  // developer.hashicorp.com/vault/docs/commands/login, docs.snyk.io/snyk-cli/commands/auth, docs.wandb.ai/ref/cli,
  // ngrok.com/docs/agent/cli.
  secret(['cargo login '], String.raw`cargo login (?:--registry \S{1,60} )?`, CHOSEN),
  secret(['vault login '], String.raw`vault login (?:-[\w=/-]{1,60} ){0,4}(?!\w{1,40}=)`, CHOSEN),
  // backblaze.com/docs, "Command-Line Tool": the id of the key, then the key
  secret(
    ['b2 authorize', 'b2 account authorize'],
    String.raw`b2 (?:account authorize|authorize-account|authorize_account) (?:--\w{1,20} ){0,2}[0-9a-f]{12,40} `,
    String.raw`${NO_PLACEHOLDER}[\w+/=-]{20,64}`,
  ),
  // grafana.com/docs, "reset-admin-password"; neo4j.com/docs, "set-initial-password": commands that are named by what they set
  secret(
    ['password '],
    String.raw`(?<=(?:^|\s)(?:re)?(?:set|change|update)-(?:[a-z]{3,12}-){0,2})password (?:--?[\w-]{1,30}(?:=\S{1,60})? ){0,3}`,
    `${MAYBE_QUOTE}${CHOSEN}`,
  ),
  // python-poetry.org/docs/repositories; docs.influxdata.com, "influx write"
  secret(['pypi-token.'], String.raw`pypi-token\.[\w-]{1,40} `, CHOSEN),
  secret(['influx '], String.raw`influx [a-z]{2,10}(?: [^\r\n\v;&|]{1,100})? -t `, CHOSEN),
  // developer.hashicorp.com/vault/docs/commands/kv/put: each value of a secret
  secret(
    ['vault kv put ', 'vault kv patch '],
    String.raw`vault kv (?:put|patch) (?:-[\w=/.-]{1,60} ){0,4}[\w/.-]{1,100} (?:[\w.-]{1,40}=\S{1,200} ){0,8}?(?!(?:user(?:name)?|host|port|url|region|env|db|database|ttl)=)[\w.-]{1,40}=`,
    `(?!@)${CHOSEN}`,
  ),
  // docs.github.com/actions, "Workflow commands": an output or a variable whose name says what it is
  secret(
    ['set-output name=', 'set-env name='],
    String.raw`set-(?:output|env) name=[\w-]{0,40}(?:token|password|secret|key|TOKEN|PASSWORD|SECRET|KEY)::`,
    String.raw`(?!\[redacted|\*)[^\s"']{6,400}`,
  ),
  // docs.codecov.com, "About the Bash uploader", "Codecov Uploader"
  secret(['codecov'], String.raw`codecov[^\r\n\v;&]{0,80}? (?:-t|--token)[ =]${MAYBE_QUOTE}`, `(?:${UUID}|${CHOSEN})`),
  secret(['snyk auth '], 'snyk auth ', CHOSEN),
  secret(['wandb login '], String.raw`wandb login (?:--[\w=:/.-]{1,80} ){0,3}`, CHOSEN),
  secret(['ngrok '], 'ngrok (?:config add-authtoken|authtoken) ', CHOSEN),
  secret(
    ['rabbitmqctl '],
    String.raw`rabbitmqctl (?:add_user|change_password|authenticate_user) \S{1,64} ${MAYBE_QUOTE}`,
    ARGUMENT,
  ),
  // Oracle's user/password@service: docs.oracle.com, "SQL*Plus User's Guide", "Starting SQL*Plus".
  secret(
    ['sqlplus ', 'impdp ', 'expdp ', 'sqlldr '],
    String.raw`(?:sqlplus|impdp|expdp|sqlldr) (?:-\w{1,10} ){0,4}["']?[\w$#.]{1,64}\/${MAYBE_QUOTE}`,
    String.raw`(?:${IN_QUOTES}|${NO_PLACEHOLDER}[^\s@"'\/\\]{1,128}(?=@|\s|$|\\{0,15}["']))`,
  ),
  // The same inside of the tool, and of its relatives: docs.oracle.com, "CONNECT", "RMAN", "SQLcl". The service follows.
  secret(
    ['CONNECT ', 'connect ', 'Connect ', 'conn ', 'CONN ', 'rman target ', 'target ', 'TARGET '],
    String.raw`(?:[Cc][Oo][Nn][Nn](?:[Ee][Cc][Tt])?|(?:rman )?(?:target|TARGET)) ["']?[\w$#.]{1,64}\/${MAYBE_QUOTE}`,
    String.raw`(?:${IN_QUOTES}(?=${QUOTE}@)|(?=[^\s@"']{0,100}[\d!#$%^&*_=+])(?=[^\s@"']{0,100}[A-Za-z])(?!v\d)${NO_PLACEHOLDER}[^\s@"'\/\\:]{3,128}(?=@(?:\/\/)?[A-Za-z(]))`,
  ),
  // learn.microsoft.com/dotnet/api/system.net.cookie.-ctor, jakarta.ee/specifications/servlet, "Cookie": the name, the value
  form(
    'cookie',
    ['Cookie(', 'Cookie]::new('],
    String.raw`((?<=Net\.|new )Cookie(?:\]::new)?\(\s{0,3}${QUOTE}[\w.$-]{1,80}${QUOTE}\s?,\s?${QUOTE})(?=[^"'\\]{0,60}\d)(?=[^"'\\]{0,60}[A-Za-z])[\w+/.~%=:-]{16,4096}(?=${QUOTE})`,
  ),
  // elastic.co/guide/en/elasticsearch/reference, "Create API key": the id and the key of the same answer, in base64
  secret(
    ['encoded'],
    String.raw`encoded${QUOTE}\s?:\s?${QUOTE}`,
    String.raw`[A-Za-z0-9+/_-]{20,400}={0,2}(?=${QUOTE})(?:(?<=api_?key${QUOTE}\s?:[^{}]{0,600})|(?=[^{}]{0,600}api_?key${QUOTE}\s?:))`,
  ),
  // docs.guzzlephp.org, "auth": the user, then the password.
  secret(
    ['auth":', "auth' =>"],
    String.raw`(?<=["'])auth(?:"\s?:\s?\[|' => (?:array \(|\[))\s{0,3}(?:0 => )?["'][^"'\\]{1,80}["']\s?,\s{0,3}(?:1 => )?["']`,
    String.raw`(?!\[redacted|\*)[^"'\\]{3,200}(?=["'])`,
  ),
  // docs.haproxy.org, "stats auth"; docs.openssl.org, "Pass Phrase Options"; developer.hashicorp.com/vault, "operator unseal";
  // kubernetes.io, "kubeadm join"
  secret(['stats auth '], String.raw`stats auth [^\s:]{1,64}:`, String.raw`(?!\[redacted|\$)\S{3,200}`),
  secret(
    ['passin pass:', 'passout pass:', 'pass pass:'],
    '(?<=-)pass(?:in|out)? pass:',
    String.raw`(?!\[redacted|\$)[^\s"']{1,200}`,
  ),
  secret(['operator unseal '], 'operator unseal ', '[A-Za-z0-9+/]{40,90}={0,2}(?![A-Za-z0-9+/])'),
  secret(['token, '], '(?<=--)token, ', String.raw`[a-z0-9]{6}\.[a-z0-9]{16}(?![\w.])`),
  // `user jo pass x`: people and settings of old clients.
  secret(
    ['user ', 'User ', 'username ', 'login '],
    String.raw`(?:[Uu]ser(?:name)?|login) [\w.@-]{2,40},? (?:pass|pw|pwd) `,
    String.raw`(?=[^\s]{0,80}[\d_!#$%^&*+.=-])(?!\[redacted|[$<*{])[^\s"',;]{5,80}`,
  ),
  // learn.microsoft.com/windows-server/administration/windows-commands/net-use
  secret(
    ['net use '],
    String.raw`net use (?:[A-Za-z]: )?[\\\v]{1,8}[^ "'\r\n]{1,200} (?:\/[^ "'\r\n]{1,100} ){0,4}`,
    String.raw`(?!\/)${ARGUMENT}`,
  ),
  // learn.microsoft.com/windows-server/administration/windows-commands/net-user
  secret(['net user '], String.raw`net user [\w.-]{1,64} `, String.raw`(?!\/)${CHOSEN}`),
  // People state the old value and the new one; the two are one secret.
  secret(
    ['changed from ', 'rotated from ', 'reset from ', 'updated from '],
    '(?<=(?:password|passwd|pwd|passphrase|secret|token|api key|passwort)(?: (?:was|is|has been|got))? )[a-z]{5,7} from ',
    `${CHOSEN} to ${CHOSEN}`,
  ),
  // `login: jo / x`: a user and a password, which has letters and digits.
  secret(
    [
      'login: ',
      'Login: ',
      'logon: ',
      'creds: ',
      'Creds: ',
      'credentials: ',
      'Credentials: ',
      'Zugang',
      'Anmeldedaten',
      'identifiants',
      'Identifiants',
      'credenziali',
      'Credenziali',
      'credenciales',
      'Credenciales',
      'credenciais',
      'Credenciais',
      'inloggegevens',
      'Inloggegevens',
      'dane logowania',
      'Dane logowania',
    ],
    String.raw`[A-Za-z]{4,15}(?: [^\s:/]{1,40}){0,3}? ?: [\w.@+-]{1,64} \/ `,
    String.raw`(?=\S{0,40}(?:\d|[a-z][A-Z]{2}))(?=\S{0,40}[A-Za-z])(?![\w.-]{1,80}\/)${NO_PLACEHOLDER}[^\s"'\x60<>|;&()]{6,100}(?=[.,]?(?:\s|$|"))`,
  ),
  // The same without spaces, and in a sentence: `creds: jo/x`, `basic auth is jo:x`, `login with jo / x`. A place has only
  // small letters; a version, an address or a date is no password.
  secret(
    [
      'creds',
      'Creds',
      'credentials',
      'Credentials',
      'login',
      'Login',
      'logon',
      'log in',
      'sign in',
      'logging in',
      'logged in',
      'signing in',
      'basic auth',
      'Basic auth',
    ],
    String.raw`(?:[Cc]reds|[Cc]redentials|[Ll]ogins?|logon|log in|sign in|logg(?:ing|ed) in|signing in|[Bb]asic auth)(?:(?: (?:for|of|on|to)|to)(?: [\w.-]{1,40}){1,3}?(?= (?:with|as|using|->|=>|→)|:))?(?: (?:is|are|was|with|as|using))?:?(?: (?:->|=>|→))? ${EARLIER_PAIRS}[\w.@+-]{1,64}(?: \/ |\/|:)`,
    String.raw`(?=[^\s"'\x60<>|;&(),]{0,40}(?:\d|[a-z][A-Z]{2}))(?=[^\s"'\x60<>|;&(),]{0,40}[A-Za-z])(?=[^\s"'\x60<>|;&(),]{0,40}[A-Z!@#$%^&*+=~?]|[a-z]\d{1,3}(?:[.,]?(?:\s|$))|[a-z]{2,20}_[a-z_]{2,20}\d{2,4}(?:[.,]?(?:\s|$)))(?!(?:v\d{1,3}|[Aa]uth0|[Ww]eb[23]|OAuth2?|OAuth2\.0|SAML2|LDAPv3|s3|SHA\d{1,3}|MD5|IPv[46]|HTTP2)(?:[.,]?(?:\s|$)))${NO_PLACEHOLDER}[^\s"'\x60<>|;&(),/]{2,100}?(?=[.,]?(?:\s|$))`,
  ),
  // `use x to log in`, also in other languages: a password has a sign, or letters of both cases, a digit and a hyphen.
  secret(
    [
      'use ',
      'Use ',
      'using ',
      'with ',
      'nimm ',
      'Nimm ',
      'nutze ',
      'Nutze ',
      'mit ',
      'Mit ',
      'utilise ',
      'Utilise ',
      'usa ',
      'Usa ',
      'avec ',
      'con ',
    ],
    `[A-Za-z]{3,7} ["'\x60]?`,
    String.raw`${PERSONAL}(?=["'\x60]? (?:to|for|zum|um|für|pour|para|per) (?:(?:dich|sich|te|vous|se|me|re-?)\s?)?(?:log(?:ging)?[ -]?in|log[ -]?on|sign(?:ing)?[ -]?in|get in(?:to)?|connect|authenticate|unlock|ssh|auth|einloggen|anmelden|einzuloggen|anzumelden|connecter|connexion|entrar|iniciar|acceder|acessar|accedere|entrare))`,
  ),
  // The same with the password at the end.
  secret(
    ['use ', 'using ', 'with '],
    String.raw`(?<=(?:log(?:ging|ged)?[ -]?in|log[ -]?on|sign(?:ing|ed)?[ -]?in|unlock|authenticate)(?: (?:to|into|as|on|at) [\w.@-]{1,40}){0,2},? )(?:use|using|with) (?:the )?["'\x60]?`,
    String.raw`${PERSONAL}(?=["'\x60]?[.,;!]?(?:\s|$))`,
  ),
  // A code for one login, as mails and messages state it.
  secret(
    [
      'your code',
      'Your code',
      'Ihr Code',
      'dein Code',
      'Dein Code',
      'votre code',
      'Votre code',
      'ton code',
      'tu código',
      'Tu código',
      'su código',
      'seu código',
      'Seu código',
      'tuo codice',
      'uw code',
      'je code',
    ],
    String.raw`[A-Za-z]{2,5} [cC](?:ode|ódigo|odice)(?: (?:de|di|zum|für|for|to) [\w ]{1,30}?)?(?: (?:is|lautet|ist|est|es|é|è))?:? `,
    String.raw`(?:\d{3}[ -]\d{3}|\d{4,8})(?![\w-]|\.\d)`,
  ),
  // support.google.com, "Verify your account": `G-` and six digits
  secret(['G-'], 'G-', String.raw`\d{6}(?= is your\b)`),
  // jakarta.ee/specifications/servlet/6.0, "Session Tracking by URL Rewriting"
  secret(['jsessionid='], '(?<=;)jsessionid=', '[A-Za-z0-9]{16,200}'),
  // samba.org, smbclient(1): user%password
  secret(
    ['smbclient ', 'rpcclient ', 'winexe ', 'net ads ', 'net rpc '],
    String.raw`(?:smbclient|rpcclient|winexe|net (?:ads|rpc)) [^\r\n\v|;]{0,200}?-U ?["']?[^\s%"']{1,64}%`,
    String.raw`${NO_PLACEHOLDER}[^\s"']{1,128}`,
  ),
  // httpd.apache.org/docs/2.4/programs/htpasswd.html: with -b the password is the last argument.
  secret(['htpasswd '], String.raw`htpasswd -(?=\w{0,8}b)(?:\w{0,8}n\w{0,8} |\w{1,8} \S{1,200} )\S{1,64} `, ARGUMENT),
  // A password that a pipe hands over: sudo(8), chpasswd(8), kinit(1), passwd(1), cryptsetup(8), docker-login(1).
  secret(
    ['echo ', 'printf '],
    String.raw`(?:echo|printf) (?:-[ne] )?\\{0,15}["']?(?:[\w.-]{1,64}:)?`,
    String.raw`${NO_PLACEHOLDER}(?![\w.-]{1,64}:\[redacted)[^|"'\\\r\n\v]{2,200}?(?=\\{0,15}["']? ?\| ?(?:sudo [^|\r\n\v]{0,40}-S|(?:sudo )?(?:chpasswd|kinit|passwd|smbpasswd|cryptsetup|saslpasswd2|vncpasswd|ipa)\b|(?:gcloud|gh|az|kubectl|vault|docker|podman|op|flyctl|fly|wrangler|heroku|aws)\b[^|\r\n\v]{0,100}(?:--with-token|--data-file=-|secrets? (?:create|set|put|versions add)|value=-)|[^|\r\n\v]{1,100}--(?:password|token|pass|passphrase)-(?:stdin|fd)\b))`,
  ),
  // The same from a here-string: gnu.org/software/bash/manual, "Here Strings".
  secret(
    [
      'sudo ',
      'kinit ',
      'passwd ',
      'chpasswd ',
      'smbpasswd ',
      'cryptsetup ',
      'vncpasswd ',
      'ipa ',
      '--password-stdin ',
      '--passphrase-fd ',
      '--with-token ',
      '--data-file=- ',
    ],
    String.raw`(?:sudo [^\r\n\v|;&<]{0,40}-S[^\r\n\v|;&<]{0,100}|(?:kinit|chpasswd|passwd|smbpasswd|cryptsetup|vncpasswd|ipa) [^\r\n\v|;&<]{0,100}|--(?:pass[a-z]{4,6}-(?:stdin|fd)|with-token|data-file=-) [^\r\n\v|;&<]{0,100})<<< ?${MAYBE_QUOTE}(?:[\w.-]{1,64}:)?`,
    `(?:${IN_QUOTES}|${ARGUMENT})`,
  ),
  // The command that prints a password: restic.readthedocs.io, "Preparing a new repository"; rclone.org/docs,
  // borgbackup.readthedocs.io, "Environment Variables".
  secret(
    ['--password-command', '--passcommand', 'PASSWORD_COMMAND', 'PASSCOMMAND'],
    `[A-Za-z_-]{8,20}[= ]${MAYBE_QUOTE}(?:echo|printf) (?:-n )?${MAYBE_QUOTE}`,
    String.raw`${NO_PLACEHOLDER}[^\s"'\|;&<>]{3,200}`,
  ),
  // SMTP: RFC 4954 section 4 (the server asks in base64), RFC 4616 (PLAIN is user and password).
  secret(['AUTH PLAIN '], 'AUTH PLAIN ', `${BASE64}(?![A-Za-z0-9])`),
  // RFC 4616: NUL stands before the user and behind it.
  secret(
    ['PLAIN '],
    String.raw`PLAIN (?:[bu]?${QUOTE})?[^\0\s"']{0,64}\0[^\0\s"']{1,64}\0`,
    String.raw`(?!\[)[^\0\s"'\\]{1,200}`,
  ),
  secret(
    ['334 UGFzc3dvcmQ6'],
    String.raw`334 UGFzc3dvcmQ6${BREAK}[^\r\n\vA-Za-z0-9]{0,20}(?:[A-Za-z]{1,8}(?: -> [A-Za-z]{1,8})?: ?)?`,
    String.raw`(?![A-Za-z]{1,8} ->)${BASE64}(?=\s|$)`,
  ),
  // RFC 4648: `password=` and `password:` in base64, also with a capital.
  secret(
    ['cGFzc3dvcmQ9', 'cGFzc3dvcmQ6', 'UGFzc3dvcmQ9', 'UGFzc3dvcmQ6'],
    '[cU]GFzc3dvcmQ[69]',
    '[A-Za-z0-9+/_-]{6,400}={0,2}(?![A-Za-z0-9+/=])',
  ),
  // IMAP: RFC 9051 section 6.2.3, after the tag of the command.
  secret(
    ['LOGIN '],
    String.raw`(?<=[A-Za-z][A-Za-z0-9]{0,9}\d ?)LOGIN \\{0,15}["']?[^\s"'\\]{1,80}\\{0,15}["']? \\{0,15}["']?`,
    String.raw`(?!\[)[^\s"'\\]{1,128}(?=\\{0,4}["']|\s{0,8}(?:[\r\n\v]|$))`,
  ),
  // FTP (RFC 959) and POP3 (RFC 1939), behind the sign of a line to the server.
  secret(
    ['PASS '],
    String.raw`(?<=[>:\]/|,;-] {1,3})PASS `,
    String.raw`${CHOSEN}(?=\s*(?:[\r\n\v"']|$)|[,;]? (?:->|→|\/|\|)? {0,2}(?:230|530|331|\+OK|-ERR)(?:\s|$))`,
  ),
  // The same in plain words, below the user
  secret(
    ['PASS '],
    String.raw`(?<=USER [^\r\n\v]{1,80}\r?[\n\v](?:[^\r\n\v]{0,80}[\n\v])?[^\r\n\v]{0,40}[>:\]|] {1,3})PASS `,
    String.raw`${ARGUMENT}(?=\s*(?:[\r\n\v"']|$))`,
  ),
  // redis.io/commands/auth, /hello, /acl-setuser
  secret(
    ['AUTH ', 'auth '],
    String.raw`(?<=[>] |[=:] ?\\{0,4}")(?:AUTH|auth) (?![\w.-]{1,64} \[redacted)(?:[\w.-]{1,64} (?=[^\s"]{1,200}(?:["\r\n\v]|$)))?`,
    String.raw`(?!PLAIN|LOGIN|XOAUTH|CRAM)(?!(?<="(?:AUTH|auth) |"auth [a-z]{1,20} )[a-z]{1,30}["\s])${ARGUMENT}(?=["\s]|$)`,
  ),
  // The whole statement of a span: opentelemetry.io/docs/specs/semconv/database/redis, `db.query.text`.
  secret(
    ['AUTH '],
    String.raw`(?<=^)AUTH (?:[\w.-]{1,64} (?=\S{1,200}$))?`,
    String.raw`(?!PLAIN|LOGIN|XOAUTH|CRAM)(?=\S{6,200}$)${CHOSEN}$`,
  ),
  // redis.io/docs/latest/develop/tools/cli, "Command line usage": the command behind the options.
  secret(
    ['redis-cli ', 'valkey-cli ', 'keydb-cli '],
    String.raw`[a-z]{5,6}-cli (?:[^\r\n\v|;&<]{1,100} )?(?:AUTH|auth) (?:[\w.-]{1,64} (?=[^\s"'|;&]{3,200}(?:["'\s]|$)))?${MAYBE_QUOTE}`,
    String.raw`${CHOSEN}(?=["'\s;|&)]|$)`,
  ),
  // The same, piped: `echo "AUTH x" | nc redis 6379`.
  secret(
    ['echo ', 'printf '],
    String.raw`(?:echo|printf) (?:-[neE]{1,3} )?${MAYBE_QUOTE}(?:AUTH|auth) (?:[\w.-]{1,64} (?=[^\s"'|;&\\]{3,200}(?:["'\\\r\n\v]|$)))?`,
    String.raw`(?!PLAIN|LOGIN|XOAUTH|CRAM)${NO_PLACEHOLDER}[^\s"'\x60<>|;&()\\]{3,200}(?=[^|;&]{0,60}\| ?(?:timeout \w{1,6} )?(?:nc|ncat|netcat|telnet|socat|openssl|(?:redis|valkey|keydb)-cli)\b)`,
  ),
  // A link to a new password or a confirmed address: OWASP, "Forgot Password Cheat Sheet", names the code in the address.
  secret(
    ['code=', 'key='],
    String.raw`(?<=[/_-](?:pass(?:word|wd)[-_/]?(?:reset|forgot|recovery?)|(?:reset|forgot|forgotten|recover|change|set|new)[-_/]?(?:pass(?:word|wd)|pwd)|forgot|(?:verify|confirm)[-_/]?e?mail|e?mail[-_/]?(?:verify|verification|confirm|confirmation)|magic[-_]?link|activate[-_/]?account|account[-_/]?(?:activate|activation|recovery))(?:/[\w-]{1,30})?/?\?(?:[^\s"'#?]{1,200}&(?:amp;)?)?)(?:code|key)=`,
    String.raw`(?=[^\s&"'#]{0,100}\d)(?!\[)[\w.~%-]{6,400}`,
  ),
  // redis.io/docs/latest/commands/monitor: each argument in quotes.
  secret(
    ['AUTH"', 'auth"', 'AUTH\\', 'auth\\', 'requirepass"', 'requirepass\\', 'masterauth"', 'masterauth\\'],
    String.raw`(?<=")[A-Za-z]{4,11}\\{0,15}" \\{0,15}"(?![^"\\\r\n\v]{1,64}\\{0,15}" \\{0,15}"\[redacted)(?:[^"\\\r\n\v]{1,64}\\{0,15}" \\{0,15}"(?=[^"\\\r\n\v]{1,200}\\{0,15}"))?`,
    String.raw`(?!\[redacted)[^"\\\r\n\v]{1,200}(?=\\{0,15}")`,
  ),
  secret(['hello ', 'HELLO '], '(?:hello|HELLO) [23] (?:auth|AUTH) [^\\s"]{1,64} ', ARGUMENT),
  secret(
    ['SETUSER', 'setuser'],
    String.raw`(?:SETUSER|setuser)${QUOTE}?[ ,][^\r\n\v]{0,200}?[ "']>`,
    String.raw`(?!\[)[^\s"'\\]{1,200}`,
  ),
  // redis.io/docs/latest/operate/oss_and_stack/management/security/acl: a line of `users.acl`, a password or its SHA-256.
  secret(
    [
      'on >',
      'on #',
      'on ~',
      'on &',
      'on +',
      'on -',
      'on %',
      'on sanitize-payload',
      'on resetkeys',
      'on allkeys',
      'off >',
      'off #',
    ],
    String.raw`(?<=user \S{1,64} )(?:on|off) (?:[^\s>#"']\S{0,100} ){0,9}?(?:>|#(?=[0-9a-f]{64}(?!\w)))`,
    String.raw`(?!\[)[^\s"'\\]{3,200}(?= [~&+#>%(-]|\s*(?:[\r\n\v"'\\]|$))`,
  ),
  // core.tcl-lang.org/expect, pexpect.readthedocs.io: the answer to a prompt.
  secret(
    ['send ', 'sendline('],
    String.raw`(?<=(?:assword|assphrase|asscode|PIN)\b[^A-Za-z]{0,20}(?:[a-z_.]{1,20}[^A-Za-z]{0,10})?)send(?: (?:-- )?|line\()[bru]?["'{]`,
    String.raw`(?![\[$\\])[^"'}\r\n\v\\]{1,200}`,
  ),
  // docs.ansible.com/ansible/latest/vault_guide
  secret(
    ['ANSIBLE_VAULT;'],
    String.raw`ANSIBLE_VAULT;[\d.]{3};AES\d{0,3}(?:;[\w.-]{1,60})?\s{1,40}`,
    String.raw`[0-9a-f][0-9a-f\s]{15,}`,
  ),
  // Cisco IOS, "Security Command Reference": a digit says how the password is written. SNMP: "snmp-server community".
  secret(['enable '], String.raw`enable (?:secret|password) \d `, String.raw`(?![\[])\S{4,200}`),
  secret(
    ['privilege ', 'password 5 ', 'password 7 ', 'secret 0 ', 'secret 5 ', 'secret 8 ', 'secret 9 '],
    String.raw`(?<=username \S{1,64} )(?:privilege \d{1,2} )?(?:password|secret) (?:\d )?`,
    String.raw`(?![\[])\S{1,200}`,
  ),
  // Type 7 can be read back: cisco.com, "Cisco IOS Password Encryption Facts".
  secret(
    ['password 7 ', 'key 7 ', 'key-string 7 ', 'ascii 7 ', 'community 7 '],
    '[a-z-]{3,10} 7 ',
    String.raw`(?:0\d|1[0-5])(?:[0-9A-Fa-f]{2}){2,64}(?![\w-])`,
  ),
  // juniper.net/documentation, "pre-shared-key"; docs.vyos.io, "IPsec".
  secret(
    ['pre-shared-', 'authentication-key ', 'plain-text-password-value '],
    `(?:pre-shared-(?:key|secret)|authentication-key|plain-text-password-value) (?:(?:ascii-text|hexadecimal|local|remote) )?${MAYBE_QUOTE}`,
    `(?:${IN_QUOTES}|${CHOSEN})`,
  ),
  secret(['snmp-server '], 'snmp-server community ', String.raw`(?![\[])\S{1,64}(?= (?:RO|RW|ro|rw|view)\b)`),
  secret(
    ['radius server ', 'tacacs server '],
    String.raw`(?:radius|tacacs) server \S{1,64}${BREAK}(?:[ \t]{1,4}address [^\r\n\v]{1,100}${BREAK})?[ \t]{1,4}key (?:\d )?`,
    String.raw`(?![\[])\S{1,200}`,
  ),
  // Cisco IOS, "Security Command Reference": tacacs-server key, radius-server key, crypto isakmp key, ppp chap password;
  // docs.fortinet.com, "CLI Reference": psksecret. A sentence about the key has no digit or sign in its next word.
  secret(
    ['tacacs-server ', 'radius-server '],
    String.raw`(?:tacacs|radius)-server (?:host [\da-fA-F.:]{3,45} (?:[a-z-]{4,12} \d{1,5} ){0,4})?key (?:\d )?`,
    CHOSEN,
  ),
  secret(['isakmp key '], String.raw`isakmp key (?:\d )?`, String.raw`${ARGUMENT}(?= (?:address|hostname)\b)`),
  secret(
    ['chap password ', 'pap sent-username '],
    String.raw`(?:chap password (?:\d )?|pap sent-username \S{1,64} password (?:\d )?)`,
    CHOSEN,
  ),
  secret(['psksecret '], `psksecret (?:ENC )?${MAYBE_QUOTE}`, ARGUMENT),
  secret(
    ['message-digest-key ', 'md5 key-string ', 'authentication-key '],
    String.raw`(?:message-digest-key \d{1,3} md5|md5 key-string|authentication-key \d{1,5} md5) (?:\d )?`,
    ARGUMENT,
  ),
  // docs.strongswan.org, "ipsec.secrets": selectors, a colon between spaces, the type, the secret.
  secret(
    ['PSK ', 'EAP ', 'XAUTH ', 'NTLM ', 'PIN '],
    String.raw`(?<=(?:^|\s):[ \t]{1,8})(?:PSK|EAP|XAUTH|NTLM|PIN)[ \t]{1,8}`,
    String.raw`(?:"(?!\[redacted)[^"\r\n\v]{1,200}"|0[sx][A-Za-z0-9+/]{8,400}={0,2}(?![\w+/]))`,
  ),
  // doc.dovecot.org, "Password Schemes": what is not hashed
  secret(
    ['PLAIN}', 'CLEARTEXT}', 'CLEAR}'],
    String.raw`(?<=\{)(?:PLAIN|CLEARTEXT|CLEAR)\}`,
    String.raw`(?!\[)[^\s:"'\\]{3,200}`,
  ),
  // pulumi.com/docs/iac/cli/commands/pulumi_config_set: an option without a value
  secret(
    ['pulumi config set --secret ', 'config set --secret '],
    String.raw`(?:pulumi )?config set --secret (?:--?[\w-]{1,30}(?:=\S{1,60})? ){0,3}[\w:.-]{1,100} ${MAYBE_QUOTE}`,
    ARGUMENT,
  ),
  // docs.haproxy.org, "12.1. Userlists"
  secret(['insecure-password '], 'insecure-password ', String.raw`(?![\[])\S{1,200}`),
  // php.net/manual/en/pdo.construct.php and mysqli.construct.php: the third argument, in a stack trace.
  secret(
    ['__construct(', 'createPdoConnection(', 'mysqli_connect(', 'new PDO(', 'new mysqli('],
    String.raw`(?:__construct|createPdoConnection|mysqli_connect|new PDO|new mysqli)\('[^'\r\n\v]{1,200}', ?'[^'\r\n\v]{0,80}', ?'`,
    String.raw`(?!\[)[^'\r\n\v]{1,128}(?=')`,
  ),
  // learn.microsoft.com/sql/t-sql/language-elements/declare-local-variable-transact-sql; postgresql.org, "set_config"
  secret(
    ['DECLARE @', 'declare @'],
    String.raw`(?:DECLARE|declare) @${SECRET_NAMES} (?:AS )?\w{3,20}(?:\([\w, ]{1,10}\))? ?= ?N?'`,
    String.raw`(?!\[redacted)[^'\r\n\v]{1,400}(?=')`,
  ),
  secret(
    ['set_config('],
    String.raw`set_config\('[\w.]{0,60}(?:password|passwd|passphrase|secret|token|api_?key|private_key|jwt)', ?'`,
    String.raw`(?!\[redacted)[^'\r\n\v]{1,400}(?=')`,
  ),
  // A header as a pair of a tuple or a list: docs.python.org, http.client; pkg.go.dev and others.
  form(
    'authorization',
    ['authorization', 'Authorization'],
    String.raw`([Aa]uthorization${QUOTE}, ?b?${QUOTE}(?:(?:Bearer|Basic|Token|ApiKey|Digest|bearer|basic) )?)(?!\[redacted)[^"'\r\n\v\\ ]{6,4096}(?=${QUOTE} ?[)\]])`,
  ),
  // developer.hashicorp.com/terraform/language/values/variables
  secret(
    ['variable "', 'variable \\'],
    String.raw`variable ${QUOTE}${SECRET_NAMES}${QUOTE} \{[^{}]{0,400}?default[ \t]{1,20}= ${QUOTE}`,
    String.raw`(?![\[$])[^"\r\n\v\\]{1,200}`,
  ),
  // postgresql.org/docs/current/pgcrypto.html, dev.mysql.com/doc/refman/8.4/en/encryption-functions.html: the key is the
  // second argument, and of crypt() the first.
  secret(
    ['pgp_sym_', 'PGP_SYM_', 'aes_', 'AES_'],
    String.raw`(?:pgp_sym_|PGP_SYM_|aes_|AES_)(?:encrypt|decrypt|ENCRYPT|DECRYPT)(?:_bytea)?\((?:[\w."]{1,80}|'[^'\r\n\v]{0,400}'), ?'`,
    String.raw`(?!\[)[^'\r\n\v]{1,200}(?=')`,
  ),
  // duckdb.org/docs/stable/configuration/secrets_manager: members of CREATE SECRET.
  secret(
    ['SECRET ', 'secret ', 'SESSION_TOKEN ', 'BEARER_TOKEN ', 'CLIENT_SECRET ', 'ACCOUNT_KEY '],
    "[A-Za-z_]{6,13} '",
    String.raw`(?=[^'\s]{0,200}\d)(?=[^'\s]{0,200}[A-Z])(?=[^'\s]{0,200}[a-z])[A-Za-z0-9+/=_.~-]{16,400}(?=')`,
  ),
  secret(['crypt('], String.raw`crypt\('`, String.raw`(?!\[)[^'\r\n\v]{1,200}(?=', ?(?:gen_salt|\w))`),
  // developer.hashicorp.com/vault/docs/auth/approle and /nomad/docs/commands/acl/bootstrap: also a column of a table
  secret(
    ['secret_id', 'secret-id', 'Secret ID', 'SecretID', 'SECRET_ID'],
    String.raw`(?:secret|Secret|SECRET)[_ -]?(?:id|ID)\\{0,15}["']?\s{0,20}[:= ]\s{0,20}\\{0,15}["']?`,
    '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}(?![0-9a-f-])',
  ),
  // v2.hardhat.org/hardhat-runner/docs/config#json-rpc-based-networks: keys of 32 bytes
  form('private-key', ['accounts'], String.raw`(accounts["']?: ?\[\s{0,8}["'])0x[0-9a-fA-F]{64}(?![0-9a-fA-F])`),
  // github.com/bitcoin/bips, bip-0039
  form(
    'seed-phrase',
    ['mnemonic', 'MNEMONIC', 'Mnemonic', 'recovery phrase', 'seed phrase', 'seedPhrase', 'seed_phrase', 'SEED_PHRASE'],
    String.raw`(\w{4,8}(?:[ _]?[Pp](?:hrase|HRASE))?["']?(?: is| was)?\s{0,2}[:=]?\s{0,2}\\{0,15}["']?)${SEED_WORDS}`,
  ),
  // docs.github.com/authentication, "Recovering your account if you lose your 2FA credentials"
  secret(
    ['recovery code', 'backup code', 'Recovery code', 'Backup code'],
    String.raw`[a-zA-Z]{6,8} codes?(?: (?:for|of) [^:\r\n\v]{1,40}| \([^()\r\n\v]{1,30}\))?: ?`,
    `(?:${DIGIT_CODE}(?:, ?${DIGIT_CODE}){1,19}|${RECOVERY_CODE}(?:[, ]{1,2}${RECOVERY_CODE}){0,19}|${PLAIN_CODE}(?:(?:, ?| )${PLAIN_CODE}){1,19})`,
  ),
  // support.apple.com/guide/deployment, "Manage FileVault": six groups
  secret(
    ['recovery key', 'Recovery key', 'Recovery Key'],
    String.raw`[a-zA-Z]{8} [kK]ey(?: (?:for|of) [\w.-]{1,40}| \([^()\r\n\v]{1,40}\))?(?: is ?|: ?| = ?| )`,
    '[A-Z0-9]{4}(?:-[A-Z0-9]{4}){5}(?![\\w-])',
  ),
  // The same without a colon: at least two of them, the first with a digit.
  secret(
    ['recovery code', 'backup code', 'Recovery code', 'Backup code'],
    String.raw`[a-zA-Z]{6,8} codes?(?: (?:for|of) [\w.@-]{1,40})?(?: (?:are|were))? `,
    `(?=[A-Za-z-]{0,30}\\d)${RECOVERY_CODE}(?:, ?${RECOVERY_CODE}){1,19}`,
  ),
  // The same as a list of lines.
  secret(
    ['recovery code', 'backup code', 'Recovery code', 'Backup code'],
    String.raw`[a-zA-Z]{6,8} codes?(?: (?:for|of) [^:\r\n\v]{1,40})?:?${LIST_SIGN}`,
    `${LISTED_CODE}(?:${LIST_SIGN}${LISTED_CODE}){1,19}`,
  ),
  // github.com/google/google-authenticator/wiki, "Key Uri Format": a seed in base32, by groups for people who type it.
  secret(
    [
      'TOTP',
      'totp',
      '2FA',
      'MFA',
      'Authenticator',
      'authenticator',
      'setup key',
      'Setup key',
      'secret key',
      'Secret key',
    ],
    String.raw`[\w -]{3,60}?(?: ?\([^()\r\n\v]{1,40}\))?(?:: ?| is:? )`,
    '(?=(?:[A-Za-z]{4}[ -]){0,14}[A-Za-z]{0,3}[2-7])(?=(?:[2-7]{4}[ -]){0,14}[2-7]{0,3}[A-Za-z])(?:(?:[A-Z2-7]{4}[ -]){3,15}[A-Z2-7]{1,8}|(?:[a-z2-7]{4}[ -]){3,15}[a-z2-7]{1,8})(?![A-Za-z0-9])',
  ),
  // postgresql.org/docs/current/libpq-pgpass.html: host, port, database, user, password
  secret(
    ['5432:', '5433:', '6432:'],
    String.raw`\d{4}:[^\s:"']{1,64}:[^\s:"']{1,64}:`,
    String.raw`(?![\[$])(?:\\.|[^\s\\:"'])+`,
  ),
  // Arguments of further commands, by their manuals: developer.hashicorp.com/vault/docs/commands/kv/put,
  // erlang.org/doc/man/erl, lftp(1), min.io/docs/minio/linux/reference/minio-mc/mc-alias-set, wpa_passphrase(8),
  // redis.io/docs/latest/operate/oss_and_stack/management/sentinel, curl(1).
  secret(
    ['vault kv '],
    String.raw`vault kv (?:put|patch) (?:-\S{1,60} ){0,3}[^\s=]{1,200} (?:[\w.-]{1,60}=\S{1,200} ){0,9}(?:value|val|data|content)=${MAYBE_QUOTE}`,
    ARGUMENT,
  ),
  secret(['setcookie '], '(?<=-)setcookie ', ARGUMENT),
  secret(['lftp '], String.raw`lftp [^\r\n\v|;&]{0,100}?-u ?${MAYBE_QUOTE}[^\s,"']{1,64},`, ARGUMENT),
  secret(
    ['mc alias ', 'mc config '],
    String.raw`mc (?:alias set|config host add) \S{1,64} \S{1,200} \S{1,128} `,
    ARGUMENT,
  ),
  secret(['wpa_passphrase '], String.raw`wpa_passphrase \S{1,32} `, ARGUMENT),
  secret(['auth-pass '], String.raw`auth-pass \S{1,64} `, ARGUMENT),
  secret(
    ['--cert ', '-E '],
    String.raw`(?:--cert|-E) ${MAYBE_QUOTE}[\w./-]{1,200}\.(?:pem|p12|pfx|crt|cert):`,
    ARGUMENT,
  ),
  // learn.microsoft.com/windows-server/administration/windows-commands/schtasks-create and /reg-add; github.com/FreeRDP.
  secret(['rp '], String.raw`(?<=schtasks[^\r\n\v|;&]{0,300} \/)rp `, ARGUMENT),
  secret(
    ['p:'],
    String.raw`(?<=(?:xf|wlf|sdl-f)reerdp\d?[^\r\n\v|;&]{0,300} \/)p:${MAYBE_QUOTE}`,
    `(?:${IN_QUOTES}|${ARGUMENT})`,
  ),
  secret(
    ['reg add ', 'REG ADD '],
    String.raw`(?:reg add|REG ADD) [^\r\n\v|;&]{1,200}?\/v ${MAYBE_QUOTE}[\w.-]{0,60}?(?:[Pp]assword|[Ss]ecret|[Tt]oken|[Aa]pi_?[Kk]ey)${MAYBE_QUOTE} [^\r\n\v|;&]{0,60}?\/d ${MAYBE_QUOTE}`,
    ARGUMENT,
  ),
  // ibm.com/docs/db2, CONNECT; docs.teradata.com, "BTEQ LOGON"; mongodb.com/docs/manual/reference/method/db.auth.
  secret(
    ['using ', 'USING '],
    String.raw`(?<=(?:connect to|CONNECT TO) [^\r\n\v;]{1,100} (?:user|USER) ${MAYBE_QUOTE}[\w.-]{1,64}${MAYBE_QUOTE} )(?:using|USING) ${MAYBE_QUOTE}`,
    ARGUMENT,
  ),
  secret(['logon ', 'LOGON '], String.raw`(?<=\.)(?:logon|LOGON) [\w./-]{1,100},`, ARGUMENT),
  secret(
    ['auth('],
    String.raw`(?<=\bdb\.)auth\(${QUOTE}[^"'\r\n\v]{1,80}?${QUOTE}, ?${QUOTE}`,
    String.raw`(?!\[)[^"'\r\n\v\\]{1,128}(?=${QUOTE})`,
  ),
  // A user and a password in one argument: requests.readthedocs.io, "Authentication"; docs.python.org, "logging.handlers";
  // docs.aiohttp.org, BasicAuth; pika.readthedocs.io, PlainCredentials; pkg.go.dev/net/http#Request.SetBasicAuth;
  // hc.apache.org, UsernamePasswordCredentials; neo4j.com/docs/python-manual, basic_auth. Not two names of schemes.
  secret(
    [
      'auth=(',
      'auth = (',
      'auth=[',
      'credentials=(',
      'credentials = (',
      'creds=(',
      'HTTPBasicAuth(',
      'HTTPDigestAuth(',
      'BasicAuth(',
      'SetBasicAuth(',
      'basic_auth(',
      'basic_auth=(',
      'PlainCredentials(',
      'UsernamePasswordCredentials(',
      'PasswordAuthentication(',
    ],
    String.raw`[A-Za-z_]{4,30}(?: ?= ?)?[([]\s?[bu]?${QUOTE}[^"'\r\n\v]{1,100}?${QUOTE}, ?[bu]?${QUOTE}`,
    String.raw`(?!\[redacted)(?![a-z]{1,6}${QUOTE}|(?:basic|digest|bearer|oauth2?|kerberos|negotiate|password|api-?key)${QUOTE})${NO_PLACEHOLDER}[^"'\r\n\v\\]{1,200}(?=${QUOTE})`,
  ),
  // learn.microsoft.com/dotnet/api/system.net.networkcredential: the second argument.
  secret(
    ['NetworkCredential'],
    String.raw`NetworkCredential\]?(?:::new)?\(${QUOTE}[^"'\r\n\v]{1,80}?${QUOTE}, ?${QUOTE}`,
    String.raw`(?!\[)[^"'\r\n\v\\]{1,128}(?=${QUOTE})`,
  ),
  // docs.influxdata.com/influxdb/v1/tools/api: the password behind the user in an address.
  secret(['p='], String.raw`(?<=[?&]u=[^&\s"']{1,64}&)p=`, String.raw`(?!\[)[^&\s"'<>]{1,200}`),
  // RFC 8628 section 6.1: what a person types to give a device access
  secret(
    ['user_code', 'userCode', 'user code'],
    String.raw`user[_ ]?[Cc]ode\\{0,15}["']?(?: is)?\s?[:= ]\s?\\{0,15}["']?`,
    String.raw`[B-DF-HJ-NP-TV-Z0-9]{3,5}-[B-DF-HJ-NP-TV-Z0-9]{3,5}(?![\w-])|[A-Z0-9]{4}-[A-Z0-9]{4}(?![\w-])`,
  ),
  // keycloak.org: a code, its session and its client, as its events and requests write them
  secret(['code='], 'code=\\\\{0,15}["\']?', String.raw`${UUID}\.${UUID}\.${UUID}`),
  // ethereum.org/developers/docs/accounts: keys of 32 bytes; docs.kernel.org, "dm-crypt": keys in hexadecimal digits
  secret(
    ['private', 'Private', 'PRIVATE', 'secret key', 'Secret key', 'signing key', 'encryption key', 'master key'],
    String.raw`(?:[Pp]rivate|PRIVATE|[Ss]ecret|signing|encryption|master)[ _-]?[Kk](?:ey|EY)(?: (?:is|was|for|of)(?: [\w.-]{1,40})?)?\\{0,15}["']?\s?[:= ]\s?\\{0,15}["']?0x`,
    '(?:[0-9a-fA-F]{64}|[0-9a-fA-F]{32})(?![0-9a-zA-Z])',
  ),
  // web.mit.edu/kerberos, "klist", option -K: the encryption type, and the key of a keytab
  secret(
    ['aes', 'arcfour', 'des3', 'camellia'],
    String.raw`(?:aes|arcfour|des3|camellia)[\w-]{0,40}\)[ \t]{0,4}[:=]?[ \t]{0,4}\(?0x`,
    '[0-9a-fA-F]{32,64}(?![0-9a-zA-Z])',
  ),
  // openweathermap.org/appid: the key of its interfaces
  secret(['appid='], '(?<=[?&])appid=', '[0-9a-f]{32}(?![0-9A-Za-z])'),
  // RFC 6749 section 4.1.2: the code that is exchanged for a token. A code of an error is short, or only a word.
  secret(
    ['code='],
    '(?<=[?&])code=',
    String.raw`(?=[^&\s"']{0,200}\d)(?=[^&\s"']{0,200}[A-Za-z])(?![A-Z\d_]{1,400}(?![\w./%~+-]))[\w./%~+-]{16,400}`,
  ),
  // docs.nats.io/running-a-nats-service/configuration/securing_nats/auth_intro/tokens
  secret(['nats://'], 'nats://', String.raw`(?!\[)[^\s/@:"'$\x7b]{6,200}(?=@)`),
  // elastic.co/docs/reference/elasticsearch/command-line-tools/reset-password
  secret(
    ['New value: '],
    String.raw`(?<=[Pp]assword [^\r\n\v]{0,120}[\r\n\v]{1,2}[ \t]{0,8})New value: `,
    `(?:${CHOSEN}|(?=[A-Z]{0,40}[a-z])(?=[a-z]{0,40}[A-Z])[A-Za-z]{16,64}(?![A-Za-z]))`,
  ),
  // Commands of pipelines that name a value to mask: docs.github.com/actions, "Masking a value in a log";
  // learn.microsoft.com/azure/devops/pipelines/scripts/logging-commands.
  secret(['add-mask::'], 'add-mask::', String.raw`(?!\[redacted|\*)[^\r\n\v"']{3,400}`),
  secret(
    ['vso['],
    String.raw`(?<=##)vso\[task\.setvariable (?:[^\]\r\n\v]{0,200}issecret=true|(?:[^\]\r\n\v]{0,100};)?variable=[\w.-]{0,60}(?:PASS|PASSWORD|PWD|SECRET|TOKEN|KEY|PAT|[pP]ass|[pP]assword|[pP]wd|[sS]ecret|[tT]oken|[kK]ey|Pat|[cC]redentials?)(?![\w.-]))[^\]\r\n\v]{0,100}\]`,
    // A list of codes behind it has a place of its own.
    String.raw`(?!\[redacted|\*)(?:(?! (?:recovery|backup) codes?\b)[^\r\n\v]){1,400}`,
  ),
  // The same with its first line, in base64: what `base64` and Kubernetes make of a file.
  form(
    'private-key',
    ['LS0tLS1CRUdJTi'],
    '(?:LS0tLS1CRUdJTi)(?=[A-Za-z0-9+/]{0,40}(?:UFJJVkFURS|BSSVZBVEUg|QUklWQVRF))[A-Za-z0-9+/]{16,16000}={0,2}',
  ),
  // RFC 5208, RFC 8017, RFC 5915 and openssh.com, PROTOCOL.key: lines of a private key without its first line. RFC 7292: a
  // key store; web.mit.edu/kerberos, "keytab file format".
  form(
    'private-key',
    ['MII', 'MHcCAQEE', 'MC4CAQAw', 'b3BlbnNzaC1rZXktdjE', 'BQIAAA'],
    String.raw`(?:MII[A-J][A-Za-z0-9+/]{2}IBA[ADz]|BQIAAA[A-Za-z0-9+/]{40}|MHcCAQEE|MC4CAQAw|b3BlbnNzaC1rZXktdjE)[A-Za-z0-9+/]{8,6000}={0,2}(?:(?:\\n|\s{0,4}[\n\v])[ \t]{0,20}[A-Za-z0-9+/]{40,80}={0,2}(?![A-Za-z0-9+/])){0,80}(?:(?:\\n|\s{0,4}[\n\v])[ \t]{0,20}[A-Za-z0-9+/]{1,80}={1,2})?`,
  ),
];
