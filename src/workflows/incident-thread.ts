/**
 * Where an incident speaks. Its overview stands in the channel, where everybody sees it, also if it was declared in the
 * thread of an alert. What happens is said in the overview's thread.
 */
import type { Incident } from '#model/incident/incident.ts';
import { deliveryOf, messageAt } from '#record/outbox.ts';
import type { Reader } from '#record/store.ts';

/** The id of the overview's message. */
export const OVERVIEW_OF = (incidentId: string) => `${incidentId}/overview`;

type Thread = Readonly<{ threadOf?: string }>;

/** The overview's thread; nothing if the overview could not be posted. */
export async function threadOf(reader: Reader, { id }: Pick<Incident, 'id'>): Promise<Thread> {
  const overview = await deliveryOf(reader, OVERVIEW_OF(id));
  return overview?.state === 'queued' || overview?.state === 'sent' ? { threadOf: overview.messageId } : {};
}

/** A channel with the thread of an alert has more to read than the incident: there, the incident keeps to its thread. */
export async function conversationOf(reader: Reader, incident: Pick<Incident, 'id' | 'threadTs'>): Promise<Thread> {
  return incident.threadTs === undefined ? {} : await threadOf(reader, incident);
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
  const end = OVERVIEW_OF('');
  return messageId?.endsWith(end) ? messageId.slice(0, -end.length) : undefined;
}
