/**
 * A quota of the namespace is used up, so the API server refuses pods, Services or volume claims.
 *
 *   ReplicaSet      Error creating: pods "payment-…" is forbidden: exceeded quota: compute,
 *                   requested: requests.cpu=2, used: requests.cpu=9, limited: requests.cpu=10
 *   ResourceQuota   services   used 12   hard 12          Service cart is called, and does not exist
 */

import { defineDetector } from '#detect/detector.ts';
import { deadServices } from '#detect/signs/cluster/dead-services.ts';
import { pendingPod } from '#detect/signs/scheduling/pending-pod.ts';
import { type RefusedKind, type RefusingQuota, refusingQuota } from '#detect/signs/scheduling/refused-objects.ts';
import { type RefusedPods, refusedPods } from '#detect/signs/scheduling/refused-pods.ts';
import { USUAL_WHYS } from '#model/finding/detector-traits.ts';
import type { Evidence } from '#model/finding/evidence.ts';
import type { EvidenceItem, Sighting } from '#model/finding/finding.ts';
import type { Platform } from '#model/platform/platform.ts';
import {
  type Asked,
  citedEvents,
  earliest,
  instantText,
  latest,
  podsInQuestion,
  type SeenTime,
  seenTime,
  shortened,
} from '#model/platform/platform-pods.ts';
import { inWords } from '#model/text/in-words.ts';

export const quotaExceeded = defineDetector({
  id: 'quota-exceeded',
  title: 'Quota is used up',
  why: 'A rollout, a scale-out or the replacement of a lost pod is refused, in every workload of the namespace.',
  runbook: 'runbooks/quota-exceeded.md',
  clear: 'no quota refused a pod, a Service or a volume claim that others need',
  silent: [
    'It counts only while a workload or a Job lacks pods. A refusal before its pods came is history.',
    'The cluster does not record the refusal of a Service or a volume claim. A missing one counts if others need it and the list of quotas has none left.',
    'A quota that is used up is no finding if nothing is missing.',
    'Events are kept for one hour.',
  ],
  role: 'mechanism',
  field: 'capacity',
  coverage: 'pod',
  nextWhys: USUAL_WHYS,
  checkQueries: ['pod'],
  namesCause: 'never',
  needs: ['platform', 'window'],
  uses: ['requests', 'healthyRequests', 'logs'],
  thresholds: {
    minSeconds: {
      default: 60,
      min: 0,
      unit: 's',
      means: 'How long pods have been refused',
      why: 'While a rollout replaces pods, the old ones may fill the quota for seconds.',
    },
  },

  detect(evidence, { minSeconds }) {
    const time = seenTime(evidence);
    const refused = refusedPods(evidence, minSeconds, time).filter(({ refusal }) => refusal.cause === 'quota');
    const byQuota = Map.groupBy(refused, ({ workload, refusal }) => `${workload.namespace}\n${refusal.named}`);
    const missing = Map.groupBy(
      [...refusedServices(evidence), ...refusedClaims(evidence, minSeconds, time)],
      ({ by: { quota, limit } }) => `${quota.namespace}\n${quota.name}\n${limit.resource}`,
    );
    return [
      ...[...byQuota.values()].flatMap(([first, ...others]) =>
        first === undefined ? [] : [sightingOf([first, ...others])],
      ),
      ...[...missing.values()].flatMap(([first, ...others]) =>
        first === undefined ? [] : [ofMissing([first, ...others])],
      ),
    ];
  },

  say({ namespace, quota, resources, workloads, since, words, over, missing, amount }) {
    if (missing !== '')
      return {
        title: `Namespace ${namespace}: the quota ${quota} of ${resources} has nothing left for ${missing}`,
        headline: {
          what: `${inWords(String(missing))} cannot be created in ${inWords(namespace)}`,
          why: `the quota ${inWords(quota)} of ${resources} is used up`,
        },
        explanation: `${amount} are in use. Needed by ${workloads}: ${missing}, which ${String(missing).includes(' and ') ? 'do' : 'does'} not exist.`,
        remedy: `Delete what is not needed in ${namespace}, or have the quota ${quota} raised. Then apply the manifest again.`,
        check: `The quota is not used up (kubectl -n ${namespace} describe resourcequota), or nobody tried to create it.`,
      };
    const ended = over === '' ? '' : `; resolved at ${over}`;
    const of = resources === '' ? '' : ` of ${resources}`;
    return {
      title: `Namespace ${namespace}: the quota ${quota}${of} is used up, so ${workloads} cannot start pods${ended}`,
      headline: {
        what: `Pods in ${inWords(namespace)} ${over === '' ? 'cannot' : 'could not'} start`,
        why: `the quota ${inWords(quota)}${of} is used up`,
      },
      explanation: `The API server refuses pods of ${workloads} since ${since}. The message: “${words}”.`,
      remedy: `Scale down what is not needed in ${namespace}, or have the quota ${quota} raised. Old revisions of a rollout count, too.`,
      check: `The quota is not used up (kubectl -n ${namespace} describe resourcequota).`,
    };
  },
});

