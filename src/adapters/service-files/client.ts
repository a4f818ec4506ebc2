/** Reads `catalog-info.yaml` and `CODEOWNERS` from this machine. Whatever cannot be read is a warning; the rest counts. */
import { open, readdir, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { checked } from '#adapters/health.ts';
import type { FoundFacts, Health, ServiceFactSource } from '#gather/sources.ts';
import { readCatalogInfo } from './catalog-info.ts';
import { readCodeOwners } from './codeowners.ts';

const NAME = 'services';
/** GitHub ignores a larger CODEOWNERS: https://docs.github.com/en/repositories (CODEOWNERS file size). */
const LARGEST_BYTES = 3_000_000;
/** A repository of a whole company has some thousand services. */
const MOST_FILES = 5_000;
const MOST_FOLDERS = 50_000;
const DEEPEST = 8;

const CATALOG_INFO = /^catalog-info\.ya?ml$/i;
const CODE_OWNERS = /^CODEOWNERS$/;
/** Folders of a repository that hold its CODEOWNERS, and others of no use. */
const META = new Set(['.github', '.gitlab', 'docs']);
const SKIPPED = new Set(['node_modules', 'vendor', 'dist', 'target']);

export function serviceFiles(paths: readonly string[]): ServiceFactSource {
  async function readFacts(signal: AbortSignal): Promise<FoundFacts> {
    const warnings: string[] = [];
    const files = (await Promise.all(paths.map((path) => filesUnder(path, warnings, signal)))).flat();
    if (files.length > MOST_FILES) {
      warnings.push(
        `only the first ${MOST_FILES} of ${files.length} service files were read: name fewer folders in SERVICES_FILES`,
      );
    }
    const facts = [];
    for (const file of files.slice(0, MOST_FILES)) {
      signal.throwIfAborted();
      const text = await textOf(file, warnings);
      if (text === undefined) continue;
      const found = CODE_OWNERS.test(basename(file))
        ? readCodeOwners(text, { place: file, repository: repositoryOf(file) })
        : readCatalogInfo(text, file);
      facts.push(...found.facts);
      warnings.push(...found.warnings);
    }
    return { facts, warnings };
  }

  function check(signal: AbortSignal): Promise<Health> {
    return checked(async () => {
      const { facts, warnings } = await readFacts(signal);
      const services = new Set(facts.map(({ service }) => service)).size;
      const [first] = warnings;
      if (first === undefined && services > 0) return { ok: true, detail: `name ${services} services`, remedy: '' };
      if (first === undefined) {
        return {
          ok: false,
          detail: 'name no service',
          remedy: 'Check the paths in SERVICES_FILES (docs/services.md).',
        };
      }
      const more = warnings.length === 1 ? '' : ` (and ${warnings.length - 1} more)`;
      return {
        ok: false,
        detail: `${first}${more}`,
        remedy: 'Check the paths in SERVICES_FILES. `spanhound services` says what of them was not read.',
      };
    });
  }

  return { name: NAME, readFacts, check };
}

/** A named file counts whatever its name; in folders only the files with the usual names. */
async function filesUnder(path: string, warnings: string[], signal: AbortSignal): Promise<readonly string[]> {
  try {
    if (!(await stat(path)).isDirectory()) return [path];
  } catch (error) {
    warnings.push(`${path} cannot be read (${codeOf(error)}): correct the path in SERVICES_FILES`);
    return [];
  }
  const found: string[] = [];
  const folders = [{ folder: path, depth: 0 }];
  for (const [index, { folder, depth }] of folders.entries()) {
    signal.throwIfAborted();
    if (index >= MOST_FOLDERS) {
      warnings.push(`${path} has more than ${MOST_FOLDERS} folders, and the rest was not read: name smaller ones`);
      break;
    }
    const { files, inner } = await contentOf(folder);
    found.push(...files);
    if (depth < DEEPEST) folders.push(...inner.map((one) => ({ folder: one, depth: depth + 1 })));
  }
  return found;
}

async function contentOf(folder: string) {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  const sorted = entries.sort((a, b) => (a.name < b.name ? -1 : 1));
  const isFile = (name: string) => CATALOG_INFO.test(name) || CODE_OWNERS.test(name);
  const isOpen = (name: string) => !SKIPPED.has(name) && (!name.startsWith('.') || META.has(name));
  return {
    files: sorted.filter((entry) => entry.isFile() && isFile(entry.name)).map(({ name }) => join(folder, name)),
    inner: sorted.filter((entry) => entry.isDirectory() && isOpen(entry.name)).map(({ name }) => join(folder, name)),
  };
}

async function textOf(path: string, warnings: string[]): Promise<string | undefined> {
  try {
    const file = await open(path);
    try {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(LARGEST_BYTES + 1), 0, LARGEST_BYTES + 1, 0);
      if (bytesRead <= LARGEST_BYTES) return buffer.toString('utf8', 0, bytesRead);
      warnings.push(`${path} is larger than ${LARGEST_BYTES / 1_000_000} MB and was not read: split it`);
    } finally {
      await file.close();
    }
  } catch (error) {
    warnings.push(`${path} cannot be read (${codeOf(error)}): check its permissions`);
  }
  return undefined;
}

/** The name of the folder that is the repository: its CODEOWNERS may be in `.github`, `.gitlab` or `docs`. */
function repositoryOf(file: string): string {
  const folder = dirname(file);
  return basename(META.has(basename(folder)) ? dirname(folder) : folder);
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
}
