/**
 * Everything that Slack can send, by everybody who may not: the whole table of the surface is walked, so that a new row
 * without a check fails here. What nobody is asked for stands in a list with its reason.
 */
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { OPEN } from '#listeners/door.ts';
import { slackSurface, type Workflows } from '#listeners/register.ts';
import { addMute } from '#record/mutes.ts';
import { openBot, type TestBot } from '#test/bot.ts';
import { eventually } from '#test/eventually.ts';
import { openHotrodBackends, SLOW_QUERY_TRACE } from '#test/hotrod-backends.ts';
import { pagerdutyEdit, pagerdutyMessage } from '#test/pagerduty.ts';
import type { CallFault } from '#test/slack-proxy.ts';
import { openSlackSide, privateChannel, type SlackSide, sendToBot } from '#test/slack-side.ts';
import { STUMBLES } from '#test/slack-stumbles.ts';

const MEMBERS_ONLY = /Only members of this workspace who are in this channel may do that/;
const NOT_SAID = /Slack did not say whether you may do that/;
const TRACE = 'ac7a085ac1e7444f87fffebd9299acd6';
const MESSAGE = { ts: '1.1', text: `trace_id=${TRACE}`, user: 'U0SPANHOUND' };

let slack: SlackSide;
/** The one that is asked. */
let bot: TestBot;
let patient: TestBot;
/** For a Slack that stays silent: nobody waits for that longer than the product does. */
let hurried: TestBot;
let backends: Awaited<ReturnType<typeof openHotrodBackends>>;
let secret: string;
/** People and channels that one test alone uses. */
let made = 0;

beforeAll(async () => {
  backends = await openHotrodBackends();
  slack = await openSlackSide();
  secret = await privateChannel(slack);
  slack.proxy.person('U0SINGLE', { is_ultra_restricted: true });
  slack.proxy.person('U0CLOSED', { deleted: true });
  slack.proxy.person('U0OFNOWHERE', { is_stranger: true, team_id: 'T0OTHER' });
  const env = { SPANHOUND_HTTP_ALLOW: 'http://shop.test' };
  patient = await openBot({ slack, ...backends, env });
  hurried = await openBot({ slack, ...backends, env: { ...env, SPANHOUND_SLACK_ANSWER_SECONDS: '1.3' } });
  bot = patient;
});
afterAll(async () => {
  for (const one of [patient, hurried]) {
    await one.stop();
    await one.forget();
  }
  await slack.close();
  await backends.close();
});

const anything: unknown = new Proxy({}, { get: () => anything });
const surface = slackSurface(anything as Workflows);

type Person = Readonly<{ id: string; team?: string }>;
type Body = Readonly<Record<string, unknown>>;
/** `looks`: only shows something, so a setting may allow it to guests. */
type Way = Readonly<{ what: string; looks: boolean; body(person: Person, channelId: string): Body }>;

/** Each use that a command has. A command without a line here has one without a text. */
const TYPED: Readonly<Record<string, readonly (readonly [text: string, looks: boolean])[]>> = {
  '/trace': [
    [TRACE, true],
    ['', true],
    ['help', true],
    ['two ids that are none', true],
    ['tools', true],
    ['tools time 1736173845', true],
    ['tools json {"a":1}', true],
    ['tools http http://shop.test/health', false],
    ['TOOLS  HTTP http://shop.test/health', false],
    ['tools http --probe-circuit http://shop.test/health', false],
    ['tools http curl -X POST http://shop.test/orders', false],
  ],
  '/incident': [
    ...['', 'declare', 'declare P1 logins fail', 'note seen', 'timeline', 'whys', 'nonsense'],
    ...['link https://g.example', 'merge INC-1', 'page payments-team'],
  ].map((text) => [text, false]),
};

const BUTTONS_THAT_LOOK = [
  'trace_logs',
  'trace_markdown',
  'trace_compare',
  'trace_verify',
  'trace_ids',
  'trace_further',
  'trace_again',
  'trace_methods',
];

