/**
 * What stands beside the name of a secret and is none: what stands for a value (`$1`, `${DB_PASSWORD}`, `***`), what is said
 * of one ("password: must be longer", "using password: YES"), and where one is kept (a path, an address, the name of a
 * Kubernetes Secret).
 */
import { looksMade } from '#model/redaction/entropy.ts';
import type { NameRule } from '#model/redaction/names.ts';

/** `isTold`: behind a colon and a space, as a sentence has it. */
export type Said = Readonly<{ rule: NameRule; name: string; value: string; isQuoted: boolean; isTold: boolean }>;

/** Whether the value is no secret, whatever its name says. */
export function isNoSecret(said: Said): boolean {
  const { value } = said;
  return (
    standsForValue(value) || isSaidOfValue(said) || isReference(said) || isPlace(value) || namesKubernetesSecret(said)
  );
}

/** A form, a mask, a variable, or what was taken out before. */
function standsForValue(value: string): boolean {
  return value === '' || value.startsWith('[redacted:') || FILLER.test(value) || VARIABLE.test(value);
}

const FILLER =
  /^(?:\?+|\$\d*|:\w+|@\w+|%\w|[*•.=<>!~^|+_…-]+|[^A-Za-z\d]{1,2}|x{3,}|\[?(?:null|nil|none|true|false|undefined|redacted|filtered|hidden|masked|protected|sensitive|scrubbed|removed|omitted|secure|object object)\]?|<[a-z][\w -]*>|bearer|basic|digest|negotiate)$/i;

