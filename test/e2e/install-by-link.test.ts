/** The app in two workspaces that installed it by a link: real Bolt over HTTP, Slack's own InstallProvider. */
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { STORE_FILE } from '#compose/store.ts';
import { silentLog } from '#core/log.ts';
import { keyIdIn } from '#core/sealing.ts';
import { findInstallation, removeInstallation } from '#record/installations.ts';
import { openBot, type TestBot } from '#test/bot.ts';
import { eventually } from '#test/eventually.ts';
import { openHotrodBackends, SLOW_QUERY_TRACE } from '#test/hotrod-backends.ts';
import { sendToBot } from '#test/slack-side.ts';
import {
  ACME,
  CLIENT_ID,
  CLIENT_SECRET,
  inTeam,
  OTHERS,
  openSlackWorkspaces,
  type SlackWorkspaces,
} from '#test/slack-workspaces.ts';

const newKey = () => randomBytes(32).toString('base64');
const COOKIE = '__Host-slack-app-oauth-state';

let backends: Awaited<ReturnType<typeof openHotrodBackends>>;
let slack: SlackWorkspaces;
let bot: TestBot;
let key: string;
let said: string[];

beforeAll(async () => {
  backends = await openHotrodBackends();
});
afterAll(() => backends.close());

beforeEach(async () => {
  slack = await openSlackWorkspaces();
  key = newKey();
  said = [];
  bot = await opened();
});
afterEach(async () => {
  vi.useRealTimers();
  await bot.stop();
  await bot.forget();
  await slack.close();
});

async function opened(
  env: Readonly<Record<string, string>> = {},
  more: Readonly<{ dataFolder?: string }> = {},
): Promise<TestBot> {
  const write = (...given: unknown[]) => void said.push(JSON.stringify(given, (_, value) => textOf(value)));
  return await openBot({
    slack: slack.side(ACME),
    ...backends,
    ...more,
    log: { ...silentLog, info: write, warn: write, error: write },
    env: {
      SLACK_BOT_TOKEN: '',
      SLACK_API_URL: slack.apiUrl,
      SLACK_CLIENT_ID: CLIENT_ID,
      SLACK_CLIENT_SECRET: CLIENT_SECRET,
      SLACK_STATE_SECRET: 'state-secret-of-the-tests-with-32-characters',
      SLACK_INSTALLATION_KEYS: key,
      SLACK_WORKSPACES: `${ACME},${OTHERS}`,
      ...env,
    },
  });
}

function textOf(value: unknown): unknown {
  return value instanceof Error ? `${value.message} ${value.stack}` : value;
}

async function begun(): Promise<Readonly<{ address: URL; state: string; cookie: string; answer: Response }>> {
  const answer = await fetch(`${bot.url}/slack/install`, { redirect: 'manual' });
  const address = new URL(answer.headers.get('location') ?? '');
  const cookie = (answer.headers.get('set-cookie') ?? '').split(';')[0] ?? '';
  return { address, state: address.searchParams.get('state') ?? '', cookie, answer };
}

type Back = Readonly<{ status: number; text: string; answer: Response }>;

async function back(query: Readonly<Record<string, string>>, cookie = ''): Promise<Back> {
  const answer = await fetch(`${bot.url}/slack/oauth_redirect?${new URLSearchParams(query)}`, { headers: { cookie } });
  return { status: answer.status, text: await answer.text(), answer };
}

async function install(team: string | null, more: Readonly<Record<string, unknown>> = {}): Promise<Back> {
  const { state, cookie } = await begun();
  return await back({ code: slack.consent(team, more), state }, cookie);
}

const command = (team: string, text: string, more: Readonly<Record<string, string>> = {}) =>
  inTeam(team, slack.side(team).command(text, more));
const posted = (team: string) => slack.calls.filter((call) => call.team === team && call.method === 'chat.postMessage');
const answerIn = async (team: string) =>
  await eventually(async () => {
    const all = await slack.side(team).messages();
    return all.find(({ text }) => /mysql/i.test(text));
  });
const removed = (team: string, event: Readonly<Record<string, unknown>>, atSeconds = Date.now() / 1_000 + 1) => ({
  ...inTeam(team, slack.side(team).event(event)),
  event_time: Math.floor(atSeconds),
});
const stored = async (team: string) => await findInstallation(bot.store, team);

