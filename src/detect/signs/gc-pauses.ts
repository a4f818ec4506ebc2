/** How runtimes and their instrumentation record a pause for garbage collection. Concurrent phases stop nothing. */
import type { AttributeValue, SpanEvent } from '#model/trace/columns.ts';

export type Pause = Readonly<{ us: number; text: string }>;

/** `gc`, `GC pause`, `jvm.gc`, `Full GC (Ergonomics)`, `G1 Young Generation`, `stop-the-world`; not `gc-service` or `run gc job`. */
const SPAN_NAME =
  /^(?:(?:jvm|clr|dotnet|go|golang|node(?:js)?|v8|python|ruby|runtime|process)[ ._:/-])*(?:(?:full|major|minor|young|old|mixed|gen ?[012])[ ._-])?(?:gc|garbage[ ._-]?collect(?:ion|or)?)(?:[ ._:/-](?:pause|stw|full|major|minor|young|old|mixed|cycle|collect\w*|evacuation|sweep|mark|event|phase|wait))*(?: ?\(.*\))?$|\bstop[ -]the[ -]world\b|\bgc[ ._-]pause\b|^(?:g1|ps|zgc|shenandoah|parnew|cms) (?:young|old|mixed|full|evacuation|scavenge|marksweep|pause)\b/i;
/** Every such name matches this. It compiles in a tenth of the time, and most names fail it. */
const MAY_SPEAK_OF_GC = /gc|garbage|stop[ -]the|^(?:g1|ps|shenandoah|parnew|cms) /i;
const CONCURRENT = /\bconcurrent(?:ly)?\b|\bbackground\b/i;

export function pauseOfSpan(operation: string): boolean {
  return MAY_SPEAK_OF_GC.test(operation) && SPAN_NAME.test(operation) && !CONCURRENT.test(operation);
}

const SPEAKS_OF_GC = /(?:^|[^a-z])gc(?:[^a-z]|$)|garbage.?collect|stop.the.world|safepoint/i;
const BEGINS = /\b(?:start(?:ed|s)?|begin(?:s|ning)?|begun)\b/i;
const ENDS = /\b(?:end(?:ed|s)?|finish(?:ed)?|complet(?:e|ed)|done|stop(?:ped)?)\b/i;
/** `gc.pause_ms`, `jvm.gc.duration`, `gc_pause_seconds`, `durationMs`: the unit is the name’s last word. */
const AMOUNT =
  /(?:pause|duration|elapsed|time|stw)[\w.]{0,40}?(?:[._]?(ns|us|ms|s|seconds|millis|milliseconds|micros|nanos))?$/i;
const US_PER_UNIT: Readonly<Record<string, number>> = {
  ns: 0.001,
  nanos: 0.001,
  us: 1,
  micros: 1,
  ms: 1000,
  millis: 1000,
  milliseconds: 1000,
  s: 1_000_000,
  sec: 1_000_000,
  secs: 1_000_000,
  seconds: 1_000_000,
};

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
  if (CONCURRENT.test(text)) return undefined;
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
  return Math.round(amount * (US_PER_UNIT[unit] ?? 1000));
}

/**
 * One pattern for each runtime. The first group is the pause, the second its unit.
 *
 *   JDK 9 and later    [12.3s][info][gc] GC(7) Pause Full (G1 Compaction Pause) 1980M->1610M(2048M) 1312.412ms
 *   JDK 8              [Full GC (Ergonomics) [PSYoungGen: …] 1980K->1610K(2048K), 1.3124 secs]
 *   safepoints         Total time for which application threads were stopped: 1.3124 seconds
 *   JvmPauseMonitor    Detected pause in JVM or host machine (eg GC): pause of approximately 1312ms
 *   Node               [1:0x5] 9123 ms: Mark-sweep (reduce) 1980.1 (2048.0) -> 1610.2 (2050.0) MB, 1312.4 / 0.0 ms
 *   Go                 gc 18 @12.3s 5%: 0.018+1312+0.004 ms clock: only the first and the last stop the world
 *   Python             gc: done, 12 unreachable, 0 uncollectable, 1.3124s elapsed
 *   others             GC pause: 1312 ms · stop-the-world pause of 1.3 s · Gen2 GC took 1312ms
 */
const LINES: readonly RegExp[] = [
  /\bPause (?:Full|Young|Remark|Cleanup|Init|Final|Degenerated|Mark)\b.{0,200}?(?<![\d.])([\d.]+) ?(ms|s)\b/i,
  /\[(?:Full )?GC\b.{0,400}?(?<![\d.])([\d.]+) (secs?)\]/i,
  /\bthreads were stopped: ([\d.]+) (seconds)/i,
  /\bpause of approximately (\d+) ?(ms)/i,
  /\b(?:Mark-sweep|Mark-Compact|Scavenge)\b.{0,200}?MB, ([\d.]+) \/ [\d.]+ ?(ms)/i,
  /\bgc: done\b.{0,200}?(?<![\d.])([\d.]+)(s) elapsed/i,
  /\b(?:gc|garbage collect(?:ion|or)|stop[- ]the[- ]world)\b.{0,60}?(?:pause[ds]?|took|lasted|stopped|duration|paused? for|of)\D{0,20}?([\d.]+) ?(ms|s|secs?|seconds|millis|milliseconds|us)\b/i,
  /\b(?:pause[ds]?|stopped)\b.{0,40}?([\d.]+) ?(ms|s|secs?|seconds|millis|milliseconds)\b.{0,40}?\b(?:gc|garbage collect(?:ion|or))\b/i,
];
const GO = /\bgc \d+ @[\d.]+s \d+%: ([\d.]+)\+[\d.]+\+([\d.]+) ms clock/;

export function pauseInLine(line: string): Pause | undefined {
  if (CONCURRENT.test(line)) return undefined;
  const go = GO.exec(line);
  if (go !== null) return { us: Math.round((Number(go[1]) + Number(go[2])) * 1000), text: line };
  for (const form of LINES) {
    const [, amount, unit = 'ms'] = form.exec(line) ?? [];
    const us = Math.round(Number(amount) * (US_PER_UNIT[unit.toLowerCase()] ?? 1000));
    if (us > 0) return { us, text: line };
  }
  return undefined;
}
