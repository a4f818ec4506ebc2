/**
 * Spans that do the same, under a name that is equal in every trace of the request:
 *
 *  order-service · client · GET /stock/{}        whatever the id in the path
 *  order-service · client · SELECT · the shape   whatever the values in the statement
 */

import type { SpanIndex } from '#model/trace/columns.ts';
import { operationTemplate } from '#model/trace/operation-template.ts';
import type { Trace } from '#model/trace/trace.ts';
import { callNumbers } from '#model/trace/views/call-numbers.ts';

export type SpanGroups = Readonly<{
  count: number;
  /** By span. */
  of: Int32Array;
  name(group: number): string;
  /** In order of start. */
  spans(group: number): Int32Array;
}>;

/** Builds a text per kind of call, not per span. */
export function spanGroups(trace: Trace): SpanGroups {
  const { of, names } = numbered(trace);
  const first = new Int32Array(names.length + 1);
  for (let span = 0; span < of.length; span += 1) first[(of[span] ?? 0) + 1] = (first[(of[span] ?? 0) + 1] ?? 0) + 1;
  for (let group = 0; group < names.length; group += 1)
    first[group + 1] = (first[group + 1] ?? 0) + (first[group] ?? 0);
  const list = new Int32Array(of.length);
  const cursor = first.slice();
  for (let span = 0; span < of.length; span += 1) {
    const group = of[span] ?? 0;
    const at = cursor[group] ?? 0;
    list[at] = span;
    cursor[group] = at + 1;
  }
  return {
    count: names.length,
    of,
    name: (group) => names[group] ?? '',
    spans: (group) => list.subarray(first[group], first[group + 1]),
  };
}

function numbered(trace: Trace): Readonly<{ of: Int32Array; names: readonly string[] }> {
  const of = new Int32Array(trace.spanCount);
  const callNumber = callNumbers(trace);
  /** By target, for each kind of span. */
  const known = new Map<string, Map<number, number>>();
  const byName = new Map<string, number>();
  for (let span = 0; span < trace.spanCount; span += 1) {
    const kind = trace.kind(span);
    const ofKind = known.get(kind) ?? new Map<number, number>();
    known.set(kind, ofKind);
    const number = callNumber(span);
    let group = ofKind.get(number);
    if (group === undefined) {
      const name = nameOf(trace, span);
      group = byName.get(name) ?? byName.size;
      byName.set(name, group);
      ofKind.set(number, group);
    }
    of[span] = group;
  }
  return { of, names: [...byName.keys()] };
}

function nameOf(trace: Trace, span: SpanIndex): string {
  const kind = trace.kind(span);
  const operation = operationTemplate(trace.operation(span));
  const shape = trace.queryShape(span);
  // A client span's name may be only `GET`. Where the name contains the request, the address may differ.
  const isVague = (kind === 'client' || kind === 'producer') && shape === '' && !operation.includes('/');
  return [trace.service(span), kind, operation, shape, isVague ? peerName(trace.peer(span)) : ''].join('\n');
}

/** Addresses change with every restart. */
function peerName(peer: string): string {
  return /^(?:\d{1,3}(?:\.\d{1,3}){3}|\[?[\da-f]*:[\da-f:.]+\]?)(?::\d+)?$/i.test(peer) ? '' : peer;
}
