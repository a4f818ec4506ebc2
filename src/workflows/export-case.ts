/**
 * Writes the cases of an incident into their own folder, with a manifest of all of them: for a bug report, an auditor,
 * a test.
 */
import { isoFromUs } from '#core/clock.ts';
import { UsageError } from '#core/errors.ts';
import { sha256 } from '#core/sha256.ts';
import type { Signer } from '#core/signature.ts';
import {
  CASE_MANIFEST,
  CASES_MANIFEST,
  CASES_SCHEMA,
  type CaseDisk,
  type CaseStore,
  isPlainName,
  manifestText,
  sealedText,
} from '#model/incident/case.ts';
import { type Incident, incidentName } from '#model/incident/incident.ts';
import { isLinked } from '#model/incident/incident-link.ts';
import { openable } from '#present/words/links.ts';
import { shown } from '#present/words/plain-text.ts';
import { type KeptCase, noteEvidenceRead } from '#record/evidence.ts';
import { wholeCases, wholeTimeline } from '#record/merges.ts';
import type { Store } from '#record/store.ts';
import { findIncidentNamed } from '#workflows/find-incident.ts';
import { sealOf } from '#workflows/forgotten-case.ts';
import { openedOrGone } from '#workflows/kept-case.ts';
import { signatureFile } from '#workflows/sign-case.ts';
import { verifyCase } from '#workflows/verify-case.ts';

export type ExportCasesParts = Readonly<{
  store: Store;
  cases: Pick<CaseStore, 'open'>;
  /** Of the target. */
  disk: CaseDisk;
  signer?: Signer | undefined;
}>;

export type ExportCasesRequest = Readonly<{
  /** As a person names it: `INC-12`. */
  incident: string;
  target: string;
  /** The person who reads the evidence, for the audit log. */
  actor: string;
}>;

export type ExportedCases = Readonly<{
  incident: Incident;
  cases: number;
  /** Kept cases that differ from their seal. They are exported anyway. */
  problems: readonly string[];
}>;

/** Records the access in the audit log before it returns any evidence. */
export async function exportCases(
  { store, cases, disk, signer }: ExportCasesParts,
  { incident: named, target, actor }: ExportCasesRequest,
): Promise<ExportedCases> {
  const incident = await findIncidentNamed(store, named);
  if (await disk.isTaken(target)) {
    throw new UsageError(`${target} is not empty`, 'Name an empty folder, or one that does not exist yet.');
  }
  const kept = await wholeCases(store, incident);
  await store.transaction(async (tx) => {
    for (const one of kept)
      await noteEvidenceRead(tx, one, { actor, purpose: `case export ${incidentName(incident)}` });
  });

  const problems: string[] = [];
  const exported: Readonly<{ folder: string; seal: string }>[] = [];
  for (const one of kept) {
    const folder = await openedOrGone(cases, one.folder);
    if (folder === undefined) {
      problems.push(`${one.folder} cannot be read`);
      continue;
    }
    problems.push(...(await problemsOf(cases, one)));
    const files = folder.entries.filter(({ name, kind }) => kind === 'file' && isPlainName(name));
    await disk.write(
      `${target}/${folder.name}`,
      await Promise.all(files.map(async ({ name }) => ({ name, bytes: await whole(folder.bytes(name)) }))),
    );
    exported.push({ folder: folder.name, seal: one.seal });
  }
  const entries = await wholeTimeline(store, incident);
  const manifest = {
    schema: CASES_SCHEMA,
    incident: incidentName(incident),
    exportedAt: isoFromUs(await store.nowUs()),
    cases: exported,
    links: entries
      .filter(isLinked)
      .map(({ atUs, text, link }) => ({ at: isoFromUs(atUs), text: shown(text), url: openable(link) })),
  };
  const sealed = { ...manifest, seal: sha256(sealedText(manifest)) };
  await disk.writeFile(`${target}/${CASES_MANIFEST}`, Buffer.from(manifestText(sealed)));
  if (signer !== undefined) {
    const { name, bytes } = signatureFile(sealed.seal, signer);
    await disk.writeFile(`${target}/${name}`, bytes);
  }
  return { incident, cases: exported.length, problems };
}

/** The record stores the seal, so it detects a folder that was changed and sealed again. */
async function problemsOf(cases: Pick<CaseStore, 'open'>, { folder, seal }: KeptCase): Promise<string[]> {
  const { problems } = await verifyCase(cases, folder);
  const found = await sealOf(await cases.open(folder));
  return [
    ...problems.map(({ path: file, problem }) => `${folder}/${file} ${problem}`),
    ...(found === seal ? [] : [`${folder}/${CASE_MANIFEST} has a different seal than the record`]),
  ];
}

async function whole(chunks: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  for await (const chunk of chunks) parts.push(chunk);
  return Buffer.concat(parts);
}
