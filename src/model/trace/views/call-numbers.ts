/** Caller, callee and operation as numbers: to group many calls without a text for each. */
import type { SpanIndex } from '#model/trace/columns.ts';
import { serviceNamed } from '#model/trace/service-names.ts';
import type { Trace } from '#model/trace/trace.ts';
import { view } from '#model/trace/view.ts';

/** The number of the empty text. */
const NO_TEXT = 0;

/** A number for a call's caller and target: equal for one service, one callee, one name and one shape of query. */
export const callNumbers = view((trace) => {
  const { operation } = trace.columns;
  return numbersOf(trace, (span) => operation[span] ?? 0, callees(trace));
});

/** The same, with other numbers for names and with the recorded peer. */
export function callNumbersBy(trace: Trace, nameOf: (span: SpanIndex) => number): (span: SpanIndex) => number {
  const { peer } = trace.columns;
  return numbersOf(trace, nameOf, (span) => peer[span] ?? 0);
}

/** The numbers of names are smaller than the number of texts. */
function numbersOf(
  trace: Trace,
  nameOf: (span: SpanIndex) => number,
  calleeOf: (span: SpanIndex) => number,
): (span: SpanIndex) => number {
  const { service, queryShape, names } = trace.columns;
  const { spanCount } = trace;
  const texts = names.size();
  const number = (known: Map<number, number>, one: number, other: number) => {
    const pair = one * texts + other;
    const found = known.get(pair) ?? known.size;
    known.set(pair, found);
    return found;
  };
  const whats = new Map<number, number>();
  const whoms = new Map<number, number>();
  return (span) =>
    number(whats, service[span] ?? 0, nameOf(span)) * spanCount + number(whoms, calleeOf(span), queryShape[span] ?? 0);
}

/** The callee, by its own service name where the peer is the host of a service of this trace. */
export function callee(trace: Trace, span: SpanIndex): string {
  return trace.columns.names.text(callees(trace)(span));
}

const callees = view((trace) => {
  const { names, peer } = trace.columns;
  let named: ReturnType<typeof serviceNamed> | undefined;
  const known = new Map<number, number>([[NO_TEXT, NO_TEXT]]);
  return (span: SpanIndex) => {
    const name = peer[span] ?? NO_TEXT;
    const found = known.get(name);
    if (found !== undefined) return found;
    named ??= serviceNamed(trace.services);
    const service = named(names.text(name));
    const number = service === undefined ? name : names.number(service);
    known.set(name, number);
    return number;
  };
});
