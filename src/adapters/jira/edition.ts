/** What Jira Cloud and Jira Data Center do in ways of their own. */
import { z } from 'zod';
import type { TrackerWords } from '#adapters/issue-answers.ts';
import type { Ask } from '#adapters/outgoing.ts';
import type { IssueLine, Tried } from '#model/incident/issue-tracker.ts';

export const TITLE = 'Jira';
export const PER_PAGE = 50;
/** What says whether an issue is open. */
export const STATE_FIELDS = ['status', 'resolution'] as const;

export const JiraIssue = z.object({ id: z.string().min(1), key: z.string().min(1) });

export const FoundIssue = JiraIssue.extend({
  fields: z.object({ description: z.unknown() }).nullish().catch(undefined),
});

export type FoundPage = Readonly<{
  issues: readonly z.output<typeof FoundIssue>[];
  /** Where the next page begins; undefined after the last one. */
  next: string | undefined;
}>;

export type JiraSearch = Readonly<{ jql: string; fields: readonly string[]; from: string }>;

export type JiraEdition = Readonly<{
  /** What the paths of its API begin with: `rest/api/3/`. */
  api: string;
  authorization: string;
  secrets: readonly string[];
  words: TrackerWords;
  /** A text in its format, with the mark in the last line. Nothing in the lines has a meaning there. */
  textOf(lines: readonly IssueLine[], mark: string): unknown;
  firstPage: string;
  search(ask: Ask, search: JiraSearch): Promise<Tried<FoundPage>>;
  /** The issues with these ids, with their state. Missing ones are left out. */
  fetch(ask: Ask, ids: readonly string[]): Promise<Tried<readonly unknown[]>>;
  /** The names of the types that may be created in a project. */
  types: z.ZodType<readonly string[]>;
}>;

export const TypeNames = z.array(z.object({ name: z.string() })).transform((types) => types.map(({ name }) => name));

/** `credentials`: what to check after a refusal. */
export function wordsOf(credentials: string): TrackerWords {
  return {
    title: TITLE,
    what: 'the issue',
    credentials,
    address: 'Check JIRA_URL and JIRA_PROJECTS, and that the user sees the project.',
    api: 'JIRA_URL',
  };
}
