/** Objects of a cluster beside pods, nodes and Services: quotas, volumes, jobs, autoscalers, ingresses, policies. */

import { instantIn, numberIn, objectIn, objectsIn, textIn } from '#decode/json-value.ts';
import { conditionsIn, namedBy, namesIn, ownerOf, quantityIn, textsIn } from '#decode/kubernetes-values.ts';
import type {
  Autoscaler,
  Certificate,
  ClusterObjects,
  CronJob,
  Ingress,
  IngressBackend,
  Job,
  LabelSelector,
  LabelTerm,
  NetworkPolicy,
  PolicyPeer,
  PolicyRule,
  Quota,
  ScaledMetric,
  ServiceEndpoints,
  Volume,
} from '#model/platform/cluster-objects.ts';
import { isObject, type JsonObject } from '#model/text/json-object.ts';

/** `wasListed`: whether a list of that kind was read, even if it holds nothing. */
export function clusterObjectsOf(
  of: (kind: string) => readonly JsonObject[],
  wasListed: (kind: string) => boolean,
): ClusterObjects {
  const areEndpointsListed = wasListed('EndpointSlice') || wasListed('Endpoints');
  return {
    quotas: wasListed('ResourceQuota') ? of('ResourceQuota').map(quotaOf) : undefined,
    volumes: wasListed('PersistentVolume') ? of('PersistentVolume').map(volumeOf) : undefined,
    jobs: of('Job').map(jobOf),
    cronJobs: of('CronJob').map(cronJobOf),
    autoscalers: of('HorizontalPodAutoscaler').map(autoscalerOf),
    ingresses: of('Ingress').map(ingressOf),
    policies: of('NetworkPolicy').map(policyOf),
    certificates: of('Certificate').map(certificateOf),
    endpoints: areEndpointsListed ? endpointsOf(of('EndpointSlice'), of('Endpoints')) : undefined,
  };
}

function quotaOf(quota: JsonObject): Quota {
  const status = objectIn(quota, 'status');
  const [hard, used] = [textsIn(status, 'hard'), textsIn(status, 'used')];
  return {
    ...namedBy(quota),
    limits: Object.entries(hard).map(([resource, most]) => {
      const [limit, taken] = [quantityIn(hard, resource), quantityIn(used, resource)];
      return { resource, hard: most, used: used[resource] ?? '', isUsedUp: taken >= limit };
    }),
  };
}

function volumeOf(volume: JsonObject): Volume {
  const spec = objectIn(volume, 'spec');
  const claim = objectIn(spec, 'claimRef');
  return {
    name: namedBy(volume).name,
    phase: textIn(objectIn(volume, 'status'), 'phase'),
    storageClass: textIn(spec, 'storageClassName'),
    capacity: quantityIn(objectIn(spec, 'capacity'), 'storage'),
    accessModes: namesIn(spec, 'accessModes'),
    claim: textIn(claim, 'name') === '' ? '' : `${textIn(claim, 'namespace')}/${textIn(claim, 'name')}`,
    labels: textsIn(objectIn(volume, 'metadata'), 'labels'),
  };
}

function jobOf(job: JsonObject): Job {
  const [metadata, spec, status] = [objectIn(job, 'metadata'), objectIn(job, 'spec'), objectIn(job, 'status')];
  const owner = ownerOf(job);
  const cronJob = owner?.kind === 'CronJob' ? owner.name : '';
  const labels = textsIn(metadata, 'labels');
  const services = [labels['app.kubernetes.io/name'], labels.app, cronJob, textIn(metadata, 'name')];
  return {
    ...namedBy(job),
    uid: textIn(metadata, 'uid'),
    createdUs: instantIn(metadata, 'creationTimestamp'),
    cronJob,
    services: [...new Set(services.filter((name) => name !== undefined && name !== ''))] as readonly string[],
    failed: numberIn(status, 'failed'),
    succeeded: numberIn(status, 'succeeded'),
    isSuspended: spec.suspend === true,
    conditions: conditionsIn(status),
  };
}

