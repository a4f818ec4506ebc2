/** What people noted that nobody knows, once the cause or a mitigation was there. */
import { type TimelineEntry, wordsOfStatus } from '#model/incident/incident.ts';
import { leftIn } from '#model/incident/noted/left-open.ts';
import { sharedThings } from '#model/incident/noted/refuted-changes.ts';
import { isCauseUnknown } from '#model/incident/noted-ends.ts';
import type { Statement } from '#model/incident/postmortem.ts';
import type { Facts } from '#model/incident/postmortem-facts.ts';
import { isSaid, reasonOf } from '#model/incident/postmortem-numbers.ts';
import { at, notedAt, quotedParts, said, withReason } from '#model/incident/postmortem-words.ts';
import { isUnsure, saidSentences } from '#model/incident/said-sentences.ts';

/** What people said with the end that is not over. */
export function leftAtTheEnd(facts: Facts): readonly Statement[] {
  const { resolved } = facts.milestones;
  const words = resolved === undefined ? '' : quotedParts(facts, leftIn(wordsOfStatus(resolved)));
  if (resolved === undefined || words === '') return [];
  return [said(facts, ['With the end, a responder noted what is left', `${words}.`], [resolved])];
}

/** What people found out after the end about what was open then; nothing without such a note. */
export function answeredAfter(facts: Facts): readonly Statement[] {
  const { resolved } = facts.milestones;
  if (resolved === undefined) return [];
  const open = saidSentences(wordsOfStatus(resolved)).filter((one) => leftIn(one) !== '' || isOpen(one));
  const answer = open.map((one) => answerTo(facts, resolved, one)).find((one) => one !== undefined);
  const words = answer === undefined ? '' : quotedParts(facts, answer.text);
  if (answer === undefined || words === '') return [];
  return [
    said(facts, ['About what was open at the end, a responder noted at ', at(answer.atUs), `${words}.`], [answer]),
  ];
}

/** The last note behind an open sentence that is sure and speaks of the same things. */
function answerTo(facts: Facts, { atUs }: TimelineEntry, open: string): TimelineEntry | undefined {
  return facts.entries.findLast(
    (entry) =>
      entry.atUs > atUs &&
      (entry.kind === 'note' || entry.kind === 'message') &&
      mayTell(entry) &&
      saidSentences(entry.text).every((one) => !isUnsure(one) && !isOpen(one)) &&
      sharedThings(open, entry.text) >= SHARED_THINGS,
  );
}

/** One word may be of anything. */
const SHARED_THINGS = 2;

/** Oldest first. */
export function notedOpen(facts: Facts): readonly Statement[] {
  const { identified, mitigated, fixed, resolved } = facts.milestones;
  const fromUs = (identified ?? mitigated ?? fixed ?? resolved)?.atUs ?? Number.POSITIVE_INFINITY;
  const told = facts.entries.filter((entry) => entry.atUs >= fromUs && mayTell(entry));
  return told.flatMap((entry) => {
    const words = quotedParts(facts, openIn(facts, entry));
    return words === ''
      ? []
      : [said(facts, [...notedAt(facts, entry), ` what is not known${words}.`], withReason(facts, entry))];
  });
}

function mayTell(entry: TimelineEntry): boolean {
  return (
    isSaid(entry) &&
    entry.from === undefined &&
    entry.kind !== 'update' &&
    (entry.value === '' || entry.kind === 'status')
  );
}

/** Without what a note answers after the end. */
function openIn(facts: Facts, entry: TimelineEntry): string {
  const isAnswered = (one: string) => entry === facts.milestones.resolved && answerTo(facts, entry, one) !== undefined;
  return saidSentences(reasonOf(entry))
    .filter((one) => isOpen(one) && !isAnswered(one))
    .join(' ');
}

function isOpen(sentence: string): boolean {
  return isCauseUnknown(sentence) || OPEN.test(sentence);
}

const OPEN = new RegExp(
  [
    "\\b(?:no idea|nobody knows|not known|do(?:n['’]?t| not) know|unclear) (?:why|if|who|what|how|whether|where)\\b|: no idea(?=$|[.,;])",
    "\\b(?:can['’]?t|cannot|can not) (?:say|tell|know|rule (?:it )?out)\\b",
    '\\b(?:why|cause|reason|question) (?:\\p{L}{1,15} )?(?:stays?|remains?|is still|still) (?:open|unknown|unclear)\\b',
    '^(?:how|why|who|what|where|whether) .{1,80} (?:is|are|stays?|remains?) (?:still )?open(?=$|[.,;!])',
    '\\bwhy (?:[^ .;]{1,15} ){1,8}we (?:look|check|find out) (?:on|at|next|tomorrow|later)\\b',
    '(?<!\\p{L})(?:keine Ahnung|weiß niemand|wissen wir nicht|on ne sait pas|aucune idée)(?!\\p{L})',
    '(?<!\\p{L})(?:nadie sabe|no sabemos|ni idea|ninguém sabe|não sabemos|nessuno sa|non sappiamo)(?!\\p{L})',
    // nobody knows yet, still only suspected, our guess
    "\\b(?:nobody|no one) knows (?:yet|for sure)\\b|\\bwe do(?:n['’]?t| not) know(?= *$|[,.;])|\\b(?:cause|reason) (?:is )?(?:still )?only (?:suspected|guessed)\\b|\\bonly (?:our|a|my) guess\\b",
    '(?:理由|原因)(?:は|が)?(?:分から|わから|不明)|不知道(?:为什么|原因)',
  ].join('|'),
  'iu',
);
