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

async function answered(): Promise<SlackMessage> {
  const labels = { alertname: 'HighErrorRate', service: 'user-service', severity: 'critical' };
  const one = { ...firing('logins'), labels, annotations: {}, startsAt: new Date(ALERT_US / 1_000).toISOString() };
  const body = JSON.stringify(
    alertmanagerGroup([one], { commonLabels: labels, groupLabels: { alertname: 'HighErrorRate' } }),
  );
  const headers = { authorization: 'Bearer t0ken', 'content-type': 'application/json' };
  expect((await fetch(`${side.url()}/webhooks/alertmanager`, { method: 'POST', headers, body })).status).toBe(202);
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
