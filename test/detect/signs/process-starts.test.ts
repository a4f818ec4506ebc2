import { expect, test } from 'vitest';
import { isNamedStart, startsOf } from '#detect/signs/process-starts.ts';
import { lengthOf } from '#model/trace/views/path-within.ts';
import { call, server, span, traceOf } from '#test/trace.ts';

test('a marked span loses the time before it began and its initialisation', () => {
  const trace = traceOf(
    server('api', 'POST /', { ms: 1000 }, [
      call('api', 'fn', 'POST fn', { ms: 1000 }, [
        server('fn', 'fn', { at: 400, ms: 600, attributes: { 'faas.coldstart': true } }, [
          span('fn', 'init', { at: 400, ms: 200 }),
          span('fn', 'work', { at: 600, ms: 400 }),
        ]),
      ]),
    ]),
  );
  const [start] = startsOf(trace);
  expect(start).toMatchObject({ flagged: true, item: { text: 'fn: faas.coldstart = true' } });
  expect(lengthOf(start?.lost ?? [])).toBe(600_000);
});

test('without a mark, initialisation before other work is a start', () => {
  const steps = (operation: string) =>
    traceOf(
      server('fn', 'fn', { ms: 1000 }, [span('fn', operation, { ms: 300 }), span('fn', 'work', { at: 300, ms: 700 })]),
    );
  const [start] = startsOf(steps('load_model'));
  expect(start).toMatchObject({ flagged: false, item: { text: 'load_model' } });
  expect(start && isNamedStart(start)).toBe(false);
  expect(startsOf(steps('initialize payment'))).toEqual([]);
});
