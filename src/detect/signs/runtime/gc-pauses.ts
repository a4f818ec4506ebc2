/** How runtimes and their instrumentation record a pause for garbage collection. Concurrent phases stop nothing. */
import { GC_LINES, GC_OPERATIONS, GC_SUMS, isConcurrent } from '#model/instruments/gc-words.ts';
import type { AttributeValue, SpanEvent } from '#model/trace/columns.ts';
import { amountIn, usPerUnit } from '#model/trace/wait-amounts.ts';

export type Pause = Readonly<{ us: number; text: string }>;

export function pauseOfSpan(operation: string): boolean {
  return GC_OPERATIONS.test(operation) && !isConcurrent(operation);
}

const SPEAKS_OF_GC = /(?:^|[^a-z])gc(?:[^a-z]|$)|garbage.?collect|stop.the.world|safepoint/i;
const BEGINS = /\b(?:start(?:ed|s)?|begin(?:s|ning)?|begun)\b/i;
const ENDS = /\b(?:end(?:ed|s)?|finish(?:ed)?|complet(?:e|ed)|done|stop(?:ped)?)\b/i;
/** `gc.pause_ms`, `jvm.gc.duration`, `gc_pause_seconds`, `durationMs`: the unit is the name’s last word. */
const AMOUNT =
  /(?:pause|duration|elapsed|time|stw)[\w.]{0,40}?(?:[._]?(ns|us|ms|s|seconds|millis|milliseconds|micros|nanos))?$/i;
/** The pauses that the events of a span record, in the order of the events. */
export function pausesOfEvents(events: readonly SpanEvent[]): (Pause & Readonly<{ atUs: number }>)[] {
  const pauses: (Pause & { atUs: number })[] = [];
  let over: SpanEvent | undefined;
  for (const event of events.toReversed()) {
    const pause = pauseOfEvent(event, over);
    if (pause !== undefined) pauses.push({ ...pause, atUs: event.atUs });
    if (saysItIsOver(event)) over = event;
  }
  return pauses.reverse();
}

/**
 * Reads the event's name and numbers, or measures up to `over`, the next event that ends a collection. A number that is
 * called a pause counts, even if others are longer; without one, the longest number counts.
 */
export function pauseOfEvent(event: SpanEvent, over?: SpanEvent): Pause | undefined {
  const message = String(event.attributes.message ?? '');
  const text = [event.name, message].filter((part) => part !== '').join(' ');
  if (isConcurrent(text)) return undefined;
  const isOfGc = SPEAKS_OF_GC.test(spaced(text));
  const amounts = Object.entries(event.attributes).flatMap(([name, value]) => {
    const us = isOfGc || SPEAKS_OF_GC.test(spaced(name)) ? amountOf(name, value) : 0;
    return us > 0 ? [{ us, text: `${text} ${name} = ${value}`.trim(), isPause: PAUSE.test(name) }] : [];
  });
  const pauses = amounts.filter(({ isPause }) => isPause);
  const others = isOfGc ? [pauseInLine(text), pauseUntilOver(event, text, over)] : [];
  return longest(pauses) ?? longest([...amounts, ...others]);
}

/** Names of the part that stops the process; the whole collection may take longer. */
const PAUSE = /pause|stw|stopped/i;

function longest(pauses: readonly (Pause | undefined)[]): Pause | undefined {
  const known = pauses.flatMap((pause) => (pause === undefined ? [] : [{ us: pause.us, text: pause.text }]));
  return known.sort((a, b) => b.us - a.us)[0];
}

function pauseUntilOver(event: SpanEvent, text: string, over: SpanEvent | undefined): Pause | undefined {
  if (over === undefined || !BEGINS.test(spaced(text))) return undefined;
  return { us: over.atUs - event.atUs, text };
}

function saysItIsOver({ name, attributes }: SpanEvent): boolean {
  const words = spaced(`${name} ${attributes.message ?? ''}`);
  return SPEAKS_OF_GC.test(words) && ENDS.test(words);
}

/** Splits `gc_start`, `GCStart` and `gc.start` into words. */
function spaced(text: string): string {
  return text.replace(/([a-z])([A-Z])|(GC)([A-Z][a-z])/g, '$1$3 $2$4').replace(/[._]/g, ' ');
}

function amountOf(name: string, value: AttributeValue): number {
  const found = AMOUNT.exec(name.replace(/([a-z])([A-Z])/g, '$1_$2'));
  const amount = Number(value);
  if (found === null || !(amount > 0) || typeof value === 'boolean') return 0;
  // OpenTelemetry's `jvm.gc.duration` is in seconds. Most others without a unit are in milliseconds.
  const unit = found[1]?.toLowerCase() ?? (/jvm[._]gc[._]duration$/i.test(name) ? 's' : 'ms');
  return Math.round(amount * (usPerUnit(unit) ?? 1000));
}

export function pauseInLine(line: string): Pause | undefined {
  if (isConcurrent(line)) return undefined;
  const us = amountIn(line, GC_LINES);
  return us > 0 ? { us, text: line } : undefined;
}

/** In a line about the whole request, the time of all its collections together. */
export function pausesInRequest(line: string): Pause | undefined {
  const us = amountIn(line, GC_SUMS);
  return us > 0 ? { us, text: line } : undefined;
}
