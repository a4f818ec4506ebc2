/** Whom a call went to, where only its address says so: older HTTP clients, such as Python's requests, record no peer. */
import type { SpanIndex } from '#model/trace/columns.ts';
import { serviceNamed, withoutClusterDomain } from '#model/trace/service-names.ts';
import type { Trace } from '#model/trace/trace.ts';
import { callee } from '#model/trace/views/call-numbers.ts';

/** The callee; without a recorded peer the host of the address, by its own service name where it has one in this trace. */
export function calledName(trace: Trace, span: SpanIndex): string {
  const recorded = callee(trace, span);
  if (recorded !== '' || trace.kind(span) !== 'client') return recorded;
  const host = hostInAddress(trace, span);
  return host === '' ? '' : (serviceNamed(trace.services)(host) ?? withoutClusterDomain(host));
}

/** Without its port. */
export function hostInAddress(trace: Trace, span: SpanIndex): string {
  return ADDRESS.exec(trace.text(span, 'url.full'))?.[1] ?? '';
}

const ADDRESS = /^\w{1,20}:\/\/(?:[^@/?#]{0,200}@)?([^/?#:]{1,253})/;
