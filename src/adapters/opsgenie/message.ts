/**
 * Messages of Opsgenie's Slack app. The last part of the title's link is the alert's id; the fields hold priority and
 * responders, the words around the title what happened.
 */
import { firstOf, serviceInTitle, serviceOf, Tags } from '#adapters/alert-fields.ts';
import type { Said } from '#adapters/message-text.ts';
import { appName, messageReader, type PostedAlert } from '#adapters/posted-message.ts';
import type { AlertState } from '#model/incident/alert.ts';
import { ALERT_ID, wholeId, withoutTime } from './alert-id.ts';

export const readOpsgenieMessage = messageReader({
  source: 'opsgenie',
  isOwn: (message) => /^opsgenie\b/i.test(appName(message)),
  read,
});

function read({ lines, fields, fallback }: Said): PostedAlert | undefined {
  const linked = lines.flatMap((line) => line.links.map((link) => ({ line, link })));
  for (const { line, link } of linked) {
    if (!isOpsgenie(link.url)) continue;
    const [, number = '', name = ''] = /^(?:#(\d{1,20}):?\s*)?(.*)$/s.exec(link.label) ?? [];
    const id = alertId(link.url);
    const key = withoutTime(id) || (number === '' ? '' : `#${number}`);
    if (key === '') continue;
    const title = name.trim() || quotedIn([...lines.map(({ text }) => text), fallback]) || link.label;
    return {
      key,
      title,
      state:
        stateOf(`${line.rest}\n${fallback}`) ??
        stateOf(fields.get('status') ?? '') ??
        stateOf(lines.map(({ text }) => HAPPENED.exec(text.slice(0, 200))?.[1] ?? '').join('\n')) ??
        'triggered',
      service: firstOf(
        fields.get('service'),
        fields.get('entity'),
        serviceOf(Tags.parse(fields.get('tags'))),
        serviceInTitle(title),
      ),
      severity: fields.get('priority') ?? '',
      url: link.url,
      labels: Object.fromEntries([
        ...(number === '' ? [] : [['incident_number', number]]),
        ...[...fields].map(([field, value]) => [field.replaceAll(' ', '_'), value]),
        ...Object.entries(wholeId(id)),
      ]),
    };
  }
  return undefined;
}

/** `New alert: "queue is long" #8812`, `#8812: queue is long`: where the link is the number alone. */
function quotedIn(texts: readonly string[]): string {
  const named = /"([^"\n]{1,300})"|^#\d{1,20}: (\S.{0,300})/;
  return texts.flatMap((text) => named.exec(text.slice(0, 1_000))?.slice(1).find(Boolean) ?? [])[0] ?? '';
}

function isOpsgenie(address: string): boolean {
  return /(?:^|\.)(?:opsgenie\.com|opsg\.in)$/.test(URL.parse(address)?.hostname ?? '');
}

/** `…/550e8400-e29b-41d4-a716-446655440000-1705315800000`: the number at the end is the time in milliseconds. */
function alertId(address: string): string {
  const last =
    (URL.parse(address)?.pathname ?? '')
      .split('/')
      .filter((part) => part !== '' && part !== 'details')
      .at(-1) ?? '';
  return ALERT_ID.test(last) ? last : '';
}

/** `Alert closed by Ann Lee`: what happened, as a sentence below the title. */
const HAPPENED =
  /^(?:the )?alert (?:was |has been |is )?((?:un)?acknowledged|closed|resolved)(?: (?:by|via)\b|[.!]?$)/i;

/** Not a name that contains such a word: the title is a link, and the words stand around it. */
function stateOf(text: string): AlertState | undefined {
  if (/\bunacknowledged\b/i.test(text)) return 'triggered';
  if (/\backnowledged\b|\back'?ed\b/i.test(text)) return 'acknowledged';
  return /\bclosed?\b|\bresolved\b/i.test(text) ? 'resolved' : undefined;
}
