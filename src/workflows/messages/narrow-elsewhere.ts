/**
 * A message that becomes need-to-know in one incident, and stands in the timelines of others. It becomes need-to-know in
 * those that the person may see: they could choose its few readers there, too. Each incident has readers of its own, so
 * nobody learns there whom the person named here.
 */
import type { Incident } from '#model/incident/incident.ts';
import { isNeedToKnow } from '#model/incident/need-to-know.ts';
import { findIncident, incidentsWithEntries } from '#record/find-incidents.ts';
import type { Jobs } from '#record/jobs.ts';
import type { Tx } from '#record/store.ts';
import { entryWithKey } from '#record/timeline.ts';
import { type AskedBy, alsoSay, type IncidentParts } from '#workflows/incidents/on-incident.ts';
import { draftAnew } from '#workflows/postmortem/draft-postmortem.ts';
import { narrow } from '#workflows/timeline/follow-message.ts';

/** The other incidents with these messages that the person may see. Undefined if Slack did not say. Asks Slack. */
export async function othersWith(
  { store, mayRead }: Pick<IncidentParts, 'store' | 'mayRead'>,
  asked: AskedBy,
  { incident, keys }: Readonly<{ incident: Incident; keys: readonly string[] }>,
): Promise<readonly Incident[] | undefined> {
  const seen: Incident[] = [];
  for (const other of await incidentsWithEntries(store, { workspaceId: incident.workspaceId, keys })) {
    if (other.id === incident.id) continue;
    const may = await mayRead(asked, other.channelId);
    if (may === undefined) return undefined;
    if (may) seen.push(other);
  }
  return seen;
}

/** Whether something changed. The thread of each incident says so there. The caller holds the locks of all. */
export async function narrowElsewhere(
  tx: Tx,
  jobs: Jobs,
  { others, keys, asked }: Readonly<{ others: readonly Incident[]; keys: readonly string[]; asked: AskedBy }>,
): Promise<boolean> {
  let isAny = false;
  for (const { id, workspaceId } of others) {
    const other = await findIncident(tx, { workspaceId, id });
    if (other === undefined) continue;
    let isChanged = false;
    for (const key of keys) {
      const entry = await entryWithKey(tx, id, key);
      // One that few read keeps the readers that somebody chose there.
      if (entry === undefined || isNeedToKnow(entry)) continue;
      isChanged = (await narrow(tx, other, key, { readers: [], userId: asked.userId })) || isChanged;
    }
    if (!isChanged) continue;
    const said = { what: 'A message of the timeline is need to know now', by: asked.userName, atUs: tx.nowUs };
    await alsoSay(tx, jobs, other, { said, key: asked.inboxId });
    await draftAnew(tx, jobs, { incident: other, key: `${id}/${asked.inboxId}` });
    isAny = true;
  }
  return isAny;
}
