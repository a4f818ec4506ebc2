import { expect, test } from 'vitest';
import { TraceNotFoundError, UnreachableError } from '#core/errors.ts';
import { openLog } from '#core/log.ts';

function logged(fields: Record<string, unknown>) {
  const lines: string[] = [];
  openLog('info', (line) => line, { write: (line) => void lines.push(line) }).info(fields, 'it happened');
  expect(lines).toHaveLength(1);
  return JSON.parse(lines[0] ?? '{}');
}

test.each(['err', 'error'])('an error raised on purpose is logged as %s with its code and without a stack', (name) => {
  const found = logged({ [name]: new TraceNotFoundError('abc', 'Jaeger') })[name];
  expect(found).toMatchObject({ code: 'SH_TRACE_NOT_FOUND', message: 'no trace `abc` in Jaeger' });
  expect(found).not.toHaveProperty('stack');
});

test('what is behind such an error stays in the line', () => {
  const cause = new Error('connect ECONNREFUSED 127.0.0.1:3100');
  const { err } = logged({ err: new UnreachableError('loki', 'the connection was refused', { cause }) });
  expect(JSON.stringify(err)).toContain('connect ECONNREFUSED 127.0.0.1:3100');
  expect(err).not.toHaveProperty('stack');
});

test.each(['slack_webapi_platform_error', 'ECONNREFUSED'])('an answer from outside has no stack: %s', (code) => {
  const { err } = logged({ err: Object.assign(new Error('An API error occurred: invalid_auth'), { code }) });
  expect(err).toMatchObject({ code, message: 'An API error occurred: invalid_auth' });
  expect(err).not.toHaveProperty('stack');
});

test('a bug is logged with its stack', () => {
  expect(logged({ err: new TypeError('x is undefined') }).err.stack).toContain('log.test.ts');
  expect(logged({ error: 'only words' }).error).toBe('only words');
});
