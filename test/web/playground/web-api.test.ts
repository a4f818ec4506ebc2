import { LogLevel, WebClient } from '@slack/web-api';
import { beforeEach, describe, expect, test } from 'vitest';
import { uuidV7 } from '#core/ids.ts';
import { type SteppedClock, steppedClock } from '#test/stepped-clock.ts';
import { PAGERDUTY, YOU } from '#web/playground/people.ts';
import { PLAYGROUND_API_URL, PLAYGROUND_TOKEN, slackFetch } from '#web/playground/web-api.ts';
import { openWorkspace, type Workspace } from '#web/playground/workspace.ts';

const CHANNEL = 'C0INCIDENTS';
const PNG = Buffer.from('89504e470d0a1a0a', 'hex');

let clock: SteppedClock;
let workspace: Workspace;
let fetch: ReturnType<typeof slackFetch>;
let client: WebClient;

beforeEach(() => {
  clock = steppedClock();
  workspace = openWorkspace({ clock, newId: uuidV7(clock), triggerLifeMs: 3_000 });
  fetch = slackFetch(workspace);
  client = clientWith(PLAYGROUND_TOKEN);
});

describe('messages', () => {
  test('are posted, updated in place and found again by their metadata', async () => {
    const metadata = { event_type: 'spanhound', event_payload: { id: 'm1' } };
    const { ts = '' } = await client.chat.postMessage({ channel: CHANNEL, text: 'Looking at it', metadata });
    await client.chat.update({ channel: CHANNEL, ts, text: 'Found it', blocks: [section('*Found it*')] });

    const { messages } = await client.conversations.history({ channel: CHANNEL, include_all_metadata: true });
    expect(messages).toMatchObject([{ ts, text: 'Found it', bot_id: 'B0SPANHOUND', metadata }]);
    const bare = await client.conversations.history({ channel: CHANNEL });
    expect(bare.messages?.[0]).not.toHaveProperty('metadata');
  });

  test('come back page by page, newest first', async () => {
    for (const text of ['one', 'two', 'three']) await client.chat.postMessage({ channel: CHANNEL, text });
    const first = await client.conversations.history({ channel: CHANNEL, limit: 2 });
    const cursor = first.response_metadata?.next_cursor ?? '';
    const second = await client.conversations.history({ channel: CHANNEL, limit: 2, cursor });
    expect([first.has_more, second.has_more]).toEqual([true, false]);
    expect([...(first.messages ?? []), ...(second.messages ?? [])].map(({ text }) => text)).toEqual([
      'three',
      'two',
      'one',
    ]);
  });

  test('of a thread stay in the thread, also as a reply to a reply', async () => {
    const { ts: root = '' } = await client.chat.postMessage({ channel: CHANNEL, text: 'root' });
    const { ts: reply = '' } = await client.chat.postMessage({ channel: CHANNEL, text: 'reply', thread_ts: root });
    await client.chat.postMessage({ channel: CHANNEL, text: 'again', thread_ts: reply });

    const thread = await client.conversations.replies({ channel: CHANNEL, ts: root });
    expect(thread.messages?.map(({ text }) => text)).toEqual(['root', 'reply', 'again']);
    const { messages } = await client.conversations.history({ channel: CHANNEL });
    expect(messages?.map(({ text }) => text)).toEqual(['root']);
  });

  test('of a thread stand in the channel, too, if they are sent there, also after an update', async () => {
    const { ts: root = '' } = await client.chat.postMessage({ channel: CHANNEL, text: 'root' });
    const reply = { channel: CHANNEL, text: 'reply', thread_ts: root, reply_broadcast: true };
    const { ts = '' } = await client.chat.postMessage(reply);
    await client.chat.update({ channel: CHANNEL, ts, text: 'changed' });

    const shown = { ts, thread_ts: root, subtype: 'thread_broadcast', text: 'changed' };
    expect((await client.conversations.history({ channel: CHANNEL })).messages).toMatchObject([shown, { ts: root }]);
    expect((await client.conversations.replies({ channel: CHANNEL, ts: root })).messages).toMatchObject([
      { ts: root },
      shown,
    ]);
  });

  test('each have a name of their own, in order, even within one microsecond', async () => {
    const posted = await Promise.all(['a', 'b'].map((text) => client.chat.postMessage({ channel: CHANNEL, text })));
    const [first = '', second = ''] = posted.map(({ ts }) => ts);
    expect(Number(second)).toBeGreaterThan(Number(first));
    expect(first).toMatch(/^\d{10}\.\d{6}$/);
  });
});

