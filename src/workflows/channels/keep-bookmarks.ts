/**
 * The bookmarks of an incident's own channel: its overview, and the dashboards and runbooks of the service that the newest
 * answer blames. Each is added once: one that people remove does not come back.
 */
import { sha256 } from '#core/sha256.ts';
import type { Incident } from '#model/incident/incident.ts';
import { truncate } from '#present/slack/text.ts';
import { openable } from '#present/words/links.ts';
import { shown } from '#present/words/plain-text.ts';
import { channelOf } from '#record/incident-channels.ts';
import { NotYetError } from '#record/jobs.ts';
import { markOf, setMark } from '#record/marks.ts';
import { deliveryOf } from '#record/outbox.ts';
import type { Reader, Store } from '#record/store.ts';
import { timelineOf } from '#record/timeline.ts';
import { OWN_OVERVIEW_OF } from '#workflows/incidents/incident-thread.ts';
import { type Directory, ownedIn } from '#workflows/incidents/show-overview.ts';

export type Bookmark = Readonly<{ title: string; url: string }>;

export type ChannelBookmarks = Readonly<{
  /** The addresses of those that are there; Slack's code if it refuses. */
  bookmarks(channelId: string): Promise<readonly string[] | string>;
  /** Slack's code if it refuses; '' otherwise. */
  addBookmark(channelId: string, bookmark: Bookmark): Promise<string>;
}>;

export type BookmarkOptions = Readonly<{
  store: Store;
  channels: ChannelBookmarks;
  directory: Pick<Directory, 'permalink'>;
}>;

const TITLE_CHARS = 60;
/** Dashboards, and runbooks, of one service: a bar of bookmarks has room for a few. */
const MOST_OF_KIND = 2;
const LOOK_AGAIN_US = 30_000_000;
/** The overview is posted within seconds, or Slack is away. */
const WAIT_FOR_OVERVIEW_US = 600_000_000;

/** Throws NotYetError as long as the overview is on its way. */
export async function keepBookmarks(options: BookmarkOptions, incident: Incident, channelId: string): Promise<void> {
  const { store, channels } = options;
  const overview = await overviewOf(options, incident, channelId);
  const wanted = [...overview, ...(await ofService(store, incident))];
  const mark = `bookmarks ${incident.id}`;
  const done = new Set((await markOf(store, mark))?.value.split(' '));
  const fresh = wanted.filter((one) => !done.has(hashOf(one)));
  if (fresh.length === 0) return;
  const there = await channels.bookmarks(channelId);
  // Without the scope the channel is as useful; somebody may grant it later.
  if (typeof there === 'string') return;
  for (const one of fresh) {
    const refused = there.includes(one.url) ? '' : await channels.addBookmark(channelId, one);
    if (refused === '') done.add(hashOf(one));
  }
  await store.transaction((tx) => setMark(tx, mark, [...done].filter((hash) => hash !== '').join(' ')));
}

const HASH_CHARS = 16;

/** The record needs no second copy of an address. */
function hashOf({ url }: Bookmark): string {
  return sha256(url).slice(0, HASH_CHARS);
}

async function overviewOf(
  { store, directory }: BookmarkOptions,
  { id }: Incident,
  channelId: string,
): Promise<readonly Bookmark[]> {
  const sent = await deliveryOf(store, OWN_OVERVIEW_OF(id));
  if (sent?.ts !== undefined) {
    const url = await directory.permalink({ channelId, ts: sent.ts });
    return url === '' ? [] : [{ title: 'Overview', url }];
  }
  const nowUs = await store.nowUs();
  const askedUs = (await channelOf(store, id))?.askedUs ?? 0;
  const isOnItsWay = sent === undefined || sent.state === 'queued';
  if (isOnItsWay && nowUs < askedUs + WAIT_FOR_OVERVIEW_US)
    throw new NotYetError('the overview is not posted yet', nowUs + LOOK_AGAIN_US);
  return [];
}

async function ofService(reader: Reader, incident: Incident): Promise<readonly Bookmark[]> {
  const owned = await ownedIn(reader, incident, await timelineOf(reader, incident.id));
  if (owned === undefined) return [];
  const kinds = [
    { what: 'Dashboard', urls: owned.dashboards },
    { what: 'Runbook', urls: owned.runbooks },
  ];
  return kinds.flatMap(({ what, urls }) =>
    urls
      .map((url) => openable(shown(url)))
      .filter((url) => url !== '')
      .slice(0, MOST_OF_KIND)
      .map((url, at) => ({ title: truncate(titleOf(what, owned.service, at), TITLE_CHARS), url })),
  );
}

/** `Dashboard of checkout`, `Dashboard 2 of checkout` */
function titleOf(what: string, service: string, at: number): string {
  return `${what}${at === 0 ? '' : ` ${at + 1}`} of ${shown(service)}`;
}
