/** Links of incidents to pages and to each other: real Bolt over HTTP, a stateful Slack. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { timelineOf } from '#record/timeline.ts';
import { verifyTimelines } from '#record/timeline-proof.ts';
import { openHotrodBackends } from '#test/hotrod-backends.ts';
import { type IncidentsInSlack, openIncidents, shownIn } from '#test/incidents-in-slack.ts';
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

const PAGE = 'https://grafana.example/d/checkout';

describe('a page', () => {
  beforeEach(async () => {
    await side.type('declare P1 Checkout is slow');
    await side.overview('INC-1');
  });

  test('stands in the overview, the timeline and the thread, once', async () => {
    expect(await side.type(`link <${PAGE}> the board`)).toContain('INC-1 has the link now.');
    const shown = shownIn(await side.overview('INC-1', (text) => text.includes('Links: ')));
    expect(shown).toContain(`{"type":"link","url":"${PAGE}","text":"the board"}`);
    expect(shown).toContain('(grafana.example)');
    expect(await side.soon(async () => (await side.thread('INC-1')).at(-1))).toContain(
      'INC-1: Link: the board (grafana.example) · admin',
    );
    expect(await side.type(`link ${PAGE} another name`)).toContain('INC-1 has this link already');
    expect((await side.timeline()).filter((entry) => entry.startsWith('message'))).toEqual(['message the board']);
    expect(await side.type('timeline')).toContain('"Link"');
    expect(await verifyTimelines(side.store())).toMatchObject({ ok: true });
  });

  test('delivered twice, or by two people at once, is one', { tags: ['deep'] }, async () => {
    const command = side.slack.command(`link <${PAGE}> the board`, { command: '/incident' });
    const other = side.slack.command(`link <${PAGE}> the same`, { command: '/incident' });
    await Promise.all([command, command, other].map((one) => sendToBot(side.url(), one)));
    await side.restart();
    await sendToBot(side.url(), command);
    const answers = [await side.answerTo(command.response_url), await side.answerTo(other.response_url)];
    expect(answers.filter((answer) => answer.includes('has the link now'))).toHaveLength(1);
    expect((await side.timeline()).filter((entry) => entry.startsWith('message'))).toHaveLength(1);
  });

  test('loses its credentials before it is stored, and the answer says so', async () => {
    const answer = await side.type('link <https://bob:hunter2@h.example/x?token=abcdefgh1234567890&amp;y=1>');
    expect(answer).toContain('I left out what looks like a secret');
    const shown = shownIn(await side.overview('INC-1', (text) => text.includes('Links: ')));
    expect(shown).toContain('"url":"https://h.example/x?y=1"');
    const rows = JSON.stringify(await side.store().db.selectFrom('timeline_entries').selectAll().execute());
    expect(`${rows}${shown}`).not.toMatch(/hunter2|abcdefgh1234567890/);
  });

  test('with words that ping shows them as they were written', async () => {
    await side.type(`link <${PAGE}> &lt;!channel&gt; *down* <https://evil.example|click>`);
    expect(await side.timeline()).toHaveLength(1);
    await side.type(`link <${PAGE}> &lt;!channel&gt; *down*`);
    const shown = shownIn(await side.overview('INC-1', (text) => text.includes('Links: ')));
    expect(shown).toContain('"text":"<!channel> *down*"');
    expect(shown).not.toContain('broadcast');
    for (const line of await side.thread('INC-1')) expect(line).not.toContain('<!');
  });

  test('is corrected and withdrawn as a note is, and comes back with its new words', async () => {
    await side.type(`link <${PAGE}> teh board`);
    const link = async () => {
      const { id } = await side.incident();
      return (await timelineOf(side.store(), id)).find(({ value }) => value === 'link');
    };
    const open = async () => {
      const message = await side.overview('INC-1');
      const { id } = await side.incident();
      const chosen = side.slack.chosen(message, 'incident_correct', `incident:${id}:correct`, (await link())?.id ?? '');
      await sendToBot(side.url(), { ...chosen, trigger_id: side.slack.proxy.trigger() });
    };
    await open();
    await side.submit({ text: 'the board' });
    expect((await link())?.text).toBe('the board');
    await open();
    await side.submit({ text: 'the board', withdraw: { chosen: 'withdraw' } });
    await side.overview('INC-1', (text) => !text.includes('Links: '));
    expect(await side.type(`link ${PAGE} the board of checkout`)).toContain('has the link now');
    expect((await link())?.text).toBe('the board of checkout');
    expect(await verifyTimelines(side.store())).toMatchObject({ ok: true });
  });

  test('comes by the form too, with its refusals at the field', async () => {
    const message = await side.overview('INC-1');
    const { id } = await side.incident();
    const open = () =>
      sendToBot(
        side.url(),
        side.slack.action(message, 'incident_link', id, { trigger_id: side.slack.proxy.trigger() }),
      );
    await open();
    expect((await side.slack.proxy.openedForm()).callback_id).toBe('incident_link_form');
    expect(JSON.parse(await side.submit({ target: 'the board', label: '' })).errors.target).toContain('Which link?');
    expect(await side.submit({ target: PAGE, label: 'a & b <!here>' })).toBe('');
    expect(JSON.parse(await side.submit({ target: PAGE, label: '' })).errors.target).toContain('has this link already');
    expect(await side.timeline()).toContain('message a & b <!here>');
  });
});

/** As Slack copies it. */
async function permalink(name: string): Promise<string> {
  const { ts } = await side.overview(name);
  const { channelId } = await side.incident(Number(name.slice(4)));
  return `https://acme.slack.com/archives/${channelId}/p${ts.replace('.', '')}`;
}

