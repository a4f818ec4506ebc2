/**
 * Secrets by their place in what programs print and read: first passwords, answers of a store, statements, stack traces,
 * addresses of streams. What stands before them stays, as in `placed.ts`.
 */
import { type Form, form, secret } from '#model/redaction/form.ts';
import { BREAK, NO_MARK, NO_PLACEHOLDER, QUOTE } from '#model/redaction/pattern-parts.ts';

const LINE_END = String.raw`(?=[ \t]{0,8}(?:[\r\n\v]|\\{0,15}["']|$))`;
/** Nobody names a host or a commit so: a sign, or letters of both cases among digits. */
const GENERATED = String.raw`(?=[^\s"']{0,64}[A-Za-z])(?=[^\s"']{0,64}\d)(?:(?=[^\s"']{0,64}[!#$%^&*+?=~])|(?=[^\s"']{0,64}[A-Z])(?=[^\s"']{0,64}[a-z])(?=[A-Za-z-]{0,20}\d{1,4}[A-Za-z-]{1,20}\d))(?!(?:[a-z_]{1,40}|[A-Z_]{1,40})=)${NO_PLACEHOLDER}[^\s"'\x60<>|;()@/:,]{8,64}`;
/** One digit is enough for letters whose case changes again and again: no name of a class does so. */
const RANDOM = String.raw`(?=[A-Za-z]{0,63}\d)(?=(?:[a-z\d]{0,20}[A-Z]){4})(?=(?:[A-Z\d]{0,20}[a-z]){4})[A-Za-z\d]{16,64}`;
const HEX = '(?:[0-9a-f]{64}|[0-9a-f]{40}|[0-9a-f]{32})';

/** What says which key it is stands in the form, as `key` alone is the name of a member in JSON. */
const KEYS_OF_PROGRAMS =
  'derived aes symmetric shared raw master session encryption decryption signing hmac wrapping wrapped data content root'
    .split(' ')
    .flatMap((kind) => [' ', '_', '-'].map((sign) => `${kind}${sign}key`));

