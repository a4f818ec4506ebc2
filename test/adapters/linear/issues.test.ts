/** What Linear is asked, as its documentation describes it, and what its answers mean. */
import nock from 'nock';
import { describe, expect, test } from 'vitest';
import { checkLinear, linearIssues } from '#adapters/linear/issues.ts';
import { issueChange, issueDraft } from '#test/issue-drafts.ts';
import { later } from '#test/later.ts';
import { useMockedApis } from '#test/mocked-api.ts';

useMockedApis();

const ID = '01234567-89ab-4def-a123-456789abcdef';
const OPTIONS = {
  url: new URL('https://api.linear.app/graphql'),
  token: 'lin_api_s3cret',
  places: [{ path: 'ENG', service: '' }],
};
const tracker = linearIssues(OPTIONS);
/** The next question that has these words. */
const asked = (words: string, variables: object = {}) =>
  nock('https://api.linear.app', { reqheaders: { authorization: 'lin_api_s3cret' } }).post('/graphql', (body) => {
    if (!body.query.includes(words)) return false;
    expect(body.variables).toMatchObject(variables);
    return true;
  });
const DRAFT = { ...issueDraft('ENG'), sinceUs: 0 };
const CHANGE = issueChange('ENG', ID);
const issue = { id: ID, identifier: 'ENG-12', url: 'https://linear.app/acme/issue/ENG-12' };
const LINKED = { kind: 'done', value: { remoteId: ID, key: 'ENG-12', url: issue.url } };
const team = () =>
  asked('teams(', { key: 'ENG' }).reply(200, { data: { teams: { nodes: [{ id: 't1', name: 'Eng' }] } } });
const noTeam = () => asked('teams(').reply(200, { data: { teams: { nodes: [] } } });
const refusedWith = (code: string) => ({ errors: [{ message: `no: ${code}`, extensions: { code } }] });

test('an issue is created in its team, with our id and its day', async () => {
  team();
  const input = {
    id: ID,
    teamId: 't1',
    title: 'Add an index',
    description: '- **Due:** 2026-12-01',
    dueDate: '2026-12-01',
  };
  asked('issueCreate', { input }).reply(200, { data: { issueCreate: { success: true, issue } } });
  expect(await tracker.create(DRAFT, later())).toEqual(LINKED);
});

describe('after an attempt without an answer', () => {
  const uncertain = { ...DRAFT, isUncertain: true };

  test('it is found by our id, and not created again', async () => {
    asked('issues(filter', { id: ID }).reply(200, { data: { issues: { nodes: [issue] } } });
    expect(await tracker.create(uncertain, later())).toEqual(LINKED);
  });

  test('it is created where it is not', async () => {
    asked('issues(filter').reply(200, { data: { issues: { nodes: [] } } });
    team();
    asked('issueCreate').reply(200, { data: { issueCreate: { success: true, issue } } });
    expect(await tracker.create(uncertain, later())).toEqual(LINKED);
  });

  test.each([
    [500, 'trouble'],
    [200, '<html>'],
    [200, '{"data": {"issues"'],
    [200, '{"data": {"tickets": {"nodes": []}}}'],
  ])('%d with %s to the question: nothing is sent, and it stays uncertain', async (status, body) => {
    asked('issues(filter').reply(status, body);
    expect(await tracker.create(uncertain, later())).toMatchObject({ kind: 'ambiguous' });
  });

  test('a comment that is there is not written again', async () => {
    asked('team { states').reply(200, standing('completed'));
    asked('comments(filter').reply(200, { data: { comments: { nodes: [{ id: ID }] } } });
    expect(await tracker.change({ ...CHANGE, isUncertain: true }, later())).toEqual({ kind: 'done', value: 'changed' });
  });
});

const states = [
  { id: 's-done2', type: 'completed', position: 4 },
  { id: 's-done', type: 'completed', position: 3 },
  { id: 's-no', type: 'canceled', position: 5 },
  { id: 's-todo', type: 'unstarted', position: 1 },
];
function standing(type: string, more: object = {}) {
  return {
    data: {
      issues: { nodes: [{ id: ID, trashed: null, state: { type }, team: { states: { nodes: states } }, ...more }] },
    },
  };
}

test.each([
  ['done', 'started', 's-done'],
  ['dropped', 'backlog', 's-no'],
  ['open', 'canceled', 's-todo'],
] as const)('%s moves it from %s by the type of the status', async (state, from, stateId) => {
  asked('team { states', { id: ID }).reply(200, standing(from));
  asked('issueUpdate', { id: ID, input: { stateId } }).reply(200, { data: { issueUpdate: { success: true } } });
  asked('commentCreate', { input: { id: ID, issueId: ID, body: 'done' } }).reply(200, {
    data: { commentCreate: { success: true } },
  });
  expect(await tracker.change({ ...CHANGE, state }, later())).toEqual({ kind: 'done', value: 'changed' });
});

