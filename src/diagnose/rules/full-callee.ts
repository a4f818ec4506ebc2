/**
 * A call took its time or failed, and nothing in it says why. The callee has no spans, and its own line says that it lacks
 * disk space, that its queue is full, or that it blocks publishers for its memory.
 *
 *   POST /tickets ✗   [=============================]   tickets
 *     INSERT ✗          [===========================]   to mysql-1
 *                              ·                        mysql-1: Disk is full … Waiting for someone to free space
 */
import { isFailure } from '#diagnose/finding-kinds.ts';
import type { Pair } from '#diagnose/rules/pair.ts';
import type { Finding } from '#model/finding/finding.ts';
import { isSameService } from '#model/incident/alert-service.ts';
import { BLOCKS_PUBLISHERS } from '#model/instruments/broker-words.ts';
import { NO_LINES } from '#model/logs/log-line.ts';
import type { SpanIndex } from '#model/trace/columns.ts';
import type { Trace } from '#model/trace/trace.ts';
import { calledName } from '#model/trace/views/called-host.ts';
import { failureTexts, saysTimedOut } from '#model/trace/views/failure-text.ts';

/** Memory that is full ends a process: `killed-callee.ts`. Who has too many clients says so to each. */
const LACKS: ReadonlySet<string> = new Set(['disk space', 'disk writes', 'queue']);
/** A wait for the callee that did not fail. */
const WAITS = 'slow-query';
/** Attempts of one call say the same. */
const MOST_READ = 5;
/** A line is written a little after its cause. */
const LATE_US = 100_000;

export function isBehindFullCallee({ trace, cause, effect, detectors }: Pair): boolean {
  const isBlocking = blocksPublishers(cause);
  if (cause.detector !== 'resource-exhausted') return false;
  if (!LACKS.has(String(cause.facts.resource)) && !isBlocking) return false;
  if (trace.services.some((service) => isSameService(service, cause.service) && hasSpans(trace, service))) return false;
  if (effect.detector !== WAITS && !isFailure(effect.detector, detectors)) return false;
  if (Number(effect.facts.rivals ?? 0) > 0 || effect.facts.refused === true) return false;
  return effect.spans
    .slice(0, MOST_READ)
    .filter((span) => !isBlocking || trace.kind(span) === 'producer')
    .some((span) => callsIt(trace, span, cause) && saysNoReason(trace, span) && wasSaidThen(trace, span, cause));
}

/** A broker that runs out of memory goes on, and lets its publishers wait. */
function blocksPublishers({ facts }: Finding): boolean {
  return facts.resource === 'memory' && BLOCKS_PUBLISHERS.test(String(facts.said ?? ''));
}

function hasSpans(trace: Trace, service: string): boolean {
  for (let span = 0; span < trace.spanCount; span += 1)
    if (trace.service(span) === service && trace.kind(span) !== 'client') return true;
  return false;
}

function callsIt(trace: Trace, span: SpanIndex, { service }: Finding): boolean {
  const names = [calledName(trace, span), trace.text(span, 'server.address')];
  return names.some((name) => name !== '' && isSameService(name, service));
}

function saysNoReason(trace: Trace, span: SpanIndex): boolean {
  return failureTexts(trace, span, NO_LINES).every(({ text }) => saysTimedOut(trace, span, text));
}

function wasSaidThen(trace: Trace, span: SpanIndex, { evidence = [] }: Finding): boolean {
  const endUs = trace.startEpochUs + trace.endUs(span) + LATE_US;
  return evidence.some(({ kind, ref }) => kind === 'log' && Number(BigInt(ref) / 1000n) <= endUs);
}
