/** What every place for the bot's cases has to give. */
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { silentLog } from '#core/log.ts';
import { newPrivateKey, publicPem, signerOf } from '#core/signature.ts';
import type { CaseStore } from '#model/incident/case.ts';
import { casesKeptBefore } from '#record/evidence.ts';
import { finishInvestigation, openInvestigation } from '#record/investigations.ts';
import { steppedClock } from '#test/stepped-clock.ts';
import { opened, sqlitePlace } from '#test/temp-store.ts';
import { caseKeeper } from '#workflows/cases/keep-case.ts';
import { verifyCase } from '#workflows/cases/verify-case.ts';
import { forget } from '#workflows/evidence/forget.ts';
import { deleteExpired } from '#workflows/evidence/retention.ts';

const DAY_MS = 24 * 3_600_000;
const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const SUBJECT = { kind: 'trace', traceId: TRACE, service: 'web', from: 'x', to: 'y' } as const;

const file = (name: string, text: string) => ({ name, bytes: Buffer.from(text) });

async function whole(chunks: AsyncIterable<Uint8Array>): Promise<string> {
  const parts: Uint8Array[] = [];
  for await (const chunk of chunks) parts.push(chunk);
  return Buffer.concat(parts).toString();
}

async function contentOf(cases: CaseStore, folder: string): Promise<Record<string, string>> {
  const opened = await cases.open(folder);
  const pairs = opened.entries.map(async ({ name }) => [name, await whole(opened.bytes(name))] as const);
  return Object.fromEntries(await Promise.all(pairs));
}

export function testCaseStore(name: string, newCases: () => CaseStore | Promise<CaseStore>): void {
  describe(`cases in ${name}`, () => {
    test('come back as they were written, in the order of their names', async () => {
      const cases = await newCases();
      const many = ['e', 'b', 'd', 'a', 'c'].map((letter) => file(`${letter}.json`, letter.repeat(3)));
      await cases.write('cases/one', many);
      await cases.write('cases/one-more', [file('x.json', 'x')]);
      const folder = await cases.open('cases/one');
      expect(folder.name).toBe('one');
      expect(folder.entries).toEqual(
        ['a', 'b', 'c', 'd', 'e'].map((letter) => ({ name: `${letter}.json`, kind: 'file' })),
      );
      expect(await whole(folder.bytes('a.json'))).toBe('aaa');
      expect(await folder.sumOf('a.json')).toMatchObject({ bytes: 3 });
    });

    test('are unpacked as they are read, up to a limit', async () => {
      const cases = await newCases();
      const packed = { name: 'logs.jsonl.gz', bytes: gzipSync('line\n'.repeat(2_000)) };
      await cases.write('cases/one', [packed, file('empty.json', '')]);
      const folder = await cases.open('cases/one');
      expect(await whole(folder.chunks('logs.jsonl.gz'))).toBe('line\n'.repeat(2_000));
      expect(await whole(folder.chunks('empty.json'))).toBe('');
    });

    test('are replaced as a whole', async () => {
      const cases = await newCases();
      await cases.write('cases/one', [file('a.json', '1'), file('b.json', '2')]);
      await cases.write('cases/one', [file('b.json', '3'), file('c.json', '4')]);
      expect(await contentOf(cases, 'cases/one')).toEqual({ 'b.json': '3', 'c.json': '4' });
    });

    test('lose and change single files', async () => {
      const cases = await newCases();
      await cases.write('cases/one', [file('a.json', '1'), file('b.json', '2')]);
      await cases.removeFile('cases/one', 'a.json');
      await cases.removeFile('cases/one', 'a.json');
      await cases.writeFile('cases/one', file('b.json', '5'));
      await cases.writeFile('cases/one', file('c.json', '6'));
      expect(await contentOf(cases, 'cases/one')).toEqual({ 'b.json': '5', 'c.json': '6' });
    });

    test('that are missing, or misnamed, say so', async () => {
      const cases = await newCases();
      await expect(cases.open('cases/none')).rejects.toMatchObject({ code: 'SH_UNREADABLE' });
      await cases.write('cases/one', [file('a.json', '1')]);
      const folder = await cases.open('cases/one');
      await expect(folder.sumOf('b.json')).rejects.toThrow('there is no file b.json');
      await cases.removeFile('cases/one', 'a.json');
      await expect(folder.sumOf('a.json')).rejects.toMatchObject({ code: 'SH_UNREADABLE' });
      for (const bad of ['../a.json', '/etc/a', '.hidden', 'a/b', ''])
        await expect(cases.write('cases/one', [file(bad, '1')])).rejects.toThrow('is not a valid name');
    });

    test('are kept, verified, shortened by retention, and forgotten', async () => {
      const cases = await newCases();
      const clock = steppedClock();
      const store = await opened(sqlitePlace(), clock);
      const signer = signerOf(newPrivateKey());
      const keys = [publicPem(signer)];
      const keep = caseKeeper({ store, cases, sealedBy: 'test', signer: () => signer, log: silentLog });
      const evidence = async () => ({
        files: ['traces.json', 'logs.jsonl'].map((path) => ({
          path,
          source: 's',
          query: 'q',
          bytes: Buffer.from(path),
          redactions: [],
        })),
        gaps: [],
      });
      await store.transaction((tx) =>
        openInvestigation(tx, { id: 'one', workspaceId: 'T1', traceId: TRACE, askedBy: 'U1', channelId: 'C1' }),
      );
      await keep({ investigationId: 'one', workspaceId: 'T1', subject: SUBJECT, evidence }, (tx) =>
        finishInvestigation(tx, { id: 'one', traceId: TRACE, report: {}, markdown: 'm', logs: 'l' }),
      );
      const [kept] = await casesKeptBefore(store, Number.MAX_SAFE_INTEGER);
      expect(kept).toMatchObject({ folder: 'cases/one', files: 2 });
      expect(await verifyCase(cases, 'cases/one', keys)).toMatchObject({ files: 2, problems: [] });

      await clock.tick(40 * DAY_MS);
      const days = { traces: 0, logs: 30, metrics: 0, files: 0 };
      expect(await deleteExpired({ store, cases, days, signer: () => signer })).toMatchObject({ files: 1 });
      expect((await verifyCase(cases, 'cases/one', keys)).problems).toEqual([]);

      const request = { named: TRACE, actor: 'command line', isTrial: false };
      expect(await forget({ store, cases, signer: () => signer }, request)).toMatchObject({ cases: 1 });
      expect(await verifyCase(cases, 'cases/one', keys)).toMatchObject({ forgotten: 1, problems: [] });
      expect(Object.keys(await contentOf(cases, 'cases/one'))).toEqual(['forgotten.json']);
    });
  });
}
