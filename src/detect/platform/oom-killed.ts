/**
 * The kernel ended a container because it used more memory than it may.
 *
 *   last   terminated: OOMKilled, exit code 137     limit 256 MiB
 *   ran    14:02:10 to 14:28:40                      ← how long it took tells a start that is too large from growth
 */

import { defineDetector } from '#detect/detector.ts';
import { type Growth, growthOf, growthText } from '#detect/signs/container-memory.ts';
import { USUAL_WHYS } from '#model/finding/detector-traits.ts';
import type { Sighting } from '#model/finding/finding.ts';
import {
  type Container,
  memoryText,
  nodeMemory,
  type Platform,
  type PlatformEvent,
  type Pod,
  revisionsOf,
  type Terminated,
} from '#model/platform/platform.ts';
import {
  byOwner,
  citedEvents,
  instantText,
  mayBeWithin,
  type OwnPod,
  podEvents,
  podsInQuestion,
  podsText,
  REMEMBERED_US,
  readyBeside,
  type SeenTime,
  seenTime,
  stateItem,
} from '#model/platform/platform-pods.ts';
import { latestUntil } from '#model/stats/sorted-times.ts';
import { counted } from '#model/text/count-text.ts';
import { durationText } from '#model/text/duration.ts';

export const oomKilled = defineDetector({
  id: 'oom-killed',
  title: 'Out of memory',
  why: 'What it was working on is lost each time, and the same load goes to fewer instances, which are next.',
  runbook: 'runbooks/oom-killed.md',
  clear: 'no container was ended for its memory',
  silent: [
    'Where the kernel ended one process inside of a container and not the container, Kubernetes often does not say so.',
    'Each container tells of its last end only, and a pod that is gone tells nothing. Where nobody asked about a time, a container that has been ready for ten minutes since is over it.',
    'Without the metric of its memory a leak is not told from a large request: then it says how long it ran.',
    'Only pods of services that the alert or its requests name are looked at, and in their namespace.',
  ],
  role: 'mechanism',
  field: 'capacity',
  coverage: 'pod',
  nextWhys: USUAL_WHYS,
  checkQueries: ['log'],
  namesCause: 'never',
  needs: ['platform', 'window'],
  uses: ['requests', 'healthyRequests', 'metrics'],
  thresholds: {
    minKills: {
      default: 1,
      min: 1,
      unit: 'containers',
      means: 'Containers of one owner that were ended for their memory',
      why: 'One is lost work already. Coroot warns of the first, too.',
    },
    maxStartSeconds: {
      default: 120,
      min: 1,
      unit: 's',
      means: 'A run that ends sooner is one that did not get through its start',
      why: 'Runtimes load and fill their caches in the first two minutes; what leaks takes longer.',
    },
  },

  detect(evidence, { minKills, maxStartSeconds }) {
    const { platform, metrics = [] } = evidence;
    const time = seenTime(evidence);
    const killed = podsInQuestion(evidence).flatMap((own) => {
      const events = podEvents(platform, own.pod, time);
      return own.pod.containers.flatMap((container): Killed[] => {
        const end = endIn(own, container, events, time);
        if (end === undefined) return [];
        const growth = growthOf(own, container, end, metrics);
        const cause = causeOf(own, { container, end, growth, platform, maxStartUs: maxStartSeconds * 1e6 });
        return [{ ...own, container, end, growth, cause, events }];
      });
    });
    return byOwner(killed, ({ container, cause }) => `${container.name}\n${cause}`)
      .filter((own) => own.length >= minKills)
      .map((own) => sightingOf(own, platform, time));
  },

  say({ service, container, cause, limit, before, ranMs, restarts, at, pods, node, grew, serving }) {
    const ran = Number(ranMs) < 0 ? '' : durationText(Number(ranMs) * 1000);
    const { is, why, remedy, check } = SAID[cause as OomCause]({
      limit: String(limit),
      before: String(before),
      ran,
      node: String(node),
      grew: String(grew),
    });
    const again = Number(restarts) > 1 ? `, started again ${counted(Number(restarts), 'time')} so far` : '';
    const most = limit === '' ? '' : ` at its limit of ${limit}`;
    return {
      title: `${service}: container ${container} was ended for its memory${most}${at === '' ? '' : `, ${at}`}${again}: ${is}`,
      explanation: `It concerns ${pods}. ${why} ${serving}`,
      remedy,
      check,
    };
  },
});

type OomCause =
  | 'node'
  | 'no-limit'
  | 'limit-lowered'
  | 'leak'
  | 'jump'
  | 'new-image'
  | 'at-start'
  | 'after-a-while'
  | 'unknown';

