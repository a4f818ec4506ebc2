/** One alert that a routing tree sends by two groups (`continue: true`) gets one answer and one end. */
import { describe, expect, test } from 'vitest';
import { readAlertmanagerWebhook } from '#adapters/alertmanager/webhook.ts';
import { readGrafanaWebhook } from '#adapters/grafana/webhook.ts';
import { readGeneral } from '#adapters/senders/general-alert.ts';
import type { ReadDelivery } from '#adapters/system.ts';
import { silentLog } from '#core/log.ts';
import type { Job } from '#record/jobs.ts';
import { tableJobs } from '#record/table-jobs.ts';
import { alertmanagerGroup, firing } from '#test/alertmanager.ts';
import { steppedClock } from '#test/stepped-clock.ts';
import { opened, sqlitePlace } from '#test/temp-store.ts';
import { deliveryReceiver } from '#workflows/alerts/receive-alert.ts';

const READERS = {
  alertmanager: readAlertmanagerWebhook,
  grafana: (body: unknown) => readGrafanaWebhook(body, 0),
};
type Sender = keyof typeof READERS;

/** Only its labels name it: no rule and no service, so that nothing else folds two groups into one answer. */
function alert(name: string, more: Readonly<{ service?: string; startsAt?: string; fingerprint?: undefined }> = {}) {
  const { service, ...rest } = more;
  const labels = { alertname: `Slow ${name}`, ...(service !== undefined && { service }) };
  return { ...firing(name), labels, annotations: {}, ...rest };
}
type Posted = ReturnType<typeof alert>;

const over = (one: Posted, endsAt = '2026-01-06T14:40:00Z') => ({ ...one, status: 'resolved', endsAt });

async function open(sender: Sender = 'alertmanager') {
  const clock = steppedClock();
  const store = await opened(sqlitePlace(), clock);
  let jobs = 0;
  /** A new process on the same store for each delivery: nothing may be remembered outside of it. */
  const receiveRead = async (read: ReadDelivery) => {
    if (read.kind !== 'delivery') throw new Error(JSON.stringify(read));
    const receiving = { store, jobs: tableJobs, sources: [], stormPerMinute: 0, kick: () => undefined };
    const workspace = async () => 'T1';
    const receive = deliveryReceiver({ ...receiving, log: silentLog, channelId: 'C1', workspace });
    jobs += 1;
    const job = { id: `j${jobs}`, payload: JSON.parse(JSON.stringify(read.delivery)), attempt: 1 } as unknown as Job;
    await receive(job, new AbortController().signal);
  };
  const post = async (groupKey: string, alerts: readonly object[]) => {
    const status = alerts.some((one) => 'status' in one && one.status === 'firing') ? 'firing' : 'resolved';
    const labels = { groupLabels: {}, commonLabels: { route: groupKey } };
    await receiveRead(READERS[sender](alertmanagerGroup(alerts, { groupKey, status, ...labels })));
  };
  return {
    post,
    /** Another sender's list of alerts: the first that fires is answered. */
    list: (...alerts: readonly object[]) => receiveRead(readGeneral(alerts, { source: 'senders', receivedUs: 0 })),
    /** Where it was posted, and the text: `a` is the first message of the channel, `b` the second. */
    async said() {
      const rows = await store.db
        .selectFrom('outbox')
        .select(['message_id', 'thread_of', 'payload'])
        .orderBy('seq')
        .execute();
      const roots = rows.filter(({ thread_of }) => thread_of === null).map(({ message_id }) => message_id);
      return rows.map(({ thread_of, payload }) => {
        const text = `${JSON.parse(payload).text}`.replace(/^Looking into (.*?)(?:, which .*)?…$/, '$1?');
        return thread_of === null ? text : `${'abcdef'[roots.indexOf(thread_of)]}: ${text}`;
      });
    },
    /** What each answer leaves out. */
    async gaps() {
      const jobs = store.db.selectFrom('jobs').select('payload').where('kind', '=', 'answer-alert').orderBy('id');
      return (await jobs.execute()).flatMap(({ payload }) => JSON.parse(payload ?? '').gaps);
    },
    answers: async () =>
      (await store.db.selectFrom('jobs').select('key').where('kind', '=', 'answer-alert').execute()).length,
  };
}

