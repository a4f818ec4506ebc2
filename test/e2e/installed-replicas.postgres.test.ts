/** Two whole bots on one Postgres that further workspaces install by a link: what one learns, the other knows. */
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { keyIdIn } from '#core/sealing.ts';
import { findInstallation } from '#record/installations.ts';
import { openBot, type TestBot } from '#test/bot.ts';
import { eventually } from '#test/eventually.ts';
import { openHotrodBackends, SLOW_QUERY_TRACE } from '#test/hotrod-backends.ts';
import { emptyDatabase, isThereAPostgres } from '#test/postgres-place.ts';
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

/** The first one loads the whole bot. */
const OPENS_WITHIN_MS = 60_000;
const newKey = () => randomBytes(32).toString('base64');

describe.skipIf(!isThereAPostgres)('two replicas with workspaces that installed the app', () => {
  let slack: SlackWorkspaces;
  let backends: Awaited<ReturnType<typeof openHotrodBackends>>;
  let bots: TestBot[];
  let database: string;
  let dataFolder: string;
  let key: string;

  const open = (keys: string) =>
    openBot({
      slack: slack.side(ACME),
      ...backends,
      dataFolder,
      env: {
        DATABASE_URL: database,
        SPANHOUND_REDACTION_KEY: 'the same in all replicas',
        SLACK_BOT_TOKEN: '',
        SLACK_API_URL: slack.apiUrl,
        SLACK_CLIENT_ID: CLIENT_ID,
        SLACK_CLIENT_SECRET: CLIENT_SECRET,
        SLACK_STATE_SECRET: 'state-secret-of-the-tests-with-32-characters',
        SLACK_INSTALLATION_KEYS: keys,
        SLACK_WORKSPACES: `${ACME},${OTHERS}`,
      },
    });

  beforeEach(async () => {
    slack = await openSlackWorkspaces();
    backends = await openHotrodBackends();
    database = await emptyDatabase();
    dataFolder = await mkdtemp(join(tmpdir(), 'spanhound-shared-'));
    key = newKey();
    bots = await Promise.all([open(key), open(key)]);
    for (const team of [ACME, OTHERS]) expect(await installIn(url(0), slack, team)).toBe(200);
  }, OPENS_WITHIN_MS);
  afterEach(async () => {
    await Promise.all(bots.map((bot) => bot.stop()));
    await backends.close();
    await slack.close();
    await rm(dataFolder, { recursive: true, force: true });
  }, OPENS_WITHIN_MS);

  const url = (index: number) => bots[index]?.url ?? '';
  const command = (team: string) => inTeam(team, slack.side(team).command(SLOW_QUERY_TRACE.id));
  const answersIn = async (team: string) =>
    (await slack.side(team).messages()).filter(({ text }) => /mysql/i.test(text));
  const answered = async (team: string, count: number) =>
    await eventually(async () => ((await answersIn(team)).length === count ? true : undefined));
  const stored = async () => {
    const [bot] = bots;
    return bot && (await findInstallation(bot.store, OTHERS));
  };

  test('one begins an installation, and the other one finishes it, once', async () => {
    const begun = await fetch(`${url(0)}/slack/install`, { redirect: 'manual' });
    const state = new URL(begun.headers.get('location') ?? '').searchParams.get('state') ?? '';
    const cookie = (begun.headers.get('set-cookie') ?? '').split(';')[0] ?? '';
    const finish = async (index: number) => {
      const query = new URLSearchParams({ code: slack.consent(OTHERS), state });
      return (await fetch(`${url(index)}/slack/oauth_redirect?${query}`, { headers: { cookie } })).status;
    };
    expect(await finish(1)).toBe(200);
    expect(await finish(0)).toBe(400);
  });

  test('a command that Slack delivers to both is answered once, in its own workspace', async () => {
    const sent = command(OTHERS);
    for (const { status } of await Promise.all([0, 1].map((index) => sendToBot(url(index), sent)))) {
      expect(status).toBe(200);
    }
    await answered(OTHERS, 1);
    await new Promise((resolve) => setTimeout(resolve, 2_000));
    expect(await slack.side(OTHERS).messages()).toHaveLength(1);
    expect(await slack.side(ACME).messages()).toEqual([]);
  });

  test('one hears that the app was removed, and the other one refuses; after a new installation both use the new token', async () => {
    // Both know the first token.
    for (const index of [0, 1]) await sendToBot(url(index), command(OTHERS));
    await answered(OTHERS, 2);
    slack.side(OTHERS).proxy.refuse('auth.test', 'token_revoked');
    await sendToBot(url(0), inTeam(OTHERS, slack.side(OTHERS).event({ type: 'app_uninstalled' })));
    expect((await stored())?.removedUs).toBeDefined();
    expect((await sendToBot(url(1), command(OTHERS))).body).toContain('not installed in this workspace');

    expect(await installIn(url(1), slack, OTHERS)).toBe(200);
    for (const index of [0, 1]) await sendToBot(url(index), command(OTHERS));
    await answered(OTHERS, 4);
  });

  test('a new key comes to one after the other, and both go on', async () => {
    const newer = newKey();
    const before = keyIdIn((await stored())?.sealed ?? '');
    for (const [index, keys] of [
      [0, `${key} ${newer}`],
      [1, `${key} ${newer}`],
      [0, `${newer} ${key}`],
      [1, newer],
    ] as const) {
      await bots[index]?.stop();
      bots[index] = await open(keys);
      if (keys.startsWith(newer)) {
        await eventually(async () => (keyIdIn((await stored())?.sealed ?? '') === before ? undefined : true));
      }
      const count = (await answersIn(OTHERS)).length;
      for (const each of [0, 1]) await sendToBot(url(each), command(OTHERS));
      await answered(OTHERS, count + 2);
    }
  });
});
