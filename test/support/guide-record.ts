import type { PostmortemRecord } from '#model/incident/postmortem.ts';
import { findIncident } from '#record/find-incidents.ts';
import { guideIncident, TEAM } from '#test/guide-incident.ts';
import { readRecord } from '#workflows/postmortem/read-postmortem.ts';

/** The record of the guide's incident, as `/postmortem` reads it. */
export async function guideRecord(): Promise<PostmortemRecord> {
  const { store, incident } = await guideIncident();
  const now = await findIncident(store, { workspaceId: TEAM, id: incident.id });
  if (now === undefined) throw new Error('the incident is not there');
  return await readRecord(store, now, { names: new Map(), compared: { similar: [], others: 0 } });
}
