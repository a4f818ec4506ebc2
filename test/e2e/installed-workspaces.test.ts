/** Two workspaces that installed the app by a link: over Socket Mode, and in a channel that both read (Slack Connect). */
import { randomBytes } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { findInstallation } from '#record/installations.ts';
import { openBot, type TestBot } from '#test/bot.ts';
import { eventually } from '#test/eventually.ts';
import { openHotrodBackends, SLOW_QUERY_TRACE } from '#test/hotrod-backends.ts';
import { pagerdutyMessage } from '#test/pagerduty.ts';
import { sendToBot } from '#test/slack-side.ts';
import {
  ACME,
  CLIENT_ID,
  CLIENT_SECRET,
  installIn,
  inTeam,
  OTHERS,
  openSlackWorkspaces,
  type SlackWorkspaces,
} from '#test/slack-workspaces.ts';

/** A member of the other workspace. */
const KIM = 'U0OTHERKIM';

let backends: Awaited<ReturnType<typeof openHotrodBackends>>;
let slack: SlackWorkspaces;
let bot: TestBot;

beforeAll(async () => {
  backends = await openHotrodBackends();
});
afterAll(() => backends.close());

beforeEach(async () => {
  slack = await openSlackWorkspaces();
});
afterEach(async () => {
  await bot.stop();
  await bot.forget();
  await slack.close();
});

async function opened(mode: 'http' | 'socket'): Promise<void> {
  bot = await openBot({
    slack: slack.side(ACME),
    ...backends,
    mode,
    env: {
      SLACK_BOT_TOKEN: '',
      SLACK_API_URL: slack.apiUrl,
      SLACK_CLIENT_ID: CLIENT_ID,
      SLACK_CLIENT_SECRET: CLIENT_SECRET,
      SLACK_STATE_SECRET: 'state-secret-of-the-tests-with-32-characters',
      SLACK_INSTALLATION_KEYS: randomBytes(32).toString('base64'),
      SLACK_WORKSPACES: `${ACME},${OTHERS}`,
    },
  });
  for (const team of [ACME, OTHERS]) expect(await installIn(bot.url, slack, team)).toBe(200);
}

const command = (team: string, text: string, more: Readonly<Record<string, string>> = {}) =>
  inTeam(team, slack.side(team).command(text, more));
const messages = async (team: string) => await slack.side(team).messages();
const answerIn = async (team: string) =>
  await eventually(async () => (await messages(team)).find(({ text }) => /mysql/i.test(text)));
const posted = (team: string) => slack.calls.filter((call) => call.team === team && call.method === 'chat.postMessage');

describe('over Socket Mode', () => {
  beforeEach(() => opened('socket'));

  /** Slack has one connection to the app, for all workspaces. */
  const send = (kind: 'slash_commands' | 'interactive' | 'events_api', body: object) =>
    slack.side(ACME).proxy.socket.send(kind, body as never);

  test('each workspace gets its own answers, by its own token', async () => {
    expect(slack.side(ACME).proxy.socket.connections()).toBe(2);
    await send('slash_commands', command(OTHERS, SLOW_QUERY_TRACE.id));
    await answerIn(OTHERS);
    expect(posted(ACME)).toEqual([]);
    await send('slash_commands', command(ACME, SLOW_QUERY_TRACE.id));
    await answerIn(ACME);
    expect(await messages(OTHERS)).toHaveLength(1);
  });

  test('buttons and events reach the workspace that sent them, and a stranger reads why nothing happens', async () => {
    await send('slash_commands', command(OTHERS, 'declare P2 theirs', { command: '/incident' }));
    const overview = await eventually(async () => (await messages(OTHERS)).find(({ text }) => text.includes('theirs')));
    const [incident] = await bot.store.db.selectFrom('incidents').selectAll().execute();
    expect(incident?.workspace_id).toBe(OTHERS);
    const pressed = (team: string) =>
      inTeam(team, slack.side(team).action(overview, 'incident_timeline', incident?.id ?? ''));
    await send('interactive', pressed(OTHERS));
    await eventually(() => slack.side(OTHERS).proxy.responses.find(({ body }) => /theirs/.test(JSON.stringify(body))));
    await send('interactive', pressed(ACME));
    const refused = await eventually(() => slack.side(ACME).proxy.responses.at(-1));
    expect(JSON.stringify(refused.body)).not.toContain('theirs');

    const stranger = await send('slash_commands', inTeam('T0STRANGER', slack.side(ACME).command('help')));
    expect(stranger).toMatchObject({ text: expect.stringContaining('not installed in this workspace') });
  });

  test('a workspace that removes the app gets nothing more, and the other one goes on', async () => {
    slack.side(OTHERS).proxy.refuse('auth.test', 'token_revoked');
    await send('events_api', inTeam(OTHERS, slack.side(OTHERS).event({ type: 'app_uninstalled' })));
    await eventually(async () => (await findInstallation(bot.store, OTHERS))?.removedUs);
    const refused = await send('slash_commands', command(OTHERS, SLOW_QUERY_TRACE.id));
    expect(refused).toMatchObject({ text: expect.stringContaining('not installed in this workspace') });
    await send('slash_commands', command(ACME, SLOW_QUERY_TRACE.id));
    await answerIn(ACME);
    expect(await messages(OTHERS)).toEqual([]);
  });
});

