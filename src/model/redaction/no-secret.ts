/**
 * Values beside the name of a secret that are not secret: placeholders (`$1`, `${DB_PASSWORD}`, `***`), statements
 * about it ("password: must be longer", "using password: YES"), and its location (a path, an address, the name of a
 * Kubernetes Secret).
 */
import { looksMade } from '#model/redaction/entropy.ts';
import { MARK_START } from '#model/redaction/mark.ts';
import { codeForm, isHeader, isPassword, type NameRule, namedAt } from '#model/redaction/names.ts';
import { NUMBER_OF_PERSON } from '#model/redaction/numbers-by-name.ts';
import { isPublicKey } from '#model/redaction/public-keys.ts';
import { isStandIn } from '#model/redaction/stand-ins.ts';

/** `isTold`: after a colon and a space, as in a sentence. */
export type Said = Readonly<{ rule: NameRule; name: string; value: string; isQuoted: boolean; isTold: boolean }>;

/** Whether the value is no secret, whatever its name says. */
export function isNoSecret(said: Said): boolean {
  const { rule, value } = said;
  if (rule.kind === 'national-id') return standsForValue(value) || !NUMBER_OF_PERSON.test(value);
  return (
    standsForValue(value) ||
    isPublicKey(value) ||
    DIGEST.test(value) ||
    ALGORITHM.test(value) ||
    isSaidOfValue(said) ||
    isReference(said) ||
    isChecksum(said) ||
    isPlace(value) ||
    isFileOfError(said) ||
    isKeyOfSecret(said) ||
    isKeyOfStore(said) ||
    isIdOfSigner(said) ||
    isAddressOrVersion(said) ||
    isOfLookup(said) ||
    isOfSecretManager(said) ||
    isClaim(said) ||
    isConcatenation(said) ||
    namesKubernetesSecret(said)
  );
}

/** Names of mechanisms, ciphers and curves: iana.org, "SASL Mechanisms", "SSH Algorithm Names", "TLS Cipher Suites". */
const ALGORITHM =
  /^(?:[HREP]S(?:256|384|512)|EdDSA|ES256K)$|^(?:scram|hmac|rsa|ecdsa|ssh|ecdh|sha|aes|chacha20|curve25519|diffie-hellman|tls|hkdf|pbkdf2|digest|cram|srp|sntrup\d{3}|ml-?kem|x25519)(?:[-_@.](?:sha|md5?|aes|rsa|dss|ed|nistp|nistk|x|gcm|ctr|cbc|ccm|plus|poly1305|group|exchange|gex|kdf|with|ecdhe|ecdsa|dhe|v)?\d{0,5}(?:-bits)?){1,8}(?:@[a-z.]{4,20})?$/i;

/**
 * w3.org/TR/SRI, "Integrity metadata"; developer.hashicorp.com/vault/docs/audit, "Sensitive information": what an audit log
 * writes instead.
 */
const DIGEST = /^(?:sha(?:256|384|512)-[A-Za-z0-9+/]{40,90}={0,2}|hmac-sha256:[\da-f]{64})$/;

/** A form, a mask, a variable, or an earlier redaction. */
export function standsForValue(value: string): boolean {
  return (
    value === '' ||
    value.startsWith(MARK_START) ||
    FILLER.test(value) ||
    FILLED.test(value) ||
    TO_BE_REPLACED.test(value) ||
    VARIABLE.test(value) ||
    CUT_BEGINNING.test(value) ||
    MEMBER_OF_VARIABLE.test(value) ||
    KEEPER.test(value) ||
    isStandIn(value) ||
    (NAMED_VARIABLE.test(value) && namedAt(value, value.length - 1) !== undefined)
  );
}

