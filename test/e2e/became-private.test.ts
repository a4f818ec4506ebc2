/**
 * An incident whose readers become fewer: its public channel becomes private, or a member leaves it, becomes a guest, or
 * loses the account. What goes out by itself, and what somebody kept a link to. Real Bolt over HTTP, a stateful Slack.
 */
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { makeToken } from '#compose/tokens.ts';
import { openGitHubIssues } from '#test/github-issues-side.ts';
import { openHotrodBackends } from '#test/hotrod-backends.ts';
import { type IncidentsInSlack, openIncidents } from '#test/incidents-in-slack.ts';
import { privateChannel, sendToBot } from '#test/slack-side.ts';
import { openReceiver } from '#test/webhook-receiver.ts';

const [INSIDE, OUTSIDE] = ['U0INSIDE', 'U0OUTSIDE'];
const WORDS = /mango/;
const PAGES = 'https://spanhound.shop.test/bot';
const WEEK_MS = 7 * 86_400_000;
/** Slack's answers about readers count for thirty seconds. */
const FORGOTTEN_MS = 31_000;

let backends: Awaited<ReturnType<typeof openHotrodBackends>>;
let side: IncidentsInSlack;
let others: (() => Promise<unknown>)[] = [];

beforeAll(async () => {
  backends = await openHotrodBackends();
});
afterAll(() => backends.close());
afterEach(async () => {
  await side.close();
  for (const close of others) await close();
  others = [];
});

