/**
 * Alerts of one cause share the answer to the first of them. A message in its thread lists the others. The first alert with
 * all that share its answer is a story.
 *
 *   arrival ──► the same rule and service around a time that is looked at ──► folded, without a look
 *      └──► looked at ──► the verdict of a story, or the same failing call ──► folded
 *                 └──► a verdict of its own ──► the story that others fold into
 *
 * Each accepted alert has one answer: its own message, or a row in `folds` that names the message which tells of it.
 */
import { type Cause, causeOf, causeWith, type Folded, ruleOf, storyAfter, storyBefore } from '#model/incident/story.ts';
import type { Report } from '#present/json/report.ts';
import { resolvedAlert } from '#present/slack/alert-messages.ts';
import { FOLDS_NAMED, occurrences, occurrencesMoved, sameCause } from '#present/slack/story-messages.ts';
import { answerAlertWith, findAlert, type NotedAlert } from '#record/alerts.ts';
import { failInvestigation, findInvestigation, type Investigation } from '#record/investigations.ts';
import { deliveryOf, dropDetails, type Message, post, type Rank, update } from '#record/outbox.ts';
import type { Reader, Tx } from '#record/store.ts';
import {
  confirmStory,
  endStory,
  foldAlert,
  foldsInto,
  lockStories,
  moveFolds,
  setCause,
  storiesAround,
} from '#record/stories.ts';
import { endMessage } from '#workflows/alerts/group-alerts.ts';
import { answerMessage, DETAILS_OF } from '#workflows/messages/answer-message.ts';

const OCCURRENCES_OF = (investigationId: string) => `${investigationId}/occurrences`;

type Asked = Pick<Investigation, 'id' | 'workspaceId' | 'channelId'>;

/**
 * Without a look, where the same is known already; undefined if the alert needs its own look. An alert that names a
 * trace, or fires again, asks about itself: only a storm folds it.
 */
export async function foldBefore(
  tx: Tx,
  alert: NotedAlert,
  { channelId, inStorm, except }: Readonly<{ channelId: string; inStorm: boolean; except?: string }>,
): Promise<Folded | undefined> {
  if (!inStorm && (alert.traceId !== '' || alert.round > 0)) return undefined;
  const { workspaceId, service, atUs } = alert;
  const place = { workspaceId, channelId };
  await lockStories(tx, place);
  const stories = (await storiesAround(tx, { ...place, atUs })).filter((story) => story.investigationId !== except);
  const folded = storyBefore(stories, { service, rule: ruleOf(alert), atUs, inStorm });
  return !inStorm && (await isOtherRound(tx, alert, folded)) ? undefined : folded;
}

/** The story began with another round of the same alert: each outage has a diagnosis of its own. */
async function isOtherRound(tx: Tx, alert: NotedAlert, folded: Folded | undefined): Promise<boolean> {
  if (folded === undefined) return false;
  const first = await findAlert(tx, { workspaceId: alert.workspaceId, id: folded.story.investigationId });
  return first?.source === alert.source && first.key === alert.key;
}

/** The alert shares the story's answer. In its own thread, a line says so; a storm says it in the story's thread only. */
export async function foldInto(
  tx: Tx,
  alert: NotedAlert,
  { story, reason }: Folded,
  { channelId, threadTs, inStorm }: Readonly<{ channelId: string; threadTs?: string | undefined; inStorm: boolean }>,
): Promise<void> {
  const { id: alertId, workspaceId } = alert;
  const { investigationId } = story;
  const answersItself = threadTs !== undefined && !inStorm;
  if (answersItself) {
    const message = answerMessage(await sameCauseAs(tx, workspaceId, { story, reason }, ''), investigationId);
    await post(tx, { messageId: alertId, workspaceId, channelId, threadTs, message, rank: 'first' });
  }
  await answerAlertWith(tx, { alertId, investigationId });
  await joinStory(
    tx,
    { alertId, workspaceId, channelId, investigationId, reason },
    answersItself ? alertId : undefined,
  );
}

