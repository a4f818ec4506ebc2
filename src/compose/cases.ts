/** Composes where the evidence of an investigation is stored and read. */

import type { Investigation } from '#compose/investigation.ts';
import type { AnalysisConfig } from '#config/analysis.ts';
import type { Log } from '#core/log.ts';
import type { CaseDisk } from '#model/incident/case.ts';
import type { Store } from '#record/store.ts';
import type { KeepCase } from '#workflows/keep-case.ts';

/** The folder of the cases, for reading. */
export async function composeCaseDisk({ gather }: AnalysisConfig): Promise<CaseDisk> {
  const { caseDisk } = await import('#adapters/files/case-folder.ts');
  return caseDisk({ maxBytes: gather.maxBytes });
}

/** The same investigation with its evidence kept, and the function that keeps it. */
export async function composeCases(
  investigation: Investigation,
  { store, log, dataFolder }: Readonly<{ store: Store; log: Log; dataFolder: string }>,
): Promise<Readonly<{ investigation: Investigation; keepCase: KeepCase }>> {
  const [{ caseDisk }, { caseKeeper }, { readFile }] = await Promise.all([
    import('#adapters/files/case-folder.ts'),
    import('#workflows/keep-case.ts'),
    import('node:fs/promises'),
  ]);
  const { version } = JSON.parse(await readFile(new URL('../../package.json', import.meta.url), 'utf8'));
  const disk = caseDisk({ maxBytes: MAX_CASE_BYTES });
  return {
    investigation: {
      ...investigation,
      settings: { ...investigation.settings, evidence: { maxBytes: MAX_CASE_BYTES } },
    },
    keepCase: caseKeeper({ store, disk, dataFolder, sealedBy: `spanhound ${version}`, log }),
  };
}

/** A trace of about 30,000 spans. An ordinary one has a few hundred, and a disk should hold years of them. */
const MAX_CASE_BYTES = 32_000_000;
