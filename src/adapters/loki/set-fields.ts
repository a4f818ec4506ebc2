/** Answers of Loki's whose lines hold the trace id or the level in fields that a team set. */
import { z } from 'zod';
import { parsed, readText } from '#adapters/http.ts';
import { byFields, type LineFields } from '#adapters/line-fields.ts';
import { lokiStreams } from '#adapters/rewritten-rows.ts';

const Labels = z.record(z.string(), z.string());
const Value = z.tuple([z.string().regex(/^\d{1,20}$/), z.string()]).rest(z.unknown());
const Metadata = z.object({ structuredMetadata: Labels.catch({}) }).catch({ structuredMetadata: {} });
const Answer = z.object({
  data: z.object({ result: z.array(z.object({ stream: Labels, values: z.array(Value) })) }),
});

/**
 * The same lines with the labels that the set fields give. A field is a label, structured metadata, or a part of the
 * line. What is no answer of Loki's stays as it is. It waits for the whole answer, which the backend bounds.
 */
export async function* withSetFields(chunks: AsyncIterable<Uint8Array>, set: LineFields): AsyncGenerator<Uint8Array> {
  if (set.traceField === undefined && set.levelField === undefined) return yield* chunks;
  const text = await readText(chunks);
  const { data } = Answer.safeParse(parsed(text));
  yield data === undefined ? Buffer.from(text) : lokiStreams(linesIn(data, set));
}

function linesIn({ data }: z.output<typeof Answer>, set: LineFields) {
  return data.result.flatMap(({ stream, values }) =>
    values.map(([ns, line, more]) => {
      const labels = { ...stream, ...Metadata.parse(more ?? {}).structuredMetadata };
      return byFields(set, { ns, labels, line }, (field) => labels[labelOf(field)] ?? '');
    }),
  );
}

/** As Loki names it: `trace.id` becomes `trace_id`. */
export function labelOf(field: string): string {
  return field.replace(/^\d/, '_$&').replace(/\W/g, '_');
}
