import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { openSession } from '#analyse/open-session.ts';
import { workerPool } from '#analyse/pool.ts';
import { silentLog } from '#core/log.ts';
import type { CaseSubject, KeptEvidence } from '#model/incident/case.ts';
import { verifyAudit } from '#record/audit.ts';
import { caseOf } from '#record/evidence.ts';
import { finishInvestigation, openInvestigation } from '#record/investigations.ts';
import type { Store, Tx } from '#record/store.ts';
import { CASE_SETTINGS, disk, keptIn, manifestOf, newFolder, replayed, send } from '#test/cases.ts';
import { packedThread } from '#test/packed-thread.ts';
import { steppedClock } from '#test/stepped-clock.ts';
import { opened, sqlitePlace } from '#test/temp-store.ts';
import { type CaseKeeperOptions, caseKeeper } from '#workflows/cases/keep-case.ts';
import { verifyCase } from '#workflows/cases/verify-case.ts';

const WIRE = 'test/fixtures/wire';
const SUBJECT: CaseSubject = { kind: 'trace', traceId: 'a1', service: 'web', from: 'x', to: 'y' };
const EVIDENCE: KeptEvidence = {
  files: [
    { path: 'traces.json', source: 'jaeger', query: 'GET a1', bytes: Buffer.from('{"data":[]}'), redactions: [] },
  ],
  gaps: [{ source: 'loki', problem: 'timed out', consequence: 'no logs' }],
};