function pressing(id: string, type: string): Way {
  const option = { selected_option: { value: `whys:${TRACE}` } };
  const action = { type, action_id: id, block_id: `incident:${TRACE}:x`, value: TRACE, action_ts: '1', ...option };
  const body = () => ({ ...slack.action(MESSAGE, id, TRACE), actions: [action] });
  return {
    what: `${type} ${id}`,
    looks: BUTTONS_THAT_LOOK.includes(id),
    body: (person, channelId) => ({ ...body(), ...by(person), channel: { id: channelId, name: 'somewhere' } }),
  };
}

/** A person of another company sends the workspace of that company. */
function by({ id, team = slack.team }: Person): Body {
  return { team: { id: team, domain: 'x' }, user: { id, username: id, name: id, team_id: team } };
}

function happening(what: string, event: Body, looks: boolean, channelIn: (channelId: string) => Body): Way {
  return {
    what: `event ${what}`,
    looks,
    body: (person, channelId) => ({
      ...slack.event({ ...event, ...channelIn(channelId), user: person.id }),
      team_id: person.team ?? slack.team,
    }),
  };
}

const item = (channel: string) => ({ item: { type: 'message', channel, ts: '1.1' } });

/** Each kind of event that a person causes. */
const EVENTS: Readonly<Record<string, readonly Way[]>> = {
  app_mention: [
    happening('app_mention', { type: 'app_mention', ts: '1.1', text: `<@B> ${TRACE}` }, true, (channel) => ({
      channel,
    })),
    ...['note seen', 'list', 'severity P9'].map((text) =>
      happening(
        `app_mention that says ${text}`,
        { type: 'app_mention', ts: '1.1', text: `<@B> ${text}` },
        false,
        (channel) => ({
          channel,
        }),
      ),
    ),
    happening('app_mention of a service', { type: 'app_mention', ts: '1.1', text: '<@B> hello' }, true, (channel) => ({
      channel,
    })),
  ],
  message: [
    happening(
      'direct message about an incident',
      { type: 'message', channel_type: 'im', ts: '1.1', text: 'INC-1 note seen' },
      false,
      (channel) => ({ channel }),
    ),
    happening('direct message', { type: 'message', channel_type: 'im', ts: '1.1', text: TRACE }, true, (channel) => ({
      channel,
    })),
  ],
  reaction_added: [
    happening('pushpin', { type: 'reaction_added', reaction: 'pushpin' }, false, item),
    happening('magnifier', { type: 'reaction_added', reaction: 'mag' }, true, item),
  ],
  reaction_removed: [happening('pushpin removed', { type: 'reaction_removed', reaction: 'pushpin' }, false, item)],
  pin_added: [
    happening('pin', { type: 'pin_added' }, false, (channel_id) => ({ channel_id, item: { message: { ts: '1.1' } } })),
  ],
  pin_removed: [
    happening('unpin', { type: 'pin_removed' }, false, (channel_id) => ({
      channel_id,
      item: { message: { ts: '1.1' } },
    })),
  ],
};

const commands: readonly Way[] = Object.keys(surface.commands).flatMap((command) =>
  (TYPED[command] ?? [['', false] as const]).map(([text, looks]) => ({
    what: `${command} ${text}`,
    looks,
    body: (person: Person, channel_id: string) =>
      slack.command(text, { command, user_id: person.id, team_id: person.team ?? slack.team, channel_id }),
  })),
);
const presses: readonly Way[] = [
  ...Object.keys(surface.buttons).map((id) => pressing(id, 'button')),
  pressing('incident_timeline_2', 'button'),
  pressing('of_an_older_version', 'button'),
  ...Object.keys(surface.menus).map((id) => pressing(id, 'static_select')),
  ...Object.keys(surface.overflows).map((id) => pressing(id, 'overflow')),
];
const shortcuts: readonly Way[] = Object.keys(surface.shortcuts).map((callback_id) => ({
  what: `shortcut ${callback_id}`,
  looks: callback_id === 'diagnose_message',
  body: (person, channelId) => ({
    ...slack.shortcut(MESSAGE),
    callback_id,
    ...by(person),
    channel: { id: channelId, name: 'somewhere' },
  }),
}));
const forms: readonly Way[] = Object.keys(surface.forms).map((callback_id) => ({
  what: `form ${callback_id}`,
  looks: false,
  body: (person, channelId) => ({
    ...slack.submission({ callback_id, private_metadata: JSON.stringify({ channelId }) }, { first: '', text: 'x' }),
    ...by(person),
  }),
}));
const events: readonly Way[] = [...new Set(surface.events.map(({ name }) => name))].flatMap(
  (name) => EVENTS[name] ?? [],
);
const answering: readonly Way[] = [...commands, ...presses, ...shortcuts, ...forms];