/** The verdict of an alert that was looked at is that of a story. `cause`: what its report shows. */
export async function foldAfter(
  tx: Tx,
  asked: Asked & Pick<Investigation, 'alertId'>,
  cause: Cause,
): Promise<Folded | undefined> {
  const alert = await alertOf(tx, asked);
  if (alert === undefined) return undefined;
  await lockStories(tx, asked);
  const stories = await storiesAround(tx, { ...asked, atUs: alert.atUs });
  if (!stories.some(({ investigationId }) => investigationId === asked.id)) return undefined;
  const others = stories.filter(({ investigationId }) => investigationId !== asked.id);
  const folded = storyAfter(others, { cause, atUs: alert.atUs });
  return (await isOtherRound(tx, alert, folded)) ? undefined : folded;
}

/** Ends the alert's own story, with its `cause` if it was looked at: it and what was folded into it belong to the other one. */
export async function closeInto(
  tx: Tx,
  asked: Asked & Pick<Investigation, 'alertId'>,
  { story, reason }: Folded,
  { url, cause }: Readonly<{ url: string; cause?: Cause | undefined }>,
): Promise<void> {
  const { id, workspaceId, channelId, alertId = id } = asked;
  const alert = await alertOf(tx, asked);
  const { investigationId } = story;
  const hasMessage = (await deliveryOf(tx, id)) !== undefined;
  await dropDetails(tx, DETAILS_OF(id));
  await endStory(tx, id);
  if (cause !== undefined && alert !== undefined) {
    const known = story.cause === undefined ? cause : causeWith(story.cause, cause);
    await confirmStory(tx, { investigationId, cause: known }, alert.atUs);
  }
  await moveFolds(tx, {
    from: id,
    to: investigationId,
    toldBy: [OCCURRENCES_OF(id), OCCURRENCES_OF(investigationId)],
  });
  if ((await deliveryOf(tx, OCCURRENCES_OF(id))) !== undefined) {
    const message = answerMessage(occurrencesMoved(await titleOf(tx, workspaceId, investigationId)), id);
    await update(tx, { messageId: OCCURRENCES_OF(id), message, rank: 'detail' });
  }
  if (hasMessage) {
    const message = answerMessage(await sameCauseAs(tx, workspaceId, { story, reason }, url), investigationId);
    await update(tx, { messageId: id, message, rank: 'asked' });
  } else await answerAlertWith(tx, { alertId, investigationId });
  await joinStory(tx, { alertId, workspaceId, channelId, investigationId, reason }, hasMessage ? id : undefined);
}

type Joining = Omit<Asked, 'id'> & Readonly<{ alertId: string; investigationId: string; reason: Folded['reason'] }>;

/** `ownMessage`: the message of the alert; without one, the list under the answer names the alert. */
async function joinStory(tx: Tx, joining: Joining, ownMessage: string | undefined): Promise<void> {
  const { investigationId, workspaceId, channelId } = joining;
  await foldAlert(tx, { ...joining, toldBy: ownMessage ?? OCCURRENCES_OF(investigationId) });
  await tellOccurrences(tx, { id: investigationId, workspaceId, channelId });
}

/** Ends a look that has not begun: the answer is with the story. */
export async function foldUnlooked(
  tx: Tx,
  asked: Asked & Pick<Investigation, 'alertId'>,
  folded: Folded,
): Promise<void> {
  const message = 'another alert of the same cause has the answer';
  await failInvestigation(tx, { id: asked.id, error: { code: 'SH_FOLDED', message, advice: 'Read its thread.' } });
  await closeInto(tx, asked, folded, { url: '' });
}

/** What others may fold into; undefined where the report shows no cause. */
export function causeIn({ fingerprint }: Pick<Report, 'fingerprint'>): Cause | undefined {
  return fingerprint && causeOf(fingerprint);
}

