/**
 * The bot watches over itself and tells the operators' channel what nobody else would notice: work that it gave up, and
 * sources that fell silent. Each is told once; a second process on the store tells nothing again.
 */

import { sha256 } from '#core/sha256.ts';
import { givenUpWork, silentSource, sourceIsBack } from '#present/slack/operator-messages.ts';
import { clearMark, markOf, setMark } from '#record/marks.ts';
import { post } from '#record/outbox.ts';
import { queueNumbers } from '#record/queues.ts';
import type { Store, Tx } from '#record/store.ts';
import { checkStore, type GivenUp } from '#workflows/upkeep/check-store.ts';

export type WatchOptions = Readonly<{
  store: Store;
  /** The operators' channel. */
  channelId: string;
  workspace(signal: AbortSignal): Promise<string>;
  /** After how long without a delivery a source is silent; 0 is never. */
  silenceUs: number;
  kick(): void;
}>;

/** A message is given up a day after it was stored. Older failures happened before somebody set the channel. */
const NEWS_US = 48 * 3_600 * 1_000_000;

/** Call it every minute. */
export function watcher(options: WatchOptions): (signal: AbortSignal) => Promise<void> {
  const { store, silenceUs, kick } = options;
  return async (signal) => {
    const news = await newlyGivenUp(store, options.channelId);
    const { heard } = await queueNumbers(store, await store.nowUs());
    const nowUs = await store.nowUs();
    const silent = silenceUs === 0 ? [] : heard.filter(({ atUs }) => nowUs - atUs > silenceUs);
    const marked = await Promise.all(
      heard.map(async (one) => ({ ...one, mark: await markOf(store, SILENT(one.source)) })),
    );
    const back = marked.filter(({ atUs, mark }) => mark !== undefined && Number(mark.value) < atUs);
    const fresh = silent.filter(({ source }) => marked.every((one) => one.source !== source || one.mark === undefined));
    if (news.length + fresh.length + back.length === 0) return;

    const workspaceId = await options.workspace(signal);
    await store.transaction(async (tx) => {
      const say = teller(tx, options.channelId, workspaceId);
      if (news.length > 0) await say(`given-up/${sha256(news.map(({ mark }) => mark).join())}`, givenUpWork(news));
      for (const { mark } of news) await setMark(tx, mark, '');
      for (const { source, atUs } of fresh) {
        await say(`silent/${source}/${atUs}`, silentSource(source, atUs));
        await setMark(tx, SILENT(source), `${atUs}`);
      }
      for (const { source, atUs, mark } of back) {
        await say(`heard/${source}/${mark?.value}`, sourceIsBack(source, atUs));
        await clearMark(tx, SILENT(source));
      }
    });
    kick();
  };
}

const SILENT = (source: string) => `silent/${source}`;

/** Newest first. A message to the operators' channel itself is left out: telling would fail again, every minute. */
async function newlyGivenUp(store: Store, channelId: string): Promise<readonly News[]> {
  const sinceUs = (await store.nowUs()) - NEWS_US;
  const { givenUp } = await checkStore(store);
  const news: News[] = [];
  for (const one of givenUp) {
    if (one.atUs < sinceUs || one.channelId === channelId) continue;
    // An earlier version did not read the workspace: what it told is not told again.
    const { workspaceId: _, ...told } = one;
    const mark = `told/${sha256(JSON.stringify(told))}`;
    if ((await markOf(store, mark)) === undefined) news.push({ ...one, mark });
  }
  return news.toSorted((a, b) => b.atUs - a.atUs);
}

type News = GivenUp & Readonly<{ mark: string }>;

function teller(tx: Tx, channelId: string, workspaceId: string) {
  return (messageId: string, message: Parameters<typeof post>[1]['message']) =>
    post(tx, { messageId: `operators/${messageId}`, workspaceId, channelId, message });
}