test('an issue in the trash is gone; one of a team that the user does not see is not', async () => {
  asked('team { states').reply(200, standing('started', { trashed: true }));
  team();
  expect(await tracker.change(CHANGE, later())).toEqual({ kind: 'done', value: 'gone' });
  asked('team { states').reply(200, { data: { issues: { nodes: [] } } });
  noTeam();
  expect(await tracker.change(CHANGE, later())).toMatchObject({ kind: 'refused' });
});

test.each([
  [400, refusedWith('AUTHENTICATION_ERROR'), {}, { kind: 'refused', reason: expect.stringContaining('LINEAR_TOKEN') }],
  [200, refusedWith('FORBIDDEN'), {}, { kind: 'refused', reason: expect.stringContaining('LINEAR_TOKEN') }],
  [200, refusedWith('INVALID_INPUT'), {}, { kind: 'refused', reason: expect.stringContaining('no: INVALID_INPUT') }],
  [400, refusedWith('RATELIMITED'), { 'retry-after': '9' }, { kind: 'limited', retryAfterMs: 9_000 }],
  [400, refusedWith('RATELIMITED'), {}, { kind: 'limited', retryAfterMs: 60_000 }],
  [200, refusedWith('INTERNAL_SERVER_ERROR'), {}, { kind: 'ambiguous', reason: expect.stringContaining('trouble') }],
  [401, 'no', {}, { kind: 'refused', reason: expect.stringContaining('LINEAR_TOKEN') }],
  [403, 'no', {}, { kind: 'refused', reason: expect.stringContaining('LINEAR_TOKEN') }],
  [404, 'no', {}, { kind: 'refused', reason: expect.stringContaining('LINEAR_TEAMS') }],
  [409, 'no', {}, { kind: 'failed', reason: expect.stringContaining('HTTP 409') }],
  [422, 'no', {}, { kind: 'refused', reason: expect.stringContaining('HTTP 422') }],
  [429, 'no', { 'retry-after': '5' }, { kind: 'limited', retryAfterMs: 5_000 }],
  [502, '<html>lin_api_s3cret</html>', {}, { kind: 'ambiguous', reason: expect.not.stringContaining('s3cret') }],
  [200, '<html>Log in</html>', {}, { kind: 'ambiguous', reason: expect.stringContaining('LINEAR_API_URL') }],
  [200, '{"data": {"iss', {}, { kind: 'ambiguous', reason: expect.stringContaining('LINEAR_API_URL') }],
  [
    200,
    { data: { issueCreate: { ticket: issue } } },
    {},
    { kind: 'ambiguous', reason: expect.stringContaining('LINEAR_API_URL') },
  ],
])('HTTP %d with %j says whether the issue is there, and what to do', async (status, body, headers, expected) => {
  team();
  asked('issueCreate').reply(status, body, headers);
  expect(await tracker.create(DRAFT, later())).toEqual(expected);
});

describe('what became of issues', () => {
  const ids = ['a', 'b', 'c', 'd', 'e'];
  const issues = ids.map((remoteId) => ({ place: 'ENG', remoteId }));
  const page = (found: readonly object[], endCursor?: string) => ({
    data: { issues: { nodes: found, pageInfo: { hasNextPage: endCursor !== undefined, endCursor } } },
  });
  const one = (id: string, type: string, trashed = false) => ({ id, trashed, state: { type } });

  test('on two pages: open, done, dropped, in the trash, deleted', async () => {
    asked('pageInfo', { ids }).reply(200, page([one('a', 'started'), one('b', 'completed')], 'next'));
    asked('pageInfo', { ids, after: 'next' }).reply(200, page([one('c', 'canceled'), one('d', 'started', true)]));
    team();
    const looked = await tracker.look(issues, later());
    expect([...looked.states.values()]).toEqual(['open', 'done', 'dropped', 'gone', 'gone']);
    expect(looked.problem).toBe('');
  });

  test('a team that the user does not see any more makes no issue look deleted', async () => {
    asked('pageInfo').reply(200, page([]));
    noTeam();
    const looked = await tracker.look(issues, later());
    expect(looked.states.size).toBe(0);
    expect(looked.problem).toContain('LINEAR_TEAMS');
  });

  test.each([400, 500])('%d says nothing', async (status) => {
    asked('pageInfo').reply(status, refusedWith('AUTHENTICATION_ERROR'));
    expect((await tracker.look(issues, later())).problem).not.toBe('');
  });
});

test('the check', async () => {
  team();
  expect(await checkLinear(OPTIONS, later())).toMatchObject({ ok: true });
  noTeam();
  expect(await checkLinear(OPTIONS, later())).toMatchObject({
    ok: false,
    remedy: expect.stringContaining('LINEAR_TEAMS'),
  });
});
