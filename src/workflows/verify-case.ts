/**
 * Whether a case, or the cases of an incident in one folder, are as they were sealed: every file there and as it was,
 * nothing added, the manifest itself unchanged.
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

export type CaseCheck = Readonly<{
  /** How many cases and files of evidence were looked at. */
  cases: number;
  files: number;
  problems: readonly CaseProblem[];
}>;

/** Throws UnreadableInputError where there is no such folder; whatever is wrong inside it is a problem of the check. */
export async function verifyCase(disk: Pick<CaseDisk, 'open'>, path: string): Promise<CaseCheck> {
  const folder = await disk.open(path);
  return folder.entries.some(({ name }) => name === CASES_MANIFEST)
    ? await checkCases(folder)
    : await checkCase(folder);
}

async function checkCases(folder: CaseFolder): Promise<CaseCheck> {
  const manifest = await unlessUnreadable(folder.readManifest(CASES_MANIFEST));
  const listed = manifest?.value.cases ?? [];
  const problems = [
    ...manifestProblems(CASES_MANIFEST, manifest, CASES_SCHEMA),
    ...(manifest?.value.cases === undefined ? [{ path: CASES_MANIFEST, problem: 'lists no cases' }] : []),
    ...unlisted(folder, [CASES_MANIFEST, ...listed.map((one) => one.folder)], 'folder'),
  ];
  let files = 0;
  for (const { folder: name, seal } of listed) {
    if (!isPlainName(name) || !folder.entries.some((entry) => entry.name === name && entry.kind === 'folder')) {
      problems.push({ path: name, problem: 'is listed and not there' });
      continue;
    }
    const inner = await folder.open(name);
    const check = await checkCase(inner);
    files += check.files;
    problems.push(...check.problems.map(({ path, problem }) => ({ path: `${name}/${path}`, problem })));
    const found = (await unlessUnreadable(inner.readManifest(CASE_MANIFEST)))?.value.seal;
    if (found !== seal)
      problems.push({ path: `${name}/${CASE_MANIFEST}`, problem: 'has another seal than was listed' });
  }
  return { cases: listed.length, files, problems };
}

async function checkCase(folder: CaseFolder): Promise<CaseCheck> {
  const manifest = await unlessUnreadable(folder.readManifest(CASE_MANIFEST));
  const problems = [
    ...manifestProblems(CASE_MANIFEST, manifest, CASE_SCHEMA),
    ...(manifest !== undefined && manifest.value.files === undefined
      ? [{ path: CASE_MANIFEST, problem: 'lists no files, so that nothing shows whether they were changed' }]
      : []),
    ...(await changedFiles(folder, manifest?.value ?? {})),
  ];
  return { cases: 1, files: manifest?.value.files?.length ?? 0, problems };
}

/** What of the files differs from what the manifest says of them; nothing where it says nothing. */
export async function changedFiles(folder: CaseFolder, { files }: ManifestFields): Promise<readonly CaseProblem[]> {
  if (files === undefined) return [];
  const problems: CaseProblem[] = [];
  const seen = new Set<string>([CASE_MANIFEST]);
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
  if (!isPlainName(path)) return 'is listed under a name that leads out of the folder or is none of a file';
  const entry = folder.entries.find(({ name }) => name === path);
  if (entry === undefined) return 'is listed and not there';
  if (entry.kind !== 'file') return `is a ${KIND_NAMES[entry.kind]} and no file: it was not followed`;
  if (sum === undefined) return 'is listed without its SHA-256';
  const found = await unlessUnreadable(folder.sumOf(path));
  if (found === undefined) return 'cannot be read';
  if (bytes !== undefined && bytes !== found.bytes) return `has ${found.bytes} bytes instead of ${bytes}`;
  return sum.toLowerCase() === found.sha256 ? undefined : 'was changed: its SHA-256 is another one';
}

/** What is wrong inside the folder is what is asked for, and no failure of the check. */
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
      problem: kind === wanted ? 'is there and not listed' : `is a ${kind} that does not belong there`,
    }));
}

function manifestProblems(path: string, manifest: ReadManifest | undefined, schema: string): CaseProblem[] {
  if (manifest === undefined) return [{ path, problem: 'is not there, or cannot be read' }];
  const { mistakes, raw, value, isCanonical } = manifest;
  const problems = [...mistakes];
  if (problems.length === 0 && value.schema !== schema) problems.push(`says that it is no ${schema}`);
  const sealed = value.seal !== undefined;
  if (!sealed && value.sealedBy !== undefined) problems.push('has lost its seal');
  if (sealed && !(isCanonical && sha256(sealedText(raw)) === value.seal))
    problems.push('was changed after it was sealed');
  return problems.map((problem) => ({ path, problem }));
}
