/** What Slack is asked about a canvas, as its documentation describes it, and what its answers mean. */
import nock from 'nock';
import { describe, expect, test } from 'vitest';
import { slackCanvas } from '#adapters/slack/canvas.ts';
import { canvasMarkdown } from '#adapters/slack/canvas-markdown.ts';
import { sha256 } from '#core/sha256.ts';
import { marksOf } from '#model/incident/postmortem-taken.ts';
import type { TargetDocument } from '#model/incident/target-document.ts';
import { shown } from '#present/words/plain-text.ts';
import { HOSTILE, markdownProblems } from '#test/hostile.ts';
import { later } from '#test/later.ts';
import { useMockedApis } from '#test/mocked-api.ts';
import { DRAFT, kept } from '#test/target-draft.ts';

useMockedApis();

const target = slackCanvas({ botToken: 'xoxb-s3cret' });
const api = () => nock('https://slack.com/api');
const send = async (draft = DRAFT) => {
  const { keep, remotes } = kept();
  return { result: await target.send(draft, keep, later()), remotes };
};

/** Slack's client sends forms, in which objects are JSON. */
type Form = Readonly<Record<string, string>>;
const creating = () =>
  api().post(
    '/canvases.create',
    (body: Form) =>
      body.channel_id === 'C0OPS' &&
      body.title === DRAFT.title &&
      JSON.parse(body.document_content ?? '').markdown.includes(DRAFT.mark),
  );
const editing = (id = 'F1') =>
  api().post('/canvases.edit', (body: Form) => {
    const [change] = JSON.parse(body.changes ?? '');
    return body.canvas_id === id && change.operation === 'replace' && change.section_id === undefined;
  });
/** What Slack shows of it. */
const showing = (content = 'as we wrote it', id = 'F1') =>
  api()
    .post('/canvases.getContent', (body: Form) => body.canvas_id === id)
    .reply(200, { ok: true, content });
const KEPT = `F1 ${sha256('as we wrote it').slice(0, 32)} ${marksOf('as we wrote it')}`;
const named = () =>
  api().post('/auth.test').reply(200, { ok: true, url: 'https://acme.slack.example/', team_id: 'T1' });
const SENT = { kind: 'done', value: { key: DRAFT.title, url: 'https://acme.slack.example/docs/T1/F1' } };

test('the first time, a canvas is made as a tab of the channel, and its id is kept', async () => {
  creating().reply(200, { ok: true, canvas_id: 'F1' });
  showing();
  named();
  expect(await send()).toEqual({ result: SENT, remotes: ['F1', KEPT] });
});

test('sent again, the same canvas is edited', async () => {
  showing();
  editing().reply(200, { ok: true });
  showing('the new words');
  named();
  const { result, remotes } = await send({ ...DRAFT, remote: KEPT });
  expect(result).toEqual(SENT);
  expect(remotes).toEqual(['F1', 'F1', `F1 ${sha256('the new words').slice(0, 32)} ${marksOf('the new words')}`]);
});

test.each([KEPT, 'F1'])(
  'a canvas that people edited, or of which nobody knows (%s), is left as it is',
  async (remote) => {
    showing('as we wrote it, and a line of Kim');
    const reason = expect.stringContaining('Somebody edited the canvas');
    expect(await send({ ...DRAFT, remote })).toEqual({
      result: { kind: 'refused', reason, isEdited: true },
      remotes: [],
    });
  },
);

test('what people wrote in it is read, and replaced once it was taken in', async () => {
  const there = 'as we wrote it, and a line of Kim';
  showing(there);
  const remote = `F1 ${sha256(there).slice(0, 32)} ${marksOf('as we wrote it')}`;
  const value = { markdown: there, marks: marksOf('as we wrote it'), remote };
  expect(await target.read?.({ ...DRAFT, remote: KEPT }, later())).toEqual({ kind: 'done', value });
  showing(there);
  editing().reply(200, { ok: true });
  showing('the new words');
  named();
  expect((await send({ ...DRAFT, remote })).result).toEqual(SENT);
});

test('without a canvas there is nothing to read', async () => {
  expect(await target.read?.(DRAFT, later())).toMatchObject({ kind: 'refused' });
});

test('a limit at the edit keeps what is known of the canvas', async () => {
  showing();
  editing().reply(429, {}, { 'retry-after': '30' });
  const { result, remotes } = await send({ ...DRAFT, remote: KEPT });
  expect(result).toEqual({ kind: 'limited', retryAfterMs: 30_000 });
  expect(remotes.at(-1)).toBe(KEPT);
});

test('a canvas that somebody deleted is made anew', async () => {
  api().post('/canvases.getContent').reply(200, { ok: false, error: 'canvas_not_found' });
  creating().reply(200, { ok: true, canvas_id: 'F1' });
  showing();
  named();
  expect(await send({ ...DRAFT, remote: 'F0 0' })).toEqual({ result: SENT, remotes: ['F1', KEPT] });
});

