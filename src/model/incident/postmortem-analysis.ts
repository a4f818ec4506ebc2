/** The sections of a postmortem that ask why: causes, what went well and what did not, action items. */

import type { FiveWhys, Why } from '#model/finding/methods.ts';
import { areAboutSame } from '#model/incident/about-same.ts';
import {
  type ActionItem,
  ITEM_STATES,
  incidentName,
  isDetection,
  isImpactStart,
  itemName,
  START_NAMES,
  type TimelineEntry,
  wordsOfStatus,
} from '#model/incident/incident.ts';
import { isLinked } from '#model/incident/incident-link.ts';
import { methodAnswers, saidOfWhy } from '#model/incident/method-answers.ts';
import { alsoNoted, isHard, isLucky } from '#model/incident/noted/also-noted.ts';
import { numbersCorrected, withCorrections } from '#model/incident/noted/corrected-numbers.ts';
import { isChange, sentencesOf } from '#model/incident/noted-changes.ts';
import { gapsNoted, sentencesWithGap } from '#model/incident/noted-gaps.ts';
import { withoutGuilt } from '#model/incident/noted-guilt.ts';
import { namesNobody } from '#model/incident/people-in-words.ts';
import { isPersonId } from '#model/incident/person-id.ts';
import type { DraftedSection, PostmortemEvidence, Statement, Words } from '#model/incident/postmortem.ts';
import {
  changesDoubted,
  changesNoted,
  conditionsNoted,
  explainedIn,
  isConditionAlone,
  nextTo,
  toldBefore,
  toldJustBefore,
} from '#model/incident/postmortem-deeds.ts';
import {
  type ChainStep,
  chainOf,
  type Facts,
  looksForFault,
  marks,
  namesPerson,
  rootOf,
  writtenUs,
} from '#model/incident/postmortem-facts.ts';
import { notedOpen } from '#model/incident/postmortem-open.ts';
import { proposalsOf } from '#model/incident/postmortem-proposals.ts';
import type { Question } from '#model/incident/postmortem-questions.ts';
import {
  aboutServices,
  ask,
  at,
  blameless,
  counted,
  DETECTION_GOAL_MINUTES,
  ended,
  impersonal,
  minutesAfter,
  minutesText,
  notedAt,
  originName,
  quoted,
  quotedCause,
  quotedParts,
  recordedCause,
  said,
  section,
  standing,
  unconfirmed,
  withReason,
} from '#model/incident/postmortem-words.ts';
import { EXPECTED_ROLES, heldRoles, type Role, roleIn, roleInSentence, roleName } from '#model/incident/roles.ts';
import { saidSentences } from '#model/incident/said-sentences.ts';
import type { SimilarIncident } from '#model/incident/similar-incident.ts';

export function whyItHappened(facts: Facts): DraftedSection {
  const { lead } = facts;
  if (lead?.whys !== undefined) return fiveWhys(facts, lead, lead.whys);
  const told = methodAnswers(facts.entries, lead?.investigationId ?? '').whys;
  const steps = chainOf(facts);
  return section('Why did it happen', {
    statements: [
      ...steps.map(([finding, because]) => ({
        words: [`${unconfirmed(lead)}${ended(finding.title)} Why: ${ended(because.title)}`],
        cites: [finding.mark, because.mark],
      })),
      ...[...told.values()].map((entry) => recordedCause(facts, entry)),
    ],
    missing:
      lead === undefined
        ? facts.milestones.identified === undefined
          ? ['The record holds no diagnosis with a verdict.']
          : []
        : steps.length === 0
          ? ['In the evidence, no finding explains another: people have to start the chain of whys.']
          : [],
    questions: [ask('cause', lastWhy(facts, steps))],
  });
}

