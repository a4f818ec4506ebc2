/**
 * Secrets by their place beside a command: what it prints where its argument names a secret, an option of its own, lines of
 * a settings file that has the form of options. What stands before them stays, as in `placed.ts`.
 */
import { type Form, form, secret } from '#model/redaction/form.ts';
import { BREAK, NO_MARK, NO_PLACEHOLDER } from '#model/redaction/pattern-parts.ts';

const ARGUMENT = String.raw`${NO_PLACEHOLDER}[^\s"'\x60<>|;&()]{3,200}`;
const MAYBE_QUOTE = String.raw`(?:\\{0,15}["'])?`;
const IN_QUOTES = String.raw`(?<=["'])${NO_PLACEHOLDER}[^"'\r\n\v\\]{1,200}(?=\\{0,15}["'])`;
const LINE_END = String.raw`(?=["']?[ \t]{0,8}(?:[\r\n\v]|$))`;
const BEGINS_LINE = String.raw`(?<=(?:^|[\n\v])[ \t]{0,16})`;
/** One word in its line, no name before a colon, and no object of Kubernetes. */
const PRINTED = String.raw`(?=[^\s"']{0,100}[\d!@#$%^&*+?=])${NO_PLACEHOLDER}(?!\S{1,100}:(?:\s|$)|[a-z.]{2,40}\/[a-z])[^\s"'\x60<>|()]{8,4096}${LINE_END}`;
/** Letters of both cases among digits, or hexadecimal digits: no word, no host, no version. */
const GENERATED = String.raw`(?:[0-9a-f]{32,128}|(?=[^\s"']{0,200}\d)(?=[^\s"']{0,200}[A-Z])(?=[^\s"']{0,200}[a-z])(?![\w.-]{1,60}:|https?:)[\w+/=.~-]{20,400})${LINE_END}`;
const NAME = String.raw`(?:[Pp]ass(?:word|wd|phrase)|PASS(?:WORD|WD|PHRASE)|[Tt]oken|TOKEN|(?<=[-_./:a-z])[Ss]ecret|_SECRET|(?:[Aa]pi|API|[Ss]ecret|SECRET|[Aa]ccess|ACCESS|[Mm]aster|MASTER|[Pp]rivate|PRIVATE|[Ss]igning|SIGNING|[Ee]ncryption|ENCRYPTION)[-_.]?(?:[Aa]ccess[-_.]?|ACCESS_)?(?:[Kk]ey|KEY)|[Cc]redentials?)(?![A-Za-z])`;
/** The end of a key of settings that are rows of a table. */
const SECRET_ROW =
  '(?:[pP]ass(?:word|wd)?|PASS(?:WORD|WD)?|[pP]wd|PWD|[sS]ecret|SECRET|[tT]oken|TOKEN|(?:[aA]pi|API|[sS]ecret|SECRET|[aA]ccess|ACCESS|[pP]rivate|PRIVATE|[sS]igning|SIGNING|[lL]icense|LICENSE|[aA]uth|AUTH)[-_.]?(?:[kK]ey|KEY))';
/** What stands before a command that somebody typed. */
const PROMPT = String.raw`(?<=[$#>%❯»] (?:[^\r\n\v|$#>%❯»]{1,60} )?)`;