describe('after an attempt whose answer was lost', () => {
  const tabs = (ids: readonly string[]) =>
    api()
      .post('/conversations.info', (body: Form) => body.channel === 'C0OPS')
      .reply(200, {
        ok: true,
        channel: {
          id: 'C0OPS',
          properties: { tabs: [{ type: 'files' }, ...ids.map((file_id) => ({ type: 'canvas', data: { file_id } }))] },
        },
      });
  const lookup = (id: string, sections: readonly object[]) =>
    api()
      .post(
        '/canvases.sections.lookup',
        (body: Form) => body.canvas_id === id && JSON.parse(body.criteria ?? '').contains_text === DRAFT.mark,
      )
      .reply(200, { ok: true, sections });
  const uncertain = { ...DRAFT, isUncertain: true };

  test('the canvas among the tabs with our mark is edited, and none is made', async () => {
    tabs(['F8', 'F1']);
    lookup('F8', []);
    lookup('F1', [{ id: 'temp:C:1' }]);
    showing('half of it');
    editing().reply(200, { ok: true });
    showing();
    named();
    expect(await send(uncertain)).toEqual({ result: SENT, remotes: ['F1', 'F1', KEPT] });
  });

  test('without such a tab, it is made', async () => {
    tabs([]);
    creating().reply(200, { ok: true, canvas_id: 'F1' });
    showing();
    named();
    expect((await send(uncertain)).result).toEqual(SENT);
  });

  test('where Slack does not say, nothing is made', async () => {
    api().post('/conversations.info').reply(500, 'trouble');
    expect((await send(uncertain)).result).toMatchObject({ kind: 'ambiguous' });
  });
});

test.each([
  ['missing_scope', 'refused', 'canvases:write and canvases:read'],
  ['canvas_disabled_user_team', 'refused', 'An admin can allow them'],
  ['free_team_canvas_tab_already_exists', 'refused', 'this channel has one'],
  ['not_in_channel', 'refused', '/invite @spanhound'],
  ['canvas_creation_failed', 'refused', 'canvas_creation_failed: Unsupported heading depth (4)'],
  ['internal_error', 'ambiguous', 'Slack did not answer'],
])('%s says whether it is there, and what to do', async (error, kind, reason) => {
  creating().reply(200, { ok: false, error, detail: 'Unsupported heading depth (4)' });
  expect((await send()).result).toMatchObject({ kind, reason: expect.stringContaining(reason) });
});

test('a limit is waited for, a page of a proxy is no canvas, and an answer without an id is unsure', async () => {
  creating().reply(429, {}, { 'retry-after': '30' });
  expect((await send()).result).toEqual({ kind: 'limited', retryAfterMs: 30_000 });
  creating().reply(200, '<html>Log in</html>');
  expect((await send()).result).toMatchObject({ kind: 'ambiguous' });
  creating().reply(200, { ok: true, canvas: 'renamed' });
  expect(await send()).toMatchObject({ result: { kind: 'ambiguous' }, remotes: [] });
});

test('longer than a canvas may be: refused before it is sent', async () => {
  const document: TargetDocument = [{ kind: 'paragraph', runs: [{ text: 'x'.repeat(1_048_577) }] }];
  expect((await send({ ...DRAFT, document })).result).toMatchObject({ kind: 'refused' });
});

describe('the Markdown of a canvas', () => {
  test('keeps links, marks tasks, and has no table of more than 300 cells', () => {
    const rows = Array.from({ length: 150 }, (_, at) => [
      [{ text: `${at}`, url: 'https://chat.example/1' }],
      [{ text: 'b' }],
    ]);
    const markdown = canvasMarkdown([...DRAFT.document, { kind: 'table', head: ['a', 'b'], rows }], 'end');
    expect(markdown).toContain('- [ ] What broke?');
    expect(markdown).toContain('[149](https://chat.example/1)');
    const tables = markdown.split('\n\n').filter((part) => part.startsWith('|'));
    for (const table of tables) expect((table.match(/ \| | \|$/gm) ?? []).length).toBeLessThanOrEqual(302);
    expect(tables).toHaveLength(3);
  });

  test.each(HOSTILE)('has no effect of %j', (hostile) => {
    const text = shown(hostile);
    const document: TargetDocument = [
      { kind: 'heading', level: 2, text },
      { kind: 'list', items: [{ runs: [{ text }], isTask: false }] },
      { kind: 'table', head: ['a'], rows: [[[{ text }]]] },
    ];
    const markdown = canvasMarkdown(document, 'end');
    expect(markdownProblems(markdown)).toEqual([]);
    expect(markdown.split('\n')).toHaveLength(12);
    for (const line of markdown.split('\n').filter((one) => one.startsWith('| ')))
      expect(line.match(/\|/g)).toHaveLength(2);
  });
});