describe('a workspace installs the app by a link', () => {
  test('with the scopes of the manifest, a state in the address and in a cookie, and no referrer', async () => {
    const { address, state, answer } = await begun();
    expect(answer.status).toBe(302);
    expect(address.origin + address.pathname).toBe('https://slack.com/oauth/v2/authorize');
    expect(address.searchParams.get('scope')?.split(',')).toContain('chat:write');
    expect(address.searchParams.get('client_id')).toBe(CLIENT_ID);
    expect(answer.headers.get('set-cookie')).toBe(`${COOKIE}=${state}; Secure; HttpOnly; Path=/; Max-Age=600`);
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      'cache-control': 'no-store',
      'referrer-policy': 'no-referrer',
      'content-security-policy': expect.stringContaining("default-src 'none'"),
    });
  });

  test('and its token is in the store only encrypted, on no page and in no line of the log', async () => {
    const { status, text, answer } = await install(ACME);
    expect(status).toBe(200);
    expect(text).toContain(`Workspace &lt;${ACME}&gt;`);
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(await stored(ACME)).toMatchObject({ installedBy: 'U000000001', removedUs: undefined });
    await bot.stop();
    const [token = ''] = slack.tokens;
    const file = join(bot.dataFolder, STORE_FILE);
    const bytes = [file, `${file}-wal`].map((path) => readIfThere(path)).join('');
    expect(bytes).not.toContain(token);
    expect(text + said.join('')).not.toContain(token);
    expect(text + said.join('')).not.toContain(CLIENT_SECRET);
    bot = await opened({}, { dataFolder: bot.dataFolder });
  });

  test('but not with another state, without the cookie, or twice with one state', async () => {
    const first = await begun();
    const other = await begun();
    const code = () => slack.consent(ACME);
    expect(await back({ code: code(), state: first.state }, other.cookie)).toMatchObject({ status: 400 });
    expect(await back({ code: code(), state: first.state })).toMatchObject({ status: 400 });
    expect(await back({ code: code() }, first.cookie)).toMatchObject({ status: 400 });
    const forged = `${first.state.slice(0, -3)}abc`;
    expect(await back({ code: code(), state: forged }, `${COOKIE}=${forged}`)).toMatchObject({ status: 400 });
    expect(await stored(ACME)).toBeUndefined();
    // The code was never shown to Slack.
    expect(slack.calls).toEqual([]);

    expect(await back({ code: code(), state: first.state }, first.cookie)).toMatchObject({ status: 200 });
    const again = await back({ code: slack.consent(OTHERS), state: first.state }, first.cookie);
    expect(again.status).toBe(400);
    expect(again.text).toContain('finished before');
    expect(await stored(OTHERS)).toBeUndefined();
  });

  test('but not after ten minutes', async () => {
    const { state, cookie } = await begun();
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 601_000 });
    expect(await back({ code: slack.consent(ACME), state }, cookie)).toMatchObject({ status: 400 });
    expect(await stored(ACME)).toBeUndefined();
  });

  test('but not if the person says no, or if Slack refuses the code', async () => {
    const { state, cookie } = await begun();
    const denied = await back({ error: 'access_denied', state }, cookie);
    expect(denied.status).toBe(403);
    expect(denied.text).toContain('somebody said no');

    const next = await begun();
    const refused = await back({ code: 'unknown', state: next.state }, next.cookie);
    expect(refused.status).toBe(502);
    expect(refused.text).toContain('invalid_code');
    expect(await stored(ACME)).toBeUndefined();
  });

  test('and a token in an error of Slack is on no page', async () => {
    const token = `xoxb-${'1'.repeat(12)}-abcDEFghiJKLmnoPQRstu`;
    for (const error of [`code ${token} was refused`, `${'x'.repeat(70)} ${token}`]) {
      const { status, text } = await install(ACME, { error });
      expect(status).toBe(502);
      expect(text).not.toContain(token.slice(0, 12));
    }
  });

  test('but not a workspace that the setting does not name, nor a whole organisation, nor tokens that expire', async () => {
    const stranger = await install('T0STRANGER');
    expect(stranger.status).toBe(403);
    expect(stranger.text).toContain('may not use this Spanhound');
    expect(await stored('T0STRANGER')).toBeUndefined();

    const organisation = await install(null, { is_enterprise_install: true, enterprise: { id: 'E1', name: 'Org' } });
    expect(organisation.status).toBe(403);
    expect(organisation.text).toContain('whole organisation');

    expect(await install(ACME, { refresh_token: 'xoxe-1-x', expires_in: 43_200 })).toMatchObject({ status: 400 });
    expect(await install(ACME, { scope: 'commands' })).toMatchObject({ status: 403 });
    expect(await stored(ACME)).toBeUndefined();
  });

  test('at most thirty times a minute', async () => {
    const statuses: number[] = [];
    for (let n = 0; n < 31; n++) statuses.push((await begun().catch(() => undefined))?.answer.status ?? 429);
    expect(statuses.slice(0, 30).every((status) => status === 302)).toBe(true);
    expect(statuses.at(-1)).toBe(429);
  });
});

