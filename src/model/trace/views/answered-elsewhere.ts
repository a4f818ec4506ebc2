/**
 * Failed calls whose answer came from elsewhere: a balancer asks the next target, a driver the next host, a client
 * sends the call again, a gateway asks the standby.
 *
 *   [ GET /orders 200                          ]  gateway
 *     [ balancer ✗ 10.2.0.4 ]                     refused at once
 *                            [ balancer 10.2.0.5 ]  ← gave the answer
 *
 * Two calls are attempts at one thing if the later one says so, or if their names and paths are alike and their hosts
 * are instances of one service. The same message to each instance is no series of attempts.
 */
import { firstPlace } from '#core/first-place.ts';
import { countsLaterAttempt, namesAttempt, saysSwitch } from '#model/instruments/attempt-words.ts';
import type { SpanIndex } from '#model/trace/columns.ts';
import { MARK } from '#model/trace/span-marks.ts';
import type { Trace } from '#model/trace/trace.ts';
import { callee } from '#model/trace/views/call-numbers.ts';

/** An attempt follows soon: so many later calls of one caller are looked at. */
const COMPARED = 16;
/** A span around an attempt, and one around the attempts. */
const MOST_WRAPPERS = 3;

/** Whether a later call of the caller gave the answer that this one did not give. */
export function wasAnsweredElsewhere(trace: Trace, failed: SpanIndex): boolean {
  let span = failed;
  for (let level = 0; level < MOST_WRAPPERS; level += 1) {
    const caller = trace.parent(span);
    if (caller === undefined) return false;
    if (isAnsweredBy(trace, span, laterSiblings(trace, span))) return true;
    if (!isAroundAttempt(trace, caller)) return false;
    span = caller;
  }
  return false;
}

/** The next siblings that began after this span did, in order of start. */
export function laterSiblings(trace: Trace, span: SpanIndex): readonly SpanIndex[] {
  const caller = trace.parent(span);
  if (caller === undefined) return [];
  const children = trace.children(caller);
  const first = firstPlace(children.length, (at) => trace.startUs(children[at] ?? 0) >= trace.startUs(span));
  return [...children.subarray(first, first + COMPARED)].filter((other) => other !== span);
}

function isAnsweredBy(trace: Trace, failed: SpanIndex, later: readonly SpanIndex[]): boolean {
  const answers = later.filter((other) => isGood(trace, other));
  if (answers.some((other) => isLaterAttempt(trace, failed, other) || hasHigherCount(trace, failed, other)))
    return true;
  const alike = answers.filter((other) => isOtherInstance(trace, failed, other));
  // A message to all instances reaches several of them; attempts end with the first answer.
  if (alike.length > 0 && new Set(alike.map((other) => hostOf(trace, other))).size === 1) return true;
  if (answers.some((other) => namesOtherInstance(trace, failed, other))) return true;
  const switched = answers.findIndex(
    (other) => trace.startUs(other) >= trace.endUs(failed) && saysSwitch(trace.operation(other)),
  );
  return switched >= 0 && answers.slice(switched).some((other) => trace.isCall(other) || trace.isDatabaseCall(other));
}

/** It succeeded, and so did the last thing in it. */
function isGood(trace: Trace, span: SpanIndex): boolean {
  if (trace.failed(span) || trace.httpStatus(span) >= 400) return false;
  const last = trace.childCount(span) === 0 ? undefined : trace.children(span).at(-1);
  return last === undefined || !trace.isInternal(span) || !trace.failed(last);
}

/** The later call records that it is a second attempt, and it asks for the same. */
function isLaterAttempt(trace: Trace, failed: SpanIndex, other: SpanIndex): boolean {
  if (trace.kind(other) !== trace.kind(failed) || !isNamedAlike(trace, failed, other)) return false;
  if (!saysLaterAttempt(trace, other)) return false;
  return areOneService(hostOf(trace, failed), hostOf(trace, other)) || isOnePath(trace, failed, other);
}

