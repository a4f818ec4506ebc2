/** Opens the places to which postmortems can be exported, and takes a request of the command line. */
import type { AnySettings } from '#adapters/system.ts';
import { openOffered } from '#compose/systems.ts';
import type { Log } from '#core/log.ts';
import type { Incident } from '#model/incident/incident.ts';
import type { PostmortemTarget, SentPostmortem } from '#model/incident/postmortem-target.ts';
import { sendsOf } from '#record/postmortem-sends.ts';
import type { Store } from '#record/store.ts';
import { tableJobs } from '#record/table-jobs.ts';
import { queueExport } from '#workflows/postmortem/export.ts';

/** One that cannot be opened does not keep postmortems from the others. */
export async function openPostmortemTargets(
  settings: AnySettings | undefined,
  log: Log,
): Promise<readonly PostmortemTarget[]> {
  const problem = 'a place for postmortems could not be opened; the others get them';
  return await openOffered(settings, { of: ({ postmortemTarget }) => postmortemTarget, log, problem });
}

/** What was sent where. */
export async function sentPlaces(store: Store, { id }: Incident): Promise<readonly SentPostmortem[]> {
  return await sendsOf(store, id);
}

/** The bot sends it: it knows the names of people. `by`: for the audit log. */
export async function exportLater(
  store: Store,
  incident: Incident,
  request: Readonly<{ target: string; by: string; takesIn?: true }>,
): Promise<void> {
  await store.transaction(async (tx) => {
    await tx.lock(`incident/${incident.id}`);
    await queueExport(tx, tableJobs, incident, { ...request, key: tx.newId() });
  });
}
