/** An incident after its end: its alert stays quiet, or fires again. Real Bolt over HTTP, a stateful Slack, a stepped clock. */
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { blockProblems } from '#present/slack/block-limits.ts';
import { findAlert, noteAlert } from '#record/alerts.ts';
import { tableJobs } from '#record/table-jobs.ts';
import { addAlertEntry } from '#record/timeline-evidence.ts';
import { openHotrodBackends } from '#test/hotrod-backends.ts';
import { type IncidentsInSlack, openIncidents, shownIn } from '#test/incidents-in-slack.ts';
import { evidenceNoter } from '#workflows/timeline/note-evidence.ts';

const MINUTE_MS = 60_000;
const STEP_MINUTES = 5;

let backends: Awaited<ReturnType<typeof openHotrodBackends>>;
let side: IncidentsInSlack;

beforeAll(async () => {
  backends = await openHotrodBackends();
});
afterAll(() => backends.close());
const start = async (env: Readonly<Record<string, string>> = {}) => {
  side = await openIncidents(backends, { SPANHOUND_COMMANDER_MINUTES: '0', ...env });
  await side.type('declare P2 Checkout is slow');
  await side.overview('INC-1');
};
beforeEach(() => start());
afterEach(() => side.close());

const ALERT = {
  source: 'alertmanager',
  key: 'a-1',
  title: 'Checkout <!channel> is slow',
  service: 'checkout',
  severity: 'critical',
  url: '',
  traceId: '',
  labels: {},
} as const;
const alert = async (state: 'triggered' | 'resolved') =>
  await side.store().transaction(async (tx) => {
    const said = { ...ALERT, state, atUs: tx.nowUs, saidUs: tx.nowUs };
    return await noteAlert(tx, {
      workspaceId: side.slack.team,
      alert: said as never,
      channelId: undefined,
      messageTs: undefined,
    });
  });
const later = async (minutes: number) => {
  for (let left = minutes; left > 0; left -= STEP_MINUTES) {
    await side.clock.tick(Math.min(left, STEP_MINUTES) * MINUTE_MS);
  }
};
const inThread = async () => {
  const { ts } = await side.overview('INC-1');
  return await side.slack.thread(ts);
};
const said = (words: string) => side.soon(async () => (await inThread()).find((one) => shownIn(one).includes(words)));
const withAlert = async () => {
  const { alertId } = await alert('triggered');
  const { id: incidentId } = await side.incident();
  await side.store().transaction((tx) => addAlertEntry(tx, { incidentId, alertId }));
  await alert('resolved');
};

test('an alert that stayed quiet is said after half an hour and after a day, once each', async () => {
  await withAlert();
  await side.type('resolve all is well');
  await later(31);
  const quiet = await said('30 min after the end of INC-1: its alert has not fired again.');
  expect(blockProblems([...(quiet.blocks ?? [])])).toEqual([]);
  side.clock.correct(23.6 * 60 * MINUTE_MS);
  await later(2);
  await said('24 h after the end of INC-1: its alert has not fired again.');
  expect((await inThread()).filter(({ text }) => text.includes('after the end of'))).toHaveLength(2);
});

test('an alert that fires again asks whether the incident goes on, and a reopening ends the looks', {
  tags: ['deep'],
}, async () => {
  await side.type('role commander');
  await withAlert();
  await side.type('resolve all is well');
  await later(10);
  await alert('triggered');
  await later(21);
  const question = await said('Does it go on?');
  expect(shownIn(question)).toContain('incident_reopen');
  expect(shownIn(question)).toContain(`"user_id":"${side.slack.person}"`);
  expect(question.text).not.toContain('<!channel>');
  expect(await side.timeline()).toContainEqual(expect.stringContaining('After the end, the alert fires again'));
  await side.type('reopen it is back');
  side.clock.correct(23.6 * 60 * MINUTE_MS);
  await later(3);
  expect((await inThread()).filter((one) => shownIn(one).includes('Does it go on?'))).toHaveLength(1);
  expect((await inThread()).filter(({ text }) => text.includes('24 h after'))).toEqual([]);
});

test('it asks at once when the alert is heard, and once for each time that it fires', { tags: ['deep'] }, async () => {
  await withAlert();
  const { id } = await side.incident();
  const { alertId } = await alert('resolved');
  await side.store().db.updateTable('incidents').set({ alert_id: alertId }).where('id', '=', id).execute();
  await side.type('resolve all is well');
  await later(5);
  const again = await alert('triggered');
  for (const _ of ['one', 'two']) {
    await side.store().transaction(async (tx) => {
      const heard = await findAlert(tx, { workspaceId: side.slack.team, id: again.alertId });
      if (heard !== undefined) await evidenceNoter(tableJobs).alertHeard(tx, heard);
    });
  }
  await side.clock.tick(1_000);
  await said('Does it go on?');
  await later(28);
  expect((await inThread()).filter((one) => shownIn(one).includes('Does it go on?'))).toHaveLength(1);
});

test('without an alert and a trace it says that it cannot check, and asks people', async () => {
  await side.type('resolve all is well');
  await later(31);
  const asked = await said('it has no alert and no trace, so I cannot check the fix. Does it still work?');
  expect(shownIn(asked)).toContain('incident_reopen');
  side.clock.correct(23.6 * 60 * MINUTE_MS);
  await later(2);
  expect((await inThread()).filter((one) => shownIn(one).includes('cannot check the fix'))).toHaveLength(1);
});

test('turned off, it says nothing', { tags: ['deep'] }, async () => {
  await side.close();
  await start({ SPANHOUND_LOOK_AFTER_END: 'false' });
  await side.type('resolve all is well');
  await later(35);
  expect((await inThread()).filter(({ text }) => text.includes('after the end'))).toEqual([]);
});
