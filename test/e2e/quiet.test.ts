/** The row under the answer to an alert, and who may use it: real Bolt, a stateful Slack, recorded traces. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { alertmanagerGroup, firing } from '#test/alertmanager.ts';
import { openBot, type TestBot } from '#test/bot.ts';
import { eventually } from '#test/eventually.ts';
import { openHotrodBackends } from '#test/hotrod-backends.ts';
import { openSlackSide, type SlackMessage, type SlackSide, sendToBot } from '#test/slack-side.ts';

let slack: SlackSide;
let bot: TestBot;
let backends: Awaited<ReturnType<typeof openHotrodBackends>>;
let answer: SlackMessage;

beforeAll(async () => {
  backends = await openHotrodBackends();
  slack = await openSlackSide();
  bot = await openBot({ slack, ...backends, env: { ALERTMANAGER_TOKEN: 't0ken', ALERTS_CHANNEL: slack.channel } });
  slack.proxy.person('U0GUEST', { is_restricted: true });
  slack.proxy.person('U0OTHER', { team_id: 'T0OTHER' });
  await alert('frontend');
  answer = await eventually(async () =>
    (await slack.messages()).find(({ blocks = [] }) => JSON.stringify(blocks).includes('alert_row')),
  );
});
afterAll(async () => {
  await bot.stop();
  await bot.forget();
  await slack.close();
  await backends.close();
});

let alerts = 0;
async function alert(service: string, name = `Slow ${service} ${alerts}`): Promise<void> {
  alerts += 1;
  const labels = { alertname: name, service };
  const one = { ...firing(`pod-${alerts}`), labels, startsAt: new Date(Date.now() - 5_000).toISOString() };
  const body = JSON.stringify(alertmanagerGroup([one], { groupKey: name, groupLabels: labels, commonLabels: labels }));
  const headers = { authorization: 'Bearer t0ken', 'content-type': 'application/json' };
  expect((await fetch(`${bot.url}/webhooks/alertmanager`, { method: 'POST', headers, body })).status).toBe(202);
}

function by(userId: string) {
  return { user: { id: userId, username: userId, name: userId, team_id: slack.team } };
}

const id = () => /"action_id":"alert_again".*?"value":"([^"]+)"/.exec(JSON.stringify(answer.blocks))?.[1] ?? '';
const says = (wanted: RegExp) =>
  eventually(async () => (await slack.thread(answer.ts)).find(({ text }) => wanted.test(text)));

type Ways = readonly (readonly [
  string,
  () => Readonly<Record<string, unknown>> & Readonly<{ response_url: string }>,
])[];
const WAYS: Ways = [
  ['look again', () => slack.action(answer, 'alert_again', id())],
  ['mute', () => slack.chosen(answer, 'alert_mute', 'alert_row', `service:${id()}`)],
];

test.each(WAYS)('%s is not for guests and people of other workspaces', async (_, pressed) => {
  for (const userId of ['U0GUEST', 'U0OTHER']) {
    const body = { ...pressed(), ...by(userId) };
    expect((await sendToBot(bot.url, body)).status).toBe(200);
    const urlId = body.response_url.slice(body.response_url.lastIndexOf('/') + 1);
    const refusal = await eventually(() => slack.proxy.responses.find((one) => one.urlId === urlId));
    expect(`${refusal.body.text}`).toContain('Only members of this workspace');
  }
  expect(await bot.store.db.selectFrom('mutes').selectAll().execute()).toEqual([]);
  expect(await bot.store.db.selectFrom('investigations').select('id').execute()).toHaveLength(1);
});

test('a guest’s form for another service begins nothing', async () => {
  const view = {
    callback_id: 'other_service_form',
    private_metadata: JSON.stringify({ investigationId: id(), channelId: slack.channel }),
  };
  const { body } = await sendToBot(bot.url, {
    ...slack.submission(view, { service: 'mysql' }),
    ...by('U0GUEST'),
  });
  expect(body).toContain('Only members of this workspace');
});

test('Look again has a new diagnosis in the same thread, with the row again', async () => {
  await sendToBot(bot.url, slack.action(answer, 'alert_again', id()));
  const again = await eventually(async () =>
    (await slack.thread(answer.ts)).find(({ blocks = [] }) => JSON.stringify(blocks).includes('alert_row')),
  );
  expect(again.text).toMatch(/mysql/i);
});

test('Other service opens a form, and the form diagnoses that service', async () => {
  await sendToBot(bot.url, slack.action(answer, 'alert_other_service', id()));
  const opened = await eventually(() => slack.proxy.callsOf('views.open').at(-1));
  const view = JSON.parse(`${opened.args.view}`);
  const { body } = await sendToBot(bot.url, slack.submission(view, { service: 'customer' }));
  expect(body).toBe('');
  const asked = () =>
    bot.store.db.selectFrom('investigations').select(['report', 'state']).where('state', '!=', 'open').execute();
  const reports = await eventually(async () => ((await asked()).length === 3 ? await asked() : undefined));
  expect(reports.map(({ report }) => JSON.parse(report ?? '{}').subject?.service)).toContain('customer');
});

test('a mute keeps the service quiet until Unmute, is told in one line, and stands in the Home tab', async () => {
  await sendToBot(bot.url, slack.chosen(answer, 'alert_mute', 'alert_row', `service:${id()}`));
  const line = await says(/muted all alerts of frontend in this channel until/);
  await alert('frontend', 'While it is muted');
  await eventually(async () => (await bot.store.db.selectFrom('quiet_alerts').selectAll().execute())[0]);

  const before = slack.proxy.callsOf('views.publish').length;
  await sendToBot(bot.url, slack.homeOpened());
  const home = await eventually(() => slack.proxy.callsOf('views.publish')[before]);
  expect(home.args.view).toContain('all alerts of frontend');

  const muteId = /"action_id":"mute_end".*?"value":"([^"]+)"/.exec(JSON.stringify(line.blocks))?.[1] ?? '';
  await sendToBot(bot.url, slack.action(line, 'mute_end', muteId));
  const ended = await says(/ended the mute of all alerts of frontend/);
  expect(ended.ts).toBe(line.ts);
  expect(JSON.stringify(ended.blocks)).not.toContain('mute_end');
  await alert('frontend', 'After the mute');
  await eventually(async () => (await slack.messages())[1]);
  expect((await slack.messages()).map(({ text }) => text).join()).not.toContain('While it is muted');
});

test('the Home tab opens a form that mutes by severity, and ends a mute', async () => {
  const published = () => slack.proxy.callsOf('views.publish');
  const home = { ...slack.action(answer, 'mute_open', 'home'), view: { id: 'V0', type: 'home' } };
  const { channel, message, response_url, ...pressed } = home;
  await sendToBot(bot.url, pressed);
  const opened = await eventually(() =>
    slack.proxy.callsOf('views.open').find(({ args }) => `${args.view}`.includes('mute_alerts_form')),
  );
  const view = JSON.parse(`${opened.args.view}`);
  const filled = (channelId: string) =>
    slack.submission(view, { channel: { conversation: channelId }, hours: { chosen: '1 day' }, services: 'frontend' });
  const refused = await sendToBot(bot.url, { ...filled(slack.channel), ...by('U0GUEST') });
  expect(JSON.parse(refused.body)).toMatchObject({
    response_action: 'errors',
    errors: { channel: expect.any(String) },
  });
  expect((await sendToBot(bot.url, filled(slack.channel))).body).toBe('');
  const line = await eventually(async () =>
    (await slack.messages()).find(({ text }) => /muted all alerts of frontend in this channel until/.test(text)),
  );

  const muteId = /"action_id":"mute_end".*?"value":"([^"]+)"/.exec(JSON.stringify(line.blocks))?.[1] ?? '';
  const before = published().length;
  const end = { ...pressed, actions: [{ type: 'button', action_id: 'mute_end', block_id: 'b', value: muteId }] };
  await sendToBot(bot.url, { ...end, trigger_id: 'another' });
  const drawn = await eventually(() => published()[before]);
  expect(drawn.args.view).toContain('Nothing is muted');
});
