/**
 * What the words of people say between the milestones: what helped, how long people were harmed, which entries explain
 * a status without words, and which name a change, a condition, or what it was not.
 */
import { memoize } from '#core/memoize.ts';
import { DAY_US, HOUR_US, MINUTE_US } from '#core/time-units.ts';
import { isBlaming } from '#model/blameless/lint.ts';
import { areAboutSame } from '#model/incident/about-same.ts';
import { didHelp, type TimelineEntry, wasTried, wordsOfStatus } from '#model/incident/incident.ts';
import { isDenied, isDisproved, isRefuted, sharesThing } from '#model/incident/noted/refuted-changes.ts';
import {
  isChange,
  isCondition,
  isDenial,
  isExplanation,
  isNothingChanged,
  mayDeny,
} from '#model/incident/noted-changes.ts';
import { asksForPerson } from '#model/incident/noted-guilt.ts';
import { signIn } from '#model/incident/noted-signs.ts';
import { sinceIn, spellsIn, zoneMinutes } from '#model/incident/noted-spells.ts';
import { isPersonId } from '#model/incident/person-id.ts';
import { type Facts, looksForFault, opensAgain, writtenUs } from '#model/incident/postmortem-facts.ts';
import { impersonal, minutesAfter } from '#model/incident/postmortem-words.ts';
import { isGoodNews, isUnsure, saidSentences } from '#model/incident/said-sentences.ts';

/** From the start or a reopening until people were no more harmed. Minutes. */
export type Harm = Readonly<{
  from: TimelineEntry;
  until: TimelineEntry;
  minutes: number;
  /** Counted from the time in the words of the reopening. */
  isAsSaid: boolean;
}>;

/** One for each time that the incident was open; without those whose end is not known. */
export function harmsOf(facts: Facts): readonly Harm[] {
  const {
    entries,
    milestones: { declared },
    start,
  } = facts;
  const steps = entries.filter((entry) => entry.kind === 'status' && entry !== declared);
  const reopenings = steps.filter(({ value }, at) => opensAgain(value) && endBefore(steps, at) !== undefined);
  const begins = [start?.entry, ...reopenings];
  return begins.flatMap((from, at): readonly Harm[] => {
    const [first, last] = [at === 0 ? 0 : steps.indexOf(reopenings[at - 1] as TimelineEntry), begins[at + 1]];
    const phase = steps.slice(first, last === undefined ? undefined : steps.indexOf(last));
    const until = easedIn(phase);
    if (from === undefined || until === undefined) return [];
    const endedUs = at === 0 ? undefined : endBefore(steps, steps.indexOf(from))?.atUs;
    const saidUs = endedUs === undefined ? undefined : sinceUs(facts, from, endedUs);
    const minutes = minutesAfter(until.atUs, saidUs ?? from.atUs);
    return minutes < 0 ? [] : [{ from, until, minutes, isAsSaid: saidUs !== undefined }];
  });
}

/** The end before a step, where no other reopening stands between them. */
export function endBefore(steps: readonly TimelineEntry[], at: number): TimelineEntry | undefined {
  const last = steps.slice(0, at).findLast(({ value }) => value === 'resolved' || opensAgain(value));
  return last?.value === 'resolved' ? last : undefined;
}

/**
 * The time in `late again since 10:38`, if it lies between the end before and the reopening: by the clock of its author, or
 * by the one that the notes show, with the local time of the impact or the detection.
 */
function sinceUs(facts: Facts, from: TimelineEntry, endedUs: number): number | undefined {
  const { impact, detected } = facts.milestones;
  const known = facts.clocks?.get(from.id);
  const ahead = known ?? zoneMinutes(facts.entries.filter(isOwnWords), [impact, detected]);
  const saidUs = sinceIn(from.text, ahead, writtenUs(from));
  if (saidUs !== undefined && saidUs > endedUs) return saidUs;
  return known === undefined ? sinceSaidUs(from, endedUs) : undefined;
}

/** The spells that a note names, in minutes, until people were no more harmed; undefined without such a note. */
export function spellsNoted(facts: Facts): Readonly<{ entry: TimelineEntry; minutes: readonly number[] }> | undefined {
  const [harm, ...others] = harmsOf(facts);
  if (harm === undefined || others.length > 0) return undefined;
  for (const entry of facts.entries.filter(isOwnWords)) {
    const minutes = spellsIn(entry, harm.from.atUs, harm.until.atUs);
    if (minutes !== undefined) return { entry, minutes };
  }
  return undefined;
}

