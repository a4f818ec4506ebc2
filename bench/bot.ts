/** `npm start` with nothing configured, as its own process: how soon it is ready, and what it holds while idle. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { listening } from './listening.ts';
import { type Row, sampleOf } from './measure.ts';

const START = new URL('../bin/start.mjs', import.meta.url).pathname;

/** By then what the start left behind is collected. */
const IDLE_AFTER_MS = 3_000;
const GIVE_UP_AFTER_MS = 30_000;

export async function botRows(rounds: number, folder: string): Promise<Row[]> {
  const starts: number[] = [];
  const idle: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const { readyMs, idleMb } = await startOnce(folder);
    starts.push(readyMs);
    idle.push(idleMb);
  }
  return [
    { what: 'start to ready', sample: sampleOf(starts), unit: 'ms', must: 2_000 },
    { what: '  resident while idle', sample: sampleOf(idle), unit: 'MB', must: 180 },
  ];
}

async function startOnce(folder: string): Promise<{ readyMs: number; idleMb: number }> {
  const port = await freePort();
  const begun = performance.now();
  const bot = spawn(process.execPath, [START], {
    env: { PATH: process.env.PATH, HOME: process.env.HOME, PORT: `${port}`, SPANHOUND_DATA: folder },
    stdio: 'ignore',
  });
  try {
    await ready(`http://127.0.0.1:${port}/readyz`, begun + GIVE_UP_AFTER_MS);
    const readyMs = performance.now() - begun;
    await sleep(IDLE_AFTER_MS);
    return { readyMs, idleMb: await residentMb(bot.pid) };
  } finally {
    bot.kill('SIGTERM');
    if (bot.exitCode === null) await once(bot, 'exit');
  }
}

async function ready(url: string, deadline: number): Promise<void> {
  while (performance.now() < deadline) {
    const answer = await fetch(url).catch(() => undefined);
    await answer?.arrayBuffer();
    if (answer?.ok) return;
    await sleep(10);
  }
  throw new Error(`the bot was not ready within ${GIVE_UP_AFTER_MS / 1000} s`);
}

/** Linux only, as are the budgets. */
async function residentMb(pid: number | undefined): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1]) / 1024;
}

async function freePort(): Promise<number> {
  const server = createServer();
  const port = await listening(server);
  server.close();
  return port;
}
