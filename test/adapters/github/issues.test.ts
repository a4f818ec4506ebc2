/** What GitHub is asked about issues, as its documentation describes it, and what its answers mean. */
import nock from 'nock';
import { describe, expect, test } from 'vitest';
import { checkGitHubIssues, githubIssues } from '#adapters/github/issues.ts';
import { issueChange, issueDraft, MARK } from '#test/issue-drafts.ts';
import { later } from '#test/later.ts';
import { useMockedApis } from '#test/mocked-api.ts';

useMockedApis();

const OPTIONS = {
  url: new URL('https://api.github.com'),
  token: 'ghs_s3cret',
  places: [{ path: 'acme/ops', service: '' }],
  labels: ['postmortem'],
};
const tracker = githubIssues(OPTIONS);
const api = () => nock('https://api.github.com/repos', { reqheaders: { authorization: 'Bearer ghs_s3cret' } });
const DRAFT = issueDraft('acme/ops');
const CHANGE = issueChange('acme/ops', 'acme/ops#12');
const issue = (number: number, more: object = {}) => ({
  number,
  html_url: `https://github.com/acme/ops/issues/${number}`,
  body: `- **Due:** 2026-12-01\n\n<!-- spanhound:${MARK} -->`,
  state: 'open',
  state_reason: null,
  created_at: '2026-01-06T14:31:00Z',
  ...more,
});
const LINKED = {
  kind: 'done',
  value: { remoteId: 'acme/ops#12', key: 'acme/ops#12', url: 'https://github.com/acme/ops/issues/12' },
};
const others = (count: number, more: object = {}) =>
  Array.from({ length: count }, (_, at) => issue(1_000 + at, { body: 'another', ...more }));

test('an issue is created with its mark and its labels', async () => {
  const body = `- **Due:** 2026-12-01\n\n<!-- spanhound:${MARK} -->`;
  api()
    .post('/acme/ops/issues', { title: 'Add an index', body, labels: ['postmortem'] })
    .reply(201, issue(12));
  expect(await tracker.create(DRAFT, later())).toEqual(LINKED);
});

describe('after an attempt without an answer', () => {
  const list = (page: number) =>
    api()
      .get('/acme/ops/issues')
      .query(
        ({ page: asked, since, state }) =>
          asked === `${page}` && since === '2026-01-06T14:25:00.000Z' && state === 'all',
      );
  const uncertain = { ...DRAFT, isUncertain: true };

  test('it is found on a later page, also with a null body before it, and not created again', async () => {
    list(1).reply(200, others(100, { body: null }));
    list(2).reply(200, [...others(3), issue(12)]);
    expect(await tracker.create(uncertain, later())).toEqual(LINKED);
  });

  test('older issues end the search, and then it is created', async () => {
    list(1).reply(200, others(100, { created_at: '2026-01-01T00:00:00Z' }));
    api().post('/acme/ops/issues').reply(201, issue(12));
    expect(await tracker.create(uncertain, later())).toEqual(LINKED);
  });

  test.each([
    [500, 'trouble'],
    [200, '<html>'],
    [200, '[{"number": 12, "body": "cut'],
    [200, '[{"no": "number"}]'],
  ])('%d with %s to the search: nothing is sent, and it stays uncertain', async (status, body) => {
    list(1).reply(status, body);
    expect(await tracker.create(uncertain, later())).toMatchObject({ kind: 'ambiguous' });
  });

  test('a comment that is there is not written again, and the state is set in any case', async () => {
    api().patch('/acme/ops/issues/12', { state: 'closed', state_reason: 'completed' }).reply(200, issue(12));
    api()
      .get('/acme/ops/issues/12/comments')
      .query({ per_page: '100', page: '1' })
      .reply(200, [{ body: 'other' }, { body: `done\n\n<!-- spanhound:${MARK} -->` }]);
    expect(await tracker.change({ ...CHANGE, isUncertain: true }, later())).toEqual({ kind: 'done', value: 'changed' });
  });
});

