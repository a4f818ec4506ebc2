/**
 * How many analyses a minute the bot finishes while there is always one more to do: `/trace` in many channels and
 * workspaces, so that Slack's pace holds nothing up. An analysis gets the trace, its logs and its neighbours from the
 * backends, runs all detectors and draws the pictures. docs/scaling.md has the figures.
 *
 *   npm run pack && node bench/storm/analyses.ts [--seconds 45] [--replicas 2]
 */
import { cpus, loadavg } from 'node:os';
import { setTimeout } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import type { Store } from '#record/store.ts';
import { openSlackSide, sendToBot } from '#test/slack-side.ts';
import { openStormBackends, traceIdAt } from './backends.ts';
import { processorMs, startBots } from './bots.ts';

const { values } = parseArgs({
  options: { seconds: { type: 'string', default: '45' }, replicas: { type: 'string', default: '0' } },
});
const SECONDS = Number(values.seconds);
const REPLICAS = Number(values.replicas);
/** Compiled code, the first threads. */
const WARM_MS = 10_000;
/** A process runs four at a time. */
const WAITING = 8 * Math.max(REPLICAS, 1);
const CHANNELS = 24;
const WORKSPACES = 12;
const LOOK_MS = 50;

const slack = await openSlackSide();
const faultsFromUs = (Date.now() - 60_000) * 1_000;
const backends = await openStormBackends(() => faultsFromUs);
const running = await startBots(REPLICAS, { slack, ...backends });
const { bots } = running;
const channels = await Promise.all(Array.from({ length: CHANNELS }, (_, n) => slack.newChannel(`traces-${n}`, false)));
const store = await running.openStore();
console.log(`${cpus().length} processors, load ${loadavg()[0]?.toFixed(1)} before, ${bots.length} processes`);
let asked = 0;
try {
  await askUntil(performance.now() + WARM_MS);
  const before = { done: await finished(), ms: performance.now(), processor: await processor() };
  await askUntil(before.ms + SECONDS * 1_000);
  const done = (await finished()) - before.done;
  const minutes = (performance.now() - before.ms) / 60_000;
  const each = ((await processor()) - before.processor) / done;
  console.log(
    `${Math.round(done / minutes)} analyses a minute (${done}), ${Math.round(each)} ms of processor time each`,
  );
  console.log(`load ${loadavg()[0]?.toFixed(1)} after`);
} finally {
  await store.close();
  await running.end();
  await backends.close();
  await slack.close();
}

/** Keeps as many waiting. */
async function askUntil(untilMs: number): Promise<void> {
  while (performance.now() < untilMs) {
    const room = WAITING - (await open(store));
    await Promise.all(Array.from({ length: Math.max(room, 0) }, ask));
    await setTimeout(LOOK_MS);
  }
}

async function ask(): Promise<void> {
  const n = asked++;
  const command = slack.command(traceIdAt(n, Math.floor(faultsFromUs / 1e6) + (n % 50)), {
    channel_id: channels[n % CHANNELS] ?? '',
    team_id: `T${String(n % WORKSPACES).padStart(9, '0')}`,
  });
  const { status, body } = await sendToBot(bots[n % bots.length]?.url ?? '', command);
  if (status !== 200 || body !== '') throw new Error(`a command was answered with ${status} ${body}`);
}

async function open({ db }: Store): Promise<number> {
  const rows = await db.selectFrom('investigations').select('id').where('state', '=', 'open').execute();
  return rows.length;
}

async function finished(): Promise<number> {
  const rows = await store.db.selectFrom('investigations').select('id').where('state', '=', 'done').execute();
  return rows.length;
}

async function processor(): Promise<number> {
  return (await Promise.all(bots.map(processorMs))).reduce((sum, ms) => sum + ms, 0);
}
