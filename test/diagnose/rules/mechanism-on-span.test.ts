/** What a span says besides that it failed: a slow start delays a request, and does not end it. */
import { describe, expect, test } from 'vitest';
import { diagnosed } from '#test/diagnosed.ts';
import { call, server, traceOf } from '#test/trace.ts';

const started = (how: Readonly<{ failed?: boolean; statusText?: string }>) =>
  diagnosed(
    traceOf(
      server('desk', 'POST /labels', { ms: 900, ...how }, [
        call('desk', 'printer', 'Invoke', { at: 5, ms: 890, ...how }, [
          server('printer', 'printer', { at: 600, ms: 290, attributes: { 'faas.coldstart': true }, ...how }),
        ]),
      ]),
    ),
  );

describe('a process that started for a request', () => {
  test('which it ended by its own failure is not the reason', () => {
    expect(started({ failed: true }).diagnosis).toMatchObject({ kind: 'error-origin', service: 'printer' });
    expect(started({ failed: true, statusText: 'Unable to import module' }).diagnosis?.kind).toBe('error-origin');
  });

  test('which it only delayed is', () => {
    expect(started({}).diagnosis).toMatchObject({ kind: 'cold-start', service: 'printer' });
  });

  test('which ran out of time may be', () => {
    const { findings } = started({ failed: true, statusText: 'Task timed out after 0.30 seconds' });
    expect(findings.some(({ detector }) => detector === 'cold-start')).toBe(true);
  });
});
