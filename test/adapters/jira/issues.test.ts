/** What Jira is asked, as its documentation describes it, and what its answers mean. */
import nock from 'nock';
import { describe, expect, test } from 'vitest';
import { checkJira, jiraIssues } from '#adapters/jira/issues.ts';
import { issueChange, issueDraft, MARK } from '#test/issue-drafts.ts';
import { later } from '#test/later.ts';
import { useMockedApis } from '#test/mocked-api.ts';

useMockedApis();

const OPTIONS = {
  url: new URL('https://acme.atlassian.net'),
  user: 'bot@acme.example',
  token: 'ATATT-s3cret',
  places: [{ path: 'OPS', service: '' }],
  issueType: 'Task',
  labels: ['postmortem'],
};
const AUTHORIZATION = `Basic ${Buffer.from('bot@acme.example:ATATT-s3cret').toString('base64')}`;
const tracker = jiraIssues(OPTIONS);
const api = () => nock('https://acme.atlassian.net/rest/api/3', { reqheaders: { authorization: AUTHORIZATION } });
const DRAFT = {
  ...issueDraft('OPS'),
  lines: [
    { label: 'Action item', text: '{code}[~admin] *Add* @all', url: '' },
    { label: 'Incident', text: 'INC-1', url: 'https://slack.example/1' },
  ],
  markdown: '',
  sinceUs: 0,
};
const CHANGE = {
  ...issueChange('OPS', '10012'),
  comment: { lines: [{ label: 'Reason', text: 'it is there', url: '' }], markdown: '' },
};
const LINKED = {
  kind: 'done',
  value: { remoteId: '10012', key: 'OPS-12', url: 'https://acme.atlassian.net/browse/OPS-12' },
};
const made = { id: '10012', key: 'OPS-12', self: 'https://acme.atlassian.net/rest/api/3/issue/10012' };
const standing = (key: string, name = 'Some status', more: object = {}) => ({
  ...made,
  fields: { status: { name, statusCategory: { key } }, resolution: null, ...more },
});
const marked = {
  type: 'doc',
  content: [{ type: 'paragraph', content: [{ type: 'text', text: `spanhound ${MARK}` }] }],
};

test('an issue is created with its day and its labels; its words are text alone', async () => {
  let sent: { fields: Record<string, unknown> } | undefined;
  api()
    .post('/issue', (body) => {
      sent = body;
      return true;
    })
    .reply(201, made);
  expect(await tracker.create(DRAFT, later())).toEqual(LINKED);
  expect(sent?.fields).toMatchObject({
    project: { key: 'OPS' },
    issuetype: { name: 'Task' },
    summary: 'Add an index',
    duedate: '2026-12-01',
    labels: ['postmortem'],
    description: {
      type: 'doc',
      version: 1,
      content: [
        { content: [{ text: 'Action item: ' }, { type: 'text', text: '{code}[~admin] *Add* @all' }] },
        {
          content: [{ text: 'Incident: ' }, { marks: [{ type: 'link', attrs: { href: 'https://slack.example/1' } }] }],
        },
        { content: [{ text: `spanhound ${MARK}` }] },
      ],
    },
  });
});

test('a project without a day and labels gets the issue without them, once', async () => {
  const said = "Field 'duedate' cannot be set. It is not on the appropriate screen, or unknown.";
  api()
    .post('/issue', ({ fields }) => 'duedate' in fields)
    .reply(400, { errorMessages: [], errors: { duedate: said, labels: said } });
  api()
    .post('/issue', ({ fields }) => !('duedate' in fields) && !('labels' in fields))
    .reply(201, made);
  expect(await tracker.create(DRAFT, later())).toEqual(LINKED);
});

test('a field that the issue needs is refused, with what Jira says', async () => {
  api()
    .post('/issue')
    .reply(400, { errorMessages: [], errors: { customfield_10042: 'Team is required.' } });
  expect(await tracker.create(DRAFT, later())).toEqual({
    kind: 'refused',
    reason: expect.stringContaining('It said: Team is required.'),
  });
});

