/** Clusters drawn by hand, as the Kubernetes API answers, and what detectors say of them. */
import { describe, expect, test } from 'vitest';
import { kubernetesBody, withoutSecrets } from '#decode/kubernetes-lists.ts';
import { platformOf } from '#decode/kubernetes-platform.ts';
import type { Detector } from '#detect/detector.ts';
import { runDetector, type ThresholdValues } from '#detect/run.ts';
import type { Evidence } from '#model/finding/evidence.ts';
import type { Finding } from '#model/finding/finding.ts';
import type { LogLine } from '#model/logs/log-line.ts';
import type { Series } from '#model/metrics/series.ts';
import type { Platform } from '#model/platform/platform.ts';
import type { Trace } from '#model/trace/trace.ts';

/** When the drawn clusters are asked: half past two, as in the guide. */
export const ASKED_US = Date.UTC(2025, 0, 6, 14, 30) * 1000;

/** Seconds before that, as the API writes it. */
export function ago(seconds: number): string {
  return new Date(ASKED_US / 1000 - seconds * 1000).toISOString().replace('.000Z', 'Z');
}

type Json = Readonly<Record<string, unknown>>;

/** Nobody asked about a time. */
export const NO_WINDOW = { service: '', fromUs: Number.NaN, toUs: Number.NaN };

/** The last half hour. */
export const WINDOW = { service: 'payment', fromUs: ASKED_US - 1800e6, toUs: ASKED_US };

export type DrawnContainer = Readonly<{
  name?: string;
  image?: string;
  init?: boolean;
  ready?: boolean;
  restarts?: number;
  /** One of them; without any it has been running for as long as the pod is there. */
  waiting?: Json;
  running?: Json;
  terminated?: Json;
  last?: Json;
  limits?: Json;
  requests?: Json;
  env?: readonly Json[];
  ports?: readonly Json[];
  /** By field: `readinessProbe`. */
  probes?: Json;
}>;

export type DrawnPod = Readonly<{
  name?: string;
  namespace?: string;
  labels?: Json;
  annotations?: Json;
  /** Seconds ago. */
  created?: number;
  phase?: string;
  /** The ReplicaSet, or kind and name of something else. */
  owner?: string | readonly [kind: string, name: string];
  node?: string;
  conditions?: readonly Json[];
  containers?: readonly DrawnContainer[];
  spec?: Json;
  metadata?: Json;
  status?: Json;
}>;

const CREATED_AGO = 1200;

export function pod({
  name = 'payment-7d4b9f6c8d-aaaaa',
  namespace = 'shop',
  labels = { app: 'payment' },
  annotations,
  created = CREATED_AGO,
  phase = 'Running',
  owner = 'payment-7d4b9f6c8d',
  node = 'node-1',
  conditions = [],
  containers = [{}],
  spec = {},
  metadata = {},
  status = {},
}: DrawnPod = {}): Json {
  const [kind, ownerName] = typeof owner === 'string' ? ['ReplicaSet', owner] : owner;
  const of = (init: boolean) => containers.filter((container) => (container.init ?? false) === init);
  return {
    kind: 'Pod',
    metadata: {
      name,
      namespace,
      labels,
      annotations,
      creationTimestamp: ago(created),
      ...(ownerName !== '' && {
        ownerReferences: [{ apiVersion: 'apps/v1', kind, name: ownerName, controller: true }],
      }),
      ...metadata,
    },
    spec: {
      ...(node !== '' && { nodeName: node }),
      initContainers: of(true).map(specOf),
      containers: of(false).map(specOf),
      ...spec,
    },
    status: {
      phase,
      conditions,
      ...(node !== '' && {
        initContainerStatuses: of(true).map((container) => statusOf(container, created)),
        containerStatuses: of(false).map((container) => statusOf(container, created)),
      }),
      ...status,
    },
  };
}

const IMAGE = 'registry.example.com/payment:1.4.2';

function specOf(container: DrawnContainer): Json {
  const { name = 'payment', image = IMAGE, limits = {}, requests = {}, env = [], ports, probes = {} } = container;
  return { name, image, env, ...(ports && { ports }), ...probes, resources: { limits, requests } };
}

