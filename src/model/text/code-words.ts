/** Words that connect a service's complaints with a code change about the same thing. */

const NAME = /\b[A-Za-z_$][\w$]{1,100}/g;
const PART = /[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+/g;
const SHORTEST = 3;

/** Words of languages and of logs, which occur everywhere. */
const COMMON: ReadonlySet<string> = new Set(
  `abstract and any args array async await bool boolean break byte case catch char class code const context continue ctx data debug default
  def defer del double elif else end enum err error errors except export extends fail failed failure false final float fmt for foreach from
  fun func function global goto handle handler has http if implements import in info init inline int interface internal is item items key
  lambda let level line list log logger long main map match message module msg mut namespace new nil none not null number object obj of
  operator option or out override package param params private protected pub public raise range res resp response req request result ret
  return returned returning returns rust self set severity short some static str string struct super svc service server client switch text
  the then this throw throws time to trace true try type typeof undefined unit unsigned use using val value values var void warn warning
  when where while with writer yield api app application value name names user after before was were are its that has had been could cannot
  did does too than only over into while get post put path url host core util utils helper helpers base impl common test tests json xml yaml
  com org net java lang exception runtime index field fields`.split(/\s+/),
);

/** Each compound name as a whole and in parts; in lower case, with plurals as singulars. */
export function codeWords(text: string): string[] {
  const found: string[] = [];
  for (const [name] of text.matchAll(NAME)) {
    const parts = name.match(PART) ?? [];
    if (parts.length > MOST_PARTS || HEX.test(name)) continue; // an id
    const words = parts.filter((part) => !/^\d/.test(part)).map((part) => singular(part.toLowerCase()));
    for (const word of words) if (isTelling(word)) found.push(word);
    if (words.length > 1) found.push(words.join('_'));
  }
  return found;
}

const MOST_PARTS = 10;
const HEX = /^(?=\w*\d)[0-9a-f]{6,}$/;

/** A name of several parts, which is rarely chosen twice. */
export function isCompound(word: string): boolean {
  return word.includes('_');
}

function isTelling(word: string): boolean {
  return word.length >= SHORTEST && !COMMON.has(word);
}

function singular(word: string): string {
  return word.length > SHORTEST + 1 && word.endsWith('s') && !/(?:ss|us|is|ws)$/.test(word) ? word.slice(0, -1) : word;
}

/** They stand in every second line of code that answers a request. */
const STATUS = /^(?:20[0-6]|30[1-8]|40[0-9]|41[0-8]|42[0-9]|451|50[0-5])$/;

/** Standalone numbers of two digits and more, without HTTP status codes. */
export function tellingNumbers(text: string): string[] {
  return (text.match(NUMBER) ?? []).filter((number) => !STATUS.test(number) && !/^0+$/.test(number));
}

/** `300`, `300ms`, `1.5s`, but no part of a version, an id or a time of day. */
const NUMBER = /(?<![\w.:-])\d{2,9}(?:\.\d{1,4})?(?=(?:ms|s|m|h|[kmg]i?b?)?(?![\w-]|[.:]\d))/gi;