/** The evidence's answers, then people's answers; open places become questions. */
function fiveWhys(facts: Facts, lead: PostmortemEvidence, { symptom, whys }: FiveWhys): DraftedSection {
  const told = methodAnswers(facts.entries, lead.investigationId).whys;
  const isTold = ({ number, standing }: Why) => standing === 'open' && told.has(number);
  const open = whys.filter((why) => why.standing === 'open' && !isTold(why));
  return section('Why did it happen', {
    statements: [
      { words: [`Symptom: ${ended(symptom)}`], cites: [lead.mark] },
      ...whys
        .filter((why) => why.standing !== 'open' || isTold(why))
        .map((why) => {
          const entry = isTold(why) ? told.get(why.number) : undefined;
          return entry === undefined ? answered(facts, lead, why) : recordedCause(facts, entry);
        }),
    ],
    questions: open.map(
      ({ number, text: why, lookAt }): Question => ({
        kind: 'why',
        text: `What answers why ${number}, “${why}” (look at: ${lookAt.replace(/\.$/, '')})?`,
        investigationId: lead.investigationId,
        number,
        ask: why,
      }),
    ),
  });
}

function answered(facts: Facts, lead: PostmortemEvidence, { number, standing, text, evidence }: Why): Statement {
  const cited = evidence.flatMap(({ kind, ref }) =>
    kind === 'finding' ? markOfFinding(facts, lead, Number(ref)) : [],
  );
  const suggested = standing === 'suggested' ? 'Suggested by the evidence: ' : '';
  return {
    words: [`Why ${number}: ${unconfirmed(lead) || suggested}${ended(text)}`],
    cites: cited.length > 0 ? cited : [lead.mark],
  };
}

function markOfFinding({ findings }: Facts, { findings: reported }: PostmortemEvidence, at: number): string[] {
  const { detector, service, operation } = reported[at] ?? {};
  const found = findings.find(
    (one) => one.detector === detector && one.service === service && one.operation === operation,
  );
  return found === undefined ? [] : [found.mark];
}

function lastWhy({ findings, lead }: Facts, steps: readonly ChainStep[]): string {
  const last = steps.at(-1)?.[1] ?? (lead && findings[0]);
  if (last === undefined) return 'What had to be true for this to happen, and what shows it?';
  return `What in design, review, tests or operation made ${last.mark} possible?`;
}

export function trigger(facts: Facts): DraftedSection {
  const { lead, entries, origin } = facts;
  const untilUs = origin?.entry.atUs ?? Number.NEGATIVE_INFINITY;
  const doubted = lead?.doubt === undefined ? '' : ', which is unconfirmed,';
  const change = lead?.diagnosis?.change;
  // The verdict already names this change.
  const isTold = ({ source }: TimelineEntry) => change !== undefined && source === 'spanhound';
  const changes = entries.filter((entry) => entry.kind === 'change' && entry.atUs <= untilUs && !isTold(entry));
  const statements: Statement[] = [
    ...(lead && change
      ? [
          {
            words: [
              `The verdict${doubted} names a ${change.kind} of ${change.service}: ${idOf(facts, change)}${change.at}.${change.knownBy === 'nearness' ? ' Only its time makes it suspect.' : ''}`,
            ],
            cites: [lead.mark],
          },
        ]
      : []),
    ...changes.map((entry) => recordedCause(facts, entry)),
    ...changesNoted(facts).flatMap((entry) => notedSentences(facts, entry, ' what had changed', isChange)),
    ...changesDoubted(facts).flatMap((entry) =>
      notedSentences(facts, entry, ' a change that may have nothing to do with it', () => true),
    ),
  ];
  const cause = notedCauseMarks(facts);
  return section('Trigger', {
    level: 3,
    statements,
    // The words about the cause may name the change.
    missing:
      statements.length === 0 && cause.length === 0
        ? [`The record holds no change from before ${originName(facts)}.`]
        : [],
    questions:
      statements.length === 0
        ? [ask('trigger', `What changed, or what load arrived, when the impact began?${causeHint(cause)}`)]
        : [],
  });
}

/** The marks of what people noted about a cause that they confirmed, also of the words before it. */
function notedCauseMarks(facts: Facts): readonly string[] {
  const { identified } = facts.milestones;
  const explained = identified === undefined ? explainedIn(facts) : undefined;
  if (explained !== undefined) return marks(facts, explained);
  return (identified && notedCause(facts, identified))?.cites ?? [];
}

function causeHint(cause: readonly string[]): string {
  return cause.length === 0 ? '' : ` The words about the cause (${cause.join(', ')}) may name it.`;
}

