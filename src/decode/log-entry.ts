/**
 * One row of a body of lines, or one object of a list: a log line in an envelope of a store or a collector, or the line
 * itself, as its program wrote it.
 *
 *  {"ts":"1795155923500000000","labels":{…},"line":"…"}      a case; `timestamp` instead of `ts`: logcli, Grafana
 *  {"log":"…⏎","stream":"stdout","time":"…"}                 Docker's json-file
 *  2026-11-20T06:25:23.5Z stdout F …                         containerd
 *  2026-11-20T06:25:23.5Z …                                  kubectl logs --timestamps, before a line with its own time
 *  [pod/web-7d/web] …    web-1  | …                          kubectl logs --prefix, docker compose
 */

import { textIn } from '#decode/json-value.ts';
import type { LogClock } from '#decode/log-clock.ts';
import { type Labels, NO_LABELS } from '#decode/log-labels.ts';
import { type LogText, logText, objectText } from '#model/logs/log-text.ts';
import { type LogTime, logTimeAt } from '#model/logs/log-time.ts';
import { isObject, type JsonObject } from '#model/text/json-object.ts';

export type LogEntry = Readonly<{
  /** Undefined where it has none. */
  timeNs: string | undefined;
  line: string;
  labels: Labels;
  /** It came in a store's envelope, which is always the same. */
  isStored?: boolean;
  /** Its parsed text, where it was parsed already. */
  text?: LogText;
}>;

export type LogEntries = Readonly<{
  /** Undefined for an object without a line. `text` is its original form. */
  ofObject(object: JsonObject, text: string): LogEntry | undefined;
  ofText(row: string): LogEntry;
}>;

export function logEntries(clock: LogClock, shared: (labels: JsonObject) => Labels): LogEntries {
  const timeOf = (value: unknown): string | undefined =>
    typeof value === 'string' || typeof value === 'number' ? clock.ofText(String(value)) : undefined;

  /** A line as its program wrote it. */
  const ofLine = (line: string, labels: Labels, outerNs: string | undefined, time?: LogTime): LogEntry => {
    const text = logText(line, time);
    return { timeNs: outerNs ?? ownTime(text, clock), line, labels, text };
  };
  /** In an envelope of a store. */
  const enveloped = (object: JsonObject): LogEntry | undefined => {
    const { line, log } = object;
    const time = /^\d+$/.test(textIn(object, 'ts')) ? textIn(object, 'ts') : timeOf(object.timestamp ?? object.tsNs);
    if (typeof line === 'string' && time !== undefined) {
      return {
        timeNs: time,
        line,
        labels: isObject(object.labels) ? shared(object.labels) : NO_LABELS,
        isStored: true,
      };
    }
    if (typeof log !== 'string' || (object.stream === undefined && object.time === undefined)) return undefined;
    const attrs = isObject(object.attrs) ? shared(object.attrs) : NO_LABELS;
    return { ...ofLine(log.replace(/\r?\n$/, ''), attrs, timeOf(object.time)), isStored: true };
  };
  return {
    ofObject(object, written) {
      const entry = enveloped(object);
      if (entry) return entry;
      const text = objectText(object);
      return Object.keys(object).length === 0
        ? undefined
        : { timeNs: ownTime(text, clock), line: written, labels: NO_LABELS, text };
    },
    ofText(row) {
      const prefix = row.charCodeAt(0) === OPEN_BRACE ? null : PREFIX.exec(row);
      const labels = prefix === null ? NO_LABELS : shared(placeOf(prefix));
      const rest = prefix === null ? row : row.slice(prefix[0].length);
      const time = logTimeAt(rest, 0);
      const end = time === undefined ? 0 : endOfOuter(rest, time);
      if (time === undefined || end === 0) return ofLine(rest, labels, undefined, time);
      return ofLine(rest.slice(end), labels, clock.ofTime(time));
    },
  };
}

/** kubectl's and Docker Compose's. */
const PREFIX = /^(?:\[pod\/([\w.-]{1,253})\/([\w.-]{1,63})\] |([a-z\d][\w.-]{0,62}) {1,40}\| )/;

function placeOf([, pod, container, service]: RegExpExecArray): Record<string, string> {
  return pod === undefined
    ? { compose_service: (service ?? '').replace(/-\d{1,4}$/, '') }
    : { pod, container: container ?? '' };
}

const CRI = / std(?:out|err) [FP] /y;

/** Behind the time of a collector, before a line that has a time of its own or is JSON; 0 where it is a part of the line. */
function endOfOuter(row: string, { end, offsetSeconds }: LogTime): number {
  if (offsetSeconds === undefined || row.charCodeAt(end) !== SPACE) return 0;
  CRI.lastIndex = end;
  if (CRI.test(row)) return CRI.lastIndex;
  const inner = end + 1;
  const isOuter =
    row.charCodeAt(inner) === OPEN_BRACE || KLOG.test(row.slice(inner, inner + 6)) || hasTimeAt(row, inner);
  return isOuter ? inner : 0;
}

const [SPACE, OPEN_BRACE, OPEN_BRACKET] = [32, 123, 91];
const KLOG = /^[IWEF]\d{4} /;

function hasTimeAt(row: string, at: number): boolean {
  return logTimeAt(row, row.charCodeAt(at) === OPEN_BRACKET ? at + 1 : at) !== undefined;
}

/** Behind its own, JSON names it; else it stands in front. */
function ownTime({ parts, head }: LogText, clock: LogClock): string | undefined {
  const named = parts.time === undefined ? undefined : clock.ofText(parts.time);
  if (named !== undefined) return named;
  return head?.time === undefined ? undefined : clock.ofTime(head.time);
}
