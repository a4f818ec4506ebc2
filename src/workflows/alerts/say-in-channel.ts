/**
 * Only people who open the thread of an alert see the answer in it. Its first two lines are also said in the channel, as
 * a reply that Slack shows in both places, with a link to the thread. Another look at the alert changes this line.
 *
 *   answer in the thread of the alert's message ──► a line, if the setting wants it
 *   answer in the channel itself (webhook, `/trace`), or where a person asked ──► none
 *   a storm, or a mute since then ──► no new line; one that was said is still changed
 */
import type { SlackAnswer } from '#present/slack/answer.ts';
import { headMessage } from '#present/slack/diagnosis-message.ts';
import { findAlert } from '#record/alerts.ts';
import type { Investigation } from '#record/investigations.ts';
import { deliveryOf, post, update } from '#record/outbox.ts';
import type { Tx } from '#record/store.ts';
import { stormIn } from '#workflows/alerts/alert-storm.ts';
import { isMuted } from '#workflows/alerts/keep-quiet.ts';

/** `likely`: only confirmed and likely answers. */
export type SayInChannel = 'always' | 'likely' | 'never';

const IN_CHANNEL = (alertId: string) => `${alertId}/in-channel`;

export async function sayInChannel(
  tx: Tx,
  { id, workspaceId, channelId, alertId }: Investigation,
  { head }: Pick<SlackAnswer, 'head'>,
  which: SayInChannel,
): Promise<void> {
  if (alertId === undefined || head === undefined) return;
  const messageId = IN_CHANNEL(alertId);
  const message = { ...headMessage(head), isBroadcast: true };
  // A line must not stay wrong, whatever the setting says now.
  if ((await deliveryOf(tx, messageId)) !== undefined) return await update(tx, { messageId, message, rank: 'asked' });
  if (!isSaid(which, head.status)) return;

  const alert = await findAlert(tx, { workspaceId, id: alertId });
  // The alert's message may have come after an answer that stands in the channel.
  const answeredIn = (await deliveryOf(tx, alertId))?.threadTs;
  if (alert === undefined || answeredIn === undefined || answeredIn !== alert.messageTs) return;
  if (await stormIn(tx, { workspaceId, channelId })) return;
  if (await isMuted(tx, alert, channelId)) return;
  await post(tx, { messageId, workspaceId, channelId, threadOf: id, message, rank: 'asked' });
}

function isSaid(which: SayInChannel, status: NonNullable<SlackAnswer['head']>['status']): boolean {
  if (which !== 'likely') return which === 'always';
  return status === 'Confirmed' || status === 'Likely';
}