/** The list of the other alerts, under the answer. A message that is still queued is replaced, so a storm costs few. */
export async function tellOccurrences(tx: Tx, { id, workspaceId, channelId }: Asked): Promise<void> {
  // Before the answer itself is in the outbox, there is no thread: the answer then brings its list along.
  if ((await deliveryOf(tx, id)) === undefined) return;
  const folds = await foldsInto(tx, id, FOLDS_NAMED);
  if (folds.count === 0) return;
  const message = answerMessage(occurrences(folds), id);
  await sayAgain(tx, { messageId: OCCURRENCES_OF(id), workspaceId, channelId, threadOf: id, message, rank: 'detail' });
}

/** The answer to an alert: a newer state of its message, or the first where a storm left out the first line. */
export async function sayAnswer(
  tx: Tx,
  asked: Asked & Pick<Investigation, 'alertId'>,
  message: Message,
): Promise<void> {
  const { id, workspaceId, channelId } = asked;
  const isKnown = (await deliveryOf(tx, id)) !== undefined;
  if (isKnown) return await update(tx, { messageId: id, message, rank: 'asked' });
  const alert = await alertOf(tx, asked);
  const threadTs = alert?.channelId === channelId ? alert.messageTs : undefined;
  const place = { workspaceId, channelId, ...(threadTs !== undefined && { threadTs }) };
  await post(tx, { messageId: id, ...place, message, rank: 'first' });
  if (alert?.state === 'resolved') await sayResolved(tx, { ...alert, under: asked });
  await tellOccurrences(tx, asked);
}

/** Once, under the answer. Before the answer is in the outbox there is no thread: the answer then brings it along. */
export async function sayResolved(
  tx: Tx,
  { id, title, under }: Pick<NotedAlert, 'id' | 'title'> & Readonly<{ under: Asked }>,
): Promise<void> {
  const { id: threadOf, workspaceId, channelId } = under;
  if ((await deliveryOf(tx, threadOf)) === undefined) return;
  if (id === threadOf) await dropDetails(tx, DETAILS_OF(id));
  const message = answerMessage(resolvedAlert(title), threadOf);
  await post(tx, { messageId: endMessage(id), workspaceId, channelId, threadOf, message, rank: 'detail' });
}

/** Posts a message, or changes it where it was posted before. */
async function sayAgain(tx: Tx, given: Parameters<typeof post>[1] & Readonly<{ rank: Rank }>): Promise<void> {
  const { messageId, message, rank } = given;
  if ((await deliveryOf(tx, messageId)) === undefined) await post(tx, given);
  else await update(tx, { messageId, message, rank });
}

export async function titleOf(reader: Reader, workspaceId: string, investigationId: string): Promise<string> {
  const first = await findInvestigation(reader, { workspaceId, id: investigationId });
  const alert = first?.alertId === undefined ? undefined : await findAlert(reader, { workspaceId, id: first.alertId });
  return alert?.title ?? '';
}

/** The sentence of the answer; '' while there is none. */
export function verdictOf(investigation: Pick<Investigation, 'report'> | undefined): string {
  const { diagnosis } = (investigation?.report ?? {}) as Partial<Pick<Report, 'diagnosis'>>;
  return diagnosis?.verdict ?? '';
}

async function sameCauseAs(tx: Tx, workspaceId: string, { story, reason }: Folded, url: string) {
  const { investigationId: id } = story;
  const verdict = verdictOf(await findInvestigation(tx, { workspaceId, id }));
  return sameCause({ first: await titleOf(tx, workspaceId, id), verdict, reason, url });
}

async function alertOf(
  reader: Reader,
  { workspaceId, alertId }: Pick<Investigation, 'workspaceId' | 'alertId'>,
): Promise<NotedAlert | undefined> {
  return alertId === undefined ? undefined : await findAlert(reader, { workspaceId, id: alertId });
}

/** What a report says of the alert's story: others fold into its cause from now on, or into nothing. */
export async function concludeStory(tx: Tx, investigationId: string, cause: Cause | undefined): Promise<void> {
  if (cause === undefined) await endStory(tx, investigationId);
  else await setCause(tx, investigationId, cause);
}
