/**
 * Every address that the web server offers, asked without a proof, with a wrong one, and with the right one. A new webhook
 * or page without a row fails here. The page of the metrics is in test/web/metrics.test.ts.
 */
import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { API_PATH, apiOperations } from '#api/routes.ts';
import { registeredSystems } from '#compose/systems.ts';
import { openBot, type TestBot } from '#test/bot.ts';
import { eventually } from '#test/eventually.ts';
import { openHotrodBackends } from '#test/hotrod-backends.ts';
import { openSlackSide, privateChannel, type SlackSide, sendToBot } from '#test/slack-side.ts';
import { CLIENT_ID, CLIENT_SECRET } from '#test/slack-workspaces.ts';

type Headers = Readonly<Record<string, string>>;
/** The headers of a body that the holder of the secret sends. */
type Proof = (body: string, secret: string) => Headers;

const hmac = (secret: string | Buffer, text: string, encoding: 'hex' | 'base64' = 'hex') =>
  createHmac('sha256', secret).update(text).digest(encoding);
const bearer: Proof = (_, secret) => ({ authorization: `Bearer ${secret}` });
const basic: Proof = (_, secret) => ({ authorization: `Basic ${Buffer.from(`me:${secret}`).toString('base64')}` });
const signed =
  (header: string, prefix = ''): Proof =>
  (body, secret) => ({ [header]: `${prefix}${hmac(secret, body)}` });
const gitlab: Proof = (_, secret) => ({ 'x-gitlab-token': secret, 'x-gitlab-event': 'Pipeline Hook' });
const github: Proof = (body, secret) => ({
  ...signed('x-hub-signature-256', 'sha256=')(body, secret),
  'x-github-event': 'ping',
});
const standard: Proof = (body, secret) => {
  const [id, at] = ['msg_1', `${Math.floor(Date.now() / 1_000)}`];
  const signature = hmac(Buffer.from(secret, 'base64'), `${id}.${at}.${body}`, 'base64');
  return { 'webhook-id': id, 'webhook-timestamp': at, 'webhook-signature': `v1,${signature}` };
};
/** Amazon signs with its certificate: test/adapters/cloudwatch has the signatures. Here the topic is the right one. */
const amazon: Proof = (_, topic) => ({ 'x-amz-sns-topic-arn': topic });

const WEBHOOKS: Readonly<Record<string, Proof>> = {
  '/changes': bearer,
  '/webhooks/alertmanager': bearer,
  '/webhooks/alerts': bearer,
  '/webhooks/azure': bearer,
  '/webhooks/checkly': signed('x-checkly-signature'),
  '/webhooks/cloudwatch': amazon,
  '/webhooks/datadog': bearer,
  '/webhooks/github': github,
  '/webhooks/github-issues': github,
  '/webhooks/github-pipelines': github,
  '/webhooks/gitlab': gitlab,
  '/webhooks/gitlab-issues': gitlab,
  '/webhooks/gitlab-pipelines': gitlab,
  '/webhooks/google-cloud': basic,
  '/webhooks/grafana': bearer,
  '/webhooks/ilert': bearer,
  '/webhooks/incidentio': standard,
  '/webhooks/jira': signed('x-hub-signature', 'sha256='),
  '/webhooks/kapacitor': bearer,
  '/webhooks/launchdarkly': signed('x-ld-signature'),
  '/webhooks/linear': signed('linear-signature'),
  '/webhooks/newrelic': bearer,
  '/webhooks/opsgenie': bearer,
  '/webhooks/pagerduty': signed('x-pagerduty-signature', 'v1='),
  '/webhooks/sematext': bearer,
  '/webhooks/sentry': signed('sentry-hook-signature'),
  '/webhooks/splunk': bearer,
  '/webhooks/statuspage': bearer,
  '/webhooks/uptimerobot': bearer,
  '/webhooks/zabbix': bearer,
};
const SIGNED = Object.keys(WEBHOOKS).filter((path) => !new Set([bearer, basic, gitlab, amazon]).has(proofOf(path)));

