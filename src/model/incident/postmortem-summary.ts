/**
 * The top of a postmortem, for readers with one minute: five lines, then the times. Each line is a sentence of the
 * record, or says that the record has none.
 */

import {
  itemName,
  START_NAMES,
  severityBefore,
  severityIn,
  type TimelineEntry,
  wordsOfStatus,
} from '#model/incident/incident.ts';
import { numbersCorrected, withCorrections } from '#model/incident/noted/corrected-numbers.ts';
import { isChange, isExplanation, isFalseAlarm, sentencesOf } from '#model/incident/noted-changes.ts';
import { goodNewsAt, healedItself, isCauseUnknown, lastStepNoted } from '#model/incident/noted-ends.ts';
import { withoutGuilt } from '#model/incident/noted-guilt.ts';
import { outcomeIn } from '#model/incident/noted-outcome.ts';
import { harmSeen } from '#model/incident/noted-signs.ts';
import type { DraftedSection, PostmortemEvidence, Statement, Words } from '#model/incident/postmortem.ts';
import { notedCause } from '#model/incident/postmortem-analysis.ts';
import {
  changesNoted,
  deedsOf,
  easedIn,
  explainedIn,
  failedLater,
  harmsOf,
  nextTo,
  spellsNoted,
  undoesVainTry,
} from '#model/incident/postmortem-deeds.ts';
import { type Facts, looksForFault, marks, type Origin, rootOf, writtenUs } from '#model/incident/postmortem-facts.ts';
import {
  affectedIn,
  countsHarm,
  isNobodyAffected,
  isOnlyTime,
  isSaid,
  numberIn,
  reasonOf,
  restoredIn,
} from '#model/incident/postmortem-numbers.ts';
import { answeredAfter, leftAtTheEnd, notedOpen } from '#model/incident/postmortem-open.ts';
import {
  after,
  apart,
  at,
  content,
  counted,
  ended,
  impactSource,
  minutesAfter,
  minutesText,
  numberEntries,
  numberQuoted,
  originName,
  peopleText,
  quotedCause,
  quotedParts,
  said,
  section,
  shareText,
  sinceOf,
} from '#model/incident/postmortem-words.ts';
import { isRaised } from '#model/incident/rights.ts';
import { isHarm, isUnsure, saidSentences } from '#model/incident/said-sentences.ts';

/** One line: a statement, or what the record lacks. */
type Line = Readonly<{ statement: Statement } | { missing: string }>;

export function summary(facts: Facts): DraftedSection {
  const lines = [
    whatBroke(facts),
    affected(facts),
    howLong(facts),
    withAnswer(facts, whatEndedIt(facts)),
    stillOpen(facts),
  ];
  return section('Summary', {
    statements: lines.flatMap((line) => ('statement' in line ? [line.statement] : [])),
    missing: lines.flatMap((line) => ('missing' in line ? [line.missing] : [])),
  });
}

function line(statement: Statement): Line {
  return { statement };
}

/** The verdict, else the cause that people noted, else the alert, with the title that people gave it. */
function whatBroke(facts: Facts): Line {
  const { lead, milestones } = facts;
  const { identified, alert, declared } = milestones;
  if (lead?.diagnosis !== undefined) return line(diagnosed(facts, lead, lead.diagnosis));
  const titled = titleOf(facts);
  const noted = identified && notedCause(facts, identified);
  if (noted !== undefined)
    return line(
      withLaterChange(facts, {
        words: ['What broke: ', ...titledWords(titled, noted.words)],
        cites: titled === '' ? noted.cites : [...new Set([...noted.cites, ...marks(facts, declared)])],
      }),
    );
  if (alert !== undefined) return line(said(facts, [`What broke: an alert came${content(facts, alert)}.`], [alert]));
  const explained = explainedIn(facts);
  const unknown = facts.entries.findLast((entry) => isSaid(entry) && isCauseUnknown(entry.text));
  const words =
    explained === undefined
      ? ''
      : corrected(facts, quotedParts(facts, sentencesOf(withoutGuilt(explained.text), isExplanation)), explained).text;
  const mark = words === '' ? undefined : explained;
  if (titled === '' && mark === undefined && unknown === undefined)
    return { missing: 'What broke: the record does not say it.' };
  const confirmed =
    identified === undefined ? 'no entry confirms a cause' : 'no words stand beside its confirmed cause';
  const nobody = unknown === undefined ? confirmed : 'a responder noted that its cause is unknown';
  const parts: Words = [
    ...titledWords(titled, [nobody]),
    ...(mark === undefined ? ['.'] : ['. A responder noted at ', at(mark.atUs), `${words}.`]),
  ];
  return line(said(facts, ['What broke: ', ...parts], [titled === '' ? undefined : declared, unknown, mark]));
}

