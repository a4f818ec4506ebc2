import { expect, test } from 'vitest';
import { namedServer } from '#diagnose/window/named-servers.ts';
import type { LogLine } from '#model/logs/log-line.ts';

let lines = 0;

function line(service: string, text: string, level = 'error'): LogLine {
  lines += 1;
  return { timeNs: `${lines}000000000`, labels: {}, line: text, service, level, traceId: '', spanId: '' };
}

const times = (count: number, make: () => LogLine) => Array.from({ length: count }, make);
const asked = (service: string, host: string) =>
  times(6, () => line(service, `store: timeout after 2500 ms, last dispatched to ${host}:11210`));
const OTHER = line('parts', 'connected to vault-0:11210', 'info');

test('clients of a set name one of its servers', () => {
  expect(namedServer([OTHER], [...asked('parts', 'vault-3'), ...asked('repairs', 'vault-3')], [])).toMatchObject({
    node: 'vault-3',
    by: 'lines',
    services: [
      { service: 'parts', here: [6, 6] },
      { service: 'repairs', here: [6, 6] },
    ],
  });
});

test('a set that goes by its full names has metrics of the others', () => {
  const host = 'vault-3.vault.shop.svc';
  const series = [
    { name: 'up', labels: { instance: 'vault-1:9100' }, atUs: new Float64Array(), values: new Float64Array() },
  ];
  expect(namedServer([], [...asked('parts', host), ...asked('repairs', host)], series)?.node).toBe('vault-3');
});

test.each<[string, readonly LogLine[], readonly LogLine[]]>([
  ['several servers fail', [OTHER], [...asked('parts', 'vault-3'), ...asked('repairs', 'vault-1')]],
  ['nobody knows another one', [], [...asked('parts', 'vault-0'), ...asked('repairs', 'vault-0')]],
  ['a few lines name it', [OTHER], asked('parts', 'vault-3')],
  [
    'they named it as often before',
    [OTHER, ...asked('parts', 'vault-3')],
    [...asked('parts', 'vault-3'), ...asked('repairs', 'vault-3')],
  ],
  [
    'each line lists all of them',
    [],
    times(12, () => line('parts', 'no broker of vault-0:9092, vault-1:9092, vault-2:9092 answers')),
  ],
])('none is at fault where %s', (_, healthy, now) => {
  expect(namedServer(healthy, now, [])).toBeUndefined();
});
