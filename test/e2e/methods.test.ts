/** The methods under a diagnosis, from the menu to what people say: real Bolt over HTTP, a stateful Slack. */
import type { KnownBlock } from '@slack/types';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { noteFingerprint } from '#record/fingerprints.ts';
import { changeIncident, declareIncident } from '#record/incidents.ts';
import { finishInvestigation, openInvestigation } from '#record/investigations.ts';
import { timelineOf } from '#record/timeline.ts';
import { openBot, type TestBot } from '#test/bot.ts';
import { eventually } from '#test/eventually.ts';
import { openHotrodBackends, SLOW_QUERY_TRACE } from '#test/hotrod-backends.ts';
import { openSlackSide, type SlackMessage, type SlackSide, sendToBot } from '#test/slack-side.ts';

let slack: SlackSide;
let bot: TestBot;
let backends: Awaited<ReturnType<typeof openHotrodBackends>>;

beforeAll(async () => {
  backends = await openHotrodBackends();
});
afterAll(() => backends.close());

beforeEach(async () => {
  slack = await openSlackSide();
  bot = await openBot({ slack, ...backends });
});
afterEach(async () => {
  await bot.stop();
  await bot.forget();
  await slack.close();
});

const shown = ({ text, blocks = [] }: SlackMessage) => `${text} ${JSON.stringify(blocks)}`;

async function answered(): Promise<SlackMessage> {
  await sendToBot(bot.url, slack.command(SLOW_QUERY_TRACE.id));
  const find = async () => (await slack.messages()).find((one) => shown(one).includes('trace_methods'));
  const { ts } = await eventually(find);
  // Its detail comes with the last stage.
  await eventually(async () => ((await slack.thread(ts)).length > 0 ? true : undefined));
  return await eventually(find);
}

function inThread(message: SlackMessage, says: string): Promise<SlackMessage> {
  return eventually(async () => (await slack.thread(message.ts)).find((one) => shown(one).includes(says)));
}

function elements({ blocks = [] }: SlackMessage) {
  return blocks.flatMap((block: KnownBlock) => (block.type === 'actions' ? block.elements : []));
}

function optionValue(message: SlackMessage, actionId: string, label: string): string {
  const menu = elements(message).find((element) => 'action_id' in element && element.action_id === actionId);
  const options = menu !== undefined && 'options' in menu ? (menu.options ?? []) : [];
  const value = options.find(({ text }) => text.text.startsWith(label))?.value;
  if (value === undefined) throw new Error(`${actionId} has no ${label}`);
  return value;
}

function blockIdOf({ blocks = [] }: SlackMessage): string {
  return blocks.find(({ type }) => type === 'actions')?.block_id ?? '';
}

test('from the menu into the thread; what people say there is kept and shown', async () => {
  const message = await answered();
  const choose = (label: string) =>
    sendToBot(bot.url, slack.chosen(message, 'trace_methods', 'b', optionValue(message, 'trace_methods', label)));
  await sendToBot(
    bot.url,
    slack.action(message, 'incident_declare', idOf(message), { trigger_id: slack.proxy.trigger() }),
  );
  const form = await slack.proxy.openedForm();
  await sendToBot(bot.url, slack.submission(form, { title: 'Orders are slow', severity: { chosen: 'P1' } }));

  await choose('5 Whys');
  const whys = await inThread(message, 'Answer why');
  const open = elements(whys).find((element) => 'action_id' in element && element.action_id?.startsWith('method_why_'));
  if (open === undefined || !('value' in open)) throw new Error('no why is open');
  const pressed = slack.action(whys, String(open.action_id), String(open.value), { trigger_id: slack.proxy.trigger() });
  await sendToBot(bot.url, pressed);
  await sendToBot(
    bot.url,
    slack.submission(await slack.proxy.openedForm(), { text: 'an index was dropped with the release' }),
  );
  await inThread(message, 'an index was dropped with the release');

  await choose('Fishbone');
  expect(shown(await inThread(message, 'Technology'))).toContain('slack_file');

  await choose('Hypotheses');
  const hypotheses = await inThread(message, 'Confirm or refute');
  const confirm = optionValue(hypotheses, 'method_hypothesis', 'Confirm H1');
  await sendToBot(bot.url, slack.chosen(hypotheses, 'method_hypothesis', blockIdOf(hypotheses), confirm));
  await inThread(message, 'H1 · confirmed');

  await choose('Checklist');
  const checklist = await inThread(message, 'Tick or untick');
  const tick = optionValue(checklist, 'method_check', 'Tick: Update the runbooks');
  await sendToBot(bot.url, slack.chosen(checklist, 'method_check', blockIdOf(checklist), tick));
  await inThread(message, '☑ Update the runbooks');

  const incident = await bot.store.db.selectFrom('incidents').selectAll().executeTakeFirstOrThrow();
  expect(incident.status).toBe('identified');
  const said = (await timelineOf(bot.store, incident.id)).map(({ text }) => text).join('\n');
  expect(said).toMatch(/Why \d: an index was dropped with the release/);
  expect(said).toContain('Done: Update the runbooks');

  const draft = slack.command('whys', { command: '/incident' });
  await sendToBot(bot.url, draft);
  const id = draft.response_url?.slice(draft.response_url.lastIndexOf('/') + 1);
  const { body } = await eventually(() => slack.proxy.responses.find(({ urlId }) => urlId === id));
  expect(JSON.stringify(body)).toContain('an index was dropped with the release');
});