/** Words beside a confirmation may be a symptom: a change that people noted after it tells more. */
function withLaterChange(facts: Facts, broke: Statement): Statement {
  const { identified } = facts.milestones;
  if (identified === undefined || wordsOfStatus(identified) !== '') return broke;
  const beside = nextTo(facts, identified);
  if (beside.some(({ text }) => saidSentences(text).some(isChange))) return broke;
  const change = changesNoted(facts).findLast((one) => one.atUs > identified.atUs && !beside.includes(one));
  const words = change === undefined ? '' : quotedCause(facts, withoutGuilt(sentencesOf(change.text, isChange)));
  if (change === undefined || words === '') return broke;
  const more: Words = [' What had changed, as a responder noted at ', at(change.atUs), `${words}.`];
  return { words: [...broke.words, ...more], cites: [...new Set([...broke.cites, ...marks(facts, change)])] };
}

/** `“Orders fail”`; '' where it may name somebody. */
function titleOf(facts: Facts): string {
  if (facts.milestones.declared === undefined) return '';
  const titled = quotedParts(facts, facts.incident.title).replace(/^: /, '');
  if (titled === '') return '';
  if (isNobodyAffected(facts)) return `nothing that users noticed, though it was declared as ${titled}`;
  if (facts.entries.some((entry) => isSaid(entry) && isFalseAlarm(entry.text)))
    return `a false alarm, as responders noted, declared as ${titled}`;
  const worse = raisedFar(facts);
  return worse === '' ? titled : `${titled}, then${worse.replace(/^:/, '')}`;
}

/** Why it was raised to P0, or by two severities or more: the title then tells only how it began. '' where it was not. */
function raisedFar(facts: Facts): string {
  const raised = facts.entries.findLast((entry) => {
    const [from, to] = [severityBefore(entry), severityIn(entry.value)];
    if (from === undefined || to === undefined || !isRaised(from, to)) return false;
    return to === 'P0' || Number(from.slice(1)) - Number(to.slice(1)) >= 2;
  });
  return raised === undefined || looksForFault(raised) ? '' : reasonQuoted(facts, raised).text;
}

function reasonQuoted(facts: Facts, raised: TimelineEntry): ReturnType<typeof withCorrections> {
  return corrected(facts, quotedParts(facts, reasonOf(raised)), raised);
}

/** With the numbers that people set right later. */
function corrected(facts: Facts, words: string, entry: TimelineEntry): ReturnType<typeof withCorrections> {
  return withCorrections(words, numbersCorrected(facts.entries), entry);
}

function titledWords(titled: string, [first = '', ...rest]: Words): Words {
  if (titled === '' || typeof first !== 'string') return [first, ...rest];
  return [`${titled}. ${first.charAt(0).toUpperCase()}${first.slice(1)}`, ...rest];
}

function diagnosed(
  facts: Facts,
  { mark, doubt, support }: PostmortemEvidence,
  { verdict, status }: NonNullable<PostmortemEvidence['diagnosis']>,
): Statement {
  const root = rootOf(facts)?.mark;
  const words =
    doubt !== undefined
      ? `What broke: unconfirmed, because ${doubt.text}. The diagnosis said: ${ended(verdict)}`
      : `What broke: ${ended(verdict)} The diagnosis is ${status}${support === undefined ? '' : `, and ${support.text}`}.`;
  const cites = [...(root === undefined ? [] : [root]), mark, ...((doubt ?? support)?.cites ?? [])];
  return { words: [words], cites };
}

