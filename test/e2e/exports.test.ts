/** A postmortem by pull request: real Bolt over HTTP, a stateful Slack, a stepped clock, and a repository as GitHub's. */
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { type GitHubRepositorySide, openGitHubRepository } from '#test/github-repository-side.ts';
import { openHotrodBackends } from '#test/hotrod-backends.ts';
import { type IncidentsInSlack, openIncidents, shownIn } from '#test/incidents-in-slack.ts';
import { sendToBot } from '#test/slack-side.ts';

let backends: Awaited<ReturnType<typeof openHotrodBackends>>;
let side: IncidentsInSlack;
let github: GitHubRepositorySide;

beforeAll(async () => {
  backends = await openHotrodBackends();
});
afterAll(() => backends.close());
beforeEach(async () => {
  github = await openGitHubRepository();
  side = await openIncidents(backends, {
    SPANHOUND_COMMANDER_MINUTES: '0',
    GITHUB_API_URL: github.url,
    GITHUB_POSTMORTEMS: 'acme/ops',
    GITHUB_POSTMORTEMS_TOKEN: 't0ken',
  });
  await side.type('declare P1 user-service is out of connections');
  await side.overview('INC-1');
});
afterEach(async () => {
  await side.close();
  await github.stop();
});

const typed = (text: string) => sendToBot(side.url(), side.slack.command(text, { command: '/postmortem' }));
const said = (words: string) =>
  side.soon(async () => (await side.everywhere()).find((message) => shownIn(message).includes(words)));

test('the files and the pull request are there once, and again after a change', async () => {
  await typed('INC-1 export github');
  const message = await said('is now in GitHub');
  expect(shownIn(message)).toContain('https://github.com/acme/ops/pull/1');
  expect(github.files.get('postmortems/INC-1.md')).toContain('# Postmortem of INC-1');
  await side.type('note the cache was cold');
  await typed('INC-1 export github');
  await said('is up to date in GitHub');
  expect(github.files.get('postmortems/INC-1.md')).toContain('the cache was cold');
  expect(github.pulls).toMatchObject([{ title: 'Postmortem of INC-1: user-service is out of connections' }]);
  expect(github.calls.filter((call) => call === 'POST /git/refs')).toHaveLength(1);
});

test('the answer is lost, though GitHub opened the pull request: it is found, and not opened twice', async () => {
  github.lose('POST /pulls');
  await typed('INC-1 export github');
  await side.soon(() => (github.pulls.length === 1 ? true : undefined));
  await side.pass(2);
  await said('is now in GitHub');
  expect(github.pulls).toHaveLength(1);
  expect(github.calls.filter((call) => call === 'POST /git/commits')).toHaveLength(1);
});

test('a revoked token is said with what to do; a button sends it again', async () => {
  github.revoke('another');
  await typed('INC-1 export github');
  const problem = await said('is not in GitHub');
  expect(shownIn(problem)).toContain('Check GITHUB_POSTMORTEMS_TOKEN');
  expect(shownIn(problem)).not.toContain('t0ken');
  github.revoke('t0ken');
  const value = `${(await side.incident()).id}:github`;
  await sendToBot(side.url(), side.slack.action(problem, 'postmortem_send', value));
  await said('is now in GitHub');
  expect(github.pulls).toHaveLength(1);
});

test('what people wrote in the branch comes into the record, and then the export goes on', async () => {
  await typed('INC-1 export github');
  await said('is now in GitHub');
  github.edit('postmortems/INC-1.md', (text) =>
    text.replace('\n## Impact\n', '\n## Impact\n\n- Two shops closed early\n'),
  );
  await side.type('note the cache was cold');
  await typed('INC-1 export github');
  const refused = await said('Somebody edited the branch');
  const value = `${(await side.incident()).id}:github`;
  await sendToBot(side.url(), side.slack.action(refused, 'postmortem_take_in', value));
  await said('From GitHub into the postmortem of INC-1: 1 line in Impact');
  await said('is up to date in GitHub');
  const file = github.files.get('postmortems/INC-1.md');
  expect(file).toContain('Two shops closed early');
  expect(file).toContain('the cache was cold');
  expect(github.pulls).toHaveLength(1);
});
