import { expect, test } from 'vitest';
import { secretExposure } from '#detect/logs/secret-exposure.ts';
import { every, findingsIn, said, testLogDetector, windowPresented } from '#test/window.ts';

/** Put together here, so that no scanner of repositories takes it for one. */
const SECRET = ['hunter2', 'Tr0ub4dor', 'zebra'].join('-');
const TOKEN = ['ghp', 'A1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6Q7r8'].join('_');

testLogDetector(secretExposure, {
  found: {
    'a password beside its name': {
      lines: [said(0, 'payment', 'debug', `connecting with password=${SECRET} to bank`)],
      sightings: [
        {
          service: 'payment',
          title: /^payment: the log contains a credential \(secret\)$/,
        },
      ],
    },
    'the same message a thousand times, as one': {
      lines: every(1000, 0, 60, (at, n) => said(at, 'payment', 'info', `call ${n}: password=${SECRET}${n}`)),
      sightings: [
        {
          lines: 1000,
          explanation:
            /^It is in 1,000 lines from 14:30:00 UTC to 14:30:59 UTC, mostly in lines like “call <num>: password=\[redacted:secret\]”\./,
        },
      ],
    },
    'two kinds in two messages, as two': {
      lines: [said(0, 'payment', 'info', `password=${SECRET}`), said(1, 'payment', 'info', `cloning with ${TOKEN}`)],
      sightings: [{ lines: 1 }, { lines: 1 }],
    },
    'the mark that an earlier run left': {
      lines: [said(0, 'payment', 'info', 'connecting with password=[redacted:password] to bank')],
      sightings: [{ title: /\(password\)/ }],
    },
  },
  clear: {
    'what is called like one and holds none': {
      lines: [
        'password reset requested for user 7',
        'password=***',
        'token expired',
        'Authorization header missing',
        'api_key is required',
        'trace_id=4bf92f3577b34da6a3ce929d0e0e4736 span_id=00f067aa0ba902b7',
        'commit 9fceb02d0ae598e95dc970b74767f19372d61af8 deployed',
        'mail to ann@example.com sent',
        'order of first_name=Ann for EMŠO 1505990500012',
        'id=550e8400-e29b-41d4-a716-446655440000',
      ].map((line, at) => said(at, 'shop', 'info', line)),
    },
    'one line fewer than is asked for': {
      lines: [said(0, 'payment', 'info', `password=${SECRET}`)],
      thresholds: { minLines: 2 },
    },
  },
});

test('the value stands in no form of the report', async () => {
  const lines = [
    said(0, 'payment', 'info', `password=${SECRET}`),
    said(1, 'payment', 'error', `clone of ${TOKEN} failed`),
  ];
  const forms = { text: { width: 100, colour: false }, markdown: true, html: true, slack: true, logs: true };
  const all = JSON.stringify(await windowPresented(lines, { forms }));
  for (const secret of [SECRET, TOKEN]) expect(all).not.toContain(secret);
  expect(JSON.stringify(findingsIn(secretExposure, { lines }))).not.toContain(SECRET);
});