describe('another incident', () => {
  let elsewhere: string;

  beforeEach(async () => {
    elsewhere = await side.slack.newChannel('payments', false);
    await side.type('declare P1 Checkout is slow');
    await side.type('declare P0 Payments are down', { channel_id: elsewhere });
    await Promise.all([side.overview('INC-1'), side.overview('INC-2')]);
  });

  test('is related both ways, and each overview shows the other as it is now', async () => {
    expect(await side.type('link INC-2 same database')).toContain('INC-1 and INC-2 are related now.');
    await side.overview('INC-1', (text) => /Related: .*INC-2.* P0 Payments are down, investigating/.test(text));
    await side.overview('INC-2', (text) => /Related: .*INC-1.* P1 Checkout is slow, investigating/.test(text));
    expect(await side.timeline(1)).toContain('message Related to INC-2: same database');
    expect(await side.timeline(2)).toContain('message Related to INC-1: same database');
    await side.thread('INC-2', 'Related to INC-1');
    expect(await side.type('INC-2 link INC-1')).toContain('INC-2 and INC-1 are related already.');
    await side.type('INC-2 status fixed');
    await side.overview('INC-1', (text) => text.includes('Payments are down, fixed'));
  });

  test.each([
    ['its channel', () => `link <#${elsewhere}|payments>`],
    ['the permalink of its overview', async () => `link <${await permalink('INC-2')}>`],
    [
      'the permalink of a message in its thread',
      async () =>
        `link <${(await permalink('INC-2')).replace(/\d{6}$/, '999999')}?thread_ts=${(await side.overview('INC-2')).ts}&amp;cid=${elsewhere}>`,
    ],
  ])('is named by %s', async (_, text) => {
    expect(await side.type(await text())).toContain('INC-1 and INC-2 are related now.');
  });

  test('is refused where it is this one, or there is none', async () => {
    expect(await side.type('link INC-1')).toContain('INC-1 is this incident');
    expect(await side.type('link INC-9')).toContain('There is no INC-9');
    await side.type('INC-2 resolve');
    expect(await side.type(`link <#${elsewhere}|payments>`)).toContain('No incident is open in that channel');
    expect(await side.timeline(1)).toHaveLength(1);
  });

  test('two people who relate both at once get one relation', { tags: ['deep'] }, async () => {
    await Promise.all([side.type('INC-1 link INC-2'), side.type('INC-2 link INC-1')]);
    for (const number of [1, 2])
      expect((await side.timeline(number)).filter((entry) => entry.startsWith('message'))).toHaveLength(1);
  });

  test('is related no more once somebody withdraws it in one of them', async () => {
    await side.type('link INC-2');
    const { id } = await side.incident();
    const entry = (await timelineOf(side.store(), id)).find(({ value }) => value.startsWith('related='));
    const chosen = side.slack.chosen(
      await side.overview('INC-1'),
      'incident_correct',
      `incident:${id}:correct`,
      entry?.id ?? '',
    );
    await sendToBot(side.url(), { ...chosen, trigger_id: side.slack.proxy.trigger() });
    await side.submit({ text: 'x', withdraw: { chosen: 'withdraw' } });
    for (const name of ['INC-1', 'INC-2']) await side.overview(name, (text) => !text.includes('Related'));
    expect(await side.timeline(2)).toHaveLength(1);
  });
});