describe.each(['alertmanager', 'grafana'] as const)('one alert in two groups of %s', (sender) => {
  test.each([
    ['A', 'B'],
    ['B', 'A'],
  ])('is answered once where %s comes before %s, each of them twice', async (first, second) => {
    const { post, said, answers } = await open(sender);
    const x = alert('x');
    for (const group of [first, second, first, second]) await post(group, [x]);
    expect(await said()).toEqual(['Slow x?']);
    expect(await answers()).toBe(1);
    for (const group of [second, first, second, first]) await post(group, [over(x)]);
    expect(await said()).toEqual(['Slow x?', 'a: Resolved: Slow x']);
  });

  test('is answered once where both arrive in the same moment', async () => {
    const { post, said, answers } = await open(sender);
    const x = alert('x');
    await Promise.all([post('A', [x]), post('B', [x]), post('A', [x]), post('B', [x])]);
    expect([await answers(), await said()]).toEqual([1, ['Slow x?']]);
    await Promise.all([post('A', [over(x)]), post('B', [over(x)])]);
    expect(await said()).toEqual(['Slow x?', 'a: Resolved: Slow x']);
  });

  test('of several services: the answer says which one was examined, and names the others', async () => {
    const { post, gaps } = await open(sender);
    const [x, y, z] = [alert('x', { service: 'cart' }), alert('y', { service: 'checkout' }), alert('z')];
    await post('A', [x, y, alert('w', { service: 'cart-service' }), z]);
    const problem = 'the group has alerts of checkout, too';
    expect(await gaps()).toEqual([{ source: sender, problem, consequence: 'only cart was examined' }]);
    await post('B', [alert('v', { service: 'search' })]);
    expect(await gaps()).toHaveLength(1);
  });

  test('gets a new answer where it fires again, in whichever group that is heard first', async () => {
    for (const [first = '', second = ''] of [
      ['A', 'B'],
      ['B', 'A'],
    ]) {
      const { post, said, answers } = await open(sender);
      const [x, again] = [alert('x'), alert('x', { startsAt: '2026-01-06T14:50:00Z' })];
      await post('A', [x]);
      await post('B', [x]);
      await post('A', [over(x)]);
      // The interval of B is longer: it never says the end.
      for (const group of [first, second, first, second]) await post(group, [again]);
      expect(await said()).toEqual(['Slow x?', 'a: Resolved: Slow x', 'Slow x?']);
      expect(await answers()).toBe(2);
      const end = over(again, '2026-01-06T14:55:00Z');
      for (const group of [second, first]) await post(group, [end]);
      expect((await said()).slice(3)).toEqual(['b: Resolved: Slow x']);
    }
  });

  test('gets a new answer where it begins again although no group has said its end', async () => {
    for (const groups of [['A'], ['A', 'B'], ['B', 'A']]) {
      const { post, said, answers } = await open(sender);
      const [x, again] = [alert('x'), alert('x', { startsAt: '2026-01-06T14:50:00Z' })];
      for (const group of ['A', 'B', 'A']) await post(group, [x]);
      for (const group of [...groups, ...groups]) await post(group, [again]);
      expect([await answers(), await said()]).toEqual([2, ['Slow x?', 'Slow x?']]);
      // Its end comes late, when the next outage has begun.
      for (const group of groups) await post(group, [over(x)]);
      expect(await said()).toEqual(['Slow x?', 'Slow x?']);
      for (const group of groups) await post(group, [over(again, '2026-01-06T14:55:00Z')]);
      expect((await said()).slice(2)).toEqual(['b: Resolved: Slow x']);
    }
  });

  test('begins again in the thread of a group that still fires', async () => {
    const { post, said, answers } = await open(sender);
    const [x, y, again] = [alert('x'), alert('y'), alert('x', { startsAt: '2026-01-06T14:50:00Z' })];
    await post('A', [x, y]);
    await post('A', [again, y]);
    expect([await answers(), (await said()).slice(1)]).toEqual([1, ['a: One more alert fires in this group: Slow x']]);
  });

  test('gets a new answer once where both groups have said its end', async () => {
    const { post, said } = await open(sender);
    const [x, again] = [alert('x'), alert('x', { startsAt: '2026-01-06T14:50:00Z' })];
    for (const group of ['A', 'B']) await post(group, [x]);
    for (const group of ['B', 'A']) await post(group, [over(x)]);
    for (const group of ['B', 'A', 'B']) await post(group, [again]);
    await post('A', [x]); // a delivery that was retried for long
    expect(await said()).toEqual(['Slow x?', 'a: Resolved: Slow x', 'Slow x?']);
  });

  test('is one without a fingerprint: its labels name it', async () => {
    const { post, said } = await open(sender);
    const [x, y] = [alert('x', { fingerprint: undefined }), alert('y', { fingerprint: undefined })];
    await post('A', [x]);
    const { alertname } = x.labels;
    const reordered = { ...x, labels: { pod: 'p1', alertname } };
    await post('C', [{ ...x, labels: { alertname, pod: 'p1' } }]);
    await post('D', [reordered]);
    await post('B', [x]);
    await post('B', [x, y]);
    expect(await said()).toEqual(['Slow x?', 'Slow x?', 'a: One more alert fires with this one: Slow y']);
  });
});