/** Of several diagnoses that counted, the leading one, else the one that read most requests. */
function affected(facts: Facts): Line {
  const { evidence, lead } = facts;
  const counts = evidence.flatMap(({ mark, affected }) => (affected === undefined ? [] : [{ mark, affected }]));
  const most = counts.toSorted((a, b) => b.affected.requests - a.affected.requests)[0];
  const chosen = counts.find(({ mark }) => mark === lead?.mark) ?? most;
  if (chosen === undefined) return withOutcome(facts, countedByPeople(facts));
  const { requests, failed, service, slow, people } = chosen.affected;
  const whose = service === '' ? '' : ` to ${service}`;
  const others = slow === null || slow === 0 ? '' : `, and ${slow} took far longer than usual`;
  const whom = people === undefined ? '' : `at least ${peopleText(people)}; `;
  const words = `Affected: ${whom}${failed} of ${counted(requests, 'request')}${whose} failed (${shareText(failed, requests)})${others}, among the traces that were read.`;
  return line({ words: [words], cites: [chosen.mark] });
}

/** With how it turned out, where that stands in no sentence yet. */
function withOutcome(facts: Facts, told: Line): Line {
  const outcome = outcomeIn(facts);
  const words = outcome === undefined ? '' : quotedParts(facts, outcome.text);
  if (outcome === undefined || words === '') return told;
  const [mark = ''] = marks(facts, outcome.entry);
  const turned: Words = ['How it turned out, as a responder noted at ', at(outcome.entry.atUs), `${words}.`];
  if (!('statement' in told)) return line(said(facts, ['Affected: nobody counted it. ', ...turned], [outcome.entry]));
  const { statement } = told;
  if (statement.cites.includes(mark)) return told;
  return line({ words: [...statement.words, ' ', ...turned], cites: [...statement.cites, mark] });
}

function countedByPeople(facts: Facts): Line {
  const counts = affectedIn(facts).flatMap((entry) => {
    const words = numberQuoted(facts, entry);
    return words === '' ? [] : [{ entry, words }];
  });
  const [first, ...others] = counts;
  const restored = counts.some(({ entry }) => countsHarm(entry)) ? undefined : restoredIn(facts);
  if (restored !== undefined) {
    const words = quotedParts(facts, restored.text);
    const more = counts.map(({ words }) => ` A responder noted${words}.`).join('');
    const cites = [restored.entry, ...counts.map(({ entry }) => entry)];
    return line(said(facts, [`Affected: a responder counted when it worked again${words}.${more}`], cites));
  }
  if (first !== undefined) {
    const more = others.map(({ words }) => words.replace(/^:/, ', and')).join('');
    const [sent, told = []] = counts.every(({ entry }) => isOnlyTime(facts.entries, entry)) ? customersTold(facts) : [];
    return line(
      said(
        facts,
        [`Affected: a responder noted${first.words}${more}.`, ...told],
        [...counts.flatMap(({ entry }) => numberEntries(facts, entry)), sent],
      ),
    );
  }
  return affectedInWords(facts);
}

/** `today's orders are not affected`, `we do not want to lose anything` */
const SPARED =
  /\b(?:not|nothing|no one|nobody|none) (?:\p{L}{1,12} ){0,3}(?:lose|lost|affected|touched|harmed|at risk|in danger)\b|(?<!\p{L})(?:nicht betroffen|ne (?:sont|est) pas (?:touch|affect|concern)\p{L}{1,4}|no (?:están?|fue\p{L}{0,4}) afectad[oa]s?|não (?:foram|foi|estão) afetad[oa]s?|non sono (?:toccat|interessat)[ei])(?!\p{L})/iu;

/** What an update for customers says of the harm: the first one that does, and its words as the end of a sentence. */
function customersTold(facts: Facts): readonly [TimelineEntry, Words] | readonly [] {
  const harmIn = ({ text }: TimelineEntry) =>
    saidSentences(text).filter((one) => isHarm(one) && !isUnsure(one) && !SPARED.test(one));
  const sent = facts.entries.find((entry) => entry.kind === 'update' && harmIn(entry).length > 0);
  const words = sent === undefined ? '' : quotedParts(facts, harmIn(sent).join(' '));
  return sent === undefined || words === '' ? [] : [sent, [' An update said at ', at(sent.atUs), `${words}.`]];
}

