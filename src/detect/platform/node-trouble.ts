/**
 * A node cannot run its pods: its kubelet is silent, its container runtime is gone, or a resource is used up.
 *
 *   node-2   Ready Unknown   Kubelet stopped posting node status.
 *            cart ●  price ●  web ●                                 ← not ready, only because of their node
 *
 * Pods on such a node are its effects, so other detectors leave them out.
 */

import { defineDetector } from '#detect/detector.ts';
import { NODE_CAUSES } from '#detect/signs/scheduling/node-causes.ts';
import { type NodeCause, type TroubledNode, troubledNodes } from '#detect/signs/scheduling/troubled-nodes.ts';
import { USUAL_WHYS } from '#model/finding/detector-traits.ts';
import type { Sighting } from '#model/finding/finding.ts';
import { instantText, seenTime, shortened } from '#model/platform/platform-pods.ts';
import { counted } from '#model/text/count-text.ts';
import { inWords } from '#model/text/in-words.ts';

export const nodeTrouble = defineDetector({
  id: 'node-trouble',
  title: 'Node cannot run its pods',
  why: 'All services on the node fail at once, and each looks like a fault of its own.',
  runbook: 'runbooks/node-trouble.md',
  clear: 'every node with pods in question was ready and under no pressure',
  silent: [
    'A node that is not ready counts while a pod in question on it is not ready. If nobody named a service, it also counts without such a pod after five minutes. Cordoned nodes and those that an autoscaler removes stay out.',
    'A node may work badly and still be Ready: a slow disk, lost packets, a dead kube-proxy. It counts if a monitor such as node-problem-detector reports it for five minutes, and nobody named a service.',
    'A node that was shut down counts only if it is not back, was not cordoned, and pods in question ended with it.',
    'It needs the permission to list nodes. The control plane marks one as Unknown 40 to 50 s after its last heartbeat.',
  ],
  role: 'mechanism',
  field: 'runtime',
  coverage: 'pod',
  nextWhys: USUAL_WHYS,
  checkQueries: ['pod'],
  namesCause: 'never',
  needs: ['platform', 'window'],
  uses: ['requests', 'healthyRequests'],
  thresholds: {
    minSeconds: {
      default: 30,
      min: 0,
      unit: 's',
      means: 'How long the node has not been ready',
      why: 'A kubelet that restarts is ready again within seconds.',
    },
  },

  detect(evidence, { minSeconds }) {
    return [...troubledNodes(evidence, minSeconds, seenTime(evidence)).values()].map(sightingOf);
  },

  say({ service, cause, named, words, since, pods, services, isIdle }) {
    const { is, remedy, check } = NODE_CAUSES[cause as NodeCause](String(named), String(service));
    const said = words === '' ? '' : ` The message: “${words}”.`;
    const does =
      pods !== 0 ? 'cannot run its pods' : cause === 'reported' ? 'does not work well' : 'takes no more pods';
    const [count, when] = [Number(pods), String(since)];
    const harm =
      cause === 'shutdown'
        ? endedText(count, String(services), when)
        : cause === 'reported'
          ? reportedText(when)
          : harmText(count, String(services), when, isIdle === true);
    return {
      title: `Node ${service} ${does}: ${is}`,
      headline: { what: `The node ${inWords(service)} ${does}`, why: is },
      explanation: `${harm}${said}`,
      remedy,
      check,
    };
  },
});

function harmText(pods: number, services: string, since: string, isIdle: boolean): string {
  const when = since === '' ? '' : `, since ${since}`;
  if (isIdle) return `No pod of a service runs on it, and the cluster has one node less${when}.`;
  if (pods === 0) return `All pods on it are ready, and it evicts some of them if this lasts${when}.`;
  return `${counted(pods, 'pod')} on it ${pods === 1 ? 'is' : 'are'} not ready${when}: ${services}.`;
}

function reportedText(since: string): string {
  return `The node is ready, and no pod here shows harm.${since === '' ? '' : ` The monitor has reported it since ${since}.`}`;
}

function endedText(pods: number, services: string, since: string): string {
  return `${counted(pods, 'pod')} on it ended with it${since === '' ? '' : `, since ${since}`}: ${services}. Their workloads make new ones on other nodes.`;
}

/** More names say nothing more. */
const NAMED = 6;

function sightingOf({ node, cause, named, words, sinceUs, pods, isIdle, evidence }: TroubledNode): Sighting {
  const services = [...new Set(pods.map(({ service }) => service))].sort();
  const more = services.length > NAMED ? ` and ${services.length - NAMED} more` : '';
  return {
    service: node,
    facts: {
      kind: 'node',
      cause,
      named,
      words: shortened(words),
      since: instantText(sinceUs),
      sinceUs,
      pods: pods.length,
      isIdle: isIdle === true,
      services: `${services.slice(0, NAMED).join(', ')}${more}`,
    },
    evidence,
  };
}