/** Everything that a request could have changed or asked for; answers to the person alone are not in it. */
async function state() {
  const { db } = bot.store;
  const rows = async (table: 'jobs' | 'investigations' | 'incidents' | 'audit' | 'mutes' | 'timeline_entries') =>
    (await db.selectFrom(table).selectAll().execute()).length;
  return {
    jobs: await rows('jobs'),
    investigations: await rows('investigations'),
    incidents: await rows('incidents'),
    audit: await rows('audit'),
    mutes: await rows('mutes'),
    timeline: await rows('timeline_entries'),
    forms: slack.proxy.callsOf('views.open').length,
  };
}

/** What one person did: work that others began may still be running. */
async function doneBy(actor: string) {
  const audited = await bot.store.db.selectFrom('audit').selectAll().where('actor', '=', actor).execute();
  return { audited: audited.length, forms: slack.proxy.callsOf('views.open').length };
}

/** The answer in the response to the request, or at its response URL. */
async function answerTo(way: Way, person: Person, channelId: string): Promise<string> {
  const body = way.body(person, channelId);
  const { status, body: answer } = await sendToBot(bot.url, body);
  expect(status, way.what).toBe(200);
  if (answer !== '') return answer;
  const id = String(body.response_url).split('/').at(-1);
  const found = await eventually(() => slack.proxy.responses.find(({ urlId }) => urlId === id));
  return JSON.stringify(found.body);
}

const posted = () => slack.proxy.callsOf('chat.postMessage').map(({ args }) => args.text ?? '');

function madeOne(): number {
  made += 1;
  return made;
}

/** Whom Slack was not asked about yet: an answer counts for half a minute. */
function somebody(): Person {
  const id = `U0SOMEBODY${madeOne()}`;
  slack.proxy.person(id);
  return { id };
}

/** A private channel about which Slack was not asked yet. */
async function channelOf(...people: readonly Person[]): Promise<string> {
  const channelId = await slack.newChannel(`private-${madeOne()}`, true);
  slack.proxy.members(
    channelId,
    people.map(({ id }) => id),
  );
  return channelId;
}

/** Slack fails in one of its answers while this runs. */
async function whileSlack(fails: string, fault: CallFault, run: () => Promise<void>): Promise<void> {
  slack.proxy.chaos((method) => (method === fails ? fault : undefined));
  try {
    await run();
  } finally {
    slack.proxy.chaos(() => undefined);
  }
}

/** So many at once: Slack waits three seconds for each, and a slow machine must be in time for all. */
const AT_ONCE = 30;

/** Many at once: one after another they take six times as long, and more than a second each where Slack is silent. */
async function inTurns<T>(ways: readonly Way[], ask: (way: Way) => Promise<T>): Promise<readonly T[]> {
  const found: T[] = [];
  for (let at = 0; at < ways.length; at += AT_ONCE) {
    found.push(...(await Promise.all(ways.slice(at, at + AT_ONCE).map(ask))));
  }
  return found;
}

async function everyAnswer(ways: readonly Way[], by: () => Person, channelId: string, expected: RegExp): Promise<void> {
  const answers = await inTurns(ways, async (way) => `${way.what}: ${await answerTo(way, by(), channelId)}`);
  for (const answer of answers) expect(answer).toMatch(expected);
}

