/** A change that did it, from end to end: told to `POST /changes`, named in the answer to an alert that knows no trace. */
import { createHmac } from 'node:crypto';
import { afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { systemClock } from '#core/clock.ts';
import { findInvestigation } from '#record/investigations.ts';
import { alertmanagerGroup, firing } from '#test/alertmanager.ts';
import { openBot, type TestBot } from '#test/bot.ts';
import { busyShop, serveShop } from '#test/busy-shop.ts';
import { eventually } from '#test/eventually.ts';
import { logLine } from '#test/log-lines.ts';
import { startLokiWithLines } from '#test/loki-with-lines.ts';
import { type RecordedServer, refuse, replay, startRecordedServer } from '#test/recorded-server.ts';
import { openSlackSide, type SlackSide } from '#test/slack-side.ts';

const MINUTE_US = 60_000_000;
const NOW_US = Date.now() * 1_000;
const BEGAN_US = NOW_US - 6 * MINUTE_US;

/** What stock writes: of every request, and since it began of a query that takes too long. */
function lines() {
  const all = [];
  for (let atUs = NOW_US - 100 * MINUTE_US, n = 0; atUs < NOW_US; atUs += 5_000_000, n += 1) {
    const of = { service: 'stock', timeNs: `${atUs}000` };
    all.push(logLine(`reserved ${1 + (n % 4)} pieces for order ${10_000 + n}`, { ...of, level: 'info' }));
    if (atUs < BEGAN_US) continue;
    const slow = `slow query took ${200 + (n % 30)} ms: SELECT SUM(quantity) FROM reservation_ledger WHERE lower(sku) = $1`;
    all.push(logLine(slow, { ...of, level: 'warn' }));
  }
  return all;
}

const at = (us: number) => new Date(us / 1_000).toISOString();

const CULPRIT = {
  at: at(BEGAN_US - 40_000_000),
  kind: 'deploy',
  service: 'stock',
  id: '7c41e0b29a5d3f8e6c1b4a7d9e2f5c8b1a4d7e0f',
  text: 'Find reservations whatever the case of the sku',
  url: 'https://git.example/stock/commit/7c41e0b29a',
  files: ['src/ledger.ts'],
  diff: `diff --git a/src/ledger.ts b/src/ledger.ts
--- a/src/ledger.ts
+++ b/src/ledger.ts
@@ -11,3 +11,3 @@
-  const sum = 'SELECT SUM(quantity) FROM reservation_ledger WHERE sku = $1';
+  const sum = 'SELECT SUM(quantity) FROM reservation_ledger WHERE lower(sku) = $1';
   return db.one(sum, [sku]);
`,
};
const DECOYS = [
  {
    at: at(BEGAN_US - 3 * MINUTE_US),
    kind: 'deploy',
    service: 'checkout',
    id: '11aa22bb33cc44dd55ee66ff7788990011223344',
    text: 'Tell in the README how to run it',
    files: ['README.md'],
    diff: `diff --git a/README.md b/README.md
--- a/README.md
+++ b/README.md
@@ -1,2 +1,3 @@
 # Checkout
+Run it with npm start.
`,
  },
  {
    at: at(BEGAN_US - 90_000_000),
    kind: 'deploy',
    service: 'stock',
    id: '99ff88ee77dd66cc55bb44aa3322110099887766',
    text: 'Another colour of the badge',
    files: ['web/badge.css'],
    diff: `diff --git a/web/badge.css b/web/badge.css
--- a/web/badge.css
+++ b/web/badge.css
@@ -1,3 +1,3 @@
 .badge {
-  color: #336699;
+  color: #993366;
 }
`,
  },
];

let shop: Awaited<ReturnType<typeof serveShop>>;
let loki: RecordedServer;
let hub: RecordedServer;
let isHubDown = false;
let slack: SlackSide;
let bot: TestBot;

beforeAll(async () => {
  const times = ({ atUs }: Readonly<{ atUs: number }>) => ({ stockUs: atUs < BEGAN_US ? 20_000 : 220_000 });
  shop = await serveShop(busyShop(times, { fromUs: NOW_US - 120 * MINUTE_US, toUs: NOW_US }));
  loki = await startLokiWithLines(lines());
  hub = await startRecordedServer(({ path, headers }) => {
    const isAsked = path === `/repos/acme/stock/commits/${CULPRIT.id}` && headers.authorization === 'Bearer ghp_1';
    if (isHubDown || !isAsked) return refuse(403, { 'content-type': 'application/json' }, '{"message":"Forbidden"}');
    const type = 'application/vnd.github.diff; charset=utf-8';
    return replay({ status: 200, headers: { 'content-type': type }, body: Buffer.from(CULPRIT.diff) });
  });
  return async () => {
    await hub[Symbol.asyncDispose]();
    await shop.close();
    await loki[Symbol.asyncDispose]();
  };
});

beforeEach(async () => {
  slack = await openSlackSide();
  const env = {
    ALERTMANAGER_TOKEN: 't0ken',
    ALERTS_CHANNEL: slack.channel,
    CHANGES_TOKEN: 'ch4nges',
    GITHUB_WEBHOOK_SECRET: 's3cret',
    GITHUB_API_URL: hub.url.href,
    GITHUB_TOKEN: 'ghp_1',
  };
  isHubDown = false;
  bot = await openBot({ slack, jaegerUrl: shop.url, lokiUrl: loki.url.href, env });
});
afterEach(async () => {
  await bot.stop();
  await bot.forget();
  await slack.close();
});

function send(path: string, token: string, body: unknown) {
  return fetch(`${bot.url}${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
}

/** The message and the report that an alert about checkout gets, once nothing more comes. */
async function answered() {
  const alert = { ...firing('a1'), startsAt: at(NOW_US) };
  const group = alertmanagerGroup([alert], { commonLabels: { alertname: 'Slow', service: 'checkout' } });
  expect((await send('/webhooks/alertmanager', 't0ken', group)).status).toBe(202);
  const answer = await eventually(async () => {
    const done = (await slack.messages()).find(({ blocks = [] }) => JSON.stringify(blocks).includes('trace_detail'));
    return done !== undefined && (await slack.thread(done.ts)).length > 1 ? done : undefined;
  });
  const id = /"value":"([^"]+)"/.exec(JSON.stringify(answer.blocks))?.[1] ?? '';
  const investigation = await findInvestigation(bot.store, { id, workspaceId: slack.team });
  return { answer, report: investigation?.report as unknown as { diagnosis: { change?: unknown; service: string } } };
}

test('the one that fits is named, with why and how to take it back; harmless ones before it are not', async () => {
  for (const change of [...DECOYS, CULPRIT]) expect((await send('/changes', 'ch4nges', change)).status).toBe(202);
  const { answer, report } = await answered();

  expect(report.diagnosis).toMatchObject({
    service: 'stock',
    change: { id: CULPRIT.id, kind: 'deploy', service: 'stock' },
  });
  expect(answer.text).toMatch(/the \d\d:\d\d UTC deploy of `stock`/);
  const said = JSON.stringify(answer.blocks);
  expect(said).toContain('roll deploy 7c41e0b of stock back');
  // Not all requests are read, so the onset is that of the first slow one among those.
  expect(said).toContain('Deploy 7c41e0b of stock came 40 s before it began');
  expect(said).toContain(`"url":"${CULPRIT.url}"`);
});

// `judged-window-changes.test.ts` has the same in the gate, without a bot around it.
test('where only harmless ones came before it none is named', { tags: ['deep'] }, async () => {
  expect((await send('/changes', 'ch4nges', DECOYS)).status).toBe(202);
  const { answer, report } = await answered();
  expect(report.diagnosis.service).toBe('stock');
  expect(report.diagnosis.change).toBeNull();
  expect(answer.text).not.toMatch(/deploy/);
});

/** As GitHub tells of it: without a line. */
async function tellByWebhook() {
  const body = JSON.stringify({
    action: 'created',
    deployment_status: { state: 'in_progress', created_at: CULPRIT.at },
    deployment: { sha: CULPRIT.id, environment: 'production', created_at: CULPRIT.at, payload: {} },
    repository: { name: 'stock', full_name: 'acme/stock', html_url: `${hub.url.origin}/acme/stock` },
  });
  const signature = `sha256=${createHmac('sha256', 's3cret').update(body).digest('hex')}`;
  const headers = { 'x-github-event': 'deployment_status', 'x-hub-signature-256': signature };
  const sent = await fetch(`${bot.url}/webhooks/github`, { method: 'POST', headers, body });
  expect(sent.status).toBe(202);
}

test('what a deploy changed that came by webhook is read from GitHub when it is asked for', {
  tags: ['deep'],
}, async () => {
  expect((await send('/changes', 'ch4nges', DECOYS)).status).toBe(202);
  await tellByWebhook();
  const { answer, report } = await answered();
  expect(report.diagnosis.change).toMatchObject({ id: CULPRIT.id });
  expect(JSON.stringify(answer.blocks)).toContain('It changes “SELECT SUM(quantity) FROM reservation_ledger');
});

test('where GitHub does not say, the answer names what that costs', { tags: ['deep'] }, async () => {
  isHubDown = true;
  await tellByWebhook();
  const { answer } = await answered();
  expect(JSON.stringify(answer.blocks)).toMatch(/github: .*403.*; that change is judged by its time/);
});

test('ten minutes after a deploy that made it slower, the alerts’ channel hears so, once', async () => {
  await bot.stop();
  const later = { ...systemClock, nowUs: () => systemClock.nowUs() + 5 * MINUTE_US };
  const env = { ALERTS_CHANNEL: slack.channel, CHANGES_TOKEN: 'ch4nges' };
  const { dataFolder } = bot;
  bot = await openBot({ slack, jaegerUrl: shop.url, lokiUrl: loki.url.href, env, dataFolder, clock: later });
  for (const _ of [1, 2]) expect((await send('/changes', 'ch4nges', CULPRIT)).status).toBe(202);
  const told = async () => (await slack.messages()).filter(({ text = '' }) => text.includes('is worse'));
  const [message] = await eventually(async () => ((await told()).length > 0 ? await told() : undefined));
  expect(message?.text).toMatch(/^🔴 7c41e0b29a of `stock` is worse: takes 2\d0 ms, the one before \d\d ms, since /);
  expect(JSON.stringify(message?.blocks)).toContain(`"url":"${CULPRIT.url}"`);
  expect(await told()).toHaveLength(1);
});