describe('an alert that two Prometheus report', () => {
  test('is one, although Alertmanager moves its start to the earlier of both', async () => {
    const { post, said } = await open();
    const [x, moved] = [alert('x'), alert('x', { startsAt: '2026-01-06T14:29:31.5Z' })];
    await post('A', [x]);
    await post('B', [moved]);
    await post('A', [moved]);
    await post('B', [over(moved)]);
    await post('A', [over(moved)]);
    await post('B', [x]); // a delivery that was retried for long
    expect(await said()).toEqual(['Slow x?', 'a: Resolved: Slow x']);
  });

  test('is another one if it has ended before, however soon it fires again', async () => {
    const { post, said } = await open();
    const [x, again] = [alert('x'), alert('x', { startsAt: '2026-01-06T14:30:40Z' })];
    const end = over(x, '2026-01-06T14:30:40Z');
    for (const group of ['A', 'B']) await post(group, [x]);
    for (const group of ['A', 'B']) await post(group, [end]);
    for (const group of ['A', 'B']) await post(group, [again]);
    expect(await said()).toEqual(['Slow x?', 'a: Resolved: Slow x', 'Slow x?']);
  });
});

describe('a group that brings a known alert together with others', () => {
  test('names only the new one, once, in the thread of the first', async () => {
    const { post, said, answers } = await open();
    const [x, y] = [alert('x'), alert('y')];
    await post('A', [x]);
    await post('B', [x]);
    await post('C', [x, y]);
    await post('C', [y, x]);
    await post('B', [x, y]);
    expect(await said()).toEqual(['Slow x?', 'a: One more alert fires with this one: Slow y']);
    expect(await answers()).toBe(1);
  });

  test('says its end for the alerts whose end nobody has said yet', async () => {
    const { post, said } = await open();
    const [x, y] = [alert('x'), alert('y')];
    await post('A', [x]);
    await post('B', [x, y]);
    await post('A', [over(x)]);
    await post('B', [over(x), y]);
    await post('B', [over(x), over(y)]);
    expect((await said()).slice(2)).toEqual(['a: Resolved: Slow x', 'a: Resolved: Slow y']);
  });

  test('leaves the rest to the first group where the shared one ends before', async () => {
    const { post, said } = await open();
    const [x, y] = [alert('x'), alert('y')];
    await post('A', [x, y]);
    await post('B', [x]);
    await post('B', [over(x)]);
    await post('A', [over(x), y]);
    await post('A', [over(x), over(y)]);
    await post('B', [over(x)]);
    expect((await said()).slice(1)).toEqual(['a: Resolved: Slow x', 'a: Resolved: Slow y']);
  });

  test('has an answer of its own for new alerts of another service, about these alone', async () => {
    const { post, said, answers } = await open();
    const [x, y, z] = [alert('x', { service: 'cart' }), alert('y', { service: 'search' }), alert('z')];
    await post('A', [x]);
    await post('B', [x, y, z]);
    await post('B', [x, y, z]);
    expect(await said()).toEqual(['Slow x?', 'Slow y (2 alerts)?']);
    expect(await answers()).toBe(2);
    for (const group of ['B', 'A']) await post(group, group === 'A' ? [over(x)] : [over(x), over(y), over(z)]);
    expect((await said()).slice(2)).toEqual(['b: Resolved: Slow y (2 alerts)', 'a: Resolved: Slow x']);
  });

  test.each([{ service: 'search' }, { service: 'cart' }, {}])(
    'only names it, so that the group of the new one (%o) still gets an answer',
    async (named) => {
      const { post, said } = await open();
      const [x, y] = [alert('x', { service: 'cart' }), alert('y', named)];
      await post('all', [x]);
      await post('all', [x, y]);
      await post('its own', [y]);
      await post('all', [x, y]);
      await post('another', [y, x]);
      expect(await said()).toEqual(['Slow x?', 'a: One more alert fires in this group: Slow y', 'Slow y?']);
    },
  );

  test('goes on as one outage where its alerts take turns', async () => {
    const { post, said } = await open();
    const [x, y, z] = [alert('x'), alert('y'), alert('z')];
    await post('A', [x]);
    await post('B', [x]);
    await post('A', [x, y]);
    await post('B', [over(x)]);
    await post('A', [over(x), y]);
    await post('A', [y, z]);
    await post('A', [over(y), z]);
    await post('A', [over(z)]);
    expect(await said()).toEqual([
      'Slow x?',
      'a: One more alert fires in this group: Slow y',
      'a: Resolved: Slow x',
      'a: One more alert fires in this group: Slow z',
      'a: Resolved: Slow z',
    ]);
  });

  test('is silent where each of its alerts has an answer of its own', async () => {
    const { post, said } = await open();
    const [x, y] = [alert('x', { service: 'cart' }), alert('y', { service: 'search' })];
    await post('cart', [x]);
    await post('search', [y]);
    await post('all', [x, y]);
    expect(await said()).toEqual(['Slow x?', 'Slow y?']);
    await post('all', [over(x), over(y)]);
    await post('search', [over(y)]);
    await post('cart', [over(x)]);
    expect((await said()).slice(2)).toEqual(['a: Resolved: Slow x', 'b: Resolved: Slow y']);
  });

  test('is silent where the first has ended and its own news comes late', async () => {
    const { post, said } = await open();
    const x = alert('x');
    await post('A', [x]);
    await post('A', [over(x)]);
    await post('B', [x]);
    await post('B', [over(x)]);
    expect(await said()).toEqual(['Slow x?', 'a: Resolved: Slow x']);
  });
});

test('the lists of another sender: a known alert is said once, and hides no new one beside it', async () => {
  const { list, said } = await open();
  const one = (id: string, status = 'firing') => ({ alert_id: id, title: `${id} is slow`, status, severity: 'high' });
  await list(one('x'), one('w'));
  await list(one('x'), one('w'));
  await list(one('w'), one('x'));
  await list(one('y'), one('x'));
  expect(await said()).toEqual(['x is slow?', 'y is slow?']);
  await list(one('x', 'resolved'), one('w', 'resolved'));
  await list(one('y', 'resolved'), one('x', 'resolved'));
  await list(one('w', 'resolved'));
  expect((await said()).slice(2)).toEqual(['a: Resolved: x is slow', 'b: Resolved: y is slow']);
});
