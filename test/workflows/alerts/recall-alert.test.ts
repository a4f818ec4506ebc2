import { expect, test } from 'vitest';
import type { Alert } from '#model/incident/alert.ts';
import { answerAlertWith, noteAlert } from '#record/alerts.ts';
import { changeIncident, declareIncident } from '#record/incidents.ts';
import { finishInvestigation, openInvestigation } from '#record/investigations.ts';
import type { Job } from '#record/jobs.ts';
import { post } from '#record/outbox.ts';
import { firedAlert } from '#test/fired-alert.ts';
import { steppedClock } from '#test/stepped-clock.ts';
import { opened, sqlitePlace } from '#test/temp-store.ts';
import { recallAlert } from '#workflows/alerts/recall-alert.ts';

const MINUTE_US = 60_000_000;

/** Two rounds, each with its answer; the first ended after twelve minutes, with an incident in that channel. */
async function twoRounds({ incidentIn = 'C1', newIn = 'C1' } = {}) {
  const clock = steppedClock();
  const store = await opened(sqlitePlace(), clock);
  const startUs = clock.nowUs();
  const answered = async (id: string, given: Alert, channelId: string) => {
    const { alertId } = await store.transaction((tx) => noteAlert(tx, { workspaceId: 'T1', alert: given, channelId }));
    await store.transaction(async (tx) => {
      await openInvestigation(tx, { id, workspaceId: 'T1', traceId: '', askedBy: 'pagerduty', channelId, alertId });
      await answerAlertWith(tx, { alertId, investigationId: id });
      await post(tx, { messageId: id, workspaceId: 'T1', channelId, message: { text: 'Looking into' } });
      const report = { diagnosis: { verdict: 'The pool of checkout is full' } };
      await finishInvestigation(tx, { id, traceId: '', report, markdown: '', logs: '' });
    });
    return alertId;
  };
  const first = await answered('one', firedAlert({ atUs: startUs, saidUs: startUs }), 'C1');
  await store.transaction(async (tx) => {
    await declareIncident(tx, {
      id: 'in-1',
      workspaceId: 'T1',
      title: 'Checkout',
      severity: 'P1',
      channelId: incidentIn,
      declaredBy: 'U1',
      detectedBy: 'alert',
      detection: 'pagerduty',
      alertId: first,
    });
    await changeIncident(tx, {
      incidentId: 'in-1',
      key: 'k1',
      by: 'U1',
      status: 'resolved',
      text: 'rolled back stock',
    });
    const end = firedAlert({ atUs: startUs, saidUs: startUs + 12 * MINUTE_US, state: 'resolved' });
    await noteAlert(tx, { workspaceId: 'T1', alert: end, channelId: 'C1' });
  });
  await clock.tick(3_600_000);
  const nowUs = clock.nowUs();
  const second = await answered('two', firedAlert({ atUs: nowUs, saidUs: nowUs }), newIn);
  const deliver = (id: string, ts: string) =>
    store.db.updateTable('messages').set({ state: 'sent', ts }).where('id', '=', id).execute();
  const recall = recallAlert({
    store,
    permalink: async ({ channelId, ts }) => `https://acme.slack.com/archives/${channelId}/p${ts}`,
    kick: () => undefined,
  });
  const run = (lastAttempt = false) =>
    recall(
      {
        id: 'j',
        kind: 'recall-alert',
        workspaceId: 'T1',
        key: second,
        payload: { alertId: second },
        attempt: 1,
        lastAttempt,
      } as Job,
      new AbortController().signal,
    );
  const said = async () => {
    const rows = await store.db
      .selectFrom('outbox')
      .select(['payload', 'thread_of'])
      .where('thread_of', 'is not', null)
      .orderBy('seq')
      .execute();
    return rows.map(({ payload, thread_of }) => {
      const links = [...payload.matchAll(/"url":"([^"]+)"/g)].map(([, url]) => url);
      return [thread_of, JSON.parse(payload).text, ...links];
    });
  };
  return { run, said, deliver };
}

test('says how often, how the last time ended, and links both threads, once', async () => {
  const { run, said, deliver } = await twoRounds();
  await deliver('one', '1.1');
  await deliver('two', '2.2');
  await run();
  await run();
  expect(await said()).toEqual([
    [
      'two',
      expect.stringMatching(
        /^It fires for the second time this week\. Last time: .* UTC\. The pool of checkout is full\. It ended after 12 min\. Ended by: INC-1: rolled back stock\.$/,
      ),
      'https://acme.slack.com/archives/C1/p1.1',
    ],
    ['one', 'This alert fires again.', 'https://acme.slack.com/archives/C1/p2.2'],
  ]);
});

test('waits for the new answer to be in Slack, and does without its link in the end', async () => {
  const { run, said, deliver } = await twoRounds();
  await deliver('one', '1.1');
  await expect(run()).rejects.toThrow('not in Slack yet');
  expect(await said()).toHaveLength(1);
  await run(true);
  expect(await said()).toHaveLength(2);
});

test('tells nothing of an incident in another channel, and nothing at all of an answer there', async () => {
  const { run, said, deliver } = await twoRounds({ incidentIn: 'C2' });
  await deliver('two', '2.2');
  await run();
  expect(JSON.stringify(await said())).not.toContain('INC-1');

  const other = await twoRounds({ newIn: 'C3' });
  await other.run();
  expect(await other.said()).toEqual([]);
});
