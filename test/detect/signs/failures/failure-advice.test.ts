import { expect, test } from 'vitest';
import { firstAction } from '#detect/signs/failures/failure-advice.ts';

/** `checkout` called `stock`, which failed with this message. */
const onCall = (message: string) =>
  firstAction({ message, caller: 'checkout', callee: 'stock', service: 'stock' }, false);
/** `checkout` itself failed. */
const onOwn = (message: string) => firstAction({ message, caller: 'checkout', callee: '', service: 'checkout' }, false);

test.each([
  ['getaddrinfo ENOTFOUND stock', 'Check the name of stock in the settings of checkout'],
  ['dial tcp: lookup stock on 10.0.0.2:53: no such host', 'Check the name of stock'],
  ['x509: certificate has expired or is not yet valid', 'Look at the certificate that stock shows'],
  [
    'connect ECONNREFUSED 10.2.3.4:5432',
    'Check whether stock runs and listens on 10.2.3.4:5432, as checkout calls it.',
  ],
  ['dial tcp 10.0.0.7:8081: connect: connection refused', 'listens on 10.0.0.7:8081, as checkout calls it.'],
  ['Connection refused: stock.shop.svc/10.0.0.7:8081', 'listens on 10.0.0.7:8081,'],
  ['at 14:30 [Errno 111] Connection refused', 'listens on the port of the call, as checkout calls it.'],
  ['ConnectException: Connection refused\n at Net.java:672', 'listens on the port of the call,'],
  ['Model server OOM: cannot allocate 2GB for inference batch', 'Give stock memory for the 2GB that it could not'],
  ['cannot allocate memory', 'Give stock more memory and restart it'],
  ['FATAL: password authentication failed for user "app"', 'Check the credentials that checkout uses for stock'],
  [
    "Access denied for user 'app'@'10.0.0.3' (using password: YES)",
    'Check the credentials that checkout uses for stock',
  ],
  ['ERROR: permission denied for table orders', 'Give the account of checkout the right that the message names'],
  ['ERROR: relation "orders_v2" does not exist', 'Run the migration that creates what the message names'],
  ["Unknown column 'o.tax' in 'field list'", 'roll back the release of checkout that asks for it'],
  [
    'ERROR: duplicate key value violates unique constraint "orders_pkey"',
    'Find the row that the message of checkout names',
  ],
  ['ERROR: cannot execute INSERT in a read-only transaction', 'Point checkout at the primary of stock'],
  ["READONLY You can't write against a read only replica.", 'Point checkout at the primary of stock'],
  ['ERROR: deadlock detected', 'Take the locks in the same order everywhere'],
  ['429 Too Many Requests', 'Find out why checkout sends more to stock than usual'],
  ["OOM command not allowed when used memory > 'maxmemory'.", 'Give stock more memory'],
  ['FATAL: sorry, too many clients already', 'Find what holds the connections of stock'],
  ['connect EMFILE 10.2.3.4:443', 'Raise the limit of checkout (ulimit -n)'],
])('“%s” of a callee: %s', (message, advice) => {
  expect(onCall(message)).toContain(advice);
});

test.each([
  ['java.lang.OutOfMemoryError: Java heap space', 'Give checkout more memory and restart it'],
  ['write /data/x: no space left on device', 'Free space on the disk of checkout first'],
  ["TypeError: Cannot read properties of undefined (reading 'id')", 'Read the stack trace in the log of checkout'],
  ['token is expired', 'Check the credentials that came with the request'],
  ['rate limit exceeded', 'Find what uses the quota of checkout'],
  ['request was throttled', 'before you raise the limit of checkout'],
  ['Model server OOM: cannot allocate 2GB for inference batch', 'Give checkout memory for the 2GB'],
])('“%s” of a service itself: %s', (message, advice) => {
  expect(onOwn(message)).toContain(advice);
});

test.each(['payment declined', 'order 4711 is not ready', 'upstream said no'])(
  '“%s” is of no kind: the log says more',
  (message) => {
    expect(onOwn(message)).toBe('Start with this message and the log of checkout at that time.');
  },
);

test('who only passed the failure on is left alone', () => {
  expect(firstAction({ message: '', caller: 'a', callee: 'b', service: 'b' }, true)).toBe(
    'Start with the log of b at that time, not with the services that passed the error on.',
  );
});