/** Where nobody counted: why it was raised, else what the title says. */
function affectedInWords(facts: Facts): Line {
  const raised = facts.entries.findLast((entry) => {
    const [from, to] = [severityBefore(entry), severityIn(entry.value)];
    return from !== undefined && to !== undefined && isRaised(from, to);
  });
  const reason = raised === undefined || looksForFault(raised) ? undefined : reasonQuoted(facts, raised);
  if (raised !== undefined && reason !== undefined && reason.text !== '') {
    const words = `Affected: nobody counted it. It was raised to ${raised.value}${reason.text}.`;
    return line(said(facts, [words], [raised, ...reason.by]));
  }
  const harm = harmSeen(facts);
  if (harm !== undefined)
    return line(
      said(
        facts,
        [
          'Affected: nobody counted it. A responder noted at ',
          at(harm.entry.atUs),
          `${quotedParts(facts, harm.text)}.`,
        ],
        [harm.entry],
      ),
    );
  const [sent, told = []] = customersTold(facts);
  if (sent !== undefined) return line(said(facts, ['Affected: nobody counted it.', ...told], [sent]));
  const titled = titleOf(facts);
  if (titled === '' || facts.lead?.diagnosis === undefined)
    return { missing: 'Affected: the record counts no requests and no customers.' };
  return line(said(facts, [`Affected: nobody counted it. The title is ${titled}.`], [facts.milestones.declared]));
}

function howLong(facts: Facts): Line {
  const { metrics, milestones, origin, start } = facts;
  const { status, resolved, impact } = milestones;
  if (status?.value === 'merged') {
    return line(said(facts, [`How long: it was merged ${wordsOfStatus(status)} at `, at(status.atUs), '.'], [status]));
  }
  if (resolved === undefined) {
    if (status === undefined) return { missing: 'How long: no entry says what its status is.' };
    return line(said(facts, [`How long: its end is not confirmed; the status is ${status.value}.`], [status]));
  }
  if (metrics.durationMinutes === undefined || origin === undefined || start === undefined) {
    return line(said(facts, ['How long: its end was confirmed at ', at(resolved.atUs), '.'], [resolved]));
  }
  const gap = impact && minutesAfter(impact.atUs, origin.entry.atUs);
  const began =
    gap === undefined || gap >= 0 || impact === undefined
      ? ''
      : ` The impact began ${apart(gap)} ${origin.name}, ${impactSource(impact)}.`;
  const words = `How long: ${minutesText(metrics.durationMinutes)}, from ${start.name} to the confirmed end.${harmText(facts)}${began}`;
  const eased = harmsOf(facts).flatMap(({ from, until }) => [from, until]);
  const noticed = began === '' ? undefined : origin.entry;
  return line(said(facts, [words], [start.entry, resolved, ...eased, spellsNoted(facts)?.entry, noticed]));
}

/** People ask how long users were harmed, and not when the incident was closed. */
function harmText(facts: Facts): string {
  const spells = spellsNoted(facts);
  if (spells !== undefined) {
    const sum = spells.minutes.reduce((all, one) => all + one, 0);
    const each = spells.minutes.map(minutesText);
    return ` The impact lasted ${minutesText(sum)} in ${each.length} spells, as a responder noted them: ${each.slice(0, -1).join(', ')} and ${each.at(-1)}.`;
  }
  const [harm, ...others] = harmsOf(facts);
  if (harm === undefined) return '';
  const first = minutesText(harm.minutes);
  const again = others.map(({ minutes, isAsSaid }) => ({ minutes: minutesText(minutes), isAsSaid }));
  const what = facts.start?.name === START_NAMES.impact ? ' The impact lasted' : ' Until it was mitigated, it took';
  const more = again
    .map(({ minutes, isAsSaid }) =>
      isAsSaid
        ? `, and ${minutes} more, from the time in the words of the reopening`
        : `, and ${minutes} more after it was reopened`,
    )
    .join('');
  return `${what} ${first}${what.startsWith(' The') && more === '' ? ', until it was mitigated' : ''}${more}.`;
}

