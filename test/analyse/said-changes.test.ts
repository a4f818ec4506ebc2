/** Services without spans whose changes count, because the failure names them. */
import { describe, expect, test } from 'vitest';
import { saidServices, silentCallees } from '#analyse/said-changes.ts';
import type { ChangeSymptoms } from '#model/changes/change-symptoms.ts';
import type { Finding } from '#model/finding/finding.ts';
import { changed } from '#test/changes.ts';

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
