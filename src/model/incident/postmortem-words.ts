/**
 * How the sections of a postmortem phrase the record, and what each sentence cites. A sentence states a fact in its own
 * words, or quotes what people wrote with a role in place of each person.
 */
import { MINUTE_US } from '#core/time-units.ts';
import { isBlaming } from '#model/blameless/lint.ts';
import { isOfChannel } from '#model/incident/channel-name.ts';
import { hypothesisStep } from '#model/incident/hypothesis-board.ts';
import {
  apartUs,
  correctedValue,
  didHelp,
  isImpactStart,
  isWhyCorrected,
  type TimelineEntry,
  wasTried,
  wordsOfStatus,
} from '#model/incident/incident.ts';
import { isLinked } from '#model/incident/incident-link.ts';
import { type AnswerState, saidOfWhy } from '#model/incident/method-answers.ts';
import { isOfMitigation } from '#model/incident/mitigation.ts';
import { numbersCorrected, withCorrections } from '#model/incident/noted/corrected-numbers.ts';
import { withoutLeft } from '#model/incident/noted/left-open.ts';
import { isOfPage } from '#model/incident/page.ts';
import { isOfPager } from '#model/incident/pager.ts';
import { ROLE_WORDS } from '#model/incident/people-as-roles.ts';
import { nameOf, namesNobody, withoutPeople } from '#model/incident/people-in-words.ts';
import type { DraftedSection, PostmortemEvidence, Statement, Words } from '#model/incident/postmortem.ts';
import { type Facts, looksForFault, marks, namesPerson, type Start } from '#model/incident/postmortem-facts.ts';
import { countedIn, machinesSaid, numberNoted } from '#model/incident/postmortem-numbers.ts';
import { type Question, type QuestionId, questionOf, saidOfAnswer } from '#model/incident/postmortem-questions.ts';
import { saidSentences } from '#model/incident/said-sentences.ts';
import { isOfStatusPage } from '#model/incident/status-page.ts';
import type { AffectedPeople } from '#model/requests/affected-people.ts';
import { durationText } from '#model/text/duration.ts';

/** Drops statements that have nothing to cite. */
export function section(
  title: string,
  { level = 2, statements = [], table, missing = [], questions = [] }: Partial<Drafted> = {},
): DraftedSection {
  return {
    title,
    level,
    statements: statements.filter(({ cites }) => cites.length > 0),
    table,
    missing,
    questions: questions.map((question) => (typeof question === 'string' ? question : question.text)),
    answerable: questions.filter((question) => typeof question !== 'string'),
  };
}

/** A question that is only a text has no form in Slack: people answer it with the entry that it names. */
type Drafted = Omit<DraftedSection, 'title' | 'questions' | 'answerable'> &
  Readonly<{ questions: readonly (string | Question)[] }>;

export function ask(id: QuestionId, text: string): Question {
  return { kind: 'words', id, text };
}

/**
 * The section with what people answered in place of the questions. People write an answer for the draft, so it stands
 * there in their words, with roles for the people whom Spanhound knows. A section about causes quotes no others' names.
 */
export function withAnswers<Section extends DraftedSection>(facts: Facts, drafted: Section): Section {
  const answers = [...facts.answers].filter(([id]) => questionOf(id)?.section === drafted.title);
  const open = drafted.answerable.filter((question) => isOpen(facts, question));
  const gone = new Set(drafted.answerable.flatMap((question) => (open.includes(question) ? [] : [question.text])));
  return {
    ...drafted,
    statements: [...drafted.statements, ...answers.map(([id, entry]) => answered(facts, id, entry))],
    missing: answers.length === 0 ? drafted.missing : drafted.missing.filter((text) => text !== 'Nothing noted.'),
    questions: drafted.questions.filter((text) => !gone.has(text)),
    answerable: open,
  };
}

export function isOpen({ answers }: Facts, question: Question): boolean {
  return question.kind !== 'words' || !answers.has(question.id);
}

