import { sql } from 'kysely';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { Log } from '#core/log.ts';
import { silentLog } from '#core/log.ts';
import type { Alert, AlertState } from '#model/incident/alert.ts';
import { findAlert } from '#record/alerts.ts';
import { mendFutureTimes } from '#record/future-times.ts';
import type { Job } from '#record/jobs.ts';
import { quietCounts } from '#record/quiet-alerts.ts';
import type { Store } from '#record/store.ts';
import { tableJobs } from '#record/table-jobs.ts';
import { firedAlert } from '#test/fired-alert.ts';
import { type SteppedClock, steppedClock, stopNow } from '#test/stepped-clock.ts';
import { opened, sqlitePlace } from '#test/temp-store.ts';
import { stormWatcher } from '#workflows/alerts/alert-storm.ts';
import { answerAlert } from '#workflows/alerts/answer-alert.ts';
import type { QuietRule } from '#workflows/alerts/quiet-rules.ts';
import {
  alertMessageReceiver,
  deliveryReceiver,
  deliveryTaker,
  RECEIVE_DELIVERY,
} from '#workflows/alerts/receive-alert.ts';
import { givenUpTeller, LASTING_KINDS } from '#workflows/upkeep/tell-given-up.ts';

const HOUR_MS = 3_600_000;
const ANY_ALERT: QuietRule = { channels: [], senders: [], services: [], severities: [], answer: 'none' };

