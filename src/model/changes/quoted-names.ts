/** Names that a change has and the failures repeat: hardly anybody writes them by chance. */
import type { Change } from '#model/changes/change.ts';
import type { ChangeSymptoms } from '#model/changes/change-symptoms.ts';
import { isContact } from '#model/changes/contacts.ts';
import { diffLines, textOfMark } from '#model/changes/diff-lines.ts';
import { type ReplacedName, replacedNames } from '#model/changes/replaced-names.ts';

/** `k-2026-07`, `rule_2210`, `eu-west-1c`: a name with digits that nobody writes by chance. */
const TOKEN = /\b(?=[\w.:-]{0,60}\d)[a-z]\w{0,40}(?:[-_.:]\w{1,40}){1,6}/gi;
const STANDARD = /^(?:sha|md|utf|iso|tls|ssl|http|ipv|aes|rs|es|hs|x|v)[-_.]?\d/i;
const SHORTEST_TOKEN = 6;

/** A name with digits in its text that the failures repeat; empty where there is none. */
export function quotedToken({ text, diff }: Change, complaint: ChangeSymptoms['complaint']): string {
  if (complaint === undefined || diff !== '') return '';
  const tokens = (text.match(TOKEN) ?? []).filter((one) => one.length >= SHORTEST_TOKEN && !STANDARD.test(one));
  return tokens.find((one) => complaint.text.includes(one.toLowerCase())) ?? '';
}

/** A name with several parts, such as `orders.out` or `bookings_v1`: one word is a word of many sentences. */
const OF_PARTS = /[a-z\d][._:/-][a-z\d]/i;

/** A name of the diff that only its old lines have, and the failures; undefined where there is none. */
export function replacedName(diff: string, complaint: ChangeSymptoms['complaint']): ReplacedName | undefined {
  if (complaint === undefined || diff === '') return undefined;
  const lines = diffLines(diff);
  const names = replacedNames({ added: textOfMark(lines, '+'), removed: textOfMark(lines, '-') });
  return names.find(
    ({ before }) =>
      before.length >= SHORTEST_TOKEN &&
      OF_PARTS.test(before) &&
      !isContact(before) &&
      complaint.text.includes(before.toLowerCase()),
  );
}
