import { sql } from 'kysely';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { Log } from '#core/log.ts';
import { silentLog } from '#core/log.ts';
import type { Alert, AlertState } from '#model/incident/alert.ts';
import { findAlert } from '#record/alerts.ts';
import type { Job } from '#record/jobs.ts';
import type { Store } from '#record/store.ts';
import { tableJobs } from '#record/table-jobs.ts';
import { type SteppedClock, steppedClock, stopNow } from '#test/stepped-clock.ts';
import { opened, sqlitePlace } from '#test/temp-store.ts';
import { alertMessageReceiver, deliveryReceiver, deliveryTaker, RECEIVE_DELIVERY } from '#workflows/receive-alert.ts';
import { givenUpTeller, LASTING_KINDS } from '#workflows/tell-given-up.ts';

const HOUR_MS = 3_600_000;

function alert(more: Partial<Alert> = {}): Alert {
  return {
    source: 'pagerduty',
    key: 'Q1',
    title: 'Checkout is slow',
    service: 'checkout',
    severity: '',
    state: 'triggered',
    atUs: 1,
    saidUs: 1,
    url: '',
    traceId: '',
    labels: {},
    ...more,
  };
}

async function open({ channelId }: Readonly<{ channelId: string | undefined }> = { channelId: 'C0WEBHOOKS' }) {
  const clock: SteppedClock = steppedClock();
  const store = await opened(sqlitePlace(), clock);
  const receiving = { store, jobs: tableJobs, sources: ['jaeger'], kick: () => undefined };
  const warned: string[] = [];
  const log: Log = Object.assign(Object.create(silentLog), { warn: (_: object, text: string) => warned.push(text) });
  const onMessage = alertMessageReceiver(receiving);
  const onDelivery = deliveryReceiver({ ...receiving, log, channelId, workspace: async () => 'T1' });
  let events = 0;

  return {
    store,
    clock,
    warned,
    async message(state: AlertState, ts = '1.1', { channel = 'C0ALERTS', saidUs = 1 } = {}) {
      const message = { channelId: channel, ts, edited: false, alert: alert({ state, saidUs }) };
      await onMessage({ workspaceId: 'T1', message });
    },
    async delivery(subject: Alert, members: readonly Alert[] = []) {
      const delivery = { id: 'd', subject, members, truncated: 0 };
      events += 1;
      await onDelivery({ id: `job-${events}`, payload: delivery } as unknown as Job, new AbortController().signal);
    },
    take: deliveryTaker({ ...receiving, messageSources: new Set(['pagerduty']) }),
    /** Runs the jobs as the bot does, where Slack says which workspace it is. */
    run(workspace: () => Promise<string>) {
      const handlers = { [RECEIVE_DELIVERY]: deliveryReceiver({ ...receiving, log, channelId, workspace }) };
      const onDead = givenUpTeller({ channelId });
      const runner = tableJobs.runJobs({ store, handlers, log: silentLog, lasting: LASTING_KINDS, onDead });
      onTestFinished(() => stopNow(runner, clock));
    },
    /** What was said, in order: where, and the text. */
    said: () => saidIn(store),
    jobs: async () => (await store.db.selectFrom('jobs').select(['kind', 'key', 'due_us']).execute()).map((row) => row),
  };
}

async function aDayLater(store: Store): Promise<void> {
  await store.db
    .updateTable('jobs')
    .set(({ eb }) => ({ created_us: eb('created_us', '-', 24 * HOUR_MS * 1_000) }))
    .execute();
}

async function saidIn(store: Store): Promise<readonly string[]> {
  const rows = await store.db
    .selectFrom('outbox')
    .innerJoin('messages', 'messages.id', 'outbox.message_id')
    .select(['outbox.lane', 'outbox.payload', 'outbox.thread_of', 'messages.thread_ts'])
    .orderBy('seq')
    .execute();
  return rows.map(({ lane, payload, thread_of, thread_ts }) => {
    const place = thread_of === null ? (thread_ts ?? 'channel') : 'under the answer';
    return `${lane} ${place}: ${JSON.parse(payload).text}`;
  });
}

const FIRST = 'Looking into Checkout is slow: reading traces from jaeger…';
const AGAIN = 'Looking into Checkout is slow, which fires again: reading traces from jaeger…';

