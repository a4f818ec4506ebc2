/** A framework records the exception of a wait on the span of the request, above the call that waited. */
import { expect, test } from 'vitest';
import { diagnosed } from '#test/diagnosed.ts';
import { query, server, traceOf } from '#test/trace.ts';

const thrownBy = (type: string, message: string) => {
  const events = [{ name: 'exception', at: 890, attributes: { 'exception.type': type, 'exception.message': message } }];
  const request = { ms: 900, failed: true, events, attributes: { 'http.response.status_code': 503 } };
  return diagnosed(
    traceOf(
      server('booking', 'BookingsController#create', request, [
        query('booking', 'SET seat ? NX PX 10000', { at: 20, ms: 860, attributes: { 'db.system': 'redis' } }),
      ]),
    ),
  );
};

test('the lock that the exception names leads, and the origin follows from it', () => {
  const { diagnosis } = thrownBy('Redlock::LockError', "failed to acquire lock on 'seat:42'");
  expect(diagnosis).toMatchObject({ kind: 'lock-contention', service: 'booking' });
  expect(thrownBy('LockAcquisitionException', 'seat:42').diagnosis?.kind).toBe('lock-contention');
});

test('an exception about something else stays the origin', () => {
  expect(thrownBy('KeyError', "key not found: 'seat'").diagnosis?.kind).toBe('error-origin');
});
