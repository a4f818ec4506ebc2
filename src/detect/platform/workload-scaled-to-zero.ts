/**
 * A workload that others call wants no pod.
 *
 *   Deployment cart   replicas 0 of 0              Service cart exists
 *   web               No servers available for service: cart      ← somebody misses it
 */

import { defineDetector } from '#detect/detector.ts';
import { type EmptiedWorkload, emptiedWorkloads } from '#detect/signs/cluster/emptied-workloads.ts';
import { USUAL_WHYS } from '#model/finding/detector-traits.ts';
import type { Sighting } from '#model/finding/finding.ts';
import { citedEvents, instantText, seenTime } from '#model/platform/platform-pods.ts';
import { counted } from '#model/text/count-text.ts';
import { inWords } from '#model/text/in-words.ts';

export const workloadScaledToZero = defineDetector({
  id: 'workload-scaled-to-zero',
  title: 'Workload is scaled to zero',
  why: 'Nothing is broken and nothing restarts: no pod exists that could show an error.',
  runbook: 'runbooks/workload-scaled-to-zero.md',
  clear: 'every workload that others call wants a pod',
  silent: [
    'A workload at zero that no Service and no address names is switched off on purpose.',
    'Where nobody complains about it, it is only mentioned.',
    'It cannot tell a person from an autoscaler: look for a KEDA or Knative object.',
  ],
  role: 'mechanism',
  field: 'configuration',
  coverage: 'pod',
  nextWhys: USUAL_WHYS,
  checkQueries: ['pod'],
  namesCause: 'never',
  needs: ['platform', 'window'],
  uses: ['requests', 'healthyRequests', 'logs'],
  thresholds: {
    minComplaints: {
      default: 3,
      min: 1,
      unit: 'lines',
      means: 'Log lines that report failed calls to it; fewer make it a remark',
      why: 'While pods are replaced, a client fails once or twice and tries again.',
    },
  },

  detect(evidence, { minComplaints }) {
    return emptiedWorkloads(evidence, seenTime(evidence)).map((one) => sightingOf(one, minComplaints));
  },

  say({ service, kind, name, namespace, since, complaints }) {
    const failing =
      Number(complaints) === 0
        ? 'No log line complains about it'
        : `${counted(Number(complaints), 'log line')} of others report failed calls to it`;
    return {
      title: `${service} has no pods: its ${kind} ${name} is scaled to 0 replicas`,
      headline: { what: `${inWords(service)} has no pods`, why: `its ${kind} is scaled to zero` },
      explanation: `${kind} ${name} in ${namespace} wants no pod${since === '' ? '' : `, since ${since}`}. ${failing}.`,
      remedy: `Scale ${name} up (kubectl -n ${namespace} scale ${String(kind).toLowerCase()} ${name} --replicas=1), after you know who scaled it down and why.`,
      check: 'It is switched off on purpose, and nobody calls it.',
    };
  },
});

function sightingOf(
  { workload, service, complaints, isAskedFor, events, sinceUs }: EmptiedWorkload,
  minComplaints: number,
): Sighting {
  const { kind, namespace, name } = workload;
  const ref = `${kind.toLowerCase()}/${namespace}/${name}`;
  return {
    service,
    facts: {
      kind,
      name,
      namespace,
      complaints,
      ready: 0,
      since: instantText(sinceUs),
      sure: isAskedFor || complaints >= minComplaints,
      ...(Number.isFinite(sinceUs) && { sinceUs }),
    },
    evidence: [{ kind: 'event', ref, text: `${name}: 0 of 0 replicas` }, ...citedEvents(events)],
  };
}
