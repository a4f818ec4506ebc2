/** The channel that an incident has for itself: real Bolt over HTTP, a stateful Slack, a stepped clock. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { blockProblems } from '#present/slack/block-limits.ts';
import { channelOf, tryName, wantChannel } from '#record/incident-channels.ts';
import { finishInvestigation, openInvestigation } from '#record/investigations.ts';
import { tableJobs } from '#record/table-jobs.ts';
import { addEntry } from '#record/timeline.ts';
import { verifyTimelines } from '#record/timeline-proof.ts';
import { openHotrodBackends } from '#test/hotrod-backends.ts';
import { inGate } from '#test/in-gate.ts';
import { type IncidentsInSlack, openIncidents, shownIn } from '#test/incidents-in-slack.ts';
import { privateChannel, sendToBot } from '#test/slack-side.ts';
import { KEEP_CHANNEL, refreshOverview } from '#workflows/incidents/show-overview.ts';

const DAY_MS = 86_400_000;
const [KIM, ANA] = ['U00000KIM1', 'U00000ANA1'];

let backends: Awaited<ReturnType<typeof openHotrodBackends>>;
let side: IncidentsInSlack;

beforeAll(async () => {
  backends = await openHotrodBackends();
});
afterAll(() => backends.close());

const start = async (env: Readonly<Record<string, string>> = {}) => {
  side = await openIncidents(backends, { SPANHOUND_COMMANDER_MINUTES: '0', ...env });
  for (const person of [KIM, ANA]) side.slack.proxy.person(person);
};
beforeEach(() => start({ SPANHOUND_CHANNEL_SEVERITIES: 'P0,P1' }));
afterEach(() => side.close());

type Listed = Readonly<{
  id: string;
  name: string;
  is_private: boolean;
  is_archived: boolean;
  topic: { value: string };
}>;

/** All channels that the bot created for incidents. */
const made = async () => {
  const { channels } = await side.slack.call('conversations.list', { types: 'public_channel,private_channel' });
  return (channels as Listed[]).filter(({ name }) => name.startsWith('inc-'));
};
const own = async (number = 1) => {
  const { id } = await side.incident(number);
  return await channelOf(side.store(), id);
};
const opened = (number = 1) =>
  side.soon(async () => {
    const known = await own(number);
    return known?.state === 'open' ? (known.channelId as string) : undefined;
  });
const calls = (method: string) => side.slack.proxy.callsOf(method).filter(({ done }) => done);
/** The emulator does not know all of them. */
const invited = () => side.slack.proxy.callsOf('conversations.invite').map(({ args }) => args.users);
const overviewIn = (channelId: string, says: (shown: string) => boolean = () => true) =>
  side.soon(async () =>
    (await side.slack.messages(channelId)).find((one) => /header/.test(shownIn(one)) && says(shownIn(one))),
  );
/** What stands in the first channel beside the overview, and in its threads. */
const first = async (channelId = side.slack.channel) => (await side.everywhere(channelId)).map(({ text }) => text);
const firstSays = (words: string, channelId?: string) =>
  side.soon(async () => (await first(channelId)).find((text) => text.includes(words)));
const settled = async () => {
  for (let turn = 0; turn < 20; turn += 1) await side.clock.tick(1_000);
};

test('a P1 gets a channel with its overview, topic and people; the first channel shows the way', async () => {
  await side.type('declare P1 Logins &lt;!channel&gt; fail in “Zürich”');
  const channelId = await opened();
  expect(await made()).toMatchObject([
    { id: channelId, name: 'inc-1-logins-channel-fail-in-zurich', is_private: false },
  ]);
  const overview = await overviewIn(channelId);
  expect(blockProblems([...(overview.blocks ?? [])])).toEqual([]);
  expect(shownIn(overview)).toContain(`"Declared in "},{"type":"channel","channel_id":"${side.slack.channel}"`);
  await side.overview('INC-1', (shown) =>
    shown.includes(`"People work on it in "},{"type":"channel","channel_id":"${channelId}"`),
  );
  await firstSays('INC-1 has a channel of its own.');
  await side.soon(() => (calls('pins.add').length === 2 ? true : undefined));
  await side.soon(() => (invited().length === 1 ? true : undefined));
  expect(invited()).toEqual([side.slack.person]);
  const [topic] = calls('conversations.setTopic');
  expect(topic?.args.topic).toBe('INC-1 · P1 · investigating · Logins ‹!channel› fail in “Zürich”');
  expect(await side.timeline()).toContainEqual('message A channel of its own was opened');
  expect(await side.type('timeline')).toContain('"Channel"');
  expect(await side.type('channel')).toContain(`<#${channelId}> is the channel of INC-1.`);
  expect(await verifyTimelines(side.store())).toMatchObject({ ok: true });
});

