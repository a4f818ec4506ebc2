/** The audit log of what somebody outside of Slack was shown, or put back: which incident, what of it, and who. */
import type { Incident } from '#model/incident/incident.ts';
import { audit, auditIncident } from '#record/audit.ts';
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

/** What the operator read on the command line: of one incident, or of the whole store. */
export type OperatorsRead = Readonly<{ what: string; incident?: Incident }>;

/** `user`: the account of the machine. Throws if the store cannot be written. */
export async function noteOperatorsRead(
  store: Store,
  { what, incident, user }: OperatorsRead & Readonly<{ user: string }>,
): Promise<void> {
  const [actor, detail] = ['command line', { what, user }];
  await store.transaction((tx) =>
    incident === undefined
      ? audit(tx, { workspaceId: '', actor, action: 'record.shown', subject: what, detail })
      : auditIncident(tx, incident, actor, 'incident.shown', detail),
  );
}

/** The operator put a backup in the place of the store: the log ends earlier than it did, and says so. Throws if the store cannot be written. */
export async function noteRestored(store: Store, { user }: Readonly<{ user: string }>): Promise<void> {
  await store.transaction((tx) =>
    audit(tx, {
      workspaceId: '',
      actor: 'command line',
      action: 'record.restored',
      subject: 'backup',
      detail: { user },
    }),
  );
}
