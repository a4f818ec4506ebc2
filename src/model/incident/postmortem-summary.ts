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
import { isExplanation, sentencesOf } from '#model/incident/noted-changes.ts';
import { goodNewsAt, healedItself, isCauseUnknown } from '#model/incident/noted-ends.ts';
import type { DraftedSection, PostmortemEvidence, Statement, Words } from '#model/incident/postmortem.ts';
import { notedCause } from '#model/incident/postmortem-analysis.ts';
import { deedsOf, easedIn, explainedIn, harmsOf } from '#model/incident/postmortem-deeds.ts';
import { type Facts, looksForFault, marks, rootOf } from '#model/incident/postmortem-facts.ts';
import { affectedIn, isSaid, numberIn, reasonOf } from '#model/incident/postmortem-numbers.ts';
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
  numberQuoted,
  originName,
  peopleText,
  quotedParts,
  said,
  section,
  shareText,
  sinceOf,
} from '#model/incident/postmortem-words.ts';
import { isRaised } from '#model/incident/rights.ts';

/** One line: a statement, or what the record lacks. */
type Line = Readonly<{ statement: Statement } | { missing: string }>;

export function summary(facts: Facts): DraftedSection {
  const lines = [whatBroke(facts), affected(facts), howLong(facts), whatEndedIt(facts), stillOpen(facts)];
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
    return line({
      words: ['What broke: ', ...titledWords(titled, noted.words)],
      cites: titled === '' ? noted.cites : [...new Set([...noted.cites, ...marks(facts, declared)])],
    });
  if (alert !== undefined) return line(said(facts, [`What broke: an alert came${content(facts, alert)}.`], [alert]));
  const explained = explainedIn(facts);
  const unknown = facts.entries.findLast((entry) => isSaid(entry) && isCauseUnknown(entry.text));
  const words = explained === undefined ? '' : quotedParts(facts, sentencesOf(explained.text, isExplanation));
  const mark = words === '' ? undefined : explained;
  if (titled === '' && mark === undefined && unknown === undefined)
    return { missing: 'What broke: the record does not say it.' };
  const nobody = unknown === undefined ? 'no entry confirms a cause' : 'a responder noted that its cause is unknown';
  const parts: Words = [
    ...titledWords(titled, [nobody]),
    ...(mark === undefined ? ['.'] : ['. A responder noted at ', at(mark.atUs), `${words}.`]),
  ];
  return line(said(facts, ['What broke: ', ...parts], [titled === '' ? undefined : declared, unknown, mark]));
}

/** `“Orders fail”`; '' where it may name somebody. */
function titleOf(facts: Facts): string {
  if (facts.milestones.declared === undefined) return '';
  return quotedParts(facts, facts.incident.title).replace(/^: /, '');
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
  if (chosen === undefined) return countedByPeople(facts);
  const { requests, failed, service, slow, people } = chosen.affected;
  const whose = service === '' ? '' : ` to ${service}`;
  const others = slow === null || slow === 0 ? '' : `, and ${slow} took far longer than usual`;
  const whom = people === undefined ? '' : `at least ${peopleText(people)}; `;
  const words = `Affected: ${whom}${failed} of ${counted(requests, 'request')}${whose} failed (${shareText(failed, requests)})${others}, among the traces that were read.`;
  return line({ words: [words], cites: [chosen.mark] });
}

function countedByPeople(facts: Facts): Line {
  const counts = affectedIn(facts).flatMap((entry) => {
    const words = numberQuoted(facts, entry);
    return words === '' ? [] : [{ entry, words }];
  });
  const [first, ...others] = counts;
  if (first !== undefined) {
    const more = others.map(({ words }) => words.replace(/^:/, ', and')).join('');
    return line(
      said(
        facts,
        [`Affected: a responder noted${first.words}${more}.`],
        counts.map(({ entry }) => entry),
      ),
    );
  }
  return affectedInWords(facts);
}

/** Where nobody counted: why it was raised, else what the title says. */
function affectedInWords(facts: Facts): Line {
  const raised = facts.entries.findLast((entry) => {
    const [from, to] = [severityBefore(entry), severityIn(entry.value)];
    return from !== undefined && to !== undefined && isRaised(from, to);
  });
  const reason = raised === undefined || looksForFault(raised) ? '' : quotedParts(facts, reasonOf(raised));
  if (raised !== undefined && reason !== '')
    return line(said(facts, [`Affected: nobody counted it. It was raised to ${raised.value}${reason}.`], [raised]));
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
  return line(said(facts, [words], [start.entry, resolved, ...eased, began === '' ? undefined : origin.entry]));
}

