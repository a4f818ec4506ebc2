/**
 * The Slack side of the tests: `emulate` behind the proxy, and a driver that does what Slack does towards the bot: signs
 * and sends slash commands, buttons, shortcuts, events, and sends them again.
 */
import { createHmac, randomUUID } from 'node:crypto';
import type { KnownBlock } from '@slack/types';
import { createEmulator } from 'emulate';
import { openSlackProxy } from '#test/slack-proxy.ts';

export const SIGNING_SECRET = 'signing-secret-of-the-tests';
export const BOT_TOKEN = 'xoxb-of-the-tests';
/** The emulator refuses the 5,000th call of a token in an hour, in words that Slack has not. A storm makes more. */
const TOKENS = Array.from({ length: 100 }, (_, n) => `${BOT_TOKEN}-${n}`);

/** Ids that the emulator always has. */
const TEAM = 'T000000001';
const PERSON = 'U000000001';
const BOT_USER = 'U0SPANHOUND';

export type SlackMessage = Readonly<{
  ts: string;
  text: string;
  user: string;
  thread_ts?: string;
  /** `thread_broadcast`: a reply that stands in the channel, too. */
  subtype?: string;
  blocks?: readonly KnownBlock[];
  files?: readonly Readonly<{ id: string; name: string; title: string }>[];
}>;

export type Answered = Readonly<{ status: number; body: string }>;

