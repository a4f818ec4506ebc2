/**
 * Messages of apps that have no reader of their own: by a mapping, else by the general reader. One that looks like an
 * alert and cannot be read gets an honest answer. Only posts of apps are looked at: messages of people and replies are
 * left alone. A reply that its app also sent to the channel may say that the alert is over.
 */
import { saidIn } from '#adapters/message-text.ts';
import { noTroubleIn } from '#adapters/no-trouble.ts';
import {
  appName,
  firstLines,
  isByApp,
  isReply,
  isSentToChannel,
  microseconds,
  type Posted,
  type PostedEvent,
  postedIn,
  replyNote,
  shownIn,
} from '#adapters/posted-message.ts';
import type { Alert, AlertMessage, ReadAlert } from '#model/incident/alert.ts';
import { generalMail, generalMessage } from './general-message.ts';
import { mailIn } from './mail-message.ts';
import { type Mappings, mapped } from './mapping.ts';
import { lettersOf } from './payload-fields.ts';
import { OF_PEOPLE } from './said-trouble.ts';

export function mappedMessages(mappings: Mappings): ReadAlert {
  return (event) => {
    const posted = postedIn(event);
    const mail = posted === undefined || isReply(posted.message) ? undefined : mailIn(posted.message);
    if (posted !== undefined && mail !== undefined) return readMail({ ...posted, message: mail });
    if (posted === undefined || !isByApp(posted.message)) return undefined;
    if (isReply(posted.message)) return isSentToChannel(posted.message) ? endInThread(posted) : undefined;
    return readPosted(posted, mappings);
  };
}

function readPosted({ channelId, message, editedTs }: PostedEvent, mappings: Mappings): AlertMessage | undefined {
  const place = { channelId, ts: message.ts, edited: editedTs !== undefined };
  const said = saidIn(message);
  const noAlert = noTroubleIn(...firstLines(said));
  const text = shownIn(said);
  const alert = mappedAlert(mappings, message, text) ?? (appName(message) === '' ? undefined : generalMessage(message));
  if (alert !== undefined) return { ...place, alert: { ...alert, saidUs: microseconds(editedTs ?? message.ts) } };
  if (noAlert !== undefined) return { ...place, noAlert };
  return place.edited ? undefined : unknownAlert(message, text, place);
}

function readMail({ channelId, message, editedTs }: PostedEvent): AlertMessage | undefined {
  const alert = generalMail(message);
  const saidUs = microseconds(editedTs ?? message.ts);
  return alert && { channelId, ts: message.ts, edited: editedTs !== undefined, alert: { ...alert, saidUs } };
}

function endInThread(posted: PostedEvent): AlertMessage | undefined {
  const { channelId, message, editedTs } = posted;
  const alert = appName(message) === '' ? undefined : generalMessage(message);
  const saidUs = microseconds(editedTs ?? message.ts);
  if (alert?.state === 'resolved')
    return { channelId, ts: message.ts, edited: editedTs !== undefined, alert: { ...alert, saidUs } };
  return replyNote(lettersOf(appName(message)) || 'slack', posted);
}

function mappedAlert(mappings: Mappings, message: Posted, text: string): Alert | undefined {
  for (const [name, mapping] of Object.entries(mappings)) {
    if (mapping.from === undefined || !isFrom(message, mapping.from)) continue;
    const read = mapped(name, mapping, { body: message, text }, microseconds(message.ts));
    if (typeof read !== 'string') return read;
  }
  return undefined;
}

function isFrom(message: Posted, from: string): boolean {
  const names = [appName(message), message.app_id ?? '', message.bot_profile?.app_id ?? ''];
  return names.some((name) => name !== '' && name.toLowerCase() === from.toLowerCase());
}

/**
 * Words at the beginning of an alert's title, as alerting apps write them. Reports, reminders and chats of apps may hold
 * such a word somewhere; the title begins with it, or has it in brackets.
 */
const ALERT_TITLE =
  /^[^\p{L}\p{N}[]{0,10}(?:\[(?:firing|alert|alarm|critical|warning|problem|triggered|down|error|p[0-4]|sev-?\d)\b|(?:firing|alert|alarm|critical|problem|triggered|incident (?:opened|triggered|started))\b\s{0,3}[:|#[-])/iu;

/** `Monitor is DOWN: shop`, `web-1 is down`, `High error rate on cart` */
const ALERT_SENTENCE =
  /\b(?:is|went|are)\s+(?:now\s+)?(?:down|failing|unhealthy|unreachable|in alarm|critical)\b|\berror rate\b.{0,80}\b(?:above|exceeded|over)\b/i;

function unknownAlert(
  message: Posted,
  text: string,
  place: Readonly<{ channelId: string; ts: string; edited: boolean }>,
): AlertMessage | undefined {
  const sender = appName(message);
  const [title = ''] = text.split('\n');
  const plain = title.slice(0, 300).replaceAll(/:[a-z0-9_+-]{1,40}:|[*_~]/g, ' ');
  const seems = ALERT_TITLE.test(plain) || ALERT_SENTENCE.test(plain);
  return sender === '' || OF_PEOPLE.test(sender) || !seems ? undefined : { ...place, unreadable: text, sender };
}
