import { expect, test } from 'vitest';
import { systemClock } from '#core/clock.ts';
import { silentLog } from '#core/log.ts';
import type { ServiceFactSource, TraceSource } from '#gather/sources.ts';
import { serviceOfAlert } from '#model/incident/alert-service.ts';
import { keptFacts, noteServicesSeen, rememberService } from '#record/services.ts';
import { later } from '#test/later.ts';
import { steppedClock } from '#test/stepped-clock.ts';
import { opened, sqlitePlace } from '#test/temp-store.ts';
import { questionAbout } from '#workflows/alerts/ask-service.ts';
import { askedAbout, knownServices, otherNamesFor } from '#workflows/services/known-services.ts';
import { readServices, serviceRefresher } from '#workflows/services/read-services.ts';
import { catalogueNow, serviceNamed } from '#workflows/services/services-now.ts';

const check = async () => ({ ok: true, detail: '', remedy: '' });

function traces(...services: readonly string[]): TraceSource {
  const none = () => Promise.reject(new Error('not asked for'));
  return { name: 'jaeger', openTrace: none, services: async () => services, links: { trace: '', span: '' }, check };
}

function files(read: ServiceFactSource['readFacts']): ServiceFactSource {
  return { name: 'service-files', readFacts: read, check };
}

const OWNER = {
  service: 'payments',
  kind: 'owner',
  value: 'payments-team, ask jane@example.com',
  origin: 'backstage',
  place: 'catalog-info.yaml',
} as const;
const ALIAS = { ...OWNER, kind: 'alias', value: 'SRE-OTR-FTL' } as const;

const ALERT = { source: 'pagerduty', title: 'Error budget burns', service: 'SRE-OTR-FTL', labels: {} };
const ANSWER = { workspaceId: 'T1', channelId: 'C1', saidBy: 'U1', investigationId: 'i-1' } as const;

test('an alert’s name leads to the service with traces, before a word of its title', async () => {
  const store = await opened(sqlitePlace(), systemClock);
  const sources = {
    traceSources: [traces('payments', 'checkout')],
    serviceSources: [files(async () => ({ facts: [OWNER, ALIAS], warnings: [] }))],
  };
  await serviceRefresher({ ...sources, store, clock: systemClock, log: silentLog })(later());
  const known = await knownServices(store, { workspaceId: 'T1', mayShow: async () => true });
  const alert = { ...ALERT, title: 'SRE: checkout is slow' };
  const otherNames = otherNamesFor(known, alert);
  expect(otherNames[0]).toBe('payments');
  expect(serviceOfAlert({ ...alert, otherNames }, ['payments', 'checkout'])).toBe('payments');
  expect(serviceOfAlert({ ...alert, service: 'checkout', otherNames }, ['payments', 'checkout'])).toBe('checkout');
});

test('an alert that names the service as it runs keeps this name for logs and metrics', async () => {
  const store = await opened(sqlitePlace(), systemClock);
  const name = { ...OWNER, kind: 'name', value: 'payments' } as const;
  const runs = {
    ...OWNER,
    service: 'payments-api',
    kind: 'name',
    value: 'payments-api',
    origin: 'kubernetes',
  } as const;
  const facts = [name, runs, { ...ALIAS, value: 'payments-api' }, ALIAS];
  const sources = { traceSources: [], serviceSources: [files(async () => ({ facts, warnings: [] }))] };
  await serviceRefresher({ ...sources, store, clock: systemClock, log: silentLog })(later());
  const known = await knownServices(store, { workspaceId: 'T1', mayShow: async () => true });
  expect(otherNamesFor(known, { ...ALERT, service: 'payments-api' })[0]).toBe('payments-api');
  expect(otherNamesFor(known, ALERT)[0]).toBe('payments');
});

