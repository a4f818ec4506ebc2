/**
 * How many deliveries a minute the store takes and answers: one process on SQLite, then 1, 2 and 4 replicas on a real
 * Postgres on this machine, which syncs every commit. Each delivery is an accepted request, a job and two messages. The
 * rate rises until less than nine tenths are answered in time. docs/scaling.md has the figures.
 *   node bench/replicas/run.ts [--seconds 15] [--rate 600]
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { startPostgres } from '../../test/backends/servers.ts';

const WORKER = fileURLToPath(new URL('worker.ts', import.meta.url));
const { values } = parseArgs({
  options: { seconds: { type: 'string', default: '15' }, rate: { type: 'string' } },
});
const SECONDS = Number(values.seconds);
const CONNECTIONS = 60;
/** A minute, over all replicas. */
const RATES = values.rate === undefined ? [600, 1_200, 2_400, 4_800, 9_600] : [Number(values.rate)];

type Counts = { accepted: number; answered: number; sent: number; ackMs: number[]; cpuMs: number };

console.log(`${cpus().length} processors, load ${loadavg()[0]?.toFixed(1)} before, ${SECONDS} s each`);
console.log(
  '| store | replicas | offered/min | accepted/min | answered/min | sent/min | ack p50 | ack p99 | processor time of a delivery |',
);
console.log('|---|---|---|---|---|---|---|---|---|');
for (const rate of RATES) {
  const folder = await mkdtemp(join(tmpdir(), 'spanhound-replicas-'));
  const keepsUp = await measured('SQLite', folder, 1, rate);
  await rm(folder, { recursive: true });
  if (!keepsUp) break;
}
for (const replicas of [1, 2, 4]) {
  for (const rate of RATES) {
    const postgres = await startPostgres(CONNECTIONS, { fsync: 'on' });
    const keepsUp = await measured('Postgres', postgres.url('postgres', 'postgres'), replicas, rate);
    await postgres.stop();
    if (!keepsUp) break;
  }
}

async function measured(store: string, place: string, replicas: number, rate: number): Promise<boolean> {
  const each = rate / 60 / replicas;
  const all = await Promise.all(Array.from({ length: replicas }, (_, n) => worker(place, `r${n}`, each)));
  const perMinute = (key: 'accepted' | 'answered' | 'sent') =>
    Math.round((all.reduce((sum, counts) => sum + counts[key], 0) / SECONDS) * 60);
  const answered = all.reduce((sum, counts) => sum + counts.answered, 0);
  const cpuMs = all.reduce((sum, counts) => sum + counts.cpuMs, 0) / Math.max(answered, 1);
  const acks = all.flatMap(({ ackMs }) => ackMs).sort((a, b) => a - b);
  const ack = (share: number) => `${(acks[Math.floor(acks.length * share)] ?? 0).toFixed(0)} ms`;
  console.log(
    `| ${store} | ${replicas} | ${rate} | ${perMinute('accepted')} | ${perMinute('answered')} | ${perMinute('sent')} | ${ack(0.5)} | ${ack(0.99)} | ${cpuMs.toFixed(1)} ms |`,
  );
  return perMinute('answered') > 0.9 * rate;
}

async function worker(place: string, name: string, rate: number): Promise<Counts> {
  const child = spawn(process.execPath, [WORKER, place, `${SECONDS}`, name, `${rate}`], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let text = '';
  child.stdout.on('data', (chunk) => {
    text += chunk;
  });
  await once(child, 'exit');
  return JSON.parse(text) as Counts;
}
