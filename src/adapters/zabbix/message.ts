/**
 * Messages of Zabbix' media type for Slack: the title is linked with the event's page, whose number is the key.
 * https://www.zabbix.com/integrations/slack
 */
import { firstOf, labelsOf, serviceOf, Tags } from '#adapters/alert-fields.ts';
import type { Said } from '#adapters/message-text.ts';
import { appName, messageReader, type PostedAlert } from '#adapters/posted-message.ts';
import { idsIn } from './webhook.ts';

export const readZabbixMessage = messageReader({
  source: 'zabbix',
  isOwn: (message) => /^zabbix\b/i.test(appName(message)),
  read,
});

/** `Problem: name`, `Resolved in 22m 0s: name`, `Updated problem in 5m: name`; older versions write `OK: name`, others a problem's name alone. */
const TITLE = /^\s*(?:(?<what>Problem|Resolved|OK|Updated problem)\b(?: in [\w ]{1,40})?:\s*)?(?<name>\S.*)$/is;

/** `Event tags: service: cart, scope: latency`, or each tag as code; a line of another name is a tag itself. */
function tagsIn(text: string): readonly (readonly [string, string])[] {
  const list = text
    .replace(/^Event tags:\s*/, '')
    .replaceAll(/`\s{0,3}`/g, ',')
    .replaceAll('`', '');
  return Object.entries(Tags.parse(text.startsWith('Event tags:') ? list : [list]));
}

/**
 * The default message has its fields as lines: `Host: web-1`, `Severity: High`.
 * https://www.zabbix.com/documentation/current/en/manual/config/notifications/media
 */
function listedIn(text: string): readonly (readonly [string, string])[] {
  const [, name = '', value = ''] = /^(Host|Severity): (\S.{0,300})$/.exec(text) ?? [];
  return name === '' ? [] : [[name.toLowerCase(), value]];
}

/** `Current problem status is PROBLEM, age is 3m, acknowledged: Yes.` */
function isTaken(lines: Said['lines']): boolean {
  return lines.some(({ text }) =>
    /\bproblem status is PROBLEM\b.{0,80}\backnowledged: yes\b/i.test(text.slice(0, 400)),
  );
}

function read({ lines, fields }: Said): PostedAlert | undefined {
  for (const { url, label } of lines.flatMap(({ links }) => links)) {
    const { what = '', name = '' } = TITLE.exec(label)?.groups ?? {};
    const { event, trigger } = idsIn(url);
    if (name === '' || event === '' || (what === '' && !fields.has('event time'))) continue;
    const listed = new Map([...lines.flatMap(({ text }) => listedIn(text)), ...fields]);
    const host = /^[^[]{1,300}/.exec(listed.get('host') ?? '')?.[0].trim() ?? '';
    const tags = lines.flatMap(({ text }) => tagsIn(text));
    return {
      key: event,
      title: name.trim(),
      state: /^(?:resolved|ok)/i.test(what) ? 'resolved' : isTaken(lines) ? 'acknowledged' : 'triggered',
      service: firstOf(serviceOf(Object.fromEntries(tags)), host),
      severity: listed.get('severity') ?? '',
      url,
      labels: labelsOf({ host, trigger_id: trigger }),
      ...(/^updated/i.test(what) && !isTaken(lines) && { reminder: true as const }),
    };
  }
  return undefined;
}
