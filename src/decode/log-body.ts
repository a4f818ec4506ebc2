/** A body of bytes that should hold log lines: an answer of Loki, or a line of JSON for each (a case's `logs.jsonl`). */
import { UnreadableInputError } from '#core/errors.ts';
import { isObject, type JsonObject, objectIn, objectsIn, textIn } from '#decode/json-value.ts';
import { type BodyDecoder, joined } from '#decode/trace-body.ts';
import type { BodyFormat } from '#model/body.ts';
import { comparableId, isNoId } from '#model/id-forms.ts';
import { logLevel } from '#model/log-level.ts';
import { compareNs, type LogLine } from '#model/log-line.ts';

const ACCEPTED =
  'Accepted are an answer of Loki’s query_range, or one JSON object a line: {"ts": nanoseconds, "labels": {}, "line": ""}.';

export function logBody(format: BodyFormat, source: string): BodyDecoder<readonly LogLine[]> {
  const chunks: Uint8Array[] = [];
  return {
    push: (chunk) => {
      chunks.push(chunk);
    },
    end() {
      const text = new TextDecoder().decode(joined(chunks));
      chunks.length = 0;
      const lines =
        format === 'loki-json' || (format === 'auto' && text.startsWith('{"status"'))
          ? lokiLines(text, source)
          : jsonLines(text, source);
      return lines.sort((a, b) => compareNs(a.timeNs, b.timeNs));
    },
  };
}

/**
 * `data.result[]` of streams. Labels come flat, or (with Loki's `categorize-labels`) apart: what was added to a line is
 * then the third element of its value.
 */
function lokiLines(text: string, source: string): LogLine[] {
  const body = parsed(text);
  if (!isObject(body) || body.status !== 'success') {
    throw new UnreadableInputError(`${source} did not answer with log lines`, ACCEPTED);
  }
  return objectsIn(objectIn(body, 'data'), 'result').flatMap((stream) => {
    const labels = textValues(objectIn(stream, 'stream'));
    const values = Array.isArray(stream.values) ? stream.values : [];
    return values.filter(Array.isArray).map(([time, line, added]) => {
      const more = isObject(added) ? added : {};
      return lineOf(String(time), String(line), {
        ...labels,
        ...textValues(objectIn(more, 'structuredMetadata')),
        ...textValues(objectIn(more, 'parsed')),
      });
    });
  });
}

/** A line that is no such object is passed over; a body without a single good line is refused. */
function jsonLines(text: string, source: string): LogLine[] {
  const lines: LogLine[] = [];
  let bad = 0;
  for (const row of text.split('\n')) {
    if (row.trim() === '') continue;
    const value = parsed(row);
    if (isObject(value) && /^\d+$/.test(textIn(value, 'ts'))) {
      lines.push(lineOf(textIn(value, 'ts'), textIn(value, 'line'), textValues(objectIn(value, 'labels'))));
    } else bad += 1;
  }
  if (lines.length === 0 && bad > 0)
    throw new UnreadableInputError(`${source} holds no log line that can be read`, ACCEPTED);
  return lines;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function lineOf(timeNs: string, line: string, labels: Readonly<Record<string, string>>): LogLine {
  return {
    timeNs,
    line,
    labels,
    service: first(labels, ['service_name', 'service.name', 'service', 'app', 'job', 'container']),
    level: logLevel(first(labels, ['severity_text', 'level', 'severity', 'detected_level']) || levelIn(line)),
    traceId: idOf(first(labels, TRACE_ID_NAMES) || idIn(line, TRACE_ID_IN_TEXT)),
    spanId: idOf(first(labels, SPAN_ID_NAMES) || idIn(line, SPAN_ID_IN_TEXT)),
  };
}

const TRACE_ID_NAMES = ['trace_id', 'traceID', 'traceId', 'TraceId', 'traceid'];
const SPAN_ID_NAMES = ['span_id', 'spanID', 'spanId', 'SpanId', 'spanid'];
/** `trace_id=…`, `"traceId": "…"`, `trace.id …`; hex only, so that a sentence about trace ids is none. */
const TRACE_ID_IN_TEXT = /\btrace[._-]?id["']?\s*[:=]\s*["']?([0-9a-f]{16}(?:[0-9a-f]{16})?)\b/i;
const SPAN_ID_IN_TEXT = /\bspan[._-]?id["']?\s*[:=]\s*["']?([0-9a-f]{16})\b/i;
const LEVEL_IN_TEXT = /(?:^|[\s"[|])(fatal|critical|error|warn(?:ing)?|info|debug|trace)(?=$|[\s"\]|:])/i;

function idOf(id: string): string {
  return isNoId(id) ? '' : comparableId(id);
}

function idIn(line: string, pattern: RegExp): string {
  return pattern.exec(line)?.[1] ?? '';
}

/** Levels stand at the start of a line; later in it the word is more likely part of the message. */
function levelIn(line: string): string {
  return LEVEL_IN_TEXT.exec(line.slice(0, 80))?.[1] ?? '';
}

function first(labels: Readonly<Record<string, string>>, names: readonly string[]): string {
  for (const name of names) {
    const value = labels[name];
    if (value !== undefined && value !== '') return value;
  }
  return '';
}

function textValues(object: JsonObject): Record<string, string> {
  return Object.fromEntries(Object.keys(object).map((key) => [key, textIn(object, key)]));
}
