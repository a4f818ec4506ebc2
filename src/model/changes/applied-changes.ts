/** The changes that can have an effect: a commit has none until it is deployed. */
import type { Change } from '#model/changes/change.ts';
import { serviceKey } from '#model/incident/alert-service.ts';

/**
 * Without the commits of services whose deploys are known: of those, the deploy counts. A deploy of another service says
 * nothing about how a service gets its commits.
 */
export function appliedChanges(changes: readonly Change[]): readonly Change[] {
  const deployed = new Set(changes.flatMap(({ kind, service }) => (kind === 'deploy' ? [serviceKey(service)] : [])));
  if (deployed.size === 0) return changes;
  const isDeployed = (service: string) =>
    service === '' || deployed.has(serviceKey('')) || deployed.has(serviceKey(service));
  return changes.filter(({ kind, service }) => kind !== 'commit' || !isDeployed(service));
}
