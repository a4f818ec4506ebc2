/** Numbers that people corrected: a later note gives the right number, and shows which earlier number was wrong. */
import { memoize } from '#core/memoize.ts';
import type { TimelineEntry } from '#model/incident/incident.ts';
import { saidSentences } from '#model/incident/said-sentences.ts';

/** `of`: the last entry that has the wrong number. */
export type CorrectedNumber = Readonly<{ wrong: string; right: string; entry: TimelineEntry; of: TimelineEntry }>;

const NUM = '\\d{1,3}(?:[,. ]\\d{3}){1,3}|\\d{1,9}(?:[.,]\\d{1,2})?';
/** `36,500 not 38,000`, `18,700 in all of it, not 21,000`, `nicht 14, sondern 11`, `1,320件ではなく1,275件` */
const INSTEAD = new RegExp(
  [
    `(?<![\\d.,])(?<right>${NUM})(?: ?%| \\p{L}{1,20}|(?: \\p{L}{1,20}){2,8}(?=,))?,? (?:and not|not|nicht|et non|pas|y no|e n[ãa]o) (?<wrong>${NUM})(?![\\d])`,
    `(?<!\\p{L})(?:not|nicht|pas|no (?:son|eran|fueron)|n[ãa]o (?:s[ãa]o|eram|foram)|non) (?<wrong>${NUM})(?: ?%| \\p{L}{1,20})?,? (?:but|sondern|(?:es |das )?(?:sind|waren)|mais|c['’]est|sino|son|eran|mas|s[ãa]o|ma|it['’]?s|it is|it was) (?<right>${NUM})(?![\\d])`,
    `(?<![\\d.,])(?<wrong>${NUM}) ?(?:%|[\\p{Script=Han}]{1,2})?(?:じゃな|ではな|でな)(?:くて?|い)、? ?(?<right>${NUM})`,
    `不是 ?(?<wrong>${NUM}) ?[\\p{Script=Han}]{0,4}[，,]? ?(?:而是|是) ?(?<right>${NUM})`,
  ].join('|'),
  'iu',
);

/**
 * The numbers that a later note replaces: `it was 421,000 not 412,000`, `not 1,870. 58 were tests, so 1,812`, `sorry 38k was
 * with the test devices, its 36,500`, `viewers: it's 184,000, many were counted twice`, `the 64 % was one region. over all
 * 51 %`, `recounted: 815 crates`.
 */
export const numbersCorrected = memoize((entries: readonly TimelineEntry[]): readonly CorrectedNumber[] => {
  const found: CorrectedNumber[] = [];
  const earlier: Said[] = [];
  for (const entry of entries) {
    const isNote = (entry.kind === 'note' || entry.kind === 'message') && entry.value === '';
    found.push(...(instead(entry, earlier) ?? (isNote ? replaced(entry, earlier) : [])));
    earlier.push(...saidIn(entry));
  }
  return found;
});

function instead(entry: TimelineEntry, earlier: readonly Said[]): readonly CorrectedNumber[] | undefined {
  const { right, wrong } = INSTEAD.exec(entry.text)?.groups ?? {};
  if (right === undefined || wrong === undefined) return undefined;
  const before = earlier.findLast(({ amount }) => amount === amountOf(wrong));
  return [{ right, wrong, entry, of: before?.entry ?? entry }];
}

type Said = Readonly<{
  entry: TimelineEntry;
  number: string;
  amount: number;
  isPercent: boolean;
  /** What the number counts, without its plural: the next word in small letters; '' without one. */
  noun: string;
  /** Longer words of its clause. */
  words: readonly string[];
  /** What stands behind the number in its sentence. */
  after: string;
  before: string;
  clause: string;
}>;

const ANY_NUMBER = new RegExp(
  `(?<![\\p{L}\\d.,:_/-])(?<number>(?:${NUM})(?: ?k(?!\\p{L}))?)(?![\\d:_/]|[.,]\\d|-\\d)(?<percent> ?%)?(?: (?<noun>\\p{L}[\\p{L}-]{2,30}))?`,
  'giu',
);

