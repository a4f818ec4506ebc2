/** A body of values that hold many lines each: responses of Loki, OTLP logs, lists. */

import { answerSeam } from '#decode/answer-seam.ts';
import { objectIn, textIn } from '#decode/json-value.ts';
import { recentBytes } from '#decode/kept-bytes.ts';
import type { LogClock } from '#decode/log-clock.ts';
import type { LogEntries } from '#decode/log-entry.ts';
import { type Labels, labelsIn, NO_LABELS } from '#decode/log-labels.ts';
import type { LogLines } from '#decode/log-lines.ts';
import type { LogReader } from '#decode/log-row-reader.ts';
import { type Held, logScan } from '#decode/log-scan.ts';
import { attributesOf, attributeValue } from '#decode/otlp-json.ts';
import { valueLines } from '#decode/value-lines.ts';
import { isObject, type JsonObject } from '#model/text/json-object.ts';

type Parts = Readonly<{
  lines: LogLines;
  shared: (labels: JsonObject) => Labels;
  entries: LogEntries;
  clock: LogClock;
}>;

export function valueReader({ lines, shared, entries, clock }: Parts): LogReader {
  const kept = recentBytes();
  const seam = answerSeam();
  let strange = 0;
  let labels = NO_LABELS;
  let labelsOf: Held | undefined;

  const labelsFrom = (held: Held): Labels => {
    if (held === labelsOf) return labels;
    labelsOf = held;
    const value = isObject(held.value) ? held.value : {};
    labels = shared(held.kind === 'stream' ? value : attributesOf(value));
    return labels;
  };
  const scan = logScan({
    line(value, held) {
      const stream = labelsFrom(held);
      if (held.kind === 'stream') addStreamed(value, stream);
      else if (isObject(value)) addRecord(value, stream);
    },
    element(value, bytes) {
      const entry = isObject(value) ? entries.ofObject(value, new TextDecoder().decode(bytes)) : undefined;
      if (entry === undefined) strange += 1;
      else lines.add({ ...entry, stream: entry.labels });
    },
  });
  /** `added` is what was put to the line: with `categorize-labels` told apart, where it is pushed flat. */
  const addStreamed = (value: unknown, stream: Labels): void => {
    const [time, line, added] = Array.isArray(value) ? value : [];
    if (!/^\d{1,20}$/.test(String(time)) || typeof line !== 'string') {
      strange += 1;
      return;
    }
    const more = isObject(added) ? moreIn(added) : NO_LABELS;
    const timeNs = String(time);
    if (seam.isNew({ timeNs, line, stream, more }))
      lines.add({ timeNs, line, stream, ...(isObject(added) && { more }) });
  };
  const addRecord = (record: JsonObject, stream: Labels): void => {
    const time = [record.timeUnixNano, record.time_unix_nano, record.observedTimeUnixNano].find(isTime);
    const body = isObject(record.body) ? attributeValue(record.body) : undefined;
    const more = { ...labelsIn(attributesOf(record)), ...saidBeside(record) };
    lines.add({
      timeNs: time === undefined ? undefined : clock.ofText(String(time)),
      line: String(body ?? ''),
      stream,
      more,
    });
  };
  const values = valueLines(kept, {
    ...scan,
    begin(at) {
      seam.begin();
      scan.begin(at);
    },
  });
  return {
    push(chunk) {
      kept.push(chunk);
      values.push(chunk);
    },
    end: values.end,
    isLog: () => scan.hasList() && scan.status() !== 'error' && (lines.count() > 0 || strange === 0),
    tooLong: () => 0,
  };
}

function moreIn(added: JsonObject): Labels {
  if (!isObject(added.structuredMetadata) && !isObject(added.parsed)) return labelsIn(added);
  return { ...labelsIn(objectIn(added, 'structuredMetadata')), ...labelsIn(objectIn(added, 'parsed')) };
}

/** Given, and not 0, as an SDK writes it that does not know. */
function isTime(value: unknown): boolean {
  return (typeof value === 'string' || typeof value === 'number') && Number(value) > 0;
}

function saidBeside(record: JsonObject): Labels {
  const text = (...names: readonly string[]) =>
    names.map((name) => textIn(record, name)).find((value) => value !== '') ?? '';
  const said = {
    severity_text: text('severityText', 'severity_text'),
    severity_number: text('severityNumber', 'severity_number'),
    trace_id: text('traceId', 'trace_id'),
    span_id: text('spanId', 'span_id'),
  };
  return Object.fromEntries(Object.entries(said).filter(([, value]) => value !== ''));
}
