/** What Confluence is asked about a postmortem, as its documentation describes it, and what its answers mean. */
import { createHash } from 'node:crypto';
import nock from 'nock';
import { describe, expect, test } from 'vitest';
import { checkConfluence, confluencePages } from '#adapters/confluence/pages.ts';
import { later } from '#test/later.ts';
import { saysInBytes, useMockedApis } from '#test/mocked-api.ts';
import { DRAFT, kept, PNG } from '#test/target-draft.ts';

useMockedApis();

const OPTIONS = {
  url: new URL('https://acme.atlassian.net/'),
  user: 'kim@acme.example',
  token: 's3cret',
  space: 'OPS',
  parent: '77',
};
const target = confluencePages(OPTIONS);
const AUTHORIZATION = `Basic ${Buffer.from('kim@acme.example:s3cret').toString('base64')}`;
const api = () => nock('https://acme.atlassian.net/wiki/api/v2', { reqheaders: { authorization: AUTHORIZATION } });

const send = async (draft = DRAFT) => {
  const { keep, remotes } = kept();
  return { result: await target.send(draft, keep, later()), remotes };
};
const page = (more: object = {}) => ({
  id: '4711',
  title: DRAFT.title,
  status: 'current',
  version: { number: 3, message: `Spanhound ${'0'.repeat(32)}` },
  _links: { base: 'https://acme.atlassian.net/wiki', webui: '/spaces/OPS/pages/4711' },
  ...more,
});
const SENT = {
  kind: 'done',
  value: { key: DRAFT.title, url: 'https://acme.atlassian.net/wiki/spaces/OPS/pages/4711' },
};
const MARKED = { body: { storage: { value: `<p>spanhound-${DRAFT.mark}</p>` } } };

const space = () =>
  api()
    .get('/spaces')
    .query({ keys: 'OPS' })
    .reply(200, { results: [{ id: 9, key: 'OPS' }] });
const creating = () =>
  api().post(
    '/pages',
    (body) =>
      body.spaceId === '9' &&
      body.parentId === '77' &&
      body.title === DRAFT.title &&
      body.body.value.includes(`spanhound-${DRAFT.mark}`),
  );
const attachments = (results: readonly object[] = []) =>
  api().get('/pages/4711/attachments').query({ limit: '250' }).reply(200, { results });
const uploading = () =>
  nock('https://acme.atlassian.net', {
    reqheaders: {
      authorization: AUTHORIZATION,
      'x-atlassian-token': 'nocheck',
      'content-type': /^multipart\/form-data; boundary=spanhound-/,
    },
  }).put('/wiki/rest/api/content/4711/child/attachment', saysInBytes('filename="INC-12-steps.png"'));
const upload = () => uploading().reply(200, { results: [{}] });
/** The digest that the version carries. */
let written = '';
const updating = (number: number) =>
  api().put('/pages/4711', (body) => {
    written = body.version.message;
    return body.version.number === number && body.body.representation === 'storage' && body.title === DRAFT.title;
  });
const update = (number: number) => updating(number).reply(200, page({ version: { number } }));
const search = (results: readonly object[], title: string = DRAFT.title) =>
  api().get('/pages').query({ 'space-id': '9', title, 'body-format': 'storage', limit: '25' }).reply(200, { results });

test('the first time, a page is made with its mark, gets its pictures, then its words', async () => {
  space();
  creating().reply(200, page({ version: { number: 1 } }));
  attachments();
  upload();
  update(2);
  expect(await send()).toEqual({ result: SENT, remotes: ['4711'] });
});

test('sent again, the page gets one more version, and a picture that is there is not sent', async () => {
  api().get('/pages/4711').reply(200, page());
  const digest = createHash('sha256').update(PNG).digest('hex').slice(0, 32);
  attachments([{ title: 'INC-12-steps.png', comment: `spanhound ${digest}` }]);
  update(4);
  expect((await send({ ...DRAFT, remote: '4711' })).result).toEqual(SENT);
});

test('a picture that stands on a later page of the attachments is not sent again', async () => {
  api().get('/pages/4711').reply(200, page());
  const next = '/wiki/api/v2/pages/4711/attachments?limit=250&cursor=eyJpZCI6Nn0%3D';
  api()
    .get('/pages/4711/attachments')
    .query({ limit: '250' })
    .reply(200, { results: [{ title: 'notes.txt' }], _links: { next } });
  const digest = createHash('sha256').update(PNG).digest('hex').slice(0, 32);
  api()
    .get('/pages/4711/attachments')
    .query({ limit: '250', cursor: 'eyJpZCI6Nn0=' })
    .reply(200, { results: [{ title: 'INC-12-steps.png', comment: `spanhound ${digest}` }], _links: {} });
  update(4);
  expect((await send({ ...DRAFT, remote: '4711' })).result).toEqual(SENT);
});

