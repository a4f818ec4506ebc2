/** The main thread's event loop while a worker analyses a network answer: this process serves it, another one asks. */
import { createReadStream } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { pipeline } from 'node:stream';
import { listening } from './listening.ts';
import { type Row, sampleOf, spansText, tellingProcess } from './measure.ts';

/** `analysisRows` has written the file. */
const SPANS = 100_000;

export async function loopRows(rounds: number, folder: string): Promise<Row[]> {
  const server = createServer((_, answer) => {
    answer.setHeader('content-type', 'application/json');
    pipeline(createReadStream(join(folder, `${SPANS}.json`)), answer, () => {});
  });
  const url = `http://127.0.0.1:${await listening(server)}`;
  const told: { ms: number; longestMs: number }[] = [];
  try {
    for (let round = 0; round < rounds; round += 1) told.push(await tellingProcess('./answer-in-worker.ts', [url]));
  } finally {
    server.close();
  }
  const longest = sampleOf(told.map(({ longestMs }) => longestMs));
  return [
    {
      what: `network answer to report in a worker, ${spansText(SPANS)}`,
      sample: sampleOf(told.map(({ ms }) => ms)),
      unit: 'ms',
    },
    { what: '  longest delay of the main thread', sample: longest, unit: 'ms', must: 50, aim: 10 },
  ];
}
