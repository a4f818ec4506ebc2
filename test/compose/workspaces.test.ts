/** Routing between the sides of workspaces, when events, installations and Slack's answers cross each other. */
import { randomBytes } from 'node:crypto';
import type { ReceiverEvent } from '@slack/bolt';
import { beforeEach, describe, expect, test } from 'vitest';
import { installationSealing, slackInstallations } from '#adapters/slack/installations.ts';
import {
  handlersOf,
  manyWorkspaces,
  type OpenedSide,
  pagesOf,
  sendersOf,
  type Workspaces,
} from '#compose/workspaces.ts';
import { silentLog } from '#core/log.ts';
import { findInstallation } from '#record/installations.ts';
import { type Job, NeverError, NotYetError } from '#record/jobs.ts';
import type { Store } from '#record/store.ts';
import { type SteppedClock, steppedClock } from '#test/stepped-clock.ts';
import { opened as openedStore, sqlitePlace } from '#test/temp-store.ts';

const TEAM = 'T0OTHERS02';
const newKey = () => randomBytes(32).toString('base64');

let clock: SteppedClock;
let store: Store;
let accepted: Set<string>;
let heard: string[];
let told: string[];

beforeEach(async () => {
  clock = steppedClock();
  store = await openedStore(sqlitePlace(), clock);
  accepted = new Set();
  heard = [];
  told = [];
});

function installationsWith(keys: readonly string[], workspaces: readonly string[] = [TEAM]) {
  return slackInstallations({ store, sealing: installationSealing(keys), workspaces, log: silentLog });
}

type Installations = ReturnType<typeof installationsWith>;

const side = (name: string) =>
  ({ side: {}, app: { processEvent: async () => void heard.push(name) } }) as unknown as OpenedSide;

async function routed(
  installations: Installations,
  more: Partial<Parameters<typeof manyWorkspaces>[0]> = {},
): Promise<Workspaces> {
  return await manyWorkspaces({
    home: undefined,
    workspace: async () => 'T0HOME0001',
    installations,
    open: async (workspaceId, token) => side(`${workspaceId} by ${token}`),
    isAccepted: async (token) => accepted.has(token),
    tell: async (_, text) => void told.push(text),
    log: silentLog,
    ...more,
  });
}

async function install(installations: Installations, botToken: string): Promise<void> {
  accepted.add(botToken);
  const of = { workspaceId: TEAM, name: 'Others', botUserId: 'U1', scopes: [], installedBy: 'U2' };
  await installations.save({ ...of, botToken });
}

function sent(body: Readonly<Record<string, unknown>>): ReceiverEvent & Readonly<{ acks: unknown[] }> {
  const acks: unknown[] = [];
  return { body, ack: async (answer) => void acks.push(answer), acks };
}

const uninstalled = (atUs: number) =>
  sent({
    type: 'event_callback',
    team_id: TEAM,
    event_time: Math.floor(atUs / 1e6),
    event: { type: 'app_uninstalled' },
  });
const isInstalled = async () => (await findInstallation(store, TEAM))?.removedUs === undefined;

describe('an event that says that the app was removed', () => {
  test('removes the installation whose token Slack refuses', async () => {
    const installations = installationsWith([newKey()]);
    await install(installations, 'xoxb-1');
    accepted.clear();
    const { route } = await routed(installations);
    await route(uninstalled(clock.nowUs() + 1e6));
    expect(await isInstalled()).toBe(false);
  });

  test('keeps an installation that came while Slack was asked about the one before', async () => {
    const installations = installationsWith([newKey()]);
    await install(installations, 'xoxb-1');
    accepted.clear();
    const { route } = await routed(installations, {
      isAccepted: async (token) => {
        await clock.tick(5);
        await install(installations, 'xoxb-2');
        return token === 'xoxb-2';
      },
    });
    await route(uninstalled(clock.nowUs() - 60e6));
    expect(await isInstalled()).toBe(true);
    expect((await installations.find(TEAM))?.botToken).toBe('xoxb-2');
  });

  test('keeps a newer installation, also where our clock is a minute behind that of Slack', async () => {
    const installations = installationsWith([newKey()]);
    // Slack: removed at 14:30:50, installed again at 14:31:00, which is 14:30:00 here.
    const removedUs = clock.nowUs() + 50e6;
    await install(installations, 'xoxb-2');
    const { route } = await routed(installations);
    await route(uninstalled(removedUs));
    expect(await isInstalled()).toBe(true);
  });

  test('removes nothing that is newer, if its key is missing here', async () => {
    await install(installationsWith([newKey()]), 'xoxb-2');
    const { route } = await routed(installationsWith([newKey()]));
    await route(uninstalled(clock.nowUs() - 60e6));
    expect(await isInstalled()).toBe(true);
  });

  test('removes the installation of a workspace that may not use the bot any more', async () => {
    const key = newKey();
    await install(installationsWith([key]), 'xoxb-1');
    const { route } = await routed(installationsWith([key], []));
    await route(uninstalled(clock.nowUs() + 1e6));
    expect(await isInstalled()).toBe(false);
  });
});

