/**
 * What people write about themselves beside a cause: that it was them, and that they are sorry. A cause is no person, so
 * a quotation of the cause goes without it.
 */
import { isBlaming } from '#model/blameless/lint.ts';
import { saidSentences } from '#model/incident/said-sentences.ts';

/**
 * `it was my change at 11:22: …` ──► `a change at 11:22: …`; `I ran it with the wrong file` ──► `… ran it with the wrong
 * file`; `it was me.`, `sorry everybody` and `who approved that?` go.
 */
export function withoutGuilt(text: string): string {
  const sentences = saidSentences(text);
  const left = sentences.flatMap((one) => (ONLY_GUILT.test(one) || asksForPerson(one) ? [] : [nobodyIn(one)]));
  return left.every((one, index) => one === sentences[index]) && left.length === sentences.length
    ? text
    : left.join(' ');
}

/** Whether a sentence only asks who it was, or whether anybody took care: `who approved that`, `did anyone even look`. */
export function asksForPerson(sentence: string): boolean {
  return ASKS_FOR_PERSON.test(sentence);
}

const ASKS_FOR_PERSON = new RegExp(
  [
    '^(?:and |but |so |ok |oh )?(?:who|whoever|whose) (?!(?:is|are|was|were) (?:affected|hit|on call|harmed)|can |needs? |owns |has |knows |else )',
    '^(?:and |but |so )?(?:did|has|have|does) (?:any|no)(?:one|body)(?!\\p{L})',
    '^(?:und |et |y |e |mais |aber |pero |mas |ma )?(?:wer|qui|quién|quem|chi) (?:\\p{L}{1,12} ){0,3}(?:hat|war|plant|a|est|ha|fue|fue|foi|era)(?!\\p{L})',
    '^(?:誰が|誰の|谁(?:干|做|改|批))',
  ].join('|'),
  'iu',
);

function nobodyIn(sentence: string): string {
  const owned = sentence.replace(OWNED, 'a ');
  return isBlaming(owned) ? owned.replace(MYSELF, '…') : owned;
}

/** A sentence of nothing else. */
const ONLY_GUILT = new RegExp(
  [
    '^(?:(?:it|that|this) (?:was|is) )?(?:me|mine|my (?:bad|fault|mistake|doing)|mea culpa|on me)(?: [:;]?[()])?[.!:]{0,3}$',
    "^that['’]?s (?:me|mine|on me|my (?:bad|fault))(?: [:;]?[()])?[.!]{0,3}$",
    "^(?:i (?:am|feel)|i['’]m|we (?:are|feel)|we['’]re)? ?(?:so |very |really |deeply |terribly ){0,4}sorry(?: (?:all|everyone|everybody|for (?:that|this|the mess)|about (?:that|this)))?[.!]{0,3}$",
    "^(?:tut mir (?:so |sehr )?leid|entschuldigung|das war ich|c['’]était moi|désolée?|fui yo|lo siento|perdón|fui eu|desculpas?|すみません|申し訳(?:ない|ありません)|对不起|是我)[.!。！]{0,3}$",
  ].join('|'),
  'iu',
);
/** Before what they did. */
const MYSELF = /(?<=^|[ ,;:])I(?= \p{Ll}{2,15} (?:the|an?|my|our|it|all|that|this|\d))/gu;
/** Before what was changed. */
const OWNED =
  /^(?:it|that|this) (?:was|is) my (?=(?:change|deploy(?:ment)?|release|migration|merge|script|job|commit|rollout|config|PR)\b)/iu;
