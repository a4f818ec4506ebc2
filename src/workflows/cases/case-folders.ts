/**
 * Resolves the named cases. `case export` writes a folder of cases with an index and its signature. A shell expands
 * `out/*` to include both. They, and the folder that contains it, stand for the cases that the index lists.
 *
 *   out  out/*  ──►  out/<first case>  out/<second case>
 */
import { UnreadableInputError } from '#core/errors.ts';
import { CASES_MANIFEST, type CaseDisk, isPlainName } from '#model/incident/case.ts';
import { CASE_SIGNATURE } from '#workflows/cases/sign-case.ts';

type Disk = Pick<CaseDisk, 'open'>;

/**
 * Each case once, in the order in which they were named. A path without an index stays unchanged; opening it shows any
 * problem.
 */
export async function caseFolders(disk: Disk, named: readonly string[]): Promise<readonly string[]> {
  const folders = new Set<string>();
  for (const path of named.map(withoutSlash)) {
    for (const folder of (await listedIn(disk, path)) ?? [path]) folders.add(folder);
  }
  return [...folders];
}

/** Undefined if the path has no readable index. */
async function listedIn(disk: Disk, path: string): Promise<readonly string[] | undefined> {
  const folder = INDEX.test(path) ? path.replace(INDEX, '') || '.' : path;
  try {
    const manifest = await (await disk.open(folder)).readManifest(CASES_MANIFEST);
    const names = manifest?.value.cases?.map((one) => one.folder).filter(isPlainName) ?? [];
    return names.length === 0 ? undefined : names.map((name) => (folder === '.' ? name : `${folder}/${name}`));
  } catch (error) {
    if (error instanceof UnreadableInputError) return undefined;
    throw error;
  }
}

const INDEX = new RegExp(`(?:^|(?<=.)/)(?:${RegExp.escape(CASES_MANIFEST)}|${RegExp.escape(CASE_SIGNATURE)})$`);

function withoutSlash(path: string): string {
  return path.replace(/(?<=^\/|[^/])\/+$/, '');
}
