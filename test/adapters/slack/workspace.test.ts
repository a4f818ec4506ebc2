/** The workspace of the token is asked of Slack once, and known from then on. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { slackClient } from '#adapters/slack/app.ts';
import { ownWorkspace } from '#adapters/slack/workspace.ts';
import { silentLog } from '#core/log.ts';
import type { Store } from '#record/store.ts';
import { BOT_TOKEN, openSlackSide, type SlackSide } from '#test/slack-side.ts';
import { steppedClock } from '#test/stepped-clock.ts';
import { opened as openedStore, sqlitePlace } from '#test/temp-store.ts';

let slack: SlackSide;
let store: Store;

beforeEach(async () => {
  slack = await openSlackSide();
  store = await openedStore(sqlitePlace(), steppedClock());
});
afterEach(() => slack.close());

/** As a new process has it. */
function opened(botToken: string = BOT_TOKEN) {
  const transport = { kind: 'socket', appToken: '' } as const;
  const client = slackClient({ botToken: BOT_TOKEN, apiUrl: slack.proxy.apiUrl, transport }, silentLog);
  return ownWorkspace({ client, store, botToken });
}

const asked = () => slack.proxy.callsOf('auth.test').length;

test('is asked once, and known to later processes while Slack is away', async () => {
  const workspace = opened();
  expect([await workspace(), await workspace()]).toEqual([slack.team, slack.team]);
  slack.proxy.down(true);
  expect(await opened()()).toBe(slack.team);
  expect(asked()).toBe(1);
});

test('is asked again for another token, which may belong to another workspace', async () => {
  await opened()();
  slack.proxy.refuse('auth.test', 'internal_error');
  await expect(opened('xoxb-other')()).rejects.toThrow('internal_error');
  expect(await opened('xoxb-other')()).toBe(slack.team);
});

test('stores nothing after a failure, and asks Slack again next time', async () => {
  const workspace = opened();
  slack.proxy.fail('auth.test', { kind: 'garbled', body: '{"ok":true}' }, 1);
  await expect(workspace()).rejects.toThrow('Slack did not say');
  expect(await workspace()).toBe(slack.team);
});

test('does not keep the token itself', async () => {
  await opened()();
  const marks = await store.db.selectFrom('marks').selectAll().execute();
  expect(JSON.stringify(marks)).toContain(slack.team);
  expect(JSON.stringify(marks)).not.toContain(BOT_TOKEN);
});
