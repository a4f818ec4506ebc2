/** What GitHub is asked about a postmortem, as its documentation describes it, and what its answers mean. */
import nock from 'nock';
import { describe, expect, test } from 'vitest';
import { checkGitHubPostmortems, githubPostmortems } from '#adapters/github/postmortems.ts';
import { marksOf } from '#model/incident/postmortem-taken.ts';
import { later } from '#test/later.ts';
import { useMockedApis } from '#test/mocked-api.ts';
import { DRAFT, kept } from '#test/target-draft.ts';

useMockedApis();

const OPTIONS = {
  url: new URL('https://api.github.com'),
  token: 'ghs_s3cret',
  place: 'acme/ops',
  folder: 'docs/postmortems',
};
const target = githubPostmortems(OPTIONS);
const send = (draft = DRAFT) => target.send(draft, kept().keep, later());
const api = () => nock('https://api.github.com/repos/acme/ops', { reqheaders: { authorization: 'Bearer ghs_s3cret' } });

const BRANCH = 'spanhound/inc-12-01234567';
const [BASE_SHA, OWN_SHA, NEW_SHA] = ['ba5e000', '0a0a000', 'e0e0000'];
const [OLD_TREE, NEW_TREE] = ['01d7ee0', '4e47ee0'];
const pull = (number: number, more: object = {}) => ({
  number,
  html_url: `https://github.com/acme/ops/pull/${number}`,
  state: 'open',
  head: { ref: BRANCH },
  ...more,
});
const SENT = { kind: 'done', value: { key: 'acme/ops#7', url: 'https://github.com/acme/ops/pull/7' } };

const repository = () =>
  api().get('').reply(200, { default_branch: 'main', html_url: 'https://github.com/acme/ops', archived: false });
const pulls = (found: readonly object[], branch = BRANCH, at: object = {}) =>
  api()
    .get('/pulls')
    .query({ state: 'all', head: `acme:${branch}`, sort: 'created', direction: 'desc', per_page: '100', ...at })
    .reply(200, found);
const ref = (branch: string, sha: string | undefined) =>
  api()
    .get(`/git/ref/heads/${branch}`)
    .reply(sha === undefined ? 404 : 200, sha === undefined ? { message: 'Not Found' } : { object: { sha } });
/** The files, on top of a commit; `tree`: what they make. */
const tree = (parent: string, made: string, message = 'Postmortem of INC-12') => {
  api()
    .get(`/git/commits/${parent}`)
    .reply(200, { tree: { sha: OLD_TREE }, message });
  api().post('/git/blobs', { content: 'iVBORw==', encoding: 'base64' }).reply(201, { sha: 'b10b000' });
  const file = { mode: '100644', type: 'blob' };
  api()
    .post('/git/trees', {
      base_tree: OLD_TREE,
      tree: [
        { path: 'docs/postmortems/INC-12.md', ...file, content: DRAFT.markdown },
        { path: 'docs/postmortems/INC-12-steps.png', ...file, sha: 'b10b000' },
      ],
    })
    .reply(201, { sha: made });
};
const commit = (parent: string) =>
  api()
    .post('/git/commits', { message: 'Postmortem of INC-12', tree: NEW_TREE, parents: [parent] })
    .reply(201, { sha: NEW_SHA });
const newBranch = (branch = BRANCH) =>
  api()
    .post('/git/refs', { ref: `refs/heads/${branch}`, sha: NEW_SHA })
    .reply(201, { object: { sha: NEW_SHA } });
const opening = () =>
  api().post('/pulls', (body) => body.head === BRANCH && body.base === 'main' && body.title === DRAFT.title);

/** All until the commit on a new branch. */
const firstTime = () => {
  repository();
  pulls([]);
  ref(BRANCH, undefined);
  ref('main', BASE_SHA);
  tree(BASE_SHA, NEW_TREE);
  commit(BASE_SHA);
};

test('the first time, one commit has the files and the pictures on a branch, and a pull request is opened', async () => {
  firstTime();
  newBranch();
  opening().reply(201, pull(7));
  expect(await send()).toEqual(SENT);
});

test('sent again, the branch of the open pull request gets one more commit, and no pull request is opened', async () => {
  repository();
  pulls([pull(7)]);
  ref(BRANCH, OWN_SHA);
  tree(OWN_SHA, NEW_TREE);
  commit(OWN_SHA);
  api()
    .patch(`/git/refs/heads/${BRANCH}`, { sha: NEW_SHA, force: false })
    .reply(200, { object: { sha: NEW_SHA } });
  expect(await send()).toEqual(SENT);
});

test('a branch to which somebody else committed is left as it is', async () => {
  repository();
  pulls([pull(7)]);
  ref(BRANCH, OWN_SHA);
  tree(OWN_SHA, NEW_TREE, 'Update INC-12.md');
  const reason = expect.stringContaining('merge or close the pull request');
  expect(await send()).toEqual({ kind: 'refused', reason, isEdited: true });
});

