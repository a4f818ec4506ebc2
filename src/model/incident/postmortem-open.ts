/** What people noted that nobody knows, once the cause or a mitigation was there. */
import { type TimelineEntry, wordsOfStatus } from '#model/incident/incident.ts';
import { leftIn } from '#model/incident/noted/left-open.ts';
import { isCauseUnknown } from '#model/incident/noted-ends.ts';
import type { Statement } from '#model/incident/postmortem.ts';
import type { Facts } from '#model/incident/postmortem-facts.ts';
import { isSaid, reasonOf } from '#model/incident/postmortem-numbers.ts';
import { notedAt, quotedParts, said, withReason } from '#model/incident/postmortem-words.ts';
import { saidSentences } from '#model/incident/said-sentences.ts';

/** What people said with the end that is not over. */
export function leftAtTheEnd(facts: Facts): readonly Statement[] {
  const { resolved } = facts.milestones;
  const words = resolved === undefined ? '' : quotedParts(facts, leftIn(wordsOfStatus(resolved)));
  if (resolved === undefined || words === '') return [];
  return [said(facts, ['With the end, a responder noted what is left', `${words}.`], [resolved])];
}

/** Oldest first. */
export function notedOpen(facts: Facts): readonly Statement[] {
  const { identified, mitigated, fixed, resolved } = facts.milestones;
  const fromUs = (identified ?? mitigated ?? fixed ?? resolved)?.atUs ?? Number.POSITIVE_INFINITY;
  const told = facts.entries.filter((entry) => entry.atUs >= fromUs && mayTell(entry));
  return told.flatMap((entry) => {
    const words = quotedParts(facts, openIn(entry));
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

function openIn(entry: TimelineEntry): string {
  return saidSentences(reasonOf(entry))
    .filter((one) => isCauseUnknown(one) || OPEN.test(one))
    .join(' ');
}

const OPEN = new RegExp(
  [
    "\\b(?:no idea|nobody knows|not known|do(?:n['’]?t| not) know|unclear) (?:why|if|who|what|how|whether|where)\\b|: no idea(?=$|[.,;])",
    "\\b(?:can['’]?t|cannot|can not) (?:say|tell|know|rule (?:it )?out)\\b",
    '\\b(?:why|cause|reason|question) (?:\\p{L}{1,15} )?(?:stays?|remains?|is still|still) (?:open|unknown|unclear)\\b',
    '\\bwhy (?:[^ .;]{1,15} ){1,8}we (?:look|check|find out) (?:on|at|next|tomorrow|later)\\b',
    '(?<!\\p{L})(?:keine Ahnung|weiß niemand|wissen wir nicht|on ne sait pas|aucune idée)(?!\\p{L})',
    '(?<!\\p{L})(?:nadie sabe|no sabemos|ni idea|ninguém sabe|não sabemos|nessuno sa|non sappiamo)(?!\\p{L})',
    '(?:理由|原因)(?:は|が)?(?:分から|わから|不明)|不知道(?:为什么|原因)',
  ].join('|'),
  'iu',
);
