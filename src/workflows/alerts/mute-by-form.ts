/**
 * The form "Mute alerts": all alerts of a channel that fit it get no answer for a time. A line in the channel says so, with
 * Unmute.
 *
 *   form ──► mute · line in the channel · audit row · inbox row done      all keyed by the request
 */
import { HOUR_US } from '#core/time-units.ts';
import { redact } from '#model/redaction/redaction.ts';
import { muted } from '#present/slack/quiet-messages.ts';
import { addMute, type MuteRule, mutesInForce } from '#record/mutes.ts';
import { post } from '#record/outbox.ts';
import { MUTE_LINE_OF } from '#workflows/alerts/mute-alert.ts';
import type { AlertParts } from '#workflows/alerts/on-alert.ts';
import { type AskedBy, answered, SLACK_DID_NOT_SAY } from '#workflows/incidents/on-incident.ts';
import { answerMessage } from '#workflows/messages/answer-message.ts';

/** What a person may choose, in hours. */
export const MUTE_HOURS = { '1 hour': 1, '4 hours': 4, '1 day': 24, '1 week': 168, '30 days': 720 } as const;

export type MuteByForm = (
  request: MuteRule &
    Readonly<{
      asked: AskedBy;
      channelId: string;
      hours: keyof typeof MUTE_HOURS;
    }>,
) => Promise<MuteTold>;

/** `field`: the part of the form that the problem is about. */
export type MuteTold = Readonly<{ kind: 'done' } | { kind: 'refused'; field: string; text: string }>;

const MOST_NAMES = 20;
const NAME_CHARS = 100;
/** A person can look at as many. */
const MOST_IN_CHANNEL = 50;

export function formMuter({ store, mayRead, kick }: AlertParts): MuteByForm {
  return async ({ asked, channelId, hours, senders, services, severities, answer, reason }) => {
    const { inboxId: id, workspaceId, userId, userName } = asked;
    const rule = { senders, services, severities, answer, reason: redact(reason) };
    // The channel is a choice of the person, so being asked there proves nothing.
    const mayMute = async () => await mayRead({ ...asked, channelId: '' }, channelId);
    const refused = problemOf(rule, channelId) ?? refusalOf(await mayMute());
    const told = await store.transaction(async (tx): Promise<MuteTold> => {
      const place = { workspaceId, channelId };
      const inForce = refused === undefined ? await mutesInForce(tx, { ...place, nowUs: tx.nowUs }) : [];
      const problem = inForce.length < MOST_IN_CHANNEL ? refused : { field: 'channel', text: FULL };
      if (problem !== undefined) {
        await answered(tx, asked, { kind: 'refused', text: problem.text });
        return { kind: 'refused', ...problem };
      }
      const untilUs = tx.nowUs + MUTE_HOURS[hours] * HOUR_US;
      const mute = { ...place, id, alertId: '', service: '', by: userId, untilUs, rule };
      await addMute(tx, mute);
      const line = muted({ ...mute, title: '', who: userName });
      await post(tx, { messageId: MUTE_LINE_OF(id), ...place, message: answerMessage(line, ''), rank: 'detail' });
      await answered(tx, asked, { kind: 'done', text: line.text });
      return { kind: 'done' };
    });
    kick();
    return told;
  };
}

function refusalOf(may: boolean | undefined) {
  if (may) return undefined;
  return { field: 'channel', text: may === undefined ? SLACK_DID_NOT_SAY : NOT_YOURS };
}

const NOT_YOURS =
  'You may mute alerts only in a channel that you and Spanhound are in. Guests and people of other workspaces may not do it.';
const FULL = `This channel has ${MOST_IN_CHANNEL} mutes already. End one in the Home tab first.`;

function problemOf(
  { senders, services, severities }: MuteRule,
  channelId: string,
): Readonly<{ field: string; text: string }> | undefined {
  if (channelId === '') return { field: 'channel', text: 'Choose a channel.' };
  for (const [field, names] of Object.entries({ senders, services, severities })) {
    if (names.length > MOST_NAMES) return { field, text: `At most ${MOST_NAMES} names.` };
    const long = names.find((name) => name.length > NAME_CHARS);
    if (long !== undefined) return { field, text: `A name has at most ${NAME_CHARS} characters.` };
  }
  const starred = services.find((name) => name.slice(1, -1).includes('*') || name.replaceAll('*', '') === '');
  if (starred !== undefined)
    return { field: 'services', text: 'A * may stand only at the beginning or end of a name.' };
  return undefined;
}
