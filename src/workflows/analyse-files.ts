/** Diagnoses traces that lie in files: each file on its own, so that a bad one costs nothing but itself. */
import type { AnalysedTrace, FileForms, Session, SessionSettings } from '#analyse/session.ts';
import { type ErrorRecord, errorRecord, UnreadableInputError, UsageError } from '#core/errors.ts';
import { feedSession } from '#workflows/feed-session.ts';

export type AnalyseFilesParts = Readonly<{
  openSession(settings: SessionSettings): Session;
  settings: SessionSettings;
  /** The bytes of a file, or of standard input for `-`, uncompressed. */
  readFile(path: string): AsyncIterable<Uint8Array>;
  /** The same, but a piece holds only until the next is asked for: a trace may be larger than the memory. */
  passFile(path: string): AsyncIterable<Uint8Array>;
}>;

export type AnalyseFilesRequest = Readonly<{
  files: readonly string[];
  /** Log lines that go with every file. */
  logs?: readonly string[];
  /** Healthy traces that every file is compared with. */
  baselines?: readonly string[];
  forms: FileForms;
}>;

export type AnalysedFile = Readonly<{ file: string } & ({ analysed: AnalysedTrace } | { error: ErrorRecord })>;

/** One for each trace of each file, in order. Throws where the log files or baselines cannot be used, since that spoils every file. */
export async function* analyseFiles(
  parts: AnalyseFilesParts,
  { files, logs = [], baselines = [], forms }: AnalyseFilesRequest,
): AsyncGenerator<AnalysedFile> {
  refuseRereadingStdin(files, [...logs, ...baselines]);
  const session = parts.openSession(parts.settings);
  try {
    // Once for all files: a baseline may hold more than all of them.
    await feedLogs(parts, session, logs);
    await feedBaselines(parts, session, baselines);
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

const STDIN = '-';

/** As a sentence calls it. */
function nameOf(path: string): string {
  return path === STDIN ? 'standard input' : path;
}

/** What is wrong with this file alone. */
class BadFile extends Error {}

function refuseRereadingStdin(files: readonly string[], withEach: readonly string[]): void {
  const uses = [...files, ...withEach].filter((path) => path === STDIN).length;
  if (uses <= 1) return;
  throw new UsageError('standard input can be read only once', 'Name `-` once, or save what it holds to a file.');
}

async function feedTraces({ passFile }: AnalyseFilesParts, session: Session, file: string): Promise<void> {
  const source = nameOf(file);
  const head = { kind: 'trace', format: 'auto', source, file, query: { text: file, url: '' } } as const;
  const cost = 'the trace is not whole: the verdict rests on the spans that came';
  const { items, failure } = await feedSession(session, file, head, passFile(file), cost);
  if (items > 0) return;
  const nothing = new UnreadableInputError(
    `${source} holds no spans`,
    'Give a trace as Jaeger or an OpenTelemetry collector exports it: JSON, plain or gzipped.',
  );
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
      source: nameOf(path),
      file: path,
      query: { text: path, url: '' },
    } as const;
    const cost = 'fewer healthy traces were compared';
    const { items, failure } = await feedSession(session, `baseline ${number}`, head, passFile(path), cost);
    if (items > 0) continue;
    throw (
      failure ?? new UnreadableInputError(`${nameOf(path)} holds no spans`, 'Give healthy traces of the same request.')
    );
  }
}

async function feedLogs({ readFile }: AnalyseFilesParts, session: Session, logs: readonly string[]): Promise<void> {
  for (const [number, path] of logs.entries()) {
    const source = nameOf(path);
    const head = { kind: 'logs', format: 'auto', source, file: path, query: { text: path, url: '' } } as const;
    const { items, failure } = await feedSession(session, `logs ${number}`, head, readFile(path), 'lines are missing');
    if (failure) throw failure;
    if (items === 0) session.gap({ source, problem: 'holds no log line', consequence: 'no log was read' });
  }
}
