/** Rows of calls that one caller makes one after another, although reads could run in parallel. */
import { HOSTS_APART_US } from '#model/trace/build/clock-skew.ts';
import type { SpanIndex, SpanTest } from '#model/trace/columns.ts';
import type { Trace } from '#model/trace/trace.ts';
import { callerCalls } from '#model/trace/views/call-groups.ts';
import { calleeSpan } from '#model/trace/views/call-span.ts';
import { pathBelowUs, pathSelfUs } from '#model/trace/views/critical-path.ts';
import { questionsInARow } from '#model/trace/views/model-questions.ts';

type Row = Readonly<{ caller: SpanIndex; calls: readonly SpanIndex[]; loop: boolean }>;

export function callRows(trace: Trace, minCalls: number, maxGapUs: number, leastUs: number): Row[] {
  const found: Row[] = [];
  callerCalls(trace).visit(minCalls, (caller, all) => {
    // The saved time is a part of the time below the caller.
    if (pathBelowUs(trace, caller) - pathSelfUs(trace, caller) < leastUs) return;
    for (const row of rowsOfCalls(trace, all, maxGapUs)) found.push(...rowsIn(trace, caller, row, minCalls));
  });
  return found;
}

function rowsIn(trace: Trace, caller: SpanIndex, row: readonly SpanIndex[], minCalls: number): Row[] {
  const loops = loopsOf(trace, row, minCalls);
  const reads = runsOfReads(trace, row, new Set(loops.flat())).filter((run) => {
    const differ = new Set(run.map((call) => callTarget(trace, call))).size === run.length;
    return run.length >= minCalls && differ;
  });
  const ofSafe = loops.length === 0 && isOfSafeRequest(trace, row) ? [row] : [];
  return [
    ...loops.map((calls) => ({ caller, calls, loop: true })),
    ...[...reads, ...ofSafe].map((calls) => ({ caller, calls, loop: false })),
  ];
}

/** With fewer calls of unknown kind, one very often prepares the next. */
const MOST_IN_NEED = 3;
/** The quickest and the slowest of calls that ask alike differ by less. */
const ALIKE = 2;

/**
 * A request that only reads (RFC 9110, 9.2.1) asks several services alike, and no name says which of these calls read:
 * gRPC's methods may have any name. Rows that are known to be reads are found without it.
 */
function isOfSafeRequest(trace: Trace, row: readonly SpanIndex[]): boolean {
  const [first] = row;
  if (first === undefined || row.length <= MOST_IN_NEED) return false;
  const above = trace.parent(first);
  if (above === undefined || !/^(?:GET|HEAD)$/i.test(trace.text(above, 'http.request.method'))) return false;
  const callees = new Set(row.map((call) => callee(trace, call)));
  if (callees.size < row.length || row.every((call) => isRead(trace, call))) return false;
  const lengths = row.map((call) => trace.durationOfUs(call));
  const isAlike = longestOf(lengths) <= ALIKE * Math.min(...lengths);
  return isAlike && row.every((call) => isRead(trace, call) || isNamelessRpc(trace, call));
}

/** A call of a method whose name is no verb of a write. */
function isNamelessRpc(trace: Trace, call: SpanIndex): boolean {
  const name = trace.text(call, 'rpc.method') || trace.operation(call);
  const isRpc = trace.text(call, 'rpc.system.name') !== '' && trace.text(call, 'http.request.method') === '';
  return isRpc && trace.kind(call) !== 'producer' && !CHANGES.test(lowerFirst(name.split(/[/.]/).at(-1) ?? name));
}

const CHANGES =
  /^(?:create|add|insert|put|set|update|upsert|replace|patch|delete|remove|clear|send|publish|push|post|write|save|store|record|log|track|emit|notify|report|book|reserve|charge|pay|capture|refund|cancel|commit|begin|start|stop|open(?=[A-Z])|close|lock|unlock|acquire|release|register|login|authori[sz]e|authenticate|issue|incr|touch|mark|apply|submit|confirm|assign|grant|revoke|enqueue|schedule|run|execute|do|process|sync)(?=[A-Z_\s-]|$)/;

