/** Puts an incident on legal hold, and releases it. */
import type { Incident } from '#model/incident/incident.ts';
import { type Hold, holdIncident, holds, releaseIncident } from '#record/holds.ts';
import type { Store } from '#record/store.ts';
import { findIncidentNamed } from '#workflows/incidents/find-incident.ts';

export type HoldRequest = Readonly<{ incident: string; by: string; reason: string; isRelease: boolean }>;

/** `changed` is false if the incident was in that state already, for that reason. Throws IncidentNotFoundError. */
export async function changeHold(
  store: Store,
  { incident: named, by, reason, isRelease }: HoldRequest,
): Promise<Readonly<{ incident: Incident; changed: boolean }>> {
  const incident = await findIncidentNamed(store, named);
  const changed = await store.transaction((tx) =>
    isRelease ? releaseIncident(tx, { incident, by }) : holdIncident(tx, { incident, by, reason }),
  );
  return { incident, changed };
}

export async function listHolds(store: Store): Promise<readonly Hold[]> {
  return await holds(store);
}
