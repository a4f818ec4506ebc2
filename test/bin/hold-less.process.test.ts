/** What `bin/hold-less.mjs` sets reaches the threads of the bot, and the libraries that they load. */
import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import { runProgram } from '../cli/run-spanhound.ts';

const PICTURE_BYTES = 2_000 * 8_000 * 4;

const IN_A_THREAD = `
  import { drawPng } from '${pathToFileURL('src/analyse/draw-png.ts')}';
  const draw = (height) =>
    drawPng(\`<svg width="2000" height="\${height}" viewBox="0 0 2000 \${height}" xmlns="http://www.w3.org/2000/svg"><path fill="red" d="M0 0h2000v8000H0z"/></svg>\`);
  await draw(10);
  const before = process.memoryUsage.rss();
  await draw(8000);
  const most = process.resourceUsage().maxRSS * 1024 - before;
  // What is collected is freed in the next turn of the loop.
  setImmediate(() => console.log(JSON.stringify({ kept: process.memoryUsage.rss() - before, most })));
`;

// Without the settings it keeps the picture twice; with the collection alone, once. Drawn at once, it takes it twice.
test('a thread of the bot takes and keeps little of the picture that it draws', { tags: ['deep'] }, async () => {
  const thread = `data:text/javascript,${encodeURIComponent(IN_A_THREAD)}`;
  const program = `new (require('node:worker_threads').Worker)(new URL(${JSON.stringify(thread)}))`;
  const { stdout } = await runProgram(process.execPath, ['--import', './bin/hold-less.mjs', '-e', program]);
  const { kept, most } = JSON.parse(stdout) as { kept: number; most: number };
  expect(kept).toBeLessThan(PICTURE_BYTES / 2);
  expect(most).toBeLessThan(PICTURE_BYTES);
});
