/** A message in the channel and a webhook of the same alert of Alertmanager or Grafana get one answer. */
import { describe, expect, test } from 'vitest';
import { silentLog } from '#core/log.ts';
import type { Alert } from '#model/incident/alert.ts';
import type { Job } from '#record/jobs.ts';
import { tableJobs } from '#record/table-jobs.ts';
import { firedAlert } from '#test/fired-alert.ts';
import { steppedClock } from '#test/stepped-clock.ts';
import { opened, sqlitePlace } from '#test/temp-store.ts';
import { alertMessageReceiver, deliveryReceiver } from '#workflows/alerts/receive-alert.ts';

const MINUTE_US = 60_000_000;
const LABELS = { alertname: 'HighErrorRate', job: 'checkout' };

async function open(source: string) {
  const clock = steppedClock();
  const store = await opened(sqlitePlace(), clock);
  const startUs = clock.nowUs();
  const receiving = { store, jobs: tableJobs, sources: [], stormPerMinute: 0, kick: () => undefined };
  const onMessage = alertMessageReceiver(receiving);
  const workspace = async () => 'T1';
  const onDelivery = deliveryReceiver({ ...receiving, log: silentLog, channelId: 'C0HOOKS', workspace });
  let events = 0;
  return {
    clock,
    startUs,
    async message(more: Partial<Alert> = {}, ts = '1.1') {
      const alert = firedAlert({
        source,
        key: 'http://am/#/alerts?receiver=team HighErrorRate (checkout)',
        title: 'HighErrorRate (checkout)',
        labels: LABELS,
        atUs: startUs + MINUTE_US,
        saidUs: startUs + MINUTE_US,
        ...more,
      });
      await onMessage({ workspaceId: 'T1', message: { channelId: 'C0ALERTS', ts, edited: false, alert } });
    },
    async webhook(more: Partial<Alert> = {}, members: readonly Alert[] = []) {
      events += 1;
      const subject = firedAlert({
        source,
        key: '{}:{alertname="HighErrorRate"}',
        title: 'HighErrorRate: more than 5 % fail',
        labels: { ...LABELS, severity: 'critical' },
        atUs: startUs,
        saidUs: startUs,
        ...more,
      });
      const payload = { id: `d${events}`, subject, members, truncated: 0 };
      const job = { id: `j${events}`, payload, attempt: 1 } as unknown as Job;
      await onDelivery(job, new AbortController().signal);
    },
    async alerts() {
      const columns = ['state', 'round', 'message_ts', 'is_member'] as const;
      const rows = await store.db.selectFrom('alerts').select(columns).orderBy('id').execute();
      return rows.filter(({ is_member }) => is_member === 0);
    },
    async posted() {
      const rows = await store.db.selectFrom('outbox').select('payload').orderBy('seq').execute();
      return rows.map(({ payload }) => `${JSON.parse(payload).text}`);
    },
    answers: async () =>
      (await store.db.selectFrom('jobs').select('key').where('kind', '=', 'answer-alert').execute()).length,
  };
}

const END = { state: 'resolved' } as const;
const ORDERS = [
  ['message', 'webhook'],
  ['webhook', 'message'],
] as const;

