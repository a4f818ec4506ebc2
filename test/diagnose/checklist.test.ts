import { expect, test } from 'vitest';
import { CHECKLIST } from '#model/incident/checklist.ts';
import { guideMethods } from '#test/guide-methods.ts';
import { methodsOfTrace } from '#test/methods-of-trace.ts';
import { query, server, traceOf } from '#test/trace.ts';

const ticked = ({ checklist }: Pick<Awaited<ReturnType<typeof guideMethods>>, 'checklist'>) =>
  checklist.flatMap(({ items }) => items.filter(({ done }) => done !== '').map(({ id }) => id));

test('the boxes of the guide: 5, 10, 15, 20, 10 minutes', () => {
  expect(CHECKLIST.map(({ minutes }) => minutes)).toEqual([5, 10, 15, 20, 10]);
});

test('what was done is ticked, what only people do is open', async () => {
  const ids = ticked(await guideMethods('model-server-oom'));
  expect(ids).toEqual(expect.arrayContaining(['first-error', 'trace-id', 'clocks', 'waterfall', 'hypothesis']));
  for (const open of ['timeframe', 'severity', 'deployments', 'hypothesis-tested', 'workaround', 'postmortem']) {
    expect(ids).not.toContain(open);
  }
});

test('logs are ticked only where lines came', () => {
  const slow = traceOf(server('shop', 'GET /', { ms: 900 }, [query('shop', 'SELECT 1', { at: 2, ms: 890 })]));
  expect(ticked(methodsOfTrace(slow))).not.toContain('logs-by-trace');
  expect(ticked(methodsOfTrace(slow))).not.toContain('slowest-service-log');
});
