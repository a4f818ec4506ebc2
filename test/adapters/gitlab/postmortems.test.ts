/** What GitLab is asked about a postmortem, as its documentation describes it, and what its answers mean. */
import { createHash } from 'node:crypto';
import nock from 'nock';
import { expect, test } from 'vitest';
import { checkGitLabPostmortems, gitlabPostmortems } from '#adapters/gitlab/postmortems.ts';
import { later } from '#test/later.ts';
import { useMockedApis } from '#test/mocked-api.ts';
import { DRAFT, kept, PNG } from '#test/target-draft.ts';

useMockedApis();

const OPTIONS = {
  url: new URL('https://git.example/base/'),
  token: 'glpat-s3cret',
  place: 'acme/team/ops',
  folder: 'postmortems',
};
const target = gitlabPostmortems(OPTIONS);
const send = (draft = DRAFT) => target.send(draft, kept().keep, later());
const api = () =>
  nock('https://git.example/base/api/v4/projects/acme%2Fteam%2Fops', {
    reqheaders: { authorization: 'Bearer glpat-s3cret' },
  });

const BRANCH = 'spanhound/inc-12-01234567';
const request = (iid: number, more: object = {}) => ({
  id: 9_000 + iid,
  iid,
  web_url: `https://git.example/base/acme/team/ops/-/merge_requests/${iid}`,
  state: 'opened',
  source_branch: BRANCH,
  ...more,
});
const SENT = { kind: 'done', value: { key: 'acme/team/ops!7', url: request(7).web_url } };
const DIGESTS = [DRAFT.markdown, PNG].map((content) => createHash('sha256').update(content).digest('hex'));
const MARKDOWN = Buffer.from(DRAFT.markdown).toString('base64');
const ACTIONS = [
  { file_path: 'postmortems/INC-12.md', content: MARKDOWN, encoding: 'base64' },
  { file_path: 'postmortems/INC-12-steps.png', content: 'iVBORw==', encoding: 'base64' },
];

const project = (more: object = {}) =>
  api()
    .get('')
    .reply(200, { default_branch: 'main', web_url: 'https://git.example/base/acme/team/ops', ...more });
const requests = (found: readonly object[], branch = BRANCH, at: object = {}) =>
  api()
    .get('/merge_requests')
    .query({ source_branch: branch, state: 'all', order_by: 'created_at', sort: 'desc', per_page: '100', ...at })
    .reply(200, found);
const branchThere = (isThere: boolean, branch = BRANCH, title = 'Postmortem of INC-12') =>
  api()
    .get(`/repository/branches/${encodeURIComponent(branch)}`)
    .reply(isThere ? 200 : 404, isThere ? { name: branch, commit: { title } } : { message: '404 Branch Not Found' });
/** By digest; undefined where the file is not there. */
const files = (ref: string, digests: readonly (string | undefined)[]) => {
  for (const [at, digest] of digests.entries()) {
    const path = encodeURIComponent(ACTIONS[at]?.file_path ?? '');
    const answer =
      digest === undefined ? { message: '404 File Not Found' } : { content_sha256: digest, last_commit_id: 'c0ffee0' };
    api()
      .get(`/repository/files/${path}`)
      .query({ ref })
      .reply(digest === undefined ? 404 : 200, answer);
  }
};
const firstTime = () => {
  project();
  requests([]);
  branchThere(false);
  files('main', [undefined, undefined]);
};
const commit = (actions: readonly Readonly<Record<string, string>>[], more: object = { start_branch: 'main' }) =>
  api().post('/repository/commits', { branch: BRANCH, commit_message: 'Postmortem of INC-12', actions, ...more });
const created = ACTIONS.map((one) => ({ action: 'create', ...one }));
const opening = () =>
  api().post(
    '/merge_requests',
    (body) => body.source_branch === BRANCH && body.target_branch === 'main' && body.title === DRAFT.title,
  );