/** Only steps of the last time that it was open: an earlier fix did not hold. */
function whatEndedIt(facts: Facts): Line {
  const { resolved } = facts.milestones;
  const { steps, endedBefore } = stepsOfTheEnd(facts);
  const of = (value: string) => steps.find((step) => step.value === value);
  const eased = easedIn(steps.filter(({ value }) => value === 'mitigated'));
  const [entry, what] = [
    [eased, 'a mitigation'] as const,
    [of('fixed'), 'the fix'] as const,
    [resolved, 'the end was confirmed'] as const,
  ].find(([step]) => step !== undefined) ?? [undefined, ''];
  if (entry === undefined) return { missing: 'What ended it: no entry says it.' };
  const words = content(facts, entry);
  const since = sinceOf(facts, entry);
  const healed = [eased, resolved].find((step) => step !== undefined && healedItself(wordsOfStatus(step)));
  if (entry === eased && healed !== undefined && of('fixed') === undefined)
    return line(endedItself(facts, eased, healed));
  if (entry === eased && words === '') return line(withFix(facts, endedWithoutWords(facts, entry), of('fixed')));
  const unsure = resolved === undefined ? 'not confirmed; ' : '';
  const again = endedBefore === undefined ? '' : ' It had been opened again after an earlier end.';
  const sentence = `What ended it: ${unsure}${what}${after(since, entry.atUs)}${words}.`;
  const done = entry === eased || (words !== '' && entry !== resolved) ? NOTHING_DONE : whatWasDone(facts, entry);
  const cites = [entry, since?.entry, resolved, endedBefore, ...done.entries];
  return line(
    withFix(facts, said(facts, [sentence, ...done.words, again], cites), entry === eased ? of('fixed') : undefined),
  );
}

/** What was open at the end may have its answer by now. */
function withAnswer(facts: Facts, ended: Line): Line {
  const [answer] = answeredAfter(facts);
  if (answer === undefined || !('statement' in ended)) return ended;
  const { words, cites } = ended.statement;
  return line({ words: [...words, ' ', ...answer.words], cites: [...new Set([...cites, ...answer.cites])] });
}

type Done = Readonly<{ entries: readonly (TimelineEntry | undefined)[]; words: Words }>;

const NOTHING_DONE: Done = { entries: [], words: [] };

/** The status tells when, and not what: what helped before it, else the last step that somebody noted. */
function whatWasDone(facts: Facts, end: TimelineEntry): Done {
  const { deeds, words } = whatHelped(facts, end);
  if (deeds.length > 0) return { entries: deeds, words };
  const noted = deedsOf(facts).length === 0 ? lastStepNoted(facts, end) : undefined;
  const told = noted === undefined ? '' : content(facts, noted);
  if (noted === undefined || told === '') return NOTHING_DONE;
  return { entries: [noted], words: [' Before it, a responder noted at ', at(noted.atUs), `${told}.`] };
}

/** The harm ended with the mitigation, and the fix has a time of its own. */
function withFix(facts: Facts, ended: Statement, fix: TimelineEntry | undefined): Statement {
  if (fix === undefined) return ended;
  const words: Words = [' The fix was applied at ', at(fix.atUs), `${content(facts, fix)}.`];
  return { words: [...ended.words, ...words], cites: [...new Set([...ended.cites, ...marks(facts, fix)])] };
}

/** Nobody did it, as the words with the end say. */
function endedItself(facts: Facts, eased: TimelineEntry, healed: TimelineEntry): Statement {
  const since = sinceOf(facts, eased);
  const sentence = `What ended it: it ended by itself${after(since, eased.atUs)}${content(facts, healed)}.`;
  return said(facts, [sentence], [eased, since?.entry, healed, facts.milestones.resolved]);
}

/** The status tells when, and not what: the last deed that helped, and the words with the end, may. */
function endedWithoutWords(facts: Facts, eased: TimelineEntry): Statement {
  const { resolved } = facts.milestones;
  const since = sinceOf(facts, eased);
  const { deeds, later, words: helped } = whatHelped(facts, eased);
  const deed = deeds.at(-1);
  const [when, words] = [
    after(since, eased.atUs),
    resolved === undefined || numberIn(resolved) !== '' ? '' : content(facts, resolved),
  ];
  const news = deed === undefined ? [] : goodNewsAt(facts, eased, deed);
  const seen = news.flatMap(
    (one, index): Words => [
      index === 0 ? ' After that, a responder noted at ' : ', and at ',
      at(one.atUs),
      content(facts, one),
    ],
  );
  const also = later.flatMap(
    (one, index): Words => [
      index === 0 ? ' More helped after that: at ' : ', and at ',
      at(one.atUs),
      content(facts, one),
    ],
  );
  const { endedBefore } = stepsOfTheEnd(facts);
  const again: Words = endedBefore === undefined ? [] : firstEnd(facts, endedBefore);
  const end = words === '' ? '' : ` It was closed with${words.replace(/^:/, '')}.`;
  const unsure = resolved === undefined ? 'not confirmed; ' : '';
  return said(
    facts,
    [
      `What ended it: ${unsure}it was mitigated${when}.`,
      ...helped,
      ...seen,
      ...(seen.length === 0 ? [] : ['.']),
      ...also,
      ...(also.length === 0 ? [] : ['.']),
      ...again,
      end,
    ],
    [eased, since?.entry, ...deeds, ...news, ...later, resolved, endedBefore, ...firstDeeds(facts)],
  );
}

