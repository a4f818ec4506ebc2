/**
 * An init container that runs, fails at what it waits for, and tries again without an end: the other containers wait for it
 * (Kubernetes, Init Containers). A long migration or a copy of data runs as long and is no fault, so its own lines decide.
 */

import { podLines } from '#detect/signs/cluster/pod-lines.ts';
import type { PendingPod } from '#detect/signs/scheduling/pending-pod.ts';
import { epochUsOf, type LogLine } from '#model/logs/log-line.ts';
import { citedLines, saidIn } from '#model/logs/log-sighting.ts';
import { type Container, conditionOf, type Pod } from '#model/platform/platform.ts';
import { type Asked, podsInQuestion, type SeenTime, stateItem } from '#model/platform/platform-pods.ts';

export function endlessInits(
  asked: Asked & Readonly<{ logs?: readonly LogLine[] }>,
  minSeconds: number,
  time: SeenTime,
): readonly PendingPod[] {
  const { logs = [] } = asked;
  return podsInQuestion(asked).flatMap(({ pod, service }): PendingPod[] => {
    const init = pod.phase === 'Pending' ? runningInit(pod) : undefined;
    if (init?.state.is !== 'running') return [];
    const sinceUs = init.state.startedUs;
    const failed = podLines({ pod, service }, logs).filter(
      (line) => isOf(line, init) && epochUsOf(line) >= sinceUs && TRIES.test(line.line),
    );
    const last = failed.at(-1);
    if (last === undefined || failed.length < LEAST_TRIES || !(time.endUs - sinceUs >= minSeconds * 1e6)) return [];
    if (time.endUs - epochUsOf(last) > LONGEST_PAUSE_US) return [];
    const words = saidIn(last);
    const refusals = [{ cause: 'init-running', nodes: 0, words, named: init.name }] as const;
    const state = stateItem(pod, `${pod.name}: init container ${init.name}: running`);
    const evidence = [state, ...citedLines(logs, [logs.indexOf(last)])];
    return [
      {
        pod,
        service,
        refusals,
        words,
        sinceUs,
        waitedUs: time.isEndTold ? time.endUs - sinceUs : 0,
        scaling: '',
        evidence,
      },
    ];
  });
}

/** A pod's condition names those that are not complete. A sidecar among the init containers runs on and counts as complete. */
function runningInit(pod: Pod): Container | undefined {
  const { message = '' } = conditionOf(pod, 'Initialized') ?? {};
  const incomplete = INCOMPLETE.exec(message)?.[1]?.split(/[ ,]+/);
  return pod.containers.find(
    ({ isInit, state, name }) => isInit && state.is === 'running' && (incomplete?.includes(name) ?? true),
  );
}

/** `containers with incomplete status: [migrate vault-agent-init]` */
const INCOMPLETE = /\[([^\]]{1,1000})\]/;

/** A line without the name of its container may be of any. */
function isOf({ labels }: LogLine, { name }: Container): boolean {
  const named = CONTAINER_LABELS.map((label) => labels[label]).find((own) => own !== undefined);
  return named === undefined || named === name;
}

const CONTAINER_LABELS = ['container', 'k8s_container_name', 'k8s.container.name', 'container_name'] as const;

/** What agents, migrations and scripts such as wait-for-it write about a try that failed. */
const TRIES =
  /\b(?:waiting for|waiting until|not (?:yet )?(?:ready|available|reachable|up)|unavailable|retry(?:ing)?|try again|trying again|refused|timed? ?out|no such host|bad address|could not|couldn't|cannot|can't|unable to|denied|forbidden|unauthorized|failed|failure|error)\b/i;

const LEAST_TRIES = 2;

/** The pauses of such loops grow to some minutes (Vault's agent: five). */
const LONGEST_PAUSE_US = 10 * 60e6;
