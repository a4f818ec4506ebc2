/** The way of one trace through a session, in this thread: bytes, columns, detectors, diagnosis, report. */
import { createReadStream } from 'node:fs';
import { openSession } from '#analyse/open-session.ts';
import { tell } from './measure.ts';
import { DEFAULT_SETTINGS } from './settings.ts';

/** As large as what a socket or a file hands over at best. */
const CHUNK_BYTES = 1_048_576;

const file = process.argv[2] ?? '';
const begun = performance.now();
const session = openSession(DEFAULT_SETTINGS);
session.body('trace', { kind: 'trace', format: 'auto', source: 'file', file, query: { text: '', url: '' } });
for await (const chunk of createReadStream(file, { highWaterMark: CHUNK_BYTES })) {
  await session.bytes('trace', chunk as Uint8Array);
}
await session.end('trace');
const reports = await session.reports({});
tell(begun);
if (reports.length !== 1) throw new Error(`${reports.length} reports of one trace`);
await session.close();
