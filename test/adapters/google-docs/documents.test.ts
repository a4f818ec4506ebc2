/** What Google Drive is asked about a postmortem, as its documentation describes it, and what its answers mean. */
import nock from 'nock';
import { describe, expect, test } from 'vitest';
import { checkGoogleDocs, googleDocuments } from '#adapters/google-docs/documents.ts';
import { loadConfig } from '#config/load.ts';
import { BackendError, ConfigError } from '#core/errors.ts';
import type { TargetDocument } from '#model/incident/target-document.ts';
import { shown } from '#present/words/plain-text.ts';
import { HOSTILE } from '#test/hostile.ts';
import { later } from '#test/later.ts';
import { useMockedApis } from '#test/mocked-api.ts';
import { DRAFT, kept } from '#test/target-draft.ts';

useMockedApis();

const FOLDER = '0AFolderOfTheTeam';
const OPTIONS = { url: new URL('https://www.googleapis.com'), key: '{}', folder: FOLDER };
const token = async () => 'ya29.s3cret';
const target = googleDocuments(OPTIONS, token);
const api = () => nock('https://www.googleapis.com', { reqheaders: { authorization: 'Bearer ya29.s3cret' } });
const send = async (draft = DRAFT) => {
  const { keep, remotes } = kept();
  return { result: await target.send(draft, keep, later()), remotes };
};

const FIELDS = 'id,webViewLink,trashed,lastModifyingUser(me),appProperties';
const LINK = 'https://docs.google.com/document/d/d-1/edit';
const file = (more: object = {}) => ({
  id: 'd-1',
  webViewLink: LINK,
  trashed: false,
  lastModifyingUser: { me: true },
  ...more,
});
const SENT = { kind: 'done', value: { key: DRAFT.title, url: LINK } };

