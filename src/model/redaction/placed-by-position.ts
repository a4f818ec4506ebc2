/**
 * Secrets that only their position shows: the second argument of a login, a column of a file, the line below a command, a
 * part of an address. What stands before them stays, as in `placed.ts`.
 */
import { type Form, form, secret } from '#model/redaction/form.ts';
import { BREAK, LINE_END, NO_MARK, NO_PLACEHOLDER, QUOTE } from '#model/redaction/pattern-parts.ts';

/** A digit or a sign in it: no word, and no name of a class. */
const CHOSEN = String.raw`(?=[^\s"']{0,100}[\d!@#$%^&*+?=])`;
/** All that a command prints: one word in its line, and no name before a colon. */
const PRINTED = String.raw`(?:${CHOSEN}|(?=[A-Za-z]{0,100}[a-z][A-Z][A-Za-z]{0,100}[a-z][A-Z]))${NO_PLACEHOLDER}(?!\S{1,100}:\s)[^\s"'\x60<>|;()]{8,4096}${LINE_END}`;
/** Digits in hexadecimal, or letters of both cases among digits. */
const TOKEN = String.raw`(?:[0-9a-f]{20,128}|(?=[\w-]{0,200}\d)(?=[\w-]{0,200}[A-Z])(?=[\w-]{0,200}[a-z])[\w-]{20,400})(?![\w-])`;
const PROGRAM_PREFIX = String.raw`(?:[^\r\n\v]{0,80}[|:>\]] {1,4})?`;
const KEY_LINE = String.raw`(?![^\r\n\v]{0,100}Private-)${PROGRAM_PREFIX}[A-Za-z0-9+/]{1,100}={0,2}${LINE_END}`;

/** Commands whose output is the secret alone. */
const PRINT_ALONE = [
  String.raw`bw (?:unlock|login) [^\r\n\v|]{0,80}--raw`,
  String.raw`bw get password [^\r\n\v|]{1,80}`,
  String.raw`(?:go)?pass show [^\r\n\v|]{1,120}`,
  String.raw`lpass show [^\r\n\v|]{0,80}--password[^\r\n\v|]{0,80}`,
  String.raw`aws ecr(?:-public)? get-login-password[^\r\n\v|]{0,120}`,
  String.raw`gcloud auth print-(?:access|identity)-token[^\r\n\v|]{0,80}`,
  String.raw`gh auth token[^\r\n\v|]{0,60}`,
  String.raw`kubectl create token [^\r\n\v|]{1,120}`,
  String.raw`oc whoami (?:-t|--show-token)`,
  String.raw`argocd admin initial-password[^\r\n\v|]{0,60}`,
  String.raw`wg gen(?:key|psk)`,
  String.raw`openssl rand -(?:hex|base64) \d{1,4}[^\r\n\v|]{0,20}`,
  String.raw`gpg2? --gen-random[^\r\n\v|]{0,40}`,
  String.raw`(?:pwgen|apg|xkcdpass|diceware)(?: [^\r\n\v|]{1,60})?`,
  String.raw`head -c \d{1,4} \/dev\/u?random ?\| ?(?:base64|xxd -p)[^\r\n\v]{0,20}`,
  String.raw`consul keygen`,
  String.raw`vault print token`,
  String.raw`heroku auth:token`,
];

