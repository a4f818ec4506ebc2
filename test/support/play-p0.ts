/**
 * A P0 of two hours as PagerDuty and six people play it: the alert, a declaration, 12 minutes without a commander, a
 * second incident of another team and its merge, pages, the status page, a handover, corrections, and the end. Real Bolt
 * over HTTP, a stateful Slack, the recorded outage, PagerDuty's and Statuspage's APIs, a clock that the story steps.
 */
import assert from 'node:assert/strict';
import { vi } from 'vitest';
import { channelOf } from '#record/incident-channels.ts';
import { timelineOf } from '#record/timeline.ts';
import { openIncidents, shownIn } from '#test/incidents-in-slack.ts';
import { openOutageBackends } from '#test/outage-backends.ts';
import { PAGERDUTY_SECRET, pagerdutyEvent, pagerdutyMessage, pagerdutySignature } from '#test/pagerduty.ts';
import { openPagerDuty } from '#test/pagerduty-side.ts';
import { clockOf, plain, type Readers, seenMessage } from '#test/seen-in-slack.ts';
import { type SlackMessage, sendToBot } from '#test/slack-side.ts';
import { openStatuspage } from '#test/statuspage-side.ts';

/** When the stepped clock begins: the alert. */
const ALERT_US = Date.UTC(2026, 0, 6, 14, 30, 0) * 1_000;
const MINUTE_US = 60_000_000;

const PEOPLE = {
  KIM: 'U00000KIM1',
  ANA: 'U00000ANA1',
  BEN: 'U00000BEN1',
  LEE: 'U00000LEE1',
  SAM: 'U00000SAM1',
  EVA: 'U00000EVA1',
} as const;
const { KIM, ANA, BEN, LEE, SAM, EVA } = PEOPLE;
const ALERT = { id: 'Q0LOGINOUTAGE1', title: 'Error rate above 5 % on user-service' };

