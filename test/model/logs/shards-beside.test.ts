/** The answer of a store has no id of the request, and stays beside the lines that have one. */
import { expect, test } from 'vitest';
import { linesOfTrace } from '#model/logs/log-correlation.ts';
import { logLine } from '#test/log-line.ts';
import { server, traceOf } from '#test/trace.ts';

test.each([
  ['a search without some shards', '{"took":9,"_shards":{"total":4,"successful":3,"failed":1}}', 2],
  ['a search with all shards', '{"took":9,"_shards":{"total":4,"successful":4,"failed":0}}', 1],
])('%s', (_, said, kept) => {
  const trace = traceOf(server('finder', 'GET /find', { ms: 240 }));
  const lines = [
    logLine('finder', 20, said, { traceId: '', spanId: '' }),
    logLine('finder', 30, '7 hits', { traceId: trace.traceId }),
  ];
  expect(linesOfTrace(trace, lines, { several: false })).toHaveLength(kept);
});
