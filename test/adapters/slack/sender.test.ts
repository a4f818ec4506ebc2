/** What Slack's answers mean to the outbox, told by a Slack over HTTP. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
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
  const clock = { ...systemClock, sleep: async () => undefined };
  return slackSender({ client, fetch: globalThis.fetch, clock, log: silentLog });
}

/** Somebody between us and Slack who answers everything in one way. */
async function answering(status: number, body: string): Promise<string> {
  const server = createServer((request, response) => {
    request.resume();
    response.writeHead(status).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/`;
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

  test('that is also sent to the channel stands in both, is found by its own id alone, and stays there when it is changed', async () => {
    const root = await slack.post('an alert');
    const sent = await post({ text: 'the verdict', isBroadcast: true }, root.ts);
    const ts = sent.kind === 'sent' ? sent.ts : '';
    const where = { workspaceId: slack.team, channelId: slack.channel, sinceUs: 0 };
    expect(await sender.find({ messageId: 'm1', ...where, threadTs: root.ts })).toEqual({ kind: 'found', ts });
    expect(await sender.find({ messageId: 'm2', ...where, threadTs: undefined })).toEqual({ kind: 'absent' });

    const message = { text: 'the verdict, unsure', isBroadcast: true };
    const changed = { messageId: 'm1', workspaceId: slack.team, channelId: slack.channel, ts, message };
    expect(await sender.update(changed)).toEqual({ kind: 'sent', ts });
    const shown = { ts, subtype: 'thread_broadcast', text: 'the verdict, unsure' };
    expect(await slack.messages()).toMatchObject([{ ts: root.ts }, shown]);
    expect(await slack.thread(root.ts)).toMatchObject([shown]);
  });

  test('in the channel itself is never sent to it twice', async () => {
    await post({ text: 'the verdict', isBroadcast: true });
    expect(slack.proxy.callsOf('chat.postMessage')[0]?.args).not.toHaveProperty('reply_broadcast');
  });

  test.each([
    ['invalid_auth', 'unauthorized'],
    ['token_expired', 'unauthorized'],
    ['accesslimited', 'unauthorized'],
    ['account_inactive', 'unauthorized'],
    ['a_code_of_next_year', 'objected'],
    ['service_unavailable', 'failed'],
    ['fatal_error', 'ambiguous'],
    ['<html><body>Blocked by the proxy of Acme</body></html>', 'ambiguous'],
    ['{"ok":true,"channel":"C1","ts":"17', 'ambiguous'],
    ['', 'ambiguous'],
    ['msg_too_long', 'refused'],
  ])('that Slack answers with %j is %s, and only what is on the list is final', async (error, kind) => {
    slack.proxy.refuse('chat.postMessage', error);
    expect(await post({ text: 'x' })).toMatchObject({ kind });
  });

  test.each([
    ['a page of a proxy', '<html>Please log in</html>', 200],
    ['an answer that was cut', '{"ok":true,"ts":"17', 200],
    ['an answer that names no message', '{"ok":true}', 200],
    ['an empty object', '{}', 200],
    ['a plain word that is also a code of Slack', 'no_text', 200],
    ['a plain word that Slack says of tokens', 'invalid_auth', 200],
    ['a plain word that Slack says of a layout', 'invalid_blocks', 200],
    ['a code without `ok`', '{"error":"no_text"}', 200],
    ['a code with another `ok`', '{"ok":0,"error":"no_text"}', 200],
    ['nothing', '', 200],
    ['nothing that has a meaning', 'null', 200],
    ['a refusal by a proxy', '<html>403</html>', 403],
    ['a bad gateway', 'bad gateway', 502],
  ])('that is answered with %s may be there: it is ambiguous', async (_, body, status) => {
    sender = senderTo(await answering(status, body));
    expect(await post({ text: 'x' })).toMatchObject({ kind: 'ambiguous' });
  });

  test('that is answered with JSON that says so is refused', async () => {
    sender = senderTo(await answering(200, '{"ok":false,"error":"no_text"}'));
    expect(await post({ text: 'x' })).toEqual({ kind: 'refused', reason: 'no_text' });
  });

  test('that Slack refuses for the channel is unreachable, for the token unauthorized, for the pace limited', async () => {
    slack.proxy.refuse('chat.postMessage', 'is_archived');
    expect(await post({ text: 'x' })).toEqual({
      kind: 'unreachable',
      reason: 'is_archived',
      advice: 'This channel is archived, so I cannot post in it. Unarchive it, or ask in another channel.',
    });
    slack.proxy.refuse('chat.postMessage', 'restricted_action_read_only_channel');
    expect(await post({ text: 'x' })).toMatchObject({
      kind: 'unreachable',
      advice: expect.stringContaining('(restricted_action_read_only_channel)'),
    });
    // An invitation helps.
    slack.proxy.refuse('chat.postMessage', 'not_in_channel');
    expect(await post({ text: 'x' })).toEqual({ kind: 'unreachable', reason: 'not_in_channel' });
    slack.proxy.refuse('chat.postMessage', 'token_revoked');
    expect(await post({ text: 'x' })).toEqual({ kind: 'unauthorized', reason: 'token_revoked' });
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

describe('a picture in an answer to one person', () => {
  const respond = async (delayedCalls: number) => {
    slack.proxy.delayFiles(delayedCalls);
    const { response_url: responseUrl = '' } = slack.command('x');
    const message = { text: 'x', blocks: [SECTION, SECTION], picture: { ...PICTURE, at: 1 } };
    const sent = await sender.respond({ workspaceId: slack.team, responseUrl, message });
    const blocks = slack.proxy.responses.map(({ body }) => (body as { blocks: { type: string }[] }).blocks);
    return { sent, shown: blocks.map((all) => all.map(({ type }) => type)) };
  };

  test('stands at its place, also if the file is ready a moment later', async () => {
    for (const delayedCalls of [0, 1]) {
      const { sent, shown } = await respond(delayedCalls);
      expect(sent).toMatchObject({ kind: 'sent' });
      expect(shown.at(-1)).toEqual(['section', 'image', 'section']);
    }
  });

  test('whose file is never ready is left out, and the answer says so', async () => {
    const { sent, shown } = await respond(100);
    expect(sent).toMatchObject({ kind: 'sent' });
    expect(shown).toEqual([['section', 'context', 'section']]);
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

  test('whose upload is answered by a proxy was surely not shared, so it is tried again', async () => {
    sender = senderTo(await answering(200, '<html>Please log in</html>'));
    const where = { attachmentId: 'a1', workspaceId: slack.team, channelId: slack.channel, threadTs: '1.1' };
    const file = { name: 'trace.md', title: 'Diagnosis', content: new Uint8Array(1) };
    expect(await sender.attach({ ...where, ...file })).toMatchObject({ kind: 'failed' });
  });
});

describe('looking for a file', () => {
  const FILE = { name: 'trace.md', title: 'Diagnosis' };
  const content = new TextEncoder().encode('# Verdict');

  test('finds it by its name, title and size, and no other version of it', async () => {
    const root = await slack.post('the verdict');
    const where = { workspaceId: slack.team, channelId: slack.channel, threadTs: root.ts };
    await sender.attach({ ...where, ...FILE, attachmentId: 'a1', content });
    const sinceUs = systemClock.nowUs() - 60_000_000;
    const look = (file: typeof FILE & { size: number }, sinceThenUs = sinceUs) =>
      sender.find({ ...where, messageId: 'a1', sinceUs: sinceThenUs, file });
    const size = content.byteLength;
    expect(await look({ ...FILE, size })).toMatchObject({ kind: 'found' });
    expect(await look({ ...FILE, size: size + 1 })).toEqual({ kind: 'absent' });
    expect(await look({ ...FILE, title: 'Another', size })).toEqual({ kind: 'absent' });
    expect(await look({ ...FILE, name: 'other.md', size })).toEqual({ kind: 'absent' });
    // It was shared before the attempt whose answer is missing.
    expect(await look({ ...FILE, size }, systemClock.nowUs() + 60_000_000)).toEqual({ kind: 'absent' });
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
  test('finds it behind hundreds of newer messages, in the channel and in a thread', async () => {
    const root = await slack.post('an alert');
    const inChannel = await post({ text: 'the verdict' });
    const inThread = await post({ text: 'the detail' }, root.ts);
    for (let index = 0; index < 450; index++) {
      await slack.call('chat.postMessage', { channel: slack.channel, text: `talk ${index}` });
      await slack.call('chat.postMessage', { channel: slack.channel, text: `reply ${index}`, thread_ts: root.ts });
    }
    const where = { workspaceId: slack.team, channelId: slack.channel, sinceUs: systemClock.nowUs() - 60_000_000 };
    const asked = { ...where, messageId: 'm1' };
    expect(await sender.find({ ...asked, threadTs: undefined })).toEqual({ ...inChannel, kind: 'found' });
    expect(await sender.find({ ...asked, threadTs: root.ts })).toEqual({ ...inThread, kind: 'found' });
    expect(await sender.find({ ...where, messageId: 'm2', threadTs: root.ts })).toEqual({ kind: 'absent' });
    expect(slack.proxy.callsOf('conversations.history')).toHaveLength(3);
  });

  test('finds one of just now where our clock is a day ahead, and asks no further than it must', async () => {
    const sent = await post({ text: 'the verdict' });
    const tomorrowUs = systemClock.nowUs() + 24 * 3_600_000_000;
    const where = { workspaceId: slack.team, channelId: slack.channel, threadTs: undefined, sinceUs: tomorrowUs };
    expect(await sender.find({ ...where, messageId: 'm1' })).toEqual({ ...sent, kind: 'found' });
    expect(await sender.find({ ...where, messageId: 'm2' })).toEqual({ kind: 'absent' });
  });

  test('is put off where Slack does not accept the token, or says what nobody knows', async () => {
    const where = { workspaceId: slack.team, channelId: slack.channel, threadTs: undefined, sinceUs: 0 };
    for (const [error, kind] of [
      ['token_revoked', 'unauthorized'],
      ['a_code_of_next_year', 'objected'],
      ['<html>', 'failed'],
    ]) {
      slack.proxy.refuse('conversations.history', error ?? '');
      expect(await sender.find({ messageId: 'm1', ...where })).toMatchObject({ kind });
    }
  });

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

test.each([
  [403, '<html>Blocked</html>', 'failed'],
  [200, '<html>Please log in</html>', 'failed'],
  [404, '{"ok":false,"error":"expired_url"}', 'refused'],
  [404, '{"ok":false,"error":"expired_url","login":"needed"}', 'failed'],
  [404, '{"ok":true,"error":"expired_url"}', 'failed'],
  [404, 'used_url\n', 'refused'],
  [404, 'the address is no used_url', 'failed'],
  [403, '<html><!-- error=invalid_url --> Your network needs a login</html>', 'failed'],
  [200, '<html class="no_text">Please log in</html>', 'failed'],
  [404, 'no such page', 'failed'],
  [404, 'ok', 'failed'],
  [500, '', 'ambiguous'],
  [200, 'ok', 'sent'],
  [200, 'ok\n', 'sent'],
  [200, '{"ok":true}', 'sent'],
  [200, '{"ok":true,"login":"needed"}', 'failed'],
  [200, '{"ok":true}<html>Please log in</html>', 'failed'],
  [200, '{"ok":tr', 'failed'],
  [200, 'null', 'failed'],
  [200, '', 'failed'],
  [204, '', 'failed'],
])('a response_url that answers %i %s is %s', async (status, body, kind) => {
  const responseUrl = await answering(status, body);
  const message = { text: 'x' };
  expect(await sender.respond({ workspaceId: slack.team, responseUrl, message })).toMatchObject({ kind });
});
