/** Messages that people add to an incident from their menu: real Bolt over HTTP, a stateful Slack. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { timelineOf } from '#record/timeline.ts';
import { openHotrodBackends } from '#test/hotrod-backends.ts';
import { type IncidentsInSlack, openIncidents } from '#test/incidents-in-slack.ts';
import { privateChannel, sendToBot } from '#test/slack-side.ts';

let backends: Awaited<ReturnType<typeof openHotrodBackends>>;
let side: IncidentsInSlack;

beforeAll(async () => {
  backends = await openHotrodBackends();
});
afterAll(() => backends.close());
beforeEach(async () => {
  side = await openIncidents(backends);
});
afterEach(() => side.close());

type Where = Readonly<{ channel?: string; user?: string }>;

/** Somebody chooses "Add to an incident" in the menu of a message. */
async function choose(message: Readonly<{ ts: string }> & Readonly<Record<string, unknown>>, where: Where = {}) {
  const { channel = side.slack.channel, user = side.slack.person } = where;
  const body = {
    ...side.slack.shortcut(message),
    callback_id: 'add_to_incident',
    trigger_id: side.slack.proxy.trigger(),
    channel: { id: channel, name: 'somewhere' },
    user: { id: user, name: user, team_id: side.slack.team },
  };
  expect((await sendToBot(side.url(), body)).status).toBe(200);
  return body.response_url;
}

type Chosen = Readonly<{ initial_option?: Readonly<{ value: string }> }>;

/** What the form of the message gets: the incident that is chosen already, and a note, unless somebody changes it. */
async function filled(filledIn: Parameters<IncidentsInSlack['submit']>[0] = {}, user = side.slack.person) {
  const form = await side.slack.proxy.openedForm();
  const fields = form.blocks as readonly Readonly<{ block_id: string; element: Chosen }>[];
  const initial = fields.flatMap(({ block_id: id, element }) =>
    element.initial_option === undefined ? [] : [[id, { chosen: element.initial_option.value }] as const],
  );
  const body = side.slack.submission(form, { ...Object.fromEntries(initial), ...filledIn });
  return (await sendToBot(side.url(), { ...body, user: { ...body.user, id: user } })).body;
}

/** '' where it was added. */
async function added(message: Readonly<{ ts: string }> & Readonly<Record<string, unknown>>, where?: Where) {
  await choose(message, where);
  return await filled({}, where?.user);
}

async function entries(number = 1) {
  return await timelineOf(side.store(), (await side.incident(number)).id);
}

async function messagesIn(number = 1) {
  return (await entries(number)).filter(({ kind }) => kind === 'message' || kind === 'image').map(({ text }) => text);
}

describe('a message', () => {
  test('goes into the only open incident of its channel, with its time, author and link', async () => {
    const message = { ...(await side.slack.post('the pool is full')), user: 'U0AUTHOR' };
    await side.type('declare P1 Checkout is slow');
    expect(await added(message)).toBe('');
    const entry = (await entries()).find(({ text }) => text === 'the pool is full');
    expect(entry).toMatchObject({ source: 'U0AUTHOR', atUs: Math.round(Number(message.ts) * 1e6) });
    expect(entry?.link).toContain(message.ts.replace('.', ''));
  });

  test('is added once, also if it is delivered or chosen twice', async () => {
    const message = await side.slack.post('the pool is full');
    await side.type('declare P1 Checkout is slow');
    await added(message);
    expect(await added(message)).toContain('INC-1 has this message already');
    expect(await messagesIn()).toEqual(['the pool is full']);
  });

  test('stays after an edit without a mark, and goes when it is deleted or its mark is removed', async () => {
    const message = await side.slack.post('the pool is full');
    await side.type('declare P1 Checkout is slow');
    await added(message);
    const { channel } = side.slack;
    await side.slack.call('chat.update', { channel, ts: message.ts, text: 'the pool was full' });
    const edited = { ...message, text: 'the pool was full' };
    await sendToBot(
      side.url(),
      side.slack.event({ type: 'message', subtype: 'message_changed', channel, message: edited }),
    );
    await side.soon(async () => ((await messagesIn())[0] === 'the pool was full' ? true : undefined));
    await side.slack.call('chat.delete', { channel, ts: message.ts });
    const deleted = { type: 'message', subtype: 'message_deleted', channel, deleted_ts: message.ts };
    await sendToBot(side.url(), side.slack.event(deleted));
    await side.soon(async () => ((await messagesIn()).length === 0 ? true : undefined));
  });

  test('with a picture or without a text is kept as what it shows', async () => {
    const { ts } = await side.slack.post('x');
    await side.type('declare P1 Checkout is slow');
    const files = [{ mimetype: 'image/png', title: 'the board' }, { mimetype: 'text/plain', title: 'a log' }, null];
    await added({ ts, files });
    expect(await messagesIn()).toEqual(['[the board, a log]']);
  });

  test('of a thread goes into the incident of that thread', async () => {
    await side.type('declare P1 Checkout is slow');
    await side.type('declare P1 Logins fail');
    const { ts: thread_ts } = await side.overview('INC-2');
    const reply = await side.slack.post('the token expired', { thread_ts });
    expect(await added({ ...reply, thread_ts })).toBe('');
    expect(await messagesIn(2)).toEqual(['the token expired']);
  });
});

