/**
 * Verifies that a case, or all cases of an incident in a folder, are unchanged since they were sealed: every file is
 * present and unchanged, nothing was added, and the manifest is unchanged.
 */
import { SpanhoundError } from '#core/errors.ts';
import { sha256 } from '#core/sha256.ts';
import {
  CASE_MANIFEST,
  CASE_SCHEMA,
  CASES_MANIFEST,
  CASES_SCHEMA,
  type CaseDisk,
  type CaseFolder,
  type CaseProblem,
  isPlainName,
  type ManifestFields,
  type ReadManifest,
  sealedText,
} from '#model/incident/case.ts';
import { DELETED_FILES, readDeletedList } from '#workflows/cases/deleted-files.ts';
import { isForgotten, sealOf, tombstoneProblems } from '#workflows/cases/forgotten-case.ts';
import { CASE_SIGNATURE, signatureProblems } from '#workflows/cases/sign-case.ts';

export type CaseCheck = Readonly<{
  /** How many cases and evidence files were checked. */
  cases: number;
  files: number;
  /** Cases whose evidence was deleted on request. */
  forgotten: number;
  problems: readonly CaseProblem[];
}>;

/** Throws UnreadableInputError if there is no such folder; problems inside it are results of the check. */
export async function verifyCase(
  disk: Pick<CaseDisk, 'open'>,
  path: string,
  /** Public keys, as PEM or base64: then each seal must be signed by one of them. */
  keys: readonly string[] = [],
): Promise<CaseCheck> {
  const folder = await disk.open(path);
  return folder.entries.some(({ name }) => name === CASES_MANIFEST)
    ? await checkCases(folder, keys)
    : await checkCase(folder, keys);
}

async function checkCases(folder: CaseFolder, keys: readonly string[]): Promise<CaseCheck> {
  const manifest = await unlessUnreadable(folder.readManifest(CASES_MANIFEST));
  const listed = manifest?.value.cases ?? [];
  const copies = manifest?.value.files;
  const problems = [
    ...manifestProblems(CASES_MANIFEST, manifest, CASES_SCHEMA),
    ...(manifest?.value.cases === undefined ? [{ path: CASES_MANIFEST, problem: 'lists no cases' }] : []),
    ...(await signatureProblems(folder, manifest?.value.seal, keys)),
    ...unlisted(
      folder,
      [CASES_MANIFEST, CASE_SIGNATURE, ...listed.map((one) => one.folder), ...(copies === undefined ? [] : [COPIES])],
      'folder',
    ),
    ...(copies === undefined ? [] : await changedCopies(folder, copies)),
  ];
  let [files, forgotten] = [copies?.length ?? 0, 0];
  for (const { folder: name, seal } of listed) {
    if (!isPlainName(name) || !folder.entries.some((entry) => entry.name === name && entry.kind === 'folder')) {
      problems.push({ path: name, problem: 'is listed but missing' });
      continue;
    }
    const inner = await folder.open(name);
    const check = await checkCase(inner, keys);
    files += check.files;
    forgotten += check.forgotten;
    problems.push(...check.problems.map(({ path, problem }) => ({ path: `${name}/${path}`, problem })));
    const found = await unlessUnreadable(sealOf(inner));
    if (found !== seal)
      problems.push({ path: `${name}/${CASE_MANIFEST}`, problem: 'has a different seal than listed' });
  }
  return { cases: listed.length, files, forgotten, problems };
}

/** The folder with the copies of files of messages, beside the cases. */
export const COPIES = 'files';

async function changedCopies(
  folder: CaseFolder,
  files: NonNullable<ManifestFields['files']>,
): Promise<readonly CaseProblem[]> {
  const isThere = folder.entries.some(({ name, kind }) => name === COPIES && kind === 'folder');
  if (!isThere) return [{ path: COPIES, problem: 'is listed but missing' }];
  const problems = await changedFiles(await folder.open(COPIES), { files });
  return problems.map(({ path, problem }) => ({ path: `${COPIES}/${path}`, problem }));
}