test('the channel has bookmarks: the overview, the dashboard and the runbook of the service, each once', async () => {
  await side.type('declare P1 Logins fail');
  const channelId = await opened();
  const titles = () => calls('bookmarks.add').map(({ args }) => args.title);
  await side.soon(() => (titles().length === 1 ? true : undefined));
  const { ts } = await overviewIn(channelId);
  const [overview] = calls('bookmarks.add');
  expect([overview?.args.channel_id, overview?.args.title]).toEqual([channelId, 'Overview']);
  expect(overview?.args.link).toContain(ts.replace('.', ''));

  const { id } = await side.incident();
  const catalogue = {
    ...{ service: 'users', otherNames: [], owners: [], tier: '1', lifecycle: '', system: '', channels: [] },
    ...{ contradictions: [], dashboards: ['https://grafana.test/d/users'], runbooks: ['docs/users.md'] },
  };
  await side.store().transaction(async (tx) => {
    const asked = { workspaceId: side.slack.team, traceId: 'a1', askedBy: 'U1', channelId: side.slack.channel };
    await openInvestigation(tx, { id: 'i-1', ...asked });
    await finishInvestigation(tx, { id: 'i-1', traceId: 'a1', report: { catalogue }, markdown: '', logs: '' });
    const said = { kind: 'diagnosis', text: 'slow', source: 'spanhound', link: '', value: 'i-1' } as const;
    await addEntry(tx, { incidentId: id, key: 'diagnosis:i-1', atUs: tx.nowUs, ...said });
  });
  await side.type('note look at the board', { channel_id: channelId });
  await side.soon(() => (titles().length === 2 ? true : undefined));
  await side.type('severity P0', { channel_id: channelId });
  await settled();
  // A path is no address.
  expect(titles()).toEqual(['Overview', 'Dashboard of users']);
});

test('without the scope for bookmarks the channel works', async () => {
  side.slack.proxy.missScope('bookmarks.list', 'bookmarks:read');
  await side.type('declare P1 Logins fail');
  const channelId = await opened();
  await overviewIn(channelId);
  await side.type('note we look', { channel_id: channelId });
  await settled();
  expect(side.slack.proxy.callsOf('bookmarks.add')).toEqual([]);
  expect((await own())?.state).toBe('open');
});

test('a P2 gets none, until somebody asks or it becomes a P0', async () => {
  await side.type('declare P2 Logins fail');
  await side.overview('INC-1');
  await side.type('declare P2 Mails are late');
  await settled();
  expect(await made()).toEqual([]);
  expect(await side.type('INC-1 channel')).toContain('I open a channel for INC-1.');
  await opened(1);
  await side.type('INC-2 severity P0');
  await opened(2);
  expect((await made()).map(({ name }) => name)).toEqual(['inc-1-logins-fail', 'inc-2-mails-are-late']);
});

test('people work there: commands and marks mean its incident, and the first channel gets each change of state', async () => {
  await side.type('declare P1 Logins fail');
  const channelId = await opened();
  const there = { channel_id: channelId };
  const { ts } = await overviewIn(channelId);
  await side.type('note restarted the pool', there);
  await side.type('severity P0 because nobody can pay', there);
  await side.type(`role commander <@${KIM}|kim>`, there);
  await side.type('status identified', there);
  await side.soon(async () => ((await side.slack.thread(ts, channelId)).length >= 4 ? true : undefined));
  const said = (await side.slack.thread(ts, channelId)).map(({ text }) => text);
  expect(said.join('\n')).toMatch(
    /restarted the pool.*P1 → P0: nobody can pay.*Incident commander.*investigating → identified/s,
  );
  await firstSays('investigating → identified');
  const root = await side.overview('INC-1');
  const lines = await side.slack.thread(root.ts);
  expect(lines.map(({ text }) => text).join('\n')).toMatch(/P1 → P0.*Incident commander.*investigating → identified/s);
  expect(lines.map(({ text }) => text).join('\n')).not.toContain('restarted the pool');
  // A reply that stands in the channel, too.
  expect(lines.filter(({ text }) => text.includes('→'))).toMatchObject([
    { subtype: 'thread_broadcast' },
    { subtype: 'thread_broadcast' },
  ]);
  await side.soon(() => (invited().includes(KIM) ? true : undefined));
  await side.soon(() =>
    calls('conversations.setTopic').at(-1)?.args.topic === 'INC-1 · P0 · identified · Logins fail' ? true : undefined,
  );
  expect(await side.type('resolve all is well', there)).toContain('resolved');
  expect(await side.type('reopen it is back', there)).toContain('investigating');
});

