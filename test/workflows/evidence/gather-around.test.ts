/** What is asked around one request, of whom, for which time; and what it costs where somebody does not answer. */
import { expect, test } from 'vitest';
import { files } from '#adapters/files/client.ts';
import { openSession } from '#analyse/open-session.ts';
import { whyAborted } from '#core/deadline.ts';
import { BackendError, UnreachableError } from '#core/errors.ts';
import type { Change } from '#model/changes/change.ts';
import { aroundSources } from '#test/around-sources.ts';
import { CASE_SETTINGS } from '#test/cases.ts';
import { patientClock } from '#test/patient-clock.ts';
import { steppedClock } from '#test/stepped-clock.ts';
import { type DiagnoseTraceParts, diagnoseTrace } from '#workflows/traces/diagnose-trace.ts';

const N_PLUS_ONE = {
  id: '2257f87050b9f0907537faaf0a6c9e0e',
  service: 'order-service',
  beganUs: Date.UTC(2026, 0, 6, 14, 44) * 1e3,
};
const HEALTHY = 'de04bce4d2d71fd8010b32fc2808647d';

const LOOPED: Change = {
  atUs: N_PLUS_ONE.beganUs - 180e6,
  kind: 'deploy',
  service: N_PLUS_ONE.service,
  id: '4f2a9c1',
  text: 'Show the name of each customer',
  url: '',
  files: [],
  diff: '@@ orders.ts @@\n+  for (const order of orders) {\n+    customers.push(await store.getCustomer(order.customerId));\n+  }\n',
};

async function diagnosed(id: string, sources: Partial<DiagnoseTraceParts>, deadlineMs = 20_000) {
  const source = files({ folder: 'samples' });
  const parts = {
    traceSources: [source],
    logSources: [source],
    openSession,
    settings: CASE_SETTINGS,
    clock: patientClock,
    ...sources,
  };
  const stages = await Array.fromAsync(
    diagnoseTrace(parts, {
      reference: { kind: 'trace', id },
      forms: { text: { width: 100, colour: false } },
      deadlineMs,
    }),
  );
  const last = stages.at(-1)?.analysed;
  if (last === undefined) throw new Error('no stage');
  return { ...last, first: stages[0]?.analysed.report };
}

test('the change that fits is named in the last stage, in every form', async () => {
  const { parts, asked } = aroundSources({ changes: [LOOPED] });
  const { first, report, text } = await diagnosed(N_PLUS_ONE.id, parts);
  expect(first?.diagnosis?.change).toBeNull();
  expect(report.diagnosis).toMatchObject({
    kind: 'n-plus-one-queries',
    service: 'order-service',
    change: { id: '4f2a9c1', kind: 'deploy', service: 'order-service', at: '2026-01-06T14:41:00.000Z' },
    verdict: `${first?.diagnosis?.verdict}; deploy 4f2a9c1 came 3 min before it: it calls getCustomer for each item of a loop`,
  });
  expect(report.changes).toMatchObject([{ id: '4f2a9c1', isCulprit: true }]);
  expect(text).toMatch(
    /Changes before it \(UTC\)\n.*14:41:00 deploy of order-service: Show the name of each customer \(the cause\)/s,
  );
  expect(text).toContain('Roll deploy 4f2a9c1 of order-service back.');
  expect(asked.changes).toMatchObject([{ fromUs: N_PLUS_ONE.beganUs - 10_800e6 }]);
  expect(asked.changes[0]?.services[0]).toBe('order-service');
  expect(asked.metrics).toMatchObject([{ fromUs: N_PLUS_ONE.beganUs - 120e6 - 1800e6 }]);
});

test('changes of a database that the request reads count, those of another one do not', async () => {
  const ofDatabase = (service: string): Change => ({ ...LOOPED, kind: 'migration', service, id: service, diff: '' });
  const { parts } = aroundSources({ changes: [ofDatabase('shop-db'), ofDatabase('billing-db')] });
  const { report } = await diagnosed(N_PLUS_ONE.id, parts);
  expect(report.changes?.map(({ service }) => service)).toEqual(['shop-db']);
});

