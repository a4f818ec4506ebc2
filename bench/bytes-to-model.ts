/** Bytes in memory to the trace with its critical path: no detector, no report. */
import { readFileSync } from 'node:fs';
import { traceBody } from '#decode/trace-body.ts';
import { buildTrace } from '#model/trace/build/trace-builder.ts';
import { pathSteps } from '#model/trace/views/critical-path.ts';
import { peakMb } from './measure.ts';
import { pieces } from './pieces.ts';

const bytes = readFileSync(process.argv[2] ?? '');
const begun = performance.now();
const body = traceBody('jaeger-json', 'jaeger');
for (const piece of pieces(bytes)) body.push(piece);
const [decoded] = body.end();
if (decoded === undefined) throw new Error('no trace was decoded');
const steps = pathSteps(buildTrace(decoded.spans, decoded.traceId)).count;
console.log(JSON.stringify({ ms: performance.now() - begun, peakMb: peakMb() }));
if (steps === 0) throw new Error('the critical path is empty');