describe('after an attempt without an answer', () => {
  const uncertain = { ...DRAFT, isUncertain: true };
  const search = (token?: string) =>
    api().post(
      '/search/jql',
      ({ jql, nextPageToken }) => jql === `project = "OPS" AND description ~ "${MARK}"` && nextPageToken === token,
    );
  const other = { id: '1', key: 'OPS-1', fields: { description: null } };

  test('it is found on a later page by its mark, and not created again', async () => {
    search().reply(200, { issues: [other], nextPageToken: 'more', isLast: false });
    search('more').reply(200, { issues: [{ ...made, fields: { description: marked } }], isLast: true });
    expect(await tracker.create(uncertain, later())).toEqual(LINKED);
  });

  test('it is created where it is not', async () => {
    search().reply(200, { issues: [other], isLast: true });
    api().post('/issue').reply(201, made);
    expect(await tracker.create(uncertain, later())).toEqual(LINKED);
  });

  test.each([
    [500, 'trouble'],
    [200, '<html>'],
    [200, '{"issues": [{"id": "1"'],
    [200, '{"values": []}'],
  ])('%d with %s to the search: nothing is sent, and it stays uncertain', async (status, body) => {
    search().reply(status, body);
    expect(await tracker.create(uncertain, later())).toMatchObject({ kind: 'ambiguous' });
  });

  test('a comment that is there is not written again', async () => {
    api().get('/issue/10012').query(true).reply(200, standing('done'));
    api()
      .get('/issue/10012/comment')
      .query(true)
      .reply(200, { comments: [{ body: marked }] });
    expect(await tracker.change({ ...CHANGE, isUncertain: true }, later())).toEqual({ kind: 'done', value: 'changed' });
  });
});

const to = (id: string, name: string, key: string) => ({ id, name, to: { name, statusCategory: { key } } });
const TRANSITIONS = [
  to('1', 'In Arbeit', 'indeterminate'),
  to('2', "Won't Do", 'done'),
  to('3', 'Erledigt', 'done'),
  to('4', 'Offen', 'new'),
];

test.each([
  ['done', 'new', '3'],
  ['dropped', 'indeterminate', '2'],
  ['open', 'done', '4'],
] as const)('%s moves it from %s by the category of the status, whatever its name', async (state, from, id) => {
  api().get('/issue/10012').query(true).reply(200, standing(from));
  api().get('/issue/10012/transitions').reply(200, { transitions: TRANSITIONS });
  api().post('/issue/10012/transitions', { transition: { id } }).reply(204);
  api().post('/issue/10012/comment').reply(201, { id: '7' });
  expect(await tracker.change({ ...CHANGE, state }, later())).toEqual({ kind: 'done', value: 'changed' });
});

test('a workflow without a way to the end is said', async () => {
  api().get('/issue/10012').query(true).reply(200, standing('new', 'To Do'));
  api()
    .get('/issue/10012/transitions')
    .reply(200, { transitions: TRANSITIONS.slice(0, 1) });
  expect(await tracker.change(CHANGE, later())).toEqual({
    kind: 'refused',
    reason: 'Jira has no way from “To Do” to a status of the category Done. Move the issue there by hand.',
  });
});

test('an issue that is gone, and a project that the user does not see', async () => {
  api()
    .get('/issue/10012')
    .query(true)
    .times(2)
    .reply(404, { errorMessages: ['Issue does not exist'] });
  api().get('/project/OPS').reply(200, { id: '1' });
  expect(await tracker.change(CHANGE, later())).toEqual({ kind: 'done', value: 'gone' });
  api()
    .get('/project/OPS')
    .reply(404, { errorMessages: ['No project'] });
  expect(await tracker.change(CHANGE, later())).toMatchObject({ kind: 'refused' });
});

