/** The audit log of what somebody outside of Slack was shown: which incident, what of it, and who. */
import type { Incident } from '#model/incident/incident.ts';
import { auditIncident } from '#record/audit.ts';
import type { Store } from '#record/store.ts';

export async function noteShown(
  store: Store,
  { actor, what }: Readonly<{ actor: string; what: 'incident' | 'similar' }>,
  incidents: readonly Incident[],
): Promise<void> {
  if (incidents.length === 0) return;
  await store.transaction(async (tx) => {
    for (const incident of incidents) await auditIncident(tx, incident, actor, 'incident.shown', { what });
  });
}
