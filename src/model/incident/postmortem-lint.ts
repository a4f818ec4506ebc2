/**
 * What people wrote into the record and should rewrite before the postmortem is accepted. The draft's own sentences are
 * ours, so only people's words are read: title, notes, updates, answers, reasons, action items.
 */

import { type LintFinding, lintPassages, type Rule } from '#model/blameless/lint.ts';
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
  const found = writtenIn(facts).flatMap((one) => onceEach(rewritesIn(one)));
  return found.toSorted((a, b) => URGENCY.indexOf(a.rule) - URGENCY.indexOf(b.rule));
}

/** Several sentences of one text with the same fault ask for one rewrite. */
function onceEach(found: readonly Rewrite[]): readonly Rewrite[] {
  return [...Map.groupBy(found, ({ rule, advice }) => `${rule} ${advice}`).values()].flatMap(([first, ...others]) =>
    first === undefined ? [] : [{ ...first, sentence: [first, ...others].map(({ sentence }) => sentence).join(' ') }],
  );
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
  /** A note from before people knew the cause or an end. */
  isEarly?: boolean;
}>;

function writtenIn({ incident, rows, actionItems, markOf, milestones }: Facts): readonly Written[] {
  const { identified, mitigated, fixed, resolved } = milestones;
  const knownUs = (identified ?? mitigated ?? fixed ?? resolved)?.atUs ?? Number.POSITIVE_INFINITY;
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
          isEarly: isNote(entry) && entry.atUs < knownUs,
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

function isNote({ kind, value }: TimelineEntry): boolean {
  return (kind === 'note' || kind === 'message') && value === '';
}

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

function rewritesIn(one: Written): readonly Rewrite[] {
  const { mark, section, text, time = '' } = one;
  const written = withoutPeople(text).replace(CRIED, '');
  const block = `${time} ${written}`;
  return sentencesIn(written).flatMap(({ text, begins }) => {
    const passage: Passage = { line: 1, section, text, block, isFirst: begins === 0 };
    const found = lintPassages([passage]).filter((finding) => !isFineHere(one, text, finding));
    return found.map(({ rule, blocks, advice }) => ({
      mark,
      sentence: text,
      rule,
      blocks,
      advice,
    }));
  });
}

/** Marks alone behind the last sentence stand in place of no word. */
const CRIED = /(?<=[.!?…,)])\s[?!]{2,5}\s*$/u;

/** Whether the place of the words makes up for what the lint found in them. */
function isFineHere(
  { text: written, section, wasSent = false, isSeen = false, isEarly = false }: Written,
  sentence: string,
  { rule, text: words }: LintFinding<Rule>,
): boolean {
  if (rule === 'vague') return wasSent || (isSeen && section === 'timeline' && EXACT.test(written));
  if (rule === 'single-cause') return isSeen;
  if (rule !== 'hindsight') return false;
  return EXPLAINS.test(sentence) || (isEarly && !WISHED.test(words)) || (isSeen && UNSEEN.test(sentence));
}

/** A number or a time, what a program said, or none at all: people can check it beside its row. */
const EXACT =
  /\p{Nd}|["“”«»„「『]|(?<!\p{L})(?:no(?= \p{L}{3})|none|not one|nothing|nobody|keine?|nichts|niemand|aucune?|rien|personne|ningun[oa]?|ningún|nada|nadie|nenhuma?|ninguém|nessun[oa]?|niente)(?!\p{L})/iu;

/** Before the cause is known, a sigh such as `of course` judges nothing. What people wish had been done does. */
const WISHED =
  /(?<!\p{L})(?:should|could|would|ought|must|had|if only|hätten?|sollten?|aurai(?:t|ent)|fallait|deb(?:ería|ió|imos|ieron)|habría|hubiera|deveria|devia|teria|avrebbe|doveva)(?!\p{L})|(?:should|could|would)(?:n['’]t|['’]ve)|べき|はず|应该|本该/iu;

/** How long a check was broken is a fact about it: `the alert is broken for 8 months. no one noticed`. */
const UNSEEN =
  /\b(?:alerts?|alarms?|monitors?|monitoring|probes?|checks?|dashboards?|metrics?)\b[^.;]{0,80}\b\d{1,4} ?(?:minutes?|hours?|days?|weeks?|months?|years?)\b/iu;
