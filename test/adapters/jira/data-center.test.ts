/** What Jira Data Center is asked, as its documentation describes it, and what its answers mean. */
import nock from 'nock';
import { describe, expect, test } from 'vitest';
import { jira } from '#adapters/jira/index.ts';
import { checkJira, jiraIssues } from '#adapters/jira/issues.ts';
import { loadConfig } from '#config/load.ts';
import { issueChange, issueDraft, MARK } from '#test/issue-drafts.ts';
import { later } from '#test/later.ts';
import { useMockedApis } from '#test/mocked-api.ts';

useMockedApis();

const OPTIONS = {
  url: new URL('https://jira.acme.example/tracker/'),
  user: undefined,
  token: 'NjQ3-s3cret',
  places: [{ path: 'OPS', service: '' }],
  issueType: 'Task',
  labels: [],
};
const tracker = jiraIssues(OPTIONS);
const site = () =>
  nock('https://jira.acme.example', { reqheaders: { authorization: 'Bearer NjQ3-s3cret' } }).defaultReplyHeaders({
    'content-type': 'application/json',
  });
const PATH = '/tracker/rest/api/2';
const DRAFT = { ...issueDraft('OPS'), lines: [{ label: 'Owner', text: 'Kim', url: '' }], markdown: '', sinceUs: 0 };
const CHANGE = {
  ...issueChange('OPS', '10412'),
  comment: { lines: [{ label: 'Reason', text: 'it is {color:red}there', url: '' }], markdown: '' },
};
const made = { id: '10412', key: 'OPS-41', self: 'https://jira.acme.example/tracker/rest/api/2/issue/10412' };
const LINKED = {
  kind: 'done',
  value: { remoteId: '10412', key: 'OPS-41', url: 'https://jira.acme.example/tracker/browse/OPS-41' },
};
const standing = (key: string, id = '10412', more: object = {}) => ({
  id,
  key: `OPS-${id}`,
  fields: { status: { name: 'Some status', statusCategory: { key } }, resolution: null, ...more },
});

test('an issue is created in wiki markup, in which the words of people mean nothing', async () => {
  let sent: { fields: { description: string } } | undefined;
  site()
    .post(`${PATH}/issue`, (body) => {
      sent = body;
      return true;
    })
    .reply(201, made);
  const hostile = '{code} [~admin] @all *Add* !a.png! ??b?? C:\\new &#91;x| -c- {{d}} ^e^ ~f~ +g+ %h% (!)\nh1. next';
  const lines = [
    { label: 'Action item', text: hostile, url: '' },
    { label: 'Incident', text: 'INC-1: a|b]', url: 'https://slack.example/1?a=[b]|c' },
    { label: 'Owner', text: '', url: '' },
  ];
  expect(await tracker.create({ ...DRAFT, lines }, later())).toEqual(LINKED);
  expect(sent?.fields).toMatchObject({ project: { key: 'OPS' }, issuetype: { name: 'Task' }, duedate: '2026-12-01' });
  expect(sent?.fields.description.split('\n\n')).toEqual([
    '*Action item:* \\{code\\} \\[\\~admin\\] \\@all \\*Add\\* \\!a.png\\! \\?\\?b\\?\\? C:&#92;new &amp;#91;x\\| \\-c\\- \\{\\{d\\}\\} \\^e\\^ \\~f\\~ \\+g\\+ \\%h\\% \\(\\!\\) h1. next',
    '*Incident:* [INC\\-1: a\\|b\\]|https://slack.example/1?a=%5Bb%5D%7Cc]',
    '*Owner:* -',
    `spanhound ${MARK}`,
  ]);
});

