/**
 * Several calls of one caller failed, and the caller failed too. Its texts, and those of the spans above it, show which
 * call made it fail:
 *
 *  [ GET /page ✗ 500  “core broke: schema”   ]   quotes core
 *    [ GET /ads  ✗ 500  “no ads”  ]                that it ended last proves nothing
 *    [ GET /core ✗ 500  “core broke: schema” ]
 *
 * A quoted message says more than a name, a name more than a type of exception, and that more than a status. Common
 * parts of several failures do not distinguish them.
 */

import { NO_LINES } from '#model/logs/log-line.ts';
import { cutFirstLine } from '#model/text/cut-text.ts';
import type { SpanIndex } from '#model/trace/columns.ts';
import { canonicalText } from '#model/trace/semconv.ts';
import type { Trace } from '#model/trace/trace.ts';
import { callee } from '#model/trace/views/call-numbers.ts';
import { failureTexts, type LinesBySpan, saysTimedOut } from '#model/trace/views/failure-text.ts';

/** From the topmost failed span down to the origin of a failure. */
export type Way = readonly SpanIndex[];

export type Apart = Readonly<{
  /** The failures that made the topmost fail, or may have. */
  reached: readonly Way[];
  /** Other failures, each from the topmost span of its own. */
  beside: readonly Way[];
  /** How many others compete with each of the first. */
  rivals: number;
}>;

/** All ways begin at one span, and none is a part of another. Without `lines` it reads and decides nothing. */
export function apart(trace: Trace, ways: readonly Way[], lines: LinesBySpan | undefined): Apart {
  if (ways.length < 2 || lines === undefined)
    return { reached: ways, beside: [], rivals: Math.max(0, ways.length - 1) };
  const { reached, beside } = divided(trace, ways, 0, lines);
  return { reached, beside, rivals: saysTheSame(trace, reached) ? 0 : reached.length - 1 };
}

/** Decides where the ways part, then below each part. There are few, because each is a separate failure. */
function divided(trace: Trace, ways: readonly Way[], from: number, lines: LinesBySpan): Omit<Apart, 'rivals'> {
  const [first = []] = ways;
  if (ways.length < 2) return { reached: ways, beside: [] };
  let parting = from;
  while (parting < first.length && ways.every((way) => way[parting] === first[parting])) parting += 1;
  const parts = [...Map.groupBy(ways, (way) => way[parting]).values()];
  const above = first.slice(0, parting).toReversed();
  const below = parts.map((part) => part.flatMap((way) => way.slice(parting)));
  const chosen = toldApart(trace, above, below, lines);
  const inside = (chosen === undefined ? parts : parts.slice(chosen, chosen + 1)).map((part) =>
    divided(trace, part, parting + 1, lines),
  );
  const others = chosen === undefined ? [] : parts.toSpliced(chosen, 1).flat();
  return {
    reached: inside.flatMap((one) => one.reached),
    beside: [...inside.flatMap((one) => one.beside), ...others.map((way) => way.slice(parting))],
  };
}

/** Whether a span's text about its failure refers to the failure below it: it quotes or names it. */
export function tellsOf(trace: Trace, span: SpanIndex, way: Way, lines: LinesBySpan): boolean {
  const said = textsOf(trace, span, lines);
  const signs = ends(way).map((below) => signsOf(trace, below, lines));
  const own = plain(trace.service(span));
  const isMeant = ({ texts, names }: Signs) =>
    said.some(
      (one) => texts.some((text) => quotes(one, text)) || names.some((name) => name !== own && holdsWord(one, name)),
    );
  return signs.some(isMeant);
}

/** One reason for several failed calls of a service is one failure. */
function saysTheSame(trace: Trace, ways: readonly Way[]): boolean {
  const [first = '', ...others] = ways.map((way) => {
    const at = way.at(-1) ?? trace.root;
    const text = failureTexts(trace, at, NO_LINES)[0]?.text ?? '';
    return text === '' ? '' : `${trace.service(at)}\n${text}`;
  });
  return first !== '' && others.every((other) => other === first);
}

