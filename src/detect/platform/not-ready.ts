/**
 * A container runs but its pod is not ready, so Services send it nothing.
 *
 *   pod payment-7d4b9-aaaaa   Running 0/1 for 4 min
 *   Unhealthy × 24            Readiness probe failed: dial tcp 10.0.0.7:8081: connect: connection refused
 *   readinessProbe            port 8081, containerPort 8080                      ← the reason
 */

import { defineDetector } from '#detect/detector.ts';
import { type UnreadyPod, unreadyPods } from '#detect/signs/cluster/unready-pods.ts';
import { correctProbe } from '#detect/signs/containers/crash-causes.ts';
import { USUAL_WHYS } from '#model/finding/detector-traits.ts';
import type { Facts, Sighting } from '#model/finding/finding.ts';
import type { Platform } from '#model/platform/platform.ts';
import { byOwner, citedEvents, downFacts, seenTime, shortened, stateItem } from '#model/platform/platform-pods.ts';
import { inWords, withOneNumber, withoutBrackets } from '#model/text/in-words.ts';

export const notReady = defineDetector({
  id: 'not-ready',
  title: 'Pod runs but is not ready',
  why: 'Services leave the pod out. Without other pods its callers get errors, although everything is Running.',
  runbook: 'runbooks/not-ready.md',
  clear: 'every pod that runs is ready',
  silent: [
    'It allows for the start as much time as the probes do.',
    'It ignores pods on a troubled node and containers that restart in a loop. If no probe and no gate fails, and no rollout stopped, the answer only lists the pod as not ready.',
    'The reason comes from the kubelet and from the ports of the manifest. A container may listen on other ports.',
    'It looks only at pods of services that the alert or its requests name.',
  ],
  role: 'mechanism',
  field: 'configuration',
  coverage: 'pod',
  nextWhys: USUAL_WHYS,
  checkQueries: ['pod', 'log'],
  namesCause: 'never',
  needs: ['platform', 'window'],
  uses: ['requests', 'healthyRequests'],
  thresholds: {
    minSeconds: {
      default: 60,
      min: 0,
      unit: 's',
      means: 'How long the pod has been running without being ready, beyond what its probes allow for a start',
      why: 'The kubelet asks every ten seconds by default, and marks the pod after three failures.',
    },
  },

  detect(evidence, { minSeconds }) {
    const unready = unreadyPods(evidence, minSeconds, seenTime(evidence));
    return byOwner(unready, ({ container, because }) => `${container}\n${because}`).map((own) =>
      sightingOf(own, evidence.platform),
    );
  },

  say(facts) {
    const { service, probe, because, words, pods, since, serving } = facts;
    const is = reasonText(String(probe), String(because));
    return {
      title: `${service} runs but is not ready: ${is}`,
      headline: {
        what: `${inWords(service)} runs but is not ready`,
        why: withOneNumber(withoutBrackets(is)),
      },
      explanation: `Services send nothing to ${pods}${since === '' ? '' : `, since ${since}`}.${words === '' ? '' : ` ${sayerOf(facts)}: “${words}”.`} ${serving}`,
      remedy: remedyOf(facts),
      check: 'The probe’s endpoint answers from inside the container, well within its timeout.',
    };
  },
});

function sayerOf({ container, probe }: Facts): string {
  if (probe === 'rollout') return 'The Deployment says';
  return `The kubelet says${container === '' ? '' : ` of container ${container}`}`;
}

function remedyOf({ service, container, probe, because }: Facts): string {
  if (probe === 'readiness gate') return `Find out what should set the readiness gate of ${service}: ${because}.`;
  if (probe === 'rollout')
    return `Roll ${service} back, so that no rollout waits. Then read the log and the probes of the new pod.`;
  if (/asks|path/.test(String(because))) return correctProbe(String(probe), String(because), String(service));
  return `Find out why ${service} does not answer its ${probe} probe: read the log of ${container === '' ? 'its container' : `container ${container}`}, and look at what it waits for.`;
}

function reasonText(probe: string, because: string): string {
  if (probe === 'readiness gate') return because;
  if (probe === 'rollout') return `its rollout stopped, because ${because}`;
  return `its ${probe} probe fails${because === '' ? '' : `: ${because}`}`;
}

function sightingOf(own: readonly [UnreadyPod, ...UnreadyPod[]], platform: Platform): Sighting {
  const [{ pod, service, container, probe, because, words, events, state }] = own;
  return {
    service,
    facts: {
      container,
      probe,
      because,
      words: shortened(words),
      ...downFacts(own, platform, Math.min(...own.map(({ sinceUs }) => sinceUs))),
    },
    evidence: [stateItem(pod, `${pod.name}: ${state}`), ...citedEvents(events)],
  };
}