describe('after an attempt without an answer', () => {
  const uncertain = { ...DRAFT, isUncertain: true };
  const search = (startAt: number) =>
    site().post(`${PATH}/search`, {
      jql: `project = "OPS" AND description ~ "${MARK}"`,
      fields: ['description'],
      startAt,
      maxResults: 50,
      validateQuery: false,
    });
  const other = { id: '1', key: 'OPS-1', fields: { description: null } };

  test('it is found on a later page, also if the server gives fewer than it is asked for', async () => {
    search(0).reply(200, { startAt: 0, maxResults: 1, total: 2, issues: [other] });
    const description = `*Owner:* Kim\r\n\r\nspanhound ${MARK}`;
    search(1).reply(200, { startAt: 1, maxResults: 1, total: 2, issues: [{ ...made, fields: { description } }] });
    expect(await tracker.create(uncertain, later())).toEqual(LINKED);
  });

  test('it is created where it is not', async () => {
    search(0).reply(200, { startAt: 0, maxResults: 50, total: 1, issues: [other] });
    site().post(`${PATH}/issue`).reply(201, made);
    expect(await tracker.create(uncertain, later())).toEqual(LINKED);
  });

  test.each([
    [500, 'trouble'],
    [200, '<html>'],
    [200, '{"issues": [], "nextPageToken": "renamed"}'],
  ])('%d with %s to the search: nothing is sent, and it stays uncertain', async (status, body) => {
    search(0).reply(status, body);
    expect(await tracker.create(uncertain, later())).toMatchObject({ kind: 'ambiguous' });
  });

  test('a comment that is there is not written again', async () => {
    site().get(`${PATH}/issue/10412`).query({ fields: 'status,resolution' }).reply(200, standing('done'));
    site()
      .get(`${PATH}/issue/10412/comment`)
      .query(true)
      .reply(200, { comments: [{ body: `*State:* done\r\n\r\nspanhound ${MARK}` }] });
    expect(await tracker.change({ ...CHANGE, isUncertain: true }, later())).toEqual({ kind: 'done', value: 'changed' });
  });
});

test('an issue is closed by the category of a transition, with a comment in wiki markup', async () => {
  site().get(`${PATH}/issue/10412`).query(true).reply(200, standing('new'));
  site()
    .get(`${PATH}/issue/10412/transitions`)
    .reply(200, { transitions: [{ id: '5', name: 'Schließen', to: { name: 'Zu', statusCategory: { key: 'done' } } }] });
  site()
    .post(`${PATH}/issue/10412/transitions`, { transition: { id: '5' } })
    .reply(204);
  site()
    .post(`${PATH}/issue/10412/comment`, { body: `*Reason:* it is \\{color:red\\}there\n\nspanhound ${MARK}` })
    .reply(201, { id: '7' });
  expect(await tracker.change(CHANGE, later())).toEqual({ kind: 'done', value: 'changed' });
});

test.each([
  [401, {}, {}, { kind: 'refused', reason: expect.stringContaining('Check JIRA_TOKEN, a personal access token') }],
  [403, {}, {}, { kind: 'refused', reason: expect.not.stringContaining('JIRA_USER') }],
  [404, {}, {}, { kind: 'refused', reason: expect.stringContaining('JIRA_PROJECTS') }],
  [409, {}, {}, { kind: 'failed', reason: expect.stringContaining('HTTP 409') }],
  [422, { errorMessages: ['no'] }, {}, { kind: 'refused', reason: expect.stringContaining('no') }],
  [429, {}, { 'retry-after': '7' }, { kind: 'limited', retryAfterMs: 7_000 }],
  [302, '', { location: '/login.jsp' }, { kind: 'refused', reason: expect.stringContaining('JIRA_URL') }],
  [500, 'NjQ3-s3cret', {}, { kind: 'ambiguous', reason: expect.not.stringContaining('NjQ3') }],
  [503, '<html>', {}, { kind: 'ambiguous', reason: expect.stringContaining('HTTP 503') }],
  [201, '<html>Log in</html>', {}, { kind: 'ambiguous', reason: expect.stringContaining('JIRA_URL') }],
])('HTTP %d with %j says whether the issue is there, and what to do', async (status, body, headers, expected) => {
  site().post(`${PATH}/issue`).reply(status, body, headers);
  expect(await tracker.create(DRAFT, later())).toEqual(expected);
});

