/**
 * Deletes evidence that is past its time, by kind. The manifest of a case stays, with the checksums of what is gone; so do
 * the answer, the seal and the audit log. Cases of a held incident stay whole.
 */
import { DAY_US } from '#core/time-units.ts';
import { CASE_MANIFEST, evidenceRole, isPlainName } from '#model/incident/case.ts';
import { casesKeptBefore, type KeptCase } from '#record/evidence.ts';
import { holds } from '#record/holds.ts';
import { forgetLogsBefore } from '#record/investigations.ts';
import { wholeCases } from '#record/merges.ts';
import { openedOrGone } from '#workflows/cases/kept-case.ts';
import { type DeleteEvidenceParts, deleteEvidence } from '#workflows/evidence/delete-evidence.ts';
import { expireCopies } from '#workflows/messages/copies.ts';

/** In days; 0 keeps it for ever. `metrics` includes pods, databases and changes; `files` are those of messages. */
export type RetentionDays = Readonly<{ traces: number; logs: number; metrics: number; files: number }>;

export type RetentionParts = DeleteEvidenceParts & Readonly<{ days: RetentionDays }>;

export type Deleted = Readonly<{
  cases: number;
  files: number;
  /** Copies of files of messages. */
  copies: number;
  /** Cases and copies that are past their time and stay because their incident is held. */
  held: number;
}>;

/** `isTrial`: counts only. */
export async function deleteExpired(parts: RetentionParts, isTrial = false): Promise<Deleted> {
  const { store, days } = parts;
  const nowUs = await store.nowUs();
  const { files: ofMessages, ...ofCases } = days;
  const untilUs = nowUs - ofMessages * DAY_US;
  const expired = ofMessages > 0 ? await expireCopies(parts, { untilUs, isTrial }) : { copies: 0, held: 0 };
  const shortest = Math.min(...Object.values(ofCases).filter((count) => count > 0));
  const total = { cases: 0, files: 0, ...expired };
  if (!Number.isFinite(shortest)) return total;
  const heldCases = new Set<string>();
  for (const { incident } of await holds(store)) {
    for (const { investigationId } of await wholeCases(store, incident)) heldCases.add(investigationId);
  }
  for (const kept of await casesKeptBefore(store, nowUs - shortest * DAY_US)) {
    const expired = await expiredFiles(parts, kept, nowUs);
    if (expired.length === 0) continue;
    if (heldCases.has(kept.investigationId)) {
      total.held += 1;
      continue;
    }
    if (!isTrial) await deleteEvidence(parts, kept, { paths: expired, why: 'retention' });
    total.cases += 1;
    total.files += expired.length;
  }
  if (!isTrial && days.logs > 0) await forgetLogsBefore(store, nowUs - days.logs * DAY_US, [...heldCases]);
  return total;
}

async function expiredFiles({ cases, days }: RetentionParts, kept: KeptCase, nowUs: number): Promise<string[]> {
  const folder = await openedOrGone(cases, kept.folder);
  const files = (await folder?.readManifest(CASE_MANIFEST))?.value.files ?? [];
  const there = new Set(folder?.entries.flatMap(({ name, kind }) => (kind === 'file' ? [name] : [])));
  const ageUs = nowUs - kept.keptUs;
  return files
    .map(({ path }) => path)
    .filter((path) => isPlainName(path) && there.has(path))
    .filter((path) => {
      const limit = days[kindOf(path)];
      return limit > 0 && ageUs >= limit * DAY_US;
    });
}

function kindOf(path: string): Exclude<keyof RetentionDays, 'files'> {
  const role = evidenceRole(path);
  if (role === 'traces' || role === 'baseline') return 'traces';
  return role === 'logs' || role === 'baseline-logs' || role === 'earlier-logs' ? 'logs' : 'metrics';
}