describe('channels', () => {
  test('are created by the bot, get a topic, people and bookmarks, and end in the archive', async () => {
    const { channel } = await client.conversations.create({ name: 'inc-1-logins', is_private: true });
    const id = channel?.id ?? '';
    await client.conversations.setTopic({ channel: id, topic: 'P0 · identified' });
    await client.conversations.invite({ channel: id, users: `${YOU.id},U0MIRA` });
    await client.bookmarks.add({ channel_id: id, title: 'Timeline', type: 'link', link: 'https://bot.example/1' });

    expect((await client.conversations.info({ channel: id })).channel).toMatchObject({
      ...{ id, name: 'inc-1-logins', is_private: true, is_member: true, is_archived: false, creator: 'U0SPANHOUND' },
      topic: { value: 'P0 · identified' },
    });
    expect((await client.conversations.members({ channel: id })).members).toEqual(['U0SPANHOUND', YOU.id, 'U0MIRA']);
    expect((await client.bookmarks.list({ channel_id: id })).bookmarks).toMatchObject([{ title: 'Timeline' }]);
    expect((await client.users.conversations({})).channels).toMatchObject([{ id: CHANNEL }, { id, is_private: true }]);

    await client.conversations.archive({ channel: id });
    expect((await client.users.conversations({})).channels).toMatchObject([{ id: CHANNEL }]);
    await expect(client.chat.postMessage({ channel: id, text: 'x' })).rejects.toThrow('is_archived');
    expect(() => workspace.say(id, 'x')).toThrow('is_archived');
    await expect(client.conversations.archive({ channel: id })).rejects.toThrow('already_archived');
  });

  test.each([
    ['a name that is taken', () => client.conversations.create({ name: 'general' }), 'name_taken'],
    ['a name with a capital', () => client.conversations.create({ name: 'INC 1' }), 'invalid_name_specials'],
    ['a long name', () => client.conversations.create({ name: 'a'.repeat(81) }), 'invalid_name_maxlength'],
    ['a long topic', () => client.conversations.setTopic({ channel: CHANNEL, topic: 'a'.repeat(251) }), 'too_long'],
    [
      'somebody who is there',
      () => client.conversations.invite({ channel: CHANNEL, users: YOU.id }),
      'already_in_channel',
    ],
    ['an unknown person', () => client.conversations.invite({ channel: CHANNEL, users: 'U1' }), 'user_not_found'],
    ['another channel', () => client.conversations.setTopic({ channel: 'C0GENERAL', topic: 'x' }), 'not_in_channel'],
  ])('refuse %s', async (_what, call, error) => {
    await expect(call()).rejects.toMatchObject({ data: { ok: false, error } });
  });

  test('a message to a person opens one direct message with the bot', async () => {
    const { channel } = await client.chat.postMessage({ channel: 'U0MIRA', text: 'Do you take the role?' });
    const again = await client.chat.postMessage({ channel: 'U0MIRA', text: 'Still open' });
    expect(again.channel).toBe(channel);
    const { channel: found } = await client.conversations.info({ channel: channel ?? '' });
    expect(found).toMatchObject({ is_im: true, user: 'U0MIRA' });
    const { messages } = await client.conversations.history({ channel: channel ?? '' });
    expect(messages?.map(({ text }) => text)).toEqual(['Still open', 'Do you take the role?']);
    expect((await client.users.conversations({})).channels).toHaveLength(1);
  });
});

describe('refuses in Slack’s words', () => {
  test.each([
    ['a channel that does not exist', () => client.chat.postMessage({ channel: 'C1', text: 'x' }), 'channel_not_found'],
    ['a channel without the bot', () => client.chat.postMessage({ channel: 'C0GENERAL', text: 'x' }), 'not_in_channel'],
    ['an empty message', () => client.chat.postMessage({ channel: CHANNEL, text: '' }), 'no_text'],
    [
      'an update of nothing',
      () => client.chat.update({ channel: CHANNEL, ts: '1.000000', text: 'x' }),
      'message_not_found',
    ],
    ['a person that does not exist', () => client.users.info({ user: 'U1' }), 'user_not_found'],
    ['a method that it does not have', () => client.apiCall('usergroups.list'), 'unknown_method'],
    ['another token', () => clientWith('xoxb-other').auth.test(), 'invalid_auth'],
    [
      'blocks that Slack would refuse',
      () => client.chat.postMessage({ channel: CHANNEL, text: 'x', blocks: [section('x'.repeat(3001))] }),
      'invalid_blocks',
    ],
    [
      'a picture that was never uploaded',
      () => client.chat.postMessage({ channel: CHANNEL, text: 'x', blocks: [picture('F1')] }),
      'invalid_blocks',
    ],
  ])('%s', async (_what, call, error) => {
    await expect(call()).rejects.toMatchObject({ data: { ok: false, error } });
  });

  test('an update of what a person wrote, and one whose text is too long', async () => {
    const { ts } = workspace.say(CHANNEL, 'mine');
    await expect(client.chat.update({ channel: CHANNEL, ts, text: 'x' })).rejects.toMatchObject({
      data: { error: 'cant_update_message' },
    });
    const posted = await client.chat.postMessage({ channel: CHANNEL, text: 'ours' });
    const long = client.chat.update({ channel: CHANNEL, ts: posted.ts ?? '', text: 'x'.repeat(4001) });
    await expect(long).rejects.toMatchObject({ data: { error: 'msg_too_long' } });
  });
});