/** It was open twice: the reader should know what helped the first time. */
function firstEnd(facts: Facts, endedBefore: TimelineEntry): Words {
  const helped = firstDeeds(facts).flatMap(
    (one): Words => [', after what helped at ', at(one.atUs), content(facts, one)],
  );
  return [' It had been closed before at ', at(endedBefore.atUs), ...helped, ', and was opened again.'];
}

function firstDeeds(facts: Facts): readonly TimelineEntry[] {
  const { endedBefore } = stepsOfTheEnd(facts);
  if (endedBefore === undefined) return [];
  return deedsOf(facts)
    .filter(({ atUs }) => atUs <= endedBefore.atUs)
    .slice(-1);
}

/** `later`: what helped after the step, oldest first. */
type Helped = Readonly<{ deeds: readonly TimelineEntry[]; later: readonly TimelineEntry[]; words: Words }>;

/** The last deeds that helped until a step, oldest first: the very last one may only read how well it went. */
function whatHelped(facts: Facts, eased: TimelineEntry): Helped {
  const { endedBefore } = stepsOfTheEnd(facts);
  const all = deedsOf(facts).filter(
    (one) => one.atUs > (endedBefore?.atUs ?? Number.NEGATIVE_INFINITY) && !undoesVainTry(facts, one),
  );
  const lasting = all.filter((one) => one.atUs <= eased.atUs && failedLater(facts, one) === undefined);
  // The first step showed the way.
  const deeds = lasting.length > MOST_DEEDS ? [...lasting.slice(0, 1), ...lasting.slice(1 - MOST_DEEDS)] : lasting;
  const later = all.filter(({ atUs }) => atUs > eased.atUs).slice(0, MOST_DEEDS);
  const [first, ...others] = deeds;
  if (first === undefined) return { deeds, later, words: [' No entry says what did it.'] };
  const start = others.length > 0 || later.length > 0 ? ' What helped came at ' : ' What helped last came at ';
  const next = others.flatMap((one) => [', then at ', at(one.atUs), content(facts, one)]);
  return { deeds, later, words: [start, at(first.atUs), content(facts, first), ...next, '.'] };
}

/** A line of the summary holds no more. */
const MOST_DEEDS = 4;

type Steps = Readonly<{ steps: readonly TimelineEntry[]; endedBefore: TimelineEntry | undefined }>;

function stepsOfTheEnd({ entries, milestones }: Facts): Steps {
  const steps = entries.filter((entry) => entry.kind === 'status' && entry !== milestones.declared);
  const before = milestones.resolved === undefined ? steps : steps.slice(0, steps.indexOf(milestones.resolved));
  const earlier = before.findLastIndex(({ value }) => value === 'resolved');
  return { steps: before.slice(earlier + 1), endedBefore: before[earlier] };
}

/** The action items, then what people noted that is not over, or not known. */
function stillOpen(facts: Facts): Line {
  const told = itemsOpen(facts);
  const left = leftAtTheEnd(facts);
  const isTold = new Set(left.map(quotationIn));
  const more = [...left, ...notedOpen(facts).filter((one) => !isTold.has(quotationIn(one)))].slice(0, MOST_OPEN);
  if (more.length === 0) return told;
  const start: Words = 'statement' in told ? told.statement.words : [told.missing];
  const cites = 'statement' in told ? told.statement.cites : [];
  return line({
    words: [...start, ...more.flatMap(({ words }): Words => [' ', ...words])],
    cites: [...new Set([...cites, ...more.flatMap((one) => one.cites)])],
  });
}

