/**
 * "Mute for an hour": this alert, or all alerts of its service, get no answer in this channel. Everybody in the channel
 * sees who muted what until when, and may end it. A mute ends by itself.
 *
 *   menu ──► mute · line in the thread with Unmute · audit row · inbox row done      all keyed by the request
 */
import { HOUR_US } from '#core/time-units.ts';
import { muted, unmuted } from '#present/slack/quiet-messages.ts';
import { addMute, endMute, findMute, type Mute, mutesInForce } from '#record/mutes.ts';
import { post, update } from '#record/outbox.ts';
import type { Store } from '#record/store.ts';
import {
  type AlertParts,
  type AskedOfAlert,
  alertMeant,
  NO_LONGER_THERE,
  refusal,
} from '#workflows/alerts/on-alert.ts';
import { serviceNames } from '#workflows/alerts/quiet-rules.ts';
import { type AskedBy, answered, answeredInThread, type Told } from '#workflows/incidents/on-incident.ts';
import { answerMessage } from '#workflows/messages/answer-message.ts';
import type { WhoLooks, WhoMay } from '#workflows/upkeep/check-store.ts';

export type MuteAlert = (request: AskedOfAlert & Readonly<{ what: 'alert' | 'service' }>) => Promise<Told>;
export type EndMute = (request: Readonly<{ asked: AskedBy; muteId: string }>) => Promise<Told>;

/** The message that tells of a mute. */
export const MUTE_LINE_OF = (muteId: string) => `mute/${muteId}`;

export function alertMuter(parts: AlertParts): MuteAlert {
  return async (request) => {
    const { asked, what } = request;
    const meant = await alertMeant(parts, request);
    const told = await parts.store.transaction(async (tx): Promise<Told> => {
      if ('problem' in meant) return await answered(tx, asked, { kind: 'refused', text: meant.problem });
      const { alert, investigation } = meant;
      const { workspaceId, channelId } = investigation;
      const [service = ''] = what === 'service' ? serviceNames(alert) : [];
      const known = (await mutesInForce(tx, { workspaceId, channelId, nowUs: tx.nowUs })).find((mute) =>
        service === ''
          ? mute.service === '' && mute.source === alert.source && mute.key === alert.key
          : mute.service === service,
      );
      if (known !== undefined) return await answered(tx, asked, { kind: 'refused', text: ALREADY_MUTED });
      const { inboxId: id, userId, userName } = asked;
      const mute = { id, workspaceId, channelId, alertId: alert.id, service, by: userId, untilUs: tx.nowUs + HOUR_US };
      await addMute(tx, mute);
      const line = muted({ ...mute, title: alert.title, who: userName });
      const message = answerMessage(line, investigation.id);
      await post(tx, { messageId: MUTE_LINE_OF(id), workspaceId, channelId, threadOf: investigation.id, message });
      return await answeredInThread(tx, asked, line.text);
    });
    parts.kick();
    return told;
  };
}

const ALREADY_MUTED = 'It is muted already. The line in the thread names the person and the end.';
const ALREADY_OVER = 'This mute is over already.';

export function muteEnder({ store, mayRead, kick }: AlertParts): EndMute {
  return async ({ asked, muteId }) => {
    const mute = await findMute(store, { workspaceId: asked.workspaceId, id: muteId });
    const problem = mute === undefined ? NO_LONGER_THERE : await refusal(mayRead, asked, mute.channelId);
    const told = await store.transaction(async (tx): Promise<Told> => {
      if (mute === undefined || problem !== undefined) {
        return await answered(tx, asked, { kind: 'refused', text: problem ?? NO_LONGER_THERE });
      }
      const { id, workspaceId } = mute;
      if (!(await endMute(tx, { workspaceId, id, by: asked.userId }))) {
        return await answered(tx, asked, { kind: 'refused', text: ALREADY_OVER });
      }
      const line = unmuted({ ...mute, who: asked.userName });
      await update(tx, { messageId: MUTE_LINE_OF(id), message: answerMessage(line, ''), rank: 'asked' });
      return await answeredInThread(tx, asked, line.text);
    });
    kick();
    return told;
  };
}

/** The mutes in force of the channels that this person can read; guests see none. */
export async function mutesFor(store: Store, who: WhoLooks, { isMember, mayRead }: WhoMay): Promise<readonly Mute[]> {
  if (!(await isMember(who))) return [];
  const mutes = await mutesInForce(store, { workspaceId: who.workspaceId, nowUs: await store.nowUs() });
  const channels = new Map<string, boolean | undefined>();
  for (const { channelId } of mutes) {
    if (!channels.has(channelId)) channels.set(channelId, await mayRead(who, channelId));
  }
  return mutes.filter(({ channelId }) => channels.get(channelId));
}