function saidIn(entry: TimelineEntry): readonly Said[] {
  return saidSentences(entry.text).flatMap((sentence) =>
    [...sentence.matchAll(ANY_NUMBER)].map((found): Said => {
      const { number = '', percent, noun = '' } = found.groups ?? {};
      const [from, to] = [found.index, found.index + number.length + (percent ?? '').length];
      const [left, right] = [sentence.slice(0, from), sentence.slice(to)];
      const clause = `${left.split(CLAUSE_ENDS).at(-1) ?? ''}${number}${right.split(CLAUSE_ENDS)[0] ?? ''}`;
      const words = clause.toLowerCase().match(/\p{L}[\p{L}-]{2,30}/gu) ?? [];
      const counted = singular(noun.toLowerCase());
      return {
        entry,
        number,
        amount: amountOf(number),
        isPercent: percent !== undefined,
        noun: counted,
        words,
        after: right,
        before: left,
        clause,
      };
    }),
  );
}

const CLAUSE_ENDS = /[;:]|[,.] |，|、|。/u;

/** `38k` and `38,000` are the same. */
function amountOf(number: string): number {
  const digits = number.replace(/[,. ](?=\d{3}(?!\d))/g, '');
  return Number.parseFloat(digits.replace(',', '.')) * (/k$/i.test(number) ? 1_000 : 1);
}

function singular(noun: string): string {
  return noun.replace(/(?<=\p{L}{3})(?:es|s)$/u, '');
}

/** Each way that a note takes a number back: the first one that fits counts. */
function replaced(entry: TimelineEntry, earlier: readonly Said[]): readonly CorrectedNumber[] {
  const own = saidIn(entry);
  const pair = takenBack(own, earlier) ?? recounted(entry, own, earlier) ?? withoutSome(own, earlier);
  if (pair === undefined) return [];
  const [before, now] = pair;
  return before.amount === now.amount ? [] : [{ wrong: before.number, right: now.number, entry, of: before.entry }];
}

type Pair = readonly [before: Said, now: Said];

/** `23 had duplicates in it. 17 tokens`: it says what was wrong with the number before, and gives another one. */
function takenBack(own: readonly Said[], earlier: readonly Said[]): Pair | undefined {
  for (const old of own) {
    const before = earlier.findLast((one) => isSame(one, old));
    if (before === undefined || !(HAD_MORE.test(old.after) || NOT_IT.test(old.before)) || DONE.test(old.after))
      continue;
    const others = own.filter((one) => one !== old && one.clause !== old.clause && mayReplace(one, before));
    const now =
      others.find(({ noun }) => noun !== '' && noun === before.noun) ??
      others.find(isStated) ??
      others.find(({ noun }) => noun === '' || before.noun === '');
    if (now !== undefined && !MORE.test(now.clause)) return [before, now];
  }
  return undefined;
}

/** `recounted: 815 crates`, `list is out, its 1,190 students`: the same thing, with another number. */
function recounted(entry: TimelineEntry, own: readonly Said[], earlier: readonly Said[]): Pair | undefined {
  const isRecount = RECOUNT.test(entry.text);
  for (const now of own.filter((one) => isRecount || isStated(one))) {
    if (MORE.test(now.clause) || earlier.some((one) => one.amount === now.amount)) continue;
    const alike = earlier.filter((one) => mayReplace(now, one) && !own.some(({ amount }) => amount === one.amount));
    const unit = UNIT.exec(entry.text)?.groups?.unit?.toLowerCase() ?? '';
    const of = (one: Said) => one.noun !== '' && (one.noun === now.noun || one.noun === singular(unit));
    const before = alike.findLast(of) ?? (isRecount ? alike.findLast((one) => sharesWord(one, now)) : undefined);
    if (before !== undefined) return [before, now];
  }
  return undefined;
}