/** Splits the row at each write, because reads after it may depend on it. Calls of loops are left out. */
function runsOfReads(trace: Trace, row: readonly SpanIndex[], looped: ReadonlySet<SpanIndex>): SpanIndex[][] {
  const runs: SpanIndex[][] = [[]];
  for (const call of row) {
    if (looped.has(call)) continue;
    if (isRead(trace, call)) runs.at(-1)?.push(call);
    else runs.push([]);
  }
  return runs;
}

/** Calls of one caller that overlap no other call, split where the pause is too long. Failed calls are attempts, which must wait. */
function rowsOfCalls(trace: Trace, all: Int32Array, maxGapUs: number): SpanIndex[][] {
  const isBeside = besideTheRow(trace);
  const calls = all.filter(
    (call) => trace.isCall(call) && !trace.isDatabaseCall(call) && !isBeside(call) && !isTurn(trace, call),
  );
  const result: SpanIndex[][] = [];
  let row: SpanIndex[] = [];
  let reachedUs = Number.NEGATIVE_INFINITY;
  calls.forEach((call, i) => {
    const next = calls[i + 1];
    const alone =
      followsUs(trace, call) >= reachedUs && (next === undefined || followsUs(trace, next) >= trace.endUs(call));
    if (!alone || trace.startUs(call) - reachedUs > maxGapUs) {
      if (row.length > 0) result.push(row);
      row = [];
    }
    if (alone && !trace.failed(call)) row.push(call);
    reachedUs = Math.max(reachedUs, trace.endUs(call));
  });
  if (row.length > 0) result.push(row);
  return result;
}

/** A turn of a conversation with a language model: it answers to what came before. */
function isTurn(trace: Trace, call: SpanIndex): boolean {
  if (questionsInARow(trace).has(call)) return false;
  return /^(?:chat|text_completion|generate_content|invoke_agent)$/i.test(trace.text(call, 'gen_ai.operation.name'));
}

/** The earliest end of a call that this one may follow. If only the callee recorded the call, its clock may be a little behind. */
function followsUs(trace: Trace, call: SpanIndex): number {
  const isOfCallee = trace.kind(call) === 'server';
  return trace.startUs(call) + (isOfCallee ? Math.min(HOSTS_APART_US, trace.durationOfUs(call) / MOST_OVERLAP) : 0);
}

const MOST_OVERLAP = 10;

/** A write off the critical path delays nobody and does not end a row of reads. */
function besideTheRow(trace: Trace): SpanTest {
  const writes = new Map<number, boolean>();
  const target = callerCalls(trace).target;
  return (call) => {
    if (pathBelowUs(trace, call) > 0) return false;
    const called = target[call] ?? -1;
    const isWrite = writes.get(called) ?? !isRead(trace, call);
    writes.set(called, isWrite);
    return isWrite;
  };
}

function loopsOf(trace: Trace, row: readonly SpanIndex[], minCalls: number): SpanIndex[][] {
  return [...Map.groupBy(row, (call) => callTarget(trace, call)).values()].filter((calls) => calls.length >= minCalls);
}

export function callTarget(trace: Trace, call: SpanIndex): string {
  return `${callee(trace, call)} ${endpoint(trace, call)}`;
}

function callee(trace: Trace, call: SpanIndex): string {
  return trace.peer(call) || trace.service(call);
}

/** The callee's name of the operation where its span exists: client spans are often named just `GET`. */
function endpoint(trace: Trace, call: SpanIndex): string {
  return trace.operation(calleeSpan(trace, call));
}

