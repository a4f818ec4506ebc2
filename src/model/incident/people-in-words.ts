/**
 * Finds people in the words of people, though no list holds all names. The words around a name tell: a first name that is
 * widespread, a mention, or an unknown word in the place of somebody who acts.
 *
 *   Kim dropped the index              a responder dropped the index
 *   Wells restarted the pool           a responder restarted the pool
 *   merged by JB                       merged by a responder
 *   moved half of the trunks to sbc-2  names nobody
 *   Payfirm answers 500 again          names nobody: an unknown word is more often a system or a firm
 *
 * `people-as-roles.ts` has replaced the people whom the workspace knows before.
 */
import { isFirstName } from '#model/blameless/first-names.ts';
import { RESPONDER } from '#model/incident/people-as-roles.ts';
import { ACTED, BOTH, PLACES, type Place } from '#model/incident/people-places.ts';
import { isOfSystems } from '#model/incident/system-words.ts';

/** `services`: names from the evidence, which are no people. */
export function namesNobody(text: string, services: readonly string[] = []): boolean {
  return peopleIn(text.normalize('NFC'), services).length === 0;
}

/** The text with “a responder”, or what else is given, in place of each person whom it names. */
export function withoutPeople(text: string, services: readonly string[] = [], instead: string = RESPONDER): string {
  const composed = text.normalize('NFC');
  let clean = '';
  let from = 0;
  for (const [begin, end] of peopleIn(composed, services)) {
    clean += `${composed.slice(from, begin)}${instead}`;
    from = end;
  }
  return clean + composed.slice(from);
}

/** A whole name: in `art-service`, the service `art` is not meant. */
export function nameOf(service: string): RegExp {
  return new RegExp(`(?<![\\p{L}\\p{N}_-])${RegExp.escape(service)}(?![\\p{L}\\p{N}_-])`, 'gu');
}

type Span = readonly [begin: number, end: number];

/** In the order of the text, none over another. */
function peopleIn(text: string, services: readonly string[]): readonly Span[] {
  const named = services.flatMap((service) => [...text.matchAll(nameOf(service))].map(spanOf));
  const found = [...firstNamesOf(text), ...PLACES.flatMap((place) => inPlace(text, place))]
    .filter((span) => !named.some((service) => overlap(span, service)))
    .sort(([a], [b]) => a - b);
  const spans: Span[] = [];
  for (const span of found) {
    const last = spans.at(-1);
    if (last !== undefined && span[0] < last[1]) spans[spans.length - 1] = [last[0], Math.max(last[1], span[1])];
    else spans.push(span);
  }
  return spans;
}

function spanOf({ 0: found, index }: RegExpExecArray): Span {
  return [index, index + found.length];
}

function overlap(one: Span, other: Span): boolean {
  return one[0] < other[1] && other[0] < one[1];
}

function inPlace(text: string, { pattern, isPerson = () => true }: Place): readonly Span[] {
  return [...text.matchAll(pattern)].filter(([who]) => isPerson(who)).map(spanOf);
}

/** A first name, and a last name or an initial behind it; `ops-bob` and `kim-lee` only where they act. */
function firstNamesOf(text: string): readonly Span[] {
  return [...text.matchAll(WRITTEN)].flatMap((match): readonly Span[] => {
    const [whole, word = ''] = match;
    const end = match.index + whole.length;
    const parts = word.split(/[-._\d]+/).filter((part) => part !== '');
    const isHandle = parts.length > 1 || /\d$/.test(word);
    if (!parts.some((part) => isNameOf(part, text.slice(end)))) return [];
    if (isHandle && !isActor(text, match.index, match.index + word.length)) return [];
    const last = isHandle ? '' : (LAST_NAME.exec(text.slice(end))?.[0] ?? '');
    return [[match.index, end + (isOfSystems(last.trim()) && !last.endsWith('.') ? 0 : last.length)]];
  });
}

const WRITTEN =
  /(?<![\p{L}\p{N}\p{M}_@/.-])(?<!(?:Storm|Hurricane|Typhoon|Cyclone|San|Saint|St|Santa|São|Sankt) )((?:\p{L}|\p{N}(?=[\p{L}\p{N}-]{0,30}\p{L}))[\p{L}\p{N}\p{M}]{1,20}(?:[-._][\p{L}\p{N}\p{M}]{1,20}){0,3})(?![\p{L}\p{N}_@])/gu;
const LAST_NAME = /^ (?:\p{Lu}\.|(?:(?:de|da|van|von|del|dos) )?\p{Lu}\p{Ll}{1,20}(?![\p{L}\p{N}_-]))/u;

/** As a name is written, or small, as people type it; `jan 5` is a date, and `dan` a word of Spanish. */
function isNameOf(part: string, behind: string): boolean {
  if (/^jan$/i.test(part)) return part !== 'jan' && !/^\.? ?\d/.test(behind);
  if (part === part.toLowerCase()) return !WORDS_TOO.has(part) && !isOfSystems(part) && isFirstName(part);
  return /^\p{Lu}\p{M}*\p{Ll}|^\p{Lu}{3,}$/u.test(part) && isFirstName(part);
}

/** First names that are words in one of the languages of the draft when they begin with a small letter. */
const WORDS_TOO = new Set('ali carol claire clara dan ella jean josh lea linda marina mei pierre rosa ted'.split(' '));

function isActor(text: string, begin: number, end: number): boolean {
  return (
    /\b(?:by|ask|asked|ping|thanks|thx|cc) $/iu.test(text.slice(Math.max(0, begin - 8), begin)) ||
    ACTS.test(text.slice(end))
  );
}

const ACTS = new RegExp(`^(?:['’]s)? (?:${BOTH}(?: ${BOTH})?${ACTED})`, 'iu');
