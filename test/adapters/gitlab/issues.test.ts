/** What GitLab is asked about issues, as its documentation describes it, and what its answers mean. */
import nock from 'nock';
import { describe, expect, test } from 'vitest';
import { checkGitLabIssues, gitlabIssues } from '#adapters/gitlab/issues.ts';
import { issueChange, issueDraft, MARK } from '#test/issue-drafts.ts';
import { later } from '#test/later.ts';
import { useMockedApis } from '#test/mocked-api.ts';

useMockedApis();

const OPTIONS = {
  url: new URL('https://git.example/base/'),
  token: 'glpat-s3cret',
  places: [{ path: 'acme/ops', service: '' }],
  labels: ['postmortem', 'urgent'],
};
const tracker = gitlabIssues(OPTIONS);
const api = () =>
  nock('https://git.example/base/api/v4/projects', { reqheaders: { authorization: 'Bearer glpat-s3cret' } });
const DRAFT = issueDraft('acme/ops');
const CHANGE = issueChange('acme/ops', 'acme/ops#12');
const BODY = `- **Due:** 2026-12-01\n\n<!-- spanhound:${MARK} -->`;
const issue = (iid: number, more: object = {}) => ({
  id: 9_000 + iid,
  iid,
  state: 'opened',
  web_url: `https://git.example/base/acme/ops/-/issues/${iid}`,
  description: BODY,
  moved_to_id: null,
  ...more,
});
const LINKED = {
  kind: 'done',
  value: { remoteId: 'acme/ops#12', key: 'acme/ops#12', url: 'https://git.example/base/acme/ops/-/issues/12' },
};
const others = (count: number) =>
  Array.from({ length: count }, (_, at) => issue(1_000 + at, { description: at === 0 ? null : 'another' }));

test('an issue is created with its mark, its day and its labels', async () => {
  const sent = { title: 'Add an index', description: BODY, due_date: '2026-12-01', labels: 'postmortem,urgent' };
  api().post('/acme%2Fops/issues', sent).reply(201, issue(12));
  expect(await tracker.create(DRAFT, later())).toEqual(LINKED);
});

describe('after an attempt without an answer', () => {
  const uncertain = { ...DRAFT, isUncertain: true };
  const list = (page: number) =>
    api()
      .get('/acme%2Fops/issues')
      .query({ scope: 'all', created_after: '2026-01-06T14:25:00.000Z', per_page: '100', page: `${page}` });

  test('it is found on a later page, and not created again', async () => {
    list(1).reply(200, others(100));
    list(2).reply(200, [issue(12)]);
    expect(await tracker.create(uncertain, later())).toEqual(LINKED);
  });

  test('it is created where it is not', async () => {
    list(1).reply(200, others(3));
    api().post('/acme%2Fops/issues').reply(201, issue(12));
    expect(await tracker.create(uncertain, later())).toEqual(LINKED);
  });

  test.each([
    [500, 'trouble'],
    [200, '<html>'],
    [200, '[{"iid": 12, "desc'],
    [200, '[{"number": 12}]'],
  ])('%d with %s to the search: nothing is sent, and it stays uncertain', async (status, body) => {
    list(1).reply(status, body);
    expect(await tracker.create(uncertain, later())).toMatchObject({ kind: 'ambiguous' });
  });

  test('a comment that is there is not written again', async () => {
    api().put('/acme%2Fops/issues/12', { state_event: 'close' }).reply(200, issue(12));
    api()
      .get('/acme%2Fops/issues/12/notes')
      .query({ per_page: '100', page: '1' })
      .reply(200, [{ body: BODY }]);
    expect(await tracker.change({ ...CHANGE, isUncertain: true }, later())).toEqual({ kind: 'done', value: 'changed' });
  });
});

test('open again opens it again, with a comment', async () => {
  api().put('/acme%2Fops/issues/12', { state_event: 'reopen' }).reply(200, issue(12));
  api()
    .post('/acme%2Fops/issues/12/notes', { body: `done\n\n<!-- spanhound:${MARK} -->` })
    .reply(201, { id: 1, body: 'done' });
  expect(await tracker.change({ ...CHANGE, state: 'open' }, later())).toEqual({ kind: 'done', value: 'changed' });
});

