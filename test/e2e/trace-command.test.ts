/** `/trace` from end to end: real Bolt over HTTP, a stateful Slack, Jaeger and Loki as they answered for HotROD. */
import type { ImageBlock, KnownBlock } from '@slack/types';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { EXAMPLE_TRACE_ID } from '#model/trace/trace-id.ts';
import type { Report } from '#present/json/report.ts';
import { feedbackOn } from '#record/feedback.ts';
import { findInvestigation } from '#record/investigations.ts';
import { openBot, type TestBot } from '#test/bot.ts';
import { eventually } from '#test/eventually.ts';
import { openHotrodBackends, SLOW_QUERY_TRACE } from '#test/hotrod-backends.ts';
import { openSlackSide, type SlackMessage, type SlackSide, sendToBot } from '#test/slack-side.ts';

let slack: SlackSide;
let bot: TestBot;
let backends: Awaited<ReturnType<typeof openHotrodBackends>>;

beforeAll(async () => {
  backends = await openHotrodBackends();
});
afterAll(() => backends.close());

beforeEach(async () => {
  slack = await openSlackSide();
  bot = await openBot({ slack, ...backends });
});
afterEach(async () => {
  backends.down(false);
  await bot.stop();
  await bot.forget();
  await slack.close();
});

describe('/trace <id>', () => {
  test('answers in one message that is updated in place, with a picture, and its detail in the thread', async () => {
    const answered = await sendToBot(bot.url, slack.command(SLOW_QUERY_TRACE.id));
    expect(answered).toEqual({ status: 200, body: '' });

    const message = await diagnosis();
    expect(await slack.messages()).toHaveLength(1);
    expect(message.text).toMatch(/mysql/i);
    expect(slack.proxy.callsOf('chat.postMessage').at(0)?.args.metadata).toContain('"event_type":"spanhound"');

    const picture = imageOf(message);
    expect(picture.alt_text).toMatch(/\w+ \w+/);
    const file = 'slack_file' in picture && picture.slack_file && 'id' in picture.slack_file && picture.slack_file.id;
    expect(slack.proxy.uploads.get(String(file))?.includes('PNG')).toBe(true);
    expect(slack.proxy.callsOf('files.getUploadURLExternal').at(-1)?.args.alt_txt).toBe(picture.alt_text);
    // Without a channel: the picture is shown by the message and not as a message of its own.
    expect(slack.proxy.callsOf('files.completeUploadExternal').at(-1)?.args.channel_id).toBeUndefined();

    await eventually(async () => ((await slack.thread(message.ts)).length > 0 ? true : undefined));
  });

  describe('in a direct message', () => {
    let direct: string;
    const traced = () => slack.command(SLOW_QUERY_TRACE.id, { channel_id: direct, channel_name: 'directmessage' });
    beforeEach(async () => {
      const { channel } = await slack.call('conversations.open', { users: slack.person });
      ({ id: direct } = channel as { id: string });
      expect(direct).toMatch(/^D/);
    });

    test('with the bot answers there, with its detail in the thread', async () => {
      expect(await sendToBot(bot.url, traced())).toEqual({ status: 200, body: '' });
      const message = await eventually(async () =>
        (await slack.messages(direct)).find(({ text }) => /mysql/i.test(text ?? '')),
      );
      expect(imageOf(message).alt_text).not.toBe('');
      await eventually(async () => {
        const { messages } = await slack.call('conversations.replies', { channel: direct, ts: message.ts });
        return JSON.stringify(messages).includes('trace_markdown') || undefined;
      });
      expect(await slack.messages()).toEqual([]);
    });

    test('of two people says where it answers, because nobody can invite it there', async () => {
      slack.proxy.notInChannel(direct);
      await sendToBot(bot.url, traced());
      const [response] = await eventually(async () =>
        slack.proxy.responses.length > 0 ? slack.proxy.responses : undefined,
      );
      expect(response?.body.text).toContain(`Type \`/trace ${SLOW_QUERY_TRACE.id}\` in your direct messages with me`);
      expect(response?.body.text).not.toContain('/invite');
      expect(await slack.messages(direct)).toEqual([]);
    });
  });

  test('says at once that it is looking, before any evidence is there', async () => {
    await sendToBot(bot.url, slack.command(SLOW_QUERY_TRACE.id));
    await diagnosis();
    const first = slack.proxy.callsOf('chat.postMessage').at(0);
    expect(first?.args.text).toContain(SLOW_QUERY_TRACE.id);
  });

  test('answers a command that Slack delivers twice with one message', { tags: ['deep'] }, async () => {
    const command = slack.command(SLOW_QUERY_TRACE.id);
    await sendToBot(bot.url, command);
    const again = await sendToBot(bot.url, command);
    expect(again.status).toBe(200);
    await diagnosis();
    await sendToBot(bot.url, command);
    await bot.stop();
    expect(await slack.messages()).toHaveLength(1);
    bot = await openBot({ slack, ...backends, dataFolder: bot.dataFolder });
  });

  test('posts once when Slack takes the message and its answer is lost', async () => {
    slack.proxy.lose('chat.postMessage');
    await sendToBot(bot.url, slack.command(SLOW_QUERY_TRACE.id));
    await diagnosis();
    expect(await slack.messages()).toHaveLength(1);
    expect(slack.proxy.callsOf('conversations.history').at(0)?.args.include_all_metadata).toBe('true');
  });

  test('waits as long as Slack asks when it is too fast, and posts once', { tags: ['deep'] }, async () => {
    slack.proxy.limit('chat.postMessage', 1);
    const before = Date.now();
    await sendToBot(bot.url, slack.command(SLOW_QUERY_TRACE.id));
    await diagnosis();
    expect(Date.now() - before).toBeGreaterThanOrEqual(1_000);
    expect(await slack.messages()).toHaveLength(1);
  });

  test('answers without the picture and says why when it may not upload files', async () => {
    slack.proxy.missScope('files.getUploadURLExternal', 'files:write');
    await sendToBot(bot.url, slack.command(SLOW_QUERY_TRACE.id));
    const message = await diagnosis();
    expect(message.blocks?.some(({ type }) => type === 'image')).toBe(false);
    expect(JSON.stringify(message.blocks)).toContain('files:write');
  });

  test('shows the picture although Slack needs a moment before the file can be used', { tags: ['deep'] }, async () => {
    slack.proxy.delayFiles(1);
    await sendToBot(bot.url, slack.command(SLOW_QUERY_TRACE.id));
    const message = await diagnosis();
    expect(imageOf(message).type).toBe('image');
  });
});

