/** Pages: who is called, who has it, and who learns nothing: real Bolt over HTTP, a stateful Slack, a stepped clock. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { pagesOf } from '#model/incident/page.ts';
import { blockProblems } from '#present/slack/block-limits.ts';
import { keepFacts } from '#record/services.ts';
import { timelineOf } from '#record/timeline.ts';
import { verifyTimelines } from '#record/timeline-proof.ts';
import { openHotrodBackends } from '#test/hotrod-backends.ts';
import { inGate } from '#test/in-gate.ts';
import { type IncidentsInSlack, openIncidents, shownIn } from '#test/incidents-in-slack.ts';
import { openPagerDuty, type PagerDutySide } from '#test/pagerduty-side.ts';
import { privateChannel, sendToBot } from '#test/slack-side.ts';

const [KIM, ANA, LEAD] = ['U00000KIM1', 'U00000ANA1', 'U0000LEAD1'];

let backends: Awaited<ReturnType<typeof openHotrodBackends>>;
let side: IncidentsInSlack;

beforeAll(async () => {
  backends = await openHotrodBackends();
});
afterAll(() => backends.close());
beforeEach(async () => {
  side = await openIncidents(backends, {
    SPANHOUND_PAGE_ON_CALL: `payments-team=${KIM},payments-team=${ANA}`,
    SPANHOUND_COMMANDER_MINUTES: '0',
    SPANHOUND_PAGE_MINUTES_P0: '2',
    SPANHOUND_PAGE_MINUTES_P3: '0',
  });
  for (const person of [KIM, ANA, LEAD]) side.slack.proxy.person(person);
  await side.type('declare P2 Checkout is slow');
  await side.overview('INC-1');
});
afterEach(() => side.close());

/** The text of each direct message, with the person who got it. */
const direct = () =>
  side.slack.proxy
    .callsOf('chat.postMessage')
    .filter(({ args }) => args.channel?.startsWith('U'))
    .map(({ args }) => ({ who: args.channel, text: args.text ?? '', blocks: JSON.parse(args.blocks ?? '[]') }));
const directTo = (who: string) => side.soon(() => direct().find((message) => message.who === who));
/** The mentions in the thread, in order. */
const mentioned = async () => {
  const { ts } = await side.overview('INC-1');
  return (await side.slack.thread(ts)).flatMap(
    (message) => /"type":"user(?:group)?","user(?:group)?_id":"(\w+)"/.exec(shownIn(message))?.[1] ?? [],
  );
};
const page = async () => {
  const { id } = await side.incident();
  const [found] = pagesOf(await timelineOf(side.store(), id));
  return { value: `${id}:${found?.id}`, ...found };
};
const paged = async () => (await side.timeline()).filter((entry) => /page/i.test(entry));

test('a person is mentioned in the thread and gets a direct message with what is known', async () => {
  await side.type('update half of the pods are back');
  const answer = await side.type(`page <@${KIM}|kim> the queue is full &lt;!channel&gt;`);
  expect(answer).toContain(`<@${KIM}> is paged for INC-1. Without an answer in 5 min, I page the next one.`);
  const message = await directTo(KIM);
  expect(blockProblems(message.blocks)).toEqual([]);
  const text = JSON.stringify(message.blocks);
  expect(text).toContain('INC-1 P2 Checkout is slow');
  expect(text).toMatch(/ — investigating\. \w+ pages you\./);
  expect(text).toContain(' the queue is full <!channel>');
  expect(text).toContain(' half of the pods are back');
  expect(text).toContain('I have it');
  expect(message.text).not.toContain('<!');
  await side.soon(async () => ((await mentioned()).length === 1 ? true : undefined));
  expect(await mentioned()).toEqual([KIM]);
  expect(await paged()).toEqual([`message Paged ${KIM}: the queue is full <!channel>`]);
  expect(await side.type('timeline')).toContain('"Page"');
  expect(await side.type(`page <@${KIM}|kim>`)).toContain('is paged already and has not answered yet');
  expect(await verifyTimelines(side.store())).toMatchObject({ ok: true });
});

