/**
 * One replica of the record, without Slack and without an analysis: takes deliveries at a rate, runs their jobs and
 * sends their messages. Prints its counts as one line of JSON when its time is over.
 *
 *   node worker.ts <store: a folder or the address of a Postgres> <seconds> <name> <deliveries a second>
 */
import { argv, stdout } from 'node:process';
import { postgresStore } from '#adapters/postgres-store/postgres-store.ts';
import { sqlite } from '#adapters/sqlite/sqlite.ts';
import { systemClock } from '#core/clock.ts';
import { uuidV7 } from '#core/ids.ts';
import { silentLog } from '#core/log.ts';
import { databaseAddress } from '#model/sql/database-address.ts';
import { done, receive } from '#record/inbox.ts';
import type { Job } from '#record/jobs.ts';
import { post, type Sender } from '#record/outbox.ts';
import { runOutbox } from '#record/outbox-runner.ts';
import { openStore } from '#record/store.ts';
import { tableJobs } from '#record/table-jobs.ts';

const [, , place = '', seconds = '10', name = '', rate = '10'] = argv;
/** Slack answers after about this time. */
const CALL_MS = 100;
/** So many that Slack's limits hold nothing up: the store is measured. */
const WORKSPACES = 50;
const CHANNELS = 20;
/** The size of an ordinary delivery of Alertmanager. */
const BODY = 'x'.repeat(2_000);

const dialect = place.startsWith('postgresql:')
  ? postgresStore({ address: databaseAddress(place, 'postgresql'), max: 10 })
  : sqlite(`${place}/spanhound.db`);
const newId = uuidV7(systemClock);
const store = await openStore({ ...dialect, clock: systemClock, newId, random: Math.random });
const counts = { accepted: 0, answered: 0, sent: 0, ackMs: [] as number[], cpuMs: 0 };
const log = silentLog;

const outbox = runOutbox({ store, sender: countingSender(), log });
const jobs = tableJobs.runJobs({ store, handlers: { answer }, log });
const wakeUps = store.wakeUps?.(log);
wakeUps?.onHeard(look);

const untilMs = performance.now() + Number(seconds) * 1_000;
const pauseMs = 1_000 / Number(rate);
const before = process.cpuUsage();
const delivered: Promise<void>[] = [];
for (let n = 0, dueMs = performance.now(); dueMs < untilMs; n++, dueMs += pauseMs) {
  await systemClock.sleep(Math.max(0, dueMs - performance.now()));
  delivered.push(deliver(n));
}
await Promise.all(delivered);
const { user, system } = process.cpuUsage(before);
counts.cpuMs = (user + system) / 1_000;
stdout.write(`${JSON.stringify(counts)}\n`);
process.exit(0);

async function deliver(n: number): Promise<void> {
  const workspaceId = `T${n % WORKSPACES}`;
  const key = `${name}/${n}`;
  const channelId = `C${Math.floor(n / WORKSPACES) % CHANNELS}`;
  const begunMs = performance.now();
  const { inboxId } = await receive(store, { workspaceId, key, source: 'bench', body: BODY });
  await store.transaction(async (tx) => {
    await post(tx, { messageId: `first/${key}`, workspaceId, channelId, message: { text: 'Looking…' } });
    await tableJobs.addJob(tx, { kind: 'answer', workspaceId, key, payload: { channelId } });
    await done(tx, inboxId);
  });
  counts.ackMs.push(performance.now() - begunMs);
  counts.accepted++;
  look();
  wakeUps?.send();
}

async function answer({ key, workspaceId, payload }: Job): Promise<void> {
  const { channelId } = payload as { channelId: string };
  await store.transaction((tx) =>
    post(tx, { messageId: `answer/${key}`, workspaceId, channelId, message: { text: BODY } }),
  );
  counts.answered++;
  look();
}

function look(): void {
  outbox.kick();
  jobs.kick();
}

function countingSender(): Sender {
  const refuse = async () => ({ kind: 'refused', reason: 'not used here' }) as const;
  return {
    async post({ messageId }) {
      await systemClock.sleep(CALL_MS);
      counts.sent++;
      return { kind: 'sent', ts: messageId };
    },
    find: async () => ({ kind: 'absent' }),
    update: refuse,
    respond: refuse,
    attach: refuse,
    pin: refuse,
  };
}
