/**
 * The limit behind a verdict that says only how calls fail or how long they take: the lines or the metrics of the service
 * itself, or of the one that it calls, record that something ran out there.
 *
 *   orders     INSERT of postgresql fails: “the database system is in recovery mode”
 *   postgres   PANIC: could not write to file "pg_wal/xlogtemp.300": No space left on device
 *   ──► postgres has no space left on its disk
 *
 *   web        the way to stock takes 1.3 s longer
 *   stock      8 of 8 threads are busy since then
 *   ──► stock has no thread left
 *
 * What a server says of itself is more than what its callers say of it. A limit that is reached only after calls began to
 * fail is an effect, and a complaint that the baseline has as well is no news.
 */
import { isFailure } from '#diagnose/finding-kinds.ts';
import { saysGivenUp } from '#diagnose/rules/seen-by-many.ts';
import { kindNamed } from '#diagnose/window/seen-findings.ts';
import type { Detectors, JudgedSign } from '#model/finding/detector-traits.ts';
import type { Diagnosis, Judgement } from '#model/finding/diagnosis.ts';
import type { Finding, JudgedFinding } from '#model/finding/finding.ts';
import { isSameService, nameLetters } from '#model/incident/alert-service.ts';
import { FAILURE_KINDS, type FailureKind } from '#model/logs/complaint.ts';
import { tellsOfFailure } from '#model/logs/log-failure.ts';
import { epochUsOf, type LogLine } from '#model/logs/log-line.ts';
import { logMessage } from '#model/logs/log-message.ts';
import { type SaidCall, saidCalls } from '#model/logs/said-callees.ts';
import { serversQuoted } from '#model/logs/servers-quoted.ts';
import { reachedLimit } from '#model/metrics/resource-limits.ts';
import type { Trace } from '#model/trace/trace.ts';

type Around = Readonly<{
  traces: readonly Trace[];
  logs: readonly LogLine[];
  healthyLogs: readonly LogLine[];
  detectors: Detectors;
}>;

/** Kinds of verdicts that say only how the time is spent, or that calls stop: see `slow-kinds.ts` and `culprit.ts`. */
const ONLY_HOW: ReadonlySet<string> = new Set(['latency', 'network-delay', 'dependency', 'error-return', 'exception']);

/**
 * Without a thread, a connection or a file nobody accepts a call; without disk or memory nobody can work on one. A store
 * without room in its cache or without credits, and a runtime that collects garbage, let each call wait.
 */
const OF_METRICS: ReadonlySet<unknown> = new Set([
  ...['disk', 'open files', 'connections', 'threads'],
  ...['cache', 'burst credits', 'garbage collection'],
]);
const OF_LINES: ReadonlySet<unknown> = new Set(['disk space', 'disk writes', 'open files', 'memory', 'threads']);

export function withLimitBehind(judgement: Judgement, around: Around): Judgement {
  const { diagnosis, findings } = judgement;
  const [first] = findings;
  if (diagnosis === undefined || first === undefined || isOpen(diagnosis, first, around)) return judgement;
  if (!saysOnlyHow(diagnosis.kind, first, around.detectors)) return judgement;
  const reached = findings.filter((one) => one !== first && isLimit(one, around));
  if (reached.length === 0) return judgement;
  const places = placesOf(first, diagnosis.service, around);
  const failedUs = failingSinceUs(around.traces);
  const limits = reached.filter(
    (one) =>
      places.some((place) => isThere(one, place)) &&
      fits(first, one, around.detectors) &&
      !(startUsOf(one, around.logs) > failedUs + SLACK_US),
  );
  const [limit] = limits.toSorted(
    (a, b) => placeOf(a, places) - placeOf(b, places) || Number(isSaid(b, around)) - Number(isSaid(a, around)),
  );
  return limit === undefined ? judgement : ledByLimit(judgement, first, limit, isSaid(limit, around));
}

/**
 * An unsure verdict stays as it is. Only where lines are all that is recorded, and the verdict just counts failing
 * requests, a limit that lines report below them is where to look first; it stays unsure.
 */