test('who has it says so from the direct message, once, and nobody else is paged', async () => {
  await side.type('page payments-team');
  await directTo(KIM);
  await side.pass(2);
  const { value } = await page();
  expect(await side.press('incident_page_have', value, { user_id: KIM, channel_id: 'D0KIM' })).toContain(
    'You have INC-1. Nobody else is paged.',
  );
  expect(await side.press('incident_page_have', value, { user_id: ANA })).toContain(`<@${KIM}> has it already`);
  expect(await side.press('incident_page_stop', value)).toContain('This page has ended already');
  await side.restart();
  await side.pass(20);
  await side.thread('INC-1', 'has it');
  expect(direct().map(({ who }) => who)).toEqual([KIM]);
  expect(await paged()).toEqual([`message Paged ${KIM}`, expect.stringContaining('Acknowledged the page after 2 min')]);
  expect(await mentioned()).toEqual([]);
});

test('the minutes are those of the severity, also of one that changes while the page waits', async () => {
  await side.type('severity P3');
  expect(await side.type('page payments-team')).toMatch(/is paged for INC-1\.(?! Without)/);
  await directTo(KIM);
  await side.pass(30);
  expect(direct().map(({ who }) => who)).toEqual([KIM]);
  await side.type('severity P0');
  expect(JSON.stringify((await directTo(ANA)).blocks)).toContain('nobody before you answered');
  expect((await paged()).at(-1)).toBe(`message Nobody acknowledged for 2 min. Paged ${ANA}`);
});

test('without an answer the next one is paged, then the commander, then the page ends; also after a restart', async () => {
  await side.type('role commander', { user_id: LEAD });
  await side.type('page payments-team the queue is full');
  await side.pass(5);
  expect(JSON.stringify((await directTo(ANA)).blocks)).toContain('the queue is full');
  await side.restart();
  await side.pass(5);
  await directTo(LEAD);
  expect(JSON.stringify((await directTo(LEAD)).blocks)).toContain('nobody before you answered');
  await side.pass(5);
  await side.soon(async () => (await paged()).find((entry) => entry.includes('nobody is left')));
  await side.pass(20);
  expect(direct().map(({ who }) => who)).toEqual([KIM, ANA, LEAD]);
  const outcomes = (await side.thread('INC-1')).filter((line) => /page/.test(line));
  expect(outcomes).toEqual([
    'INC-1: no answer to this page, so I paged the next one',
    'INC-1: no answer to this page, so I paged the next one',
    'INC-1: nobody acknowledged the page, and nobody is left to page',
  ]);
  expect(await paged()).toEqual([
    `message Paged ${KIM}: the queue is full`,
    `message Nobody acknowledged for 5 min. Paged ${ANA}`,
    `message Nobody acknowledged for 5 min. Paged ${LEAD}`,
    'message Nobody acknowledged the page, and nobody is left to page',
  ]);
});

const ends = inGate(
  [
    ['somebody stops it', async () => side.press('incident_page_stop', (await page()).value)],
    ['the incident is resolved', () => side.type('resolve all is well')],
  ] as const,
  2,
);
test.each(ends.gate)('it goes to nobody else once %s', nobodyElse);
test.each(ends.deep)('it goes to nobody else once %s', { tags: ['deep'] }, nobodyElse);

async function nobodyElse(_: string, end: () => Promise<unknown>): Promise<void> {
  await side.type('page payments-team');
  await directTo(KIM);
  await end();
  await side.pass(20);
  expect(direct().map(({ who }) => who)).toEqual([KIM]);
}

test.each([
  ['resolved', 'resolved', async () => void (await side.type('resolve all is well'))],
  ['merged into another one', 'merged', mergeIntoAnother],
])(
  'a page ends with an incident that is %s, and the same person can be paged after a reopening',
  async (_, status, end) => {
    await side.type('page payments-team');
    await directTo(KIM);
    const { value } = await page();
    await end();
    expect((await page()).isEnded).toBe(true);
    expect(await paged()).toEqual([`message Paged ${KIM}`, `message The page ended: ${status}`]);
    await side.thread('INC-1', 'nobody is paged any more');
    expect(await mentioned()).toEqual([]);
    expect(await side.press('incident_page_have', value, { user_id: KIM })).toContain(`INC-1 is ${status}`);
    await side.clock.tick(1_000);
    await side.type('INC-1 reopen it is back');
    expect(await side.type('INC-1 page payments-team')).toContain(`<@${KIM}> is paged for INC-1.`);
    await side.pass(5);
    await directTo(ANA);
    expect(direct().map(({ who }) => who)).toEqual([KIM, KIM, ANA]);
  },
);

