/**
 * Removes secrets from JSON (one value, or one per line), and leaves every other byte unchanged.
 *
 *   "http.url": "https://app:s3cret@db/x"              a text in a known format
 *   "password": "hunter2"                              a member whose name marks a secret
 *   {"key": "password", "value": "hunter2"}            the same as Jaeger writes it
 *   {"key": "password", "value": {"stringValue": …}}   and as OTLP does
 *   {"passwords": ["hunter2", "swordfish"]}            values inside such a member
 *   {"kind": "Secret", "data": {"user": "am8="}}       the content of a Kubernetes Secret
 *   {"op": "add", "path": "/stringData/pin", "value": "hunter2"}    a patch of one
 *   {"type": "random_password", … {"result": "…"}}     what Terraform generated
 *   {"Type": "SecureString", "Value": "…"}             what a store of secrets answers (`SECRET_STORES`)
 *   {"query": "… password: $p …", "variables": {"p": "…"}}    by the name that the query has for a variable
 *   {"kty": "RSA", "d": "…"}                           private members of a JSON Web Key
 *   ["curl", "--user", "jo:hunter2"]                   arguments of a command (`command-lists.ts`)
 *
 * Each text is processed alone: over the whole body, a truncated key in one log line would remove the rest of the file.
 * Ids stay, because they connect the evidence. Nothing recurses over the input. In input that is not JSON, only quoted
 * texts may change.
 *
 * Bodies repeat a few thousand texts: each is checked once, and then found by its bytes.
 */
import { cleanArguments } from '#analyse/command-lists.ts';
import { byteTable } from '#decode/byte-table.ts';
import { QUOTE } from '#decode/json-cursor.ts';
import { jsonTextEnd } from '#decode/json-text-end.ts';
import { ID_IN_KEY_VAULT, SECRET_VALUE } from '#model/redaction/json-secrets.ts';
import { PRIVATE_MEMBERS } from '#model/redaction/key-sets.ts';
import { pairRole } from '#model/redaction/members.ts';
import { isSecretPlace } from '#model/redaction/named-places.ts';
import { opensSomething } from '#model/redaction/nested-keys.ts';
import {
  countedKinds,
  isSecretName,
  isSensitive,
  type Redaction,
  redactNamed,
  secretAround,
} from '#model/redaction/redaction.ts';

export type RedactedJson = Readonly<{
  /** In their own buffer, so that they can be moved to another thread. */
  bytes: Uint8Array;
  redactions: readonly Redaction[];
}>;

export function redactJson(input: Uint8Array): RedactedJson {
  const json = Buffer.from(input.buffer, input.byteOffset, input.byteLength);
  const texts = openTexts(json);
  const edits: Edit[] = [];
  const counts = new Map<string, number>();
  const edit = ({ from, to }: Value, clean: string, kinds: readonly string[]) => {
    edits.push({ from, to, text: JSON.stringify(clean) });
    for (const kind of kinds) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  };
  const ofCommand = (program: string, args: readonly Value[]) => {
    const isEdited = new Set(edits.slice(-args.length).map(({ from }) => from));
    for (const [at, clean] of cleanArguments(program, args.map(texts.whole)).entries()) {
      const value = args[at];
      if (value !== undefined && clean !== undefined && !isEdited.has(value.from)) edit(value, clean.text, clean.kinds);
    }
  };
  const frames = openFrames(texts, ofCommand, (value, name, around) => {
    const kinds: string[] = [];
    const text = texts.whole(value);
    const clean = redactNamed(name, text, { around, taken: (kind) => kinds.push(kind) });
    if (clean === text) return;
    edit(value, clean, kinds);
  });
  for (let at = 0; at < json.length; ) {
    const kind = KINDS[json[at] ?? 0];
    if (kind === TEXT || kind === NUMBER) {
      const value = kind === TEXT ? { from: at, to: jsonTextEnd(json, at), isText: true } : numberAt(json, at);
      frames.value(value);
      at = value.to;
      continue;
    }
    if (kind === OPEN) frames.open(json[at] === CURLY);
    else if (kind === CLOSE) frames.close();
    else if (kind === COMMA) frames.next();
    at += 1;
  }
  frames.end();
  return { bytes: spliced(json, edits), redactions: countedKinds(counts) };
}