const pageIn = (answer: string) => /bot(\/(?:timeline|postmortem)\/[^"|>\\]+)/.exec(answer)?.[1] ?? '';

/** The links to the pages of INC-1 that this person gets in the channel. */
async function linksOf(user_id: string, channel_id: string): Promise<readonly string[]> {
  const timeline = pageIn(await side.type('INC-1 timeline', { user_id, channel_id }));
  const asked = side.slack.command('INC-1 edit', { command: '/postmortem', user_id, channel_id });
  await sendToBot(side.url(), asked);
  return [timeline, pageIn(await side.answerTo(asked.response_url))];
}

const statusesOf = (links: readonly string[]) =>
  Promise.all(links.map(async (link) => (await fetch(new URL(link, side.url()))).status));

test('once its channel is private, trackers, webhooks, pages, the API and the Home tab say nothing new of it', async () => {
  const github = await openGitHubIssues({ nowMs: () => (side?.clock.nowUs() ?? 0) / 1_000 || Date.now() });
  const receiver = await openReceiver();
  others.push(github.stop, receiver.close);
  side = await openIncidents(backends, (channel) => ({
    SPANHOUND_COMMANDER_MINUTES: '0',
    SPANHOUND_PAGES_URL: `${PAGES}/`,
    GITHUB_API_URL: github.url,
    GITHUB_ISSUES: 'acme/ops',
    GITHUB_ISSUES_TOKEN: 't0ken',
    EVENT_WEBHOOK_URLS: `data=${receiver.url}`,
    EVENT_WEBHOOK_SECRETS: 'data=s3cret',
    OPERATORS_CHANNEL: channel,
    REVIEWS_CHANNEL: channel,
  }));
  const { slack } = side;
  const channel_id = await slack.newChannel('later-private', false);
  for (const id of [INSIDE, OUTSIDE]) slack.proxy.person(id);
  const inside = (text: string) => side.type(text, { user_id: INSIDE, channel_id });
  await inside('declare P1 Logins fail');
  await inside(`action rotate all keys <@${OUTSIDE}> due 2026-01-07`);
  const open = await linksOf(OUTSIDE, channel_id);
  await side.soon(() => (github.issues.length === 1 && receiver.bodies.length === 1 ? true : undefined));

  slack.proxy.becomes(channel_id, { is_private: true });
  slack.proxy.members(channel_id, [INSIDE]);
  await side.clock.tick(FORGOTTEN_MS);
  const before = slack.proxy.calls.length;
  for (const verb of ['rename', 'note', 'update', 'status identified', 'severity P0 because', 'action done A1'])
    await inside(`${verb} mango`);
  await inside(`action mango <@${OUTSIDE}> due 2026-01-08`);
  await inside('resolve mango');
  await side.soon(() => (github.issues[0]?.state === 'closed' ? true : undefined));
  expect(await statusesOf(open)).toEqual([403, 403]);
  for (let week = 0; week < 5; week += 1) {
    side.clock.correct(WEEK_MS);
    await side.pass(2);
  }

  const kept = JSON.stringify(await side.everywhere(channel_id));
  expect(kept).toMatch(WORDS);
  expect(kept).toContain('overdue');
  expect(github.issues.map(({ comments }) => comments.length)).toEqual([1]);
  expect(JSON.stringify([github.issues, receiver.bodies])).not.toMatch(WORDS);
  expect(receiver.bodies).toHaveLength(1);
  for (const text of ['list', 'INC-1 timeline', 'stats 90d', 'review 90d', 'INC-1 note x'])
    expect(await side.type(text, { user_id: OUTSIDE }), text).not.toMatch(WORDS);
  await sendToBot(side.url(), slack.event({ type: 'app_home_opened', user: OUTSIDE, channel: 'D0OUT', tab: 'home' }));
  await side.soon(() => slack.proxy.callsOf('views.publish').at(-1));
  const elsewhere = slack.proxy.calls.slice(before).filter(({ args }) => args.channel !== channel_id);
  expect(elsewhere.filter(({ args }) => WORDS.test(JSON.stringify(args))).map(({ method }) => method)).toEqual([]);
  const asked = { name: 'all', scopes: ['read', 'cases'], channels: [], days: '9', by: 'test' };
  const { token } = await makeToken(side.store(), asked);
  for (const path of ['incidents?status=all', 'incidents/INC-1', 'incidents/INC-1/timeline']) {
    const headers = { authorization: `Bearer ${token}` };
    expect(await (await fetch(`${side.url()}/api/v1/${path}`, { headers })).text(), path).not.toMatch(WORDS);
  }
});

test.each([
  ['left the channel', {}],
  ['became a guest', { is_restricted: true }],
  ['closed the account', { deleted: true }],
  ['moved to another company', { team_id: 'T0OTHER' }],
])('who %s opens no page, and changes nothing, although this person leads and was named', async (what, becomes) => {
  side = await openIncidents(backends, { SPANHOUND_COMMANDER_MINUTES: '0', SPANHOUND_PAGES_URL: `${PAGES}/` });
  const { slack } = side;
  const channel_id = await privateChannel(slack);
  const GONE = 'U0GONE';
  slack.proxy.person(GONE);
  slack.proxy.members(channel_id, [INSIDE, GONE]);
  await side.type('declare P1 Somebody reads the payroll', { user_id: INSIDE, channel_id });
  await side.type('role commander', { user_id: GONE, channel_id });
  await side.type(`note need-to-know <@${GONE}>: mango`, { user_id: INSIDE, channel_id });
  expect(await side.type('INC-1 timeline', { user_id: GONE, channel_id })).toMatch(WORDS);
  const links = await linksOf(GONE, channel_id);
  expect(await statusesOf(links)).toEqual([200, 200]);

  slack.proxy.person(GONE, becomes);
  if (what === 'left the channel') slack.proxy.members(channel_id, [INSIDE]);
  await side.clock.tick(FORGOTTEN_MS);
  expect(await statusesOf([...links, `${links[0]}?as=json`])).toEqual([403, 403, 403]);
  const before = await side.timeline();
  expect(await side.type('INC-1 timeline', { user_id: GONE })).not.toMatch(WORDS);
  await side.type('INC-1 note I am still here', { user_id: GONE });
  // The form names the channel in which it was opened.
  const metadata = { incidentId: (await side.incident()).id, what: 'note', channelId: channel_id };
  const form = { callback_id: 'incident_entry_form', private_metadata: JSON.stringify(metadata) };
  const sent = slack.submission(form, { text: 'I am still here' });
  expect((await sendToBot(side.url(), { ...sent, user: { ...sent.user, id: GONE } })).body).toContain('Only members');
  expect(await side.timeline()).toEqual(before);
});
