/** Medians and spreads, and measuring a process as a whole. Nothing here judges: a number that is too large fails no run. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';

export type Sample = Readonly<{ median: number; lowest: number; highest: number }>;

/** `×` is a ratio of two numbers of one round. */
export type Unit = 'ms' | 'MB' | 'KB' | '×' | 'rows';

/** A line of the table. What it may be at most, and what it should be; without both it is there for comparison. */
export type Row = Readonly<{ what: string; sample: Sample; unit: Unit; must?: number; aim?: number }>;

export function sampleOf(values: readonly number[]): Sample {
  const sorted = values.toSorted((a, b) => a - b);
  return {
    median: sorted[Math.floor(sorted.length / 2)] ?? Number.NaN,
    lowest: sorted[0] ?? Number.NaN,
    highest: sorted.at(-1) ?? Number.NaN,
  };
}

/** Taken round by round: neighbours in time share what else the machine does. */
export function ratioOf(values: readonly number[], base: readonly number[]): Sample {
  return sampleOf(values.map((value, round) => value / (base[round] ?? Number.NaN)));
}

export function spansText(spans: number): string {
  return `${spans.toLocaleString('en')} spans`;
}

/** Runs a file of this folder in a process of its own, so that no heap and no compiled code is shared: its last line. */
export async function tellingProcess<T>(file: string, args: readonly string[]): Promise<T> {
  const path = new URL(file, import.meta.url).pathname;
  const { output } = await wholeProcess([path, ...args]);
  return JSON.parse(output.trim().split('\n').at(-1) ?? '') as T;
}

/** As `./spanhound` starts it. */
export const CLI = [
  '--min-semi-space-size=4',
  '--max-semi-space-size=4',
  new URL('../bin/spanhound.mjs', import.meta.url).pathname,
] as const;

/** From the start of a Node process to its end. */
export async function wholeProcess(
  args: readonly string[],
  env: NodeJS.ProcessEnv = process.env,
): Promise<{ ms: number; output: string; told: string }> {
  const begun = performance.now();
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe', 'pipe'], env });
  const [output, problems, told, [code]] = await Promise.all([
    text(child.stdout as Readable),
    text(child.stderr as Readable),
    text(child.stdio[3] as Readable),
    once(child, 'close'),
  ]);
  const ms = performance.now() - begun;
  if (code !== 0) throw new Error(`node ${args.join(' ')} ended with ${code}: ${problems.slice(-2000)}`);
  return { ms, output, told };
}

/** The same, of a process whose output nobody reads, however much it is. */
export async function timeOfProcess(args: readonly string[]): Promise<number> {
  const begun = performance.now();
  const child = spawn(process.execPath, args, { stdio: 'ignore' });
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`node ${args.join(' ')} ended with ${code}`);
  return performance.now() - begun;
}

const TELL_PEAK = new URL('./tell-peak.ts', import.meta.url).pathname;

/** The most memory that a Node process held, in MB. Measured apart from its time, which the measuring would lengthen. */
export async function peakOfProcess(args: readonly string[]): Promise<number> {
  // What tells the peak must not add to it: without its compiled code at hand the stripper of types would be loaded.
  const env = { ...process.env, NODE_COMPILE_CACHE: join(tmpdir(), 'spanhound-bench-compiled') };
  const peak = async () => Number((await wholeProcess(['--import', TELL_PEAK, ...args], env)).told);
  await peak();
  return await peak();
}

export function peakMb(): number {
  return process.resourceUsage().maxRSS / 1024; // it is in kilobytes
}
