/** An incident from declaration to resolution: real Bolt over HTTP, a stateful Slack, a clock that the test steps. */
import type { KnownBlock } from '@slack/types';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { DEFAULTS } from '#config/defaults.ts';
import { incidentMetrics } from '#model/incident/incident.ts';
import { blockProblems } from '#present/slack/block-limits.ts';
import { actionItemsOf } from '#record/action-items.ts';
import { noteChanges } from '#record/changes.ts';
import { auditEntries } from '#record/find-audit.ts';
import { findIncident, openIncidents } from '#record/find-incidents.ts';
import { timelineOf } from '#record/timeline.ts';
import { openBot, type TestBot } from '#test/bot.ts';
import { type BotAtWork, followBot } from '#test/bot-at-work.ts';
import { openHotrodBackends, SLOW_QUERY_TRACE } from '#test/hotrod-backends.ts';
import { openSlackSide, type SlackMessage, type SlackSide, sendToBot } from '#test/slack-side.ts';
import { type SteppedClock, steppedClock } from '#test/stepped-clock.ts';
import { waitSoon } from '#test/wait-soon.ts';

const MINUTE_MS = 60_000;
/** Of the bot's time, while a test waits for Slack: enough for the outbox's pace, too little for anything to fall due. */
const TURN_MS = 100;

let slack: SlackSide;
let bot: TestBot;
let work: BotAtWork;
let clock: SteppedClock;
let backends: Awaited<ReturnType<typeof openHotrodBackends>>;

beforeAll(async () => {
  backends = await openHotrodBackends();
});
afterAll(() => backends.close());

beforeEach(async () => {
  slack = await openSlackSide();
  work = followBot();
  slack.proxy.timeZone(slack.person, 'UTC');
  clock = steppedClock(); // Tuesday, 14:30 UTC
  bot = await openBot({ slack, ...backends, clock });
});
afterEach(async () => {
  await bot.stop();
  work[Symbol.dispose]();
  await bot.forget();
  await slack.close();
});

/** Looks until it is so, while the bot's time goes on. */
function soon<T>(look: () => Promise<T | undefined> | T | undefined): Promise<T> {
  return waitSoon({ clock, work, turnMs: TURN_MS }, look);
}

async function restart(): Promise<void> {
  await bot.stop();
  bot = await openBot({ slack, ...backends, clock, dataFolder: bot.dataFolder });
}

async function type(text: string, more: Readonly<Record<string, string>> = {}): Promise<string> {
  const command = slack.command(text, { command: '/incident', ...more });
  const { status, body } = await sendToBot(bot.url, command);
  expect(status).toBe(200);
  return body === '' ? await answerTo(command.response_url) : body;
}

/** What the one who asked reads, where they asked. */
async function answerTo(responseUrl = ''): Promise<string> {
  const id = responseUrl.slice(responseUrl.lastIndexOf('/') + 1);
  const { body } = await soon(() => slack.proxy.responses.find(({ urlId }) => urlId === id));
  expect(body.response_type).toBe('ephemeral');
  expect(blockProblems((body.blocks as unknown[]) ?? [])).toEqual([]);
  return `${body.text} ${JSON.stringify(body.blocks ?? '')}`;
}

function overview(says: (shown: string) => boolean = () => true): Promise<SlackMessage> {
  return soon(async () => (await everywhere()).find((message) => isOverview(message) && says(shownIn(message))));
}

async function everywhere(): Promise<readonly SlackMessage[]> {
  const roots = await slack.messages();
  const threads = await Promise.all(roots.map(({ ts }) => slack.thread(ts)));
  return [...roots, ...threads.flat()];
}

function isOverview({ blocks = [] }: SlackMessage): boolean {
  return blocks.some(({ type }) => type === 'header');
}

function shownIn({ text, blocks = [] }: SlackMessage): string {
  return `${text} ${JSON.stringify(blocks)}`;
}

async function incidentNow(number = 1) {
  const incident = await findIncident(bot.store, { workspaceId: slack.team, number });
  if (incident === undefined) throw new Error(`there is no INC-${number}`);
  return incident;
}

async function timeline(number = 1) {
  const entries = await timelineOf(bot.store, (await incidentNow(number)).id);
  return entries.map(({ atUs, kind, text, source }) => `${timeOf(atUs)} ${kind} ${text} · ${source}`);
}

function timeOf(us: number): string {
  return new Date(us / 1_000).toISOString().slice(11, 16);
}

function blockIdOf({ blocks = [] }: SlackMessage): string {
  return blocks.find(({ type }) => type === 'actions')?.block_id ?? '';
}

async function declared(text = 'declare P1 Checkout is slow'): Promise<SlackMessage> {
  await type(text);
  return await overview();
}

const pins = async () => ((await slack.call('pins.list', { channel: slack.channel })).items ?? []) as object[];

