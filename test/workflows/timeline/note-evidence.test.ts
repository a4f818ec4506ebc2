/** What belongs to an incident that is open where it is found or heard, and what only stands beside it. */
import { beforeEach, describe, expect, test } from 'vitest';
import type { Alert } from '#model/incident/alert.ts';
import { incidentStart } from '#model/incident/incident.ts';
import { findAlert, noteAlert } from '#record/alerts.ts';
import { findIncident } from '#record/find-incidents.ts';
import { changeIncident, declareIncident, type NewIncident } from '#record/incidents.ts';
import { finishInvestigation, openInvestigation } from '#record/investigations.ts';
import { mergeIncident, wholeTimeline } from '#record/merges.ts';
import type { Store } from '#record/store.ts';
import { foldAlert } from '#record/stories.ts';
import { tableJobs } from '#record/table-jobs.ts';
import { timelineOf } from '#record/timeline.ts';
import { type SteppedClock, steppedClock } from '#test/stepped-clock.ts';
import { opened, sqlitePlace } from '#test/temp-store.ts';
import { SHOW_OVERVIEW } from '#workflows/incidents/show-overview.ts';
import { evidenceNoter } from '#workflows/timeline/note-evidence.ts';

const ALERT: Alert = {
  source: 'pagerduty',
  key: 'Q1',
  title: 'Checkout is slow',
  service: 'checkout',
  severity: 'high',
  state: 'triggered',
  atUs: Date.UTC(2026, 0, 6, 14, 29) * 1_000,
  saidUs: Date.UTC(2026, 0, 6, 14, 29) * 1_000,
  url: 'https://acme.pagerduty.com/incidents/Q1',
  traceId: '',
  labels: {},
};
const MINUTE_US = 60_000_000;
const INCIDENT: NewIncident = {
  id: 'incident-1',
  workspaceId: 'T1',
  title: 'Checkout is slow',
  severity: 'P1',
  channelId: 'C1',
  declaredBy: 'U012ABC',
  detectedBy: 'employee',
  detection: 'U012ABC',
};

let store: Store;
let clock: SteppedClock;
const evidence = evidenceNoter(tableJobs);

beforeEach(async () => {
  clock = steppedClock();
  store = await opened(sqlitePlace(), clock);
});

const declare = (more: Partial<NewIncident> = {}) =>
  store.transaction((tx) => declareIncident(tx, { ...INCIDENT, ...more }));

const hear = (more: Partial<Alert> = {}, channelId = 'C1') =>
  store.transaction(async (tx) => {
    const { alertId } = await noteAlert(tx, { workspaceId: 'T1', alert: { ...ALERT, ...more }, channelId });
    const alert = await findAlert(tx, { workspaceId: 'T1', id: alertId });
    if (alert !== undefined) await evidence.alertHeard(tx, alert);
    return alertId;
  });

type More = Readonly<{ alertId?: string; onset?: number; foldedInto?: string }>;

/** `onset`: in minutes from the alert. */
const diagnose = (
  id: string,
  channelId = 'C1',
  byGuest = false,
  { alertId, onset, foldedInto: investigationId }: More = {},
) =>
  store.transaction(async (tx) => {
    const investigation = { id, workspaceId: 'T1', traceId: 'abc', askedBy: 'U012ABC', channelId, alertId };
    await openInvestigation(tx, investigation);
    const at = onset === undefined ? undefined : new Date((ALERT.atUs + onset * MINUTE_US) / 1_000).toISOString();
    const report = { diagnosis: { verdict: 'the pool is full' }, ...(at && { onset: { at, why: 'requests fail' } }) };
    await finishInvestigation(tx, { id, traceId: 'abc', report, markdown: '', logs: '' });
    const isFolded = investigationId !== undefined && alertId !== undefined;
    if (isFolded)
      await foldAlert(tx, { workspaceId: 'T1', channelId, alertId, investigationId, reason: 'verdict', toldBy: 'm' });
    await evidence.diagnosed(tx, { ...investigation, byGuest, isFolded });
  });

const entries = async () => (await timelineOf(store, 'incident-1')).map(({ kind, text }) => `${kind} ${text}`);

