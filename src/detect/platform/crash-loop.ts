/**
 * A container does not stay up: it ends and restarts repeatedly, or it cannot be started at all.
 *
 *   state  waiting: CrashLoopBackOff               restarts 7
 *   last   terminated: Error, exit code 1          ran for 2 s
 *   log    Error: DATABASE_URL is not set           ← its last words say why
 *
 * Containers killed at their memory limit are reported by `oom-killed`.
 */

import { defineDetector } from '#detect/detector.ts';
import { type EvictedPod, evictedPods } from '#detect/signs/cluster/evicted-pods.ts';
import { podLines } from '#detect/signs/cluster/pod-lines.ts';
import { type ContainerDown, containerDown } from '#detect/signs/containers/container-down.ts';
import { type Crash, type CrashCause, crashCause } from '#detect/signs/containers/crash-cause.ts';
import { CRASH_CAUSES } from '#detect/signs/containers/crash-causes.ts';
import { isOfNode, troubledNodes } from '#detect/signs/scheduling/troubled-nodes.ts';
import { USUAL_WHYS } from '#model/finding/detector-traits.ts';
import type { Sighting } from '#model/finding/finding.ts';
import { type Container, type Platform, type Pod, revisionsOf } from '#model/platform/platform.ts';
import {
  byOwner,
  citedEvents,
  containersInQuestion,
  downFacts,
  earliest,
  instantText,
  type OwnContainer,
  seenTime,
  shortened,
  stateItem,
} from '#model/platform/platform-pods.ts';
import { counted } from '#model/text/count-text.ts';
import { durationText } from '#model/text/duration.ts';
import { inWords, withOneNumber, withoutBrackets } from '#model/text/in-words.ts';

export const crashLoop = defineDetector({
  id: 'crash-loop',
  title: 'Container does not stay up',
  why: 'Its pods serve nobody, or only for seconds. Other services see retries and timeouts.',
  runbook: 'runbooks/crash-loop.md',
  clear: 'no container ended and restarted repeatedly',
  silent: [
    'One restart is no loop. A container that is ready and has run longer than its last run, or for ten minutes, counts as recovered.',
    'It ignores a job or an init container that ended without an error. A kill at the memory limit is reported as Out of memory, and evictions by a node under pressure at the node.',
    'It reads the reason from the exit code, events, the termination message, log lines, and ports that two containers of the pod have. Without lines it often knows only the exit code.',
    'The cluster keeps only the last end of each container, and events for one hour. An earlier time may have no data.',
  ],
  role: 'mechanism',
  field: 'configuration',
  coverage: 'pod',
  nextWhys: USUAL_WHYS,
  checkQueries: ['log'],
  namesCause: 'never',
  needs: ['platform', 'window'],
  uses: ['requests', 'healthyRequests', 'logs'],
  thresholds: {
    minRestarts: {
      default: 2,
      min: 1,
      unit: 'restarts',
      means: 'How often the container was restarted',
      why: 'Coroot warns above one restart. The kubelet begins to back off at the second.',
    },
    maxUpMinutes: {
      default: 10,
      min: 1,
      unit: 'minutes',
      means: 'How long the container may have run since its last restart',
      why: 'After ten minutes without a restart the kubelet resets its backoff (Kubernetes, Pod lifecycle: container restarts).',
    },
    maxLongerSeconds: {
      default: 60,
      min: 1,
      unit: 's',
      means: 'How much longer than its last run a ready container may have run',
      why: 'The runs of a loop take about equally long. A failing liveness probe needs a minute to end one: three times 10 s by default, and 30 s of grace.',
    },
    minSeconds: {
      default: 30,
      min: 0,
      unit: 's',
      means: 'How long the kubelet could not create the container',
      why: 'If a ConfigMap or a Secret is applied just after the pod, the kubelet finds it at the next try, within 30 s.',
    },
  },

  detect(evidence, thresholds) {
    const { platform, logs = [] } = evidence;
    const time = seenTime(evidence);
    const nodes = troubledNodes(evidence, 0, time);
    const down = containersInQuestion(evidence, time).flatMap((own): Down[] => {
      if (nodes.get(own.pod.node)?.cause === 'filesystem' && isOfNode(nodes, own.pod)) return [];
      const found = containerDown(own, thresholds, time);
      if (found === undefined) return [];
      const crash = crashCause(own.container, found.ended, found.events, podLines(own, logs));
      return [{ ...own, ...found, crash: portConflict(own, crash) ?? crash }];
    });
    const loops = byOwner(down, ({ container, crash }) => `${container.name}\n${crash.cause}\n${crash.named}`);
    return [
      ...loops.map((own) => sightingOf(own, platform)),
      ...evictedPods(evidence, thresholds.minRestarts, time).map((own) => ofEvicted(own, platform)),
    ];
  },

  say({
    service,
    container,
    isInit,
    cause,
    words,
    named,
    pods,
    restarts,
    code,
    ranMs,
    since,
    over,
    revision,
    serving,
  }) {
    const { is, remedy, check } = CRASH_CAUSES[cause as CrashCause](String(named), String(service));
    const after = over === '' ? '' : `; it recovered and is ready since ${over}`;
    const times = Number(restarts) > 0 ? `was restarted ${counted(Number(restarts), 'time')}` : 'never started';
    const exit = Number(code) < 0 ? '' : `, exit code ${code}`;
    const said = words === '' ? '' : `: “${words}”`;
    const ran = Number(ranMs) < 0 ? '' : ` Its last run took ${durationText(Number(ranMs) * 1000)}.`;
    const serve = `Affected: ${pods}${since === '' ? '' : `, since ${since}`}.${ran}${revision === '' ? '' : ` ${revision}`} ${serving}`;
    return {
      title: `${service}: ${is}${said}${after}`,
      headline: {
        what: `${inWords(service)} ${over === '' ? 'does' : 'did'} not stay up`,
        ...(cause !== 'unknown' && { why: withOneNumber(withoutBrackets(is)) }),
      },
      explanation:
        cause === 'evicted'
          ? `The kubelet evicted ${counted(Number(restarts), 'pod')}. ${serve}`
          : `The ${isInit ? 'init ' : ''}container ${container} ${times}${exit}. ${serve}`,
      remedy: revision === '' ? remedy : `${remedy} If that takes time, roll back to the previous revision.`,
      check,
      ...(cause === 'evicted' && { names: ['resource-exhausted'] }),
    };
  },
});