test('a page is said there, and invites who is called', async () => {
  await side.type('declare P1 Logins fail');
  const channelId = await opened();
  const { ts } = await overviewIn(channelId);
  await side.type(`page <@${ANA}> please`, { channel_id: channelId });
  await side.soon(() => (invited().includes(ANA) ? true : undefined));
  await side.soon(async () => (await side.slack.thread(ts, channelId)).find((one) => shownIn(one).includes(ANA)));
});

test('a later diagnosis invites who is on call for the owner of the service that it blames', async () => {
  await side.close();
  await start({
    SPANHOUND_CHANNEL_SEVERITIES: 'P1',
    SPANHOUND_PAGE_ON_CALL: `payments-team=${KIM},search-team=${ANA}`,
  });
  await side.type('declare P1 Logins fail');
  await opened();
  await side.soon(() => (invited().length > 0 ? true : undefined));
  await settled();
  // Longer than an entry may be committed late.
  await side.clock.tick(120_000);
  const { id: incidentId, workspaceId } = await side.incident(1);
  await side.store().transaction(async (tx) => {
    await openInvestigation(tx, {
      id: 'later',
      workspaceId,
      traceId: '',
      askedBy: 'U1',
      channelId: side.slack.channel,
    });
    const report = JSON.stringify({ catalogue: { service: 'payments-api', owners: ['payments-team'] } });
    await tx.db.updateTable('investigations').set({ state: 'done', report }).where('id', '=', 'later').execute();
    const entry = { incidentId, key: 'd', atUs: tx.nowUs, text: 'payments-api is slow', source: 'spanhound', link: '' };
    await addEntry(tx, { ...entry, kind: 'diagnosis', value: 'later' });
    await refreshOverview(tx, tableJobs, { incident: { id: incidentId, workspaceId }, key: 'later' });
  });
  await side.soon(() => (invited().includes(KIM) ? true : undefined));
  expect(invited()).not.toContain(ANA);
});

describe('people whom the settings name for a severity', () => {
  const group = (id: string, users: readonly string[]) =>
    side.slack.proxy.userGroups.set({ id, handle: id.toLowerCase(), users });

  beforeEach(async () => {
    await side.close();
    await start({
      SPANHOUND_CHANNEL_SEVERITIES: 'P0,P1,P2',
      SPANHOUND_CHANNEL_INVITE: `P0=S0EXECS,P1=${KIM},P1=S0LARGE`,
    });
    group('S0EXECS', [ANA, 'U0GUEST']);
    group(
      'S0LARGE',
      Array.from({ length: 31 }, (_, n) => `U000MANY${n}`),
    );
  });

  test('are invited at that severity and at graver ones, also when it rises; guests and large groups are not', async () => {
    await side.type('declare P2 Logins fail');
    const channelId = await opened();
    await side.soon(() => (invited().length > 0 ? true : undefined));
    await settled();
    expect([...new Set(invited())]).toEqual([side.slack.person]);
    await side.type('severity P1', { channel_id: channelId });
    await side.soon(() => (invited().includes(KIM) ? true : undefined));
    const said = await firstSays('I could not invite one person', channelId);
    expect(said).toContain('a user group of more than 30 people is too large');
    expect(said).toContain('@s0large');
    expect(invited()).not.toContain(ANA);
    await side.type('severity P0', { channel_id: channelId });
    await side.soon(() => (invited().includes(ANA) ? true : undefined));
    await settled();
    expect([...new Set(invited())].sort()).toEqual([side.slack.person, KIM, ANA].sort());
  });
});

