import { beganWithin } from '#diagnose/rules/failing-spans.ts';
import { shareSpans } from '#diagnose/rules/pair.ts';
import type { Finding } from '#model/finding/finding.ts';
import { reachedLimit } from '#model/metrics/resource-limits.ts';
import type { Trace } from '#model/trace/trace.ts';

/** Whether the mechanism says more than the origin. The callee's own error says more than the retries. */
export function saysMoreThanOrigin(trace: Trace, mechanism: Finding, origin: Finding): boolean {
  if (mechanism.detector === 'swallowed-error') return false;
  const isRetry = mechanism.detector === 'retry-storm';
  if (isRetry && (isNoLoad(mechanism, origin) || areFew(mechanism) || metPatience(mechanism))) return false;
  if (reachedNobody(mechanism, origin)) return false;
  const ofTheCaller = !isRetry || (origin.facts.caller ?? origin.service) === mechanism.service;
  if (ofTheCaller && shareSpans(mechanism, origin)) return true;
  if (!beganWithin(trace, origin, mechanism)) return false;
  if (mechanism.detector === 'poison-message' && failedAtCallee(origin)) return false;
  if (origin.facts.message === '') return true;
  if (mechanism.detector === 'poison-message') return origin.facts.reason === 'own';
  return isRetry && origin.facts.reason !== 'own' && multiplies(mechanism);
}

/** gRPC allows at most five attempts (grpc.io/docs/guides/retry), and the clients of AWS make three to five. */
const MOST_OF_CLIENTS = 5;

/**
 * Each of the attempts that a client makes by default failed: who fails them is to be looked at. Attempts that each took the
 * caller's whole time limit are a wait of its own.
 */
function areFew(retries: Finding): boolean {
  return retries.facts.reason !== 'timeout' && areAtMost(MOST_OF_CLIENTS, retries);
}

/** One layer makes no more attempts than these, and they made nothing worse. */
function areAtMost(attempts: number, { facts }: Finding): boolean {
  return facts.madeWorse !== true && Number(facts.layers) <= 1 && Number(facts.load) <= attempts;
}

/** The attempts are as many as usual, are passed on, or wait for so long that they add hardly anything. */
function isNoLoad(retries: Finding, origin: Finding): boolean {
  if ((isCalleesFault(origin) || FAILED_ANSWER.test(String(origin.facts.status))) && !multiplies(retries)) return true;
  if (isRefusedEachTime(origin, retries)) return true;
  return isPassedOn(origin, retries) || (backsOff(retries) && answeredBelow(origin, retries));
}

/** DynamoDB's clients make ten attempts, the most of the AWS SDKs (docs.aws.amazon.com/sdkref, `max_attempts`). */
const MOST_BY_DEFAULT = 10;

/**
 * A quota or a conflict with other writers refuses each attempt, by its status (RFC 6585, RFC 9110, gRPC) or in the
 * callee's words. Whoever used up the quota or writes the same row stands in the way, and the attempts of one client are as
 * many as its SDK makes.
 */
function isRefusedEachTime({ facts }: Finding, retries: Finding): boolean {
  if (!areAtMost(MOST_BY_DEFAULT, retries)) return false;
  const said = String(facts.message ?? '');
  return IN_THE_WAY.test(String(facts.status)) || THROTTLED.test(said) || reachedLimit(said)?.resource === 'quota';
}

/** Azure OpenAI, OpenAI, Anthropic, Bedrock, Gemini, GitHub, Shopify, Stripe, Discord: too much was asked in this minute. */
const THROTTLED =
  /\bRateLimit(?:ed|Error|Exceeded\w{0,10}|Exception)?\b|\brate[ _-]limit(?:_error|ed)?\b|\btoo many (?:requests|tokens)\b|\bthrottl(?:ed|ing)\w{0,10}\b/i;

/** https://grpc.io/docs/guides/status-codes/ */
const IN_THE_WAY = /^(?:429|409|RPC status ABORTED)\b/;
/** The callee answered that it failed; a gateway speaks of somebody else. */
const FAILED_ANSWER = /^50[01]\b/;

/**
 * The service that did not answer says itself that it got no connection to an address of its own, so it waited for nobody that
 * answers slowly. Or the platform says that no instance of it runs.
 */
