/**
 * Forgets a person, a trace or an incident: in every table and in the kept evidence. Slack's copies are listed, because
 * only people can delete them.
 *
 *   find ──► trial in a transaction that is undone: counts, legal holds ──► evidence files ──► the tables ──► free pages
 *
 * The files go first: after a crash the tables still name them, and the same command finishes the work.
 */
import { isoFromUs } from '#core/clock.ts';
import { UsageError } from '#core/errors.ts';
import type { Signer } from '#core/signature.ts';
import { CASE_MANIFEST, type CaseFolder, isPlainName } from '#model/incident/case.ts';
import { readIncidentNumber } from '#model/incident/incident.ts';
import { isPersonId } from '#model/incident/person-id.ts';
import { readTraceId } from '#model/trace/trace-id.ts';
import { copiesUntil, type FileRow, filesOf, filesSharedBy, folderOfFiles } from '#record/entry-files.ts';
import { casesKeptBefore, casesOf, type KeptCase } from '#record/evidence.ts';
import { type ForgottenRows, forgetRows } from '#record/forget.ts';
import { type ForgetScope, scopeOfIncident, scopeOfPerson, scopeOfTrace } from '#record/forget-scope.ts';
import { incidentsTouched, type SlackCopy, slackCopies } from '#record/forget-touched.ts';
import { holds, refuseHeld } from '#record/holds.ts';
import type { Mentions } from '#record/mentions.ts';
import type { Store, Tx } from '#record/store.ts';
import { forgottenCase, isForgotten } from '#workflows/cases/forgotten-case.ts';
import { openedOrGone } from '#workflows/cases/kept-case.ts';
import { type DeleteEvidenceParts, deleteEvidence } from '#workflows/evidence/delete-evidence.ts';
import { findIncidentNamed } from '#workflows/incidents/find-incident.ts';

export type ForgetParts = Omit<DeleteEvidenceParts, 'signer'> & Readonly<{ signer(): Signer }>;

export type Forgotten = Readonly<{
  what: ForgetScope['what'];
  rows: ForgottenRows;
  /** Cases whose evidence was deleted as a whole. */
  cases: number;
  /** Single evidence files of other cases. */
  files: number;
  /** Answers and alerts that stay, because another incident has them too. */
  shared: number;
  copies: readonly SlackCopy[];
  /** Whether the deleted texts are gone from the file of the store too. Undefined: this was a trial, or no file. */
  wiped: boolean | undefined;
}>;

export type ForgetRequest = Readonly<{ named: string; actor: string; isTrial: boolean }>;

/** Throws UsageError, IncidentNotFoundError or LegalHoldError. */
export async function forget(parts: ForgetParts, { named, actor, isTrial }: ForgetRequest): Promise<Forgotten> {
  const { store } = parts;
  const scope = await scopeOf(store, named);
  const plan = await planOf(parts, scope);
  await refuseHeldCases(store, plan);
  const shared = await sharedFiles(parts, scope);
  await refuseHeld(store, [...new Set(shared.map(({ incidentId }) => incidentId))]);
  const files = plan.reduce((sum, { paths }) => sum + (paths === undefined ? 0 : paths.length), 0);
  const cases = plan.filter(({ paths }) => paths === undefined);
  const options = {
    signer: parts.signer(),
    actor,
    cases: cases.map(({ kept }) => kept.investigationId),
    copies: shared,
    files: files + cases.reduce((sum, { kept }) => sum + kept.files, 0),
  };
  const trial = await tried(store, (tx) => forgetRows(tx, scope, options));
  const copies = await slackCopies(store, scope, await incidentsTouched(store, scope));
  const found = { what: scope.what, cases: cases.length, files, shared: scope.shared, copies };
  if (isTrial) return { ...found, rows: trial, wiped: undefined };

  for (const { kept, paths } of plan) {
    if (paths !== undefined) await deleteEvidence(parts, kept, { paths, why: 'forgotten' });
    else await bury(parts, kept);
  }
  for (const { incidentId, copyId } of shared) await parts.cases.removeFile(folderOfFiles(incidentId), copyId);
  const rows = await store.transaction((tx) => forgetRows(tx, scope, options));
  return { ...found, rows, wiped: await store.wipeFreed?.() };
}

