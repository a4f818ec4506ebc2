/** Lines without an id of the request that tell of it all the same: counted refusals, and a process behind an edge. */
import { describe, expect, test } from 'vitest';
import { endingBehindEdge } from '#detect/signs/failures/callee-lines.ts';
import { linesOfTrace } from '#model/logs/log-correlation.ts';
import { diagnosed } from '#test/diagnosed.ts';
import { logLine } from '#test/log-line.ts';
import { call, server, traceOf } from '#test/trace.ts';

const answer = (status: number) => ({ failed: true, attributes: { 'http.response.status_code': status } });
const UNKNOWN = { traceId: '', spanId: '' };

describe('a service that counts refused signatures', () => {
  const trace = traceOf(server('till', 'POST /hooks', { ms: 30, ...answer(400) }));
  const own = logLine('till', 20, 'invalid signature', { level: 'error', traceId: trace.traceId });
  const judgedWith = (text: string, { at = -40_000, service = 'till', level = 'error' } = {}) => {
    const lines = linesOfTrace(trace, [logLine(service, at, text, { level, ...UNKNOWN }), own], { several: false });
    return diagnosed(trace, lines).diagnosis?.service;
  };

  test('refuses all of them', () => {
    expect(judgedWith('invalid signature (412 webhooks refused in the last hour)')).toBe('till');
    expect(judgedWith('invalid signature, every webhook')).toBe('till');
  });

  test.each([
    ['it counts none', 'invalid signature', {}],
    ['that was long ago', 'invalid signature, every webhook', { at: -4_000_000 }],
    ['another service counts', 'invalid signature, every webhook', { service: 'mails' }],
    ['it is a remark', 'invalid signature, every webhook', { level: 'info' }],
    ['it counts something else', 'no route, every webhook', {}],
  ])('and refuses one where %s', (_, text, options) => {
    expect(judgedWith(text, options)).toBeUndefined();
  });
});

describe('a process behind an edge that answered 502', () => {
  const HEAP = 'FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory';
  const named = (lines: readonly (readonly [string, number, string])[], status = 502) => {
    const attributes = { 'http.response.status_code': status, 'server.address': 'ferry.example' };
    const trace = traceOf(call('page', 'ferry.example', 'GET', { ms: 400, failed: true, attributes }));
    const all = lines.map(([service, at, text]) => logLine(service, at, text, { level: 'fatal', ...UNKNOWN }));
    const own = linesOfTrace(trace, all, { several: false });
    return { service: diagnosed(trace, own).diagnosis?.service, line: endingBehindEdge(trace, trace.root, own) };
  };

  test('is named by its last line', () => {
    expect(named([['web', 390, HEAP]])).toMatchObject({ service: 'web', line: { line: { service: 'web' } } });
  });

  test.each<[string, Parameters<typeof named>]>([
    ['it ended before', [[['web', -900, HEAP]]]],
    [
      'another one ended, too',
      [
        [
          ['web', 390, HEAP],
          ['mails', 380, HEAP],
        ],
      ],
    ],
    ['it only logs', [[['web', 390, 'GET /ferries 200']]]],
    ['the edge refused the request', [[['web', 390, HEAP]], 404]],
  ])('is not where %s', (_, args) => {
    expect(named(...args).line).toBeUndefined();
  });
});

describe('a workflow whose definition cannot go on', () => {
  const judgedWith = (text: string, peer = 'claims-flow') => {
    const trace = traceOf(
      server('claims', 'POST /claims', { ms: 90, ...answer(500) }, [
        call(
          'claims',
          'flights',
          'StartSyncExecution',
          { at: 4, ms: 80, failed: true, attributes: { 'peer.service': peer } },
          [server('flights', 'lookup', { at: 4, ms: 50 })],
        ),
      ]),
    );
    const [at] = [trace.firstChild(trace.root) ?? 0];
    const line = logLine('claims', 84, text, { level: 'error', traceId: trace.traceId, spanId: trace.spanId(at) });
    return diagnosed(trace, linesOfTrace(trace, [line], { several: false })).diagnosis;
  };

  test('is named, and not its task or its caller', () => {
    const diagnosis = judgedWith('execution failed: States.DataLimitExceeded: the result is too large');
    expect(diagnosis).toMatchObject({ service: 'claims-flow' });
    expect(diagnosis?.verdict).toContain('to claims-flow failed');
  });

  test('is not where a task failed, or where no workflow is named', () => {
    expect(judgedWith('execution failed: States.TaskFailed')?.service).toBe('claims');
    expect(judgedWith('execution failed: States.DataLimitExceeded', 'claims')?.service).toBe('claims');
  });
});
