/**
 * Secrets by their place in calls of functions, as source code, stack traces and consoles show them: the last argument of
 * what logs somebody in, the key of what signs. What stands before them stays, as in `placed.ts`.
 */
import { type Form, secret } from '#model/redaction/form.ts';

const NO_PLACEHOLDER = String.raw`(?![-$<*{%\[|@:?])`;
const QUOTE = String.raw`\\{0,15}["'\x60]`;
/** The name of a user or what stands for it. */
const FIRST = String.raw`(?:${QUOTE}[^"'\x60\r\n\v\\]{1,120}${QUOTE}|[\w.$\[\]]{1,60})`;
/** What no name, mode or address looks like: a digit or a sign in it. */
const CHOSEN = String.raw`(?=[^"'\x60\r\n\v]{0,100}[\d!#$%^&*_=+~@?])${NO_PLACEHOLDER}(?!https?:|\/|[a-z_]+\d?${QUOTE})[^"'\x60\r\n\v\\]{4,200}(?=${QUOTE})`;
/** The last of the quoted arguments, without a space. */
const LAST = String.raw`(?!(?:HASH|ARRAY|CODE|GLOB)\(0x)(?=[^"'\x60\r\n\v]{0,100}[\d!#$%^&*_=+~@?])${NO_PLACEHOLDER}(?!https?:|\/|[a-z_]+\d?${QUOTE})[^\s"'\x60\\]{4,200}(?=${QUOTE}(?:\)|,(?!\s?${QUOTE})|,\s?${QUOTE}[a-z_-]{1,40}${QUOTE}))`;
const KEY = String.raw`${NO_PLACEHOLDER}[^"'\x60\r\n\v\\]{4,400}(?=${QUOTE})`;

const LOGINS = [
  'auth',
  'login',
  'logIn',
  'Login',
  'LogIn',
  'signIn',
  'changeUserPassword',
  'setUserPassword',
  'updateUserPassword',
  'change_user_password',
  'set_user_password',
  'sign_in',
  'authenticate',
  'Authenticate',
  'setAuth',
  'setCredentials',
  'setBasicAuth',
  'SetBasicAuth',
  'basicAuth',
  'basic_auth',
  'withBasicAuth',
  'HTTPBasicAuth',
  'HTTPDigestAuth',
  'BasicAuth',
  'BasicAuthentication',
  'NetworkCredential',
  'PasswordCredential',
  'UsernamePasswordCredentials',
  'UsernamePasswordCredential',
  'UsernamePasswordAuthenticationToken',
  'PasswordAuthentication',
  'PlainTextAuthProvider',
  'StaticCredentials',
  'BasicAWSCredentials',
  'AwsBasicCredentials.create',
  'simple_bind_s',
  'bind_s',
  'bind',
  'plain_credentials',
  'PlainCredentials',
  'PLAIN',
] as const;

