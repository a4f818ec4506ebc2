/** Servers under strain as findings, where somebody feels it: see `strained-servers.ts`. */

import { MINUTE_US } from '#core/time-units.ts';
import { failingMetrics } from '#detect/signs/metrics/failing-metrics.ts';
import { unusualMetric } from '#detect/signs/metrics/unusual-metric.ts';
import { ALARM, isHarm, type StrainedNumber } from '#detect/signs/servers/strained-numbers.ts';
import { type StrainedServer, strainedServers } from '#detect/signs/servers/strained-servers.ts';
import type { Facts, Sighting, Words } from '#model/finding/finding.ts';
import type { TimeWindow } from '#model/finding/time-window.ts';
import { acrossInstances } from '#model/metrics/across-instances.ts';
import { overAllStatuses } from '#model/metrics/all-statuses.ts';
import { wholeShares } from '#model/metrics/error-shares.ts';
import { minuteText } from '#model/metrics/limited.ts';
import { measured } from '#model/metrics/measured.ts';
import { plainName } from '#model/metrics/metric-names.ts';
import type { Series } from '#model/metrics/series.ts';
import { inWords } from '#model/text/in-words.ts';
import { memoryText } from '#model/text/size-text.ts';

const MOST_SERVERS = 2;
const SHOWN = 3;

/** The most strained servers; none where answers are measured and as good as before. */
export function strainedSightings(metrics: readonly Series[], window: TimeWindow): Sighting[] {
  const strained = strainedServers(metrics, window);
  if (strained.length === 0) return [];
  const felt = answersWorseSince(metrics, window);
  const isInTime = (one: StrainedServer) =>
    one.numbers.some(isHarm) || one.sinceUs <= (isTelling(one) ? felt.half : felt.first) + AFTER_US;
  return strained.filter(isInTime).slice(0, MOST_SERVERS).map(sightingOf);
}

/** Two scrapes: what is under strain long after answers got worse follows from that. */
const AFTER_US = 3 * MINUTE_US;
const FELT: ReadonlySet<string> = new Set(['latency', 'error_share', 'errors', 'queue_depth', 'queue_age']);
/** As for an unusual metric. */
const UNUSUAL = { minDeviations: 2, minPoints: 3, minFactor: 1.5, minShare: 0.1, minErrorShare: 0.02 };

/** As the detectors of failing requests have it. */
const FAILING = { minShare: 0.05, minOperationShare: 0.2, forMinutes: 2 };

/** Several numbers or servers agree, or one of them says that a limit is reached or was changed. */
function isAgreed({ isApart, isMissed, isGone, numbers }: StrainedServer): boolean {
  return (
    isApart ||
    isMissed ||
    isGone ||
    numbers[0]?.how !== 'risen' ||
    new Set(numbers.map(({ metric }) => metric)).size > 1
  );
}

/** The server itself gives an alarm, or several numbers agree. */
function isTelling(one: StrainedServer): boolean {
  return isAgreed(one) || one.numbers.some(({ metric }) => ALARM.test(metric));
}

type Felt = Readonly<{ first: number; half: number }>;

/**
 * When answers got worse, and when half of those did that got worse: one number of many always moves earlier. Infinite
 * where no answers are measured, and infinite in the past where they are as before.
 */
function answersWorseSince(metrics: readonly Series[], window: TimeWindow): Felt {
  const plain = overAllStatuses(measured(metrics));
  const all = [...wholeShares(plain), ...acrossInstances(plain)].filter(({ concept }) => FELT.has(concept));
  const failing = failingMetrics(metrics, window, FAILING).map(({ run }) => run.fromUs);
  const unusual = all.flatMap((one) => unusualMetric(one, window, UNUSUAL)).map(({ sinceUs }) => sinceUs);
  const since = [...failing, ...unusual].sort((a, b) => a - b);
  const none = all.length === 0 ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY;
  return { first: since[0] ?? none, half: since[Math.floor(since.length / 2)] ?? none };
}

function sightingOf(one: StrainedServer): Sighting {
  const {
    name,
    names,
    family,
    machine = '',
    below = '',
    member = '',
    strained,
    of,
    isApart,
    isMissed,
    isGone,
    numbers,
    sinceUs,
  } = one;
  const shown = numbers.slice(0, SHOWN);
  return {
    service: name,
    facts: {
      form: 'strained',
      resource: 'server',
      family,
      machine,
      below,
      member,
      names: names.join('\n'),
      strained,
      servers: of,
      isApart,
      isMissed,
      isGone,
      isLowered: numbers[0]?.how === 'lowered',
      isOther: numbers[0]?.how === 'changed',
      isTimeLimit: numbers[0]?.how === 'lowered' && /time_?out/i.test(numbers[0].metric),
      isAgreed: isAgreed(one),
      isLeaderless: numbers.some(isLeaderless),
      isOfErrors: numbers.every(({ metric }) => OF_ERRORS.test(plainName(metric))),
      isOfLocks: numbers.every(({ metric }) => OF_LOCKS.test(plainName(metric))),
      isOfQueues: numbers.every(({ metric }) => OF_QUEUES.test(plainName(metric))),
      since: minuteText(sinceUs),
      sinceUs,
      critical: true,
      said: shown.slice(0, 2).map(numberText).join(', '),
    },
    evidence: shown.map((each) => ({
      kind: 'metric',
      ref: each.metric,
      text: `${machine || name}: ${numberText(each)}`,
    })),
  };
}

