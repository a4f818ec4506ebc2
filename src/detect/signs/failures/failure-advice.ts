/**
 * What to do first about a failure whose message names its kind, with the names of both ends. Each list holds messages of
 * the programs named beside it. A message of no kind is a reason to read the log.
 */
import type { Facts } from '#model/finding/finding.ts';
import { type Resource, reachedLimit } from '#model/metrics/resource-limits.ts';

/**
 * `service`: where it failed, or who called. `who`: who answered, or would have; the same where nobody was called.
 * `thrownAt`: the place in the code of `service`; empty where no stack trace shows one.
 */
type Ends = Readonly<{ service: string; who: string; thrownAt: string }>;

/** Its own process runs out of these, whoever it calls. */
const OF_CALLER: ReadonlySet<Resource> = new Set<Resource>(['open files', 'threads']);

/** Shorter than what a log has to say to be believed: here it is the message of a failure. */
const OUT_OF_MEMORY = /\bout of memory\b|\bOOM\b|\bcannot allocate \d/i;

/** `10.0.1.5:5432` in `connect ECONNREFUSED 10.0.1.5:5432`; neither a time nor the line of a file. */
const ADDRESS =
  /(?<![\w.:-])(?:\d{1,3}(?:\.\d{1,3}){3}|(?=[\w.-]{0,62}[a-z])(?![\w.-]{0,120}\.(?:java|kt|[cm]?[jt]sx?|py|go|rb|php|cs|rs):)[\w-]{1,63}(?:\.[\w-]{1,63}){0,6}):\d{2,5}(?!:?\w)/i;

const NOBODY_ACCEPTS = /\bECONNREFUSED\b|\bconnection refused\b|\bactively refused\b/i;

/** What would show that the address in the message of a refused connection works; undefined where none is named. */
export function checkOfRefused({ message, callee }: Facts): string | undefined {
  const text = String(message);
  const address = callee === '' && NOBODY_ACCEPTS.test(text) ? ADDRESS.exec(text)?.[0] : undefined;
  return address && `Something accepted connections on ${address} at that time.`;
}

/** `2GB` in `cannot allocate 2GB for inference batch` */
const ALLOCATION =
  /\b(?:cannot|could not|failed to|unable to) allocate (?:about |another )?(\d[\d.,]{0,12} ?(?:[KMGT]i?B?|bytes))\b/i;