test('of changes of services that nobody asked for, the latest twenty are read, and no more', async () => {
  const others = Array.from({ length: 60 }, (_, n): Change => {
    return { ...LOOPED, service: `other-${n}`, id: `o${n}`, atUs: LOOPED.atUs - n * 1e6 };
  });
  const { parts } = aroundSources({ changes: [...others, LOOPED] });
  const read: string[] = [];
  const diffSources = [
    {
      name: 'git',
      check: async () => ({ ok: true, detail: '', remedy: '' }),
      holds: () => true,
      readDiff: async ({ address }: Readonly<{ address: string }>) => {
        read.push(address);
        return { text: '', isCut: false };
      },
    },
  ];
  const addressed = [...others, LOOPED].map((one) => ({ ...one, diff: '', url: `https://git.example/${one.id}` }));
  const { parts: unread } = aroundSources({ changes: addressed });
  const { report } = await diagnosed(N_PLUS_ONE.id, parts);
  expect(report.diagnosis?.change?.id).toBe('4f2a9c1');
  expect(report.changes?.map(({ id }) => id)).toEqual(['4f2a9c1']);
  await diagnosed(N_PLUS_ONE.id, { ...unread, diffSources });
  expect(read).toHaveLength(20);
  expect(read[0]).toBe('https://git.example/4f2a9c1');
});

test('nothing is asked around a request without a problem', async () => {
  const { parts, asked } = aroundSources({ changes: [LOOPED], pods: '[]' });
  const { report } = await diagnosed(HEALTHY, parts);
  expect(report.diagnosis).toBeNull();
  expect(asked).toEqual({ changes: [], metrics: [], pods: 0 });
});

test('a source that fails is a gap, and takes nothing from the verdict', async () => {
  const { parts } = aroundSources({ pods: '[]' });
  const down = new BackendError('deploys', 503, 'changes');
  const changeSources = parts.changeSources.map((source) => ({ ...source, findChanges: () => Promise.reject(down) }));
  const metricSources = parts.metricSources.map((source) => {
    return {
      ...source,
      findMetrics: () => Promise.reject(new UnreachableError('prometheus', 'the connection was refused')),
    };
  });
  const platformSources = parts.platformSources.map((source) => {
    return { ...source, openPlatform: () => Promise.reject(new BackendError('kubernetes', 403, 'pods')) };
  });
  const { first, report } = await diagnosed(N_PLUS_ONE.id, { changeSources, metricSources, platformSources });
  expect({ ...report.diagnosis, ruledOut: [] }).toEqual({ ...first?.diagnosis, ruledOut: [] });
  expect(report.gaps).toEqual(
    expect.arrayContaining([
      { source: 'deploys', problem: 'answered 503 to changes', consequence: 'no change was considered as the cause' },
      expect.objectContaining({ source: 'prometheus', consequence: 'no metric was looked at' }),
      expect.objectContaining({ source: 'kubernetes', consequence: 'no pod was looked at' }),
    ]),
  );
});

test('a source that does not answer in time costs itself alone', async () => {
  const clock = steppedClock(Date.now() * 1_000);
  const { parts, asked } = aroundSources({ changes: [LOOPED] });
  const waits = Promise.withResolvers<void>();
  const metricSources = parts.metricSources.map((source) => ({
    ...source,
    findMetrics: (_: unknown, signal: AbortSignal) =>
      new Promise<never>((__, reject) => {
        signal.addEventListener('abort', () => reject(new UnreachableError('prometheus', whyAborted(signal))));
        waits.resolve();
      }),
  }));
  const answer = diagnosed(N_PLUS_ONE.id, { ...parts, metricSources, clock }, 1_500);
  await waits.promise;
  await expect.poll(() => asked.changes).toHaveLength(1);
  await clock.tick(1_500);
  const { report } = await answer;
  expect(report.diagnosis?.change?.id).toBe('4f2a9c1');
  expect(report.gaps).toContainEqual({
    source: 'prometheus',
    problem: 'did not answer: timed out after 1.5 s',
    consequence: 'no metric was looked at',
  });
});