/** No answer waits to be sent, and no request of Slack to be worked on. */
async function settled(): Promise<void> {
  const { db } = bot.store;
  await eventually(async () => {
    const [waiting, pending] = await Promise.all([
      db.selectFrom('outbox').select('seq').where('kind', '=', 'respond').execute(),
      db.selectFrom('inbox').select('id').where('done_us', 'is', null).execute(),
    ]);
    return waiting.length + pending.length === 0 || undefined;
  });
}

/** Sends each way, and returns those that were refused, in the answer or at the response URL. */
async function refusedOf(ways: readonly Way[], person: Person, channelId: string): Promise<readonly string[]> {
  const sent = await inTurns(ways, async ({ what, body }) => {
    const request = body(person, channelId);
    const { status, body: answer } = await sendToBot(bot.url, request);
    expect(status, what).toBe(200);
    return { what, answer, urlId: String(request.response_url).split('/').at(-1) };
  });
  await settled();
  const said = (id: string | undefined) => slack.proxy.responses.filter(({ urlId }) => urlId === id);
  return sent
    .filter(({ answer, urlId }) => /Only members of|Slack did not say/.test(answer + JSON.stringify(said(urlId))))
    .map(({ what }) => what);
}

const OUTSIDERS = [
  ['a guest of several channels', { id: 'U0GUEST' }],
  ['a guest of one channel', { id: 'U0SINGLE' }],
  ['a person of another company, who sends that company’s workspace', { id: 'U0OTHER', team: 'T0OTHER' }],
  ['a stranger', { id: 'U0OFNOWHERE', team: 'T0OTHER' }],
  ['somebody who left the workspace', { id: 'U0CLOSED' }],
  ['nobody that Slack knows', { id: 'U0NOBODY' }],
] satisfies readonly (readonly [string, Person])[];

/** One door asks for all ways, so that each way meets a part of those whom it refuses. The deep run tries the others. */
function inParts(
  ways: readonly Way[],
  at: number,
  parts: number,
): Readonly<{ gate: readonly Way[]; deep: readonly Way[] }> {
  const isInGate = (way: number) => way % parts === at % parts;
  return { gate: ways.filter((_, way) => isInGate(way)), deep: ways.filter((_, way) => !isInGate(way)) };
}

describe.each(OUTSIDERS.map(([what, person], at) => [what, person, at] as const))('%s', (_, person, at) => {
  /** One outsider meets each way in the gate. */
  const { gate, deep } = inParts(answering, at, OUTSIDERS.length);

  test('is refused by commands, buttons, menus, shortcuts and forms', () => isRefusedBy(gate));
  test('is refused by all others', { tags: ['deep'] }, () => isRefusedBy(deep));

  async function isRefusedBy(ways: readonly Way[]): Promise<void> {
    const before = await state();
    await everyAnswer(ways, () => person, slack.channel, MEMBERS_ONLY);
    expect(await state()).toEqual(before);
  }

  test('causes nothing by any event, and is told so where they asked in words', async () => {
    const before = await state();
    for (const way of events) {
      const said = posted().length;
      expect((await sendToBot(bot.url, way.body(person, slack.channel))).status, way.what).toBe(200);
      if (!/mention|direct/.test(way.what)) continue;
      await eventually(() => posted().length > said || undefined);
      expect(posted().slice(said), way.what).toEqual([expect.stringMatching(MEMBERS_ONLY)]);
    }
    expect(await state()).toEqual(before);
  });
});

test('who left a private channel sends no form that was opened there', async () => {
  const before = await state();
  const left = somebody();
  await everyAnswer(forms, () => left, await channelOf(somebody()), MEMBERS_ONLY);
  expect(await state()).toEqual(before);
});

/** Until the test ends, what waits for this fault is asked of the hurried bot. */
function asksBotFor(fault: CallFault): void {
  bot = fault.kind === 'hangs' ? hurried : patient;
  onTestFinished(() => {
    bot = patient;
  });
}