const MOST_OPEN = 2;

/** The words of people in it; '' without any. */
function quotationIn({ words }: Statement): string {
  const all = words.map((one) => (typeof one === 'string' ? one : '')).join('');
  const from = all.indexOf('“');
  return from < 0 ? '' : all.slice(from, all.lastIndexOf('”') + 1);
}

function itemsOpen({ actionItems }: Facts): Line {
  if (actionItems.length === 0) return { missing: 'Still open: the record holds no action item.' };
  const open = actionItems.filter(({ state }) => state === 'open');
  if (open.length === 0) {
    const words = `Still open: no action item; ${counted(actionItems.length, 'item')} done or dropped.`;
    return line({ words: [words], cites: actionItems.map(itemName) });
  }
  const due = open.map((item) => item.due).sort()[0] ?? '';
  const words = `Still open: ${open.length} of ${counted(actionItems.length, 'action item')}, the first due on ${due}.`;
  return line({ words: [words], cites: actionItems.map(itemName) });
}

/** The times as a table, and the gaps between impact, detection, response and mitigation as one line. */
export function times(facts: Facts): DraftedSection {
  return section('Times', { level: 3, table: 'metrics', statements: detectionGap(facts) });
}

function detectionGap(facts: Facts): readonly Statement[] {
  const { milestones, origin, earlierFailure } = facts;
  const { impact, mitigated, fixed, acknowledged } = milestones;
  if (origin === undefined) return [];
  const from = impact ?? origin.entry;
  const minutesTo = (entry: TimelineEntry) => minutesAfter(entry.atUs, from.atUs);
  const [first, ...again] = harmsOf(facts);
  // A mitigation after a reopening is of another time that it was open.
  const eased = first !== undefined && again.length > 0 ? first.until : (mitigated ?? fixed);
  const isAhead = impact !== undefined && minutesTo(origin.entry) < 0;
  const gaps = [
    ...(impact === undefined || isAhead ? [] : [`${noticed(origin)} ${gapText(minutesTo(origin.entry))}`]),
    ...(isAhead ? [] : [acknowledgedText(facts, from)]),
    eased === undefined
      ? 'mitigation not recorded'
      : `${eased.value === 'fixed' ? 'fixed' : 'mitigated'} ${gapText(minutesTo(eased))}`,
    ...again.map(({ minutes, until }) => `${until.value} again ${minutesText(minutes)} after it came back`),
  ];
  const start = impact === undefined ? originName(facts) : START_NAMES.impact;
  const ahead = isAhead
    ? ` ${capital(originName(facts))} came ${minutesText(-minutesTo(origin.entry))} before it.`
    : '';
  const unknown = `${ahead}${startUnsure(facts, from)}`;
  const cites = [
    ...marks(facts, impact, origin.entry, acknowledged, eased),
    ...(earlierFailure === undefined ? [] : [earlierFailure.evidenceMark]),
  ];
  return [{ words: [`From ${start}: ${gaps.join(', ')}.${unknown}`], cites }];
}

/** Nobody says when it was detected where only the declaration is known. */
function noticed({ name }: Origin): string {
  return name === START_NAMES.declaration ? 'declared' : 'detected';
}

function acknowledgedText({ milestones: { acknowledged } }: Facts, from: TimelineEntry): string {
  return acknowledged === undefined
    ? 'acknowledgement not recorded'
    : `acknowledged ${gapText(minutesAfter(writtenUs(acknowledged), from.atUs))}`;
}

function capital(words: string): string {
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}`;
}

/** What speaks against the start that is counted from, as a sentence after another one; '' for nothing. */
function startUnsure({ milestones: { impact }, origin, earlierFailure }: Facts, from: TimelineEntry): string {
  if (earlierFailure === undefined) return impact === undefined ? ' Nobody entered when the impact began.' : '';
  const start = impact === undefined ? (origin?.name ?? '') : 'that';
  return ` A request failed ${apart(minutesAfter(earlierFailure.atUs, from.atUs))} ${start}.`;
}

/** `after 3 min`; `2 min before it` where the clock says so. */
function gapText(minutes: number): string {
  return minutes < 0 ? `${minutesText(-minutes)} before it` : `after ${minutesText(minutes)}`;
}