describe('a workspace whose token no key decrypts', () => {
  const button = { type: 'block_actions', team: { id: TEAM }, user: { id: 'U1', team_id: TEAM } };
  const parts = () => ({ template: { handlers: { answer: async () => undefined } } as never, store });
  const job = { workspaceId: TEAM } as Job;
  const message = { workspaceId: TEAM, messageId: 'm', channelId: 'C1', threadTs: undefined, message: { text: 'x' } };

  test('is no workspace without an installation: its work is tried again, and people read what to do', async () => {
    const key = newKey();
    await install(installationsWith([key]), 'xoxb-1');
    const lines: unknown[] = [];
    const log = { ...silentLog, error: (...given: unknown[]) => void lines.push(...given) };
    const installations = slackInstallations({
      store,
      sealing: installationSealing([newKey()]),
      workspaces: [TEAM],
      log,
    });
    const workspaces = await routed(installations);
    const command = sent({ command: '/trace', team_id: TEAM });
    await workspaces.route(command);
    expect(command.acks).toEqual([expect.objectContaining({ text: expect.stringContaining('cannot decrypt') })]);
    await workspaces.route(sent({ ...button, response_url: 'https://hooks.slack.test/1' }));
    expect(told).toEqual([expect.stringContaining('cannot decrypt')]);
    const event = sent({ type: 'event_callback', team_id: TEAM, event: { type: 'message' } });
    await expect(workspaces.route(event)).rejects.toThrow('is not configured');
    expect(event.acks).toEqual([]);

    const { answer } = handlersOf(workspaces, parts());
    await expect(answer?.(job, AbortSignal.timeout(5_000))).rejects.toBeInstanceOf(NotYetError);
    expect(await sendersOf(workspaces, parts().template).post(message)).toMatchObject({ kind: 'unauthorized' });
    const { postmortems, timelines } = pagesOf(workspaces);
    const problem = expect.stringContaining('cannot decrypt');
    expect(await postmortems.open({ workspaceId: TEAM } as never)).toMatchObject({ problem });
    expect(await timelines.open({ workspaceId: TEAM } as never, 'page of the timeline')).toMatchObject({ problem });
    expect(JSON.stringify(lines)).toContain('SLACK_INSTALLATION_KEYS');
    expect(heard).toEqual([]);

    // The key is back.
    await (await routed(installationsWith([newKey(), key]))).route(event);
    expect(heard).toEqual([`${TEAM} by xoxb-1`]);
  });

  test('a workspace that was taken off the setting has no work left, and one that may come back keeps its work', async () => {
    const key = newKey();
    await install(installationsWith([key]), 'xoxb-1');
    const of = async (workspaces: readonly string[]) =>
      handlersOf(await routed(installationsWith([key], workspaces)), parts()).answer;
    const shutOut = (await of(['T0ANOTHER3']))?.(job, AbortSignal.timeout(5_000));
    await expect(shutOut).rejects.toBeInstanceOf(NeverError);
    await expect(shutOut).rejects.toThrow('SLACK_WORKSPACES does not name the workspace');
    const notYet = (await of([TEAM, 'T0ANOTHER3']))?.(
      { ...job, workspaceId: 'T0ANOTHER3' },
      AbortSignal.timeout(5_000),
    );
    await expect(notYet).rejects.toBeInstanceOf(NotYetError);
    // The workspace of a row that is not known yet.
    const unknown = (await of([]))?.({ ...job, workspaceId: '' }, AbortSignal.timeout(5_000));
    await expect(unknown).rejects.toBeInstanceOf(NotYetError);
  });

  test('a workspace that was taken off the setting gets its messages refused, and one that may come back does not', async () => {
    const key = newKey();
    await install(installationsWith([key]), 'xoxb-1');
    const refused = { kind: 'refused', reason: expect.stringContaining('SLACK_WORKSPACES') };
    const sender = sendersOf(await routed(installationsWith([key], ['T0ANOTHER3'])), parts().template);
    expect(await sender.post(message)).toEqual(refused);
    expect(await sender.update({ ...message, ts: '1.1' })).toEqual(refused);
    expect(await sender.pin({ ...message, ts: '1.1' })).toEqual(refused);
    expect(await sender.find({ ...message, sinceUs: 0 })).toMatchObject({ kind: 'unreadable' });
    const named = sendersOf(await routed(installationsWith([key], [TEAM, 'T0ANOTHER3'])), parts().template);
    expect(await named.post({ ...message, workspaceId: 'T0ANOTHER3' })).toMatchObject({ kind: 'unauthorized' });
    // The workspace of a row that is not known yet.
    expect(await sender.post({ ...message, workspaceId: '' })).toMatchObject({ kind: 'unauthorized' });
  });
});

