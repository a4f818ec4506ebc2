import { isFailure } from '#diagnose/finding-kinds.ts';
import type { Pair } from '#diagnose/rules/pair.ts';
import { AGAINST_BASELINE } from '#diagnose/rules/unusual.ts';
import type { Finding } from '#model/finding/finding.ts';
import { isSameService } from '#model/incident/alert-service.ts';
import { CONNECTION_REFUSED } from '#model/instruments/cut-words.ts';
import { NO_LINES } from '#model/logs/log-line.ts';
import type { Trace } from '#model/trace/trace.ts';
import { callee } from '#model/trace/views/call-numbers.ts';
import { failureTexts } from '#model/trace/views/failure-text.ts';

/**
 * How the state of an object of the cluster fits the first finding of a request, in a service that both concern.
 *
 *  words    the request's error says what such a state does to a caller
 *  place    the request loses its time there, and nothing recorded shows why
 */
export type StateBehind = Readonly<{ service: string; shownBy: 'words' | 'place' }>;

/** Envoy, Traefik and Kubernetes’ own proxies, where no instance of the callee is ready. */
const NO_INSTANCE = /\bno healthy upstream\b|\bno available server\b|\bno endpoints available\b/i;
/** OpenSSL, Go, Java, Node.js, Python. */
const BAD_CERTIFICATE =
  /\bcertificate(?: has| is)? (?:expired|invalid)|\bCERT_HAS_EXPIRED\b|\bCertificateExpiredException\b|\bcertificate_expired\b|\bcertificate verify failed\b|\bx509: /i;
/** Linux' errors for a host that does not answer, as Go, Java, Node.js and Python write them. */
const NO_HOST = /\bno route to host\b|\b(?:host|network) is unreachable\b|\bE(?:HOST|NET)UNREACH\b|\bETIMEDOUT\b/i;
/** gRPC's and HTTP's words for too much work. */
const OVERLOADED =
  /\boverload(?:ed)?\b|\btoo many requests\b|\bqueue (?:is )?full\b|\bno (?:free|available) (?:worker|capacity)/i;

/** What each state does to the callers of its service. */
const WORDS: Readonly<Record<string, readonly Readonly<{ test(text: string): boolean }>[]>> = {
  'not-ready': [NO_INSTANCE, CONNECTION_REFUSED],
  'certificate-expired': [BAD_CERTIFICATE],
  'node-trouble': [NO_HOST, NO_INSTANCE],
  'pod-pending': [NO_INSTANCE, OVERLOADED],
  'quota-exceeded': [NO_INSTANCE, OVERLOADED],
  'autoscaler-stuck': [OVERLOADED],
};
/** States in which a service works with too little, or on a machine in trouble: it gets slow. */
const SLOWS: ReadonlySet<string> = new Set(['node-trouble', 'pod-pending', 'quota-exceeded', 'autoscaler-stuck']);
const OF_UNKNOWN_TIME: ReadonlySet<string> = new Set([
  'unexplained-gap',
  'bottleneck',
  'pool-exhaustion',
  'cold-start',
]);

/** The object's state lasts, and began before the request ended. Undefined where it does not fit. */
export function stateBehind({ trace, cause, effect, detectors }: Pair): StateBehind | undefined {
  const words = WORDS[cause.detector];
  if (words === undefined || !lasts(trace, cause)) return undefined;
  const service = servicesOf(trace, effect).find((name) => isOf(cause, name));
  if (service === undefined) return undefined;
  if (isFailure(effect.detector, detectors)) {
    const isOther =
      effect.facts.refused === true || Number(effect.facts.rivals ?? 0) > 0 || effect.facts.isBeside === true;
    const isSaid = textsOf(trace, effect).some((text) => words.some((each) => each.test(text)));
    // Where another instance is ready, proxies send their calls there.
    const isSpared = cause.detector === 'not-ready' && cause.facts.ready !== 0;
    return isOther || !isSaid || isSpared ? undefined : { service, shownBy: 'words' };
  }
  const isOpen =
    AGAINST_BASELINE.has(effect.detector) || (OF_UNKNOWN_TIME.has(effect.detector) && isUnexplained(effect));
  return isOpen && SLOWS.has(cause.detector) ? { service, shownBy: 'place' } : undefined;
}

/** Its own signs name no reason. */
function isUnexplained({ detector, inferred }: Finding): boolean {
  return detector === 'bottleneck' || detector === 'unexplained-gap' || inferred === true;
}

function lasts(trace: Trace, { facts }: Finding): boolean {
  const sinceUs = Number(facts.sinceUs ?? Number.NaN);
  if (String(facts.over ?? '') !== '') return false;
  return !Number.isFinite(sinceUs) || sinceUs <= trace.startEpochUs + trace.durationUs;
}

/** Attempts of one call say the same. */
const MOST_READ = 5;

/** The service that failed or was slow, and whom its call asked. */
function servicesOf(trace: Trace, { service, facts, spans }: Finding): readonly string[] {
  const called = spans.slice(0, MOST_READ).flatMap((span) => (trace.isCall(span) ? [callee(trace, span)] : []));
  return [...new Set([String(facts.callee ?? ''), ...called, service])].filter((name) => name !== '');
}

/** The object belongs to the service, or names it among those that it concerns: the pods on a node, the host of a certificate. */
function isOf({ service: named, facts }: Finding, service: string): boolean {
  if (isSameService(named, service)) return true;
  const others = [facts.services, facts.workloads].flatMap((text) => String(text ?? '').split(', '));
  const [host = ''] = String(facts.host ?? '').split('.');
  return [...others, host].some((name) => name !== '' && isSameService(name, service));
}

function textsOf(trace: Trace, { facts, spans }: Finding): readonly string[] {
  const own = spans.slice(0, MOST_READ).flatMap((span) => failureTexts(trace, span, NO_LINES));
  return [...own.map(({ text }) => text), String(facts.message ?? ''), String(facts.said ?? '')];
}
