/** Calls below a mesh's proxy belong to the service whose own span was lost, where most of their spans say so. */
import { expect, test } from 'vitest';
import { type SpanRow, traceFrom } from '#model/trace/build/span-rows.ts';
import { callingService } from '#model/trace/views/call-span.ts';
import { times } from '#test/trace.ts';

const span = (id: string, parentId: string | undefined, service: string, more: Partial<SpanRow> = {}): SpanRow => ({
  id,
  parentId,
  service,
  operation: id,
  kind: 'client',
  startUs: 1_000_000,
  durationUs: 400_000,
  failed: undefined,
  attributes: {},
  ...more,
});
const each = (i: number) => ({ startUs: 1_010_000 + i * 20_000, durationUs: 15_000 });

/** Who makes the calls below `egress`, whose callee's span is `lost` or there. */
function callerOf(parent: string, services: readonly string[]) {
  const trace = traceFrom([
    span('ingress', undefined, 'mesh', { kind: 'server', durationUs: 500_000 }),
    span('egress', 'ingress', 'mesh', { attributes: { 'peer.service': 'yield' } }),
    ...services.map((service, i) =>
      span(`call ${i}`, parent, service, { ...each(i), kind: service === 'panels' ? 'server' : 'client' }),
    ),
  ]);
  const calls = times(trace.spanCount, (at) => at).filter((at) => trace.operation(at).startsWith('call'));
  return callingService(trace, trace.parent(calls[0] ?? 0) ?? trace.root, calls);
}

test('the service of the calls makes them where its own span was lost', () => {
  expect(callerOf('lost', ['yield', 'yield', 'yield'])).toBe('yield');
  expect(callerOf('lost', ['yield', 'yield', 'panels'])).toBe('yield');
});

test('the caller makes them where its span is there, or their services differ', () => {
  expect(callerOf('egress', ['yield', 'yield', 'yield'])).toBe('mesh');
  expect(callerOf('lost', ['yield', 'tax', 'yield'])).toBe('mesh');
});