/** `v42, `; '' for an id that people chose and that may name one: `kim/drop-index`. */
function idOf({ services }: Facts, { id }: Readonly<{ id: string }>): string {
  return id === '' || !namesNobody(id, services) ? '' : `${id}, `;
}

export function contributingFactors(facts: Facts): DraftedSection {
  const { findings, evidence, lead, milestones, incident } = facts;
  const steps = chainOf(facts);
  const inChain = new Set(steps.flatMap((step) => step.map(({ mark }) => mark)));
  const root = rootOf(facts)?.mark;
  const statements: Statement[] = findings.slice(0, FACTORS).map((finding) => {
    const isPart = finding.mark === root || inChain.has(finding.mark);
    const doubted = evidence.find(({ mark, doubt }) => mark === finding.evidenceMark && doubt !== undefined);
    // An effect is no factor: the reader sees of what.
    const behind = steps.find(([effect]) => effect.mark === finding.mark)?.[1].mark;
    const role = behind === undefined || standing(lead) === 'unknown' ? '' : `it follows from ${behind}, `;
    const how = doubted ? standing(doubted) : isPart ? `${role}${standing(lead)}` : 'its role is unknown';
    return {
      words: [`${ended(finding.title)} ${ended(finding.explanation)} Standing: ${how}.`],
      cites: [finding.mark, finding.evidenceMark],
    };
  });
  const noted = milestones.identified && notedCause(facts, milestones.identified);
  if (noted !== undefined) statements.push({ ...noted, words: capitalised(noted.words) });
  const isTold = new Set(noted?.cites);
  const conditions = conditionsNoted(facts)
    .flatMap((entry) => notedSentences(facts, entry, ' a condition', isConditionAlone))
    .filter(({ cites }) => !cites.some((mark) => isTold.has(mark)));
  statements.push(...conditions);
  // The cause itself stands above.
  const cause = causeWords(facts);
  const changes = changesNoted(facts).filter(
    (entry) => !marks(facts, entry).some((mark) => isTold.has(mark)) && !areAboutSame(cause, entry.text),
  );
  if (changes.length > 0)
    statements.push(said(facts, ['The changes under “Trigger” may have been needed, too.'], changes));
  const isJoint = milestones.identified !== undefined && JOINT.test(wordsOfStatus(milestones.identified));
  return section('Contributing factors', {
    level: 3,
    statements,
    missing:
      statements.length === 0 || (statements.length < 2 && !isJoint && !namesSeveral(facts))
        ? ['The record shows fewer than two factors; an incident seldom has only one.']
        : [],
    questions: [
      ask(
        'factors',
        `What else had to be true for ${incidentName(incident)} to happen: in load, configuration, dependencies, process?`,
      ),
    ],
  });
}

/** What people said of the confirmed cause; '' where nobody confirmed one. */
function causeWords(facts: Facts): string {
  const { identified } = facts.milestones;
  if (identified === undefined) return '';
  return (
    wordsOfStatus(identified) ||
    nextTo(facts, identified)
      .map(({ text }) => text)
      .join(' ')
  );
}

/** Words that name several causes at once: `short ttl + one node`, `all 3 together`. */
const JOINT = /\s\+\s|\btogether\b|\bcombined\b|\bboth\b|\ball (?:\d|two|three|four)\b|zusammen|ensemble|juntos|重な/iu;

/** Whether the words beside the confirmation, or the best explanation without one, have several sentences or clauses: each may be a factor. */
function namesSeveral(facts: Facts): boolean {
  const { identified } = facts.milestones;
  const explained = identified === undefined ? explainedIn(facts) : undefined;
  const beside = identified === undefined ? [] : nextTo(facts, identified);
  const told = explained === undefined ? beside : [explained];
  const words = [
    ...(identified === undefined ? [] : [wordsOfStatus(identified)]),
    ...told.map(({ text }) => withoutGuilt(text)),
  ];
  return words.flatMap(saidSentences).flatMap(clausesIn).length > 1;
}

/** Those that say something; the sentence where only its whole does. */
function clausesIn(sentence: string): readonly string[] {
  const clauses = sentence.split(CLAUSES).filter((one) => CLAUSE.test(one.trim()));
  return clauses.length === 0 && CLAUSE.test(sentence) ? [sentence] : clauses;
}

