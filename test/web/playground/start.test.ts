/** The playground over real HTTP with a real Bolt app, whose listeners answer only what a test needs. */
import { mkdtempSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App } from '@slack/bolt';
import type { KnownBlock } from '@slack/types';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { systemClock } from '#core/clock.ts';
import { uuidV7 } from '#core/ids.ts';
import { silentLog } from '#core/log.ts';
import { type Playground, type PlaygroundSlack, startPlayground } from '#web/playground/start.ts';

const CHANNEL = 'C0INCIDENTS';

let playground: Playground;
let evidenceFolder: string;
let page: Page;
let bolt: App;

beforeEach(async () => {
  evidenceFolder = mkdtempSync(join(tmpdir(), 'spanhound-start-'));
  playground = await startPlayground({
    port: 0,
    root: new URL('../../../', import.meta.url),
    evidenceFolder,
    clock: systemClock,
    newId: uuidV7(systemClock),
    log: silentLog,
    waitMs: 100_000,
    connect: async (slack) => {
      bolt = boltOn(slack);
      return { stop: async () => undefined };
    },
  });
  page = await openPage(playground.url);
});

afterEach(async () => {
  await playground.stop();
  rmSync(evidenceFolder, { recursive: true });
});

describe('the page', () => {
  test('opens with a welcome that offers every recorded case', async () => {
    const [welcome] = page.messages();
    expect(welcome).toMatchObject({ userId: 'U0SPANHOUND', text: expect.stringContaining('trace ID') });
    const [alert, p0, ...commands] = welcome?.blocks.flatMap(({ accessory }) => (accessory ? [accessory] : [])) ?? [];
    expect(alert).toMatchObject({ action_id: 'playground_send_alert' });
    expect(p0).toMatchObject({ action_id: 'playground_play_p0' });
    expect(commands.map(({ value }) => value)).toEqual(page.snapshot.cases.map(({ id }) => `/trace ${id}`));
    const shown = JSON.stringify(welcome?.blocks.map((block) => 'text' in block && block.text));
    expect(page.snapshot.cases.filter(({ id }) => !shown.includes(id))).toEqual([]);
  });

  test('offers what the manifest declares', () => {
    const commands = page.snapshot.manifest.commands.map(({ command }) => command);
    expect(commands).toEqual(['/trace', '/incident', '/postmortem']);
    expect(page.snapshot.manifest.messageShortcuts).toMatchObject([
      { name: 'Diagnose this trace' },
      { name: 'Add to an incident' },
    ]);
  });

  test('may run nothing but its own files', async () => {
    const answer = await fetch(playground.url);
    const policy = answer.headers.get('content-security-policy') ?? '';
    expect(policy).toContain("default-src 'none'; script-src 'self'; style-src 'self'");
    expect(policy).not.toContain('unsafe');
    expect(await answer.text()).not.toMatch(/<script(?![^>]*\bsrc=)|\sstyle=|\son\w+=/);
  });
});