describe('keeping a case', () => {
  test('writes the folder for its owner alone and notes it with the answer', async () => {
    const { keep, store, folderOf } = await opening();
    await keep('one');
    const folder = folderOf('one');
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    expect(statSync(join(folder, 'traces.json')).mode & 0o777).toBe(0o600);
    expect(manifestOf(folder)).toMatchObject({
      schema: 'spanhound.case/1',
      subject: SUBJECT,
      files: [
        { path: 'traces.json', bytes: 11, source: 'jaeger', query: 'GET a1', collectedAt: '2026-01-06T14:30:00.000Z' },
      ],
      gaps: EVIDENCE.gaps,
      sealedBy: 'spanhound test',
      previousSeal: '',
    });
    expect(await caseOf(store, 'one')).toMatchObject({
      folder: 'cases/one',
      files: 1,
      bytes: 11,
      seal: manifestOf(folder).seal,
    });
    expect(await stateOf(store, 'one')).toBe('done');
    expect((await verifyCase(disk, folder)).problems).toEqual([]);
    expect(await verifyAudit(store)).toMatchObject({ ok: true });
  });

  test('packs large files, whose sums are those of the packed bytes', async () => {
    const { keep, folderOf } = await opening();
    const bytes = Buffer.from(`{"data":[${'{"spans":[]},'.repeat(10_000)}{}]}`);
    const [file] = EVIDENCE.files;
    await keep('one', { ...EVIDENCE, files: file === undefined ? [] : [{ ...file, bytes }] });
    const stored = readFileSync(join(folderOf('one'), 'traces.json.gz'));
    expect(stored.length).toBeLessThan(bytes.length / 10);
    expect(gunzipSync(stored).equals(bytes)).toBe(true);
    expect(manifestOf(folderOf('one'))).toMatchObject({ files: [{ path: 'traces.json.gz', bytes: stored.length }] });
    expect((await verifyCase(disk, folderOf('one'))).problems).toEqual([]);
  });

  test('chains each case to the one before it, even when they end at the same moment', async () => {
    const { keep, folderOf } = await opening();
    await Promise.all(['one', 'two', 'three'].map((id) => keep(id)));
    const [one, two, three] = ['one', 'two', 'three'].map((id) => manifestOf(folderOf(id)));
    expect([one?.previousSeal, two?.previousSeal, three?.previousSeal]).toEqual(['', one?.seal, two?.seal]);
  });

  test('goes on from the case that another process has kept meanwhile', async () => {
    const first = await opening();
    const write: CaseKeeperOptions['cases']['write'] = async (folder, files) => {
      await keptIn(first.dataFolder).write(folder, files);
      if (folder.endsWith('/two') && !existsSync(first.folderOf('other'))) await first.keep('other');
    };
    const second = { ...first, keep: first.keeper({ cases: { write } }) };
    await second.keep('two');
    const [other, two] = ['other', 'two'].map((id) => manifestOf(first.folderOf(id)));
    expect([other?.previousSeal, two?.previousSeal]).toEqual(['', other?.seal]);
  });

  test('killed between the folder and the record, the next run keeps the evidence of the answer that is given', async () => {
    const { keep, store, folderOf } = await opening();
    const killed = keep('one', EVIDENCE, async () => {
      throw new Error('killed');
    });
    await expect(killed).rejects.toThrow('killed');
    expect(existsSync(folderOf('one'))).toBe(true);
    expect(await caseOf(store, 'one')).toBeUndefined();

    const [file] = EVIDENCE.files;
    const more = { ...EVIDENCE, files: file ? [{ ...file, bytes: Buffer.from('{"data":[{}]}') }] : [] };
    await keep('one', more);
    expect(readFileSync(join(folderOf('one'), 'traces.json'), 'utf8')).toBe('{"data":[{}]}');
    expect((await caseOf(store, 'one'))?.seal).toBe(manifestOf(folderOf('one')).seal);
  });

  test('never rewrites stored entries', async () => {
    const { keep, folderOf } = await opening();
    await keep('one');
    const before = readFileSync(join(folderOf('one'), 'case.json'), 'utf8');
    await keep('one', { files: [], gaps: [] });
    expect(readFileSync(join(folderOf('one'), 'case.json'), 'utf8')).toBe(before);
    expect(readdirSync(join(folderOf('one'), '..'))).toEqual(['one']);
  });

  test('gives the answer where the disk is full or the evidence is lost', async () => {
    const { keeper, store } = await opening();
    const full = keeper({ cases: { write: async () => Promise.reject(new Error('ENOSPC')) } });
    await full('one');
    expect([await stateOf(store, 'one'), await caseOf(store, 'one')]).toEqual(['done', undefined]);

    const lost = keeper({});
    const evidence = Promise.reject(new Error('the analysis thread ended'));
    evidence.catch(() => undefined); // the store is asked first
    await lost('two', evidence);
    expect([await stateOf(store, 'two'), await caseOf(store, 'two')]).toEqual(['done', undefined]);
  });

  test('an id that leads out of the folder is refused, and the answer is given', async () => {
    const { keep, store, dataFolder } = await opening();
    await keep('../out');
    expect([await stateOf(store, '../out'), await caseOf(store, '../out')]).toEqual(['done', undefined]);
    expect(existsSync(join(dataFolder, 'out'))).toBe(false);
  });
});

const pool = workerPool({ size: 1, program: await packedThread() });