async function mergeIntoAnother(): Promise<void> {
  await side.type('declare P2 Payments are down', { channel_id: await side.slack.newChannel('payments', false) });
  await side.overview('INC-2');
  const answer = await side.press('incident_merge', `${(await side.incident(2)).id}:${(await side.incident(1)).id}`);
  expect(answer).toContain('INC-1 is merged into INC-2');
}

test('two who have it at the same moment are one, and the other learns who', { tags: ['deep'] }, async () => {
  await side.type('page payments-team');
  const { value } = await page();
  const answers = await Promise.all([KIM, ANA].map((user_id) => side.press('incident_page_have', value, { user_id })));
  expect(answers.filter((answer) => answer.includes('You have INC-1'))).toHaveLength(1);
  expect(answers.filter((answer) => answer.includes('has it already'))).toHaveLength(1);
});

test('a command that is delivered twice pages once', { tags: ['deep'] }, async () => {
  const command = side.slack.command('page payments-team', { command: '/incident' });
  await Promise.all([sendToBot(side.url(), command), sendToBot(side.url(), command)]);
  await directTo(KIM);
  await side.restart();
  await sendToBot(side.url(), command);
  await side.pass(1);
  expect(direct()).toHaveLength(1);
});

test('a user group is mentioned, and gets no direct message', async () => {
  await side.type('page <!subteam^S0PAYMENTS|@payments>');
  await side.soon(async () => ((await mentioned()).length === 1 ? true : undefined));
  expect(await mentioned()).toEqual(['S0PAYMENTS']);
  expect(direct()).toEqual([]);
});

test('for a name without anybody on call says so and how to set it', async () => {
  expect(await side.type('page checkout')).toContain('I do not know who is on call for checkout.');
  expect(await side.type('page checkout')).toContain('incidents.page.onCall');
  expect(await side.type('page cause')).toContain('I do not know who is on call for the cause');
  expect(await side.type('resolve')).toContain('resolved');
  expect(await side.type(`INC-1 page <@${KIM}>`)).toContain('INC-1 is resolved: nobody is paged for it.');
  expect(direct()).toEqual([]);
});