describe.each(STUMBLES.map(([what, fault], at) => [what, fault, at] as const))(
  'while Slack answers with %s',
  (_, fault, at) => {
    beforeEach(() => asksBotFor(fault));
    /** One fault meets each way in the gate. */
    const { gate, deep } = inParts(answering, at, STUMBLES.length);

    test('everybody of whom it does not say who they are is refused', () => areRefusedBy(gate));
    test('everybody is refused by all other ways', { tags: ['deep'] }, () => areRefusedBy(deep));

    async function areRefusedBy(ways: readonly Way[]): Promise<void> {
      const before = await state();
      await whileSlack('users.info', fault, async () => {
        await everyAnswer(ways, somebody, slack.channel, NOT_SAID);
      });
      expect(await state()).toEqual(before);
    }

    test.each(['conversations.info', 'conversations.members'])('to %s, every form is refused', async (method) => {
      const before = await state();
      const person = somebody();
      const channelId = await channelOf(person);
      await whileSlack(method, fault, async () => {
        await everyAnswer(forms, () => person, channelId, NOT_SAID);
      });
      expect(await state()).toEqual(before);
    });
  },
);

describe('the Home tab', () => {
  const seenBy = async ({ id, team }: Person): Promise<string> => {
    const opened = slack.homeOpened();
    const seen = slack.proxy.callsOf('views.publish').length;
    const event = { ...opened.event, user: id };
    await sendToBot(bot.url, { ...opened, team_id: team ?? slack.team, event });
    const shown = () => slack.proxy.callsOf('views.publish').slice(seen);
    // The view of somebody who opened it before may come now.
    return await eventually(() => shown().find(({ args }) => args.user_id === id)?.args.view);
  };
  beforeAll(async () => {
    const place = { workspaceId: slack.team, channelId: slack.channel, alertId: '', service: 'payroll' };
    for (const { store } of [patient, hurried]) {
      await store.transaction(async (tx) => {
        await addMute(tx, { id: 'm-1', ...place, by: 'U0INSIDE', untilUs: tx.nowUs + 3_600_000_000 });
      });
    }
  });

  test('shows the mutes of a public channel to a member', async () => {
    expect(await seenBy(somebody())).toContain('payroll');
  });

  test.each(OUTSIDERS)('shows no channel to %s', async (_, person) => {
    expect(await seenBy(person)).not.toContain('payroll');
  });

  test.each(STUMBLES)('shows no channel while Slack answers with %s', async (_, fault) => {
    asksBotFor(fault);
    await whileSlack('users.info', fault, async () => {
      expect(await seenBy(somebody())).not.toContain('payroll');
    });
  });
});

test('a request of a kind that the door does not know reaches nobody', async () => {
  const before = await state();
  const { callback_id: _, ...global } = slack.shortcut(MESSAGE);
  await sendToBot(bot.url, { ...global, type: 'shortcut', callback_id: 'diagnose_message', ...by(somebody()) });
  await sendToBot(bot.url, slack.event({ type: 'channel_rename', user: 'U0INSIDE' }));
  await sendToBot(bot.url, slack.event({ type: 'app_mention', ts: '1.1', channel: slack.channel, user: undefined }));
  expect(await state()).toEqual(before);
});

test('an event of the bot passes without a question to Slack', async () => {
  const asked = slack.proxy.callsOf('users.info').length;
  const pin = { type: 'pin_added', channel_id: slack.channel, item: { message: { ts: '1.1' } }, user: 'U0SPANHOUND' };
  const authorizations = [{ user_id: 'U0SPANHOUND', is_bot: true }];
  expect((await sendToBot(bot.url, { ...slack.event(pin), authorizations })).status).toBe(200);
  expect(slack.proxy.callsOf('users.info')).toHaveLength(asked);
});

test('whatever Slack answers, the event of a person is kept, and asked about again', async () => {
  const posts = posted().length;
  for (const [name, fault] of STUMBLES) {
    asksBotFor(fault);
    const before = await state();
    await whileSlack('users.info', fault, async () => {
      const sent = events.map(async (way) => await sendToBot(bot.url, way.body(somebody(), slack.channel)));
      for (const { status } of await Promise.all(sent)) expect(status, name).toBe(500);
      const kept = bot.store.db.selectFrom('inbox').select('id').where('done_us', 'is', null);
      expect(await kept.execute(), name).toHaveLength(events.length);
      expect(await state(), name).toEqual(before);
      expect(posted(), name).toHaveLength(posts);
      await bot.store.db.deleteFrom('inbox').where('done_us', 'is', null).execute();
    });
  }
  bot = patient;
  const { investigations } = await state();
  const mention = events.filter(({ what }) => what === 'event app_mention');
  await whileSlack('users.info', { kind: 'refused', error: 'internal_error' }, async () => {
    for (const way of mention) await sendToBot(bot.url, way.body(somebody(), slack.channel));
  });
  await settled();
  expect((await state()).investigations).toBe(investigations + 1);
});

