/** Drafts the postmortem: the events from the timeline, the causes from the diagnosis; asks people for the rest. */
import { MINUTE_US } from '#core/time-units.ts';
import { apartUs, declaredSeverity, incidentName, itemName, type TimelineEntry } from '#model/incident/incident.ts';
import { isLinked } from '#model/incident/incident-link.ts';
import { ruledOut } from '#model/incident/noted/ruled-out.ts';
import { withoutPeople } from '#model/incident/people-in-words.ts';
import {
  type DraftedSection,
  IMPACT_BEGAN,
  type Postmortem,
  type PostmortemFinding,
  type PostmortemMetric,
  type PostmortemRecord,
  type PostmortemRow,
  type PostmortemSection,
} from '#model/incident/postmortem.ts';
import {
  actions,
  contributingFactors,
  couldImprove,
  difficulties,
  evidenceSection,
  lessons,
  links,
  lucky,
  openQuestions,
  responders,
  similarIncidents,
  trigger,
  wentWell,
  whyItHappened,
  whyNotCaught,
} from '#model/incident/postmortem-analysis.ts';
import {
  detection,
  impact,
  leadUp,
  messaging,
  resolution,
  timeline,
  whatHappened,
} from '#model/incident/postmortem-events.ts';
import { type Facts, factsOf, looksForFault, marks } from '#model/incident/postmortem-facts.ts';
import { rewritesOf } from '#model/incident/postmortem-lint.ts';
import { proposalsOf } from '#model/incident/postmortem-proposals.ts';
import { ownQuestion, type Question } from '#model/incident/postmortem-questions.ts';
import type { Row } from '#model/incident/postmortem-rows.ts';
import { summary, times } from '#model/incident/postmortem-summary.ts';
import { type PostmortemTemplate, type SectionId, templateFor } from '#model/incident/postmortem-template.ts';
import {
  ask,
  impactSource,
  isOpen,
  minutesAfter,
  minutesText,
  originName,
  quoted,
  section,
  withAnswers,
} from '#model/incident/postmortem-words.ts';
import { reviewByUs } from '#model/incident/review-day.ts';

export function postmortemOf(record: PostmortemRecord): Postmortem {
  const facts = factsOf(record);
  const placed = sectionsOf(facts, templateFor(record.templates ?? [], facts.incident.severity));
  const asked = placed.map((one) => one.section);
  const sections = placed.map((one) => ({ ...withAnswers(facts, one.section), title: one.title }));
  const first = firstQuestionsOf(asked, facts).filter((question) => isOpen(facts, question));
  const { incident, actionItems, milestones } = facts;
  const isNamed = quoted(facts, incident.title) !== '';
  const rows = facts.rows.map((row, index) => timelineRow(facts, row, facts.rows[index - 1]?.[0]));
  return {
    incident,
    name: incidentName(incident),
    title: `Postmortem of ${incidentName(incident)}${isNamed ? `: ${incident.title}` : ''}`,
    declaredSeverity: milestones.declared && declaredSeverity(milestones.declared),
    acceptance: facts.acceptance,
    comments: facts.comments,
    reviewer: facts.reviewer,
    asOfUs: lastUs(facts),
    reviewByUs: reviewByUs(incident),
    metrics: facts.metrics,
    steps: stepsOf(facts),
    metricRows: metricRows(facts),
    timeline: rows,
    links: rows.filter(isLinked),
    findings: facts.allFindings.map((finding) => shownFinding(facts, finding)),
    evidence: facts.evidence,
    actionItems: actionItems.map((item) => {
      const { text, owner, due, state, reason, type, issue } = item;
      const more = { ...(type && { type }), ...(issue && { issue }) };
      return { mark: itemName(item), text, owner, due, state, reason, ...more };
    }),
    sections,
    firstQuestions: first.map(({ text }) => text),
    firstAnswerable: first,
    proposals: proposalsOf(facts),
    rewrites: rewritesOf(facts),
  };
}