function isOpen({ status }: Diagnosis, first: Finding, { traces, detectors }: Around): boolean {
  return status === 'inconclusive' && (traces.length > 0 || !isOf(first, 'failing-requests', detectors));
}

function saysOnlyHow(kind: string, first: Finding, detectors: Detectors): boolean {
  if (isOf(first, 'reached-limit', detectors) || isOf(first, 'full-resource', detectors)) return false;
  const isOrigin = isOf(first, 'failure-origin', detectors) || saysGivenUp(first);
  return ONLY_HOW.has(kind) || isOrigin || (isOf(first, 'failing-requests', detectors) && !isFailure(kind, detectors));
}

function isOf({ detector }: Finding, sign: JudgedSign, detectors: Detectors): boolean {
  return detector === detectors.named(sign).id;
}

function isSaid(finding: Finding, { detectors }: Pick<Around, 'detectors'>): boolean {
  return isOf(finding, 'reached-limit', detectors);
}

function isLimit(finding: Finding, { detectors, healthyLogs }: Around): boolean {
  const { service, facts } = finding;
  if (service === '') return false;
  if (isOf(finding, 'full-resource', detectors)) return facts.critical === true && OF_METRICS.has(facts.resource);
  if (!isSaid(finding, { detectors }) || facts.isKill === true || !OF_LINES.has(facts.resource)) return false;
  return !healthyLogs.some((line) => line.service === service && reachedLimit(line.line)?.resource === facts.resource);
}

/** Its names, and whether it is known by a span of its own: then the name has to be the same. */
type Place = Readonly<{ name: string; isStore: boolean }>;

/** What was called first, because a server's own words come before those of its callers; then the verdict's service. */
function placesOf({ facts }: Finding, service: string, { traces, logs }: Around): readonly Place[] {
  const called = [facts.callee, facts.toCallee].map((name) => String(name ?? '')).filter((name) => name !== '');
  const services = new Set(traces.flatMap((trace) => trace.services));
  const said = traces.length > 0 ? [] : saidBelow(service, logs);
  return [
    ...called.map((name) => ({ name, isStore: !services.has(name) })),
    ...[...said, service].map((name) => ({ name, isStore: false })),
  ];
}

/**
 * Without requests, lines alone show who is below: whom the failures of the service name, whose message they quote, and
 * the same of theirs.
 */
function saidBelow(service: string, logs: readonly LogLine[]): readonly string[] {
  const named = saidCalls(logs, new Set(logs.map((line) => line.service).filter((name) => name !== '')));
  const calls = [...named, ...quotedCalls(logs)];
  const below = new Set([service]);
  for (const name of below) for (const { caller, callee } of calls) if (caller === name) below.add(callee);
  below.delete(service);
  return [...below];
}

/** Many lines of one service say the same. */
const MOST_QUOTING = 2_000;

/** A caller passes on what its server told it, and the server's log has the same words. */
function quotedCalls(logs: readonly LogLine[]): readonly SaidCall[] {
  const failing = logs.filter(tellsOfFailure).slice(0, MOST_QUOTING);
  const distinct = [...new Map(failing.map((line) => [`${line.service}\n${logMessage(line)}`, line])).values()];
  const serverOf = serversQuoted(distinct.toSorted((a, b) => logMessage(a).length - logMessage(b).length));
  return distinct.flatMap((line) => {
    const callee = serverOf(line);
    return callee === undefined ? [] : [{ caller: line.service, callee }];
  });
}

function placeOf(limit: Finding, places: readonly Place[]): number {
  return places.findIndex((place) => isThere(limit, place));
}

/** Shorter names are part of too many others. */
const SHORTEST_NAME = 5;

/** `postgres` writes the lines, and `postgresql` is what the spans call it; `redis` and `redis-main`. */
function isThere({ service, facts }: Finding, { name, isStore }: Place): boolean {
  if (isSameService(service, name) || isSameService(String(facts.saidBy ?? ''), name)) return true;
  const [one, other] = [nameLetters(service), nameLetters(name)];
  if (!isStore || Math.min(one.length, other.length) < SHORTEST_NAME) return false;
  return one.startsWith(other) || other.startsWith(one);
}