/** Opens the stage, plays everything, and returns what is left of it. The caller closes it. */
export async function playP0() {
  const stage: { nowUs: () => number } = { nowUs: () => ALERT_US };
  // The emulator stamps each message with the machine's time: it is the story's.
  const now = vi.spyOn(Date, 'now').mockImplementation(() => Math.floor(stage.nowUs() / 1_000));
  const backends = await openOutageBackends(ALERT_US, () => stage.nowUs());
  const pager = await openPagerDuty();
  const page = await openStatuspage();
  const settings = {
    PAGERDUTY_WEBHOOK_SECRET: PAGERDUTY_SECRET,
    PAGERDUTY_API_KEY: 's3cret',
    PAGERDUTY_API_URL: pager.url,
    SPANHOUND_ON_CALL: `pagerduty:schedule/PI7DH85,${LEE}`,
    SPANHOUND_PAGE_ON_CALL: `payments-team=${ANA},payments-team=${BEN}`,
    SPANHOUND_CHANNEL_SEVERITIES: 'P0',
    STATUSPAGE_PAGE_ID: 'page1234',
    STATUSPAGE_API_KEY: 'k3y-of-the-page',
    STATUSPAGE_API_URL: page.url,
    STATUSPAGE_COMPONENTS: 'Login=comp1234',
    STATUS_PAGE_COMPONENTS: 'Login,Payments',
  };
  // So little that an answer of the bot comes within the second of the request.
  const side = await openIncidents(backends, settings, { turnMs: 10 });
  stage.nowUs = side.clock.nowUs;
  const { slack, soon } = side;
  for (const [name, id] of Object.entries(PEOPLE)) {
    const real_name = `${name[0]}${name.slice(1).toLowerCase()}`;
    slack.proxy.person(id, { name: real_name.toLowerCase(), real_name, tz: 'UTC' });
  }
  pager.onCall('kim@example.com');
  slack.proxy.addresses({ 'kim@example.com': KIM });
  const payments = await slack.newChannel('payments', false);
  const names: Record<string, string> = {
    [slack.channel]: 'incidents',
    [payments]: 'payments',
    U0SPANHOUND: 'Spanhound',
    U0PAGER: 'PagerDuty',
  };
  for (const [name, id] of Object.entries(PEOPLE)) names[id] = `${name[0]}${name.slice(1).toLowerCase()}`;
  const readers: Readers = { names };
  /** What each person read as the answer to what they did, in order. */
  const answers: string[] = [];

  /** Lets time pass up to that moment of the story. */
  const at = async (minutes: number, seconds = 0) => {
    const untilUs = ALERT_US + minutes * MINUTE_US + seconds * 1_000_000;
    assert.ok(untilUs >= side.clock.nowUs(), `${minutes}:${seconds} is over already`);
    // In steps, so that each job finds the answers of Slack that it waits for.
    while (untilUs > side.clock.nowUs()) {
      await side.clock.tick(Math.min(60_000, (untilUs - side.clock.nowUs()) / 1_000));
      await soon(async () => ((await isIdle()) ? true : undefined));
    }
  };
  /** Whether nothing is due any more, at this instant. */
  const isIdle = async () => {
    const { nowUs } = side.clock;
    const jobs = await side
      .store()
      .db.selectFrom('jobs')
      .select('id')
      .where('state', 'in', ['queued', 'running'])
      .where('due_us', '<=', nowUs())
      .execute();
    return jobs.length === 0;
  };
  const said = (who: string, what: string, answer: string) => {
    answers.push(
      `${new Date(side.clock.nowUs() / 1_000).toISOString().slice(11, 19)} ${names[who]}: ${what}\n  ${answer}`,
    );
  };
  const type = async (who: string, text: string, channel: string = slack.channel) => {
    const asked = { command: '/incident', user_id: who, user_name: loginOf(who), channel_id: channel };
    const command = slack.command(text, asked);
    const { body } = await sendToBot(side.url(), command);
    const answer = body === '' ? await side.answerTo(command.response_url) : body;
    said(who, `/incident ${text}`, plain(answer.slice(0, answer.indexOf(' [{')), names));
    return answer;
  };
  const loginOf = (id: string) => (names[id] ?? id).toLowerCase();
  const user = (id: string) => ({ id, username: loginOf(id), name: loginOf(id), team_id: slack.team });
  /** Presses a button of a message; `isForm`: it opens a form. */
  const press = async (who: string, channel: string, message: SlackMessage, actionId: string, isForm = false) => {
    const body = slack.action(
      message,
      actionId,
      buttonValue(message, actionId),
      isForm ? { trigger_id: slack.proxy.trigger() } : {},
    );
    await sendToBot(side.url(), { ...body, user: user(who), channel: { id: channel, name: 'x' } });
    return body.response_url;
  };
  const submit = async (who: string, filledIn: Parameters<typeof slack.submission>[1]) => {
    const { callback_id, private_metadata } = await slack.proxy.openedForm();
    const body = { ...slack.submission({ callback_id, private_metadata }, filledIn), user: user(who) };
    const answer = (await sendToBot(side.url(), body)).body;
    assert.equal(answer, '');
  };
  const webhook = async (type: string, eventId: string, more: object = {}) => {
    const event = pagerdutyEvent(ALERT, { eventId, type, atMs: ALERT_US / 1_000, service: 'user-service' });
    const occurred_at = new Date(side.clock.nowUs() / 1_000).toISOString();
    const body = JSON.stringify({ event: { ...event.event, occurred_at, ...more } });
    const headers = { 'content-type': 'application/json', 'x-pagerduty-signature': pagerdutySignature(body) };
    const { status } = await fetch(`${side.url()}/webhooks/pagerduty`, { method: 'POST', headers, body });
    assert.equal(status, 202);
  };
  const messagesOf = async (channel: string) => {
    const roots = await slack.messages(channel);
    const threads = await Promise.all(roots.map(({ ts }) => slack.thread(ts, channel)));
    return roots.map((root, n) => ({ root, replies: root.subtype === undefined ? (threads[n] ?? []) : [] }));
  };
  const find = (channel: string, says: (shown: string) => boolean) =>
    soon(async () =>
      (await messagesOf(channel))
        .flatMap(({ root, replies }) => [root, ...replies])
        .find((message) => says(shownIn(message))),
    );
  const has = (actionId: string) => (shown: string) => shown.includes(`"${actionId}"`);
  /** Shows only the first line of a reply to the alert: other tests read the rest. */
  const reading = async (...channels: readonly string[]) => {
    const parts: string[] = [];
    for (const channel of channels) {
      parts.push(`## #${names[channel]}`);
      for (const { root, replies } of await messagesOf(channel)) {
        const lines = root.ts === ts ? 2 : Number.POSITIVE_INFINITY;
        const shown = replies.map((reply) =>
          seenMessage(reply, readers, '    ').split('\n').slice(0, lines).join('\n'),
        );
        parts.push(seenMessage(root, readers), ...shown);
      }
    }
    return `${parts.join('\n')}\n`;
  };
  const ownChannel = () =>
    soon(async () => {
      const known = await channelOf(side.store(), (await side.incident(1)).id);
      return known?.state === 'open' ? known.channelId : undefined;
    });
  const readings = new Map<number, string>();
  const { ts } = await slack.post(':red_circle: PagerDuty');

  // 0:00 PagerDuty's message, and a second later its webhook.
  slack.proxy.wrote('U0PAGER', ts);
  await sendToBot(side.url(), slack.event(pagerdutyMessage(ALERT, { channel: slack.channel, ts })));
  await at(0, 1);
  await webhook('triggered', '01TRIGGERED');
  await find(slack.channel, has('incident_declare'));
  await at(0, 30);
  readings.set(0, await reading(slack.channel));

  // Kim, on call for logins, acknowledges and declares.
  await at(1, 30);
  await webhook('acknowledged', '02ACK', { agent: { summary: 'Kim' } });
  await at(2, 10);
  const answer = await find(slack.channel, has('incident_declare'));
  await press(KIM, slack.channel, answer, 'incident_declare', true);
  await submit(KIM, {
    title: 'Logins fail',
    severity: { chosen: 'P1' },
    detected_by: { chosen: 'alert' },
    detection: '',
    impact_start: '',
  });
  await soon(() => side.incident(1));
  await at(2, 40);
  await type(KIM, 'note I look at user-service, the database refuses connections');
  // Another team declares what it sees.
  await at(4, 0);
  await type(ANA, 'declare P1 Payments fail', payments);
  await at(5, 0);
  readings.set(5, await reading(slack.channel, payments));

  await at(10, 0);
  await type(KIM, 'severity P0 because nobody can log in or pay');
  const war = await ownChannel();
  names[war] = 'inc-1-logins-fail';
  await at(12, 0);
  readings.set(12, await reading(slack.channel, payments, war));

  // Lee takes command, 12 minutes after the declaration.
  await at(14, 10);
  const call = await find(war, (shown) => shown.includes('Nobody leads') && has('incident_take')(shown));
  await press(LEE, war, call, 'incident_take');
  await soon(async () => ((await side.incident(1)).roles.commander === LEE ? true : undefined));
  await at(15, 0);
  await type(LEE, `role communications <@${EVA}|eva>`, war);
  await at(15, 20);
  await type(LEE, `role technical <@${KIM}|kim>`, war);
  await at(16, 0);
  await type(LEE, 'page payments-team can you see why payments fail?', war);
  await at(16, 30);
  await confirmRole(EVA, 'communications-lead');
  await at(18, 0);
  await type(
    LEE,
    'update Nobody can log in. The database refuses connections of user-service. Payments fail, too.',
    war,
  );
  // Ana does not answer; Ben does.
  await at(22, 15);
  const pageValue = await pageOf(BEN);
  said(BEN, '[I have it]', await side.press('incident_page_have', pageValue, { user_id: BEN, channel_id: 'D0BEN' }));
  // One outage, two incidents: Lee merges them.
  await at(25, 0);
  await type(LEE, 'merge INC-2', war);
  const pair = `${(await side.incident(1)).id}:${(await side.incident(2)).id}`;
  said(LEE, '[Merge]', await side.press('incident_merge', pair, { user_id: LEE, channel_id: war }));
  // Customers read it.
  await at(27, 0);
  await draft(EVA, { status: 'investigating', text: 'Some of you cannot log in or pay. We are working on it.' });
  // A note with the wrong words and the wrong time, corrected.
  await at(31, 0);
  await type(KIM, 'note at 14:58 restarted the wrong pool', war);
  await at(32, 30);
  await correct(KIM, 'restarted the wrong pool', {
    text: 'restarted the connection pool of user-service',
    when: '14:59',
  });
  // Messages that people mark, edit and unmark.
  await at(35, 0);
  const seen = await mark(ANA, 'half of the payment workers hang in the login call', war);
  await at(36, 0);
  await edit(seen, 'two thirds of the payment workers hang in the login call', war);
  const joke = await mark(BEN, 'coffee, anybody?', war);
  await at(37, 0);
  await unmark(joke, war);
  await at(47, 0);
  // The reminder, after 15 minutes without an update; nothing is new.
  const due = await find(war, (shown) => shown.includes('An update is due') && has('incident_nothing_new')(shown));
  await at(48, 0);
  await press(LEE, war, due, 'incident_nothing_new');
  await at(52, 0);
  await type(
    KIM,
    'status identified at 15:20 users.email has no index: each login holds a connection for half a second',
    war,
  );
  await at(57, 0);
  await type(KIM, 'status mitigated twice as many connections, logins work again but slowly', war);
  await at(60, 0);
  readings.set(60, await reading(slack.channel, payments, war));

  // Handover: Lee goes home, Sam leads.
  await at(62, 0);
  await type(LEE, `role commander <@${SAM}|sam>`, war);
  await at(62, 40);
  await confirmRole(SAM, 'commander');
  await at(66, 0);
  await draft(EVA, { status: 'monitoring', text: 'You can log in and pay again. We are watching it.' });
  // Two questions of the bot that nobody answers.
  await at(95, 0);
  await type(KIM, 'status fixed at 15:58 the index is there, a login takes 4 ms', war);
  await at(97, 0);
  await type(SAM, 'impact at 14:26', war);
  await at(100, 0);
  await type(SAM, `action add an alert for waiting connections <@${KIM}|kim> due 2026-01-20`, war);
  await at(108, 0);
  await webhook('resolved', '03RESOLVED');
  await at(115, 0);
  await type(SAM, 'resolve Error rate 0 % for 15 minutes, all payments went through', war);
  await at(116, 0);
  await type(KIM, 'note I watch the dashboards until tonight', war);
  await at(117, 0);
  await draft(EVA, { status: 'resolved', text: 'All is well again. We are sorry.', next: { chosen: '0' } });
  await at(120, 0);
  readings.set(120, await reading(slack.channel, payments, war));
  await sendToBot(side.url(), slack.command('INC-1', { command: '/postmortem', user_id: SAM, channel_id: war }));
  const postmortem = await soon(() =>
    [...slack.proxy.uploads.values()].map((bytes) => bytes.toString('utf8')).find((text) => /^# .*INC-1/m.test(text)),
  );
  const directs = slack.proxy
    .callsOf('chat.postMessage')
    .filter(({ args }) => args.channel?.startsWith('U'))
    .map(({ args }) =>
      seenMessage(
        { ts: '0', user: '', text: args.text ?? '', blocks: JSON.parse(args.blocks ?? '[]') },
        readers,
      ).replace(/^\S+ /, `To ${names[args.channel ?? '']}:`),
    );

  /** Permalinks of the emulator by the channel's name and the message's second; whole seconds. */
  function withNames(text: string): string {
    return text
      .replace(/ \+(\d+)\.\d+ s \|/g, ' +$1 s |')
      .replace(
        /http:\/\/localhost:\d+\/archives\/(\w+)\/p(\d{10})\d{6}/g,
        (_, channel, seconds) => `https://acme.slack.com/archives/${names[channel] ?? channel}/${clockOf(seconds)}`,
      );
  }

  async function confirmRole(who: string, role: string): Promise<void> {
    const value = `${(await side.incident(1)).id}:${role}`;
    said(who, '[I do it]', await side.press('incident_role_confirm', value, { user_id: who, channel_id: `D0${who}` }));
  }

  async function pageOf(who: string): Promise<string> {
    const direct = await soon(() =>
      slack.proxy
        .callsOf('chat.postMessage')
        .find(({ args }) => args.channel === who && args.blocks?.includes('incident_page_have')),
    );
    return buttonValue(
      { ts: '', text: '', user: '', blocks: JSON.parse(direct.args.blocks ?? '[]') },
      'incident_page_have',
    );
  }

  async function draft(
    who: string,
    filledIn: Readonly<{ status: string; text: string; next?: Readonly<{ chosen: string }> }>,
  ): Promise<void> {
    const { next = { chosen: '30' } } = filledIn;
    const trigger_id = slack.proxy.trigger();
    const command = slack.command('statuspage', {
      command: '/incident',
      user_id: who,
      user_name: loginOf(who),
      channel_id: war,
      trigger_id,
    });
    await sendToBot(side.url(), command);
    await slack.proxy.openedForm();
    await submit(who, {
      title: 'Logins and payments fail',
      status: { chosen: filledIn.status },
      text: filledIn.text,
      components: { several: ['Login', 'Payments'] },
      next,
    });
    await soon(() => (page.incidents[0]?.status === filledIn.status ? true : undefined));
  }

  async function correct(who: string, text: string, filledIn: Readonly<{ text: string; when: string }>): Promise<void> {
    const { id } = await side.incident(1);
    const entry = (await timelineOf(side.store(), id)).find((one) => one.text === text);
    const chosen = slack.chosen(
      { ts: '1.1', text: '', user: '' },
      'incident_correct',
      `incident:${id}:correct`,
      entry?.id ?? '',
    );
    await sendToBot(side.url(), { ...chosen, user: user(who), trigger_id: slack.proxy.trigger() });
    await submit(who, filledIn);
  }

  async function mark(who: string, text: string, channel: string): Promise<string> {
    const posted = await slack.post(text, { channel });
    slack.proxy.wrote(who, posted.ts);
    await slack.call('reactions.add', { channel, timestamp: posted.ts, name: 'pushpin' });
    await react('reaction_added', posted.ts, channel);
    return posted.ts;
  }

  async function unmark(messageTs: string, channel: string): Promise<void> {
    await slack.call('reactions.remove', { channel, timestamp: messageTs, name: 'pushpin' });
    await react('reaction_removed', messageTs, channel);
  }

  async function react(type: string, messageTs: string, channel: string): Promise<void> {
    const item = { type: 'message', channel, ts: messageTs };
    await sendToBot(side.url(), slack.event({ type, reaction: 'pushpin', user: KIM, item }));
  }

  async function edit(messageTs: string, text: string, channel: string): Promise<void> {
    await slack.call('chat.update', { channel, ts: messageTs, text });
    const message = { ts: messageTs };
    await sendToBot(side.url(), slack.event({ type: 'message', subtype: 'message_changed', channel, message }));
  }

  return {
    side,
    page,
    readings,
    answers: `${answers.join('\n')}\n`,
    directs: `${directs.join('\n')}\n`,
    /** The table of the postmortem. */
    timeline: withNames(`${/^### Timeline\n\n([\s\S]*?)\n\n/m.exec(postmortem)?.[1]}\n`),
    names,
    withNames,
    async close() {
      await side.close();
      await Promise.all([backends.close(), pager.close(), page.close()]);
      now.mockRestore();
    },
  };
}

function buttonValue({ blocks = [] }: SlackMessage, actionId: string): string {
  for (const block of blocks) {
    if (block.type !== 'actions') continue;
    for (const element of block.elements) {
      if ('action_id' in element && element.action_id === actionId && 'value' in element) return element.value ?? '';
    }
  }
  throw new Error(`no button ${actionId}`);
}