export const PLACED_BY_POSITION: readonly Form[] = [
  // bitwarden.com/help/cli, passwordstore.org, gopass.pw, docs.aws.amazon.com/cli (ecr get-login-password),
  // cloud.google.com/sdk (auth print-access-token), cli.github.com/manual (gh auth token), kubernetes.io/docs/reference/
  // kubectl (create token), docs.openshift.com (oc whoami -t), argo-cd.readthedocs.io (admin initial-password),
  // wireguard.com/quickstart, developer.hashicorp.com/consul/commands/keygen: each prints the secret alone.
  secret(
    [
      'bw unlock ',
      'bw login ',
      'bw get password ',
      'pass show ',
      'gopass show ',
      'lpass show ',
      'aws ecr get-login-password',
      'aws ecr-public get-login-password',
      'gcloud auth print-',
      'gh auth token',
      'kubectl create token ',
      'oc whoami ',
      'argocd admin initial-password',
      'wg genkey',
      'wg genpsk',
      'openssl rand -',
      'gpg --gen-random',
      'gpg2 --gen-random',
      'pwgen',
      'apg ',
      'head -c ',
      'consul keygen',
      'vault print token',
      'heroku auth:token',
    ],
    `(?:${PRINT_ALONE.join('|')})${BREAK}`,
    PRINTED,
  ),
  // A console of Python, Ruby or JavaScript: the name in the line above the value
  secret(
    [
      'os.environ',
      'app.config',
      'current_app.config',
      'process.env',
      'ENV',
      'Rails.application.',
      'settings.',
      'credentials.',
      'config.',
    ],
    String.raw`(?<=(?:>|\$|:\d{1,4}) )[\w.]{3,40}[\w.()[\]'":,!-]{0,100}(?:[Pp]ass(?:word|wd)?|PASS(?:WORD|WD)?|[Ss]ecret|SECRET|[Tt]oken|TOKEN|(?:[Aa]pi|API|[Ss]ecret|SECRET|[Aa]ccess|ACCESS|[Mm]aster|MASTER)_?(?:[Kk]ey|KEY)|PWD)['")\]!]{0,4}${BREAK}(?:=> )?["']`,
    String.raw`${NO_MARK}[^"'\r\n\v]{4,400}(?=["'])`,
  ),
  // Mails state it alone, in a line below.
  secret(
    [
      'password is',
      'Password is',
      'passcode is',
      'passphrase is',
      'Passwort ist',
      'Passwort lautet',
      'Kennwort lautet',
      'password lautet',
      'passe est',
      'code is',
      'Code lautet',
      'Code ist',
      'code est',
    ],
    String.raw`[A-Za-z]{4,10} (?:is|ist|lautet|est)(?: now)?(?:${BREAK}){1,3}[ \t]{0,16}`,
    String.raw`(?:\d{4,8}|(?=[^\s]{0,60}[\d!#$%^&*+?~])(?=[^\s]{0,60}[A-Za-z])${NO_PLACEHOLDER}[^\s"'<>]{6,60})${LINE_END}`,
  ),
  // rclone.org/commands/rclone_obscure, getcomposer.org/doc/articles/authentication-for-private-packages,
  // bundler.io/man/bundle-config, pdflabs.com/docs/pdftk-man-page
  secret(
    ['rclone obscure ', 'composer config ', 'bundle config ', 'input_pw ', 'owner_pw ', 'user_pw '],
    String.raw`(?:rclone obscure |composer config (?:--\w{1,20} )?http-basic\.[\w.-]{1,80} \S{1,64} |bundle config (?:set )?(?:--\w{1,20} )?[\w.-]{1,80} [\w.-]{1,64}:|(?:input|owner|user)_pw )`,
    String.raw`${NO_PLACEHOLDER}[^\s"'|;&]{4,128}`,
  ),
  // The key of an interface in an address
  secret(
    ['key='],
    '(?<=[?&])key=',
    String.raw`(?:(?=[\w-]{0,60}\d)(?=[\w-]{0,60}[A-Z])(?=[\w-]{0,60}[a-z])[\w-]{16,200}|[\da-f]{32,64})(?![\w-])`,
  ),
  // kubernetes.io/docs/reference/kubectl/generated/kubectl_get: a template that decodes a member of the Secret
  secret(
    ['go-template='],
    String.raw`(?<=get secrets? [^\r\n\v|]{0,200})go-template=[^\r\n\v]{0,120}base64decode[^\r\n\v|]{0,20}${BREAK}`,
    PRINTED,
  ),
  // The same without its decoding
  secret(
    ['get secret ', 'get secrets '],
    String.raw`get secrets? [^\r\n\v|]{1,200}jsonpath=[^\r\n\v|]{1,100}${BREAK}`,
    String.raw`[A-Za-z0-9+/]{8,4096}={0,2}${LINE_END}`,
  ),
  // cloudinit.readthedocs.io, "Set Passwords": lines of users with their passwords
  secret(
    ['list: |', 'list: >'],
    String.raw`(?<=chpasswd:\s{1,40}(?:expire: \w{1,8}\s{1,40})?)list: [|>][-+]?${BREAK}[ \t]{1,20}[\w.-]{1,64}:`,
    String.raw`${NO_PLACEHOLDER}(?!RANDOM)[^\s:]{3,128}(?:${BREAK}[ \t]{1,20}[\w.-]{1,64}:[^\s:]{3,128}){0,20}`,
  ),
  // github.com/python-ldap: how it traces a call; php.net/ldap_bind as Nextcloud logs it
  secret(
    ['simple_bind', 'ldap_bind '],
    String.raw`(?:simple_bind(?:_s)?\s{1,3}\(\(|ldap_bind with parameters[^[\r\n\v]{0,40}\[)${QUOTE}[^"'\r\n\v\\]{1,160}${QUOTE},\s?${QUOTE}`,
    String.raw`${NO_MARK}[^"'\r\n\v\\]{1,200}(?=${QUOTE})`,
  ),
  // php.net/manual/en/exception.gettraceasstring.php: the driver's options stand first
  secret(
    ['connect(Array'],
    String.raw`connect\(Array, '[^'\r\n\v]{1,80}', '`,
    String.raw`${NO_MARK}[^'\r\n\v]{3,200}(?=')`,
  ),
  // jetty.org, "Sessions": an id of a session is what logs a browser in
  secret(
    ['Session id ', 'new id ', 'session id '],
    '(?:[Ss]ession id|(?<=swapped for )new id) ',
    String.raw`(?=[\da-f]{0,40}[g-z])(?=[a-z]{0,40}\d)[\da-z]{26,64}(?![\w-])`,
  ),
  // pkg.go.dev/github.com/gosnmp/gosnmp: what it has parsed
  secret(
    ['Parsed community '],
    'Parsed community ',
    String.raw`(?!public\b)[^\s"'\\]{4,64}(?=\\{0,15}["']|[ \t]{0,8}(?:[\r\n\v]|$))`,
  ),
  // docs.docker.com/engine/swarm/secrets: a file that only holds the secret, by its name
  secret(
    ['cat '],
    String.raw`cat [\w./-]{0,120}(?:[-_/.](?:password|secret|token|pass)(?:\.txt)?|(?:master|secret|private|api)[-_.]key)${BREAK}`,
    PRINTED,
  ),
  // docs.slack.dev/messaging/sending-messages-using-incoming-webhooks: the path alone, as clients log it
  form('slack-webhook', ['services/T'], String.raw`(services\/)T[A-Z0-9]{6,14}\/B[A-Z0-9]{6,14}\/[A-Za-z0-9]{20,40}`),
  // docs.k3s.io/cli/token: a prefix, the hash of the CA, a user and a password
  form('k3s-token', ['K10'], String.raw`K10[0-9a-f]{64}::(?:[\w-]{1,40}:)?[\w.-]{6,200}`),
  // docs.aws.amazon.com/AmazonECR/latest/userguide/registry_auth.html: base64 of `{"payload":"…`
  form('ecr-token', ['eyJwYXlsb2Fk'], 'eyJwYXlsb2Fk[A-Za-z0-9+/_-]{60,8000}={0,2}'),
  // cheatsheetseries.owasp.org, "Forgot Password": the token of a link, under a name of one letter
  secret(
    ['t=', 'k=', 'c=', 'h='],
    String.raw`(?<=(?:reset|recover|forgot|verify|confirm|activate|invite|magic|unsubscribe)[\w/-]{0,40}\?[^\s"'#]{0,120})(?<=[?&])[tkch]=`,
    TOKEN,
  ),
  // docs.stripe.com/webhooks/signature, docs.github.com/webhooks, "Validating webhook deliveries", docs.slack.dev,
  // "Verifying requests from Slack": the name of the algorithm or of the scheme, and an HMAC
  secret(
    ['Signature', 'signature', 'SIGNATURE'],
    String.raw`(?:[Ss]ignature|SIGNATURE)(?:[-_](?:256|v\d))?(?:${QUOTE})?\s?[:=]\s?(?:${QUOTE})?(?:t=\d{9,13},)?(?:sha(?:1|256|512)=|v\d=)`,
    String.raw`[0-9a-f]{40,128}(?:,v\d=[0-9a-f]{40,128}){0,4}(?![0-9A-Za-z])`,
  ),
  // docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html: what the client has sent
  secret(['SignatureProvided'], 'SignatureProvided>', '[A-Za-z0-9+/=%]{20,128}(?=<)'),
  // w3.org/TR/xmldsig-core1, "The SignatureValue Element": base64, also across lines
  secret(
    ['SignatureValue'],
    String.raw`SignatureValue(?: [^<>]{1,200})?>\s{0,20}`,
    String.raw`[A-Za-z0-9+/=\s]{40,4000}(?=<)`,
  ),
  // datatracker.ietf.org/doc/html/rfc6902 on a Secret of Kubernetes: the path names what the value is
  secret(
    ['path'],
    String.raw`path(?:${QUOTE})?:\s?(?:${QUOTE})?\/(?:stringData\/[\w.~-]{1,100}|data\/[\w.~-]{0,80}(?:pass|passwd|password|pwd|secret|token|key|credentials?))(?:${QUOTE})?,?\s{1,20}(?:${QUOTE})?value(?:${QUOTE})?:\s?(?:${QUOTE})?`,
    String.raw`${NO_PLACEHOLDER}[^\s"',}\\]{4,8000}`,
  ),
  // yaml.org/spec, "Block Scalar Styles": the key of a certificate in lines of base64
  form(
    'private-key',
    ['key: >', 'key: |'],
    String.raw`(key: [>|][-+]?${BREAK}[ \t]{1,20})(?!MII|AAAA|LS0t)(?=[A-Za-z+/]{0,80}\d)[A-Za-z0-9+/]{40,400}(?:${BREAK}[ \t]{1,20}[A-Za-z0-9+/]{4,400}={0,2}(?![\w+/:-])){0,80}`,
  ),
  // PuTTY's manual, "C.3: Outer layer" of its key file, also behind what a log writes before each line
  form(
    'private-key',
    ['Private-Lines: '],
    String.raw`(Private-Lines: \d{1,3}${BREAK}(?![^\r\n\v]{0,100}Private-)${PROGRAM_PREFIX})[A-Za-z0-9+/]{1,100}={0,2}${LINE_END}(?:${BREAK}${KEY_LINE}){0,80}`,
  ),
  // xmlrpc.com/spec.md: the parameters of a login have no names
  secret(
    ['methodName>'],
    String.raw`methodName>(?:\w{1,30}\.){0,3}(?:login|logon|logIn|signin|signIn|authenticate|auth)<\/methodName>\s{0,8}(?:<[^<>]{1,30}>\s{0,8}){1,6}[^<>]{1,80}(?:<[^<>]{1,30}>\s{0,8}){4,12}`,
    String.raw`${NO_PLACEHOLDER}[^<>\s]{3,200}(?=<\/)`,
  ),
  // codex.wordpress.org/XML-RPC_WordPress_API: the blog or the post, the user, the password; getUsersBlogs has no blog
  secret(
    ['methodName>'],
    String.raw`methodName>wp\.getUsersBlogs<\/methodName>\s{0,8}(?:<[^<>]{1,30}>\s{0,8}){1,6}[^<>]{1,80}(?:<[^<>]{1,30}>\s{0,8}){4,12}`,
    String.raw`${NO_PLACEHOLDER}[^<>\s]{3,200}(?=<\/)`,
  ),
  secret(
    ['methodName>'],
    String.raw`methodName>(?:(?:wp|metaWeblog|mt)\.(?!getUsersBlogs)|blogger\.getUsersBlogs)\w{0,30}<\/methodName>\s{0,8}(?:<[^<>]{1,30}>\s{0,8}){1,6}[^<>]{1,80}(?:<[^<>]{1,30}>\s{0,8}){4,12}[^<>]{1,80}(?:<[^<>]{1,30}>\s{0,8}){4,12}`,
    String.raw`${NO_PLACEHOLDER}[^<>\s]{3,200}(?=<\/)`,
  ),
  // libera.chat/guides/registration: an account may stand before the password
  secret(
    ['IDENTIFY ', 'identify '],
    String.raw`(?<=[Nn]ick[Ss]erv :?)(?:IDENTIFY|identify) (?:[\w^{}|-]{1,32} (?=\S))?`,
    String.raw`${CHOSEN}${NO_PLACEHOLDER}[^\s"']{4,128}${LINE_END}`,
  ),
  // metacpan.org/pod/DBI, "connect"; docs.oracle.com/javase, DriverManager; mysqlclient.readthedocs.io; dev.mysql.com,
  // mysql_real_connect: an address, a user, a password
  secret(
    ['DBI->connect(', 'DriverManager.getConnection(', 'MySQLdb.connect(', 'pymysql.connect(', 'mysql_connect('],
    String.raw`[A-Za-z._]{3,14}(?:->connect|getConnection|\.connect|connect)?\(${QUOTE}[^"'\r\n\v]{1,300}?${QUOTE},\s?${QUOTE}[^"'\r\n\v]{1,80}?${QUOTE},\s?${QUOTE}`,
    String.raw`${NO_PLACEHOLDER}[^"'\r\n\v\\]{1,200}(?=${QUOTE})`,
  ),
  // php.net/manual/en/exception.gettraceasstring.php: arguments of functions that log somebody in
  secret(
    [
      'login(',
      'ldapLogin(',
      'doLogin(',
      'logIn(',
      'signIn(',
      'attempt(',
      'authenticate(',
      'bind(',
      'ldap_bind(',
      'ftp_login(',
      'ssh2_auth_password(',
      'checkPassword(',
      'verifyCredentials(',
      'validateCredentials(',
    ],
    String.raw`(?<=(?:->|::|\(\d{1,6}\): |: ))[A-Za-z_\d]{4,24}\((?:(?:Object\([\w\\]{1,100}\)|Resource id #\d{1,6}), )?'[^'\r\n\v]{1,100}', '`,
    String.raw`${CHOSEN}${NO_PLACEHOLDER}[^'\s]{4,128}(?=')`,
  ),
  // rabbitmq.com/docs, erlang.org/doc, "Binaries": the user, then the password
  secret(
    ['auth_failure,', 'login_failed,', 'credentials,', 'authenticate,', 'plain,'],
    String.raw`[a-z_]{5,14},\s?<<"[^"\r\n\v]{1,80}">>,\s?<<"`,
    String.raw`${NO_MARK}[^"\r\n\v]{3,200}(?=">>)`,
  ),
  // curl.se/docs/http-cookies.html, "Cookies file format": the last column is the value
  form(
    'cookie',
    ['TRUE\t/', 'FALSE\t/'],
    String.raw`((?:TRUE|FALSE)\t\/[^\t\r\n\v]{0,200}\t(?:TRUE|FALSE)\t\d{1,13}\t[^\t\r\n\v]{1,100}\t)(?=[^\s]{0,400}\d)${NO_MARK}[^\s]{16,4096}${LINE_END}`,
  ),
  // doc.dovecot.org, "Authentication Protocol"; gnu.org/software/gsasl and libspopc print both sides of a login
  secret(
    ['resp='],
    String.raw`(?<=AUTH\s\d{1,9}\s(?:PLAIN|LOGIN)\s[^\r\n\v]{0,300}\s)resp=`,
    '[A-Za-z0-9+/]{8,400}={0,2}',
  ),
  secret(['challenge: '], "(?<=AUTH (?:LOGIN|PLAIN) )challenge: '", String.raw`${NO_MARK}[^'\r\n\v]{4,200}(?=')`),
  // docs.strongswan.org, "ipsec.secrets": the file of a key, and what it is encrypted with
  secret(
    ['RSA ', 'ECDSA ', 'PKCS8 ', 'P12 '],
    String.raw`(?<=(?:^|\s):[ \t]{1,8})(?:RSA|ECDSA|PKCS8|P12)[ \t]{1,8}[\w./-]{1,100}[ \t]{1,8}"`,
    String.raw`${NO_MARK}[^"\r\n\v]{1,200}(?=")`,
  ),
];
