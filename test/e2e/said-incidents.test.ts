/** Requests about incidents as sentences to the bot: real Bolt over HTTP, a stateful Slack, a clock that the test steps. */
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { blockProblems } from '#present/slack/block-limits.ts';
import { openHotrodBackends } from '#test/hotrod-backends.ts';
import { type IncidentsInSlack, openIncidents, shownIn } from '#test/incidents-in-slack.ts';
import { privateChannel, sendToBot } from '#test/slack-side.ts';

const BOT = 'U0SPANHOUND';

let backends: Awaited<ReturnType<typeof openHotrodBackends>>;
let side: IncidentsInSlack;

beforeAll(async () => {
  backends = await openHotrodBackends();
});
afterAll(() => backends.close());

beforeEach(async () => {
  side = await openIncidents(backends, (channelId) => ({
    SPANHOUND_GUESTS_LOOK_IN: channelId,
    SPANHOUND_RIGHTS_SEVERITY: '@leads',
  }));
  side.slack.proxy.userGroups.set({ id: 'S0LEADS1', handle: 'leads', users: [side.slack.person] });
});
afterEach(() => side.close());

type Place = Readonly<{ threadTs?: string; user?: string; channel?: string; isDirect?: true }>;

/** A person says this to the bot. Returns the thread, with what the bot has said there before. */
async function send(text: string, { threadTs, user, channel = side.slack.channel, isDirect }: Place) {
  const { slack } = side;
  const mention = isDirect ? text : `<@${BOT}> ${text}`;
  const thread = threadTs === undefined ? {} : { thread_ts: threadTs };
  const { ts } = await slack.post(mention, { channel, ...thread });
  const root = threadTs ?? ts;
  const before = (await slack.thread(root, channel)).length;
  const type = isDirect ? { type: 'message', channel_type: 'im' } : { type: 'app_mention' };
  const body = slack.event({ ...type, channel, ts, text: mention, ...thread, ...(user && { user }) });
  const sent = { ...body, authorizations: [{ user_id: BOT }] };
  expect((await sendToBot(side.url(), sent)).status).toBe(200);
  return { root, before, sent };
}

/** The first answer in the thread of the sentence. */
async function say(text: string, place: Place = {}): Promise<string> {
  const { root, before } = await send(text, place);
  const answer = await side.soon(async () => (await side.slack.thread(root, place.channel))[before]);
  expect(blockProblems([...(answer.blocks ?? [])])).toEqual([]);
  return shownIn(answer);
}

const overviewTs = async (name: string) => (await side.overview(name)).ts;

test('an incident from the first sentence to the last', async () => {
  expect(await say('declare P1 Checkout is slow')).toContain('INC-1 is declared as P1.');
  expect(await say('note 14:10 rolled back')).toContain('Noted in INC-1');
  expect(await say('severity P0 because nobody can pay')).toContain('INC-1: P1 → P0');
  expect(await say('role commander')).toContain('You are incident commander of INC-1 now');
  expect(await say('status identified an index is missing')).toContain('INC-1: identified');
  expect(await say('impact at 14:00')).toContain('the impact began');
  expect(await say('link <https://grafana.example/d/checkout> the board')).toContain('INC-1 has the link now');
  expect(await say('rename Nobody can pay')).toContain('INC-1 has a new title');
  expect(await say('timeline')).toMatch(/rolled back.*an index is missing/);
  expect(await say('checklist')).toMatch(/hecklist/);
  expect(await say('list')).toContain('INC-1 P0 Nobody can pay');
  expect(await say('INC-1: update half of the pods are back')).toContain('Noted in INC-1');
  expect(await say('resolve all checks are green')).toContain('INC-1: resolved');
  expect(await say('reopen it is back')).toContain('INC-1: investigating');
  expect(await say('help')).toContain('keeps the record of an incident');
  const entries = await side.timeline();
  expect(entries).toEqual(expect.arrayContaining(['note rolled back', 'update half of the pods are back']));
  expect(await side.incident()).toMatchObject({ title: 'Nobody can pay', severity: 'P0', status: 'investigating' });
});

test('a sentence that arrives twice is done once', async () => {
  await say('declare P1 Checkout is slow');
  const { root, sent } = await send('note seen', {});
  await sendToBot(side.url(), sent);
  await side.soon(async () => (await side.slack.thread(root))[0]);
  await sendToBot(side.url(), sent);
  await side.pass(1);
  expect((await side.timeline()).filter((entry) => entry === 'note seen')).toHaveLength(1);
  expect(await side.slack.thread(root)).toHaveLength(1);
});

test('a question stays a question, also where an incident is open', async () => {
  await say('declare P1 Checkout is slow');
  const before = await side.timeline();
  for (const text of ['status of checkout?', 'page load is slow in checkout', 'failures in checkout since 14:10']) {
    expect(await say(text)).not.toMatch(/INC-1|Nothing was changed/);
  }
  expect(await side.timeline()).toEqual(before);
});

