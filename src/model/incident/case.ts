/**
 * The evidence of one investigation as a folder. Everything is kept byte for byte as it was received, except for
 * redacted credentials. So it can be replayed without any backend and proved unchanged.
 *
 *  case.json          the question, the files with their checksums, the gaps, the seal
 *  traces.json        as the backend sent it; traces-2.json, … where there were several responses; large files as .gz
 *  logs.jsonl         one log line per line
 *  baseline.json      the same for the baseline, and baseline-logs.jsonl
 *  metrics.json       every series that a store sent, as a list
 *  platform.json      what Kubernetes answered: a list of its lists
 *  database.json      statistics of databases: a list of readings
 */
import type { WindowSubject } from '#model/finding/analysis.ts';
import type { Gap } from '#model/finding/gap.ts';
import type { Redaction } from '#model/redaction/redaction.ts';
import type { Sample } from '#model/requests/seen-request.ts';
import type { BodyKind } from '#model/trace/build/body.ts';

export const CASE_SCHEMA = 'spanhound.case/1';
export const CASE_MANIFEST = 'case.json';

/** A folder with the cases of one incident. */
export const CASES_SCHEMA = 'spanhound.cases/1';
export const CASES_MANIFEST = 'cases.json';

/** The subject of the investigation, in the form of the report. Times in ISO 8601. */
export type CaseSubject = Readonly<{
  kind: 'trace' | 'alert' | 'window';
  traceId: string;
  service: string;
  from: string;
  to: string;
  /** The one request that was asked about, where there is no trace of it. */
  requestId?: string | undefined;
}>;

/** One file as the analysis provides it. */
export type EvidenceFile = Readonly<{
  path: string;
  source: string;
  query: string;
  bytes: Uint8Array;
  redactions: readonly Redaction[];
  /** How the search that found it chose traces; another search may have found it too. */
  sample?: Sample | undefined;
}>;

export type KeptEvidence = Readonly<{
  files: readonly EvidenceFile[];
  /** Evidence that could not be gathered, or was too large to keep. */
  gaps: readonly Gap[];
  /** The alert in question, if there was one. */
  alert?: CaseAlert | undefined;
  judged?: JudgedWindow | undefined;
}>;

/** What a replay needs to know about a window that was compared with a baseline. */
export type JudgedWindow = Readonly<
  Pick<WindowSubject, 'fromUs' | 'toUs' | 'service' | 'through' | 'onset' | 'healthy' | 'unhealthy'>
>;

/** What a replay needs to know about an alert. */
export type CaseAlert = Readonly<{
  title: string;
  service: string;
  traceId: string;
  /** Microseconds since the epoch. */
  atUs: number;
}>;

/**
 * Kept as received, one file per response; for the platform and databases, the allowed parts of all responses in one
 * file.
 */
export type BodyRole = Extract<EvidenceRole, 'traces' | 'baseline' | 'metrics' | 'platform' | 'database' | 'changes'>;

/** The name of the nth body of its role, from 0. */
export function bodyPath(role: BodyRole, index: number): string {
  return index === 0 ? `${role}.json` : `${role}-${index + 1}.json`;
}

export type CaseFile = Readonly<{
  path: string;
  sha256: string;
  bytes: number;
  source: string;
  query: string;
  /** ISO 8601 */
  collectedAt: string;
  sample?: Sample | undefined;
}>;

export type CaseManifest = Readonly<{
  schema: typeof CASE_SCHEMA;
  subject: CaseSubject;
  alert?: CaseAlert | undefined;
  window: Readonly<{ from: string; to: string }>;
  judged?: JudgedWindow | undefined;
  files: readonly CaseFile[];
  redactions: readonly (Readonly<{ path: string }> & Redaction)[];
  gaps: readonly Gap[];
  /** The program version that wrote it. */
  sealedBy: string;
  /** The seal of the workspace's case before this one; empty for the first. */
  previousSeal: string;
  /** The SHA-256 of `sealedText`: of everything above and, through the checksums, of every file. */
  seal: string;
}>;

/** A problem of a folder; `path` is relative to it. */
export type CaseProblem = Readonly<{ path: string; problem: string }>;

/** An opened folder from any origin: its content is untrusted, and no link out of it is followed. */
export type CaseFolder = Readonly<{
  /** Its own name. */
  name: string;
  /** In order of name. A link is never followed. */
  entries: readonly Readonly<{ name: string; kind: 'file' | 'folder' | 'link' | 'other' }>[];
  /** Undefined where there is no such file. */
  readManifest(name: string): Promise<ReadManifest | undefined>;
  /** The checksum of the stored bytes. Throws UnreadableInputError. */
  sumOf(name: string): Promise<Readonly<{ sha256: string; bytes: number }>>;
  /** The stored bytes. Throws UnreadableInputError or TooLargeError while they are read. */
  bytes(name: string): AsyncIterable<Uint8Array>;
  /** Uncompressed, up to a limit. Throws the same errors. */
  chunks(name: string): AsyncIterable<Uint8Array>;
  /** A subfolder. */
  open(name: string): Promise<CaseFolder>;
}>;

