/**
 * The kernel killed a container because it exceeded its memory.
 *
 *   last   terminated: OOMKilled, exit code 137     limit 256 MiB
 *   ran    14:02:10 to 14:28:40                      ← the duration separates a start that needs too much from growth
 */

import { defineDetector } from '#detect/detector.ts';
import { growthOf, growthText } from '#detect/signs/containers/container-memory.ts';
import { type OomCause, type OomKill, oomCause } from '#detect/signs/containers/oom-cause.ts';
import { OOM, oomKillIn } from '#detect/signs/containers/oom-kill.ts';
import { OOM_WORDS } from '#detect/signs/containers/oom-words.ts';
import { tellsOfRestart } from '#detect/signs/containers/restart-loop.ts';
import { USUAL_WHYS } from '#model/finding/detector-traits.ts';
import type { Sighting } from '#model/finding/finding.ts';
import { type Platform, revisionsOf } from '#model/platform/platform.ts';
import {
  byOwner,
  citedEvents,
  containersInQuestion,
  earliest,
  instantText,
  podsText,
  readyBeside,
  type SeenTime,
  seenTime,
  stateItem,
} from '#model/platform/platform-pods.ts';
import { counted } from '#model/text/count-text.ts';
import { durationText } from '#model/text/duration.ts';
import { inWords, withOneNumber, withoutBrackets } from '#model/text/in-words.ts';
import { memoryText } from '#model/text/size-text.ts';

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
    const killed = containersInQuestion(evidence, time).flatMap((own): Killed[] => {
      const end = oomKillIn(own, time);
      if (end === undefined) return [];
      const kill = { ...own, end, growth: growthOf(own, end, metrics) };
      return [{ ...kill, cause: oomCause(kill, platform, maxStartSeconds * 1e6) }];
    });
    return byOwner(killed, ({ container, cause }) => `${container.name}\n${cause}`)
      .filter((own) => own.length >= minKills)
      .map((own) => sightingOf(own, platform, time));
  },

  say({ service, container, cause, limit, before, ranMs, restarts, at, pods, node, grew, serving }) {
    const ran = Number(ranMs) < 0 ? '' : durationText(Number(ranMs) * 1000);
    const { is, why, remedy, check } = OOM_WORDS[cause as OomCause]({
      who: container === service ? String(service) : `container ${container} of ${service}`,
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
      headline: {
        what: `${inWords(service)} runs out of memory and is killed`,
        why: withOneNumber(withoutBrackets(is)),
      },
      explanation: `Affected: ${pods}${at === '' ? '' : `, killed at ${at}`}.${again} ${why} ${serving}`,
      remedy,
      check,
    };
  },
});

type Killed = OomKill & Readonly<{ cause: OomCause }>;

function sightingOf(own: readonly [Killed, ...Killed[]], platform: Platform, time: SeenTime): Sighting {
  const [{ pod, service, container, cause, end, growth, events }] = own;
  const { before } = revisionsOf(platform, pod);
  const earlier = before?.containers.find(({ name }) => name === container.name);
  const limit = Number.isFinite(container.limits.memory) ? memoryText(container.limits.memory) : '';
  const wasLimit = earlier?.limits.memory ?? Number.NaN;
  const said = `${pod.name}: ${container.name} ended${Number.isFinite(end.finishedUs) ? ` at ${instantText(end.finishedUs)}` : ''}: ${OOM}, exit code ${end.exitCode}`;
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
      sinceUs: earliest([end.finishedUs, ...events.filter(tellsOfRestart).map(({ firstUs }) => firstUs)]),
      pods: podsText(own, platform),
      ...readyAfter(own, platform, time),
      node: pod.node,
      // The last measurement may be older than what filled the memory.
      grew: growth === undefined || growth.toBytes <= growth.fromBytes ? '' : growthText(growth),
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