describe.each(['alertmanager', 'grafana'])('an alert of %s', (source) => {
  test.each(ORDERS)('that comes as a %s, then as a %s, has one answer', async (first, second) => {
    const it = await open(source);
    await it[first]();
    await it[second]();
    expect(await it.answers()).toBe(1);
    expect(await it.alerts()).toEqual([{ state: 'triggered', round: 0, message_ts: '1.1', is_member: 0 }]);
  });

  test.each(ORDERS)('has one answer where both arrive at once, the %s before the %s', async (first, second) => {
    const it = await open(source);
    await Promise.all([it[first](), it[second]()]);
    expect(await it.answers()).toBe(1);
  });

  test.each(['message', 'webhook'] as const)('is over by its %s, and that is said once', async (way) => {
    const it = await open(source);
    await it.message();
    await it.webhook();
    const saidUs = it.startUs + 9 * MINUTE_US;
    await it[way]({ ...END, saidUs });
    await it.message({ ...END, saidUs: saidUs + MINUTE_US }, '2.2');
    await it.webhook({ ...END, saidUs });
    expect(await it.alerts()).toMatchObject([{ state: 'resolved' }]);
    expect((await it.posted()).filter((text) => text.includes('Resolved'))).toHaveLength(1);
  });

  test('fires again both ways: one more round', async () => {
    const it = await open(source);
    await it.webhook();
    await it.message();
    await it.webhook({ ...END, saidUs: it.startUs + 9 * MINUTE_US });
    await it.clock.tick(20 * 60_000);
    const again = it.startUs + 20 * MINUTE_US;
    await it.webhook({ atUs: again, saidUs: again });
    await it.message({ atUs: again + MINUTE_US, saidUs: again + MINUTE_US }, '3.3');
    expect((await it.alerts()).map(({ round, state }) => [round, state])).toEqual([
      [0, 'resolved'],
      [1, 'triggered'],
    ]);
    expect(await it.answers()).toBe(2);
  });

  test('comes in a second group too: one answer, in the thread of its message, and one end', async () => {
    const it = await open(source);
    const member = (more: Partial<Alert> = {}) => [
      firedAlert({ source, key: 'f00d/1', title: 'x', service: '', atUs: it.startUs, saidUs: it.startUs, ...more }),
    ];
    // Its labels fit no message.
    const second = { key: 'second', title: 'all of the team', service: '', labels: { team: 'b' } };
    await it.message();
    await it.webhook({}, member());
    await it.webhook(second, member());
    expect(await it.answers()).toBe(1);
    const end = { ...END, saidUs: it.startUs + 9 * MINUTE_US };
    await it.webhook({ ...second, ...end }, member(end));
    await it.message({ ...END, saidUs: end.saidUs + MINUTE_US }, '2.2');
    await it.webhook(end, member(end));
    expect((await it.posted()).filter((text) => text.includes('Resolved'))).toEqual(['Resolved: all of the team']);
    expect((await it.alerts()).map(({ state }) => state)).toEqual(['resolved', 'resolved']);
  });

  test('is repeated in the channel hours later: no new round', async () => {
    const it = await open(source);
    await it.webhook();
    await it.message();
    await it.clock.tick(4 * 3_600_000);
    const later = it.startUs + 240 * MINUTE_US;
    await it.message({ atUs: later, saidUs: later }, '4.4');
    expect(await it.answers()).toBe(1);
  });

  test('stays apart from one of another service, rule, label or time', async () => {
    const it = await open(source);
    await it.message();
    await it.webhook({ key: 'a', service: 'cart', labels: { alertname: 'HighErrorRate', job: 'cart' } });
    await it.webhook({ key: 'b', title: 'Slow', labels: { alertname: 'Slow', job: 'checkout' } });
    await it.webhook({ key: 'c', labels: { alertname: 'HighErrorRate', job: 'checkout-eu' } });
    await it.clock.tick(30 * 60_000);
    const later = it.startUs + 30 * MINUTE_US;
    await it.webhook({ key: 'd', atUs: later, saidUs: later });
    expect(await it.alerts()).toHaveLength(5);
  });

  test('takes only one group of its rule', async () => {
    const it = await open(source);
    await it.message();
    await it.webhook();
    await it.webhook({ key: 'other group' });
    expect(await it.alerts()).toHaveLength(2);
  });

  test('is the group and not one of its alerts', async () => {
    const it = await open(source);
    const said = { title: 'HighErrorRate', labels: LABELS, atUs: it.startUs, saidUs: it.startUs };
    await it.webhook({}, [firedAlert({ source, key: 'f1/1', ...said })]);
    await it.message();
    expect(await it.answers()).toBe(1);
    expect(await it.alerts()).toHaveLength(1);
  });
});

test('an alert of another system keeps its own key', async () => {
  const it = await open('datadog');
  await it.message();
  await it.webhook();
  expect(await it.alerts()).toHaveLength(2);
});