/** What a service without room says to its callers; see `FAILURE_KINDS`. */
const NO_LIMIT: readonly FailureKind[] = ['format', 'null', 'missing', 'unresolved', 'access'];

/** The failures do not say that something else is wrong. A metric alone needs failures that go with waiting. */
function fits(first: Finding, limit: Finding, detectors: Detectors): boolean {
  const message = typeof first.facts.message === 'string' ? first.facts.message : '';
  const said = reachedLimit(message)?.resource;
  if (said !== undefined)
    return said === limit.facts.resource || (said === 'disk space' && limit.facts.resource === 'disk');
  if (NO_LIMIT.some((kind) => FAILURE_KINDS[kind].test(message))) return false;
  if (isSaid(limit, { detectors }) || isOf(first, 'slow-answers', detectors) || saysGivenUp(first)) return true;
  return FAILURE_KINDS.timeout.test(message) || FAILURE_KINDS.refused.test(message);
}

/** Metrics have a point every half a minute or minute, and the first points at a limit may be missed. */
const SLACK_US = 60e6;
/** A tenth may have failed before for another reason. */
const STRAY = 0.1;

/** In microseconds since the epoch; infinite where no request fails. */
function failingSinceUs(traces: readonly Trace[]): number {
  const times = traces.filter((trace) => trace.failed(trace.root)).map(({ startEpochUs }) => startEpochUs);
  return times.sort((a, b) => a - b)[Math.floor(STRAY * times.length)] ?? Number.POSITIVE_INFINITY;
}

function startUsOf({ facts, lines = [] }: Finding, logs: readonly LogLine[]): number {
  const line = logs[lines[0] ?? -1];
  if (line !== undefined) return epochUsOf(line);
  return typeof facts.sinceUs === 'number' ? facts.sinceUs : Number.NEGATIVE_INFINITY;
}

/** It becomes the first finding; a change that was named stays named. */
export function ledByLimit(
  judgement: Judgement,
  first: JudgedFinding,
  limit: JudgedFinding,
  isInWords: boolean,
): Judgement {
  const { diagnosis, findings } = judgement;
  if (diagnosis === undefined) return judgement;
  const { confidence, status, service } = diagnosis;
  const isMoved = !isSameService(service, limit.service);
  const lead: JudgedFinding = {
    ...limit,
    confidence,
    share: Math.max(first.share, limit.share),
    severity: first.severity,
  };
  const rest = findings.filter((one) => one !== limit).map((one) => (one === first ? { ...one, confidence: 0 } : one));
  const order = [limit, ...findings.filter((one) => one !== limit)];
  const place = (at: number) => order.indexOf(findings[at] ?? first);
  const chain = diagnosis.chain
    .map(({ finding, because }) => ({ finding: place(finding), because: place(because) }))
    .filter(({ finding, because }) => finding !== because && finding > 0)
    .map((link) => (link.because === 1 ? { ...link, because: link.finding === 1 ? 1 : 0 } : link));
  const sentence = `${lead.title}; ${first.title}`;
  const ranking = diagnosis.ranking.filter((one) => one.service !== lead.service);
  return {
    ...judgement,
    findings: [lead, ...rest],
    diagnosis: {
      ...diagnosis,
      verdict: diagnosis.verdict.replace(first.title, () => sentence),
      remedy: diagnosis.remedy.replace(first.remedy, () => lead.remedy),
      status: status === 'confirmed' && !isInWords ? 'likely' : status,
      ...(status === 'inconclusive' && { statusReason: 'only log lines lead from the failures to this limit' }),
      kind: kindNamed(lead),
      service: lead.service,
      operation: isMoved ? lead.operation : diagnosis.operation,
      couldBe: undefined,
      ranking: [
        {
          service: lead.service,
          operation: lead.operation,
          kind: kindNamed(lead),
          score: diagnosis.ranking[0]?.score ?? confidence,
        },
        ...ranking,
      ],
      chain: [{ finding: 1, because: 0 }, ...chain.filter(({ finding }) => finding !== 1)],
      check: lead.check,
      runbook: diagnosis.change?.knownBy === 'evidence' ? diagnosis.runbook : lead.runbook,
    },
  };
}
