/**
 * Runs the real `./spanhound` as a child process. Its environment holds what the test gives it, and the patience of a
 * slow machine.
 */
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { PATIENCE } from '#test/patience.ts';

export const SPANHOUND = fileURLToPath(new URL('../../spanhound', import.meta.url));

export type Finished = Readonly<{ code: number | null; stdout: string; stderr: string; bytes: Buffer }>;

export type RunOptions = Readonly<{
  env?: Readonly<Record<string, string>>;
  stdin?: string | Uint8Array;
  cwd?: string;
}>;

export function spanhound(args: readonly string[], options: RunOptions = {}): Promise<Finished> {
  // An analysis of files waits for nobody, and starts in half of the time where nothing is set.
  const env = args[0] === 'analyze' ? options.env : { ...PATIENCE, ...options.env };
  return runProgram(SPANHOUND, args, { ...options, ...(env && { env }) });
}

export async function runProgram(
  program: string,
  args: readonly string[],
  { env = {}, stdin = '', cwd = process.cwd() }: RunOptions = {},
): Promise<Finished> {
  const child = spawn(program, args, { cwd, env: { PATH: process.env.PATH, ...env } });
  const [out, err]: [Buffer[], Buffer[]] = [[], []];
  child.stdout.on('data', (chunk) => out.push(chunk));
  child.stderr.on('data', (chunk) => err.push(chunk));
  child.stdin.on('error', () => undefined); // it may end without having read
  child.stdin.end(stdin);
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', resolve);
  });
  const bytes = Buffer.concat(out);
  return { code, bytes, stdout: bytes.toString(), stderr: Buffer.concat(err).toString() };
}
