/**
 * Reads a case: its report, its seal, and whether its evidence is unchanged since it was sealed. A case in the store has
 * the report that people saw; the reading is an entry of the audit log. A folder is diagnosed from its evidence.
 */
import { RelayedError, SpanhoundError } from '#core/errors.ts';
import { CASE_MANIFEST, type CaseDisk, type CaseStore } from '#model/incident/case.ts';
import { type Incident, incidentName } from '#model/incident/incident.ts';
import type { Report } from '#present/json/report.ts';
import { casesOf, type KeptCase, noteEvidenceRead } from '#record/evidence.ts';
import { findInvestigation } from '#record/investigations.ts';
import type { Store } from '#record/store.ts';
import { isForgotten, sealOf } from '#workflows/cases/forgotten-case.ts';
import { openedOrGone } from '#workflows/cases/kept-case.ts';
import { type ReplayCaseParts, replayCases } from '#workflows/cases/replay-case.ts';
import { verifyCase } from '#workflows/cases/verify-case.ts';
import { findIncidentNamed } from '#workflows/incidents/find-incident.ts';
import { type MayShow, SHOW_ALL } from '#workflows/rights/may-show.ts';

export type ReadCase = Readonly<{
  /** The name of its folder. */
  name: string;
  /** 64 hexadecimal digits; undefined for a folder without a seal. */
  seal: string | undefined;
  /** Differences from the seal; empty if the evidence is unchanged. */
  problems: readonly string[];
  report: Report;
  markdown: string;
  /** Undefined for a folder. `number` from 1, of `cases`. */
  of?: Readonly<{ incident: Incident; number: number; cases: number }>;
}>;

class NoSuchCaseError extends SpanhoundError {
  override readonly name = 'NoSuchCaseError';
  readonly code = 'SH_CASE_NOT_FOUND';
  readonly advice =
    'An incident has a case for each diagnosis in Slack that belongs to it, unless somebody had it forgotten.';
}

export type ReadKeptCaseParts = Readonly<{ store: Store; cases: Pick<CaseStore, 'open'> }>;

export type ReadKeptCaseRequest = Readonly<{
  /** As a person names it: `INC-12`. */
  incident: string;
  /** From 1; without it, the case that the incident was declared from, else the newest. */
  number?: number | undefined;
  /** For the audit log: who reads, and by which way. */
  actor: string;
  purpose: string;
  /** @default everything */
  mayShow?: MayShow | undefined;
}>;

/** Records the access in the audit log before it returns anything. Throws if there is no such incident or case. */
export async function readKeptCase(
  { store, cases }: ReadKeptCaseParts,
  { incident: named, number, actor, purpose, mayShow = SHOW_ALL }: ReadKeptCaseRequest,
): Promise<ReadCase> {
  const incident = await findIncidentNamed(store, named, mayShow);
  const kept = await casesShown(store, incident, mayShow);
  const chosen = number === undefined ? usual(kept, incident) : number;
  const one = kept[chosen - 1];
  if (one === undefined) throw noSuchCase(incident, kept.length, number);
  const investigation = await findInvestigation(store, { id: one.investigationId, workspaceId: one.workspaceId });
  if (investigation?.state !== 'done') {
    throw new NoSuchCaseError(`the report of case ${chosen} of ${incidentName(incident)} is no longer there`);
  }
  await store.transaction((tx) =>
    noteEvidenceRead(tx, one, { actor, purpose: `${purpose} ${incidentName(incident)}` }),
  );
  return {
    name: one.investigationId,
    seal: one.seal,
    problems: await problemsOf(cases, one),
    report: investigation.report as Report,
    markdown: investigation.markdown,
    of: { incident, number: chosen, cases: kept.length },
  };
}

/** A diagnosis may have been asked for in another channel than that of its incident. */
export async function casesShown(store: Store, incident: Incident, mayShow: MayShow): Promise<readonly KeptCase[]> {
  const shown: KeptCase[] = [];
  for (const one of await casesOf(store, incident)) {
    const { investigationId: id, workspaceId } = one;
    const channelId = (await findInvestigation(store, { id, workspaceId }))?.channelId ?? '';
    if (channelId === incident.channelId || (await mayShow(channelId))) shown.push(one);
  }
  return shown;
}

/** From 1. */
function usual(kept: readonly KeptCase[], { investigationId }: Incident): number {
  const at = kept.findIndex((one) => one.investigationId === investigationId);
  return at < 0 ? kept.length : at + 1;
}

function noSuchCase(incident: Incident, count: number, number: number | undefined): NoSuchCaseError {
  const name = incidentName(incident);
  if (number === undefined || count === 0) return new NoSuchCaseError(`${name} has no case`);
  return new NoSuchCaseError(`${name} has ${count === 1 ? 'one case' : `${count} cases`}, and no case ${number}`);
}

/** The record stores the seal, so it detects a folder that was changed and sealed again. */
async function problemsOf(cases: Pick<CaseStore, 'open'>, { folder: path, seal }: KeptCase): Promise<string[]> {
  const folder = await openedOrGone(cases, path);
  if (folder === undefined) return ['its evidence is gone: somebody deleted it, or a backup lacked it'];
  if (isForgotten(folder)) return ['its evidence was deleted on request'];
  const found = await sealOf(folder);
  return [
    ...(await problemsIn(cases, path)),
    ...(found === seal ? [] : [`${CASE_MANIFEST} has a different seal than the record`]),
  ];
}

async function problemsIn(cases: Pick<CaseDisk, 'open'>, path: string): Promise<string[]> {
  const { problems } = await verifyCase(cases, path);
  return problems.map(({ path: file, problem }) => `${file} ${problem}`);
}

/** Throws if the folder cannot be read or holds no evidence. */
export async function readCaseFolder(parts: ReplayCaseParts, path: string): Promise<ReadCase> {
  for await (const replayed of replayCases(parts, { folders: [path], forms: { markdown: true } })) {
    if ('error' in replayed) throw new RelayedError(replayed.error);
    const { report, markdown = '' } = replayed.analysed;
    const folder = await parts.disk.open(path);
    const seal = await sealOf(folder);
    const problems = seal === undefined ? [] : await problemsIn(parts.disk, path);
    return { name: replayed.case, seal, problems, report, markdown };
  }
  throw new Error('the replay gave no report');
}
