/**
 * A process of its own on a store, for tests that kill it: `node store-process.ts open|work <folder> [answers]`.
 *
 * `open` opens the store and says which version it found. `work` runs jobs and outbox until it is killed; its Slack is
 * the file `said.txt`, one line a message, which outlives it as Slack would. After that many answers its Slack falls
 * silent, so that a test that comes late still kills it in the middle of its work.
 */
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { argv, stdout } from 'node:process';
import { sqlite } from '#adapters/sqlite/sqlite.ts';
import { systemClock } from '#core/clock.ts';
import { uuidV7 } from '#core/ids.ts';
import { silentLog } from '#core/log.ts';
import type { Job } from '#record/jobs.ts';
import { post, type Sender } from '#record/outbox.ts';
import { runOutbox } from '#record/outbox-runner.ts';
import { openStore } from '#record/store.ts';
import { tableJobs } from '#record/table-jobs.ts';

const [, , mode, folder = '', answers = 'Infinity'] = argv;
const said = join(folder, 'said.txt');
/** Short, so that a killed process holds nothing up for the length of a test. */
const LEASE_US = 100_000;
/** Slack takes its time: most kills fall into a call. */
const CALL_MS = 5;

const store = await openStore({
  ...sqlite(join(folder, 'spanhound.db')),
  clock: systemClock,
  newId: uuidV7(systemClock),
});
stdout.write(`${store.migrated.from}\n`);

if (mode === 'open') await store.close();
else {
  const outbox = runOutbox({ store, sender: fileSender(), log: silentLog, leaseUs: LEASE_US });
  const answer = async ({ key }: Job) => {
    await store.transaction((tx) =>
      post(tx, { messageId: key, workspaceId: 'T1', channelId: key, message: { text: key } }),
    );
    outbox.kick();
  };
  tableJobs.runJobs({ store, handlers: { answer }, log: silentLog, leaseUs: LEASE_US, maxAttempts: 1_000 });
}

function fileSender(): Sender {
  let calls = 0;
  const silence = new Promise<never>(() => undefined);
  const refuse = async () => ({ kind: 'refused', reason: 'not used here' }) as const;
  return {
    async post({ messageId }) {
      const call = ++calls;
      const isSilent = call > Number(answers);
      await systemClock.sleep(CALL_MS);
      // A lost request, or a lost response.
      if (isSilent && call % 2 === 0) await silence;
      appendFileSync(said, `${messageId}\n`);
      if (isSilent) await silence;
      await systemClock.sleep(CALL_MS);
      return { kind: 'sent', ts: messageId };
    },
    async find({ messageId }) {
      const lines = existsSync(said) ? readFileSync(said, 'utf8').split('\n') : [];
      return lines.includes(messageId) ? { kind: 'found', ts: messageId } : { kind: 'absent' };
    },
    update: refuse,
    respond: refuse,
    attach: refuse,
    pin: refuse,
  };
}
