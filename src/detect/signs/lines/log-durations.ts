/** Durations in log lines, by message and service. */
import type { Stretch } from '#model/finding/finding.ts';
import { isOfRequest } from '#model/logs/log-correlation.ts';
import { tellsOfFailure } from '#model/logs/log-failure.ts';
import { logFields } from '#model/logs/log-fields.ts';
import { epochUsOf, type LogLine, namesSpan } from '#model/logs/log-line.ts';
import type { LogTemplates } from '#model/logs/log-templates.ts';
import type { SpanIndex } from '#model/trace/columns.ts';
import type { Trace } from '#model/trace/trace.ts';

/** Work that somebody waits for; jobs, backups and checkpoints may take long. */
const WAITED_FOR =
  /\b(?:request(?:ed|s)?|respon(?:se|ded|ses)|page|render(?:ed|ing|s)?|quer(?:y|ies)|call(?:ed|s)?|rpc|http|GET|POST|PUT|DELETE|PATCH|served?|handled|fetch(?:ed)?|load(?:ed)?|statement|transaction|api|endpoint|answer(?:ed)?|lookup|search)\b/i;

/** By service and template; `placesFrom` is the position of the first line in the templates. */
export function durationsIn(
  lines: readonly LogLine[],
  templates: LogTemplates,
  placesFrom: number,
): ReadonlyMap<string, Readonly<{ service: string; places: number[]; ms: number[] }>> {
  const timed = new Map<string, { service: string; places: number[]; ms: number[] }>();
  lines.forEach((line, place) => {
    // A failure has its own duration.
    if (tellsOfFailure(line)) return;
    const { durationMs, message } = logFields(line);
    if (durationMs === undefined || !WAITED_FOR.test(message.slice(0, LONGEST_READ))) return;
    const key = `${line.service}\n${templates.templateOf(placesFrom + place).id}`;
    const known = timed.get(key) ?? { service: line.service, places: [], ms: [] };
    if (known.places.length === 0) timed.set(key, known);
    known.places.push(place);
    known.ms.push(durationMs);
  });
  return timed;
}

const LONGEST_READ = 1_000;

/** Most of a gap; the rest is the way between the line's clock and the span's. */
const MOST_OF_GAP = 0.8;

/** Such words say that the service did not work in that time. */
const WAITS =
  /\b(?:wait\w*|block\w*|locks?|locked|slow\w*|retr(?:y|ied|ies|ying)|sleep\w*|slept|paus\w*|stall\w*|time[ -]?outs?|timed out|pool|queued?|throttl\w*|GC)\b/i;

/**
 * Whether lines of the service say what it worked on in most of a gap: `Rendered 214 pages in 2051 ms`. `linesInGap`
 * are its own lines of that time. Warnings and failures account for nothing: they say that something is wrong.
 */
export function areAccountedFor(linesInGap: readonly LogLine[], gapUs: number): boolean {
  let us = 0;
  for (const line of linesInGap) {
    const { durationMs, message } = logFields(line);
    us += sendingUs(line.line);
    const text = message.slice(0, LONGEST_READ);
    if (/^(?:warn|err|fatal|crit)/i.test(line.level) || tellsOfFailure(line)) continue;
    const atRateMs = rateMs(text);
    const tookMs = eachMs(text) ?? durationMs ?? listedMs(text) ?? processorMs(text) ?? 0;
    if (atRateMs !== undefined) us += atRateMs * 1000;
    else if (!WAITS.test(text)) us += tookMs * 1000;
  }
  return us >= MOST_OF_GAP * gapUs;
}

/** `report done: 84000 rows, 2998 ms`: the last item of a list, or in brackets. */
const LISTED = /[,(] ?(\d{1,9}(?:\.\d{1,3})?) ?(ms|s)\)?(?=$|[ .](?:$|[a-z_]{1,20}=))/;

function listedMs(message: string): number | undefined {
  const [, amount, unit] = LISTED.exec(message) ?? [];
  return amount === undefined ? undefined : Number(amount) * (unit === 's' ? 1000 : 1);
}

