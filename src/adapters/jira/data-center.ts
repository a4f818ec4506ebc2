/**
 * Jira Data Center: texts in wiki markup, pages by numbers, and a personal access token that says whose it is.
 * https://developer.atlassian.com/server/jira/platform/rest/
 */
import { z } from 'zod';
import { readAnswer, readOptional } from '#adapters/issue-answers.ts';
import type { Ask } from '#adapters/outgoing.ts';
import type { IssueLine, Tried } from '#model/incident/issue-tracker.ts';
import {
  FoundIssue,
  type JiraEdition,
  type JiraSearch,
  PER_PAGE,
  STATE_FIELDS,
  TypeNames,
  wordsOf,
} from './edition.ts';

const WORDS = wordsOf(
  'Check JIRA_TOKEN, a personal access token that may have ended, and that its user may create, change and comment issues there.',
);

export function jiraDataCenter(token: string): JiraEdition {
  return {
    api: 'rest/api/2/',
    authorization: `Bearer ${token}`,
    secrets: [token],
    words: WORDS,
    textOf: wikiTextOf,
    firstPage: '0',
    search: async (ask, search) => await pageOf(ask, search, FoundIssue),
    fetch,
    types: z.object({ values: TypeNames }).transform(({ values }) => values),
  };
}

type Page<Found> = Readonly<{ issues: readonly Found[]; next: string | undefined }>;

async function pageOf<Found>(
  ask: Ask,
  { jql, fields, from }: JiraSearch,
  form: z.ZodType<Found>,
): Promise<Tried<Page<Found>>> {
  const startAt = Number(from);
  // Validated, the query is refused for one id that is not there any more.
  const asked = { jql, fields, startAt, maxResults: PER_PAGE, validateQuery: false };
  const Searched = z.object({ issues: z.array(form), total: z.number() });
  const page = readAnswer(await ask('POST', 'search', asked), Searched, WORDS);
  if (page.kind !== 'done') return page;
  const { issues, total } = page.value;
  // A server may give fewer than it is asked for.
  const end = startAt + issues.length;
  return { kind: 'done', value: { issues, next: issues.length === 0 || end >= total ? undefined : `${end}` } };
}

const Identified = z.object({ id: z.string() });

/** Its search may miss issues while the index is built, so that each missing one is asked for by itself. */
async function fetch(ask: Ask, ids: readonly string[]): Promise<Tried<readonly unknown[]>> {
  const issues: unknown[] = [];
  const numbers = ids.filter((id) => /^\d{1,20}$/.test(id));
  const jql = `id in (${numbers.join(', ')})`;
  let from: string | undefined = '0';
  // A page has one issue at least.
  for (let page = 0; page < numbers.length && from !== undefined; page += 1) {
    const found: Tried<Page<unknown>> = await pageOf(ask, { jql, fields: STATE_FIELDS, from }, z.unknown());
    if (found.kind !== 'done') return found;
    issues.push(...found.value.issues);
    from = found.value.next;
  }
  const known = new Set(issues.map((one) => Identified.safeParse(one).data?.id));
  for (const id of ids.filter((one) => !known.has(one))) {
    const answer = await ask('GET', `issue/${encodeURIComponent(id)}?fields=${STATE_FIELDS.join(',')}`);
    const read = readOptional(answer, z.unknown(), WORDS);
    if (read.kind !== 'done') return read;
    if (read.value !== undefined) issues.push(read.value);
  }
  return { kind: 'done', value: issues };
}

function wikiTextOf(lines: readonly IssueLine[], mark: string): string {
  const written = lines.map(({ label, text, url }) => {
    const words = escapeWiki(text) || '-';
    return `*${label}:* ${url === '' ? words : `[${words}|${escapeUrl(url)}]`}`;
  });
  return [...written, `spanhound ${mark}`].join('\n\n');
}

/**
 * The signs that the renderer takes back after a backslash. Two backslashes are a line break, so a backslash is an entity;
 * and what looks like an entity is none.
 */
function escapeWiki(text: string): string {
  return text
    .replaceAll(/\s+/g, ' ')
    .replaceAll(/[\\&![\]^~+?%{}()*_|@-]/g, (sign) => ENTITIES[sign] ?? `\\${sign}`)
    .trim();
}

const ENTITIES: Readonly<Record<string, string>> = { '\\': '&#92;', '&': '&amp;' };

/** The signs that end a link. */
function escapeUrl(url: string): string {
  return url.replaceAll(/[|[\]{}^\s]/g, (sign) => encodeURIComponent(sign));
}