/**
 * A store of locks and leads whose members are too few to elect a leader: etcd, Consul, and others that say it in this way.
 * https://etcd.io/docs/v3.6/metrics/, https://github.com/prometheus/consul_exporter
 */
const LEADS = /(?:^|_)has_?(?:leader|quorum)(?:_|$)|(?:^|_)raft_leader$/;

function isLeaderless({ metric, now }: StrainedNumber): boolean {
  return now === 0 && LEADS.test(metric);
}

/** `s3_5xx_errors_sum`, `http_errors_total`: how many answers are errors, and no wait, queue or resource. */
const OF_ERRORS = /(?:^|_)(?:5xx|errors?|failures|failed)(?:$|_)/;
/** `db2_lock_waits_current`, `mssql_deadlocks_total`: who waits for whom, and no latch within the server. */
const OF_LOCKS = /(?:^|_)(?:dead)?locks?(?:$|_)/;
/** `ibmmq_queue_oldest_message_age`, `rabbitmq_queue_messages_unacked`: what waits in its queues for who takes it. */
const OF_QUEUES = /(?:^|_)queues?_(?:\w{1,40}_)?(?:depth|messages?|age)(?:$|_)/;

/** The words of the sighting. */
export function strainedWords(facts: Facts): Words {
  const { service, family, machine = '', servers, strained, isApart, since, said } = facts;
  const [set, member] = [String(service), String(facts.member ?? '')];
  const name = member || set;
  const does = doesText(facts);
  if (facts.isLeaderless === true) return leaderlessWords(name, facts);
  const among = isApart === true ? `, alone of ${servers} servers of ${family},` : '';
  const all = Number(strained) > 1 ? ` ${strained} of its ${servers} servers show it.` : '';
  const alone =
    isApart === true
      ? ` The other servers of ${family} show nothing of their own, so its callers are not the reason.`
      : '';
  const missed = facts.isMissed === true ? ' The others wait for it or miss what it holds.' : '';
  return {
    title: `${member === '' ? '' : `${set}: `}${name}${among} ${does}${belowText(facts)} since ${since}: ${said}`,
    headline: { why: `the server ${inWords(name)} ${does}` },
    explanation: `These numbers of the server itself left their past many times over, and whoever uses it waits or fails.${all}${missed}${alone}`,
    remedy:
      isApart === true
        ? `Take ${name} out of use if the others can carry its load. Then look at its disk, its background work and its log.`
        : `Look at ${machine === '' ? '' : `the disks of ${machine} and `}the log of ${name}, at its limits and at who began to use it more. Undo a change of its limits first.`,
    check: `These numbers of ${name} are as high when nobody complains.`,
  };
}

/** The title names no “alone of 3 servers”: the members that are down report nothing. */
function leaderlessWords(name: string, { since, said }: Facts): Words {
  return {
    title: `${name} has no leader since ${since}: ${said}`,
    headline: { why: `${inWords(name)} has no leader` },
    explanation:
      'Fewer than half of its members reach each other, so it elects no leader and takes no writes. Whoever keeps a lock or a lead there loses it: a database steps down and becomes read-only.',
    remedy: `Bring back the members of ${name} that do not answer, until more than half of them run. Look at their machines, their disks and the network between them.`,
    check: `Each member of ${name} names the same leader.`,
  };
}

/** The machine or the layer below the server that shows the strain. */
function belowText({ machine = '', below = '' }: Facts): string {
  if (machine !== '') return ` by the disk of ${machine}`;
  return below === '' ? '' : ` by ${below} below it`;
}

function doesText({ isGone, isLowered, isOther, strained, servers }: Facts): string {
  if (isOther === true) return 'has another state or role';
  if (isGone === true) return Number(strained) < Number(servers) ? 'does not run' : 'lacks servers';
  return isLowered === true ? 'has a lower limit' : 'is under strain';
}

function numberText({ what, how, before, now }: StrainedNumber): string {
  if (how === 'gone') return 'none of its numbers comes any more';
  const verb = how === 'lowered' ? 'lowered to ' : '';
  return `${what} ${verb}${valueText(what, now)}, ${valueText(what, before)} before`;
}

const SIZES = /bytes|storage|memory|size/;
const KIBIBYTE = 1_024;

function valueText(what: string, value: number): string {
  return SIZES.test(what) && value >= KIBIBYTE ? memoryText(value) : `${Number(value.toPrecision(3))}`;
}