test.each([
  [
    401,
    { message: 'Bad credentials' },
    {},
    { kind: 'refused', reason: expect.stringContaining('Check GITHUB_ISSUES_TOKEN') },
  ],
  [
    403,
    { message: 'Resource not accessible' },
    {},
    { kind: 'refused', reason: expect.stringContaining('Resource not acc') },
  ],
  [403, {}, { 'retry-after': '30' }, { kind: 'limited', retryAfterMs: 30_000 }],
  [
    403,
    {},
    { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '1767710400', date: 'Tue, 06 Jan 2026 14:30:00 GMT' },
    { kind: 'limited', retryAfterMs: 600_000 },
  ],
  [404, { message: 'Not Found' }, {}, { kind: 'refused', reason: expect.stringContaining('Check GITHUB_ISSUES,') }],
  [409, { message: 'Conflict' }, {}, { kind: 'failed', reason: expect.stringContaining('HTTP 409') }],
  [410, { message: 'Issues are disabled' }, {}, { kind: 'refused', reason: expect.stringContaining('disabled') }],
  [
    422,
    { message: 'Validation Failed' },
    {},
    { kind: 'refused', reason: expect.stringContaining('Validation Failed') },
  ],
  [429, {}, {}, { kind: 'limited', retryAfterMs: 30_000 }],
  [502, '<html>ghs_s3cret</html>', {}, { kind: 'ambiguous', reason: expect.not.stringContaining('ghs_s3cret') }],
  [
    307,
    '',
    { location: 'https://elsewhere.example' },
    { kind: 'refused', reason: expect.stringContaining('redirects') },
  ],
  [201, '<html>Log in</html>', {}, { kind: 'ambiguous', reason: expect.stringContaining('GITHUB_API_URL') }],
  [201, '{"number": 12, "html_u', {}, { kind: 'ambiguous', reason: expect.stringContaining('GITHUB_API_URL') }],
  [
    201,
    { id: 12, title: 'renamed fields' },
    {},
    { kind: 'ambiguous', reason: expect.stringContaining('GITHUB_API_URL') },
  ],
])('HTTP %d with %j says whether the issue is there, and what to do', async (status, body, headers, expected) => {
  api().post('/acme/ops/issues').reply(status, body, headers);
  expect(await tracker.create(DRAFT, later())).toEqual(expected);
});

test('a locked issue is closed without a comment', async () => {
  api().patch('/acme/ops/issues/12').reply(200, issue(12));
  api().post('/acme/ops/issues/12/comments').reply(403, { message: 'Issue is locked' });
  expect(await tracker.change(CHANGE, later())).toEqual({ kind: 'done', value: 'changed' });
});

test('what became of issues: open, closed for two reasons, deleted, moved; one that is limited says nothing', async () => {
  const get = (number: number) => api().get(`/acme/ops/issues/${number}`);
  get(1).reply(200, issue(1));
  get(2).reply(200, issue(2, { state: 'closed', state_reason: 'completed' }));
  get(3).reply(200, issue(3, { state: 'closed', state_reason: 'not_planned' }));
  get(4).reply(410, { message: 'This issue was deleted' });
  get(5).reply(301, {}, { location: 'https://api.github.com/repositories/1/issues/5' });
  get(6).reply(429, {});
  api().get('/acme/ops').times(2).reply(200, { id: 1 });
  const issues = [1, 2, 3, 4, 5, 6, 7].map((number) => ({ place: 'acme/ops', remoteId: `acme/ops#${number}` }));
  const { states, problem } = await tracker.look(issues, later());
  expect([...states.values()]).toEqual(['open', 'done', 'dropped', 'gone', 'gone']);
  expect(problem).toBe('GitHub takes no more requests now.');
});

test('a repository that the token does not see makes no issue look deleted', async () => {
  api().get('/acme/ops/issues/1').reply(404, { message: 'Not Found' });
  api().get('/acme/ops').reply(404, { message: 'Not Found' });
  const looked = await tracker.look([{ place: 'acme/ops', remoteId: 'acme/ops#1' }], later());
  expect(looked.states.size).toBe(0);
  expect(looked.problem).toContain('Check GITHUB_ISSUES,');
});

test.each([
  [200, { has_issues: true }, 200, { ok: true, detail: 'creates issues for action items in acme/ops', remedy: '' }],
  [200, { has_issues: false }, 0, { ok: false, remedy: 'Turn on Issues in its settings.' }],
  [200, { archived: true }, 0, { ok: false, detail: 'acme/ops is archived' }],
  [401, {}, 0, { ok: false, remedy: expect.stringContaining('Check GITHUB_ISSUES_TOKEN') }],
  [200, {}, 403, { ok: false, remedy: expect.stringContaining('Check GITHUB_ISSUES_TOKEN') }],
])('the check: %d %j, %d', async (status, body, issues, expected) => {
  api().get('/acme/ops').reply(status, body);
  if (issues !== 0) api().get('/acme/ops/issues').query({ per_page: '1' }).reply(issues, []);
  expect(await checkGitHubIssues(OPTIONS, later())).toMatchObject(expected);
});
