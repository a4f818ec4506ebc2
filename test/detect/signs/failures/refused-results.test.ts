/** A task that went well and whose result its engine refuses; and the twins in which it does not. */
import { describe, expect, test } from 'vitest';
import { refusedResult } from '#detect/signs/failures/refused-results.ts';
import { taskWithLargeResult } from '#model/instruments/workflow-words.ts';
import { diagnosed } from '#test/diagnosed.ts';
import { logLine } from '#test/log-line.ts';
import { server, traceOf } from '#test/trace.ts';

const TOO_LARGE =
  '{"type":"TaskFailed","error":"States.DataLimitExceeded","cause":"The state/task \'arn:aws:lambda:eu-west-1:7:function:gather\' returned a result with a size exceeding the maximum number of bytes service limit."}';

function ran({ said = TOO_LARGE, atMs = 420, failed = false } = {}) {
  const attributes = { 'faas.trigger': 'other', 'faas.invoked_name': 'gather' };
  const trace = traceOf(server('eggs', 'eggs', { ms: 400, failed, attributes }));
  const line = { ...logLine('engine', atMs, said, { level: 'error', traceId: '', spanId: '' }), rung: 'time' } as const;
  return { trace, lines: [line] };
}

describe('an engine that refuses the result of a task', () => {
  test('the task is named, modestly', () => {
    const { trace, lines } = ran();
    expect(diagnosed(trace, lines).diagnosis).toMatchObject({
      kind: 'error-origin',
      service: 'eggs',
      status: 'inconclusive',
    });
  });

  test.each([
    ['the line names another task', { said: TOO_LARGE.replace('gather', 'print') }],
    ['the line came long after', { atMs: 5_000 }],
    ['the line came while the task ran', { atMs: 200 }],
    ['the task failed itself', { failed: true }],
    ['the engine took the result', { said: '{"type":"TaskSucceeded","name":"gather","size":812}' }],
  ])('nothing is found where %s', (_, more) => {
    const { trace, lines } = ran(more);
    expect(refusedResult(trace, lines)).toBeUndefined();
  });
});

test.each([
  [TOO_LARGE, 'gather'],
  ["The state/task 'UpdateMembers' returned a result with a size exceeding the maximum", 'UpdateMembers'],
  ['{"ActivityType":"PickEggs","error":"Complete result exceeds size limit."}', 'PickEggs'],
  ["The state/task 'gather' returned a result that cannot be parsed", ''],
  ['size of the upload exceeds the limit', ''],
])('%s', (line, task) => {
  expect(taskWithLargeResult(line)).toBe(task);
});
