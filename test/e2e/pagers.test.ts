/**
 * An incident that PagerDuty began, worked on in Slack: real Bolt over HTTP, a stateful Slack, an account of PagerDuty that
 * keeps its state, a stepped clock.
 */
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { verifyTimelines } from '#record/timeline-proof.ts';
import { openHotrodBackends } from '#test/hotrod-backends.ts';
import { type IncidentsInSlack, openIncidents, shownIn } from '#test/incidents-in-slack.ts';
import { PAGERDUTY_SECRET, pagerdutyEvent, pagerdutyMessage, pagerdutySignature } from '#test/pagerduty.ts';
import { openPagerDutyAccount, type PagerDutyAccount, WRITE_KEY } from '#test/pagerduty-account.ts';
import { type SlackMessage, sendToBot } from '#test/slack-side.ts';

const KIM = 'U00000KIM1';
const INCIDENT = { id: 'Q7X2FRONTEND', title: 'frontend is slow' };

let backends: Awaited<ReturnType<typeof openHotrodBackends>>;
let side: IncidentsInSlack;
let account: PagerDutyAccount;

beforeAll(async () => {
  backends = await openHotrodBackends();
});
afterAll(() => backends.close());
beforeEach(async () => {
  account = await openPagerDutyAccount();
  const { id, title } = INCIDENT;
  account.incidents.set(id, { id, title, status: 'triggered', incident_key: '', service: 'PSERV1', details: '' });
});
afterEach(async () => {
  await side.close();
  await account.close();
});

async function begin(more: Readonly<Record<string, string>> = {}): Promise<void> {
  side = await openIncidents(backends, {
    SPANHOUND_PAGE_ON_CALL: `payments-team=pagerduty:service/PSERV1,payments-team=${KIM}`,
    SPANHOUND_COMMANDER_MINUTES: '0',
    PAGERDUTY_API_KEY: 's3cret',
    PAGERDUTY_API_URL: account.url,
    PAGERDUTY_WEBHOOK_SECRET: PAGERDUTY_SECRET,
    PAGERDUTY_ACTIONS: 'acknowledge,notes,resolve,page',
    PAGERDUTY_WRITE_KEY: WRITE_KEY,
    PAGERDUTY_FROM: 'bot@example.com',
    ...more,
  });
  side.slack.proxy.person(KIM);
  await side.clock.tick(3_000);
}

/** The alert's message is answered, and somebody declares the incident under the answer. */
async function declareFromAlert(): Promise<string> {
  const { ts } = await side.slack.post('frontend is slow');
  const place = { channel: side.slack.channel, ts };
  await sendToBot(side.url(), side.slack.event(pagerdutyMessage(INCIDENT, place)));
  const answer = await side.soon(async () => (await side.slack.thread(ts)).find((one) => declareValue(one) !== ''));
  const trigger_id = side.slack.proxy.trigger();
  const pressed = side.slack.action(answer, 'incident_declare', declareValue(answer), { trigger_id });
  await sendToBot(side.url(), pressed);
  await side.submit({ title: 'Checkout is slow', severity: { chosen: 'P1' } });
  await side.overview('INC-1');
  return (await side.incident()).id;
}

function declareValue({ blocks = [] }: SlackMessage): string {
  return /"incident_declare".*?"value":"([^"]+)"/.exec(JSON.stringify(blocks))?.[1] ?? '';
}

async function webhook(incident: Readonly<{ id: string; title: string }>, eventId: string, type: string) {
  const body = JSON.stringify(pagerdutyEvent(incident, { eventId, type, atMs: side.clock.nowUs() / 1_000 }));
  const answer = await fetch(`${side.url()}/webhooks/pagerduty`, {
    method: 'POST',
    body,
    headers: { 'content-type': 'application/json', 'x-pagerduty-signature': pagerdutySignature(body) },
  });
  expect(answer.status).toBe(202);
  await side.clock.tick(10_000);
}

const entry = (like: string) => side.soon(async () => (await side.timeline()).find((text) => text.includes(like)));
const count = async (like: RegExp) => (await side.timeline()).filter((text) => like.test(text)).length;