export async function openSlackSide() {
  const emulator = await createEmulator({
    service: 'slack',
    port: 0,
    seed: {
      slack: {
        team: { name: 'Acme', domain: 'acme' },
        users: [{ name: 'kim', real_name: 'Kim Lee' }],
        channels: [{ name: 'incidents' }],
        oauth_apps: [
          {
            client_id: '1.1',
            client_secret: 'secret',
            name: 'Spanhound',
            redirect_uris: [],
            bot_user_id: BOT_USER,
            bot_id: 'B0SPANHOUND',
            bot_name: 'spanhound',
          },
        ],
        tokens: [BOT_TOKEN, ...TOKENS].map((token) => ({
          token,
          type: 'bot',
          user_id: BOT_USER,
          bot_id: 'B0SPANHOUND',
          scopes: ALL_SCOPES,
        })),
      },
    },
  });
  // It calls itself `localhost`, whose address each new connection would look up.
  const emulatorUrl = emulator.url.replace('//localhost:', '//127.0.0.1:');
  const turns = { taken: 0 };
  const authorization = (given = `Bearer ${BOT_TOKEN}`) =>
    given === `Bearer ${BOT_TOKEN}` ? `Bearer ${TOKENS[turns.taken++ % TOKENS.length]}` : given;
  const proxy = await openSlackProxy(emulatorUrl, authorization);
  const channel = await channelNamed('incidents');
  await call('conversations.join', { channel });

  async function call(method: string, args: Readonly<Record<string, string>>) {
    const answer = await emulated(method, args);
    await proxy.broadcasts.shown(method, args, answer, emulated);
    return answer;
  }

  async function emulated(method: string, args: Readonly<Record<string, string>>) {
    const answered = await fetch(`${emulatorUrl}/api/${method}`, {
      method: 'POST',
      headers: { authorization: authorization(), 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams(args),
    });
    return (await answered.json()) as Record<string, unknown>;
  }

  async function channelNamed(name: string): Promise<string> {
    const { channels } = await call('conversations.list', {});
    const found = (channels as { id: string; name: string }[]).find((candidate) => candidate.name === name);
    if (found === undefined) throw new Error(`the emulator has no channel ${name}`);
    return found.id;
  }

  const messages = async (inChannel = channel): Promise<readonly SlackMessage[]> =>
    ((await call('conversations.history', { channel: inChannel })).messages as SlackMessage[]).toReversed();

  const thread = async (ts: string, inChannel = channel): Promise<readonly SlackMessage[]> =>
    ((await call('conversations.replies', { channel: inChannel, ts })).messages as SlackMessage[]).filter(
      (message) => message.ts !== ts,
    );

  const newResponseUrl = () => `${proxy.url}/response/${randomUUID()}`;

  return {
    proxy,
    channel,
    person: PERSON,
    team: TEAM,
    call,
    messages,
    thread,
    /** One more channel, with the bot in it. */
    newChannel: async (name: string, isPrivate: boolean): Promise<string> => {
      const { channel: made } = await call('conversations.create', { name, is_private: String(isPrivate) });
      return (made as { id: string }).id;
    },
    /** Posts as a person or another bot would: what shortcuts are used on. */
    post: async (
      text: string,
      more: Readonly<{ channel?: string; thread_ts?: string }> = {},
    ): Promise<SlackMessage> => {
      const { ts } = await call('chat.postMessage', { channel, text, ...more });
      return { ts: String(ts), text, user: PERSON };
    },
    command: (text: string, more: Readonly<Record<string, string>> = {}): CommandBody => ({
      command: '/trace',
      text,
      team_id: TEAM,
      channel_id: channel,
      channel_name: 'incidents',
      user_id: PERSON,
      user_name: 'admin',
      trigger_id: randomUUID(),
      response_url: newResponseUrl(),
      api_app_id: 'A0SPANHOUND',
      ...more,
    }),
    action: (message: SlackMessage, actionId: string, value: string, more: Readonly<Record<string, unknown>> = {}) => ({
      type: 'block_actions',
      team: { id: TEAM, domain: 'acme' },
      user: { id: PERSON, username: 'admin', team_id: TEAM },
      api_app_id: 'A0SPANHOUND',
      trigger_id: randomUUID(),
      response_url: newResponseUrl(),
      container: { type: 'message', message_ts: message.ts, channel_id: channel, is_ephemeral: false },
      channel: { id: channel, name: 'incidents' },
      message: { type: 'message', ...message },
      actions: [{ type: 'button', action_id: actionId, block_id: 'b', value, action_ts: '1' }],
      ...more,
    }),
    /** A menu in a message, with the option that was chosen. */
    chosen: (message: SlackMessage, actionId: string, blockId: string, value: string) => ({
      type: 'block_actions',
      team: { id: TEAM, domain: 'acme' },
      user: { id: PERSON, username: 'admin', name: 'admin', team_id: TEAM },
      api_app_id: 'A0SPANHOUND',
      trigger_id: randomUUID(),
      response_url: newResponseUrl(),
      container: { type: 'message', message_ts: message.ts, channel_id: channel, is_ephemeral: false },
      channel: { id: channel, name: 'incidents' },
      message: { type: 'message', ...message },
      actions: [
        { type: 'static_select', action_id: actionId, block_id: blockId, selected_option: { value }, action_ts: '1' },
      ],
    }),
    /** A form that was filled in and sent: the values by block, whose fields have the block's name. */
    submission: (
      view: Readonly<{ callback_id: string; private_metadata: string }>,
      filledIn: Readonly<Record<string, string | Chosen>>,
    ) => ({
      type: 'view_submission',
      team: { id: TEAM, domain: 'acme' },
      user: { id: PERSON, name: 'admin', team_id: TEAM },
      api_app_id: 'A0SPANHOUND',
      trigger_id: randomUUID(),
      view: {
        id: 'V1',
        type: 'modal',
        ...view,
        state: {
          values: Object.fromEntries(
            Object.entries(filledIn).map(([id, value]) => [
              id,
              {
                [id]: fieldValue(value),
              },
            ]),
          ),
        },
      },
    }),
    /** What people do in the channel, as the Events API tells it. */
    event: (event: Readonly<Record<string, unknown>>) => ({
      type: 'event_callback',
      team_id: TEAM,
      api_app_id: 'A0SPANHOUND',
      event_id: `Ev${randomUUID()}`,
      event_time: Math.floor(Date.now() / 1000),
      event: { user: PERSON, event_ts: '1.1', ...event },
    }),
    shortcut: (message: Readonly<{ ts: string }> & Readonly<Record<string, unknown>>) => ({
      type: 'message_action',
      callback_id: 'diagnose_message',
      team: { id: TEAM, domain: 'acme' },
      user: { id: PERSON, name: 'admin', team_id: TEAM },
      channel: { id: channel, name: 'incidents' },
      trigger_id: randomUUID(),
      response_url: newResponseUrl(),
      message_ts: message.ts,
      message: { type: 'message', ...message },
    }),
    homeOpened: () => ({
      type: 'event_callback',
      team_id: TEAM,
      api_app_id: 'A0SPANHOUND',
      event_id: `Ev${randomUUID()}`,
      event_time: Math.floor(Date.now() / 1000),
      event: { type: 'app_home_opened', user: PERSON, channel: 'D1', tab: 'home', event_ts: '1.1' },
    }),
    close: async () => {
      await proxy.close();
      await emulator.close();
    },
  };
}

/** What a field of a form holds that is no text. */
type Chosen = Readonly<
  | { chosen: string }
  | { several: readonly string[] }
  | { day: string }
  | { person: string }
  | { people: readonly string[] }
  | { conversation: string }
>;

function fieldValue(value: string | Chosen): object {
  if (typeof value === 'string') return { type: 'plain_text_input', value };
  if ('day' in value) return { type: 'datepicker', selected_date: value.day };
  if ('person' in value) return { type: 'users_select', selected_user: value.person };
  if ('people' in value) return { type: 'multi_users_select', selected_users: value.people };
  if ('conversation' in value) return { type: 'conversations_select', selected_conversation: value.conversation };
  if ('several' in value)
    return { type: 'multi_static_select', selected_options: value.several.map((one) => ({ value: one })) };
  return { type: 'static_select', selected_option: { value: value.chosen } };
}

export type SlackSide = Awaited<ReturnType<typeof openSlackSide>>;
export type CommandBody = Readonly<Record<string, string>>;

const ALL_SCOPES = [
  ...[
    'commands',
    'chat:write',
    'files:read',
    'files:write',
    'channels:history',
    'groups:history',
    'channels:read',
    'channels:join',
  ],
  ...['groups:read', 'groups:write', 'channels:manage'],
  ...['users:read', 'usergroups:read', 'reactions:read', 'reactions:write', 'pins:read', 'pins:write'],
  ...['bookmarks:read', 'bookmarks:write'],
];

/** Slash commands come as a form, the rest of interactivity as a form with one JSON field, events as JSON. */
export async function sendToBot(
  botUrl: string,
  body: Readonly<Record<string, unknown>>,
  headers: Readonly<Record<string, string>> = {},
): Promise<Answered> {
  const isEvent = body.type === 'event_callback';
  const isCommand = body.command !== undefined;
  const raw = isEvent
    ? JSON.stringify(body)
    : new URLSearchParams(isCommand ? (body as Record<string, string>) : { payload: JSON.stringify(body) }).toString();
  return await sendSigned(botUrl, raw, {
    'content-type': isEvent ? 'application/json' : 'application/x-www-form-urlencoded',
    ...headers,
  });
}

/** Any body, signed as Slack does. */
export async function sendSigned(
  botUrl: string,
  raw: string,
  headers: Readonly<Record<string, string>>,
): Promise<Answered> {
  const timestamp = String(Math.floor(Date.now() / 1000));
  const signature = createHmac('sha256', SIGNING_SECRET).update(`v0:${timestamp}:${raw}`).digest('hex');
  const answered = await fetch(`${botUrl}/slack/events`, {
    method: 'POST',
    headers: {
      'x-slack-request-timestamp': timestamp,
      'x-slack-signature': `v0=${signature}`,
      // A kept connection may be closed by the bot in the moment in which it is used again.
      connection: 'close',
      ...headers,
    },
    body: raw,
  });
  return { status: answered.status, body: await answered.text() };
}

/**
 * A private channel whose members are U0INSIDE, the guest U0GUEST and U0OTHER of another workspace; U0OUTSIDE is no
 * member. Returns its id.
 */
export async function privateChannel(slack: SlackSide): Promise<string> {
  const channelId = await slack.newChannel('breach', true);
  slack.proxy.person('U0INSIDE');
  slack.proxy.person('U0OUTSIDE');
  slack.proxy.person('U0GUEST', { is_restricted: true });
  slack.proxy.person('U0OTHER', { team_id: 'T0OTHER' });
  slack.proxy.members(channelId, ['U0INSIDE', 'U0GUEST', 'U0OTHER']);
  return channelId;
}
