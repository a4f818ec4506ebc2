/**
 * Puts the lines of a stack trace back into the line that they belong to.
 *
 *  ERROR order 17 failed                              ERROR order 17 failed⏎
 *  java.net.ConnectException: refused       →         java.net.ConnectException: refused⏎
 *  ⇥at com.example.Stock.load(Stock.java:12)          ⇥at com.example.Stock.load(Stock.java:12)
 *
 * Only within one stream and within a second, so that lines of two processes are not mixed.
 */
import { ERROR, severityOf } from '#model/logs/log-level.ts';
import type { LogLine } from '#model/logs/log-line.ts';
import type { StackPart } from '#model/logs/log-stack.ts';

/** `untimed` is a row without a time among rows with one: it always continues the previous row. */
export type LinePart = StackPart | 'untimed';

export const LINE_PARTS: readonly LinePart[] = ['', 'frame', 'inside', 'head', 'traceback', 'untimed'];

export type Foldable = Readonly<{ line: LogLine; part: LinePart; stream: number }>;

/** The last line of a stream, and those that go on with it; most have none. */
type Open = { at: number; first: LogLine; texts: string[] | undefined; length: number; isStack: boolean };

/** A longer stack trace repeats itself. */
const LONGEST_FOLDED = 65_536;
const NEAR_NS = 1_000_000_000;

/** `count` lines in their final order; `each` returns one of them, `whole` makes one from a line and its text. */
export function foldedLines(
  count: number,
  each: (at: number) => Foldable,
  whole: (first: LogLine, text: string) => LogLine,
): LogLine[] {
  const lines: LogLine[] = [];
  const openByStream = new Map<number, Open>();
  for (let at = 0; at < count; at += 1) {
    const { line, part, stream } = each(at);
    const open = openByStream.get(stream);
    if (open !== undefined && goesOn(open, line, part)) {
      goOn(open, line, part);
      continue;
    }
    if (open?.texts) lines[open.at] = whole(open.first, open.texts.join('\n'));
    openByStream.set(stream, opened(lines.length, line, part));
    lines.push(line);
  }
  for (const { at, first, texts } of openByStream.values()) if (texts) lines[at] = whole(first, texts.join('\n'));
  return lines;
}

function opened(at: number, first: LogLine, part: LinePart): Open {
  return { at, first, texts: undefined, length: first.line.length, isStack: part === 'frame' || part === 'traceback' };
}

function goesOn({ first, isStack }: Open, line: LogLine, part: LinePart): boolean {
  if (part === '' || first.line.startsWith('{')) return false; // what is JSON has its own
  if (part === 'untimed') return true;
  if (Number(line.timeNs) - Number(first.timeNs) > NEAR_NS) return false;
  if (part === 'inside') return isStack;
  return part === 'frame' || isStack || tellsOfFailure(first);
}

function tellsOfFailure({ level, line }: LogLine): boolean {
  return severityOf(level) >= ERROR || line.endsWith(':');
}

function goOn(open: Open, { line }: LogLine, part: LinePart): void {
  open.isStack ||= part !== 'inside';
  if (open.length + line.length >= LONGEST_FOLDED) return;
  open.texts ??= [open.first.line];
  open.texts.push(line);
  open.length += line.length + 1;
}