/** “the password is in 1Password”: a program that keeps passwords, with what a script without spaces adds to it. */
const KEEPER =
  /^(?:1password|lastpass|bitwarden|keepass(?:xc)?|dashlane|vaultwarden|keeper)(?![A-Za-z0-9!-/:-@[-`{-~])/i;

/** `$db_password`: letters behind a dollar may be a password, too, unless they name one. */
const NAMED_VARIABLE = /^\$(?:env:)?[a-z_][\w.]{0,60}$/i;

const FILLER =
  /^(?:\?+|[*•]{6,40}[a-z\d]{1,4}|\$\d*|\$[a-z]{1,2}|:\w+|@\w+|%\w|[*•.=<>!~^|+_…-]+|[^\p{L}\d]{1,2}|x{3,}(?:[-_ ]x{3,}){0,8}|n\/a|tbd|tba|todo|fixme|example|placeholder|[[(]?(?:null|nil|none|true|false|on|off|undefined|redacted|filtered|hidden|masked|protected|sensitive|scrubbed|removed|omitted|secure|unset|empty|not set|object object)[\])]?|\((?:old|new|current|previous|unchanged|known after apply|sensitive(?: value)?|value hidden|write-only attribute)\)|<\/?[a-z][\w -]*>|<\|[a-z_]{1,20}\|>|bearer|basic|digest|negotiate|await|void|(?:change|replace)[-_]?me|%\(\w+\)s|\{\w+\}|\*[a-z][a-z_-]{0,30})$/iu;

/** `sk_live_xxxxxxxxxxxx` */
const FILLED = /^[\w-]{0,30}?([xX*])\1{9,}$/;

/** `sk_test_...`: how a value begins, and nothing of it. */
const CUT_BEGINNING = /^[A-Za-z]{1,8}(?:[-_][A-Za-z]{1,8}){0,2}[-_]?(?:\.{3}|…)$/;

/** developers.google.com/style/placeholders: `your-api-key-here`, `insert_your_token`, `yourPassword` */
const TO_BE_REPLACED =
  /^(?:<|\[)?(?:(?:insert|enter|paste|put|replace[-_. ]with)[-_. ])?your[-_. ]?(?:[a-z]{1,20}[-_. ]){0,4}(?:(?:api|access|secret|private|auth|app|client|service)[-_. ]?){0,2}(?:key|token|secret|password|passwd|passphrase|credentials?)(?:[-_. ](?:goes[-_. ])?here)?(?:>|\])?$/i;

/** `$cfg->{db}{passwd}` of Perl and PHP: the value ends before the bracket. */
const MEMBER_OF_VARIABLE = /^\$[a-z_]\w{0,40}(?:-|->.*|::.*)$/;

/** Variables of shells, templates, programs, Terraform, GitHub Actions. */
const VARIABLE =
  /^(?:\$(?:env:)?[A-Z_][A-Z0-9_]*|\$env:\w+|\$[({].*|#\{.*|\{\{.*|<%.*|%[A-Z_a-z]\w*%|(?:process\.env|env|secrets|var|local|data|module|self|this)\.[\w.]+|ENC\[.*|strconv\.\w{3,12}|vault:[\w/#-]+|secret\/data\/[\w/:.-]+|(?:ssm|op|awssm|asm|gsm|gcpsm|azkv|akv|doppler|bws|secretsmanager|keyvault):\/{1,2}[\w./@-]+|ref\+\w+:.*|@Microsoft\.KeyVault\(.*|!(?:Ref|GetAtt|Sub|ImportValue|secret|include|env|vault|reference)(?:_(?:ref|reference|path|var|file|secret))?\b.*|[A-Z]{2,}(?:_[A-Z]{2,})+)$/;

/** `password=user.password`, `login(password=password)`, Java's text of an object. */
function isReference({ rule: { word }, value }: Said): boolean {
  const lower = value.toLowerCase().replaceAll(/[-_]/g, '');
  return (
    lower === word ||
    (lower !== '' && /^[a-z]+$/.test(value) && word.endsWith(lower)) || // `private_key:key values mismatch`
    (IDENTIFIER.test(value) && (lower.endsWith(`.${word}`) || lower.endsWith(`get${word}`))) ||
    (DOTTED.test(value) && namedAt(value, value.length - 1) !== undefined) ||
    SHORT_IDENTIFIER.test(value) ||
    TYPE.test(value) ||
    OF_RESOURCE.test(value) ||
    OBJECT.test(value) ||
    THROWN.test(value)
  );
}

/** `e.password`, `n||null` in code that was made short. */
const SHORT_IDENTIFIER = /^[a-z](?:\.[a-zA-Z]{1,30}|\|\|.{1,40})$/;
/** developer.hashicorp.com/terraform/language/expressions/references: an attribute that holds a generated or stored secret. */
const OF_RESOURCE =
  /^[a-z]{1,20}(?:_[a-z\d]{1,20}){1,6}\.[\w-]{1,60}(?:\[[\w".*]{1,40}\])?\.(?:result|value|plaintext|secret_(?:string|data|binary|value)|private_key_(?:pem|openssh)|bcrypt_hash|hex|b64_(?:std|url)|id|arn)$/;
/** `settings.HOOK_TOKEN`, `config.smtp.password` */
const DOTTED = /^[a-z_]\w*(?:\.[A-Za-z_]\w*)+$/;
/** `token: string; expires: number`, `SecretStr | None` of a declaration. */
const TYPE =
  /^(?:string|number|boolean|any|unknown|str|bytes|bool|SecretStr|Optional\[\w{2,12}\]|String\??)(?:\[\])?(?: ?\| ?\w{2,12}(?:\[\])?){0,4}(?:[;,)]|$)/;
const IDENTIFIER = /^[A-Za-z_$][\w$]*(?:\.[A-Za-z_$][\w$]*)+$/;
const OBJECT = /^(?:[\w$]+\.)+[\w$]+@[\da-f]{1,8}$/;

/** The name of an exception after its subject. */
const THROWN = /^(?:[\w$]+\.)*[A-Z][A-Za-z]*(?:Exception|Error|Fault)$/;

/** helm.sh/docs/howto/charts_tips_and_tricks, "Automatically Roll Deployments": `checksum/secret`. */
function isChecksum({ name, value }: Said): boolean {
  return /checksum\/[\w.-]{1,60}$/i.test(name) && /^[0-9a-f]{32,128}$/.test(value);
}

/** The location of a secret helps the reader. */
function isPlace(value: string): boolean {
  return PLACE.test(value) || (PATH.test(value) && !/[A-Z].{0,60}\d|\d.{0,60}[A-Z]/.test(value));
}

/** At least two steps of words: a value in base64 has digits among its letters. */
const PATH = /^(?:\/[A-Za-z][\w.@-]{0,40}){2,12}\/?$/;

const PLACE =
  /^(?:[\w.-]{1,80}:\/(?:etc|run|var|usr)\/[\w./@-]+|\/(?:etc|var|run|home|opt|usr|tmp|mnt|root|srv|app|data|secrets?|vault|config|certs?|ssl|keys)\/[\w./@-]+|(?:\.{1,2}|~)?(?:\/[\w.@-]+)+\.[a-z]{2,5}|[a-z]:\\{1,2}[\w .\\-]+|[\w-]+(?:[./][\w-]+)*\.(?:pem|key|crt|cer|jks|p12|pfx|json|ya?ml|properties|conf)|(?:https?|file|s3|gs|op|vault):\/\/[^\s@]+|arn:aws[\w-]*:\S+|key\/[\da-f-]{36}|projects\/[\w-]+\/secrets\/\S+)$/i;

/** 7-zip.org: the file that the password does not open. */
function isFileOfError({ name, value }: Said): boolean {
  return name.endsWith('ERROR: Wrong password') && FILE.test(value);
}

const FILE = /^[\w./\\-]{1,200}\.[a-z][a-z\d]{1,4}$/i;

/** `secret=shop/db-credentials`: the responder needs this name. */
function namesKubernetesSecret({ rule: { word }, name, value }: Said): boolean {
  if (word === 'secret' && NAMES_SECRET.test(name) && /^[A-Za-z][\w-]{0,254}$/.test(value)) return true;
  if (word === 'secrets' && /^[a-z\d]+(?:[-_.][a-z\d]+)*$/.test(value)) return true;
  return (word === 'secret' || word === 'secrets') && SECRET_ALONE.test(name) && isKubernetesName(value);
}

/** cloud.google.com/sdk/gcloud/reference/secrets: the option names the secret. */
const NAMES_SECRET = /gcloud secrets (?:versions )?[a-z-]{3,20} [^|;&\r\n\v]{0,40}--secret$/;

/** cloud.google.com/sdk/gcloud/reference/run/deploy: an option that says which secret each variable or file gets. */
function isOfSecretManager({ rule: { word }, name, value }: Said): boolean {
  if (word === 'secrets') return /--(?:set|update)-secrets$/.test(name) && OF_SECRET_MANAGER.test(value);
  return VERSION_OF_SECRET.test(value) && (value.endsWith(':latest') || OPTION_OF_SECRETS.test(name));
}

/** `jwt: alg=HS512 leeway=30s`: a claim or a setting of a token (RFC 7515, RFC 7519), and no token. */
function isClaim({ rule, value }: Said): boolean {
  return !isPassword(rule) && CLAIM.test(value);
}

const CLAIM = /^(?:alg|typ|kid|iss|aud|sub|exp|iat|nbf|jti|leeway|scope|ttl|type|len|length|size|expires?(?:_in)?)=\S/;

/** `"…&password=" + System.getenv("X")`: the quote closes a text of a program, and the value is a name. */
function isConcatenation({ isQuoted, value }: Said): boolean {
  return isQuoted && CONCATENATED.test(value);
}

const CONCATENATED = /^ (?:\+|\.|&|\|\||~) (?:[A-Za-z_$@][\w.$:>[\]-]{0,100}(?:\(\)?)?)?(?: (?:\+|\.|&|\|\||~) ?)?$/;

const OPTION_OF_SECRETS = /--(?:set|update)-secrets[= ]\S{1,60}$/;
const VERSION_OF_SECRET = /^[a-z][a-z\d]{0,20}(?:[-_][a-z\d]{1,20}){1,6}:(?:latest|\d{1,4})$/;
const OF_SECRET_MANAGER = /^(?:\/?[\w./-]{1,100}=[\w./-]{1,200}(?::(?:latest|\d{1,6}))?,?){1,20}$/;

/** `secretKey: smtp-password` of an ExternalSecret: words that name a member of a Kubernetes Secret. */
function isKeyOfSecret({ rule: { word }, name, value }: Said): boolean {
  return (
    word === 'secretkey' &&
    name.endsWith('secretKey') &&
    NAME_OF_MEMBER.test(value) &&
    namedAt(value, value.length - 1) !== undefined
  );
}

/** redis.io/docs, "Keys and values": `token:refresh:8812` is how a key is named, by words and numbers of records. */
function isKeyOfStore({ rule: { word }, value }: Said): boolean {
  return /token|^jwt$/.test(word) && KEY_OF_STORE.test(value);
}

const KEY_OF_STORE = /^[a-z][a-z_-]{1,30}(?::(?:[a-z][a-z_-]{1,30}|\d{1,12})){1,6}$/;

/** learn.microsoft.com/azure/azure-app-configuration/rest-api-authentication-hmac: who signed, and not with what. */
function isIdOfSigner({ name }: Said): boolean {
  return /HMAC-SHA256 Credential$/.test(name);
}

/** `rate:token:10.4.1.7`, `acme-auth 5.2.0-rc.3+build.7`: semver.org. Somebody may choose a password so. */
function isAddressOrVersion({ rule, value }: Said): boolean {
  return !isPassword(rule) && (ADDRESS.test(value) || VERSION.test(value));
}

const ADDRESS = /^\d{1,3}(?:\.\d{1,3}){3}(?:[:/]\d{1,5})?$/;
const VERSION = /^v?\d{1,4}\.\d{1,4}\.\d{1,4}(?:[-+~][\w.+~-]{1,80})?$/;

/** docs.ansible.com, "hashi_vault lookup": `secret=kv/pg:password` is the place and the field. */
function isOfLookup({ rule: { word }, value }: Said): boolean {
  return word === 'secret' && LOOKUP.test(value);
}

const LOOKUP = /^[a-z][\w-]{0,30}(?:\/[\w.-]{1,60}){1,8}:[a-z_]{2,40}$/;

const NAME_OF_MEMBER = /^[A-Za-z]{2,30}(?:[-_.][A-Za-z]{2,30}){0,8}$/;

const SECRET_ALONE = /(?:^|[^\w.-])(?:k8s[._-]|kube(?:rnetes)?[._-])?secrets?$/i;

/**
 * A Kubernetes name (RFC 1123) after its namespace, or with an end that is usual for Secrets; others may be passwords.
 */
export function isKubernetesName(value: string): boolean {
  return KUBERNETES_PATH.test(value) || (KUBERNETES_NAME.test(value) && USUAL_END.test(value));
}

const KUBERNETES_NAME = /^[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?$/;
const KUBERNETES_PATH = /^[a-z0-9](?:[a-z0-9._-]{0,61}[a-z0-9])?(?:\/[a-z0-9](?:[a-z0-9._-]{0,251}[a-z0-9])?){1,8}$/;
const USUAL_END =
  /(?:^|[-.])(?:tls|certs?|ca|creds?|credentials|regcred|registry|docker(?:cfg|configjson)|pull-secrets?|db|database|postgres(?:ql)?|mysql|mariadb|redis|mongo(?:db)?|kafka|rabbitmq|s3|env|config|auth|api-keys?|(?<=-)admin)$/;

/** "password: must be longer", "unexpected token: end", PWD=/srv: names that say something else here. */
function isSaidOfValue(said: Said): boolean {
  const { rule, name, value, isQuoted, isTold } = said;
  if (rule.isMade && !isMade(said)) return true;
  if (isNumberOf(said) || isDemand(said)) return true;
  if (isHeader(rule.kind)) return isState(value) || (rule.kind === 'cookie' && EMPTIED_COOKIE.test(value));
  if (isQuoted || SAID_ALONE.test(value)) return SAID_ALONE.test(value);
  if (/unexpected token$/i.test(name)) return true;
  if (isTold && isToldState(value)) return true;
  // In Spanish, keys of tables are called so, too.
  if (isPassword(rule))
    return rule.word === 'clave' && /^[a-z_.]+$/i.test(value) && !/^[A-Z][a-z]+\.[A-Z][a-z]+$/.test(value);
  return isTold ? DOING_OR_KIND.test(value) : RIGHTS.test(value); // `token:read`
}

function isMade({ rule, name, value, isQuoted }: Said): boolean {
  if (rule.word === 'key' && /_key$/i.test(name)) return looksMade(value) && isRandom(value);
  if (/^(?:priv(?:ate)?|primarykey|secondarykey)$/.test(rule.word)) return isKeyInBase(value) && looksMade(value);
  if (rule.word === 'tokens') return UUID.test(value);
  if (rule.word === 'auth') return isAuth(value, isQuoted);
  if (rule.word === 'sessionid') return isSession(name, value);
  if (/^(?:sid|sess|session)$/.test(rule.word))
    return looksMade(value) && value.length >= SHORTEST_SESSION && !OF_OTHER_SID.test(value) && !WORDS.test(value);
  return looksMade(value) || UUID.test(value);
}

function isAuth(value: string, isQuoted: boolean): boolean {
  if (KEBAB.test(value)) return false;
  return isUserAndPassword(value) || (isQuoted && isPlainPair(value)) || looksMade(value) || UUID.test(value);
}

/** Base64 or hexadecimal, as long as keys are: no name of a host, no id of a record. */
function isKeyInBase(value: string): boolean {
  return /^[\w+/-]{32,512}={0,2}$/.test(value) && isRandom(value);
}

/** docs.docker.com/reference/cli/docker/login: a user and a password in base64, with or without a digit. */
function isUserAndPassword(value: string): boolean {
  const bare = value.replace(/={1,2}$/, '');
  if (!/^[A-Za-z0-9+/]{8,2000}$/.test(bare) || bare.length % 4 === 1) return false;
  return /^[\w.@-]{1,100}:[\x21-\x7e]{3,}$/.test(atob(bare));
}

/** `auth: "jo:x4ys"`: a user and what somebody chose; a scheme with its version, a host with its port are no such pair. */
function isPlainPair(value: string): boolean {
  return PLAIN_PAIR.test(value) && !OF_SCHEME.test(value);
}

const PLAIN_PAIR =
  /^[A-Za-z][\w.@+-]{1,63}:(?=[^\s]{0,60}[A-Za-z])(?=[^\s]{0,60}[\d!#$%^&*+=?~])[^\s:/\\"'{}<>]{4,100}$/;
const OF_SCHEME =
  /^(?:basic|bearer|digest|jwt|oauth2?|oidc|saml2?|ldaps?|kerberos|ntlm|hmac|sha\d*|md5|hs|rs|es|aws|gcp|azure|k8s|kube|mtls|tls|apikey|token|type|mode|scheme|provider|method|plugin|http|https|service|module|ref|secret|vault|env|file):|:v\d{1,3}(?:[.-]|$)|:(?:[HREP]S|SHA-?|sha-?|AES|oauth|OAuth)\d/i;

/** `auth=oauth2-proxy`: what checks a user, and no credential. */
const KEBAB = /^[a-z\d]{1,12}(?:[-_.][a-z\d]{1,12})+$/;
/** `my-oracle-instance-01` */
const WORDS = /^[a-z]{2,20}(?:[-_.](?:[a-z]{1,20}\d{0,2}|\d{1,4}))+$/;
const SHORTEST_SESSION = 24;
/** A SID of Twilio or Windows is no session. A UUID identifies a session, but does not open it. */
const OF_OTHER_SID = /^(?:[A-Z]{2}[0-9a-f]{32}$|S-1-|[0-9a-f]{8}-[0-9a-f]{4}-)/;

/**
 * Whoever has the id of a session has the session, but logs use one to connect their lines, too. In a header that a server
 * reads it opens the session; elsewhere only letters of both cases among digits do, of more than 27 characters (KSUID).
 */
function isSession(name: string, value: string): boolean {
  if (!looksMade(value) || UUID.test(value) || OF_OTHER_SID.test(value)) return false;
  if (HEADER_OF_SESSION.test(name)) return value.length >= SHORTEST_SESSION && !PREFIXED.test(value);
  if (/^[0-9a-f]{56,128}$/.test(value)) return true;
  return value.length >= SHORTEST_SESSION_ALONE && /[a-z]/.test(value) && /[A-Z]/.test(value) && !PREFIXED.test(value);
}

/** `x-acme-session-id`, and no header in which a browser or a program counts visits. */
const HEADER_OF_SESSION =
  /(?:^|[\s"'])(?!x-session-id|(?:[a-z\d]{1,20}-){0,4}(?:analytics|track(?:ing)?|trace|visit(?:or)?|page|browser|device|client|telemetry|log|debug|play|game|rum|user|call|chat|stream|agent|mcp)-)[a-z\d]{1,20}(?:-[a-z\d]{1,20}){0,4}-session-id$/i;
const SHORTEST_SESSION_ALONE = 28;
/** `sess_01HV…`: how services call records. */
const PREFIXED = /^[A-Za-z]{2,12}[-_][0-9A-Za-z]{20,28}$/;

/** For any variable's key: not `eu-west-1a`. */
function isRandom(value: string): boolean {
  return HEX.test(value) || (/[a-z]/.test(value) && /[A-Z]/.test(value));
}

const HEX = /^[0-9a-f]{32,}$/i;

function isToldState(value: string): boolean {
  return isState(value) || GRAPHQL_VARIABLE.test(value);
}

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** A deleted cookie: its value is empty, and the rest is its lifetime and its path. */
const EMPTIED_COOKIE =
  /^[\w.$-]{1,80}=(?:"{2}|(?:\\"){2}|deleted)?(?:;\s{0,2}(?:(?:max-age|expires|path|domain|samesite|priority|version)=[^;]{0,80}|secure|httponly|partitioned))*;?\s*$/i;

/** Statements about a password in Chinese and Japanese. */
const STATE_WITHOUT_SPACES = /^(?:不|无|無|错误|錯誤|必须|必須|必填|已|未|空|過|过期|エラー)[\u3040-\u9fff]*$/;
/** Words that are never a password. */
const SAID_ALONE =
  /^(?:none|missing|required|invalid|incorrect|wrong|expired|optional|empty|string|set|unset|not set|changed|unchanged|present|absent|provided|latest|enabled|disabled|yes|no)$/i;

/** A count of secrets, a working directory (`PWD`), a number of passed tests. */
function isNumberOf({ rule, name, value }: Said): boolean {
  const { word } = rule;
  if (word === 'pwd') return SHELL_PLACE.test(name) && /^(?:[/~.\\]|[a-z]:)/i.test(value);
  if (word === 'pass') return PASSED.test(value);
  const code = codeForm(rule);
  if (code !== undefined) return !code.test(value);
  return !mayBeNumber(rule) && /^\d{1,4}$/.test(value);
}

const SHELL_PLACE = /(?:^|[^A-Za-z])(?:OLD)?PWD$/i;
const PASSED = /^(?:-?[\d.]+%?|ok|yes|no|fail(?:ed)?|pass(?:ed)?|test\w*)$/i;
/** A short number may be a secret, but a count of passwords is not. */
function mayBeNumber(rule: NameRule): boolean {
  return rule.word === 'cvv' || (isPassword(rule) && !/(?:words|phrases)$/.test(rule.word));
}

/** What an option of a command has in quotes is its value, whatever it says. */
const OPTION = /(?:^|\s)--[a-z][a-z-]{1,30}$/;

/** A form's message about a field: "The password field is required."; or its length, as in `kubectl describe`. */
function isDemand({ name, value, isQuoted }: Said): boolean {
  if (isQuoted && OPTION.test(name)) return false;
  return SIZE.test(value) || JUDGED.test(value) || (/\S\s+\S+\s+\S/.test(value) && DEMAND.test(value));
}

/** "is required", "has expired", "doesn't match": beginnings of statements about the secret. */
const JUDGED =
  /^(?:is|are|was|were|has|have|had|must|should|can|cannot|could|does|do|did|may|needs?|too|(?:ca|is|was|are|has|does|do|did|wo)n['’]?t)\s+[a-z]/i;

const SIZE = /^\d{1,6} (?:bytes?|characters?|chars)$/;

const DEMAND =
  /\b(?:must|should|required|cannot|can't|at least|at most|already|match|valid|invalid|incorrect|characters?|too (?:short|long|common|weak|similar)|do(?:es)?(?: not|n't)|(?:is|was|are) not|not (?:set|found)|may not|has expired|entirely numeric)\b/i;

/** `oldPassword: $old` */
const GRAPHQL_VARIABLE = /^\$[a-z][A-Za-z]{2,30}$/;
/** "no credentials: retrying"; of a grammar: "missing token: EOF" */
const DOING_OR_KIND = /^(?:[A-Za-z]{2,12}(?:ing|ed)|[A-Z]{2,12})$/;
const RIGHTS = /^(?:read|write|show|edit|admin|list|create|update|delete|get|manage|all|any|status|amd64|arm64)$/i;

/** Whether a word describes a secret instead of being one. */
export function isState(word: string): boolean {
  return STATE_WITHOUT_SPACES.test(word) || STATES.has(word.replace(/[.!,]$|['’]t$/, '').toLowerCase());
}

const STATES: ReadonlySet<string> = new Set(
  (
    'a an and any are as ask at authentication be been blank but by can cannot changed configmap could deleted denied did disabled does ' +
    'empty enabled error expired expires failed failure for found from generated given got had has have if in incorrect include ' +
    'incoming int integer into invalid is issued it length locked long malformed may mismatch missing must mysql new ' +
    'no not null object of ok omit on only optional or out password permission present provided read readonly ' +
    'received refreshed rejected required reset retry revoked rotated same-origin secret sent set should sha256 short so ' +
    'str string text that the this to token too true type unauthorized unknown unset until update updated used user using valid validated ' +
    'value verified via await item see siehe voir ver was we weak were when will with without write wrong yes you your ' +
    // "doesn't match": a quote ends what has none around it.
    'converting parsing decoding assigning unmarshalling retype repeat re-enter reenter confirm again ' +
    'doesn isn wasn hasn haven didn mustn couldn wouldn shouldn aren needn cant ' +
    // “ask the owner”, “see the vault”, “at least 12 characters”, “the same as before”
    'frag frage fragen erfragen mindestens gleiche gleiches demander demandez minimum même pregunta pregúntale preguntar pide pedir mínimo mínima ' +
    'misma mismo pergunta pergunte perguntar peça mesma mesmo chiedi chiedere vedi minimo stessa stesso vraag vragen zie minstens zelfde dezelfde ' +
    'zapytaj poproś zobacz patrz minimalnie fråga minst samma spørg spør mindst samme kysy kysykää katso vähintään küsi küsige vaata vähemalt ' +
    'zeptej viz alespoň спроси спросите узнай смотри минимум ' +
    // The same in other languages.
    'falsch ungültig ungueltig abgelaufen erforderlich fehlt leer gesperrt geändert muss darf nicht ist zu zum ' +
    'invalide requis obligatoire expiré vide erroné manquant doit est ne non trop oublié modifié ' +
    'incorrecta incorrecto inválida inválido requerida obligatoria caducada vacía errónea debe es única ' +
    'incorreta obrigatória expirada vazia deve não é errada alterada ' +
    'errata valida obbligatoria scaduta vuota mancante deve è ' +
    'expected mandatory optionnel неважећа истекла погрешна грешна невалидна изтекла nevažeća neispravna pogrešna istekla napačno neveljavno nepareiza nederīga neteisingas negaliojantis vale aegunud rangt útrunnið gabim ' +
    'onjuist ongeldig verplicht verlopen moet niet fout leeg ' +
    'nieprawidłowe błędne wymagane wygasło musi puste nie jest ' +
    'неверный неверен неправильный обязателен истёк истек пуст пустой должен не изменён изменен сброшен'
  ).split(' '),
);
