/** The program as `npm start` starts it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { OF_EVERY_PROGRAM } from '#test/of-every-program.ts';
import { PATIENCE } from '#test/patience.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** With an environment of its own, so that nothing is configured. */
export function startProgram(): Promise<[ChildProcess, string]> {
  const env = { ...OF_EVERY_PROGRAM, HOME: process.env.HOME, PORT: '0', ...PATIENCE };
  const started = spawn(process.execPath, ['bin/start.mjs'], { cwd: ROOT, env, stdio: ['ignore', 'pipe', 'inherit'] });
  return new Promise((resolve, reject) => {
    let said = '';
    started.stdout.setEncoding('utf8').on('data', (text: string) => {
      said += text;
      const [address] = /http:\/\/localhost:\d+/.exec(said) ?? [];
      if (address) resolve([started, address]);
    });
    started.on('exit', (code) => reject(new Error(`the program ended with ${code}:\n${said}`)));
  });
}