test.each([
  [
    401,
    { message: 'Client must be authenticated' },
    {},
    { kind: 'refused', reason: expect.stringContaining('JIRA_TOKEN') },
  ],
  [
    403,
    { errorMessages: ['You do not have permission'] },
    {},
    { kind: 'refused', reason: expect.stringContaining('permission') },
  ],
  [404, { errorMessages: ['gone'] }, {}, { kind: 'refused', reason: expect.stringContaining('JIRA_PROJECTS') }],
  [409, {}, {}, { kind: 'failed', reason: expect.stringContaining('HTTP 409') }],
  [422, { errorMessages: ['no'] }, {}, { kind: 'refused', reason: expect.stringContaining('no') }],
  [429, {}, { 'retry-after': '7' }, { kind: 'limited', retryAfterMs: 7_000 }],
  [503, `<html>${'ATATT-s3cret'}</html>`, {}, { kind: 'ambiguous', reason: expect.not.stringContaining('ATATT') }],
  [201, '<html>Log in</html>', {}, { kind: 'ambiguous', reason: expect.stringContaining('JIRA_URL') }],
  [201, '{"id": "100', {}, { kind: 'ambiguous', reason: expect.stringContaining('JIRA_URL') }],
  [201, { issueId: 10012 }, {}, { kind: 'ambiguous', reason: expect.stringContaining('JIRA_URL') }],
])('HTTP %d with %j says whether the issue is there, and what to do', async (status, body, headers, expected) => {
  api().post('/issue').reply(status, body, headers);
  expect(await tracker.create(DRAFT, later())).toEqual(expected);
});

describe('what became of issues', () => {
  const issues = ['1', '2', '3', '4', '5'].map((remoteId) => ({ place: 'OPS', remoteId }));

  test('by the category, the name and the resolution; one is deleted, one is in another form', async () => {
    const fetched = [
      { ...standing('indeterminate'), id: '1' },
      { ...standing('done', 'Erledigt'), id: '2' },
      { ...standing('done', 'Closed', { resolution: { name: "Won't Do" } }), id: '3' },
      { id: '5', fields: { state: 'renamed' } },
    ];
    api().post('/issue/bulkfetch').reply(200, { issues: fetched, issueErrors: [] });
    api().get('/project/OPS').reply(200, { id: '1' });
    const { states, problem } = await tracker.look(issues, later());
    expect([...states]).toEqual([
      ['1', 'open'],
      ['2', 'done'],
      ['3', 'dropped'],
      ['4', 'gone'],
    ]);
    expect(problem).toBe('Jira describes some issues in an unknown form.');
  });

  test('a project that the user does not see any more makes no issue look deleted', async () => {
    api().post('/issue/bulkfetch').reply(200, { issues: [] });
    api()
      .get('/project/OPS')
      .reply(403, { errorMessages: ['no'] });
    const { states, problem } = await tracker.look(issues, later());
    expect(states.size).toBe(0);
    expect(problem).toContain('Check JIRA_USER and JIRA_TOKEN');
  });

  test.each([401, 429, 500])('%d says nothing', async (status) => {
    api().post('/issue/bulkfetch').reply(status, {});
    const { states, problem } = await tracker.look(issues, later());
    expect(states.size).toBe(0);
    expect(problem).not.toBe('');
  });
});

test.each([
  [200, { issueTypes: [{ name: 'Task' }] }, { ok: true, detail: 'creates issues for action items in OPS' }],
  [200, { issueTypes: [{ name: 'Aufgabe' }] }, { ok: false, remedy: 'Set JIRA_ISSUE_TYPE to one of: Aufgabe.' }],
  [401, {}, { ok: false, remedy: expect.stringContaining('JIRA_TOKEN') }],
  [404, {}, { ok: false, remedy: expect.stringContaining('JIRA_PROJECTS') }],
])('the check: %d %j', async (status, body, expected) => {
  nock('https://acme.atlassian.net').get('/rest/api/2/serverInfo').reply(200, { deploymentType: 'Cloud' });
  api().get('/issue/createmeta/OPS/issuetypes').query({ maxResults: '100' }).reply(status, body);
  expect(await checkJira(OPTIONS, later())).toMatchObject(expected);
});