async function checkCase(folder: CaseFolder, keys: readonly string[]): Promise<CaseCheck> {
  if (isForgotten(folder)) {
    return { cases: 1, files: 0, forgotten: 1, problems: await tombstoneProblems(folder, keys) };
  }
  const manifest = await unlessUnreadable(folder.readManifest(CASE_MANIFEST));
  const list = await readDeletedList(folder, manifest?.value.seal, keys);
  const there = new Set(folder.entries.map(({ name }) => name));
  const deleted = new Set(list.files.map(({ path }) => path).filter((path) => !there.has(path)));
  const problems = [
    ...manifestProblems(CASE_MANIFEST, manifest, CASE_SCHEMA),
    ...(manifest !== undefined && manifest.value.files === undefined
      ? [{ path: CASE_MANIFEST, problem: 'lists no files, so nothing shows whether they were changed' }]
      : []),
    ...(await changedFiles(folder, manifest?.value ?? {})).filter(({ path }) => !deleted.has(path)),
    ...(list.problem === '' ? [] : [{ path: DELETED_FILES, problem: list.problem }]),
    ...(await signatureProblems(folder, manifest?.value.seal, keys)),
  ];
  return { cases: 1, files: manifest?.value.files?.length ?? 0, forgotten: 0, problems };
}

/** The differences between the files and the manifest; none if the manifest does not list them. */
export async function changedFiles(folder: CaseFolder, { files }: ManifestFields): Promise<readonly CaseProblem[]> {
  if (files === undefined) return [];
  const problems: CaseProblem[] = [];
  const seen = new Set<string>([CASE_MANIFEST, CASE_SIGNATURE, DELETED_FILES]);
  for (const { path, sha256: sum, bytes } of files) {
    const problem = seen.has(path) ? 'is listed twice' : await problemOf(folder, path, sum, bytes);
    seen.add(path);
    if (problem !== undefined) problems.push({ path, problem });
  }
  return [...problems, ...unlisted(folder, [...seen], 'file')];
}

async function problemOf(
  folder: CaseFolder,
  path: string,
  sum: string | undefined,
  bytes: number | undefined,
): Promise<string | undefined> {
  if (!isPlainName(path)) return 'is listed under a path outside the folder or an invalid file name';
  const entry = folder.entries.find(({ name }) => name === path);
  if (entry === undefined) return 'is listed but missing';
  if (entry.kind !== 'file') return `is a ${KIND_NAMES[entry.kind]}, not a file: it was not followed`;
  if (sum === undefined) return 'is listed without its SHA-256';
  const found = await unlessUnreadable(folder.sumOf(path));
  if (found === undefined) return 'cannot be read';
  if (bytes !== undefined && bytes !== found.bytes) return `has ${found.bytes} bytes instead of ${bytes}`;
  return sum.toLowerCase() === found.sha256 ? undefined : 'was changed: its SHA-256 differs';
}

/** Problems inside the folder are results of the check, not failures. */
async function unlessUnreadable<T>(reading: Promise<T>): Promise<T | undefined> {
  try {
    return await reading;
  } catch (error) {
    if (error instanceof SpanhoundError) return undefined;
    throw error;
  }
}

const KIND_NAMES = { folder: 'folder', link: 'link', other: 'device' } as const;

function unlisted(folder: CaseFolder, listed: readonly string[], wanted: 'file' | 'folder'): CaseProblem[] {
  return folder.entries
    .filter(({ name }) => !listed.includes(name))
    .map(({ name, kind }) => ({
      path: name,
      problem: kind === wanted ? 'exists but is not listed' : `is a ${kind} that does not belong there`,
    }));
}

function manifestProblems(path: string, manifest: ReadManifest | undefined, schema: string): CaseProblem[] {
  if (manifest === undefined) return [{ path, problem: 'is missing or cannot be read' }];
  const { mistakes, raw, value, isCanonical } = manifest;
  const problems = [...mistakes];
  if (problems.length === 0 && value.schema !== schema) problems.push(`does not declare the schema ${schema}`);
  const sealed = value.seal !== undefined;
  if (!sealed && value.sealedBy !== undefined) problems.push('has no seal');
  if (sealed && !(isCanonical && sha256(sealedText(raw)) === value.seal))
    problems.push('was changed after it was sealed');
  return problems.map((problem) => ({ path, problem }));
}
