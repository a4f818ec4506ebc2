/** `spanhound case export` and `case verify`: exports and verifies the evidence of an incident. */
import type { Call } from '#cli/call.ts';
import { EXIT } from '#cli/failure.ts';
import { openOutput } from '#cli/output.ts';
import { tell } from '#cli/tell.ts';
import { textOf } from '#cli/text-file.ts';
import { composeCaseDisk, composeCaseStore } from '#compose/cases.ts';
import { composeSigning } from '#compose/signing.ts';
import { composeStoreToRead } from '#compose/store.ts';
import { loadAnalysisConfig } from '#config/analysis.ts';
import { loadConfig } from '#config/load.ts';
import { IncidentNotFoundError } from '#core/errors.ts';
import { publicKeysIn } from '#core/signature.ts';
import { incidentName } from '#model/incident/incident.ts';
import { shown } from '#present/words/plain-text.ts';
import { exportCases } from '#workflows/cases/export-case.ts';
import { verifyCase } from '#workflows/cases/verify-case.ts';

/** The reader for the audit log: anybody who may run this on the machine with the data. */
const ACTOR = 'command line';

export async function exportCase(call: Call, incident: string, target: string): Promise<number> {
  const output = openOutput(call, ['text', 'json']);
  const config = loadConfig(call.env, call.options.config);
  const { dataFolder } = config;
  const store = await composeStoreToRead(config);
  if (store === undefined) throw new IncidentNotFoundError(incident);
  const [disk, kept] = await Promise.all([composeCaseDisk(config), composeCaseStore(config, config.gather.maxBytes)]);
  const { signer } = await composeSigning(dataFolder);
  const exported = await exportCases(
    { store, cases: kept, disk, signer: signer() },
    { incident, target, actor: ACTOR },
  ).finally(() => store.close());
  const { cases, problems } = exported;
  for (const problem of problems)
    tell(`${problem}`, 'It was exported as it is. Restore it from a backup, or mention the damage to the recipient.');
  const name = incidentName(exported.incident);
  const said =
    cases === 0
      ? `${name} has no case: only the manifest was written.`
      : `${name}: ${counted(cases, 'case')} in ${target}.`;
  await output.write(
    `${output.form === 'json' ? JSON.stringify({ incident: name, cases, folder: target, problems }) : said}\n`,
  );
  return problems.length === 0 ? EXIT.done : EXIT.checkFailed;
}

export async function verify(call: Call, path: string, key?: string): Promise<number> {
  const output = openOutput(call, ['text', 'json']);
  const disk = await composeCaseDisk(await loadAnalysisConfig(call.env, call.options.config));
  const { cases, files, forgotten, problems } = await verifyCase(
    disk,
    path,
    key === undefined ? [] : publicKeysIn(await textOf(key)),
  );
  const ok = problems.length === 0;
  const said = ok
    ? `${path} is unchanged since it was sealed: ${counted(cases, 'case')}, ${counted(files, 'file')}.${forgotten === 0 ? '' : ` Forgotten on request: ${counted(forgotten, 'case')}.`}\n`
    : `${path} has problems:\n${problems.map(({ path: file, problem }) => `  ${shown(`${file} ${problem}`)}\n`).join('')}`;
  await output.write(output.form === 'json' ? `${JSON.stringify({ ok, cases, files, forgotten, problems })}\n` : said);
  return ok ? EXIT.done : EXIT.checkFailed;
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}
