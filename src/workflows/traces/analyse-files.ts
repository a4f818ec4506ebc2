/** Diagnoses traces in files. Each file is read on its own, so a bad file does not affect the others. */

import type { AnalysedTrace, FileForms, Session, SessionSettings } from '#analyse/session.ts';
import { type ErrorRecord, errorRecord, UnreadableInputError, UsageError } from '#core/errors.ts';
import { nameOfInput, STDIN } from '#core/file-trouble.ts';
import { TRACE_FORMATS } from '#model/trace/build/body.ts';
import { feedSession } from '#workflows/traces/feed-session.ts';

export type AnalyseFilesParts = Readonly<{
  openSession(settings: SessionSettings): Session;
  settings: SessionSettings;
  /** The bytes of a file, or of standard input for `-`, uncompressed. */
  readFile(path: string): AsyncIterable<Uint8Array>;
  /**
   * Like `read`, but each piece is valid only until the next one is requested: a trace may be larger than the memory.
   */
  passFile(path: string): AsyncIterable<Uint8Array>;
}>;

export type AnalyseFilesRequest = Readonly<{
  files: readonly string[];
  /** Log lines that belong to every file. */
  logs?: readonly string[];
  /** Healthy traces to compare every file with. */
  baselines?: readonly string[];
  /** Changes before the requests of every file. */
  changes?: readonly string[];
  forms: FileForms;
}>;

export type AnalysedFile = Readonly<{ file: string } & ({ analysed: AnalysedTrace } | { error: ErrorRecord })>;

/**
 * Yields one result per trace of each file, in order. Throws if the log files or baselines cannot be used, because that
 * affects every file.
 */
export async function* analyseFiles(
  parts: AnalyseFilesParts,
  { files, logs = [], baselines = [], changes = [], forms }: AnalyseFilesRequest,
): AsyncGenerator<AnalysedFile> {
  refuseRereadingStdin(files, [...logs, ...baselines, ...changes]);
  const session = parts.openSession(parts.settings);
  try {
    // Read once for all files: a baseline may be larger than all of them.
    await feedLogs(parts, session, logs);
    await feedBaselines(parts, session, baselines);
    await feedChanges(parts, session, changes);
    for (const file of files) {
      try {
        await feedTraces(parts, session, file);
        for await (const analysed of session.eachReport(forms)) yield { file, analysed };
      } catch (error) {
        if (!(error instanceof BadFile)) throw error;
        yield { file, error: errorRecord(error.cause) };
      } finally {
        await session.next();
      }
    }
  } finally {
    await session.close();
  }
}

/** Problems of this file alone. */
class BadFile extends Error {}

function refuseRereadingStdin(files: readonly string[], withEach: readonly string[]): void {
  const uses = [...files, ...withEach].filter((path) => path === STDIN).length;
  if (uses <= 1) return;
  throw new UsageError('standard input can be read only once', 'Name `-` once, or save the input to a file.');
}

async function feedTraces({ passFile }: AnalyseFilesParts, session: Session, file: string): Promise<void> {
  const source = nameOfInput(file);
  const head = { kind: 'trace', format: 'auto', source, file, query: { text: file, url: '' } } as const;
  const cost = 'the trace is incomplete: the verdict rests on the spans that were read';
  const { items, failure } = await feedSession(session, file, head, passFile(file), cost);
  if (items > 0) return;
  const nothing = new UnreadableInputError(`${source} holds no spans`, `Give a trace as ${TRACE_FORMATS}.`);
  throw new BadFile(file, { cause: failure ?? nothing });
}

async function feedBaselines(
  { passFile }: AnalyseFilesParts,
  session: Session,
  baselines: readonly string[],
): Promise<void> {
  for (const [number, path] of baselines.entries()) {
    const head = {
      kind: 'baseline',
      format: 'auto',
      source: nameOfInput(path),
      file: path,
      query: { text: path, url: '' },
    } as const;
    const cost = 'fewer healthy traces were compared';
    const { items, failure } = await feedSession(session, `baseline ${number}`, head, passFile(path), cost);
    if (items > 0) continue;
    throw (
      failure ??
      new UnreadableInputError(`${nameOfInput(path)} holds no spans`, 'Give healthy traces of the same request.')
    );
  }
}

async function feedChanges(
  { readFile }: AnalyseFilesParts,
  session: Session,
  changes: readonly string[],
): Promise<void> {
  const cost = 'no change was considered as the cause';
  for (const [number, path] of changes.entries()) {
    const source = nameOfInput(path);
    const head = { kind: 'changes', format: 'auto', source, file: path, query: { text: path, url: '' } } as const;
    const { failure } = await feedSession(session, `changes ${number}`, head, readFile(path), cost);
    if (failure) throw failure;
  }
}

async function feedLogs({ readFile }: AnalyseFilesParts, session: Session, logs: readonly string[]): Promise<void> {
  for (const [number, path] of logs.entries()) {
    const source = nameOfInput(path);
    const head = { kind: 'logs', format: 'auto', source, file: path, query: { text: path, url: '' } } as const;
    const { items, failure } = await feedSession(session, `logs ${number}`, head, readFile(path), 'lines are missing');
    if (failure) throw failure;
    if (items === 0) session.gap({ source, problem: 'holds no log line', consequence: 'no log was read' });
  }
}