describe('/trace of a request that a change came before', () => {
  const BEGAN_MS = Date.UTC(2026, 10, 20, 6, 25, 17);
  const change = <More extends object>(minutes: number, more: More) => ({
    at: new Date(BEGAN_MS - minutes * 60_000).toISOString(),
    kind: 'deploy',
    service: 'customer',
    ...more,
  });
  const CULPRIT = change(4, {
    id: '4f2a9c17c41e0b29a5d3f8e6c1b4a7d9e2f5c8b1',
    text: 'Find customers whatever the case of their id',
    url: 'https://git.example/customer/commit/4f2a9c1',
    diff: `--- a/customer.go
+++ b/customer.go
@@ -1,2 +1,2 @@ func (d *database) Get(customerID string) {
-	query := "SELECT * FROM customer WHERE id = ?"
+	query := "SELECT * FROM customer WHERE customer_id = ?"
`,
  });
  const HARMLESS = change(1, {
    id: 'badge-7',
    text: 'Another colour',
    files: ['web/badge.css'],
    diff: '-a {}\n+b {}\n',
  });
  const ELSEWHERE = change(2, { service: 'billing', id: 'billing-12', text: 'lower(customer_id)' });

  test.each([
    ['names it, says how to take it back, and lists the others', [HARMLESS, CULPRIT, ELSEWHERE], true],
    ['blames none that does not fit', [HARMLESS, ELSEWHERE], false],
  ])('%s', async (_, changes, isNamed) => {
    await bot.stop();
    bot = await openBot({ slack, ...backends, env: { CHANGES_TOKEN: 'ch4nges' } });
    const headers = { authorization: 'Bearer ch4nges', 'content-type': 'application/json' };
    const told = await fetch(`${bot.url}/changes`, { method: 'POST', headers, body: JSON.stringify(changes) });
    expect(told.status).toBe(202);
    await sendToBot(bot.url, slack.command(SLOW_QUERY_TRACE.id));
    const message = await diagnosis();
    const report = (
      await findInvestigation(bot.store, { id: buttonValue(message, 'trace_logs'), workspaceId: slack.team })
    )?.report as unknown as Report;
    expect(report.diagnosis).toMatchObject({ kind: 'slow-query', service: 'mysql' });
    expect(report.diagnosis?.change?.id).toBe(isNamed ? CULPRIT.id : undefined);
    expect(report.changes?.map(({ id }) => id)).toEqual(isNamed ? [CULPRIT.id, 'badge-7'] : ['badge-7']);
    const said = JSON.stringify(message.blocks);
    expect(said.includes('Deploy 4f2a9c1 of customer came 4 min before it began')).toBe(isNamed);
    expect(said.includes('roll deploy 4f2a9c1 of customer back')).toBe(isNamed);
  });
});