describe('an incident of a private channel', () => {
  let secret: string;
  const inside = () => ({ user_id: 'U0INSIDE', channel_id: secret });

  beforeEach(async () => {
    secret = await privateChannel(side.slack);
    side.slack.proxy.members(secret, ['U0INSIDE']);
    await side.type('declare P1 Checkout is slow');
    await side.type('declare P1 BREACH insider', inside());
    await Promise.all([side.overview('INC-1'), side.overview('INC-2')]);
  });

  /** Everything that people of the public channel can read. */
  const publicWords = async () =>
    [...(await side.everywhere()).map(shownIn), await side.type('timeline'), ...(await side.timeline())].join('\n');

  test.each([
    ['from inside', 'link INC-1 cause', () => inside()],
    ['from the public channel', 'INC-1 link INC-2 cause', () => ({ user_id: 'U0INSIDE' })],
  ])('shows a public one and is not named by it, linked %s', async (_, text, who) => {
    const answer = await side.type(text, who());
    expect(answer).toContain('are related now. Only INC-2 shows it, because some readers of INC-1 may not see INC-2.');
    await side.overview('INC-2', (shown) => /Related: .*INC-1/.test(shown));
    await side.type('note to refresh it');
    await side.overview('INC-1', (shown) => shown.includes('to refresh it'));
    expect(await publicWords()).not.toMatch(/INC-2|BREACH|insider|cause/);
  });

  test('does not exist for people outside, by whatever name they link it', async () => {
    expect(await side.type('link INC-2', { user_id: 'U0OUTSIDE' })).toContain('There is no INC-2.');
    expect(await side.type(`link <#${secret}|>`, { user_id: 'U0OUTSIDE' })).toContain(
      'No incident is open in that channel',
    );
    // To them it is a page like any other.
    expect(await side.type(`link <${await permalink('INC-2')}>`, { user_id: 'U0OUTSIDE' })).toContain(
      'INC-1 has the link now.',
    );
    expect(await side.timeline(2)).toHaveLength(1);
    expect(await publicWords()).not.toMatch(/INC-2|BREACH|insider/);
  });
});

test('an incident in a channel that a guest reads names none of another channel', async () => {
  const { slack } = side;
  const withGuests = await slack.newChannel('with-guests', false);
  slack.proxy.person('U0GUEST', { is_restricted: true });
  slack.proxy.members(withGuests, [slack.person, 'U0GUEST']);
  const there = { channel_id: withGuests };
  await side.type('declare P1 Payroll is down');
  await side.type('declare P2 Checkout is slow', there);
  await Promise.all([side.overview('INC-1'), side.overview('INC-2')]);
  const answer = await side.type('link INC-1 cause', there);
  expect(answer).toContain('are related now. Only INC-1 shows it, because some readers of INC-2 may not see INC-1.');
  await side.overview('INC-1', (shown) => /Related: .*INC-2/.test(shown));
  await side.type('note to refresh it', there);
  const shown = shownIn(await side.overview('INC-2', (text) => text.includes('to refresh it')));
  expect(shown).not.toMatch(/INC-1|Payroll|cause/);
});
