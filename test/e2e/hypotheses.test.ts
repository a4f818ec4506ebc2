/** The board of hypotheses: real Bolt over HTTP, a stateful Slack, a stepped clock. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { blockProblems } from '#present/slack/block-limits.ts';
import { channelOf } from '#record/incident-channels.ts';
import { openHotrodBackends } from '#test/hotrod-backends.ts';
import { type IncidentsInSlack, openIncidents, shownIn } from '#test/incidents-in-slack.ts';
import { type SlackMessage, sendToBot } from '#test/slack-side.ts';

let backends: Awaited<ReturnType<typeof openHotrodBackends>>;
let side: IncidentsInSlack;

beforeAll(async () => {
  backends = await openHotrodBackends();
});
afterAll(() => backends.close());

beforeEach(async () => {
  side = await openIncidents(backends, { SPANHOUND_COMMANDER_MINUTES: '0' });
  await side.type('declare P1 Checkout is slow');
  await side.overview('INC-1');
});
afterEach(() => side.close());

const board = async (says: RegExp): Promise<SlackMessage> => {
  const found = await side.soon(async () =>
    (await side.everywhere()).find((one) => one.text.startsWith('Hypotheses of') && says.test(shownIn(one))),
  );
  expect(blockProblems(found.blocks ?? [])).toEqual([]);
  return found;
};
const boards = async () => (await side.everywhere()).filter(({ text }) => text.startsWith('Hypotheses of'));

describe('a suspicion', () => {
  test('by command stands on one message of the channel, with what was tried and what that decided', async () => {
    expect(await boards()).toEqual([]);
    expect(await side.type('hypothesis the cache was flushed by the deploy')).toContain('S1 is on the board of INC-1');
    await board(/S1 · open.*the cache was flushed by the deploy/);
    await side.pass(3);
    expect(await side.type('hypothesis the pool is too small')).toContain('S2 is on the board');
    expect(await side.type('hypothesis s1 tested at 14:31 flushed one node: no effect')).toContain('S1 is tested at');
    await board(/1 tested, 1 open.*tested: flushed one node: no effect/);
    expect(await side.type('hypothesis S1 refuted because the hit rate did not change')).toContain('S1 is refuted');
    const last = await board(/S2 · open.*S1 · refuted.*flushed one node.*refuted: the hit rate did not change/);
    expect(await boards()).toHaveLength(1);
    expect(last.text).toBe('Hypotheses of INC-1: 1 open, 1 refuted');
    expect(await side.type('hypotheses')).toMatch(/Hypotheses of INC-1: 1 open, 1 refuted.*the pool is too small/);

    expect((await side.timeline()).slice(1)).toEqual([
      'note S1 suspected: the cache was flushed by the deploy',
      'note S1 tested (the cache was flushed by the deploy): flushed one node: no effect',
      'note S2 suspected: the pool is too small',
      'note S1 refuted (the cache was flushed by the deploy): the hit rate did not change',
    ]);
    await side.thread('INC-1', 'S2 suspected: the pool is too small');
    expect(await side.type('timeline')).toContain('Hypothesis');
  });

  test('that is confirmed identifies the incident', async () => {
    await side.type('hypothesis the cache was flushed');
    await side.type('hypothesis S1 refuted the hit rate did not change');
    await side.type('hypothesis the pool is too small');
    expect(await side.type('hypothesis S2 confirmed')).toContain('The incident is identified');
    expect((await side.incident()).status).toBe('identified');
    await board(/S2 · confirmed.*S1 · refuted/);
    expect(await side.timeline()).toContain('status investigating → identified: the pool is too small');
  });

  test('is added and changed by forms', async () => {
    await side.type('hypothesis the cache was flushed');
    const message = await board(/S1 · open/);
    const { id } = await side.incident();
    const trigger = () => ({ trigger_id: side.slack.proxy.trigger() });
    await sendToBot(side.url(), side.slack.action(message, 'hypothesis_add', id, trigger()));
    await side.submit({ text: 'a slow disk on <!channel>', when: '14:20' });
    await board(/S2 · open.*a slow disk on/);

    const block = message.blocks?.find(({ type }) => type === 'actions')?.block_id ?? '';
    const choose = async (row: string) => {
      await sendToBot(side.url(), { ...side.slack.chosen(message, 'hypothesis_change', block, row), ...trigger() });
      return JSON.stringify((await side.slack.proxy.openedForm()).blocks);
    };
    expect(await choose('S1')).toContain('the cache was flushed');
    expect(await side.submit({ state: { chosen: 'tested' }, text: '' })).toContain('What was tried');
    expect(await side.submit({ state: { chosen: 'tested' }, text: 'x', when: 'noon' })).toContain('errors');
    await side.submit({ state: { chosen: 'refuted' }, text: 'all nodes are warm' });
    await board(/S1 · refuted.*refuted: all nodes are warm/);
    expect(await side.timeline()).toContain('note S2 suspected: a slow disk on <!channel>');
  });

  test('stands in the channel of the incident, too, once it has one of its own', async () => {
    await side.type('hypothesis the cache was flushed');
    await board(/S1 · open/);
    await side.type('channel');
    const own = await side.soon(async () => {
      const known = await channelOf(side.store(), (await side.incident()).id);
      return known?.state === 'open' ? known.channelId : undefined;
    });
    await side.type('hypothesis S1 refuted all nodes are warm');
    await board(/S1 · refuted/);
    const there = await side.soon(async () =>
      (await side.slack.messages(own)).find(({ text }) => text === 'Hypotheses of INC-1: 1 refuted'),
    );
    expect(shownIn(there)).toContain('all nodes are warm');
  });

  test('that is unclear, known, too long, or of nobody changes nothing', async () => {
    await side.type('hypothesis the cache was flushed');
    const before = await side.timeline();
    expect(await side.type('hypothesis The cache was flushed')).toContain('INC-1 has this as S1 already: open');
    expect(await side.type('hypothesis S1')).toContain('What about S1?');
    expect(await side.type('hypothesis S1 refutd it')).toContain('What about S1?');
    expect(await side.type('hypothesis S1 tested')).toContain('What was tried');
    expect(await side.type('hypothesis S9 refuted it')).toContain('INC-1 has no S9');
    expect(await side.type('hypothesis H1 refuted it')).toContain('INC-1 has no H1');
    expect(await side.type(`hypothesis ${'the pool is full '.repeat(40)}`)).toContain('at most 300 characters');
    expect(await side.type('hypothesis S1 tested in 10 minutes we restart')).not.toContain('is tested at');
    expect((await side.timeline()).length).toBeLessThanOrEqual(before.length + 1);
    // A name of a service that looks like one of the board.
    expect(await side.type('hypothesis S3 answers with errors')).toContain('S2 is on the board');
  });
});