describe('/trace that cannot be answered', () => {
  test('tells in the message that no source has the trace, and what that may mean', async () => {
    await sendToBot(bot.url, slack.command('00000000000000000000000000abcdef'));
    const message = await settled((text) => /No trace/.test(text));
    expect(message.text).toContain(
      'No trace `00000000000000000000000000abcdef` in Jaeger, and nothing in the last day’s logs mentions it. Check the id for a typing mistake. It may be sampled out',
    );
    expect(message.text).toContain('Try again in a minute');
    expect(JSON.stringify(message.blocks)).toMatch(/"Try again".*"Look further back".*"What can I paste here\?"/);
    expect(await slack.messages()).toHaveLength(1);
  });

  test('tells in the message that the backend is down', async () => {
    backends.down(true);
    await sendToBot(bot.url, slack.command(SLOW_QUERY_TRACE.id));
    const message = await settled((text) => /could not read/.test(text));
    expect(JSON.stringify(message.blocks)).toMatch(/jaeger is having trouble \(HTTP 503\)/i);
  });

  test('tells the one who asked how to invite it where it is no member', async () => {
    slack.proxy.notInChannel(slack.channel);
    await sendToBot(bot.url, slack.command(SLOW_QUERY_TRACE.id));
    const said = await eventually(() => slack.proxy.responses.at(0));
    expect(said.body).toMatchObject({
      response_type: 'ephemeral',
      text: expect.stringContaining('/invite @spanhound'),
    });
    expect(await slack.messages()).toHaveLength(0);
  });

  test.each(['', 'help', ' HELP '])('answers %j with how to use it, to the one who asked alone', async (typed) => {
    const answered = await sendToBot(bot.url, slack.command(typed));
    const body = JSON.parse(answered.body) as { response_type: string; text: string };
    expect(body.response_type).toBe('ephemeral');
    expect(body.text).toContain(`/trace ${EXAMPLE_TRACE_ID}`);
  });

  test('tells the one who asked that the token is revoked, and answers once there is a new one', {
    tags: ['deep'],
  }, async () => {
    slack.proxy.refuse('chat.postMessage', 'token_revoked', 2);
    await sendToBot(bot.url, slack.command(SLOW_QUERY_TRACE.id));
    const told = await eventually(() => slack.proxy.responses.at(0));
    expect(told.body.text).toMatch(/Slack rejected my token \(token_revoked\)/);
    await diagnosis();
    expect(await slack.messages()).toHaveLength(1);
    expect(slack.proxy.responses).toHaveLength(1);
  });

  test('says what it could not read, without repeating a mention', async () => {
    const answered = await sendToBot(bot.url, slack.command('why is <!channel> `slow`'));
    const body = JSON.parse(answered.body) as { response_type: string; text: string };
    expect(body.text).toContain("I found no trace id in `why is &lt;!channel&gt; 'slow'`");
    expect(slack.proxy.callsOf('chat.postMessage')).toHaveLength(0);
  });

  test('says that several traces were given, and asks for one', { tags: ['deep'] }, async () => {
    const [one, other] = [SLOW_QUERY_TRACE.id, 'f'.repeat(32)];
    const answered = await sendToBot(bot.url, slack.command(`http://jaeger/trace/${one}...${other}`));
    expect(JSON.parse(answered.body)).toMatchObject({
      response_type: 'ephemeral',
      text: expect.stringContaining(`This names 2 traces: \`${one}\`, \`${other}\`.`),
    });
    expect(slack.proxy.callsOf('chat.postMessage')).toHaveLength(0);
  });

  test('refuses a request that Slack did not sign', async () => {
    const answered = await fetch(`${bot.url}/slack/events`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams(slack.command(SLOW_QUERY_TRACE.id)),
    });
    expect(answered.status).toBe(401);
  });
});

