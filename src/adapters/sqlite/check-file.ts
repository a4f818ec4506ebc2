/** Checks that a SQLite file is whole. */
import { existsSync } from 'node:fs';
import Database from 'better-sqlite3';
import { asStoreTrouble, StoreTroubleError } from './store-trouble.ts';

/** `quick` reads every page and its structure; `full` also compares every index with its table. */
export type Depth = 'quick' | 'full';

/** SQLite lists every fault; the first ones show the kind of damage. */
const MOST_FAULTS = 3;

/**
 * Throws StoreTroubleError if the file is damaged. A missing file is no damage: the start creates it. `named` is the file
 * that the error names, where `file` is a copy of it.
 */
export function checkFile(file: string, depth: Depth = 'quick', named = file): void {
  if (!existsSync(file)) return;
  const faults = faultsOf(file, depth, named);
  if (faults.length > 0) throw new StoreTroubleError('damaged', named, { why: faults.join('; ') });
}

function faultsOf(file: string, depth: Depth, named: string): readonly string[] {
  let database: Database.Database | undefined;
  try {
    database = new Database(file, { fileMustExist: true });
    const check = depth === 'quick' ? 'quick_check' : 'integrity_check';
    const rows = database.pragma(`${check}(${MOST_FAULTS})`) as Readonly<Record<string, string>>[];
    return rows.map((row) => `${Object.values(row)[0]}`.replaceAll('\n', ' ')).filter((fault) => fault !== 'ok');
  } catch (error) {
    throw asStoreTrouble(error, named);
  } finally {
    database?.close();
  }
}