/** An object that others need, that does not exist, and for which a quota leaves no room. */
type Missing = Readonly<{
  what: string;
  neededBy: readonly string[];
  by: RefusingQuota;
  evidence: readonly EvidenceItem[];
}>;

function refusedServices(asked: Asked & Partial<Pick<Evidence, 'logs'>>): readonly Missing[] {
  return deadServices(asked).flatMap(({ cause, called, namespace, callers, evidence }) => {
    if (cause !== 'missing-service') return [];
    return missingOf(asked.platform, 'Service', { namespace, name: called, neededBy: callers, evidence });
  });
}

function refusedClaims(asked: Asked, minSeconds: number, time: SeenTime): readonly Missing[] {
  return podsInQuestion(asked).flatMap((own) => {
    const pending = pendingPod(own, asked.platform, { minSeconds, minScalingMinutes: 0 }, time);
    const [first] = pending?.refusals ?? [];
    if (pending === undefined || first?.cause !== 'volume-missing') return [];
    const of = { namespace: own.pod.namespace, name: first.named, neededBy: [own.service], evidence: pending.evidence };
    return missingOf(asked.platform, 'PersistentVolumeClaim', of);
  });
}

function missingOf(
  platform: Platform,
  kind: RefusedKind,
  { namespace, name, ...of }: Pick<Missing, 'neededBy' | 'evidence'> & Readonly<{ namespace: string; name: string }>,
): readonly Missing[] {
  const by = refusingQuota(platform, namespace, kind);
  return by === undefined ? [] : [{ what: `the ${KINDS[kind]} ${name}`, by, ...of }];
}

const KINDS: Readonly<Record<RefusedKind, string>> = { Service: 'Service', PersistentVolumeClaim: 'volume claim' };

function ofMissing(all: readonly [Missing, ...Missing[]]): Sighting {
  const [{ by, evidence }] = all;
  const { quota, limit } = by;
  const resource = resourceName(limit.resource);
  const ref = `resourcequota/${quota.namespace}/${quota.name}`;
  return {
    service: quota.namespace,
    facts: {
      namespace: quota.namespace,
      quota: quota.name,
      resources: resource,
      workloads: [...new Set(all.flatMap(({ neededBy }) => neededBy))].sort().join(', '),
      missing: [...new Set(all.map(({ what }) => what))].sort().join(' and '),
      amount: `${limit.used} of ${limit.hard} ${resource}`,
      words: '',
      since: '',
      over: '',
    },
    evidence: [
      { kind: 'event', ref, text: `${quota.name}: ${limit.resource} used ${limit.used}, hard ${limit.hard}` },
      ...evidence,
    ],
  };
}

/** More names say nothing more. */
const NAMED = 3;

function sightingOf(all: readonly [RefusedPods, ...RefusedPods[]]): Sighting {
  const [{ workload, refusal }] = all;
  const names = [...new Set(all.map((one) => one.workload.name))].sort();
  const more = names.length > NAMED ? ` and ${names.length - NAMED} more` : '';
  const sinceUs = earliest(all.map((one) => one.sinceUs));
  return {
    service: workload.namespace,
    facts: {
      namespace: workload.namespace,
      quota: refusal.named,
      resources: resourcesIn(refusal.words),
      workloads: `${names.slice(0, NAMED).join(', ')}${more}`,
      words: shortened(refusal.words),
      since: instantText(sinceUs),
      sinceUs,
      missing: '',
      amount: '',
      over: all.some((one) => Number.isNaN(one.overUs)) ? '' : instantText(latest(all.map((one) => one.overUs))),
    },
    evidence: citedEvents(all.flatMap(({ events }) => events)),
  };
}

/** `requested: requests.cpu=2,pods=1, used: …` is `CPU and pods`. */
function resourcesIn(words: string): string {
  const requested = words.split('requested: ')[1]?.split(', used:')[0] ?? '';
  const names = requested.split(',').map((one) => one.split('=')[0]?.trim() ?? '');
  const told = names.filter((name) => name !== '').map(resourceName);
  return [...new Set(told)].join(' and ');
}

function resourceName(name: string): string {
  return RESOURCES.get(name.replace(/^(?:.*\/)?(?:(?:requests|limits)\.)?/, '')) ?? name;
}

const RESOURCES: ReadonlyMap<string, string> = new Map([
  ['cpu', 'CPU'],
  ['memory', 'memory'],
  ['storage', 'storage'],
  ['pods', 'pods'],
  ['services', 'Services'],
  ['persistentvolumeclaims', 'volume claims'],
]);