test('an answer tells of the incident that was like it, and what ended that', { tags: ['deep'] }, async () => {
  await answered();
  await pastIncident(await slack.newChannel('elsewhere', false));
  await sendToBot(bot.url, slack.command(SLOW_QUERY_TRACE.id));
  const message = await eventually(async () =>
    (await slack.messages()).find((one) => shown(one).includes('Seen before')),
  );
  expect(shown(message)).toMatch(/INC-1 Rides are slow.*fixed: added the index/s);
  expect(shown(await inThread(message, 'Similar incidents'))).toContain('same kind');
});

test('one press adds the diagnosis to the open incident that is like it, and both threads say so', async () => {
  await answered();
  await pastIncident(await slack.newChannel('elsewhere', false));
  await sendToBot(bot.url, slack.command(SLOW_QUERY_TRACE.id));
  const message = await eventually(async () =>
    (await slack.messages()).find((one) => shown(one).includes('Open now: ')),
  );
  const join = elements(message).find((element) => element.action_id === 'incident_join');
  if (join === undefined || !('value' in join)) throw new Error('there is no button to join');
  const press = () => sendToBot(bot.url, slack.action(message, 'incident_join', String(join.value)));
  await press();
  expect(shown(await inThread(message, 'Joined INC-1'))).toMatch(/Joined INC-1 · \S+ · /);
  await press();
  const told = await eventually(() => slack.proxy.responses.find(({ body }) => String(body.text).includes('already')));
  expect(told.body.text).toBe('This diagnosis is in the timeline of INC-1 already.');
  const entries = await timelineOf(bot.store, 'past-incident');
  expect(entries.filter(({ kind }) => kind === 'diagnosis')).toMatchObject([
    { text: 'mysql: one query holds 300 ms' },
    { text: expect.stringContaining('mysql'), link: expect.stringContaining('http') },
  ]);
  expect(await bot.store.db.selectFrom('incidents').select('number').execute()).toHaveLength(1);
});

test('a diagnosis of a private channel does not enter the timeline of a public incident, and none that of a resolved one', async () => {
  const message = await answered();
  await pastIncident(await slack.newChannel('elsewhere', false));
  const id = idOf(message);
  const channel_id = await slack.newChannel('breach', true);
  await bot.store.db.updateTable('investigations').set({ channel_id }).where('id', '=', id).execute();
  const value = `past-incident:${id}`;
  await sendToBot(bot.url, slack.action(message, 'incident_join', value));
  const told = (says: string) =>
    eventually(() => slack.proxy.responses.find(({ body }) => String(body.text).includes(says)));
  await told('Some readers of INC-1 may not read this channel');
  await bot.store.transaction((tx) =>
    changeIncident(tx, { incidentId: 'past-incident', key: 'r', by: slack.person, status: 'resolved' }),
  );
  await sendToBot(bot.url, slack.action(message, 'incident_join', value));
  await told('INC-1 is resolved');
  const entries = await timelineOf(bot.store, 'past-incident');
  expect(entries.filter(({ kind }) => kind === 'diagnosis')).toHaveLength(1);
});

test('an answer tells nothing of an incident of a private channel: not in the message, the report or the thread', async () => {
  const first = await answered();
  await pastIncident(await slack.newChannel('breach', true));
  await sendToBot(bot.url, slack.command(SLOW_QUERY_TRACE.id));
  await eventually(async () => {
    const answers = (await slack.messages()).filter((one) => idOf(one) !== '');
    return answers.length === 2 ? answers : undefined;
  });
  const kept = await bot.store.db.selectFrom('investigations').select(['report', 'markdown']).execute();
  const said = [...(await slack.messages()), ...(await slack.thread(first.ts))].map(shown);
  expect(said.join('\n') + JSON.stringify(kept)).not.toMatch(/Seen before|Rides are slow|added the index|INC-1/);
});

/** An incident of last week that was like the diagnosis that is there. */
async function pastIncident(channelId: string): Promise<void> {
  const { features } = await bot.store.db.selectFrom('fingerprints').select('features').executeTakeFirstOrThrow();
  await bot.store.transaction(async (tx) => {
    const past = { id: 'past', workspaceId: slack.team, traceId: '', askedBy: slack.person, channelId };
    await openInvestigation(tx, past);
    const report = { diagnosis: { verdict: 'mysql: one query holds 300 ms' } };
    await finishInvestigation(tx, { id: 'past', traceId: 'of last week', report, markdown: '', logs: '' });
    await noteFingerprint(tx, { investigationId: 'past', fingerprint: JSON.parse(features) });
    const { id } = await declareIncident(tx, {
      id: 'past-incident',
      workspaceId: slack.team,
      title: 'Rides are slow',
      severity: 'P1',
      channelId,
      declaredBy: slack.person,
      detectedBy: 'employee',
      detection: '',
      investigationId: 'past',
    });
    await changeIncident(tx, { incidentId: id, key: 'f', by: slack.person, status: 'fixed', text: 'added the index' });
  });
}

function idOf(message: SlackMessage): string {
  const button = elements(message).find(
    (element) => 'action_id' in element && element.action_id === 'incident_declare',
  );
  return button !== undefined && 'value' in button ? String(button.value) : '';
}