const CLAUSES =
  /, |; |->|→|(?<!\p{L})(?:and|but|so|because|which|while|und|aber|weil|et|mais|parce que|y|pero|porque|e|mas)(?!\p{L})|[、，]/iu;
/** A word alone says nothing. */
const CLAUSE = /^\S+\s+\S+\s+\S+|^[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}].{5}/u;

/** The sentences of one kind in a note; nothing where they may name or blame somebody. */
export function notedSentences(
  facts: Facts,
  entry: TimelineEntry,
  what: string,
  isOne: (sentence: string) => boolean,
): readonly Statement[] {
  const words = quotedCause(facts, impersonal(withoutGuilt(sentencesOf(wordsOfStatus(entry), isOne))));
  if (words === '') return [];
  const { text, by } = withCorrections(words, numbersCorrected(facts.entries), entry);
  return [said(facts, [...notedAt(facts, entry), `${what}${text}.`], [...withReason(facts, entry), ...by])];
}

function capitalised([first = '', ...rest]: Words): Words {
  return [typeof first === 'string' ? `${first.charAt(0).toUpperCase()}${first.slice(1)}` : first, ...rest];
}

/**
 * The cause as a person noted it, with the status `identified`. If that has no words, the entry next to it is shown.
 * Undefined where the words blame or name somebody.
 */
export function notedCause(facts: Facts, identified: TimelineEntry): Statement | undefined {
  if (!isPersonId(identified.source) || looksForFault(identified) || namesPerson(identified)) return undefined;
  const words = wordsOfStatus(identified);
  if (words !== '') {
    const quotation = quotedCause(facts, words) || aboutServices(facts, words);
    const more = toldBefore(facts, identified).flatMap((entry) => {
      const told = quotedCause(facts, impersonal(withoutGuilt(withoutAnswer(entry.text))));
      return told === '' ? [] : [{ entry, told }];
    });
    const before = more.flatMap(
      ({ entry, told }, index): Words => [
        index === 0 ? ' Before that, a responder had noted at ' : ', and at ',
        at(entry.atUs),
        told,
      ],
    );
    const start: Words = ['a responder noted a cause at ', at(identified.atUs), `${quotation}.`];
    return said(
      facts,
      [...start, ...before, ...(before.length === 0 ? [] : ['.'])],
      [identified, ...more.map(({ entry }) => entry)],
    );
  }
  const nearest = nextTo(facts, identified);
  const [near] = nearest;
  if (near === undefined) return undefined;
  const isShort = nearest.every((entry) => tellsLittle(causeQuoted(facts, entry)));
  const before = isShort ? toldJustBefore(facts, near) : undefined;
  const beside = before === undefined || causeQuoted(facts, before) === '' ? nearest : [before];
  const quotes = beside.map((entry) => causeQuoted(facts, entry)).filter((text) => text !== '');
  const [first, ...others] = quotes;
  const noted =
    first === undefined
      ? ''
      : `. A responder noted beside it${first}${others.map((one) => one.replace(/^:/, ', then')).join('')}`;
  return said(facts, ['the cause was confirmed at ', at(identified.atUs), `${noted}.`], [identified, ...beside]);
}

function causeQuoted(facts: Facts, entry: TimelineEntry): string {
  const words = quotedCause(facts, impersonal(withoutGuilt(withoutAnswer(entry.text))));
  return words || aboutServices(facts, entry.text);
}

/** `: “tried it in staging”`: what is left of a note about somebody may tell nothing of the cause. */
function tellsLittle(quotation: string): boolean {
  return quotation.split(/\s+/u).length <= LITTLE_WORDS && !/[\p{Script=Han}\p{Script=Hiragana}]/u.test(quotation);
}

/** With the colon before them. */
const LITTLE_WORDS = 5;

/** `it should. the job says mail-1`: the first sentence only answers what somebody said before. */
function withoutAnswer(text: string): string {
  const rest = text.replace(ONLY_ANSWERS, '');
  return rest === '' ? text : rest;
}

