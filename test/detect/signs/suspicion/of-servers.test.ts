import { expect, test } from 'vitest';
import { isOfServers, namesServer } from '#detect/signs/suspicion/of-servers.ts';
import type { Change } from '#model/changes/change.ts';

const change = (given: Partial<Change>): Change => {
  return { atUs: 0, kind: 'config', service: '', id: '5f0c', text: '', files: [], diff: '', ...given } as Change;
};
const servers = new Set(['quartz', 'ledger-db-2', 'quartzdb']);

test.each<[string, Partial<Change>]>([
  ['has its name', { service: 'quartz' }],
  ['has its name among others', { service: 'shop-quartz' }],
  ['changes its files', { service: 'shop-q', files: ['deploy/quartz/buckets.yaml'] }],
  ['is of nobody and names it in its lines', { diff: '+resource "aws_quartzdb_table" "orders" {' }],
  ['has the set of the server in its name', { service: 'ledger-db' }],
])('a change is of the server where it %s', (_, given) => {
  expect(isOfServers({ servers }, change(given))).toBe(true);
});

test.each<[string, Partial<Change>]>([
  ['shares a part of a name', { service: 'ledger' }],
  ['is a flag', { kind: 'flag', service: 'quartz' }],
  ['is a deploy that mentions it', { kind: 'deploy', service: 'orders', text: 'quartz client 4.2' }],
])('a change is not of the server where it %s', (_, given) => {
  expect(isOfServers({ servers }, change(given))).toBe(false);
});

test('a failure names the server whose configuration changed', () => {
  const complaint = { text: 'target: shop.primary: vttablet: rpc error: code = resourceexhausted' };
  const named = (service: string) => namesServer(complaint as Parameters<typeof namesServer>[0], change({ service }));
  expect(named('vttablet')).toBe(true);
  expect(named('tablet')).toBe(false);
});
