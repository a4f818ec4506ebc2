/**
 * Reads recorded evidence from one or several folders, like a backend: trace files (Jaeger or OTLP JSON) and case
 * folders (`traces*.json`, `logs.jsonl`), plain or gzipped.
 *
 *   samples/
 *     checkout.json            one trace or several
 *     lock-wait/               a case: `case.json` may be missing
 *       traces.json.gz
 *       logs.jsonl
 *
 * It finds a trace by the bytes of its id. Only `decode/` understands spans.
 */
import { readdir } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { whyAborted } from '#core/deadline.ts';
import { TraceNotFoundError, UnreachableError, UnreadableInputError } from '#core/errors.ts';
import type { Health, LogQuery, LogSource, OpenBody, TraceSearch, TraceSource } from '#gather/sources.ts';
import { PLATFORM_LABELS, SERVICE_LABELS } from '#model/logs/service-labels.ts';
import { sameTraceId, traceIdDigits } from '#model/trace/trace-id.ts';
import { readFileBytes } from './bytes.ts';

export type FileOptions = Readonly<{ folder: string | readonly string[]; name?: string }>;

/** In an answer; the name is what cases and reports keep. */
const TITLE = 'the recorded cases';

export function files({ folder, name = 'samples' }: FileOptions): TraceSource & LogSource {
  const folders = typeof folder === 'string' ? [folder] : folder;

  async function openTrace(traceId: string, signal: AbortSignal): Promise<OpenBody> {
    const path = await fileWith(traceId, (await listed()).filter(isTraceFile), () => stopIf(signal));
    if (path === undefined) throw new TraceNotFoundError(traceId, name);
    const query = { text: shortened(path), url: '' };
    return { source: name, format: 'auto', query, chunks: readFileBytes(path) };
  }

  async function search(query: TraceSearch, signal: AbortSignal): Promise<readonly OpenBody[]> {
    const found: OpenBody[] = [];
    for (const path of (await listed()).filter(isTraceFile)) {
      const { services, fromUs, toUs } = await namesAndTimesIn(path, () => stopIf(signal));
      if (!services.has(query.service) || fromUs > query.toUs || toUs < query.fromUs) continue;
      const asked = { text: shortened(path), url: '' };
      found.push({ source: name, format: 'auto', query: asked, chunks: readFileBytes(path) });
      if (found.length >= query.limit) break;
    }
    return found;
  }

  async function services(signal: AbortSignal): Promise<readonly string[]> {
    const known = new Set<string>();
    for (const path of (await listed()).filter(isTraceFile)) {
      for (const service of (await namesAndTimesIn(path, () => stopIf(signal))).services) known.add(service);
    }
    return [...known].sort();
  }

  async function openLogs(query: LogQuery, signal: AbortSignal): Promise<OpenBody> {
    const paths = (await listed()).filter((path) => LOG_FILE.test(path));
    const asked = { text: `${inWords(query)} in logs.jsonl`, url: '' };
    return { source: name, format: 'log-jsonl', query: asked, chunks: linesOf(paths, query, () => stopIf(signal)) };
  }

  async function check(): Promise<Health> {
    const remedy = 'Name a folder with trace files or case folders.';
    try {
      const count = (await listed()).filter(isTraceFile).length;
      if (count === 0) return { ok: false, detail: `there is no trace file in ${folders.join(', ')}`, remedy };
      return { ok: true, detail: `${count} trace files in ${folders.join(', ')}`, remedy: '' };
    } catch (error) {
      if (!(error instanceof UnreachableError)) throw error;
      return { ok: false, detail: error.message, remedy };
    }
  }

  async function listed(): Promise<readonly string[]> {
    return (await Promise.all(folders.map(listedIn))).flat();
  }

  async function listedIn(one: string): Promise<readonly string[]> {
    try {
      return await filesIn(one);
    } catch (error) {
      throw new UnreachableError(name, `the folder ${one} cannot be read`, { cause: error });
    }
  }

  /** Relative to the folder that contains all of them. */
  function shortened(path: string): string {
    const home = folders.find((one) => !relative(one, path).startsWith('..')) ?? '';
    return relative(home, path);
  }

  function stopIf(signal: AbortSignal): void {
    if (signal.aborted) throw new UnreachableError(name, whyAborted(signal));
  }

  const links = { trace: '', span: '', logs: '' };
  return { name, title: TITLE, openTrace, search, findsAll: true, services, openLogs, check, links };
}