function cronJobOf(cronJob: JsonObject): CronJob {
  const [spec, status] = [objectIn(cronJob, 'spec'), objectIn(cronJob, 'status')];
  return {
    ...namedBy(cronJob),
    isSuspended: spec.suspend === true,
    isExclusive: spec.concurrencyPolicy === 'Forbid',
    schedule: textIn(spec, 'schedule'),
    lastScheduleUs: instantIn(status, 'lastScheduleTime'),
    lastSuccessUs: instantIn(status, 'lastSuccessfulTime'),
  };
}

function autoscalerOf(autoscaler: JsonObject): Autoscaler {
  const [spec, status] = [objectIn(autoscaler, 'spec'), objectIn(autoscaler, 'status')];
  const target = objectIn(spec, 'scaleTargetRef');
  const named = namedBy(autoscaler);
  return {
    ...named,
    target: { kind: textIn(target, 'kind'), namespace: named.namespace, name: textIn(target, 'name') },
    most: numberIn(spec, 'maxReplicas'),
    current: numberIn(status, 'currentReplicas'),
    desired: numberIn(status, 'desiredReplicas'),
    conditions: conditionsIn(status),
    metrics: scaledMetrics(spec, status),
  };
}

/** `autoscaling/v2`; `autoscaling/v1` has only the CPU. */
function scaledMetrics(spec: JsonObject, status: JsonObject): readonly ScaledMetric[] {
  if ('targetCPUUtilizationPercentage' in spec) {
    const current = numberOrNaN(status, 'currentCPUUtilizationPercentage');
    return [{ name: 'cpu', current, target: numberIn(spec, 'targetCPUUtilizationPercentage') }];
  }
  const currents = objectsIn(status, 'currentMetrics').map(metricParts);
  return objectsIn(spec, 'metrics').map((metric) => {
    const { key, name, of } = metricParts(metric);
    const target = objectIn(of, 'target');
    const current = currents.find((one) => one.key === key);
    return { name, ...measured(target, objectIn(current?.of ?? {}, 'current')) };
  });
}

/** `{type: Resource, resource: {name: cpu, …}}`, or the metric of pods, of an object, of something outside. */
function metricParts(metric: JsonObject): Readonly<{ key: string; name: string; of: JsonObject }> {
  const type = textIn(metric, 'type');
  const of = objectIn(metric, type.slice(0, 1).toLowerCase() + type.slice(1));
  const name = textIn(of, 'name') || textIn(objectIn(of, 'metric'), 'name');
  return { key: `${type}/${textIn(of, 'container')}/${name}`, name, of };
}

const MEASURES = ['averageUtilization', 'averageValue', 'value'] as const;

function measured(target: JsonObject, current: JsonObject): Pick<ScaledMetric, 'current' | 'target'> {
  const measure = MEASURES.find((one) => one in target) ?? 'value';
  return { current: quantityIn(current, measure), target: quantityIn(target, measure) };
}

function numberOrNaN(parent: JsonObject, key: string): number {
  return key in parent ? numberIn(parent, key) : Number.NaN;
}

function ingressOf(ingress: JsonObject): Ingress {
  const spec = objectIn(ingress, 'spec');
  const paths = objectsIn(spec, 'rules').flatMap((rule) =>
    objectsIn(objectIn(rule, 'http'), 'paths').flatMap((path) =>
      backendOf(`${textIn(rule, 'host')}${textIn(path, 'path')}`, objectIn(path, 'backend')),
    ),
  );
  const byDefault = objectIn(spec, 'defaultBackend');
  const secrets = objectsIn(spec, 'tls').map((one) => textIn(one, 'secretName'));
  return { ...namedBy(ingress), backends: [...paths, ...backendOf('every other path', byDefault)], secrets };
}

/** A backend may be another kind of object (`resource`): then there is no Service to look for. */
function backendOf(route: string, backend: JsonObject): IngressBackend[] {
  const service = objectIn(backend, 'service');
  const name = textIn(service, 'name') || textIn(backend, 'serviceName');
  const port = objectIn(service, 'port');
  const said = textIn(port, 'name') || textIn(port, 'number') || textIn(backend, 'servicePort');
  return name === '' ? [] : [{ route, service: name, port: said }];
}