describe('what a message says', () => {
  const says = async (chosen: string, text = 'the pool is full') => {
    await choose({ ...(await side.slack.post(text)) });
    return await filled({ says: { chosen } });
  };

  test('is noted at the time of the message: a try, a milestone, a status, a hypothesis', async () => {
    // Slack dates its messages: the bot's clock is behind them otherwise.
    side.clock.correct(Date.now() + 3_600_000 - side.clock.nowUs() / 1_000);
    await side.type('declare P1 Checkout is slow');
    expect(await says('tried', 'restarted the pool')).toBe('');
    expect(await says('helped', 'retries off')).toBe('');
    expect(await says('impact-start')).toBe('');
    expect(await says('detected')).toBe('');
    expect(await says('mitigated', 'errors are gone')).toBe('');
    expect(await says('hypothesis', 'the cache was flushed '.repeat(20))).toBe('');
    const noted = await entries();
    const shown = noted.map(({ kind, value, text }) => `${kind} ${value} ${text}`).join('\n');
    expect(shown).toMatch(/note tried=none restarted the pool/);
    expect(shown).toMatch(/note tried=helped retries off/);
    expect(shown).toMatch(/impact-start/);
    expect(shown).toMatch(/detected/);
    expect(shown).toMatch(/status mitigated .*errors are gone/);
    expect(shown).toMatch(/S1 suspected: the cache was flushed/);
    const tried = noted.find(({ text }) => text === 'restarted the pool');
    expect(tried?.link).toContain('/archives/');
  });

  test('needs a channel that every reader of the incident reads', async () => {
    const secret = await privateChannel(side.slack);
    side.slack.proxy.members(secret, [side.slack.person]);
    await side.type('declare P1 Checkout is slow');
    await choose({ ...(await side.slack.post('BREACH', { channel: secret })) }, { channel: secret });
    const incident = { chosen: (await side.incident()).id };
    expect(await filled({ incident, says: { chosen: 'tried' } })).toContain('may not read the channel');
    expect(JSON.stringify(await entries())).not.toContain('BREACH');
  });
});

describe('where it is unclear which incident is meant', () => {
  test('a form asks, and offers a new one', async () => {
    await side.type('declare P1 Checkout is slow');
    await side.type('declare P2 Logins fail');
    const message = await side.slack.post('the token expired');
    await choose({ ...message });
    const form = JSON.stringify(await side.slack.proxy.openedForm());
    expect(form).toMatch(/INC-1 P1 Checkout is slow.*INC-2 P2 Logins fail.*A new incident/);
    expect(await side.submit({ incident: { chosen: (await side.incident(2)).id } })).toBe('');
    expect(await messagesIn(2)).toEqual(['the token expired']);
    expect(await messagesIn(1)).toEqual([]);
  });

  test('a new incident is declared from the message, and has it', async () => {
    const message = await side.slack.post('nobody can log in\nsince 14:00');
    await choose({ ...message });
    const form = JSON.stringify(await side.slack.proxy.openedForm());
    expect(form).toContain('nobody can log in');
    const filledIn = { title: 'Nobody can log in', severity: { chosen: 'P1' }, detected_by: { chosen: 'employee' } };
    expect(await side.submit(filledIn)).toBe('');
    expect(await messagesIn()).toEqual(['nobody can log in\nsince 14:00']);
    expect(await side.incident()).toMatchObject({ title: 'Nobody can log in', threadTs: message.ts });
  });

  test('the form for a choice becomes the form for a new one', async () => {
    await side.type('declare P1 Checkout is slow');
    await side.type('declare P2 Logins fail');
    await choose({ ...(await side.slack.post(`"quoted" ${'\\"'.repeat(2_000)}`)) });
    const body = await side.submit({ incident: { chosen: 'new' } });
    const answer = JSON.parse(body) as {
      response_action: string;
      view: { callback_id: string; private_metadata: string };
    };
    expect(answer).toMatchObject({ response_action: 'update', view: { callback_id: 'incident_declare_form' } });
    expect(answer.view.private_metadata.length).toBeLessThan(3_000);
    const filledIn = { title: 'Quotes', severity: { chosen: 'P1' }, detected_by: { chosen: 'employee' } };
    expect((await sendToBot(side.url(), side.slack.submission(answer.view, filledIn))).body).toBe('');
    expect((await messagesIn(3))[0]).toMatch(/^"quoted"/);
  });
});

describe('people who may not', () => {
  test('a guest is refused', async () => {
    side.slack.proxy.person('U0GUEST', { is_restricted: true });
    await side.type('declare P1 Checkout is slow');
    const message = await side.slack.post('the pool is full');
    const url = await choose(message, { user: 'U0GUEST' });
    expect(await side.answerTo(url)).toMatch(/Only members of this workspace/);
    expect(await messagesIn()).toEqual([]);
  });

  test('a message of a private channel is shown to nobody outside of it', async () => {
    const secret = await privateChannel(side.slack);
    await side.type('declare P1 Checkout is slow');
    const message = { ...(await side.slack.post('BREACH', { channel: secret })) };
    await choose(message, { channel: secret, user: 'U0INSIDE' });
    const form = await side.slack.proxy.openedForm();
    expect(form.callback_id).toBe('incident_message_form');
    const metadata = { channelId: secret, messageChannel: secret, messageTs: message.ts, text: 'BREACH', author: 'U1' };
    const forged = { callback_id: 'incident_message_form', private_metadata: JSON.stringify(metadata) };
    const filledIn = side.slack.submission(forged, { incident: { chosen: (await side.incident()).id } });
    const by = { user: { id: 'U0INSIDE', name: 'inside', team_id: side.slack.team } };
    const { body } = await sendToBot(side.url(), { ...filledIn, ...by });
    expect(body).toContain('may not read the channel of this message, so I added nothing');
    expect(await messagesIn()).toEqual([]);
  });
});