describe('files', () => {
  test('are uploaded in three steps and then shown by an image block', async () => {
    const { fileId: file_id, uploadUrl: upload_url } = await announce({
      filename: 'trace.png',
      length: PNG.length,
      alt_txt: 'A trace',
    });
    await expect(client.chat.postMessage({ channel: CHANNEL, text: 'x', blocks: [picture(file_id)] })).rejects.toThrow(
      'invalid_blocks',
    );

    expect((await fetch(upload_url, { method: 'POST', body: PNG })).status).toBe(200);
    await client.files.completeUploadExternal({ files: [{ id: file_id, title: 'Waterfall' }] });
    await client.chat.postMessage({ channel: CHANNEL, text: 'x', blocks: [picture(file_id)] });
    expect(workspace.file(file_id)).toMatchObject({
      file: { title: 'Waterfall', mimetype: 'image/png', alt: 'A trace' },
    });
  });

  test('of text are shared in a thread, as a form or as bytes', async () => {
    const { ts = '' } = await client.chat.postMessage({ channel: CHANNEL, text: 'root' });
    const { file_id = '', upload_url = '' } = await client.files.getUploadURLExternal({
      filename: 'report.md',
      length: 5,
    });
    const form = new FormData();
    form.append('file', new Blob(['# Hi\n']), 'report.md');
    await fetch(upload_url, { method: 'POST', body: form });
    await client.files.completeUploadExternal({
      files: [{ id: file_id, title: 'Report' }],
      channel_id: CHANNEL,
      thread_ts: ts,
    });

    const { messages } = await client.conversations.replies({ channel: CHANNEL, ts });
    expect(messages?.[1]).toMatchObject({ thread_ts: ts, files: [{ title: 'Report', mimetype: 'text/plain' }] });
  });

  test('are what their bytes are, whatever their name says', async () => {
    const { file_id = '', upload_url = '' } = await client.files.getUploadURLExternal({
      filename: 'page.png',
      length: 6,
    });
    await fetch(upload_url, { method: 'POST', body: '<html>' });
    await client.files.completeUploadExternal({ files: [{ id: file_id, title: 'x' }] });
    expect(workspace.file(file_id)?.file.mimetype).toBe('application/octet-stream');
  });
});

describe('marks', () => {
  let ts: string;

  beforeEach(() => {
    ts = workspace.say(CHANNEL, 'restarted the pool').ts;
  });

  test('pins are set once, listed with who pinned, newest first, and taken away once', async () => {
    const { ts: own = '' } = await client.chat.postMessage({ channel: CHANNEL, text: 'overview' });
    workspace.pin(CHANNEL, ts, YOU.id);
    await clock.tick(1000);
    await client.pins.add({ channel: CHANNEL, timestamp: own });
    await expect(client.pins.add({ channel: CHANNEL, timestamp: own })).rejects.toMatchObject({
      data: { error: 'already_pinned' },
    });
    const { items } = await client.pins.list({ channel: CHANNEL });
    expect(items).toMatchObject([
      { type: 'message', created_by: 'U0SPANHOUND', message: { ts: own } },
      { type: 'message', created_by: YOU.id, message: { ts, text: 'restarted the pool', pinned_to: [CHANNEL] } },
    ]);
    await client.pins.remove({ channel: CHANNEL, timestamp: own });
    await expect(client.pins.remove({ channel: CHANNEL, timestamp: own })).rejects.toMatchObject({
      data: { error: 'no_pin' },
    });
  });

  test('reactions are told with who gave them, and one that nobody gives any more is gone', async () => {
    const place = { channel: CHANNEL, timestamp: ts };
    workspace.react(CHANNEL, ts, 'pushpin', YOU.id);
    await client.reactions.add({ ...place, name: 'pushpin' });
    expect((await client.reactions.get(place)).message).toMatchObject({
      ts,
      reactions: [{ name: 'pushpin', users: [YOU.id, 'U0SPANHOUND'], count: 2 }],
    });
    workspace.unreact(CHANNEL, ts, 'pushpin', YOU.id);
    await client.reactions.remove({ ...place, name: 'pushpin' });
    expect((await client.reactions.get(place)).message).not.toHaveProperty('reactions');
    await expect(client.reactions.remove({ ...place, name: 'pushpin' })).rejects.toMatchObject({
      data: { error: 'no_reaction' },
    });
  });

  test('of a channel without the bot are not told', async () => {
    const { ts: theirs } = workspace.say('C0GENERAL', 'among us');
    await expect(client.pins.list({ channel: 'C0GENERAL' })).rejects.toThrow('not_in_channel');
    await expect(client.reactions.get({ channel: 'C0GENERAL', timestamp: theirs })).rejects.toThrow('not_in_channel');
  });
});

