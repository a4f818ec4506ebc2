/** Restores a version of a postmortem from the command line. The bot draws the draft in Slack anew. */
import type { Incident } from '#model/incident/incident.ts';
import type { Store } from '#record/store.ts';
import { tableJobs } from '#record/table-jobs.ts';
import { type RestoreVersion, restoreVersion } from '#workflows/postmortem/restore.ts';

export async function restoreNow(
  store: Store,
  incident: Incident,
  { number, by }: Pick<RestoreVersion, 'number' | 'by'>,
): ReturnType<typeof restoreVersion> {
  return await store.transaction(async (tx) => {
    await tx.lock(`incident/${incident.id}`);
    return await restoreVersion(tx, tableJobs, incident, { number, by, key: tx.newId() });
  });
}