describe('two workspaces side by side', () => {
  beforeEach(async () => {
    await install(ACME);
    await install(OTHERS);
  });

  test('get their own answers, by their own tokens, in channels with the same name', async () => {
    await sendToBot(bot.url, command(OTHERS, SLOW_QUERY_TRACE.id));
    await answerIn(OTHERS);
    expect(posted(ACME)).toEqual([]);
    expect(await slack.side(ACME).messages()).toEqual([]);
    await sendToBot(bot.url, command(ACME, SLOW_QUERY_TRACE.id));
    await answerIn(ACME);
    expect(await slack.side(OTHERS).messages()).toHaveLength(1);
  });

  test('see nothing of each other: incidents, timelines, the Home tab, statistics, buttons', async () => {
    const declare = { command: '/incident' };
    await sendToBot(bot.url, command(ACME, 'declare P1 secretacme logins fail', declare));
    const overview = await eventually(async () =>
      (await slack.side(ACME).messages()).find(({ text }) => text.includes('secretacme')),
    );
    const [incident] = await bot.store.db.selectFrom('incidents').selectAll().execute();
    expect(incident?.workspace_id).toBe(ACME);

    const asked = ['timeline', 'INC-1 timeline', 'stats', 'review', 'INC-1 note stolen', 'INC-1 resolve', 'list'];
    for (const text of asked) await sendToBot(bot.url, command(OTHERS, text, declare));
    await sendToBot(bot.url, command(OTHERS, 'INC-1', { command: '/postmortem' }));
    const pressed = slack.side(OTHERS).action(overview, 'incident_timeline', incident?.id ?? '');
    await sendToBot(bot.url, inTeam(OTHERS, pressed));
    await sendToBot(bot.url, inTeam(OTHERS, slack.side(OTHERS).homeOpened()));
    await eventually(() => slack.calls.find(({ team, method }) => team === OTHERS && method === 'views.publish'));

    // Each workspace counts for itself.
    await sendToBot(bot.url, command(OTHERS, 'declare P2 theirs', declare));
    await eventually(async () => (await slack.side(OTHERS).messages()).find(({ text }) => text.includes('theirs')));
    expect(JSON.stringify(await slack.side(ACME).messages())).not.toContain('theirs');

    const { proxy } = slack.side(OTHERS);
    await eventually(() => (proxy.responses.length > 3 ? true : undefined));
    const heard = JSON.stringify([proxy.responses, proxy.calls, await slack.side(OTHERS).messages()]);
    expect(heard).not.toContain('secretacme');
    const all = await bot.store.db.selectFrom('incidents').selectAll().orderBy('workspace_id').execute();
    expect(all.map((one) => [one.workspace_id, one.number])).toEqual([
      [ACME, 1],
      [OTHERS, 1],
    ]);
    expect(all[0]).toMatchObject({ status: incident?.status, title: incident?.title });
  });

  test('keep apart when one removes the app during a send: its messages wait, and arrive once after a new installation', async () => {
    slack.side(OTHERS).proxy.refuse('chat.postMessage', 'token_revoked');
    await sendToBot(bot.url, command(OTHERS, SLOW_QUERY_TRACE.id));
    await eventually(async () => await held());
    // Slack is asked, because the installation is minutes old.
    slack.side(OTHERS).proxy.refuse('auth.test', 'token_revoked');
    await sendToBot(bot.url, removed(OTHERS, { type: 'app_uninstalled' }));
    // In any order, and again.
    await sendToBot(bot.url, removed(OTHERS, { type: 'tokens_revoked', tokens: { bot: ['U0SPANHOUND'] } }));
    expect(await stored(OTHERS)).toMatchObject({ sealed: '', reason: 'app_uninstalled' });
    expect(said.join('\n')).toContain('its messages wait');

    await sendToBot(bot.url, command(ACME, SLOW_QUERY_TRACE.id));
    await answerIn(ACME);
    expect(await slack.side(OTHERS).messages()).toEqual([]);

    const refused = await sendToBot(bot.url, command(OTHERS, SLOW_QUERY_TRACE.id));
    expect(refused.body).toContain('not installed in this workspace');

    expect(await install(OTHERS)).toMatchObject({ status: 200 });
    await answerIn(OTHERS);
    expect(await slack.side(OTHERS).messages()).toHaveLength(1);
    expect(await slack.side(ACME).messages()).toHaveLength(1);
  });

  test('keep an installation when a person’s token is revoked, or when an old event arrives late', async () => {
    await sendToBot(bot.url, removed(OTHERS, { type: 'tokens_revoked', tokens: { oauth: ['U000000001'] } }));
    await sendToBot(bot.url, removed(OTHERS, { type: 'app_uninstalled' }, Date.now() / 1_000 - 3_600));
    expect((await stored(OTHERS))?.removedUs).toBeUndefined();
    await sendToBot(bot.url, command(OTHERS, SLOW_QUERY_TRACE.id));
    await answerIn(OTHERS);
  });

  test('keep an installation when Slack refuses for another reason than a revoked token', async () => {
    for (const error of ['org_login_required', 'accesslimited', 'invalid_auth']) {
      slack.side(OTHERS).proxy.refuse('auth.test', error);
      await sendToBot(bot.url, removed(OTHERS, { type: 'app_uninstalled' }));
      expect((await stored(OTHERS))?.removedUs, error).toBeUndefined();
    }
    slack.side(OTHERS).proxy.refuse('auth.test', 'account_inactive');
    await sendToBot(bot.url, removed(OTHERS, { type: 'app_uninstalled' }));
    expect((await stored(OTHERS))?.reason).toBe('app_uninstalled');
  });

  test('cannot decrypt the token of the other workspace', async () => {
    const acme = await stored(ACME);
    await bot.store.db
      .updateTable('installations')
      .set({ sealed: acme?.sealed ?? '' })
      .where('workspace_id', '=', OTHERS)
      .execute();
    const before = slack.calls.length;
    const answered = await sendToBot(bot.url, command(OTHERS, SLOW_QUERY_TRACE.id));
    expect(answered.body).toContain('cannot decrypt its token');
    expect(slack.calls.length).toBe(before);
    expect(said.join('\n')).toContain('cannot be decrypted');
  });

  test('get the newest key at a start, and then need no older one', async () => {
    const newer = newKey();
    const before = (await stored(OTHERS))?.sealed ?? '';
    await bot.stop();
    bot = await opened({ SLACK_INSTALLATION_KEYS: `${newer} ${key}` }, { dataFolder: bot.dataFolder });
    await eventually(async () =>
      keyIdIn((await stored(OTHERS))?.sealed ?? '') === keyIdIn(before) ? undefined : true,
    );
    await bot.stop();
    bot = await opened({ SLACK_INSTALLATION_KEYS: newer }, { dataFolder: bot.dataFolder });
    await sendToBot(bot.url, command(OTHERS, SLOW_QUERY_TRACE.id));
    await answerIn(OTHERS);
  });

  test('but not a third one, an organisation, or an event without a workspace', async () => {
    const stranger = await sendToBot(bot.url, inTeam('T0STRANGER', slack.side(ACME).command(SLOW_QUERY_TRACE.id)));
    expect(stranger.body).toContain('not installed in this workspace');
    const organisation = await sendToBot(
      bot.url,
      slack.side(ACME).command(SLOW_QUERY_TRACE.id, { is_enterprise_install: 'true', enterprise_id: 'E1' }),
    );
    expect(organisation.body).toContain('whole organisation');
    expect(posted(ACME)).toEqual([]);
  });
});