describe.each([
  ['in this thread', openSession],
  ['in a worker', pool.open],
])('the evidence of a session %s', (_, open) => {
  test('has no credential of a log line or a tag, and gives the same report and the same bytes again', async () => {
    const { traceID, json } = traceWithSecrets();
    const line = `payment failed, Authorization: Bearer ${SECRET} trace_id=${traceID}`;
    const logs = `${JSON.stringify({ ts: '1763619917600000000', labels: { service_name: 'mysql', api_key: SECRET }, line })}\n`;
    const session = open(CASE_SETTINGS);
    await send(session, 'trace', Buffer.from(json));
    await send(session, 'logs', Buffer.from(logs), { format: 'log-jsonl' });
    const evidence = await session.evidence();
    expect(await session.evidence()).toEqual(evidence);
    const [analysed] = await session.reports({ markdown: true });
    await session.close();

    const { keep, folderOf } = await opening();
    await keep('one', evidence, undefined, analysed?.report.subject);
    for (const file of readdirSync(folderOf('one'))) {
      const stored = readFileSync(join(folderOf('one'), file));
      expect((file.endsWith('.gz') ? gunzipSync(stored) : stored).toString()).not.toContain(SECRET);
    }
    expect(manifestOf(folderOf('one')).redactions).toEqual([
      { path: 'traces.json.gz', kind: 'secret', count: 1 },
      { path: 'logs.jsonl', kind: 'authorization', count: 1 },
      { path: 'logs.jsonl', kind: 'secret', count: 1 },
    ]);
    const again = await replayed(folderOf('one'), { markdown: true });
    expect(again.report).toEqual(analysed?.report);
    expect(again.markdown).toEqual(analysed?.markdown);
  });

  test('above its cap keeps what the findings cite, and the case says so', async () => {
    const bytes = readFileSync(`${WIRE}/jaeger/hotrod/mutex12-05.json`);
    const maxBytes = 20_000;
    const session = open({ ...CASE_SETTINGS, evidence: { maxBytes } });
    await send(session, 'trace', bytes);
    await send(session, 'logs', readFileSync(`${WIRE}/loki/hotrod/mutex12-05.json`), { format: 'loki-json' });
    const [analysed] = await session.reports({});
    const evidence = await session.evidence();
    await session.close();
    expect(evidence.files.reduce((sum, file) => sum + file.bytes.length, 0)).toBeLessThanOrEqual(maxBytes);
    expect(evidence.gaps.at(-1)).toMatchObject({ source: 'case', problem: expect.stringContaining('more than the') });

    const { keep, folderOf } = await opening();
    await keep('one', evidence, undefined, analysed?.report.subject);
    const { report } = await replayed(folderOf('one'));
    expect(report.diagnosis).toMatchObject({ kind: 'lock-contention', service: 'mysql' });
    expect(report.trace?.spanCount).toBeLessThan(analysed?.report.trace?.spanCount ?? 0);
    expect(report.findings[0]?.spanIds).toEqual(analysed?.report.findings[0]?.spanIds);
  });
});

const SECRET = ['s3cr3t', 'v4lu3', '0f', '4p1'].join('-');

function traceWithSecrets() {
  const body = JSON.parse(readFileSync(`${WIRE}/jaeger/hotrod/mutex12-05.json`, 'utf8'));
  body.data[0].spans[0].tags.push({ key: 'db.password', type: 'string', value: SECRET });
  return { traceID: body.data[0].traceID as string, json: JSON.stringify(body) };
}

async function opening() {
  const dataFolder = newFolder();
  const store = await opened(sqlitePlace(), steppedClock());
  const folderOf = (id: string) => join(dataFolder, 'cases', id);
  const keeper = (options: Partial<CaseKeeperOptions>) => {
    const keepCase = caseKeeper({
      store,
      cases: keptIn(dataFolder),
      sealedBy: 'spanhound test',
      log: silentLog,
      ...options,
    });
    return async (
      id: string,
      evidence: KeptEvidence | Promise<KeptEvidence> = EVIDENCE,
      then: (tx: Tx) => Promise<void> = async () => undefined,
      subject = SUBJECT,
    ) => {
      await store.transaction((tx) =>
        openInvestigation(tx, { id, workspaceId: 'T1', traceId: 'a1', askedBy: 'U1', channelId: 'C1' }),
      );
      await keepCase(
        { investigationId: id, workspaceId: 'T1', subject, evidence: async () => evidence },
        async (tx) => {
          await finishInvestigation(tx, { id, traceId: 'a1', report: {}, markdown: '', logs: '' });
          await then(tx);
        },
      );
    };
  };
  return { store, dataFolder, folderOf, keeper, keep: keeper({}) };
}

async function stateOf(store: Store, id: string): Promise<string | undefined> {
  const row = await store.db.selectFrom('investigations').select('state').where('id', '=', id).executeTakeFirst();
  return row?.state;
}
