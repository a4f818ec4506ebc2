/** How a method cites the evidence for its statements. */

import type { EvidenceItem } from '#model/finding/finding.ts';
import type { Citation } from '#model/finding/methods.ts';
import { durationText } from '#model/text/duration.ts';
import type { SpanIndex } from '#model/trace/columns.ts';
import type { Trace } from '#model/trace/trace.ts';

export function citeSpan(trace: Trace, span: SpanIndex): Citation {
  const failed = trace.failed(span) ? ', failed' : '';
  const text = `${trace.service(span)} ${trace.operation(span)}: ${durationText(trace.durationOfUs(span))}${failed}`;
  return { kind: 'span', ref: trace.spanId(span), text, url: '' };
}

export function citeItem({ kind, ref, text }: EvidenceItem): Citation {
  return { kind, ref, text, url: '' };
}

/** Cites an entry of the report by its number, or a detector by its id. */
export function cite(kind: 'finding' | 'ruled-out' | 'detector', ref: string | number, text: string): Citation {
  return { kind, ref: `${ref}`, text, url: '' };
}