type Written = Readonly<{ about: Readonly<Record<string, unknown>>; html: string }>;
let written: Written | undefined;
/** The two parts of what is uploaded. */
const taken = (body: unknown) => {
  const [about = '', html = ''] = String(body)
    .split(/\r\n\r\n|\r\n--/)
    .filter((part) => /^[{<]/.test(part));
  written = { about: JSON.parse(about), html };
  return true;
};
const uploading = (method: 'post' | 'patch' = 'post', path = '/upload/drive/v3/files') =>
  api()[method](path, taken).query({ uploadType: 'multipart', supportsAllDrives: 'true', fields: FIELDS });
const reading = (id = 'd-1') => api().get(`/drive/v3/files/${id}`).query({ supportsAllDrives: 'true', fields: FIELDS });
const searching = () =>
  api()
    .get('/drive/v3/files')
    .query({
      q: `appProperties has { key='spanhound' and value='${DRAFT.mark}' } and trashed = false`,
      corpora: 'allDrives',
      includeItemsFromAllDrives: 'true',
      supportsAllDrives: 'true',
      fields: `incompleteSearch,files(${FIELDS})`,
    });

test('the first time, one request makes a document in the folder, with its pictures, links and mark', async () => {
  uploading().reply(200, file());
  expect(await send()).toEqual({ result: SENT, remotes: ['d-1'] });
  expect(written?.about).toEqual({
    name: DRAFT.title,
    mimeType: 'application/vnd.google-apps.document',
    parents: [FOLDER],
    appProperties: { spanhound: DRAFT.mark, spanhoundDigest: expect.stringMatching(/^[\da-f]{32}$/) },
  });
  expect(written?.html).toContain(`<h1>${DRAFT.title}</h1>`);
  expect(written?.html).toContain('<a href="https://chat.example/4">T4</a>');
  expect(written?.html).toContain('<li>☐ What broke?</li>');
  expect(written?.html).toContain('<img src="data:image/png;base64,iVBORw==" alt="The steps" width="620" />');
});

test('sent again, the same document gets the new words, and no second one is made; without news, nothing is written', async () => {
  reading().reply(200, file({ appProperties: { spanhound: DRAFT.mark, spanhoundDigest: 'of-before' } }));
  uploading('patch', '/upload/drive/v3/files/d-1').reply(200, file());
  const again = { ...DRAFT, remote: 'd-1' };
  expect((await send(again)).result).toEqual(SENT);
  expect(written?.about).not.toHaveProperty('parents');
  const { appProperties } = written?.about ?? {};
  reading().reply(200, file({ appProperties }));
  expect((await send(again)).result).toEqual(SENT);
});

test.each([[{ me: false }], [null]])(
  'a document that another one modified last (%j) is left as it is',
  async (user) => {
    reading().reply(200, file({ lastModifyingUser: user, appProperties: { spanhoundDigest: 'of-before' } }));
    const { result } = await send({ ...DRAFT, remote: 'd-1' });
    expect(result).toEqual({ kind: 'refused', reason: expect.stringContaining('Somebody edited the document') });
  },
);

test('a document whose answer was lost is found by its mark, whatever its title is', async () => {
  uploading().reply(502, '<html>');
  expect(await send()).toMatchObject({ result: { kind: 'ambiguous' }, remotes: [] });
  searching().reply(200, { files: [file({ appProperties: written?.about.appProperties })] });
  expect(await send({ ...DRAFT, isUncertain: true })).toEqual({ result: SENT, remotes: ['d-1'] });
  searching().reply(200, { files: [] });
  uploading().reply(200, file());
  expect((await send({ ...DRAFT, isUncertain: true })).result).toEqual(SENT);
  searching().reply(200, { files: [], incompleteSearch: true });
  expect((await send({ ...DRAFT, isUncertain: true })).result).toMatchObject({ kind: 'ambiguous' });
});

test.each([
  ['is not there', 404, {}],
  ['is in the trash', 200, { trashed: true }],
])('a document that %s is made anew', async (_what, status, more) => {
  reading().reply(status, file(more));
  uploading().reply(200, file());
  expect((await send({ ...DRAFT, remote: 'd-1' })).result).toEqual(SENT);
});

const because = (reason: string) => ({ error: { code: 403, message: 'No.', errors: [{ reason }] } });

test.each([
  [400, { error: { message: 'Bad Request' } }, 'refused', 'Bad Request'],
  [401, { error: { message: 'Invalid Credentials' } }, 'refused', 'GOOGLE_DOCS_KEY'],
  [403, because('insufficientFilePermissions'), 'refused', 'a contributor of the shared drive'],
  [403, because('storageQuotaExceeded'), 'refused', 'Use a folder of a shared drive'],
  [404, { error: { message: 'File not found: 0A.' } }, 'refused', 'Check GOOGLE_DOCS_FOLDER'],
  [409, { error: { message: 'Conflict' } }, 'failed', 'HTTP 409'],
  [422, { error: { message: 'Unprocessable' } }, 'refused', 'Unprocessable'],
  [502, '<html>ya29.s3cret</html>', 'ambiguous', 'HTTP 502'],
  [200, { fileId: 'renamed fields' }, 'ambiguous', 'GOOGLE_DOCS_API_URL'],
] as const)('HTTP %d with %j says whether it is there, and what to do', async (status, body, kind, reason) => {
  uploading().reply(status, body);
  const { result, remotes } = await send();
  expect(result).toEqual({ kind, reason: expect.stringContaining(reason) });
  expect(JSON.stringify(result)).not.toContain('ya29.s3cret');
  expect(remotes).toEqual([]);
});

test.each([
  [429, {}, { 'retry-after': '7' }, 7_000],
  [403, because('userRateLimitExceeded'), {}, 60_000],
])('a limit with %d is waited for', async (status, body, headers, retryAfterMs) => {
  uploading().reply(status, body, headers);
  expect((await send()).result).toEqual({ kind: 'limited', retryAfterMs });
});

test.each([
  [new BackendError('google-docs', 401, '/token'), 'refused'],
  [new BackendError('google-docs', 503, '/token'), 'failed'],
  [new ConfigError('GOOGLE_DOCS_KEY is no key'), 'failed'],
])('without a token (%s), nothing is sent', async (error, kind) => {
  const without = googleDocuments(OPTIONS, async () => {
    throw error;
  });
  const result = await without.send(DRAFT, kept().keep, later());
  expect(result).toMatchObject({ kind, reason: expect.stringContaining(error.message) });
});

const folder = (more: object = {}) => ({
  mimeType: 'application/vnd.google-apps.folder',
  capabilities: { canAddChildren: true },
  ...more,
});

test.each([
  [200, folder(), { ok: true, detail: 'sends postmortems to the folder of GOOGLE_DOCS_FOLDER' }],
  [200, folder({ mimeType: 'application/pdf' }), { ok: false, detail: 'GOOGLE_DOCS_FOLDER is no folder' }],
  [200, folder({ capabilities: {} }), { ok: false, remedy: expect.stringContaining('a contributor') }],
  [404, {}, { ok: false, remedy: expect.stringContaining('GOOGLE_DOCS_FOLDER') }],
])('the check: %d with %j', async (status, body, expected) => {
  api()
    .get(`/drive/v3/files/${FOLDER}`)
    .query({ supportsAllDrives: 'true', fields: 'mimeType,capabilities(canAddChildren)' })
    .reply(status, body);
  expect(await checkGoogleDocs(OPTIONS, later(), token)).toMatchObject(expected);
});

test('the check names a key that is none', async () => {
  const checked = await checkGoogleDocs({ ...OPTIONS, key: 'MIIE-s3cret' }, later());
  expect(checked).toMatchObject({ ok: false, remedy: expect.stringMatching(/^GOOGLE_DOCS_KEY is no key(?!.*s3cret)/) });
});

test.each([
  ['0AFolderOfTheTeam'],
  ['https://drive.google.com/drive/folders/0AFolderOfTheTeam?usp=sharing'],
  ['https://drive.google.com/drive/u/0/folders/0AFolderOfTheTeam#x'],
])('%s names the folder', (typed) => {
  expect(loadConfig({ GOOGLE_DOCS_FOLDER: typed }).googleDocs.folder).toBe(FOLDER);
});

test.each(['https://drive.google.com/drive/folders/', 'ops', '0A Folder of the team'])('%j names none', (typed) => {
  expect(() => loadConfig({ GOOGLE_DOCS_FOLDER: typed })).toThrow('GOOGLE_DOCS_FOLDER');
});

describe('of a hostile text', () => {
  const tags = (html = '') => html.match(/<[^<>]*>/g)?.map((tag) => tag.replace(/"[^"]*"/g, '""'));

  test.each(HOSTILE)('%j, only our own elements are there', async (hostile) => {
    const text = shown(hostile);
    const htmlOf = async (words: string) => {
      const document: TargetDocument = [
        { kind: 'heading', level: 2, text: words },
        { kind: 'list', items: [{ runs: [{ text: words, url: 'https://chat.example/1' }], isTask: true }] },
        { kind: 'picture', name: 'INC-12-steps.png', alt: words },
        { kind: 'picture', name: 'not-drawn.png', alt: words },
      ];
      uploading().reply(200, file());
      await send({ ...DRAFT, title: words, document });
      return written?.html;
    };
    expect(tags(await htmlOf(text))).toEqual(tags(await htmlOf('harmless')));
  });
});
