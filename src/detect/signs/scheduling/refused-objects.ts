/**
 * Services and volume claims that do not exist, and whether a quota of their namespace refuses them. The API server tells
 * only the person who creates them.
 */
import type { Quota, QuotaLimit } from '#model/platform/cluster-objects.ts';
import type { Platform } from '#model/platform/platform.ts';

/** The resources of a quota that count each kind (Kubernetes, Resource Quotas). */
const COUNTED = {
  Service: /^(?:count\/)?services$/,
  PersistentVolumeClaim:
    /^(?:.+\.storageclass\.storage\.k8s\.io\/)?(?:(?:count\/)?persistentvolumeclaims|requests\.storage)$/,
} as const;

export type RefusedKind = keyof typeof COUNTED;
export type RefusingQuota = Readonly<{ quota: Quota; limit: QuotaLimit }>;

/** The quota of this namespace that has nothing left for another such object. */
export function refusingQuota(
  { quotas = [] }: Pick<Platform, 'quotas'>,
  namespace: string,
  kind: RefusedKind,
): RefusingQuota | undefined {
  const own = quotas.filter((quota) => quota.namespace === namespace);
  return own
    .flatMap((quota) => quota.limits.map((limit) => ({ quota, limit })))
    .find(({ limit }) => limit.isUsedUp && COUNTED[kind].test(limit.resource));
}

/** What nobody read and could show why an object is missing; empty where the quotas are known. */
export function unreadQuotas({ quotas }: Pick<Platform, 'quotas'>): string {
  return quotas === undefined ? 'the quotas of the namespace (kubectl get resourcequota)' : '';
}
