/** How to read spans of one format. */

import type { DetailFormat } from '#decode/span-slices.ts';
import type { JsonObject } from '#model/text/json-object.ts';
import type { SpanRow } from '#model/trace/build/span-rows.ts';

/** The column values of one span, or their input. */
export type SpanHead = Readonly<{ traceId: string; hasEvents: boolean }> &
  Pick<
    SpanRow,
    'id' | 'parentId' | 'operation' | 'kind' | 'startUs' | 'durationUs' | 'failed' | 'scope' | 'attributes' | 'flaws'
  >;

export type SpanFormat = DetailFormat & Readonly<{ headOf(span: JsonObject): SpanHead }>;