const ONLY_ANSWERS =
  /^(?:(?:it|that|they|we|he|she|this) (?:should|does|do|did|is|was|are|were|would|has|have|had|can|could|will)(?: not|n['’]t)?|nope|no|nein|non|nah|doch|si|sí|いや|不是)(?:[.!]+|。) ?/iu;

/** Further findings explain less and less; the table has them all. */
const FACTORS = 5;

export function whyNotCaught(facts: Facts): DraftedSection {
  const { lead, metrics, milestones, origin } = facts;
  const gap = metrics.detectionMinutes;
  const isKnown = lead?.diagnosis !== undefined && lead.doubt === undefined;
  const what = isKnown ? `“${lead.diagnosis.title ?? lead.diagnosis.kind}” in ${lead.diagnosis.service}` : 'this';
  const passed =
    milestones.impact !== undefined && gap !== undefined && gap > 0
      ? [
          said(
            facts,
            [`${minutesText(gap)} passed between the start of the impact and ${originName(facts)}.`],
            [milestones.impact, origin?.entry],
          ),
        ]
      : [];
  return section("Why wasn't it caught earlier", {
    statements: [...passed, ...gapsNoted(facts).flatMap((entry) => gapSaid(facts, entry))],
    questions: [
      ask('review', `What review or test looks at ${what} before production?`),
      ask('alert', `What alert watches for ${what}, and at which threshold?`),
      ask('load', 'How does the load in tests compare with the load at that time?'),
    ],
  });
}

function gapSaid(facts: Facts, entry: TimelineEntry): readonly Statement[] {
  const words = quotedParts(facts, sentencesWithGap(wordsOfStatus(entry)));
  if (words === '') return [];
  return [said(facts, ['A responder noted at ', at(entry.atUs), ` about what watches it${words}.`], [entry])];
}

/** Long before anybody declared it, an alert that came helped nobody. */
function wasHeeded({ milestones: { declared }, origin }: Facts): boolean {
  return declared === undefined || origin === undefined
    ? true
    : minutesAfter(declared.atUs, origin.entry.atUs) <= FIRST_UPDATE_MINUTES;
}

export function wentWell(facts: Facts): DraftedSection {
  const { incident, lead, metrics, milestones } = facts;
  const known = facts.origin?.entry;
  const { impact, alert, response, identified, mitigated, fixed } = milestones;
  const { detectionMinutes: seen, confirmationMinutes: confirmed, repairMinutes: repaired } = metrics;
  const answered = alert && response && minutesAfter(writtenUs(response), alert.atUs);
  const ahead = minutesBetween(mitigated, fixed);
  const good = [
    {
      holds: incident.detectedBy === 'alert' && alert !== undefined,
      words: 'An alert detected it, not a customer report.',
      entries: [alert],
    },
    {
      holds: impact !== undefined && within(seen, DETECTION_GOAL_MINUTES) && wasHeeded(facts),
      words: `It was ${facts.origin?.name === START_NAMES.declaration ? 'declared' : 'detected'} ${minutesText(seen ?? 0)} after the start of the impact.`,
      entries: [impact, known],
    },
    {
      holds: within(answered, RESPONSE_GOAL_MINUTES),
      words: `The first entry of a responder came ${minutesText(answered ?? 0)} after the first alert.`,
      entries: [alert, response],
    },
    {
      holds: lead?.doubt === undefined && within(confirmed, FIRST_UPDATE_MINUTES),
      words: `The cause was confirmed ${minutesText(confirmed ?? 0)} after ${originName(facts)}.`,
      entries: [identified, known],
    },
    {
      holds: ahead !== undefined && ahead > 0,
      words: `The impact was mitigated ${minutesText(ahead ?? 0)} before the fix was applied.`,
      entries: [mitigated, fixed],
    },
    {
      holds: within(repaired, FIRST_UPDATE_MINUTES),
      words: `The fix was applied ${minutesText(repaired ?? 0)} after ${originName(facts)}.`,
      entries: [fixed, known],
    },
  ].filter(({ holds }) => holds);
  return section('What went well', {
    statements: good.map(({ words, entries }) => said(facts, [words], entries)),
    missing: good.length === 0 ? ['Nothing noted.'] : [],
    questions: [ask('well', 'What helped, and what keeps it in place?')],
  });
}

/** Up to this time, a page is answered without a second one. */
const RESPONSE_GOAL_MINUTES = 5;
/** When the first update to stakeholders is due. */
const FIRST_UPDATE_MINUTES = 15;

function minutesBetween(from: TimelineEntry | undefined, to: TimelineEntry | undefined): number | undefined {
  return from && to && minutesAfter(to.atUs, from.atUs);
}

function within(minutes: number | undefined, most: number): boolean {
  return minutes !== undefined && minutes >= 0 && minutes <= most;
}

export function lucky(facts: Facts): DraftedSection {
  const statements = alsoNoted(facts, ' what helped without a plan', isLucky);
  return section('Where we got lucky', {
    level: 3,
    statements,
    missing: statements.length === 0 ? ['Nothing noted.'] : [],
    questions: [ask('luck', 'What kept this from being larger or longer, although nobody planned it?')],
  });
}

export function couldImprove(facts: Facts): DraftedSection {
  const known = new Set<string>();
  const statements: Statement[] = [];
  for (const { mark, evidenceMark, remedy } of facts.findings) {
    if (remedy === '' || known.has(remedy) || statements.length === FACTORS) continue;
    known.add(remedy);
    const from = facts.evidence.find((one) => one.mark === evidenceMark);
    statements.push({ words: [`${unconfirmed(from)}${ended(remedy)}`], cites: [mark] });
  }
  const gaps = gapsNoted(facts);
  if (gaps.length > 0)
    statements.push(
      said(facts, ['What responders noted about what watches it stands under “Why wasn’t it caught earlier”.'], gaps),
    );
  return section('What could improve', {
    statements,
    missing: statements.length === 0 ? ['Nothing noted.'] : [],
    questions: [ask('improve', 'What makes the next incident of this kind shorter or smaller?')],
  });
}

export function difficulties(facts: Facts): DraftedSection {
  const { evidence, entries } = facts;
  const statements: Statement[] = [...detectionDifficulty(facts)];
  for (const { mark, gaps } of evidence) {
    for (const { source, problem, consequence } of gaps) {
      const what = `${source}: ${problem}${consequence === '' ? '' : `; ${consequence}`}`;
      statements.push({ words: [ended(what)], cites: [mark] });
    }
  }
  statements.push(...alsoNoted(facts, ' what made it hard', isHard));
  const late = entries.filter((entry) => minutesAfter(entry.notedUs, entry.atUs) > LATE_MINUTES && !isMilestone(entry));
  if (late.length > 0) {
    const were = late.length === 1 ? 'was' : 'were';
    statements.push(
      said(
        facts,
        [
          `Milestones aside, ${counted(late.length, 'entry')} ${were} noted more than ${LATE_MINUTES} min after it happened.`,
        ],
        late,
      ),
    );
  }
  return section('Difficulties', {
    level: 3,
    statements,
    missing: statements.length === 0 ? ['Nothing noted.'] : [],
    questions: [ask('hard', 'What made it hard to see, to decide or to act?')],
  });
}

function detectionDifficulty(facts: Facts): readonly Statement[] {
  const { metrics, incident, milestones, origin } = facts;
  if (incident.detectedBy !== 'alert' && facts.isNoticeKnown) {
    const { declared } = milestones;
    if (declared === undefined) return [];
    return [said(facts, ['The declaration of ', at(declared.atUs), ' names no alert that detected it.'], [declared])];
  }
  const minutes = metrics.detectionMinutes ?? 0;
  if (minutes <= DETECTION_GOAL_MINUTES) return [];
  const what = origin?.name === START_NAMES.declaration ? 'The declaration came' : 'Detection took';
  const after = origin?.name === START_NAMES.declaration ? ' after the start of the impact' : '';
  return [said(facts, [`${what} ${minutesText(minutes)}${after}.`], [milestones.impact, origin?.entry])];
}

/** People look these times up after the repair. */
function isMilestone(entry: TimelineEntry): boolean {
  return entry.kind === 'status' || isImpactStart(entry) || isDetection(entry);
}

/** An entry within this time was noted as it happened. */
const LATE_MINUTES = 5;

export function lessons(): DraftedSection {
  return section('Lessons learned', {
    level: 3,
    missing: ['Nothing noted.'],
    questions: [ask('lesson', 'What is known now that was not known before?')],
  });
}

export function actions(facts: Facts): DraftedSection {
  const { actionItems } = facts;
  return section('Action items', {
    table: 'action-items',
    statements: proposalsOf(facts).map(({ type, text, cites }) => ({
      words: [`Proposed to ${type}: ${ended(text)}`],
      cites,
    })),
    missing: actionItems.length === 0 ? ['The record holds no action item.'] : [],
    questions: [
      ...(actionItems.length === 0 ? [WHAT_WILL_BE_DONE] : []),
      ...actionItems.flatMap((item) =>
        item.state === 'open' && isVague(item.text)
          ? [`What will be different once ${itemName(item)} is done, and how will you see it?`]
          : [],
      ),
    ],
  });
}

const WHAT_WILL_BE_DONE: Question = { kind: 'action-item', text: 'What will be done, until when, and who owns it?' };

/** Nobody could verify that these are done. */
const VAGUE_VERBS = new Set([
  'investigate',
  'explore',
  'consider',
  'ensure',
  'remember',
  'train',
  'remind',
  'review',
  'discuss',
]);
const VAGUE_PHRASES = /^(look (in)?to|think about|be more|make sure|try to|pay attention)\b/i;

function isVague(text: string): boolean {
  const words = text.trim();
  return VAGUE_PHRASES.test(words) || VAGUE_VERBS.has(words.split(/\s/, 1)[0]?.toLowerCase() ?? '');
}

/** Names people, so that a reader knows who to ask. */
export function responders(facts: Facts): DraftedSection {
  const { entries, holders } = facts;
  const ids = Object.fromEntries([...holders].map(([role, entry]) => [role, personIn(entry)]));
  const held = heldRoles(ids).flatMap((role) => {
    const entry = holders.get(role);
    if (entry === undefined) return [];
    const own = said(facts, [`${roleName(role)}: ${personIn(entry)}`], [entry]);
    return [own, ...handedOver(facts, role)];
  });
  const named = new Set([...holders.values()].map(personIn));
  const bots = repeatersIn(facts);
  const others = entries.filter(({ source }) => {
    if (!isPersonId(source) || named.has(source) || bots.has(source)) return false;
    named.add(source);
    return true;
  });
  return section('Responders', {
    statements: [...held, ...others.map((entry) => said(facts, [`Responder: ${entry.source}`], [entry]))],
    missing: EXPECTED_ROLES.filter((role) => !holders.has(role)).map(
      (role) => `The record names no ${roleInSentence(role)}.`,
    ),
  });
}

/** Those who held a role before somebody else took it: `Incident commander until <time>: Kim`. */
function handedOver(facts: Facts, role: Role): readonly Statement[] {
  const steps = facts.entries
    .filter(({ kind, value }) => kind === 'role' && roleIn(value) === role)
    .toSorted((a, b) => a.notedUs - b.notedUs);
  return steps.flatMap((entry, index) => {
    const next = steps[index + 1];
    const isHandover = next !== undefined && personIn(entry) !== '' && personIn(entry) !== personIn(next);
    if (!isHandover) return [];
    return [said(facts, [`${roleName(role)} until `, at(next.atUs), `: ${personIn(entry)}`], [entry, next])];
  });
}

/** Sources whose entries are all alike, as those of a bot that counts. */
function repeatersIn({ rows, entries }: Facts): ReadonlySet<string> {
  const repeated = rows.filter(({ length }) => length > 1);
  const own = Map.groupBy(entries, ({ source }) => source);
  return new Set(repeated.flatMap((row) => (own.get(row[0].source)?.length === row.length ? [row[0].source] : [])));
}

/** The holder in a role entry's value: `commander=U0MIKE001`. */
function personIn({ value }: TimelineEntry): string {
  return value.slice(value.indexOf('=') + 1);
}

export function similarIncidents(facts: Facts): DraftedSection {
  const { similar, others, lead } = facts;
  const compared = counted(others, 'other incident');
  return section('Similar incidents', {
    statements: similar.map(({ name, title, verdict, same, actionItems }) => ({
      words: [
        `${name}${quoted(facts, title)}. ${ended(verdict)} Alike by: ${ended(same.join(', '))} ${itemsText(actionItems)}`,
      ],
      cites: [name],
    })),
    missing:
      lead === undefined
        ? ['Without a verdict there is nothing to compare.']
        : similar.length === 0
          ? [others === 0 ? 'The record holds no other incident.' : `None found in ${compared} of the record.`]
          : [],
    questions: similar.flatMap(({ name, actionItems }) =>
      actionItems.some(isOpenItem) ? [`What keeps the open action items of ${name} from being done?`] : [],
    ),
  });
}

/** `It has 3 action items: 1 open, 1 done, 1 dropped.` */
function itemsText(items: SimilarIncident['actionItems']): string {
  if (items.length === 0) return 'It has no action item.';
  const states = ITEM_STATES.flatMap((state) => {
    const count = items.filter((item) => item.state === state).length;
    return count === 0 ? [] : [`${count} ${state}`];
  });
  return `It has ${counted(items.length, 'action item')}: ${states.join(', ')}.`;
}

function isOpenItem({ state }: Pick<ActionItem, 'state'>): boolean {
  return state === 'open';
}

/** Only where people linked something. */
export function links({ entries }: Facts): DraftedSection | undefined {
  return entries.some(isLinked) ? section('Links', { table: 'links' }) : undefined;
}

export function evidenceSection({ evidence }: Facts): DraftedSection {
  return section('Evidence', {
    table: 'evidence',
    missing: [
      ...(evidence.length === 0 ? ['The record holds no diagnosis.'] : []),
      ...evidence.filter((one) => one.case === undefined).map(({ mark }) => `No case of ${mark} is kept.`),
    ],
  });
}

export function openQuestions(facts: Facts): DraftedSection {
  const { incident, lead, rejected, evidence, entries } = facts;
  const root = rootOf(facts);
  const personal = new Set(
    entries.filter((entry) => looksForFault(entry) || (isCause(facts, entry) && namesPerson(entry))),
  );
  const unquoted = entries.filter(
    (entry) => isCause(facts, entry) && !personal.has(entry) && !isQuotedWhole(facts, entry),
  );
  const isUntitled = quoted(facts, incident.title) === '';
  return section('Open questions', {
    statements: [
      ...evidence.filter((one) => one !== lead && one !== rejected).flatMap(doubtStated),
      ...notedOpen(facts),
      ...(lead?.diagnosis?.status === 'inconclusive'
        ? [{ words: ['The evidence does not decide the verdict.'], cites: [lead.mark] }]
        : []),
      ...(root && root.check !== ''
        ? [{ words: [`What would prove the verdict wrong: ${ended(root.check)}`], cites: [root.mark] }]
        : []),
    ],
    questions: [
      ...(lead?.doubt === undefined
        ? []
        : [ask('cause', 'What was the cause, if not what the diagnosis names, and what shows it?')]),
      ...(blameless(incident.title) === ''
        ? [`What does the title of ${incidentName(incident)} describe in the system, not in a person?`]
        : []),
      ...(isUntitled && blameless(incident.title) !== ''
        ? [`What does the title of ${incidentName(incident)} say about the system?`]
        : []),
      ...marks(facts, ...personal).map((mark) => `What does ${mark} describe in the system, not in a person?`),
      ...marks(facts, ...unquoted).map((mark) => `What does ${mark} say about the system?`),
      ask('unknown', 'What is still unknown, and how can it be found out?'),
    ],
  });
}

/** Whether people noted the entry as a cause: with the status `identified`, as an answer to a why, or as a change. */
function isCause({ milestones }: Facts, entry: TimelineEntry): boolean {
  return entry === milestones.identified || entry.kind === 'change' || entry.value.startsWith('why:');
}

function isQuotedWhole(facts: Facts, entry: TimelineEntry): boolean {
  const words = saidOfWhy(wordsOfStatus(entry));
  return words === '' || quoted(facts, words) !== '';
}

/** States the doubt about a diagnosis that does not lead the draft. That diagnosis may have found nothing wrong. */
function doubtStated({ mark, doubt, diagnosis }: PostmortemEvidence): readonly Statement[] {
  if (doubt === undefined) return [];
  const verdict = diagnosis?.verdict ?? 'nothing wrong';
  return [{ words: [`Another diagnosis said “${verdict}”, and ${ended(doubt.text)}`], cites: [mark, ...doubt.cites] }];
}
