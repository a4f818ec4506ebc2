import { expect, test } from 'vitest';
import { appliedChanges } from '#model/changes/applied-changes.ts';
import { changed } from '#test/changes.ts';

const commit = changed(-300, { id: 'c', kind: 'commit', service: 'fares' });
const of = (service: string) => changed(-100, { id: 'd', kind: 'deploy', service });
const ids = (...all: Parameters<typeof appliedChanges>[0]) => appliedChanges(all).map(({ id }) => id);

test('a commit counts where nobody says when its service is deployed', () => {
  expect(ids(commit)).toEqual(['c']);
  expect(ids(commit, of('menus'))).toEqual(['c', 'd']);
});

test('the deploy counts instead of the commit of its service, in any spelling', () => {
  expect(ids(commit, of('fares'))).toEqual(['d']);
  expect(ids(commit, of('fares-service'))).toEqual(['d']);
});

test('a deploy or a commit of nobody’s service may be of any', () => {
  expect(ids(commit, of(''))).toEqual(['d']);
  expect(ids({ ...commit, service: '' }, of('menus'))).toEqual(['d']);
});