test('a message of another app is told by that app, and is not ours to change', async () => {
  const { ts } = workspace.post(CHANNEL, { text: 'triggered' }, PAGERDUTY);
  const { messages } = await client.conversations.history({ channel: CHANNEL });
  expect(messages).toMatchObject([{ bot_id: 'B0PAGERDUTY', bot_profile: { app_id: 'A1FKYAUUX', name: 'PagerDuty' } }]);
  await expect(client.chat.update({ channel: CHANNEL, ts, text: 'x' })).rejects.toThrow('cant_update_message');
});

describe('a response_url', () => {
  test('answers the person alone, or the channel when asked to', async () => {
    const url = workspace.newResponseUrl(CHANNEL);
    await respond(url, { text: 'only you' });
    await respond(url, { text: 'all', response_type: 'in_channel' });
    expect(workspace.snapshot().messages).toMatchObject([
      { text: 'only you', ephemeral: true },
      { text: 'all', ephemeral: false },
    ]);
  });

  test('replaces and deletes the message that it came from', async () => {
    const { ts } = workspace.whisper(CHANNEL, 'U0YOU', { text: 'sure?' });
    const url = workspace.newResponseUrl(CHANNEL, { messageTs: ts });
    await respond(url, { text: 'done', replace_original: true });
    expect(workspace.snapshot().messages).toMatchObject([{ ts, text: 'done', ephemeral: true }]);
    await respond(url, { delete_original: true });
    expect(workspace.snapshot().messages).toEqual([]);
  });

  test('works five times', async () => {
    const url = workspace.newResponseUrl(CHANNEL);
    for (let use = 0; use < 5; use++) expect((await respond(url, { text: 'again' })).status).toBe(200);
    const sixth = await respond(url, { text: 'again' });
    expect([sixth.status, await sixth.json()]).toMatchObject([404, { error: 'used_url' }]);
  });

  test('works for half an hour', async () => {
    const url = workspace.newResponseUrl(CHANNEL);
    await clock.tick(30 * 60_000 + 1);
    const late = await respond(url, { text: 'late' });
    expect([late.status, await late.json()]).toMatchObject([404, { error: 'expired_url' }]);
  });
});

describe('views', () => {
  const view = {
    type: 'modal' as const,
    title: { type: 'plain_text' as const, text: 'Title' },
    blocks: [section('one')],
  };

  test('open with a trigger, once and within three seconds', async () => {
    const trigger_id = workspace.newTrigger();
    const opened = await client.views.open({ trigger_id, view });
    expect(workspace.snapshot().modal?.id).toBe(opened.view?.id);
    await expect(client.views.open({ trigger_id, view })).rejects.toMatchObject({
      data: { error: 'invalid_trigger_id' },
    });

    const late = workspace.newTrigger();
    await clock.tick(3001);
    await expect(client.views.open({ trigger_id: late, view })).rejects.toMatchObject({
      data: { error: 'expired_trigger_id' },
    });
  });

  test('of the home are published for a person', async () => {
    await client.views.publish({ user_id: YOU.id, view: { type: 'home', blocks: [section('home')] } });
    expect(workspace.snapshot().homes.U0YOU?.blocks).toMatchObject([{ type: 'section', text: { text: 'home' } }]);
  });
});

test('nothing else of the network exists for the bot', async () => {
  const answer = await fetch('https://slack.com/api/chat.postMessage', { method: 'POST' });
  expect(answer.status).toBe(404);
});

function clientWith(token: string): WebClient {
  return new WebClient(token, {
    slackApiUrl: PLAYGROUND_API_URL,
    fetch,
    retryConfig: { retries: 0 },
    logLevel: LogLevel.ERROR,
  });
}

/** The client's own types do not know `alt_txt`, which is what Slack documents. */
async function announce(args: Record<string, unknown>): Promise<{ fileId: string; uploadUrl: string }> {
  const { file_id, upload_url } = {
    file_id: '',
    upload_url: '',
    ...(await client.apiCall('files.getUploadURLExternal', args)),
  };
  return { fileId: file_id, uploadUrl: upload_url };
}

function respond(url: string, body: object): Promise<Response> {
  return fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
}

function section(text: string) {
  return { type: 'section' as const, text: { type: 'mrkdwn' as const, text } };
}

function picture(id: string) {
  return { type: 'image' as const, slack_file: { id }, alt_text: 'A trace' };
}
