import { newError } from '#detect/logs/new-error.ts';
import { every, said, testLogDetector, together } from '#test/window.ts';

const orders = (count: number, from = 0, to = 600) =>
  every(count, from, to, (at, n) => said(at, 'shop', 'info', `order ${1000 + n} taken in ${n % 50} ms`));

const peerDown = said(300, 'shop', 'error', 'Peer down');

testLogDetector(newError, {
  found: {
    'one line that no earlier line is like': {
      lines: together(orders(1000), [peerDown]),
      sightings: [
        {
          service: 'shop',
          title: 'shop: new error “Peer down”, in a line at 14:35:00 UTC',
          explanation: /not once in the 50\d lines over/,
        },
      ],
    },
    'one that the healthy time does not have': {
      lines: together(orders(50), [peerDown]),
      baseline: orders(400, -6000, -600),
      sightings: [
        { title: /new error “Peer down”/, explanation: /not once in 400 lines over 1 h 30 min of the healthy time/ },
      ],
    },
    'one at the very beginning, of which nobody knows whether it is new': {
      lines: together([said(0, 'shop', 'error', 'Peer down')], orders(1000, 1)),
      sightings: [
        {
          title: /^shop: error “Peer down”/,
          explanation: /^It is unknown whether this error is new, because too few earlier lines were supplied\./,
        },
      ],
    },
    'what comes together as one, the first of it first': {
      lines: together(
        orders(1000),
        [400, 450, 500].flatMap((at) => [
          said(at, 'shop', 'warn', 'Connection pool is empty for 5 s'),
          said(at + 0.01, 'shop', 'error', 'Connection timeout to db-1'),
          said(at + 0.03, 'shop', 'error', `order ${at} was not stored`),
        ]),
      ),
      sightings: [
        {
          title: /new error “Connection timeout to db-1”, in 3 lines/,
          explanation:
            /Lines like it were found not once in the 668 lines over 6 min 40 s before it; the days before were not searched\./,
          lines: 6,
        },
      ],
    },
    'a line without a level whose words tell of a failure': {
      lines: together(
        orders(1000).map((line) => ({ ...line, level: '' })),
        [said(300, 'shop', '', 'unable to reach the bank: connection refused')],
      ),
      sightings: [{ title: /unable to reach the bank/ }],
    },
    'two errors that have nothing to do with each other, as two': {
      lines: together(orders(1000), [
        said(300, 'shop', 'error', 'Peer down'),
        said(500, 'shop', 'error', 'Certificate of bank.example has expired'),
      ]),
      sightings: [{ title: /Peer down/ }, { title: /Certificate/ }],
    },
  },
  clear: {
    'an error that the healthy time knows': {
      lines: together(orders(1000), [peerDown]),
      baseline: together(orders(400, -6000, -600), [said(-3000, 'shop', 'error', 'Peer down')]),
    },
    'an error of a service of which the healthy time has too little': {
      lines: together(orders(50), [peerDown]),
      baseline: orders(99, -6000, -600),
    },
    'warnings, and words that only sound like a failure': {
      lines: together(orders(1000), [
        said(300, 'shop', 'warn', 'Peer slow'),
        said(310, 'shop', 'info', 'finished with 0 errors'),
        said(320, 'shop', '', 'shutting down worker 7, scaling down'),
        said(330, 'shop', '', 'error=null status=ok'),
      ]),
    },
    'nothing but ordinary lines': { lines: orders(1000) },
  },
});