test('without an incident a sentence that can be a question is one, and another one says what is missing', async () => {
  expect(await say('resolve checkout errors')).not.toContain('No incident is open');
  expect(await say('note the pool is full')).toContain('No incident is open in this channel.');
  expect(await say('severity P9 because')).toMatch(/P9.*Nothing was changed\./s);
});

test('the thread says which incident is meant, also a resolved one', async () => {
  await say('declare P1 Checkout is slow');
  await say('declare P1 Logins fail');
  expect(await say('note seen')).toContain('2 incidents are open in this channel');
  const first = await overviewTs('INC-1');
  // The line in the thread of the overview says it: an answer would say it again.
  expect(await say('note in the first', { threadTs: first })).toContain('Note: in the first');
  await say('resolve', { threadTs: first });
  await say('note afterwards', { threadTs: first });
  expect(await side.timeline(1)).toEqual(expect.arrayContaining(['note in the first', 'note afterwards']));
  expect(await side.timeline(2)).not.toContain('note in the first');
  await side.pass(1);
  expect(
    (await side.thread('INC-1')).filter((text) => text.includes('in the first') && !text.includes('<@')),
  ).toHaveLength(1);
});

test('an incident that is declared in a thread belongs to that thread', async () => {
  const root = await side.slack.post('logins fail');
  await say('declare P1 Checkout is slow');
  expect(await say('declare P2 Logins fail', { threadTs: root.ts })).toContain('INC-2 is declared as P2.');
  expect(await say('note in the second', { threadTs: root.ts })).toContain('Noted in INC-2');
  expect(await side.incident(2)).toMatchObject({ threadTs: root.ts });
});

test('where a form is needed, the answer has the button that opens it', async () => {
  expect(await say('declare')).toContain('"action_id":"incident_declare"');
  await say('declare P1 Checkout is slow');
  const { id } = await side.incident();
  expect(await say('statuspage')).toContain(`"value":"${id}"`);
});

test('rights count as for the command', async () => {
  await say('declare P1 Checkout is slow');
  side.slack.proxy.person('U0OTHERONE');
  side.slack.proxy.person('U0GUEST', { is_restricted: true });
  expect(await say('severity P3', { user: 'U0OTHERONE' })).toMatch(/Only members of @leads may change the severity/);
  expect(await say('note seen', { user: 'U0GUEST' })).toMatch(/Only members of this workspace/);
  expect(await say('list', { user: 'U0GUEST' })).toMatch(/Only members of this workspace/);
  // A setting lets guests look in this channel.
  expect(await say('good morning', { user: 'U0GUEST' })).toContain('Ask me like this');
  expect((await side.incident()).severity).toBe('P1');
});

test('nobody reads in a channel what only the person who asks may see', async () => {
  const secret = await privateChannel(side.slack);
  const inside = { user: 'U0INSIDE' };
  await say('declare P1 BREACH by Alice', { ...inside, channel: secret });
  for (const text of ['INC-1 timeline', 'INC-1 note seen', 'INC-1 link https://x.example', 'list', 'stats']) {
    expect(await say(text, inside), text).not.toMatch(/BREACH|Alice/);
  }
  expect(await say('INC-1 timeline', inside)).toContain('There is no INC-1.');
  expect(await say('INC-1 timeline', inside)).toContain('For others, type the command.');
  expect(await side.timeline()).not.toContain('note seen');
  expect(await say('timeline', { ...inside, channel: secret })).toContain('BREACH');
  // With the bot alone, nobody else reads it.
  expect(await say('INC-1 timeline', { ...inside, isDirect: true })).toContain('BREACH');
});

test('an incident’s own channel hears of that incident', async () => {
  const secret = await privateChannel(side.slack);
  const inside = { user: 'U0INSIDE' };
  await say('declare P1 BREACH by Alice', { ...inside, channel: secret });
  await say('declare P1 Another one', { ...inside, channel: secret });
  await say('INC-1 channel', { ...inside, channel: secret });
  const own = await side.soon(async () => {
    const rows = await side.store().db.selectFrom('incident_channels').selectAll().execute();
    return rows.find(({ state }) => state === 'open')?.channel_id ?? undefined;
  });
  side.slack.proxy.members(own, ['U0INSIDE']);
  expect(await say('note seen', { ...inside, channel: own })).toContain('Noted in INC-1');
  const listed = await say('list', { ...inside, channel: own });
  expect(listed).toContain('BREACH');
  expect(listed).not.toContain('Another one');
  expect(await say('INC-2 timeline', { ...inside, channel: own })).toContain('There is no INC-2.');
});