function statusOf(
  { name = 'payment', image = IMAGE, ready = false, restarts = 0, waiting, running, terminated, last }: DrawnContainer,
  created: number,
): Json {
  const state = waiting
    ? { waiting }
    : terminated
      ? { terminated }
      : { running: running ?? { startedAt: ago(created - 5) } };
  return { name, image, ready, restartCount: restarts, state, lastState: last ? { terminated: last } : {} };
}

/** How a container ended. */
export function ended(
  reason: string,
  exitCode: number,
  { from = 100, to = 95, message }: { from?: number; to?: number; message?: string } = {},
): Json {
  return { reason, exitCode, startedAt: ago(from), finishedAt: ago(to), ...(message && { message }) };
}

export function event(
  reason: string,
  message: string,
  {
    about = ['Pod', 'payment-7d4b9f6c8d-aaaaa'],
    namespace = 'shop',
    first = 600,
    last = 20,
    count = 3,
    container = 'payment',
    type = 'Warning',
  }: {
    about?: readonly [kind: string, name: string];
    namespace?: string;
    first?: number;
    last?: number;
    count?: number | null;
    container?: string;
    type?: string;
  } = {},
): Json {
  const [kind, name] = about;
  const fieldPath = kind === 'Pod' && container !== '' ? { fieldPath: `spec.containers{${container}}` } : {};
  const where = kind === 'Node' ? { kind, name } : { kind, namespace, name, ...fieldPath };
  return {
    kind: 'Event',
    metadata: { name: `${name}.${reason}.${first}.${message.length}`, namespace },
    involvedObject: where,
    reason,
    message,
    type,
    count,
    firstTimestamp: ago(first),
    lastTimestamp: ago(last),
  };
}

/** A revision of Deployment `payment`; containers as in a pod. */
export function replicaSet(
  revision: number,
  {
    name = `payment-${revision}`,
    namespace = 'shop',
    created = CREATED_AGO,
    containers = [{}],
    replicas = 1,
    made,
    deployment = 'payment',
    template = {},
    metadata = {},
  }: Readonly<{
    name?: string;
    namespace?: string;
    created?: number;
    containers?: readonly DrawnContainer[];
    replicas?: number;
    /** How many pods it says that it has; without it those that are drawn count. */
    made?: number;
    deployment?: string;
    template?: Json;
    metadata?: Json;
  }> = {},
): Json {
  return {
    kind: 'ReplicaSet',
    metadata: {
      name,
      namespace,
      creationTimestamp: ago(created),
      annotations: { 'deployment.kubernetes.io/revision': `${revision}` },
      ownerReferences: [{ apiVersion: 'apps/v1', kind: 'Deployment', name: deployment, controller: true }],
      ...metadata,
    },
    ...(made !== undefined && { status: { replicas: made } }),
    spec: { replicas, template: { metadata: {}, spec: { containers: containers.map(specOf) }, ...template } },
  };
}

export function node(
  name: string,
  more: Readonly<{ cpu?: string; memory?: string; labels?: Json; spec?: Json; conditions?: readonly Json[] }> = {},
): Json {
  const { cpu = '4', memory = '8Gi', labels = {}, spec = {}, conditions = [] } = more;
  return { kind: 'Node', metadata: { name, labels }, spec, status: { allocatable: { cpu, memory }, conditions } };
}

/** A Service; by default its port leads to the same port of pods with its name. */
export function service(
  name: string,
  {
    namespace = 'shop',
    selector = { app: name },
    ports = [{ port: 80, targetPort: 8080 }],
    spec = {},
  }: Readonly<{ namespace?: string; selector?: Json; ports?: readonly Json[]; spec?: Json }> = {},
): Json {
  return { kind: 'Service', metadata: { name, namespace }, spec: { selector, ports, ...spec } };
}