type Killed = OwnPod &
  Readonly<{
    container: Container;
    end: Terminated;
    cause: OomCause;
    growth: Growth | undefined;
    events: readonly PlatformEvent[];
  }>;

const OOM = 'OOMKilled';

/** Its last end, where that was in the time; where it ends again and again, the time in which it does. */
function endIn(
  { pod }: OwnPod,
  { name, state, last, isReady }: Container,
  events: readonly PlatformEvent[],
  time: SeenTime,
): Terminated | undefined {
  const end = [state, last].find((one): one is Terminated => one?.is === 'terminated' && one.reason === OOM);
  if (end === undefined || isPast(pod, { state, isReady }, end, time)) return undefined;
  if (mayBeWithin(end.finishedUs, end.finishedUs, time)) return end;
  const isAgain = events.some(
    ({ reason, container, message }) =>
      reason === 'BackOff' && container === name && /restarting failed/i.test(message),
  );
  return isAgain && end.finishedUs > time.endUs ? end : undefined;
}

/**
 * Where nobody asked about a time, the question is how it is now: what is up again, or ended for good, is of now for as
 * long as the kubelet remembers it.
 */
function isPast(
  { phase }: Pod,
  { state, isReady }: Pick<Container, 'state' | 'isReady'>,
  { finishedUs }: Terminated,
  { fromUs, endUs }: SeenTime,
): boolean {
  const isOver = (state.is === 'running' && isReady) || phase === 'Succeeded' || phase === 'Failed';
  if (!isOver) return false;
  return Number.isFinite(fromUs) ? Number.isNaN(finishedUs) : !(endUs - finishedUs < REMEMBERED_US);
}

/** An hour before the end: of an older rollout nobody would say that it did this. */
const NEW_FOR_US = 3.6e9;

type Looked = Readonly<{
  container: Container;
  end: Terminated;
  growth: Growth | undefined;
  platform: Platform;
  maxStartUs: number;
}>;

function causeOf({ pod }: OwnPod, { container, end, growth, platform, maxStartUs }: Looked): OomCause {
  const limit = container.limits.memory;
  if (!Number.isFinite(limit)) return isNodeShort(platform, pod.node, end) ? 'node' : 'no-limit';
  const { now, before } = revisionsOf(platform, pod);
  const earlier = before?.containers.find(({ name }) => name === container.name);
  if (earlier !== undefined && !(earlier.limits.memory <= limit)) return 'limit-lowered';
  if (growth !== undefined) return growth.isSteady ? 'leak' : 'jump';
  const ranUs = end.finishedUs - end.startedUs;
  const isNew = earlier !== undefined && earlier.image !== container.image;
  if (isNew && now !== undefined && end.finishedUs - now.createdUs <= NEW_FOR_US) return 'new-image';
  if (!Number.isFinite(ranUs)) return 'unknown';
  return ranUs <= maxStartUs ? 'at-start' : 'after-a-while';
}

/** The node itself ran out: the kernel or the kubelet says so. */
function isNodeShort(platform: Platform, name: string, { finishedUs }: Terminated): boolean {
  const { pressures, ranOutUs } = nodeMemory(platform, name);
  const isUnderPressure = pressures.some(({ sinceUs }) => !(sinceUs > finishedUs + NEW_FOR_US));
  const last = latestUntil(ranOutUs, finishedUs + NEW_FOR_US);
  return isUnderPressure || (last !== undefined && last >= finishedUs - NEW_FOR_US);
}

function sightingOf(own: readonly [Killed, ...Killed[]], platform: Platform, time: SeenTime): Sighting {
  const [{ pod, service, container, cause, end, growth, events }] = own;
  const { before } = revisionsOf(platform, pod);
  const earlier = before?.containers.find(({ name }) => name === container.name);
  const limit = Number.isFinite(container.limits.memory) ? memoryText(container.limits.memory) : '';
  const wasLimit = earlier?.limits.memory ?? Number.NaN;
  const said = `${pod.name}: ${container.name} ended ${instantText(end.finishedUs)}: ${OOM}, exit code ${end.exitCode}`;
  return {
    service,
    operation: '',
    spans: [],
    wastedUs: 0,
    facts: {
      container: container.name,
      cause,
      limit,
      before:
        cause === 'new-image' ? (earlier?.image ?? '') : Number.isFinite(wasLimit) ? memoryText(wasLimit) : 'none',
      ranMs: Math.round((end.finishedUs - end.startedUs) / 1000) || -1,
      restarts: Math.max(...own.map((one) => one.container.restarts)),
      at: instantText(end.finishedUs),
      sinceUs: end.finishedUs,
      pods: podsText(own, platform),
      ...readyAfter(own, platform, time),
      node: pod.node,
      grew: growth === undefined ? '' : growthText(growth),
    },
    evidence: [
      stateItem(pod, limit === '' ? said : `${said}, limit ${limit}`),
      ...citedEvents(events.filter(({ reason }) => OF_MEMORY.has(reason))),
    ],
  };
}

