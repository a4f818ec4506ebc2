/** A statement that no server took failed: it is neither slow nor did anybody leave it unanswered. */
import { expect, test } from 'vitest';
import { diagnosed } from '#test/diagnosed.ts';
import { logLine } from '#test/log-line.ts';
import { call, server, span, traceOf } from '#test/trace.ts';

const failed = { failed: true };

const DRIVER = { 'db.system.name': 'microsoft.sql_server', 'db.namespace': 'bills', 'server.address': 'tills' };
const answered = { 'http.response.status_code': 500 };

function verdict(line: string) {
  const trace = traceOf(
    server('desk', 'GET /bills', { ms: 15_090, ...failed, attributes: answered }, [
      call('desk', 'bills', 'GET', { at: 20, ms: 15_060, ...failed, attributes: answered }, [
        server('bills', 'GET /of/{id}', { at: 24, ms: 15_046, ...failed, attributes: answered }, [
          span('bills', 'bills', { at: 30, ms: 15_030, kind: 'client', ...failed, attributes: DRIVER }),
        ]),
      ]),
    ]),
  );
  const said = logLine('bills', 15_064, line, { spanId: '0.0.0', level: 'error', traceId: trace.traceId });
  return diagnosed(trace, [{ ...said, rung: 'trace-id' }]).diagnosis;
}

test.each([
  "Microsoft.Data.SqlClient.SqlException: Database 'bills' on server 'tills' is not currently available.",
  'FATAL: the database system is starting up',
  'ORA-01033: ORACLE initialization or shutdown in progress',
  'WSREP has not yet prepared node for application use',
  'Not enough nodes responded to the write request in time to satisfy required consistency level (consistency: Quorum)',
])('the code that asked says it: %s', (line) => {
  expect(verdict(line)).toMatchObject({ kind: 'error-origin', service: 'bills' });
});

test.each(['ERROR: canceling statement due to statement timeout', 'Lock wait timeout exceeded'])(
  'another failure of a long statement is none: %s',
  (line) => {
    expect(verdict(line)?.kind).not.toBe('error-origin');
  },
);
