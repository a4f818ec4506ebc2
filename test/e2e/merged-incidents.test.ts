/** Two incidents of one outage become one: real Bolt over HTTP, a stateful Slack, a clock that the test steps. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { incidentMetrics } from '#model/incident/incident.ts';
import { openIncidents as openOnes } from '#record/find-incidents.ts';
import { wholeTimeline } from '#record/merges.ts';
import { timelineOf } from '#record/timeline.ts';
import { verifyTimelines } from '#record/timeline-proof.ts';
import { openHotrodBackends } from '#test/hotrod-backends.ts';
import { type IncidentsInSlack, openIncidents, shownIn } from '#test/incidents-in-slack.ts';
import { privateChannel, sendToBot } from '#test/slack-side.ts';

let backends: Awaited<ReturnType<typeof openHotrodBackends>>;
let side: IncidentsInSlack;
let elsewhere: string;

beforeAll(async () => {
  backends = await openHotrodBackends();
});
afterAll(() => backends.close());
beforeEach(async () => {
  side = await openIncidents(backends);
  elsewhere = await side.slack.newChannel('payments', false);
  await side.type('declare P2 Checkout is slow');
  await side.type('declare P1 Payments are down', { channel_id: elsewhere });
  await Promise.all([side.overview('INC-1'), side.overview('INC-2')]);
});
afterEach(() => side.close());

const pair = async (stays = 1, ends = 2) => `${(await side.incident(stays)).id}:${(await side.incident(ends)).id}`;
const merge = async () => await side.press('incident_merge', await pair());
const statusOf = async (number: number) => (await side.incident(number)).status;
const whole = async (number = 1) =>
  (await wholeTimeline(side.store(), await side.incident(number))).map(
    ({ kind, text, from = '' }) => `${kind}${from && ` of ${from}`} ${text}`,
  );

describe('a merge', () => {
  test('asks first, with what it will do, and changes nothing until the button is pressed', async () => {
    await side.type(`INC-2 role commander <@${side.slack.person}|admin>`);
    await side.type('INC-2 action add an index due 2026-02-01');
    const question = await side.type('merge INC-2');
    expect(question).toContain('Merge INC-2 (P1 Payments are down) into INC-1 (P2 Checkout is slow)?');
    expect(question).toContain('INC-1 stays P2; INC-2 is P1.');
    expect(question).toMatch(/Roles stay with INC-1. INC-2 has: incident commander @?\w+\./);
    expect(question).toContain('(1 open)');
    expect(question).toContain(`"value":"${await pair()}"`);
    expect(await statusOf(2)).toBe('investigating');
    expect(await side.timeline(1)).toHaveLength(1);
  });

  test('shows what people suspected in the other incident on the board, apart from its own', async () => {
    await side.type('INC-2 hypothesis the cache was flushed');
    await side.type('INC-2 hypothesis S1 refuted the hit rate did not change');
    await merge();
    const board = async (says: RegExp) =>
      await side.soon(async () =>
        (await side.everywhere()).find((one) => one.text.startsWith('Hypotheses of INC-1') && says.test(shownIn(one))),
      );
    const { text } = await board(/INC-2 S1 · refuted.*the cache was flushed.*the hit rate did not change/);
    expect(text).toBe('Hypotheses of INC-1: none of its own');
    expect(await side.type('hypothesis the pool is too small')).toContain('S1 is on the board of INC-1');
    const both = await board(/S1 · open.*the pool is too small.*INC-2 S1 · refuted/);
    expect(both.text).toBe('Hypotheses of INC-1: 1 open');
    await side.type('INC-2 reopen');
    await side.soon(async () =>
      (await side.everywhere()).find(
        (one) => one.text === 'Hypotheses of INC-1: 1 open' && !shownIn(one).includes('INC-2 S1'),
      ),
    );
  });

  test('shows the other timeline with its times and its name, and says so in both threads', async () => {
    await side.type('INC-2 note restarted the pool');
    await side.type(`INC-2 role technical <@${side.slack.person}|admin>`);
    expect(await merge()).toContain('INC-2 is merged into INC-1. `/incident split INC-2` splits it off again.');
    expect(await side.incident(2)).toMatchObject({ status: 'merged', resolvedUs: undefined });
    expect(await whole()).toEqual([
      'status Declared P2, investigating',
      'note of INC-2 Declared P1, investigating',
      'note of INC-2 restarted the pool',
      `note of INC-2 Technical lead: nobody → ${side.slack.person}`,
      'note of INC-2 investigating → merged: into INC-1',
      `note INC-2 is merged into this incident: P1 Payments are down. Its roles were not taken over: technical lead ${side.slack.person}`,
    ]);
    expect((await side.incident(1)).roles).toEqual({});
    await side.overview('INC-1', (text) => /Merged into this one: .*INC-2.* P1 Payments are down/.test(text));
    const gone = shownIn(await side.overview('INC-2', (text) => text.includes('The work goes on there')));
    expect(gone).toMatch(/— merged/);
    expect(gone).toMatch(/Merged into .*INC-1.*Checkout is slow/);
    expect(gone).not.toContain('incident_severity');
    await side.thread('INC-2', 'Merged into INC-1');
    // Who reads only the channel of the other team learns it, too.
    const inChannel = (await side.slack.messages(elsewhere)).filter(({ subtype }) => subtype === 'thread_broadcast');
    expect(inChannel.map(({ text }) => text).join()).toContain('INC-2: Merged into INC-1 P2 Checkout is slow');
    await side.soon(async () =>
      (await side.thread('INC-1')).find((line) => line.includes('INC-2 is merged into this')),
    );
    expect(await side.type('INC-1 timeline')).toContain('"Note of INC-2"');
    expect(await verifyTimelines(side.store())).toMatchObject({ ok: true });
    const audit = await side
      .store()
      .db.selectFrom('audit')
      .select('subject')
      .where('action', '=', 'incident.merged')
      .execute();
    expect(audit).toEqual([{ subject: 'INC-2' }]);
  });

  test('follows what is corrected, withdrawn and added in the other, and leaves nothing after a split', async () => {
    await side.type('INC-2 note restarted the wrong pool');
    await merge();
    const { id } = await side.incident(2);
    const correct = async (filledIn: Parameters<typeof side.submit>[0]) => {
      const note = (await timelineOf(side.store(), id)).find(({ kind }) => kind === 'note');
      const chosen = side.slack.chosen(
        await side.overview('INC-1'),
        'incident_correct',
        `incident:${id}:correct`,
        note?.id ?? '',
      );
      await sendToBot(side.url(), { ...chosen, trigger_id: side.slack.proxy.trigger() });
      await side.submit(filledIn);
    };
    await correct({ text: 'restarted the right pool' });
    expect(await whole()).toContain('note of INC-2 restarted the right pool');
    await side.restart();
    // At the time of the others, it could be left out of the newest five: a restart puts ids in any order.
    await side.clock.tick(1_000);
    await side.type('INC-2 note found later');
    await side.overview('INC-1', (text) => text.includes('found later'));
    await correct({ text: 'restarted the right pool', withdraw: { chosen: 'withdraw' } });
    expect(await whole()).not.toContain('note of INC-2 restarted the right pool');

    // Both entries would have the same time, and ids that a restart puts in any order.
    await side.clock.tick(1_000);
    expect(await side.type('INC-2 reopen another cause after all')).toContain('INC-2: investigating');
    expect((await whole()).filter((entry) => entry.includes('of INC-2'))).toEqual([]);
    expect((await whole()).at(-1)).toBe('note INC-2 is an incident of its own again');
    await side.overview('INC-1', (text) => !text.includes('Merged into this one'));
    await side.overview('INC-2', (text) => text.includes('next update'));
    await side.thread('INC-1', 'of its own again');
    await merge();
    expect((await whole()).filter((entry) => entry.includes('of INC-2'))).not.toEqual([]);
  });

  test('done twice, or delivered twice, is one', { tags: ['deep'] }, async () => {
    const press = { ...side.slack.action({ ts: '1.1', text: '' } as never, 'incident_merge', await pair()) };
    await Promise.all([sendToBot(side.url(), press), sendToBot(side.url(), press)]);
    await side.answerTo(press.response_url);
    await side.restart();
    await sendToBot(side.url(), press);
    expect(await merge()).toContain('INC-2 is merged into INC-1 already. Nothing was changed.');
    expect(await side.timeline(1)).toHaveLength(2);
    expect(await side.timeline(2)).toHaveLength(2);
  });

  test('both ways at the same moment has one winner, and the other person learns it', async () => {
    const values = [await pair(1, 2), await pair(2, 1)];
    const answers = (await Promise.all(values.map((value) => side.press('incident_merge', value)))).toSorted();
    expect([await statusOf(1), await statusOf(2)].toSorted()).toEqual(['investigating', 'merged']);
    expect(answers.filter((answer) => answer.includes('splits it off again'))).toHaveLength(1);
    expect(
      answers.filter((answer) => /INC-\d is merged into INC-\d already, by somebody else/.test(answer)),
    ).toHaveLength(1);
    expect(await openOnes(side.store(), { workspaceId: side.slack.team })).toHaveLength(1);
  });

  test('while somebody resolves the other, one of the two is refused', { tags: ['deep'] }, async () => {
    const [merged, resolved] = await Promise.all([merge(), side.type('INC-2 resolve all is well')]);
    const status = await statusOf(2);
    if (status === 'merged') expect(resolved).toContain('INC-2 is merged into INC-1. Change INC-1, or split INC-2 off');
    else expect(merged).toContain('INC-2 is resolved and keeps its own times');
    expect(['merged', 'resolved']).toContain(status);
  });

  test('counts in no time to resolve, and its own reminders and calls stop', async () => {
    await merge();
    const entries = await timelineOf(side.store(), (await side.incident(2)).id);
    expect(incidentMetrics(await side.incident(2), entries).durationMinutes).toBeUndefined();
    await side.pass(60);
    await side.soon(async () => (await side.everywhere()).find(({ text }) => text.includes('INC-1: an update is due')));
    const said = (await side.everywhere(elsewhere)).map(({ text }) => text).join('\n');
    expect(said).not.toMatch(/update is due|nobody leads/);
  });

  test('shows the action items of the other, with buttons that work', async () => {
    await side.type('INC-2 action add an index due 2026-02-01');
    await merge();
    const shown = await side.type('actions');
    expect(shown).toMatch(/INC-1: 1 of 1 action items open.*"INC-2 A1"/);
    const value = /"action_id":"action_item_done".*?"value":"([^"]+)"/.exec(shown)?.[1] ?? '';
    expect(value).toContain((await side.incident(2)).id);
    expect(await side.type('action done A1')).toContain('INC-1 has no action item');
  });

  test('leaves the other no status, severity and role to change, and its channel learns where to write', async () => {
    await merge();
    for (const verb of ['status fixed', 'resolve', 'severity P0', 'role commander'])
      expect(await side.type(`INC-2 ${verb}`)).toContain(
        'INC-2 is merged into INC-1. Change INC-1, or split INC-2 off',
      );
    expect(await side.type('note here', { channel_id: elsewhere })).toContain(
      'INC-2 of this channel is merged into INC-1. Put that name first: `/incident INC-1 note …`.',
    );
    expect(await side.type('', { channel_id: elsewhere })).not.toContain('Payments are down');
    expect(await side.type('reopen', { channel_id: elsewhere })).toContain('No incident of this channel is resolved');
  });

  test('is undone by `split`, with a reason, and only where there was one', async () => {
    expect(await side.type('split INC-2')).toContain('INC-2 is merged into no other incident. Nothing was changed.');
    await merge();
    expect(await side.type('INC-3 split INC-2')).toContain('INC-2 is merged into INC-1, not into INC-3.');
    expect(await statusOf(2)).toBe('merged');
    await side.clock.tick(1_000);
    expect(await side.type('split INC-2 from INC-1 because the cause differs')).toContain('INC-2: investigating');
    expect((await side.timeline(2)).at(-1)).toBe('status merged → investigating: the cause differs');
    expect((await whole()).at(-1)).toBe('note INC-2 is an incident of its own again');
  });

  test('goes through a chain, and shows all of it at its end', { tags: ['deep'] }, async () => {
    await side.type('declare P3 Refunds are late', { channel_id: elsewhere });
    await side.overview('INC-3');
    await side.type('INC-3 note the queue is full');
    await side.press('incident_merge', await pair(2, 3));
    await side.press('incident_merge', await pair(1, 2));
    expect(await whole()).toContain('note of INC-3 the queue is full');
    await side.overview('INC-1', (text) => text.includes('the queue is full'));
    await side.type('INC-3 note it is empty now');
    await side.overview('INC-1', (text) => text.includes('it is empty now'));
    await side.type('INC-2 reopen');
    expect((await whole()).filter((entry) => / of INC-/.test(entry))).toEqual([]);
    expect(await whole(2)).toContain('note of INC-3 the queue is full');
  });

  test('keeps the pins of the other channel', { tags: ['deep'] }, async () => {
    await merge();
    const message = await side.slack.post('the queue is full', { channel: elsewhere });
    await side.slack.call('reactions.add', { channel: elsewhere, timestamp: message.ts, name: 'pushpin' });
    const item = { type: 'message', channel: elsewhere, ts: message.ts };
    await sendToBot(side.url(), side.slack.event({ type: 'reaction_added', reaction: 'pushpin', item }));
    await side.overview('INC-1', (text) => text.includes('the queue is full'));
  });
});

describe('after a channel has got other readers', () => {
  beforeEach(async () => {
    await side.type('INC-2 note the queue is full');
    await side.type('INC-2 action rotate the keys due 2026-02-01');
    await merge();
    await side.overview('INC-1', (text) => text.includes('the queue is full'));
    await side.overview('INC-2', (text) => text.includes('Checkout is slow'));
  });

  test.each([
    ['the one that stays', () => side.slack.channel],
    ['the merged one', () => elsewhere],
  ])('that of %s, neither incident shows the words of the other', async (_, channel) => {
    side.slack.proxy.share(channel());
    // Longer than an answer of Slack is used.
    await side.clock.tick(31_000);
    await side.type('INC-2 note BREACH');
    await side.type('INC-1 rename Logins fail');
    const kept = shownIn(await side.overview('INC-1', (text) => text.includes('Logins fail')));
    expect(kept).not.toMatch(/BREACH|queue is full|Merged into this one/);
    const merged = shownIn(await side.overview('INC-2', (text) => text.includes('BREACH')));
    expect(merged).toContain('"text":"another incident"');
    expect(merged).not.toMatch(/Logins fail|Checkout is slow/);
    for (const text of ['INC-1 timeline', 'INC-1 actions'])
      expect(await side.type(text)).not.toMatch(/BREACH|queue is full|rotate the keys/);
    await sendToBot(side.url(), side.slack.command('INC-1', { command: '/postmortem' }));
    const drafted = await side.soon(async () =>
      (await side.everywhere()).map(shownIn).find((text) => text.includes('Postmortem of INC-1')),
    );
    expect(drafted).not.toMatch(/BREACH|queue is full|rotate the keys/);
  });
});

describe('is refused', () => {
  test.each([
    ['itself', 'INC-1 merge INC-1', 'INC-1 cannot be merged into itself'],
    ['an unknown one', 'merge INC-9', 'There is no INC-9'],
    ['no name', 'merge', 'Which incident? The incident that stays comes first'],
  ])('for %s', async (_, text, problem) => {
    expect(await side.type(text)).toContain(problem);
  });

  test('for a resolved one, and into a resolved one', async () => {
    await side.type('INC-2 resolve');
    expect(await side.type('merge INC-2')).toContain('INC-2 is resolved and keeps its own times');
    expect(await side.type('INC-2 merge INC-1')).toContain(
      'INC-2 is resolved. To merge INC-1 into it, reopen it first',
    );
    expect(await merge()).toContain('INC-2 is resolved');
  });

  test('into a merged one, and for one that is merged elsewhere', async () => {
    await side.type('declare P3 Refunds are late', { channel_id: elsewhere });
    await merge();
    expect(await side.type('INC-2 merge INC-3')).toContain('Type `/incident INC-1 merge INC-3`.');
    expect(await side.type('INC-3 merge INC-2')).toContain('INC-2 is merged into INC-1 already');
  });

  test.each([
    ['a private one into a public one', (secret: number) => [1, secret] as const],
    ['a public one into a private one', (secret: number) => [secret, 1] as const],
  ])('for %s, by command and by button', async (_, order) => {
    const secret = await privateChannel(side.slack);
    await side.type('declare P1 BREACH insider', { user_id: 'U0INSIDE', channel_id: secret });
    const [stays, ends] = order(3);
    const inside = { user_id: 'U0INSIDE', channel_id: secret };
    expect(await side.type(`INC-${stays} merge INC-${ends}`, inside)).toContain('do not have the same readers');
    expect(await side.press('incident_merge', await pair(stays, ends), inside)).toContain('the same readers');
    expect(await side.type(`INC-1 merge INC-3`, { user_id: 'U0OUTSIDE' })).toContain('There is no INC-3.');
    const pressed = await side.press('incident_merge', await pair(stays, ends), { user_id: 'U0OUTSIDE' });
    expect(pressed).toMatch(/no longer have/);
    expect(pressed).not.toMatch(/BREACH|INC-3/);
    expect([await statusOf(1), await statusOf(3)]).toEqual(['investigating', 'investigating']);
    expect((await side.everywhere()).map(shownIn).join('\n')).not.toMatch(/BREACH|INC-3/);
  });
});