/** Of shells, templates, programs, Terraform, GitHub Actions. */
const VARIABLE =
  /^(?:\$[A-Z_][A-Z0-9_]{2,}|\$[({].*|#\{.*|\{\{.*|<%.*|%[A-Z_]{3,}%|(?:process\.env|env|secrets|var|local|data|module|self|this)\.[\w.]+|ENC\[.*|vault:[\w/#-]+|ref\+\w+:.*|!(?:Ref|GetAtt|Sub)\b.*|[A-Z]{2,}(?:_[A-Z]{2,})+)$/;

/** `password=user.password`, `login(password=password)`, what Java prints of an object. */
function isReference({ rule: { word }, value }: Said): boolean {
  const lower = value.toLowerCase();
  return lower === word || (IDENTIFIER.test(value) && lower.endsWith(`.${word}`)) || OBJECT.test(value);
}

const IDENTIFIER = /^[A-Za-z_$][\w$]*(?:\.[A-Za-z_$][\w$]*)+$/;
const OBJECT = /^(?:[\w$]+\.)+[\w$]+@[\da-f]{1,8}$/;

/** Where a secret is kept is what people look for. */
function isPlace(value: string): boolean {
  return PLACE.test(value);
}

const PLACE =
  /^(?:\/(?:etc|var|run|home|opt|usr|tmp|mnt|root|srv|app|data|secrets?|vault|config|certs?|ssl|keys)\/[\w./@-]+|(?:\.{1,2}|~)?(?:\/[\w.@-]+)+\.[a-z]{2,5}|[a-z]:\\{1,2}[\w .\\-]+|[\w-]+(?:[./][\w-]+)*\.(?:pem|key|crt|cer|jks|p12|pfx|json|ya?ml|properties|conf)|(?:https?|file|s3|gs|op|vault):\/\/[^\s@]+|arn:aws[\w-]*:\S+|projects\/[\w-]+\/secrets\/\S+)$/i;

/** `secret=shop/db-credentials`: people look for it at night. */
function namesKubernetesSecret({ rule: { word }, name, value }: Said): boolean {
  if (word === 'secrets' && /^[a-z\d]+(?:[-_.][a-z\d]+)*$/.test(value)) return true;
  return (word === 'secret' || word === 'secrets') && SECRET_ALONE.test(name) && isKubernetesName(value);
}

const SECRET_ALONE = /(?:^|[^\w.-])(?:k8s[._-]|kube(?:rnetes)?[._-])?secrets?$/i;

/** A name of Kubernetes (RFC 1123) behind its namespace, or one that ends as those of Secrets do: others may be passwords. */
export function isKubernetesName(value: string): boolean {
  return KUBERNETES_PATH.test(value) || (KUBERNETES_NAME.test(value) && USUAL_END.test(value));
}

const KUBERNETES_NAME = /^[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?$/;
const KUBERNETES_PATH = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\/[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?$/;
const USUAL_END =
  /(?:^|[-.])(?:tls|certs?|ca|creds?|credentials|regcred|registry|docker(?:cfg|configjson)|pull-secrets?|db|database|postgres(?:ql)?|mysql|mariadb|redis|mongo(?:db)?|kafka|rabbitmq|s3|env|config|auth|api-keys?)$/;

/** "password: must be longer", "unexpected token: end", PWD=/srv: names that say something else here. */
function isSaidOfValue(said: Said): boolean {
  const { rule, name, value, isQuoted, isTold } = said;
  if (rule.isMade && !looksMade(value)) return true;
  if (isNumberOf(said) || isDemand(value)) return true;
  if (rule.kind !== 'secret') return isState(value);
  if (isQuoted || SAID_ALONE.test(value)) return SAID_ALONE.test(value);
  if (/unexpected token$/i.test(name)) return true;
  const isPassword = PASSWORD.test(rule.word);
  if (!isTold && RIGHTS.test(value) && !isPassword) return true; // `token:read`
  return isTold && (isState(value) || (DOING.test(value) && !isPassword));
}

const PASSWORD = /pass|pwd/;
/** Whatever stands around it: nobody has such a password. */
const SAID_ALONE =
  /^(?:none|missing|required|invalid|incorrect|wrong|expired|optional|empty|string|set|unset|not set|changed|unchanged|present|absent|provided|yes|no)$/i;

/** How many there are, where one works, how many passed. */
function isNumberOf({ rule: { word }, name, value }: Said): boolean {
  if (word === 'pwd') return SHELL_PLACE.test(name) && /^(?:[/~.\\]|[a-z]:)/i.test(value);
  if (word === 'pass') return PASSED.test(value);
  if (word === 'otp') return !/^\d{4,10}$/.test(value);
  return !NUMBERS.test(word) && /^\d{1,4}$/.test(value);
}

const SHELL_PLACE = /(?:^|[^A-Za-z])(?:OLD)?PWD$/i;
const PASSED = /^(?:-?[\d.]+%?|ok|yes|no|fail(?:ed)?|pass(?:ed)?|test\w*)$/i;
/** They may be short numbers. */
const NUMBERS = /pass(?!words|phrases)|cvv|otp|pwd/;

/** What a form says of a field: "The password field is required."; how long one is, as `kubectl describe` says it. */
function isDemand(value: string): boolean {
  return SIZE.test(value) || (/\S\s+\S+\s+\S/.test(value) && DEMAND.test(value));
}

const SIZE = /^\d{1,6} (?:bytes?|characters?|chars)$/;

const DEMAND =
  /\b(?:must|should|required|cannot|can't|at least|at most|already|match|valid|invalid|incorrect|characters?|too (?:short|long|common|weak|similar)|do(?:es)?(?: not|n't)|(?:is|was|are) not|not (?:set|found)|may not|has expired|entirely numeric)\b/i;

/** "no credentials: retrying" */
const DOING = /^[a-z]{2,12}(?:ing|ed)$/i;
const RIGHTS = /^(?:read|write|admin|list|create|update|delete|get|manage|all|any|status|amd64|arm64)$/i;

/** Whether a word is said of a secret instead of the secret. */
export function isState(word: string): boolean {
  return STATES.has(word.replace(/[.!,]$/, '').toLowerCase());
}

const STATES: ReadonlySet<string> = new Set(
  (
    'a an and any are as at be been blank but by can cannot changed configmap could deleted denied did disabled does ' +
    'empty enabled error expired expires failed failure for found from generated had has have if in incorrect include ' +
    'incoming int integer into invalid is issued it length locked long malformed may mismatch missing must mysql new ' +
    'no not null object of ok omit on only optional or out password permission present provided read readonly ' +
    'received refreshed rejected required reset retry revoked rotated same-origin secret sent set should sha256 short so ' +
    'str string text that the this to token too true type unauthorized unknown unset until update updated used user using valid validated ' +
    'value verified was we weak were when will with without write wrong yes you your'
  ).split(' '),
);
