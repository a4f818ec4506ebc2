/** A result never replaces the evidence that it is made from. */
import { realpathSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { UsageError } from '#core/errors.ts';
import { CASE_MANIFEST, evidenceRole } from '#model/incident/case.ts';

/**
 * `read`: all arguments and values of options; those that name no file count for nothing.
 *
 * @throws UsageError where the result would be written over one of these files, or over evidence in one of these folders.
 */
export function refuseOwnInput(out: string | undefined, read: readonly unknown[]): void {
  const target = out === undefined ? undefined : realPath(out);
  if (target === undefined) return;
  const inputs = read.flat().flatMap((value) => (typeof value === 'string' ? (realPath(value) ?? []) : []));
  const isEvidence = evidenceRole(basename(target)) !== undefined || basename(target) === CASE_MANIFEST;
  if (inputs.includes(target) || (isEvidence && inputs.includes(dirname(target)))) {
    throw new UsageError(`--out ${out} would replace a file that is read`, 'Name another file for the result.');
  }
}

/** Undefined where there is nothing of this name yet. */
function realPath(path: string): string | undefined {
  try {
    return realpathSync(path);
  } catch {
    return undefined;
  }
}
