/**
 * Jira Cloud: texts in Atlassian's document format, pages by tokens, and a user with an API token.
 * https://developer.atlassian.com/cloud/jira/platform/rest/v3/
 */
import { z } from 'zod';
import { readAnswer } from '#adapters/issue-answers.ts';
import type { IssueLine } from '#model/incident/issue-tracker.ts';
import { FoundIssue, type JiraEdition, PER_PAGE, STATE_FIELDS, TypeNames, wordsOf } from './edition.ts';

const WORDS = wordsOf(
  'Check JIRA_USER and JIRA_TOKEN, and that this user may create, change and comment issues there.',
);

const Searched = z.object({
  issues: z.array(FoundIssue),
  nextPageToken: z.string().nullish().catch(undefined),
});
const Fetched = z.object({ issues: z.array(z.unknown()) });

export function jiraCloud(user: string, token: string): JiraEdition {
  const pair = Buffer.from(`${user}:${token}`).toString('base64');
  return {
    api: 'rest/api/3/',
    authorization: `Basic ${pair}`,
    secrets: [token, pair],
    words: WORDS,
    textOf: documentOf,
    firstPage: '',
    async search(ask, { jql, fields, from }) {
      const asked = { jql, fields, maxResults: PER_PAGE, ...(from !== '' && { nextPageToken: from }) };
      const page = readAnswer(await ask('POST', 'search/jql', asked), Searched, WORDS);
      if (page.kind !== 'done') return page;
      const { issues, nextPageToken } = page.value;
      return { kind: 'done', value: { issues, next: nextPageToken ?? undefined } };
    },
    async fetch(ask, issueIdsOrKeys) {
      const answer = await ask('POST', 'issue/bulkfetch', { issueIdsOrKeys, fields: STATE_FIELDS });
      const fetched = readAnswer(answer, Fetched, WORDS);
      return fetched.kind === 'done' ? { kind: 'done', value: fetched.value.issues } : fetched;
    },
    types: z.object({ issueTypes: TypeNames }).transform(({ issueTypes }) => issueTypes),
  };
}

/** In Atlassian's document format a text is only a text, so nothing in it is escaped. */
function documentOf(lines: readonly IssueLine[], mark: string) {
  const paragraphs = lines.map(({ label, text, url }) => ({
    type: 'paragraph',
    content: [
      { type: 'text', text: `${label}: `, marks: [{ type: 'strong' }] },
      // An empty text is refused.
      { type: 'text', text: text || '-', ...(url !== '' && { marks: [{ type: 'link', attrs: { href: url } }] }) },
    ],
  }));
  const last = { type: 'paragraph', content: [{ type: 'text', text: `spanhound ${mark}` }] };
  return { type: 'doc', version: 1, content: [...paragraphs, last] };
}