test('taken, noted, paged and resolved here is so there; what comes back is no news', async () => {
  await begin();
  const id = await declareFromAlert();
  expect(account.changes).toEqual([]);

  await side.press('incident_take', `${id}:commander`);
  await entry('Acknowledged in PagerDuty');
  expect(account.changes).toEqual(['acknowledged']);
  await webhook(INCIDENT, '01ACK', 'acknowledged');
  expect(await count(/acknowledged/i)).toBe(1);

  await side.type('update half of the pods are back, token=abcdef0123456789abcdef');
  await side.type('note I look at the logs');
  await side.type('status identified');
  await side.soon(async () => ((await count(/Note added in PagerDuty/)) >= 3 ? true : undefined));
  const written = account.notes.join('\n');
  expect(written).toMatch(/INC-1 update: half of the pods are back/);
  expect(written).toMatch(/INC-1 status: investigating → identified/);
  expect(written).toMatch(/INC-1 diagnosis: /);
  expect(written).not.toMatch(/abcdef0123456789|I look at the logs/);

  expect(await side.type('page payments-team the queue is full')).toContain('I page who is on call in');
  await entry('PagerDuty pages service PSERV1');
  const page = [...account.incidents.values()].find(({ incident_key }) => incident_key.startsWith('spanhound-'));
  expect(page).toMatchObject({ title: 'INC-1 Checkout is slow', service: 'PSERV1' });
  expect(page?.details).toContain('the queue is full');
  const paged = { id: page?.id ?? '', title: page?.title ?? '' };
  await webhook(paged, '02TRIGGERED', 'triggered');
  await webhook(paged, '03ACK', 'acknowledged');
  await entry('Acknowledged the page there');
  expect(await side.type('timeline')).toContain('Paging system');
  // Nobody answers the page as if it were an alert.
  expect(await side.store().db.selectFrom('alerts').select('key').execute()).toEqual([{ key: INCIDENT.id }]);

  await side.type('resolve all is well');
  const question = await side.soon(async () => {
    const { ts } = await side.overview('INC-1');
    return (await side.slack.thread(ts)).find((one) => shownIn(one).includes('Resolve there, too?'));
  });
  expect(shownIn(question)).toContain('pager_resolve');
  expect(account.changes).not.toContain('resolved');
  // The thread answers.
  await sendToBot(side.url(), side.slack.action(question, 'pager_resolve', `${id}:pagerduty`));
  await side.soon(async () => ((await count(/message Resolved in PagerDuty/)) === 2 ? true : undefined));
  expect([...account.incidents.values()].map(({ status }) => status)).toEqual(['resolved', 'resolved']);
  await webhook(INCIDENT, '04RESOLVED', 'resolved');
  expect(await count(/Resolved: frontend is slow/)).toBe(0);
  expect(await verifyTimelines(side.store())).toMatchObject({ ok: true });
});

test('a person whom somebody pages is asked there, too; one without an account is said', async () => {
  await begin({ PAGERDUTY_ACTIONS: 'responders' });
  side.slack.proxy.person(KIM, { profile: { email: 'Kim@example.com' } });
  side.slack.proxy.person('U00000ANA1', { profile: { email: 'ana@example.com' } });
  account.users.set('kim@example.com', 'PKIM01');
  await declareFromAlert();
  expect(await side.type(`page <@${KIM}> the queue is full`)).toContain('is paged for INC-1');
  await entry(`PagerDuty pages ${KIM}`);
  await side.type('page <@U00000ANA1>');
  await entry('PagerDuty has no user with the address of');
  await side.pass(2);
  expect(account.changes).toEqual(['asked PKIM01']);
  expect((await side.thread('INC-1')).filter((text) => text.includes('did not take the page'))).toHaveLength(1);
  expect((await side.thread('INC-1')).join()).not.toContain('@example.com');
});

test('PagerDuty is down, the bot restarts, and the acknowledgement still arrives once', async () => {
  await begin();
  const id = await declareFromAlert();
  account.fail(503);
  await side.press('incident_take', `${id}:commander`);
  await side.clock.tick(30_000);
  await side.restart();
  await side.clock.tick(600_000);
  expect(account.changes).toEqual([]);
  account.fail(undefined);
  await side.clock.tick(600_000);
  await entry('Acknowledged in PagerDuty');
  expect(account.changes).toEqual(['acknowledged']);
  expect((await side.thread('INC-1')).filter((text) => text.includes('did not take'))).toEqual([]);
});

test('the call for a commander pages there again after a reopening, and once each time', async () => {
  await begin({ SPANHOUND_COMMANDER_MINUTES: '5', SPANHOUND_ON_CALL: 'pagerduty:service/PSERV1' });
  await side.type('declare P1 Checkout is slow');
  await side.overview('INC-1');
  const pages = () => account.changes.filter((change) => change === 'paged PSERV1').length;
  await side.pass(6);
  await entry('PagerDuty pages service PSERV1');
  expect(pages()).toBe(1);
  await side.pass(6);
  expect(pages()).toBe(1);

  for (const times of [2, 3]) {
    await side.type('resolve all is well');
    await side.pass(2);
    await side.type('reopen it is back');
    await side.restart();
    await side.pass(4);
    expect(pages()).toBe(times - 1);
    await side.pass(2);
    await side.soon(async () => ((await count(/PagerDuty pages service PSERV1/)) === times ? true : undefined));
    await side.pass(6);
    expect(pages()).toBe(times);
  }
});

test('a wrong key is said once in the thread, with a button', async () => {
  await begin({ PAGERDUTY_WRITE_KEY: 'wr0ng' });
  const id = await declareFromAlert();
  await side.press('incident_take', `${id}:commander`);
  await side.type('status identified');
  await side.type('status mitigated');
  await side.clock.tick(30_000);
  const { ts } = await side.overview('INC-1');
  const said = await side.soon(async () => {
    const lines = (await side.slack.thread(ts)).map(shownIn).filter((text) => text.includes('did not take'));
    return lines.length >= 2 ? lines : undefined;
  });
  expect(said).toHaveLength(2);
  expect(said.join()).toMatch(/the acknowledgement\. PagerDuty does not accept the key \(HTTP 401\)/);
  expect(said.join()).toContain('pager_again');
  expect(said.join()).not.toContain('wr0ng');
});

test('without the setting nothing is sent, and nobody is asked', async () => {
  await begin({ PAGERDUTY_ACTIONS: '' });
  const id = await declareFromAlert();
  await side.press('incident_take', `${id}:commander`);
  await side.type('resolve all is well');
  await side.clock.tick(30_000);
  expect([account.changes, account.notes]).toEqual([[], []]);
  expect((await side.thread('INC-1')).join()).not.toContain('Resolve there');
});
