/**
 * Keeps copies of the files of marked messages, with the SHA-256 of what Slack sent. A text is kept without the credentials
 * in it, with a second sum; pictures and other files are kept byte for byte.
 *
 *   entry with its files, stored ──► job ──► Slack's file server ──► store of evidence ──► the row says: kept, or why not
 */
import { AnalysisEndedError } from '#core/errors.ts';
import { sha256 } from '#core/sha256.ts';
import type { CaseStore } from '#model/incident/case.ts';
import { MOST_FILE_BYTES, MOST_INCIDENT_BYTES, type SaidFile } from '#model/incident/entry-file.ts';
import type { Incident } from '#model/incident/incident.ts';
import { sizeText } from '#model/text/size-text.ts';
import {
  type FileFate,
  type FileRow,
  fileById,
  filesOf,
  folderOfFiles,
  noteFiles,
  settleFile,
} from '#record/entry-files.ts';
import { incidentById } from '#record/find-incidents.ts';
import type { JobHandler, Jobs } from '#record/jobs.ts';
import type { Store, Tx } from '#record/store.ts';
import { refreshOverview } from '#workflows/incidents/show-overview.ts';
import { draftAnew } from '#workflows/postmortem/draft-postmortem.ts';

export const KEEP_FILES = 'keep-files';

type KeepRequest = Readonly<{ incidentId: string; key: string }>;

/** Notes the files that a message has now, and fetches new ones later. `turn`: of this request. */
export async function takeFiles(
  tx: Tx,
  jobs: Jobs,
  incident: Incident,
  { key, files, turn }: Readonly<{ key: string; files: readonly SaidFile[]; turn: string }>,
): Promise<void> {
  if (!(await noteFiles(tx, incident, { key, files }))) return;
  const payload: KeepRequest = { incidentId: incident.id, key };
  await jobs.addJob(tx, {
    kind: KEEP_FILES,
    workspaceId: incident.workspaceId,
    key: `${incident.id}/${key}/${turn}`,
    payload,
  });
}

/** What Slack gave, or why it never will. Throws what is worth another try. */
type Fetched =
  | Readonly<{ kind: 'fetched'; name: string; type: string; bytes: Uint8Array }>
  | Readonly<{ kind: 'left'; reason: string; isDeleted: boolean; bytes?: number | undefined }>;

export type KeepFilesOptions = Readonly<{
  store: Store;
  jobs: Jobs;
  /** Undefined if the bot keeps no evidence. */
  cases: Pick<CaseStore, 'writeFile' | 'removeFile'> | undefined;
  fetchFile(fileId: string, most: Readonly<{ mostBytes: number; signal: AbortSignal }>): Promise<Fetched>;
  /** In another thread: it takes 0.4 s for the longest text. */
  redact(text: string): Promise<string>;
  kick(): void;
}>;

export function keepFiles(options: KeepFilesOptions): JobHandler {
  const { store, jobs, kick } = options;
  return async (job, signal) => {
    const { incidentId, key } = job.payload as KeepRequest;
    let failure: unknown;
    for (const file of await filesOf(store, incidentId)) {
      if (file.entryKey !== key || file.state !== 'waiting') continue;
      try {
        await keepOne(options, file, signal);
      } catch (error) {
        if (job.lastAttempt) await settle(store, file, { state: 'left', reason: whyNot(error), isDeleted: false });
        else failure ??= error;
      }
    }
    await store.transaction(async (tx) => {
      const incident = await incidentById(tx, incidentId);
      const turn = `${job.key}/${job.attempt}`;
      await refreshOverview(tx, jobs, { incident, key: turn });
      await draftAnew(tx, jobs, { incident, key: turn });
    });
    kick();
    if (failure !== undefined) throw failure;
  };
}

const NOT_SENT = 'Slack did not send it';
const NOT_SEARCHED = 'the search for credentials in it did not end';
const NO_EVIDENCE = 'this bot keeps no evidence';

function whyNot(error: unknown): string {
  return error instanceof AnalysisEndedError ? NOT_SEARCHED : NOT_SENT;
}

async function keepOne(
  { store, cases, fetchFile, redact }: KeepFilesOptions,
  file: FileRow,
  signal: AbortSignal,
): Promise<void> {
  if (cases === undefined)
    return void (await settle(store, file, { state: 'left', reason: NO_EVIDENCE, isDeleted: false }));
  const fetched = await fetchFile(file.id, { mostBytes: MOST_FILE_BYTES, signal });
  const copied: Copied =
    fetched.kind === 'left'
      ? { fate: { ...fetched, state: 'left' as const } }
      : await copyOf({ store, redact }, file, fetched);
  if (copied.bytes === undefined) return void (await settle(store, file, copied.fate));
  const folder = folderOfFiles(file.incidentId);
  await cases.writeFile(folder, { name: file.copyId, bytes: copied.bytes });
  if (await settle(store, file, copied.fate)) return;
  // Somebody had the incident forgotten in the meantime. Where another process kept it, the copy is its own.
  if ((await fileById(store, file.copyId))?.state !== 'kept') await cases.removeFile(folder, file.copyId);
}

/** Without `bytes` there is no copy. */
type Copied = Readonly<{ fate: FileFate; bytes?: Uint8Array }>;

async function copyOf(
  { store, redact }: Pick<KeepFilesOptions, 'store' | 'redact'>,
  { incidentId }: FileRow,
  { name, type, bytes }: Extract<Fetched, { kind: 'fetched' }>,
): Promise<Copied> {
  const copy = await withoutCredentials(bytes, redact);
  const not = (reason: string): Copied => ({ fate: { state: 'left', reason, isDeleted: false, bytes: bytes.length } });
  if (copy === undefined) return not(`a text larger than ${sizeText(MOST_TEXT_BYTES)}`);
  const kept = (await filesOf(store, incidentId)).reduce((sum, { keptBytes }) => sum + keptBytes, 0);
  if (kept + copy.length > MOST_INCIDENT_BYTES)
    return not(`the files of this incident have ${sizeText(MOST_INCIDENT_BYTES)} already`);
  const sums = { sha256: sha256(bytes), keptSha256: sha256(copy) };
  const fate = { state: 'kept', name, type, bytes: bytes.length, ...sums, keptBytes: copy.length } as const;
  return { fate, bytes: copy };
}

async function settle(store: Store, file: FileRow, fate: FileFate): Promise<boolean> {
  return await store.transaction((tx) => settleFile(tx, file, fate));
}

/** Redaction reads about 5 MB a second, and the analyses of its thread wait for it. */
const MOST_TEXT_BYTES = 2_000_000;

/** The same bytes, unless they are a text with credentials. Undefined for a text that is too long to be searched. */
async function withoutCredentials(
  bytes: Uint8Array,
  redact: KeepFilesOptions['redact'],
): Promise<Uint8Array | undefined> {
  const text = textIn(bytes);
  if (text === undefined) return bytes;
  if (bytes.length > MOST_TEXT_BYTES) return undefined;
  const clean = await redact(text);
  return clean === text ? bytes : Buffer.from(clean);
}

/** Undefined if they are no text. */
function textIn(bytes: Uint8Array): string | undefined {
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    return text.includes('\0') ? undefined : text;
  } catch {
    return undefined;
  }
}
