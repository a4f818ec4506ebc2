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
  type CaseFile,
  type CaseStore,
  isPlainName,
  manifestText,
  type NamedBytes,
  sealedText,
} from '#model/incident/case.ts';
import { type Incident, incidentName } from '#model/incident/incident.ts';
import { isLinked } from '#model/incident/incident-link.ts';
import { openable } from '#present/words/links.ts';
import { shown } from '#present/words/plain-text.ts';
import { folderOfFiles, noteCopyRead } from '#record/entry-files.ts';
import { type KeptCase, noteEvidenceRead } from '#record/evidence.ts';
import { mergedIn, wholeCases, wholeTimeline } from '#record/merges.ts';
import type { Store } from '#record/store.ts';
import { openFilesOf } from '#record/timeline.ts';
import { sealOf } from '#workflows/cases/forgotten-case.ts';
import { openedOrGone } from '#workflows/cases/kept-case.ts';
import { signatureFile } from '#workflows/cases/sign-case.ts';
import { COPIES, verifyCase } from '#workflows/cases/verify-case.ts';
import { findIncidentNamed } from '#workflows/incidents/find-incident.ts';
import { copyBytes } from '#workflows/messages/copies.ts';

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
  const copies = await exportCopies({ store, cases, disk }, incident, { target, actor });
  problems.push(...copies.problems);
  const manifest = {
    schema: CASES_SCHEMA,
    incident: incidentName(incident),
    exportedAt: isoFromUs(await store.nowUs()),
    cases: exported,
    ...(copies.files.length === 0 ? {} : { files: copies.files }),
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

/**
 * The copies of files of its messages, with those of merged incidents: into a folder beside the cases. What only some
 * people read stays in the store of evidence.
 */
async function exportCopies(
  { store, cases, disk }: Omit<ExportCasesParts, 'signer'>,
  incident: Incident,
  { target, actor }: Pick<ExportCasesRequest, 'target' | 'actor'>,
): Promise<Readonly<{ files: readonly CaseFile[]; problems: readonly string[] }>> {
  const ofEach = await Promise.all(
    [incident, ...(await mergedIn(store, incident))].map(async ({ id }) => await openFilesOf(store, id)),
  );
  const kept = ofEach.flat().filter(({ state }) => state === 'kept');
  const written: NamedBytes[] = [];
  const files: CaseFile[] = [];
  const problems: string[] = [];
  for (const file of kept) {
    const bytes = await copyBytes(cases, file);
    if (bytes === undefined) {
      problems.push(`${folderOfFiles(file.incidentId)}/${file.copyId} is missing or was changed`);
      continue;
    }
    await store.transaction((tx) =>
      noteCopyRead(tx, file, { actor, purpose: `case export ${incidentName(incident)}` }),
    );
    written.push({ name: file.copyId, bytes });
    files.push({
      path: file.copyId,
      sha256: file.keptSha256,
      bytes: bytes.length,
      source: 'slack',
      query: shown(file.name),
      collectedAt: isoFromUs(file.keptUs),
    });
  }
  if (written.length > 0) await disk.write(`${target}/${COPIES}`, written);
  return { files, problems };
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
