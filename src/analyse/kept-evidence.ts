/**
 * The evidence of an analysis as files: the original bodies of the traces, the log lines in one format, without
 * credentials. Above a size limit, only what the findings cite and its surroundings are kept, and the report says so.
 */

import { cutJson } from '#analyse/cut-json.ts';
import { type RedactedJson, redactJson } from '#analyse/redacted-json.ts';
import { firstPlace } from '#core/first-place.ts';
import { keptSeries } from '#decode/metrics-json.ts';
import type { Gap } from '#model/finding/gap.ts';
import { type BodyRole, bodyPath, type EvidenceFile, type KeptEvidence } from '#model/incident/case.ts';
import type { EarlierLog } from '#model/logs/earlier-logs.ts';
import type { LogLine } from '#model/logs/log-line.ts';
import type { Sample } from '#model/requests/seen-request.ts';
import { sizeText } from '#model/text/size-text.ts';
import type { SpanIndex } from '#model/trace/columns.ts';
import { comparableId } from '#model/trace/id-forms.ts';
import type { Trace } from '#model/trace/trace.ts';
import { pathSelfUs } from '#model/trace/views/critical-path.ts';

/** A body with all its bytes. */
export type KeptBody = Readonly<{
  source: string;
  query: string;
  sample?: Sample | undefined;
  chunks: readonly Uint8Array[];
}>;

export type LogLines = Readonly<{ source: string; query: string; lines: readonly LogLine[] }>;

export type Gathered = Readonly<{
  traces: readonly KeptBody[];
  /** The baseline of the traces, and other evidence of their time. */
  beside: Readonly<Partial<Record<Exclude<BodyRole, 'traces'>, readonly KeptBody[]>>>;
  /** Empty if no log was read; one entry without lines if logs were read but held none. */
  logs: readonly LogLines[];
  healthyLogs: readonly LogLines[];
  /** Whether the errors occurred in earlier days. */
  earlierLogs: readonly EarlierLog[];
  gaps: readonly Gap[];
  /** Which spans and lines the findings cite; called only above the limit. */
  cited(): Cited;
  maxBytes: number;
}>;

export type Cited = Readonly<{
  traces: readonly Readonly<{ trace: Trace; spans: readonly SpanIndex[] }>[];
  /** Timestamps of log lines, in nanoseconds. */
  lines: ReadonlySet<string>;
}>;

/** `isWhole`: only credentials were left out. */
export function keptEvidence(gathered: Gathered): KeptEvidence & Readonly<{ isWhole: boolean }> {
  const { traces, logs, gaps, maxBytes } = gathered;
  const texts = logs.flatMap(({ lines }) => lines.map(recordOf));
  const beside = besideFiles(gathered);
  const total = sum([...traces.map(sizeOf), ...texts.map(lengthOf), ...beside.map(({ bytes }) => bytes.length)]);
  if (total <= maxBytes) {
    const files = [...bodyFiles('traces', traces), ...logFiles('logs.jsonl', logs, texts)];
    return { files: [...files, ...beside], gaps, isWhole: true };
  }
  const cited = gathered.cited();
  const keptBeside = firstOf(beside, Math.floor(maxBytes * BESIDE_SHARE));
  const left = maxBytes - sum(keptBeside.map(({ bytes }) => bytes.length));
  const logBytes = Math.floor(left * LOG_SHARE);
  const lines = nearestRecords(logs, cited.lines, logBytes);
  const bodies = cutBodies(traces, levelsOf(cited), left - sum(lines.map(lengthOf)));
  const gap = {
    source: 'case',
    problem: `the evidence is ${sizeText(total)}, more than the ${sizeText(maxBytes)} that a case may have`,
    consequence: 'only the spans and log lines that the findings cite were kept, with their surroundings',
  };
  const files = [...bodyFiles('traces', traces, bodies), ...logFiles('logs.jsonl', logs, lines), ...keptBeside];
  return { files, gaps: [...gaps, gap], isWhole: false };
}

/** The share for the healthy window in a case above the limit: half of the comparison. */
const BESIDE_SHARE = 0.5;

function besideFiles({ beside, logs, healthyLogs, earlierLogs }: Gathered): EvidenceFile[] {
  return [
    ...earlierFiles(named(logs, 'source'), earlierLogs),
    ...bodyFiles('baseline', beside.baseline),
    ...metricsFile(beside.metrics),
    ...bodyFiles('platform', beside.platform),
    ...bodyFiles('database', beside.database),
    ...bodyFiles('changes', beside.changes),
    ...logFiles(
      'baseline-logs.jsonl',
      healthyLogs,
      healthyLogs.flatMap(({ lines }) => lines.map(recordOf)),
    ),
  ];
}

/** Whole files, as many as fit, because part of a healthy trace is useless. */
function firstOf(files: readonly EvidenceFile[], maxBytes: number): EvidenceFile[] {
  let left = maxBytes;
  return files.filter(({ bytes }) => {
    if (bytes.length > left) return false;
    left -= bytes.length;
    return true;
  });
}