describe('beside the single token', () => {
  test('its workspace needs no installation, and another one installs the app', async () => {
    await bot.stop();
    slack.accept('xoxb-of-acme', ACME);
    bot = await opened({ SLACK_BOT_TOKEN: 'xoxb-of-acme' }, { dataFolder: bot.dataFolder });
    expect(await install(ACME)).toMatchObject({ status: 400, text: expect.stringContaining('by SLACK_BOT_TOKEN') });
    expect(await install(OTHERS)).toMatchObject({ status: 200 });
    for (const team of [ACME, OTHERS]) {
      await sendToBot(bot.url, command(team, SLOW_QUERY_TRACE.id));
      await answerIn(team);
    }
    expect(await slack.side(ACME).messages()).toHaveLength(1);
  });

  test('its workspace forgets that it had removed the app, which it once installed by the link', async () => {
    await install(ACME);
    const { installedUs = 0 } = (await stored(ACME)) ?? {};
    const removal = { workspaceId: ACME, reason: 'app_uninstalled', installedUs, by: 'slack' };
    await bot.store.transaction((tx) => removeInstallation(tx, removal));
    await bot.stop();
    slack.accept('xoxb-of-acme', ACME);
    bot = await opened({ SLACK_BOT_TOKEN: 'xoxb-of-acme' }, { dataFolder: bot.dataFolder });
    await eventually(async () => ((await stored(ACME)) === undefined ? true : undefined));
  });
});

async function held(): Promise<true | undefined> {
  const rows = await bot.store.db.selectFrom('outbox').select('seq').where('workspace_id', '=', OTHERS).execute();
  return rows.length > 0 && said.some((line) => line.includes('all messages wait')) ? true : undefined;
}

function readIfThere(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return '';
  }
}