function answered(facts: Facts, id: QuestionId, entry: TimelineEntry): Statement {
  const { label = '', isCause = false } = questionOf(id) ?? {};
  const words = saidOfAnswer(id, entry.text);
  const isHidden = looksForFault(entry) || (isCause && namesPerson(entry));
  const quotation = isCause ? quoted(facts, words) || aboutServices(facts, words) : `: ${ended(words)}`;
  if (isHidden || quotation === '') return said(facts, [`${label}: a responder answered.`], [entry]);
  return said(facts, [isCause ? `${label}: a responder answered${quotation}.` : `${label}${quotation}`], [entry]);
}

export function said(facts: Facts, words: Words, entries: readonly (TimelineEntry | undefined)[]): Statement {
  return { words, cites: marks(facts, ...entries) };
}

/** What the entry is, and its words with roles for people; the timeline has its words and its author. */
export function recorded(facts: Facts, entry: TimelineEntry): Statement {
  return said(facts, [at(entry.atUs), `: ${happening(entry)}${content(facts, entry)}.`], [entry]);
}

/** The same for a section of causes. A person is no cause: actions of people appear only in the timeline. */
export function recordedCause(facts: Facts, entry: TimelineEntry): Statement {
  const words = namesPerson(entry) ? '' : contentOfCause(facts, entry);
  return said(facts, [at(entry.atUs), `: ${happening(entry)}${words}.`], [entry]);
}

function happening({ kind, value }: TimelineEntry): string {
  if (isLinked({ kind, value })) return 'a link was added';
  if (isOfPage({ kind, value })) return 'people were paged';
  if (isOfChannel({ kind, value })) return 'the incident got a channel of its own';
  if (isOfStatusPage({ kind, value })) return 'an update for customers took a step';
  if (isOfMitigation({ kind, value })) return 'a mitigation took a step';
  if (isOfPager({ kind, value })) return 'the paging system took a step';
  if (wasTried({ kind, value })) return 'a responder tried something that did not end it';
  if (didHelp({ kind, value })) return 'something that a responder did helped';
  if (isWhyCorrected({ kind, value })) return 'an entry was corrected';
  const [method, , number = ''] = value.split(':');
  if (method === 'why') return `a responder answered why ${number}`;
  const step = hypothesisStep({ kind, value });
  if (step !== undefined) return JUDGED[step.state];
  return kind === 'status' ? `the status became ${value}` : HAPPENED[kind];
}

const JUDGED: Readonly<Record<AnswerState, string>> = {
  open: 'a responder named a hypothesis',
  tested: 'a responder tested a hypothesis',
  confirmed: 'a responder confirmed a hypothesis',
  refuted: 'a responder refuted a hypothesis',
};

const HAPPENED: Readonly<Record<Exclude<TimelineEntry['kind'], 'status'>, string>> = {
  alert: 'an alert came',
  finding: 'a finding was recorded',
  diagnosis: 'a diagnosis ended',
  severity: 'the severity changed',
  role: 'a role changed',
  note: 'a note was made',
  message: 'a message was added',
  image: 'a picture was added',
  change: 'a change was made',
  update: 'an update was sent',
  action: 'an action item was added',
  metric: 'a metric was added',
};

/** The words of the entry without what blames, or the services in them. */
export function content(facts: Facts, entry: TimelineEntry): string {
  if (isOwn(entry)) return quotation(wordsOf(entry));
  return quotedParts(facts, saidIn(entry)) || aboutServices(facts, wordsOf(entry));
}

/** The same for a cause: only what names nobody. */
export function contentOfCause(facts: Facts, entry: TimelineEntry): string {
  if (isOwn(entry)) return content(facts, entry);
  return quotedCause(facts, saidIn(entry)) || aboutServices(facts, wordsOf(entry));
}

function isOwn({ source, kind }: TimelineEntry): boolean {
  return source === 'spanhound' && kind !== 'change';
}