export const PLACED_BY_COMMANDS: readonly Form[] = [
  // docs.aws.amazon.com/cli/latest/reference/configure/get, git-config(1), devcenter.heroku.com, "Heroku CLI Commands",
  // docs.doppler.com/docs/cli, printenv(1), pulumi.com/docs/iac/cli: each prints the value of the name alone.
  secret(
    [
      'configure get ',
      'config get ',
      'config --get ',
      'config:get ',
      'env:get ',
      'env get ',
      'secrets get ',
      'secret get ',
      'kv get ',
      'variable get ',
      'ssm get-parameter ',
      'printenv ',
      'stack output ',
      'keyring get ',
      'credstash get ',
      'chamber read ',
      'etcdctl get ',
      'sops ',
      'secret-tool lookup ',
      'security find-generic-password ',
      'security find-internet-password ',
      'item get ',
    ],
    String.raw`[a-z:-]{3,12}[^\r\n\v|]{0,160}?(?:${NAME}|find-\w{7,8}-password (?=[^\r\n\v]{0,160}-w))[^\r\n\v|]{0,100}${BREAK}["']?`,
    PRINTED,
  ),
  secret(
    ['echo ', 'get ', 'show ', 'read ', 'reveal ', 'cat '],
    String.raw`${PROMPT}[a-z]{3,6} [^\r\n\v|]{0,160}?${NAME}[^\r\n\v|]{0,60}${BREAK}["']?`,
    PRINTED,
  ),
  // A label, and the value alone in a line below
  labelled(
    ['token', 'Token'],
    '(?:(?<=(?:[Ee]nrollment|[Jj]oin|[Aa]ccess|[Aa]pi|API|[Rr]oot|[Bb]ootstrap|[Uu]nlock|[Aa]dmin|[Ss]ervice|[Ss]etup|[Rr]egistration|following|[Ll]ogin|[Aa]uth) )[Tt]oken|[Tt]oken (?=below|above|here))',
  ),
  labelled(
    // With what says which key it is: `key` alone is the name of a member in JSON.
    [
      'api',
      'Api',
      'API',
      'secret',
      'Secret',
      'access',
      'Access',
      'unlock',
      'Unlock',
      'recovery',
      'encryption',
      'license',
      'License',
      'master',
      'Master',
      'setup',
      'Setup',
    ].map((which) => `${which} key`),
    '[A-Za-z]{3,10} key',
  ),
  labelled(['secret', 'Secret'], '(?<=(?:[Cc]lient|[Ss]hared|[Ww]ebhook|[Ss]igning|[Aa]pp) )[Ss]ecret'),
  // documentation.ubuntu.com/pro-client, docs.netbird.io, developers.cloudflare.com, "Tunnels": a token joins a machine
  secret(
    ['attach ', 'enroll ', 'register ', 'activate ', 'service install ', 'join ', 'bootstrap '],
    '[a-z]{4,9} (?:install )?',
    String.raw`(?=[A-Za-z]{0,40}\d)(?=[^A-Z\s]{0,40}[A-Z])(?=[^a-z\s]{0,40}[a-z])(?=[A-Z]{0,3}(?:[a-z]{1,8}[A-Z\d]|\d))[A-Za-z\d]{24,80}(?=[\s"'&;|]|$)`,
  ),
  // kubernetes.io/docs/reference/access-authn-authz/authentication and others: the token as a name of a subprotocol
  secret(
    ['bearer.', 'Bearer.'],
    String.raw`[Bb]earer\.(?:authorization\.k8s\.io\.)?`,
    String.raw`(?=[\w.-]{0,200}\d)[\w-]{20,4000}(?:\.[\w-]{1,4000}){0,4}`,
  ),
  // pushover.net/api: who gets the message
  secret(
    ['user=', 'user": "', 'user_key='],
    String.raw`(?<=[Pp]ushover[^\r\n\v]{0,200})user(?:_key)?(?:=|": ")`,
    '(?=[a-z]{0,29}\\d)[a-z\\d]{30}(?![\\w-])',
  ),
  // prometheus.io/docs/alerting/latest/configuration, "pushover_config"
  secret(
    ['user_key', 'userKey'],
    String.raw`user(?:_k|K)ey(?:\\{0,15}["'])?\s?[:=]\s?(?:\\{0,15}["'])?`,
    '(?=[a-z]{0,29}\\d)[a-z\\d]{30}(?![\\w-])',
  ),
  // docs.ejabberd.im, prosody.im/doc/prosodyctl, unixodbc.org, man ssh-keygen(1), qpdf.readthedocs.io, access.redhat.com,
  // "Activation keys", rabbitmq.com/docs/clustering
  secret(
    ['ejabberdctl ', 'prosodyctl '],
    String.raw`(?:ejabberdctl|prosodyctl) (?:register|adduser|change_password) \S{1,64} \S{1,200} `,
    ARGUMENT,
  ),
  secret(['isql '], String.raw`isql (?:-\w{1,3} ){0,4}[\w.-]{1,60} [\w.@-]{1,64} `, String.raw`(?!-)${ARGUMENT}`),
  secret(
    ['N ', 'P '],
    String.raw`(?<=ssh-keygen\s[^\r\n\v|;&]{0,200}-)[NP] ${MAYBE_QUOTE}`,
    `(?:${IN_QUOTES}|${ARGUMENT})`,
  ),
  secret(
    ['encrypt '],
    String.raw`(?<=qpdf [^\r\n\v|;]{0,200}--)encrypt `,
    String.raw`${NO_MARK}\S{1,100} \S{1,100}(?= (?:40|128|256) )`,
  ),
  secret(['activationkey', 'activation-key'], String.raw`(?<=--)activation-?key[= ]`, ARGUMENT),
  secret(
    ['erlang-cookie ', 'erlang_cookie', 'ERLANG_COOKIE'],
    String.raw`(?:erlang[-_]cookie|ERLANG_COOKIE)(?:["']?\s?[:=]\s?|\s)${MAYBE_QUOTE}`,
    String.raw`${NO_PLACEHOLDER}[\w-]{8,255}`,
  ),
  // docs.fortinet.com, "CLI Reference"; cisco.com, "ip ospf authentication-key"
  secret(['ENC '], String.raw`(?<=(?:password|passwd|secret|key|pwd|passphrase) )ENC `, '[A-Za-z0-9+/]{16,400}={0,2}'),
  secret(['ospf authentication-key '], String.raw`ospf authentication-key (?:\d )?`, ARGUMENT),
  // kafka.apache.org/documentation, "SASL/PLAIN"; zookeeper.apache.org, "SuperDigest"
  secret(
    ['user_'],
    String.raw`(?<=LoginModule [^;]{0,400})user_[\w.-]{1,64}=\\{0,15}"`,
    String.raw`${NO_MARK}[^"\\\r\n\v]{1,200}(?=\\{0,15}")`,
  ),
  secret(['digest:'], String.raw`digest:[\w.-]{1,64}:`, '[A-Za-z0-9+/]{20,40}={0,2}(?![\\w])'),
  // developer.wordpress.org, "Security keys"; php.net/define
  secret(
    ['define('],
    String.raw`define\(\s?["'][A-Z\d_]{0,40}(?:KEY|SALT|PASSWORD|SECRET|TOKEN|PASS)["'],\s{0,20}["']`,
    String.raw`${NO_PLACEHOLDER}(?=[^'\r\n\v]{0,100}(?:[\d!@#$%^&*+=?~]|[a-z]{6}'))[^'\r\n\v]{4,200}(?=')`,
  ),
  // docs.python.org/3/library/argparse.html, click.palletsprojects.com
  secret(
    ['default='],
    String.raw`(?<=--[\w-]{0,30}(?:password|passphrase|secret|token|api-key)["'], ?[^\r\n\v()]{0,100})default=["']`,
    String.raw`${NO_MARK}[^"'\r\n\v]{4,200}(?=["'])`,
  ),
  // scala-sbt.org, "Credentials": the realm, the host, the user, the password
  secret(
    ['Credentials('],
    String.raw`Credentials\((?:"[^"\r\n\v]{0,100}",\s?){3}"`,
    String.raw`${NO_MARK}[^"\r\n\v]{3,200}(?="\))`,
  ),
  // proftpd.org, "SQLConnectInfo": the database, the user, the password
  secret(['SQLConnectInfo '], String.raw`SQLConnectInfo \S{1,200} \S{1,64} `, ARGUMENT),
  // postfix.org/SASL_README.html: a host, a user, a password
  secret(
    ['587 ', '465 ', '25 ', '2525 '],
    String.raw`(?<=(?:^|[\n\v])\[[\w.-]{1,200}\]:)\d{2,4}[ \t]{1,20}[^\s:]{1,128}:`,
    ARGUMENT,
  ),
  // openwrt.org/docs/guide-user/network/wifi: the key of a network, in the file and as `uci show` prints it
  secret(
    ['wireless.'],
    String.raw`wireless\.[\w@[\].-]{1,60}\.(?:key|sae_password|auth_secret|wpa_psk)='?`,
    String.raw`${NO_MARK}(?:(?<=')[^'\r\n\v]{8,63}(?=')|[^\s']{8,63})`,
  ),
  secret(
    ['key '],
    String.raw`(?<=option (?:encryption|ssid)[^\n\v]{1,80}[\n\v](?:[^\n\v]{0,80}[\n\v]){0,6}[ \t]{0,8}option )key ['"]`,
    String.raw`${NO_MARK}[^'"\r\n\v]{8,63}(?=['"])`,
  ),
  // kubectl.docs.kubernetes.io/references/kustomize, "secretGenerator": each literal is a value of a Secret
  secret(
    ['literals:'],
    String.raw`(?<=secretGenerator:[^\0]{0,400})literals:[ \t]{0,8}(?:\r?[\n\v][ \t]{0,20}- ["']?[\w.-]{1,100}=(?:\[redacted:[\w:-]{1,80}\]|[a-z.-]{1,60})["']?){0,30}?\r?[\n\v][ \t]{0,20}- ["']?[\w.-]{1,100}=`,
    String.raw`${NO_PLACEHOLDER}(?=\S{0,200}[\d!@#%^&*+=A-Z])[^\s"']{4,4000}`,
  ),
  // docs.strapi.io, code-server and others: what a program made because nobody has set it
  secret(
    ['generated ', 'random ', 'temporary ', 'ephemeral ', 'generating '],
    String.raw`(?<=(?:[Ss]ecret|SECRET|[Tt]oken|TOKEN|[Pp]assword|PASSWORD|[Kk]ey|KEY|[Ss]alt|SALT)[^\r\n\v]{0,80}(?:using|with|to|use|as|:) (?:an? )?)[a-z]{6,10} (?:(?:value|one|key|secret|token|password):? )?["'\x60]?`,
    String.raw`(?:[0-9a-f]{16,128}|(?=[^\s"']{0,100}\d)(?=[^\s"']{0,100}[A-Z])(?=[^\s"']{0,100}[a-z])[\w+/.~-]{14,200}={0,2})(?![\w-])`,
  ),
  secret(
    [
      'assword from ',
      'password from ',
      'password in ',
      'password at ',
      'password stored ',
      'password written ',
      'password saved ',
      'Password from ',
      'Password in ',
      'token from ',
      'secret from ',
    ],
    String.raw`[A-Za-z]{5,8} (?:from|in|at|stored in|stored at|written to|saved to|saved in) [\w~./\\-]{2,160}: `,
    String.raw`(?:[0-9a-f]{16,128}|(?=[^\s"']{0,100}\d)(?=[^\s"']{0,100}[A-Za-z])${NO_PLACEHOLDER}[\w+/.~!-]{10,200}={0,2})${LINE_END}`,
  ),
  // jedisct1.github.io/minisign, man.openbsd.org/signify: the line below the comment of a secret key
  form('private-key', ['RWRTY0Iy'], 'RWRTY0Iy[A-Za-z0-9+/]{60,400}={0,2}'),
  form(
    'private-key',
    ['signify secret key', 'minisign encrypted secret key'],
    String.raw`((?:signify|minisign encrypted) secret key\r?[\n\v])[A-Za-z0-9+/]{60,400}={0,2}`,
  ),
  // github.com/bitcoin/bips, bip-0032; github.com/nostr-protocol/nips, 19; developers.stellar.org, "Strkey"
  form('private-key', ['xprv', 'yprv', 'zprv', 'tprv'], '[xyzt]prv[1-9A-HJ-NP-Za-km-z]{100,112}'),
  form('private-key', ['nsec1'], 'nsec1[02-9ac-hj-np-z]{58}'),
  // learn.microsoft.com/windows/win32/seccrypto/signtool, /windows-server/administration/windows-commands/tasklist and
  // /certutil, /windows-hardware/drivers/devtest/pvk2pfx: an option of one or two letters
  secret(
    ['p ', 'p:', 'P ', 'pi ', 'po '],
    String.raw`(?<=(?:signtool|certutil|pvk2pfx|makecert|tasklist|taskkill|systeminfo|schtasks|driverquery|openfiles|getmac|wmic|importpfx|osslsigncode|jsign|cmdkey|msdeploy|dism|bcdedit|rdesktop|plink|pscp|psftp|winscp)(?:\.exe|\.com)?\s[^\r\n\v|;&]{0,300}\s[-/])(?:[pP]|p[io])[ :]${MAYBE_QUOTE}`,
    `(?:${IN_QUOTES}|(?!\\d{1,5}(?:\\s|$))${ARGUMENT})`,
  ),
  // learn.microsoft.com/windows-server/administration/windows-commands/cmdkey; putty.org, "The command-line tools"
  secret(
    ['pw '],
    String.raw`(?<=(?:plink|pscp|psftp|putty|kitty)(?:\.exe)?\s[^\r\n\v|;&]{0,300}\s-)pw ${MAYBE_QUOTE}`,
    ARGUMENT,
  ),
  // curl.se/docs/manpage.html, "-K": a file with an option in each line
  secret(
    ['user = ', 'user=', 'proxy-user = ', 'proxy-user=', 'proxy-user ', 'user "'],
    String.raw`${BEGINS_LINE}(?:-{2})?(?:proxy-)?user(?:\s?=\s?|\s)(?:"([^"\s:]{1,64}):(?!\2")(?=[^"\s]{0,200}[A-Z\d!@#$%^&*+=?]|[^"\s]{3,200}"[ \t]{0,8}\r?[\n\v][ \t]{0,8}(?:url|proxy|-o|output|header)\b)(?=[^"\s]{3,200}"[ \t]{0,8}(?:[\r\n\v]|$))|[^"\s:]{1,64}:(?=\S{3,200}[ \t]{0,8}\r?[\n\v][ \t]{0,8}(?:url|-o|output|header|-H)\b))`,
    String.raw`(?!\d{1,6}(?:["\s]|$))${NO_PLACEHOLDER}[^\s"]{3,200}`,
  ),
  // curl.se/libcurl/c/CURLOPT_USERPWD.html, docs.aiohttp.org and others: a user and a password as one value
  secret(
    ['USERPWD', 'userpwd', 'basic_auth', 'basicauth', 'basicAuth', 'BASIC_AUTH', 'httpauth', 'http_auth', 'HTTP_AUTH'],
    String.raw`[A-Za-z_]{7,10}(?:\\{0,15}["'])?\s?(?:=>?|:|,)\s?${MAYBE_QUOTE}[\w.@+-]{1,64}:`,
    String.raw`(?!\/\/)${NO_PLACEHOLDER}[^\s"'\\,;)]{3,200}`,
  ),
  // registry.terraform.io/providers/grafana/grafana, "auth": a user and a password under a name that ends with auth
  secret(
    ['auth=', 'auth =', 'auth:', 'auth"', "auth'", 'AUTH=', 'AUTH:', 'AUTH"', 'auth\\'],
    String.raw`(?:auth|AUTH)(?:\\{0,15}["'])?[ \t]{0,8}[:=][ \t]{0,8}${MAYBE_QUOTE}(?!(?:ldaps?|jwt|oauth2?|saml2?|oidc|basic|digest|kerberos|radius|pam|file|local|negotiate|bearer|sha\d*|md5|hmac)[-:])[\w.@+-]{1,64}:`,
    String.raw`(?=[^\s"']{0,60}[A-Za-z])(?=[^\s"']{0,60}\d)(?=[^\s"']{0,60}(?:[!#$%^*+?~@]|[a-z\d][A-Z]|\d[a-z]))${NO_PLACEHOLDER}[^\s"'\\,;)/:]{6,200}(?![^\s"',;)])`,
  ),
  // docs.confluent.io, "basic.auth.user.info": the id of a key and its secret
  secret(
    ['user.info=', 'user.info =', 'user.info:', 'user.info"', 'userInfo=', 'USER_INFO='],
    String.raw`(?<=auth[._])(?:user[._]info|USER_INFO)(?:\\{0,15}["'])?\s?[:=]\s?${MAYBE_QUOTE}`,
    String.raw`${NO_PLACEHOLDER}[^\s:"'$\x7b]{1,100}:[^\s"'\\,;]{4,200}`,
  ),
  // postgresql.org/docs/current/sql-update.html: the condition names the row whose value is set
  secret(
    ['value', 'val', 'VALUE', 'Value', 'data', 'content', 'setting'].flatMap((name) =>
      [' =', '=', '"', '`', ']'].map((next) => name + next),
    ),
    String.raw`(?:[vV]alue|VALUE|val|data|content|setting)["\x60\]]?\s{0,8}=\s{0,8}[NE]?'(?=(?:[^'\r\n\v]|''){1,400}'(?:,[^;\r\n\v]{0,200})?\s{1,8}(?:where|WHERE|Where)\s[^;\r\n\v]{0,200}?(?:name|key|NAME|KEY|Name|Key|option|code|id|path)["\x60\]]?\s{0,4}(?:=|like|LIKE)\s{0,4}N?'[\w.:/%-]{0,80}${SECRET_ROW}')`,
    String.raw`(?!\[redacted|vault:|ssm:|op:|arn:|(?:true|false|null)')(?:[^'\r\n\v]|''){3,400}(?=')`,
  ),
  // docs.vyos.io, "PPPoE"; juniper.net and others: a line that sets a password, which may be digits alone
  secret(
    ['password ', 'secret ', 'passwd ', 'key '],
    String.raw`(?<=(?:^|[\n\v])(?:[\w.@-]{1,60}[#>] ?)?[ \t]{0,8}(?:set (?:system|interfaces?|vpn|security|services?|protocols|access|firewall|snmp|network|shared|deviceconfig|mgt-config|wireless|pki|groups) [\w ./:@"-]{2,160}|username \S{1,64}(?: privilege \d{1,2})?) )(?:password|secret|passwd|(?<=pre-shared-)key) (?:0 )?["']?`,
    String.raw`\d{4,64}(?=["']?[ \t]{0,8}(?:[\r\n\v]|$))`,
  ),
  // net-snmp.org/docs/man/snmpd.conf.html and snmp.conf.html: a user with its two passphrases, communities
  secret(
    ['createUser ', 'usmUser '],
    String.raw`(?:createUser|usmUser) (?:-e \w{4,80} )?\S{1,64} (?:MD5|SHA(?:-?\d{3})?) (?:-[ml] )?"?`,
    String.raw`${NO_MARK}(?:(?<=")[^"\r\n\v]{1,200}(?=")|[^\s"]{1,200})`,
  ),
  secret(
    ['AES ', 'AES-', 'AES1', 'AES2', 'DES ', '3DES ', 'aes ', 'aes-', 'aes1', 'aes2', 'des ', '3des ', 'priv '],
    String.raw`(?:(?:AES(?:-?\d{3}C?)?|3?DES) (?<=(?:createUser|usmUser) [^\r\n\v]{1,260})|(?:aes(?:[ -]?\d{3})?|3?des) (?!\d{3} )(?<=snmp-server user [^\r\n\v]{1,240})|priv (?!aes|des|3des)(?<=snmp-server user [^\r\n\v]{1,240}))(?:-[ml] )?"?`,
    String.raw`${NO_MARK}(?:(?<=")[^"\r\n\v]{1,200}(?=")|[^\s"]{1,200})`,
  ),
  // Cisco IOS, "SNMP Command Reference", snmp-server user
  secret(
    ['md5 ', 'sha ', 'sha-256 ', 'SHA ', 'MD5 '],
    String.raw`(?<=snmp-server user [^\r\n\v]{1,120} auth )(?:md5|sha(?:-?\d{3})?|MD5|SHA(?:-?\d{3})?) (?:0 )?`,
    String.raw`${NO_MARK}\S{1,200}`,
  ),
  secret(
    ['rocommunity', 'rwcommunity', 'trapcommunity ', 'defCommunity ', 'authcommunity '],
    String.raw`${BEGINS_LINE}(?:r[ow]community6?|trapcommunity|defCommunity|authcommunity (?:[a-z]{2,8},?){1,4}) `,
    String.raw`(?!public(?:\s|$))${NO_PLACEHOLDER}[^\s"'#]{3,64}`,
  ),
  secret(
    ['com2sec ', 'com2sec6 ', 'trapsink ', 'trap2sink ', 'informsink '],
    String.raw`${BEGINS_LINE}(?:com2sec6? (?:-Cn \S{1,60} )?\S{1,64}\s{1,8}\S{1,64}|(?:trap2?|inform)sink \S{1,100})\s{1,8}`,
    String.raw`(?!public(?:\s|$)|\d{1,5}(?:\s|$))${NO_PLACEHOLDER}[^\s"'#]{3,64}`,
  ),
  secret(
    ['defAuthPassphrase ', 'defPrivPassphrase ', 'defPassphrase '],
    String.raw`def(?:Auth|Priv)?Passphrase "?`,
    String.raw`${NO_MARK}[^\s"]{3,200}`,
  ),
  secret(
    ['A ', 'X '],
    String.raw`(?<=(?:trapsess|snmpusm|snmpdf|snmpdelta|snmptest|snmpnetstat|check_snmp|snmptranslate)\b[^\r\n\v|;]{0,200}\s-)[AX] ${MAYBE_QUOTE}`,
    ARGUMENT,
  ),
];

/** A label that ends its line with a colon, and the value alone in a line below. */
function labelled(beginnings: readonly string[], label: string): Form {
  return secret(beginnings, String.raw`${label}[^\r\n\v:]{0,120}:(?:${BREAK}){1,3}[ \t]{0,16}`, GENERATED);
}
