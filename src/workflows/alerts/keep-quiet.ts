/**
 * Alerts that get no answer by choice: a mute of people, or a rule of the configuration. They are recorded, become entries
 * of an open incident, and are counted under the next answer of the channel.
 *
 *   alert fires ──► muted, or the first rule that fits says so ──► a row in `quiet_alerts` · one line, if the rule wants it
 *   it still fires after that ──► its answer
 */
import type { Alert } from '#model/incident/alert.ts';
import { isSameService } from '#model/incident/alert-service.ts';
import { notAnswered, QUIET_NAMED, quietSince } from '#present/slack/quiet-messages.ts';
import type { NotedAlert } from '#record/alerts.ts';
import { type Mute, mutesInForce } from '#record/mutes.ts';
import { post } from '#record/outbox.ts';
import { endQuietAlert, noteQuietAlert, tellQuietAlerts, untoldQuietAlerts } from '#record/quiet-alerts.ts';
import type { Reader, Tx } from '#record/store.ts';
import {
  fits,
  type QuietReason,
  type QuietRule,
  quietReason,
  type RuledAlert,
  serviceNames,
  untilText,
} from '#workflows/alerts/quiet-rules.ts';
import { answerMessage } from '#workflows/messages/answer-message.ts';

type Place = Readonly<{ channelId: string; threadTs?: string }>;

/** Whether the alert gets no answer. It is recorded then. */
export async function keptQuiet(
  tx: Tx,
  alert: NotedAlert,
  { place, rules }: Readonly<{ place: Place; rules: readonly QuietRule[] }>,
): Promise<boolean> {
  const { id: alertId, workspaceId, title } = alert;
  const { channelId } = place;
  const found = await reasonOf(tx, alert, { channelId, rules });
  if (found === undefined) {
    await endQuietAlert(tx, alertId);
    return false;
  }
  const { by, said, answer } = found;
  await noteQuietAlert(tx, { alertId, workspaceId, channelId, by, reason: said });
  if (answer === 'line') {
    const message = answerMessage(notAnswered(title, said), '');
    await post(tx, { messageId: `${alertId}/quiet`, workspaceId, ...place, message, rank: 'detail' });
  }
  return true;
}

type Found = QuietReason & Readonly<{ by: 'rule' | 'mute' }>;

async function reasonOf(
  tx: Tx,
  alert: NotedAlert,
  { channelId, rules }: Readonly<{ channelId: string; rules: readonly QuietRule[] }>,
): Promise<Found | undefined> {
  const mute = await muteOf(tx, alert, { channelId, nowUs: tx.nowUs });
  if (mute !== undefined) return { by: 'mute', ...reasonOfMute(mute) };
  const reason = quietReason(rules, alert, { channelId, nowUs: tx.nowUs });
  return reason && { by: 'rule', ...reason };
}

function reasonOfMute({ rule, untilUs }: Mute): QuietReason {
  if (rule === undefined) return { said: 'muted', answer: 'none' };
  const { reason, answer } = rule;
  return { said: `muted${untilText(untilUs)}${reason === '' ? '' : `: ${reason}`}`, answer };
}

/** The mute of this alert, of its service, or by a form, in this channel. */
async function muteOf(
  reader: Reader,
  alert: NotedAlert,
  { channelId, nowUs }: Readonly<{ channelId: string; nowUs: number }>,
): Promise<Mute | undefined> {
  return muteAmong(await mutesInForce(reader, { workspaceId: alert.workspaceId, channelId, nowUs }), alert);
}

/** Whether people have muted the alert in this channel since it was answered. */
export async function isMuted(tx: Tx, alert: NotedAlert, channelId: string): Promise<boolean> {
  return (await muteOf(tx, alert, { channelId, nowUs: tx.nowUs })) !== undefined;
}

/** The first mute of this alert, of its service, or by a form. */
export function muteAmong(mutes: readonly Mute[], alert: RuledAlert & Pick<Alert, 'key'>): Mute | undefined {
  const names = serviceNames(alert);
  return mutes.find(({ service, source, key, rule }) => {
    if (rule !== undefined) return fits(rule, alert);
    if (service === '') return source === alert.source && key === alert.key;
    return names.some((name) => name === service || isSameService(name, service));
  });
}

/** Counts the alerts that got no answer in this channel, in the thread of this answer. */
export async function countQuietAlerts(
  tx: Tx,
  {
    investigationId,
    workspaceId,
    channelId,
  }: Readonly<Record<'investigationId' | 'workspaceId' | 'channelId', string>>,
): Promise<void> {
  const place = { workspaceId, channelId };
  const untold = await untoldQuietAlerts(tx, place, QUIET_NAMED);
  if (untold.count === 0) return;
  const messageId = `${investigationId}/quiet-before`;
  const message = answerMessage(quietSince(untold), investigationId);
  await post(tx, { messageId, ...place, threadOf: investigationId, message, rank: 'detail' });
  await tellQuietAlerts(tx, place, messageId);
}
