/** Which runbook an incident has: that of the service that its newest answer blames. */
import { beforeEach, expect, test } from 'vitest';
import type { ReadRunbookSteps } from '#model/incident/runbook.ts';
import { declareIncident } from '#record/incidents.ts';
import { finishInvestigation, openInvestigation } from '#record/investigations.ts';
import { keepFacts } from '#record/services.ts';
import type { Store } from '#record/store.ts';
import { type SteppedClock, steppedClock } from '#test/stepped-clock.ts';
import { opened, sqlitePlace } from '#test/temp-store.ts';
import { runbookReader } from '#workflows/runbooks/read-runbook.ts';

let store: Store;
let clock: SteppedClock;

beforeEach(async () => {
  clock = steppedClock();
  store = await opened(sqlitePlace(), clock);
  await store.transaction(async (tx) => {
    await openInvestigation(tx, { id: 'inv-1', workspaceId: 'T1', traceId: 'a', askedBy: 'U1', channelId: 'C1' });
    const report = { diagnosis: { verdict: 'it fails', service: 'payments-api' } };
    await finishInvestigation(tx, { id: 'inv-1', traceId: 'a', report, markdown: '', logs: '' });
    const fact = { service: 'payments', origin: 'backstage', place: 'catalog-info.yaml' } as const;
    const facts = [
      { ...fact, kind: 'name', value: 'payments' },
      { ...fact, kind: 'alias', value: 'payments-api' },
      { ...fact, kind: 'namespace', value: 'shop' },
      { ...fact, kind: 'runbook', value: 'https://github.com/acme/runbooks/blob/main/pay.md' },
    ] as const;
    await keepFacts(tx, { source: 'services', facts, warnings: [] });
  });
});

const declare = (investigationId?: string) =>
  store.transaction((tx) =>
    declareIncident(tx, {
      id: 'incident-1',
      workspaceId: 'T1',
      title: 'Payments fail',
      severity: 'P1',
      channelId: 'C1',
      declaredBy: 'U1',
      detectedBy: 'employee',
      detection: '',
      ...(investigationId !== undefined && { investigationId }),
    }),
  );

const reading = (readSteps: ReadRunbookSteps) => runbookReader({ store, mayShowIn: async () => true, readSteps });

test('its steps are found by each name of the service, and by the link of the catalogue', async () => {
  const incident = await declare('inv-1');
  const asked: string[][] = [];
  const steps = [{ id: 'run-1', text: 'Look', commands: [] }];
  const runbook = await reading(async (names) => {
    asked.push([...names]);
    return { steps, more: 0 };
  })(incident);
  expect(asked).toEqual([['payments-api', 'payments', 'payments-api', 'pay']]);
  expect(runbook).toMatchObject({
    service: 'payments-api',
    links: ['https://github.com/acme/runbooks/blob/main/pay.md'],
    names: { service: 'payments-api', namespace: 'shop', incident: 'INC-1' },
    steps,
  });
  expect(runbook?.names.since).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
});

test('without a file, its link is enough; a slow disk costs the steps alone', async () => {
  const incident = await declare('inv-1');
  expect(await reading(async () => undefined)(incident)).toMatchObject({ steps: [], more: 0 });
  const slow = reading(() => new Promise(() => undefined))(incident);
  await clock.tick(2_000);
  expect(await slow).toMatchObject({ steps: [], links: [expect.stringContaining('pay.md')] });
});

test('an incident whose cause names no service has none', async () => {
  const steps: ReadRunbookSteps = async () => ({ steps: [], more: 0 });
  expect(await reading(steps)(await declare())).toBeUndefined();
});