/** People's own words, without the prefix of the record. What is left at the end has a sentence of its own. */
function saidIn(entry: TimelineEntry): string {
  const words = saidOfWhy(wordsOfStatus(entry));
  return entry.kind === 'status' && entry.value === 'resolved' ? withoutLeft(words) : words;
}

/** The words with a role for each person; only the sentences that blame nobody, where others do. '' without any. */
export function quotedParts({ services }: Pick<Facts, 'services'>, text: string): string {
  const clean = withoutPeople(text, services);
  if (!isBlaming(clean)) return quotationOf(clean);
  return quotationOf(
    saidSentences(impersonal(clean))
      .filter((one) => !isBlaming(one))
      .join(' '),
  );
}

/** The same for a cause, which is no person: only the sentences that name nobody. */
export function quotedCause({ services }: Pick<Facts, 'services'>, text: string): string {
  if (namesNobody(text, services)) return quotedParts({ services }, text);
  return quotedParts(
    { services },
    saidSentences(text)
      .filter((one) => namesNobody(one, services))
      .join(' '),
  );
}

/** The sentences of the entry that count something; where they may name somebody, only the number and what it counts. */
export function numberQuoted(facts: Pick<Facts, 'services' | 'entries'>, entry: TimelineEntry): string {
  const words =
    quotedParts(facts, numberNoted(facts.entries, entry) || machinesSaid(entry)) || quotation(countedIn(entry));
  return withCorrections(words, numbersCorrected(facts.entries), entry).text;
}

/** The entry of a number and those that correct it. */
export function numberEntries({ entries }: Pick<Facts, 'entries'>, entry: TimelineEntry): readonly TimelineEntry[] {
  return [
    ...withReason({ entries }, entry),
    ...withCorrections(numberNoted(entries, entry), numbersCorrected(entries), entry).by,
  ];
}

/** `A responder noted at …`, and where somebody set the words right later, when: they are not those of the first time. */
export function notedAt({ entries }: Pick<Facts, 'entries'>, entry: TimelineEntry): Words {
  const changedUs =
    entry.changedUs ?? withCorrections(numberNoted(entries, entry), numbersCorrected(entries), entry).by.at(-1)?.atUs;
  const changed: Words = changedUs === undefined ? [] : [' (corrected at ', at(changedUs), ')'];
  return ['A responder noted at ', at(entry.atUs), ...changed];
}

/** The entry, and the row that says why it was corrected. */
export function withReason({ entries }: Pick<Facts, 'entries'>, entry: TimelineEntry): readonly TimelineEntry[] {
  return [entry, ...entries.filter(({ value }) => value === correctedValue(entry.id))];
}

/** The sentences that mention nobody: a role stands for each known person. */
export function impersonal(text: string): string {
  const sentences = saidSentences(text);
  const left = sentences.filter((one) => !ROLE_WORDS.some((role) => one.includes(role)));
  return left.length === sentences.length ? text : left.join(' ');
}

/** `: “an index was added”`; '' for words that blame somebody or may name a person. */
export function quoted({ services }: Pick<Facts, 'services'>, text: string): string {
  return namesNobody(text, services) ? quotationOf(blameless(text)) : '';
}

function quotation(text: string): string {
  const words = text.trim().replace(/(?<!\.)[.。]$/, '');
  return words === '' ? '' : `: “${words}”`;
}

/** People write times of their own zone, and the sentence around the quotation has UTC. So a time gets “local”. */
function quotationOf(text: string): string {
  return quotation(withoutFarewell(text).replace(CURSED_ALONE, '$1').replace(CURSED, '').replace(CLOCK, '$& local'));
}

/** The last sentences where they only thank or take leave: they say nothing of the system, and name people. */
function withoutFarewell(text: string): string {
  const sentences = saidSentences(text);
  const last = sentences.findLastIndex((one) => !FAREWELL.test(one));
  return last === sentences.length - 1 ? text : sentences.slice(0, last + 1).join(' ');
}

