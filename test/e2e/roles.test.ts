/** Roles: ours and the team's, who may have one, and what their holders read: real Bolt over HTTP, a stateful Slack. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { blockProblems } from '#present/slack/block-limits.ts';
import { verifyTimelines } from '#record/timeline-proof.ts';
import { openHotrodBackends } from '#test/hotrod-backends.ts';
import { type IncidentsInSlack, openIncidents, shownIn } from '#test/incidents-in-slack.ts';
import { privateChannel } from '#test/slack-side.ts';

const [KIM, ANA] = ['U00000KIM1', 'U00000ANA1'];
const DUTY = 'You look after <databases> & queues.';

let backends: Awaited<ReturnType<typeof openHotrodBackends>>;
let side: IncidentsInSlack;

beforeAll(async () => {
  backends = await openHotrodBackends();
});
afterAll(() => backends.close());
beforeEach(async () => {
  side = await openIncidents(backends, { SPANHOUND_ROLES: `DBA=${DUTY},DBA lead=You lead the DBAs.` });
  for (const person of [KIM, ANA]) side.slack.proxy.person(person);
  await side.type('declare P2 Checkout is slow');
  await side.overview('INC-1');
});
afterEach(() => side.close());

const direct = () =>
  side.slack.proxy
    .callsOf('chat.postMessage')
    .filter(({ args }) => args.channel?.startsWith('U'))
    .map(({ args }) => ({ who: args.channel, text: args.text ?? '', blocks: JSON.parse(args.blocks ?? '[]') }));
const directTo = (who: string) => side.soon(() => direct().find((message) => message.who === who));
const roles = async () => (await side.incident()).roles;
const ofRoles = async () => (await side.timeline()).filter((entry) => entry.startsWith('role '));
const overviewWith = (words: string) => side.overview('INC-1', (shown) => shown.includes(words));

test('who takes a role reads what it does; the team’s names and words are escaped', async () => {
  expect(await side.type('role scribe')).toMatch(/You are scribe of INC-1 now\. You write down what happens and when/);
  const answer = await side.type('role dba');
  expect(answer).toContain('You are DBA of INC-1 now. You look after &lt;databases&gt; &amp; queues.');
  expect(await roles()).toEqual({ scribe: side.slack.person, 'own:DBA': side.slack.person });
  // The menu has the name, too.
  await overviewWith(' · DBA ');
  expect(await ofRoles()).toEqual([
    `role Scribe: nobody → ${side.slack.person}`,
    `role DBA: nobody → ${side.slack.person}`,
  ]);
  expect(direct()).toEqual([]);
});

test('the longest name of a role counts, and its holder confirms it once', async () => {
  expect(await side.type(`role DBA lead <@${KIM}|kim>`)).toContain('A direct message asks them to confirm it.');
  const message = await directTo(KIM);
  expect(blockProblems(message.blocks)).toEqual([]);
  expect(message.text).toMatch(/^INC-1 P2 Checkout is slow: \w+ made you DBA lead\.$/);
  expect(JSON.stringify(message.blocks)).toContain('You lead the DBAs.');
  await overviewWith('(not confirmed)');
  const value = `${(await side.incident()).id}:own:DBA lead`;
  const asKim = { user_id: KIM, channel_id: 'D0KIM' };
  expect(await side.press('incident_role_confirm', value, asKim)).toContain('You are DBA lead of INC-1, and everybody');
  expect(await side.press('incident_role_confirm', value, asKim)).toContain('You are DBA lead of INC-1 already.');
  await side.overview('INC-1', (shown) => shown.includes('DBA lead') && !shown.includes('(not confirmed)'));
  expect(await ofRoles()).toEqual([`role DBA lead: nobody → ${KIM}`, `role DBA lead: ${KIM} confirmed`]);
  expect(await verifyTimelines(side.store())).toMatchObject({ ok: true });
});

test('a role that the holder gives back is open; others cannot give it back', { tags: ['deep'] }, async () => {
  await side.type(`role technical <@${KIM}|kim>`);
  await directTo(KIM);
  const value = `${(await side.incident()).id}:technical-lead`;
  expect(await side.press('incident_role_decline', value, { user_id: ANA })).toContain('You are not technical lead');
  expect(await roles()).toEqual({ 'technical-lead': KIM });
  expect(await side.press('incident_role_decline', value, { user_id: KIM })).toContain('nobody is now');
  expect(await roles()).toEqual({});
  expect(await side.press('incident_role_confirm', value, { user_id: KIM })).toContain('any more. Nothing was changed');
  expect((await ofRoles()).at(-1)).toBe(`role Technical lead: ${KIM} → nobody`);
  expect(await side.type('role technical')).toContain('You are technical lead of INC-1 now');
});

test('a role is confirmed by taking it, too', { tags: ['deep'] }, async () => {
  await side.type(`role commander <@${KIM}|kim>`);
  expect(await side.type('role commander', { user_id: KIM })).toContain('everybody reads that you confirmed it');
  expect((await ofRoles()).at(-1)).toBe(`role Incident commander: ${KIM} confirmed`);
});

test('a commander who gives the role of a P1 back is called for again', async () => {
  await side.type('severity P1');
  await side.type(`role commander <@${KIM}|kim>`);
  await side.press('incident_role_decline', `${(await side.incident()).id}:commander`, { user_id: KIM });
  await side.pass(6);
  await side.soon(async () => (await ofRoles()).find((entry) => entry.includes('nobody for 5 min')));
});

describe('a commander who led it before a reopening', () => {
  beforeEach(async () => {
    await side.type('severity P1');
    await side.type('role commander', { user_id: KIM });
    await side.type('resolve all is well', { user_id: KIM });
    await side.pass(1);
  });
  const question = () =>
    side.soon(async () =>
      (await side.everywhere()).find((message) => shownIn(message).includes('is open again, and you are its')),
    );
  const value = async () => `${(await side.incident()).id}:commander`;

  test('is asked, and after 5 min without a word nobody has the role, and the next one is called', async () => {
    await side.type('reopen it is back');
    const asked = await question();
    expect(blockProblems([...(asked.blocks ?? [])])).toEqual([]);
    expect(shownIn(asked)).toContain(`"user_id":"${KIM}"`);
    await overviewWith('(not confirmed)');
    await side.restart();
    await side.pass(4);
    expect(await roles()).toEqual({ commander: KIM });
    await side.pass(2);
    await side.soon(async () => (await ofRoles()).find((entry) => entry.includes('nobody for 5 min. Called')));
    expect(await roles()).toEqual({});
    expect((await ofRoles()).slice(-3)).toEqual([
      `role Incident commander: asked ${KIM} again after the reopening`,
      `role Incident commander: ${KIM} → nobody`,
      expect.stringContaining('Incident commander: nobody for 5 min. Called'),
    ]);
    await side.soon(async () =>
      (await side.everywhere()).find(({ text }) => text === 'INC-1: nobody is incident commander any more'),
    );
    expect(await side.press('incident_role_confirm', await value(), { user_id: KIM })).toContain('any more');
    expect(await verifyTimelines(side.store())).toMatchObject({ ok: true });
  });

  test.each([
    ['confirms it, twice at once', confirmTwice],
    ['writes a note', () => side.type('note I look at it', { user_id: KIM })],
  ])('keeps the role who %s', async (_, answer) => {
    await side.type('reopen it is back');
    await question();
    await answer();
    await side.pass(12);
    expect(await roles()).toEqual({ commander: KIM });
    expect((await ofRoles()).filter((entry) => /nobody for|confirmed/.test(entry)).length).toBeLessThanOrEqual(1);
    expect((await ofRoles()).join()).not.toContain('nobody for');
  });

  async function confirmTwice(): Promise<void> {
    const answers = await Promise.all(
      [1, 2].map(async () => await side.press('incident_role_confirm', await value(), { user_id: KIM })),
    );
    expect(answers.filter((answer) => answer.includes('everybody reads that you confirmed it'))).toHaveLength(1);
  }

  test('is not asked after their own reopening, and a second reopening gives them the time again', async () => {
    await side.type('reopen it is back', { user_id: KIM });
    await side.pass(6);
    expect((await ofRoles()).join()).not.toContain('asked');
    for (const _ of [1, 2]) {
      await side.type('resolve all is well');
      await side.pass(1);
      await side.type('reopen it is back');
      await side.pass(3);
    }
    await side.pass(1);
    expect(await roles()).toEqual({ commander: KIM });
    await side.pass(2);
    await side.soon(async () => ((await roles()).commander === undefined ? true : undefined));
  });
});

test('bots, guests and people outside get no role, and no message', async () => {
  const secret = await privateChannel(side.slack);
  const inside = { user_id: 'U0INSIDE', channel_id: secret };
  await side.type('declare P2 BREACH insider', inside);
  side.slack.proxy.person('U0000BOT01', { is_bot: true });
  side.slack.proxy.members(secret, ['U0INSIDE', 'U0GUEST', 'U0000BOT01']);
  for (const who of ['U0OUTSIDE', 'U0GUEST', 'U0000BOT01']) {
    const answer = await side.type(`role DBA <@${who}>`, inside);
    expect(answer).toContain(`<@${who}> may not see INC-2, so they get no role in it`);
  }
  expect((await side.incident(2)).roles).toEqual({});
  expect(direct()).toEqual([]);
});

test('the menu has all roles, and chooses one of the team', async () => {
  const { blocks = [] } = await side.overview('INC-1');
  expect(shownIn({ text: '', blocks })).toMatch(/"Take a role".*"Scribe".*"DBA".*"own:DBA lead"/);
});

test('an unknown role is answered with those that there are', async () => {
  expect(await side.type('role janitor')).toContain('`communications`, `scribe`, `DBA` or `DBA lead`');
});