async function open(
  {
    channelId,
    stormPerMinute = 12,
    quietMinutes,
    quietRules,
  }: Readonly<{
    channelId: string | undefined;
    stormPerMinute?: number;
    quietMinutes?: number | undefined;
    quietRules?: readonly Partial<QuietRule>[];
  }> = {
    channelId: 'C0WEBHOOKS',
  },
) {
  const clock: SteppedClock = steppedClock();
  const store = await opened(sqlitePlace(), clock);
  const heard: string[] = [];
  const receiving = {
    store,
    jobs: tableJobs,
    sources: ['jaeger'],
    stormPerMinute,
    quietMinutes,
    quietRules: quietRules?.map((rule) => ({ ...ANY_ALERT, ...rule })),
    alertHeard: async (_: unknown, { state, title }: Alert) => void heard.push(`${state} ${title}`),
    kick: () => undefined,
  };
  const warned: string[] = [];
  const log: Log = Object.assign(Object.create(silentLog), { warn: (_: object, text: string) => warned.push(text) });
  const onMessage = alertMessageReceiver(receiving);
  const onDelivery = deliveryReceiver({ ...receiving, log, channelId, workspace: async () => 'T1' });
  let events = 0;

  return {
    store,
    clock,
    warned,
    /** What an open incident hears. */
    heard,
    async message(state: AlertState, ts = '1.1', { channel = 'C0ALERTS', saidUs = 1, key = 'Q1' } = {}) {
      const message = { channelId: channel, ts, edited: false, alert: firedAlert({ state, saidUs, key }) };
      await onMessage({ workspaceId: 'T1', message });
    },
    async delivery(subject: Alert, members: readonly Alert[] = []) {
      const delivery = { id: 'd', subject, members, truncated: 0 };
      events += 1;
      await onDelivery({ id: `job-${events}`, payload: delivery } as unknown as Job, new AbortController().signal);
    },
    /** Runs the job of an answer; `examined` gets the titles of the alerts that are looked at. */
    async answer(key: string, examined: string[]) {
      const handler = answerAlert({
        store,
        log: silentLog,
        keepCase: undefined,
        mayShowIn: async () => true,
        mayAct: async () => true,
        permalink: async () => '',
        kick: () => undefined,
        // biome-ignore lint/correctness/useYield: it fails before its first stage.
        async *diagnose({ alert: { title } }) {
          examined.push(title);
          throw new Error('it is not examined here');
        },
      });
      const row = await store.db.selectFrom('jobs').selectAll().where('key', '=', key).executeTakeFirstOrThrow();
      const job = {
        ...row,
        workspaceId: 'T1',
        payload: JSON.parse(row.payload ?? 'null'),
        attempt: 1,
        lastAttempt: true,
      };
      await handler(job as unknown as Job, new AbortController().signal);
    },
    take: deliveryTaker({ ...receiving, messageSources: new Set(['pagerduty']), messageSeconds: 5 }),
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
const ANEW = (ordinal: string) => FIRST.replace(':', `, which fires for the ${ordinal} time this week:`);

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
    await delivery(firedAlert());
    await message('triggered', '2.2', { channel: 'C0OTHER' });
    await message('acknowledged');
    await delivery(firedAlert({ state: 'acknowledged' }));
    await message('resolved');
    await delivery(firedAlert({ state: 'resolved' }));
    await message('triggered');
    expect(await said()).toEqual([`C0ALERTS 1.1: ${FIRST}`, 'C0ALERTS under the answer: Resolved: Checkout is slow']);
    expect(await jobs()).toHaveLength(1);
  });

  test('of a webhook that came first stays where it is, and so does the word of its end', async () => {
    const { message, delivery, said } = await open();
    await delivery(firedAlert());
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

  test('is given once more, in a new thread, to an alert that fires again after its resolution', async () => {
    const { message, delivery, said, jobs } = await open();
    await message('triggered');
    await message('resolved', '1.1', { saidUs: 5 });
    await message('triggered', '1.1', { saidUs: 9 });
    await delivery(firedAlert({ saidUs: 8 }));
    await message('triggered');
    expect(await said()).toEqual([
      `C0ALERTS 1.1: ${FIRST}`,
      'C0ALERTS under the answer: Resolved: Checkout is slow',
      `C0ALERTS channel: ${ANEW('second')}`,
    ]);
    expect((await jobs()).map(({ kind }) => kind)).toEqual(['answer-alert', 'answer-alert', 'recall-alert']);
    await message('resolved', '1.1', { saidUs: 12 });
    expect(await said()).toHaveLength(4);
  });

  test('is given anew to a daily alert, from any source', async () => {
    const { delivery, said, clock } = await open();
    const group = (more: Partial<Alert>) => firedAlert({ source: 'alertmanager', key: 'group', ...more });
    for (let day = 0; day < 3; day++) {
      const us = day * 24 * HOUR_MS * 1_000;
      await delivery(group({ atUs: us, saidUs: us }));
      await delivery(group({ atUs: us, saidUs: us + 1, state: 'resolved' }));
      await clock.tick(24 * HOUR_MS);
    }
    expect(await said()).toEqual([
      `C0WEBHOOKS channel: ${FIRST}`,
      'C0WEBHOOKS under the answer: Resolved: Checkout is slow',
      `C0WEBHOOKS channel: ${ANEW('second')}`,
      'C0WEBHOOKS under the answer: Resolved: Checkout is slow',
      `C0WEBHOOKS channel: ${ANEW('third')}`,
      'C0WEBHOOKS under the answer: Resolved: Checkout is slow',
    ]);
  });

  test('is given anew after the quiet time, also if the clock was a day ahead before', async () => {
    const { store, delivery, said, clock } = await open();
    const fires = async (atUs: number) => await delivery(firedAlert({ atUs, saidUs: atUs }));
    const beganUs = clock.nowUs();
    clock.correct(24 * HOUR_MS);
    await fires(beganUs);
    clock.correct(-24 * HOUR_MS);
    await mendFutureTimes(store);
    await clock.tick(3 * HOUR_MS);
    await fires(clock.nowUs());
    expect(await said()).toEqual([`C0WEBHOOKS channel: ${FIRST}`, `C0WEBHOOKS channel: ${ANEW('second')}`]);
  });

  test('is given anew after two days of silence, whatever is said of times', async () => {
    const { message, said, clock } = await open();
    await message('triggered');
    await clock.tick(47 * HOUR_MS);
    await message('triggered', '2.2');
    expect(await said()).toHaveLength(1);
    await clock.tick(48 * HOUR_MS);
    await message('triggered', '3.3');
    expect((await said()).at(-1)).toBe(`C0ALERTS 3.3: ${ANEW('second')}`);
    await clock.tick(8 * 24 * HOUR_MS);
    await message('triggered', '4.4');
    expect((await said()).at(-1)).toBe(`C0ALERTS 4.4: ${AGAIN}`);
  });

  test.each([
    [undefined, 50, false],
    [undefined, 60, true],
    [10, 9, false],
    [10, 10, true],
    [120, 119, false],
  ])(
    'is given anew where nobody reports an end, after the quiet time (%s set, %s minutes: %s)',
    async (quietMinutes, minutes, isAnew) => {
      const { delivery, said, clock } = await open({ channelId: 'C0WEBHOOKS', quietMinutes });
      const fires = async () => {
        const began = { atUs: clock.nowUs(), saidUs: clock.nowUs() };
        await delivery(firedAlert(began), [firedAlert({ ...began, key: 'member' })]);
      };
      await fires();
      await clock.tick((minutes * HOUR_MS) / 60);
      await fires();
      expect((await said()).map((line) => line.replace(/:.*/, ''))).toEqual(
        Array(isAnew ? 2 : 1).fill('C0WEBHOOKS channel'),
      );
    },
  );

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
  const delivery = { id: 'e1', subject: firedAlert(), members: [], truncated: 0 };

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
    await take({ ...delivery, subject: firedAlert({ source: 'alertmanager' }) });
    expect(await jobs()).toMatchObject([{ due_us: store.clock.nowUs() }]);
  });

  test('is stored and logged where no channel is configured, and answered under its message all the same', async () => {
    const { delivery: deliver, message, said, warned, store } = await open({ channelId: undefined });
    await deliver(firedAlert());
    expect(await said()).toEqual([]);
    expect(warned).toEqual(['an alert is not posted to Slack: ALERTS_CHANNEL is not set']);
    expect(await store.db.selectFrom('alerts').select('key').execute()).toEqual([{ key: 'Q1' }]);
    await message('triggered');
    expect(await said()).toEqual([`C0ALERTS 1.1: ${FIRST}`]);
  });

  test('of a group is one answer that its alerts share; those that join later are named in its thread', async () => {
    const { delivery: deliver, said, store } = await open();
    const labels = { alertname: 'SlowCheckout' };
    const group = firedAlert({ source: 'alertmanager', key: 'group', title: 'Checkout is slow', labels });
    const member = (key: string) => firedAlert({ source: 'alertmanager', key, title: `pod ${key}`, labels });
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

describe('alerts of one cause', () => {
  const pod = (name: string, more: Partial<Alert> = {}) =>
    firedAlert({
      source: 'alertmanager',
      key: name,
      title: `SlowCheckout on ${name}`,
      labels: { alertname: 'SlowCheckout' },
      ...more,
    });

  test('of the same rule and service share the first answer, which counts them', async () => {
    const { delivery, said, jobs } = await open();
    for (const name of ['a', 'b', 'c']) await delivery(pod(name));
    expect(await jobs()).toHaveLength(1);
    const [first, list, ...others] = await said();
    expect(first).toContain('Looking into SlowCheckout on a');
    expect(list).toBe(
      'C0WEBHOOKS under the answer: Occurrence 3 of 3: SlowCheckout on c. 2 further alerts share this answer.',
    );
    expect(others).toEqual([]);
  });

  test('have one fold each, however often they come, and their end is counted and not posted', async () => {
    const { delivery, said, store } = await open();
    await delivery(pod('a'));
    for (let n = 0; n < 3; n += 1) await delivery(pod('b'));
    await delivery(pod('b', { state: 'resolved', saidUs: 9 }));
    expect(await store.db.selectFrom('folds').select(['reason']).execute()).toEqual([{ reason: 'rule' }]);
    expect((await said()).at(-1)).toContain('1 further alert shares this answer. One is resolved.');
    expect(await said()).toHaveLength(2);
  });

  test('are answered in the thread of their own message, which names the first', async () => {
    const { message, said } = await open();
    await message('triggered', '1.1');
    await message('triggered', '2.2', { key: 'Q2' });
    expect((await said())[1]).toBe(
      'C0ALERTS 2.2: The same rule fires for the same service: Checkout is slow. Its thread has the answer.',
    );
  });

  test.each([
    ['another service', { service: 'billing' }],
    ['another rule', { labels: { alertname: 'DiskIsFull' } }],
    ['another time', { atUs: 400_000_000 }],
    ['a trace of its own', { traceId: 'a1' }],
  ])('stay apart with %s', async (_, more) => {
    const { delivery, jobs } = await open();
    await delivery(pod('a'));
    await delivery(pod('b', more));
    expect(await jobs()).toHaveLength(2);
  });

  test('stay apart once the first is resolved', async () => {
    const { delivery, jobs } = await open();
    await delivery(pod('a'));
    await delivery(pod('a', { state: 'resolved', saidUs: 5 }));
    await delivery(pod('b'));
    expect(await jobs()).toHaveLength(2);
  });
});

describe('a storm of alerts', () => {
  const service = (n: number) => firedAlert({ key: `Q${n}`, service: `service-${n}`, title: `Alert ${n}` });

  test('is told once and first, and from then on there are no first lines', async () => {
    const { delivery, said, jobs, store } = await open();
    for (let n = 1; n <= 16; n += 1) await delivery(service(n));
    const lines = await said();
    expect(lines.filter((line) => line.includes('Looking into'))).toHaveLength(12);
    expect(lines.filter((line) => line.includes('Alert storm: more than 12 new alerts a minute'))).toHaveLength(1);
    expect(await jobs()).toHaveLength(16);
    const ranks = await store.db.selectFrom('outbox').select(['rank', 'payload']).orderBy('rank').execute();
    expect(ranks[0]?.payload).toContain('Alert storm');
  });

  test('has an end, which is told when a minute was quiet and nothing is examined any more', async () => {
    const { delivery, said, clock, store } = await open();
    const watch = stormWatcher({ store, perMinute: 12, kick: () => undefined });
    for (let n = 1; n <= 14; n += 1) await delivery(service(n));
    await clock.tick(120_000);
    await watch();
    expect((await said()).join()).not.toContain('is over');
    await store.db.updateTable('investigations').set({ state: 'done' }).execute();
    await watch();
    await watch();
    expect(
      (await said()).filter((line) => line.startsWith('C0WEBHOOKS channel: The alert storm is over')),
    ).toHaveLength(2);
    expect(await store.db.selectFrom('marks').selectAll().execute()).toEqual([]);
  });

  test('does not exist where the setting is 0', async () => {
    const { delivery, said } = await open({ channelId: 'C0WEBHOOKS', stormPerMinute: 0 });
    for (let n = 1; n <= 20; n += 1) await delivery(service(n));
    expect((await said()).every((line) => line.includes('Looking into'))).toBe(true);
  });
});

describe('what a storm leaves no time for', () => {
  test('is listed as not examined, with what waited for its answer, and what came in time is examined', async () => {
    const { delivery, clock, store, answer, said, jobs } = await open();
    for (let n = 1; n <= 13; n += 1)
      await delivery(firedAlert({ key: `Q${n}`, service: `service-${n}`, title: `Alert ${n}` }));
    await delivery(firedAlert({ key: 'Q13b', service: 'service-13', title: 'Alert 13' }));
    await clock.tick(61_000);
    await delivery(firedAlert({ key: 'Q14', service: 'service-14', title: 'Alert 14' }));
    const examined: string[] = [];
    for (const { key } of await jobs()) await answer(key, examined);

    expect(examined).toEqual(['Alert 14']);
    const folds = await store.db.selectFrom('folds').select(['reason', 'told_by', 'alert_id']).execute();
    expect(folds.every(({ reason }) => reason === 'no time')).toBe(true);
    expect(folds).toHaveLength(14);
    // Their own placeholder says it, or the message of the storm.
    expect(folds.filter(({ told_by, alert_id }) => told_by === alert_id)).toHaveLength(12);
    await stormWatcher({ store, perMinute: 12, kick: () => undefined })();
    expect((await said()).join('\n')).toContain('I did not examine Alert 1: too many alerts came at once.');
    expect((await said()).join('\n')).toContain('14 alerts not examined');
  });
});

describe('an alert that gets no answer by a rule', () => {
  test('is recorded and told to its incident, and nothing is posted', async () => {
    const quiet = await open({ channelId: 'C0WEBHOOKS', quietRules: [{ services: ['checkout'] }] });
    await quiet.message('triggered');
    await quiet.message('triggered');
    await quiet.message('resolved');
    await quiet.delivery(firedAlert({ key: 'Q2', service: 'checkout-svc' }));
    expect(await quiet.said()).toEqual([]);
    expect(await quiet.jobs()).toEqual([]);
    expect(quiet.heard).toEqual([
      'triggered Checkout is slow',
      'triggered Checkout is slow',
      'resolved Checkout is slow',
      'triggered Checkout is slow',
    ]);
    expect(await quietCounts(quiet.store)).toEqual({ rule: 2, mute: 0 });
  });

  test('gets one line where the rule says so, in the place of its answer', async () => {
    const quiet = await open({ channelId: 'C0WEBHOOKS', quietRules: [{ name: 'a quiet day', answer: 'line' }] });
    await quiet.message('triggered');
    await quiet.message('triggered');
    await quiet.delivery(firedAlert({ key: 'Q2', title: 'Cart is slow' }));
    expect(await quiet.said()).toEqual([
      'C0ALERTS 1.1: Not answered: Checkout is slow · rule 1 (a quiet day)',
      'C0WEBHOOKS channel: Not answered: Cart is slow · rule 1 (a quiet day)',
    ]);
  });

  test('is answered when it still fires after the window', async () => {
    const { clock, delivery, said, store } = await open();
    const to = clock.nowUs() + HOUR_MS * 1_000;
    const quiet = await open({ channelId: 'C0WEBHOOKS', quietRules: [{ to }] });
    await quiet.delivery(firedAlert());
    expect(await quiet.said()).toEqual([]);
    await quiet.clock.tick(HOUR_MS + 1);
    await quiet.delivery(firedAlert());
    expect(await quiet.said()).toEqual([`C0WEBHOOKS channel: ${FIRST}`]);
    expect(await quietCounts(quiet.store)).toEqual({ rule: 0, mute: 0 });
    await delivery(firedAlert());
    expect(await said()).toHaveLength(1);
    expect(await quietCounts(store)).toEqual({ rule: 0, mute: 0 });
  });

  test('is counted once, in the thread of the next answer of the channel', async () => {
    const quiet = await open({ channelId: 'C0WEBHOOKS', quietRules: [{ services: ['cart'] }] });
    for (const key of ['a', 'b'])
      await quiet.delivery(firedAlert({ key, service: 'cart', title: `Cart ${key} is slow` }));
    await quiet.delivery(firedAlert({ key: 'c' }));
    await quiet.delivery(firedAlert({ key: 'd', service: 'search', title: 'Search is slow' }));
    expect(await quiet.said()).toEqual([
      `C0WEBHOOKS channel: ${FIRST}`,
      expect.stringMatching(
        /^C0WEBHOOKS under the answer: 2 alerts were not answered in this channel, by choice, since /,
      ),
      expect.stringContaining('Looking into Search is slow'),
    ]);
  });
});