test('a channel is private where the first one is, and only people who may see the incident are invited', async () => {
  const secret = await privateChannel(side.slack);
  const inside = { user_id: 'U0INSIDE', channel_id: secret };
  await side.type('declare P1 BREACH insider', inside);
  const channelId = await opened();
  expect(await made()).toMatchObject([{ id: channelId, is_private: true }]);
  expect(await side.type('role technical <@U0OUTSIDE>', inside)).toContain('may not see INC-1');
  expect(await side.type('role communications <@U0GUEST>', inside)).toContain('may not see INC-1');
  await settled();
  // Two runs may ask for the same person, which Slack answers with “already there”.
  expect([...new Set(invited())]).toEqual(['U0INSIDE']);
  // Somebody whom a member invited there reads it, and no more.
  side.slack.proxy.members(channelId, ['U0INSIDE', 'U0OUTSIDE']);
  const answer = await side.type('note I was here', { user_id: 'U0OUTSIDE', channel_id: channelId });
  expect(answer).toContain('only members of the channel where it was declared can change it');
  expect(await side.type('INC-1 timeline', { user_id: 'U0OUTSIDE' })).toContain('There is no INC-1');
  expect(await side.type('channel', { user_id: 'U0OUTSIDE', channel_id: side.slack.channel })).toContain(
    'No incident is open',
  );
});

test.each([
  ['everybody can read it now', 'Everybody in the workspace can read the channel of INC-1'],
  ['another company reads it', 'People of another company read the channel of INC-1'],
])('nothing more is written there when %s', async (what, words) => {
  const secret = await privateChannel(side.slack);
  const inside = { user_id: 'U0INSIDE', channel_id: secret };
  await side.type('declare P1 BREACH insider', inside);
  const channelId = await opened();
  await overviewIn(channelId);
  if (what.startsWith('everybody')) side.slack.proxy.becomes(channelId, { is_private: false });
  else side.slack.proxy.share(channelId);
  // What Slack said counts for half a minute.
  await side.clock.tick(31_000);
  await side.type('note first', inside);
  await firstSays(words, secret);
  const before = (await side.everywhere(channelId)).length;
  await side.type('note the door was open', inside);
  await side.type('status identified', inside);
  await settled();
  expect((await side.everywhere(channelId)).length).toBe(before);
  expect((await own())?.state).toBe('closed');
});

describe('Slack refuses', () => {
  const codes = inGate(
    [
      ['missing_scope', 'Add the scopes channels:manage and groups:write'],
      ['restricted_action', 'does not let apps create channels (restricted_action)'],
      ['too_many_convos_for_team', 'as many channels as Slack allows'],
    ] as const,
    3,
  );
  test.each(codes.gate)('%s: said with what to do, and tried again when asked', isSaid);
  test.each(codes.deep)('%s: said with what to do, and tried again when asked', { tags: ['deep'] }, isSaid);

  async function isSaid(code: string, words: string): Promise<void> {
    side.slack.proxy.refuse('conversations.create', code);
    await side.type('declare P1 Logins fail');
    const said = await firstSays('I could not open a channel for INC-1');
    expect(said).toContain(words);
    expect(said).toContain('Then type /incident INC-1 channel. Until then, work goes on here.');
    await side.type('note still here');
    await side.thread('INC-1', 'still here');
    expect(await made()).toEqual([]);
    expect(await side.type('channel')).toContain('I open a channel');
    await opened();
  }

  test('for a reason that nobody knows: tried again, because it may pass', async () => {
    side.slack.proxy.refuse('conversations.create', 'something_new', 2);
    await side.type('declare P1 Logins fail');
    await opened();
    expect((await made()).map(({ name }) => name)).toEqual(['inc-1-logins-fail']);
  });

  test('a name that is taken: the next one is used', async () => {
    await side.slack.call('conversations.create', { name: 'inc-1-logins-fail' });
    await side.type('declare P1 Logins fail');
    await opened();
    expect((await made()).map(({ name }) => name)).toEqual(['inc-1-logins-fail', 'inc-1-logins-fail-2']);
  });

  test('all names: said with what to do', { tags: ['deep'] }, async () => {
    side.slack.proxy.refuse('conversations.create', 'name_taken', 5);
    await side.type('declare P1 Logins fail');
    expect(await firstSays('I could not open a channel')).toContain(
      'inc-1-logins-fail-5 and those before it are taken',
    );
  });

  test('an invitation: said there, with the name', { tags: ['deep'] }, async () => {
    side.slack.proxy.refuse('conversations.invite', 'cant_invite');
    await side.type('declare P1 Logins fail');
    const channelId = await opened();
    const said = await firstSays('I could not invite one person', channelId);
    expect(said).toContain('Slack said cant_invite. Please invite them yourself: ');
  });

  test('a first channel that it cannot see: no channel that nobody could read', async () => {
    side.slack.proxy.chaos((method, args) =>
      method === 'conversations.info' && args.channel === side.slack.channel
        ? { kind: 'refused', error: 'channel_not_found' }
        : undefined,
    );
    await side.type('declare P1 Logins fail');
    await firstSays('I cannot see this channel, so I do not know who may read it');
    expect(await made()).toEqual([]);
  });
});