/** `660 were retries, so 8,240`: both together are the number before, and the words say why some do not count. */
function withoutSome(own: readonly Said[], earlier: readonly Said[]): Pair | undefined {
  for (const now of own.filter(({ after }) => !CAME_THROUGH.test(after))) {
    for (const less of own.filter(({ clause }) => COUNTED_TOO_MANY.test(clause) && !HARMED_TOO.test(clause))) {
      const sum = now.amount + less.amount;
      const before =
        less === now || less.amount >= now.amount ? undefined : earlier.findLast((one) => one.amount === sum);
      if (before !== undefined && mayReplace(now, before)) return [before, now];
    }
  }
  return undefined;
}

function isSame(one: Said, other: Said): boolean {
  return one.amount === other.amount && one.isPercent === other.isPercent && one.amount > 1;
}

/** People miscount, and not tenfold. A round number of another thing is no correction either. */
function mayReplace(now: Said, before: Said): boolean {
  const ratio = now.amount / before.amount;
  return now.isPercent === before.isPercent && ratio >= LEAST_RATIO && ratio <= 1 / LEAST_RATIO && now.amount > 1;
}

/** So far apart, a number counts something else. */
const LEAST_RATIO = 0.4;

function sharesWord(one: Said, other: Said): boolean {
  return one.words.some((word) => !FILLERS.test(word) && other.words.includes(word));
}

/** `its 1,190 students`, `over all 51 %`. */
function isStated({ before }: Said): boolean {
  return STATED.test(before);
}

const FILLERS =
  /^(?:its|the|are|was|had|and|les|des|die|der|los|las|about|around|roughly|approx|approximately|exact|exactly|ones|without|environ|ungefähr|etwa|circa|unos|cerca|were|with|from|that|this|only|more|than|have|been|they|them|some|into|there|total)$/u;
/** Behind the number that is wrong. */
const HAD_MORE =
  /^ ?(?:\p{L}{2,20} )?(?:had|has|have|was|were|is|included?|includes|contain(?:s|ed)|count(?:s|ed)|came|comes|comptai(?:t|ent)|compren(?:ait|aient)|incluai(?:t|ent)|avai(?:t|ent)|étai(?:t|ent)|enthielt(?:en)?|hatte|waren?|zählten?|contab\p{L}{1,3}|inclu[íi]a\p{L}?|ten[íi]an?|eran?|tinha|contav\p{L}{1,3}|comprendev\p{L}{1,3}|avev\p{L}{1,3})(?!\p{L})/iu;
/** Before it. */
const NOT_IT = /(?:^|[^\p{L}])(?:not|no longer|nicht|pas|no|não|non|sorry|scratch|forget)(?: the)? $/iu;
/** What became of the things is no doubt about their number. */
const DONE =
  /\b(?:back|again|delivered|refunded|merged|replayed|restored|fixed|repaired|recovered|resent|done|replaced|ok|fine|up|cancel+ed|paid|rolled|moved|sent|taken)\b|(?<!\p{L})(?:retour|wieder|erledigt|de vuelta|de volta)(?!\p{L})/iu;
/** Part of the things came back, and the rest is still missing: that corrects no number either. */
const CAME_THROUGH =
  /^ ?(?:\p{L}{2,20} )?(?:came|arrived|went|made it|got|delivered|replayed|merged|refunded|resent|recovered|restored|back|done|fixed|ok|fine|sont (?:revenus?|arrivés?)|kamen|llegaron|chegaram|arrivati)(?!\p{L})/iu;
const MORE =
  /\b(?:more|further|another|other|others|additional|extra)\b|(?<!\p{L})(?:weitere|autres|otr[oa]s|outr[oa]s|altr[ie])(?!\p{L})/iu;
