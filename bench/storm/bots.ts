/** The real bot in processes of its own, on SQLite or as replicas on a real Postgres, against the Slack of the tests. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { postgresStore } from '#adapters/postgres-store/postgres-store.ts';
import { sqlite } from '#adapters/sqlite/sqlite.ts';
import { systemClock } from '#core/clock.ts';
import { uuidV7 } from '#core/ids.ts';
import { databaseAddress } from '#model/sql/database-address.ts';
import { openStore, type Store } from '#record/store.ts';
import { botEnvironment } from '#test/bot.ts';
import type { SlackSide } from '#test/slack-side.ts';
import { freePort, startPostgres } from '../../test/backends/servers.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
/** The database allows so many: each replica opens eleven, and the bench some of its own. */
const CONNECTIONS = 60;

export type RunningBot = Readonly<{ process: ChildProcess; url: string }>;

/** `replicas`: with none, one process on SQLite. */
export async function startBots(
  replicas: number,
  { slack, ...backends }: Readonly<{ slack: SlackSide; jaegerUrl: string; lokiUrl: string }>,
) {
  const dataFolder = await mkdtemp(join(tmpdir(), 'spanhound-bench-storm-'));
  const postgres = replicas > 0 ? await startPostgres(CONNECTIONS, { fsync: 'on' }) : undefined;
  const databaseUrl = postgres?.url('postgres', 'postgres') ?? '';
  const bots = await Promise.all(Array.from({ length: Math.max(replicas, 1) }, startBot));

  async function startBot(): Promise<RunningBot> {
    const port = await freePort();
    const bot = spawn(process.execPath, ['--max-semi-space-size=2', 'bin/start.mjs'], {
      cwd: ROOT,
      env: {
        PATH: process.env.PATH,
        LOG_LEVEL: 'error',
        MALLOC_ARENA_MAX: '2', // as in the Dockerfile
        ...botEnvironment({ slack, ...backends, dataFolder, env: { ALERTMANAGER_TOKEN: 't0ken' } }),
        ALERTS_CHANNEL: slack.channel,
        PORT: `${port}`,
        ...(postgres && { DATABASE_URL: databaseUrl, SPANHOUND_REDACTION_KEY: 'the same in all replicas' }),
      },
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    const url = `http://127.0.0.1:${port}`;
    const isUp = async () => (await fetch(`${url}/readyz`)).ok;
    while (!(await isUp().catch(() => false))) {
      if (bot.exitCode !== null) throw new Error('the bot did not start');
      await setTimeout(50);
    }
    return { process: bot, url };
  }

  return {
    bots,
    /** The store, to look at what the bots do. */
    openStore: async (): Promise<Store> =>
      await openStore({
        ...(postgres
          ? postgresStore({ address: databaseAddress(databaseUrl, 'postgresql'), max: 2 })
          : sqlite(join(dataFolder, 'spanhound.db'))),
        clock: systemClock,
        newId: uuidV7(systemClock),
        asItIs: true,
      }),
    async end(): Promise<void> {
      for (const { process: bot } of bots) bot.kill('SIGKILL');
      await postgres?.stop();
      await rm(dataFolder, { recursive: true, force: true });
    },
  };
}

/** User and system time of a process so far, in milliseconds. Linux counts it in hundredths of a second. */
export async function processorMs({ process: bot }: RunningBot): Promise<number> {
  const stat = await readFile(`/proc/${bot.pid}/stat`, 'utf8');
  const [user = 0, system = 0] = stat.slice(stat.lastIndexOf(')')).split(' ').slice(12, 14).map(Number);
  return (user + system) * 10;
}
