/**
 * Which cases were named. What `case export` writes is a folder of cases with an index, and a shell makes files of `out/*`,
 * too: the index, and the folder that holds it, stand for the cases that it lists.
 *
 *   out  out/*  ──►  out/<first case>  out/<second case>
 */
import { UnreadableInputError } from '#core/errors.ts';
import { CASES_MANIFEST, type CaseDisk, isPlainName } from '#model/incident/case.ts';

type Disk = Pick<CaseDisk, 'open'>;

/** Each once, in the order in which they were named. What is no index stays as it is, for whoever opens it to judge. */
export async function caseFolders(disk: Disk, named: readonly string[]): Promise<readonly string[]> {
  const folders = new Set<string>();
  for (const path of named.map(withoutSlash)) {
    for (const folder of (await listedIn(disk, path)) ?? [path]) folders.add(folder);
  }
  return [...folders];
}

/** Undefined where the path leads to no index that can be read. */
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

const INDEX = new RegExp(`(?:^|(?<=.)/)${RegExp.escape(CASES_MANIFEST)}$`);

function withoutSlash(path: string): string {
  return path.replace(/(?<=^\/|[^/])\/+$/, '');
}
