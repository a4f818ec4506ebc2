import { expect, test } from 'vitest';
import type { Alert } from '#model/incident/alert.ts';
import { noteAlert } from '#record/alerts.ts';
import { declareIncident, type NewIncident } from '#record/incidents.ts';
import { finishInvestigation, openInvestigation } from '#record/investigations.ts';
import { steppedClock } from '#test/stepped-clock.ts';
import { opened, sqlitePlace } from '#test/temp-store.ts';
import { knownTroubles } from '#workflows/evidence/known-troubles.ts';

const ALERT: Alert = {
  source: 'pagerduty',
  key: 'Q1',
  title: 'Orders fail',
  service: '',
  severity: '',
  state: 'triggered',
  atUs: 0,
  saidUs: 0,
  url: '',
  traceId: '',
  labels: {},
};

const INCIDENT: NewIncident = {
  id: 'in-1',
  workspaceId: 'T1',
  title: 'Orders fail',
  severity: 'P1',
  channelId: 'C1',
  declaredBy: 'U1',
  detectedBy: 'employee',
  detection: 'U1 saw it',
};

async function known({
  alerts = [],
  incidents = [],
  channelId = 'C1',
}: {
  alerts?: Partial<Alert>[];
  incidents?: Partial<NewIncident>[];
  channelId?: string;
}) {
  const clock = steppedClock();
  const store = await opened(sqlitePlace(), clock);
  const nowUs = clock.nowUs();
  await store.transaction(async (tx) => {
    for (const [at, alert] of alerts.entries())
      await noteAlert(tx, {
        workspaceId: 'T1',
        channelId,
        alert: { ...ALERT, key: `Q${at}`, atUs: nowUs, saidUs: nowUs, ...alert },
      });
    for (const [service, id] of [
      ['billing', 'i-billing'],
      ['stock', 'i-stock'],
    ] as const) {
      await openInvestigation(tx, { id, workspaceId: 'T1', traceId: '', askedBy: 'U1', channelId: 'C1' });
      const report = { subject: { service: '' }, diagnosis: { service } };
      await finishInvestigation(tx, { id, traceId: '', report, markdown: '', logs: '' });
    }
    for (const [at, one] of incidents.entries()) await declareIncident(tx, { ...INCIDENT, id: `in-${at}`, ...one });
  });
  const asked = { services: ['checkout', 'stock'], fromUs: nowUs - 1, toUs: nowUs + 1 };
  const mayShow = async (channelId: string) => channelId === 'C1';
  return (await knownTroubles(store, 'T1', mayShow)(asked)).map(({ what }) => what);
}

test('alerts count where they are about a service that the requests pass, by name, label or title', async () => {
  const alerts = [
    { title: 'by its service', service: 'Stock Service' },
    { title: 'by a label', labels: { app: 'checkout' } },
    { title: 'errors of stock' },
    { title: 'of another team', service: 'billing' },
    { title: 'of nobody knows what' },
  ];
  expect(await known({ alerts })).toEqual([
    'the alert “by its service” was firing',
    'the alert “by a label” was firing',
    'the alert “errors of stock” was firing',
  ]);
});

test('incidents count unless they are known to be about others', async () => {
  const incidents = [{}, { investigationId: 'i-billing' }, { investigationId: 'i-stock' }];
  expect(await known({ incidents })).toEqual(['INC-1 was open', 'INC-3 was open']);
});

test('troubles that the readers may not see are left out of the baseline, too, without a name', async () => {
  const alerts = [{ title: 'Ann took the keys of stock', service: 'stock' }];
  const incidents = [{ title: 'Ann took the keys', channelId: 'C-secret' }];
  const told = await known({ alerts, incidents, channelId: 'C-secret' });
  expect(told).toEqual(['something was known to be wrong', 'something was known to be wrong']);
});
