/** Medians and spreads, and measuring a process as a whole. Nothing here judges: a number that is too large fails no run. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';

export type Sample = Readonly<{ median: number; lowest: number; highest: number }>;

/** A line of the table. */
export type Row = Readonly<{ what: string; measured: string; spread: string; budget: string }>;

export function sampleOf(values: readonly number[]): Sample {
  const sorted = values.toSorted((a, b) => a - b);
  return {
    median: sorted[Math.floor(sorted.length / 2)] ?? Number.NaN,
    lowest: sorted[0] ?? Number.NaN,
    highest: sorted.at(-1) ?? Number.NaN,
  };
}

export function milliseconds({ median }: Sample): string {
  return `${median.toFixed(median < 10 ? 1 : 0)} ms`;
}

export function spreadOf({ lowest, highest }: Sample): string {
  const digits = highest < 10 ? 1 : 0;
  return `${lowest.toFixed(digits)}–${highest.toFixed(digits)}`;
}

/** What a measured process says of itself in its last line of output. */
export type Told = Readonly<{ ms: number; peakMb: number }>;

/** Runs a file of this folder in a process of its own, so that no heap and no compiled code is shared. */
export async function tellingProcess(file: string, args: readonly string[]): Promise<Told> {
  const path = new URL(file, import.meta.url).pathname;
  const { output } = await wholeProcess(process.execPath, [path, ...args]);
  return JSON.parse(output.trim().split('\n').at(-1) ?? '') as Told;
}

/** From the start of a process to its end. */
export async function wholeProcess(program: string, args: readonly string[]): Promise<{ ms: number; output: string }> {
  const begun = performance.now();
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  const [output, problems, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  const ms = performance.now() - begun;
  if (code !== 0) throw new Error(`${program} ${args.join(' ')} ended with ${code}: ${problems.slice(-2000)}`);
  return { ms, output };
}

/** What a measured process prints at its end. */
export function tell(begun: number): void {
  const ms = performance.now() - begun;
  // maxRSS is in kilobytes.
  console.log(JSON.stringify({ ms, peakMb: process.resourceUsage().maxRSS / 1024 } satisfies Told));
}