describe('in a channel that is the incident’s own', () => {
  beforeEach(() => declare());

  test('a diagnosis and an alert are noted, each once', async () => {
    for (let time = 0; time < 2; time++) {
      await hear();
      await diagnose('i-1');
    }
    expect(await entries()).toEqual([
      'alert Checkout is slow',
      'status Declared P1, investigating',
      'diagnosis the pool is full',
    ]);
  });

  test('what is said in another channel is not', async () => {
    await hear({}, 'C2');
    await diagnose('i-1', 'C2');
    expect(await entries()).toHaveLength(1);
  });

  test('what a guest asked is not', async () => {
    await diagnose('i-1', 'C1', true);
    expect(await entries()).toHaveLength(1);
  });
});

describe('an incident that is merged into another one', () => {
  const place = { workspaceId: 'T1', id: 'incident-1' };
  const merge = async () => {
    await declare({ id: 'incident-2', channelId: 'C2' });
    await store.transaction(async (tx) => {
      const [incident, other] = [await findIncident(tx, { ...place, id: 'incident-2' }), await findIncident(tx, place)];
      if (incident === undefined || other === undefined) throw new Error('there are no two');
      await mergeIncident(tx, { incident, other, key: 'k', by: 'U1', text: 'taken in', url: '', otherUrl: '' });
    });
  };
  const ofOther = async () => {
    const incident = await findIncident(store, { ...place, id: 'incident-2' });
    const all = incident === undefined ? [] : await wholeTimeline(store, incident);
    return all.filter(({ from }) => from === 'INC-1').map(({ kind, text }) => `${kind} ${text}`);
  };
  const end = () =>
    store.transaction((tx) =>
      changeIncident(tx, { incidentId: 'incident-2', key: 'end', by: 'U1', status: 'resolved' }),
    );

  test('hears its alerts and diagnoses as before, and the one that stays shows them', async () => {
    await declare();
    await merge();
    await hear();
    await diagnose('i-1');
    expect(await ofOther()).toEqual([
      'alert Checkout is slow',
      'note Declared P1, investigating',
      'note investigating → merged: into INC-2',
      'diagnosis the pool is full',
    ]);
    const jobs = await store.db.selectFrom('jobs').select('payload').execute();
    expect(jobs.map(({ payload }) => JSON.parse(payload ?? '').incidentId)).toContain('incident-1');
  });

  test('hears its own alert from anywhere, until the one that stays is resolved', async () => {
    const alertId = await hear({}, 'C9');
    await declare({ threadTs: '1.1', alertId });
    await merge();
    await hear({ state: 'resolved' }, 'C9');
    expect(await ofOther()).toContain('alert Resolved: Checkout is slow');
    await end();
    const before = await ofOther();
    await clock.tick(3_600_000);
    const atUs = ALERT.atUs + 7_200_000_000;
    await hear({ atUs, saidUs: atUs }, 'C9');
    await diagnose('i-9');
    expect(await ofOther()).toEqual(before);
  });
});