describe('a failing middle', () => {
  test('a page whose answer was lost is found by its title and its mark, and not made again', async () => {
    space();
    search([page({ id: '1', body: { storage: { value: 'of somebody else' } } }), page(MARKED)]);
    attachments();
    upload();
    update(4);
    expect(await send({ ...DRAFT, isUncertain: true })).toEqual({ result: SENT, remotes: ['4711'] });
  });

  test('a page whose answer was lost is found by the title that it had then, and gets the one of now', async () => {
    space();
    search([]);
    search([page({ ...MARKED, title: 'Postmortem of INC-12: Slow' })], 'Postmortem of INC-12: Slow');
    attachments();
    upload();
    update(4);
    const earlierTitles = ['Postmortem of INC-12: Slow'];
    expect(await send({ ...DRAFT, isUncertain: true, earlierTitles })).toEqual({ result: SENT, remotes: ['4711'] });
  });

  test('a version whose answer was lost is known by its digest, and not written again', async () => {
    api().get('/pages/4711').reply(200, page());
    attachments();
    upload();
    updating(4).reply(504, '<html>');
    expect((await send({ ...DRAFT, remote: '4711' })).result).toMatchObject({ kind: 'ambiguous' });
    api()
      .get('/pages/4711')
      .reply(200, page({ version: { number: 4, message: written } }));
    attachments();
    upload();
    expect((await send({ ...DRAFT, remote: '4711', isUncertain: true })).result).toEqual(SENT);
  });

  test('a search without an answer makes nothing, and stays uncertain', async () => {
    space();
    api().get('/pages').query(true).reply(500, 'trouble');
    expect((await send({ ...DRAFT, isUncertain: true })).result).toMatchObject({ kind: 'ambiguous' });
  });

  test('an upload that is limited waits, and the page is kept', async () => {
    space();
    creating().reply(200, page({ version: { number: 1 } }));
    attachments();
    uploading().reply(429, {}, { 'retry-after': '30' });
    expect(await send()).toEqual({ result: { kind: 'limited', retryAfterMs: 30_000 }, remotes: ['4711'] });
  });
});

const BY_KIM = { version: { number: 4, message: 'by Kim' } };

test('somebody who saves the page at the same moment: it is read again, and their words stay', async () => {
  api().get('/pages/4711').reply(200, page());
  attachments();
  upload();
  updating(4).reply(409, { errors: [{ title: 'Version must be incremented' }] });
  api().get('/pages/4711').reply(200, page(BY_KIM));
  const { result } = await send({ ...DRAFT, remote: '4711' });
  expect(result).toEqual({ kind: 'refused', reason: expect.stringContaining('Somebody edited the page') });
});

test('a page that somebody edited since is left as it is', async () => {
  api().get('/pages/4711').reply(200, page(BY_KIM));
  const { result } = await send({ ...DRAFT, remote: '4711' });
  expect(result).toEqual({ kind: 'refused', reason: expect.stringContaining('Somebody edited the page') });
});

test('a page that others save all the time is left to the next attempt', async () => {
  api().get('/pages/4711').times(3).reply(200, page());
  attachments();
  upload();
  api().put('/pages/4711').times(3).reply(409, {});
  expect((await send({ ...DRAFT, remote: '4711' })).result).toMatchObject({ kind: 'failed' });
});

test.each([
  ['is not there', 404, {}],
  ['is in the trash', 200, { status: 'trashed' }],
])('a page that %s is made anew', async (_what, status, more) => {
  api().get('/pages/4711').reply(status, page(more));
  space();
  creating().reply(200, page({ version: { number: 1 } }));
  attachments();
  upload();
  update(2);
  expect((await send({ ...DRAFT, remote: '4711' })).result).toEqual(SENT);
});

test('another page with the same title is never overwritten', async () => {
  space();
  const said = {
    errors: [
      {
        status: 400,
        title: 'A page with this title already exists',
        detail: 'A page with this title already exists: x',
      },
    ],
  };
  creating().reply(400, said);
  space();
  search([page({ body: { storage: { value: 'of somebody else' } } })]);
  expect((await send()).result).toMatchObject({ kind: 'refused', reason: expect.stringContaining('Rename it') });
});

test.each([
  [401, {}, {}, 'refused', 'Check CONFLUENCE_USER and CONFLUENCE_TOKEN'],
  [403, { message: 'no permission' }, {}, 'refused', 'may add pages and attachments'],
  [404, {}, {}, 'refused', 'CONFLUENCE_PARENT'],
  [422, { message: 'Unprocessable' }, {}, 'refused', 'Unprocessable'],
  [502, '<html>s3cret</html>', {}, 'ambiguous', 'HTTP 502'],
  [200, { identifier: '4711', name: 'renamed fields' }, {}, 'ambiguous', 'CONFLUENCE_URL'],
] as const)('HTTP %d with %j says whether it is there, and what to do', async (status, body, headers, kind, reason) => {
  space();
  creating().reply(status, body, headers);
  const { result, remotes } = await send();
  expect(result).toEqual({ kind, reason: expect.stringContaining(reason) });
  expect(JSON.stringify(result)).not.toContain('s3cret');
  expect(remotes).toEqual([]);
});

test('a space that the user does not see is refused with what to check', async () => {
  api().get('/spaces').query(true).reply(200, { results: [] });
  expect((await send()).result).toMatchObject({ kind: 'refused', reason: expect.stringContaining('CONFLUENCE_SPACE') });
});

test.each([
  [[{ id: '9', key: 'OPS' }], 200, {}, { ok: true, detail: 'sends postmortems to the space OPS', remedy: '' }],
  [[], 0, {}, { ok: false, remedy: expect.stringContaining('CONFLUENCE_SPACE') }],
  [[{ id: '9', key: 'OPS' }], 404, {}, { ok: false, remedy: 'Check CONFLUENCE_PARENT.' }],
  [[{ id: '9', key: 'OPS' }], 401, {}, { ok: false, remedy: expect.stringContaining('CONFLUENCE_TOKEN') }],
])('the check: %j, %d', async (results, status, more, expected) => {
  api().get('/spaces').query({ keys: 'OPS' }).reply(200, { results });
  if (status !== 0)
    api()
      .get('/pages/77')
      .reply(status, page({ id: '77', ...more }));
  expect(await checkConfluence(OPTIONS, later())).toMatchObject(expected);
});