/** Samples and their case folders; deeper files are not evidence. */
const MAX_DEPTH = 2;

/** In a case folder only `traces*.json`; elsewhere any JSON except a list of contents. */
const CASE_TRACES = /^traces[^/]*\.json(?:\.gz)?$/;
const LOOSE_TRACES = /^(?!index\.).+\.json(?:\.gz)?$/;
const LOG_FILE = /(?:^|[\\/])logs\.jsonl(?:\.gz)?$/;

/** Trace files and log files, sorted, so that the same folder always gives the same answer. */
async function filesIn(folder: string, depth = 1): Promise<readonly string[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const isCase = entries.some(({ name }) => name === 'case.json' || LOG_FILE.test(name) || CASE_TRACES.test(name));
  const found: string[] = [];
  for (const entry of entries.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = join(folder, entry.name);
    if (entry.isDirectory() && depth < MAX_DEPTH) found.push(...(await filesIn(path, depth + 1)));
    else if ((isCase ? CASE_TRACES : LOOSE_TRACES).test(entry.name) || LOG_FILE.test(entry.name)) found.push(path);
  }
  return found;
}

function isTraceFile(path: string): boolean {
  return !LOG_FILE.test(path);
}

/** The file that names the trace most often: others may only link to it. */
async function fileWith(
  traceId: string,
  paths: readonly string[],
  stopIfLate: () => void,
): Promise<string | undefined> {
  let best: { path: string; mentions: number } | undefined;
  for (const path of paths) {
    const mentions = await mentionsOf(traceId, path, stopIfLate);
    if (mentions > (best?.mentions ?? 0)) best = { path, mentions };
  }
  return best?.path;
}

/** An unreadable file counts as empty; `analyze` reports what is wrong with it. */
async function mentionsOf(traceId: string, path: string, stopIfLate: () => void): Promise<number> {
  const id = traceIdDigits(traceId).replace(/[^0-9a-z_-]/gi, '\\$&');
  const mention = new RegExp(`"trace_?id"\\s*:\\s*"0*${id}"`, 'gi');
  // The longest possible mention, because it may span two chunks.
  const overlap = id.length + 64;
  let count = 0;
  let tail = '';
  try {
    for await (const chunk of readFileBytes(path)) {
      stopIfLate();
      const text = tail + Buffer.from(chunk).toString('latin1');
      let end = 0;
      for (const match of text.matchAll(mention)) {
        count += 1;
        end = match.index + match[0].length;
      }
      tail = text.slice(Math.max(end, text.length - overlap));
    }
  } catch (error) {
    if (!(error instanceof UnreadableInputError)) throw error;
  }
  return count;
}

/** The formats of Jaeger and OTLP; the numbers are microseconds in the first and nanoseconds in the second. */
const SERVICE_NAMES = [
  /"serviceName"\s*:\s*"((?:[^"\\]|\\.)*)"/g,
  /"service\.name"\s*,\s*"value"\s*:\s*\{\s*"stringValue"\s*:\s*"((?:[^"\\]|\\.)*)"/g,
];
const STARTS = /"start(?:Time|TimeUnixNano)"\s*:\s*"?(\d{16})(?:\d{3})?\b/g;

