/** What an input is called, and why it cannot be read or written, in words instead of the operating system's code. */

/** The name of standard input on a command line. */
export const STDIN = '-';

/** The name of an input for people. */
export function nameOfInput(path: string): string {
  if (path === STDIN) return 'standard input';
  return path === '' ? 'a file without a name' : path;
}

const WORDS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  ENOTDIR: 'there is no such file',
  EISDIR: 'it is a folder',
  EACCES: 'the permissions do not allow it',
  EPERM: 'the permissions do not allow it',
  EROFS: 'its file system is read-only',
  ENOSPC: 'the disk is full',
  ENAMETOOLONG: 'its name is too long',
  ELOOP: 'its links lead in a circle',
};

/** The code of an error of the file system: `ENOENT`; empty for any other error. */
export function fileErrorCode(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}

export function fileTrouble(error: unknown): string {
  const code = fileErrorCode(error);
  return WORDS[code] ?? (code || (error instanceof Error ? error.message : String(error)));
}

/** Says which file the system could not use, and why: `/etc/kube/config: there is no such file`. Undefined for other errors. */
export function troubleOfFile(error: unknown): string | undefined {
  if (!(error instanceof Error && 'path' in error && typeof error.path === 'string')) return undefined;
  return WORDS[fileErrorCode(error)] === undefined ? undefined : `${error.path}: ${fileTrouble(error)}`;
}

/** A missing file is created, so here its folder is missing. */
export function writeTrouble(error: unknown): string {
  const isFolderMissing = ['ENOENT', 'ENOTDIR'].includes(fileErrorCode(error));
  return isFolderMissing ? 'its folder does not exist' : fileTrouble(error);
}
