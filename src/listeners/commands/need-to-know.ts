/** Parses `note need-to-know @kim @ana: …`: a note that only its author, the commander and the named people read. */
import { MENTION_ALONE } from '#listeners/commands/mention.ts';
import { readWholeTime, splitTime } from '#workflows/times/spoken-time.ts';

const HOW =
  '`/incident note need-to-know @kim @ana: the key of the payroll leaked` writes a note that only they, you and the commander read. `need-to-know: …` names nobody else.';

/** Undefined for any other text. `rest`: a time, if one is there, and the words. */
export type NeedToKnow = Readonly<{ people: readonly string[]; rest: string } | { problem: string }>;

/** Also as people write it in haste, and with the dashes of phones: `needtoknow`, `need‑to‑know`. */
const MARK = /\bneed[\s\p{Pd}]?to[\s\p{Pd}]?know\b/iu;
/** Nobody needs a note for a crowd. */
export const MOST_PEOPLE = 20;

/** Whether a text wants to be such a note: where it is not understood, everybody would read it. */
export function asksForNeedToKnow(text: string): boolean {
  const mark = MARK.exec(text);
  if (mark === null) return false;
  return !hasWords(text.slice(0, mark.index)) || isWholeForm(mark[0], text.slice(mark.index + mark[0].length));
}

/** A time with the signs behind it, or signs alone, are no words before the mark: `at 14:35: need-to-know`. */
function hasWords(before: string): boolean {
  return 'problem' in readWholeTime(before.trim()) && /[\p{L}\p{N}]/u.test(splitTime(before.trim()).rest);
}

/** People, or none, and a colon: whatever stands before the mark. Not what customers `need to know: logins fail`. */
function isWholeForm(mark: string, behind: string): boolean {
  const colon = behind.indexOf(':');
  const words = namesIn(behind.slice(0, Math.max(0, colon)));
  const isOne = !/\s/.test(mark) || words.length > 0;
  return colon !== -1 && isOne && words.every((word) => MENTION_ALONE.test(word) || word.startsWith('@'));
}

function namesIn(text: string): readonly string[] {
  return text.split(/[\s,;&]+/).filter((word) => word !== '' && !/^(?:and|only|for)$/i.test(word));
}

/** What a person's own words are called in a request. */
const OWN_WORDS: ReadonlySet<string> = new Set(['text', 'title', 'label', 'reason']);
export const NOT_A_NOTE = `Only a note is need to know: everybody reads the rest. ${HOW} Nothing was changed.`;

/** Whether own words in the request want to be such a note, although everybody would read them. */
export function wouldTellAll(request: object): boolean {
  return Object.entries(request).some(
    ([name, value]) => OWN_WORDS.has(name) && typeof value === 'string' && asksForNeedToKnow(value),
  );
}

/** `typed`: as Slack sends it. A time may stand before the mark or behind the colon. */
export function readNeedToKnow(typed: string): NeedToKnow | undefined {
  const mark = MARK.exec(typed);
  if (mark === null || !asksForNeedToKnow(typed)) return undefined;
  if (hasWords(typed.slice(0, mark.index)))
    return { problem: `Only a time goes before \`need-to-know\`. ${HOW} Nothing was noted.` };
  const behind = typed.slice(mark.index + mark[0].length);
  const colon = behind.indexOf(':');
  if (colon === -1) return { problem: `A colon goes before the words. ${HOW} Nothing was noted.` };
  const people: string[] = [];
  for (const word of namesIn(behind.slice(0, colon))) {
    const id = MENTION_ALONE.exec(word)?.[1];
    if (id === undefined)
      return { problem: `Before the colon stand only people from Slack’s list. ${HOW} Nothing was noted.` };
    people.push(id);
  }
  if (people.length > MOST_PEOPLE) return { problem: `At most ${MOST_PEOPLE} people. Nothing was noted.` };
  return { people: [...new Set(people)], rest: `${typed.slice(0, mark.index)}${behind.slice(colon + 1)}`.trim() };
}
