/** The error of a failed statement holds an attack: the attack is the cause, and the failure follows from it. */
import { expect, test } from 'vitest';
import { knownDetectors } from '#detect/known.ts';
import { sqlInjection } from '#detect/logs/sql-injection.ts';
import { detectors } from '#detect/registry.ts';
import { runDetector } from '#detect/run.ts';
import { withLogFindings } from '#diagnose/beside-trace.ts';
import { diagnosed } from '#test/diagnosed.ts';
import { logLine } from '#test/log-line.ts';
import { query, server, traceOf } from '#test/trace.ts';

const answer = { failed: true, attributes: { 'http.response.status_code': 500 } };

function searched(...texts: readonly string[]) {
  const trace = traceOf(
    server('shelves', 'GET /find', { ms: 60, ...answer }, [
      query('shelves', 'SELECT * FROM books', { at: 20, ms: 20, failed: true }),
    ]),
  );
  const lines = texts.map((text, n) => ({
    ...logLine('shelves', 42 + n, text, { level: 'error', spanId: n === 0 ? '0.0' : '' }),
    rung: 'trace-id' as const,
  }));
  const outcome = runDetector(sqlInjection, { logs: lines });
  const found = outcome.kind === 'found' ? outcome.findings : [];
  const known = { ...knownDetectors(detectors), cleared: [] };
  return withLogFindings(trace, diagnosed(trace, lines), found, known).diagnosis;
}

test.each([
  `PG::SyntaxError: ERROR: syntax error at or near "UNION" LINE 1: SELECT * FROM books WHERE code = '' UNION SELECT login, hash, null FROM users-- '`,
  `SQLSTATE[42000]: Syntax error: You have an error in your SQL syntax near '' OR '1'='1' LIMIT 1'`,
  `java.sql.SQLSyntaxErrorException: ORA-00933: SQL command not properly ended: code = 'x'; DROP TABLE books--'`,
])('a statement that input became a part of: %s', (text) => {
  expect(searched(text)).toMatchObject({ kind: 'sql-injection', service: 'shelves' });
});

test('an attack in another line than the one of the failure stands beside it', () => {
  const said = searched(
    'PG::ConnectionBad: server closed the connection',
    `GET /find?q=%27%20UNION%20SELECT%201%2C2-- 200`,
  );
  expect(said).toMatchObject({ kind: 'error-origin' });
});

test('a syntax error without an attack is the mistake of the program', () => {
  expect(searched('PG::SyntaxError: ERROR: syntax error at or near "FORM" LINE 1: SELECT * FORM books')).toMatchObject({
    kind: 'error-origin',
  });
});
