/** What a declaration proposes by itself: real Bolt over HTTP, a stateful Slack, the recorded outage behind an alert. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { timelineOf } from '#record/timeline.ts';
import { alertmanagerGroup, firing } from '#test/alertmanager.ts';
import { type IncidentsInSlack, openIncidents, shownIn } from '#test/incidents-in-slack.ts';
import { openOutageBackends } from '#test/outage-backends.ts';
import { type SlackMessage, sendToBot } from '#test/slack-side.ts';

const ALERT_US = Date.UTC(2026, 0, 6, 14, 30, 0) * 1_000;

let backends: Awaited<ReturnType<typeof openOutageBackends>>;
let side: IncidentsInSlack;

beforeEach(async () => {
  backends = await openOutageBackends(ALERT_US, () => side?.clock.nowUs() ?? ALERT_US);
  side = await openIncidents(backends, (ALERTS_CHANNEL) => ({ ALERTMANAGER_TOKEN: 't0ken', ALERTS_CHANNEL }));
});
afterEach(async () => {
  await side.close();
  await backends.close();
});

async function webhook(status: 'firing' | 'resolved'): Promise<void> {
  const labels = { alertname: 'HighErrorRate', service: 'user-service', severity: 'critical' };
  const startsAt = new Date(ALERT_US / 1_000).toISOString();
  const endsAt = status === 'firing' ? '0001-01-01T00:00:00Z' : new Date(side.clock.nowUs() / 1_000).toISOString();
  const one = { ...firing('logins'), status, labels, annotations: {}, startsAt, endsAt };
  const group = { status, commonLabels: labels, groupLabels: { alertname: 'HighErrorRate' } };
  const body = JSON.stringify(alertmanagerGroup([one], group));
  const headers = { authorization: 'Bearer t0ken', 'content-type': 'application/json' };
  expect((await fetch(`${side.url()}/webhooks/alertmanager`, { method: 'POST', headers, body })).status).toBe(202);
}

async function answered(): Promise<SlackMessage> {
  await webhook('firing');
  await side.soon(async () => {
    const done = side.store().db.selectFrom('investigations').select('id').where('state', '=', 'done');
    return await done.executeTakeFirst();
  });
  return await side.soon(async () =>
    (await side.everywhere()).find((one) => shownIn(one).includes('"incident_declare"')),
  );
}

const declareValue = (answer: SlackMessage) =>
  /\{[^{}]*\{[^{}]*\}[^{}]*"incident_declare"[^{}]*\}|\{[^{}]*"incident_declare"[^{}]*\{[^{}]*\}[^{}]*\}/
    .exec(JSON.stringify(answer.blocks))?.[0]
    .match(/"value":"([^"]+)"/)?.[1] ?? '';

test('the form under the answer to an alert has its title, its severity with the reason, and its first failed request', async () => {
  const { slack } = side;
  slack.proxy.timeZone(slack.person, 'Europe/Berlin');
  const answer = await answered();
  const trigger_id = slack.proxy.trigger();
  await sendToBot(side.url(), slack.action(answer, 'incident_declare', declareValue(answer), { trigger_id }));
  const form = JSON.stringify((await slack.proxy.openedForm()).blocks);
  expect(form).toContain('"initial_value":"High error rate');
  expect(form).toContain('P1, because its alert says critical, and 3 of 12 requests failed.');
  expect(form).toMatch(/"initial_option":\{[^}]*\{[^}]*P1 · many users/);
  expect(form).toContain('"initial_value":"2026-01-06 15:28:57"');

  await side.submit({ title: 'Logins fail', severity: { chosen: 'P1' }, detected_by: { chosen: 'alert' } });
  await side.soon(() => side.incident(1));
  const onset = (await timelineOf(side.store(), (await side.incident(1)).id)).find(({ value }) => value === 'onset');
  expect(onset).toMatchObject({ kind: 'finding', atUs: expect.closeTo(ALERT_US - 63_000_000, -6) });
  await side.overview('INC-1', (text) => text.includes('Began'));
});

test('without a typed severity, the command takes it from the one alert that fires in the channel, and says so', async () => {
  await answered();
  expect(await side.type('declare Nobody can log in')).toContain(
    'INC-1 is declared as P1, because its alert says critical, and 3 of 12 requests failed (',
  );
  expect(await side.type('declare P3 Something else')).toContain('INC-2 is declared as P3. ');
  const elsewhere = await side.slack.newChannel('quiet', false);
  expect(await side.type('declare A third thing', { channel_id: elsewhere })).toContain('INC-3 is declared as P2. ');
});

test('the end of the alert asks how it ended; the first answer stands in the timeline and offers to resolve', async () => {
  const answer = await answered();
  const trigger_id = side.slack.proxy.trigger();
  await sendToBot(side.url(), side.slack.action(answer, 'incident_declare', declareValue(answer), { trigger_id }));
  await side.submit({ title: 'Logins fail', severity: { chosen: 'P1' }, detected_by: { chosen: 'alert' } });
  await side.overview('INC-1');
  await webhook('resolved');
  const asked = await side.soon(async () =>
    (await side.everywhere()).find(({ text }) => /INC-1: The alert has ended: .*By itself or by you/.test(text)),
  );
  expect(shownIn(asked)).toContain('"trace_verify"');
  const value = /"incident_ended_by_us".*?"value":"([^"]+)"|"value":"([^"]+)"[^{}]*"incident_ended_by_us"/.exec(
    JSON.stringify(asked.blocks),
  );
  const pair = value?.[1] ?? value?.[2] ?? '';
  await sendToBot(side.url(), side.slack.action(asked, 'incident_ended_by_us', pair));
  const told = await side.soon(async () =>
    (await side.everywhere()).find(({ text }) => text.startsWith('INC-1: The alert ended by what we did')),
  );
  expect(shownIn(told)).toMatch(/"incident_resolve"/);
  expect((await side.timeline()).at(-1)).toMatch(/^note The alert ended by what we did: /);
  expect(await side.press('incident_ended_alone', pair)).toContain('Somebody has answered already');
});

test('times in the menu and the form that correct an entry are in the zone of the reader', async () => {
  const { slack } = side;
  await side.type('declare P2 Logins fail');
  await side.type('note restarted the pool');
  slack.proxy.timeZone(slack.person, 'Europe/Berlin');
  // The bot asks Slack for a person again after some time.
  await side.restart();
  expect(await side.type('edit')).toMatch(/"text":"2026-01-06 15:3\d:\d\d restarted the pool"/);
  const { id } = await side.incident(1);
  const entry = (await timelineOf(side.store(), id)).find(({ kind }) => kind === 'note');
  const chosen = slack.chosen(
    await side.overview('INC-1'),
    'incident_correct',
    `incident:${id}:correct`,
    entry?.id ?? '',
  );
  await sendToBot(side.url(), { ...chosen, trigger_id: slack.proxy.trigger() });
  expect(JSON.stringify((await slack.proxy.openedForm()).blocks)).toMatch(
    /still 2026-01-06 15:3\d:\d\d\. Else 14:35 in your/,
  );
});