/** The content of a file, judged by its bytes. Only `decode/` understands spans. */
async function namesAndTimesIn(
  path: string,
  stopIfLate: () => void,
): Promise<{ services: ReadonlySet<string>; fromUs: number; toUs: number }> {
  const services = new Set<string>();
  let fromUs = Number.POSITIVE_INFINITY;
  let toUs = Number.NEGATIVE_INFINITY;
  let tail = '';
  const decoder = new TextDecoder();
  try {
    for await (const chunk of readFileBytes(path)) {
      stopIfLate();
      const text = tail + decoder.decode(chunk, { stream: true });
      for (const form of SERVICE_NAMES) {
        for (const [, written] of text.matchAll(form)) services.add(JSON.parse(`"${written}"`));
      }
      for (const [, digits] of text.matchAll(STARTS)) {
        fromUs = Math.min(fromUs, Number(digits));
        toUs = Math.max(toUs, Number(digits));
      }
      tail = text.slice(-LONGEST_MENTION);
    }
  } catch (error) {
    if (!(error instanceof UnreadableInputError) && !(error instanceof SyntaxError)) throw error;
  }
  return { services, fromUs, toUs };
}

/** A name and its key may span two chunks; reading bytes twice changes nothing. */
const LONGEST_MENTION = 512;

function inWords(query: LogQuery): string {
  if (query.by === 'trace-field') return `lines of trace ${query.traceId}`;
  if (query.by === 'text') return `lines with ${JSON.stringify(query.text)}`;
  if (query.by === 'words') return `lines with all of ${JSON.stringify(query.words)}`;
  if (query.by === 'any-text') return `lines with one of ${JSON.stringify(query.texts)}`;
  if (query.by === 'field') return `lines that have a field with one of ${JSON.stringify(query.values)}`;
  return `lines of ${query.services.join(', ') || 'every service'}`;
}

async function* linesOf(paths: readonly string[], query: LogQuery, stopIfLate: () => void): AsyncGenerator<Uint8Array> {
  let left = query.limit;
  for (const path of paths) {
    for await (const line of textLines(readFileBytes(path))) {
      stopIfLate();
      if (left <= 0) return;
      if (!isWanted(line, query)) continue;
      left -= 1;
      yield Buffer.from(`${line}\n`);
    }
  }
}

async function* textLines(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let open = '';
  for await (const chunk of chunks) {
    const parts = (open + decoder.decode(chunk, { stream: true })).split('\n');
    open = parts.pop() ?? '';
    yield* parts;
  }
  yield open;
}

const TRACE_LABELS = ['trace_id', 'traceid', 'trace.id'];
const SERVICE_NAMED = [...SERVICE_LABELS, ...PLATFORM_LABELS, 'job'].map((name) => name.toLowerCase());

function isWanted(text: string, query: LogQuery): boolean {
  const record = recordIn(text);
  if (!record) return false;
  const { atUs, labels, line } = record;
  // Recordings may be old: text or trace matches whatever its time.
  if (query.by === 'text') return line.includes(query.text);
  if (query.by === 'words') return query.words.every((text) => line.includes(text));
  if (query.by === 'any-text') return query.texts.some((text) => line.includes(text));
  if (query.by === 'field') return query.names.some((name) => query.values.includes(`${labels[name]}`));
  if (query.by === 'trace-field') return valuesOf(labels, TRACE_LABELS).some((id) => sameTraceId(id, query.traceId));
  if (atUs < query.fromUs || atUs > query.toUs) return false;
  return query.services.length === 0 || valuesOf(labels, SERVICE_NAMED).some((name) => query.services.includes(name));
}

function recordIn(text: string): { atUs: number; labels: Record<string, unknown>; line: string } | undefined {
  if (text.trim() === '') return undefined;
  try {
    const { ts, labels = {}, line = '' } = JSON.parse(text);
    return { atUs: Number(BigInt(ts) / 1000n), labels, line };
  } catch {
    return undefined; // not the format of a case: there is nothing to return
  }
}

function valuesOf(labels: Readonly<Record<string, unknown>>, names: readonly string[]): string[] {
  return Object.entries(labels)
    .filter(([name]) => names.includes(name.toLowerCase()))
    .map(([, value]) => `${value}`);
}
