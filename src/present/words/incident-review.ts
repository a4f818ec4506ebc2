/** A review of incidents as sentences that Slack, the page, Markdown and the command line share. */

import { type DetectedBy, type Incident, incidentName, isOver, itemName } from '#model/incident/incident.ts';
import {
  type CauseBasis,
  type DetectionGap,
  FEWEST_FOR_SHARE,
  type IncidentReview,
  type Reliability,
  type ReturningCause,
  type VerdictWord,
} from '#model/incident/incident-review.ts';
import { PERSON_ID } from '#model/incident/person-id.ts';
import { periodText, type StatsPeriod } from '#model/incident/stats-period.ts';
import { capitalised } from '#model/text/capitalised.ts';
import { counted } from '#model/text/count-text.ts';
import { durationText } from '#model/text/duration.ts';
import { percent } from '#model/text/percent.ts';
import { isoInstant } from '#present/words/instant.ts';
import { shown } from '#present/words/plain-text.ts';

export type ShownReview = Readonly<{
  review: IncidentReview;
  period: StatsPeriod;
  /** '' for all. */
  service: string;
}>;

export type ReviewItem = Readonly<{ label: string; text: string; below: readonly string[] }>;
/** `note`: what the items do not show; '' if there is nothing to add. */
export type ReviewSection = Readonly<{ title: string; items: readonly ReviewItem[]; note: string }>;

/** `7 incidents of checkout in the last 90 days` */
export function reviewHead({ review: { count }, period, service }: ShownReview): string {
  const where = service === '' ? '' : ` of ${shown(service)}`;
  const incidents = count === 0 ? 'No incident' : counted(count, 'incident');
  return `${incidents}${where} ${periodText(period)}`;
}

/** None without an incident. */
export function reviewSections({ review }: ShownReview): readonly ReviewSection[] {
  if (review.count === 0) return [];
  return [
    { title: 'What comes back', items: review.causes.map(causeItem), note: causesNote(review) },
    { title: 'Detection by service', items: review.gaps.map(gapItem), note: '' },
    { title: 'Verdicts that were right', items: review.reliability.map(verdictItem), note: VERDICTS_NOTE },
  ];
}

/** `Missing index in orders` */
function causeName({ title, service }: Readonly<{ title: string; service: string }>): string {
  return shown(`${capitalised(title)} in ${service}`);
}

function causeItem(cause: ReturningCause): ReviewItem {
  const open = cause.incidents.flatMap(({ openItems }) => openItems).length;
  const [newest] = cause.incidents;
  const last = newest === undefined ? '' : `, the last ${incidentName(newest.incident)} on ${dayOf(newest.incident)}`;
  return {
    label: causeName(cause),
    text: `${counted(cause.incidents.length, 'incident')}${last}. ${open === 0 ? 'No action item is open.' : `Open action items: ${open}.`}`,
    below: cause.incidents.flatMap(({ incident, basis, ended, openItems }) => {
      const name = incidentName(incident);
      return [
        `${name}, ${dayOf(incident)}, ${BASES[basis]}. ${endText(incident, ended)}`,
        ...openItems.map((item) => `${name}, open: ${itemName(item)} ${unnamed(item.text)}, due ${shown(item.due)}.`),
      ];
    }),
  };
}

const BASES: Readonly<Record<CauseBasis, string>> = {
  accepted: 'its accepted postmortem has this cause',
  answered: 'people answered Yes',
  verdict: 'only the verdict names this cause',
};

function endText(incident: Incident, ended: ReturningCause['incidents'][number]['ended']): string {
  if (!isOver(incident)) return 'It is still open.';
  if (ended === undefined) return 'Nobody noted what ended it.';
  return `${capitalised(ended.status)}: ${unnamed(ended.text)}`;
}

/** The review is about causes, and not about people. */
function unnamed(text: string): string {
  return shown(text.replace(PERSON_ID, 'somebody'));
}

function causesNote({ causes, count, withoutCause }: IncidentReview): string {
  const twice = causes.length === 0 ? 'No cause was found twice. ' : '';
  if (withoutCause === 0) return twice.trim();
  return `${twice}${withoutCause} of ${counted(count, 'incident')} ${withoutCause === 1 ? 'has' : 'have'} no known cause.`;
}

function gapItem(gap: DetectionGap): ReviewItem {
  const { service, byAlert, byPerson } = gap;
  const noticed = `${byAlert} noticed by an alert, ${byPerson} by a person.`;
  return { label: serviceName(service), text: `${gapText(gap)} ${noticed}`, below: [] };
}

function gapText({ incidents, known, medianUs, largest }: DetectionGap): string {
  const of = counted(incidents, 'incident');
  if (medianUs === undefined || largest === undefined) return `Nobody knows when the impact of ${of} began.`;
  const most = `${lengthText(largest.us)} (${incidentName(largest.incident)})`;
  const times = known === 1 ? most : `median ${lengthText(medianUs)}, largest ${most}`;
  return `${times}; ${known} of ${of} ${known === 1 ? 'has' : 'have'} a known start.`;
}