describe('what people wrote', () => {
  const file = (sha: string, answer: object | undefined) =>
    api()
      .get('/contents/docs/postmortems/INC-12.md')
      .query({ ref: sha })
      .reply(answer === undefined ? 404 : 200, answer ?? { message: 'Not Found' });
  const content = { encoding: 'base64', content: `${Buffer.from('# Zeile – 日本').toString('base64')}\n` };
  const read = (remote = ' 0123abcd') => target.read?.({ ...DRAFT, remote }, later());

  test('in the branch is read at its newest commit, with what was kept of our lines', async () => {
    repository();
    pulls([pull(7)]);
    ref(BRANCH, OWN_SHA);
    file(OWN_SHA, content);
    const value = { markdown: '# Zeile – 日本', marks: '0123abcd', remote: `${OWN_SHA} 0123abcd` };
    expect(await read()).toEqual({ kind: 'done', value });
  });

  test('in the merged file is read where there is no open pull request', async () => {
    repository();
    pulls([pull(7, { state: 'closed' })]);
    pulls([], `${BRANCH}-2`);
    ref('main', BASE_SHA);
    file(BASE_SHA, content);
    expect(await read()).toMatchObject({ kind: 'done', value: { remote: `${BASE_SHA} 0123abcd` } });
  });

  test.each([
    ['is not there', undefined, 'refused'],
    ['is too large to be shown', { encoding: 'none', content: '' }, 'ambiguous'],
  ])('in a file that %s is not taken in', async (_, answer, kind) => {
    repository();
    pulls([pull(7)]);
    ref(BRANCH, OWN_SHA);
    file(OWN_SHA, answer);
    expect((await read())?.kind).toBe(kind);
  });

  test('is followed once it was taken in; what is kept are our lines', async () => {
    repository();
    pulls([pull(7)]);
    ref(BRANCH, OWN_SHA);
    tree(OWN_SHA, NEW_TREE, 'Update INC-12.md');
    commit(OWN_SHA);
    api()
      .patch(`/git/refs/heads/${BRANCH}`, { sha: NEW_SHA, force: false })
      .reply(200, { object: { sha: NEW_SHA } });
    const { keep, remotes } = kept();
    expect(await target.send({ ...DRAFT, remote: `${OWN_SHA} 0123abcd` }, keep, later())).toEqual(SENT);
    expect(remotes).toEqual([` ${marksOf(DRAFT.markdown)}`]);
  });
});

test('sent again without a change, nothing is written', async () => {
  repository();
  pulls([pull(7)]);
  ref(BRANCH, OWN_SHA);
  tree(OWN_SHA, OLD_TREE);
  expect(await send()).toEqual(SENT);
});

describe('after an attempt whose answer was lost', () => {
  test('a branch with the files and without a pull request gets the pull request, and no commit', async () => {
    repository();
    pulls([]);
    ref(BRANCH, OWN_SHA);
    tree(OWN_SHA, OLD_TREE);
    opening().reply(201, pull(7));
    expect(await send({ ...DRAFT, isUncertain: true })).toEqual(SENT);
  });

  test('a pull request that GitHub opened meanwhile is left to the next attempt, which finds it', async () => {
    repository();
    pulls([]);
    ref(BRANCH, OWN_SHA);
    tree(OWN_SHA, OLD_TREE);
    const message = 'A pull request already exists for acme:spanhound/inc-12-01234567.';
    opening().reply(422, {
      message: 'Validation Failed',
      errors: [{ resource: 'PullRequest', code: 'custom', message }],
    });
    expect(await send()).toMatchObject({ kind: 'failed' });
  });

  test('a commit that was made and whose branch was not is made again: it has the same name', async () => {
    firstTime();
    newBranch();
    opening().reply(502, '<html>ghs_s3cret</html>');
    const result = await send();
    expect(result).toMatchObject({ kind: 'ambiguous', reason: expect.not.stringContaining('ghs_s3cret') });
  });
});

test('a pull request behind a hundred others of other branches is found, and no second one is opened', async () => {
  repository();
  pulls(Array.from({ length: 100 }, (_, at) => pull(200 - at, { head: { ref: `another-${at}` } })));
  pulls([pull(7)], BRANCH, { page: '2' });
  ref(BRANCH, OWN_SHA);
  tree(OWN_SHA, OLD_TREE);
  expect(await send()).toEqual(SENT);
});

test('a branch whose pull request was merged or closed is left alone: the next one has a number', async () => {
  repository();
  pulls([pull(7, { state: 'closed' }), pull(5, { head: { ref: 'another' } })]);
  pulls([], `${BRANCH}-2`);
  ref(`${BRANCH}-2`, undefined);
  ref('main', BASE_SHA);
  tree(BASE_SHA, NEW_TREE);
  commit(BASE_SHA);
  newBranch(`${BRANCH}-2`);
  api()
    .post('/pulls', (body) => body.head === `${BRANCH}-2`)
    .reply(201, pull(8, { head: { ref: `${BRANCH}-2` } }));
  expect(await send()).toMatchObject({ kind: 'done', value: { key: 'acme/ops#8' } });
});