describe('an alert’s one answer', () => {
  test('is begun in the thread of its message, and its job is stored with it', async () => {
    const { message, said, jobs } = await open();
    await message('triggered');
    expect(await said()).toEqual([`C0ALERTS 1.1: ${FIRST}`]);
    expect(await jobs()).toMatchObject([{ kind: 'answer-alert' }]);
  });

  test('stays one when messages and webhooks of every state come in any order', async () => {
    const { message, delivery, said, jobs } = await open();
    await message('triggered');
    await delivery(alert());
    await message('triggered', '2.2', { channel: 'C0OTHER' });
    await message('acknowledged');
    await delivery(alert({ state: 'acknowledged' }));
    await message('resolved');
    await delivery(alert({ state: 'resolved' }));
    await message('triggered');
    expect(await said()).toEqual([`C0ALERTS 1.1: ${FIRST}`, 'C0ALERTS under the answer: Resolved: Checkout is slow']);
    expect(await jobs()).toHaveLength(1);
  });

  test('of a webhook that came first stays where it is, and so does the word of its end', async () => {
    const { message, delivery, said } = await open();
    await delivery(alert());
    await message('triggered');
    await message('resolved');
    expect(await said()).toEqual([
      `C0WEBHOOKS channel: ${FIRST}`,
      'C0WEBHOOKS under the answer: Resolved: Checkout is slow',
    ]);
  });

  test('is not begun by an end or an acknowledgement', async () => {
    const { message, said } = await open();
    await message('acknowledged');
    await message('resolved');
    expect(await said()).toEqual([]);
  });

  test('is begun although the acknowledgement overtook the alert, and the end as well is said', async () => {
    const { message, said } = await open();
    await message('resolved');
    await message('triggered');
    expect(await said()).toEqual([`C0ALERTS 1.1: ${FIRST}`, 'C0ALERTS under the answer: Resolved: Checkout is slow']);
  });

  test('is given once more, in the same thread, to an alert that fires again after its resolution', async () => {
    const { message, delivery, said, jobs } = await open();
    await message('triggered');
    await message('resolved', '1.1', { saidUs: 5 });
    await message('triggered', '1.1', { saidUs: 9 });
    await delivery(alert({ saidUs: 8 }));
    await message('triggered');
    expect(await said()).toEqual([
      `C0ALERTS 1.1: ${FIRST}`,
      'C0ALERTS under the answer: Resolved: Checkout is slow',
      `C0ALERTS 1.1: ${AGAIN}`,
    ]);
    expect(await jobs()).toHaveLength(2);
    await message('resolved', '1.1', { saidUs: 12 });
    expect(await said()).toHaveLength(4);
  });

  test('is given anew to a daily alert, from any source', async () => {
    const { delivery, said, clock } = await open();
    const group = (more: Partial<Alert>) => alert({ source: 'alertmanager', key: 'group', ...more });
    for (let day = 0; day < 3; day++) {
      const us = day * 24 * HOUR_MS * 1_000;
      await delivery(group({ atUs: us, saidUs: us }));
      await delivery(group({ atUs: us, saidUs: us + 1, state: 'resolved' }));
      await clock.tick(24 * HOUR_MS);
    }
    expect(await said()).toEqual([
      `C0WEBHOOKS channel: ${FIRST}`,
      'C0WEBHOOKS under the answer: Resolved: Checkout is slow',
      `C0WEBHOOKS channel: ${AGAIN}`,
      'C0WEBHOOKS under the answer: Resolved: Checkout is slow',
      `C0WEBHOOKS channel: ${AGAIN}`,
      'C0WEBHOOKS under the answer: Resolved: Checkout is slow',
    ]);
  });

  test('is given anew after two days of silence, whatever is said of times', async () => {
    const { message, said, clock } = await open();
    await message('triggered');
    await clock.tick(47 * HOUR_MS);
    await message('triggered', '2.2');
    expect(await said()).toHaveLength(1);
    await clock.tick(48 * HOUR_MS);
    await message('triggered', '3.3');
    expect((await said()).at(-1)).toBe(`C0ALERTS 3.3: ${AGAIN}`);
  });

  test('is known by the noted alert, for an incident that is declared from it', async () => {
    const { message, store } = await open();
    await message('triggered');
    const { id } = await store.db.selectFrom('alerts').select('id').executeTakeFirstOrThrow();
    expect(await findAlert(store, { workspaceId: 'T1', id })).toMatchObject({
      channelId: 'C0ALERTS',
      messageTs: '1.1',
      investigationId: id,
    });
  });
});

