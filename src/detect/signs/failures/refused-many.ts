/**
 * A refusal is a person's own matter, unless the service that refuses says in its warning or error of this request that
 * it refuses many, that programs are refused, or since when something that people operate is other:
 *
 *   403   no policy names the service account of the shop      a program is refused: nobody typed anything wrong
 *   404   840 bookings lost in 20 minutes                      many are refused
 *   413   limit 10 MB, devices with firmware 7 send 24 MB since Monday
 *
 * A person's state (`user 12 is blocked since Monday`), tries to log in, and what is meant say nothing of the service.
 */
import type { Sighting } from '#model/finding/finding.ts';
import { isOfRequest } from '#model/logs/log-correlation.ts';
import { severityOf, WARN } from '#model/logs/log-level.ts';
import type { LogLine } from '#model/logs/log-line.ts';
import { logMessage } from '#model/logs/log-message.ts';
import type { SpanIndex } from '#model/trace/columns.ts';
import type { Trace } from '#model/trace/trace.ts';

/** RFC 9110. A conflict, a payment and a rate are matters of the request. */
const REFUSALS: ReadonlySet<number> = new Set([400, 401, 403, 404, 406, 413, 415, 422, 431]);
const OF_RIGHTS: ReadonlySet<number> = new Set([401, 403]);

/** Who is refused is a program: Kubernetes, SPIFFE (Istio, Linkerd), Google Cloud, Azure, AWS, mutual TLS. */
const PROGRAM =
  /\bservice[ -]?accounts?\b|\bsystem:serviceaccount:|\bspiffe:\/\/|\bcluster\.local\/ns\/[\w-]{1,63}\/sa\/|\bmanaged identity\b|\bworkload identity\b|\b(?:client|peer) certificate\b|:assumed-role\/|\.iam\.gserviceaccount\.com\b/i;
const DENIED =
  /\bden(?:y|ied|ies)\b|\brefus\w{2,3}\b|\breject\w{2,3}\b|\bforbidden\b|\bunauthori[sz]ed\b|\bnot (?:allowed|authori[sz]ed|permitted|trusted|known)\b|\bno (?:\w{1,20} )?policy\b|\bcannot\b/i;

/** More than nine, with the time in which that was. */
const MANY =
  /\b\d{2,9} (?:[\w-]{1,20} ){1,4}(?:(?:was|were|are|is|been) )?(?:refused|rejected|lost|failed|denied|dropped)\b.{0,60}\b(?:in|within|during|over|since)\b/i;
/** Who tries what is not theirs is refused rightly, however often. */
const OF_TRIES =
  /\b(?:logins?|log-?ins?|sign-?ins?|attempts?|passwords?|guess(?:es)?|tries|probes?|scan(?:s|ners?)?|bots?|crawlers?|spam\w{0,4}|attack\w{0,3}|brute)\b|\bfrom (?:one|a single|\d{1,3}\.\d{1,3}\.)/i;

/** What people operate. */
const OPERATED =
  /\b(?:firmware|releases?|versions?|deploy\w{0,5}|roll-?outs?|polic(?:y|ies)|namespaces?|config\w{0,9}|certificates?|secrets?|schemas?|migrations?|upgrades?|updates?|restarts?|gateway|proxy|mesh|buffer|default-deny)\b/i;
/** A moment, and not a reason. */
const SINCE =
  /\bsince (?:yesterday|noon|midnight|this morning|(?:mon|tues|wednes|thurs|fri|satur|sun)day|last (?:night|week|month)|\d{1,2}:\d\d|\d{4}-\d\d|(?:the|its|our) (?:(?:last|new|latest) )?(?:deploy\w{0,5}|release|roll-?out|restart|update|upgrade|migration|change|switch|move|failover|rotation)\b|(?:[\w’'-]{1,30} ){1,5}(?:became|changed|switched|moved|expired|rotated|updated|upgraded|deployed|renamed|replaced)\b)/i;

/** The state of one person, or of what one person bought. */
const OF_PERSON =
  /\b(?:users?|customers?|members?|readers?|(?<!service[ -])accounts?|guests?|visitors?|patients?|drivers?|students?|players?|tenants?|subscribers?|subscriptions?|vouchers?|coupons?|licen[cs]es?|tickets?|cards?) (?:[\w*@#.-]{1,40} )?(?:is|was|has|had|are|may|blocked|suspended|banned|expired|locked|ended)\b/i;
/** It is as people want it. */
const MEANT =
  /\bby design\b|\bas (?:planned|intended|designed|agreed|expected|announced|usual)\b|\bon purpose\b|\bexpected\b|\bintended\b|\bretired\b|\bdeprecated\b|\bshut (?:off|down)\b|\bend[- ]of[- ]life\b|\bno longer supported\b|\bsunset\b|\bannounced\b|\bblock-?list\w{0,3}\b|\btest\b|\bdrill\b/i;

const LONGEST_READ = 2_000;
/** A refusal is passed on by a few services. */
const MOST_READ = 1_000;

/**
 * The line, and the span of the service that refused; undefined where no line makes the refusal a fault, or where something
 * else than a refusal failed the request. `found`: what failed.
 */
export function refusalOfMany(
  trace: Trace,
  logs: readonly LogLine[],
  found: readonly Sighting[] = [],
): Readonly<{ line: LogLine; span: SpanIndex }> | undefined {
  if (!REFUSALS.has(trace.httpStatus(trace.root))) return undefined;
  const behind = found.filter(({ facts }) => facts.reachedRoot === true).flatMap(({ spans = [] }) => spans);
  if (!behind.every((span) => REFUSALS.has(trace.httpStatus(span)))) return undefined;
  const refusing = refusingSpans(trace);
  for (const line of logs) {
    const span = isOfRequest(line) && severityOf(line.level) >= WARN ? refusing.get(line.service) : undefined;
    if (span !== undefined && saysFault(logMessage(line).slice(0, LONGEST_READ), trace.httpStatus(span)))
      return { line, span };
  }
  return undefined;
}

function refusingSpans(trace: Trace): ReadonlyMap<string, SpanIndex> {
  const refusing = new Map<string, SpanIndex>();
  for (let span = 0; span < trace.spanCount && span < MOST_READ; span += 1)
    if (trace.kind(span) === 'server' && REFUSALS.has(trace.httpStatus(span))) refusing.set(trace.service(span), span);
  return refusing;
}

function saysFault(said: string, status: number): boolean {
  if (MEANT.test(said) || OF_PERSON.test(said) || OF_TRIES.test(said)) return false;
  if (OF_RIGHTS.has(status) && PROGRAM.test(said) && DENIED.test(said)) return true;
  return MANY.test(said) || (SINCE.test(said) && OPERATED.test(said));
}
