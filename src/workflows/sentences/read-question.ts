/**
 * Reads a sentence to the bot by rules: which service it asks about, and for which time.
 *
 *   what is wrong with checkout since 10:40?            a service, from 10:40 until now
 *   `cart` slow between 10:40 and 11:00 ??              a service and a time window
 *   errors in payments for the last 30 min              the same
 *   good morning                                        nothing to look into
 */
import { type AskedTime, askedTimeIn } from '#workflows/times/asked-time.ts';

export type Question = Readonly<
  /**
   * `service`: its name as far as the sentence shows it, else ''. `sentence`: without the time and the markup; its words
   * may name the service as well.
   */
  | { kind: 'service'; service: string; sentence: string; time: AskedTime }
  /** A question whose time cannot be read. */
  | { kind: 'problem'; problem: string }
>;

/** A longer message is no question about one service. */
const LONGEST_QUESTION = 500;

/** Undefined where the sentence asks about no service. */
export function readQuestion(text: string): Question | undefined {
  if (text.length > LONGEST_QUESTION) return undefined;
  const { coded, plain } = withoutMarkup(text);
  const { time, rest } = askedTimeIn(plain.replace(/[?!]+/g, ' ').replace(/\s+/g, ' ').trim());
  const words = rest
    .split(' ')
    .map(bareWord)
    .filter((word) => word !== '');
  const isTimed = time !== undefined && !('problem' in time);
  if (!asks(words, { isTimed, isAsked: plain.includes('?') })) return undefined;
  const service =
    coded.find(isName) ?? serviceIn(words, isTimed) ?? (showsTrouble(words) && words.some(isName) ? '' : undefined);
  if (service === undefined) return undefined;
  if (time !== undefined && 'problem' in time) return { kind: 'problem', problem: time.problem };
  return { kind: 'service', service, sentence: words.join(' '), time: time ?? { kind: 'now' } };
}

/** As Slack sends it: mentions, links, emoji, code and the marks of bold and italic text. */
function withoutMarkup(text: string): Readonly<{ coded: readonly string[]; plain: string }> {
  const coded: string[] = [];
  const plain = text
    .replace(MENTION, ' ')
    .replace(/&(?:gt|lt|amp);/g, ' ')
    .replace(LINK, (_all, url: string, label = '') => (label !== '' && url.includes(label) ? ` ${label} ` : ' '))
    .replace(/`{1,3}([^`]{1,100})`{1,3}/g, (_all, code: string) => {
      coded.push(code.trim());
      return ` ${code} `;
    })
    .replace(/(?<=^|\s):[a-z0-9_+-]{1,50}:(?=\s|$)/gi, ' ')
    .replace(/(?<=^|\s)w\/(?=\s)/gi, 'with')
    .replace(/\s+/g, ' ')
    .trim();
  return { coded, plain };
}

/** `<@U012ABC|spanhound>`, `<!here>`, and a typed name, with what separates it from the sentence. */
const MENTION = /(?:<[@!][^<>]{1,100}>|(?<=^|\s)@spanhound\b)[,:]?/gi;
/** `<https://…|label>`; a channel is `<#C012|name>`. */
const LINK = /<#?([^<>|\s]{1,500})(?:\|([^<>]{0,200}))?>/g;

/** Without the marks and punctuation around it. */
function bareWord(word: string): string {
  let [from, to] = [0, word.length];
  while (from < to && AROUND.includes(word.charAt(from))) from += 1;
  while (to > from && AROUND.includes(word.charAt(to - 1))) to -= 1;
  return word.slice(from, to);
}

const AROUND = '*_~"\'“”‘’()[]{}<>.,;:!?…';

type Cue = (words: readonly string[], at: number) => boolean;