test('an answer counts where its channel may be seen, for a name or for the rule of an alert without one', async () => {
  const store = await opened(sqlitePlace(), systemClock);
  const nameless = { ...ALERT, service: '', title: 'Disk is full' };
  await store.transaction(async (tx) => {
    await rememberService(tx, { ...ANSWER, ...askedAbout(ALERT), service: 'payments' });
    await rememberService(tx, { ...ANSWER, ...askedAbout(nameless), service: 'stock' });
  });
  const seenFrom = async (channels: readonly string[]) => {
    const known = await knownServices(store, { workspaceId: 'T1', mayShow: async (id) => channels.includes(id) });
    return [otherNamesFor(known, ALERT)[0], otherNamesFor(known, nameless)[0]];
  };
  expect(await seenFrom(['C1'])).toEqual(['payments', 'stock']);
  expect(await seenFrom(['C2'])).toEqual([undefined, undefined]);
});

test('a source that fails keeps its facts from before, and nothing is read again within ten minutes', async () => {
  const clock = steppedClock();
  const store = await opened(sqlitePlace(), clock);
  let asked = 0;
  const source = files(async () => {
    asked += 1;
    if (asked === 2) throw new Error('gone');
    return { facts: [OWNER], warnings: ['x.yaml cannot be read'] };
  });
  const refresh = serviceRefresher({ traceSources: [], serviceSources: [source], store, clock, log: silentLog });
  await refresh(later());
  await refresh(later());
  expect(asked).toBe(1);
  await clock.tick(600_000);
  await refresh(later());
  expect(asked).toBe(2);
  expect(await keptFacts(store)).toMatchObject([{ source: 'service-files', facts: [{ kind: 'owner' }] }]);

  asked = 1;
  const now = await catalogueNow({ traceSources: [], serviceSources: [source] }, { store, deadlineMs: 5_000 });
  expect(now.catalogue.named('payments')?.facts).toHaveLength(1);
  expect(now.warnings.join('\n')).toMatch(/service-files: .*\n.*shown as the bot read it last/);
});

test('names from the traces of another workspace are shown to nobody who may not see that workspace', async () => {
  const store = await opened(sqlitePlace(), steppedClock());
  await store.transaction(async (tx) => {
    await noteServicesSeen(tx, 'T1', ['checkout']);
    await noteServicesSeen(tx, 'T2', ['secret-project', 'checkout']);
  });
  const names = async (isOwn?: (workspaceId: string) => Promise<boolean>) => {
    const sources = { traceSources: [], serviceSources: [] };
    const { catalogue } = await catalogueNow(sources, { store, deadlineMs: 5_000, isOwn });
    return catalogue.services.map(({ name }) => name);
  };
  expect(await names(async (id) => id === 'T1')).toEqual(['checkout']);
  expect(await names(async () => false)).toEqual([]);
  expect(await names()).toEqual(['checkout', 'secret-project']);
});

test('values are redacted, and more facts than anybody has are cut with a warning', async () => {
  const many = Array.from({ length: 20_001 }, () => OWNER);
  const sources = { traceSources: [], serviceSources: [files(async () => ({ facts: many, warnings: [] }))] };
  const [read] = await readServices(sources, later());
  expect(read?.facts).toHaveLength(20_000);
  expect(read?.warnings).toEqual([expect.stringContaining('more than 20000 facts')]);
  expect(read?.facts[0]?.value).toMatch(/payments-team, ask \[redacted:email/);
});

test('the question puts the likely services first', () => {
  const alert = { ...ALERT, title: 'Checkout queue is long', labels: { namespace: 'payments' } };
  const question = questionAbout(alert, ['auth', 'checkout-api', 'payments-db'], 'i-1');
  expect(JSON.stringify(question?.blocks)).toMatch(/checkout-api.*payments-db.*auth/);
});

test('an unknown name throws with similar ones', async () => {
  const { catalogue } = await catalogueNow(
    { traceSources: [traces('payments-api')], serviceSources: [] },
    { store: undefined, deadlineMs: 5_000 },
  );
  expect(serviceNamed(catalogue, 'Payments API').name).toBe('payments-api');
  expect(() => serviceNamed(catalogue, 'payments-db')).toThrow('no service is known as payments-db');
});