/** In a case above the limit. The trace shows where the time went; a few lines explain why. */
const LOG_SHARE = 0.25;

function bodyFiles(role: BodyRole, bodies: readonly KeptBody[] = [], bytes = bodies.map(joined)): EvidenceFile[] {
  return bodies.map(({ source, query, sample }, index) => {
    const file = redactJson(bytes[index] ?? new Uint8Array());
    return { path: bodyPath(role, index), source, query, ...(sample !== undefined && { sample }), ...file };
  });
}

/** All answers as one list of series, whatever their format. */
function metricsFile(bodies: readonly KeptBody[] = []): EvidenceFile[] {
  if (bodies.length === 0) return [];
  const series = bodies.flatMap((body) => keptSeries(joined(body)));
  const file = redactJson(Buffer.from(`[${[...new Set(series)].join(',\n')}]\n`));
  return [{ path: bodyPath('metrics', 0), source: named(bodies, 'source'), query: named(bodies, 'query'), ...file }];
}

function logFiles(path: string, logs: readonly LogLines[], records: readonly string[]): EvidenceFile[] {
  if (logs.length === 0) return [];
  const file: RedactedJson = redactJson(Buffer.from([...new Set(records)].join('')));
  return [{ path, source: named(logs, 'source'), query: named(logs, 'query'), ...file }];
}

function earlierFiles(source: string, answers: readonly EarlierLog[]): EvidenceFile[] {
  if (answers.length === 0) return [];
  const file: RedactedJson = redactJson(Buffer.from(JSON.stringify(answers)));
  return [{ path: 'earlier-logs.json', source, query: '', ...file }];
}

/** All queries that found these, because one file holds their results. */
function named(bodies: readonly Pick<KeptBody, 'source' | 'query'>[], what: 'source' | 'query'): string {
  const all = new Set(bodies.map((body) => body[what]).filter((text) => text !== ''));
  return [...all].join(what === 'source' ? ', ' : '\n');
}

/** Two queries may find the same line: the same text is the same line. */
function recordOf({ timeNs, labels, line }: LogLine): string {
  return `${JSON.stringify({ ts: timeNs, labels, line })}\n`;
}

/** Cited lines first, then those nearest in time to a cited one; in their own order at the end. */
function nearestRecords(logs: readonly LogLines[], cited: ReadonlySet<string>, maxBytes: number): string[] {
  const anchors = [...cited].map(Number).sort((a, b) => a - b);
  const lines = logs
    .flatMap((body) => body.lines)
    .map((line, order) => ({ order, text: recordOf(line), distance: distanceTo(anchors, Number(line.timeNs)) }));
  let left = maxBytes;
  return lines
    .toSorted((a, b) => a.distance - b.distance || a.order - b.order)
    .filter(({ text }) => {
      left -= lengthOf(text);
      return left >= 0;
    })
    .sort((a, b) => a.order - b.order)
    .map(({ text }) => text);
}

function distanceTo(anchors: readonly number[], time: number): number {
  const next = firstPlace(anchors.length, (at) => (anchors[at] ?? 0) >= time);
  const after = (anchors[next] ?? Number.POSITIVE_INFINITY) - time;
  const before = time - (anchors[next - 1] ?? Number.NEGATIVE_INFINITY);
  return Math.min(after, before);
}

/** The distance of a span to what the findings cite, by its normalised id; other spans are removed. */
type Levels = ReadonlyMap<string, number>;

const [CITED, ABOVE, ON_PATH, BELOW] = [0, 1, 2, 3];

function levelsOf({ traces }: Cited): Levels {
  const levels = new Map<string, number>();
  const mark = (trace: Trace, span: SpanIndex, level: number) => {
    const id = comparableId(trace.spanId(span));
    levels.set(id, Math.min(level, levels.get(id) ?? level));
  };
  for (const { trace, spans } of traces) {
    const climbed = new Set<SpanIndex>();
    for (const span of spans) {
      mark(trace, span, CITED);
      for (const child of trace.children(span)) mark(trace, child, BELOW);
      let above = trace.parent(span);
      for (; above !== undefined && !climbed.has(above); above = trace.parent(above)) {
        climbed.add(above);
        mark(trace, above, ABOVE);
      }
    }
    mark(trace, trace.root, ABOVE);
    for (let span = 0; span < trace.spanCount; span += 1) if (pathSelfUs(trace, span) > 0) mark(trace, span, ON_PATH);
  }
  return levels;
}

/** The same share of the available space for each body. */
function cutBodies(traces: readonly KeptBody[], levels: Levels, maxBytes: number): Uint8Array[] {
  const total = sum(traces.map(sizeOf));
  const levelOf = (spanId: string) => levels.get(comparableId(spanId));
  return traces.map((body) => cutJson(joined(body), Math.floor((maxBytes * sizeOf(body)) / total), levelOf));
}

function joined({ chunks }: KeptBody): Uint8Array {
  return Buffer.concat(chunks);
}

function sizeOf({ chunks }: KeptBody): number {
  return sum(chunks.map((chunk) => chunk.length));
}

function lengthOf(text: string): number {
  return Buffer.byteLength(text);
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