function reachedNobody({ detector, service }: Finding, { service: failed, facts }: Finding): boolean {
  const said = String(facts.message);
  const isOne = service === failed || service.startsWith(`${failed}.`);
  const isUnreached = NO_CONNECTION.test(said) || NOBODY_RUNS.test(said) || UNREACHED.test(String(facts.status));
  return detector === 'timeout-cascade' && isOne && isUnreached;
}

/** Cloudflare got no connection to the host that it stands for. */
const UNREACHED = /^52[1-3]\b/;

/** Kubernetes, Azure Container Apps, Cloud Run, Nomad, ECS. */
const NOBODY_RUNS =
  /\b(?:ImagePullBackOff|ErrImagePull|CrashLoopBackOff|CreateContainerConfigError|CannotPullContainerError)\b|\b(?:0 of \d{1,4}|no) (?:replicas?|pods?|instances?|tasks?|allocations?) (?:are |is )?(?:ready|running|healthy|available)\b/i;

/** Go's net, Node.js, libpq, Netty, Rust: each names the connecting, so no answer is meant that came too late. */
const NO_CONNECTION =
  /\bdial (?:tcp|udp|unix)\d? [^\n]{1,200}(?:timed out|i\/o timeout)|\bconnect ETIMEDOUT\b|\bconnection to server at [^\n]{1,200}timed out|\bconnection timed out(?: after \d{1,9} ms)?: (?:[\w.-]{1,200})?\/|\btcp connect error: [^\n]{0,80}timed out/i;

/** Words or an answer of the callee show that it failed, and not its caller: as many attempts as usual are no load. */
function isCalleesFault({ facts }: Pick<Finding, 'facts'>): boolean {
  return String(facts.calleeFault ?? '') !== '';
}

/** Clients make three attempts by default. More attempts, or harmful ones, are a load of their own. */
const USUAL_ATTEMPTS = 3;

function multiplies({ facts }: Finding): boolean {
  return Number(facts.load) > USUAL_ATTEMPTS || facts.madeWorse === true;
}

/** Three retries after the first call: Polly's default, axios-retry's, and that of Envoy's examples. */
const MOST_USUAL = 4;

/**
 * The callee answered each attempt without an error, only later than its caller waited: as few attempts follow from that
 * limit.
 */
export function metPatience(finding: Finding): boolean {
  return finding.detector === 'retry-storm' && finding.facts.answered === true && areAtMost(MOST_USUAL, finding);
}

/** Nobody answered the attempts that a client makes by default: who does not answer is to be looked at. */
export function wentUnanswered(finding: Finding): boolean {
  return finding.detector === 'retry-storm' && finding.facts.reason === 'timeout' && areAtMost(USUAL_ATTEMPTS, finding);
}

/** Each attempt was passed on to a callee further below, which answered that it failed: the retries add few requests. */
function isPassedOn(origin: Finding, retries: Finding): boolean {
  const { service, facts } = retries;
  if (!areAtMost(MOST_USUAL, retries)) return false;
  return isCalleesFault(origin) && ![service, facts.bottom].includes(origin.service) && origin.facts.caller !== service;
}

/** Somebody below the retried call got an answer with a failure: that is where each attempt ended. */
function answeredBelow({ service, facts }: Finding, retries: Finding): boolean {
  return service !== retries.service && (isCalleesFault({ facts }) || String(facts.status ?? '') !== '');
}

/**
 * Whoever the handler asked answered that it failed itself, so that another message would fail as well. Without words, its
 * status says so.
 */
function failedAtCallee({ facts }: Finding): boolean {
  return /^5\d\d\b/.test(String(facts.status)) && (facts.callee ?? '') !== '' && facts.callee !== facts.caller;
}

/** A caller that pauses for most of the time gives an outage time to end: its attempts are no load on anybody. */
const BACKS_OFF = 2;
/** In shorter pauses, requests of other callers pile up behind the attempts. */
const LONG_PAUSES_US = 10_000_000;

function backsOff({ facts, pausesUs = 0 }: Finding): boolean {
  if (facts.madeWorse === true || Number(facts.layers) > 1) return false;
  return pausesUs >= Math.max(LONG_PAUSES_US, BACKS_OFF * Number(facts.heldUs));
}