/** A quota of a namespace: what is used of how much, by resource. */
export function quota(name: string, amounts: Readonly<Record<string, readonly [used: string, hard: string]>>): Json {
  const of = (at: 0 | 1) => Object.fromEntries(Object.entries(amounts).map(([resource, all]) => [resource, all[at]]));
  return { kind: 'ResourceQuota', metadata: { name, namespace: 'shop' }, status: { used: of(0), hard: of(1) } };
}

/** The condition of a pod for which no node was found. */
export function unschedulable(message: string, since = 600): Json {
  return { type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message, lastTransitionTime: ago(since) };
}

/** A body of such objects, with the time at which they were asked for. */
export function listed(objects: readonly Json[]): string {
  return JSON.stringify([{ kind: 'Asked', at: ago(0) }, JSON.parse(printed(objects))]);
}

/** As `kubectl get … -o json` prints them: nothing says when. */
export function printed(objects: readonly Json[]): string {
  return JSON.stringify({ kind: 'List', apiVersion: 'v1', items: objects }, null, 4);
}

export function cluster(objects: readonly Json[], write = listed): Platform {
  const body = kubernetesBody('platform.json');
  body.push(new TextEncoder().encode(write(objects)));
  return platformOf(withoutSecrets(body.end()));
}

/** The condition of a pod that says whether it is ready, and for how many seconds. */
export function ready(since: number, status = 'True'): Json {
  return { type: 'Ready', status, lastTransitionTime: ago(since) };
}

type Drawn = Readonly<{
  objects: readonly Json[];
  /** How they are written. @default listed */
  write?: typeof listed;
  window?: Evidence['window'];
  requests?: readonly Trace[];
  logs?: readonly LogLine[];
  metrics?: readonly Series[];
  thresholds?: ThresholdValues;
}>;

type Expected = Readonly<{
  service?: string;
  title?: RegExp;
  explanation?: RegExp;
  remedy?: RegExp;
  facts?: Readonly<Record<string, unknown>>;
}>;

/** Positive cases and nearest misses of one detector of the platform; every case is also held to what all of them promise. */
export function testPlatformDetector(
  detector: Detector,
  cases: Readonly<{
    clear: Readonly<Record<string, Drawn>>;
    found: Readonly<Record<string, Drawn & Readonly<{ sightings: readonly Expected[] }>>>;
  }>,
): void {
  describe(`${detector.id} stays silent on`, () => {
    test.each(Object.entries(cases.clear))('%s', (_, drawn) => {
      expect(platformFindings(detector, drawn).map(({ title }) => title)).toEqual([]);
    });
  });

  describe(`${detector.id} finds`, () => {
    test.each(Object.entries(cases.found))('%s', (_, { sightings, ...drawn }) => {
      const findings = platformFindings(detector, drawn);
      expect(findings).toMatchObject(
        sightings.map((sighting) =>
          Object.fromEntries(
            Object.entries(sighting).map(([key, value]) => [
              key,
              value instanceof RegExp ? expect.stringMatching(value) : value,
            ]),
          ),
        ),
      );
      expect(platformFindings(detector, { ...drawn, objects: drawn.objects.toReversed() })).toEqual(findings);
      for (const { title, explanation, remedy, check, evidence = [] } of findings) {
        expect(evidence.length).toBeGreaterThan(0);
        for (const { kind, ref } of evidence) expect(`${kind} ${ref}`).toMatch(/^(?:event \w+\/\S+|log \d{19})$/);
        for (const words of [title, explanation, remedy, check]) {
          expect(words).toMatch(/^[^\n]*\w[^\n]*$/);
          expect(words).not.toMatch(/undefined|NaN|Infinity|\bnull\b|\[object| {2}/);
        }
      }
    });
  });
}

export function platformFindings(
  detector: Detector,
  { objects, write, window = WINDOW, requests, logs, metrics, thresholds }: Drawn,
): readonly Finding[] {
  const evidence = {
    platform: cluster(objects, write),
    window,
    ...(requests && { requests }),
    ...(logs && { logs }),
    ...(metrics && { metrics }),
  };
  const outcome = runDetector(detector, evidence, thresholds);
  if (outcome.kind === 'broken') throw outcome.error;
  return outcome.kind === 'found' ? outcome.findings : [];
}
