/** The content of a log line, apart from when and where it was written. */
import { byPriority, bySeverity, byStatus, byWords, logLevel } from '#model/logs/log-level.ts';
import type { LogLine } from '#model/logs/log-line.ts';
import { exceptionIn, frameIn, type LogException } from '#model/logs/log-stack.ts';
import { type LogText, logText } from '#model/logs/log-text.ts';

export type LogFields = Readonly<{
  /** The message field of a structured line; else the line without its head (`log-head.ts`). */
  message: string;
  /** The error beside the message: a field of a structured line, or the exception of a stack trace. Empty for none. */
  error: string;
  /** The HTTP status of a response; 0 for none. */
  status: number;
  /** The duration that the line reports; undefined where there is none. */
  durationMs: number | undefined;
  exception: LogException | undefined;
}>;

/** Parsed on first use. */
export function logFields(line: LogLine): LogFields {
  const known = read.get(line);
  if (known !== undefined) return known;
  const text = logText(line.line);
  const exception = exceptionOf(text);
  const fields = { ...saidWith(exception, text, line.labels), durationMs: durationOf(text), exception };
  read.set(line, fields);
  return fields;
}

const read = new WeakMap<LogLine, LogFields>();

/** The input of templates. */
export type Said = Pick<LogFields, 'message' | 'error' | 'status'>;

export function saidIn(text: LogText, labels: LogLine['labels']): Said {
  return saidWith(exceptionOf(text), text, labels);
}

/** Labels of the store count only where the line itself has no value. */
function saidWith(exception: LogException | undefined, { parts, message }: LogText, labels: LogLine['labels']): Said {
  const { errorType: type = '', errorText = '' } = parts;
  const named = type === '' || errorText.includes(type) ? errorText : joined(type, errorText);
  const status = statusOf(parts.status) || statusOf(labels.http_status_code) || statusOf(labels.status);
  const error = named === '' && exception ? joined(exception.type, exception.message) : named;
  return { message, error, status };
}

/** Canonical; empty where neither a field nor the head nor the message names a level. */
export function levelIn({ parts, message, head }: LogText): string {
  const named = logLevel(parts.level ?? '') || bySeverity(parts.severityNumber) || byPriority(parts.priority);
  return named || head?.level || byStatus(parts.status) || byWords(message);
}

function joined(type: string, text: string): string {
  return text === '' ? type : `${type}: ${text}`;
}

function statusOf(text = ''): number {
  return /^[1-5]\d\d$/.test(text) ? Number(text) : 0;
}

/** From its stack trace, else from its fields, else from its message. */
function exceptionOf({ parts, message }: LogText): LogException | undefined {
  const { errorType = '', errorText = '', stack = '' } = parts;
  const traced = exceptionIn(stack) ?? exceptionIn(errorText) ?? exceptionIn(message);
  if (errorType === '' || (traced?.type ?? '').endsWith(errorType)) return traced;
  return { type: errorType, message: firstLine(errorText), frame: traced?.frame || frameIn(stack) };
}

function firstLine(text: string): string {
  const end = text.indexOf('\n');
  return end < 0 ? text : text.slice(0, end);
}

/** `took 31 ms`, `in 1.5s`. */
const TOLD =
  /\b(?:in|took|after|elapsed|duration|latency|for)[ :=]{1,3}(\d{1,12}(?:\.\d{1,9})?) ?(ns|us|µs|ms|milliseconds?|s|secs?|seconds?|minutes?|min|m|h)\b/i;
/** Go's format of durations. */
const WITH_UNITS = /^(?:\d{1,12}(?:\.\d{1,9})?(?:ns|us|µs|ms|s|m|h))+$/;

const MS: Readonly<Record<string, number>> = { ns: 1e-6, us: 1e-3, µs: 1e-3, ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };

function durationOf({ parts, message }: LogText): number | undefined {
  const ms = parts.durationMs === undefined ? Number.NaN : Number(parts.durationMs);
  if (ms >= 0) return ms;
  const { duration = '' } = parts;
  if (WITH_UNITS.test(duration)) {
    const pieces = duration.matchAll(/([\d.]{1,22})([a-zµ]+)/g);
    return pieces.reduce((sum, [, number, unit = '']) => sum + Number(number) * (MS[unit] ?? 0), 0);
  }
  const [, number, unit = ''] = TOLD.exec(message.slice(0, LONGEST_TOLD)) ?? [];
  return number === undefined ? undefined : Number(number) * (MS[unit] ?? MS[unitOf(unit)] ?? 0);
}

const LONGEST_TOLD = 1_000;

/** `milliseconds`, `sec`, `minutes`. */
function unitOf(word: string): string {
  return word.startsWith('milli') ? 'ms' : word.charAt(0).toLowerCase();
}