/** Inside braces or brackets. Names are text numbers. */
type Frame = {
  readonly isObject: boolean;
  /** The name of the member whose value comes next; `NAMELESS` in a list. */
  member: number;
  expectsName: boolean;
  /** The text of the member that names the tag, such as `key`. */
  tag: number;
  /** Values of the tag whose name has not come yet. */
  late: Late[];
  /** Values that the kind of their object decides, which may come after them. */
  waiting: Late[] | undefined;
  /** Whether its kind says that the values that wait are secret. */
  holdsSecrets: boolean;
  /** A JSON Patch (RFC 6902) on a Secret: its path has come. */
  patchesSecret: boolean;
  /** Whether its kind says that its own value is secret, and the last value that came before the kind. */
  holdsSecretValue: boolean;
  plainValue: Value | undefined;
  /** The query of a request to GraphQL. */
  query: Value | undefined;
  /** Whether it has a key of an API. */
  holdsKey: boolean;
  /** Inside of a resource that generates passwords. */
  generates: boolean;
  /** The last text of an object, which may be a program; the texts of a list, which may be its arguments. */
  said: Value[];
  hasOption: boolean;
  /** The object around the content of a Kubernetes Secret, or around the variables of a query. */
  readonly manifest: Frame | undefined;
  readonly isVariables: boolean;
  /** The surrounding tag, if it is part of a tag's value. */
  readonly holder: Frame | undefined;
  /** The surrounding member with a secret's name. */
  readonly around: number;
};

type Late = Readonly<{ value: Value; member: number; around: number; isVariable?: boolean }>;

/** The number of the empty text. */
const NAMELESS = 0;

