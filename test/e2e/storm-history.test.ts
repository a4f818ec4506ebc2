/** The check of a storm reads the history of the real bot: what is well, and what is lost or doubled. */
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { alertmanagerGroup, firing } from '#test/alertmanager.ts';
import { openBot, type TestBot } from '#test/bot.ts';
import { eventually } from '#test/eventually.ts';
import { openHotrodBackends } from '#test/hotrod-backends.ts';
import { openSlackSide, type SlackSide, sendToBot } from '#test/slack-side.ts';
import { checkHistory, type SentAlert, type TypedCommand } from '../chaos/history.ts';
import { storedHistory } from '../chaos/stored-history.ts';
import { declareIncident, hasFailed, isAccepted, typedCommand } from '../chaos/typed-commands.ts';

let backends: Awaited<ReturnType<typeof openHotrodBackends>>;
let slack: SlackSide;
let bot: TestBot;

beforeAll(async () => {
  backends = await openHotrodBackends();
});
afterAll(() => backends.close());

beforeEach(async () => {
  slack = await openSlackSide();
  bot = await openBot({ slack, ...backends, env: { ALERTMANAGER_TOKEN: 't0ken', ALERTS_CHANNEL: slack.channel } });
});
afterEach(async () => {
  await bot.stop();
  await bot.forget();
  await slack.close();
});

const GROUP = '{}:{alert="1"}';
const ALERT: SentAlert = { way: 'alertmanager', key: GROUP, acknowledged: true, rounds: 1, tried: 1 };

test('an alert, a trace and a note that were accepted, each sent twice, have one answer each', async () => {
  const channel = await slack.newChannel('storm-incident', false);
  await declareIncident(slack, bot.url, channel);
  const commands: TypedCommand[] = [];
  for (const kind of ['trace', 'note'] as const) {
    const typed = typedCommand(slack, kind, 1, channel);
    commands.push({ ...typed, accepted: isAccepted(await sendToBot(bot.url, typed.body)) });
    await sendToBot(bot.url, typed.body);
  }
  expect(commands.map(({ accepted }) => accepted)).toEqual([true, true]);
  const body = JSON.stringify(alertmanagerGroup([firing('f1')], { groupKey: GROUP }));
  for (let delivery = 0; delivery < 2; delivery++) {
    const answer = await fetch(`${bot.url}/webhooks/alertmanager`, {
      method: 'POST',
      headers: { authorization: 'Bearer t0ken' },
      body,
    });
    expect(answer.status).toBe(202);
  }

  const history = async (more: Readonly<{ alerts?: readonly SentAlert[]; commands?: readonly TypedCommand[] }> = {}) =>
    checkHistory({ alerts: [ALERT], commands, ...more, ...(await storedHistory(bot.store, slack)) });
  const well = { answered: 3, joined: 0, folded: 0, lost: [], doubled: [], strange: [] };
  await eventually(async () => ((await history()).answered === 3 ? true : undefined));
  expect(await history()).toEqual(well);

  const missed = { ...ALERT, key: '{}:{alert="2"}' };
  expect(await history({ alerts: [ALERT, missed] })).toEqual({
    ...well,
    lost: [expect.stringContaining('{}:{alert="2"}')],
  });
  expect(await history({ alerts: [], commands: [] })).toMatchObject({
    strange: [`alert ${GROUP}`, `trace feed${'1'.padStart(28, '0')}`, 'note restarted pool 1'],
  });
});

test.each(['trace', 'note'] as const)('a %s that the bot could not store was not accepted', async (kind) => {
  const { body } = typedCommand(slack, kind, 1, slack.channel);
  await bot.store.db.schema.alterTable('inbox').renameTo('inbox_away').execute();
  expect(isAccepted(await sendToBot(bot.url, body))).toBe(false);
  await bot.store.db.schema.alterTable('inbox_away').renameTo('inbox').execute();
});

test('a note whose author reads that it did not work has that answer', async () => {
  await declareIncident(slack, bot.url, slack.channel);
  const { body } = typedCommand(slack, 'note', 1, slack.channel);
  await bot.store.db.schema.alterTable('timeline_entries').renameTo('entries_away').execute();
  expect(isAccepted(await sendToBot(bot.url, body))).toBe(true);
  await bot.store.db.schema.alterTable('entries_away').renameTo('timeline_entries').execute();
  expect(hasFailed(slack, body)).toBe(true);

  const { body: again } = typedCommand(slack, 'note', 2, slack.channel);
  expect(isAccepted(await sendToBot(bot.url, again))).toBe(true);
  expect(hasFailed(slack, again)).toBe(false);
});