/** What says that a word is a service's name: the first that holds for a word decides. */
const CUES: readonly Cue[] = [
  // `payments-api`, `eu-west-1/orders`, `AuthService`, `svc1234`
  (words, at) => SHAPED.test(words[at] ?? '') && !NO_NAME.test(words[at] ?? ''),
  (words, at) => /^(?:service|svc)$/i.test(words[at + 1] ?? '') || /^(?:service|svc)$/i.test(words[at - 1] ?? ''),
  // `checkout's latency`
  (words, at) =>
    /^[\p{L}\d]+['’]s$/u.test(words[at] ?? '') &&
    !/^(?:what|it|that|let|who|how|here|there|he|she|where|when)/i.test(words[at] ?? ''),
  (words, at) => BEFORE_NAME.test(wordBefore(words, at)),
  (words, at) =>
    at > 0 &&
    /^(?:is|are|was|were|did|does|do|has|have|ist|sind|war)$/i.test(words[at - 1] ?? '') &&
    isOpening(words, at - 1),
  // `search is slow`, `cart keeps failing`, `checkout down`, `frontend super slow`
  (words, at) =>
    TROUBLE.test(words[at + 1] ?? '') ||
    (JOINS.test(words[at + 1] ?? '') && words.slice(at + 2, at + 5).some((word) => TROUBLE.test(word))),
  (words, at) => at === 0 && JOINS.test(words[1] ?? ''),
];

/** What may stand between a service and its trouble. */
const JOINS =
  /^(?:is|are|was|were|isn['’]t|keeps?|gets?|got|has|have|looks?|seems?|super|very|so|really|totally|ist|war|está|est)$/i;

/** Several parts, letters with digits, or a capital inside. */
const SHAPED =
  /^(?=.{2,100}$)(?:[\p{L}\p{N}]+(?:[-_/.][\p{L}\p{N}]+)+|\p{L}+\d[\p{L}\p{N}]*|\p{Ll}+\p{Lu}\p{L}*|\p{Lu}\p{Ll}+\p{Lu}\p{L}*)$/u;
/** Versions, numbers, counts and words that are written like a name. */
const NO_NAME =
  /^(?:v?\d+(?:\.\d+)*|\d.*|[px]\d\d?|e\.g|i\.e|p\d\d|\d+xx|http\d?|and\/or|a\.m|p\.m|\w{1,80}(?:exception|error))$/i;
const BEFORE_NAME =
  /^(?:with|check|chekc|investigate|diagnose|examine|inspect|debug|analy[sz]e|at|into|on|in|for|from|of|to|mit|bei|auf|an|con|avec|com)$/i;

function wordBefore(words: readonly string[], at: number): string {
  const before = words[at - 1] ?? '';
  return /^(?:the|our|my|der|die|das|dem|den)$/i.test(before) ? (words[at - 2] ?? '') : before;
}

/** `is`, `why is`, `how is` at the beginning, after words of politeness. */
function isOpening(words: readonly string[], at: number): boolean {
  return words.slice(0, at).every((word) => POLITE.test(word));
}

const POLITE =
  /^(?:hi|hey|hello|please|pls|plz|ok|okay|so|and|but|can|could|you|u|why|how|warum|wie|thanks|thx|sorry|any|idea)$/i;

function serviceIn(words: readonly string[], isTimed: boolean): string | undefined {
  for (const cue of CUES) {
    const at = words.findIndex((word, index) => isName(word) && cue(words, index));
    if (at >= 0) return nameOf(words[at] ?? '');
  }
  // `checkout?`, `checkout since 10:40`
  const [only, ...others] = words.filter((word) => !POLITE.test(word));
  return only !== undefined && others.length === 0 && (isTimed || words.length === 1) && isName(only)
    ? nameOf(only)
    : undefined;
}

function nameOf(word: string): string {
  return word.replace(/['’]s$/, '');
}

function isName(word: string): boolean {
  return (
    /^(?=[^\s]{2,100}$)\p{L}|^\d+[-_/.]?\p{L}/u.test(word) &&
    !ORDINARY.has(nameOf(word).toLowerCase()) &&
    !POLITE.test(word)
  );
}

/** Whether the sentence wants something looked into: it names trouble or a time, asks, or orders a look. */
function asks(
  words: readonly string[],
  { isTimed, isAsked }: Readonly<{ isTimed: boolean; isAsked: boolean }>,
): boolean {
  const rest = words.join(' ');
  if (REFUSES.test(rest)) return false;
  if (isTimed || showsTrouble(words)) return true;
  if (/^(?:is|are|was|were|did|does|has|ist|sind|war)$/i.test(words[0] ?? ''))
    return words.some((word) => WELL.test(word));
  return words.some((word) => LOOK.test(word)) || (isAsked && words.length <= 2);
}

function showsTrouble(words: readonly string[]): boolean {
  return words.some((word) => TROUBLE.test(word)) || TROUBLES.test(words.join(' '));
}

/** What is wrong with a service, in the words of people on call. */
const TROUBLE =
  /^(?:wrong|worng|broken?|broke|breaks?|down|slow\w*|fail\w*|errors?|erroring|[45]\d\ds?|5xx|4xx|issues?|problems?|weird|strange|odd|flaky|flapping|latenc\w+|lag\w*|time-?outs?|timing|timed|dead|die[ds]?|dying|crash\w*|hang\w*|hung|stuck|unhealthy|degraded|spik\w+|oom\w*|leak\w*|unavailable|unreachable|unresponsive|overloaded|throwing|kaputt|langsam|los|stimmt|fehler\w*|abgest\w+|tot)$/i;
const TROUBLES =
  /\b(?:acting up|going on|what happened|happening to|the matter|not (?:working|responding)|what'?s up|through the roof|in trouble|went wrong|on fire|can ?not|can['’]t|does ?n['’]t|does not|nobody can|no one can|empty (?:results?|answers?|responses?)|no (?:results?|answers?|responses?)|at 100|have a look|take a look|qué pasa|ne marche)\b/i;
/** Somebody wants no look. */
const REFUSES =
  /^(?:who|when|where|how (?:many|much|do|to|can|are you))\b|\b(?:do ?n['’]t (?:look|check|worry|bother)|do not (?:look|check)|no need|not needed|never ?mind|ignore|remind (?:me|us)|is fixed|(?:is|are) (?:back|fine|ok|okay|good|healthy) (?:now|again)|works again|resolved|thanks? (?:for|to))\b/i;
const LOOK = /^(?:check|chekc|look|investigate|diagnose|examine|inspect|debug|analy[sz]e|how|how['’]s|schau|prüfe?)$/i;
const WELL = /^(?:ok|okay|up|healthy|alive|fine|well|alright|good|running|working|gesund)$/i;

/** Words that stand where a service's name would. */
const ORDINARY: ReadonlySet<string> = new Set(
  [
    'it this that these those everything everyone something anything nothing nobody somebody someone you',
    'we they us me i he she him her our your my their its',
    'here there now today yesterday tonight then prod production staging the a an all',
    'any some many lots most both each other others same what which who why',
    'how when where is are was were be been being do does did done',
    'has have had will would can could should may might must not no yes',
    'and or but so if as by than too very just also still again',
    'even only with at into on in for from of to over under off',
    'out up about after before during since until around through between service services svc',
    'check look looking investigate diagnose examine inspect debug analyse analyze show tell say says',
    'said see take give get got make help please thanks thank thx wrong worng',
    'broken broke break breaks down slow slower failing fails failed failure failures error errors',
    'issue issues problem problems weird strange flaky latency lag timeout timeouts dead die died',
    'dying crash crashed stuck going happening happened matter trouble acting throwing returning customers users',
    'people team everybody deploy deployment release rollout moment minute minutes hour hours day days',
    'week weeks morning afternoon evening night time last past ago urgent asap right good',
    'great fine ok okay alright idea ideas logs log traces trace alert alerts incident',
    'incidents page pager call calls request requests lunch coffee meeting standup weekend friday monday',
    'tuesday wednesday thursday saturday sunday bot spanhound thing things stuff lot bit way roof',
    'kaputt langsam los stimmt nicht mal bitte heute morgen gestern mit bei auf der',
    'das den dem ist war sind warum wie',
  ].flatMap((line) => line.split(' ')),
);