/** Calls back for every value that may have to change, with the name that describes it; '' if there is none. */
function openFrames(
  texts: Texts,
  command: (program: string, args: readonly Value[]) => void,
  suspect: (value: Value, name: string, around: string) => void,
) {
  const outer: Frame[] = [];
  let frame = frameIn(AROUND_EVERYTHING);

  const look = (value: Value, name: number, around = NAMELESS) => {
    const isNamed = texts.factsOf(name) === SECRET || around !== NAMELESS;
    if (isNamed || (value.isText && texts.holdsSomething(value))) suspect(value, texts.text(name), texts.text(around));
  };
  /** For a tag's value: the tag names it, and its contents may have their own names. */
  const lookLate = ({ value, member, around }: Late, { tag }: Frame) => {
    const isTold = tag !== NAMELESS && (texts.factsOf(tag) === SECRET || TAG_VALUE_PARTS.has(texts.text(member)));
    look(value, isTold ? tag : member, around);
  };
  const member = (value: Value) => {
    frame.member = texts.number(value);
    frame.expectsName = false;
    look(value, NAMELESS);
  };
  const closeCommand = () => {
    if (!frame.hasOption) return;
    const [program] = outer.at(-1)?.said ?? [];
    const isNamed = program !== undefined && program.to - program.from <= LONGEST_PROGRAM;
    command(isNamed ? texts.whole(program) : '', frame.said);
  };
  const close = () => {
    closeCommand();
    for (const late of frame.late) lookLate(late, frame);
    for (const late of frame.waiting ?? [])
      if (isSecretLate(late, frame)) suspect(late.value, SECRET_VALUE, '');
      else look(late.value, late.member, late.around);
    frame = outer.pop() ?? frame;
  };
  const isSecretLate = ({ member, isVariable }: Late, { query, holdsKey, holdsSecrets }: Frame): boolean => {
    if (isVariable) return query !== undefined && isSecretPlace(texts.whole(query), texts.text(member));
    const facts = texts.factsOf(member);
    return facts === ENCODED ? holdsKey : holdsSecrets && facts !== CHECKSUM;
  };
  const holderOf = (): Frame | undefined => (texts.factsOf(frame.member) === TAG_VALUE ? frame : frame.holder);
  const nameTag = (facts: number, value: Value) => {
    if (facts !== TAG_NAME || !value.isText) return;
    const named = texts.number(value);
    if (frame.tag === NAMELESS || texts.factsOf(named) === SECRET) frame.tag = named;
  };
  /** An option begins with a dash. */
  const note = (value: Value) => {
    if (!value.isText) return;
    if (frame.isObject) frame.said[0] = value;
    else if (frame.said.length < MOST_ARGUMENTS) {
      frame.said.push(value);
      frame.hasOption ||= texts.beginsWithDash(value);
    }
  };
  const noteKind = (facts: number, value: Value) => {
    if (facts === KIND) frame.holdsSecrets ||= texts.is(value, 'Secret');
    else if (facts === KEY_TYPE) frame.holdsSecrets = true;
    else if (facts === SECRET) frame.holdsKey ||= texts.text(frame.member) === 'api_key';
    else if (facts === RESOURCE_TYPE) frame.generates = texts.is(value, 'random_password');
    else if (facts === QUERY) frame.query = value;
    noteStore(facts, value);
  };
  /** What a store of secrets says about the object, or about the one beside it. */
  const noteStore = (facts: number, value: Value) => {
    if (facts === CREATED) {
      const around = outer.at(-1);
      if (around !== undefined && texts.text(around.member) === 'metadata') around.holdsSecrets = true;
      return;
    }
    const store = SECRET_STORES[facts];
    if (store === undefined || !texts.isLike(value, store)) return;
    frame.holdsSecrets ||= facts === TAG_NAME;
    frame.holdsSecretValue ||= facts !== TAG_NAME;
    if (frame.holdsSecretValue && frame.plainValue !== undefined) suspect(frame.plainValue, SECRET_VALUE, '');
  };
  /** Whether a member `Value` holds the secret, as the type or the id beside it says. */
  const ofStore = (facts: number, value: Value): boolean => {
    if (facts !== TAG_VALUE || !value.isText) return false;
    if (frame.holdsSecretValue) suspect(value, SECRET_VALUE, '');
    else frame.plainValue = value;
    return frame.holdsSecretValue;
  };
  /** Whether a value is that of a patch on a Secret. */
  const ofPatch = (facts: number, value: Value): boolean => {
    if (facts === PATH) frame.patchesSecret ||= PATH_IN_SECRET.test(texts.whole(value));
    if (facts !== TAG_VALUE || !frame.patchesSecret) return false;
    suspect(value, SECRET_VALUE, '');
    return true;
  };
  /** Whether the kind of an object decides on a text: it is secret, or it waits for the end of that object. */
  const isDecided = (facts: number, value: Value, holder: Frame | undefined): boolean => {
    if (!value.isText || holder !== undefined) return false;
    noteKind(facts, value);
    const decides = frame.manifest ?? (facts === KEY_PART || facts === ENCODED ? frame : undefined);
    if (decides !== undefined) {
      decides.waiting ??= [];
      decides.waiting.push({ value, member: frame.member, around: frame.around, isVariable: frame.isVariables });
      return true;
    }
    if (facts !== GENERATED || !frame.generates) return false;
    suspect(value, SECRET_VALUE, '');
    return true;
  };
  return {
    open(isObject: boolean) {
      const holder = holderOf();
      const isTold = holder === frame && texts.factsOf(frame.tag) === SECRET;
      const around = isTold ? frame.tag : texts.around(frame.around, frame.member);
      const facts = texts.factsOf(frame.member);
      const isContent = isObject && frame.isObject && (facts === CONTENT || facts === VARIABLES);
      outer.push(frame);
      frame = frameIn({
        holder,
        around,
        isObject,
        generates: frame.generates,
        manifest: isContent ? frame : undefined,
        isVariables: facts === VARIABLES,
      });
    },
    close,
    next() {
      frame.expectsName = frame.isObject;
    },
    value(value: Value) {
      if (frame.expectsName) return member(value);
      note(value);
      const facts = texts.factsOf(frame.member);
      if (facts === ID) return;
      nameTag(facts, value);
      const { member: name, around } = frame;
      const holder = holderOf();
      if (ofPatch(facts, value) || ofStore(facts, value) || isDecided(facts, value, holder)) return;
      // In the map of a tag, the names of its members are not values of the tag.
      if (holder === undefined || facts === SECRET || facts === TAG_NAME) look(value, name, around);
      else if (holder.tag !== NAMELESS) lookLate({ value, member: name, around }, holder);
      // The name of a tag may come after its value, so the value waits for the end of the tag.
      else holder.late.push({ value, member: name, around });
    },
    /** A truncated tag already has its name, or never gets it. */
    end() {
      for (let depth = outer.length; depth >= 0; depth -= 1) close();
    },
  };
}

type Opened = Pick<Frame, 'holder' | 'around' | 'isObject' | 'generates' | 'manifest' | 'isVariables'>;

const AROUND_EVERYTHING: Opened = {
  holder: undefined,
  around: NAMELESS,
  isObject: false,
  generates: false,
  manifest: undefined,
  isVariables: false,
};

function frameIn({ holder, around, isObject, generates, manifest, isVariables }: Opened): Frame {
  return {
    isObject,
    member: NAMELESS,
    expectsName: isObject,
    tag: NAMELESS,
    late: [],
    waiting: undefined,
    holdsSecrets: false,
    holdsSecretValue: false,
    plainValue: undefined,
    query: undefined,
    holdsKey: false,
    patchesSecret: false,
    generates,
    said: [],
    hasOption: false,
    manifest,
    isVariables,
    holder,
    around,
  };
}

