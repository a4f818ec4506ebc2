/**
 * Reads a body of log lines while its bytes arrive, in any common form of logs. The content shows the form; rows are
 * read one at a time. A truncated or damaged body is read as far as it is intact, and a damaged row affects no other.
 */
import { UnreadableInputError } from '#core/errors.ts';
import type { BodyDecoder, Damage } from '#decode/body-decoder.ts';
import { type LogClock, logClock } from '#decode/log-clock.ts';
import { logEntries } from '#decode/log-entry.ts';
import { sharedLabels } from '#decode/log-labels.ts';
import { type LogLines, logLines } from '#decode/log-lines.ts';
import { type LogReader, rowReader } from '#decode/log-row-reader.ts';
import { LONGEST_ROW } from '#decode/log-rows.ts';
import { valueReader } from '#decode/log-value-reader.ts';
import { likeness } from '#decode/recognise.ts';
import type { Gap } from '#model/finding/gap.ts';
import type { LogLine } from '#model/logs/log-line.ts';
import type { BodyFormat } from '#model/trace/build/body.ts';

export type LogBody = BodyDecoder<readonly LogLine[]> &
  Readonly<{
    /** After the end. */
    damage(): Damage;
    /** After the end: what a rule completed, or what was not kept. */
    remarks(): readonly Omit<Gap, 'source'>[];
  }>;

const ACCEPTED =
  'Spanhound reads responses of Loki, lines of {"ts": nanoseconds, "labels": {}, "line": ""}, OTLP logs, and log files: JSON, logfmt or text with times or levels; plain or gzipped.';

/** This many bytes show the form. */
const ENOUGH_BYTES = 1_024;
/** How much of a refused body is examined. */
const MOST_TOLD = 65_536;
/** One value, or one a line, that holds many lines; `[2026-…` begins a line of text. */
const VALUES =
  /^\ufeff?\s*(?:\[\s*[{\]]|\{\s*"(?:streams|resourceLogs|resource_logs)"\s*:\s*\[|\{\s*"status"\s*:\s*"(?:success|error)"\s*,\s*"(?:data|errorType|error|warnings)"\s*:|\{\s*"data"\s*:\s*\{\s*"(?:resultType|result|encodingFlags|stats)"\s*:)/;

/** `nearSeconds` since the epoch: times without a year or a date become the nearest ones. */
export function logBody(format: BodyFormat, source: string, nearSeconds: () => number = () => 0): LogBody {
  const lines = logLines();
  const clock = logClock(nearSeconds);
  const shared = sharedLabels();
  const entries = logEntries(clock, shared);
  /** Bytes that arrived before the form was known, and the first bytes of all. */
  let waiting: Uint8Array = new Uint8Array();
  let start: Uint8Array = new Uint8Array();
  let reader: LogReader | undefined;
  let damage: Damage = { isCut: false, damagedLines: 0, lines: 0, firstDamaged: 0 };

  const begin = (): LogReader => {
    const isValues = format === 'loki-json' || VALUES.test(new TextDecoder().decode(waiting.subarray(0, ENOUGH_BYTES)));
    const begun = isValues ? valueReader({ lines, shared, entries, clock }) : rowReader(lines, entries);
    begun.push(waiting);
    start = waiting.slice(0, MOST_TOLD);
    waiting = start.subarray(0, 0);
    return begun;
  };
  const refuseNothing = (of: LogReader): void => {
    if (lines.count() > 0 && of.isLog()) return;
    if (format === 'loki-json' && !of.isLog()) {
      throw new UnreadableInputError(`${source} did not answer with log lines`, ACCEPTED);
    }
    const text = new TextDecoder().decode(start);
    // A store that names its format and sends nothing has no such line; of a file that somebody names it is worth a word.
    if (text.trim() === '' && format !== 'auto') return;
    if (text.trim() === '') throw new UnreadableInputError(`${source} is empty`, ACCEPTED);
    if (!of.isLog()) {
      throw new UnreadableInputError(`${source} holds no readable log line: it is ${likeness(text)}`, ACCEPTED);
    }
  };
  return {
    push(chunk) {
      if (reader !== undefined) reader.push(chunk);
      else {
        waiting = Buffer.concat([waiting, chunk]);
        if (waiting.length >= ENOUGH_BYTES) reader = begin();
      }
    },
    end() {
      reader ??= begin();
      damage = reader.end();
      refuseNothing(reader);
      return lines.ordered();
    },
    damage: () => damage,
    remarks: () => remarksOn(lines, clock.left(), reader?.tooLong() ?? 0),
  };
}

function remarksOn(lines: LogLines, left: ReturnType<LogClock['left']>, tooLong: number): Omit<Gap, 'source'>[] {
  const remarks: Omit<Gap, 'source'>[] = [];
  const remark = (count: number, problem: string, consequence: string) => {
    if (count > 0) remarks.push({ problem, consequence });
  };
  remark(
    lines.untimed() === lines.count() ? lines.count() : 0,
    'no line has a time',
    'its lines have no place in the timeline',
  );
  remark(left.zone, 'its times have no time zone', 'they were read as UTC');
  remark(left.year, 'its times have no year', 'the nearest year was taken');
  remark(left.day, 'its times have no date', 'the nearest day was taken');
  remark(tooLong, `${tooLong} of its lines are longer than ${MEGABYTES} MB`, 'only their beginnings were read');
  const reduced = lines.reduced();
  const problem = `it has ${lines.count()} lines, more than can be kept unchanged`;
  remark(reduced, problem, `${reduced} lines that say the same within ten seconds were merged`);
  return remarks;
}

const MEGABYTES = Math.round(LONGEST_ROW / 1_000_000);
