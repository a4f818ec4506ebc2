/** The log lines of a waterfall's rows: marks at their times, and the texts of the first errors. */
import type { Diagnosed } from '#model/finding/analysis.ts';
import { ERROR, severityOf } from '#model/logs/log-level.ts';
import { logMessage } from '#model/logs/log-message.ts';
import { maskedText } from '#model/logs/log-template-mask.ts';
import { type PlacedLine, placedLines } from '#model/logs/placed-lines.ts';
import { shown } from '#present/words/plain-text.ts';

/** Microseconds from the trace's start. */
export type LineMark = Readonly<{ atUs: number; isError: boolean }>;

export type RowLines = Readonly<{
  /** In order of time; marks too close to be drawn apart are one. */
  marks: readonly LineMark[];
  count: number;
  errors: number;
  /** The texts of the first errors. */
  said: readonly Readonly<{ atUs: number; text: string }>[];
}>;

export const NO_LINES: RowLines = { marks: [], count: 0, errors: 0, said: [] };

/** More would push the rows apart. The row still shows its number of errors. */
const SAID_IN_ROW = 2;
/** In the whole picture. */
const SAID = 6;

export function linesOf({ trace, logs, correlation }: Diagnosed): readonly PlacedLine[] {
  return logs.length === 0 ? [] : placedLines(trace, logs, correlation?.offsets ?? []);
}

/** `rowAt`: the row of a span, or the row that it is folded into. `grainUs`: closer lines become one mark. */
export function linesByRow(
  lines: readonly PlacedLine[],
  {
    rows,
    rowAt,
    durationUs,
    grainUs,
  }: Readonly<{
    rows: number;
    rowAt(span: number): number;
    durationUs: number;
    grainUs: number;
  }>,
): readonly RowLines[] {
  const groups = Map.groupBy(lines, ({ span }) => rowAt(span));
  const said = saidByRow(groups);
  return Array.from({ length: rows }, (_, row) => {
    const of = groups.get(row);
    if (of === undefined) return NO_LINES;
    const marks = marksOf(of, durationUs, grainUs);
    return { marks, count: of.length, errors: of.filter(isError).length, said: said.get(row) ?? [] };
  });
}

/** The earliest errors matter most, so rows with the earliest first error show their texts. */
function saidByRow(groups: ReadonlyMap<number, readonly PlacedLine[]>): ReadonlyMap<number, RowLines['said']> {
  const errors = [...groups].map(([row, lines]) => ({ row, said: firstOfEach(lines.filter(isError)) }));
  const byRow = new Map<number, RowLines['said']>();
  let left = SAID;
  for (const { row, said } of errors.sort((a, b) => firstUs(a) - firstUs(b) || a.row - b.row)) {
    byRow.set(row, said.slice(0, Math.min(left, SAID_IN_ROW)));
    left -= byRow.get(row)?.length ?? 0;
  }
  return byRow;
}

function firstUs({ said }: Readonly<{ said: RowLines['said'] }>): number {
  return said[0]?.atUs ?? Number.POSITIVE_INFINITY;
}

function isError({ line }: PlacedLine): boolean {
  return severityOf(line.level) >= ERROR;
}

/** A line outside the picture's time has no mark, but it is counted. */
function marksOf(lines: readonly PlacedLine[], durationUs: number, grainUs: number): LineMark[] {
  const marks = new Map<number, LineMark>();
  for (const line of lines) {
    const { atUs } = line;
    if (atUs < 0 || atUs > durationUs) continue;
    const grain = grainUs === 0 ? 0 : Math.floor(atUs / grainUs);
    if (marks.get(grain)?.isError !== true) marks.set(grain, { atUs, isError: isError(line) });
  }
  return [...marks.values()].sort((a, b) => a.atUs - b.atUs);
}

/** Repeated messages are shown once. */
function firstOfEach(errors: readonly PlacedLine[]): { atUs: number; text: string }[] {
  const known = new Map<string, { atUs: number; text: string }>();
  for (const { line, atUs } of errors) {
    const text = shown(logMessage(line));
    const alike = maskedText(text);
    if (text !== '' && !known.has(alike)) known.set(alike, { atUs, text });
  }
  return [...known.values()];
}
