/**
 * A storm: more alerts come than can be examined in time. The channel hears of it once. Until it ends, first lines are
 * left out, alerts fold by the failing path too, and those that waited too long are listed as not examined.
 *
 *   an alert that needs a look ──► as many as the limit in the last minute? ──► storm, one message
 *   every ten seconds ──► its message is brought up to date ──► a minute below the limit, no look open: over
 */
import { MINUTE_US } from '#core/time-units.ts';
import { alertStorm, FOLDS_NAMED, notExamined, type StormFacts, stormOver } from '#present/slack/story-messages.ts';
import { failInvestigation, findInvestigation, type Investigation, looksSince } from '#record/investigations.ts';
import { clearMark, markOf, marksFrom, setMark } from '#record/marks.ts';
import { deliveryOf, post, update } from '#record/outbox.ts';
import type { Reader, Store, Tx } from '#record/store.ts';
import { endStory, foldAlert, foldedSince, foldsToldBy, leaveFolds, lockStories } from '#record/stories.ts';
import { titleOf, verdictOf } from '#workflows/alerts/fold-alert.ts';
import { answerMessage } from '#workflows/messages/answer-message.ts';

type Place = Readonly<{ workspaceId: string; channelId: string }>;

export type Storm = Place & Readonly<{ messageId: string; sinceUs: number }>;

/**
 * An alert that waited this long is not examined any more. The verdict of a cause is wanted within 30 s of its first
 * alert: after twice that, the alerts that came since are more useful.
 */
export const IN_TIME_US = MINUTE_US;

const PREFIX = 'storm/';
const MARK = ({ workspaceId, channelId }: Place) => `${PREFIX}${workspaceId}/${channelId}`;

export async function stormIn(reader: Reader, place: Place): Promise<Storm | undefined> {
  const mark = await markOf(reader, MARK(place));
  return mark && { ...place, ...(JSON.parse(mark.value) as Pick<Storm, 'messageId' | 'sinceUs'>) };
}

/** An alert needs a look of its own: the storm that is on, or that begins with it. `perMinute` 0: there are none. */
export async function noticeStorm(tx: Tx, place: Place, perMinute: number): Promise<Storm | undefined> {
  await lockStories(tx, place);
  const known = await stormIn(tx, place);
  if (known !== undefined || perMinute === 0) return known;
  const sinceUs = tx.nowUs - MINUTE_US;
  if ((await looksSince(tx, { ...place, sinceUs })).begun < perMinute) return undefined;
  const storm: Storm = { ...place, messageId: `storm/${tx.newId()}`, sinceUs: tx.nowUs };
  const { messageId } = storm;
  await setMark(tx, MARK(place), JSON.stringify({ messageId, sinceUs: storm.sinceUs }));
  const facts = { perMinute, folded: 0, unlooked: 0, newestUnlooked: [], stories: [], lastedUs: undefined };
  await post(tx, { ...place, messageId, message: answerMessage(alertStorm(facts), ''), rank: 'urgent' });
  return storm;
}

/** The storm left no time for this alert: the storm's message lists it. */
export async function leaveUnlooked(
  tx: Tx,
  { id, workspaceId, channelId, alertId = id }: Investigation,
  storm: Storm,
): Promise<void> {
  const title = await titleOf(tx, workspaceId, id);
  const error = { code: 'SH_STORM', message: 'too many alerts came at once', advice: 'It was not examined.' };
  await failInvestigation(tx, { id, error });
  await endStory(tx, id);
  const hasMessage = (await deliveryOf(tx, id)) !== undefined;
  if (hasMessage) {
    await update(tx, { messageId: id, message: answerMessage(notExamined(title), id), rank: 'asked' });
  }
  const toldBy = hasMessage ? id : storm.messageId;
  if (!hasMessage) await leaveFolds(tx, { investigationId: id, toldBy });
  await foldAlert(tx, { alertId, workspaceId, channelId, investigationId: undefined, toldBy, reason: 'no time' });
}

export type StormWatchOptions = Readonly<{ store: Store; perMinute: number; kick(): void }>;

/** Call it every ten seconds: it keeps the message of each storm up to date, and says when it is over. */
export function stormWatcher({ store, perMinute, kick }: StormWatchOptions): () => Promise<void> {
  return async () => {
    for (const { name } of await marksFrom(store, PREFIX)) {
      const [workspaceId = '', channelId = ''] = name.slice(PREFIX.length).split('/');
      await store.transaction((tx) => lookAfter(tx, { workspaceId, channelId }, perMinute));
      kick();
    }
  };
}

async function lookAfter(tx: Tx, place: Place, perMinute: number): Promise<void> {
  await lockStories(tx, place);
  const storm = await stormIn(tx, place);
  if (storm === undefined) return;
  const isOver = await hasEnded(tx, storm, perMinute);
  const facts = await factsOf(tx, storm, { perMinute, lastedUs: isOver ? tx.nowUs - storm.sinceUs : undefined });
  const { messageId } = storm;
  await update(tx, { messageId, message: answerMessage(alertStorm(facts), ''), rank: 'detail' });
  if (!isOver) return;
  await clearMark(tx, MARK(place));
  const message = answerMessage(stormOver(facts), '');
  await post(tx, { ...place, messageId: `${messageId}/over`, message, rank: 'asked' });
}

async function hasEnded(tx: Tx, storm: Storm, perMinute: number): Promise<boolean> {
  const sinceUs = tx.nowUs - MINUTE_US;
  if (storm.sinceUs > sinceUs) return false;
  const all = await looksSince(tx, { ...storm, sinceUs: storm.sinceUs - MINUTE_US });
  if (all.open > 0) return false;
  const { begun } = await looksSince(tx, { ...storm, sinceUs });
  const { folded } = await foldedSince(tx, { ...storm, sinceUs });
  return begun + folded < Math.max(perMinute, 1);
}

async function factsOf(tx: Tx, storm: Storm, known: Pick<StormFacts, 'perMinute' | 'lastedUs'>): Promise<StormFacts> {
  const { workspaceId, messageId } = storm;
  const { folded, unlooked, stories } = await foldedSince(tx, storm);
  const { newest } = await foldsToldBy(tx, messageId, FOLDS_NAMED);
  const largest = [...stories].sort(([, a], [, b]) => b - a).slice(0, FOLDS_NAMED);
  const named = await Promise.all(
    largest.map(async ([id, count]) => ({
      title: await titleOf(tx, workspaceId, id),
      verdict: verdictOf(await findInvestigation(tx, { workspaceId, id })),
      count,
    })),
  );
  return { ...known, folded, unlooked, newestUnlooked: newest, stories: named };
}
