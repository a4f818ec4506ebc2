/** `/postmortem` from end to end: real Bolt over HTTP, a stateful Slack, an incident that people declared and resolved. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { listenToMeasures } from '#core/measures.ts';
import { actionItemsOf } from '#record/action-items.ts';
import { allIncidents } from '#record/find-incidents.ts';
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
  await typed('/incident', 'declare P1 Users cannot sign in');
  // What comes before its overview stands there, and has no line of its own.
  await eventually(async () => (await slack.messages())[0]);
  await typed('/incident', 'status identified the pool is exhausted');
  await typed('/incident', 'status fixed an index was added');
  await typed('/incident', 'resolve error rate 0 %');
});
afterEach(async () => {
  await bot.stop();
  await bot.forget();
  await slack.close();
});

const typed = (command: string, text: string) => sendToBot(bot.url, slack.command(text, { command }));

describe('/postmortem', () => {
  test('puts the draft into the channel and the whole of it as a file into its thread', async () => {
    expect(await typed('/postmortem', '')).toEqual({ status: 200, body: '' });
    const message = await draft();
    expect(message.text).toMatch(/^Postmortem of INC-1: Users cannot sign in\. Draft\./);
    const file = await eventually(async () => (await files(message))[0]);
    expect(file.name).toBe('INC-1-postmortem.md');
    const markdown = slack.proxy.uploads.get(file.id)?.toString('utf8') ?? '';
    expect(markdown).toContain('The fix was applied at ');
    expect(markdown).toContain('an index was added');
  });

  test('is drafted in a worker, and so is an action item linted: the process that acknowledges goes on', async () => {
    await bot.stop();
    bot = await openBot({ slack, ...backends, dataFolder: bot.dataFolder, threads: true });
    const steps = new Set<string>();
    onTestFinished(listenToMeasures(({ kind, ...of }) => kind === 'analysis' && 'name' in of && steps.add(of.name)));
    await typed('/postmortem', '');
    await draft();
    await typed('/incident', 'action add an index on users.email due 2030-01-04');
    await eventually(async () => (steps.has('taskProblem') ? true : undefined));
    expect([...steps]).toContain('draft');
  });

  test('is drafted by the button under the end of the incident', async () => {
    const end = await eventually(async () => {
      const threads = await Promise.all((await slack.messages()).map(({ ts }) => slack.thread(ts)));
      return threads.flat().find(({ text }) => /fixed → resolved/.test(text));
    });
    expect(JSON.stringify(end.blocks)).toContain('Draft the postmortem');
    await sendToBot(bot.url, slack.action(end, 'postmortem_again', await incidentId()));
    expect((await draft()).text).toMatch(/^Postmortem of INC-1/);
  });

  test('asked twice, and delivered twice, keeps to one message with a file for each time it was asked', {
    tags: ['deep'],
  }, async () => {
    const first = slack.command('', { command: '/postmortem' });
    await sendToBot(bot.url, first);
    const message = await draft();
    await eventually(async () => ((await files(message)).length === 1 ? true : undefined));
    await sendToBot(bot.url, first);
    await typed('/postmortem', 'INC-1');
    await eventually(async () => ((await files(message)).length === 2 ? true : undefined));
    expect((await slack.messages()).filter(isDraft)).toHaveLength(1);
  });

  test.each([
    ['help', 'drafts the postmortem of the newest incident'],
    ['<!channel> yesterday', '`&lt;!channel&gt; yesterday` is not an incident'],
  ])('answers %j with how to use it, to the one who asked alone', async (text, said) => {
    const { body } = await typed('/postmortem', text);
    expect(JSON.parse(body)).toMatchObject({ response_type: 'ephemeral', text: expect.stringContaining(said) });
  });

  test('says so where there is no such incident', async () => {
    await typed('/postmortem', 'INC-7');
    const said = await eventually(() => slack.proxy.responses.find(({ body }) => /INC-7/.test(String(body.text))));
    expect(said.body.text).toContain('There is no INC-7');
  });
});

test('says what was declared and what people answered, names nobody as a cause, and gives one duration', async () => {
  const { members } = (await slack.call('users.list', {})) as { members: { id: string; name: string }[] };
  const kim = members.find(({ name }) => name === 'kim')?.id;
  await typed('/incident', 'declare P2 Kim broke prod');
  await typed('/incident', 'severity P1');
  await typed('/incident', `role technical <@${kim}|kim>`);
  await sendToBot(bot.url, slack.command(SLOW_QUERY_TRACE.id));
  const message = await eventually(async () =>
    (await slack.messages()).find(({ blocks = [] }) => JSON.stringify(blocks).includes('trace_detail')),
  );
  const investigation = /"value":"([^"]+)"/.exec(JSON.stringify(message.blocks))?.[1] ?? '';
  await sendToBot(bot.url, slack.action(message, 'trace_right_no', investigation));
  await typed('/incident', 'status identified Kim dropped the index');
  await typed('/incident', 'note KIM LEE’s script and <@U0NOBODY9|dave> ran it');
  await eventually(async () => {
    const entries = await timelineOf(bot.store, (await allIncidents(bot.store))[0]?.id ?? '');
    return entries.some(({ kind }) => kind === 'diagnosis') ? true : undefined;
  });
  await typed('/incident', 'resolve all green');
  await typed('/postmortem', 'INC-2');

  const file = await eventually(() =>
    [...slack.proxy.uploads.values()].map((upload) => upload.toString('utf8')).find((text) => /^# .*INC-2/m.test(text)),
  );
  expect(file).toContain('# Postmortem of INC-2\n');
  expect(file).toMatch(/- INC-2 was declared as P2 at .*\n- It was raised from P2 to P1 at /);
  expect(file).toContain(
    'What broke: unconfirmed, because a responder answered No to the question whether it was right',
  );
  expect(file.replaceAll(/unconfirmed/gi, '')).not.toMatch(/(?:cause|diagnosis|Standing:?) (?:is |was )?confirmed/);
  const causes = file.slice(file.indexOf('## Why did it happen'), file.indexOf('## What went well'));
  expect(causes).not.toMatch(/dropped/);
  expect(file).toContain('the technical lead dropped the index');
  expect(file).toContain('the technical lead’s script and a responder ran it');
  expect(file.match(/kim|dave/gi)).toEqual(['kim']); // under Responders
  const record = await timelineOf(bot.store, (await allIncidents(bot.store))[0]?.id ?? '');
  expect(record.map(({ text }) => text).join()).toContain('Kim dropped the index');
});

type Pressable = Readonly<{ action_id?: string; value?: string }>;

function buttonsOf(blocks: unknown): readonly Pressable[] {
  const all = (blocks ?? []) as readonly Readonly<{ elements?: readonly Pressable[] }>[];
  return all.flatMap(({ elements = [] }) => elements);
}

test('people comment on a section by a form, read the comments with their authors, and resolve one', async () => {
  await typed('/postmortem', '');
  const message = await draft();
  const open = buttonsOf(message.blocks).find(({ action_id }) => action_id === 'postmortem_comment');
  const pressed = slack.action(message, 'postmortem_comment', open?.value ?? '');
  await sendToBot(bot.url, { ...pressed, trigger_id: slack.proxy.trigger() });
  const form = await slack.proxy.openedForm();
  expect(JSON.stringify(form)).toContain('"text":"Where we got lucky"');
  const sent = (text: string) => sendToBot(bot.url, slack.submission(form, { section: { chosen: 'impact' }, text }));
  expect((await sent(' ')).body).toContain('The comment is empty');
  expect(await sent('How many in the EU?')).toEqual({ status: 200, body: '' });
  await eventually(async () =>
    JSON.stringify((await draft()).blocks).includes('1 open comment: ') ? true : undefined,
  );
  const listed = async () => {
    const before = slack.proxy.responses.length;
    await typed('/postmortem', 'INC-1 comments');
    return (await eventually(() => slack.proxy.responses[before])).body;
  };
  const list = await listed();
  const shown = JSON.stringify(list);
  expect(shown).toContain('1 open comment on the postmortem of INC-1, 0 resolved');
  expect(shown).toContain(`"user_id":"${slack.person}"`);
  expect(shown).toContain('How many in the EU?');
  const resolve = buttonsOf(list.blocks).find(({ action_id }) => action_id === 'postmortem_comment_resolve');
  await sendToBot(bot.url, slack.action(message, 'postmortem_comment_resolve', resolve?.value ?? ''));
  await eventually(async () => (JSON.stringify(await listed()).includes('0 open comments on') ? true : undefined));
  await sendToBot(bot.url, slack.action(message, 'postmortem_comment_resolve', resolve?.value ?? ''));
  const entries = await timelineOf(bot.store, await incidentId());
  expect(entries.map(({ text }) => text).filter((text) => text.includes('omment'))).toEqual([
    'Comment on the postmortem (Impact): How many in the EU?',
    'Resolved a comment on the postmortem (Impact)',
  ]);
  const [file] = await files(await draft());
  expect(slack.proxy.uploads.get(file?.id ?? '')?.toString('utf8')).not.toContain('How many in the EU?');
});

describe('the questions of the draft', () => {
  const questions = () =>
    eventually(async () => {
      const thread = await slack.thread((await draft()).ts);
      return thread.find(({ text }) => /for the postmortem that only people can answer/.test(text));
    });
  const buttonOf = (message: SlackMessage, spoken: string) => {
    const buttons = (message.blocks ?? []).flatMap((block) => (block.type === 'actions' ? block.elements : []));
    const found = buttons.find((one) => one.type === 'button' && one.accessibility_label?.startsWith(spoken));
    if (found?.type !== 'button') throw new Error(`no button ${spoken} in ${JSON.stringify(message.blocks)}`);
    return { actionId: found.action_id ?? '', value: found.value ?? '' };
  };
  const press = async (spoken: string, more: Readonly<Record<string, unknown>> = {}) => {
    const message = await questions();
    const { actionId, value } = buttonOf(message, spoken);
    return await sendToBot(bot.url, slack.action(message, actionId, value, more));
  };
  const answersOf = async () =>
    (await timelineOf(bot.store, await incidentId())).filter(({ value }) => value.startsWith('answer:'));

  test('at most seven stand in its thread; one click answers, the answer is in the draft and its question is gone', async () => {
    await typed('/postmortem', '');
    expect((await questions()).text).toBe('INC-1: 7 questions for the postmortem that only people can answer');
    await press('Before the fix: Nothing');
    await eventually(async () => ((await questions()).text.startsWith('INC-1: 6 questions') ? true : undefined));
    expect(JSON.stringify((await questions()).blocks)).not.toContain('What reduced the impact before the fix');
    expect(await answersOf()).toMatchObject([
      { text: 'Before the fix: Nothing reduced the impact before the fix.', source: slack.person },
    ]);
    await typed('/postmortem', '');
    await eventually(async () => ((await files(await draft())).length === 2 ? true : undefined));
    const [, file] = await files(await draft());
    expect(slack.proxy.uploads.get(file?.id ?? '')?.toString('utf8')).toMatch(
      /- Before the fix: Nothing reduced the impact before the fix\. \(T\d+\)/,
    );
  });

  test('a form takes words; an empty one and a second person’s answer are refused, and nothing is overwritten', async () => {
    await typed('/postmortem', '');
    await press('Affected customers: opens', { trigger_id: slack.proxy.trigger() });
    const form = await slack.proxy.openedForm();
    expect(JSON.stringify(form)).toContain('what number of customers was affected');
    const sent = (text: string, id = slack.person) =>
      sendToBot(bot.url, { ...slack.submission(form, { text }), user: { id, name: id, team_id: slack.team } });
    expect((await sent(' ')).body).toContain('The answer is empty');
    const { members } = (await slack.call('users.list', {})) as { members: { id: string; name: string }[] };
    const kim = members.find(({ name }) => name === 'kim')?.id;
    await slack.call('conversations.invite', { channel: slack.channel, users: kim ?? '' });
    const [first, second] = await Promise.all([sent('40 shops'), sent('12 shops', kim)]);
    expect([first, second].filter(({ body }) => body === '')).toHaveLength(1);
    expect([first, second].map(({ body }) => body).join('')).toMatch(/This is answered already: “(?:40|12) shops”/);
    expect(await answersOf()).toHaveLength(1);
  });

  test('the start of the impact is asked for as a time, and an action item by its own form', {
    tags: ['deep'],
  }, async () => {
    await typed('/postmortem', '');
    await press('Say when the impact began', { trigger_id: slack.proxy.trigger() });
    const form = await slack.proxy.openedForm();
    expect((await sendToBot(bot.url, slack.submission(form, { text: 'soon' }))).body).toContain(
      'I cannot read the time',
    );
    expect(await sendToBot(bot.url, slack.submission(form, { text: '20 min ago' }))).toEqual({ status: 200, body: '' });
    await eventually(async () =>
      JSON.stringify((await questions()).blocks).includes('What was the first request') ? undefined : true,
    );
    expect(buttonOf(await questions(), 'Add an action item').actionId).toBe('action_item_add');
  });

  test('a proposed action item is accepted with its owner and a day to come, once, and is proposed no more', async () => {
    await typed('/incident', 'INC-1 impact 30 min ago');
    await typed('/postmortem', 'INC-1');
    await press('Accept to detect', { trigger_id: slack.proxy.trigger() });
    const form = await slack.proxy.openedForm();
    expect(JSON.stringify(form)).toContain('Add an alert on the first symptom of it that fires within 5 min');
    const text = 'Add an alert on pool use over 80 %';
    const past = slack.submission(form, { text, team: 'ops', due: { day: '2020-01-20' }, type: { chosen: 'detect' } });
    expect((await sendToBot(bot.url, past)).body).toContain('2020-01-20 has passed');
    const sent = (team: string) =>
      sendToBot(
        bot.url,
        slack.submission(form, { text, team, due: { day: '2030-01-20' }, type: { chosen: 'detect' } }),
      );
    const both = await Promise.all([sent('ops'), sent('web')]);
    expect(both.map(({ body }) => body).join('')).toContain(
      'Somebody has accepted this proposal already: it is A1, due',
    );
    expect(await actionItemsOf(bot.store, await incidentId())).toMatchObject([{ text, type: 'detect', state: 'open' }]);
    await eventually(async () =>
      JSON.stringify((await questions()).blocks).includes('Accept to detect') ? undefined : true,
    );
  });

  test('a proposed alert opens the form with the check for its rule, which the person may change', async () => {
    await typed('/postmortem', '');
    const text = 'Add an alert on errors and latency of checkout';
    const proposed = { proposal: 'detect-report', text, type: 'detect', check: 'rule', probe: 'CheckoutErrors' };
    const value = JSON.stringify({ incidentId: await incidentId(), ...proposed });
    const trigger_id = slack.proxy.trigger();
    await sendToBot(bot.url, slack.action(await questions(), 'action_item_accept', value, { trigger_id }));
    const form = await slack.proxy.openedForm();
    const shown = JSON.stringify(form);
    expect(shown).toContain('"initial_value":"CheckoutErrors"');
    expect(shown).toMatch(/"initial_option":\{"value":"rule"|"initial_option":\{"text":\{[^}]*\},"value":"rule"/);
    const filled = { text, team: 'ops', due: { day: '2030-01-20' }, type: { chosen: 'detect' } };
    const sent = slack.submission(form, { ...filled, check: { chosen: 'rule' }, probe: 'CheckoutSlow' });
    expect(await sendToBot(bot.url, sent)).toEqual({ status: 200, body: '' });
    expect(await actionItemsOf(bot.store, await incidentId())).toMatchObject([
      { text, type: 'detect', probe: { kind: 'rule', rule: 'CheckoutSlow' } },
    ]);
  });

  test('a proposed action item is declined once, by a person with a name, and is proposed no more', async () => {
    await typed('/incident', 'INC-1 impact 30 min ago');
    await typed('/postmortem', 'INC-1');
    const shown = await questions();
    const { actionId, value } = buttonOf(shown, 'Decline to detect');
    const press = () => sendToBot(bot.url, slack.action(shown, actionId, value));
    await Promise.all([press(), press()]);
    await eventually(() => slack.proxy.responses.find(({ body }) => /has declined this/.test(String(body.text))));
    const declined = (await timelineOf(bot.store, await incidentId())).filter(({ value: one }) =>
      one.startsWith('declined='),
    );
    expect(declined).toMatchObject([
      { source: slack.person, text: expect.stringContaining('Declined the proposed action item: Add an alert') },
    ]);
    await eventually(async () =>
      JSON.stringify((await questions()).blocks).includes('Decline to detect') ? undefined : true,
    );
    expect(await actionItemsOf(bot.store, await incidentId())).toEqual([]);
  });

  test('a press on a question that is none says so', { tags: ['deep'] }, async () => {
    await typed('/postmortem', '');
    const value = JSON.stringify({ incidentId: await incidentId(), question: 'constructor' });
    await sendToBot(bot.url, slack.action(await questions(), 'postmortem_quick', value));
    await eventually(() => slack.proxy.responses.find(({ body }) => /no longer asks this/.test(String(body.text))));
    expect(await answersOf()).toEqual([]);
  });
});

describe('the buttons under the draft', () => {
  test('what should be rewritten stands below the draft, and goes once somebody has corrected it', async () => {
    await typed('/incident', 'INC-1 note we should have seen the full pool');
    await typed('/postmortem', '');
    const shown = async () => JSON.stringify((await slack.messages()).filter(isDraft)[0]?.blocks ?? []);
    await eventually(async () => ((await shown()).includes('“we should have seen the full pool”') ? true : undefined));
    const entries = await timelineOf(bot.store, await incidentId());
    const entryId = entries.find(({ text }) => text.startsWith('we should'))?.id;
    const metadata = JSON.stringify({ incidentId: await incidentId(), entryId, channelId: '' });
    const form = { callback_id: 'incident_correct_form', private_metadata: metadata };
    const sent = slack.submission(form, { text: 'no alert watched the pool' });
    expect(await sendToBot(bot.url, sent)).toEqual({ status: 200, body: '' });
    await eventually(async () => ((await shown()).includes('To rewrite') ? undefined : true));
  });

  test('"Draft again" brings it up to date', { tags: ['deep'] }, async () => {
    await typed('/postmortem', '');
    const message = await draft();
    await eventually(async () => ((await files(message)).length === 1 ? true : undefined));
    await sendToBot(bot.url, slack.action(message, 'postmortem_again', await incidentId()));
    await eventually(async () => ((await files(message)).length === 2 ? true : undefined));
  });

  test('"Add action item" opens the form at once; what is missing is said in it, what is sent is kept and shown', async () => {
    await typed('/postmortem', '');
    const message = await draft();
    const trigger_id = slack.proxy.trigger();
    await sendToBot(bot.url, slack.action(message, 'action_item_add', await incidentId(), { trigger_id }));
    const form = await slack.proxy.openedForm();
    expect(form.title.text).toBe('Add action item');

    const incomplete = await sendToBot(bot.url, slack.submission(form, { text: 'Add an alert', team: '' }));
    expect(JSON.parse(incomplete.body)).toEqual({
      response_action: 'errors',
      errors: { team: expect.stringContaining('Name an owner'), due: expect.stringContaining('Choose a due day') },
    });
    expect(await actionItemsOf(bot.store, await incidentId())).toEqual([]);

    const late = { text: 'Add an alert', team: 'Database', due: { day: '2020-01-20' } };
    expect(JSON.parse((await sendToBot(bot.url, slack.submission(form, late))).body)).toEqual({
      response_action: 'errors',
      errors: { due: expect.stringContaining('2020-01-20 has passed') },
    });
    expect(await actionItemsOf(bot.store, await incidentId())).toEqual([]);

    const careful = { text: 'Be more careful with pools', team: 'Database', due: { day: '2030-01-20' } };
    expect(JSON.parse((await sendToBot(bot.url, slack.submission(form, careful))).body)).toEqual({
      response_action: 'errors',
      errors: { text: expect.stringContaining('Nobody can finish or check “Be more careful”') },
    });
    expect(await actionItemsOf(bot.store, await incidentId())).toEqual([]);

    const filled = {
      text: 'Add an alert on pool use over 80 %',
      person: { person: slack.person },
      due: { day: '2030-01-20' },
    };
    const refused = async (fields: object) =>
      JSON.parse((await sendToBot(bot.url, slack.submission(form, { ...filled, ...fields }))).body).errors;
    expect(await refused({ probe: 'PoolFull' })).toEqual({ check: expect.stringContaining('Choose the kind') });
    expect(await refused({ check: { chosen: 'p99' }, probe: 'POST /pay is fast' })).toEqual({
      probe: 'Write the operation, the service and the limit: POST /pay of checkout below 500 ms',
    });
    expect(await actionItemsOf(bot.store, await incidentId())).toEqual([]);

    const complete = slack.submission(form, { ...filled, check: { chosen: 'rule' }, probe: 'PoolFull' });
    expect(await sendToBot(bot.url, complete)).toEqual({ status: 200, body: '' });
    await sendToBot(bot.url, complete);
    expect(await actionItemsOf(bot.store, await incidentId())).toMatchObject([
      {
        ...{ text: 'Add an alert on pool use over 80 %', owner: slack.person, due: '2030-01-20' },
        probe: { kind: 'rule', rule: 'PoolFull' },
      },
    ]);
    await typed('/incident', 'INC-1 action done A1');
    const checked = await eventually(async () => {
      const threads = await Promise.all((await slack.messages()).map(({ ts }) => slack.thread(ts)));
      return threads.flat().find(({ text }) => /A1 (?:stays open|is done|is not done)/.test(text));
    });
    expect(checked.text).toContain(
      'A1 stays open, because I could not check it: no source of alert rules is configured',
    );
    expect(await actionItemsOf(bot.store, await incidentId())).toMatchObject([
      { state: 'open', check: { outcome: 'unsure' } },
    ]);
    await eventually(async () => {
      const [now] = (await slack.messages()).filter(isDraft);
      return JSON.stringify(now?.blocks).includes('Add an alert on pool use over 80 %') ? true : undefined;
    });
  });
});

const isDraft = ({ text }: SlackMessage) => text.startsWith('Postmortem of INC-1');

function draft(): Promise<SlackMessage> {
  return eventually(async () => (await slack.messages()).find(isDraft));
}

async function files({ ts }: SlackMessage) {
  return (await slack.thread(ts)).flatMap((message) => message.files ?? []);
}

async function incidentId(): Promise<string> {
  return (await allIncidents(bot.store))[0]?.id ?? '';
}