const PEOPLE = `(?:${ROLE_WORDS.join('|')})`;
const THANKS =
  'thanks|thank you|thx|cheers|kudos|props|merci|danke|vielen dank|grazie|gracias|obrigad[oa]|dzięki|asante|salamat|takk?|tack|ありがとう|谢谢|great (?:night|job|work|team|teamwork)|good (?:night|job|work)|well done|nice work|hats off|go home|you did nothing wrong';
const FAREWELL = new RegExp(
  `^(?:(?:and|ok|so|many|big|vielen) )?(?:${THANKS})(?!\\p{L})(?! to (?:the|our|a|this|that) ).{0,120}$|^(?:and )?${PEOPLE}(?:(?:,| and) ${PEOPLE}){0,5}(?:,? (?:too|as well|also|auch|aussi|también)| (?:was|were|is) right)?[.!]{0,3}$`,
  'iu',
);

/** Interjections, which say nothing of the system. */
const CURSES =
  '(?<!\\p{L})(?:(?:oh|ah|holy|what the|the|like|as) )?(?:fuck(?:ing)?|shit|damn|goddamn|bloody|bollocks|bugger|crap|hell|wtf|ffs|putain|merde|bordel|zut|mince|mierda|joder|carajo|coño|hostia|caralho|porra|verdammt|Scheiße|Mist)(?!\\p{L})(?: (?:it|thing))?';
const CURSED = new RegExp(`${CURSES}[,!]? ?`, 'giu');
/** A sentence of its own, with its full stop. */
const CURSED_ALONE = new RegExp(
  `(^|[.!?…。！？] ?)(?:${CURSES}|(?:くそ|クソ|ちくしょう|妈的|他妈的|靠)(?=[、，。！!….っ]|$))っ?(?:[.!…。！、，]{1,5}|$) ?`,
  'giu',
);

/**
 * `10:26`; no time with a zone or a date behind it, also behind the end of its range (`from 19:30 to 19:52 UTC`), no
 * range's first end, and no ratio of a longer number.
 */
const CLOCK =
  /(?<![\p{Script=Latin}\p{N}:.,/+-])(?:[01]?\d|2[0-3]):[0-5]\d(?![\p{L}\p{N}]|:\d|[.,]\d| (?:our|your|my|their|local) time| ?(?:UTC|GMT|Z|local|Uhr|am|pm|[A-Z]{3,4})(?!\p{L})|[-–+]\d| (?:to|until|till|and|bis|à|a|et|y|e|und|[-–]) \d{1,2}:\d{2} ?(?:UTC|GMT|Z|[A-Z]{3,4})(?!\p{L}))/gu;

/** `; it names user-service`; '' where the text names none. */
export function aboutServices({ services }: Pick<Facts, 'services'>, text: string): string {
  const named = services.filter((service) => nameOf(service).test(text));
  return named.length === 0 ? '' : `; it names ${named.join(', ')}`;
}

/** `words`: as `content` gives them. */
export function reachedAt(
  facts: Facts,
  reached: string,
  entry: TimelineEntry,
  words = content(facts, entry),
): Statement {
  const since = sinceOf(facts, entry);
  const enteredUs = facts.untimely.get(entry.id);
  if (enteredUs !== undefined) {
    const doubt: Words = [
      ' The time that they entered, ',
      at(enteredUs),
      ', is before it began, so it does not count.',
    ];
    return said(
      facts,
      ['A responder noted at ', at(entry.atUs), ` that ${inSentence(reached)}${words}.`, ...doubt],
      [entry],
    );
  }
  return said(facts, [`${reached} at `, at(entry.atUs), `${after(since, entry.atUs)}${words}.`], [entry, since?.entry]);
}

function inSentence(words: string): string {
  return `${words.charAt(0).toLowerCase()}${words.slice(1)}`;
}

/** A step counts from when it was noticed. The end counts from the start, so that it agrees with the duration. */
export function sinceOf({ origin, start, milestones }: Facts, entry: TimelineEntry): Start | undefined {
  return entry === milestones.resolved ? start : origin;
}

