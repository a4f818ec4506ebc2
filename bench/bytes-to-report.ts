/** Bytes in memory to the report through a session in this thread: columns, every detector, diagnosis, report. */
import { readFileSync } from 'node:fs';
import { openSession } from '#analyse/open-session.ts';
import { peakMb } from './measure.ts';
import { pieces } from './pieces.ts';
import { DEFAULT_SETTINGS, TRACE_BODY } from './settings.ts';

const bytes = readFileSync(process.argv[2] ?? '');
const begun = performance.now();
const session = openSession(DEFAULT_SETTINGS);
session.body('trace', TRACE_BODY);
for (const piece of pieces(bytes)) await session.bytes('trace', piece);
await session.end('trace');
const reports = await session.reports({});
console.log(JSON.stringify({ ms: performance.now() - begun, peakMb: peakMb() }));
if (reports.length !== 1) throw new Error(`${reports.length} reports of one trace`);
await session.close();