test('who is on call is said to the person who asks: nobody is mentioned or called', async () => {
  side.slack.proxy.person(KIM, { name: 'kim', real_name: 'Kim', tz: 'UTC' });
  const all = await side.type('who is on call?');
  expect(all).toContain('On call for payments-team: Kim');
  expect(all).not.toMatch(/<@|"type":"user/);
  expect(await side.type('on-call payments-team')).toContain('On call for payments-team: Kim');
  expect(await side.type('who is on call for search')).toContain('I do not know who is on call for search.');
  expect(await side.type('INC-9 who is on call')).toContain('There is no INC-9');
  expect(direct()).toEqual([]);
});

test('the name of a service pages who is on call for its owner', async () => {
  await side.store().transaction((tx) =>
    keepFacts(tx, {
      source: 'catalog',
      facts: [
        {
          service: 'payments-api',
          kind: 'name',
          value: 'payments-api',
          origin: 'backstage',
          place: 'catalog-info.yaml',
        },
        {
          service: 'payments-api',
          kind: 'owner',
          value: 'group:payments-team',
          origin: 'backstage',
          place: 'catalog-info.yaml',
        },
        { service: 'cart', kind: 'name', value: 'cart', origin: 'backstage', place: 'catalog-info.yaml' },
        { service: 'cart', kind: 'owner', value: 'cart-team', origin: 'backstage', place: 'catalog-info.yaml' },
      ],
      warnings: [],
    }),
  );
  expect(await side.type('page cart')).toContain('on call for cart. It belongs to cart-team. Page a person');
  expect(await side.type('page Payments-API')).toContain(`<@${KIM}> is paged`);
  await directTo(KIM);
});

test('the form pages too, and wants one name', async () => {
  const { id } = await side.incident();
  const message = await side.overview('INC-1');
  await sendToBot(
    side.url(),
    side.slack.action(message, 'incident_page', id, { trigger_id: side.slack.proxy.trigger() }),
  );
  expect(JSON.parse(await side.submit({ name: '', text: '' })).errors.name).toContain('Name one');
  expect(await side.submit({ person: { person: KIM }, text: 'the queue is full' })).toBe('');
  await directTo(KIM);
});

describe('an incident of a private channel', () => {
  let inside: Readonly<{ user_id: string; channel_id: string }>;

  beforeEach(async () => {
    inside = { user_id: 'U0INSIDE', channel_id: await privateChannel(side.slack) };
    await side.type('declare P1 BREACH insider', inside);
    await side.overview('INC-2');
  });

  const outsiders = inGate(
    [
      ['a member who is not in the channel', 'U0OUTSIDE'],
      ['a guest who is in it', 'U0GUEST'],
      ['a person of another workspace', 'U0OTHER'],
    ] as const,
    2,
  );
  test.each(outsiders.gate)('is not told to %s', isNotTold);
  test.each(outsiders.deep)('is not told to %s', { tags: ['deep'] }, isNotTold);

  async function isNotTold(_: string, who: string): Promise<void> {
    const answer = await side.type(`page <@${who}>`, inside);
    expect(answer).toContain(`<@${who}> may not see INC-2`);
    await side.pass(20);
    expect(direct()).toEqual([]);
  }

  test('skips those of the list who may not see it, and says so', async () => {
    side.slack.proxy.members(inside.channel_id, ['U0INSIDE', ANA]);
    const answer = await side.type('page payments-team', inside);
    expect(answer).toContain(`<@${ANA}> is paged for INC-2.`);
    expect(answer).toContain(`I do not page <@${KIM}>, who may not see INC-2.`);
    await directTo(ANA);
    expect(direct().map(({ who }) => who)).toEqual([ANA]);
  });

  test('is not told to a commander outside when nobody answers', async () => {
    expect(await side.type('page payments-team', inside)).toContain('may not see INC-2');
    side.slack.proxy.members(inside.channel_id, ['U0INSIDE', 'U0OUTSIDE']);
    await side.type('role commander', { ...inside, user_id: 'U0OUTSIDE' });
    side.slack.proxy.members(inside.channel_id, ['U0INSIDE']);
    expect(await side.type('page <@U0INSIDE>', inside)).toContain('is paged for INC-2');
    await side.pass(20);
    await side.soon(async () => (await side.timeline(2)).find((entry) => entry.includes('nobody is left')));
    expect(direct().map(({ who }) => who)).toEqual(['U0INSIDE']);
  });
});

describe('with PagerDuty’s schedule', () => {
  let pager: PagerDutySide;

  beforeEach(async () => {
    await side.close();
    pager = await openPagerDuty();
    side = await openIncidents(backends, {
      SPANHOUND_PAGE_ON_CALL: `payments-team=pagerduty:schedule/PI7DH85,payments-team=${ANA}`,
      SPANHOUND_COMMANDER_MINUTES: '0',
      SPANHOUND_ON_CALL_PEOPLE: 'mapped@example.com=U0000LEAD1',
      PAGERDUTY_API_KEY: 's3cret',
      PAGERDUTY_API_URL: pager.url,
    });
    for (const person of [KIM, ANA, LEAD]) side.slack.proxy.person(person);
    side.slack.proxy.person('U0GUEST', { is_restricted: true });
    side.slack.proxy.addresses({ 'kim@example.com': KIM, 'guest@example.com': 'U0GUEST' });
    await side.type('declare P2 Checkout is slow');
    await side.overview('INC-1');
  });
  afterEach(() => pager.close());

  const inThread = async () => (await side.thread('INC-1')).join('\n');
  const shown = async () => {
    const { ts } = await side.overview('INC-1');
    return (await side.slack.thread(ts)).map(shownIn).join('\n');
  };

  test('the one on call is paged, and both messages say where and until when', async () => {
    pager.onCall('kim@example.com');
    expect(await side.type('page payments-team the queue is full')).toContain('I page who is on call in');
    const message = await directTo(KIM);
    expect(blockProblems(message.blocks)).toEqual([]);
    expect(JSON.stringify(message.blocks)).toContain(
      ' You are on call in PagerDuty’s schedule Payments"},{"type":"text","text":" until "',
    );
    await side.soon(async () => ((await mentioned()).length === 1 ? true : undefined));
    expect(await shown()).toContain(
      ' You are on call in PagerDuty’s schedule Payments"},{"type":"text","text":" until "',
    );
    expect(await paged()).toEqual([
      'message Asked who is on call in pagerduty:schedule/PI7DH85, to page them: the queue is full',
      `message Paged ${KIM}, on call in PagerDuty’s schedule Payments until 2026-01-06 18:00 UTC: the queue is full`,
    ]);
    expect(direct().map(({ who }) => who)).toEqual([KIM]);
  });

  test('the setting knows a person better than the address', { tags: ['deep'] }, async () => {
    pager.onCall('mapped@example.com');
    await side.type('page payments-team');
    await directTo(LEAD);
    expect(side.slack.proxy.callsOf('users.lookupByEmail')).toEqual([]);
  });

  const reasons = inGate<readonly [what: string, happens: () => void, why: string]>(
    [
      ['PagerDuty fails', () => pager.fail(503), 'PagerDuty is having trouble (HTTP 503)'],
      ['the schedule is empty', () => pager.onCall(), 'Nobody is on call in PagerDuty’s schedule Payments now'],
      ['the one on call is a guest', () => pager.onCall('guest@example.com'), 'I do not call U0GUEST'],
      ['Slack knows nobody with that address', () => pager.onCall('eve@example.com'), 'I do not find them in Slack'],
      [
        'the Slack app lacks the scope',
        () => {
          pager.onCall('kim@example.com');
          side.slack.proxy.missScope('users.lookupByEmail', 'users:read.email');
        },
        'the Slack app lacks the scope users:read.email',
      ],
    ],
    3,
  );
  test.each(reasons.gate)('%s: the next of the list is paged, and the thread and the timeline say why', nextIsPaged);
  test.each(reasons.deep)(
    '%s: the next of the list is paged, and the thread and the timeline say why',
    { tags: ['deep'] },
    nextIsPaged,
  );

  async function nextIsPaged(_: string, happens: () => void, why: string): Promise<void> {
    happens();
    await side.type('page payments-team');
    await directTo(ANA);
    await side.soon(async () => ((await mentioned()).length === 1 ? true : undefined));
    expect(await shown()).toContain(why);
    expect((await side.timeline()).some((entry) => entry.includes(why))).toBe(true);
    expect(direct().map(({ who }) => who)).toEqual([ANA]);
  }

  test('a shift that changes before the next call: the new one is paged, too', { tags: ['deep'] }, async () => {
    pager.onCall('kim@example.com');
    await side.type('page payments-team');
    await directTo(KIM);
    pager.onCall('mapped@example.com');
    await side.pass(5);
    await directTo(LEAD);
    await side.pass(5);
    await directTo(ANA);
    expect(direct().map(({ who }) => who)).toEqual([KIM, LEAD, ANA]);
  });

  test('two pages of one team at once are one call', { tags: ['deep'] }, async () => {
    pager.onCall('kim@example.com');
    await Promise.all([side.type('page payments-team'), side.type('page payments-team')]);
    await directTo(KIM);
    await side.soon(async () => ((await inThread()).includes('is paged already') ? true : undefined));
    await side.pass(1);
    expect(direct().map(({ who }) => who)).toEqual([KIM]);
  });

  test('the form answers at once, whatever PagerDuty does, and a restart loses nobody', async () => {
    pager.hang();
    const { id } = await side.incident();
    const message = await side.overview('INC-1');
    const trigger_id = side.slack.proxy.trigger();
    await sendToBot(side.url(), side.slack.action(message, 'incident_page', id, { trigger_id }));
    expect(await side.submit({ name: 'payments-team', text: '' })).toBe('');
    pager.onCall('kim@example.com');
    await side.restart();
    await directTo(KIM);
  });

  test('a page that is stopped by the end of the incident while PagerDuty is away calls nobody', {
    tags: ['deep'],
  }, async () => {
    await side.type('resolve all is well');
    await side.clock.tick(1_000);
    await side.type('INC-1 reopen it is back');
    pager.fail(503);
    pager.fail(503);
    await side.type('INC-1 page payments-team');
    await directTo(ANA);
    await side.type('resolve all is well');
    pager.onCall('kim@example.com');
    await side.pass(20);
    expect(direct().map(({ who }) => who)).toEqual([ANA]);
  });
});