function proofOf(path: string): Proof {
  return WEBHOOKS[path] ?? (() => ({}));
}

/** In base64, because one of them reads its secret so. */
const SECRET = Buffer.from('secret-of-every-webhook-here').toString('base64');
const WRONG = Buffer.from('secret-of-somebody-else-here').toString('base64');
/** Linear signs the time of the attempt with the body. */
const BODY = `{"title":"BREACH insider Alice","webhookTimestamp":${Date.now()}}`;

/** What nobody in particular reads at each page. */
const PAGES: Readonly<Record<string, Readonly<{ status: number; says: RegExp }>>> = {
  'GET /healthz': { status: 200, says: /^ok\n$/ },
  'GET /readyz': { status: 200, says: /^ready\n$/ },
  'GET /slack/install': { status: 302, says: /slack\.com|oauth/ },
  'GET /slack/oauth_redirect': { status: 400, says: /not installed|link/i },
  'POST /slack/events': { status: 401, says: /^[^{]*$/ },
  'GET /postmortem/:token': { status: 404, says: /This link opens nothing\./ },
  'GET /timeline/:token': { status: 404, says: /This link opens nothing\./ },
  'POST /postmortem/:token': { status: 403, says: /Nothing was saved/ },
  'GET /status.json': { status: 200, says: /^\{/ },
  'GET /status.rss': { status: 200, says: /<rss/ },
  [`GET ${API_PATH}/openapi.json`]: { status: 200, says: /"openapi": ?"3/ },
};

let slack: SlackSide;
let bot: TestBot;
let backends: Awaited<ReturnType<typeof openHotrodBackends>>;
/** Each setting that holds a secret of a webhook. */
let settings: readonly string[];

beforeAll(async () => {
  backends = await openHotrodBackends();
  slack = await openSlackSide();
  settings = (await registeredSystems()).flatMap(({ alertWebhook, changeWebhook, issueWebhook }) =>
    [alertWebhook, changeWebhook, issueWebhook].flatMap(
      (webhook) => /^set ([A-Z_]+)/.exec(webhook?.setup ?? '')?.[1] ?? [],
    ),
  );
  bot = await openBot({
    slack,
    ...backends,
    env: {
      ...Object.fromEntries(settings.map((name) => [name, SECRET])),
      ALERTS_CHANNEL: slack.channel,
      STATUS_FEED_URL: 'https://status.shop.test',
      SPANHOUND_PAGES_URL: 'https://spanhound.shop.test',
      SLACK_CLIENT_ID: CLIENT_ID,
      SLACK_CLIENT_SECRET: CLIENT_SECRET,
      SLACK_STATE_SECRET: 'state-secret-of-the-tests-with-32-characters',
      SLACK_INSTALLATION_KEYS: Buffer.alloc(32, 7).toString('base64'),
      SLACK_WORKSPACES: slack.team,
    },
  });
  const secret = await privateChannel(slack);
  slack.proxy.members(secret, ['U0INSIDE']);
  slack.proxy.person('U0INSIDE');
  const declared = slack.command('declare P1 BREACH insider Alice', {
    command: '/incident',
    user_id: 'U0INSIDE',
    channel_id: secret,
  });
  await sendToBot(bot.url, declared);
  await eventually(async () => (await rows()).incidents > 0 || undefined);
});
afterAll(async () => {
  await bot.stop();
  await bot.forget();
  await slack.close();
  await backends.close();
});

async function rows() {
  const count = async (table: 'jobs' | 'alerts' | 'changes' | 'incidents') =>
    (await bot.store.db.selectFrom(table).selectAll().execute()).length;
  return { jobs: await count('jobs'), alerts: await count('alerts'), incidents: await count('incidents') };
}

async function asked(method: string, path: string, headers: Headers = {}, body?: string) {
  const answer = await fetch(bot.url + path, { method, headers, redirect: 'manual', ...(body && { body }) });
  const text = await answer.text();
  return { status: answer.status, text: `${text}${answer.headers.get('location') ?? ''}` };
}

const sent = (path: string, headers: Headers) =>
  asked('POST', path, { 'content-type': 'application/json', ...headers }, BODY);

describe.each(Object.keys(WEBHOOKS).map((path) => [path]))('%s', (path) => {
  const refused = async (headers: Headers, query = '') => {
    const before = await rows();
    const { status, text } = await sent(path + query, headers);
    expect(status).toBe(401);
    expect(text).not.toContain(SECRET);
    expect(await rows()).toEqual(before);
  };

  test('takes nothing of who proves nothing', () => refused({}));

  test('takes nothing of who has another secret', () => refused(proofOf(path)(BODY, WRONG), `?token=${WRONG}`));

  test('takes nothing of who has every other kind of proof', async () => {
    const others = [...new Set(Object.values(WEBHOOKS))].map((proof) => proof(BODY, WRONG));
    await refused(Object.assign({}, ...others));
  });

  test('answers who has the secret, unless Amazon has to sign', async () => {
    const { status } = await sent(path, proofOf(path)(BODY, SECRET));
    if (proofOf(path) === amazon) expect(status).toBe(401);
    else expect([401, 403, 404, 503]).not.toContain(status);
  });

  test('has no page', async () => {
    expect((await asked('GET', path)).status).toBe(404);
  });
});

test.each(SIGNED)('%s takes no body under the signature of another one', async (path) => {
  const before = await rows();
  expect((await sent(path, proofOf(path)(`${BODY} `, SECRET))).status).toBe(401);
  expect(await rows()).toEqual(before);
});

test('every webhook of the registry has its row', async () => {
  const offered = (await registeredSystems()).flatMap(({ alertWebhook, changeWebhook, issueWebhook }) =>
    [alertWebhook, changeWebhook, issueWebhook].flatMap((webhook) => webhook?.path ?? []),
  );
  expect(Object.keys(WEBHOOKS).toSorted()).toEqual(offered.toSorted());
  expect(settings).toHaveLength(offered.length);
});

test('without its secret, each webhook says what to set, and takes nothing', async () => {
  const bare = await openBot({ slack, ...backends });
  try {
    for (const path of Object.keys(WEBHOOKS)) {
      const headers = { 'content-type': 'application/json', ...proofOf(path)(BODY, SECRET) };
      const answer = await fetch(bare.url + path, { method: 'POST', headers, body: BODY });
      expect([path, answer.status]).toEqual([path, 503]);
      expect(await answer.text()).toMatch(/\bset [A-Z_]{5,}/);
    }
    expect(await bare.store.db.selectFrom('jobs').selectAll().execute()).toEqual([]);
  } finally {
    await bare.stop();
    await bare.forget();
  }
});

test.each(Object.entries(PAGES))('%s tells strangers nothing of an incident', async (page, { status, says }) => {
  const [method = '', path = ''] = page.split(' ');
  const answer = await asked(
    method,
    path.replace(':token', 'no-such-token'),
    {},
    method === 'POST' ? 'a=1' : undefined,
  );
  expect(answer.status).toBe(status);
  expect(answer.text).toMatch(says);
  expect(answer.text).not.toMatch(/BREACH|Alice|breach/);
});

test.each([
  ['no token', {}],
  ['a token of nobody', bearer('', 'sh_0000000000000000000000000000000000000000000')],
  ['the secret of the webhooks', bearer('', SECRET)],
])('every operation of the API refuses %s', async (_, headers) => {
  for (const { route } of apiOperations) {
    const path = `${API_PATH}${route.path.replaceAll(/\{\w+\}/g, 'INC-1')}`;
    const answer = await asked(route.method, path, headers);
    expect([path, answer.status]).toEqual([path, 401]);
    expect(answer.text).not.toMatch(/BREACH|Alice|breach/);
  }
});

test('every address of the server has its row', () => {
  const known = [...Object.keys(PAGES), ...Object.keys(WEBHOOKS).map((path) => `POST ${path}`)];
  expect(bot.routes.filter((route) => !known.includes(route))).toEqual([]);
  expect(known.filter((route) => !bot.routes.includes(route))).toEqual([]);
});
