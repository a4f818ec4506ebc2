/** A service that takes more connections, where the full server names it; and the twin that it does not name. */
import { expect, test } from 'vitest';
import { saidEffects } from '#model/changes/said/effects.ts';
import { changed } from '#test/changes.ts';

const found = (diff: string, failure: string, service = 'ledger-sync') =>
  saidEffects(changed(-60, { diff, service, kind: 'scale' }), failure.toLowerCase()).map(({ kind, isOfAnybody }) => [
    kind,
    isOfAnybody,
  ]);

const FULL = 'ERROR 1040 (HY000): Too many connections; processlist: ledger-sync 140, till 9';

test.each([
  ['instances', '-replicas: 2\n+replicas: 24'],
  ['threads', '-  max_threads: 5\n+  max_threads: 50'],
  ['a pool', '-spring.datasource.hikari.maximum-pool-size=5\n+spring.datasource.hikari.maximum-pool-size=80'],
])('%s take the connections that the full server counts', (_, diff) => {
  expect(found(diff, FULL)).toContainEqual(['more-workers', true]);
});

test.each([
  ['the server names others', '-replicas: 2\n+replicas: 24', FULL.replace('ledger-sync', 'ledger-sync-old')],
  ['they become fewer', '-replicas: 24\n+replicas: 2', FULL],
  ['the number is of something else', '-retries: 2\n+retries: 24', FULL],
  ['nothing is full', '-replicas: 2\n+replicas: 24', 'ledger-sync answered 500'],
])('none are taken where %s', (_, diff, failure) => {
  expect(found(diff, failure)).not.toContainEqual(['more-workers', true]);
});
