/** Two people want one thing: the second one's refusal is no fault where the service says so. */
import { describe, expect, test } from 'vitest';
import { knownDetectors } from '#detect/known.ts';
import { detectors } from '#detect/registry.ts';
import { withinIntent } from '#diagnose/said-as-meant.ts';
import type { CorrelatedLine } from '#model/logs/log-correlation.ts';
import { diagnosed } from '#test/diagnosed.ts';
import { logLine } from '#test/log-line.ts';
import { call, query, server, traceOf } from '#test/trace.ts';

const known = knownDetectors(detectors);

function verdictOf(text: string, { status = 409, level = 'info' } = {}) {
  const answered = { 'http.response.status_code': status };
  const trace = traceOf(
    server('desk', 'POST /bookings', { ms: 70, failed: status >= 500, attributes: answered }, [
      call('desk', 'rooms', 'POST', { at: 18, ms: 46, failed: true, attributes: answered }, [
        server('rooms', 'POST /bookings', { at: 22, ms: 36, failed: status >= 500, attributes: answered }, [
          query('rooms', 'INSERT INTO bookings (slot) VALUES (?)', { at: 30, ms: 14, failed: true }),
        ]),
      ]),
    ]),
  );
  const lines: readonly CorrelatedLine[] = [{ ...logLine('rooms', 50, text, { level }), rung: 'trace-id' }];
  return withinIntent(diagnosed(trace, lines), trace, lines, known).diagnosis?.kind;
}

describe('a conflict', () => {
  test.each([
    "slot 81 taken meanwhile (1062 Duplicate entry '81' for key 'slot_unique')",
    'ORA-00054: dock 3 is being edited by foreman2, user sees "in use"',
    'Termin 81 ist bereits vergeben',
    'créneau 81 déjà réservé',
    'la sala ya está ocupada',
  ])('is no headline where the service says who was first: %s', (text) => {
    expect(verdictOf(text)).toBeUndefined();
  });

  test.each([
    ['nothing of it', 'POST /bookings 409', {}],
    ['that its own key was used twice', 'duplicate key bookings_pkey, sequence is behind', {}],
    ['that a lock was never given back', 'dock 3 is locked by a session that was never closed', {}],
    ['so as a warning', 'slot 81 taken meanwhile', { level: 'warn' }],
    [
      'so as an error, although the guest got the answer',
      'slot 81 taken meanwhile, told the guest',
      { level: 'error' },
    ],
    ['as a warning that it told its operators', 'slot 81 taken meanwhile, told the operators', { level: 'warn' }],
  ])('is one where the service says %s', (_, text, options) => {
    expect(verdictOf(text, options)).toBe('error-origin');
  });

  test('is one where the request failed with another status', () => {
    expect(verdictOf('slot 81 taken meanwhile', { status: 500 })).toBe('error-origin');
  });

  test.each([
    'slot 81 taken meanwhile, told the guest',
    'the cook has changed slot 81 meanwhile, guest sees the new state',
  ])('is no headline where a warning says that the person got the answer: %s', (text) => {
    expect(verdictOf(text, { level: 'warn' })).toBeUndefined();
  });
});

describe('a refusal of a machine', () => {
  function verdictOfCall(text: string) {
    const trace = traceOf(
      server('locks', 'POST /doors/{id}/open', { ms: 400, attributes: { 'http.response.status_code': 409 } }, [
        call('locks', 'door-3', 'Open', { at: 10, ms: 380, failed: true }),
      ]),
    );
    const lines: readonly CorrelatedLine[] = [{ ...logLine('locks', 395, text, { level: 'warn' }), rung: 'trace-id' }];
    return withinIntent(diagnosed(trace, lines), trace, lines, known).diagnosis?.kind;
  }

  test.each(['door-3 answered Rejected: occupied, told the guest', 'door-3 said no: already in use, visitor was told'])(
    'is no headline where the thing is taken and the person knows: %s',
    (text) => {
      expect(verdictOfCall(text)).toBeUndefined();
    },
  );

  test.each([
    ['nobody was told', 'door-3 answered Rejected: occupied'],
    ['the machine gave no answer', 'connection refused by door-3, maybe occupied, told the guest'],
    ['nobody gives it back', 'door-3 answered Rejected: occupied since 9 h, told the guest'],
    ['the thing is not taken', 'door-3 answered Rejected: motor broken, told the guest'],
  ])('is one where %s', (_, text) => {
    expect(verdictOfCall(text)).toBe('error-origin');
  });
});

describe('a statement that asked to be refused at once', () => {
  function verdictOfNowait(text: string, { status = 409, ms = 4, nowait = ' NOWAIT' } = {}) {
    const answered = { 'http.response.status_code': status };
    const trace = traceOf(
      server('berths', 'POST /berths/{id}/book', { ms: 400, failed: status >= 500, attributes: answered }, [
        query('berths', `SELECT id FROM berth WHERE id = ? FOR UPDATE${nowait}`, { at: 8, ms, failed: true }),
      ]),
    );
    const lines: readonly CorrelatedLine[] = [{ ...logLine('berths', 20, text, { level: 'warn' }), rung: 'trace-id' }];
    return withinIntent(diagnosed(trace, lines), trace, lines, known).diagnosis?.kind;
  }

  test.each([
    'could not obtain lock on row in relation "berth" - offering 13 and 14',
    'ORA-00054: resource busy and acquire with NOWAIT specified or timeout expired',
  ])('is no headline where the person gets that answer: %s', (text) => {
    expect(verdictOfNowait(text)).toBeUndefined();
  });

  test.each([
    ['the request failed with another status', 'row is busy', { status: 500 }],
    ['it took longer than an answer at once', 'row is busy', { ms: 300 }],
    ['it waits', 'row is busy', { nowait: '' }],
    ['the service blames the lock', 'lock of berth 12 was never released', {}],
  ])('is one where %s', (_, text, options) => {
    expect(verdictOfNowait(text, options)).toBeDefined();
  });
});
