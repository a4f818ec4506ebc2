/** The fingerprints of diagnoses. Deleted with their investigation. */
import type { Fingerprint } from '#model/finding/fingerprint.ts';
import type { Reader, Tx } from '#record/store.ts';

export type KnownFingerprint = Readonly<{ investigationId: string; incidentId: string; fingerprint: Fingerprint }>;

/** For a finished investigation, once. */
export async function noteFingerprint(
  tx: Tx,
  { investigationId, fingerprint }: Readonly<{ investigationId: string; fingerprint: Fingerprint }>,
): Promise<void> {
  const { workspace_id } = await tx.db
    .selectFrom('investigations')
    .select('workspace_id')
    .where('id', '=', investigationId)
    .executeTakeFirstOrThrow();
  const features = JSON.stringify(fingerprint);
  await tx.db
    .insertInto('fingerprints')
    .values({ investigation_id: investigationId, workspace_id, features, noted_us: tx.nowUs })
    .onConflict((conflict) => conflict.column('investigation_id').doUpdateSet({ features, noted_us: tx.nowUs }))
    .execute();
}

/** Undefined if nothing was wrong, or if an older version made the diagnosis. */
export async function fingerprintOfInvestigation(
  { db }: Reader,
  { workspaceId, investigationId }: Readonly<{ workspaceId: string; investigationId: string }>,
): Promise<Fingerprint | undefined> {
  const row = await db
    .selectFrom('fingerprints')
    .select('features')
    .where('workspace_id', '=', workspaceId)
    .where('investigation_id', '=', investigationId)
    .executeTakeFirst();
  return row && JSON.parse(row.features);
}

/** Earlier ones are years old. */
const MOST_INCIDENTS = 500;

/**
 * Those of the incidents of one workspace, newest first: of the diagnosis that each was declared from and those in its
 * timeline. Without those of this trace, because they belong to the same incident.
 */
export async function fingerprintsOfIncidents(
  { db }: Reader,
  { workspaceId, exceptTraceId }: Readonly<{ workspaceId: string; exceptTraceId: string }>,
): Promise<readonly KnownFingerprint[]> {
  const rows = await db
    .selectFrom('incidents')
    .innerJoin('fingerprints', (join) =>
      join.on((on) =>
        on.or([
          on('fingerprints.investigation_id', '=', on.ref('incidents.investigation_id')),
          on(
            'fingerprints.investigation_id',
            'in',
            on
              .selectFrom('timeline_entries')
              .select('timeline_entries.value')
              .whereRef('timeline_entries.incident_id', '=', 'incidents.id')
              .where('timeline_entries.kind', '=', 'diagnosis')
              .where('timeline_entries.removed_us', 'is', null),
          ),
        ]),
      ),
    )
    .innerJoin('investigations', 'investigations.id', 'fingerprints.investigation_id')
    .select(['incidents.id as incidentId', 'fingerprints.investigation_id as investigationId', 'fingerprints.features'])
    .where('incidents.workspace_id', '=', workspaceId)
    .where('fingerprints.workspace_id', '=', workspaceId)
    .$if(exceptTraceId !== '', (query) => query.where('investigations.trace_id', '!=', exceptTraceId))
    .orderBy('incidents.number', 'desc')
    .orderBy('fingerprints.investigation_id')
    .limit(MOST_INCIDENTS)
    .execute();
  return rows.map(({ incidentId, investigationId, features }) => ({
    incidentId,
    investigationId,
    fingerprint: JSON.parse(features),
  }));
}