/** `, 3 min after the first alert`; '' where the timeline does not say when it was noticed. */
export function after(since: Start | undefined, atUs: number): string {
  return since === undefined ? '' : `, ${apart(minutesAfter(atUs, since.entry.atUs))} ${since.name}`;
}

/** `3 min after`, `11 h before` */
export function apart(minutes: number): string {
  return `${minutesText(Math.abs(minutes))} ${minutes < 0 ? 'before' : 'after'}`;
}

/** The same; '' where they blame somebody. */
function wordsOf(entry: TimelineEntry): string {
  return looksForFault(entry) ? '' : saidIn(entry);
}

/** The text, or '' where it blames somebody. */
export function blameless(text: string): string {
  return isBlaming(text) ? '' : text;
}

/** The prefix for statements that rest on a doubted diagnosis. */
export function unconfirmed(evidence: PostmortemEvidence | undefined): string {
  return evidence?.doubt === undefined ? '' : 'Unconfirmed: ';
}

export function standing({ diagnosis, doubt }: Partial<PostmortemEvidence> = {}): string {
  if (doubt !== undefined) return `unconfirmed, ${doubt.text}`;
  return diagnosis === undefined || diagnosis.status === 'inconclusive' ? 'unknown' : diagnosis.status;
}

export function originName({ origin }: Facts): string {
  return origin?.name ?? 'the first alert';
}

/** The source of the start of the impact. */
export function impactSource(impact: TimelineEntry): string {
  return isImpactStart(impact) ? 'as a responder entered it' : 'according to the requests that were compared';
}

export function at(atUs: number): Readonly<{ atUs: number }> {
  return { atUs };
}

/** A longer gap needs an action item, as incident guides ask. */
export const DETECTION_GOAL_MINUTES = 5;

/** The one way from two instants to the minutes between them, in whole seconds as people read the instants. */
export function minutesAfter(atUs: number, sinceUs: number): number {
  return apartUs(atUs, sinceUs) / MINUTE_US;
}

/**
 * `0 min`, `15 s`, `3 min`, `1 h 5 min`, `5 days 18 h 39 min`. In whole seconds: minutes with two decimals give the same
 * text.
 */
export function minutesText(minutes: number): string {
  const seconds = Math.round(minutes * 60);
  if (seconds === 0) return '0 min';
  const days = seconds < DAYS_FROM_S ? 0 : Math.floor(seconds / DAY_S);
  const rest = seconds - days * DAY_S;
  const parts = [
    ...(days === 0 ? [] : [counted(days, 'day')]),
    ...(rest === 0 ? [] : [durationText(rest * 1_000_000)]),
  ];
  return parts.join(' ');
}

const DAY_S = 86_400;
/** Up to two days, people count hours: 36 h. */
const DAYS_FROM_S = 2 * DAY_S;

export function counted(count: number, noun: string): string {
  if (count === 1) return `1 ${noun}`;
  return `${count} ${/[^aeiou]y$/.test(noun) ? `${noun.slice(0, -1)}ies` : `${noun}s`}`;
}

/** `12 users and 3 tenants` */
export function peopleText({ users, tenants }: AffectedPeople): string {
  const parts = [...(users > 0 ? [counted(users, 'user')] : []), ...(tenants > 0 ? [counted(tenants, 'tenant')] : [])];
  return parts.join(' and ');
}

/** `25 %`; never 0 or 100 where that is not exact. */
export function shareText(part: number, whole: number): string {
  const percent = whole === 0 ? 0 : (100 * part) / whole;
  if (percent > 0 && percent < 1) return 'under 1 %';
  if (percent > 99 && percent < 100) return 'over 99 %';
  return `${Math.round(percent)} %`;
}

export function ended(text: string): string {
  const words = text.trim();
  return /[.!?:]$/.test(words) ? words : `${words}.`;
}
