/**
 * The questions of a draft that people answer in Slack. An answer is an entry of the timeline with the question in its
 * value, so that it has an author, can be corrected and withdrawn, and belongs to every later draft. The newest counts.
 *
 *   answer:luck   “Where we got lucky: the nightly import had not begun”
 */
import type { TimelineEntry } from '#model/incident/incident.ts';

type Known = Readonly<{
  /** The section of the draft where the answer stands. */
  section: string;
  /** Before the answer, in the timeline and in the draft; at most 24 characters, as the title of a form. */
  label: string;
  /** A section about causes quotes no words that may name a person. */
  isCause?: true;
  /** What one click answers. */
  quick?: Readonly<{ label: string; said: string }>;
}>;

const QUESTIONS = {
  customers: {
    section: 'Impact',
    label: 'Affected customers',
    quick: { label: 'None', said: 'No customer was affected.' },
  },
  harm: { section: 'Impact', label: 'What customers saw' },
  before: {
    section: 'Lead-up',
    label: 'On the day before',
    quick: { label: 'Nothing known', said: 'No deploy, configuration change, migration or scaling is known.' },
  },
  signal: { section: 'Detection', label: 'An earlier signal' },
  fix: { section: 'Resolution', label: 'The fix' },
  'noted-fix': {
    section: 'Resolution',
    label: 'Whether it is the fix',
    quick: { label: 'Yes, it does', said: 'The words with the end name the fix.' },
  },
  mitigation: {
    section: 'Resolution',
    label: 'Before the fix',
    quick: { label: 'Nothing did', said: 'Nothing reduced the impact before the fix.' },
  },
  end: { section: 'Resolution', label: 'What shows the end' },
  messages: {
    section: 'Messaging',
    label: 'Messages to customers',
    quick: { label: 'None were sent', said: 'No message was sent.' },
  },
  cause: { section: 'Why did it happen', label: 'The cause', isCause: true },
  trigger: {
    section: 'Trigger',
    label: 'What changed',
    isCause: true,
    quick: { label: 'Nothing known', said: 'No change and no unusual load is known.' },
  },
  factors: { section: 'Contributing factors', label: 'What else was needed', isCause: true },
  review: {
    section: "Why wasn't it caught earlier",
    label: 'Reviews and tests',
    quick: { label: 'None does', said: 'No review and no test looks at it before production.' },
  },
  alert: {
    section: "Why wasn't it caught earlier",
    label: 'Alerts',
    quick: { label: 'None does', said: 'No alert watches for it.' },
  },
  load: { section: "Why wasn't it caught earlier", label: 'Load in tests' },
  well: { section: 'What went well', label: 'What helped' },
  luck: {
    section: 'Where we got lucky',
    label: 'Luck',
    quick: { label: 'No luck', said: 'No luck is known.' },
  },
  improve: { section: 'What could improve', label: 'Next time' },
  hard: { section: 'Difficulties', label: 'What was hard' },
  lesson: { section: 'Lessons learned', label: 'What is known now' },
  unknown: {
    section: 'Open questions',
    label: 'Still unknown',
    quick: { label: 'Nothing', said: 'Nothing that matters is still unknown.' },
  },
} as const satisfies Readonly<Record<string, Known>>;

/** `own:Regulator` is the text of a section that a template adds, by the section's title. */
export type QuestionId = keyof typeof QUESTIONS | `${typeof OWN}${string}`;

/** Those of the built-in sections. */
export const KNOWN_QUESTIONS: readonly QuestionId[] = Object.keys(QUESTIONS) as (keyof typeof QUESTIONS)[];

const OWN = 'own:';

export function ownQuestion(title: string): QuestionId {
  return `${OWN}${title}`;
}

/** How it is answered: with words, with a time, as an action item, or as one of the 5 whys. */
export type Question = Readonly<
  { text: string } & (
    | { kind: 'words'; id: QuestionId }
    | { kind: 'impact-start'; proposedUs: number | undefined }
    | { kind: 'action-item' }
    | { kind: 'why'; investigationId: string; number: number; ask: string }
  )
>;

/** Undefined for an id that is none. */
export function questionOf(id: string): (Known & Readonly<{ id: QuestionId }>) | undefined {
  if (id.startsWith(OWN)) return ownAnswer(id.slice(OWN.length));
  if (!Object.hasOwn(QUESTIONS, id)) return undefined;
  const known = id as keyof typeof QUESTIONS;
  return { id: known, ...QUESTIONS[known] };
}

function ownAnswer(title: string): (Known & Readonly<{ id: QuestionId }>) | undefined {
  if (title === '') return undefined;
  const label = title.length <= LABEL_CHARS ? title : `${title.slice(0, LABEL_CHARS - 1).trimEnd()}…`;
  return { id: ownQuestion(title), section: title, label, ...(CAUSES.has(title) && { isCause: true }) };
}

const CAUSES: ReadonlySet<string> = new Set(
  Object.values(QUESTIONS).flatMap((one) => ('isCause' in one ? [one.section] : [])),
);

/** As Slack takes it for the title of a form. */
const LABEL_CHARS = 24;

const ANSWER = 'answer:';

export function answerValue(id: QuestionId): string {
  return `${ANSWER}${id}`;
}

/** The question that an entry answers; undefined for any other entry. */
function answeredBy({ kind, value, from }: Pick<TimelineEntry, 'kind' | 'value' | 'from'>) {
  const isAnswer = kind === 'note' && from === undefined && value.startsWith(ANSWER);
  return isAnswer ? questionOf(value.slice(ANSWER.length)) : undefined;
}

/** Clear without the question, as it stands in the timeline. `saidOfAnswer` is only the answer. */
export function answerText(id: QuestionId, said: string): string {
  return `${questionOf(id)?.label ?? ''}: ${said}`;
}

export function saidOfAnswer(id: QuestionId, text: string): string {
  const label = `${questionOf(id)?.label ?? ''}: `;
  return text.startsWith(label) ? text.slice(label.length) : text;
}

export type QuestionAnswers = ReadonlyMap<QuestionId, TimelineEntry>;

export function answersIn(entries: readonly TimelineEntry[]): QuestionAnswers {
  const answers = new Map<QuestionId, TimelineEntry>();
  for (const entry of entries.toSorted((a, b) => a.notedUs - b.notedUs || (a.id < b.id ? -1 : 1))) {
    const question = answeredBy(entry);
    if (question !== undefined) answers.set(question.id, entry);
  }
  return answers;
}
