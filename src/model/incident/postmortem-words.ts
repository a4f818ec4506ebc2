/** How the sections of a postmortem phrase the record, and what each sentence cites. */
import { isBlaming } from '#model/incident/blameless.ts';
import { type TimelineEntry, wordsOfStatus } from '#model/incident/incident.ts';
import { ROLE_WORDS } from '#model/incident/people-as-roles.ts';
import type { PostmortemEvidence, PostmortemSection, Statement, Words } from '#model/incident/postmortem.ts';
import { type Facts, isImpactStart, looksForFault, marks, namesPerson } from '#model/incident/postmortem-facts.ts';
import { durationText } from '#model/text/duration.ts';

/** Drops statements that have nothing to cite. */
export function section(
  title: string,
  { level = 2, statements = [], table, missing = [], questions = [] }: Partial<Omit<PostmortemSection, 'title'>> = {},
): PostmortemSection {
  return { title, level, statements: statements.filter(({ cites }) => cites.length > 0), table, missing, questions };
}

export function said(facts: Facts, words: Words, entries: readonly (TimelineEntry | undefined)[]): Statement {
  return { words, cites: marks(facts, ...entries) };
}

/** The entry in its own words; the timeline names its author. */
export function recorded(facts: Facts, entry: TimelineEntry): Statement {
  return said(facts, [at(entry.atUs), `: ${ended(wordsOf(entry) || 'see the timeline')}`], [entry]);
}

/** The same for a section of causes. A person is no cause: actions of people appear only in the timeline. */
export function recordedCause(facts: Facts, entry: TimelineEntry): Statement {
  return said(facts, [at(entry.atUs), `: ${ended(causeIn(entry) || 'see the timeline')}`], [entry]);
}

/** The words of an entry as a cause; '' where they mention a person. */
export function causeIn(entry: TimelineEntry): string {
  return namesPerson(entry) ? '' : wordsOf(entry);
}

export function reachedAt(facts: Facts, reached: string, entry: TimelineEntry): Statement {
  const text = wordsOf(entry);
  const after = afterOrigin(facts, entry.atUs);
  return said(
    facts,
    [`${reached} on `, at(entry.atUs), `${after}${text === '' ? '.' : `: ${ended(text)}`}`],
    [entry, facts.origin?.entry],
  );
}

/** `, 3 min after the first alert`; '' where the timeline does not say when it was noticed. */
export function afterOrigin({ origin }: Facts, atUs: number): string {
  if (origin === undefined) return '';
  return `, ${apart((atUs - origin.entry.atUs) / MINUTE_US)} ${origin.name}`;
}

/** `3 min after`, `11 h before` */
export function apart(minutes: number): string {
  return `${minutesText(Math.abs(minutes))} ${minutes < 0 ? 'before' : 'after'}`;
}

/** People's own words, without the prefix of the record; '' where they blame somebody. */
function wordsOf(entry: TimelineEntry): string {
  return looksForFault(entry) ? '' : wordsOfStatus(entry);
}

/** The text, or '' where it blames somebody. */
export function blameless(text: string): string {
  return isBlaming(text, ROLE_WORDS) ? '' : text;
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

export const MINUTE_US = 60_000_000;

/** A longer gap needs an action item, as incident guides ask. */
export const DETECTION_GOAL_MINUTES = 5;

/** `0 min`, `15 s`, `3 min`, `1 h 5 min` */
export function minutesText(minutes: number): string {
  return minutes === 0 ? '0 min' : durationText(minutes * MINUTE_US);
}

export function counted(count: number, noun: string): string {
  if (count === 1) return `1 ${noun}`;
  return `${count} ${noun.endsWith('y') ? `${noun.slice(0, -1)}ies` : `${noun}s`}`;
}

export function ended(text: string): string {
  const words = text.trim();
  return /[.!?:]$/.test(words) ? words : `${words}.`;
}