/** Those that were ended may be ready again: then they serve with the others. */
function readyAfter(
  own: readonly [Killed, ...Killed[]],
  platform: Platform,
  { endUs }: SeenTime,
): ReturnType<typeof readyBeside> {
  const again = own.filter(
    ({ container: { state, isReady } }) => state.is === 'running' && isReady && !(state.startedUs > endUs),
  ).length;
  const beside = readyBeside(own, platform);
  const are = own.length === 1 ? 'It is' : 'All of them are';
  return { ready: beside.ready + again, serving: again === own.length ? `${are} ready again.` : beside.serving };
}

const OF_MEMORY: ReadonlySet<string> = new Set(['OOMKilling', 'BackOff', 'Evicted', 'Killing']);

type Measured = Readonly<Record<'limit' | 'before' | 'ran' | 'node' | 'grew', string>>;
type Said = Readonly<Record<'is' | 'why' | 'remedy' | 'check', string>>;

const SAID: Readonly<Record<OomCause, (measured: Measured) => Said>> = {
  node: ({ node }) => ({
    is: `the node ${node} ran out of memory`,
    why: `The container has no limit, and the node was short: the kernel took the one that it could.`,
    remedy: 'Give every container of that node a request and a limit; move the largest away.',
    check: `The node had memory left at that time (its metric tells).`,
  }),
  'no-limit': () => ({
    is: 'it has no limit of its own',
    why: 'Without a limit it is ended when the node, or a group above it, has no more.',
    remedy: 'Set a request and a limit that fit what it uses at its peak; see what else runs on that node.',
    check: 'A limit range of the namespace gave it one (kubectl describe limitrange).',
  }),
  'limit-lowered': ({ limit, before }) => ({
    is: `the limit was lowered from ${before === 'none' ? 'none' : before} to ${limit}`,
    why: `The revision before this one had ${before === 'none' ? 'no limit' : `a limit of ${before}`}; this one has ${limit}.`,
    remedy: `Put the limit back, then measure what it needs at its peak before it is lowered again.`,
    check: 'With the old limit it is ended just as often.',
  }),
  leak: ({ grew, ran }) => ({
    is: `it grew steadily, ${grew}: a leak`,
    why: `Its memory rose in a straight line over ${ran} until the limit ended it. A cache that fills rises, too, but levels off.`,
    remedy:
      'Take a heap profile of one that has been up for long; a restart before the limit buys time, a higher limit only delays it.',
    check: 'The growth follows the number of requests, or levels off below a higher limit.',
  }),
  jump: ({ grew, ran }) => ({
    is: `it jumped, ${grew}, rather than growing steadily`,
    why: `Over ${ran} its memory followed no line: something large was loaded or asked for.`,
    remedy: 'Look for the request, the file or the batch of that moment; bound what one request may load.',
    check: 'The memory rose for hours before: then it is a leak.',
  }),
  'new-image': ({ before }) => ({
    is: 'the new image needs more than the limit',
    why: `The revision before it runs ${before} under the same limit and was rolled out of the way within the last hour.`,
    remedy: 'Roll back, then compare the memory of both images under load.',
    check: 'The old image is ended for its memory, too.',
  }),
  'at-start': ({ limit, ran }) => ({
    is: `it does not get through its start (${ran})`,
    why: `It was ended ${ran} after its start: what it loads first does not fit into ${limit}.`,
    remedy: 'Raise the limit above what the start needs, or load less: heap size, caches, model files.',
    check: 'It starts within this limit elsewhere, with the same data.',
  }),
  'after-a-while': ({ ran }) => ({
    is: `after ${ran} of running; the evidence does not tell a leak from a large request`,
    why: `It ran for ${ran} before its memory was used up, so that its start is not the reason.`,
    remedy: 'Look at its memory over that time: a slope is a leak, a step is one large request or a deploy.',
    check: 'Its memory was far below the limit until the end: then look for one large allocation.',
  }),
  unknown: () => ({
    is: 'the evidence does not tell how it came to that',
    why: 'When it was started is not known.',
    remedy: 'Look at its memory over the last hours: a slope is a leak, a step is one large request or a deploy.',
    check: 'Its memory was far below the limit at that time.',
  }),
};