/** `30 averages taken, 100 ms exposure each`: so many times that long. */
const EACH =
  /\b(\d{1,6}) [a-z][a-z -]{1,40}[,(:;]? ?(?:of |with |at )?(\d{1,6}(?:\.\d{1,3})?) ?(ms|s)\b(?: [a-z]{1,20}){0,2} (?:each|apiece)\b/i;

function eachMs(message: string): number | undefined {
  const [, count, amount, unit] = EACH.exec(message) ?? [];
  return amount === undefined ? undefined : Number(count) * Number(amount) * (unit === 's' ? 1000 : 1);
}

/** `18240000 rows, 2.1 GB at 253 MB/s`, `3000 frames inferred at 299 fps`: an amount, and how much of it each second. */
const AMOUNT = /\b(\d{1,12}(?:\.\d{1,3})?) ?([kMGT]i?B|[a-z]{3,20})\b/g;
const RATE =
  /\b(?:at|with) (\d{1,9}(?:\.\d{1,3})?) ?(?:([kMGT]?i?B|[a-z]{3,20}) ?(?:\/ ?s(?:ec)?\b|per second\b)|([frq]ps)\b)/;
const SCALE: Readonly<Record<string, number>> = { k: 1e3, M: 1e6, G: 1e9, T: 1e12 };
const OF_SHORT: Readonly<Record<string, RegExp>> = { fps: /^(?:frame|file)/, rps: /^(?:re|row)/, qps: /^quer/ };

/** Undefined where the amount is of something else: 5000 users tell nothing of a rate of requests. */
function rateMs(message: string): number | undefined {
  const [said, perSecond = '', unit = '', short = ''] = RATE.exec(message) ?? [];
  if (said === undefined) return undefined;
  const isOfBytes = BYTES.test(unit);
  const perSecondOf = Number(perSecond) * (isOfBytes ? scaleOf(unit) : 1);
  const isSame = (of: string) =>
    isOfBytes ? BYTES.test(of) : (OF_SHORT[short]?.test(of) ?? singular(of) === singular(unit));
  const before = message.slice(0, message.indexOf(said));
  const amounts = Array.from(before.matchAll(AMOUNT), ([, amount = '', of = '']) =>
    isSame(of) ? Number(amount) * (isOfBytes ? scaleOf(of) : 1) : 0,
  );
  const most = Math.max(0, ...amounts);
  return most === 0 || perSecondOf === 0 ? undefined : (most / perSecondOf) * 1000;
}

const BYTES = /^[kMGT]?i?B$/;

function singular(noun: string): string {
  return noun.replace(/s$/, '');
}

function scaleOf(unit: string): number {
  return SCALE[unit[0] ?? ''] ?? 1;
}

/** `cpu 1396 ms`, `cpu_secs=18.9`: the processor worked in that time, so nobody waited. */
const PROCESSOR = /\bcpu(?:[ _-](?:time|secs?|seconds))?(?:[:=] ?| )(\d{1,9}(?:\.\d{1,3})?) ?(ms|s)?\b/i;

function processorMs(message: string): number | undefined {
  const [said = '', amount, unit] = PROCESSOR.exec(message) ?? [];
  if (amount === undefined || (unit === undefined && !/sec/i.test(said))) return undefined;
  return Number(amount) * (unit === 'ms' ? 1 : 1000);
}

/** nginx's variables, in seconds: the whole request, and the server behind. */
const WHOLE = /\brequest_time["'=: ]{1,4}(\d{1,6}(?:\.\d{1,6})?)/;
const BEHIND = /\bupstream_response_time["'=: ]{1,4}(\d{1,6}(?:\.\d{1,6})?)/;
const SENT = /\b(?:body_)?bytes_sent["'=: ]{1,4}(\d{1,12})/;
const RECEIVED = /\brequest_length["'=: ]{1,4}(\d{1,12})/;
/** A page with all that it loads has about 2.6 MB (HTTP Archive, 2024): one answer of a megabyte is a file. */
const FILE_BYTES = 1_000_000;

/** How long a proxy was busy with its client's line, by its own log: 0 where it does not say, or no file was on the line. */
function sendingUs(line: string): number {
  const text = line.slice(0, LONGEST_READ);
  const [whole = 0, behind = 0, sent = 0, received = 0] = [WHOLE, BEHIND, SENT, RECEIVED].map((field) =>
    Number(field.exec(text)?.[1] ?? Number.NaN),
  );
  if (!(sent >= FILE_BYTES || received >= FILE_BYTES)) return 0;
  return whole > behind ? (whole - behind) * 1e6 : 0;
}

/** Work is logged when it is over, by the span itself or by its caller. */
const LOGGED_WITHIN_US = 1_000_000;

/** Whether the service's own lines say what it worked on in most of `us`, the own time of a span. */
export function isWorkLogged(
  trace: Trace,
  { span, startUs, endUs }: Stretch,
  us: number,
  logs: readonly LogLine[],
): boolean {
  const own = linesOf(trace, { span, startUs, endUs }, withCaller(trace, span), logs);
  return areAccountedFor(own, us) || reportProgress(own, us);
}

/** The ids of the span and of its caller: a line may name either. */
function withCaller(trace: Trace, span: SpanIndex): readonly string[] {
  const caller = trace.parent(span);
  return [span, ...(caller === undefined ? [] : [caller])].map((each) => trace.spanId(each));
}

function linesOf(
  trace: Trace,
  { span, startUs, endUs }: Stretch,
  names: readonly string[],
  logs: readonly LogLine[],
): readonly LogLine[] {
  return logs.filter((line) => {
    const atUs = epochUsOf(line) - trace.startEpochUs;
    if (atUs <= startUs || atUs > endUs + LOGGED_WITHIN_US || line.service !== trace.service(span)) return false;
    const isItsOwn = line.spanId === '' || line.isPlaced === true || names.some((id) => namesSpan(line, id));
    return isItsOwn && isOfRequest(line);
  });
}

/** Whether a proxy's line about this request says that a file was on the client's line for most of a gap: nginx writes it at the end. */
export function isFileOnLine(trace: Trace, gap: Stretch, logs: readonly LogLine[]): boolean {
  const whole = { ...gap, endUs: trace.endUs(gap.span) };
  const leastUs = MOST_OF_GAP * (gap.endUs - gap.startUs);
  return linesOf(trace, whole, [trace.spanId(gap.span)], logs).some(({ line }) => sendingUs(line) >= leastUs);
}

/** Whether a harmless line of the caller says how many times what it asked for takes how long: a device that measures. */
export function isTimeOfEach(trace: Trace, call: Stretch, us: number, logs: readonly LogLine[]): boolean {
  return linesOf(trace, call, withCaller(trace, call.span), logs).some((line) => {
    const tookMs = HARMLESS_LEVEL.test(line.level) ? eachMs(logFields(line).message.slice(0, LONGEST_READ)) : undefined;
    return tookMs !== undefined && tookMs * 1000 >= MOST_OF_GAP * us;
  });
}

/** `done 40 %`, `page 30 of 48`, `171/1200`. */
const DONE = /\b(\d{1,3}(?:\.\d{1,3})?) ?%|\b(\d{1,9}) ?(?:\/|of) ?\d{1,9}\b/;
const FEWEST_REPORTS = 3;
/** They cover most of the time. */
const MOST_COVERED = 0.5;

/** Lines that count up while the work goes on. A disk's or a pool's level counts up and down, and is a wait by its words. */
function reportProgress(lines: readonly LogLine[], us: number): boolean {
  const told = lines.flatMap((line) => {
    const message = logFields(line).message.slice(0, LONGEST_READ);
    const [, percent, count] = DONE.exec(message) ?? [];
    if (percent === undefined && count === undefined) return [];
    if (!HARMLESS_LEVEL.test(line.level) || WAITS.test(message) || LEVELS.test(message)) return [];
    return [{ done: Number(percent ?? count), atUs: epochUsOf(line) }];
  });
  const [first] = told;
  const last = told.at(-1);
  if (first === undefined || last === undefined || told.length < FEWEST_REPORTS) return false;
  const growing = told.every(({ done, atUs }, at) => {
    const before = told[at - 1];
    return before === undefined || (done > before.done && atUs > before.atUs);
  });
  return growing && last.atUs - first.atUs >= MOST_COVERED * us;
}

const HARMLESS_LEVEL = /^(?:info|debug|trace|notice)?$/i;
const LEVELS =
  /\b(?:cpu|memory|heap|disk|usage|used|utili[sz]ation|full|attempts?|queue|connections?|threads?|load)\b/i;
