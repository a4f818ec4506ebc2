/**
 * "Which service is this?" from end to end: real Bolt over HTTP, a stateful Slack, Jaeger as it answered for HotROD, and
 * a `catalog-info.yaml` that says whose the services are.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { findInvestigation } from '#record/investigations.ts';
import { keptFacts, serviceAnswers } from '#record/services.ts';
import { openBot, type TestBot } from '#test/bot.ts';
import { eventually } from '#test/eventually.ts';
import { openHotrodBackends } from '#test/hotrod-backends.ts';
import { pagerdutyMessage } from '#test/pagerduty.ts';
import { openSlackSide, privateChannel, type SlackMessage, type SlackSide, sendToBot } from '#test/slack-side.ts';

const CATALOG = `
kind: Component
metadata:
  name: web
  annotations: { backstage.io/kubernetes-id: frontend, pagerduty.com/service-id: SRE-WEB-1 }
  tags: [tier-1]
  links: [{ url: https://wiki.example.com/runbooks/web, title: Runbook }]
spec: { owner: group:default/web-team }
---
kind: Component
metadata: { name: database, annotations: { backstage.io/kubernetes-id: mysql } }
spec: { owner: storage-team }
`;

let slack: SlackSide;
let bot: TestBot;
let backends: Awaited<ReturnType<typeof openHotrodBackends>>;
let folder: string;
let secret: string;

beforeAll(async () => {
  backends = await openHotrodBackends();
  slack = await openSlackSide();
  folder = await mkdtemp(join(tmpdir(), 'spanhound-catalog-'));
  await writeFile(join(folder, 'catalog-info.yaml'), CATALOG);
  bot = await openBot({ slack, ...backends, env: { SERVICES_FILES: folder } });
  secret = await privateChannel(slack);
  await eventually(async () => ((await keptFacts(bot.store)).length === 2 ? true : undefined));
});
afterAll(async () => {
  await bot.stop();
  await bot.forget();
  await slack.close();
  await backends.close();
  await rm(folder, { recursive: true });
});

let number = 0;

/** An alert that names this service, as a message in a channel; returns its thread. */
async function alert(service: string, channel: string = slack.channel): Promise<string> {
  number += 1;
  const title = `Error budget ${number} burns {service=${service}}`;
  const { ts } = await slack.post(title, { channel });
  await sendToBot(bot.url, slack.event(pagerdutyMessage({ id: `Q7SERVICE${number}`, title }, { channel, ts })));
  return ts;
}

function inThread(ts: string, channel: string, isIt: (message: SlackMessage) => boolean): Promise<SlackMessage> {
  return eventually(async () => (await slack.thread(ts, channel)).find(isIt));
}

const isQuestion = ({ text }: SlackMessage) => text.startsWith('Which service is');
const isDiagnosis = ({ text, blocks }: SlackMessage) =>
  /mysql/i.test(text) && JSON.stringify(blocks ?? []).includes('trace_logs');

function menuOf({ blocks }: SlackMessage) {
  const block = blocks?.find((one) => 'block_id' in one && one.block_id?.startsWith('alert_service:'));
  const menu = block && 'elements' in block ? block.elements[0] : undefined;
  const options = (menu as { options?: readonly { value: string }[] } | undefined)?.options ?? [];
  return { blockId: `${block?.block_id}`, options: options.map(({ value }) => value) };
}

async function choose(question: SlackMessage, service: string, userId: string, channel: string): Promise<string> {
  const body = {
    ...slack.chosen(question, 'alert_service', menuOf(question).blockId, service),
    user: { id: userId, username: userId, name: userId, team_id: slack.team },
    channel: { id: channel, name: 'somewhere' },
  };
  expect((await sendToBot(bot.url, body)).status).toBe(200);
  const id = body.response_url.slice(body.response_url.lastIndexOf('/') + 1);
  return JSON.stringify((await eventually(() => slack.proxy.responses.find(({ urlId }) => urlId === id))).body);
}

test('a name of the catalogue needs no question, and the answer says whose the service is', async () => {
  const ts = await alert('SRE-WEB-1');
  const answer = await inThread(ts, slack.channel, isDiagnosis);
  expect((await slack.thread(ts)).some(isQuestion)).toBe(false);
  const detail = await inThread(ts, slack.channel, ({ text }) => text.startsWith('The examined requests'));
  expect(JSON.stringify(detail.blocks)).toMatch(/mysql.*owner storage-team/);
  const id = /"action_id":"trace_logs".*?"value":"([^"]+)"/.exec(JSON.stringify(answer.blocks))?.[1] ?? '';
  const stored = await eventually(async () => {
    const found = await findInvestigation(bot.store, { id, workspaceId: slack.team });
    return found?.state === 'done' ? found : undefined;
  });
  expect(stored.report).toMatchObject({ catalogue: { service: 'mysql', owners: ['storage-team'] } });
  expect(stored.markdown).toContain('owner storage-team');
});

test('an unknown name is asked for once: the answer starts a second look and is remembered', async () => {
  const ts = await alert('SRE-OTR-FTL');
  const question = await inThread(ts, slack.channel, isQuestion);
  expect(question.text).toBe('Which service is SRE-OTR-FTL?');
  expect(menuOf(question).options.slice(0, 4)).toEqual(['customer', 'driver', 'frontend', 'mysql']);

  expect(await choose(question, 'frontend', 'U0INSIDE', slack.channel)).toContain('SRE-OTR-FTL is frontend');
  await inThread(ts, slack.channel, isDiagnosis);
  expect((await slack.thread(ts)).filter(isQuestion)).toHaveLength(1);

  const next = await alert('SRE-OTR-FTL');
  const looked = await eventually(async () => {
    const { db } = bot.store;
    const row = await db.selectFrom('alerts').select('id').where('message_ts', '=', next).executeTakeFirst();
    const found = row && (await findInvestigation(bot.store, { id: row.id, workspaceId: slack.team }));
    return found?.state === 'open' ? undefined : found;
  });
  expect(looked).toMatchObject({ state: 'done', report: { subject: { service: 'frontend' } } });
  expect((await slack.thread(next)).some(isQuestion)).toBe(false);
});

test('in a private channel only its members answer, and nobody elsewhere profits from their answer', async () => {
  const ts = await alert('SRE-BREACH', secret);
  const question = await inThread(ts, secret, isQuestion);
  for (const [userId, from, words] of [
    ['U0OUTSIDE', slack.channel, 'I no longer have this alert.'],
    ['U0GUEST', secret, 'Only members of this workspace'],
    ['U0OTHER', secret, 'Only members of this workspace'],
    ['U0NOBODY', slack.channel, 'Only members of this workspace'],
  ] as const) {
    const said = await choose(question, 'frontend', userId, from);
    expect(said, userId).toContain(words);
  }
  const answers = async () => (await serviceAnswers(bot.store)).filter(({ said }) => said === 'SRE-BREACH');
  expect(await answers()).toEqual([]);

  expect(await choose(question, 'frontend', 'U0INSIDE', secret)).toContain('SRE-BREACH is frontend');
  await inThread(ts, secret, isDiagnosis);
  expect(await answers()).toMatchObject([{ channelId: secret, saidBy: 'U0INSIDE' }]);

  const elsewhere = await alert('SRE-BREACH');
  await inThread(elsewhere, slack.channel, isQuestion);
});
