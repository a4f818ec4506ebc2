/** The section that tells what it was not: by the verdict, by people's notes, and by what they tried in vain. */

import { type RefutedHypothesis, refutedRows } from '#model/incident/hypothesis-board.ts';
import { type TimelineEntry, wasTried } from '#model/incident/incident.ts';
import { alsoNoted, isExcluded } from '#model/incident/noted/also-noted.ts';
import { isDenial, sentencesOf } from '#model/incident/noted-changes.ts';
import { madeWorse } from '#model/incident/noted-ends.ts';
import type { DraftedSection, Statement } from '#model/incident/postmortem.ts';
import { notedSentences } from '#model/incident/postmortem-analysis.ts';
import { denialsNoted, deniesThing, nextTo, questionBefore, saysNoneThere } from '#model/incident/postmortem-deeds.ts';
import { type Facts, looksForFault, namesPerson } from '#model/incident/postmortem-facts.ts';
import {
  at,
  contentOfCause,
  counted,
  ended,
  impersonal,
  quoted,
  quotedCause,
  quotedParts,
  said,
  section,
} from '#model/incident/postmortem-words.ts';

export function ruledOut(facts: Facts): DraftedSection {
  const { lead } = facts;
  const out = (lead?.diagnosis?.ruledOut ?? []).toSorted((a, b) => suspicion(b) - suspicion(a));
  const byPeople = refutedRows(facts.entries)
    .slice(-REFUTED)
    .map((row) => refutedBy(facts, row));
  const tried = facts.entries.filter(wasTried).slice(-REFUTED);
  const denials = denialsNoted(facts);
  const denied = [
    ...denials.flatMap((entry) => deniedBy(facts, entry)),
    ...alsoNoted(facts, ' what it was not', isExcluded, (entry) => !denials.includes(entry) && !wasTried(entry)),
  ];
  return section('Ruled out', {
    level: 3,
    statements: [
      ...out.slice(0, RULED_OUT).map(({ kind, title = kind, service, why }) => ({
        words: [`${service === '' ? title : `${title} in ${service}`}: ${ended(why)}`],
        cites: lead ? [lead.mark] : [],
      })),
      ...rejectedDiagnosis(facts),
      ...byPeople,
      ...denied,
      ...tried.map((entry) => triedBy(facts, entry)),
    ],
    missing:
      out.length + byPeople.length + tried.length + denied.length === 0 && !facts.rejected ? ['Nothing noted.'] : [],
  });
}

/** Only the sentences that deny something, unless it is a word or two (`so no`) that need the others. */
function deniesIn(facts: Facts, entry: TimelineEntry): (sentence: string) => boolean {
  const { identified } = facts.milestones;
  const isTheCause = identified !== undefined && nextTo(facts, identified).includes(entry);
  const isOne = deniesThing(entry.text) ? (one: string) => isDenial(one) || saysNoneThere(one) : isDenial;
  const denied = sentencesOf(entry.text, isOne);
  const isClear = denied.split(' ').length >= CLEAR_WORDS || / ok(?:ay)?[.!]?$/iu.test(denied);
  return isTheCause || isClear ? isOne : () => true;
}

const CLEAR_WORDS = 3;

/** With the question that it answers, where it names no subject. */
function deniedBy(facts: Facts, entry: TimelineEntry): readonly Statement[] {
  const question = questionBefore(facts, entry);
  const asked = question === undefined ? '' : quotedParts(facts, question.text);
  if (question === undefined || asked === '')
    return notedSentences(facts, entry, ' what it was not', deniesIn(facts, entry));
  const words = quotedCause(facts, impersonal(entry.text));
  if (words === '') return [];
  const start = `To the question${asked.replace(/^:/, '')}, a responder noted at `;
  return [said(facts, [start, at(entry.atUs), ` what it was not${words}.`], [question, entry])];
}

function rejectedDiagnosis({ rejected }: Facts): readonly Statement[] {
  if (rejected?.doubt === undefined || rejected.answers === undefined) return [];
  const { mark, doubt, diagnosis, answers } = rejected;
  const said = `The diagnosis said: ${ended(diagnosis?.verdict ?? 'nothing wrong')} At `;
  return [{ words: [said, at(answers.lastUs), `, ${ended(doubt.text)}`], cites: [mark, ...doubt.cites] }];
}

/** What a responder refuted, with what was tried before: each quotation stands in the timeline, too. */
function refutedBy(facts: Facts, { claim, words, tests, refutation }: RefutedHypothesis): Statement {
  const tried = tests.length === 0 ? '' : ` after ${counted(tests.length, 'test')}`;
  const isHidden = namesPerson(refutation) || looksForFault(refutation);
  const [about, showed] = isHidden ? ['', ''] : [quoted(facts, claim), quoted(facts, words)];
  const start = `A responder refuted a hypothesis${tried} at `;
  const end = `${about}.${showed === '' ? '' : ` What it showed${showed}.`}`;
  return said(facts, [start, at(refutation.atUs), end], [...tests, refutation]);
}

function triedBy(facts: Facts, entry: TimelineEntry): Statement {
  const isHidden = namesPerson(entry) || looksForFault(entry);
  const what = isHidden ? '' : contentOfCause(facts, entry);
  const start = madeWorse(entry.text)
    ? 'A responder tried something that made it worse, at '
    : 'A responder tried something that did not end it, at ';
  return said(facts, [start, at(entry.atUs), `${what}.`], [entry]);
}

/** The newest; the timeline has them all. */
const REFUTED = 10;

/** The report has them all. A reader wants to know what came nearest to the verdict. */
const RULED_OUT = 3;

/** A suspected service comes before a kind of problem near the verdict, and that before any other one. */
function suspicion({ service, isAkin = false }: Readonly<{ service: string; isAkin?: boolean | undefined }>): number {
  return (service === '' ? 0 : 2) + Number(isAkin);
}
