/** Composes where the evidence of an investigation is stored and read. */

import type { Investigation } from '#compose/investigation.ts';
import type { AnalysisConfig } from '#config/analysis.ts';
import type { Config } from '#config/schema.ts';
import type { Log } from '#core/log.ts';
import type { CaseDisk, CaseStore } from '#model/incident/case.ts';
import type { Store } from '#record/store.ts';
import type { KeepCase } from '#workflows/cases/keep-case.ts';

/** The folder of the cases, for reading. */
export async function composeCaseDisk({ gather }: AnalysisConfig): Promise<CaseDisk> {
  const { caseDisk } = await import('#adapters/files/case-folder.ts');
  return caseDisk({ maxBytes: gather.maxBytes });
}

/** Where the cases of the bot are: the data folder, and with `cases.url` a bucket. */
export type CasesPlace = Readonly<{ dataFolder: string; cases?: Config['cases'] | undefined }>;

/** `maxBytes`: of one file, uncompressed. */
export async function composeCaseStore({ dataFolder, cases }: CasesPlace, maxBytes: number): Promise<CaseStore> {
  if (cases?.url !== undefined) return await openS3Cases({ ...cases, url: cases.url }, maxBytes);
  const { casesIn } = await import('#adapters/files/case-folder.ts');
  return casesIn(dataFolder, { maxBytes });
}

/** Checks that cases can be stored there, and returns the place for people. */
export async function checkCases(cases: BucketSettings): Promise<string> {
  const { check, place } = await openS3Cases(cases, MAX_CASE_BYTES);
  await check();
  return place;
}

type BucketSettings = Omit<Config['cases'], 'url'> & Readonly<{ url: URL }>;

async function openS3Cases({ url, endpoint, region, timeoutSeconds }: BucketSettings, maxBytes: number) {
  const { s3Cases } = await import('#adapters/s3-cases/case-store.ts');
  return s3Cases({ url, endpoint, region, timeoutMs: timeoutSeconds * 1_000, maxBytes });
}

/** The same investigation with its evidence kept, and the function that keeps it. */
export async function composeCases(
  investigation: Investigation,
  { store, log, dataFolder, cases }: CasesPlace & Readonly<{ store: Store; log: Log }>,
): Promise<Readonly<{ investigation: Investigation; keepCase: KeepCase; store: CaseStore }>> {
  const [kept, { caseKeeper }, { readFile }, { madeSigner }] = await Promise.all([
    composeCaseStore({ dataFolder, cases }, MAX_CASE_BYTES),
    import('#workflows/cases/keep-case.ts'),
    import('node:fs/promises'),
    import('#adapters/files/signing-key.ts'),
  ]);
  const { version } = JSON.parse(await readFile(new URL('../../package.json', import.meta.url), 'utf8'));
  return {
    store: kept,
    investigation: {
      ...investigation,
      settings: { ...investigation.settings, evidence: { maxBytes: MAX_CASE_BYTES } },
    },
    keepCase: caseKeeper({
      store,
      cases: kept,
      sealedBy: `spanhound ${version}`,
      signer: () => madeSigner(dataFolder),
      log,
    }),
  };
}

/** A trace of about 30,000 spans. An ordinary one has a few hundred, and a disk should hold years of them. */
const MAX_CASE_BYTES = 32_000_000;