test('an issue that is gone, and a project that the token does not see', async () => {
  api().put('/acme%2Fops/issues/12').times(2).reply(404, { message: '404 Not found' });
  api().get('/acme%2Fops').reply(200, { id: 1 });
  expect(await tracker.change(CHANGE, later())).toEqual({ kind: 'done', value: 'gone' });
  api().get('/acme%2Fops').reply(404, { message: '404 Project Not Found' });
  expect(await tracker.change(CHANGE, later())).toMatchObject({ kind: 'refused' });
});

test.each([
  [
    401,
    { message: '401 Unauthorized' },
    {},
    { kind: 'refused', reason: expect.stringContaining('GITLAB_ISSUES_TOKEN') },
  ],
  [
    403,
    { error: 'insufficient_scope' },
    {},
    { kind: 'refused', reason: expect.stringContaining('insufficient_scope') },
  ],
  [
    404,
    { message: '404 Project Not Found' },
    {},
    { kind: 'refused', reason: expect.stringContaining('GITLAB_ISSUES ') },
  ],
  [409, { message: 'Conflict' }, {}, { kind: 'failed', reason: expect.stringContaining('HTTP 409') }],
  [422, { message: 'Unprocessable' }, {}, { kind: 'refused', reason: expect.stringContaining('Unprocessable') }],
  [429, 'Retry later', { 'retry-after': '60' }, { kind: 'limited', retryAfterMs: 60_000 }],
  [502, '<html>glpat-s3cret</html>', {}, { kind: 'ambiguous', reason: expect.not.stringContaining('glpat-s3cret') }],
  [
    302,
    '',
    { location: 'https://git.example/users/sign_in' },
    { kind: 'refused', reason: expect.stringContaining('redirects') },
  ],
  [201, '<html>Log in</html>', {}, { kind: 'ambiguous', reason: expect.stringContaining('GITLAB_URL') }],
  [201, '{"iid": 1', {}, { kind: 'ambiguous', reason: expect.stringContaining('GITLAB_URL') }],
  [201, { number: 12 }, {}, { kind: 'ambiguous', reason: expect.stringContaining('GITLAB_URL') }],
])('HTTP %d with %j says whether the issue is there, and what to do', async (status, body, headers, expected) => {
  api().post('/acme%2Fops/issues').reply(status, body, headers);
  expect(await tracker.create(DRAFT, later())).toEqual(expected);
});

test('what became of issues: open, closed, moved, deleted', async () => {
  api()
    .get((path) => path.endsWith('/issues?scope=all&per_page=100&iids[]=1&iids[]=2&iids[]=3&iids[]=4'))
    .reply(200, [issue(3, { state: 'closed', moved_to_id: 77 }), issue(2, { state: 'closed' }), issue(1)]);
  const issues = [1, 2, 3, 4].map((iid) => ({ place: 'acme/ops', remoteId: `acme/ops#${iid}` }));
  const { states, problem } = await tracker.look(issues, later());
  expect([...states.values()]).toEqual(['open', 'done', 'gone', 'gone']);
  expect(problem).toBe('');
});

test.each([401, 404, 429, 500])(
  '%d makes no issue look deleted, and another project is still asked',
  async (status) => {
    api().get('/acme%2Fops/issues').query(true).reply(status, {});
    api()
      .get('/acme%2Fshop/issues')
      .query(true)
      .reply(200, [issue(1)]);
    const issues = ['acme/ops', 'acme/shop'].map((place) => ({ place, remoteId: `${place}#1` }));
    const { states, problem } = await tracker.look(issues, later());
    expect([...states]).toEqual([['acme/shop#1', 'open']]);
    expect(problem).not.toBe('');
  },
);

test.each([
  [200, { id: 1, issues_access_level: 'enabled' }, { ok: true, detail: 'creates issues for action items in acme/ops' }],
  [200, { id: 1, issues_access_level: 'disabled' }, { ok: false, remedy: 'Turn on Issues in its settings.' }],
  [200, { id: 1, archived: true }, { ok: false, detail: 'acme/ops is archived' }],
  [401, {}, { ok: false, remedy: expect.stringContaining('GITLAB_ISSUES_TOKEN') }],
])('the check: %d %j', async (status, body, expected) => {
  api().get('/acme%2Fops').reply(status, body);
  expect(await checkGitLabIssues(OPTIONS, later())).toMatchObject(expected);
});