async function scopeOf(store: Store, named: string): Promise<ForgetScope> {
  if (readIncidentNumber(named) !== undefined)
    return await scopeOfIncident(store, await findIncidentNamed(store, named));
  if (isPersonId(named)) return scopeOfPerson(named);
  const trace = readTraceId(named);
  if (trace?.kind === 'trace') return await scopeOfTrace(store, trace.id);
  throw new UsageError(
    `"${named}" names no person, trace or incident`,
    'Name a Slack user id (U02ABCDEF), a trace id, or an incident (INC-12).',
  );
}

class UndoneError<T> extends Error {
  readonly result: T;

  constructor(result: T) {
    super('a trial, which is undone');
    this.result = result;
  }
}

/** Runs the work in a transaction, rolls the transaction back, and returns the result of the work. */
async function tried<T>(store: Store, work: (tx: Tx) => Promise<T>): Promise<T> {
  try {
    await store.transaction(async (tx) => {
      throw new UndoneError(await work(tx));
    });
  } catch (error) {
    if (error instanceof UndoneError) return error.result as T;
    throw error;
  }
  throw new Error('the trial was not undone');
}

/** `paths`: the files to delete; undefined: all of the case. */
type Planned = Readonly<{ kept: KeptCase; paths: readonly string[] | undefined }>;

/** The cases of what is forgotten, and whatever file of another case mentions it. */
async function planOf({ store, cases }: ForgetParts, scope: ForgetScope): Promise<readonly Planned[]> {
  const whole = new Set(scope.investigations);
  const plan: Planned[] = [];
  for (const kept of await casesKeptBefore(store, Number.MAX_SAFE_INTEGER)) {
    if (!whole.has(kept.investigationId) && scope.mentions === undefined) continue;
    const folder = await openedOrGone(cases, kept.folder);
    // A crash may have left evidence beside the tombstone.
    if (folder === undefined || (isForgotten(folder) && folder.entries.length === 1)) continue;
    const found = whole.has(kept.investigationId)
      ? [CASE_MANIFEST]
      : await filesMentioning(folder, scope.mentions as Mentions);
    // The manifest is sealed, so it can only go as a whole.
    if (found.includes(CASE_MANIFEST)) plan.push({ kept, paths: undefined });
    else if (found.length > 0) plan.push({ kept, paths: found });
  }
  return plan;
}

/** The files of the incident, or of the person's messages, and whatever copy of another one mentions them. */
async function sharedFiles({ store, cases }: ForgetParts, scope: ForgetScope): Promise<readonly FileRow[]> {
  if (scope.incident !== undefined) return await filesOf(store, scope.incident.id);
  const own = scope.personId === undefined ? [] : await filesSharedBy(store, scope.personId);
  const found = new Map(own.map((file) => [file.copyId, file]));
  for (const file of await copiesUntil(store, Number.MAX_SAFE_INTEGER)) {
    if (found.has(file.copyId) || scope.mentions === undefined) continue;
    const folder = await openedOrGone(cases, folderOfFiles(file.incidentId));
    const isThere = folder?.entries.some(({ name }) => name === file.copyId);
    if (folder && isThere && (await isMentioned(folder.bytes(file.copyId), scope.mentions)))
      found.set(file.copyId, file);
  }
  return [...found.values()];
}

async function filesMentioning(folder: CaseFolder, mentions: Mentions): Promise<readonly string[]> {
  const found: string[] = [];
  for (const { name, kind } of folder.entries) {
    if (kind === 'file' && isPlainName(name) && (await isMentioned(folder.chunks(name), mentions))) found.push(name);
  }
  return found;
}

/** Longer than each form of an id, with the character before and after it. */
const OVERLAP = 200;

async function isMentioned(chunks: AsyncIterable<Uint8Array>, mentions: Mentions): Promise<boolean> {
  let end = '';
  for await (const chunk of chunks) {
    const text = end + Buffer.from(chunk).toString('latin1');
    if (mentions.isIn(text)) return true;
    end = text.slice(-OVERLAP);
  }
  return false;
}

async function refuseHeldCases(store: Store, plan: readonly Planned[]): Promise<void> {
  const planned = new Set(plan.map(({ kept }) => kept.investigationId));
  for (const { incident } of await holds(store)) {
    const cases = await casesOf(store, incident);
    if (cases.some(({ investigationId }) => planned.has(investigationId))) await refuseHeld(store, [incident.id]);
  }
}

async function bury({ store, cases, signer }: ForgetParts, { folder, seal }: KeptCase): Promise<void> {
  await cases.write(folder, [forgottenCase(seal, isoFromUs(await store.nowUs()), signer())]);
}