describe('an alert in a channel that another company reads', () => {
  const place = () => ({ channel: slack.channel, ts: `1790000000.${String(madeOne()).padStart(6, '0')}` });
  const incident = { id: 'Q7X2FRONTEND', title: 'frontend is slow' };
  const sends = async (event: Body, workspaceId: string | undefined, isShared = true): Promise<number> => {
    const profile = { bot_profile: { app_id: 'A1FKYAUUX', ...(workspaceId && { team_id: workspaceId }) } };
    const message = 'message' in event ? { message: { ...(event.message as object), ...profile } } : profile;
    const body = { ...slack.event({ ...event, ...message }), is_ext_shared_channel: isShared };
    return (await sendToBot(bot.url, body)).status;
  };
  const alerts = async () => (await bot.store.db.selectFrom('alerts').select('id').execute()).length;

  test.each([
    ['of that company’s app', 'T0OTHER'],
    ['of an app whose workspace Slack does not name', undefined],
  ])('%s is not answered, new or edited', async (_, workspaceId) => {
    const before = await alerts();
    expect(await sends(pagerdutyMessage(incident, place()), workspaceId)).toBe(200);
    expect(await sends(pagerdutyEdit(incident, { ...place(), state: 'resolved' }), workspaceId)).toBe(200);
    expect(await alerts()).toBe(before);
  });

  test('of our own app is answered, and so is any app in a channel of our own', async () => {
    const before = await alerts();
    expect(await sends(pagerdutyMessage(incident, place()), slack.team)).toBe(200);
    expect(await alerts()).toBe(before + 1);
    expect(await sends(pagerdutyMessage({ ...incident, id: 'Q7X2OTHER' }, place()), undefined, false)).toBe(200);
    expect(await alerts()).toBe(before + 2);
  });
});

describe('a member', () => {
  const { gate, deep } = inParts(answering, 0, 2);

  test('is refused by none of them', { tags: ['deep'] }, async () => {
    const member = somebody();
    const channelId = await channelOf(member);
    expect(await refusedOf(gate, member, slack.channel)).toEqual([]);
    expect(await refusedOf(forms, member, channelId)).toEqual([]);
  });

  test('is refused by none of the others', { tags: ['deep'] }, async () => {
    expect(await refusedOf(deep, somebody(), slack.channel)).toEqual([]);
  });
});

test('every event has its line here, or stands among those that nobody asks by', () => {
  const known = new Set([...Object.keys(EVENTS), ...Object.keys(OPEN)]);
  expect([...new Set(surface.events.map(({ name }) => name))].filter((name) => !known.has(name))).toEqual([]);
  for (const [name, reason] of Object.entries(OPEN)) expect(reason, name).toMatch(/^[A-Z].{15,}\.$/);
});

test('no listener has the id of a link, for which nobody is asked', () => {
  const ids = [surface.buttons, surface.menus, surface.overflows].flatMap((row) => Object.keys(row));
  expect(ids.filter((id) => id.startsWith('open_'))).toEqual([]);
});