function policyOf(policy: JsonObject): NetworkPolicy {
  const spec = objectIn(policy, 'spec');
  const types = namesIn(spec, 'policyTypes');
  const { namespace, name } = namedBy(policy);
  const rules = (key: string, peers: string) =>
    objectsIn(spec, key).map((rule) => ruleOf(rule, objectsIn(rule, peers), namespace));
  return {
    namespace,
    name,
    pods: selectorIn(spec, 'podSelector'),
    // Without types, each policy limits ingress, and egress where it has such rules.
    from: types.length === 0 || types.includes('Ingress') ? rules('ingress', 'from') : undefined,
    to: types.includes('Egress') || (types.length === 0 && 'egress' in spec) ? rules('egress', 'to') : undefined,
  };
}

function ruleOf(rule: JsonObject, peers: readonly JsonObject[], namespace: string): PolicyRule {
  const ports = objectsIn(rule, 'ports').map((port) => ('endPort' in port ? '' : textIn(port, 'port')));
  return {
    peers: peers.map((peer) => peerOf(peer, namespace)),
    // A rule without a number allows every port of its protocol; a range is not read.
    ports: ports.includes('') ? [] : ports,
  };
}

function peerOf(peer: JsonObject, own: string): PolicyPeer {
  const pods = 'podSelector' in peer ? selectorIn(peer, 'podSelector') : undefined;
  if (!isObject(peer.namespaceSelector)) return { pods, namespace: own, isUnknown: 'ipBlock' in peer };
  const wanted = selectorIn(peer, 'namespaceSelector');
  const [first, ...more] = wanted;
  if (first === undefined) return { pods, namespace: '', isUnknown: false };
  const isName = first.key === 'kubernetes.io/metadata.name' && first.operator === 'In' && first.values.length === 1;
  return { pods, namespace: first.values[0] ?? '', isUnknown: !isName || more.length > 0 };
}

function selectorIn(parent: JsonObject, key: string): LabelSelector {
  const selector = objectIn(parent, key);
  const labels = Object.entries(textsIn(selector, 'matchLabels')).map(
    ([label, value]): LabelTerm => ({ key: label, operator: 'In', values: [value] }),
  );
  const expressions = objectsIn(selector, 'matchExpressions').map((one): LabelTerm => {
    const operator = textIn(one, 'operator') as LabelTerm['operator'];
    return { key: textIn(one, 'key'), operator, values: namesIn(one, 'values') };
  });
  return [...labels, ...expressions];
}

function certificateOf(certificate: JsonObject): Certificate {
  const [spec, status] = [objectIn(certificate, 'spec'), objectIn(certificate, 'status')];
  return {
    ...namedBy(certificate),
    secret: textIn(spec, 'secretName'),
    names: namesIn(spec, 'dnsNames'),
    conditions: conditionsIn(status),
    notAfterUs: instantIn(status, 'notAfter'),
  };
}

/** Several slices may belong to one Service. An address without a condition counts as ready. */
function endpointsOf(slices: readonly JsonObject[], old: readonly JsonObject[]): readonly ServiceEndpoints[] {
  const counted = [
    ...slices.map((slice) => {
      const { namespace, name } = namedBy(slice);
      const service = textsIn(objectIn(slice, 'metadata'), 'labels')['kubernetes.io/service-name'] ?? name;
      const all = objectsIn(slice, 'endpoints').filter((one) => objectIn(one, 'conditions').ready !== false);
      return { namespace, name: service, ready: all.length, ports: portNamesIn(slice) };
    }),
    ...old.map((endpoints) => {
      const subsets = objectsIn(endpoints, 'subsets');
      const ready = subsets.reduce((sum, subset) => sum + objectsIn(subset, 'addresses').length, 0);
      return { ...namedBy(endpoints), ready, ports: subsets.flatMap(portNamesIn) };
    }),
  ];
  const byService = Map.groupBy(counted, ({ namespace, name }) => `${namespace}/${name}`);
  return [...byService.values()].flatMap((own) => {
    const [first] = own;
    const ready = Math.max(...own.map((one) => one.ready));
    return first === undefined ? [] : [{ ...first, ready, ports: own.flatMap(({ ports }) => ports) }];
  });
}

function portNamesIn(endpoints: JsonObject): readonly string[] {
  return objectsIn(endpoints, 'ports').map((port) => textIn(port, 'name'));
}
