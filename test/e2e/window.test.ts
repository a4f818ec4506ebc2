/** An alert of a busy service from end to end: the webhook, Jaeger over HTTP, one message in Slack, the case that is kept. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Alert } from '#model/incident/alert.ts';
import { noteAlert } from '#record/alerts.ts';
import { caseOf } from '#record/evidence.ts';
import { alertmanagerGroup, firing } from '#test/alertmanager.ts';
import { openBot, type TestBot } from '#test/bot.ts';
import { busyShop, serveShop } from '#test/busy-shop.ts';
import { eventually } from '#test/eventually.ts';
import { openSlackSide, type SlackSide } from '#test/slack-side.ts';

const MINUTE_US = 60_000_000;
const NOW_US = Date.now() * 1_000;

/** Its stock is slow since six minutes ago. */
function openShop() {
  const slowSinceUs = NOW_US - 6 * MINUTE_US;
  const shop = busyShop(({ atUs }) => ({ stockUs: atUs < slowSinceUs ? 20_000 : 220_000 }), {
    fromUs: NOW_US - 120 * MINUTE_US,
    toUs: NOW_US,
  });
  return serveShop(shop);
}

let shop: Awaited<ReturnType<typeof openShop>>;
let slack: SlackSide;
let bot: TestBot;

beforeAll(async () => {
  shop = await openShop();
  slack = await openSlackSide();
  const env = { ALERTMANAGER_TOKEN: 't0ken', ALERTS_CHANNEL: slack.channel };
  bot = await openBot({ slack, jaegerUrl: shop.url, lokiUrl: '', env });
});

afterAll(async () => {
  await bot.stop();
  await bot.forget();
  await slack.close();
  await shop.close();
});

async function post(group: object): Promise<void> {
  const sent = await fetch(`${bot.url}/webhooks/alertmanager`, {
    method: 'POST',
    headers: { authorization: 'Bearer t0ken', 'content-type': 'application/json' },
    body: JSON.stringify(group),
  });
  expect(sent.status).toBe(202);
}

test('is answered in one message with what differs from health, the picture and what to open, and its case is kept', async () => {
  const alert = { ...firing('a1'), startsAt: new Date(NOW_US / 1_000).toISOString() };
  const group = alertmanagerGroup([alert], { commonLabels: { alertname: 'Slow', service: 'checkout' } });
  await post(group);

  const answer = await eventually(async () => {
    const all = await slack.messages();
    const done = all.find(({ blocks = [] }) => JSON.stringify(blocks).includes('trace_detail'));
    // The last of the updates is the one whose detail is in the thread.
    return done !== undefined && (await slack.thread(done.ts)).length > 3 ? done : undefined;
  });
  expect(await slack.messages()).toHaveLength(1);
  expect(answer.text).toMatch(/`stock`/);
  const said = JSON.stringify(answer.blocks);
  for (const words of ['Why', 'Wrong if', 'Do now', 'Not seen']) expect(said).toContain(words);
  const picture = answer.blocks?.find(({ type }) => type === 'image');
  expect(picture).toMatchObject({
    alt_text: expect.stringMatching(/It began at .* Path to the cause: checkout → stock/),
  });
  expect(JSON.stringify(await slack.thread(answer.ts))).toMatch(
    /Compared with the \d+ min before it began.*Requests to open/,
  );

  const id = /"value":"([^"]+)"/.exec(said)?.[1] ?? '';
  expect((await caseOf(bot.store, id))?.files).toBeGreaterThan(20);
});

test('is not compared with a time in which the record says that an alert of the service fired', {
  tags: ['deep'],
}, async () => {
  const earlier: Alert = {
    source: 'alertmanager',
    key: 'earlier',
    title: 'Orders fail',
    service: 'stock',
    severity: '',
    state: 'triggered',
    atUs: NOW_US - 30 * MINUTE_US,
    saidUs: NOW_US - 30 * MINUTE_US,
    url: '',
    traceId: '',
    labels: {},
  };
  const workspaceId = (await bot.store.db.selectFrom('alerts').select('workspace_id').executeTakeFirstOrThrow())
    .workspace_id;
  const over: Alert = { ...earlier, state: 'resolved', saidUs: NOW_US - 20 * MINUTE_US };
  for (const told of [earlier, over])
    await bot.store.transaction((tx) => noteAlert(tx, { workspaceId, alert: told, channelId: slack.channel }));
  // The first alert is over: the second asks about itself.
  const first = { ...firing('a1'), startsAt: new Date(NOW_US / 1_000).toISOString(), status: 'resolved' };
  await post(
    alertmanagerGroup([first], { status: 'resolved', commonLabels: { alertname: 'Slow', service: 'checkout' } }),
  );
  await eventually(async () => {
    const [answer] = await slack.messages();
    const thread = answer === undefined ? [] : await slack.thread(answer.ts);
    return thread.find(({ text }) => text.startsWith('Resolved'));
  });
  const alert = { ...firing('a2'), startsAt: new Date(NOW_US / 1_000).toISOString() };
  const group = alertmanagerGroup([alert], {
    groupKey: '{}:{alertname="Slow again"}',
    commonLabels: { alertname: 'Slow again', service: 'checkout' },
  });
  await post(group);
  const said = await eventually(async () => {
    const [, second] = await slack.messages();
    const thread = second === undefined ? [] : await slack.thread(second.ts);
    // The course of events follows the verdict in full and the findings.
    const texts = JSON.stringify(thread);
    return texts.includes('Compared with') ? texts : undefined;
  });
  expect(said).toMatch(
    /Compared with \d+ min of the \d+ min before it; in the rest the alert “Orders fail” was firing/,
  );
});
