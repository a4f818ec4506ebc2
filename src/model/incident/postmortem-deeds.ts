/**
 * What the words of people say between the milestones: what helped, how long people were harmed, which entries explain
 * a status without words, and which name a change, a condition, or what it was not.
 */
import { memoize } from '#core/memoize.ts';
import { isBlaming } from '#model/blameless/lint.ts';
import { didHelp, type TimelineEntry } from '#model/incident/incident.ts';
import { isChange, isCondition, isDenial, isExplanation } from '#model/incident/noted-changes.ts';
import { isPersonId } from '#model/incident/person-id.ts';
import { type Facts, looksForFault } from '#model/incident/postmortem-facts.ts';
import { MINUTE_US, minutesAfter } from '#model/incident/postmortem-words.ts';
import { saidSentences } from '#model/incident/said-sentences.ts';

/** From the start or a reopening until people were no more harmed. Minutes. */
export type Harm = Readonly<{ from: TimelineEntry; until: TimelineEntry; minutes: number }>;

/** One for each time that the incident was open; without those whose end is not known. */
export function harmsOf({ entries, milestones: { declared }, start }: Facts): readonly Harm[] {
  const steps = entries.filter((entry) => entry.kind === 'status' && entry !== declared);
  const reopenings = steps.filter(({ value }, at) => value !== 'resolved' && steps[at - 1]?.value === 'resolved');
  const begins = [start?.entry, ...reopenings];
  return begins.flatMap((from, at): readonly Harm[] => {
    const [first, last] = [at === 0 ? 0 : steps.indexOf(reopenings[at - 1] as TimelineEntry), begins[at + 1]];
    const phase = steps.slice(first, last === undefined ? undefined : steps.indexOf(last));
    const until = easedIn(phase);
    const minutes = from && until && minutesAfter(until.atUs, from.atUs);
    return from === undefined || until === undefined || minutes === undefined || minutes < 0
      ? []
      : [{ from, until, minutes }];
  });
}

/** A later mitigation says that the earlier one was not enough. */
export function easedIn(phase: readonly TimelineEntry[]): TimelineEntry | undefined {
  return phase.findLast(({ value }) => value === 'mitigated') ?? phase.find(({ value }) => value === 'fixed');
}

/** What people did and what helped, wholly or in part, oldest first. */
export function deedsOf({ entries }: Pick<Facts, 'entries'>): readonly TimelineEntry[] {
  return entries.filter(didHelp);
}

/** So near to a status without words, an entry is about the same. */
const NEAR_US = 5 * MINUTE_US;
/** People explain the cause before they set the status. */
const EXPLAINED_US = 15 * MINUTE_US;

/**
 * The words of people about a cause that was confirmed without words: those that explain something and stand nearest
 * before it, else what stands nearest to it. An affirmation (`yep.`) brings what it affirms. Oldest first.
 */
export function nextTo(facts: Pick<Facts, 'entries'>, entry: TimelineEntry): readonly TimelineEntry[] {
  const apartUs = ({ atUs }: TimelineEntry) => Math.abs(atUs - entry.atUs);
  const own = facts.entries.filter((one) => isOwnWords(one) && !AIMED.test(one.text));
  const explains = own.filter(
    (one) => one.atUs <= entry.atUs + NEAR_US && apartUs(one) <= EXPLAINED_US && kindsOf(one).isExplanation,
  );
  const near = own.filter((one) => apartUs(one) <= NEAR_US && !looksForFault(one));
  const nearest = (among: readonly TimelineEntry[]) =>
    among.toSorted(
      (a, b) => Number(looksForFault(a)) - Number(looksForFault(b)) || apartUs(a) - apartUs(b) || b.atUs - a.atUs,
    )[0];
  const chosen = nearest(explains) ?? nearest(near);
  if (chosen === undefined) return [];
  const before = AFFIRMS.test(chosen.text) ? own[own.indexOf(chosen) - 1] : undefined;
  return before === undefined || apartUs(before) > EXPLAINED_US || looksForFault(before) ? [chosen] : [before, chosen];
}

const AFFIRMS = /^(?:yep|yes|yup|yeah|right|exactly|confirmed|correct|genau|ja|oui|exact|sí|sim|はい|そう)(?!\p{L})/iu;
/** A question to somebody explains nothing. */
const AIMED = /[?？]\s*$/u;

/** The note that explains it best where nobody confirmed a cause, from before the mitigation or shortly after it. */
export function explainedIn({ entries, milestones }: Pick<Facts, 'entries' | 'milestones'>): TimelineEntry | undefined {
  const { mitigated, resolved, fixed } = milestones;
  const untilUs = ((mitigated ?? fixed ?? resolved)?.atUs ?? Number.POSITIVE_INFINITY) + EXPLAINED_US;
  return entries.findLast(
    (entry) => isOwnWords(entry) && entry.atUs <= untilUs && !looksForFault(entry) && kindsOf(entry).isExplanation,
  );
}

/** Notes and messages of people in their own words, without milestones. */
function isOwnWords(entry: TimelineEntry): boolean {
  const isNote = entry.kind === 'note' && entry.value === '';
  return (
    (isNote || entry.kind === 'message') && entry.text !== '' && !STEP.test(entry.text) && isPersonId(entry.source)
  );
}

/** A status of a merged incident, which stands there as a note. */
const STEP = /^[a-z]+ → [a-z]+/;

/** The notes that say what was changed and when, oldest first, until the end. */
export function changesNoted({ entries }: Pick<Facts, 'entries'>): readonly TimelineEntry[] {
  const told = entries.filter((entry) => isOwnWords(entry) && !looksForFaultOnly(entry) && !kindsOf(entry).isDenial);
  return told.filter((entry) => kindsOf(entry).isChange).slice(0, MOST_NOTED);
}

/** The notes that name a condition and no change, oldest first, from the declaration to the end. */
export function conditionsNoted({ entries }: Pick<Facts, 'entries'>): readonly TimelineEntry[] {
  const changes = new Set(changesNoted({ entries }));
  const told = entries.filter((entry) => isOwnWords(entry) && !changes.has(entry) && !looksForFaultOnly(entry));
  return told.filter((entry) => kindsOf(entry).isCondition).slice(0, MOST_NOTED);
}

/** The notes that say that something was not the cause, oldest first. */
export function denialsNoted({ entries }: Pick<Facts, 'entries'>): readonly TimelineEntry[] {
  return entries
    .filter((entry) => isOwnWords(entry) && !looksForFault(entry) && kindsOf(entry).isDenial)
    .slice(-MOST_NOTED);
}

const MOST_NOTED = 5;

/** Several sections ask it of each entry. */
const kindsOf = memoize(({ text }: TimelineEntry) => {
  const sentences = saidSentences(text);
  return {
    isChange: sentences.some(isChange),
    isCondition: sentences.some(isCondition),
    isDenial: sentences.some(isDenial),
    isExplanation: sentences.some(isExplanation),
  };
});

/** Whether each sentence looks for a person at fault. */
function looksForFaultOnly(entry: TimelineEntry): boolean {
  return looksForFault(entry) && saidSentences(entry.text).every(isBlaming);
}