/**
 * The time in `freezes again since 19:30`, if it lies between the end before and the reopening. A time that is still to
 * come in UTC is of another zone: its minutes count, as nearly all zones differ in whole hours.
 */
function sinceSaidUs({ atUs, text }: TimelineEntry, endedUs: number): number | undefined {
  const { hour, minute } = SINCE.exec(text)?.groups ?? {};
  if (hour === undefined || minute === undefined) return undefined;
  const saidUs = (Number(hour) * 60 + Number(minute)) * MINUTE_US;
  const dayUs = atUs - (atUs % DAY_US);
  const isOtherZone = dayUs + saidUs > atUs;
  const behind = isOtherZone ? (atUs - saidUs) % HOUR_US : atUs - dayUs - saidUs;
  const sinceUs = atUs - (behind < 0 ? behind + HOUR_US : behind);
  if (sinceUs > endedUs) return sinceUs;
  // One hour only lies between the end and the reopening: the clock is that of another zone.
  const latestUs = atUs - ((((atUs - dayUs - saidUs) % HOUR_US) + HOUR_US) % HOUR_US);
  return latestUs > endedUs && latestUs - HOUR_US <= endedUs ? latestUs : undefined;
}

const SINCE = /(?<!\p{L})(?:since|seit|depuis|desde) (?<hour>[01]?\d|2[0-3])[:h](?<minute>[0-5]\d)(?!\d)/iu;

/** A later mitigation says that the earlier one was not enough. */
export function easedIn(phase: readonly TimelineEntry[]): TimelineEntry | undefined {
  return phase.findLast(({ value }) => value === 'mitigated') ?? phase.find(({ value }) => value === 'fixed');
}

/** What people did and what helped, wholly or in part, oldest first. */
export function deedsOf({ entries }: Pick<Facts, 'entries'>): readonly TimelineEntry[] {
  return entries.filter(didHelp);
}

/** Whether it only takes back what had no effect: `scrubbing off again` after `scrubbing on, no change`. */
export function undoesVainTry({ entries }: Pick<Facts, 'entries'>, deed: TimelineEntry): boolean {
  const found = TAKES_BACK.exec(deed.text);
  if (found === null || deed.text.split(/\s+/u).length > SHORT_WORDS) return false;
  const thing = deed.text.slice(0, found.index);
  return entries.some((one) => wasTried(one) && one.atUs < deed.atUs && sharesThing(one.text, thing));
}

const TAKES_BACK =
  /\b(?:off|on|out|away|down|removed|normal|back) again\b|\bagain (?:off|on|removed)\b|\b(?:undone|removed the|took (?:it|that|them) out)\b|(?<!\p{L})(?:wieder (?:aus|ab|weg|entfernt|an)|de nouveau (?:coupée?|enlevée?)|otra vez (?:apagad|quitad)[oa]|de nuevo (?:fuera|apagad[oa])|de novo (?:desligad|tirad)[oa])(?!\p{L})/iu;

/** What people noted soon after a deed that says it did not last; undefined without such a note. */
export function failedLater({ entries }: Pick<Facts, 'entries'>, deed: TimelineEntry): TimelineEntry | undefined {
  const next = entries.find((entry) => entry.atUs > deed.atUs && (didHelp(entry) || entry.value === 'mitigated'));
  const untilUs = next?.atUs ?? Number.POSITIVE_INFINITY;
  const between = entries.filter((entry) => entry.atUs > deed.atUs && entry.atUs < untilUs && isOwnWords(entry));
  return between.find((entry) => DID_NOT_HOLD.test(entry.text));
}