/**
 * Nothing says why it ends, and another container of its pod has one of its ports. All containers of a pod share their
 * ports (Kubernetes, Pods: Pod networking).
 */
function portConflict({ pod, container }: OwnContainer, { cause }: Crash): Crash | undefined {
  if (cause !== 'unknown') return undefined;
  const others = pod.containers.filter((one) => one !== container && !one.isInit);
  for (const { port, protocol } of container.ports) {
    const other = others.find(({ ports }) => ports.some((one) => one.port === port && one.protocol === protocol));
    if (other !== undefined)
      return { cause: 'port-taken', words: '', named: `${port}, as the container ${other.name} has it` };
  }
  return undefined;
}

type Down = OwnContainer & ContainerDown & Readonly<{ crash: Crash }>;

function sightingOf(own: readonly [Down, ...Down[]], platform: Platform): Sighting {
  const [{ pod, service, container, crash, ended, events }] = own;
  const state = ended === undefined ? container.state : ended;
  return {
    service,
    facts: {
      container: container.name,
      isInit: container.isInit,
      cause: crash.cause,
      words: shortened(crash.words, LONGEST_WORDS),
      named: crash.named,
      ...downFacts(own, platform, earliest(own.map(({ sinceUs }) => sinceUs))),
      restarts: Math.max(...own.map((one) => one.container.restarts)),
      code: ended?.exitCode ?? -1,
      ranMs: ended === undefined ? -1 : Math.round((ended.finishedUs - ended.startedUs) / 1000) || -1,
      // The kubelet could not even make it, so nothing ran that could end.
      isNeverMade: state.is === 'waiting' && NEVER_MADE.test(state.reason) && container.restarts === 0,
      over: instantText(Math.max(...own.map((one) => one.overUs))),
      revision: revisionText(platform, pod),
    },
    evidence: [
      stateItem(pod, `${pod.name}: ${container.name}: ${stateText(state)}`),
      ...citedEvents(events.filter(({ message }) => message !== '')),
    ],
  };
}

const NEVER_MADE = /^(?:PreCreateHook|CreateContainer(?:Config)?)Error$/;

/** Each eviction counts as a restart: its owner makes another pod. */
function ofEvicted(own: readonly [EvictedPod, ...EvictedPod[]], platform: Platform): Sighting {
  const [{ pod, service, exceeded, words }] = own;
  return {
    service,
    facts: {
      container: '',
      isInit: false,
      cause: 'evicted',
      words: '',
      named: exceeded,
      ...downFacts(own, platform, earliest(own.map(({ evictedUs }) => evictedUs))),
      restarts: own.length,
      code: -1,
      ranMs: -1,
      over: '',
      revision: revisionText(platform, pod),
    },
    evidence: [stateItem(pod, `${pod.name}: Evicted: ${words}`), ...citedEvents(own.flatMap(({ events }) => events))],
  };
}

const LONGEST_WORDS = 160;

/** What the pods' revision changed, if there was a previous one. */
function revisionText(platform: Platform, pod: Pod): string {
  const { now, before } = revisionsOf(platform, pod);
  if (now === undefined || before === undefined || now.differences.length === 0) return '';
  return `These pods run revision ${now.revision} (${instantText(now.createdUs)}), which changed ${now.differences.join('; ')}.`;
}

function stateText(state: Container['state']): string {
  if (state.is === 'running') return 'running';
  const { reason, message } = state;
  const code = state.is === 'terminated' ? `, exit code ${state.exitCode}` : '';
  return `${reason}${code}${message === '' ? '' : `: ${message}`}`;
}
