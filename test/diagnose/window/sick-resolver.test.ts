import { describe, expect, test } from 'vitest';
import { sickResolver } from '#diagnose/window/sick-resolver.ts';
import type { LogLine } from '#model/logs/log-line.ts';

let lines = 0;

function line(service: string, text: string, level = 'error'): LogLine {
  lines += 1;
  return { timeNs: `${lines}000000000`, labels: {}, line: text, service, level, traceId: '', spanId: '' };
}

const GO = (name: string) =>
  line('ledger', `dial tcp: lookup ${name} on 10.43.0.10:53: read udp 10.2.3.4:51234->10.43.0.10:53: i/o timeout`);
const NODE = (name: string) => line('mailer', `Error: getaddrinfo EAI_AGAIN ${name}`);
const JAVA = (name: string) =>
  line('billing', `java.net.UnknownHostException: ${name}: Temporary failure in name resolution`);
const OWN = () =>
  line('coredns', '[ERROR] plugin/errors: 2 smtp.example. A: read udp 10.2.0.9:40000->192.0.2.53:53: i/o timeout');

const all = (count: number, make: (at: number) => LogLine) => Array.from({ length: count }, (_, at) => make(at));
const LOOKUPS = [...all(4, () => GO('db.shop.svc.cluster.local')), ...all(4, () => NODE('smtp.example'))];
const COMPLAINTS = all(6, OWN);

test('services ask in vain for several names, and the resolver gets no answer itself', () => {
  expect(sickResolver([], [...LOOKUPS, ...all(2, () => JAVA('bank')), ...COMPLAINTS])).toMatchObject({
    service: 'coredns',
    askedBy: ['billing', 'ledger', 'mailer'],
    names: ['bank', 'db.shop.svc.cluster.local', 'smtp.example'],
    lookups: 10,
    complaints: 6,
  });
});

test('PHP, Python, Ruby and the clients of MySQL name it, too', () => {
  const said = [
    line(
      'shelf',
      'PDOException: php_network_getaddresses: getaddrinfo for stock.rack.internal failed: Temporary failure in name resolution',
    ),
    line(
      'scan',
      "NameResolutionError(Failed to resolve 'labels.rack.internal' ([Errno -3] Temporary failure in name resolution))",
    ),
    line(
      'scan',
      `(2003, "Can't connect to MySQL server on 'moves.rack.internal' ([Errno -3] Temporary failure in name resolution)")`,
    ),
    line('dock', 'getaddrinfo: Temporary failure in name resolution (gates.rack.internal:27017)'),
    line('dock', "Unknown MySQL server host 'moves.rack.internal' (-3)"),
    line('dock', "Unknown MySQL server host 'misspelt.rack.internal' (-2)"),
  ];
  expect(sickResolver([], [...said, ...COMPLAINTS])).toMatchObject({
    askedBy: ['dock', 'scan', 'shelf'],
    names: ['gates.rack.internal', 'labels.rack.internal', 'moves.rack.internal', 'stock.rack.internal'],
    lookups: 5,
  });
});

test('the resolver says which names its clients asked for, where these do not', () => {
  const unnamed = (service: string) =>
    line(service, 'failed to lookup address information: Temporary failure in name resolution');
  const asked = (name: string) =>
    line('coredns', `[ERROR] plugin/errors: 2 ${name}. AAAA: read udp 10.2.0.9:4->192.0.2.53:53: i/o timeout`);
  const now = [...all(3, () => unnamed('ledger')), ...all(3, () => unnamed('mailer'))];
  const both = [...all(3, () => asked('ledger-db.shop.svc.cluster.local')), ...all(3, () => asked('smtp.example'))];
  expect(sickResolver([], [...now, ...both])).toMatchObject({
    askedBy: ['ledger', 'mailer'],
    names: ['ledger-db.shop.svc.cluster.local', 'smtp.example'],
  });
  // One name alone may be a zone whose servers are down.
  expect(sickResolver([], [...now, ...all(6, () => asked('smtp.example'))])).toBeUndefined();
});

describe('none', () => {
  test('without a word of the resolver: the network of the callers may be at fault', () => {
    expect(sickResolver([], LOOKUPS)).toBeUndefined();
  });

  test('where one service asks, or everybody asks for one name', () => {
    expect(sickResolver([], [...all(9, (at) => GO(`name-${at}`)), ...COMPLAINTS])).toBeUndefined();
    const one = [...all(5, () => GO('smtp.example')), ...all(5, () => NODE('smtp.example'))];
    expect(sickResolver([], [...one, ...COMPLAINTS])).toBeUndefined();
  });

  test('where the names do not exist: that is an answer', () => {
    const wrong = (at: number) =>
      line(at % 2 === 0 ? 'ledger' : 'mailer', `lookup name-${at} on 10.43.0.10:53: no such host`);
    expect(sickResolver([], [...all(10, wrong), ...COMPLAINTS])).toBeUndefined();
  });

  test('where as many fail in the baseline', () => {
    const now = [...LOOKUPS, ...COMPLAINTS];
    expect(sickResolver(now.slice(0, 4), now)).toBeUndefined();
    expect(sickResolver(COMPLAINTS, now)).toBeUndefined();
  });
});
