/** Texts that all forms of a postmortem share: instants in UTC with their date, people by name, redacted. */
import type { Rule } from '#model/blameless/lint.ts';
import type {
  Postmortem,
  PostmortemActionItem,
  PostmortemEvidence,
  PostmortemFinding,
  PostmortemRecord,
  PostmortemRow,
  PostmortemSection,
  Words,
} from '#model/incident/postmortem.ts';
import { type Acceptance, isCurrent } from '#model/incident/postmortem-acceptance.ts';
import { redact } from '#model/redaction/redaction.ts';
import { spanText } from '#model/text/duration.ts';
import { readableSecond } from '#present/words/instant.ts';
import { openable } from '#present/words/links.ts';
import { type Names, withNames } from '#present/words/people-names.ts';
import { shown } from '#present/words/plain-text.ts';
import { withoutRepeats } from '#present/words/without-repeats.ts';

/** `otherNames`: of the workspace's people, by which words of people are read. */
export type ShownPostmortem = Readonly<{
  postmortem: Postmortem;
  names: Names;
  otherNames?: PostmortemRecord['otherNames'];
}>;

export function wordsText(words: Words, names: Names): string {
  return spoken(words.map((word) => (typeof word === 'string' ? word : readableSecond(word.atUs))).join(''), names);
}

/** One line. */
export function spoken(text: string, names: Names): string {
  return shown(withNames(text, names));
}

export function titleOf({ postmortem }: ShownPostmortem): string {
  return shown(postmortem.title);
}

/** `open`, or what became of an action item, with the reason. */
export function itemStanding({ state, reason }: Pick<PostmortemActionItem, 'state' | 'reason'>): string {
  return state === 'open' || reason === '' ? state : `${state}: ${reason}`;
}

/** `Add an index (prevent)` */
export function typedText({ text, type }: Pick<PostmortemActionItem, 'text' | 'type'>): string {
  return type === undefined ? text : `${text} (${type})`;
}

/** The state of the draft, so that nobody takes it for finished. */
export function stateLines({ postmortem, names }: ShownPostmortem): readonly string[] {
  const { incident, asOfUs, reviewByUs, acceptance, reviewer } = postmortem;
  return [
    (acceptance === undefined ? DRAFT : acceptedText(acceptance, names)) + reviewText(reviewer, names),
    `${incident.severity} · ${incident.status} · record as of ${readableSecond(asOfUs)}${
      reviewByUs === undefined || acceptance !== undefined
        ? ''
        : ` · review due by ${readableSecond(reviewByUs).slice(0, DATE_CHARS)}`
    }`,
    'Each statement cites its source: T is a timeline row, F a finding, E a diagnosed trace and its case.',
  ];
}

function reviewText(reviewer: string | undefined, names: Names): string {
  return reviewer === undefined ? '' : ` ${spoken(reviewer, names)} is asked to review it.`;
}

const DRAFT = 'Draft, made from the incident record. Nobody has accepted it yet.';

/** `Accepted by Mike on 2026-01-06 15:04:00 UTC. Since then, 2 entries came into the record: accept it again.` */
function acceptedText(acceptance: Acceptance, names: Names): string {
  const { by, atUs } = acceptance;
  const since = isCurrent(acceptance) ? '' : ` Since then, ${sinceThen(acceptance)}: accept it again.`;
  return `Accepted by ${spoken(by, names)} on ${readableSecond(atUs)}.${since}`;
}

function sinceThen({ later, changed }: Acceptance): string {
  const came = later === 1 ? '1 entry came into the record' : `${later} entries came into the record`;
  const other = changed === 1 ? '1 entry was changed or withdrawn' : `${changed} entries were changed or withdrawn`;
  return [...(later === 0 ? [] : [came]), ...(changed === 0 ? [] : [other])].join(', and ');
}

/** Whether a person still has to accept it as it is. */
export function isUnaccepted({ acceptance }: Postmortem): boolean {
  return acceptance === undefined || !isCurrent(acceptance);
}

/** `2026-01-06` */
const DATE_CHARS = 10;

/** The address of each mark; marks without one are missing. */
export function urlsOf({ timeline, findings, evidence }: Postmortem): ReadonlyMap<string, string> {
  const urls = new Map<string, string>();
  for (const { mark, link } of [...timeline, ...findings, ...evidence]) {
    const url = openable(shown(link));
    if (url !== '') urls.set(mark, url);
  }
  return urls;
}

export function whenNoted({ notedUs }: PostmortemRow): string {
  return notedUs === undefined ? '' : `noted ${readableSecond(notedUs)}`;
}

/** The words of a row, and for many entries alike their number and the last one. */
export function rowText({ text, repeated }: PostmortemRow): string {
  if (repeated === undefined) return text;
  const { count, untilUs, lastText } = repeated;
  return `${text} (the first of ${count} entries like this, the last on ${readableSecond(untilUs)}: “${lastText}”)`;
}

/** `+8 s`, in whole seconds as the times beside it; '' for the first row. */
export function sinceText({ sinceUs }: Pick<PostmortemRow, 'sinceUs'>): string {
  return sinceUs === undefined ? '' : `+${spanText(sinceUs)}`;
}

/** `log line of 2026-01-06 14:30:00 UTC: pool is full`, `span 528d3210951c20ac: pg-pool.connect` */
export function citedText({ kind, ref, text }: PostmortemFinding['evidence'][number]): string {
  const source = kind === 'log' ? logLineText(Number(ref)) : `${kind} ${ref}`;
  return text === '' ? source : `${source}: ${text}`;
}