test('the first time, one commit has the files and the pictures on a branch, and a merge request is opened', async () => {
  firstTime();
  commit(created).reply(201, { id: 'ab12cd34' });
  opening().reply(201, request(7));
  expect(await send()).toEqual(SENT);
});

test('sent again, only what changed is committed to the branch of the open merge request', async () => {
  project();
  requests([request(7)]);
  branchThere(true);
  files(BRANCH, ['another', DIGESTS[1]]);
  commit([{ action: 'update', ...ACTIONS[0], last_commit_id: 'c0ffee0' }], {}).reply(201, { id: 'ab12cd34' });
  expect(await send()).toEqual(SENT);
});

test('a branch to which somebody else committed is left as it is', async () => {
  project();
  requests([request(7)]);
  branchThere(true, BRANCH, 'Update INC-12.md');
  files(BRANCH, ['another', DIGESTS[1]]);
  const reason = expect.stringContaining('merge or close the merge request');
  expect(await send()).toEqual({ kind: 'refused', reason, isEdited: true });
});

test('what people wrote is read at the newest commit of the branch, and is followed once it was taken in', async () => {
  const branch = () =>
    api()
      .get(`/repository/branches/${encodeURIComponent(BRANCH)}`)
      .reply(200, { name: BRANCH, commit: { id: 'ab12cd34', title: 'Update INC-12.md' } });
  project();
  requests([request(7)]);
  branch();
  api()
    .get(`/repository/files/${encodeURIComponent('postmortems/INC-12.md')}`)
    .query({ ref: 'ab12cd34' })
    .reply(200, { content_sha256: 'any', content: Buffer.from('# Zeile').toString('base64') });
  const remote = 'ab12cd34 0123abcd';
  const value = { markdown: '# Zeile', marks: '0123abcd', remote };
  expect(await target.read?.({ ...DRAFT, remote: ' 0123abcd' }, later())).toEqual({ kind: 'done', value });
  project();
  requests([request(7)]);
  branch();
  files(BRANCH, ['another', DIGESTS[1]]);
  commit([{ action: 'update', ...ACTIONS[0], last_commit_id: 'c0ffee0' }], {}).reply(201, { id: 'ab12cd35' });
  expect(await send({ ...DRAFT, remote })).toEqual(SENT);
});

test('sent again without a change, nothing is written', async () => {
  project();
  requests([request(7)]);
  branchThere(true);
  files(BRANCH, DIGESTS);
  expect(await send()).toEqual(SENT);
});

test('after a commit whose answer was lost, the merge request is opened, and nothing is committed twice', async () => {
  project();
  requests([]);
  branchThere(true);
  files(BRANCH, DIGESTS);
  opening().reply(201, request(7));
  expect(await send({ ...DRAFT, isUncertain: true })).toEqual(SENT);
});

test('a merge request behind a hundred others of other branches is found, and no second one is opened', async () => {
  project();
  requests(Array.from({ length: 100 }, (_, at) => request(200 - at, { source_branch: `another-${at}` })));
  requests([request(7)], BRANCH, { page: '2' });
  branchThere(true);
  files(BRANCH, DIGESTS);
  expect(await send()).toEqual(SENT);
});

test('a merge request that is there already is left to the next attempt, which finds it', async () => {
  project();
  requests([]);
  branchThere(true);
  files(BRANCH, DIGESTS);
  opening().reply(409, { message: ['Another open merge request already exists for this source branch: !7'] });
  expect(await send()).toMatchObject({ kind: 'failed' });
});

test('after a merge, a branch with a number; without a change since, the link leads to the file', async () => {
  for (const digests of [[undefined, undefined], DIGESTS]) {
    project();
    requests([request(7, { state: 'merged' }), request(5, { source_branch: 'another' })]);
    requests([], `${BRANCH}-2`);
    branchThere(false, `${BRANCH}-2`);
    files('main', digests);
    if (digests !== DIGESTS) {
      api()
        .post('/repository/commits', (body) => body.branch === `${BRANCH}-2`)
        .reply(201, { id: 'ab12cd34' });
      api()
        .post('/merge_requests')
        .reply(201, request(8, { source_branch: `${BRANCH}-2` }));
    }
    const url = 'https://git.example/base/acme/team/ops/-/blob/main/postmortems/INC-12.md';
    const value = digests === DIGESTS ? { key: '', url } : { key: 'acme/team/ops!8' };
    expect(await send()).toMatchObject({ kind: 'done', value });
  }
});

