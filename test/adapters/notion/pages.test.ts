/** What Notion is asked about a postmortem, as its documentation describes it, and what its answers mean. */
import nock from 'nock';
import { describe, expect, test } from 'vitest';
import { checkNotion, notionPages } from '#adapters/notion/pages.ts';
import type { TargetDocument } from '#model/incident/target-document.ts';
import { later } from '#test/later.ts';
import { saysInBytes, useMockedApis } from '#test/mocked-api.ts';
import { DRAFT, kept } from '#test/target-draft.ts';

useMockedApis();

const PARENT = '59833787-2cf9-4fdf-8782-e53db20768a5';
const OPTIONS = { url: new URL('https://api.notion.com/'), token: 'ntn_s3cret', parent: PARENT };
const target = notionPages(OPTIONS);
const api = () =>
  nock('https://api.notion.com/v1', {
    reqheaders: { authorization: 'Bearer ntn_s3cret', 'notion-version': '2022-06-28' },
  });
const send = async (draft = DRAFT) => {
  const { keep, remotes } = kept();
  return { result: await target.send(draft, keep, later()), remotes };
};

const page = (more: object = {}) => ({ id: 'p-1', url: 'https://www.notion.so/p1', archived: false, ...more });
const SENT = { kind: 'done', value: { key: DRAFT.title, url: 'https://www.notion.so/p1' } };
const block = (id: string, more: object = {}) => ({ id, type: 'paragraph', created_by: { id: 'kim' }, ...more });
const own = (id: string) => block(id, { type: 'synced_block', created_by: { id: 'bot' } });

const me = () => api().get('/users/me').reply(200, { id: 'bot', type: 'bot' });
const creating = () =>
  api().post('/pages', {
    parent: { type: 'page_id', page_id: PARENT },
    properties: { title: { title: [{ type: 'text', text: { content: DRAFT.title } }] } },
  });
const children = (id: string, results: readonly object[], more: object = {}, query: object = { page_size: '100' }) =>
  api()
    .get(`/blocks/${id}/children`)
    .query(query as nock.DataMatcherMap)
    .reply(200, { results, has_more: false, next_cursor: null, ...more });
const upload = () => {
  api()
    .post('/file_uploads', { filename: 'INC-12-steps.png', content_type: 'image/png' })
    .reply(200, { id: 'u-1', status: 'pending' });
  api()
    .post('/file_uploads/u-1/send', saysInBytes('filename="INC-12-steps.png"'))
    .reply(200, { id: 'u-1', status: 'uploaded' });
};
const frame = () =>
  api()
    .patch('/blocks/p-1/children', { children: [{ type: 'synced_block', synced_block: { synced_from: null } }] })
    .reply(200, { results: [own('s-2')] });
type Sent = Readonly<{ children: readonly Readonly<Record<string, unknown>>[] }>;
const sent: Sent[] = [];
const appending = (id = 's-2') =>
  api().patch(`/blocks/${id}/children`, (body) => {
    sent.push(body);
    return true;
  });
const append = (id = 's-2') =>
  appending(id).reply(200, () => ({ results: (sent.at(-1)?.children ?? []).map((_, at) => block(`b-${at}`)) }));
const rename = () => api().patch('/pages/p-1').reply(200, page());
/** All of a first time until its blocks. */
const begun = () => {
  me();
  creating().reply(200, page());
  children('p-1', []);
  upload();
  frame();
};

test('the first time, a page is made below the parent, and one block of ours holds everything', async () => {
  begun();
  append();
  expect(await send()).toEqual({ result: SENT, remotes: ['p-1'] });
  expect(sent.at(-1)?.children.map(({ type }) => type)).toEqual([
    'quote',
    'heading_2',
    'image',
    'bulleted_list_item',
    'to_do',
    'table',
  ]);
  expect(JSON.stringify(sent.at(-1))).toContain('"file_upload":{"id":"u-1"}');
});

test('sent again, the new block comes first, then ours of before goes; what people wrote stays', async () => {
  me();
  api().get('/pages/p-1').reply(200, page());
  children('p-1', [block('k-1'), own('s-1')], { has_more: true, next_cursor: 'c' });
  children('p-1', [block('k-2')], {}, { page_size: '100', start_cursor: 'c' });
  upload();
  frame();
  append();
  api().delete('/blocks/s-1').reply(200, { id: 's-1' });
  rename();
  expect((await send({ ...DRAFT, remote: 'p-1' })).result).toEqual(SENT);
});