/** Beside a rejected diagnosis, the table must say that its finding is none. */
function shownFinding({ rejected }: Facts, finding: PostmortemFinding): PostmortemFinding {
  const isRejected = rejected !== undefined && finding.evidenceMark === rejected.mark;
  return isRejected ? { ...finding, title: `Rejected by responders: ${finding.title}` } : finding;
}

/** Undefined where the record has nothing to show there. */
const DRAFTED: Readonly<Record<SectionId, (facts: Facts) => DraftedSection | undefined>> = {
  summary,
  times,
  impact,
  'what-happened': whatHappened,
  'lead-up': leadUp,
  detection,
  resolution,
  messaging,
  timeline,
  why: whyItHappened,
  trigger,
  'contributing-factors': contributingFactors,
  'ruled-out': ruledOut,
  'why-not-caught': whyNotCaught,
  'went-well': wentWell,
  luck: lucky,
  'could-improve': couldImprove,
  difficulties,
  lessons,
  'action-items': actions,
  responders,
  'similar-incidents': similarIncidents,
  links,
  evidence: evidenceSection,
  'open-questions': openQuestions,
};

/** With the built-in titles, by which answers find their sections. */
function sectionsOf(facts: Facts, { sections }: PostmortemTemplate): readonly Placed[] {
  return sections.flatMap((wanted): readonly Placed[] => {
    const section = 'id' in wanted ? DRAFTED[wanted.id](facts) : ownSection(wanted);
    if (section === undefined) return [];
    const { level = section.level, title = section.title } = wanted;
    return [{ section: { ...section, level, id: 'id' in wanted ? wanted.id : 'own' }, title }];
  });
}

/** `title`: as the template names the section. */
type Placed = Readonly<{ section: PostmortemSection; title: string }>;

/** People answer the text of the template there, as they answer the questions of the other sections. */
function ownSection({ title, text }: Readonly<{ title: string; text: string }>): DraftedSection {
  return section(title, { missing: ['Nothing noted.'], questions: [ask(ownQuestion(title), text)] });
}

/** A review answers no more than this in one sitting. */
const FIRST_QUESTIONS = 7;

/** What a draft needs most: the cause, the fix, the harm, the beginning, and what will be done. */
const ASKED_FIRST: readonly SectionId[] = [
  'resolution',
  'why',
  'impact',
  'detection',
  'action-items',
  'trigger',
  'why-not-caught',
  'luck',
  'contributing-factors',
];

/**
 * The first question of each of these sections, then the second ones, with those that are answered: no other question
 * takes the place of one that is. A doubt about the cause comes before all, then what the team itself wants to know.
 */
function firstQuestionsOf(sections: readonly PostmortemSection[], { lead }: Facts): readonly Question[] {
  const order = [...(lead?.doubt === undefined ? [] : ['open-questions' as const]), 'own' as const, ...ASKED_FIRST];
  const lists = order.flatMap((wanted) =>
    sections.filter(({ id }) => id === wanted).map(({ answerable }) => answerable),
  );
  const longest = Math.max(0, ...lists.map(({ length }) => length));
  const byRank = Array.from({ length: longest }, (_, rank) => lists.flatMap((list) => list.slice(rank, rank + 1)));
  return byRank.flat().slice(0, FIRST_QUESTIONS);
}

function lastUs({ incident, entries, actionItems, diagnoses }: Facts): number {
  let us = incident.declaredUs;
  for (const { notedUs } of entries) us = Math.max(us, notedUs);
  for (const { createdUs } of actionItems) us = Math.max(us, createdUs);
  for (const { answers } of diagnoses) us = Math.max(us, answers?.lastUs ?? us);
  return us;
}

function stepsOf(facts: Facts): Postmortem['steps'] {
  const { impact, detected, alert, acknowledged, identified, mitigated, fixed, resolved } = facts.milestones;
  const named = [
    [IMPACT_BEGAN, impact],
    ['Detected', detected],
    ['First alert', alert],
    ['Acknowledged', acknowledged],
    ['Identified', identified],
    ['Mitigated', mitigated],
    ['Fixed', fixed],
    ['End confirmed', resolved],
  ] as const;
  return named
    .flatMap(([name, entry]) =>
      entry === undefined ? [] : [{ name, atUs: entry.atUs, mark: marks(facts, entry)[0] ?? '' }],
    )
    .toSorted((a, b) => a.atUs - b.atUs);
}

