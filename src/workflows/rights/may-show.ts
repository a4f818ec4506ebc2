/**
 * Which channels a reader may see, and which entries. An incident belongs to the channel in which it was declared; an
 * entry that only some people read belongs to them.
 */
import { SpanhoundError } from '#core/errors.ts';
import { withFiles } from '#model/incident/entry-file.ts';
import type { Incident, TimelineEntry } from '#model/incident/incident.ts';
import { isNeedToKnow, mayKnow } from '#model/incident/need-to-know.ts';
import type { Reader } from '#record/store.ts';
import { unwithheld } from '#record/timeline.ts';

/**
 * Whether the readers of the answer may see this channel of the workspace; without a workspace, of their own. Asks Slack, so
 * do not call it inside a transaction.
 */
export type MayShow = (channelId: string, workspaceId?: string) => Promise<boolean>;

/** For the operator, who can read the store itself. */
export const SHOW_ALL: MayShow = async () => true;

/** Slack has to say who reads a channel, and did not. */
class SlackSilentError extends SpanhoundError {
  override readonly name = 'SlackSilentError';
  readonly code = 'SH_SLACK_SILENT';
  readonly advice = 'Ask again in a minute.';
  override readonly retryable = true;

  constructor() {
    super('Slack did not say who may read which channel, so nothing is shown');
  }
}

/**
 * For a reader who is nobody in Slack: the incidents of channels that the whole workspace reads, and of these channels.
 * Throws if Slack does not say: to leave an incident out then would be a wrong answer. `isOwn`: whether the workspace is the
 * reader's. Channels of two workspaces may have the same id.
 */
export function mayShowTo(
  channels: readonly string[],
  isForAll: (channelId: string) => Promise<boolean | undefined>,
  isOwn: (workspaceId: string) => Promise<boolean> = async () => true,
): MayShow {
  return async (channelId, workspaceId) => {
    if (workspaceId !== undefined && !(await isOwn(workspaceId))) return false;
    if (channels.includes(channelId)) return true;
    if (channelId === '') return false;
    const isOpen = await isForAll(channelId);
    if (isOpen === undefined) throw new SlackSilentError();
    return isOpen;
  };
}

/** The incidents that the reader may see, in the same order. Asks once for each channel, all at the same time. */
export async function shownTo(mayShow: MayShow, incidents: readonly Incident[]): Promise<readonly Incident[]> {
  const keyOf = ({ workspaceId, channelId }: Incident) => `${workspaceId} ${channelId}`;
  const places = new Map(incidents.map((incident) => [keyOf(incident), incident]));
  const asked = [...places].map(
    async ([key, { channelId, workspaceId }]) => [key, await mayShow(channelId, workspaceId)] as const,
  );
  const shown = new Map(await Promise.all(asked));
  return incidents.filter((incident) => shown.get(keyOf(incident)));
}

/** Before the words, so that nobody takes them for words that everybody reads. */
const OPENED = 'Need to know: ';

/** The entries for one reader. `opened`: how many of them this person may read and others may not. */
export type KnownEntries = Readonly<{ entries: readonly TimelineEntry[]; opened: number }>;

/**
 * The timeline of `incident` with the words, the links and the files that this person may know. Everywhere else they stay withheld, so
 * call it only where nobody but this person reads the answer. Those of a merged incident stay withheld, too: it has a
 * commander of its own, and its own timeline opens them.
 */
export async function withKnownNotes(
  reader: Reader,
  incident: Incident,
  entries: readonly TimelineEntry[],
  userId: string,
): Promise<KnownEntries> {
  const stored = await unwithheld(
    reader,
    entries.filter((entry) => entry.from === undefined && isNeedToKnow(entry)).map(({ id }) => id),
  );
  let opened = 0;
  const known = entries.map((entry) => {
    const row = stored.get(entry.id);
    if (row === undefined || !mayKnow(userId, incident, row)) return entry;
    opened += 1;
    return withFiles({ ...entry, link: row.link, text: `${OPENED}${row.text}` }, row.files);
  });
  return { entries: known, opened };
}