test('a channel that people archived is used no more, until they ask again', { tags: ['deep'] }, async () => {
  await side.type('declare P1 Logins fail');
  const channelId = await opened();
  await overviewIn(channelId);
  await settled();
  await side.slack.call('conversations.archive', { channel: channelId });
  await side.clock.tick(31_000);
  await side.type('note it is slow again');
  expect(await firstSays('The channel of INC-1 was archived.')).toContain(
    'unarchive it in Slack. Then type /incident INC-1 channel',
  );
  await side.type('note and here we are');
  await side.thread('INC-1', 'here we are');
  await side.slack.call('conversations.unarchive', { channel: channelId });
  await side.clock.tick(31_000);
  await side.type('channel');
  expect(await opened()).toBe(channelId);
  expect(await made()).toHaveLength(1);
});

test('it is archived some days after the end, not after a new start', { tags: ['deep'] }, async () => {
  await side.close();
  await start({ SPANHOUND_CHANNEL_SEVERITIES: 'P1', SPANHOUND_CHANNEL_ARCHIVE_DAYS: '2' });
  await side.type('declare P1 Logins fail');
  const channelId = await opened();
  await side.type('resolve all is well');
  await settled();
  side.clock.correct(DAY_MS);
  await side.type('INC-1 reopen it is back');
  await settled();
  side.clock.correct(1.5 * DAY_MS);
  await settled();
  expect(await made()).toMatchObject([{ id: channelId, is_archived: false }]);
  await side.type('INC-1 resolve now it is well');
  await settled();
  await side.restart();
  side.clock.correct(2.1 * DAY_MS);
  await firstSays('INC-1 has ended, so I archived its channel.');
  expect(await made()).toMatchObject([{ id: channelId, is_archived: true }]);
  await settled();
  expect(calls('conversations.archive')).toHaveLength(1);
});

describe('one channel, whatever happens between two steps', () => {
  test('a command that is delivered twice', async () => {
    await side.type('declare P2 Logins fail');
    const command = side.slack.command('channel', { command: '/incident' });
    await Promise.all([sendToBot(side.url(), command), sendToBot(side.url(), command)]);
    await side.type('channel');
    await opened();
    await settled();
    expect(await made()).toHaveLength(1);
    expect(calls('conversations.create')).toHaveLength(1);
  });

  test('the answer to the creation is lost', async () => {
    side.slack.proxy.lose('conversations.create');
    await side.type('declare P1 Logins fail');
    const channelId = await opened();
    expect(await made()).toMatchObject([{ id: channelId, name: 'inc-1-logins-fail' }]);
    expect(calls('conversations.create')).toHaveLength(1);
  });

  test('the process died after the creation: the channel is found, and nobody else’s', async () => {
    await side.type('declare P2 Logins fail');
    await side.overview('INC-1');
    const incident = await side.incident();
    await side.slack.call('conversations.create', { name: 'inc-1-logins-fail' });
    await side.store().transaction(async (tx) => {
      await wantChannel(tx, incident);
      await tryName(tx, incident.id, 'inc-1-logins-fail');
      const { id: incidentId, workspaceId } = incident;
      await tableJobs.addJob(tx, { kind: KEEP_CHANNEL, workspaceId, key: 'again', payload: { incidentId } });
    });
    await side.restart();
    await opened();
    expect(await made()).toHaveLength(1);
    expect(calls('conversations.create')).toEqual([]);
  });

  test('the job runs again after everything was done', { tags: ['deep'] }, async () => {
    await side.type('declare P1 Logins fail');
    const channelId = await opened();
    await overviewIn(channelId);
    await settled();
    const before = { first: (await first()).length, there: (await side.everywhere(channelId)).length };
    const { id: incidentId, workspaceId } = await side.incident();
    for (const key of ['one', 'two']) {
      await side
        .store()
        .transaction((tx) => tableJobs.addJob(tx, { kind: KEEP_CHANNEL, workspaceId, key, payload: { incidentId } }));
    }
    await side.restart();
    await settled();
    expect({ first: (await first()).length, there: (await side.everywhere(channelId)).length }).toEqual(before);
    expect(calls('conversations.setTopic')).toHaveLength(1);
    expect(await made()).toHaveLength(1);
  });
});
