import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { silentLog } from '#core/log.ts';
import { newPrivateKey, publicPem, signerOf } from '#core/signature.ts';
import { verifyAudit } from '#record/audit.ts';
import { findIncident } from '#record/find-incidents.ts';
import { declareIncident } from '#record/incidents.ts';
import { findInvestigation, finishInvestigation, openInvestigation } from '#record/investigations.ts';
import { disk, keptIn, newFolder } from '#test/cases.ts';
import { steppedClock } from '#test/stepped-clock.ts';
import { opened, sqlitePlace } from '#test/temp-store.ts';
import { caseKeeper } from '#workflows/cases/keep-case.ts';
import { verifyCase } from '#workflows/cases/verify-case.ts';
import { deleteExpired } from '#workflows/evidence/retention.ts';
import { changeHold } from '#workflows/incidents/hold-incident.ts';

const DAY_MS = 24 * 3_600_000;
const SUBJECT = { kind: 'trace', traceId: 'a1', service: 'web', from: 'x', to: 'y' } as const;

async function opening() {
  const clock = steppedClock();
  const store = await opened(sqlitePlace(), clock);
  const dataFolder = newFolder();
  const cases = keptIn(dataFolder);
  const signer = signerOf(newPrivateKey());
  const keep = caseKeeper({ store, cases, sealedBy: 'test', signer: () => signer, log: silentLog });
  const file = (path: string) => ({ path, source: 's', query: 'q', bytes: Buffer.from(path), redactions: [] });
  const evidence = async () => ({
    files: ['traces.json', 'logs.jsonl', 'metrics.json', 'platform.json'].map(file),
    gaps: [],
  });
  const folderOf = (id: string) => join(dataFolder, 'cases', id);
  const removed: string[] = [];
  return {
    clock,
    store,
    removed,
    folderOf,
    files: (id: string) => readdirSync(folderOf(id)).sort(),
    async keep(id: string) {
      await store.transaction((tx) =>
        openInvestigation(tx, { id, workspaceId: 'T1', traceId: 'a1', askedBy: 'U1', channelId: 'C1' }),
      );
      await keep({ investigationId: id, workspaceId: 'T1', subject: SUBJECT, evidence }, (tx) =>
        finishInvestigation(tx, { id, traceId: 'a1', report: { diagnosis: {} }, markdown: 'm', logs: 'a line' }),
      );
    },
    run: (days: object = {}, isTrial = false, failAt = '') =>
      deleteExpired(
        {
          store,
          cases: {
            ...cases,
            removeFile: async (folder, name) => {
              if (name === failAt) throw new Error('killed');
              removed.push(name);
              await cases.removeFile(folder, name);
            },
          },
          days: { traces: 60, logs: 30, metrics: 90, files: 0, ...days },
          signer: () => signer,
        },
        isTrial,
      ),
    problems: async (id: string, keys: readonly string[] = [publicPem(signer)]) =>
      (await verifyCase(disk, folderOf(id), keys)).problems,
    logsOf: async (id: string) => (await findInvestigation(store, { id, workspaceId: 'T1' }))?.logs,
  };
}

test('each kind of evidence goes at its own time, and the case and the audit log stay proved', async () => {
  const { keep, run, files, problems, clock, store, logsOf } = await opening();
  await keep('one');
  await clock.tick(29 * DAY_MS);
  expect(await run()).toEqual({ cases: 0, files: 0, copies: 0, held: 0 });
  await clock.tick(2 * DAY_MS);
  expect(await run({}, true)).toEqual({ cases: 1, files: 1, copies: 0, held: 0 });
  expect(files('one')).toContain('logs.jsonl');
  expect(await run()).toEqual({ cases: 1, files: 1, copies: 0, held: 0 });
  expect(files('one')).toEqual([
    'case.json',
    'deleted.json',
    'metrics.json',
    'platform.json',
    'signature.json',
    'traces.json',
  ]);
  expect(await problems('one')).toEqual([]);
  expect(await logsOf('one')).toBe('');
  await clock.tick(60 * DAY_MS);
  expect(await run()).toEqual({ cases: 1, files: 3, copies: 0, held: 0 });
  expect(files('one')).toEqual(['case.json', 'deleted.json', 'signature.json']);
  expect(await problems('one')).toEqual([]);
  expect(await run()).toEqual({ cases: 0, files: 0, copies: 0, held: 0 });
  expect((await verifyAudit(store)).ok).toBe(true);
  const entries = await store.db
    .selectFrom('audit')
    .select(['action', 'detail'])
    .where('action', '=', 'evidence.deleted')
    .execute();
  expect(entries).toHaveLength(2);
});

