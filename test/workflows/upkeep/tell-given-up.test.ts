import { expect, test } from 'vitest';
import { declareIncident } from '#record/incidents.ts';
import type { Job } from '#record/jobs.ts';
import { post } from '#record/outbox.ts';
import type { Store } from '#record/store.ts';
import { steppedClock } from '#test/stepped-clock.ts';
import { opened, sqlitePlace } from '#test/temp-store.ts';
import { OVERVIEW_OF } from '#workflows/incidents/incident-thread.ts';
import { givenUpTeller } from '#workflows/upkeep/tell-given-up.ts';

const RESPONSE_URL = 'https://hooks.slack.com/commands/1';

async function told(kind: string, payload: object, hasOverview = false) {
  const store = await opened(sqlitePlace(), steppedClock());
  await store.transaction((tx) =>
    declareIncident(tx, {
      id: 'in-1',
      workspaceId: 'T1',
      title: 'Checkout is slow',
      severity: 'P1',
      channelId: 'C0SHOP',
      threadTs: '7.7',
      declaredBy: 'U1',
      detectedBy: 'employee',
      detection: 'U1',
    }),
  );
  if (hasOverview) {
    const overview = { messageId: OVERVIEW_OF('in-1'), workspaceId: 'T1', channelId: 'C0SHOP' };
    await store.transaction((tx) => post(tx, { ...overview, message: { text: 'the overview' } }));
  }
  const job = { id: 'j-1', kind, workspaceId: 'T1', key: 'k', payload, attempt: 9, lastAttempt: true } as Job;
  await store.transaction((tx) => givenUpTeller({ channelId: 'C0ALERTS' })(tx, job, 'no answer, password=hunter22'));
  return await saidIn(store);
}

async function saidIn(store: Store): Promise<readonly string[]> {
  const rows = await store.db
    .selectFrom('outbox')
    .innerJoin('messages', 'messages.id', 'outbox.message_id')
    .select(['outbox.lane', 'outbox.payload', 'outbox.response_url', 'messages.thread_ts', 'outbox.thread_of'])
    .execute();
  return rows.map(({ lane, payload, response_url, thread_ts, thread_of }) => {
    const { text } = JSON.parse(payload) as { text: string };
    return `${response_url ?? `${lane} ${thread_ts ?? thread_of ?? ''}`.trim()}: ${text}`;
  });
}

const DELIVERY = { id: 'e1', subject: { source: 'alertmanager', title: 'High errors' }, members: [], truncated: 0 };

test.each([
  ['receive-delivery', DELIVERY, /^C0ALERTS: Alert from alertmanager: High errors\. I tried for a day and gave up/],
  ['incident-message', { channelId: 'C0SHOP', ts: '9.9' }, /^C0SHOP 9\.9: I could not put this message into/],
  ['look-into-message', { channelId: 'C0SHOP', ts: '9.9' }, /^C0SHOP 9\.9: I could not read this message/],
  ['incident-overview', { incidentId: 'in-1' }, /^C0SHOP: INC-1: the overview could not be updated/],
  ['incident-reminder', { incidentId: 'in-1' }, /^C0SHOP: INC-1: I could not ask for the next update/],
  ['event-send', { incidentId: 'in-1', receiver: 'data' }, /^C0SHOP: INC-1: the webhook data did not get an event/],
  ['mitigation-send', { incidentId: 'in-1', mitigationId: 'm' }, /^C0SHOP: INC-1: I could not send a mitigation/],
  ['draft-postmortem', { incidentId: 'in-1', responseUrl: '' }, /^C0SHOP: INC-1: I could not draft/],
  ['send-request', { responseUrl: RESPONSE_URL }, /^https:\/\/hooks\.slack\.com\/commands\/1: I could not send/],
])('a job of kind %s that was given up is told, with the reason and without secrets', async (kind, payload, says) => {
  const said = await told(kind, payload);
  expect(said).toEqual([expect.stringMatching(says)]);
  expect(said[0]).toContain('no answer');
  expect(said[0]).not.toContain('hunter22');
});

test('what an incident that was declared in a thread could not do is told in the thread of its overview', async () => {
  const [, said] = await told('incident-reminder', { incidentId: 'in-1' }, true);
  expect(said).toMatch(/^C0SHOP in-1\/overview: INC-1: I could not ask/);
});

test('posts nothing without a configured channel, or for a job with its own failure message', async () => {
  const store = await opened(sqlitePlace(), steppedClock());
  const teller = givenUpTeller({ channelId: undefined });
  for (const [kind, payload] of [
    ['receive-delivery', DELIVERY],
    ['answer-trace', {}],
  ] as const) {
    const job = { id: kind, kind, workspaceId: 'T1', key: 'k', payload, attempt: 9, lastAttempt: true };
    await store.transaction((tx) => teller(tx, job, 'no answer'));
  }
  expect(await saidIn(store)).toEqual([]);
});
