/** Real processes on one SQLite file: killed in the middle of their work, or started at the same moment. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execPath } from 'node:process';
import { text } from 'node:stream/consumers';
import { setTimeout } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { sqlite } from '#adapters/sqlite/sqlite.ts';
import { systemClock } from '#core/clock.ts';
import { uuidV7 } from '#core/ids.ts';
import { openStore, type Store } from '#record/store.ts';
import { tableJobs } from '#record/table-jobs.ts';
import { eventually } from '#test/eventually.ts';

const JOBS = 200;
const KILLS = 8;
/** Each process lives until it has said so many, and then is killed in the middle of saying more. */
const SAID_PER_LIFE = 5;
/** It gets so many answers: however late the kill comes, work is left for the next processes. */
const ANSWERED_PER_LIFE = 12;

test('a process that is killed again and again answers every job, and none twice', { tags: ['deep'] }, async () => {
  const folder = newFolder();
  const keys = Array.from({ length: JOBS }, (_, index) => `answer-${index}`);
  await addJobs(folder, keys);

  for (let kill = 0; kill < KILLS; kill++) {
    const enough = said(folder).length + SAID_PER_LIFE;
    const worker = await startProcess('work', folder, ANSWERED_PER_LIFE);
    while (said(folder).length < enough) await setTimeout(1);
    await setTimeout(kill);
    worker.kill('SIGKILL');
    await once(worker, 'close');
  }
  const beforeTheLast = said(folder).length;
  const last = await startProcess('work', folder);
  await allDone(folder);
  last.kill('SIGKILL');
  await once(last, 'close');

  expect(beforeTheLast).toBeLessThan(JOBS);
  expect(said(folder).sort()).toEqual(keys.sort());
});

test('of processes that start together on a new store one migrates and the others find it done', async () => {
  const folder = newFolder();
  const processes = Array.from({ length: 3 }, () => spawnProcess('open', folder));
  const outputs = await Promise.all(processes.map(({ stdout }) => (stdout ? text(stdout) : '')));

  const found = outputs.map(Number).sort();
  expect(found[0]).toBe(0);
  expect(found[1]).toBeGreaterThan(0);
  expect(found[2]).toBe(found[1]);
});

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'spanhound-killed-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

function storeIn(folder: string): Promise<Store> {
  return openStore({ ...sqlite(join(folder, 'spanhound.db')), clock: systemClock, newId: uuidV7(systemClock) });
}

async function addJobs(folder: string, keys: readonly string[]): Promise<void> {
  const store = await storeIn(folder);
  await store.transaction(async (tx) => {
    for (const key of keys) await tableJobs.addJob(tx, { kind: 'answer', workspaceId: 'T1', key, payload: {} });
  });
  await store.close();
}

/** Every job is done, and nothing waits to be said. */
async function allDone(folder: string): Promise<void> {
  const store = await storeIn(folder);
  await eventually(async () => {
    const jobs = await store.db.selectFrom('jobs').select('id').where('state', '!=', 'done').execute();
    const unsaid = await store.db.selectFrom('outbox').select('seq').execute();
    return jobs.length + unsaid.length === 0 || undefined;
  });
  await store.close();
}

async function startProcess(mode: 'open' | 'work', folder: string, answers = Infinity): Promise<ChildProcess> {
  const process = spawnProcess(mode, folder, answers);
  if (process.stdout) await once(process.stdout, 'data'); // the store is open
  return process;
}

function spawnProcess(mode: 'open' | 'work', folder: string, answers = Infinity): ChildProcess {
  const script = new URL('../support/store-process.ts', import.meta.url).pathname;
  const process = spawn(execPath, [script, mode, folder, `${answers}`], { stdio: ['ignore', 'pipe', 'inherit'] });
  onTestFinished(() => void process.kill('SIGKILL'));
  return process;
}

function said(folder: string): string[] {
  const file = join(folder, 'said.txt');
  return existsSync(file) ? readFileSync(file, 'utf8').split('\n').filter(Boolean) : [];
}