function serviceName(service: string): string {
  return service === '' ? 'Service not known' : shown(service);
}

/** `0 s` where the alert came at once. */
function lengthText(us: number): string {
  return us === 0 ? '0 s' : durationText(us);
}

const WORDS: Readonly<Record<VerdictWord, string>> = { confirmed: 'Confirmed', likely: 'Likely', unsure: 'Unsure' };

export function wordName(word: VerdictWord): string {
  return WORDS[word];
}

const VERDICTS_NOTE = `A verdict counts as right only after a Yes or in an accepted postmortem. ${FEWEST_FOR_SHARE} answers are needed for a share.`;

function verdictItem(reliability: Reliability): ReviewItem {
  const { word, verdicts, yes, no, acceptedRight, acceptedWrong, split, unanswered } = reliability;
  const said = [
    ...(yes + no === 0 ? [] : [`answers: ${yes} Yes, ${no} No`]),
    ...(acceptedRight + acceptedWrong === 0
      ? []
      : [`accepted postmortems: ${acceptedRight} right, ${acceptedWrong} wrong`]),
    ...(split === 0 ? [] : [`people disagree: ${split}`]),
    ...(unanswered === 0 ? [] : [`nobody answered: ${unanswered}`]),
  ].join('; ');
  return {
    label: WORDS[word],
    text: verdicts === 0 ? 'no verdict' : `${shareText(reliability)}.`,
    below: verdicts === 0 ? [] : [`${capitalised(said)}.`],
  };
}

/** `9 of 11 were right, 82 % (95 % interval: 52 % to 95 %)` */
export function shareText({ settled, right, verdicts, share }: Reliability): string {
  if (verdicts === 0) return 'no verdict';
  if (settled === 0) return `nobody answered about ${counted(verdicts, 'verdict')}`;
  const counts = `${right} of ${settled} ${right === 1 ? 'was' : 'were'} right`;
  if (share === undefined) return `${counts}, too few for a share`;
  return `${counts}, ${percent(share.share)} (95 % interval: ${percent(share.low)} to ${percent(share.high)})`;
}

/** The review in three lines: what comes back, the largest detection gap, how often verdicts were right. */
export function reviewLines({ review }: ShownReview): readonly Readonly<{ label: string; text: string }>[] {
  if (review.count === 0) return [];
  return [
    { label: 'Comes back', text: returningText(review) },
    { label: 'Largest detection gap', text: largestText(review) },
    { label: 'Verdicts that were right', text: rightText(review) },
  ];
}

function returningText({ causes }: IncidentReview): string {
  const [first, ...others] = causes;
  if (first === undefined) return 'no cause was found twice.';
  const more = others.length === 0 ? '' : ` ${counted(others.length, 'more cause')} came back.`;
  return `${causeName(first)}: ${causeItem(first).text}${more}`;
}

function largestText({ gaps: [first] }: IncidentReview): string {
  if (first?.largest === undefined) return 'nobody knows when an impact began.';
  const { us, incident } = first.largest;
  return `${lengthText(us)} in ${incidentName(incident)}, ${serviceName(first.service)}. ${NOTICED[incident.detectedBy]} noticed it.`;
}

const NOTICED: Readonly<Record<DetectedBy, string>> = {
  alert: 'An alert',
  customer: 'A customer',
  employee: 'An employee',
};

const HOW_TO_ANSWER = 'Press Yes or No under a diagnosis.';

function rightText({ reliability }: IncidentReview): string {
  const said = reliability.filter(({ settled }) => settled > 0);
  const silent = reliability.reduce((sum, { unanswered }) => sum + unanswered, 0);
  const open = silent === 0 ? '' : ` Nobody answered about ${counted(silent, 'verdict')}.`;
  if (said.length === 0) return open === '' ? 'there was no answer.' : `${open.trim()} ${HOW_TO_ANSWER}`;
  return `${said.map((one) => `${one.word}: ${shareText(one)}`).join('; ')}.${open}`;
}

/** For a terminal. */
export function reviewText(review: ShownReview): string {
  const sections = reviewSections(review).map(({ title, items, note }) =>
    [
      `\n${title}\n`,
      ...items.flatMap(({ label, text, below }) => [
        `  ${label}: ${text}\n`,
        ...below.map((line) => `    - ${line}\n`),
      ]),
      note === '' ? '' : `  ${note}\n`,
    ].join(''),
  );
  return `${reviewHead(review)}\n${sections.join('')}`;
}

/** `2026-01-06` */
function dayOf({ declaredUs }: Incident): string {
  return isoInstant(declaredUs).slice(0, 'YYYY-MM-DD'.length);
}
