/**
 * What an answer no longer holds, or holds in another shape, where its reader fails at just that.
 *
 *   -  owner: Person                     Cannot read properties of undefined (reading 'mail') … boat.owner.mail
 *   +  owners: Person[]                  ◄── the reader still asks for the one owner
 */
import type { Sides } from '#model/changes/effect.ts';
import { isSaidWhole } from '#model/changes/quoted-names.ts';
import type { Touched } from '#model/changes/said/values.ts';

/** How programs say that what they read is not there: JavaScript, Python, Ruby, Java, Kotlin, C#, Go, PHP, Dart, Swift. */
const SAYS_NOTHING =
  /\bof (?:undefined|null)\b|\bundefined is not\b|\bnonetype\b|\bfor nil\b|\bnil pointer\b|\bnullpointer\w{0,12}|\bis null\b|\bobject reference not set\b|\bhas no (?:attribute|member|field)\b|\bkeyerror\b|\bundefined (?:method|property|array key|index)\b|\bon null\b|\bunexpectedly found nil\b|\bnosuchmethoderror\b|\bnull check operator\b/;
/** A member in the code that failed: `boat.owner.mail`, `boat['owner']`, `boat->owner->mail`, `getOwner()`. */
const MEMBER = /(?:\.|->|\?\.|\[["'`:]?)([a-z_]\w{2,60})(?=["'`]?\]|\??\.|->|\)|\s|$|!)|\bget([a-z]\w{2,60})\(\)/g;
/** Names that nearly every program has. */
const OF_ALL =
  /^(?:name|type|value|data|key|length|size|map|filter|get|set|items?|result|body|json|text|error|message|status|code|url|path|props?|state|default|params?|query|tsx?|jsx?|py|rb|php|java|kt|cs|go|id|com|org|example|internal)$/;
/** It is declared or written there: `owner: Person`, `"owner"`, `owner = …`, `Person owner;`, `:owner`. */
const declared = (name: string) =>
  new RegExp(`(?<![\\w$.])${name}(?=["'\`]?\\s{0,3}(?:[?!]?:|=(?!=)|;|,|=>|\\)|$))`, 'im');

/** Code that fails at one member shows few others. */
const MOST_MEMBERS = 40;

/** The member that its readers ask for and that it no longer declares or writes. */
export function memberGone({ added, removed, context }: Touched, failure: string): string {
  if (removed === '' || !SAYS_NOTHING.test(failure)) return '';
  const names = new Set(Array.from(failure.matchAll(MEMBER), ([, one, other]) => one ?? other ?? ''));
  const gone = [...names]
    .filter((name) => !OF_ALL.test(name))
    .slice(0, MOST_MEMBERS)
    .find((name) => {
      const is = declared(name);
      return is.test(removed) && !is.test(added) && !is.test(context);
    });
  return gone === undefined ? '' : `it no longer has “${gone}”, which the failing code reads`;
}

/**
 * How readers say that they got a list for an object, or an object for a list: JavaScript, Go, Jackson, Gson, Newtonsoft,
 * System.Text.Json, serde, Python, Ruby, Dart, Swift, PHP.
 */
const SAYS_OTHER_SHAPE =
  /\.(?:map|foreach|filter|reduce|find|some|every|slice|push|join|flatmap|sort) is not a function|\bis not iterable\b|\bcannot unmarshal (?:object|array) into\b|\bjsontoken\.start_(?:object|array)\b|\bstart_(?:object|array) token\b|\bexpected begin_(?:array|object) but was begin_(?:array|object)\b|\bcannot deserialize the current json (?:object|array)\b|\bcould not be converted to system\.collections\b|\binvalid type: (?:map|sequence), expected\b|\blist indices must be integers\b|\bstring indices must be integers\b|\bno implicit conversion of (?:string|symbol) into integer\b|\bis not a subtype of type '(?:list|map|iterable)|\bexpected to decode (?:array|dictionary)<|\bobject is not subscriptable\b|\bgot (?:an )?(?:object|array|list|dict|map)\b.{0,30}\bexpected\b|\bexpected (?:an? )?(?:object|array|list|dict|map)\b.{0,30}\b(?:got|received|but)\b/;
/** What holds many, or wraps them. */
const OF_SHAPES =
  /\[\]|\b(?:list|array|set|seq|slice|vec|page|paged|iterable|collection|envelope|repeated|map|dict)\b|\b(?:List|Page|Set|Array|IEnumerable|Collection|Vec|Map|Dictionary)\s{0,2}<|\{\s{0,2}["']?\w{1,40}["']?\s{0,2}[:,}]/gi;
/** Where an answer is made or declared. */
const ANSWERS =
  /\breturns?\b|json|\brespon[ds]\w{0,6}|\brender\b|\bsend\(|\bok\(|\byield\b|:\s{0,2}[\w.]{1,60}(?:\[\]|<)|\brepeated\b|\b(?:List|Page|Set|Array)<|["']type["']\s{0,3}:/i;

/** It answers with another shape, and its reader says that it got one that it does not expect. */
export function shapeChanged({ added, removed }: Sides, failure: string): string {
  if (!SAYS_OTHER_SHAPE.test(failure) || !ANSWERS.test(added) || !ANSWERS.test(removed)) return '';
  const shapesOf = (text: string) => (text.match(OF_SHAPES) ?? []).join(' ');
  return shapesOf(added) !== shapesOf(removed)
    ? 'it answers with another shape, and the failure says that its reader expects the old one'
    : '';
}

/** How a service names what it misses or does not take in what it was sent. */
const SAID_MISSING =
  /\b(?:(?:missing|requires?|required|provide)\b[ :]{1,2}(?:the |an? |request |required |query |json |form )?(?:header|field|param(?:eter)?|property|claim|cookie|argument|attribute|key)s?|(?:no|without|lacks?) (?:the |an? )?(?:header|claim|cookie|query parameter))[ :]{1,2}["'`]?([a-z][\w.-]{1,80})|["'`]([a-z][\w.-]{1,80})["'`]:? (?:is|are) (?:a )?(?:required|missing|mandatory)\b|["'`]?\b([a-z][\w.-]{1,80})["'`]? (?:header|field|parameter|claim|cookie) (?:is|was) (?:required|missing|not (?:set|present|given))|\bmissing required (?:\w{1,20} )?["'`]?([a-z][\w.-]{1,80})|\b([a-z]\w{1,80})["'`]?:? (?:must|may|can) ?not be (?:null|blank|empty|nil)\b/g;

/** The name that its own rules ask for since then, and that the failure misses. */
export function nameAsked({ added, removed, context }: Touched, failure: string): string {
  for (const [, ...names] of failure.matchAll(SAID_MISSING)) {
    const name = names.find((one) => one !== undefined) ?? '';
    if (name.length < SHORTEST) continue;
    const [now, before] = [linesWith(added, name), linesWith(`${removed}\n${context}`, name)];
    if (now.some((line) => !before.includes(line))) return `it asks for “${name}”, which the failure misses`;
  }
  return '';
}

const SHORTEST = 3;

function linesWith(text: string, name: string): readonly string[] {
  return text
    .toLowerCase()
    .split('\n')
    .filter((line) => isSaidWhole(name, line))
    .map((line) => line.replaceAll(/\s+/g, ' ').trim());
}

/** A pattern for values, from its first to its last sign. */
const PATTERN = /\^[^\s"'`\n]{3,200}\$/g;
/** How validators name a bound: Zod, Joi, Yup, class-validator, Bean Validation, pydantic, JSON Schema, FluentValidation, Rails. */
const SAID_BOUND =
  /\b(?:at (?:least|most)|greater than(?: or equal to)?|less than(?: or equal to)?|fewer than|more than|longer than(?: or equal to)?|shorter than(?: or equal to)?|minimum(?: is| of)?|maximum(?: is| of)?|not exceed|must be [<>]=?|up to|[<>]=)\s{0,2}(\d{1,12})(?![\d.])/g;
const NUMBER = /(?<![\w.])\d{1,12}(?![\w.])/g;

/** The rule for values that it brings, as the failure quotes it: its pattern or its new bound. */
export function ruleQuoted({ added, removed, context }: Touched, failure: string): string {
  const before = `${removed}\n${context}`;
  const pattern = (added.match(PATTERN) ?? []).find(
    (one) => failure.includes(one.toLowerCase()) && !before.includes(one),
  );
  if (pattern !== undefined) return `it brings the pattern ${pattern}, which the failure quotes`;
  const fresh = new Set(added.match(NUMBER)).difference(new Set(before.match(NUMBER)));
  const bound = Array.from(failure.matchAll(SAID_BOUND), ([, number = '']) => number).find((one) => fresh.has(one));
  return bound === undefined ? '' : `it brings the bound ${bound}, which the failure quotes`;
}

/** How readers name the field whose value they do not take: Elasticsearch, Zod, providers of messages and payments. */
const SAID_VALUE_OF =
  /\bfield \[([a-z_][\w.]{1,80})\]|\bat ["'`]([a-z_][\w.]{1,80})["'`]|["'`]([a-z_]\w{1,80})["'`] (?:number|value|field|parameter|property|must|is not|should)\b|\b(?:field|property|path|parameter)[ :=]{1,3}["'`]([a-z_][\w.]{1,80})["'`]/g;
const SAYS_WRONG_VALUE =
  /\bfailed to parse\b|\bexpected .{1,40}(?:received|got|but)\b|\bis not a valid\b|\b(?:invalid|wrong|unexpected|illegal) (?:value|type|format|number)\b|\bmust be (?:an? )?\w|\bcannot be (?:parsed|converted)\b|\bmapper_parsing_exception\b/;

/** It writes the field otherwise than before, and the failure does not take its value. */
export function valueRewritten({ added, removed }: Sides, failure: string): string {
  if (!SAYS_WRONG_VALUE.test(failure)) return '';
  for (const [, ...names] of failure.matchAll(SAID_VALUE_OF)) {
    const name = (names.find((one) => one !== undefined) ?? '').split('.').at(-1) ?? '';
    if (name === '') continue;
    const [now, before] = [writtenTo(added, name), writtenTo(removed, name)];
    if (now !== '' && before !== '' && now !== before)
      return `it writes another value to “${name}”, which the failure names`;
  }
  return '';
}

/** What stands behind the key; empty where no line has it. */
function writtenTo(text: string, name: string): string {
  const key = new RegExp(`(?<![\\w$.])["'\`]?${name}["'\`]?\\s{0,3}(?::|=>|=(?!=))\\s{0,3}(.{1,200})`, 'i');
  return (
    key
      .exec(text)?.[1]
      ?.replaceAll(/[\s,;]+/g, ' ')
      .trim() ?? ''
  );
}
