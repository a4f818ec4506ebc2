import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { expect, onTestFinished, test } from 'vitest';
import { composeStore } from '#compose/store.ts';
import { done, receive } from '#record/inbox.ts';
import { declareIncident } from '#record/incidents.ts';
import { addEntry } from '#record/timeline.ts';
import { spanhound } from './run-spanhound.ts';

const PERSON = 'U0SECRET7';
const WORDS = 'the words that nobody may read again';

/** With texts in rows, in free pages (an inbox body, which is deleted when its work is stored) and in the journal. */
async function folder() {
  const data = mkdtempSync(join(tmpdir(), 'spanhound-forget-'));
  onTestFinished(() => rmSync(data, { recursive: true, force: true }));
  const store = await composeStore({ dataFolder: data });
  onTestFinished(() => store.close());
  for (let index = 0; index < 20; index++) {
    const body = JSON.stringify({ user: PERSON, text: WORDS.repeat(200) });
    const { inboxId } = await receive(store, { workspaceId: 'T1', key: `${index}`, source: 'slack', body });
    await store.transaction((tx) => done(tx, inboxId));
  }
  await store.transaction(async (tx) => {
    await declareIncident(tx, {
      id: 'in-1',
      workspaceId: 'T1',
      title: 'Logins time out',
      severity: 'P1',
      channelId: 'C1',
      declaredBy: PERSON,
      detectedBy: 'employee',
      detection: PERSON,
    });
    const note = { incidentId: 'in-1', key: 'note:1', kind: 'note', source: PERSON, link: '', atUs: tx.nowUs } as const;
    await addEntry(tx, { ...note, text: WORDS });
  });
  // In a process of its own: whoever closes a file of the store gives up all locks that its process has on it.
  const bytes = () => execFileSync('cat', readdirSync(data), { cwd: data, encoding: 'latin1', maxBuffer: 2 ** 30 });
  return { data, env: { SPANHOUND_DATA: data }, bytes, store };
}

test('forget leaves nothing of a person in any file of the store while the bot has it open, and every proof holds', async () => {
  const { env, bytes, store } = await folder();
  expect(bytes()).toContain(PERSON);
  const dry = await spanhound(['forget', PERSON, '--dry-run'], { env });
  expect(dry).toMatchObject({ code: 0, stdout: expect.stringContaining(`Would forget ${PERSON}. `) });

  const unconfirmed = await spanhound(['forget', PERSON], { env });
  expect(unconfirmed).toMatchObject({ code: 2, stderr: expect.stringContaining('--yes') });
  expect(bytes()).toContain(WORDS);

  const { code, stdout } = await spanhound(['forget', PERSON, '--yes'], { env });
  expect(code).toBe(0);
  expect(stdout).toMatch(new RegExp(`^Forgot ${PERSON}\\. .*entries of timelines: 2`));
  expect(stdout).toContain('Spanhound wrote the file of the store anew');
  expect(stdout).toContain('Out of reach: backups');
  expect(bytes()).not.toContain(PERSON);
  expect(bytes()).not.toContain(WORDS);
  expect(await spanhound(['audit', 'verify'], { env })).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('The timelines match it'),
  });
  const again = await spanhound(['forget', PERSON, '--dry-run'], { env });
  expect(again.stdout).toContain('Nothing is stored of it.');
  // The bot goes on with the same store.
  await store.transaction((tx) =>
    addEntry(tx, { incidentId: 'in-1', key: 'n', kind: 'note', source: 'U1', link: '', text: 'x', atUs: tx.nowUs }),
  );
});

test('forget says so where another process holds the journal, and a second run finishes', {
  tags: ['deep'],
}, async () => {
  const { data, env, bytes, store } = await folder();
  await store.close();
  const reader = new Database(join(data, 'spanhound.db'));
  reader.exec('begin');
  reader.prepare('select count(*) from audit').get();
  const first = await spanhound(['forget', 'INC-1', '--yes'], { env });
  expect(first).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('Stop the bot and run the same command again.'),
  });
  reader.close();
  const second = await spanhound(['forget', 'INC-1', '--yes', '--json'], { env });
  expect(JSON.parse(second.stdout)).toMatchObject({ wiped: true });
  expect(bytes()).not.toContain(WORDS);
});

test('forget refuses an incident on hold, and says who may end it', async () => {
  const { env } = await folder();
  await spanhound(['hold', 'INC-1', '--reason', 'lawsuit'], { env });
  const held = await spanhound(['forget', 'INC-1', '--yes'], { env });
  expect(held.code).toBe(2);
  expect((await spanhound(['forget', 'INC-1', '--dry-run'], { env })).code).toBe(2);
  expect(held.stderr).toMatch(/INC-1 is on legal hold(.|\n)*spanhound hold INC-1 --release/);
});

test('hold keeps each reason, and says what holds after it', async () => {
  const { env } = await folder();
  const said = async (...args: string[]) => (await spanhound(['hold', ...args], { env })).stdout.trim();
  expect(await said('INC-1')).toBe('INC-1 is on hold.');
  expect(await said('INC-1', '--reason', 'court order')).toBe('INC-1 is on hold: court order.');
  expect(await said('INC-1', '--reason', 'court order')).toBe('INC-1 is on hold already: court order.');
  expect(await said('INC-1')).toBe('INC-1 is on hold already.');
  expect(await said('INC-1', '--reason', 'audit')).toBe('INC-1 is on hold: audit.');
  expect(await said()).toMatch(/command line court order; audit$/);
  expect(await said('INC-1', '--release')).toBe('INC-1 is no longer on hold.');
  expect(await said('INC-1', '--release')).toBe('INC-1 is not on hold.');
});
