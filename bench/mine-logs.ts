/** A file of log lines to its templates, in a worker as a session has it; this process tells the time. */
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { passingFileBytes } from '#adapters/files/bytes.ts';
import { YOUNG_MB } from '#analyse/pool.ts';
import { logBody } from '#decode/log-body.ts';
import { logTemplates } from '#model/logs/log-templates.ts';

if (isMainThread) {
  const begun = performance.now();
  // What tells the peak of the process is loaded here alone.
  const worker = new Worker(new URL(import.meta.url), {
    workerData: process.argv[2],
    execArgv: [],
    resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MB },
  });
  worker.once('message', (told: object) => {
    console.log(JSON.stringify({ ...told, ms: performance.now() - begun }));
  });
} else {
  const body = logBody('auto', 'bench');
  for await (const chunk of passingFileBytes(String(workerData))) body.push(chunk);
  const lines = body.end();
  parentPort?.postMessage({ lines: lines.length, templates: logTemplates(lines).all.length });
}