describe('a command', () => {
  test('reaches the listener with what Slack sends, and its acknowledgement is shown to the person alone', async () => {
    bolt.command('/trace', async ({ ack, command }) => {
      await ack(`asked for ${command.text} in #${command.channel_name}`);
    });
    await page.ask('say', { channelId: CHANNEL, text: '/trace  abc123 ' });
    expect(await page.until(({ text }) => text === 'asked for abc123 in #incidents')).toMatchObject({
      ephemeral: true,
    });
  });

  test('can be answered by its response_url and by the client', async () => {
    bolt.command('/trace', async ({ ack, respond, client, command }) => {
      await ack();
      await respond('just you');
      await client.chat.postMessage({ channel: command.channel_id, text: 'everyone' });
    });
    await page.ask('say', { channelId: CHANNEL, text: '/trace abc' });
    expect(await page.until(({ text }) => text === 'just you')).toMatchObject({ ephemeral: true });
    expect(await page.until(({ text }) => text === 'everyone')).toMatchObject({ ephemeral: false });
  });

  test('that asks for it gets people as Slack names them, and what looks like markup as text', async () => {
    bolt.command('/incident', async ({ ack, command }) => await ack(command.text));
    await page.ask('say', { channelId: CHANNEL, text: '/incident role commander @mira <!channel> a@jonas.example' });
    await page.until(({ text }) => text === 'role commander <@U0MIRA|mira> &lt;!channel&gt; a@jonas.example');
  });

  test('that nobody declared is answered by the workspace, with what there is', async () => {
    await page.ask('say', { channelId: CHANNEL, text: '/deploy now' });
    const answer = await page.until(({ userId }) => userId === 'USLACKBOT');
    expect(answer.text).toContain('`/deploy` is not a valid command');
    expect(answer.text).toContain('/trace');
  });

  test('that no listener takes is said, so that nobody waits', async () => {
    await page.ask('say', { channelId: CHANNEL, text: '/trace abc' });
    expect((await page.until(({ userId }) => userId === 'USLACKBOT')).text).toContain('/trace failed');
  });

  test('does not exist in a thread', async () => {
    const [root] = page.messages();
    await page.ask('say', { channelId: CHANNEL, threadTs: root?.ts, text: '/trace abc' });
    expect(await page.until(({ userId }) => userId === 'USLACKBOT')).toMatchObject({
      threadTs: root?.ts,
      text: expect.stringContaining('not supported in threads'),
    });
  });

  test('to invite the bot lets it post where it could not', async () => {
    const client = bolt.client;
    const post = () => client.chat.postMessage({ token: 'xoxb-playground', channel: 'C0GENERAL', text: 'here' });
    await expect(post()).rejects.toThrow('not_in_channel');
    await page.ask('say', { channelId: 'C0GENERAL', text: '/invite @spanhound' });
    await expect(post()).resolves.toMatchObject({ ok: true });
  });
});

describe('a button', () => {
  const buttons = (action_id: string) => [
    {
      type: 'actions' as const,
      block_id: 'b',
      elements: [
        { type: 'button' as const, action_id, value: 'v', text: { type: 'plain_text' as const, text: 'Press' } },
      ],
    },
  ];

  test('sends the message that it is in and its own value', async () => {
    bolt.action('logs', async ({ ack, action, body, respond }) => {
      await ack();
      if (body.type !== 'block_actions' || action.type !== 'button') return;
      await respond(`${action.value} of ${body.message?.text}`);
    });
    const posted = await post('with a button', buttons('logs'));
    await page.ask('press', {
      place: { kind: 'message', channelId: CHANNEL, ts: posted },
      blockId: 'b',
      actionId: 'logs',
    });
    expect(await page.until(({ text }) => text === 'v of with a button')).toMatchObject({ ephemeral: true });
  });

  test('that the message does not have is refused', async () => {
    const ts = await post('with a button', buttons('logs'));
    const answer = await page.ask('press', {
      place: { kind: 'message', channelId: CHANNEL, ts },
      blockId: 'b',
      actionId: 'other',
    });
    expect([answer.status, await answer.json()]).toEqual([400, { error: 'action_not_found' }]);
  });
});

describe('an alert', () => {
  test('that the page asks for is posted by PagerDuty and reaches the bot; its button never does', async () => {
    const heard: string[] = [];
    bolt.event('message', async ({ event }) => {
      heard.push(event.subtype ?? 'posted');
    });
    bolt.action(/.*/, async ({ ack }) => {
      heard.push('pressed');
      await ack();
    });
    await page.ask('send-alert', {});
    const alert = await page.until(({ userId }) => userId === 'U0PAGERDUTY');
    const actions = alert.blocks.find(({ type }) => type === 'actions');
    const place = { kind: 'message', channelId: CHANNEL, ts: alert.ts };
    await page.ask('press', { place, blockId: actions?.block_id, actionId: 'pagerduty_resolve' });
    await page.until(({ ts, text }) => ts === alert.ts && text.endsWith('resolved'));
    expect(heard).toEqual(['posted', 'message_changed']);
  });
});