describe('in a channel that the setting names', () => {
  /** A second such channel. */
  let warRoom: string;
  beforeAll(async () => {
    await bot.stop();
    warRoom = await slack.newChannel('war-room', false);
    const lookIn = `${slack.channel},${warRoom}`;
    bot = await openBot({
      slack,
      ...backends,
      dataFolder: bot.dataFolder,
      env: { SPANHOUND_GUESTS_LOOK_IN: lookIn, SPANHOUND_HTTP_ALLOW: 'http://shop.test' },
    });
  });
  afterAll(() => bot.stop());

  test('what a guest asks in the channel of an incident stays out of its timeline', async () => {
    const { db } = bot.store;
    const says = async (command: string, text: string, user_id: string) => {
      expect((await sendToBot(bot.url, slack.command(text, { command, user_id, channel_id: warRoom }))).body).toBe('');
      await settled();
    };
    const answered = (by: string) =>
      eventually(async () => {
        const asked = db.selectFrom('investigations').select('state').where('asked_by', '=', by);
        return (await asked.where('channel_id', '=', warRoom).executeTakeFirst())?.state === 'done' || undefined;
      });
    const diagnoses = async () => {
      const entries = db.selectFrom('timeline_entries').innerJoin('incidents', 'incidents.id', 'incident_id');
      const noted = entries.select('timeline_entries.id').where('timeline_entries.kind', '=', 'diagnosis');
      return (await noted.where('incidents.channel_id', '=', warRoom).execute()).length;
    };
    const { id: member } = somebody();
    await says('/incident', 'declare P1 nobody can order', member);
    await says('/trace', SLOW_QUERY_TRACE.id, 'U0GUEST');
    await answered('U0GUEST');
    expect(await diagnoses()).toBe(0);
    await says('/trace', SLOW_QUERY_TRACE.id, member);
    await answered(member);
    expect(await diagnoses()).toBe(1);
  });

  test.each([
    ['a guest', { id: 'U0GUEST' }],
    ['a person of another company', { id: 'U0OTHER', team: 'T0OTHER' }],
  ] satisfies readonly (readonly [string, Person])[])('%s may look, and do nothing else', async (_, person) => {
    const looking = answering.filter(({ looks }) => looks);
    const before = await doneBy(person.id);
    const { investigations } = await state();
    const refused = await refusedOf(answering, person, slack.channel);
    expect(refused).toEqual(answering.filter((way) => !looking.includes(way)).map(({ what }) => what));
    expect(await doneBy(person.id)).toEqual(before);
    await eventually(async () => (await state()).investigations > investigations || undefined);
  });

  test.each([
    ['a guest', { id: 'U0GUEST' }],
    ['a person of another company', { id: 'U0OTHER', team: 'T0OTHER' }],
  ] satisfies readonly (readonly [string, Person])[])(
    '%s may ask in words and by 🔍, and mark nothing',
    async (_, person) => {
      const ofEvents = async () => {
        const jobs = await bot.store.db.selectFrom('jobs').select(['kind', 'payload']).execute();
        return jobs.filter(({ kind }) => kind === 'incident-message').length;
      };
      const before = { posts: posted().length, jobs: await ofEvents() };
      // What says something about an incident is refused in words; that is for members.
      const channels = events.filter(({ what }) => !/direct message|that says/.test(what));
      for (const way of channels) expect((await sendToBot(bot.url, way.body(person, slack.channel))).status).toBe(200);
      await settled();
      expect(await ofEvents()).toBe(before.jobs);
      expect(posted().slice(before.posts).join()).not.toMatch(MEMBERS_ONLY);
      const asked = bot.store.db.selectFrom('jobs').select('kind').where('kind', '=', 'look-into-message');
      expect((await asked.execute()).length).toBeGreaterThan(0);
    },
  );

  describe.each([
    ['a guest elsewhere', 'U0GUEST', () => secret, 0],
    ['somebody who left the workspace', 'U0CLOSED', () => slack.channel, 1],
    ['nobody that Slack knows', 'U0NOBODY', () => slack.channel, 2],
  ])('%s', (_, id, channel, at) => {
    const { gate, deep } = inParts(answering, at, 3);

    test('may not look', () => mayNotLookBy(gate));
    test('may not look in any other way', { tags: ['deep'] }, () => mayNotLookBy(deep));

    async function mayNotLookBy(ways: readonly Way[]): Promise<void> {
      const before = await doneBy(id);
      await everyAnswer(ways, () => ({ id }), channel(), MEMBERS_ONLY);
      expect(await doneBy(id)).toEqual(before);
    }
  });
});