describe('the buttons under a diagnosis', () => {
  test('put the log lines and the report into the thread', async () => {
    await sendToBot(bot.url, slack.command(SLOW_QUERY_TRACE.id));
    const message = await diagnosis();
    const investigation = buttonValue(message, 'trace_logs');
    await sendToBot(bot.url, slack.action(message, 'trace_logs', investigation));
    await sendToBot(bot.url, slack.action(message, 'trace_markdown', investigation));

    const files = await eventually(async () => {
      const shared = (await slack.thread(message.ts)).flatMap(({ files = [] }) => files);
      return shared.length >= 2 ? shared : undefined;
    });
    expect(files.map(({ name }) => name).sort()).toEqual(['trace.log', `trace-${SLOW_QUERY_TRACE.id}.md`].sort());
    const log = files.find(({ name }) => name === 'trace.log');
    expect(slack.proxy.uploads.get(log?.id ?? '')?.toString('utf8')).toContain('Retrying GetDriver after error');
    // What is no image has no alternative text: sharing it would silently fail.
    const uploads = slack.proxy
      .callsOf('files.getUploadURLExternal')
      .filter(({ args }) => args.filename !== 'waterfall.png');
    expect(uploads.map(({ args }) => args.alt_txt)).toEqual([undefined, undefined]);
  });

  test('say nothing to the person in the thread where the detail appears, until it is there already', async () => {
    await sendToBot(bot.url, slack.command(SLOW_QUERY_TRACE.id));
    const message = await diagnosis();
    const investigation = buttonValue(message, 'trace_logs');
    const reply = await eventually(async () =>
      (await slack.thread(message.ts)).find(({ blocks = [] }) => JSON.stringify(blocks).includes('trace_markdown')),
    );
    const inThread = { ...reply, thread_ts: message.ts };
    await sendToBot(bot.url, slack.action(inThread, 'trace_markdown', investigation));
    await eventually(async () => (await slack.thread(message.ts)).find(({ files = [] }) => files.length > 0));
    expect(slack.proxy.responses).toEqual([]);
    await sendToBot(bot.url, slack.action(inThread, 'trace_markdown', investigation));
    const again = await eventually(() => slack.proxy.responses.at(0));
    expect(again.body.text).toBe('It is in this thread already.');
    await sendToBot(bot.url, slack.action(message, 'trace_markdown', investigation));
    const elsewhere = await eventually(() => slack.proxy.responses.at(1));
    expect(elsewhere.body.text).toBe('Look in the thread of this message.');
  });

  test('keep what a person says of the diagnosis, and let them change their mind', async () => {
    await sendToBot(bot.url, slack.command(SLOW_QUERY_TRACE.id));
    const message = await diagnosis();
    const investigation = buttonValue(message, 'trace_logs');
    const last = await eventually(async () =>
      (await slack.thread(message.ts)).find(({ blocks = [] }) => JSON.stringify(blocks).includes('trace_right_yes')),
    );
    expect(buttonValue(last, 'trace_right_yes')).toBe(investigation);
    await sendToBot(bot.url, slack.action(message, 'trace_right_yes', investigation));
    expect(await feedbackOn(bot.store, investigation)).toMatchObject([{ userId: slack.person, right: true }]);
    // Each answer goes out on its own: this one first.
    await eventually(() => slack.proxy.responses.at(0));
    const opening = { trigger_id: slack.proxy.trigger() };
    await sendToBot(bot.url, slack.action(message, 'trace_right_no', investigation, opening));
    expect(await feedbackOn(bot.store, investigation)).toMatchObject([{ userId: slack.person, right: false }]);

    const said = await eventually(() => (slack.proxy.responses.length === 2 ? slack.proxy.responses : undefined));
    expect(said.map(({ body }) => body.response_type)).toEqual(['ephemeral', 'ephemeral']);
    expect(said.map(({ body }) => body.text).join(' ')).toMatch(/was right.*was wrong/);

    // Then a form asks what it was, which nobody has to answer.
    const view = await slack.proxy.openedForm();
    const empty = await sendToBot(bot.url, slack.submission(view, { text: ' \n ', service: '' }));
    expect(empty.body).toContain('Say what it was.');
    const values = { text: 'a\nfull disk', service: 'mysql', field: { chosen: 'capacity' } };
    expect((await sendToBot(bot.url, slack.submission(view, values))).body).toBe('');
    const cause = { text: 'a full disk', service: 'mysql', field: 'capacity' };
    expect(await feedbackOn(bot.store, investigation)).toMatchObject([{ right: false, said: cause }]);
  });

  test('say so when the diagnosis is not stored any more', async () => {
    const message = await slack.post('an old diagnosis');
    await sendToBot(bot.url, slack.action(message, 'trace_logs', 'gone'));
    const said = await eventually(() => slack.proxy.responses.at(0));
    expect(said.body.text).toContain('no longer have this diagnosis');
  });

  test('of an older version are acknowledged and explained, and links are only acknowledged', {
    tags: ['deep'],
  }, async () => {
    const message = await slack.post('a message');
    const old = await sendToBot(bot.url, slack.action(message, 'trace_retired', 'x'));
    expect(old.status).toBe(200);
    const said = await eventually(() => slack.proxy.responses.at(0));
    expect(said.body.text).toContain('older version');
    const link = await sendToBot(bot.url, slack.action(message, 'open_trace', 'x'));
    expect(link.status).toBe(200);
    expect(slack.proxy.responses).toHaveLength(1);
  });
});