/** A log line is cited by its time; 0 where that is unknown. */
function logLineText(timeNs: number): string {
  return timeNs > 0 ? `log line of ${readableSecond(timeNs / 1_000)}` : 'log line';
}

/** `trace 5783825c283a7fa7`; where many requests were compared: `requests to user-service`. */
export function diagnosedText({ traceId, affected }: PostmortemEvidence): string {
  if (traceId !== '') return `trace ${traceId}`;
  return affected === undefined ? 'many requests' : `requests to ${affected.service}`;
}

/** `Yes 1, No 2`; '' where nobody answered. */
export function answersText({ answers }: PostmortemEvidence): string {
  return answers === undefined ? '' : `Yes ${answers.right}, No ${answers.wrong}`;
}

/** The sentences of a draft without their sources, for comparing two: a new entry gives all later ones another number. */
export function versionLines({ postmortem, names }: ShownPostmortem): readonly string[] {
  const { sections, metricRows, timeline, actionItems } = postmortem;
  const lines = [
    ...sections.flatMap(({ title, statements }) =>
      statements.map(({ words }) => `${title}: ${wordsText(words, names)}`),
    ),
    ...metricRows.map(({ name, value = 'unknown' }) => `Times: ${name} ${value}`),
    ...timeline.map((row) => `Timeline: ${readableSecond(row.atUs)} ${spoken(rowText(row), names)}`),
    ...actionItems.map((item) => `Action items: ${spoken(item.text, names)}, ${spoken(itemStanding(item), names)}`),
  ];
  return lines.map((line) => redact(line));
}

/** Where these have nothing, a heading of their own for each would only hide the others. */
const MAY_BE_EMPTY: ReadonlySet<PostmortemSection['id']> = new Set([
  'lead-up',
  'trigger',
  'ruled-out',
  'why-not-caught',
  'went-well',
  'luck',
  'could-improve',
  'difficulties',
  'lessons',
  'similar-incidents',
  'evidence',
  'open-questions',
]);

/** The sections that show something, and one heading for all the others: '' where there are none. */
export function shownSections(
  postmortem: Postmortem,
): Readonly<{ shown: readonly PostmortemSection[]; emptyTitle: string }> {
  const { sections } = postmortem;
  const empty = new Set<PostmortemSection>();
  let isParent = false;
  // From the end: a heading stands over its parts also where it has nothing of its own.
  for (const section of sections.toReversed()) {
    const isNothing: boolean = isEmpty(postmortem, section) && !(section.level === 2 && isParent);
    if (isNothing) empty.add(section);
    isParent = section.level === 3 && (isParent || !isNothing);
  }
  const titles = sections.flatMap((section) => (empty.has(section) ? [section.title] : []));
  return { shown: sections.filter((section) => !empty.has(section)), emptyTitle: titles.join(', ') };
}

function isEmpty(postmortem: Postmortem, section: PostmortemSection): boolean {
  const { id, statements } = section;
  if (!MAY_BE_EMPTY.has(id)) return false;
  const hasRows = id === 'evidence' && postmortem.evidence.length > 0;
  return statements.length === 0 && !hasRows && firstIn(postmortem, section).length === 0;
}

export const NOTHING_NOTED = 'Nothing noted.';

/** The questions of a section that stand in it: those to answer first. The others stand behind "More to ask". */
export function firstIn({ firstQuestions }: Postmortem, { questions }: PostmortemSection): readonly string[] {
  return questions.filter((question) => firstQuestions.includes(question));
}

export type LaterQuestion = Readonly<{ title: string; question: string }>;

/** The questions that can wait, with the titles of their sections. */
export function moreToAsk({ sections, firstQuestions }: Postmortem): readonly LaterQuestion[] {
  return sections.flatMap(({ title, questions }) =>
    questions.filter((question) => !firstQuestions.includes(question)).map((question) => ({ title, question })),
  );
}

/** The heading under which the lint does not read its own words again. */
export const REWRITE_TITLE = 'To rewrite before it is accepted';

/** What the lint found in people's words; nothing once the postmortem is accepted as it is. */
export function rewritesShown({ postmortem, names }: ShownPostmortem): readonly RewriteShown[] {
  if (!isUnaccepted(postmortem)) return [];
  const advices = withoutRepeats(postmortem.rewrites.map(({ advice }) => advice));
  return postmortem.rewrites.map(({ mark, sentence, rule }, at) => ({
    where: mark === '' ? 'The title' : mark,
    sentence: spoken(sentence, names),
    rule: RULE_WORDS[rule],
    advice: advices[at] === '' ? '' : ` ${advices[at]}`,
  }));
}

/** The advice begins with a space; '' where a sentence before it has the same. `T4: “a responder forgot the index” blames a person. Say what made it possible …` */
export type RewriteShown = Readonly<{ where: string; sentence: string; rule: string; advice: string }>;

export const RULE_WORDS: Readonly<Record<Rule, string>> = {
  blame: 'looks for a person at fault',
  hindsight: 'judges by what was known only afterwards',
  vague: 'is too vague to be checked',
  'single-cause': 'names one cause alone',
  'left-over': 'is not finished',
  secret: 'has a secret in it',
  name: 'names a person',
};

/** The number of open questions and unknown metrics: the work left before the draft can be accepted. */
export function openCounts(
  postmortem: Postmortem,
): Readonly<{ questions: number; moreQuestions: number; metrics: number }> {
  const { firstQuestions, metricRows } = postmortem;
  return {
    questions: firstQuestions.length,
    moreQuestions: moreToAsk(postmortem).length,
    metrics: metricRows.filter(({ value }) => value === undefined).length,
  };
}
