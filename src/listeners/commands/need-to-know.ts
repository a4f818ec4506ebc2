/** Parses `note need-to-know @kim @ana: …`: a note that only its author, the commander and the named people read. */
import { readWholeTime, splitTime } from '#workflows/spoken-time.ts';

const HOW =
  '`/incident note need-to-know @kim @ana: the key of the payroll leaked` writes a note that only they, you and the commander read. `need-to-know: …` names nobody else.';

/** Undefined for any other text. `rest`: a time, if one is there, and the words. */
export type NeedToKnow = Readonly<{ people: readonly string[]; rest: string } | { problem: string }>;

/** Also as people write it in haste, and with the dashes of phones: `needtoknow`, `need‑to‑know`. */
const MARK = /\bneed[\s\p{Pd}]?to[\s\p{Pd}]?know\b/iu;
const PERSON = /^<@([UW][A-Z0-9]{1,30})(?:\|[^<>]{0,100})?>$/;
/** Nobody needs a note for a crowd. */
export const MOST_PEOPLE = 20;

/** Whether a text wants to be such a note: where it is not understood, everybody would read it. */
export function asksForNeedToKnow(text: string): boolean {
  const mark = MARK.exec(text);
  if (mark === null) return false;
  const before = text.slice(0, mark.index).trim();
  // A time with the signs behind it, or signs alone, is no text before the mark: `at 14:35: need-to-know`.
  return !('problem' in readWholeTime(before)) || !/[\p{L}\p{N}]/u.test(splitTime(before).rest);
}

/** `typed`: as Slack sends it. A time may stand before the mark or behind the colon. */
export function readNeedToKnow(typed: string): NeedToKnow | undefined {
  const mark = MARK.exec(typed);
  if (mark === null || !asksForNeedToKnow(typed)) return undefined;
  const behind = typed.slice(mark.index + mark[0].length);
  const colon = behind.indexOf(':');
  if (colon === -1) return { problem: `A colon goes before the words. ${HOW} Nothing was noted.` };
  const people: string[] = [];
  for (const word of behind.slice(0, colon).split(/[\s,;&]+/)) {
    if (word === '' || /^(?:and|only|for)$/i.test(word)) continue;
    const id = PERSON.exec(word)?.[1];
    if (id === undefined)
      return { problem: `Before the colon stand only people from Slack’s list. ${HOW} Nothing was noted.` };
    people.push(id);
  }
  if (people.length > MOST_PEOPLE) return { problem: `At most ${MOST_PEOPLE} people. Nothing was noted.` };
  return { people: [...new Set(people)], rest: `${typed.slice(0, mark.index)}${behind.slice(colon + 1)}`.trim() };
}
