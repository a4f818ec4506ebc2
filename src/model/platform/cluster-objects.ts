/**
 * Objects of a cluster beside pods, nodes and Services: what limits, calls, schedules and protects them. Times in
 * microseconds since the epoch, NaN where unknown.
 */
import type { Condition, ObjectName } from '#model/platform/object-parts.ts';

/** Undefined where a list was not read; empty where it was read and holds nothing. */
export type ClusterObjects = Readonly<{
  quotas: readonly Quota[] | undefined;
  volumes: readonly Volume[] | undefined;
  jobs: readonly Job[];
  cronJobs: readonly CronJob[];
  autoscalers: readonly Autoscaler[];
  ingresses: readonly Ingress[];
  policies: readonly NetworkPolicy[];
  certificates: readonly Certificate[];
  endpoints: readonly ServiceEndpoints[] | undefined;
}>;

type Named = Readonly<{ namespace: string; name: string }>;

/** What a namespace may use in all. */
export type Quota = Named & Readonly<{ limits: readonly QuotaLimit[] }>;

/** `resource` as written: `services`, `count/services`, `requests.storage`. `used` and `hard` as written: `10Gi`. */
export type QuotaLimit = Readonly<{ resource: string; used: string; hard: string; isUsedUp: boolean }>;

/** `capacity` in bytes. `claim`: the claim that holds it, `shop/data-0`; empty where it is free. */
export type Volume = Readonly<{
  name: string;
  phase: string;
  storageClass: string;
  capacity: number;
  accessModes: readonly string[];
  claim: string;
  labels: Readonly<Record<string, string>>;
}>;

export type Job = Named &
  Readonly<{
    uid: string;
    createdUs: number;
    /** The CronJob that made it; otherwise empty. */
    cronJob: string;
    /** Possible names of its service. */
    services: readonly string[];
    /** How many of its pods failed and succeeded. */
    failed: number;
    succeeded: number;
    isSuspended: boolean;
    conditions: readonly Condition[];
  }>;

export type CronJob = Named &
  Readonly<{
    isSuspended: boolean;
    /** Only one run at a time: the next ones are left out. */
    isExclusive: boolean;
    schedule: string;
    lastScheduleUs: number;
    lastSuccessUs: number;
  }>;

export type Autoscaler = Named &
  Readonly<{
    /** What it scales. */
    target: ObjectName;
    most: number;
    current: number;
    desired: number;
    conditions: readonly Condition[];
    metrics: readonly ScaledMetric[];
  }>;

/** `current` and `target` in the same unit: percent, or a quantity. NaN where it is not known. */
export type ScaledMetric = Readonly<{ name: string; current: number; target: number }>;

/** `secrets`: the Secrets with the certificates that it presents. */
export type Ingress = Named & Readonly<{ backends: readonly IngressBackend[]; secrets: readonly string[] }>;

/** `route`: host and path. `port`: a number, or the name of a port of the Service. */
export type IngressBackend = Readonly<{ route: string; service: string; port: string }>;

export type NetworkPolicy = Named &
  Readonly<{
    /** The pods to which it applies. */
    pods: LabelSelector;
    /** The allowed peers of connections to them; undefined where it does not limit these. */
    from: readonly PolicyRule[] | undefined;
    /** The allowed peers of connections from them; undefined where it does not limit these. */
    to: readonly PolicyRule[] | undefined;
  }>;

/** Without peers, everybody; without ports, every port. */
export type PolicyRule = Readonly<{ peers: readonly PolicyPeer[]; ports: readonly string[] }>;

/** `isUnknown`: blocks of addresses and labels of namespaces, which nobody listed. */
export type PolicyPeer = Readonly<{
  /** Undefined for all pods. */
  pods: LabelSelector | undefined;
  /** Empty for all namespaces. */
  namespace: string;
  isUnknown: boolean;
}>;

/** Kubernetes' selector: all of these must hold. `values` is empty for `Exists` and `DoesNotExist`. */
export type LabelSelector = readonly LabelTerm[];
export type LabelTerm = Readonly<{
  key: string;
  operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist';
  values: readonly string[];
}>;

/** Of cert-manager. */
export type Certificate = Named &
  Readonly<{
    /** The Secret that holds it. Only its name is known. */
    secret: string;
    names: readonly string[];
    conditions: readonly Condition[];
    notAfterUs: number;
  }>;

/** How many addresses behind a Service are ready, and the names of their ports, from its EndpointSlices or Endpoints. */
export type ServiceEndpoints = Named & Readonly<{ ready: number; ports: readonly string[] }>;

export function isSelectedBy(labels: Readonly<Record<string, string>>, selector: LabelSelector): boolean {
  return selector.every(({ key, operator, values }) => {
    const value = labels[key];
    if (operator === 'Exists') return value !== undefined;
    if (operator === 'DoesNotExist') return value === undefined;
    const isIn = value !== undefined && values.includes(value);
    return operator === 'In' ? isIn : !isIn;
  });
}
