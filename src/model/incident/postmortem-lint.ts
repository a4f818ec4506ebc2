/**
 * What people wrote into the record and should rewrite before the postmortem is accepted. The draft's own sentences are
 * ours, so only people's words are read: title, notes, updates, answers, reasons, action items.
 */

import { lintPassages, type Rule } from '#model/blameless/lint.ts';
import type { Passage, Section } from '#model/blameless/passage.ts';
import { sentencesIn } from '#model/blameless/sentences.ts';
import { itemName, type TimelineEntry, wordsOfStatus } from '#model/incident/incident.ts';
import { saidOfWhy } from '#model/incident/method-answers.ts';
import { withoutPeople } from '#model/incident/people-in-words.ts';
import { isPersonId } from '#model/incident/person-id.ts';
import type { Rewrite } from '#model/incident/postmortem.ts';
import type { Facts } from '#model/incident/postmortem-facts.ts';

/** The most urgent first; within a rule, in the order of the draft. */
const URGENCY: readonly Rule[] = ['blame', 'left-over', 'secret', 'single-cause', 'hindsight', 'vague'];

export function rewritesOf(facts: Facts): readonly Rewrite[] {
  const found = writtenIn(facts).flatMap(rewritesIn);
  return found.toSorted((a, b) => URGENCY.indexOf(a.rule) - URGENCY.indexOf(b.rule));
}

/** `mark`: '' for the title. */
type Written = Readonly<{
  mark: string;
  section: Section;
  text: string;
  time?: string;
  /** Others got these words, or they say how it ended: nobody can make them more exact afterwards. */
  wasSent?: boolean;
  /** A title or a note tells what was seen, also “everything is down”: no analysis, which would need several causes. */
  isSeen?: boolean;
}>;

function writtenIn({ incident, rows, actionItems, markOf }: Facts): readonly Written[] {
  return [
    { mark: '', section: 'other', text: incident.title, isSeen: true },
    ...rows
      .flatMap(([first]) => (isOwnWords(first) ? [first] : []))
      .map((entry): Written => {
        const text = saidOfWhy(wordsOfStatus(entry));
        return {
          mark: markOf.get(entry.id) ?? '',
          section: 'timeline',
          text,
          time: ROW_TIME,
          wasSent: entry.kind === 'update' || (entry.kind === 'status' && entry.value === 'resolved'),
          isSeen: entry.value === '' || entry.kind === 'update',
        };
      }),
    ...actionItems.flatMap((item): readonly Written[] => [
      { mark: itemName(item), section: 'actions', text: item.text },
      { mark: itemName(item), section: 'other', text: item.reason },
    ]),
  ];
}

/** A row of the timeline stands beside its day and time, so it may say "yesterday". The lint only looks whether there is one. */
const ROW_TIME = '2026-01-06 14:02';

/** Entries that a person caused but Spanhound worded have a value of another form. */
function isOwnWords({ kind, value, source }: TimelineEntry): boolean {
  if (!isPersonId(source)) return false;
  return kind === 'status' || ((kind === 'note' || kind === 'update' || kind === 'message') && OWN.test(value));
}

const OWN = /^(?:$|why:|answer:|corrected=)/;

/** `why nobody saw it at night: the shops sent 11 in all` gives the reason and judges nobody. */
const EXPLAINS = /^(?:and |so )?why (?:nobody|no one|we did(?:n['’]t| not)|it was(?:n['’]t| not)) [^:]{2,60}: /iu;

/** What to rewrite in one text that a person wrote for the timeline, before or after it is stored. */
export function rewritesInWords(text: string): readonly Rewrite[] {
  return rewritesIn({ mark: '', section: 'timeline', text, time: ROW_TIME });
}

function rewritesIn({ mark, section, text, time = '', wasSent = false, isSeen = false }: Written): readonly Rewrite[] {
  const written = withoutPeople(text);
  const block = `${time} ${written}`;
  return sentencesIn(written).flatMap(({ text, begins }) => {
    const passage: Passage = { line: 1, section, text, block, isFirst: begins === 0 };
    const found = lintPassages([passage]).filter(
      ({ rule }) =>
        !(wasSent && rule === 'vague') &&
        !(isSeen && rule === 'single-cause') &&
        !(rule === 'hindsight' && EXPLAINS.test(text)),
    );
    return found.map(({ rule, blocks, advice }) => ({
      mark,
      sentence: text,
      rule,
      blocks,
      advice,
    }));
  });
}