/** The index of the failure that made the spans above fail; undefined where their texts do not show it. `parts`: the spans on the way down to each failure, topmost first. */
function toldApart(
  trace: Trace,
  above: readonly SpanIndex[],
  parts: readonly (readonly SpanIndex[])[],
  lines: LinesBySpan,
): number | undefined {
  const said = above.slice(0, MOST_READ).flatMap((span) => textsOf(trace, span, lines));
  const read = parts.map((way) => ends(way).map((span) => signsOf(trace, span, lines)));
  const together = (signs: (one: Signs) => readonly string[]) =>
    ownOnes(read.map((ofPart) => new Set(ofPart.flatMap(signs))));
  const ownServices = new Set(above.map((span) => plain(trace.service(span))));
  const names = together((one) => one.names.filter((name) => !ownServices.has(name)));
  const typesAbove = new Set(above.slice(0, MOST_READ).flatMap((span) => typesOf(trace, span)));
  const status = above.map((span) => statusOf(trace, span)).find((code) => code >= 400) ?? 0;
  return (
    onlyOne(
      together(({ texts }) => texts),
      (text) => said.some((one) => quotes(one, text)),
    ) ??
    onlyOne(names, (name) => said.some((one) => holdsWord(one, name))) ??
    onlyOne(
      together(({ types }) => types),
      (type) => typesAbove.has(type),
    ) ??
    onlyOne(
      together(({ statuses }) => statuses),
      (code) => said.some((one) => holdsWord(one, code)),
    ) ??
    (TELLING.has(status)
      ? onlyOne(
          together(({ statuses }) => statuses),
          (code) => code === `${status}`,
        )
      : undefined)
  );
}

/** At most this many spans above, and at each end of a way, have their texts read. */
const MOST_READ = 8;

/** Statuses that callers pass on: any failure may become 500. */
const TELLING: ReadonlySet<number> = new Set([
  400, 401, 402, 403, 404, 408, 409, 410, 412, 413, 415, 422, 423, 429, 502, 503, 504,
]);

/** A code of RPC as the HTTP status that gateways make of it (google.rpc.Code). UNKNOWN and INTERNAL say nothing. */
function statusOf(trace: Trace, span: SpanIndex): number {
  return trace.httpStatus(span) || (HTTP_OF_RPC[trace.text(span, 'rpc.status_code')] ?? 0);
}

const HTTP_OF_RPC: Readonly<Record<string, number>> = {
  INVALID_ARGUMENT: 400,
  FAILED_PRECONDITION: 400,
  OUT_OF_RANGE: 400,
  UNAUTHENTICATED: 401,
  PERMISSION_DENIED: 403,
  NOT_FOUND: 404,
  ALREADY_EXISTS: 409,
  ABORTED: 409,
  RESOURCE_EXHAUSTED: 429,
  UNAVAILABLE: 503,
  DEADLINE_EXCEEDED: 504,
};

function ends(way: readonly SpanIndex[]): readonly SpanIndex[] {
  return way.length <= MOST_READ ? way : [...way.slice(0, MOST_READ / 2), ...way.slice(-MOST_READ / 2)];
}

type Signs = Readonly<{
  texts: readonly string[];
  names: readonly string[];
  types: readonly string[];
  statuses: readonly string[];
}>;

function signsOf(trace: Trace, span: SpanIndex, lines: LinesBySpan): Signs {
  const status = statusOf(trace, span);
  const texts = textsOf(trace, span, lines);
  const isTimeout = texts.some((text) => saysTimedOut(trace, span, text)) || saysTimedOut(trace, span, '');
  const operation = plain(trace.operation(span));
  return {
    texts: texts.filter((text) => text.length >= SHORTEST_QUOTE),
    names: [
      trace.service(span),
      trace.peer(span),
      callee(trace, span),
      operation,
      operation.replace(/^[a-z]+ (?=\/)/, ''),
    ]
      .map(plain)
      .filter((name) => name.length >= SHORTEST_NAME),
    types: typesOf(trace, span),
    statuses: [...(status >= 400 ? [`${status}`] : []), ...(isTimeout ? ['504', '408'] : [])],
  };
}

