import type { Finding } from '#model/finding/finding.ts';

/**
 * A popular key expired, so each request reads the store: only many requests together show it, and it says why each of
 * them is slow.
 */
const SAYS_WHY: ReadonlySet<string> = new Set(['cache-stampede']);

/** Requests of one region, one version, one tenant fail: it says which, but not why. */
const SAYS_WHO: ReadonlySet<string> = new Set(['partial-outage']);

/**
 * What a request asks for, and whom it asks: every fault of one operation separates the requests by these. The AWS SDK names
 * tables, buckets, queues and topics (https://opentelemetry.io/docs/specs/semconv/cloud-providers/aws-sdk/).
 */
const WHAT_IS_ASKED =
  /^(?:operation$|aws\.(?:dynamodb|s3|sqs|sns|kinesis|step_functions|secretsmanager)\.|http\.(?:route|method|request\.method|target)$|url\.|rpc\.|messaging\.|db\.|cache\.|server\.|peer\.|net(?:work)?\.(?:peer|protocol)|graphql\.|code\.|span\.)/;

/** A limit that is reached, or a queue that grows: requests and messages wait for it, so each of them takes longer. */
const SAYS_WHY_SLOW: ReadonlySet<string> = new Set(['resource-exhausted', 'resource-saturation', 'queue-backlog']);

/** Says what those wait for whose service only takes longer. A processor is weighed with the requests. */
export function saysWhyAllWait({ detector, facts }: Finding): boolean {
  return SAYS_WHY_SLOW.has(detector) && facts.critical !== false && facts.resource !== 'CPU';
}

/** The messages that wait for a service pile up: why it complains, or what follows from that. */
export function saysQueueGrows({ detector, facts }: Finding): boolean {
  return detector === 'metric-anomaly' && OF_QUEUES.has(String(facts.concept));
}

/** More sessions of a database wait for a lock than its connections usually do by chance. */
const FEWEST_WAITING = 5;

/** Sessions of a database wait for a lock: that is why requests wait, wherever they do. */
export function saysLocksWait({ detector, facts }: Pick<Finding, 'detector' | 'facts'>): boolean {
  const isOfLocks = detector === 'metric-anomaly' && facts.concept === 'lock_waits' && facts.isAbove === true;
  return isOfLocks && Number(facts.value) >= FEWEST_WAITING;
}

/** A rule of the team reads what other numbers show: it says that something is wrong, and no more than they do. */
export function saysAlertFires({ detector, facts }: Finding): boolean {
  return detector === 'metric-anomaly' && facts.concept === 'alerts';
}

/** Messages wait for the service, and more of them from minute to minute. */
export function saysMessagesWait({ detector }: Pick<Finding, 'detector'>): boolean {
  return detector === 'queue-backlog' || detector === 'consumer-lag';
}

/** The kind of a verdict where a processor collects garbage: its memory is too small, and the processor follows. */
export const COLLECTS = 'gc-pause';

/** The kind of a verdict where one message fails at each delivery. */
export const POISONS = 'poison-message';

/** So many times as many requests as before are no everyday change. */
const MANY_TIMES = 2;

/** A service gets far more requests than before: its processor follows. */
export function saysMoreIsAsked({ detector, facts }: Finding): boolean {
  const isRate = detector === 'metric-anomaly' && facts.concept === 'requests';
  return isRate && Number(facts.now) >= MANY_TIMES * Number(facts.usual);
}

const OF_QUEUES: ReadonlySet<string> = new Set(['queue_depth', 'queue_age']);

/** Says more about its service than any single request can show. */
export function saysWhyOfMany({ detector }: Finding): boolean {
  return SAYS_WHY.has(detector);
}

/** Says only which operation fails or is slow: that describes the problem. */
export function saysWhatIsAsked(finding: Pick<Finding, 'detector' | 'facts'>): boolean {
  return SAYS_WHO.has(finding.detector) && isOfOperation(finding.facts);
}

/** Says more than how many requests fail or are slow. */
export function saysWhoOfMany({ detector, facts }: Finding): boolean {
  return SAYS_WHO.has(detector) && !isOfOperation(facts);
}

function isOfOperation({ attribute = '', isOfType }: Finding['facts']): boolean {
  return isOfType === true || WHAT_IS_ASKED.test(String(attribute));
}

/** That one request is slower than healthy ones, or makes more calls, is what all requests together show better. */
const BETTER_TOGETHER: ReadonlySet<string> = new Set(['slower-than-baseline', 'span-count-anomaly']);

export function isBetterTogether({ detector }: Finding): boolean {
  return BETTER_TOGETHER.has(detector);
}

/** Calls that are repeated until they succeed: where they all go to one service, they are its load. */
export function saysRepeats({ detector }: Pick<Finding, 'detector'>): boolean {
  return detector === 'retry-storm';
}

/** One message that fails again and again while the others pass: however few of all requests, it is news. */
export function saysOneMessage({ detector }: Pick<Finding, 'detector'>): boolean {
  return detector === POISONS;
}

/** Why requests fail that only seem to wait: a caller gave up while its callee was still at work. */
export function saysGivenUp({ detector }: Pick<Finding, 'detector'>): boolean {
  return detector === 'timeout-cascade';
}

/** A circuit breaker refuses calls before they are sent. */
export function refusesAhead({ detector }: Pick<Finding, 'detector'>): boolean {
  return detector === 'circuit-open';
}

/** Requests wait for a free thread: a full processor frees none, so the wait follows from it. */
export function waitsForThread({ detector, facts }: Finding): boolean {
  return detector === 'pool-exhaustion' && facts.pool === 'work';
}
