/** A postmortem as its readers see it: from the record, with the names that Slack knows. */
import type { Incident } from '#model/incident/incident.ts';
import type { PostmortemDesk } from '#model/incident/postmortem-desk.ts';
import type { PostmortemTemplate } from '#model/incident/postmortem-template.ts';
import type { ShownPostmortem } from '#present/documents/postmortem-text.ts';
import type { Store } from '#record/store.ts';
import { type MayShowIn, mergesShown } from '#workflows/incidents/merges-shown.ts';
import type { Directory } from '#workflows/incidents/show-overview.ts';
import { namesOf, otherNamesOf, zonesOf } from '#workflows/postmortem/draft-postmortem.ts';
import { comparedWith, readPostmortem } from '#workflows/postmortem/read-postmortem.ts';

export type ShownParts = Readonly<{
  store: Store;
  directory: Directory;
  mayShowIn: MayShowIn;
  postmortemDesk: PostmortemDesk;
  templates?: readonly PostmortemTemplate[];
}>;

/** Asks Slack, so never call it inside a transaction. */
export async function shownPostmortem(
  { store, directory, mayShowIn, postmortemDesk, templates = [] }: ShownParts,
  incident: Incident,
): Promise<ShownPostmortem> {
  const shows = await mergesShown(store, mayShowIn, incident);
  const names = await namesOf(store, directory, { incident, shows });
  const otherNames = await otherNamesOf(store, directory, { incident, names });
  const compared = await comparedWith(store, incident, (channelId) => mayShowIn(incident.channelId, channelId));
  const zones = await zonesOf(directory, names);
  const asked = { names, otherNames, zones, compared, templates, shows };
  return { postmortem: await readPostmortem(store, incident, asked, postmortemDesk), names, otherNames };
}
