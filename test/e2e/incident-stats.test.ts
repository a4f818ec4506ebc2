/** `/incident stats`: what is counted, for whom, in which channel: real Bolt over HTTP, a stateful Slack. */
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { verifyTimelines } from '#record/timeline-proof.ts';
import { openHotrodBackends } from '#test/hotrod-backends.ts';
import { type IncidentsInSlack, openIncidents } from '#test/incidents-in-slack.ts';
import { privateChannel } from '#test/slack-side.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

let backends: Awaited<ReturnType<typeof openHotrodBackends>>;
let side: IncidentsInSlack;

beforeAll(async () => {
  backends = await openHotrodBackends();
});
afterAll(() => backends.close());
beforeEach(async () => {
  side = await openIncidents(backends, { SPANHOUND_COMMANDER_MINUTES: '0' });
});
afterEach(() => side.close());

test('counts by severity with medians, and says how many have both times', { tags: ['deep'] }, async () => {
  expect(await side.type('stats')).toContain('No incident in the last 30 days.');
  await side.type('declare P1 Logins fail');
  await side.type('impact 10 min ago');
  await side.clock.tick(20 * MINUTE_MS);
  await side.type('status mitigated');
  await side.clock.tick(20 * MINUTE_MS);
  await side.type('resolve all is well');
  await side.type('declare P2 Mails are late');
  const answer = await side.type('stats 90d');
  expect(answer).toContain('2 incidents in the last 90 days: 1 P1, 1 P2. 1 is open.');
  expect(answer).toMatch(
    /Time to detect 10 min, Time to acknowledge not known, Time to mitigate 20 min, Time to resolve 40 min, Duration 50 min/,
  );
  expect(answer).toContain('(1 of 2: from the start of the impact to resolved)');
  expect(answer).toContain('(1 of 2: from the start of the impact to the alert or the declaration)');
  // The end was 10 minutes earlier: every number follows.
  expect(await side.type('INC-1 resolve at 15:00')).toContain('INC-1: resolved at');
  await side.overview('INC-1', (shown) => shown.includes(' after 40 min · '));
  await side.thread('INC-1', 'Corrected the time: resolved');
  expect((await side.timeline()).filter((entry) => /^status .*resolved/.test(entry))).toHaveLength(1);
  expect(await side.type('stats 90d')).toMatch(/Time to resolve 30 min, Duration 40 min/);
  expect(await side.type('INC-1 resolve at 15:00')).toContain('Nothing was changed.');
  expect(await verifyTimelines(side.store())).toMatchObject({ ok: true });
  expect(await side.type('stats checkout')).toContain('No incident of checkout in the last 30 days.');
  expect(await side.type('stats 2w')).toContain('is no period that I know');
});

test('by severity, service and month, with what 90 % came through in', async () => {
  await side.type('declare P1 Logins fail');
  await side.clock.tick(20 * MINUTE_MS);
  await side.type('resolve all is well');
  await side.type('declare P2 Mails are late');
  await side.type('declare P1 Checkout is slow');
  await side.clock.tick(60 * MINUTE_MS);
  await side.type('INC-3 resolve it is fast');
  const answer = await side.type('stats 90d');
  expect(answer).toMatch(/, 90 % within (?:60 min|1 h) /);
  expect(answer).toMatch(
    /By severity.*P1.*2 incidents\. .*[Rr]esolve 40 min, .* \(2\).*P2.*1 incident\. No time is known\./,
  );
  expect(answer).not.toMatch(/By service|By month/);
  expect(answer).toContain('90 % of the incidents came through');
});

test('older incidents and merged ones are not counted', async () => {
  await side.type('declare P1 Logins fail');
  side.clock.correct(40 * DAY_MS);
  await side.type('declare P1 Payments fail');
  await side.type('declare P1 Checkout fails');
  const [stays, other] = [(await side.incident(2)).id, (await side.incident(3)).id];
  await side.press('incident_merge', `${stays}:${other}`);
  expect(await side.type('stats')).toContain('1 incident in the last 30 days: 1 P1. 1 is open.');
  expect(await side.type('stats 90d')).toContain('2 incidents in the last 90 days: 2 P1.');
});

test('an incident of a private channel is counted there alone, and for nobody outside', async () => {
  const secret = await privateChannel(side.slack);
  side.slack.proxy.members(secret, ['U0INSIDE']);
  const inside = { user_id: 'U0INSIDE', channel_id: secret };
  await side.type('declare P0 BREACH insider', inside);
  await side.type('declare P2 Logins fail');
  expect(await side.type('stats', inside)).toContain('2 incidents in the last 30 days: 1 P0, 1 P2.');
  // The same person where others read along, and others.
  for (const who of [{ user_id: 'U0INSIDE' }, { user_id: 'U0OUTSIDE' }, {}]) {
    expect(await side.type('stats', who)).toContain('1 incident in the last 30 days: 1 P2.');
  }
  for (const user_id of ['U0GUEST', 'U0OTHER']) {
    const answer = await side.type('stats', { user_id, channel_id: secret });
    expect(answer).not.toMatch(/incidents? in the last/);
  }
});