/** `stage 4 attempt 0`, `task 188.0`: names of frameworks that count their attempts, such as Spark's stages and tasks. */
const COUNTED_ATTEMPT = /\b(?:(?:attempt|try|retry)[ _.#-]?|(?<=\btask \d{1,9}\.))(\d{1,4})\b/i;

function hasHigherCount(trace: Trace, failed: SpanIndex, other: SpanIndex): boolean {
  const [before, after] = [trace.operation(failed), trace.operation(other)];
  const [counted, again] = [COUNTED_ATTEMPT.exec(before), COUNTED_ATTEMPT.exec(after)];
  if (counted === null || again === null || Number(again[1]) <= Number(counted[1])) return false;
  return without(before, counted) === without(after, again);
}

function without(name: string, { 0: part, index }: RegExpExecArray): string {
  return name.slice(0, index) + name.slice(index + part.length);
}

function saysLaterAttempt(trace: Trace, span: SpanIndex): boolean {
  if (trace.hasMark(span, MARK.resent)) return true;
  const server = trace.firstChild(span);
  if (server !== undefined && trace.kind(server) === 'server' && trace.hasMark(server, MARK.resent)) return true;
  if (namesAttempt(trace.operation(span))) return true;
  return Object.entries(trace.attributes(span)).some(([name, value]) => countsLaterAttempt(name, value));
}

/** The same call to another instance, after this one had ended. */
function isOtherInstance(trace: Trace, failed: SpanIndex, other: SpanIndex): boolean {
  if (trace.kind(other) !== trace.kind(failed) || trace.startUs(other) < trace.endUs(failed)) return false;
  if (!isNamedAlike(trace, failed, other)) return false;
  const [one, two] = [hostOf(trace, failed), hostOf(trace, other)];
  if (one === '' || two === '' || one === two) return false;
  if (asksOneModel(trace, failed, other)) return true;
  if (isOnePath(trace, failed, other) && NAMES_ONE_THING.test(pathOf(trace, failed))) return true;
  if (!areOneService(one, two)) return false;
  return namesOnlyMethod(trace.operation(failed))
    ? isOnePath(trace, failed, other)
    : !isOtherPath(trace, failed, other);
}

/** Regions and providers offer one language model, and a gateway asks the next of them. */
function asksOneModel(trace: Trace, failed: SpanIndex, other: SpanIndex): boolean {
  const model = trace.text(failed, 'gen_ai.request.model');
  return model !== '' && model === trace.text(other, 'gen_ai.request.model');
}

/** Work that names the instance that it was meant for, and was refused before any call: `stock-a execute`. */
function namesOtherInstance(trace: Trace, failed: SpanIndex, other: SpanIndex): boolean {
  if (trace.childCount(failed) > 0 || !trace.isCall(other)) return false;
  const isOnlyConnecting = trace.isInternal(failed) || /\b(?:connect|dial)\b/i.test(trace.operation(failed));
  if (!isOnlyConnecting || trace.startUs(other) < trace.endUs(failed)) return false;
  const answered = [hostOf(trace, other).replace(/:\d+$/, ''), ...instancesIn(trace.operation(other))];
  return instancesIn(trace.operation(failed)).some((asked) =>
    answered.some((one) => one !== '' && one !== asked && areOneService(asked, one)),
  );
}

/** Words of an operation that may be a host or an instance: `connect shop-1`, `be_shop shop-2`. */
function instancesIn(operation: string): readonly string[] {
  return operation.split(/[\s/:()]+/, 4).filter((word) => /[-_.\d]/.test(word));
}

/** A path of two parts or more: any host that answers it holds the same thing. */
const NAMES_ONE_THING = /^\/[^/]+\/[^/]/;

/** The address that was called. The callee's own name would hide which instance it was. */
function hostOf(trace: Trace, call: SpanIndex): string {
  return trace.text(call, 'server.address') || trace.text(call, 'network.peer.address') || callee(trace, call);
}

function isNamedAlike(trace: Trace, a: SpanIndex, b: SpanIndex): boolean {
  if (trace.queryShape(a) !== trace.queryShape(b)) return false;
  const [one, two] = [trace.operation(a), trace.operation(b)];
  return one === two || (!NUMBERED_PARTS.test(one) && withoutNumbers(one) === withoutNumbers(two));
}

/** The second of these is another piece of work, not another attempt. */
const NUMBERED_PARTS =
  /(?:^|[^a-z])(?:shard|part(?:ition)?|bucket|chunk|page|step|stage|phase|slice|batch|tenant|item|line|row|level|v)[\s._:/#-]?\d/i;

/** A span around one attempt, or around all of them. */
function isAroundAttempt(trace: Trace, span: SpanIndex): boolean {
  return trace.isInternal(span) && trace.httpStatus(span) === 0 && namesAttempt(trace.operation(span));
}

/** Two addresses, or two names that differ by a number, a letter, a zone or a role. */
function areOneService(one: string, two: string): boolean {
  if (one === two || (isAddress(one) && isAddress(two))) return true;
  const name = withoutInstance(one);
  return /[a-z]{2}/i.test(name) && !NUMBERED_PARTS.test(one) && name === withoutInstance(two);
}

function isAddress(name: string): boolean {
  return /^(?:\d{1,3}\.){3}\d{1,3}(?::\d{1,5})?$|^\[?[\da-f]{0,4}:[\da-f:]{1,39}\]?(?::\d{1,5})?$/i.test(name);
}

/** `app-1`, `pg-b`, `profile.eu-west-1.internal`, `orders-replica`. */
function withoutInstance(name: string): string {
  return withoutNumbers(
    name
      .toLowerCase()
      .replace(ZONES, '')
      .replace(ROLES, '')
      .replace(/[-_.][a-z](?=$|[.:\d])/g, ''),
  ).replace(/[-_.]{2,}|[-_.]$/g, '');
}

/** Regions as AWS, Azure and Google Cloud name them. */
const ZONES =
  /[-._]?\b(?:af|ap|asia|australia|ca|cn|eu|europe|il|me|mx|sa|us)[-_]?(?:gov[-_]?)?(?:north|south|east|west|central)(?:north|south|east|west|central)?[-_]?\d{0,2}[a-f]?\b/g;
const ROLES = /[-._]?\b(?:primary|secondary|master|leader|follower|replica|standby|backup|blue|green|canary|ro|rw)\b/g;

function withoutNumbers(name: string): string {
  return name.replace(/\d+/g, '');
}

function isOnePath(trace: Trace, a: SpanIndex, b: SpanIndex): boolean {
  const path = pathOf(trace, a);
  return path !== '' && path !== '/' && path === pathOf(trace, b);
}

function isOtherPath(trace: Trace, a: SpanIndex, b: SpanIndex): boolean {
  const [one, two] = [pathOf(trace, a), pathOf(trace, b)];
  return one !== '' && two !== '' && one !== two;
}

/** Of the request; empty where none is recorded. */
export function pathOf(trace: Trace, call: SpanIndex): string {
  return trace.text(call, 'url.path') || pathIn(trace.text(call, 'url.full'));
}

function pathIn(url: string): string {
  const [whole = ''] = url.split(/[?#]/, 1);
  return whole.replace(/^\w+:\/\/[^/]*/, '');
}

/** `GET` and `HTTP GET` do not name the resource. */
export function namesOnlyMethod(operation: string): boolean {
  return /^(?:https?[ ._-]?)?(?:get|head|post|put|patch|delete|request|client)?$/i.test(operation);
}