/** Reads can be reordered without harm. A call of unknown kind counts as a write. */
function isRead(trace: Trace, call: SpanIndex): boolean {
  const method = trace.text(call, 'http.request.method').toUpperCase();
  if (method === 'POST' && ASKS.test(trace.text(call, 'url.full') || trace.text(call, 'url.path'))) return true;
  if (method === 'GET' || method === 'HEAD') return true;
  const name = trace.operation(call);
  if (method === '' && /^(GET|HEAD)\b/.test(name)) return true;
  const isNamed =
    method === '' &&
    /^(get|list|find|fetch|read|search|query|load|lookup|check)(?=[A-Z_\s-]|$)/.test(
      lowerFirst(name.split(/[/.]/).at(-1) ?? name),
    );
  return isNamed || onlyReads(trace, call);
}

/** So many spans of the callee are read. */
const MOST_READ = 40;

/** The callee recorded what it did: a query of GraphQL, or only reads of stores. */
function onlyReads(trace: Trace, call: SpanIndex): boolean {
  const below = [...trace.children(call).subarray(0, MOST_READ)];
  let reads = 0;
  for (let at = 0; at < below.length; at += 1) {
    const span = below[at] ?? call;
    const type = graphqlType(trace, span);
    if (type !== '') return type === 'query';
    if (trace.kind(span) === 'producer') return false;
    if (trace.isDatabaseCall(span)) {
      if (!READS_STORE.test(trace.queryShape(span) || trace.operation(span))) return false;
      reads += 1;
    }
    below.push(...trace.children(span).subarray(0, Math.max(0, MOST_READ - below.length)));
  }
  return reads > 0;
}

/** `query` or `mutation`, by the attribute or by the span's name: `query Banner`. Empty for other spans. */
function graphqlType(trace: Trace, span: SpanIndex): string {
  const named = /^(query|mutation) \w/.exec(trace.operation(span))?.[1] ?? '';
  return trace.text(span, 'graphql.operation.type').toLowerCase() || named;
}

const READS_STORE =
  /^\W*(?:select(?!.{0,4000}\bfor (?:no key )?update\b)|with\b|get\b|mget|h(?:m?get|getall)|smembers|l(?:range|index)|zr(?:ange|evrange)|exists|find(?:one|many)?\b(?!.?and)|read|query|scan|search|aggregate|count|batchget|getitem|lookup|ttl)/i;

/** Questions that need a body: Elasticsearch's `_search`, rates of carriers, GraphQL has its own names. */
const ASKS =
  /\/(?:_?m?search|query|lookup|quotes?|rates?|pric(?:e|es|ing)|estimate|availability|validate|verify|check|score|suggest|calculate|predict|infer(?:ence)?|embed(?:dings?)?|classify|moderate|detect|rank)(?:\/[\w-]+)?\/?(?:[?#]|$)/i;

function lowerFirst(text: string): string {
  return text.slice(0, 1).toLowerCase() + text.slice(1);
}

/** A short pause between calls is the caller's overhead and disappears with them. A longer one is work. */
const BOOKKEEPING_SHARE = 0.1;

export function pausesUs(trace: Trace, calls: readonly SpanIndex[]): number {
  const longest = longestOf(calls.map((call) => trace.durationOfUs(call)));
  return calls
    .slice(1)
    .map((call, i) => trace.startUs(call) - trace.endUs(calls[i] ?? call))
    .filter((us) => us <= BOOKKEEPING_SHARE * longest)
    .reduce((sum, us) => sum + us, 0);
}

/** The called services; for a single service, its operations. */
export function targetsOf(trace: Trace, calls: readonly SpanIndex[]): string {
  const services = new Set(calls.map((call) => callee(trace, call)));
  const [only = ''] = services;
  return services.size > 1 ? namesOf([...services]) : `${only}: ${namesOf(calls.map((call) => endpoint(trace, call)))}`;
}

/** At most four names, so that they fit in a sentence. */
function namesOf(names: readonly string[]): string {
  const unique = [...new Set(names)];
  return unique.length <= 4 ? unique.join(', ') : `${unique.slice(0, 3).join(', ')} and ${unique.length - 3} more`;
}

/** There may be more values than a function accepts as arguments. */
export function longestOf(durations: readonly number[]): number {
  return durations.reduce((longest, us) => Math.max(longest, us), 0);
}
