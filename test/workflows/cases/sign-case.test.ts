import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { silentLog } from '#core/log.ts';
import { sha256 } from '#core/sha256.ts';
import { newPrivateKey, publicPem, signerOf } from '#core/signature.ts';
import { manifestText, sealedText } from '#model/incident/case.ts';
import { openInvestigation } from '#record/investigations.ts';
import { disk, keptIn, newFolder } from '#test/cases.ts';
import { steppedClock } from '#test/stepped-clock.ts';
import { opened, sqlitePlace } from '#test/temp-store.ts';
import { caseKeeper } from '#workflows/cases/keep-case.ts';
import { signatureFile } from '#workflows/cases/sign-case.ts';
import { verifyCase } from '#workflows/cases/verify-case.ts';

const SUBJECT = { kind: 'trace', traceId: 'a1', service: 'web', from: 'x', to: 'y' } as const;

async function kept() {
  const store = await opened(sqlitePlace(), steppedClock());
  const dataFolder = newFolder();
  const signer = signerOf(newPrivateKey());
  const keep = caseKeeper({
    store,
    cases: keptIn(dataFolder),
    sealedBy: 'spanhound test',
    signer: () => signer,
    log: silentLog,
  });
  const bytes = Buffer.from('{"data":[]}');
  await store.transaction((tx) =>
    openInvestigation(tx, { id: 'one', workspaceId: 'T1', traceId: 'a1', askedBy: 'U1', channelId: 'C1' }),
  );
  const file = { path: 'traces.json', source: 'jaeger', query: 'GET', bytes, redactions: [] };
  const evidence = async () => ({ files: [file], gaps: [] });
  await keep({ investigationId: 'one', workspaceId: 'T1', subject: SUBJECT, evidence }, async () => undefined);
  const folder = join(dataFolder, 'cases/one');
  const problems = async (keys: readonly string[]) => (await verifyCase(disk, folder, keys)).problems;
  /** Every sum is made anew, as somebody without the key can. */
  const forge = (change: object) => {
    const path = join(folder, 'case.json');
    const { seal: _, ...manifest } = { ...JSON.parse(readFileSync(path, 'utf8')), ...change };
    const seal = sha256(sealedText(manifest));
    writeFileSync(path, manifestText({ ...manifest, seal }));
    return seal;
  };
  return { folder, key: publicPem(signer), problems, forge };
}

test('a case is proved by the public key alone', async () => {
  const { key, problems } = await kept();
  expect(await problems([])).toEqual([]);
  expect(await problems([key])).toEqual([]);
  expect(await problems([publicPem(signerOf(newPrivateKey()))])).toMatchObject([
    { path: 'signature.json', problem: expect.stringContaining('is not the given one') },
  ]);
});

test.each([
  { subject: { ...SUBJECT, service: 'db' } },
  { window: { from: 'yesterday', to: 'today' } },
  { previousSeal: 'f'.repeat(64) },
  { files: [] },
])('a forged %o is seen, though all sums are right, and also with a forged signature', async (change) => {
  const { folder, key, problems, forge } = await kept();
  const seal = forge(change);
  expect(await problems([key])).toContainEqual({ path: 'signature.json', problem: 'does not belong to this seal' });
  const own = signerOf(newPrivateKey());
  const { name, bytes } = signatureFile(seal, own);
  writeFileSync(join(folder, name), bytes);
  expect(JSON.stringify(await problems([key]))).toContain('is not the given one');
  const asOurs = { ...JSON.parse(bytes.toString()), key: signerOf(newPrivateKey()).keyId };
  writeFileSync(join(folder, name), JSON.stringify(asOurs));
  expect(await problems([key])).not.toEqual([]);
});

test('a case without a signature is whole, but not proved', async () => {
  const { folder, key, problems } = await kept();
  const { rmSync } = await import('node:fs');
  rmSync(join(folder, 'signature.json'));
  expect(await problems([])).toEqual([]);
  expect(await problems([key])).toMatchObject([{ problem: expect.stringContaining('is missing') }]);
});
