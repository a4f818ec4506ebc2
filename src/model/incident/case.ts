/**
 * The evidence of one investigation as a folder: what was gathered, byte for byte as it came except for the credentials
 * that were taken out, so that it can be replayed without any backend and proved unchanged.
 *
 *   case.json          what was asked, the files with their sums, what could not be had, the seal
 *   traces.json        as the backend sent it; traces-2.json, … where there were several answers
 *   logs.jsonl         one line of a log per line
 *   baseline.json      the same of a healthy time, and baseline-logs.jsonl
 *   metrics.json       every series that a store sent, as a list
 *   platform.json      what Kubernetes answered: a list of its lists
 *   database.json      what databases say of themselves: a list of readings
 */
import type { WindowSubject } from '#model/finding/analysis.ts';
import type { Gap } from '#model/finding/gap.ts';
import type { Redaction } from '#model/redaction/redaction.ts';
import type { Sample } from '#model/requests/seen-request.ts';

export const CASE_SCHEMA = 'spanhound.case/1';
export const CASE_MANIFEST = 'case.json';

/** Several cases in one folder: those of one incident. */
export const CASES_SCHEMA = 'spanhound.cases/1';
export const CASES_MANIFEST = 'cases.json';

/** What was investigated, in the form of the report. Times in ISO 8601. */
export type CaseSubject = Readonly<{
  kind: 'trace' | 'alert' | 'window';
  traceId: string;
  service: string;
  from: string;
  to: string;
  /** The one request that was asked about, where there is no trace of it. */
  requestId?: string | undefined;
}>;

/** One file as the analysis gives it. */
export type EvidenceFile = Readonly<{
  path: string;
  source: string;
  query: string;
  bytes: Uint8Array;
  redactions: readonly Redaction[];
  /** How the search chose that found it: what it found may have been found by another one. */
  sample?: Sample | undefined;
}>;

export type KeptEvidence = Readonly<{
  files: readonly EvidenceFile[];
  /** What could not be had while it was gathered, and what of it was too much to keep. */
  gaps: readonly Gap[];
  /** What was asked about, where that is an alert. */
  alert?: CaseAlert | undefined;
  judged?: JudgedWindow | undefined;
}>;

/** What a replay has to know of a window that was judged beside a healthy time. */
export type JudgedWindow = Readonly<
  Pick<WindowSubject, 'fromUs' | 'toUs' | 'service' | 'through' | 'onset' | 'healthy' | 'unhealthy'>
>;

/** What a replay has to know of an alert. */
export type CaseAlert = Readonly<{
  title: string;
  service: string;
  traceId: string;
  /** Microseconds since the epoch. */
  atUs: number;
}>;

/** Kept as they came, one file a body; of the platform and of databases, what may be kept of all bodies in one. */
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
  /** The program that wrote it. */
  sealedBy: string;
  /** The seal of the workspace's case before this one; empty for the first. */
  previousSeal: string;
  /** The SHA-256 of `sealedText`: everything above, and through the sums every file. */
  seal: string;
}>;

/** What is wrong in a folder; `path` is relative to it. */
export type CaseProblem = Readonly<{ path: string; problem: string }>;

/** A folder from anywhere, opened: nothing in it is certain, and nothing is followed out of it. */
export type CaseFolder = Readonly<{
  /** Its own name. */
  name: string;
  /** In order of name. A link is never followed. */
  entries: readonly Readonly<{ name: string; kind: 'file' | 'folder' | 'link' | 'other' }>[];
  /** Undefined where there is no such file. */
  readManifest(name: string): Promise<ReadManifest | undefined>;
  /** Of the bytes as they lie there. Throws UnreadableInputError. */
  sumOf(name: string): Promise<Readonly<{ sha256: string; bytes: number }>>;
  /** The bytes as they lie there. Throws UnreadableInputError or TooLargeError while they are read. */
  bytes(name: string): AsyncIterable<Uint8Array>;
  /** Uncompressed, up to a cap. Throws the same. */
  chunks(name: string): AsyncIterable<Uint8Array>;
  /** A folder inside. */
  open(name: string): Promise<CaseFolder>;
}>;

/** The disk, as far as cases need it. */
export type CaseDisk = Readonly<{
  /** Throws UnreadableInputError where there is no folder that can be read. */
  open(path: string): Promise<CaseFolder>;
  /** The whole folder or nothing of it, readable by its owner alone; what was there before is gone. */
  write(path: string, files: readonly Readonly<{ name: string; bytes: Uint8Array }>[]): Promise<void>;
  /** One file, durably. */
  writeFile(path: string, bytes: Uint8Array): Promise<void>;
  /** Whether something is there: a file, or a folder that is not empty. */
  isTaken(path: string): Promise<boolean>;
}>;

export type ReadManifest = Readonly<{
  /** Everything that stands in it, for the seal. */
  raw: Readonly<Record<string, unknown>>;
  /** What could be read of it. */
  value: ManifestFields;
  /** What could not: `has a window that cannot be read`. */
  mistakes: readonly string[];
  /** Whether it stands there to the byte as `manifestText` writes it. */
  isCanonical: boolean;
}>;

/** What a `case.json` or a `cases.json` may say, whoever wrote it. */
export type ManifestFields = Readonly<{
  schema?: string | undefined;
  subject?: Readonly<Partial<CaseSubject>> | undefined;
  window?: Readonly<{ from: string; to: string }> | undefined;
  /** Other programs write other alerts: of those only what has the same name and type. */
  alert?: Readonly<Partial<CaseAlert> & { startsAt?: string | undefined }> | undefined;
  judged?: JudgedWindow | undefined;
  /** `search` of those that were written when each search was looked at apart. */
  files?: readonly Readonly<Partial<CaseFile> & Pick<CaseFile, 'path'> & { search?: number | undefined }>[] | undefined;
  /** Only what this program wrote has these. */
  gaps?: readonly Gap[] | undefined;
  cases?: readonly Readonly<{ folder: string; seal: string }>[] | undefined;
  sealedBy?: string | undefined;
  seal?: string | undefined;
}>;

export type EvidenceRole =
  | 'traces'
  | 'logs'
  | 'baseline'
  | 'baseline-logs'
  | 'earlier-logs'
  | 'metrics'
  | 'platform'
  | 'database'
  | 'changes';

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

/** What a file is evidence of, by its name; undefined where it is none. */
export function evidenceRole(path: string): EvidenceRole | undefined {
  return ROLES.find(({ name }) => name.test(path))?.role;
}

/**
 * Whether a name from outside may be joined to a folder's path: one step down, and nothing that a shell, a link or
 * another system's file names make more of.
 */
export function isPlainName(name: string): boolean {
  return /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,199}$/.test(name);
}

/** The one way to write a manifest: whatever differs from it by a byte was changed. */
export function manifestText(manifest: object): string {
  return `${JSON.stringify(manifest, null, 2)}\n`;
}

/** What the seal is the sum of. */
export function sealedText({ seal: _, ...rest }: Readonly<Record<string, unknown>>): string {
  return manifestText(rest);
}