const KINDS: readonly (readonly [message: RegExp, advice: (ends: Ends, message: string) => string])[] = [
  [
    // libc, Node.js, Go, Java, curl
    /\bENOTFOUND\b|\bEAI_AGAIN\b|\bno such host\b|\bname or service not known\b|\bname resolution\b|\bUnknownHostException\b|\bNXDOMAIN\b|\bcould not resolve host\b/i,
    ({ service, who }) =>
      `Check the name of ${who} in the settings of ${service}, then ask for it where ${service} runs (nslookup, dig).`,
  ],
  [
    // OpenSSL, Node.js, Go, Java, Python
    /\bCERT_HAS_EXPIRED\b|\bcertificate (?:has )?expired\b|\bx509:|\bPKIX path\b|\bcertificate verify failed\b|\bSELF_SIGNED_CERT|\bDEPTH_ZERO_SELF_SIGNED\b|\bUNABLE_TO_(?:VERIFY|GET_ISSUER)/i,
    ({ service, who }) =>
      `Look at the certificate that ${who} shows (openssl s_client): its end, its names, its issuer. Renew it, or correct what ${service} trusts.`,
  ],
  [
    // AWS, Azure, Google Cloud, Kerberos
    /\bRequestTimeTooSkewed\b|\brequest time and the (?:current|server's) time\b|\bclock skew too great\b|\brequest date header too old\b|\bahead of the server's time\b/i,
    ({ service }) =>
      `Compare the clock where ${service} runs with the time of the server (chrony, NTP, the settings of a device), and set it right.`,
  ],
  [
    // libc and what passes it on
    NOBODY_ACCEPTS,
    ({ service, who }, message) => {
      const address = ADDRESS.exec(message)?.[0];
      return who === service && address !== undefined
        ? `Check whether anything listens on ${address}, where ${service} calls it.`
        : `Check whether ${who} runs and listens on ${address ?? 'the port of the call'}, as ${service} calls it.`;
    },
  ],
  [
    // PostgreSQL, MySQL, SQL Server, Redis, MongoDB, Kafka, OAuth 2.0
    /\b(?:password )?authentication failed\b|\baccess denied for user\b|\blogin failed for user\b|\bWRONGPASS\b|\bNOAUTH\b|\binvalid[ _](?:api[ _-]?key|credentials|client|grant|token)\b|\btoken (?:is |has )?expired\b|\bExpiredToken/i,
    ({ service, who }) =>
      who === service
        ? `Check the credentials that came with the request to ${service}: changed, expired, or not sent.`
        : `Check the credentials that ${service} uses for ${who}: changed, expired, or not mounted.`,
  ],
  [
    // PostgreSQL, AWS, Google Cloud, Redis, the file system
    /\bpermission denied\b|\bAccessDenied\b|\bnot authorized to perform\b|\bPERMISSION_DENIED\b|\bNOPERM\b|\bEACCES\b|\binsufficient (?:privileges?|permissions?)\b/i,
    ({ service }) =>
      `Give the account of ${service} the right that the message names, or take back the change that removed it.`,
  ],
  [
    // PostgreSQL, MySQL, SQLite, SQL Server, Oracle
    /\b(?:relation|table|column) \S{1,80} does not exist\b|\btable '\S{1,80}' doesn't exist|\bunknown column\b|\bno such (?:table|column)\b|\binvalid (?:object|column) name\b|\bORA-00(?:904|942)\b/i,
    ({ service }) =>
      `Run the migration that creates what the message names, or roll back the release of ${service} that asks for it.`,
  ],
  [
    // PostgreSQL, MySQL, SQLite, Oracle, SQL Server
    /\bduplicate (?:key|entry)\b|\bviolates \S{1,20}(?:[ -]\S{1,20}){0,2} constraint\b|\bconstraint failed\b|\bforeign key constraint fails\b|\bORA-0(?:0001|2291|2292)\b/i,
    ({ service }) =>
      `Find the row that the message of ${service} names, and who wrote it first. Then look at what ${service} does twice, or in another order.`,
  ],
  [
    // PostgreSQL, MySQL, Redis, MongoDB
    /\bread-only (?:transaction|mode|option|replica)\b|--(?:super-)?read-only\b|\bREADONLY You can't write\b|\bNotWritablePrimary\b|\bnot (?:master|primary)\b/i,
    ({ service, who }) =>
      `Point ${service} at the primary of ${who}. If the primary has just changed, restart what still holds connections to the old one.`,
  ],
  [
    // PostgreSQL, MySQL, SQL Server, Oracle
    /\bdeadlock (?:detected|found)\b|\bdeadlocked on lock\b|\bORA-00060\b/i,
    ({ service }) =>
      `Take the locks in the same order everywhere, and let ${service} repeat the transaction that was the victim.`,
  ],
  [
    // HTTP 429 and its clients, AWS, gRPC
    /\btoo many requests\b|\brate[ -]?limit|\bthrottl|\bRESOURCE_EXHAUSTED\b|\bSlow ?Down\b/i,
    ({ service, who }) =>
      who === service
        ? `Find out who sends more requests than usual, before you raise the limit of ${service}.`
        : `Find out why ${service} sends more to ${who} than usual, before you ask for a higher limit.`,
  ],
  [
    // Java, .NET, JavaScript, Python, Go, Ruby, PHP
    /\bNullPointerException\b|\bNullReferenceException\b|\bcannot read propert(?:y|ies) of (?:undefined|null)\b|\bis not a function\b|\bNoneType\b|\b(?:Key|Attribute|Index|Type|NoMethod|Reference|Unbound\w{0,9}|ZeroDivision)Error\b|\bnil pointer dereference\b|\bindex out of (?:range|bounds)\b|\bIndexOutOfBounds|\bClassCastException\b|\bdivision by zero\b/i,
    ({ service, thrownAt }) =>
      `${thrownAt === '' ? `Read the stack trace in the log of ${service}: it names the line.` : `Look at ${thrownAt} in ${service}.`} If this began with a release, roll that back first.`,
  ],
];

/** `isPassedOn`: services above it report the failure as their own. */
export function firstAction({ message, caller, callee, service, thrownAt = '' }: Facts, isPassedOn: boolean): string {
  const text = String(message);
  const ends = { service: String(caller || service), who: String(callee || service), thrownAt: String(thrownAt) };
  const limit = reachedLimit(text)?.resource ?? (OUT_OF_MEMORY.test(text) ? 'memory' : undefined);
  if (limit !== undefined) return RESOURCE_WORDS[limit].remedy(OF_CALLER.has(limit) ? ends.service : ends.who, text);
  const known = KINDS.find(([form]) => form.test(text))?.[1](ends, text);
  return (
    known ??
    `Start with ${text === '' ? '' : 'this message and '}${thrownAt === '' ? '' : `${thrownAt}, then read `}the log of ${service} at that time${isPassedOn ? ', not with the services that passed the error on' : ''}.`
  );
}

/** `remedy` takes the name of the service that has run out of the resource, and its message. */
type ResourceWords = Readonly<{
  state: string;
  lacks: string;
  remedy: (who: string, message: string) => string;
  check: string;
}>;

/** What is the matter with an exhausted resource, what to do first, and what would disprove it. */
export const RESOURCE_WORDS: Readonly<Record<Resource, ResourceWords>> = {
  memory: {
    state: 'out of memory',
    lacks: 'has run out of memory',
    remedy: (who, message) => {
      const size = ALLOCATION.exec(message)?.[1];
      return size === undefined
        ? `Give ${who} more memory and restart it; keep a heap dump or the last memory profile first. Then look for what grew: an unbounded cache, a large answer, a leak since the last deploy.`
        : `Give ${who} memory for the ${size} that it could not allocate, or let it load less at once. Then look for what else grew: an unbounded cache, a large answer, a leak since the last deploy.`;
    },
    check: 'The metrics show memory far below its limit at that time, or one single allocation was much too large.',
  },
  'open files': {
    state: 'too many open files',
    lacks: 'has too many files open',
    remedy: (who) =>
      `Raise the limit of ${who} (ulimit -n) to gain time. Then find what it opens and never closes: connections, files, watches.`,
    check: 'The number of open descriptors was far below the limit at that time (lsof, process_open_fds).',
  },
  'disk space': {
    state: 'no space left on disk',
    lacks: 'has no space left on its disk',
    remedy: (who) =>
      `Free space on the disk of ${who} first: old logs, dumps, unused images. Then find what fills it, and alert at 80 %.`,
    check: 'The disk had free space (df) and free inodes (df -i).',
  },
  'disk writes': {
    state: 'its disk takes no writes',
    lacks: 'has a disk that takes no writes',
    remedy: (who) =>
      `Look at the disk of ${who} first: its space, its errors in the log of the kernel, its mount options. Then restart what stopped to write.`,
    check: 'A test file can be written to that disk, and the kernel reports no errors of it.',
  },
  threads: {
    state: 'no threads or workers left',
    lacks: 'has no threads or workers left',
    remedy: (who) =>
      `Find out what the threads of ${who} wait for (a thread dump shows it) before you allow more of them.`,
    check: 'The metrics show idle threads and workers at that time.',
  },
  connections: {
    state: 'no connections left',
    lacks: 'has run out of connections',
    remedy: (who) =>
      `Find what holds the connections of ${who}: slow queries, open transactions, connections that are not returned. Enlarge the pool only after that.`,
    check: 'The metrics of the pool or the server show free connections at that time.',
  },
  queue: {
    state: 'a queue is full',
    lacks: 'has a full queue',
    remedy: (who) =>
      `Look at what empties the full queue of ${who}: its consumers are slower than its producers, or they have stopped.`,
    check: 'The consumers kept up with the producers at that time.',
  },
  numbers: {
    state: 'no numbers left for new rows',
    lacks: 'has no numbers left for new rows',
    remedy: (who) =>
      `Give the column that ${who} fills a larger type (BIGINT). If that takes too long, let the numbers begin again in a free range. Then look for other columns that are almost full.`,
    check: 'The largest number of that column is far below the limit of its type.',
  },
  quota: {
    state: 'a quota is used up',
    lacks: 'has used up a quota',
    remedy: (who) => `Find what uses the quota of ${who} and slow it down. Then ask for a higher quota.`,
    check: 'The provider shows free quota at that time.',
  },
};