export const PLACED_BY_PROGRAMS: readonly Form[] = [
  // A label, and the value alone in a line below: elastic.co, "Start the Elastic Stack with security enabled".
  secret(
    ['assword', 'Password', 'password', 'passphrase', 'Passphrase'],
    String.raw`[Pp]ass(?:word|phrase)(?!s?[ _-]?(?:hash|polic|rule))[^\r\n\v:]{0,120}:(?:${BREAK}){1,3}[ \t]{0,16}`,
    `(?:${GENERATED}|${RANDOM})${LINE_END}`,
  ),
  // jenkins.io/doc/book/installing, "Unlocking Jenkins"
  secret(
    ['following ', 'initial ', 'generated ', 'temporary '],
    String.raw`(?:following|initial|generated|temporary) (?:admin )?password(?! hash)[^\r\n\v:]{0,80}:(?:${BREAK}){1,3}[ \t]{0,16}`,
    HEX + LINE_END,
  ),
  // werkzeug.palletsprojects.com, "Debugger PIN": who has it runs code
  secret(
    ['Debugger PIN', 'debugger PIN', 'Debugger pin', 'debugger pin'],
    '[dD]ebugger (?:PIN|pin)(?: is|:|=)? ?',
    String.raw`\d{3}-\d{3}-\d{3}(?![\w-])`,
  ),
  // openldap.org/doc/admin26, "slapd", level of packets: the credential of a simple bind
  secret(
    ['cred='],
    String.raw`(?<=\bBIND [^\r\n\v]{0,200} )cred=${QUOTE}?`,
    String.raw`${NO_PLACEHOLDER}[^\s"']{3,200}`,
  ),
  // docs.sonarsource.com, "Analysis parameters": a token, also under the older name
  secret(
    ['SONAR_LOGIN', 'sonar.login', 'SONARQUBE_LOGIN'],
    String.raw`(?:SONAR(?:QUBE)?_LOGIN|sonar\.login)(?:${QUOTE})?\s?[:=]\s?(?:${QUOTE})?`,
    String.raw`(?:[0-9a-f]{40}|sq[a-z]_[0-9a-f]{40})(?![0-9A-Za-z])`,
  ),
  // bundler.io/man/bundle-config, "Credentials for gem sources": the host as the name, a user and a password
  secret(
    ['BUNDLE_'],
    String.raw`BUNDLE_(?:[A-Z\d_]{1,60}__[A-Z]{2,12})(?:${QUOTE})?\s?[:=]\s?(?:${QUOTE})?`,
    String.raw`(?!https?:)${NO_PLACEHOLDER}(?:[\w.@%-]{2,80}:[^\s"'\/][^\s"']{3,128}|(?=[^\s]{0,60}\d)[\w-]{20,128}(?![\w-]))`,
  ),
  // docs.netscaler.com, "Authentication": the session of a gateway; NSC_TMAS and others only say how it is kept
  form('cookie', ['NSC_AAAC', 'NSC_TMAA', 'NSC_AAAS'], '(NSC_(?:AAA[CS]|TMAA)=)[0-9A-Za-z%+/]{16,400}'),
  // robotframework.org/SeleniumLibrary, "Input Password"; robotframework-browser.org, "Fill Secret"
  secret(
    ['Input Password', 'Fill Secret', 'Type Secret'],
    String.raw`(?:Input Password|(?:Fill|Type) Secret)(?:[ \t]{1,8}|\()[^\s,"']{1,120}(?:,[ \t]{0,4}|[ \t]{2,8})`,
    String.raw`${NO_PLACEHOLDER}[^\s"',;)]{3,128}`,
  ),
  // github.com/open-iscsi, iscsiadm(8): the name of a setting, and its value
  secret(
    ['password -v ', 'password_in -v ', 'password -o ', 'password_in -o '],
    String.raw`(?<=\.auth\.)password(?:_in)? (?:-o \w{2,10} )?-v ${QUOTE}?`,
    String.raw`${NO_PLACEHOLDER}[^\s"']{3,128}`,
  ),
  // RFC 4648, section 4: 32 bytes under the name of a key in a program's text
  secret(
    ['Key = ', 'KEY = ', 'key = ', 'Key: ', 'KEY: ', 'key := ', 'Key=', 'KEY='],
    String.raw`(?<![\w.-])(?<!(?:[pP]ublic|[cC]ache|[pP]artition|[oO]bject|[sS]ort|[pP]eer|[pP]rimary|[fF]oreign|[hH]ost|[vV]erification|[sS]ite) ?)(?:[kK]ey|KEY)\s?:?[:=]\s?(?:@|b|new byte\[\] ?)?${QUOTE}`,
    String.raw`(?=[A-Za-z+/]{0,43}\d)(?=[A-Z\d+/]{0,43}[a-z])(?=[a-z\d+/]{0,43}[A-Z])[A-Za-z0-9+/]{43}=(?=${QUOTE})`,
  ),
  // The same in one line
  secret(
    ['following ', 'initial ', 'generated ', 'temporary '],
    String.raw`(?:following|initial|generated|temporary) (?:admin )?(?:password|passcode|token)(?! (?:hash|policy|rule))[^\r\n\v:]{0,60}: `,
    `${HEX}(?![0-9A-Za-z])`,
  ),
  // php.net/manual/session.configuration.php, "session.save_handler": the name of a file is the session's id
  form('session', ['sess_'], String.raw`((?<=\/)sess_)[A-Za-z0-9-]{22,256}(?![\w-])`),
  // owasp.org, "Session Management Cheat Sheet": whoever has the id has the session. Shorter ones connect lines of a log.
  secret(
    [
      'session_id',
      'session-id',
      'sessionId',
      'sessionid',
      'SessionId',
      'SESSION_ID',
      'session id',
      'sess_id',
      'sessid',
    ],
    String.raw`[A-Za-z]{4,7}[_ -]?[A-Za-z]{2}(?:${QUOTE})?(?:\s?[:=]\s?|(?<= id) )(?:${QUOTE})?`,
    String.raw`(?:[0-9a-f]{56,128}|(?=[^\d\s]{0,24}\d)(?=[^A-Z\s]{0,24}[A-Z])(?=[^a-z\s]{0,24}[a-z])(?![A-Z]{2}[0-9a-f]{32}(?![\w-])|[A-Za-z]{2,12}[-_][0-9A-Za-z]{20,28}(?![\w-]))(?:[\w-]{28,256}|s(?::|%3A)[\w.%+/-]{40,256}))(?![\w-])`,
  ),
  // rfc-editor.org/rfc/rfc6749, section 10.12: beside the other parameters of a login, `state` proves who began it
  secret(
    ['state='],
    '(?<=[?&])state=',
    String.raw`(?=[^\s"'<>&]{0,60}\d)(?:(?=[^\s"'<>&]{0,60}[A-Z])(?=[^\s"'<>&]{0,60}[a-z])|(?=[0-9a-f-]{16,100}(?:[&\s"']|$)))${NO_MARK}(?:(?<=(?:code|client_id|redirect_uri|response_type)=[^\s"'<>]{0,400}&state=)|(?=[^\s"'<>&]{16,400}&(?:[^\s"'<>]{0,400}&)?(?:code|client_id|redirect_uri|response_type)=))[\w.~+/=-]{16,400}`,
  ),
  // envoyproxy.io/docs, "How do I see request headers": each name and its value in quotes, and no comma behind the pair
  secret(
    ["key', '", "token', '", "secret', '", "password', '"],
    String.raw`(?<=(?:^|[\s'])'[\w-]{1,40}-)(?:key|token|secret|password)', '`,
    String.raw`(?=[^'\s]{0,200}\d)${NO_PLACEHOLDER}[^'\s]{12,400}(?='(?:\s|$))`,
  ),
  // clickhouse.com/docs/sql-reference/table-functions: an id and a key of a bucket; a user and a password behind the table
  secret(
    ['s3(', 's3Cluster(', 'gcs(', 'oss(', 'cosn('],
    String.raw`(?:s3(?:Cluster)?|gcs|oss|cosn)\((?:'[\w.-]{1,80}', ?)?'[^'\s]{4,400}', ?'[^'\s]{3,128}', ?'`,
    String.raw`${NO_PLACEHOLDER}(?=[^'\s]{0,128}[\d+/=])[^'\s]{12,128}(?=')`,
  ),
  secret(
    ['mysql(', 'postgresql(', 'mongodb(', 'remote(', 'remoteSecure('],
    String.raw`(?:mysql|postgresql|mongodb|remote(?:Secure)?)\((?:'[^'\r\n\v]{1,200}'|[\w.]{1,80})(?:, ?(?:'[^'\r\n\v]{1,100}'|[\w.]{1,80})){2}, ?'[^'\s]{1,64}', ?'`,
    String.raw`${NO_PLACEHOLDER}[^'\r\n\v]{3,128}(?=')`,
  ),
  // rfc-editor.org/rfc/rfc5869: a key that a program derives, wraps or shares
  secret(
    KEYS_OF_PROGRAMS,
    '[a-z]{3,10}[ _-]key(?:=|: | = )',
    String.raw`(?:[0-9a-f]{64}|[0-9a-f]{48}|[0-9a-f]{32})(?![\w-])`,
  ),
  // bind9.readthedocs.io, "key": a block of a settings file, also in one line
  secret(
    ['secret "'],
    String.raw`(?<=(?:algorithm [\w.-]{3,30};|\{)\s{0,20})secret "`,
    '[A-Za-z0-9+/]{16,200}={0,2}(?=" ?;)',
  ),
  // “cannot parse value "x" for password of …”
  secret(
    [
      'parse value',
      'decode value',
      'convert value',
      'unmarshal value',
      'invalid value',
      'bad value',
      'unexpected value',
    ],
    `[a-z]{3,10} value(?: as [A-Za-z]{2,12})?:? ${QUOTE}`,
    String.raw`${NO_PLACEHOLDER}[^"'\\\r\n\v]{4,200}(?=${QUOTE} for (?:the )?(?:password|passphrase|secret|token|api[_-]?key|\w{0,40}_(?:password|secret|token|key))(?![A-Za-z]))`,
  ),
  // dev.mysql.com/doc/refman/8.4/en, "Initializing the Data Directory"
  secret(
    ['password is ', 'password was ', 'password has been ', 'Password is ', 'Password was ', 'Password has been '],
    String.raw`[Pp]assword (?:is|was|has been) (?:generated|created|assigned) for [^\s:]{1,80}: `,
    String.raw`(?=[^\s"]{0,64}[\d!#$%^&*+?=~])${NO_MARK}[^\s"]{8,64}${LINE_END}`,
  ),
  // docs.oracle.com, "CREATE USER", "GRANT", "CREATE DATABASE LINK": a password without quotes
  secret(
    ['IDENTIFIED BY ', 'identified by ', 'Identified by '],
    String.raw`(?<=(?:CREATE|create|ALTER|alter|Alter|Create) (?:USER|user|User|ROLE|role) ["'\w$#.@%]{1,80} |(?:CONNECT|connect|Connect) (?:TO|to) ["\w$#.]{1,80} |(?:GRANT|grant) [\w, ]{1,80} (?:TO|to) ["\w$#.]{1,80} |(?:KEYSTORE|keystore)(?: [A-Za-z]{2,12}){0,6} )[Ii](?:DENTIFIED BY|dentified by) `,
    String.raw`(?!VALUES|values)${NO_PLACEHOLDER}[^\s"'\x60;,()\\:&]{2,128}`,
  ),
  // docs.oracle.com, "ALTER USER": the password before
  secret(
    ['REPLACE ', 'replace '],
    String.raw`(?<=(?:IDENTIFIED BY|identified by) [^\r\n\v;]{1,160} )(?:REPLACE|replace) \\{0,15}["']?`,
    String.raw`${NO_PLACEHOLDER}[^\s"'\x60;,()\\]{2,128}`,
  ),
  // redis.io/docs, "Redis serialization protocol": a list of names, each with its value in the next line
  secret(
    [
      'requirepass"',
      'masterauth"',
      'primaryauth"',
      'password"',
      'passwd"',
      'secret"',
      'token"',
      'api_key"',
      'apikey"',
      'tls-key-file-pass"',
    ],
    String.raw`(?<=\d\) "[\w.:-]{0,60})[\w-]{5,20}"(?:${BREAK}|[ \t])[ \t]{0,16}\d{1,3}\) "`,
    String.raw`${NO_MARK}[^"\r\n\v]{3,400}(?=")`,
  ),
  // learn.microsoft.com/sql/t-sql/functions/openrowset-transact-sql: a place, a user, the password
  secret(
    ['OPENROWSET(', 'openrowset(', 'OPENDATASOURCE('],
    String.raw`[A-Za-z]{10,14}\(\s?N?'[^'\r\n\v]{1,60}',\s?N?'[^'\r\n\v]{1,200}';\s?N?'[^'\r\n\v]{1,100}';\s?N?'`,
    String.raw`${NO_MARK}[^'\r\n\v]{1,128}(?=')`,
  ),
  // learn.microsoft.com/sql/t-sql/functions, "ENCRYPTBYPASSPHRASE"
  secret(
    [
      'BYPASSPHRASE(',
      'ByPassPhrase(',
      'ENCRYPTBYPASSPHRASE(',
      'DECRYPTBYPASSPHRASE(',
      'EncryptByPassPhrase(',
      'DecryptByPassPhrase(',
    ],
    String.raw`[A-Za-z]{12,19}\(\s?N?'`,
    String.raw`${NO_MARK}[^'\r\n\v]{1,200}(?=')`,
  ),
  // docs.oracle.com, "DBMS_CREDENTIAL", "DBMS_CLOUD", "UTL_HTTP": a name or a request, a user, the password
  secret(
    ['CREATE_CREDENTIAL(', 'create_credential(', 'set_authentication(', 'SET_AUTHENTICATION('],
    String.raw`[A-Za-z_]{17,18}\(\s?(?:'[^'\r\n\v]{1,128}'|\w{1,60}),\s?'[^'\r\n\v]{1,128}',\s?'`,
    String.raw`${NO_MARK}[^'\r\n\v]{1,200}(?=')`,
  ),
  // php.net/manual/en/pdo.construct.php: an address of a database, a user, the password, whatever the function is called
  secret(
    ['mysql:', 'pgsql:', 'sqlsrv:', 'oci:', 'dblib:', 'odbc:', 'firebird:', 'informix:', 'ibm:', 'cubrid:'],
    String.raw`(?<=\w\(')[a-z]{3,8}:(?!\/\/)[^'\r\n\v]{1,300}', ?'[^'\r\n\v]{0,80}', ?'`,
    String.raw`${NO_MARK}[^'\r\n\v]{1,128}(?=')`,
  ),
  // php.net/manual/en/function.oci-connect.php and password-verify.php, in a stack trace: a user or nothing before
  secret(
    [
      'oci_connect(',
      'oci_pconnect(',
      'oci_new_connect(',
      'connectAs(',
      'bindAs(',
      'doBind(',
      "executeCommand('AUTH",
      "createCommand('AUTH",
    ],
    String.raw`[A-Za-z_]{6,15}\('[^'\r\n\v]{1,160}', ?'`,
    String.raw`${NO_MARK}[^'\r\n\v]{1,128}(?=')`,
  ),
  secret(
    ['password_verify(', 'password_hash(', 'wp_check_password(', 'wp_hash_password(', 'checkHash('],
    String.raw`[a-z_A-Z]{9,17}\('`,
    String.raw`${NO_MARK}[^'\r\n\v]{1,200}(?=')`,
  ),
  // zetetic.net/sqlcipher/sqlcipher-api: keys of a database file
  secret(
    ['PRAGMA ', 'pragma '],
    String.raw`(?:PRAGMA|pragma) (?:\w{1,40}\.)?(?:re|hex|hexre)?key ?= ?${QUOTE}(?:x')?`,
    String.raw`${NO_MARK}[^"'\r\n\v\\]{1,200}(?='?${QUOTE})`,
  ),
  secret(
    ['KEY ', 'key '],
    String.raw`(?<=(?:ATTACH|attach) [^\r\n\v;]{1,200} (?:AS|as) \w{1,60} )(?:KEY|key) ${QUOTE}(?:x')?`,
    String.raw`${NO_MARK}[^"'\r\n\v\\]{1,200}(?='?${QUOTE})`,
  ),
  // github.com/phpredis/phpredis, "auth"; github.com/redis/jedis: the argument in a stack trace or a line of code
  secret(
    ['auth('],
    String.raw`(?<=(?:[Rr]edis|[Jj]edis|[Pp]redis|[Mm]emcached?)[\w\\]{0,40}(?:->|::|\.))auth\((?:\[|array\()?(?:${QUOTE}[\w.-]{1,64}${QUOTE}, ?)?${QUOTE}`,
    String.raw`${NO_MARK}(?!\$)[^"'\r\n\v\\]{3,200}(?=${QUOTE}[\]) ]{0,3}\))`,
  ),
  // rabbitmq.com/docs, "Erlang client library": the record has the user, then the password
  secret(
    ['amqp_params_network', 'amqp_params_direct'],
    String.raw`amqp_params_(?:network|direct),<<"[^"\r\n\v]{0,80}">>,\s{0,80}<<"`,
    String.raw`${NO_MARK}[^"\r\n\v]{1,200}(?=">>,\s{0,80}<<")`,
  ),
  // docs.strongswan.org, "ipsec.secrets": the colon may follow an address or a name directly
  secret(
    ['PSK ', 'EAP ', 'XAUTH ', 'NTLM '],
    String.raw`(?<=(?:%any6?|[\w-]{1,60}\.[\w-]{1,60}|::[0-9a-f]{0,4}):[ \t]{1,8})(?:PSK|EAP|XAUTH|NTLM)[ \t]{1,8}`,
    String.raw`(?:"${NO_MARK}[^"\r\n\v]{1,200}"|0[sx][A-Za-z0-9+/]{8,400}={0,2}(?![\w+/]))`,
  ),
  // gnu.org/software/bash/manual, "Process Substitution": a file that only holds the secret
  secret(
    ['echo ', 'printf '],
    String.raw`(?<=(?:key|pass|password|passphrase|passwd|secret|token|creds|credentials)(?:[-_]?file)?[ =]["']?<\( ?)(?:echo|printf) (?:-[ne] )?\\{0,15}["']?`,
    String.raw`${NO_PLACEHOLDER}[^\s"')\\|;&]{4,400}`,
  ),
  // support.google.com/calendar, "Secret address in iCal format"
  secret(['private-'], String.raw`(?<=calendar\/ical\/[^/\s]{1,200}\/)private-`, String.raw`[0-9a-f]{16,64}(?=\/)`),
  // support.google.com/youtube, "Create a live stream with an encoder"; dev.twitch.tv/docs/video-broadcast: the key is the
  // last part of the address.
  secret(
    ['rtmp://', 'rtmps://'],
    String.raw`rtmps?:\/\/[^\s/"'@]{1,200}\/[\w.-]{1,60}\/(?:live_\d{4,12}_)?`,
    String.raw`(?:(?:[a-z\d]{4}-){3,5}[a-z\d]{4}(?![\w-])|(?=[\w-]{0,80}[A-Z])(?=[\w-]{0,80}[a-z])(?=[\w-]{0,80}\d)[\w-]{20,80}|(?:FB|IG)-\d{8,20}-\d-[\w-]{8,40})`,
  ),
  // A code for one login, in a line of what checks it. A code of an error has a word for it: `AADSTS500121`.
  secret(
    [
      'code=',
      'code: ',
      'code":',
      'code ',
      ...['got', 'want', 'expected', 'actual', 'received', 'entered', 'submitted'].flatMap((word) => [
        `${word}=`,
        `${word}: `,
      ]),
    ],
    String.raw`(?<=(?:^|[^A-Za-z])(?:[Tt][Oo][Tt][Pp]|[Oo][Tt][Pp]|2[Ff][Aa]|[Mm][Ff][Aa]|one-time|authenticator)(?![A-Za-z])[^\r\n\v]{0,80})(?<!(?:error|status|exit|reason|result|response|err|return|sub|fault|http|zip|post|country|area)[ _-]?)(?:code|got|want|expected|actual|received|entered|submitted)(?:\\{0,15}["'])?[=: ]{1,2}(?:\\{0,15}["'])?`,
    String.raw`(?:\d{6}|\d{8})(?![\w-]|\.\d)`,
  ),
];
