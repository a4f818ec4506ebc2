/** What Slack's answers mean to the outbox, told by a Slack over HTTP. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { slackClient } from '#adapters/slack/app.ts';
import { slackSender } from '#adapters/slack/sender.ts';
import { systemClock } from '#core/clock.ts';
import { silentLog } from '#core/log.ts';
import type { Message, Sender } from '#record/outbox.ts';
import { BOT_TOKEN, openSlackSide, type SlackSide } from '#test/slack-side.ts';

let slack: SlackSide;
let sender: Sender;

beforeEach(async () => {
  slack = await openSlackSide();
  sender = senderTo(slack.proxy.apiUrl);
});
afterEach(() => slack.close());

function senderTo(apiUrl: string): Sender {
  const transport = { kind: 'socket', appToken: '' } as const;
  const client = slackClient({ botToken: BOT_TOKEN, apiUrl, transport }, silentLog);
  // Waits are for the real Slack: here the file is ready as soon as it is asked for again.
  const clock = { nowUs: systemClock.nowUs, sleep: async () => undefined };
  return slackSender({ client, fetch: globalThis.fetch, clock, log: silentLog });
}

const SECTION = { type: 'section', text: { type: 'plain_text', text: 'why' } };
const PICTURE = { png: new Uint8Array([1, 2, 3]), at: 0, alt: 'a waterfall', title: 'The trace' };

function post(message: Message, threadTs?: string) {
  return sender.post({ messageId: 'm1', workspaceId: slack.team, channelId: slack.channel, threadTs, message });
}

describe('a post', () => {
  test('names its id in the metadata, unfurls nothing, and is found by that id', async () => {
    const sinceUs = systemClock.nowUs() - 60_000_000;
    const sent = await post({ text: 'the verdict' });
    expect(sent).toMatchObject({ kind: 'sent' });
    expect(slack.proxy.callsOf('chat.postMessage').at(0)?.args).toMatchObject({
      metadata: '{"event_type":"spanhound","event_payload":{"id":"m1"}}',
      unfurl_links: 'false',
      unfurl_media: 'false',
    });
    const where = { workspaceId: slack.team, channelId: slack.channel, threadTs: undefined, sinceUs };
    expect(await sender.find({ messageId: 'm1', ...where })).toEqual({ ...sent, kind: 'found' });
    expect(await sender.find({ messageId: 'm2', ...where })).toEqual({ kind: 'absent' });
  });

  test('in a thread is found in that thread', async () => {
    const root = await slack.post('an alert');
    const sent = await post({ text: 'the verdict' }, root.ts);
    const where = { workspaceId: slack.team, channelId: slack.channel, threadTs: root.ts, sinceUs: 0 };
    expect(await sender.find({ messageId: 'm1', ...where })).toEqual({ ...sent, kind: 'found' });
  });

  test('that Slack refuses for the channel is unreachable, for the token refused, for the pace limited', async () => {
    slack.proxy.refuse('chat.postMessage', 'is_archived');
    expect(await post({ text: 'x' })).toEqual({ kind: 'unreachable', reason: 'is_archived' });
    slack.proxy.refuse('chat.postMessage', 'token_revoked');
    expect(await post({ text: 'x' })).toEqual({ kind: 'refused', reason: 'token_revoked' });
    slack.proxy.limit('chat.postMessage', 7);
    expect(await post({ text: 'x' })).toEqual({ kind: 'limited', retryAfterMs: 7_000 });
  });

  test('whose answer is lost is ambiguous; one that reached nobody surely failed', async () => {
    slack.proxy.lose('chat.postMessage');
    expect(await post({ text: 'x' })).toMatchObject({ kind: 'ambiguous' });
    expect(await slack.messages()).toHaveLength(1);
    // One call each: the client's own retry would have posted a second message.
    expect(slack.proxy.callsOf('chat.postMessage')).toHaveLength(1);

    sender = senderTo('http://127.0.0.1:1023/api/');
    expect(await post({ text: 'x' })).toEqual({ kind: 'failed', reason: 'ECONNREFUSED' });
  });

  test('whose blocks Slack refuses is sent as its text, because no layout is better than no answer', async () => {
    const blocks = [{ ...SECTION, text: { type: 'plain_text', text: 'x'.repeat(3_001) } }];
    expect(await post({ text: 'the verdict', blocks })).toMatchObject({ kind: 'sent' });
    const [message] = await slack.messages();
    expect(message).toMatchObject({ text: 'the verdict' });
    expect(message?.blocks).toBeUndefined();
  });
});

describe('a picture', () => {
  test('is uploaded by three steps without a channel and stands at its place with its alternative text', async () => {
    await post({ text: 'x', blocks: [SECTION, SECTION], picture: { ...PICTURE, at: 1 } });
    const [message] = await slack.messages();
    expect(message?.blocks?.map(({ type }) => type)).toEqual(['section', 'image', 'section']);
    expect(message?.blocks?.[1]).toMatchObject({ alt_text: 'a waterfall', slack_file: { id: expect.any(String) } });
    expect(slack.proxy.calls.map(({ method }) => method)).toEqual([
      'files.getUploadURLExternal',
      'files.completeUploadExternal',
      'chat.postMessage',
    ]);
  });

  test('that was uploaded before is not uploaded again', async () => {
    const sent = await post({ text: 'x', blocks: [SECTION], picture: PICTURE });
    if (sent.kind !== 'sent') throw new Error(sent.kind);
    const where = { messageId: 'm1', workspaceId: slack.team, channelId: slack.channel, ts: sent.ts };
    await sender.update({ ...where, message: { text: 'y', blocks: [SECTION], picture: { ...PICTURE } } });
    expect(slack.proxy.callsOf('files.getUploadURLExternal')).toHaveLength(1);
    expect((await slack.messages())[0]?.blocks?.map(({ type }) => type)).toEqual(['image', 'section']);
  });

  test('whose file is never ready is left out, and the message says so', async () => {
    slack.proxy.delayFiles(100);
    expect(await post({ text: 'x', blocks: [SECTION], picture: PICTURE })).toMatchObject({ kind: 'sent' });
    const [message] = await slack.messages();
    expect(message?.blocks?.map(({ type }) => type)).toEqual(['context', 'section']);
  });

  test('that may not be uploaded is replaced by a line that names the scope', async () => {
    slack.proxy.missScope('files.getUploadURLExternal', 'files:write');
    await post({ text: 'x', blocks: [SECTION], picture: PICTURE });
    expect(JSON.stringify((await slack.messages())[0]?.blocks?.[0])).toContain('files:write');
  });

  test('waits with its message when Slack asks to slow down, and is not left out', async () => {
    slack.proxy.limit('files.getUploadURLExternal', 3);
    const sent = await post({ text: 'x', blocks: [SECTION], picture: PICTURE });
    expect(sent).toEqual({ kind: 'limited', retryAfterMs: 3_000 });
    expect(await slack.messages()).toHaveLength(0);
  });
});

describe('a file for the thread', () => {
  test('goes there without alternative text, which Slack takes for images only', async () => {
    const root = await slack.post('the verdict');
    const file = { name: 'trace.md', title: 'Diagnosis', content: new TextEncoder().encode('# Verdict') };
    const where = { attachmentId: 'a1', workspaceId: slack.team, channelId: slack.channel, threadTs: root.ts };
    expect(await sender.attach({ ...where, ...file })).toMatchObject({ kind: 'sent' });
    const [reply] = await slack.thread(root.ts);
    expect(reply?.files).toMatchObject([{ name: 'trace.md', title: 'Diagnosis' }]);
    expect(slack.proxy.callsOf('files.getUploadURLExternal')[0]?.args.alt_txt).toBeUndefined();
  });

  test('that may not be uploaded leaves a line in the thread, because somebody pressed a button', async () => {
    slack.proxy.missScope('files.getUploadURLExternal', 'files:write');
    const root = await slack.post('the verdict');
    const file = { name: 'trace.md', title: 'Diagnosis', content: new Uint8Array(1) };
    const where = { attachmentId: 'a1', workspaceId: slack.team, channelId: slack.channel, threadTs: root.ts };
    expect(await sender.attach({ ...where, ...file })).toMatchObject({ kind: 'sent' });
    expect((await slack.thread(root.ts))[0]?.text).toContain('files:write');
  });
});

describe('a pin', () => {
  test('is set once: what is pinned already is as it should be', async () => {
    const { ts } = await slack.post('the overview');
    const place = { workspaceId: slack.team, channelId: slack.channel, ts };
    expect(await sender.pin(place)).toEqual({ kind: 'sent', ts });
    expect(await sender.pin(place)).toEqual({ kind: 'sent', ts });
  });

  test('that Slack does not allow is refused with its word', async () => {
    slack.proxy.missScope('pins.add', 'pins:write');
    const { ts } = await slack.post('the overview');
    const place = { workspaceId: slack.team, channelId: slack.channel, ts };
    expect(await sender.pin(place)).toEqual({ kind: 'refused', reason: 'missing_scope' });
  });
});

describe('looking for a post', () => {
  test.each(['missing_scope', 'not_in_channel'])(
    'where Slack says %s, the conversation is unreadable',
    async (error) => {
      slack.proxy.refuse('conversations.history', error);
      const where = { workspaceId: slack.team, channelId: slack.channel, threadTs: undefined, sinceUs: 0 };
      expect(await sender.find({ messageId: 'm1', ...where })).toEqual({ kind: 'unreadable', reason: error });
    },
  );

  test('is put off when Slack is too busy or away', async () => {
    const where = { workspaceId: slack.team, channelId: slack.channel, threadTs: undefined, sinceUs: 0 };
    slack.proxy.limit('conversations.history', 2);
    expect(await sender.find({ messageId: 'm1', ...where })).toEqual({ kind: 'limited', retryAfterMs: 2_000 });
    slack.proxy.down(true);
    expect(await sender.find({ messageId: 'm1', ...where })).toMatchObject({ kind: 'failed' });
  });
});

test('a response_url that was used five times refuses for good', async () => {
  const { response_url: responseUrl = '' } = slack.command('x');
  const respond = () => sender.respond({ workspaceId: slack.team, responseUrl, message: { text: 'x' } });
  for (let use = 0; use < 5; use++) expect(await respond()).toMatchObject({ kind: 'sent' });
  expect(await respond()).toEqual({ kind: 'refused', reason: 'response_url answered 404' });
  expect(slack.proxy.responses[0]?.body).toEqual({ response_type: 'ephemeral', replace_original: false, text: 'x' });
});