test('a file that somebody else deletes or adds to the list is still a problem', async () => {
  const { keep, run, problems, folderOf, clock } = await opening();
  await keep('one');
  await clock.tick(31 * DAY_MS);
  await run();
  rmSync(join(folderOf('one'), 'traces.json'));
  expect(await problems('one')).toEqual([{ path: 'traces.json', problem: 'is listed but missing' }]);
  const list = join(folderOf('one'), 'deleted.json');
  const forged = JSON.parse(readFileSync(list, 'utf8'));
  forged.files.push({ path: 'traces.json', at: 'now', why: 'retention' });
  writeFileSync(list, JSON.stringify(forged));
  expect(await problems('one')).toContainEqual({ path: 'deleted.json', problem: 'is not signed with the given key' });
});

test('evidence of a held incident stays, until the hold ends', async () => {
  const { keep, run, files, clock, store, logsOf } = await opening();
  await keep('held');
  await keep('free');
  await store.transaction((tx) =>
    declareIncident(tx, {
      id: 'in-1',
      workspaceId: 'T1',
      title: 'x',
      severity: 'P1',
      channelId: 'C1',
      declaredBy: 'U1',
      detectedBy: 'employee',
      detection: 'U1',
      investigationId: 'held',
    }),
  );
  const hold = { incident: 'INC-1', by: 'command line', reason: 'lawsuit', isRelease: false };
  expect((await changeHold(store, hold)).changed).toBe(true);
  expect((await changeHold(store, hold)).changed).toBe(false);
  await clock.tick(100 * DAY_MS);
  expect(await run()).toEqual({ cases: 1, files: 4, copies: 0, held: 1 });
  expect(files('held')).toHaveLength(6);
  expect([await logsOf('held'), await logsOf('free')]).toEqual(['a line', '']);
  await changeHold(store, { ...hold, isRelease: true });
  expect(await run()).toEqual({ cases: 1, files: 4, copies: 0, held: 0 });
  expect(await logsOf('held')).toBe('');
  const actions = (await store.db.selectFrom('audit').select('action').execute()).map(({ action }) => action);
  expect(actions).toEqual(expect.arrayContaining(['incident.held', 'incident.released']));
  expect(await findIncident(store, { workspaceId: 'T1', number: 1 })).toBeDefined();
});

test('a run that ends in the middle is finished by the next one; 0 days keep everything', async () => {
  const { keep, run, files, problems, clock, folderOf } = await opening();
  await keep('one');
  await clock.tick(100 * DAY_MS);
  await expect(run({}, false, 'metrics.json')).rejects.toThrow('killed');
  expect(existsSync(join(folderOf('one'), 'metrics.json'))).toBe(true);
  expect(await problems('one')).toEqual([]);
  await run();
  expect(files('one')).toEqual(['case.json', 'deleted.json', 'signature.json']);
  expect(await problems('one')).toEqual([]);

  const forever = await opening();
  await forever.keep('one');
  await forever.clock.tick(1_000 * DAY_MS);
  expect(await forever.run({ traces: 0, logs: 0, metrics: 0 })).toEqual({ cases: 0, files: 0, copies: 0, held: 0 });
  expect(await forever.logsOf('one')).toBe('a line');
});