describe('in a channel that both workspaces read', () => {
  let shared: string;
  beforeEach(async () => {
    await opened('http');
    shared = slack.connect();
    // Each workspace says that the people of the other one are not its members.
    slack.side(ACME).proxy.person(KIM, { team_id: OTHERS, is_stranger: true });
    slack.side(OTHERS).proxy.person(KIM);
    slack.side(OTHERS).proxy.person('U0ACMEJO', { team_id: 'T0SOMEWHERE', is_stranger: true });
    slack.side(ACME).proxy.person('U0ACMEJO');
  });

  /** Slack names where something happened, and which installation gets it. */
  const event = (happened: string, receiver: string, what: Readonly<Record<string, unknown>>) => ({
    ...inTeam(happened, slack.side(happened).event({ channel: shared, ...what })),
    is_ext_shared_channel: true,
    authorizations: [{ team_id: receiver, user_id: 'U0SPANHOUND', is_bot: true, is_enterprise_install: false }],
  });
  const mention = (user: string, ts: string) => ({
    type: 'app_mention',
    user,
    ts,
    text: `<@U0SPANHOUND> ${SLOW_QUERY_TRACE.id}`,
  });

  test('a command goes to the workspace of the person who typed it', async () => {
    await sendToBot(bot.url, command(OTHERS, SLOW_QUERY_TRACE.id, { user_id: KIM, channel_id: shared }));
    await answerIn(OTHERS);
    expect(posted(ACME)).toEqual([]);
  });

  test('a mention goes to the workspace that gets the event: its members are answered, people of the other one are not', async () => {
    const said = await slack.side(OTHERS).post('ask');
    await sendToBot(bot.url, event(ACME, OTHERS, mention('U0ACMEJO', said.ts)));
    const thread = await eventually(async () => {
      const replies = await slack.side(OTHERS).thread(said.ts);
      return replies.length > 0 ? replies : undefined;
    });
    expect(thread[0]?.text).toMatch(/Only members of this workspace/);
    await sendToBot(bot.url, event(ACME, OTHERS, mention(KIM, said.ts)));
    await eventually(async () => (await slack.side(OTHERS).thread(said.ts)).find(({ text }) => /mysql/i.test(text)));
    expect(posted(ACME)).toEqual([]);
  });

  test('an incident of one workspace does not exist for people of the other one, by no command and no button', async () => {
    const declare = { command: '/incident', user_id: 'U0ACMEJO', channel_id: shared };
    await sendToBot(bot.url, command(ACME, 'declare P1 woodpecker logins fail', declare));
    const overview = await eventually(async () =>
      (await messages(ACME)).find(({ text }) => text.includes('woodpecker')),
    );
    const [incident] = await bot.store.db.selectFrom('incidents').selectAll().execute();
    const { proxy } = slack.side(OTHERS);
    const asked = ['timeline', 'INC-1 timeline', 'INC-1 resolve it is over', 'list', 'INC-1 note stolen'];
    for (const text of asked) {
      await sendToBot(bot.url, command(OTHERS, text, { ...declare, user_id: KIM }));
    }
    const { user: _, ...pressed } = slack.side(OTHERS).action(overview, 'incident_timeline', incident?.id ?? '');
    const kim = { id: KIM, username: 'kim', name: 'kim', team_id: OTHERS };
    // Slack names the person's workspace as that of the press.
    await sendToBot(bot.url, { ...inTeam(OTHERS, pressed), channel: { id: shared, name: 'incidents' }, user: kim });
    await eventually(() => (proxy.responses.length > asked.length ? true : undefined));
    expect(JSON.stringify([proxy.responses, await messages(OTHERS)])).not.toContain('woodpecker');
    const entries = bot.store.db.selectFrom('timeline_entries').select('text').where('text', 'like', '%stolen%');
    expect(await entries.execute()).toEqual([]);
    expect(await bot.store.db.selectFrom('incidents').select('status').execute()).toEqual([
      { status: incident?.status },
    ]);
  });

  test('a reaction of a person of the other workspace writes no timeline', async () => {
    await sendToBot(
      bot.url,
      command(ACME, 'declare P2 kingfisher', { command: '/incident', user_id: 'U0ACMEJO', channel_id: shared }),
    );
    await eventually(async () => (await messages(ACME)).find(({ text }) => text.includes('kingfisher')));
    const said = await slack.side(ACME).post('our pool is full');
    await slack.side(ACME).call('reactions.add', { channel: shared, timestamp: said.ts, name: 'pushpin' });
    const pin = {
      type: 'reaction_added',
      reaction: 'pushpin',
      item: { type: 'message', channel: shared, ts: said.ts },
    };
    const noted = async () =>
      (await bot.store.db.selectFrom('timeline_entries').select('text').execute()).filter(({ text }) =>
        text.includes('our pool is full'),
      );
    await sendToBot(bot.url, event(OTHERS, ACME, { ...pin, user: KIM }));
    expect(await noted()).toEqual([]);
    await sendToBot(bot.url, event(ACME, ACME, { ...pin, user: 'U0ACMEJO' }));
    await eventually(async () => ((await noted()).length > 0 ? true : undefined));
  });

  test('an alert by the app of the other workspace is not answered; one by our own app is', async () => {
    const alerts = async () => await bot.store.db.selectFrom('alerts').select(['id', 'workspace_id']).execute();
    const alert = (id: string, ofTeam: string, ts: string) => ({
      ...pagerdutyMessage({ id, title: 'checkout is slow' }, { channel: shared, ts }),
      bot_profile: { app_id: 'A1FKYAUUX', team_id: ofTeam },
    });
    const { bot_profile: theirs, ...ofTheirs } = alert('Q7THEIRS01', OTHERS, '1790000000.000100');
    const body = event(ACME, ACME, ofTheirs);
    await sendToBot(bot.url, { ...body, event: { ...body.event, bot_profile: theirs } });
    expect(await alerts()).toEqual([]);
    await sendToBot(bot.url, event(ACME, ACME, alert('Q7OURS0001', ACME, '1790000000.000200')));
    await eventually(async () => ((await alerts()).length > 0 ? true : undefined));
    expect((await alerts()).map((one) => one.workspace_id)).toEqual([ACME]);
  });
});
