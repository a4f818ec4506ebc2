/** What the menu "More…" and "Add messages" do with an incident: real Bolt over HTTP, a stateful Slack. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { timelineOf } from '#record/timeline.ts';
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
  side = await openIncidents(backends);
  await side.type('declare P1 Checkout is slow');
});
afterEach(() => side.close());

/** Somebody chooses this in "More…". Returns where the answer goes. */
async function choose(what: string, number = 1): Promise<string> {
  const { slack } = side;
  const message = await side.overview(`INC-${number}`);
  const block = `incident:${(await side.incident(number)).id}:x`;
  const body = { ...slack.chosen(message, 'incident_more', block, what), trigger_id: slack.proxy.trigger() };
  expect((await sendToBot(side.url(), body)).status).toBe(200);
  return body.response_url;
}

async function openMessages(more: Readonly<Record<string, unknown>> = {}) {
  const { slack } = side;
  const { id } = await side.incident();
  const message = { ts: '1.1', text: '' } as SlackMessage;
  const body = { ...slack.action(message, 'incident_messages', id, more), trigger_id: slack.proxy.trigger() };
  expect((await sendToBot(side.url(), body)).status).toBe(200);
  return body.response_url;
}

type Field = Readonly<{
  element: Readonly<{ options: readonly Readonly<{ value: string; text: { text: string } }>[] }>;
}>;

const optionsIn = ({ blocks }: Readonly<{ blocks: readonly unknown[] }>) =>
  (blocks as readonly Field[]).map(({ element }) => element.options);

const said = async () => {
  const entries = await timelineOf(side.store(), (await side.incident()).id);
  return entries.filter(({ kind }) => kind === 'message');
};

describe('the menu', () => {
  test('stands under the overview', async () => {
    expect(shownIn(await side.overview('INC-1'))).toContain('"action_id":"incident_more"');
  });

  test('renames by a form', async () => {
    await choose('rename');
    await side.slack.proxy.openedForm();
    expect(await side.submit({ title: '' })).toContain('Say what is wrong.');
    expect(await side.submit({ title: 'Nobody can pay' })).toBe('');
    expect((await side.incident()).title).toBe('Nobody can pay');
  });

  test.each([
    ['impact-start', 'impactStartUs'],
    ['detected', undefined],
  ] as const)('enters a milestone by a form: %s', async (what, field) => {
    await choose(what);
    await side.slack.proxy.openedForm();
    expect(await side.submit({ when: '14:10' })).toBe('');
    if (field !== undefined) expect((await side.incident())[field]).toBeDefined();
    expect((await side.timeline()).join()).toMatch(/impact|detected/i);
  });

  test('merges by a form, and says why it cannot', async () => {
    await side.type('declare P2 Logins fail');
    await choose('merge');
    await side.slack.proxy.openedForm();
    expect(await side.submit({ other: 'the other' })).toContain('Write the name of one incident');
    expect(await side.submit({ other: 'INC-9' })).toContain('There is no INC-9');
    expect(await side.submit({ other: 'INC-1' })).toContain('cannot be merged into itself');
    expect(await side.submit({ other: 'INC-2' })).toBe('');
    expect((await side.incident(2)).status).toBe('merged');
  });

  test('splits off what was merged, by a form, and says why it cannot', async () => {
    await side.type('declare P2 Logins fail');
    await side.type('declare P2 Checkout fails');
    await choose('merge');
    await side.slack.proxy.openedForm();
    expect(await side.submit({ other: 'INC-2' })).toBe('');
    await choose('split');
    await side.soon(() => (side.slack.proxy.callsOf('views.open').length === 2 ? true : undefined));
    expect(await side.submit({ other: 'both' })).toContain('Write the name of one incident');
    expect(await side.submit({ other: 'INC-3' })).toContain('INC-3');
    expect(await side.submit({ other: 'INC-2', text: 'another cause' })).toBe('');
    expect((await side.incident(2)).status).toBe('investigating');
    expect((await side.timeline(2)).join()).toContain('another cause');
  });

  test('shows the numbers and the review, to the person alone', async () => {
    expect(await side.answerTo(await choose('stats'))).toMatch(/1 incident/);
    expect(await side.answerTo(await choose('review'))).toMatch(/1 incident/);
  });

  test('opens a channel, lists what is open and shows the commands', async () => {
    expect(await side.answerTo(await choose('list'))).toContain('INC-1 P1 Checkout is slow');
    expect(await side.answerTo(await choose('help'))).toContain('keeps the record of an incident');
    expect(await side.answerTo(await choose('changes'))).toContain('I know of no change');
    expect(await side.answerTo(await choose('on-call'))).toContain('Nobody is on call here yet.');
    await choose('channel');
    await side.soon(async () => (await side.timeline()).find((entry) => entry.includes('A channel of its own')));
  });
});

describe('several messages at once', () => {
  test('of the thread go into the timeline, each with its own time and author, none twice', async () => {
    const { slack } = side;
    const { ts: thread_ts } = await side.overview('INC-1');
    await side.type('note typed by a person'); // the bot’s own line in the thread
    const posted: SlackMessage[] = [];
    for (let at = 0; at < 12; at += 1) posted.push(await slack.post(`message ${at}`, { thread_ts }));
    await openMessages();
    const options = optionsIn((await slack.proxy.openedForm()) as never);
    expect(options.map((field) => field.length)).toEqual([10, 2]);
    expect(options.flat().map(({ text }) => text.text)).toEqual(posted.map(({ text }) => text));
    const chosen = [options[0]?.[3]?.value, options[1]?.[1]?.value].map(String);
    expect(await side.submit({ messages_1: { several: [] }, messages_2: { several: [] } })).toContain('at least one');
    const filledIn = { messages_1: { several: chosen.slice(0, 1) }, messages_2: { several: chosen.slice(1) } };
    expect(await side.submit(filledIn)).toBe('');
    expect((await said()).map(({ text }) => text)).toEqual(['message 3', 'message 11']);
    expect((await said()).map(({ atUs }) => atUs)).toEqual(
      [posted[3], posted[11]].map((message) => Math.round(Number(message?.ts) * 1e6)),
    );
    // The same form again adds nothing, and a new one offers the others alone.
    expect(await side.submit(filledIn)).toContain('has these messages already');
    await choose('messages');
    await side.soon(() => (slack.proxy.callsOf('views.open').length === 2 ? true : undefined));
    expect(optionsIn((await slack.proxy.openedForm()) as never).flat()).toHaveLength(10);
  });

  test('come from the thread in which the button stands, too', async () => {
    const root = await side.slack.post('is it the pool?');
    await side.slack.post('it is', { thread_ts: root.ts });
    const { channel } = side.slack;
    const container = { type: 'message', message_ts: '1.1', channel_id: channel, thread_ts: root.ts };
    await openMessages({ container });
    const options = optionsIn((await side.slack.proxy.openedForm()) as never).flat();
    expect(options.map(({ text }) => text.text)).toEqual(['is it the pool?', 'it is']);
    expect(await side.submit({ messages_1: { several: options.map(({ value }) => value) } })).toBe('');
    expect((await said()).map(({ text }) => text)).toEqual(['is it the pool?', 'it is']);
  });

  test('without any, the person is told', async () => {
    expect(await side.answerTo(await openMessages())).toContain('I find no message in the threads of this incident');
  });
});
