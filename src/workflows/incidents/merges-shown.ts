/**
 * Which merged incidents are shown beside the one that has taken them in, and which others its timeline may name. Both had
 * the same readers at the merge; since then, a channel may have become private, or people of another company may read the
 * other one.
 */
import type { Incident } from '#model/incident/incident.ts';
import { mergedIn, namedIn, type ShowsMerged } from '#record/merges.ts';
import type { Reader } from '#record/store.ts';

/** Whether everybody who reads the first channel may read the second. */
export type MayShowIn = (shownIn: string, channelId: string) => Promise<boolean>;

/** Asks Slack once for each channel, so do not call it inside a transaction. */
export async function mergesShown(reader: Reader, mayShowIn: MayShowIn, incident: Incident): Promise<ShowsMerged> {
  const shown = new Set<string>();
  const others = [...(await mergedIn(reader, incident)), ...(await namedIn(reader, incident))];
  for (const channelId of new Set(others.map((other) => other.channelId))) {
    if (await mayShowIn(incident.channelId, channelId)) shown.add(channelId);
  }
  return ({ channelId }) => shown.has(channelId);
}
