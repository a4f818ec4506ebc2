/** Takes the parts of a text that are read first. */

/** Splits at a period and a space, but not inside of quotes. */
export function sentencesOf(text: string): string[] {
  const sentences: string[] = [];
  let isQuoted = false;
  let from = 0;
  for (let at = 0; at < text.length; at += 1) {
    if (text[at] === '“') isQuoted = true;
    else if (text[at] === '”') isQuoted = false;
    else if (!isQuoted && text[at] === '.' && text[at + 1] === ' ') {
      sentences.push(text.slice(from, at));
      from = at + 2;
    }
  }
  const last = text.slice(from).replace(/\.$/, '');
  return last === '' ? sentences : [...sentences, last];
}

/** The first sentence; where it is longer than a line, its first clauses. */
export function firstSentence(text: string, most: number): string {
  return withinLine(sentencesOf(text)[0] ?? '', most);
}

/** The first of several conditions that `, or ` joins. */
export function firstCondition(text: string, most: number): string {
  const [sentence = ''] = sentencesOf(text);
  const [first = '', ...others] = sentence.split(/, or (?!\S+,)(?=\S+ \S)/);
  return withinLine(others.length > 0 && first.includes(' ') ? shorterList(first, 'or') : sentence, most);
}

/** Cuts at the end of a clause where one ends within the line, else between two words. */
export function withinLine(text: string, most: number): string {
  if (text.length <= most) return text;
  const ends = [...text.matchAll(/; |, |: “| — |: /g)].map(({ index }) => index).filter((index) => index <= most);
  const end = ends.filter((index) => !isInQuote(text.slice(0, index)) && openBracket(text.slice(0, index)) < 0).at(-1);
  if (end !== undefined && end >= most / 2) return wholeClauses(text, end, most);
  const cut = text.slice(0, most - 2).toWellFormed();
  const word = cut.lastIndexOf(' ');
  const kept = word > most / 2 ? cut.slice(0, word) : cut;
  if (isInQuote(kept)) return `${kept}…”`;
  const bracket = openBracket(kept);
  return bracket > most / 2 ? kept.slice(0, bracket).trimEnd() : `${kept}…`;
}

/** Without a clause that needs the next one, and with the last joint of a list that lost its end. */
function wholeClauses(text: string, end: number, most: number): string {
  const kept = text.slice(0, end);
  const joint = /^, (and|or) /.exec(text.slice(end))?.[1];
  if (joint !== undefined) return shorterList(kept, joint);
  const needy = NEEDS_MORE.exec(kept);
  return needy !== null && needy.index >= most / 3 ? kept.slice(0, needy.index) : kept;
}

/** A condition at the end of what was cut: what it belongs to is lost. */
const NEEDS_MORE = /[;,] (?:although|as long as|if|once|unless|until|when|where|while) [^;,“”]{1,200}$/;

/** `a test, your own scanner` of `a test, your own scanner, or …` → `a test or your own scanner` */
function shorterList(kept: string, joint: string): string {
  const last = LAST_OF_LIST.exec(kept);
  if (last === null || isInQuote(kept.slice(0, last.index)) || openBracket(kept.slice(0, last.index)) >= 0) return kept;
  return `${kept.slice(0, last.index)} ${joint} ${kept.slice(last.index + 2)}`;
}

const LAST_OF_LIST =
  /, (?!(?:although|and|as|because|but|if|not|one|or|since|so|the|when|where|which|while|who|with)\b)(?=\p{Ll})[^,;:]{1,200}$/u;

function isInQuote(beginning: string): boolean {
  return beginning.lastIndexOf('“') > beginning.lastIndexOf('”');
}

/** Where a bracket opens that does not close; below 0 where none does. */
function openBracket(beginning: string): number {
  const open = beginning.lastIndexOf('(');
  return open > beginning.lastIndexOf(')') ? open : -1;
}

const BEGINNINGS =
  /^(?:A|An|All|Another|Calls|Everything|Healthy|Its?|New|Nobody|Nothing|No|One|Other|People|Pods|Requests|Some|Somebody|Something|Such|The|Their|Then|There|These|They|This|Users|Work)\b/;

/** What to do, in the middle of a sentence: it begins with a verb. */
export function imperative(text: string): string {
  return /^[A-Z][a-z]+ /.test(text) ? `${text.charAt(0).toLowerCase()}${text.slice(1)}` : text;
}

/** For the middle of a sentence: names keep their first letter. */
export function inSentence(text: string): string {
  return BEGINNINGS.test(text) ? `${text.charAt(0).toLowerCase()}${text.slice(1)}` : text;
}
