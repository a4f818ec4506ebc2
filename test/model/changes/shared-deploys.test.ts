import { expect, test } from 'vitest';
import type { Change } from '#model/changes/change.ts';
import { mostSuspect, withSharedDeploys } from '#model/changes/shared-deploys.ts';

const change = (more: Partial<Change>): Change => {
  return { atUs: 7, kind: 'deploy', service: '', id: '2026.9', text: '', url: '', files: [], diff: '', ...more };
};
const SERVICES = ['ledger', 'fares', 'ui'];
const placesOf = (one: Change) => withSharedDeploys([one], SERVICES).map(({ service }) => service);

test('a deploy of nobody counts for each service that its title names', () => {
  const shared = change({ text: 'mono 2026.9: money-core 4 (Ledger, fares); ui unchanged' });
  expect(placesOf(shared)).toEqual(['ledger', 'fares']);
});

test.each([
  ['it has a service', { service: 'fares', text: 'fares 3, for the ledger' }, ['fares']],
  ['it names none', { text: 'mono 2026.9: ledgers-core' }, ['']],
  ['it is no deploy', { kind: 'flag', text: 'new-fares: on, ledger too' } as const, ['']],
])('not where %s', (_, more, places) => {
  expect(placesOf(change(more))).toEqual(places);
});

test('it is one suspect, at the place where it is most suspect', () => {
  const scored = ['ledger', 'fares'].map((service, at) => ({ change: change({ service }), score: at + 1 }));
  const other = { change: change({ id: '', kind: 'config' }), score: 0 };
  expect(mostSuspect([...scored, other, other]).map(({ change, score }) => [change.service, score])).toEqual([
    ['fares', 2],
    ['', 0],
    ['', 0],
  ]);
});
