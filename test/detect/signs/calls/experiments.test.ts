import { expect, test } from 'vitest';
import { isOfCandidate } from '#detect/signs/calls/experiments.ts';
import type { SpanIndex } from '#model/trace/columns.ts';
import type { Trace } from '#model/trace/trace.ts';
import { call, type SpanNode, type SpanOptions, server, span, traceOf } from '#test/trace.ts';

const named = (trace: Trace, name: string): SpanIndex =>
  [...Array(trace.spanCount).keys()].find((at) => trace.operation(at) === name) ?? trace.root;

/** An experiment around these sides, and whether the failure at the named span reached nobody. */
const failing = (
  name: string,
  sides: readonly SpanNode[],
  options: SpanOptions = {},
  experiment = 'experiment tax',
) => {
  const trace = traceOf(
    server('till', 'GET /tax', { ms: 90 }, [span('till', experiment, { at: 5, ms: 70, ...options }, sides)]),
  );
  return isOfCandidate(trace, named(trace, name));
};
const ok = (name: string) => span('till', name, { at: 6, ms: 20 });
const bad = (name: string, children: SpanNode[] = []) => span('till', name, { at: 30, ms: 20, failed: true }, children);

test('a candidate that fails beside its control reaches nobody, with all below it', () => {
  expect(failing('candidate', [ok('control'), bad('candidate')])).toBe(true);
  const below = call('till', 'tax-two', 'GET /rate', { at: 31, ms: 10, failed: true });
  expect(failing('GET /rate', [ok('control'), bad('candidate', [below])])).toBe(true);
  expect(failing('read_new', [ok('read_old'), bad('read_new')], {}, 'dual_read accounts')).toBe(true);
  expect(failing('candidate', [bad('candidate')], { attributes: { 'experiment.used': 'control' } })).toBe(true);
});

test('the answer of a candidate that was used, or that is alone, reaches people', () => {
  const used = { attributes: { 'experiment.used': 'candidate' } };
  expect(failing('candidate', [ok('control'), bad('candidate')], used)).toBe(false);
  expect(failing('candidate', [bad('candidate')])).toBe(false);
  expect(failing('read_new', [ok('read_old'), bad('read_new')], {}, 'load accounts')).toBe(false);
});

test('an experiment that fails although its control did not passes the failure on', () => {
  expect(failing('candidate', [ok('control'), bad('candidate')], { failed: true })).toBe(false);
});

test('a control that fails is no candidate', () => {
  expect(failing('control', [bad('control'), ok('candidate')])).toBe(false);
});