describe('a mark', () => {
  let heard: object[];
  let ts: string;

  beforeEach(async () => {
    heard = [];
    ts = await post('look at this', []);
    for (const name of ['pin_added', 'pin_removed', 'reaction_added', 'reaction_removed'] as const) {
      bolt.event(name, async ({ event }) => {
        heard.push(event);
      });
    }
  });

  test('as a pin is shown, heard by the bot with its message, and taken back', async () => {
    await page.ask('mark', { channelId: CHANNEL, ts, mark: 'pin', on: true });
    await page.until((message) => message.ts === ts && message.pinned?.by === 'U0YOU');
    await page.ask('mark', { channelId: CHANNEL, ts, mark: 'pin', on: false });
    await expect
      .poll(() => page.changes.flatMap(({ message }) => (message?.ts === ts ? [message.pinned?.by] : [])))
      .toEqual([undefined, 'U0YOU', undefined]);
    const item = { type: 'message', created_by: 'U0YOU', message: { ts, text: 'look at this' } };
    expect(heard).toMatchObject([
      { type: 'pin_added', user: 'U0YOU', channel_id: CHANNEL, item },
      { type: 'pin_removed', user: 'U0YOU', channel_id: CHANNEL, item },
    ]);
  });

  test('as a reaction is heard by the bot and taken back', async () => {
    await page.ask('mark', { channelId: CHANNEL, ts, mark: 'reaction', name: 'pushpin', on: true });
    await page.ask('mark', { channelId: CHANNEL, ts, mark: 'reaction', name: 'pushpin', on: false });
    const item = { type: 'message', channel: CHANNEL, ts };
    expect(heard).toMatchObject([
      { type: 'reaction_added', reaction: 'pushpin', user: 'U0YOU', item_user: 'U0SPANHOUND', item },
      { type: 'reaction_removed', reaction: 'pushpin', item },
    ]);
  });

  test('in a channel without the bot is not heard', async () => {
    await page.ask('say', { channelId: 'C0GENERAL', text: 'among us' });
    const said = await page.until(({ text }) => text === 'among us');
    await page.ask('mark', { channelId: 'C0GENERAL', ts: said.ts, mark: 'reaction', name: 'pushpin', on: true });
    await page.ask('mark', { channelId: 'C0GENERAL', ts: said.ts, mark: 'pin', on: true });
    expect(heard).toEqual([]);
  });

  test('that is there already is refused', async () => {
    await page.ask('mark', { channelId: CHANNEL, ts, mark: 'pin', on: true });
    const again = await page.ask('mark', { channelId: CHANNEL, ts, mark: 'pin', on: true });
    expect([again.status, await again.json()]).toEqual([400, { error: 'already_pinned' }]);
  });
});

test('the message shortcut sends the message, its thread and a trigger', async () => {
  bolt.shortcut('diagnose_message', async ({ ack, shortcut, respond }) => {
    await ack();
    if (shortcut.type === 'message_action') await respond(`read: ${shortcut.message.text}`);
  });
  await page.ask('say', { channelId: CHANNEL, text: 'look at <abc> & co' });
  const said = await page.until(({ userId }) => userId === 'U0YOU');
  await page.ask('shortcut', { channelId: CHANNEL, ts: said.ts, callbackId: 'diagnose_message' });
  expect((await page.until(({ text }) => text.startsWith('read:'))).text).toBe('read: look at &lt;abc&gt; &amp; co');
});

test('opening the home asks the app for it', async () => {
  bolt.event('app_home_opened', async ({ event, client }) => {
    await client.views.publish({ user_id: event.user, view: { type: 'home', blocks: [{ type: 'divider' }] } });
  });
  await page.ask('open-home', {});
  await expect
    .poll(() => page.changes.find(({ kind }) => kind === 'home'))
    .toMatchObject({ view: { blocks: [{ type: 'divider' }] } });
});