/** The part of the disk that cases need. */
export type CaseDisk = Readonly<{
  /** Throws UnreadableInputError where there is no readable folder. */
  open(path: string): Promise<CaseFolder>;
  /** Writes the whole folder or nothing, readable only by its owner; replaces what was there before. */
  write(path: string, files: readonly NamedBytes[]): Promise<void>;
  /** One file, durably. */
  writeFile(path: string, bytes: Uint8Array): Promise<void>;
  /** Whether the path exists as a file, or as a folder that is not empty. */
  isTaken(path: string): Promise<boolean>;
}>;

/**
 * Where the bot keeps the cases: a folder on the disk, or a bucket. `folder` is the place in the record, such as
 * `cases/<investigation>`. Throws UnreadableInputError where there is no such case, and other errors if the place itself
 * cannot be reached.
 */
export type CaseStore = Readonly<{
  open(folder: string): Promise<CaseFolder>;
  /** The whole folder or nothing; replaces what was there before. */
  write(folder: string, files: readonly NamedBytes[]): Promise<void>;
  /** One file, whole, in the place of the one before. Makes the folder if there is none. */
  writeFile(folder: string, file: NamedBytes): Promise<void>;
  /** Does nothing if it is gone. */
  removeFile(folder: string, name: string): Promise<void>;
}>;

export type NamedBytes = Readonly<{ name: string; bytes: Uint8Array }>;

export type ReadManifest = Readonly<{
  /** All its fields, for the seal. */
  raw: Readonly<Record<string, unknown>>;
  /** The fields that could be read. */
  value: ManifestFields;
  /** The problems: `has a window that cannot be read`. */
  mistakes: readonly string[];
  /** Whether its bytes are exactly what `manifestText` writes. */
  isCanonical: boolean;
}>;

/** The fields of a `case.json` or a `cases.json`, whichever program wrote it. */
export type ManifestFields = Readonly<{
  schema?: string | undefined;
  subject?: Readonly<Partial<CaseSubject>> | undefined;
  window?: Readonly<{ from: string; to: string }> | undefined;
  /** Other programs write other alerts: only fields with the same name and type are read. */
  alert?: Readonly<Partial<CaseAlert> & { startsAt?: string | undefined }> | undefined;
  judged?: JudgedWindow | undefined;
  /** `search` in older cases, which judged each search separately. */
  files?: readonly Readonly<Partial<CaseFile> & Pick<CaseFile, 'path'> & { search?: number | undefined }>[] | undefined;
  /** Only this program writes these fields. */
  gaps?: readonly Gap[] | undefined;
  cases?: readonly Readonly<{ folder: string; seal: string }>[] | undefined;
  sealedBy?: string | undefined;
  seal?: string | undefined;
}>;

/** A case has several files with traces; the other roles are kinds of a body. */
export type EvidenceRole = 'traces' | Exclude<BodyKind, 'trace'>;

const ROLES: readonly Readonly<{ role: EvidenceRole; name: RegExp }>[] = [
  { role: 'traces', name: /^traces[^/]*\.json(?:\.gz)?$/ },
  { role: 'logs', name: /^logs\.jsonl(?:\.gz)?$/ },
  { role: 'baseline-logs', name: /^baseline-logs\.jsonl(?:\.gz)?$/ },
  { role: 'earlier-logs', name: /^earlier-logs\.json(?:\.gz)?$/ },
  { role: 'baseline', name: /^baseline[^/]*\.json(?:\.gz)?$/ },
  { role: 'metrics', name: /^metrics[^/]*\.json(?:\.gz)?$/ },
  { role: 'platform', name: /^platform[^/]*\.json(?:\.gz)?$/ },
  { role: 'database', name: /^database[^/]*\.json(?:\.gz)?$/ },
  { role: 'changes', name: /^changes[^/]*\.json(?:\.gz)?$/ },
];

/** The role of a file as evidence, by its name; undefined where it has none. */
export function evidenceRole(path: string): EvidenceRole | undefined {
  return ROLES.find(({ name }) => name.test(path))?.role;
}

/**
 * Whether a foreign name may be joined to a folder's path: one level down, without characters that a shell, a link or
 * another file system interprets.
 */
export function isPlainName(name: string): boolean {
  return /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,199}$/.test(name);
}

/** The only way to write a manifest: any differing byte means a change. */
export function manifestText(manifest: object): string {
  return `${JSON.stringify(manifest, null, 2)}\n`;
}

/** The text that the seal is computed from. */
export function sealedText({ seal: _, ...rest }: Readonly<Record<string, unknown>>): string {
  return manifestText(rest);
}
