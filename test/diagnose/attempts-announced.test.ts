/** Warnings that announce another attempt are no headline once a later line tells of its success. */
import { describe, expect, test } from 'vitest';
import { knownDetectors } from '#detect/known.ts';
import { detectors } from '#detect/registry.ts';
import { withinIntent } from '#diagnose/said-as-meant.ts';
import type { CorrelatedLine } from '#model/logs/log-correlation.ts';
import { diagnosed } from '#test/diagnosed.ts';
import { logLine } from '#test/log-line.ts';
import { call, server, traceOf } from '#test/trace.ts';

const known = knownDetectors(detectors);
const answered = { 'http.response.status_code': 200 };
const request = traceOf(
  server('post', 'POST /letters', { ms: 900, attributes: answered }, [
    call('post', 'mail.example', 'smtp send', { at: 20, ms: 100, failed: true }),
  ]),
);

type Said = readonly [level: string, text: string];

function verdictOf(...said: readonly Said[]) {
  const lines = said.map(
    ([level, text], at): CorrelatedLine => ({
      ...logLine('post', 200 + 100 * at, text, { level }),
      rung: 'trace-id',
    }),
  );
  return withinIntent(diagnosed(request, lines), request, lines, known).diagnosis?.kind;
}

const RETRY: Said = ['warn', 'retry: Retry in 1s: Disconnected(421)'];

describe('a failed attempt that the service announced to repeat', () => {
  test.each([
    [RETRY, ['info', "Task letters[12] succeeded in 0.8s: 'sent'"]],
    [
      ['warn', 'server closed the connection, attempt 1 of 3'],
      ['info', 'letter 12 sent (attempt 2)'],
    ],
  ] as const)('is no headline where a later line says that it worked: %s', (warning, then) => {
    expect(verdictOf(warning, then)).toBeUndefined();
  });

  test.each([
    ['nothing says that it worked', [RETRY]],
    ['the success stands before it', [['info', 'letter 11 sent (attempt 2)'], RETRY]],
    ['the last line says that it failed', [RETRY, ['info', 'letter 12 not sent (attempt 2)']]],
    [
      'the service gave up',
      [
        ['warn', 'attempt 3 of 3, gave up'],
        ['info', 'task succeeded'],
      ],
    ],
    ['a warning tells of something else', [RETRY, ['warn', 'letter 13 lost'], ['info', 'letter 12 sent (attempt 2)']]],
    [
      'an error stands beside it',
      [
        ['error', 'retry in 1s'],
        ['info', 'letter 12 sent (attempt 2)'],
      ],
    ],
    ['three attempts failed', [RETRY, RETRY, RETRY, ['info', 'letter 12 sent (attempt 4)']]],
    ['the work only begins again', [RETRY, ['info', 'letter 12 queued (attempt 2)']]],
  ] as const)('is one where %s', (_, said) => {
    expect(verdictOf(...(said as readonly Said[]))).toBe('swallowed-error');
  });
});
