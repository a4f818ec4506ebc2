/** Runs commands one after the other, within a time, and ends them with all of their children. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { stripVTControlCharacters } from 'node:util';

export type Run = Readonly<{
  command: readonly [program: string, ...args: string[]];
  env?: Readonly<Record<string, string>>;
  cwd?: string;
  /** @default 1 */
  tries?: number;
  /** The command ends with it where the machine lacks what it needs. */
  missingCode?: number;
}>;

export type Ran = Readonly<{
  /** Both streams, as they came, without colours. */
  output: string;
  end: 'passed' | 'failed' | 'missing' | 'late' | 'stopped';
}>;

/** Servers that tests started need a moment to end by themselves. */
const END_WITHIN_MS = 10_000;

/** `show` gets the output while it comes. */
export async function runCommands(
  runs: readonly Run[],
  { limitMs, stop, show }: Readonly<{ limitMs: number; stop: AbortSignal; show: (text: string) => void }>,
): Promise<Ran> {
  const late = AbortSignal.timeout(limitMs);
  const ended = AbortSignal.any([late, stop]);
  let output = '';
  const take = (text: string) => {
    output += stripVTControlCharacters(text);
    show(text);
  };
  for (const run of runs) {
    const code = await lastCode(run, ended, take);
    if (stop.aborted) return { output, end: 'stopped' };
    if (late.aborted) return { output, end: 'late' };
    if (code !== 0) return { output, end: code === run.missingCode ? 'missing' : 'failed' };
  }
  return { output, end: 'passed' };
}

async function lastCode(run: Run, ended: AbortSignal, take: (text: string) => void): Promise<number | null> {
  for (let left = run.tries ?? 1; ; left -= 1) {
    const code = await codeOf(run, ended, take);
    if (code === 0 || code === run.missingCode || left <= 1 || ended.aborted) return code;
  }
}

async function codeOf(
  { command: [program, ...args], env, cwd }: Run,
  ended: AbortSignal,
  take: (text: string) => void,
): Promise<number | null> {
  if (ended.aborted) return null;
  // A group of its own: one signal reaches the children of the children.
  const child = spawn(program, args, {
    detached: true,
    cwd,
    env: { ...process.env, NO_COLOR: '1', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', take);
  const end = () => endGroup(child.pid);
  ended.addEventListener('abort', end, { once: true });
  try {
    const [code] = await once(child, 'close');
    return code;
  } catch (error) {
    take(`${program}: ${error instanceof Error ? error.message : error}\n`);
    return null;
  } finally {
    ended.removeEventListener('abort', end);
  }
}

function endGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  signalGroup(pid, 'SIGTERM');
  // Whoever holds on to the output keeps the command open until then.
  setTimeout(() => signalGroup(pid, 'SIGKILL'), END_WITHIN_MS).unref();
}

function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch {
    // All of them have ended.
  }
}

export function isProgram(name: string): boolean {
  return spawnSync(name, ['--version'], { stdio: 'ignore' }).error === undefined;
}