/** People ask how long users were harmed, and not when the incident was closed. */
function harmText(facts: Facts): string {
  const [first, ...again] = harmsOf(facts).map(({ minutes }) => minutesText(minutes));
  if (first === undefined) return '';
  const what = facts.start?.name === START_NAMES.impact ? ' The impact lasted' : ' Until it was mitigated, it took';
  const more = again.map((minutes) => `, and ${minutes} more after it was reopened`).join('');
  return `${what} ${first}${what.startsWith(' The') && more === '' ? ', until it was mitigated' : ''}${more}.`;
}

/** Only steps of the last time that it was open: an earlier fix did not hold. */
function whatEndedIt(facts: Facts): Line {
  const { resolved } = facts.milestones;
  const { steps, endedBefore } = stepsOfTheEnd(facts);
  const of = (value: string) => steps.find((step) => step.value === value);
  const eased = easedIn(steps.filter(({ value }) => value === 'mitigated'));
  const [entry, what] = [
    [of('fixed'), 'the fix'] as const,
    [eased, 'a mitigation'] as const,
    [resolved, 'the end was confirmed'] as const,
  ].find(([step]) => step !== undefined) ?? [undefined, ''];
  if (entry === undefined) return { missing: 'What ended it: no entry says it.' };
  const words = content(facts, entry);
  const since = sinceOf(facts, entry);
  const healed = [eased, resolved].find((step) => step !== undefined && healedItself(wordsOfStatus(step)));
  if (entry === eased && healed !== undefined && of('fixed') === undefined)
    return line(endedItself(facts, eased, healed));
  if (entry === eased && words === '') return line(endedWithoutWords(facts, entry));
  const unsure = resolved === undefined ? 'not confirmed; ' : '';
  const again = endedBefore === undefined ? '' : ' It had been opened again after an earlier end.';
  const sentence = `What ended it: ${unsure}${what}${after(since, entry.atUs)}${words}.${again}`;
  return line(said(facts, [sentence], [entry, since?.entry, resolved, endedBefore]));
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
  const deed = deedsOf(facts).findLast(({ atUs }) => atUs <= eased.atUs);
  const later = deedsOf(facts).findLast(({ atUs }) => atUs > eased.atUs);
  const [when, words] = [
    after(since, eased.atUs),
    resolved === undefined || numberIn(resolved) !== '' ? '' : content(facts, resolved),
  ];
  const helped: Words =
    deed === undefined
      ? [' No entry says what did it.']
      : [
          later === undefined ? ' What helped last came at ' : ' What helped came at ',
          at(deed.atUs),
          `${content(facts, deed)}.`,
        ];
  const news = deed && goodNewsAt(facts, eased, deed);
  const seen: Words =
    news === undefined ? [] : [' After that, a responder noted at ', at(news.atUs), `${content(facts, news)}.`];
  const also = later === undefined ? [] : [' Something more helped at ', at(later.atUs), `${content(facts, later)}.`];
  const end = words === '' ? '' : ` It was closed with${words.replace(/^:/, '')}.`;
  const unsure = resolved === undefined ? 'not confirmed; ' : '';
  return said(
    facts,
    [`What ended it: ${unsure}it was mitigated${when}.`, ...helped, ...seen, ...also, end],
    [eased, since?.entry, deed, news, later, resolved],
  );
}

type Steps = Readonly<{ steps: readonly TimelineEntry[]; endedBefore: TimelineEntry | undefined }>;

function stepsOfTheEnd({ entries, milestones }: Facts): Steps {
  const steps = entries.filter((entry) => entry.kind === 'status' && entry !== milestones.declared);
  const before = milestones.resolved === undefined ? steps : steps.slice(0, steps.indexOf(milestones.resolved));
  const earlier = before.findLastIndex(({ value }) => value === 'resolved');
  return { steps: before.slice(earlier + 1), endedBefore: before[earlier] };
}

function stillOpen({ actionItems }: Facts): Line {
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
  const eased = mitigated ?? fixed;
  const gaps = [
    ...(impact === undefined ? [] : [`detected ${gapText(minutesTo(origin.entry))}`]),
    acknowledged === undefined ? 'acknowledgement not recorded' : `acknowledged ${gapText(minutesTo(acknowledged))}`,
    eased === undefined
      ? 'mitigation not recorded'
      : `${mitigated === undefined ? 'fixed' : 'mitigated'} ${gapText(minutesTo(eased))}`,
  ];
  const start = impact === undefined ? originName(facts) : START_NAMES.impact;
  const unknown = startUnsure(facts, from);
  const cites = [
    ...marks(facts, impact, origin.entry, acknowledged, eased),
    ...(earlierFailure === undefined ? [] : [earlierFailure.evidenceMark]),
  ];
  return [{ words: [`From ${start}: ${gaps.join(', ')}.${unknown}`], cites }];
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
