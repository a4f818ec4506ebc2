/**
 * Where an incident speaks. Its overview stands in the channel, where everybody sees it, also if it was declared in the
 * thread of an alert. What happens is said in the overview's thread. An incident with a channel of its own speaks there:
 * that channel has a second overview, and the first one shows the way.
 */
import type { Incident } from '#model/incident/incident.ts';
import { openChannelOf } from '#record/incident-channels.ts';
import { deliveryOf, messageAt } from '#record/outbox.ts';
import type { Reader } from '#record/store.ts';

/** The id of the overview's message. */
export const OVERVIEW_OF = (incidentId: string) => `${incidentId}/overview`;

/** The id of the overview in the incident's own channel. */
export const OWN_OVERVIEW_OF = (incidentId: string) => `${incidentId}/own-overview`;

type Place = Readonly<{ channelId: string; threadOf?: string }>;

/** The thread of the overview in its own channel, else of the first one; no thread if none could be posted. */
export async function threadOf(reader: Reader, incident: Pick<Incident, 'id' | 'channelId'>): Promise<Place> {
  const channelId = await openChannelOf(reader, incident.id);
  if (channelId === undefined) return await firstThreadOf(reader, incident);
  return { channelId, ...(await threadUnder(reader, OWN_OVERVIEW_OF(incident.id))) };
}

/** In the channel where it was declared. */
export async function firstThreadOf(
  reader: Reader,
  { id, channelId }: Pick<Incident, 'id' | 'channelId'>,
): Promise<Place> {
  return { channelId, ...(await threadUnder(reader, OVERVIEW_OF(id))) };
}

async function threadUnder(reader: Reader, messageId: string): Promise<Pick<Place, 'threadOf'>> {
  const overview = await deliveryOf(reader, messageId);
  return overview?.state === 'queued' || overview?.state === 'sent' ? { threadOf: messageId } : {};
}

/** A channel with the thread of an alert has more to read than the incident: there, the incident keeps to its thread. */
export async function conversationOf(
  reader: Reader,
  incident: Pick<Incident, 'id' | 'channelId' | 'threadTs'>,
): Promise<Place> {
  const own = await openChannelOf(reader, incident.id);
  if (own !== undefined) return { channelId: own };
  return incident.threadTs === undefined ? { channelId: incident.channelId } : await firstThreadOf(reader, incident);
}

/** '' where the overview is not posted, or Slack does not say. Asks Slack. */
export async function overviewUrl(
  reader: Reader,
  permalink: (place: Readonly<{ channelId: string; ts: string }>) => Promise<string>,
  { id, channelId }: Pick<Incident, 'id' | 'channelId'>,
): Promise<string> {
  const ts = (await deliveryOf(reader, OVERVIEW_OF(id)))?.ts;
  return ts === undefined ? '' : await permalink({ channelId, ts });
}

/** The id of the incident whose overview began this thread. */
export async function incidentOfThread(
  reader: Reader,
  { workspaceId, channelId, threadTs: ts }: Readonly<{ workspaceId: string; channelId: string; threadTs: string }>,
): Promise<string | undefined> {
  const messageId = await messageAt(reader, { workspaceId, channelId, ts });
  const end = [OVERVIEW_OF(''), OWN_OVERVIEW_OF('')].find((known) => messageId?.endsWith(known));
  return end && messageId?.slice(0, -end.length);
}