describe('two replicas that get a new key one after the other', () => {
  test('both read every token, in each step of the change, and each may encrypt', async () => {
    const [old, next] = [newKey(), newKey()];
    await install(installationsWith([old]), 'xoxb-1');
    for (const [first, second] of [
      [[old, next], [old]],
      [
        [next, old],
        [old, next],
      ],
      [[next], [next, old]],
    ] as const) {
      const replicas = [installationsWith(first), installationsWith(second)];
      // The second one starts later, and its hourly turn comes in between.
      for (const turn of [0, 1, 0, 1, 0]) {
        await replicas[turn]?.changeKeys();
        for (const replica of replicas) expect((await replica.find(TEAM))?.botToken).toBe('xoxb-1');
      }
    }
  });
});

describe('a token of the home workspace that Slack refuses', () => {
  test('keeps no other workspace from its side', async () => {
    const installations = installationsWith([newKey()]);
    await install(installations, 'xoxb-1');
    const { route } = await routed(installations, {
      home: side('home'),
      workspace: async () => {
        throw new Error('invalid_auth');
      },
    });
    await route(sent({ command: '/trace', team_id: TEAM }));
    expect(heard).toEqual([`${TEAM} by xoxb-1`]);
    await expect(route(sent({ command: '/trace', team_id: 'T0HOME0001' }))).rejects.toThrow('invalid_auth');
  });
});

describe('somebody of a workspace without an installation', () => {
  test('reads that after a button, and keeps what they typed in a form', async () => {
    const { route } = await routed(installationsWith([newKey()]));
    const button = { type: 'block_actions', team: { id: TEAM }, user: { id: 'U1', team_id: TEAM } };
    await route(sent({ ...button, response_url: 'https://hooks.slack.test/1' }));
    expect(told).toEqual([expect.stringContaining('not installed in this workspace')]);
    const form = sent({ ...button, type: 'view_submission', view: { state: { values: { title: {} } } } });
    await route(form);
    expect(form.acks).toEqual([
      { response_action: 'errors', errors: { title: expect.stringContaining('not installed in this workspace') } },
    ]);
    const home = sent({ ...button, view: { type: 'home' } });
    await route(home);
    expect(home.acks).toEqual([undefined]);
    expect(told).toHaveLength(1);
  });
});

describe('ids of workspaces that JavaScript gives a meaning', () => {
  test.each(['__proto__', 'constructor', 'toString', 'hasOwnProperty'])('reach no side: %s', async (team) => {
    const { route, sideOf } = await routed(installationsWith([newKey()]));
    const command = sent({ command: '/trace', team_id: team });
    await route(command);
    expect(command.acks).toEqual([expect.objectContaining({ response_type: 'ephemeral' })]);
    expect(await sideOf(team)).toBeUndefined();
    expect(heard).toEqual([]);
    expect(({} as Record<string, unknown>).team_id).toBeUndefined();
  });
});
