/**
 * What explores or takes long, and is no part of the gate.
 *
 *   npm run deep                  all parts
 *   npm run deep -- PART [PART…]  these parts, such as `storm`
 *
 * Each part writes its row of docs/deep-run.md. A part that takes more than 25 minutes ends with its children. Ends with
 * 1 if a part is red or was stopped.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { PARTS, type Part } from './deep/parts.ts';
import { LIMIT_MINUTES, notRun, type Result, resultOf, withRow } from './deep/rows.ts';
import { runCommands } from './deep/run-commands.ts';

const PAGE = 'docs/deep-run.md';

process.chdir(fileURLToPath(new URL('../', import.meta.url)));
const names = process.argv.slice(2);
const unknown = names.filter((name) => !PARTS.some((part) => part.name === name));
if (unknown.length > 0) {
  console.error(`no part ${unknown.join(', ')}; the parts are ${PARTS.map(({ name }) => name).join(', ')}`);
  process.exit(2);
}

const stop = new AbortController();
// More than once: `timeout` and shells signal a process and its group.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => stop.abort());
for (const part of PARTS.filter(({ name }) => names.length === 0 || names.includes(name))) {
  if (stop.signal.aborted) break;
  const state = await runPart(part);
  if (state === 'red' || state === 'stopped') process.exitCode = 1;
}

async function runPart(part: Part): Promise<Result['state']> {
  console.log(`━━ ${part.name}`);
  const [begun, date, commit] = [performance.now(), new Date().toISOString().slice(0, 10), commitNow()];
  const { state, shown } = await resultNow(part);
  const seconds = String(Math.round((performance.now() - begun) / 1_000));
  // Read anew: another part may have ended meanwhile.
  writeFileSync(PAGE, withRow(readFileSync(PAGE, 'utf8'), { part: part.name, date, commit, seconds, result: shown }));
  console.log(`━━ ${part.name}: ${seconds} s, ${shown}`);
  return state;
}

async function resultNow(part: Part): Promise<Result> {
  const missing = await part.missing?.();
  if (missing !== undefined) return notRun(missing);
  const limitMs = LIMIT_MINUTES * 60_000;
  const show = (text: string) => void process.stdout.write(text);
  return resultOf(part, await runCommands(part.runs(), { limitMs, stop: stop.signal, show }));
}

/** The page itself changes with each part, and a linked folder of packages is no change. */
function commitNow(): string {
  const git = (...args: string[]) => execFileSync('git', args, { encoding: 'utf8' }).trim();
  const changes = git('status', '--porcelain', '--', '.', `:!${PAGE}`, ':!node_modules');
  return git('rev-parse', '--short', 'HEAD') + (changes === '' ? '' : ' + changes');
}
