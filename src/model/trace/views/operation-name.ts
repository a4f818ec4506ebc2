/**
 * The name under which the executions of one operation are compared: without the ids that some instruments write into the
 * names of spans. Each name is read once.
 */

import type { SpanIndex } from '#model/trace/columns.ts';
import { operationTemplate } from '#model/trace/operation-template.ts';
import type { Trace } from '#model/trace/trace.ts';
import { view } from '#model/trace/view.ts';

export function operationName(trace: Trace, span: SpanIndex): string {
  const names = namesOf(trace);
  const number = trace.columns.operation[span] ?? 0;
  const known = names.get(number);
  if (known !== undefined) return known;
  const name = operationTemplate(trace.operation(span));
  names.set(number, name);
  return name;
}

/** By the number of the name in the trace. */
const namesOf = view(() => new Map<number, string>());
