import { readFileSync } from 'node:fs';
import { traceBody } from '#decode/trace-body.ts';
import { buildTrace } from '#model/trace/build/trace-builder.ts';
import type { Trace } from '#model/trace/trace.ts';

/** The one trace of a recorded body. */
export function readTrace(file: string): Trace {
  const body = traceBody('auto', file);
  body.push(readFileSync(file));
  const [first] = body.end();
  if (first === undefined) throw new Error(`${file} holds no trace`);
  return buildTrace(first.spans, first.traceId);
}