describe('only this machine', () => {
  test.each([
    ['a name that is not ours, as DNS rebinding has it', { host: 'attacker.example' }, 403],
    ['a name that only begins like ours', { host: 'localhost.attacker.example' }, 403],
    ['the page of another site', { origin: 'https://attacker.example' }, 403],
    ['the page of another server on this machine', { origin: 'http://localhost:1' }, 403],
    ['a frame without an origin', { origin: 'null' }, 403],
    ['our own page', {}, 200],
  ])('%s', async (_who, headers, status) => {
    expect(await statusOf('/playground/say', { 'content-type': 'application/json', ...headers })).toBe(status);
  });

  test('takes JSON only, which another site cannot send without asking first', async () => {
    expect(await statusOf('/playground/say', { 'content-type': 'text/plain' })).toBe(415);
  });

  test('stops although a page is still open', async () => {
    const stopped = playground.stop().then(() => 'stopped');
    await expect(stopped).resolves.toBe('stopped');
  });

  /** Through node:http, because fetch does not let a caller choose Host. */
  function statusOf(path: string, headers: Record<string, string>): Promise<number> {
    return new Promise((resolve, reject) => {
      const asked = request({ port: playground.port, host: '127.0.0.1', path, method: 'POST', headers }, (answer) => {
        answer.resume();
        resolve(answer.statusCode ?? 0);
      });
      asked.on('error', reject);
      asked.end(JSON.stringify({ channelId: CHANNEL, text: 'hello' }));
    });
  }
});

function boltOn({ botToken, apiUrl, fetch, receiver }: PlaygroundSlack): App {
  return new App({
    token: botToken,
    receiver,
    clientOptions: { slackApiUrl: apiUrl, fetch },
    tokenVerificationEnabled: false,
  });
}

async function post(text: string, blocks: KnownBlock[]): Promise<string> {
  const { ts = '' } = await bolt.client.chat.postMessage({ token: 'xoxb-playground', channel: CHANNEL, text, blocks });
  return ts;
}

type Shown = {
  ts: string;
  userId: string;
  text: string;
  threadTs?: string;
  ephemeral: boolean;
  pinned?: { by: string };
  blocks: { type: string; block_id: string; accessory?: { action_id: string; value?: string } }[];
};
type Snapshot = {
  messages: Shown[];
  cases: { id: string }[];
  manifest: { commands: { command: string }[]; messageShortcuts: { name: string }[] };
};
type Change = { kind: string; message?: Shown };
type Page = Awaited<ReturnType<typeof openPage>>;

/** What a browser does: listens to the events and asks for things. */
async function openPage(url: string) {
  const changes: Change[] = [];
  const events = await fetch(`${url}/playground/events`);
  const reader = events.body?.pipeThrough(new TextDecoderStream()).getReader();
  if (reader === undefined) throw new Error('the page sent no events');
  let waiting = '';
  let snapshot: Snapshot | undefined;
  const read = async () => {
    const { value = '', done } = await reader.read();
    const events = (waiting + value).split('\n\n');
    waiting = events.pop() ?? '';
    for (const event of events) {
      const [, name, data = ''] = /^event: (\w+)\ndata: (.*)$/.exec(event) ?? [];
      if (name === 'snapshot') snapshot = JSON.parse(data) as Snapshot;
      else changes.push(JSON.parse(data) as Change);
    }
    return !done;
  };
  while (snapshot === undefined) await read();
  const first = snapshot;
  const goOn = async () => {
    while (await read());
  };
  goOn().catch(() => undefined);

  const messages = () => [...first.messages, ...changes.flatMap(({ message }) => (message ? [message] : []))];
  return {
    snapshot: first,
    changes,
    messages,
    ask: (what: string, body: object) =>
      fetch(`${url}/playground/${what}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      }),
    until: async (wanted: (message: Shown) => boolean): Promise<Shown> => {
      await expect.poll(() => messages().find(wanted)).toBeDefined();
      return messages().find(wanted) as Shown;
    },
  };
}