const STATED =
  /(?:(?<!\p{L})(?:it['’]?s|its|it is|it was|it made|that makes|so|really|actually|in fact|make (?:it|that)|rather|(?:in|over|all) (?:all|total)|overall|total(?:ly)?|altogether|es sind|also|insgesamt|donc|en fait|au total|en tout|ce sont|son|en realidad|en total|são|na verdade|ao todo|sono|in realtà|in tutto)|正しくは|实际(?:是|为)?) ?[:=]? ?(?:only |just |about |max |at most |nur |que )?$/iu;
/** The words with which people give a number anew. */
const RECOUNT =
  /^(?:no|nope|nein|non|não)[,.:] |\b(?:sorry|correction|correcting|corrected|correct (?:that|this|it)|(?:the )?(?:rest|others) (?:is|are|was|were) (?:tests?|duplicates?|retries|doubles)|re-?count(?:ed|s)?|miscounted|counted (?:twice|double|again|in both|wrong)|count(?:ed)? (?:is|was) (?:wrong|off)|(?:exact|final|new|right|real|better|true) (?:count|number|figure|total)|number again|again the number|exact(?:ly)?:|list is (?:out|here|complete)|without the \p{L}{2,20}(?: \p{L}{2,20})? ones|duplicates|(?:test|own) (?:\p{L}{2,15} )?(?:orders?|devices?|accounts?|people|users?))\b|(?<!\p{L})(?:Korrektur|verzählt|nachgezählt|doppelt gezählt|genau(?:er)?:|recompté\p{L}{0,2}|compté(?:s|es)? (?:deux fois|en double)|rectification|exactement|chiffre exact|recontad[oa]s?|contad[oa]s (?:dos|duas) veces|corrección|exacto|correção|recontamos|correzione|ricontat[oaie]|contati due volte)(?!\p{L})|訂正|数え直|重複|更正|重复|重新(?:统计|数)/iu;
/** Why some do not count. */
const COUNTED_TOO_MANY =
  /\b(?:twice|double|doubles|doubled|duplicat\p{L}{1,4}|retr(?:y|ies)|tests?|own|already|counted|(?:was|were) (?:in|with|not|only|just|still)|not real|dead|false)\b|(?<!\p{L})(?:doppelt|zweimal|deux fois|en double|dos veces|repetid[oa]s|duas vezes|due volte|déjà|schon|ya|já|già)(?!\p{L})|重複|重复/iu;
/** Those count. */
const HARMED_TOO = /\b(?:gone|lost|missing|broken|left|open|dead)\b/iu;
const UNIT = /^(?<unit>\p{L}{3,20}): /u;

/** The right number in square brackets, as editors mark what they put into a quotation of `quoted`. */
export function withCorrections(
  text: string,
  corrected: readonly CorrectedNumber[],
  quoted?: TimelineEntry,
): Readonly<{ text: string; by: readonly TimelineEntry[] }> {
  const by: TimelineEntry[] = [];
  let said = text;
  for (const { wrong, right, entry } of corrected) {
    // The note that corrects says both.
    if (entry === quoted || (quoted !== undefined && quoted.atUs > entry.atUs)) continue;
    const changed = said.replace(wholeNumber(wrong), `[${right}]`);
    if (changed !== said) by.push(entry);
    said = changed;
  }
  return { text: said, by };
}

function wholeNumber(number: string): RegExp {
  return new RegExp(`(?<![\\d.,:])${number.replaceAll('.', '\\.')}(?![\\d:]|[.,]\\d)`, 'gu');
}

/**
 * Whether the note that corrects a number tells as much as the one before, so that people can read it alone: it names the
 * thing, and its sentence is no shorter.
 */
export function tellsAlone({ right, wrong, entry, of }: CorrectedNumber): boolean {
  const now = saidIn(entry).find(({ number }) => number === right);
  const before = saidIn(of).find(({ number }) => number === wrong);
  if (now === undefined || before === undefined || now.isPercent) return false;
  if (before.noun !== '' && !now.words.some((word) => singular(word) === before.noun)) return false;
  const telling = ({ words }: Said) => words.filter((word) => !FILLERS.test(word)).length;
  return telling(now) >= telling(before);
}