describe('/incident declare', () => {
  test('keeps the incident, shows it in one pinned message, and tells the one who declared it', async () => {
    const answer = await type('declare P1 Checkout is slow');
    expect(answer).toContain('INC-1 is declared as P1');
    const message = await overview();
    expect(message.text).toBe('INC-1 P1 Checkout is slow: investigating. Incident commander: nobody yet');
    expect(shownIn(message)).toContain('next update');
    expect(blockProblems(message.blocks ?? [])).toEqual([]);
    await soon(async () => ((await pins()).length === 1 ? true : undefined));
    expect(await incidentNow()).toMatchObject({ severity: 'P1', status: 'investigating', detectedBy: 'employee' });
    expect(await timeline()).toEqual([`14:30 status Declared P1, investigating · ${slack.person}`]);
  });

  test('delivered twice declares one incident', async () => {
    const command = slack.command('declare Checkout is slow', { command: '/incident' });
    await Promise.all([sendToBot(bot.url, command), sendToBot(bot.url, command)]);
    await overview();
    await sendToBot(bot.url, command);
    await restart();
    await overview();
    expect(await openIncidents(bot.store, { workspaceId: slack.team })).toHaveLength(1);
    expect((await everywhere()).filter(isOverview)).toHaveLength(1);
  });

  test('shows a title that tries to ping, link and format as it was written', async () => {
    await type('declare P2 &lt;!channel&gt; *down* <https://evil.example|click>');
    const message = await overview();
    expect(message.text).toContain('&lt;!channel&gt; *down*');
    expect(message.text).not.toContain('<');
  });

  test('without the right to pin says so in the overview and goes on', { tags: ['deep'] }, async () => {
    slack.proxy.missScope('pins.add', 'pins:write');
    await type('declare P1 Checkout is slow');
    const message = await overview((shown) => shown.includes('pins:write'));
    expect(message.text).toContain('INC-1');
  });

  test('where the bot was not invited is kept, says how to invite it, and is shown once that is done', async () => {
    slack.proxy.notInChannel(slack.channel);
    const command = slack.command('declare P1 Checkout is slow', { command: '/incident' });
    await sendToBot(bot.url, command);
    await soon(() => slack.proxy.responses.find(({ body }) => String(body.text).includes('/invite @spanhound')));
    slack.proxy.invited(slack.channel);
    await type('note still here');
    await overview((shown) => shown.includes('still here'));
    await soon(async () => ((await pins()).length === 1 ? true : undefined));
  });

  const opensForm = async (text: string) => {
    const trigger = slack.proxy.trigger();
    const { body } = await sendToBot(bot.url, slack.command(text, { command: '/incident', trigger_id: trigger }));
    expect(body).toBe('');
    const form = await slack.proxy.openedForm();
    expect(form.callback_id).toBe('incident_declare_form');
    return JSON.stringify(form.blocks);
  };

  test('without a title opens a form', { tags: ['deep'] }, async () => {
    expect(await opensForm('declare')).toMatch(/"initial_option":{[^}]*"text":{[^}]*"P2 /);
  });

  test('with nothing but a severity opens the form with it', async () => {
    expect(await opensForm('declare P0')).toMatch(/"initial_option":{[^}]*"text":{[^}]*"P0 /);
    await submit({ title: 'Checkout is down', severity: { chosen: 'P0' } });
    expect(await incidentNow()).toMatchObject({ severity: 'P0', title: 'Checkout is down' });
  });

  test('with a title that is too long opens the form with its beginning', { tags: ['deep'] }, async () => {
    const form = await opensForm(`declare P1 ${'checkout is slow '.repeat(2_500)}`);
    expect(form).toContain('"initial_value":"checkout is slow checkout');
    expect(form).toMatch(/"initial_option":{[^}]*"text":{[^}]*"P1 /);
  });

  test('with a severity that there is not says which there are, what was typed, and declares nothing', async () => {
    const answer = await type('declare P9 Checkout is slow &lt;!channel&gt;');
    expect(answer).toContain(
      'There is no severity P9. Severities are P0 (everybody is affected, or data is at risk), P1 (',
    );
    expect(answer).toContain(
      'Nothing was changed. You typed: `/incident declare P9 Checkout is slow &lt;!channel&gt;`',
    );
    expect(await openIncidents(bot.store, { workspaceId: slack.team })).toEqual([]);
  });

  test('twice with one title is one incident, whoever was second', async () => {
    slack.proxy.person('U00000KIM1');
    const command = (userId: string, text: string) =>
      slack.command(text, { command: '/incident', user_id: userId, user_name: 'kim' });
    const [first, second] = [
      command(slack.person, 'declare P1 Checkout is slow'),
      command('U00000KIM1', 'declare P0 checkout  is slow'),
    ];
    await Promise.all([sendToBot(bot.url, first), sendToBot(bot.url, second)]);
    const answers = [await answerTo(first.response_url), await answerTo(second.response_url)].toSorted();
    expect(answers[0]).toContain('INC-1 is declared as P');
    expect(answers[1]).toContain('INC-1 is open here with this title');
    expect(await openIncidents(bot.store, { workspaceId: slack.team })).toHaveLength(1);
    await type('INC-1 resolve');
    expect(await type('declare P1 Checkout is slow')).toContain('INC-2 is declared');
  });
});

describe('the other commands', () => {
  beforeEach(async () => {
    await declared();
  });

  test('each change is in the timeline, in the thread and in the overview', async () => {
    expect(await type('note restarted the pool')).toContain('Noted in INC-1');
    expect(await type('role commander')).toContain('You are incident commander of INC-1 now');
    expect(await type(`role technical <@${slack.person}|admin>`)).toContain('technical lead');
    expect(await type('severity P0')).toContain('P1 → P0');
    expect(await type('status identified missing index')).toContain('INC-1: identified');
    const shown = await overview((text) => text.includes('missing index'));
    expect(shown.text).toMatch(/INC-1 P0 Checkout is slow: identified\. Incident commander: \w+/);
    expect(shown.text).not.toContain('nobody yet');

    expect((await timeline()).map((entry) => entry.replace(/ · .*/, ''))).toEqual([
      '14:30 status Declared P1, investigating',
      '14:30 note restarted the pool',
      `14:30 role Incident commander: nobody → ${slack.person}`,
      `14:30 role Technical lead: nobody → ${slack.person}`,
      '14:30 severity P1 → P0',
      '14:30 status investigating → identified: missing index',
    ]);
    const said = await soon(async () => {
      const lines = (await slack.thread(shown.ts)).map(({ text }) => text);
      return lines.length === 5 ? lines : undefined;
    });
    expect(said.join('\n')).not.toContain('<@');
    expect(await slack.messages()).toHaveLength(1);
  });

  test('changes lists what changed in the incident and the day before it', async () => {
    expect(await type('changes')).toContain('INC-1: I know of no change');
    const change = {
      kind: 'deploy',
      service: '',
      id: '4f2a',
      text: 'new limits',
      url: '',
      files: [],
      diff: '',
    } as const;
    await bot.store.transaction((tx) => noteChanges(tx, [{ ...change, atUs: tx.nowUs - 60_000_000 }]));
    expect(await type('INC-1 changes')).toMatch(/What changed: INC-1.*new limits/);
    expect(await type('changes in checkout')).toContain('`/incident changes` alone lists');
  });

  test('resolve ends it, says when, and a note afterwards still finds it by name', async () => {
    expect(await type('resolve all checks are green')).toContain('INC-1: resolved');
    await overview((shown) => shown.includes('no more updates'));
    expect(await incidentNow()).toMatchObject({ status: 'resolved', resolvedUs: expect.any(Number) });
    expect(await type('note too late')).toContain('No incident is open in this channel');
    expect(await type('INC-1 note found later')).toContain('Noted in INC-1');
  });

  test('reopen opens the incident that was resolved last, keeps the reason, and reminds people again', async () => {
    expect(await type('reopen')).toContain('No incident of this channel is resolved');
    expect(await type('INC-1 reopen')).toContain('INC-1 is open: investigating. Nothing was changed.');
    await type('resolve all checks are green');
    expect(await type('reopen logins fail again')).toContain('INC-1: investigating');
    expect(await incidentNow()).toMatchObject({ status: 'investigating', resolvedUs: undefined });
    expect((await timeline()).at(-1)).toContain('resolved → investigating: logins fail again');
    await overview((shown) => shown.includes('next update') && shown.includes('incident_resolve'));
    await type('resolve');
    await type('INC-1 reopen');
    expect((await incidentNow()).status).toBe('investigating');
  });

  test('rename changes the title everywhere, and the timeline keeps the old one', { tags: ['deep'] }, async () => {
    expect(await type('rename Logins fail in EU')).toContain('INC-1 has a new title');
    expect((await overview((shown) => shown.includes('Logins fail in EU'))).text).toContain('INC-1 P1 Logins fail');
    expect((await timeline()).at(-1)).toContain('update Title: Checkout is slow → Logins fail in EU');
    expect(await type('rename Logins fail in EU')).toContain('has this title already');
    expect(await type('rename')).toContain('What is the new title?');
    expect(await type(`rename ${'x'.repeat(151)}`)).toContain('at most 150 characters');
    expect((await incidentNow()).title).toBe('Logins fail in EU');
  });

  test('a severity keeps its reason, and an update is one', async () => {
    expect(await type('severity P0 because nobody can pay')).toContain('P1 → P0');
    expect(await type('update half of the pods are back')).toContain('Noted in INC-1');
    expect(await type('severity P1 at 14:20')).toContain('The severity changes now');
    expect((await timeline()).slice(1)).toEqual([
      `14:30 severity P1 → P0: nobody can pay · ${slack.person}`,
      `14:30 update half of the pods are back · ${slack.person}`,
    ]);
    expect((await incidentNow()).severity).toBe('P0');
  });

  test('alone shows what is open here, with buttons, then what is open elsewhere', async () => {
    const other = await slack.call('conversations.create', { name: 'payments' });
    const elsewhere = { channel_id: (other.channel as { id: string }).id };
    await type('declare P0 Payments are down', elsewhere);
    const here = await type('');
    expect(here).toContain('Open in this channel: INC-1 P1 Checkout is slow, investigating');
    expect(here).toMatch(/Open in this channel.*"incident_note".*Open elsewhere.*Payments are down/);
    expect(here).not.toMatch(/Payments are down.*"incident_note"/);
    await type('resolve');
    expect(await type('list')).toMatch(/No incident is open in this channel.*Payments are down/);
    await type('INC-2 resolve', elsewhere);
    expect(await type('')).toMatch(/No incident is open in this channel.*incident declare P1/);
  });

  test('an entry of people is corrected or withdrawn from the timeline, and the record keeps its first version', async () => {
    await type('note restarted the wrong pool');
    expect(await type('severity P0')).toContain('P0');
    const { id } = await incidentNow();
    const note = (await timelineOf(bot.store, id)).find(({ kind }) => kind === 'note');
    const shown = await type('edit');
    expect(shown).toContain('"Correct an entry"');
    // The note and the two milestones that people enter; then the buttons that add messages and show the picture.
    const values = [note?.id, 'impact-start', 'detected', id, id].map((value) => `"value":"${value}"`);
    expect(shown.match(/"value":"[^"]+"/g)).toEqual(values);

    const message = await overview();
    const choose = async (entryId = '', more = {}) => {
      const body = slack.chosen(message, 'incident_correct', `incident:${id}:correct`, entryId);
      await sendToBot(bot.url, { ...body, ...more });
      return body.response_url;
    };
    const open = (entryId = '') => choose(entryId, { trigger_id: slack.proxy.trigger() });
    await open(note?.id);
    const form = await slack.proxy.openedForm();
    expect(JSON.stringify(form.blocks)).toMatch(
      /"initial_value":"restarted the wrong pool".*If empty: still 2026-01-06 14:30/,
    );
    expect(JSON.parse((await submit({ text: 'restarted the wrong pool' })).body).errors.text).toContain(
      'says this already',
    );
    await submit({ text: 'restarted the right pool', when: '14:20', why: 'mixed up two names' });
    const why = (await timelineOf(bot.store, id)).find(({ value }) => value === `corrected=${note?.id}`);
    expect(why).toMatchObject({ kind: 'note', text: 'mixed up two names', source: slack.person });
    expect((await timeline())[0]).toBe(`14:20 note restarted the right pool · ${slack.person}`);

    const severity = (await timelineOf(bot.store, id)).find(({ kind }) => kind === 'severity');
    expect(await answerTo(await choose(severity?.id))).toContain('or a system recorded it');

    await open(note?.id);
    await submit({ text: 'restarted the right pool', withdraw: { chosen: 'withdraw' } });
    expect((await timeline()).filter((entry) => entry.includes(' restarted '))).toEqual([]);
    expect(await answerTo(await choose(note?.id))).toContain('no longer in the timeline');
  });

  test('each milestone is set right in the form of the timeline, and the numbers and the overview follow', async () => {
    await type('status identified at 14:10 the queue is full');
    await type('status fixed at 14:20 restarted it');
    await type('resolve at 14:25');
    const { id } = await incidentNow();
    const message = await overview();
    const choose = async (entryId = '') => {
      const trigger = { trigger_id: slack.proxy.trigger() };
      await sendToBot(bot.url, {
        ...slack.chosen(message, 'incident_correct', `incident:${id}:correct`, entryId),
        ...trigger,
      });
      return JSON.stringify((await slack.proxy.openedForm()).blocks);
    };
    const stepId = async (status: string) =>
      (await timelineOf(bot.store, id)).find(({ kind, value }) => kind === 'status' && value === status)?.id ?? '';
    const refusal = async (values: Parameters<typeof submit>[0]) =>
      (JSON.parse((await submit(values)).body) as { errors: Readonly<Record<string, string>> }).errors;
    const stats = async () => incidentMetrics(await incidentNow(), await timelineOf(bot.store, id));

    const menu = await type('INC-1 edit');
    for (const text of ['investigating → identified: the queue', 'Enter when the impact began', 'when it was detected'])
      expect(menu).toContain(text);
    expect(menu).not.toMatch(/"text":"2026-01-06 14:30:00 UTC Declared/);

    expect(await choose('impact-start')).toContain('Nobody has entered it yet.');
    expect(await refusal({ when: 'noon' })).toHaveProperty('when');
    expect(await refusal({ when: '' })).toMatchObject({ when: expect.stringContaining('Write when the impact began') });
    await submit({ when: '14:00' });
    expect(await choose('detected')).toContain('Now: 2026-01-06 14:30:00.');
    await submit({ when: '14:05' });
    expect(await stats()).toEqual({
      detectionMinutes: 5,
      confirmationMinutes: 5,
      repairMinutes: 15,
      durationMinutes: 25,
    });

    const form = await choose(await stepId('fixed'));
    expect(form).toMatch(/When the status became fixed.*"initial_value":"restarted it"/);
    expect(form).not.toContain('withdraw');
    expect(await refusal({ when: '14:08', text: 'restarted it' })).toMatchObject({
      when: expect.stringContaining('INC-1 was identified between these two times'),
    });
    expect(await refusal({ when: '', text: 'restarted it' })).toMatchObject({
      when: expect.stringContaining('already'),
    });
    await submit({ when: '14:15', text: 'restarted the consumer' });
    await choose(await stepId('resolved'));
    await submit({ when: '14:28', text: '' });
    expect(await stats()).toMatchObject({ repairMinutes: 10, durationMinutes: 28 });
    expect(await timeline()).toEqual([
      `14:00 note Impact began · ${slack.person}`,
      `14:05 note Detected · ${slack.person}`,
      `14:10 status investigating → identified: the queue is full · ${slack.person}`,
      `14:15 status identified → fixed: restarted the consumer · ${slack.person}`,
      `14:28 status fixed → resolved · ${slack.person}`,
      `14:30 status Declared P1, investigating · ${slack.person}`,
    ]);
    await overview((shown) => /resolved.*after 28 min/.test(shown));

    await choose(await stepId('fixed'));
    await submit({ when: '', text: '' });
    expect((await timeline())[3]).toBe(`14:15 status identified → fixed · ${slack.person}`);
    expect(await type('INC-1 detected at 14:02')).toContain('INC-1: it was detected at <!date^');
    expect(await type('INC-1 detected at 14:02')).toContain('INC-1 already says this');
    expect(await type('INC-1 detected at 14:29')).toContain('INC-1 was resolved before that time');
    expect(await stats()).toMatchObject({ detectionMinutes: 2 });
  });

  test('help, and what is not understood, is answered to the one who typed it', async () => {
    expect(await type('help')).toContain('/incident declare');
    const unknown = await type('explode');
    expect(unknown).toContain('I do not know `/incident explode`. I know declare, list, stats, review, note');
    expect(unknown).not.toContain('\n');
    expect(await type('severity P9')).toContain('There is no severity P9');
    expect(await timeline()).toHaveLength(1);
  });

  test('a value that there is not is refused, with what there is, and changes nothing', async () => {
    const before = await incidentNow();
    expect(await type('severity P9')).toContain('There is no severity P9. Severities are P0');
    expect(await type('status done')).toContain('There are investigating, identified, mitigated, fixed, resolved');
    expect(await type('role boss')).toContain('There is no role `boss`');
    expect(await type('INC-9 severity P0')).toContain('There is no INC-9');
    expect(await type('note')).toContain('What is the note?');
    expect(await type('status')).toContain('Which status?');
    expect(await incidentNow()).toEqual(before);
    expect(await timeline()).toHaveLength(1);
  });

  test('a text of 40 KB is kept as far as a timeline goes, and the answer says so', { tags: ['deep'] }, async () => {
    const long = 'the pool is full '.repeat(2_500);
    expect(await type(`note ${long}`)).toContain('only its first 2,000 characters were kept');
    expect(await type(`status identified ${long}`)).toContain('only its first 2,000 characters were kept');
    for (const kept of await timelineOf(bot.store, (await incidentNow()).id))
      expect(kept.text.length).toBeLessThan(2_100);
    for (const verb of ['severity', 'role', 'status', 'impact', 'detected', 'declare P9', 'action', 'at'])
      expect((await type(`${verb} ${'9'.repeat(40_000)}`)).length, verb).toBeLessThan(6_000);
  });

  test('what is said of its time is understood, said back and never taken for now', async () => {
    slack.proxy.timeZone(slack.person, 'Europe/Berlin');
    await restart(); // where somebody lives is remembered for an hour
    const saidBack = (utc: string) => `Noted in INC-1 at <!date^${Date.parse(utc) / 1_000}^`;
    expect(await type('note yesterday at 10:00 restarted')).toContain(saidBack('2026-01-05T09:00Z'));
    expect(await type('note 15:10 restarted')).toContain(saidBack('2026-01-06T14:10Z'));
    expect(await type('note 20 min ago restarted')).toContain(saidBack('2026-01-06T14:10Z'));
    expect(await type('note 11:30pm restarted')).toMatch(/> \(yesterday\)\./);
    expect(await type('note restarted the pool at 10:00')).toContain('Noted in INC-1 as of now');
    expect(await type('note last night restarted')).toContain('Nothing was changed');
    expect(await type('note 15:45 restarted')).toContain('is in the future');
    expect((await timeline()).filter((entry) => entry.includes(' note '))).toHaveLength(5);
    expect(await type('impact yesterday 10:00')).toContain('the impact began at <!date^');
    expect(await type('status fixed 10 min ago all is well')).toContain('INC-1: fixed at <!date^');
  });

  test('an action item is kept with its day; one that is due in the past is refused', async () => {
    expect(await type(`action add an index <@${slack.person}|admin> due next Friday`)).toContain(
      'due Friday, 2026-01-09',
    );
    expect(await type('action add an alert due today')).toContain('due Tuesday, 2026-01-06');
    expect(await type('action add a test due 2020-01-01')).toContain('2020-01-01 has passed: today is 2026-01-06');
    expect(await type('action add a test due soon')).toContain('I cannot read the day soon');
    const items = await actionItemsOf(bot.store, (await incidentNow()).id);
    expect(items.map(({ text, owner, due }) => [text, owner, due])).toEqual([
      ['add an index', slack.person, '2026-01-09'],
      ['add an alert', slack.person, '2026-01-06'],
    ]);
  });

  test('an action item is done or dropped by its name or by a button, with a reason, and may be opened again', async () => {
    await type('action add an index due 2026-02-01');
    await type('action add an alert due 2026-01-20');
    expect(await type('action check A2 rule')).toContain('Write the name of the rule');
    expect(await type('action check A2 rule OrdersSlow')).toContain(
      'A2 of INC-1 has a check: the alert rule “OrdersSlow”',
    );
    expect(await type('actions')).toContain('Check: the alert rule “OrdersSlow” exists and is active');
    expect(await type('action check A2 none')).toContain('has no check');
    expect(await type('actions')).not.toContain('OrdersSlow');
    expect(await type('action done A1 the query takes 4 ms')).toContain('A1 of INC-1 is done.');
    expect(await type('action done A1')).toContain('A1 is done already. Nothing was changed.');
    expect(await type('action drop A2')).toContain('Why is it dropped?');
    expect(await type('action done A3')).toContain('INC-1 does not have A3. It has A1 to A2');
    const shown = await type('actions');
    expect(shown).toMatch(/INC-1: 1 of 2 action items open.*add an alert.*add an index.*the query takes 4 ms/);

    const [first, second] = await actionItemsOf(bot.store, (await incidentNow()).id);
    const message = await overview();
    const value = (item = first) => `${item?.incidentId}:${item?.id}`;
    const press = (actionId: string, item = first, more = {}) =>
      sendToBot(bot.url, slack.action(message, actionId, value(item), more));
    await press('action_item_drop', second, { trigger_id: slack.proxy.trigger() });
    expect(JSON.parse((await submit({ reason: '' })).body).errors.reason).toContain('Why is it dropped?');
    await submit({ reason: 'the service is gone' });
    await press('action_item_open');
    const states = async () => {
      const items = await actionItemsOf(bot.store, (await incidentNow()).id);
      return items.map(({ state, reason }) => `${state} ${reason}`.trim()).join(', ');
    };
    expect(await soon(async () => ((await states()).startsWith('open') ? await states() : undefined))).toBe(
      'open, dropped the service is gone',
    );
  });

  test('delivered twice changes once', { tags: ['deep'] }, async () => {
    const command = slack.command('note once', { command: '/incident' });
    await Promise.all([sendToBot(bot.url, command), sendToBot(bot.url, command)]);
    await answerTo(command.response_url);
    await sendToBot(bot.url, command);
    expect(await timeline()).toHaveLength(2);
    const shown = await overview((text) => text.includes('once'));
    await soon(async () => ((await slack.thread(shown.ts)).length > 0 ? true : undefined));
    await restart(); // sends what waits
    expect(await slack.thread(shown.ts)).toHaveLength(1);
  });

  test('a time is read on the clock of the one who wrote it, and both times are kept', async () => {
    slack.proxy.timeZone(slack.person, 'Europe/Berlin');
    await restart(); // where somebody lives is remembered for an hour
    await clock.tick(20 * MINUTE_MS);
    const answer = await type('note at 15:35 restarted the pool');
    expect(answer).toContain(`<!date^${Date.UTC(2026, 0, 6, 14, 35) / 1_000}^`);
    const entries = await timelineOf(bot.store, (await incidentNow()).id);
    const note = entries.find(({ kind }) => kind === 'note');
    expect([timeOf(note?.atUs ?? 0), timeOf(note?.notedUs ?? 0)]).toEqual(['14:35', '14:50']);
    expect(await type('timeline')).toContain('noted');
  });

  test('a time that has not come is refused, and one in an unknown zone is asked about', {
    tags: ['deep'],
  }, async () => {
    expect(await type('status fixed at 14:50')).toContain('is in the future');
    await restart(); // where somebody lives is remembered for an hour
    slack.proxy.timeZone(slack.person, '');
    expect(await type('status fixed at 14:25')).toContain('Slack does not tell me your time zone');
    await type('status fixed at 14:25 UTC');
    expect((await incidentNow()).status).toBe('fixed');
  });

  test('a status with an earlier time stands at that time in the timeline and keeps the current status', {
    tags: ['deep'],
  }, async () => {
    await clock.tick(20 * MINUTE_MS);
    await type('status fixed at 14:45');
    expect(await type('status identified at 14:33')).toContain('It stays fixed');
    expect((await incidentNow()).status).toBe('fixed');
    const statuses = (await timeline()).filter((entry) => entry.includes(' status '));
    expect(statuses.map((entry) => entry.slice(0, 12))).toEqual(['14:30 status', '14:33 status', '14:45 status']);
  });

  test('who takes a role that somebody has is told who has it; naming a person hands it over', async () => {
    slack.proxy.person('U00000KIM1');
    await Promise.all([type('role commander'), type('role commander', { user_id: 'U00000KIM1', user_name: 'kim' })]);
    const first = (await incidentNow()).roles.commander ?? '';
    const second = first === slack.person ? 'U00000KIM1' : slack.person;
    const told = slack.proxy.responses
      .map(({ body }) => String(body.text))
      .filter((text) => text.includes('commander'));
    expect(told.toSorted()).toEqual([
      expect.stringContaining(`<@${first}> is incident commander of INC-1.`),
      expect.stringContaining('You are incident commander of INC-1 now'),
    ]);
    await type(`role commander <@${second}|second>`);
    expect((await incidentNow()).roles.commander).toBe(second);
  });

  test('with several open, INC-n as the first word says which', async () => {
    await type('declare P3 Search is stale');
    const asked = await type('note which one');
    expect(asked).toContain('2 incidents are open in this channel: INC-1, INC-2');
    expect(await type('INC-2 note this one')).toContain('Noted in INC-2');
    expect(await type('INC-7 note no such one')).toContain('There is no INC-7');
  });

  test('when the impact began can be said and corrected', { tags: ['deep'] }, async () => {
    await type('impact at 14:20');
    await type('impact at 14:22');
    expect(timeOf((await incidentNow()).impactStartUs ?? 0)).toBe('14:22');
    expect(await type('impact at 14:22 as the graph shows')).toContain('the impact began at');
    expect((await timeline())[0]).toContain('14:22 note Impact began: as the graph shows');
  });

  test('a long timeline is folded by phase, a button shows all of it in pages, and another folds it again', async () => {
    for (let n = 1; n <= 20; n++) await type(`note number ${n} ${'x'.repeat(900)}`);
    await type('status identified no index');
    const folded = await type('timeline');
    expect(folded).toContain('INC-1 timeline by phase: detected (21), confirmed (1)');
    expect(folded).toContain('"text":"Show all 22"');
    expect(folded).not.toContain('number 19');

    const { id } = await incidentNow();
    const message = await overview();
    const shows = async (actionId: string, value: string) => {
      const pressed = slack.action(message, actionId, value);
      await sendToBot(bot.url, pressed);
      return await answerTo(pressed.response_url);
    };
    expect(await shows('incident_timeline_1', `${id}:1`)).toContain('page 1 of 2');
    expect(await shows('incident_timeline_2', `${id}:2`)).toContain('number 20');
    expect(await shows('incident_timeline', id)).toContain('timeline by phase');
  });
});

test('the audit log says who was shown what of an incident, and nothing of who was refused it', async () => {
  await declared();
  await type('timeline');
  await type('edit');
  await type('hypotheses');
  await type('actions');
  await type('INC-9 timeline');
  const shown = await auditEntries(bot.store, { action: 'incident.shown', limit: 10 });
  expect(shown.map(({ actor, subject, detail }) => [actor, subject, detail])).toEqual([
    [slack.person, 'INC-1', { what: 'timeline' }],
    [slack.person, 'INC-1', { what: 'timeline', page: 'last' }],
    [slack.person, 'INC-1', { what: 'hypotheses' }],
    [slack.person, 'INC-1', { what: 'action items' }],
  ]);
});

describe('the overview’s buttons', () => {
  let message: SlackMessage;
  beforeEach(async () => {
    message = await declared();
  });

  const choose = async (actionId: string, value: string) => {
    const body = slack.chosen(message, actionId, blockIdOf(message), value);
    await sendToBot(bot.url, body);
    return body.response_url;
  };
  const press = async (actionId: string) => {
    const { id } = await incidentNow();
    const more = { trigger_id: slack.proxy.trigger() };
    const { status } = await sendToBot(bot.url, slack.action(message, actionId, id, more));
    expect(status).toBe(200);
  };

  test('change status, severity and role', async () => {
    const told = slack.proxy.responses.length;
    await choose('incident_status', 'mitigated');
    await choose('incident_severity', 'P0');
    await choose('incident_role', 'communications-lead');
    const lines = await soon(async () => {
      const thread = (await slack.thread(message.ts)).map(({ text }) => text);
      return thread.length === 3 ? thread : undefined;
    });
    expect(lines.sort()).toEqual([
      'INC-1: Communications lead: admin',
      'INC-1: P1 → P0 · admin',
      'INC-1: investigating → mitigated · admin',
    ]);
    // The thread and the overview show the changes. Only what a role does is said to the person.
    const answers = slack.proxy.responses.slice(told).map(({ body }) => String(body.text));
    expect(answers).toEqual([
      expect.stringMatching(/^You are communications lead of INC-1 now\. You say to customers/),
    ]);
    expect(await answerTo(await choose('incident_severity', 'P0'))).toContain('INC-1 is P0 already');
    const now = await overview((shown) => shown.includes('P0') && shown.includes('Severity: P0'));
    // Slack would go on showing what was chosen in a menu whose block is the same.
    expect(blockIdOf(now)).not.toBe(blockIdOf(message));
  });

  test('open a form to open it again', async () => {
    await type('resolve');
    message = await overview((shown) => shown.includes('incident_reopen'));
    await press('incident_reopen');
    expect(JSON.parse((await submit({ text: '' })).body).errors.text).toBe('Say what happened.');
    await submit({ text: 'it is back' });
    expect((await timeline()).at(-1)).toContain('resolved → investigating: it is back');
  });

  test('open forms for a note, an update and the end', async () => {
    await press('incident_note');
    await submit({ text: 'restarted the pool', when: '14:20' });
    await press('incident_update');
    await submit({ text: 'a fix is on its way', status: { chosen: 'identified' } });
    await press('incident_resolve');
    await submit({ text: '' });
    expect(await timeline()).toEqual([
      `14:20 note restarted the pool · ${slack.person}`,
      `14:30 status Declared P1, investigating · ${slack.person}`,
      `14:30 status investigating → identified: a fix is on its way · ${slack.person}`,
      `14:30 status identified → resolved · ${slack.person}`,
    ]);
  });

  test('the form of an update begins with what is new since the last one', async () => {
    const draft = async () => {
      await press('incident_update');
      return JSON.stringify((await slack.proxy.openedForm()).blocks);
    };
    await type('update we look at the pool');
    expect(await draft()).toContain('"initial_value":"No news since 14:30 UTC."');
    await clock.tick(MINUTE_MS);
    await type('tried restarted the pool');
    expect(await draft()).toContain('• Tried, no effect: restarted the pool (admin, 14:31 UTC)');
  });

  test('a form with a time that is none is not sent, and says where', async () => {
    await press('incident_note');
    const { body } = await submit({ text: 'restarted the pool', when: 'noon' });
    expect(JSON.parse(body)).toEqual({
      response_action: 'errors',
      errors: { when: expect.stringContaining('I cannot read the time noon') },
    });
    const later = await submit({ text: 'restarted the pool', when: '14:45' });
    expect(JSON.parse(later.body).errors.when).toContain('is in the future');
    expect(await timeline()).toHaveLength(1);
  });

  test('a form with a status that it has already says so at the status', { tags: ['deep'] }, async () => {
    await press('incident_update');
    const { body } = await submit({ text: 'looking', when: '14:20', status: { chosen: 'investigating' } });
    expect(JSON.parse(body).errors).toEqual({ status: expect.stringContaining('was investigating already') });
  });

  test('a form whose text begins with its time is read as the command is', async () => {
    await press('incident_note');
    const { body } = await submit({ text: 'yesterday restarted the pool' });
    expect(JSON.parse(body).errors.text).toContain('I find no time of day behind yesterday');
    expect(JSON.parse((await submit({ text: '14:20' })).body).errors.text).toBe('Say what happened.');
    expect(JSON.parse((await submit({ text: ' ' })).body).errors.text).toBe('Say what happened.');
    await submit({ text: '14:20 restarted the pool' });
    expect((await timeline())[0]).toBe(`14:20 note restarted the pool · ${slack.person}`);
  });
});

describe('messages that people mark', () => {
  let message: SlackMessage;
  beforeEach(async () => {
    await declared();
    message = await slack.post('the pool is full, see <https://g.example/d/1|the panel>');
  });

  const mark = async (what: 'add' | 'remove', ts = message.ts) => {
    await slack.call(`reactions.${what}`, { channel: slack.channel, timestamp: ts, name: 'pushpin' });
    const type = what === 'add' ? 'reaction_added' : 'reaction_removed';
    await tell({ type, reaction: 'pushpin', item: { type: 'message', channel: slack.channel, ts } });
  };
  const pin = async (what: 'add' | 'remove') => {
    await slack.call(`pins.${what}`, { channel: slack.channel, timestamp: message.ts });
    const item = { type: 'message', channel: slack.channel, message: { ts: message.ts } };
    await tell({ type: what === 'add' ? 'pin_added' : 'pin_removed', channel_id: slack.channel, item });
  };
  const tell = (event: Readonly<Record<string, unknown>>) => sendToBot(bot.url, slack.event(event));
  const captured = () => soon(async () => (await messages())[0]);
  const gone = () => soon(async () => ((await messages()).length === 0 ? true : undefined));
  const messages = async () => (await timeline()).filter((entry) => entry.includes(' message '));

  test('enter the timeline with the time at which they were said, and leave it with the mark', async () => {
    await mark('add');
    expect(await captured()).toContain('the pool is full, see the panel (https://g.example/d/1)');
    const [entry] = (await timelineOf(bot.store, (await incidentNow()).id)).filter(({ kind }) => kind === 'message');
    expect(entry?.atUs).toBe(Math.round(Number(message.ts) * 1e6));
    expect(entry?.link).toContain(message.ts.replace('.', ''));
    await overview((shown) => shown.includes('the pool is full'));

    await mark('remove');
    await gone();
    await overview((shown) => !shown.includes('the pool is full'));
    await mark('add');
    await captured();
  });

  test('change nothing where a guest marks them or takes the mark away', async () => {
    slack.proxy.person('U0GUEST', { is_restricted: true });
    const item = { type: 'message', channel: slack.channel, ts: message.ts };
    const byGuest = async (type: string) => {
      await tell({ type, reaction: 'pushpin', user: 'U0GUEST', item });
      await soon(async () => ((await jobsLeft()) === 0 ? true : undefined));
    };
    await slack.call('reactions.add', { channel: slack.channel, timestamp: message.ts, name: 'pushpin' });
    await byGuest('reaction_added');
    await tell({
      type: 'pin_added',
      user: 'U0GUEST',
      channel_id: slack.channel,
      item: { message: { ts: message.ts } },
    });
    await soon(async () => ((await jobsLeft()) === 0 ? true : undefined));
    expect(await messages()).toEqual([]);

    await tell({ type: 'reaction_added', reaction: 'pushpin', item });
    await captured();
    await slack.call('reactions.remove', { channel: slack.channel, timestamp: message.ts, name: 'pushpin' });
    await byGuest('reaction_removed');
    expect(await messages()).toHaveLength(1);
  });

  test('wait until Slack says who marked them', async () => {
    slack.proxy.limit('users.info', 1, 2);
    await mark('add');
    expect(await captured()).toContain('the pool is full');
  });

  test('stay while one of pin and mark is left, and are one entry', async () => {
    await mark('add');
    await pin('add');
    await captured();
    await mark('remove');
    await soon(async () => ((await jobsLeft()) === 0 ? true : undefined));
    expect(await messages()).toHaveLength(1);
    await pin('remove');
    await gone();
  });

  test('told twice and in the wrong order end as they stand in Slack', { tags: ['deep'] }, async () => {
    await slack.call('reactions.add', { channel: slack.channel, timestamp: message.ts, name: 'pushpin' });
    const item = { type: 'message', channel: slack.channel, ts: message.ts };
    const added = slack.event({ type: 'reaction_added', reaction: 'pushpin', item });
    await sendToBot(bot.url, slack.event({ type: 'reaction_removed', reaction: 'pushpin', item }));
    await Promise.all([sendToBot(bot.url, added), sendToBot(bot.url, added)]);
    await captured();
    expect(await messages()).toHaveLength(1);
  });

  test('follow the edit and the deletion of the message', async () => {
    await mark('add');
    await captured();
    await slack.call('chat.update', { channel: slack.channel, ts: message.ts, text: 'the pool was full' });
    await tell({ type: 'message', subtype: 'message_changed', channel: slack.channel, message: { ts: message.ts } });
    await soon(async () => (await messages()).find((entry) => entry.includes('the pool was full')));
    await slack.call('chat.delete', { channel: slack.channel, ts: message.ts });
    await tell({ type: 'message', subtype: 'message_deleted', channel: slack.channel, deleted_ts: message.ts });
    await gone();
  });

  test('with another emoji are none of its business', async () => {
    await tell({
      type: 'reaction_added',
      reaction: 'round_pushpin',
      item: { type: 'message', channel: slack.channel, ts: message.ts },
    });
    await soon(async () => ((await jobsLeft()) === 0 ? true : undefined));
    expect(await messages()).toEqual([]);
  });

  test('enter the timeline also soon after the end', async () => {
    await type('resolve');
    await mark('add');
    await captured();
  });

  test('are noted as unreadable where the bot may not read them', async () => {
    slack.proxy.missScope('reactions.get', 'reactions:read');
    slack.proxy.missScope('pins.list', 'pins:read');
    await mark('add');
    expect(await captured()).toContain('A message that I may not read');
  });

  test('leave out the overview, which the bot pins itself', async () => {
    const { ts } = await overview();
    await tell({ type: 'pin_added', channel_id: slack.channel, item: { type: 'message', message: { ts } } });
    await soon(async () => ((await jobsLeft()) === 0 ? true : undefined));
    expect(await messages()).toEqual([]);
  });

  test('with several incidents open, belong to the one of their thread; else people are asked', async () => {
    await type('declare P3 Search is stale');
    await mark('add');
    const asked = await soon(async () => (await slack.thread(message.ts))[0]);
    expect(asked.text).toContain('INC-1 and INC-2 are open here');
    expect(await messages()).toEqual([]);
  });

  test('in the thread of an overview belong to its incident, however many are open', async () => {
    const { ts } = await overview();
    await type('declare P3 Search is stale');
    const reply = await slack.post('the pool is restarted', { thread_ts: ts });
    await mark('add', reply.ts);
    expect(await captured()).toContain('the pool is restarted');
  });
});

describe('the reminder', () => {
  const questions = async () => (await everywhere()).filter(({ text }) => text.includes('an update is due'));
  const asked = (count: number) => soon(async () => ((await questions()).length === count ? questions() : undefined));
  /** That much of the bot's time, in which nothing else is asked for. */
  const quiet = async (minutes: number) => {
    await clock.tick(minutes * MINUTE_MS);
    const untilUs = clock.nowUs() + 5 * TURN_MS * 1_000;
    await soon(() => clock.nowUs() >= untilUs || undefined);
  };

  test('asks every 15 minutes at P0, pings the commander alone, and survives a restart between any two steps', async () => {
    await declared('declare P0 Checkout is down');
    await restart();
    await type('role commander');
    await restart();
    await quiet(14);
    expect(await questions()).toHaveLength(0);
    await restart();
    await quiet(1);
    const [first] = await asked(1);
    expect(shownIn(first as SlackMessage)).toContain(`"user_id":"${slack.person}"`);
    await restart();
    await quiet(15);
    // The one that got no answer says so and has no buttons any more.
    await soon(async () => (await everywhere()).find(({ text }) => text.includes('not answered, asked again')));
    expect(await asked(1)).toHaveLength(1);
  });

  test('of an incident that was declared in a thread stands in the thread of its overview', {
    tags: ['deep'],
  }, async () => {
    const { ts } = await declared('declare P0 Checkout is down');
    await bot.store.db.updateTable('incidents').set({ thread_ts: '1.1' }).execute();
    await quiet(15);
    expect(await asked(1)).toMatchObject([{ thread_ts: ts }]);
  });

  test('falls due while the process is down, and asks once', { tags: ['deep'] }, async () => {
    await declared('declare P0 Checkout is down');
    await bot.stop();
    await clock.tick(120 * MINUTE_MS);
    bot = await openBot({ slack, ...backends, clock, dataFolder: bot.dataFolder });
    await asked(1);
    await quiet(2);
    expect(await questions()).toHaveLength(1);
  });

  test('keeps quiet when somebody said something: the clock starts anew', { tags: ['deep'] }, async () => {
    await declared('declare P0 Checkout is down');
    await quiet(10);
    await type('note restarted the pool');
    await quiet(14);
    expect(await questions()).toHaveLength(0);
    await quiet(2);
    await asked(1);
  });

  test('an update says when the next one is due, and a note does not', async () => {
    await declared('declare P1 Checkout is down');
    expect(await type('update half of it is back')).toMatch(
      /Noted in INC-1 as of now\. The next update is due at <!date\^\d+\^\{time\}\|15:00 UTC>\./,
    );
    expect(await type('note restarted the pool')).not.toContain('next update');
    expect(await type('tried a smaller batch')).toContain('Noted in INC-1');
    await overview((shown) => shown.includes('Tried, no effect') && shown.includes('a smaller batch'));
    expect(await type('helped retries off in the gateway')).toContain('Noted in INC-1');
    await overview((shown) => shown.includes('It helped') && shown.includes('retries off in the gateway'));
    expect(await type('timeline')).toContain('a smaller batch');
  });

  test('is answered by "Nothing new" and by an update, and no longer asks', async () => {
    await declared('declare P0 Checkout is down');
    await quiet(15);
    const [first] = await asked(1);
    await sendToBot(bot.url, slack.action(first as SlackMessage, 'incident_nothing_new', (await incidentNow()).id));
    await soon(async () => (await everywhere()).find(({ text }) => text.includes('an update was due: answered')));
    expect((await timeline()).at(-1)).toContain('update Nothing new');
    const line = await soon(async () =>
      (await everywhere()).find(({ text }) => text === 'INC-1: Update: Nothing new · admin'),
    );
    expect(shownIn(line)).toMatch(/ · next update .*15:00/);
    await quiet(14);
    expect(await questions()).toHaveLength(0);
    await quiet(2);
    await asked(1);
  });

  test('a P0 that nobody leads calls for a commander, and the call ends with the one who takes command', async () => {
    await declared('declare P0 Checkout is down');
    await quiet(4);
    const calls = async () => (await everywhere()).filter(({ text }) => text.includes('nobody leads'));
    expect(await calls()).toEqual([]);
    await quiet(1);
    const [call] = await soon(async () => ((await calls()).length === 1 ? await calls() : undefined));
    expect(shownIn(call as SlackMessage)).toContain(`"user_id":"${slack.person}"`);
    expect(blockProblems(call?.blocks ?? [])).toEqual([]);
    expect((await timeline()).at(-1)).toContain('role Incident commander: nobody for 5 min. Called who declared it');
    await sendToBot(
      bot.url,
      slack.action(call as SlackMessage, 'incident_take', `${(await incidentNow()).id}:commander`),
    );
    await soon(async () => (await everywhere()).find(({ text }) => text === 'INC-1 has an incident commander'));
    expect(await calls()).toEqual([]);
    await type('role commander <@U00000KIM1|kim>');
    await quiet(10);
    expect(await calls()).toEqual([]);
  });

  test('the calls for a commander can be stopped, and say who did', async () => {
    await declared('declare P0 Checkout is down');
    await quiet(5);
    const call = await soon(async () => (await everywhere()).find(({ text }) => text.includes('nobody leads')));
    const stop = async () =>
      sendToBot(bot.url, slack.action(call as SlackMessage, 'incident_calls_stop', (await incidentNow()).id));
    await stop();
    const stopped = await soon(async () =>
      (await everywhere()).find(({ text }) => text === 'INC-1: admin stopped the calls for a commander'),
    );
    expect(shownIn(stopped)).toContain('"incident_take"');
    expect((await timeline()).at(-1)).toContain('note Stopped the calls for an incident commander');
    await stop();
    await soon(() =>
      slack.proxy.responses.find(({ body }) => String(body.text).includes('Nobody is called for INC-1 any more')),
    );
  });

  /** In minutes: longer than the longest interval of any severity. */
  const LONGER_THAN_ANY = Math.max(...Object.values(DEFAULTS.incidents.reminderMinutes)) + 15;
  test('comes sooner once it is worse, never at P3, and ends with the incident', { tags: ['deep'] }, async () => {
    await declared('declare P3 Search is stale');
    await quiet(LONGER_THAN_ANY);
    await type('severity P0');
    await quiet(14);
    expect(await questions()).toHaveLength(0);
    await quiet(2);
    await asked(1);
    await type('resolve');
    await soon(async () => (await everywhere()).find(({ text }) => text.includes('an update was due: answered')));
    await quiet(LONGER_THAN_ANY);
    expect(await questions()).toHaveLength(0);
  });
});

test('declared from a diagnosis, it takes the diagnosis with it, stands in the channel, and the thread hears of it', async () => {
  await sendToBot(bot.url, slack.command(SLOW_QUERY_TRACE.id));
  const diagnosis = await soon(async () =>
    (await slack.messages()).find((message) => JSON.stringify(message.blocks).includes('incident_declare')),
  );
  await soon(async () => ((await slack.thread(diagnosis.ts)).length > 0 ? true : undefined));
  const investigationId = buttonValue(diagnosis, 'incident_declare');
  const more = { trigger_id: slack.proxy.trigger() };
  await sendToBot(bot.url, slack.action(diagnosis, 'incident_declare', investigationId, more));

  const form = await slack.proxy.openedForm();
  expect(blockProblems(form.blocks.filter(({ type }) => type !== 'input'))).toEqual([]);
  expect(JSON.stringify(form)).toMatch(/"initial_value":"[^"]*mysql/i);
  const filledIn = { title: 'Orders wait for mysql', severity: { chosen: 'P0' }, detected_by: { chosen: 'customer' } };
  await submit({ ...filledIn, detection: 'two of them wrote to support', impact_start: '14:20' });

  const message = await overview();
  expect(message.thread_ts).toBeUndefined();
  const line = await soon(async () =>
    (await slack.thread(diagnosis.ts)).find(({ text }) => /declared as P0/.test(text)),
  );
  expect(line.text).toBe('INC-1 declared as P0 · admin. Its overview is in the channel.');
  expect(shownIn(message)).toContain('two of them wrote to support');
  expect(shownIn(message)).toContain('open the first message');
  expect(await incidentNow()).toMatchObject({ severity: 'P0', detectedBy: 'customer', investigationId });
  const kinds = (await timeline()).map((entry) => entry.split(' ')[1]);
  expect(kinds).toEqual(['note', 'diagnosis', 'status']);

  await sendToBot(
    bot.url,
    slack.action(diagnosis, 'incident_declare', investigationId, { trigger_id: slack.proxy.trigger() }),
  );
  const { body } = await submit(filledIn);
  expect(JSON.parse(body).errors.title).toContain('INC-1 is already open for this');
});

test('a diagnosis that is made in an incident’s own channel stands in its timeline', async () => {
  await declared();
  await sendToBot(bot.url, slack.command(SLOW_QUERY_TRACE.id));
  await overview((shown) => /Diagnosis.*mysql/i.test(shown));
  expect((await timeline()).map((entry) => entry.split(' ')[1])).toEqual(['status', 'diagnosis']);
});

async function submit(filledIn: Parameters<SlackSide['submission']>[1]) {
  const { callback_id, private_metadata } = await slack.proxy.openedForm();
  return await sendToBot(bot.url, slack.submission({ callback_id, private_metadata }, filledIn));
}

async function jobsLeft(): Promise<number> {
  const rows = await bot.store.db.selectFrom('jobs').select('id').where('state', 'in', ['queued', 'running']).execute();
  const due = await bot.store.db.selectFrom('jobs').select('id').where('due_us', '>', clock.nowUs()).execute();
  return rows.filter(({ id }) => !due.some((later) => later.id === id)).length;
}

function buttonValue({ blocks = [] }: SlackMessage, actionId: string): string {
  const buttons = blocks.flatMap((block: KnownBlock) => (block.type === 'actions' ? block.elements : []));
  const button = buttons.find((element) => 'action_id' in element && element.action_id === actionId);
  if (button === undefined || !('value' in button) || button.value === undefined) throw new Error(`no ${actionId}`);
  return String(button.value);
}
