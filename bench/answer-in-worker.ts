/** A trace from Jaeger to report, message and picture, in a worker as the bot has it; the thread here is watched. */
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { jaeger } from '#adapters/jaeger/client.ts';
import { workerPool } from '#analyse/pool.ts';
import { feedSession } from '#workflows/traces/feed-session.ts';
import { GENERATED_TRACE_ID, generateTrace } from './generate.ts';
import { DEFAULT_SETTINGS, TRACE_BODY } from './settings.ts';

const RESOLUTION_MS = 1;
const FORMS = { slack: true, png: true };

const pool = workerPool();
await analysed(
  (async function* () {
    yield generateTrace(500); // a bot's first answer starts the thread
  })(),
);

const source = jaeger({ url: new URL(process.argv[2] ?? '') });
const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
delay.enable();
const begun = performance.now();
const { chunks } = await source.openTrace(GENERATED_TRACE_ID, AbortSignal.timeout(60_000));
await analysed(chunks);
const ms = performance.now() - begun;
delay.disable();
// What it measures is the time from one tick to the next.
console.log(JSON.stringify({ ms, longestMs: delay.max / 1e6 - RESOLUTION_MS }));
await pool.stop();
process.exit(); // the client keeps its connection for a while

async function analysed(chunks: AsyncIterable<Uint8Array>): Promise<void> {
  const session = pool.open(DEFAULT_SETTINGS);
  const { failure } = await feedSession(session, 'trace', TRACE_BODY, chunks, 'the trace is not whole');
  if (failure) throw failure;
  const reports = await session.reports(FORMS);
  if (reports.length !== 1) throw new Error(`${reports.length} reports of one trace`);
  await session.close();
}