const DID_NOT_HOLD =
  /\b(?:did(?:n['’]?t| not)|does(?:n['’]?t| not)) (?:hold|last|stick)\b|\b(?:errors?|rejects?|failures?|timeouts?|alerts?) (?:is|are|came) back\b|\b(?:errors?|rejects?|failures?|timeouts?|stuck|broken|down|frozen|dead) again\b|\bput the (?:\p{L}{1,15} ){0,2}(?:value|setting|config\p{L}{0,8}|limit) back\b|(?<!\p{L})(?:hielt nicht|hat nicht gehalten|n['’]a pas tenu|no aguantó|não aguentou)(?!\p{L})|また(?:発生|エラー)|又(?:出现|失败)/iu;

/** So near to a status without words, an entry is about the same. */
const NEAR_US = 5 * MINUTE_US;
/** People explain the cause before they set the status. */
const EXPLAINED_US = 15 * MINUTE_US;

/**
 * The words of people about a cause that was confirmed without words: what somebody wrote as of the same minute, if it
 * says more than when something changed, else what explains something and stands nearest before it, else what stands
 * nearest to it. An affirmation (`yep.`) brings
 * what it affirms. Oldest first.
 */
export function nextTo(facts: Pick<Facts, 'entries'>, entry: TimelineEntry): readonly TimelineEntry[] {
  const own = facts.entries.filter((one) => isOwnWords(one) && !AIMED.test(one.text));
  const calm = own.filter((one) => !isAgainstPeople(one));
  const found = nearestOf(calm, entry);
  return found.length > 0 ? found : nearestOf(own, entry);
}

/** The note before one that tells too little, from minutes before; undefined without one. */
export function toldJustBefore({ entries }: Pick<Facts, 'entries'>, entry: TimelineEntry): TimelineEntry | undefined {
  return entries.findLast(
    (one) =>
      one.atUs < entry.atUs &&
      entry.atUs - one.atUs <= EXPLAINED_US &&
      isOwnWords(one) &&
      !AIMED.test(one.text) &&
      !isAgainstPeople(one),
  );
}

/** Whether half of its sentences or more ask for a person at fault, or speak of somebody. */
function isAgainstPeople({ text }: TimelineEntry): boolean {
  const sentences = saidSentences(text);
  const against = sentences.filter((one) => isBlaming(one) || asksForPerson(one) || impersonal(one) === '');
  return against.length * 2 >= sentences.length && against.length > 0;
}

function nearestOf(own: readonly TimelineEntry[], entry: TimelineEntry): readonly TimelineEntry[] {
  const apartUs = ({ atUs }: TimelineEntry) => Math.abs(atUs - entry.atUs);
  const together = own.filter((one) => apartUs(one) < MINUTE_US && !looksForFaultOnly(one) && !isGoodNews(one.text));
  const explains = own.filter(
    (one) => one.atUs <= entry.atUs + NEAR_US && apartUs(one) <= EXPLAINED_US && kindsOf(one).isExplanation,
  );
  const near = own.filter((one) => apartUs(one) <= NEAR_US && !looksForFault(one));
  const nearest = (among: readonly TimelineEntry[]) =>
    among.toSorted(
      (a, b) => Number(looksForFault(a)) - Number(looksForFault(b)) || apartUs(a) - apartUs(b) || b.atUs - a.atUs,
    )[0];
  const telling = together.filter((one) => kindsOf(one).isExplanation || !kindsOf(one).isChange);
  const changed = own.filter(
    (one) => one.atUs <= entry.atUs && apartUs(one) <= EXPLAINED_US && kindsOf(one).isChange && !looksForFault(one),
  );
  const chosen = nearest(telling) ?? nearest(explains) ?? nearest(together) ?? nearest(near) ?? nearest(changed);
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

/** The notes that say what was changed and when, oldest first, also the words of a confirmed cause. */
export function changesNoted(facts: Pick<Facts, 'entries' | 'milestones'>): readonly TimelineEntry[] {
  const told = facts.entries.filter(
    (entry) =>
      (isOwnWords(entry) || isConfirmation(entry)) && !looksForFaultOnly(entry) && !kindsOf(entry).isChangeDenied,
  );
  const { identified } = facts.milestones;
  const ofCause = identified === undefined ? [] : [identified, ...nextTo(facts, identified)];
  const isOne = (entry: TimelineEntry) =>
    kindsOf(entry).isChange && !isOnlySuspected(facts, entry) && (ofCause.includes(entry) || !isRefuted(facts, entry));
  return told.filter(isOne).slice(0, MOST_NOTED);
}

/** A sentence with its own subject tells a change for sure. */
const OF_THE_QUESTION = /^(?:it|that|this|they|that one|went|was|were|got|came|since) /iu;

/** Whether the change stands behind a question (`a bug of the release? it went out at 13:05`) and the cause names other things. */
function isOnlySuspected({ milestones: { identified } }: Pick<Facts, 'milestones'>, entry: TimelineEntry): boolean {
  const sentences = saidSentences(wordsOfStatus(entry));
  const asked = sentences.findIndex((one) => AIMED.test(one));
  const changed = sentences.findIndex(isChange);
  if (asked === -1 || asked > changed || !OF_THE_QUESTION.test(sentences[changed] ?? '')) return false;
  return identified === undefined || !areAboutSame(wordsOfStatus(identified), entry.text);
}

function isConfirmation({ kind, value, source }: TimelineEntry): boolean {
  return kind === 'status' && value === 'identified' && isPersonId(source);
}

/** The notes about a change that somebody thinks has nothing to do with it, oldest first: nobody is sure. */
export function changesDoubted(facts: Pick<Facts, 'entries' | 'milestones'>): readonly TimelineEntry[] {
  const told = facts.entries.filter((entry) => isOwnWords(entry) && !looksForFaultOnly(entry));
  const isDoubted = (entry: TimelineEntry) => {
    const { isChange: changes, mayDeny: denies, isDenial: isSure } = kindsOf(entry);
    return changes && ((denies && !isSure) || isOnlySuspected(facts, entry)) && !isRefuted(facts, entry);
  };
  return told.filter(isDoubted).slice(0, MOST_NOTED);
}

/**
 * The notes that name a condition in a sentence without a change, oldest first. The first sign is none: it tells what
 * people saw.
 */
export function conditionsNoted(facts: Pick<Facts, 'entries' | 'milestones'>): readonly TimelineEntry[] {
  const sign = signIn(facts)?.entry;
  const told = facts.entries.filter((entry) => isOwnWords(entry) && entry !== sign && !looksForFaultOnly(entry));
  const isOne = (entry: TimelineEntry) =>
    kindsOf(entry).isCondition && !DECISION.test(entry.text) && !isDenied(facts, entry) && !deniesThing(entry.text);
  return told.filter(isOne).slice(0, MOST_NOTED);
}

/** `there is no lock` beside `reporting is innocent`: both rule out, and the first one is no condition. */
export function deniesThing(text: string): boolean {
  const sentences = saidSentences(text);
  return (
    sentences.some((one) => NONE_THERE.test(one)) && sentences.some((one) => isDenial(one) && !NONE_THERE.test(one))
  );
}

/** Whether a sentence says that something suspected is not there: `there is no lock`. */
export function saysNoneThere(sentence: string): boolean {
  return NONE_THERE.test(sentence);
}

const NONE_THERE =
  /^(?:and |but |so |ok )?(?:there (?:is|was|are|were)|i (?:see|found)|we (?:see|found)) no \p{L}{2,20}(?: \p{L}{2,20})?[.!]?$/iu;

/** It tells of what people do about it. */
const DECISION =
  /\bdecision\b|\bwe (?:decided|agreed)\b|(?<!\p{L})(?:Entscheidung|entschieden|décision|décidé|decisión|decidimos|decisão|decisione|deciso)(?!\p{L})|決定|决定/iu;

/** A sentence that also tells a change stands under “Trigger”. */
export function isConditionAlone(sentence: string): boolean {
  return isCondition(sentence) && !isChange(sentence);
}

/** The notes that say that something was not the cause, oldest first. */
export function denialsNoted({ entries }: Pick<Facts, 'entries'>): readonly TimelineEntry[] {
  return entries
    .filter((entry) => isOwnWords(entry) && !looksForFaultOnly(entry) && kindsOf(entry).isDenial)
    .filter((entry) => !isTakenBack(entries, entry))
    .slice(-MOST_NOTED);
}

/** Whether somebody found out later that it was changed after all: `nobody changed it`, then `ok so they did change it`. */
function isTakenBack(entries: readonly TimelineEntry[], denial: TimelineEntry): boolean {
  const isOnlyOfChanges = saidSentences(denial.text).filter(isDenial).every(isNothingChanged);
  return (
    isOnlyOfChanges &&
    entries.some((one) => one.atUs > denial.atUs && isOwnWords(one) && CHANGED_AFTER_ALL.test(one.text))
  );
}

const CHANGED_AFTER_ALL =
  /\b(?:they|we|it|he|she|somebody|someone) did (?:change|touch|deploy|push|update|switch|release)\b|\b(?:changed|touched|pushed) (?:it|something|that) after all\b|(?<!\p{L})(?:doch (?:etwas |was )?geändert|quand même changé|sí (?:lo )?cambi\p{L}{1,4}|mudaram sim)(?!\p{L})/iu;

/**
 * The notes from before a confirmation in few words that tell what they stand for: a name of a proof (`diff + log`) or a short
 * form tells nobody the cause. Those that share a word with it, else the last one from minutes before. Oldest first.
 */
export function toldBefore(
  facts: Pick<Facts, 'entries' | 'milestones'>,
  entry: TimelineEntry,
): readonly TimelineEntry[] {
  const words = wordsOfStatus(entry);
  if (words.split(/\s+/u).length > SHORT_WORDS) return [];
  const sign = signIn(facts)?.entry;
  const mayTell = (one: TimelineEntry) =>
    one.atUs < entry.atUs &&
    entry.atUs - one.atUs <= TOLD_US &&
    isOwnWords(one) &&
    isToldSurely(one) &&
    !isDisproved(facts, one);
  const own = facts.entries.filter(mayTell);
  const shared = own.filter((one) => sharesThing(one.text, words));
  const telling = shared.filter((one) => one !== sign);
  if (shared.length > 0) return (telling.length > 1 ? telling : shared).slice(-MOST_TOLD);
  return own.filter((one) => one !== sign && entry.atUs - one.atUs <= NEAR_US).slice(-1);
}

/** A longer confirmation tells the cause itself. */
const SHORT_WORDS = 8;
const MOST_TOLD = 2;
const TOLD_US = HOUR_US;

/** Neither a question nor a guess, and nothing that only denies or looks for a person at fault. */
function isToldSurely(one: TimelineEntry): boolean {
  const sentences = saidSentences(one.text);
  if (AIMED.test(one.text) || looksForFault(one) || isGoodNews(one.text) || THOUGHT.test(one.text)) return false;
  return one.text.split(/\s+/u).length >= TELLING_WORDS && sentences.every((s) => !mayDeny(s) && !isUnsure(s));
}

const TELLING_WORDS = 5;
/** What somebody believed before. */
const THOUGHT = /\bi (?:thought|assumed|believed|forgot|meant)\b/iu;

/** The question that a denial without a subject answers: `that was another switch. so no`; undefined without one. */
export function questionBefore({ entries }: Pick<Facts, 'entries'>, denial: TimelineEntry): TimelineEntry | undefined {
  if (!ANSWERS.test(denial.text)) return undefined;
  const own = entries.filter(isOwnWords);
  const before = own[own.indexOf(denial) - 1];
  if (before === undefined || denial.atUs - before.atUs > ANSWERED_US || !AIMED.test(before.text)) return undefined;
  return looksForFault(before) ? undefined : before;
}

const ANSWERS = /^(?:that|it|this|those|they|no|nope|nah|das|nein|ça|non|no,|eso|isso|não|それ|いや)(?![\p{L}\p{N}])/iu;
const ANSWERED_US = 10 * MINUTE_US;

const MOST_NOTED = 5;

/** Several sections ask it of each entry. */
const kindsOf = memoize((entry: TimelineEntry) => {
  const sentences = saidSentences(wordsOfStatus(entry));
  return {
    isChange: sentences.some(isChange),
    isCondition: sentences.some(isConditionAlone),
    isDenial: sentences.some(isDenial),
    mayDeny: sentences.some(mayDeny),
    // A denial speaks of what stands before it, and not of a change behind it.
    isChangeDenied: sentences.findLastIndex(mayDeny) >= sentences.findIndex(isChange) && sentences.some(mayDeny),
    // `they see each other, 0 loss. not it` explains nothing.
    isExplanation: sentences.some(isExplanation) && !isDenial(sentences.at(-1) ?? ''),
  };
});

/** Whether each sentence looks for a person at fault. */
function looksForFaultOnly(entry: TimelineEntry): boolean {
  return looksForFault(entry) && saidSentences(entry.text).every(isBlaming);
}