test('after a merge without a change since, the link leads to the file, and nothing is opened', async () => {
  repository();
  pulls([pull(7, { state: 'closed' })]);
  pulls([], `${BRANCH}-2`);
  ref(`${BRANCH}-2`, undefined);
  ref('main', BASE_SHA);
  tree(BASE_SHA, OLD_TREE);
  const url = 'https://github.com/acme/ops/blob/main/docs/postmortems/INC-12.md';
  expect(await send()).toEqual({ kind: 'done', value: { key: '', url } });
});

test.each([
  ['PATCH', 'Update is not a fast forward'],
  ['POST', 'Reference already exists'],
])('somebody who pushes at the same moment is read again: %s answers %s', async (method, message) => {
  repository();
  pulls([]);
  const own = method === 'PATCH' ? OWN_SHA : undefined;
  ref(BRANCH, own);
  if (own === undefined) ref('main', BASE_SHA);
  tree(own ?? BASE_SHA, NEW_TREE);
  commit(own ?? BASE_SHA);
  if (method === 'PATCH') api().patch(`/git/refs/heads/${BRANCH}`).reply(422, { message });
  else api().post('/git/refs').reply(422, { message });
  expect(await send()).toMatchObject({ kind: 'failed', reason: expect.stringContaining('same moment') });
});

test('an empty or archived repository is refused with what to do', async () => {
  repository();
  pulls([]);
  api().get(`/git/ref/heads/${BRANCH}`).reply(409, { message: 'Git Repository is empty.' });
  api().get('/git/ref/heads/main').reply(409, { message: 'Git Repository is empty.' });
  expect(await send()).toMatchObject({ kind: 'refused', reason: expect.stringContaining('Make a first commit') });
  api().get('').reply(200, { default_branch: 'main', html_url: 'x', archived: true });
  expect(await send()).toMatchObject({ kind: 'refused', reason: expect.stringContaining('GITHUB_POSTMORTEMS') });
});

test.each([
  [401, { message: 'Bad credentials' }, {}, 'refused', 'Check GITHUB_POSTMORTEMS_TOKEN'],
  [403, { message: 'Resource not accessible' }, {}, 'refused', 'Contents and Pull requests'],
  [404, { message: 'Not Found' }, {}, 'refused', 'Check GITHUB_POSTMORTEMS,'],
  [409, { message: 'Conflict' }, {}, 'failed', 'HTTP 409'],
  [422, { message: 'Validation Failed' }, {}, 'refused', 'Validation Failed'],
  [502, '<html>', {}, 'ambiguous', 'HTTP 502'],
  [201, { id: 7, title: 'renamed fields' }, {}, 'ambiguous', 'GITHUB_API_URL'],
  [301, '', { location: 'https://elsewhere.example' }, 'refused', 'redirects'],
] as const)('HTTP %d with %j says whether it is there, and what to do', async (status, body, headers, kind, reason) => {
  firstTime();
  newBranch();
  opening().reply(status, body, headers);
  expect(await send()).toEqual({ kind, reason: expect.stringContaining(reason) });
});

test.each([
  [403, { 'retry-after': '30' }],
  [429, { 'retry-after': '30' }],
])('a limit at any step is waited for: HTTP %d', async (status, headers) => {
  repository();
  pulls([]);
  ref(BRANCH, undefined);
  ref('main', BASE_SHA);
  api().get(`/git/commits/${BASE_SHA}`).reply(status, {}, headers);
  expect(await send()).toEqual({ kind: 'limited', retryAfterMs: 30_000 });
});

test('after twenty closed pull requests it gives up, and says what to do', async () => {
  repository();
  for (let number = 1; number <= 20; number += 1) {
    const branch = number === 1 ? BRANCH : `${BRANCH}-${number}`;
    pulls([pull(number, { state: 'closed', head: { ref: branch } })], branch);
  }
  expect(await send()).toMatchObject({ kind: 'refused', reason: expect.stringContaining('Delete their branches') });
});

test.each([
  [200, {}, 200, { ok: true, detail: 'sends postmortems to docs/postmortems/ of acme/ops', remedy: '' }],
  [200, { archived: true }, 0, { ok: false, detail: 'acme/ops is archived' }],
  [200, { permissions: { push: false } }, 0, { ok: false, remedy: expect.stringContaining('Contents') }],
  [401, {}, 0, { ok: false, remedy: expect.stringContaining('Check GITHUB_POSTMORTEMS_TOKEN') }],
  [200, {}, 403, { ok: false, remedy: expect.stringContaining('Check GITHUB_POSTMORTEMS_TOKEN') }],
])('the check: %d %j, %d', async (status, more, listed, expected) => {
  api()
    .get('')
    .reply(status, { default_branch: 'main', html_url: 'https://github.com/acme/ops', ...more });
  if (listed !== 0) api().get('/pulls').query({ per_page: '1' }).reply(listed, []);
  expect(await checkGitHubPostmortems(OPTIONS, later())).toMatchObject(expected);
});