/** Shorter texts occur in unrelated sentences. */
const SHORTEST_QUOTE = 6;
const SHORTEST_NAME = 3;

function textsOf(trace: Trace, span: SpanIndex, lines: LinesBySpan): string[] {
  const whole = new Map((lines.get(trace.spanId(span)) ?? []).map(({ timeNs, line }) => [timeNs, line]));
  return failureTexts(trace, span, lines).map(({ kind, ref, text }) => {
    const line = kind === 'log' && text.endsWith('…') ? whole.get(ref) : undefined;
    return plain(line === undefined ? text : cutFirstLine(line, LONGEST_LINE));
  });
}

/** A line's time, level, ids and thread may take all that is quoted of it. */
const LONGEST_LINE = 600;

/** Whether a span threw the same type of exception as a span of the failure below it: it may have thrown it again. */
export function throwsAgain(trace: Trace, span: SpanIndex, way: Way): boolean {
  const types = new Set(ends(way).flatMap((below) => typesOf(trace, below)));
  return typesOf(trace, span).some((type) => types.has(type));
}

/** Without the most general types of exceptions. */
function typesOf(trace: Trace, span: SpanIndex): string[] {
  const events = trace.hasEvents(span) ? trace.events(span) : [];
  return [
    ...events.map(({ attributes }) => canonicalText(attributes, 'exception.type')),
    ...events.flatMap(({ attributes }) => causesIn(canonicalText(attributes, 'exception.stacktrace'))),
    trace.text(span, 'exception.type'),
    trace.text(span, 'error.type'),
  ]
    .map((type) => plain(type.split(/[.:\\]/).at(-1) ?? ''))
    .filter((type) => type !== '' && !/^(?:\w*error|exception|runtimeexception|e|\d+)$/.test(type));
}

/** The types behind the exception, as Java, .NET and PHP print them: `Caused by: java.net.ConnectException: …`. */
function causesIn(stack: string): string[] {
  return stack
    .slice(0, MOST_OF_STACK)
    .split('\n')
    .flatMap((line) => /^\s{0,8}(?:Caused by: |-{3,4}> |Next )([\w.$\\]{1,200})/.exec(line)?.[1] ?? []);
}

/** Characters; a stack of a few hundred lines. */
const MOST_OF_STACK = 40_000;

/** One space between words, without quotes and the truncation mark. */
function plain(text: string): string {
  return text
    .toLowerCase()
    .replace(/["'“”‘’`…]+/g, '')
    .replace(/\s+/g, ' ')
    .trim();
}

/** Without what another part has, too. */
function ownOnes(parts: readonly ReadonlySet<string>[]): readonly (readonly string[])[] {
  return parts.map((part, at) =>
    [...part].filter((one) => !parts.some((other, place) => place !== at && other.has(one))),
  );
}

function onlyOne(parts: readonly (readonly string[])[], isMeant: (one: string) => boolean): number | undefined {
  const meant = parts.flatMap((part, at) => (part.some(isMeant) ? [at] : []));
  return meant.length === 1 ? meant[0] : undefined;
}

/** The whole message, or its beginning where the quoting text is truncated. */
function quotes(said: string, text: string): boolean {
  return said.includes(text) || (said.length >= 2 * SHORTEST_QUOTE && text.startsWith(said));
}

function holdsWord(said: string, word: string): boolean {
  for (let at = said.indexOf(word); at >= 0; at = said.indexOf(word, at + 1)) {
    if (!/[\w-]/.test(said[at - 1] ?? ' ') && !/[\w-]/.test(said[at + word.length] ?? ' ')) return true;
  }
  return false;
}