/** The members that hold a tag's value; '' in a list. */
const TAG_VALUE_PARTS: ReadonlySet<string> = new Set([
  '',
  'value',
  'values',
  'stringValue',
  'intValue',
  'doubleValue',
  'boolValue',
  'bytesValue',
  'arrayValue',
  'kvlistValue',
]);

/** A text or a number. `from` and `to` enclose it with its quotes. */
type Value = Readonly<{ from: number; to: number; isText: boolean }>;

type Edit = Readonly<{ from: number; to: number; text: string }>;

/** The properties of a text as a name. */
const PLAIN_NAME = 1;
const ID = 2;
const TAG_NAME = 3;
const TAG_VALUE = 4;
const SECRET = 5;
/** Members that say what an object is, and those that mean a secret in some of them. */
const KIND = 6;
const KEY_TYPE = 7;
const RESOURCE_TYPE = 8;
const KEY_PART = 9;
const GENERATED = 10;
const CONTENT = 11;
/** Beside a key of Elasticsearch: the same in base64. */
const ENCODED = 12;
/** A section that says what the key inside opens. */
const SECTION = 13;
/** The member `path` of a JSON Patch (RFC 6902). */
const PATH = 14;
/** The query and the variables of a request: graphql.org/learn/serving-over-http. */
const QUERY = 15;
const VARIABLES = 16;
/** The id of an object, and the time of a version. */
const OBJECT_ID = 17;
const CREATED = 18;
/** Beside a value that its object makes secret. */
const CHECKSUM = 19;
/** kubernetes.io/docs/reference/kubernetes-api, "Secret": ConfigMaps have `data`, too. */
const PATH_IN_SECRET = /^\/(?:stringData\/|data\/[^/]{0,80}(?:pass|pwd|secret|token|key|cred))/i;

const OF_OBJECTS: ReadonlyMap<string, number> = new Map([
  ['kind', KIND],
  ['kty', KEY_TYPE],
  ['type', RESOURCE_TYPE],
  ['Type', RESOURCE_TYPE],
  ['id', OBJECT_ID],
  ['query', QUERY],
  ['variables', VARIABLES],
  // developer.hashicorp.com/vault/api-docs/secret/kv/kv-v2, "Read secret version": `data` beside `metadata`
  ['created_time', CREATED],
  // cloud.google.com/secret-manager/docs/reference/rest, "AccessSecretVersionResponse"
  ['payload', CONTENT],
  ['dataCrc32c', CHECKSUM],
  ['result', GENERATED],
  ['bcrypt_hash', GENERATED],
  ['encoded', ENCODED],
  ['path', PATH],
  ['data', CONTENT],
  ['stringData', CONTENT],
  ...Array.from(PRIVATE_MEMBERS, (name) => [name, KEY_PART] as const),
]);

/** What a store of secrets calls an object, by the member that says so. `begins`: its first sign, which few others have. */
type Store = Readonly<{ begins: string; pattern: RegExp }>;

const SECRET_STORES: Readonly<Record<number, Store>> = {
  // docs.aws.amazon.com/systems-manager, "Parameter"
  [RESOURCE_TYPE]: { begins: 'S', pattern: /^SecureString$/ },
  // learn.microsoft.com/rest/api/keyvault, "SecretBundle"
  [OBJECT_ID]: {
    begins: 'h',
    pattern: ID_IN_KEY_VAULT,
  },
  // cloud.google.com/secret-manager/docs/reference/rest, "AccessSecretVersionResponse": the secret is in `payload`
  [TAG_NAME]: {
    begins: 'p',
    pattern: /^projects\/[\w.:-]{1,80}(?:\/locations\/[\w-]{1,40})?\/secrets\/[\w-]{1,255}\/versions\/\w{1,20}$/,
  },
};

/** The members of spans and references that connect them, in every supported format. */
const IDS: ReadonlySet<string> = new Set([
  'traceID',
  'traceId',
  'trace_id',
  'spanID',
  'spanId',
  'span_id',
  'parentSpanID',
  'parentSpanId',
  'parent_span_id',
  'parentId',
  'processID',
]);

/**
 * By the role of a member: Jaeger and OTLP write an attribute as `key` and `value`, Kubernetes a variable as `name` and
 * `value`.
 */
const ROLES = { naming: TAG_NAME, valuing: TAG_VALUE } as const;