describe('what became of issues', () => {
  const issues = ['1', '2', '3', '4'].map((remoteId) => ({ place: 'OPS', remoteId }));
  const search = (startAt: number) =>
    site().post(`${PATH}/search`, (body) => body.jql === 'id in (1, 2, 3, 4)' && body.startAt === startAt);
  const one = (id: string) => site().get(`${PATH}/issue/${id}`).query({ fields: 'status,resolution' });

  test('by pages; one that the index misses is asked for by itself, and so is one that is deleted', async () => {
    search(0).reply(200, { total: 2, issues: [standing('indeterminate', '1')] });
    search(1).reply(200, { total: 2, issues: [standing('done', '2', { resolution: { name: "Won't Fix" } })] });
    one('3').reply(200, standing('done', '3'));
    one('4').reply(404, { errorMessages: ['Issue Does Not Exist'] });
    site().get(`${PATH}/project/OPS`).reply(200, { id: '1' });
    const { states, problem } = await tracker.look(issues, later());
    expect([...states]).toEqual([
      ['1', 'open'],
      ['2', 'dropped'],
      ['3', 'done'],
      ['4', 'gone'],
    ]);
    expect(problem).toBe('');
  });

  test('a token that ended makes no issue look deleted', async () => {
    search(0).reply(200, { total: 0, issues: [] });
    one('1').reply(401, {});
    const { states, problem } = await tracker.look(issues, later());
    expect(states.size).toBe(0);
    expect(problem).toContain('Check JIRA_TOKEN');
  });

  test('a server that counts more than it has is asked once for each issue at most', async () => {
    let pages = 0;
    site()
      .post(`${PATH}/search`)
      .times(9)
      .reply(200, () => {
        pages += 1;
        return { total: 1_000_000, issues: [standing('new', '1')] };
      });
    for (const id of ['2', '3', '4']) one(id).reply(200, standing('new', id));
    expect((await tracker.look(issues, later())).states.size).toBe(4);
    expect(pages).toBe(4);
    nock.cleanAll();
  });

  test.each([401, 403, 429, 500])('%d says nothing', async (status) => {
    search(0).reply(status, {});
    const { states, problem } = await tracker.look(issues, later());
    expect(states.size).toBe(0);
    expect(problem).not.toBe('');
  });
});

describe('the check', () => {
  const server = (deploymentType: string) =>
    site().get(`${PATH}/serverInfo`).reply(200, { version: '9.12.4', deploymentType });
  const types = () => site().get(`${PATH}/issue/createmeta/OPS/issuetypes`).query({ maxResults: '100' });

  test.each([
    [200, { values: [{ name: 'Task' }] }, { ok: true, detail: 'creates issues for action items in OPS' }],
    [200, { values: [{ name: 'Bug' }] }, { ok: false, remedy: 'Set JIRA_ISSUE_TYPE to one of: Bug.' }],
    [200, { issueTypes: [] }, { ok: false, remedy: expect.stringContaining('JIRA_URL') }],
    [401, {}, { ok: false, remedy: expect.stringContaining('personal access token') }],
    [403, {}, { ok: false, remedy: expect.stringContaining('JIRA_TOKEN') }],
    [404, {}, { ok: false, remedy: expect.stringContaining('JIRA_PROJECTS') }],
    [429, {}, { ok: false, remedy: expect.stringContaining('no more requests') }],
    [502, {}, { ok: false, remedy: expect.stringContaining('HTTP 502') }],
  ])('%d %j', async (status, body, expected) => {
    server('Server');
    types().reply(status, body);
    expect(await checkJira(OPTIONS, later())).toMatchObject(expected);
  });

  test('a site that does not say its edition is asked all the same', async () => {
    site().get(`${PATH}/serverInfo`).reply(403, {});
    types().reply(200, { values: [{ name: 'Task' }] });
    expect(await checkJira(OPTIONS, later())).toMatchObject({ ok: true });
  });

  test('the other edition is named, with the setting to change', async () => {
    server('Cloud');
    expect(await checkJira(OPTIONS, later())).toMatchObject({
      ok: false,
      remedy: 'Set JIRA_USER, and JIRA_TOKEN to an API token of it.',
    });
    nock('https://jira.acme.example').get(`${PATH}/serverInfo`).reply(200, { deploymentType: 'Server' });
    expect(await checkJira({ ...OPTIONS, user: 'bot@acme.example' }, later())).toMatchObject({
      ok: false,
      remedy: 'Remove JIRA_USER, and set JIRA_TOKEN to a personal access token.',
    });
  });
});

describe('the settings', () => {
  const ALL = { JIRA_URL: 'https://jira.acme.example', JIRA_TOKEN: 't0ken', JIRA_PROJECTS: 'OPS' };

  test('without a user it is Jira Data Center, but not at an address of Jira Cloud', async () => {
    const config = loadConfig(ALL);
    expect(await jira.issueTracker?.open(config)).toBeDefined();
    const cloud = loadConfig({ ...ALL, JIRA_URL: 'https://acme.atlassian.net' });
    expect(await jira.issueTracker?.open(cloud)).toBeUndefined();
    expect(await jira.doctor?.check(cloud, later())).toEqual({
      ok: false,
      detail: 'JIRA_USER missing, so no issue is created',
      remedy: 'Set JIRA_USER.',
    });
  });

  test('what else is missing is named, and no user', async () => {
    const { JIRA_TOKEN: _, ...without } = ALL;
    expect(await jira.doctor?.check(loadConfig(without), later())).toMatchObject({
      remedy: 'Set JIRA_TOKEN.',
    });
    expect(await jira.doctor?.check(loadConfig({}), later())).toBeUndefined();
  });
});