export const PLACED_BY_CALLS: readonly Form[] = [
  // docs.python.org/3/library/smtplib.html, mongodb.com/docs/manual/reference/method/db.auth, requests.readthedocs.io,
  // learn.microsoft.com/dotnet/api/system.net.networkcredential: the user, then the password
  secret(
    LOGINS.map((name) => `${name}(`),
    String.raw`[A-Za-z_.]{4,40}\((?:user ?= ?|username ?= ?)?${FIRST}\s{0,3},\s{0,3}[bu]?${QUOTE}`,
    CHOSEN,
  ),
  // php.net/manual/en/function.ldap-bind.php, ldap3.readthedocs.io: a directory takes nothing else
  secret(
    ['bind(', 'ldap_bind(', 'ldapBind(', 'authenticate(', 'simple_bind_s('],
    String.raw`(?<=(?:[Ll]dap|LDAP)\w{0,20}(?:->|::|\.)|(?=ldap))\w{4,16}\((?:\$\w{1,20}, ?)?${FIRST}\s{0,3},\s{0,3}${QUOTE}`,
    String.raw`(?![a-z_]{1,30}${QUOTE})${KEY}`,
  ),
  // psycopg.org, php.net/manual/en/mysqli.construct.php, php.net/manual/en/pdo.construct.php, oracledb: a place, a user,
  // the password
  secret(
    ['psycopg2.connect(', 'psycopg.connect(', 'mysqli(', 'mysqli_connect(', 'PDO(', 'connect(', 'createConnection('],
    String.raw`(?:psycopg2?\.|mysqli|PDO|mysqli_|create)?(?:connect|Connection)?\(${QUOTE}[^"'\r\n\v]{1,200}${QUOTE},\s?${QUOTE}[^"'\r\n\v]{1,80}${QUOTE},\s?${QUOTE}`,
    CHOSEN,
  ),
  // php.net, phpmailer, java.sql.DriverManager: a place with its port and its options, a user, the password
  secret(
    [
      'smtpConnect',
      'ftp_login',
      'ssh2_auth_password',
      'imap_open',
      'real_connect',
      'mysqli_real_connect',
      'odbc_connect',
      'oci_connect',
      'oci_pconnect',
      'pg_connect',
      'getConnection',
      'connectTo',
      'connect',
      'Connect',
      'sftpConnect',
      'imapConnect',
      'ldapConnect',
      'login',
      'authenticate',
      'openConnection',
      'PDO->__construct',
      'mysqli->__construct',
    ].map((name) => `${name}(`),
    String.raw`[A-Za-z_\d>-]{5,24}\((?:(?:${FIRST}|Object\([\w\\]{1,60}\)|Array|NULL),\s{0,2}){2,5}${QUOTE}`,
    LAST,
  ),
  // The same as a program writes it without quotes: openldap.org, RFC 4514
  secret(
    ['bind(', 'simpleBind(', 'login(', 'authenticate(', 'connect(', 'signIn(', 'logon('],
    String.raw`[A-Za-z]{4,14}\((?:(?:cn|uid|dc|ou|CN|UID|DC|OU|sAMAccountName)=[^\s()]{1,160}|[\w.@+-]{1,60})(?:, \d{1,5})?, `,
    String.raw`(?=[^\s()]{0,60}[\d!#$%^&*+=?@~-])${NO_PLACEHOLDER}(?=[^\s()]{0,60}[-!#$%^&*+=?~@]|(?<=[=][^\r\n\v]{0,160}))[^\s(),"']{6,80}(?=\))`,
  ),
  // nodejs.org/api/crypto.html, "crypto.createHmac"; docs.python.org/3/library/hmac.html; php.net/hash_hmac
  secret(
    ['createHmac(', 'hash_hmac(', 'createCipheriv(', 'createDecipheriv('],
    String.raw`[A-Za-z_]{9,16}\(${QUOTE}[\w-]{2,20}${QUOTE},\s?(?:[\w.$]{1,60},\s?(?=${QUOTE}[^"'\r\n\v]{1,200}${QUOTE}\)))?${QUOTE}`,
    KEY,
  ),
  secret(['hmac.new(', 'Fernet(', 'HMAC('], String.raw`[A-Za-z.]{4,8}\((?:key ?= ?)?[bu]?${QUOTE}`, KEY),
  // npmjs.com/package/jsonwebtoken, pyjwt.readthedocs.io: the key behind the token or the payload
  secret(
    ['jwt.sign(', 'jwt.verify(', 'jwt.decode(', 'jwt.encode(', 'JWT.decode ', 'JWT.encode(', 'JWT.decode('],
    String.raw`[jJ][wW][tT]\.[a-z]{4,6}[( ](?:\{[^{}\r\n\v]{0,200}\}|[\w.$]{1,60}|${QUOTE}[^"'\r\n\v]{1,800}${QUOTE}),\s?${QUOTE}`,
    KEY,
  ),
  // learn.microsoft.com/sql/relational-databases/system-stored-procedures: the login, then its password
  secret(
    ['sp_addlogin ', 'sp_addlinkedsrvlogin '],
    String.raw`sp_add(?:linkedsrv)?login (?:(?:N?'[^'\r\n\v]{0,100}'|NULL), ?){1,4}?N?'`,
    String.raw`${NO_PLACEHOLDER}(?!(?:false|true)')[^'\r\n\v]{3,128}(?='(?:\s{0,3};|\s{0,3}$|\s{0,3}[\r\n\v]))`,
  ),
  secret(
    ['sp_password '],
    String.raw`sp_password (?:@old ?= ?)?N?'(?:[^'\r\n\v]{1,128}|\[redacted:[\w:-]{1,80}\])', ?(?:@new ?= ?)?N?'`,
    String.raw`${NO_PLACEHOLDER}[^'\r\n\v]{3,128}(?=')`,
  ),
  // duckdb.org/docs/configuration/secrets_manager, "CREATE SECRET"
  secret(
    ['SECRET '],
    String.raw`(?<=CREATE (?:[A-Z]{2,12} ){0,3}SECRET [^()]{0,80}\([^()]{0,200}, )SECRET '`,
    String.raw`${NO_PLACEHOLDER}[^'\r\n\v]{3,400}(?=')`,
  ),
  // A check that writes both sides
  secret(
    ['expected '],
    String.raw`(?<=(?:password|passwd|secret|token)[^\r\n\v]{0,30}: )expected ["']?`,
    String.raw`(?=\S{0,60}\d)${NO_PLACEHOLDER}[^\s"',]{6,80}["']?,? (?:but )?(?:got|was|received):? ["']?[^\s"',]{3,80}`,
  ),
  // docs.arduino.cc, "WiFi.begin"; docs.micropython.org, "network.WLAN": the network, then its key
  secret(
    ['WiFi.begin(', 'WiFi.softAP(', 'softAP(', 'wlan.connect(', 'sta_if.connect(', 'wifi.connect(', 'addAP('],
    String.raw`[\w.]{5,14}\(${FIRST}\s{0,3},\s{0,3}${QUOTE}`,
    String.raw`${NO_PLACEHOLDER}[^"'\r\n\v\\]{8,63}(?=${QUOTE})`,
  ),
  // github.com/zxing/zxing/wiki/Barcode-Contents, "Wi-Fi Network config"
  secret(
    ['WIFI:'],
    String.raw`WIFI:(?:[STHEAI]:(?:\\.|[^;\\]){0,64};){1,4}P:"?`,
    String.raw`${NO_PLACEHOLDER}(?:\\.|[^;"\\]){1,63}(?="?;)`,
  ),
  // twilio.com/docs/libraries: the account, then its token
  secret(['AC'], String.raw`AC[0-9a-f]{32}(?:${QUOTE},\s?${QUOTE}|:)`, '[0-9a-f]{32}(?![0-9a-f])'),
];