describe('"Diagnose this trace"', () => {
  test('finds the id in an attachment and answers in the thread of that message', async () => {
    const alert = await slack.post('Checkout is slow');
    const attachments = [{ color: 'danger', fields: [{ title: 'trace', value: `trace_id=${SLOW_QUERY_TRACE.id}` }] }];
    await sendToBot(bot.url, slack.shortcut({ ...alert, attachments }));
    const answer = await eventually(async () => {
      const replies = await slack.thread(alert.ts);
      return replies.find(({ text }) => /mysql/i.test(text));
    });
    expect(answer.thread_ts).toBe(alert.ts);
    expect(await slack.messages()).toHaveLength(1);
  });

  test('says what it looked for when there is none', async () => {
    const message = await slack.post('lunch?');
    await sendToBot(bot.url, slack.shortcut({ ...message, client_msg_id: '7e57d00d-7e57-7e57-7e57-7e57d00d7e57' }));
    const said = await eventually(() => slack.proxy.responses.at(0));
    expect(said.body).toMatchObject({ response_type: 'ephemeral', text: expect.stringContaining('no trace id') });
  });
});

test('the Home tab says what is read and how to ask', async () => {
  await sendToBot(bot.url, slack.homeOpened());
  const published = await eventually(() => slack.proxy.callsOf('views.publish').at(0));
  expect(published.answer).toBe('ok');
  expect(published.args.view).toContain('*Traces from*\\nJaeger');
  expect(published.args.view).toContain('/trace');
});

/** The message once the last evidence is in: its buttons are there. */
function diagnosis(): Promise<SlackMessage> {
  return eventually(async () => {
    const [message] = await slack.messages();
    return message?.blocks?.some(({ type }) => type === 'actions') && slack.proxy.callsOf('chat.postMessage').length > 1
      ? message
      : undefined;
  });
}

function settled(says: (text: string) => boolean): Promise<SlackMessage> {
  return eventually(async () => (await slack.messages()).find(({ text }) => says(text)));
}

function imageOf({ blocks = [] }: SlackMessage): ImageBlock {
  const image = blocks.find((block): block is ImageBlock => block.type === 'image');
  if (image === undefined) throw new Error('the message shows no picture');
  return image;
}

function buttonValue({ blocks = [] }: SlackMessage, actionId: string): string {
  const buttons = blocks.flatMap((block: KnownBlock) => (block.type === 'actions' ? block.elements : []));
  const button = buttons.find((element) => 'action_id' in element && element.action_id === actionId);
  if (button === undefined || !('value' in button) || button.value === undefined) throw new Error(`no ${actionId}`);
  return String(button.value);
}