describe('a failing middle', () => {
  test('a page whose answer was lost is found below the parent, and not made again', async () => {
    me();
    const title = { type: 'child_page', child_page: { title: DRAFT.title } };
    children(PARENT, [block('k-1', title), block('p-1', { ...title, created_by: { id: 'bot' } })]);
    api().get('/pages/p-1').reply(200, page());
    children('p-1', []);
    upload();
    frame();
    append();
    rename();
    expect(await send({ ...DRAFT, isUncertain: true })).toEqual({ result: SENT, remotes: ['p-1'] });
  });

  test('a page whose answer was lost is found by the title that it had then, and gets the one of now', async () => {
    me();
    const title = { type: 'child_page', child_page: { title: 'Postmortem of INC-12: Slow' } };
    children(PARENT, [block('p-1', { ...title, created_by: { id: 'bot' } })]);
    api().get('/pages/p-1').reply(200, page());
    children('p-1', []);
    upload();
    frame();
    append();
    rename();
    const earlierTitles = ['Postmortem of INC-12: Slow'];
    expect(await send({ ...DRAFT, isUncertain: true, earlierTitles })).toEqual({ result: SENT, remotes: ['p-1'] });
  });

  test('blocks that a failed attempt left go with the next one', async () => {
    begun();
    appending().reply(502, '<html>');
    expect(await send()).toMatchObject({ result: { kind: 'ambiguous' }, remotes: ['p-1'] });
    me();
    api().get('/pages/p-1').reply(200, page());
    children('p-1', [own('s-1'), own('s-2')]);
    upload();
    frame();
    append();
    api().delete('/blocks/s-1').reply(404, { message: 'Could not find block' });
    api().delete('/blocks/s-2').reply(200, { id: 's-2' });
    rename();
    expect((await send({ ...DRAFT, remote: 'p-1', isUncertain: true })).result).toEqual(SENT);
  });

  test('a limit in the middle is waited for, and the page is kept', async () => {
    begun();
    appending().reply(429, { code: 'rate_limited' }, { 'retry-after': '2' });
    expect(await send()).toEqual({ result: { kind: 'limited', retryAfterMs: 2_000 }, remotes: ['p-1'] });
  });
});

test.each([
  ['is not there', 404, {}],
  ['is in the trash', 200, { in_trash: true }],
  ['is archived', 200, { archived: true }],
])('a page that %s is made anew', async (_what, status, more) => {
  me();
  api().get('/pages/p-1').reply(status, page(more));
  creating().reply(200, page());
  children('p-1', []);
  upload();
  frame();
  append();
  expect((await send({ ...DRAFT, remote: 'p-1' })).result).toEqual(SENT);
});

test('more than a request takes goes in several: 100 blocks, 100 rows, 2,000 characters, 100 texts', async () => {
  const long = { text: `${'x'.repeat(1_999)}😀${'y'.repeat(10)}`, url: 'https://chat.example/1' };
  const document: TargetDocument = [
    { kind: 'list', items: Array.from({ length: 130 }, () => ({ runs: [long], isTask: false })) },
    { kind: 'table', head: ['a'], rows: Array.from({ length: 150 }, (_, at) => [[{ text: `${at}` }]]) },
    { kind: 'paragraph', runs: Array.from({ length: 150 }, () => ({ text: 'x' })) },
  ];
  sent.length = 0;
  begun();
  append();
  append();
  append('b-30');
  expect((await send({ ...DRAFT, document })).result).toEqual(SENT);
  expect(sent.map(({ children }) => children.length)).toEqual([100, 32, 51]);
  const [first] = sent[0]?.children ?? [];
  expect(JSON.stringify(first)).toContain(`"${'x'.repeat(1_999)}"`);
  expect(JSON.stringify(sent[1]).match(/"table_row"/g)).toHaveLength(200);
  const last = sent[1]?.children.at(-1) as { paragraph: { rich_text: unknown[] } };
  expect(last.paragraph.rich_text).toHaveLength(100);
});

test.each([
  [400, { message: 'body failed validation' }, {}, 'refused', 'body failed validation'],
  [401, { message: 'API token is invalid.' }, {}, 'refused', 'Check NOTION_TOKEN'],
  [403, {}, {}, 'refused', 'may read, insert and update'],
  [404, { message: 'Could not find page' }, {}, 'refused', 'connect the integration'],
  [409, { message: 'Conflict occurred while saving.' }, {}, 'failed', 'HTTP 409'],
  [422, { message: 'Unprocessable' }, {}, 'refused', 'Unprocessable'],
  [502, '<html>ntn_s3cret</html>', {}, 'ambiguous', 'HTTP 502'],
  [200, { page_id: 'renamed fields' }, {}, 'ambiguous', 'NOTION_API_URL'],
] as const)('HTTP %d with %j says whether it is there, and what to do', async (status, body, headers, kind, reason) => {
  me();
  creating().reply(status, body, headers);
  const { result, remotes } = await send();
  expect(result).toEqual({ kind, reason: expect.stringContaining(reason) });
  expect(JSON.stringify(result)).not.toContain('ntn_s3cret');
  expect(remotes).toEqual([]);
});

test.each([
  [200, 200, { ok: true, detail: 'sends postmortems below the page of NOTION_PAGE', remedy: '' }],
  [200, 404, { ok: false, remedy: expect.stringContaining('Connections') }],
  [401, 0, { ok: false, remedy: expect.stringContaining('NOTION_TOKEN') }],
])('the check: %d, %d', async (bot, parent, expected) => {
  api().get('/users/me').reply(bot, { id: 'bot' });
  if (parent !== 0)
    api()
      .get(`/pages/${PARENT}`)
      .reply(parent, page({ id: PARENT }));
  expect(await checkNotion(OPTIONS, later())).toMatchObject(expected);
});