function metricRows(facts: Facts): readonly PostmortemMetric[] {
  const { metrics, milestones, lead, start } = facts;
  const known = facts.origin?.entry;
  const from = originName(facts);
  const cause = lead?.doubt === undefined ? 'until the cause was confirmed' : 'to the status identified';
  return [
    detectionMetric(facts),
    metric(
      facts,
      'Confirmation',
      metrics.confirmationMinutes,
      isUntimely(facts, milestones.identified)
        ? 'the time that a responder entered for the cause is before it began'
        : `from ${from} ${cause}`,
      [known, milestones.identified],
    ),
    metric(facts, 'Repair', metrics.repairMinutes, `from ${from} until the fix was applied`, [known, milestones.fixed]),
    metric(facts, 'Duration', metrics.durationMinutes, `from ${start?.name ?? from} until the end was confirmed`, [
      start?.entry,
      milestones.resolved,
    ]),
  ];
}

function isUntimely({ untimely }: Facts, step: TimelineEntry | undefined): boolean {
  return step !== undefined && untimely.has(step.id);
}

/** Two starts are possible where the evidence has a failure from before the first alert. */
function detectionMetric(facts: Facts): PostmortemMetric {
  const { metrics, milestones, origin, earlierFailure } = facts;
  const known =
    milestones.impact === undefined || (metrics.detectionMinutes ?? 0) < 0 ? undefined : metrics.detectionMinutes;
  const measured = metric(facts, 'Detection', known, detectionMeans(facts), [milestones.impact, origin?.entry]);
  if (earlierFailure === undefined || origin === undefined || milestones.impact !== undefined) return measured;
  const earlier = minutesText(minutesAfter(origin.entry.atUs, earlierFailure.atUs));
  return {
    ...measured,
    value: `0 to ${earlier}`,
    means: `from ${origin.name}, or from the failure ${earlier} before it in the evidence: nobody said when the impact began`,
    cites: [...measured.cites, earlierFailure.evidenceMark],
  };
}

function detectionMeans(facts: Facts): string {
  const { impact } = facts.milestones;
  const from = originName(facts);
  if (impact === undefined) return `nobody entered when the impact began; the other times count from ${from}`;
  if ((facts.metrics.detectionMinutes ?? 0) < 0)
    return `${from} came before the start of the impact, ${impactSource(impact)}`;
  return `from the start of the impact, ${impactSource(impact)}, to ${from}`;
}

function metric(
  facts: Facts,
  name: string,
  minutes: number | undefined,
  means: string,
  ends: readonly (TimelineEntry | undefined)[],
): PostmortemMetric {
  return { name, value: minutes === undefined ? undefined : minutesText(minutes), means, cites: marks(facts, ...ends) };
}

/** The time that typing takes: a note within it was made as it happened. */
const NOTED_WITH_IT_US = MINUTE_US;

function timelineRow(
  { markOf, services }: Facts,
  [first, ...others]: Row,
  before: TimelineEntry | undefined,
): PostmortemRow {
  const { id, atUs, notedUs, kind, source, link, value, from } = first;
  // Nobody knows whether a name from outside is that of a responder.
  const text = looksForFault(first) ? withoutPeople(first.text, services, 'somebody') : first.text;
  const last = others.at(-1);
  return {
    mark: markOf.get(id) ?? '',
    atUs,
    sinceUs: before && apartUs(atUs, before.atUs),
    notedUs: notedUs - atUs > NOTED_WITH_IT_US ? notedUs : undefined,
    kind,
    text,
    source,
    link,
    value,
    from,
    repeated: last && { count: 1 + others.length, untilUs: last.atUs, lastText: last.text },
  };
}