describe('where the incident has a thread in a channel that others share', () => {
  test('a diagnosis or an alert beside it is not noted', async () => {
    await declare({ threadTs: '1.1' });
    await hear();
    await diagnose('i-1');
    expect(await entries()).toHaveLength(1);
  });

  test('the end of its own alert is, once, at the time when it was heard', async () => {
    const alertId = await hear();
    await declare({ threadTs: '1.1', alertId });
    await clock.tick(60_000);
    await hear({ state: 'resolved' });
    await hear({ state: 'resolved' });
    expect(await entries()).toEqual([
      'alert Checkout is slow',
      'status Declared P1, investigating',
      'alert Resolved: Checkout is slow',
    ]);
  });

  test('its own alert that fires again while it is open is, and so is that end', async () => {
    const alertId = await hear();
    await declare({ threadTs: '1.1', alertId });
    const later = (minutes: number) => ALERT.saidUs + minutes * 60_000_000;
    await hear({ state: 'resolved', saidUs: later(5) });
    await clock.tick(60_000);
    await hear({ atUs: later(9), saidUs: later(9) });
    await clock.tick(60_000);
    await hear({ state: 'resolved', saidUs: later(12) });
    expect((await entries()).filter((entry) => entry.startsWith('alert '))).toEqual([
      'alert Checkout is slow',
      'alert Resolved: Checkout is slow',
      'alert Resolved: Checkout is slow',
      'alert Checkout is slow',
    ]);
  });

  const start = async () => {
    const incident = await findIncident(store, { workspaceId: 'T1', id: 'incident-1' });
    if (incident === undefined) throw new Error('there is no incident');
    const { atUs, basis } = incidentStart(incident, await timelineOf(store, 'incident-1'));
    return `${basis} ${(atUs - ALERT.atUs) / MINUTE_US}`;
  };
  const overviewsSince = async (before: number) => {
    const rows = await store.db.selectFrom('jobs').select('kind').where('kind', '=', SHOW_OVERVIEW).execute();
    return rows.length - before;
  };

  test('a second look at its alert is, and an earlier onset moves its start', async () => {
    const alertId = await hear();
    await diagnose('i-1', 'C1', false, { alertId, onset: -5 });
    await declare({ threadTs: '1.1', alertId, investigationId: 'i-1' });
    expect(await start()).toBe('impact -5');
    await diagnose('i-2', 'C1', false, { alertId, onset: -9 });
    expect((await entries()).filter((entry) => entry.startsWith('diagnosis'))).toHaveLength(2);
    expect(await start()).toBe('impact -9');
    expect(await overviewsSince(0)).toBe(1);
  });

  test('the answer to its alert that fires again is, until it is resolved', async () => {
    const alertId = await hear();
    await declare({ threadTs: '1.1', alertId });
    const again = async (minutes: number) => {
      const atUs = ALERT.saidUs + minutes * MINUTE_US;
      await hear({ state: 'resolved', saidUs: atUs - MINUTE_US });
      return await hear({ atUs, saidUs: atUs });
    };
    await diagnose('i-2', 'C1', false, { alertId: await again(9), onset: 8 });
    expect(await entries()).toContain('diagnosis the pool is full');
    await store.transaction((tx) =>
      changeIncident(tx, { incidentId: 'incident-1', key: 'end', by: 'U1', status: 'resolved' }),
    );
    const before = await entries();
    await diagnose('i-3', 'C1', false, { alertId: await again(90), onset: 88 });
    expect((await entries()).filter((entry) => entry.startsWith('diagnosis'))).toEqual(
      before.filter((entry) => entry.startsWith('diagnosis')),
    );
  });

  test('of an answer that was folded into its own, only an earlier onset is', async () => {
    const alertId = await hear();
    await diagnose('i-1', 'C1', false, { alertId, onset: -5 });
    await declare({ threadTs: '1.1', alertId, investigationId: 'i-1' });
    const before = await entries();
    const fold = async (key: string, onset: number) => {
      const other = await hear({ key, title: `${key} fails`, service: key });
      await diagnose(key, 'C1', false, { alertId: other, onset, foldedInto: 'i-1' });
    };
    await fold('cart', -3);
    expect(await entries()).toEqual(before);
    expect(await overviewsSince(0)).toBe(0);
    await fold('payment', -8);
    expect(await entries()).toEqual(['finding Trouble began: requests fail', ...before]);
    expect(await start()).toBe('impact -8');
    expect(await overviewsSince(0)).toBe(1);
  });

  test('an answer that was folded into one without an incident changes none', async () => {
    await declare({ threadTs: '1.1' });
    const [alertId, other] = [await hear(), await hear({ key: 'Q2' })];
    await diagnose('i-1', 'C1', false, { alertId, onset: -5 });
    await diagnose('i-2', 'C1', false, { alertId: other, onset: -9, foldedInto: 'i-1' });
    expect(await entries()).toHaveLength(1);
  });

  test('the diagnosis that it was declared from is, though it was finished later', async () => {
    await store.transaction((tx) =>
      openInvestigation(tx, { id: 'i-1', workspaceId: 'T1', traceId: 'a', askedBy: 'U1', channelId: 'C1' }),
    );
    await declare({ threadTs: '1.1', investigationId: 'i-1' });
    expect(await entries()).toHaveLength(1);
    await diagnose('i-1');
    expect(await entries()).toEqual(['status Declared P1, investigating', 'diagnosis the pool is full']);
  });

  test('a guest’s diagnosis is, if a member declared it from that', async () => {
    await store.transaction((tx) =>
      openInvestigation(tx, { id: 'i-1', workspaceId: 'T1', traceId: 'a', askedBy: 'U1', channelId: 'C1' }),
    );
    await declare({ threadTs: '1.1', investigationId: 'i-1' });
    await diagnose('i-1', 'C1', true);
    expect(await entries()).toEqual(['status Declared P1, investigating', 'diagnosis the pool is full']);
  });
});
