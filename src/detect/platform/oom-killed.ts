/**
 * The kernel killed a container because it exceeded its memory.
 *
 *   last   terminated: OOMKilled, exit code 137     limit 256 MiB
 *   ran    14:02:10 to 14:28:40                      ← the duration separates a start that needs too much from growth
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
  why: 'Each kill loses the work in progress. The load moves to fewer instances, which fail next.',
  runbook: 'runbooks/oom-killed.md',
  clear: 'no container was killed for its memory',
  silent: [
    'If the kernel killed one process inside a container, Kubernetes often does not report it.',
    'Kubernetes keeps only the last end of each container, and nothing of a deleted pod. Without a time window, a container that is ready for ten minutes counts as recovered.',
    'Without a memory metric it cannot separate a leak from a large request. It then reports how long the container ran.',
    'It looks only at pods of services that the alert or its requests name, in their namespace.',
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
      means: 'Containers of one owner that were killed for their memory',
      why: 'A single kill already loses work. Coroot warns at the first, too.',
    },
    maxStartSeconds: {
      default: 120,
      min: 1,
      unit: 's',
      means: 'A container that is killed sooner did not complete its start',
      why: 'Runtimes load and fill their caches in the first two minutes. A leak takes longer.',
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
    const again = Number(restarts) > 1 ? ` It was restarted ${counted(Number(restarts), 'time')} so far.` : '';
    const most = limit === '' ? 'for its memory' : `at its memory limit of ${limit}`;
    return {
      title: `${service}: container ${container} was killed ${most}: ${is}`,
      explanation: `Affected: ${pods}${at === '' ? '' : `, killed at ${at}`}.${again} ${why} ${serving}`,
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

/** The container's last OOM kill, if it was in the time window. A container in a restart loop counts, too. */
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
 * Without a time window the question is the present state. A recovered or finished container counts for as long as the
 * kubelet remembers its end.
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

/** One hour before the kill: an older rollout is an unlikely cause. */
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

/** The kernel or the kubelet reports that the node itself ran out of memory. */
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

/** Killed containers may be ready again. They then count as ready. */
function readyAfter(
  own: readonly [Killed, ...Killed[]],
  platform: Platform,
  { endUs }: SeenTime,
): ReturnType<typeof readyBeside> {
  const again = own.filter(
    ({ container: { state, isReady } }) => state.is === 'running' && isReady && !(state.startedUs > endUs),
  ).length;
  const beside = readyBeside(own, platform);
  const are = own.length === 1 ? 'The pod is' : 'All of these pods are';
  return { ready: beside.ready + again, serving: again === own.length ? `${are} ready again.` : beside.serving };
}

const OF_MEMORY: ReadonlySet<string> = new Set(['OOMKilling', 'BackOff', 'Evicted', 'Killing']);

type Measured = Readonly<Record<'limit' | 'before' | 'ran' | 'node' | 'grew', string>>;
type Said = Readonly<Record<'is' | 'why' | 'remedy' | 'check', string>>;

const SAID: Readonly<Record<OomCause, (measured: Measured) => Said>> = {
  node: ({ node }) => ({
    is: `the node ${node} ran out of memory`,
    why: 'The container has no limit. The node had no memory left, so the kernel killed this container.',
    remedy: 'Set a memory request and limit for every container on that node. Move the largest to another node.',
    check: 'The node’s metrics show free memory at that time.',
  }),
  'no-limit': () => ({
    is: 'it has no limit of its own',
    why: 'Without its own limit the kernel kills it when the node, or a parent cgroup, has no memory left.',
    remedy: 'Set a request and a limit that fit its peak usage. Then look at what else runs on that node.',
    check: 'A limit range of the namespace gave it one (kubectl describe limitrange).',
  }),
  'limit-lowered': ({ limit, before }) => ({
    is: `the limit was lowered from ${before === 'none' ? 'none' : before} to ${limit}`,
    why: `The previous revision had ${before === 'none' ? 'no limit' : `a limit of ${before}`}; this one has ${limit}.`,
    remedy: 'Restore the old limit. Measure the peak usage before you lower it again.',
    check: 'With the old limit it is killed just as often.',
  }),
  leak: ({ grew, ran }) => ({
    is: `it grew steadily, ${grew}: a leak`,
    why: `Its memory rose in a straight line for ${ran} up to the limit. A cache that fills also rises, but levels off.`,
    remedy:
      'Take a heap profile of a container that has run for long. A restart before the limit gains time; a higher limit only delays the kill.',
    check: 'The growth follows the number of requests, or levels off below a higher limit.',
  }),
  jump: ({ grew, ran }) => ({
    is: `its memory jumped, ${grew}, and did not grow steadily`,
    why: `Its memory did not rise in a straight line over ${ran}. It loaded something large, or a request needed a lot.`,
    remedy: 'Look for the request, the file or the batch of that moment. Limit what one request may load.',
    check: 'The memory rose for hours before. Then it is a leak.',
  }),
  'new-image': ({ before }) => ({
    is: 'the new image needs more than the limit',
    why: `The previous revision ran ${before} under the same limit until the rollout in the last hour.`,
    remedy: 'Roll back, then compare the memory of both images under load.',
    check: 'The old image is killed for its memory, too.',
  }),
  'at-start': ({ limit, ran }) => ({
    is: 'it does not complete its start',
    why: `It was killed ${ran} after its start, so its initial data does not fit into ${limit}.`,
    remedy: 'Raise the limit above the need of the start, or load less: heap size, caches, model files.',
    check: 'It starts within this limit elsewhere, with the same data.',
  }),
  'after-a-while': ({ ran }) => ({
    is: `after it ran for ${ran}, by a leak or a large request`,
    why: `It ran for ${ran} before its memory was full, so its start is not the cause. The evidence does not separate a leak from a large request.`,
    remedy: 'Look at its memory over that time: a slope is a leak, a step is one large request or a deploy.',
    check: 'Its memory was far below the limit until the end. Then look for one large allocation.',
  }),
  unknown: () => ({
    is: 'the evidence does not show why',
    why: 'Its start time is unknown.',
    remedy: 'Look at its memory over the last hours: a slope is a leak, a step is one large request or a deploy.',
    check: 'Its memory was far below the limit at that time.',
  }),
};