const TEXT = 1;
const NUMBER = 2;
const OPEN = 3;
const CLOSE = 4;
const COMMA = 5;
const CURLY = 0x7b;
const DASH = 0x2d;
/** Longer lists are no commands, and longer names no programs; in bytes. */
const MOST_ARGUMENTS = 64;
const LONGEST_PROGRAM = 80;

/** The token that begins at a byte. */
const KINDS = new Uint8Array(256);
for (const [signs, kind] of [
  ['"', TEXT],
  ['-0123456789', NUMBER],
  ['{[', OPEN],
  ['}]', CLOSE],
  [',', COMMA],
] as const) {
  for (const sign of signs) KINDS[sign.charCodeAt(0)] = kind;
}

type Texts = ReturnType<typeof openTexts>;

/** The texts of a body by number, with the result for each. */
function openTexts(json: Buffer) {
  const table = byteTable();
  /** By number, as a name; 0 if not checked. */
  const facts: number[] = [];
  /** By number: whether it contains something to remove; undefined if not checked. */
  const holds: (boolean | undefined)[] = [];

  /** The content between the quotes; a truncated text has no closing one. */
  const innerEnd = ({ from, to }: Value): number => (to > from + 1 && json[to - 1] === QUOTE ? to - 1 : to);
  const whole = (value: Value): string =>
    value.isText
      ? unquoted(json.toString('utf8', value.from + 1, innerEnd(value)))
      : json.toString('latin1', value.from, value.to);
  const number = (value: Value): number => table.ofBytes(json, value.from + 1, innerEnd(value));
  const text = (of: number): string => unquoted(table.text(of));
  const factsOf = (name: number): number => {
    const known = facts[name];
    if (known !== undefined) return known;
    const spelled = text(name);
    const found = IDS.has(spelled)
      ? ID
      : (OF_OBJECTS.get(spelled) ?? (isSecretName(spelled) ? SECRET : roleOf(spelled)));
    facts[name] = found;
    return found;
  };
  return {
    whole,
    number,
    text,
    factsOf,
    beginsWithDash({ from }: Value): boolean {
      return json[from + 1] === DASH;
    },
    isLike(value: Value, { begins, pattern }: Store): boolean {
      return json[value.from + 1] === begins.charCodeAt(0) && pattern.test(whole(value));
    },
    is(value: Value, word: string): boolean {
      return value.to - value.from === word.length + 2 && whole(value) === word;
    },
    /** The name of a secret that covers all values in a member. */
    around(around: number, member: number): number {
      if (factsOf(member) === SECRET) return member;
      if (around === NAMELESS) return factsOf(member) === SECTION ? member : NAMELESS;
      const name = secretAround(text(around), text(member));
      return name === '' ? NAMELESS : name === text(around) ? around : member;
    },
    holdsSomething(value: Value): boolean {
      if (value.to - value.from > LONGEST_KEPT) return isSensitive(whole(value));
      const of = number(value);
      const known = holds[of];
      if (known !== undefined) return known;
      const found = isSensitive(whole(value));
      holds[of] = found;
      return found;
    },
  };
}

function roleOf(name: string): number {
  const role = pairRole(name);
  return role === undefined ? (opensSomething(name) ? SECTION : PLAIN_NAME) : ROLES[role];
}

/** In bytes: longer texts rarely repeat. */
const LONGEST_KEPT = 1024;

function numberAt(json: Buffer, from: number): Value {
  let to = from + 1;
  for (; to < json.length; to += 1) {
    const byte = json[to] ?? 0;
    const partOfNumber = KINDS[byte] === NUMBER || byte === 0x2b || byte === 0x2e || (byte | 0x20) === 0x65;
    if (!partOfNumber) break;
  }
  return { from, to, isText: false };
}

function unquoted(raw: string): string {
  if (!raw.includes('\\')) return raw;
  try {
    return JSON.parse(`"${raw}"`);
  } catch {
    return raw; // a stray control character, or truncated: its text can still be read
  }
}

function spliced(json: Buffer, edits: Edit[]): Uint8Array {
  edits.sort((a, b) => a.from - b.from); // tags were decided at their end
  const parts: Uint8Array[] = [];
  let at = 0;
  for (const { from, to, text } of edits) {
    if (from < at) continue; // by its name and by its neighbours
    parts.push(json.subarray(at, from), Buffer.from(text));
    at = to;
  }
  parts.push(json.subarray(at));
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let filled = 0;
  for (const part of parts) {
    whole.set(part, filled);
    filled += part.length;
  }
  return whole;
}