test.each([
  ['A file with this name already exists'],
  ['You are attempting to update a file that has changed since you started editing it.'],
  ["A branch called 'x' already exists. Switch to that branch in order to make changes"],
])('somebody who commits at the same moment is read again: %s', async (message) => {
  firstTime();
  commit(created).reply(400, { message });
  expect(await send()).toMatchObject({ kind: 'failed', reason: expect.stringContaining('same moment') });
});

test('an empty or archived project is refused with what to do', async () => {
  project({ default_branch: null });
  expect(await send()).toMatchObject({ kind: 'refused', reason: expect.stringContaining('Make a first commit') });
  project({ archived: true });
  expect(await send()).toMatchObject({ kind: 'refused', reason: expect.stringContaining('GITLAB_POSTMORTEMS') });
});

test.each([
  [401, { message: '401 Unauthorized' }, {}, 'refused', 'Check GITLAB_POSTMORTEMS_TOKEN'],
  [403, { message: '403 Forbidden' }, {}, 'refused', 'role Developer'],
  [404, { message: '404 Project Not Found' }, {}, 'refused', 'Check GITLAB_POSTMORTEMS and'],
  [409, { message: 'Conflict' }, {}, 'failed', 'HTTP 409'],
  [422, { message: 'Unprocessable' }, {}, 'refused', 'Unprocessable'],
  [502, '<html>glpat-s3cret</html>', {}, 'ambiguous', 'HTTP 502'],
  [201, { id: 7, title: 'renamed fields' }, {}, 'ambiguous', 'GITLAB_URL'],
] as const)('HTTP %d with %j says whether it is there, and what to do', async (status, body, headers, kind, reason) => {
  firstTime();
  commit(created).reply(201, { id: 'ab12cd34' });
  opening().reply(status, body, headers);
  const result = await send();
  expect(result).toEqual({ kind, reason: expect.stringContaining(reason) });
  expect(JSON.stringify(result)).not.toContain('glpat-s3cret');
});

test('a limit is waited for', async () => {
  project();
  requests([]);
  api()
    .get(`/repository/branches/${encodeURIComponent(BRANCH)}`)
    .reply(429, {}, { 'retry-after': '30' });
  expect(await send()).toEqual({ kind: 'limited', retryAfterMs: 30_000 });
});

test.each([
  [200, {}, 200, { ok: true, detail: 'sends postmortems to postmortems/ of acme/team/ops', remedy: '' }],
  [200, { archived: true }, 0, { ok: false, detail: 'acme/team/ops is archived' }],
  [
    200,
    { permissions: { project_access: { access_level: 20 }, group_access: null } },
    0,
    { ok: false, remedy: expect.stringContaining('role Developer') },
  ],
  [
    200,
    { permissions: { project_access: { access_level: 20 }, group_access: { access_level: 40 } } },
    200,
    { ok: true },
  ],
  [401, {}, 0, { ok: false, remedy: expect.stringContaining('Check GITLAB_POSTMORTEMS_TOKEN') }],
  [200, {}, 403, { ok: false, remedy: expect.stringContaining('Check GITLAB_POSTMORTEMS_TOKEN') }],
])('the check: %d %j, %d', async (status, more, listed, expected) => {
  api()
    .get('')
    .reply(status, { default_branch: 'main', web_url: 'https://git.example/base/acme/team/ops', ...more });
  if (listed !== 0) api().get('/merge_requests').query({ per_page: '1' }).reply(listed, []);
  expect(await checkGitLabPostmortems(OPTIONS, later())).toMatchObject(expected);
});