describe('a delivery of a webhook', () => {
  const delivery = { id: 'e1', subject: alert(), members: [], truncated: 0 };

  test('that was accepted while Slack is away for hours is answered, once, when Slack is back', async () => {
    const { take, run, said, clock } = await open();
    const slack = { away: true };
    run(async () => {
      if (slack.away) throw new Error('Slack did not answer');
      return 'T1';
    });
    for (let index = 0; index < 6; index++) await take({ ...delivery, id: `e${index}` });
    await clock.tick(3 * HOUR_MS);
    expect(await said()).toEqual([]);

    slack.away = false;
    await clock.tick(HOUR_MS / 4);
    expect(await said()).toEqual([`C0WEBHOOKS channel: ${FIRST}`]);
  });

  test('that fails for a day is reported in the channel, and is answered after a redelivery', async () => {
    const { take, run, said, clock, store } = await open();
    const slack = { away: true };
    run(async () => {
      if (slack.away) throw new Error('Slack did not answer');
      return 'T1';
    });
    await take(delivery);
    await clock.tick(HOUR_MS);
    await aDayLater(store);
    await clock.tick(HOUR_MS / 4);
    const givenUp = [
      'C0WEBHOOKS channel: Alert from pagerduty: Checkout is slow. I tried for a day and gave up: Slack did not answer. Nobody has looked into it.',
    ];
    expect(await said()).toEqual(givenUp);
    expect(await tableJobs.deadJobs(store)).toMatchObject([{ kind: 'receive-delivery' }]);

    slack.away = false;
    await take(delivery);
    await clock.tick(60_000);
    expect(await said()).toEqual([...givenUp, `C0WEBHOOKS channel: ${FIRST}`]);
    expect(await tableJobs.deadJobs(store)).toEqual([]);
  });

  test('that cannot be stored for a minute is reported as late, once', async () => {
    const { take, run, said, clock, store } = await open();
    run(async () => 'T1');
    await sql`alter table alerts rename to alerts_away`.execute(store.db);
    await take(delivery);
    await clock.tick(HOUR_MS);
    expect(await said()).toEqual([
      expect.stringMatching(/^C0WEBHOOKS channel: Alert from pagerduty: Checkout is slow. I cannot look into it yet: /),
    ]);
  });

  test('of PagerDuty waits for the message of the same incident, and a second one of the same event is the same', async () => {
    const { take, jobs, store } = await open();
    await take(delivery);
    await take(delivery);
    expect(await jobs()).toEqual([
      { kind: 'receive-delivery', key: 'pagerduty/e1', due_us: store.clock.nowUs() + 5_000_000 },
    ]);
  });

  test('of Alertmanager, which has no message of its own, does not wait', async () => {
    const { take, jobs, store } = await open();
    await take({ ...delivery, subject: alert({ source: 'alertmanager' }) });
    expect(await jobs()).toMatchObject([{ due_us: store.clock.nowUs() }]);
  });

  test('is stored and logged where no channel is configured, and answered under its message all the same', async () => {
    const { delivery: deliver, message, said, warned, store } = await open({ channelId: undefined });
    await deliver(alert());
    expect(await said()).toEqual([]);
    expect(warned).toEqual(['an alert is not posted to Slack: ALERTS_CHANNEL is not set']);
    expect(await store.db.selectFrom('alerts').select('key').execute()).toEqual([{ key: 'Q1' }]);
    await message('triggered');
    expect(await said()).toEqual([`C0ALERTS 1.1: ${FIRST}`]);
  });

  test('of a group is one answer that its alerts share; those that join later are named in its thread', async () => {
    const { delivery: deliver, said, store } = await open();
    const group = alert({ source: 'alertmanager', key: 'group', title: 'Checkout is slow' });
    const member = (key: string) => alert({ source: 'alertmanager', key, title: `pod ${key}` });
    await deliver(group, [member('a')]);
    await deliver(group, [member('a'), member('b'), member('c')]);
    await deliver(group, [member('a'), member('b'), member('c')]);
    expect(await said()).toEqual([
      `C0WEBHOOKS channel: ${FIRST}`,
      'C0WEBHOOKS under the answer: 2 more alerts fire in this group: pod b, pod c',
    ]);
    const answers = await store.db.selectFrom('alerts').select('investigation_id').distinct().execute();
    expect(answers).toHaveLength(1);
  });
});
