/** Services without spans whose changes count, because the failure names them. */
import { describe, expect, test } from 'vitest';
import { saidServices, servicesOfHosts, silentCallees } from '#analyse/said-changes.ts';
import type { ChangeSymptoms } from '#model/changes/change-symptoms.ts';
import type { Finding } from '#model/finding/finding.ts';
import { changed } from '#test/changes.ts';
import { call, server, traceOf } from '#test/trace.ts';

describe('a store that a failing line names', () => {
  const GONE = "NOGROUP No such key 'jobs' or consumer group 'w'; evicted_keys of store-q: 9".toLowerCase();
  const symptoms = (whole: string, ofRequest: ChangeSymptoms['ofRequest'] = 'the failed spans and lines') =>
    ({ whole, ofRequest, complaint: undefined }) as unknown as ChangeSymptoms;
  const policy = changed(-60, {
    service: 'store-q',
    diff: '-maxmemory-policy noeviction\n+maxmemory-policy allkeys-lru',
  });

  test('counts where the failure says what comes of such a change', () => {
    expect(saidServices([policy], symptoms(GONE))).toEqual(['store-q']);
  });

  test.each([
    ['another change of it', { ...policy, diff: '-color: red\n+color: blue' }, symptoms(GONE)],
    ['another store', { ...policy, service: 'store-q2' }, symptoms(GONE)],
    ['a name of one word', { ...policy, service: 'jobs' }, symptoms(GONE)],
    ['a failure of another kind', policy, symptoms('store-q: wrongtype operation')],
    ['a request that is only slow', policy, symptoms(GONE, 'the slow spans and lines')],
  ])('not %s', (_, change, of) => {
    expect(saidServices([change], of)).toEqual([]);
  });
});

test.each([
  ['a method of RPC', 'fares', 'canal.Fares/Get of boats failed', true],
  ['a host', 'visits.shop.example', 'The call GET from app to visits.shop.example failed', true],
  ['a longer host', 'shop.example', 'The call GET from app to visits.shop.example failed', false],
  ['a part of a name', 'fare', 'canal.Fares/Get of boats failed', false],
])('%s that the finding names as called', (_, service, title, isCalled) => {
  const finding = { operation: '', title } as Finding;
  const [change] = [changed(-60, { service })];
  expect(silentCallees([change], finding, { services: ['app', 'boats'] })).toEqual(isCalled ? [service] : []);
  expect(silentCallees([change], finding, { services: [service] })).toEqual([]);
});

describe('a change that names the host of the failed call', () => {
  const attributes = { 'url.full': 'https://api.pier.test/boats', 'server.address': 'api.pier.test' };
  const trace = traceOf(
    server('app', 'open', { ms: 90, failed: true }, [
      call('app', '', 'GET', { at: 5, ms: 60, failed: true, attributes }),
    ]),
  );
  const symptoms = (text: string) =>
    ({ complaint: { text }, ofRequest: 'the failed spans and lines' }) as unknown as ChangeSymptoms;
  const PINNED = 'certificate pinning failure! pinned certificates for api.pier.test: sha256/7';
  const certificate = changed(-60, {
    service: 'edge',
    text: 'new key for api.pier.test',
    diff: '-cert: pier-1\n+cert: pier-2',
  });
  const services = (change: typeof certificate, text = PINNED) =>
    servicesOfHosts([change], symptoms(text), { spans: [1] }, trace);

  test('counts where the failure says what comes of such a change', () => {
    expect(services(certificate)).toEqual(['edge']);
  });

  test.each([
    ['another host', { ...certificate, text: 'new key for pier.test' }, PINNED],
    ['a longer host', { ...certificate, text: 'new key for old.api.pier.test' }, PINNED],
    [
      'another change for it',
      { ...certificate, text: 'colors of api.pier.test', diff: '-color: red\n+color: blue' },
      PINNED,
    ],
    ['another failure', certificate, 'read timed out'],
  ])('not %s', (_, change, text) => {
    expect(services(change, text)).toEqual([]);
  });
});
