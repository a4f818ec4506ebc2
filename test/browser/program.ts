/** The program as `npm start` starts it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** A slow machine answers late, and never otherwise. */
const PATIENCE = {
  SPANHOUND_GATHER_DEADLINE_SECONDS: '100',
  SPANHOUND_FIRST_VERDICT_SECONDS: '100',
  SPANHOUND_PICTURE_SECONDS: '60',
  SPANHOUND_PLAYGROUND_WAIT_SECONDS: '60',
};

/** With an environment of its own, so that nothing is configured. */
export function startProgram(): Promise<[ChildProcess, string]> {
  const env = { PATH: process.env.PATH, HOME: process.env.HOME, PORT: '0', ...PATIENCE };
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
