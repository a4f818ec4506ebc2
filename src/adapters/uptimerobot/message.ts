/**
 * Messages of UptimeRobot's Slack integration: one line with the state, the monitor's name and its address.
 * https://help.uptimerobot.com/en/articles/11360876-how-to-integrate-uptimerobot-with-slack
 */

import type { Said } from '#adapters/message-text.ts';
import { appName, messageReader, type PostedAlert, shownIn } from '#adapters/posted-message.ts';
import { monitorKey } from './webhook.ts';

export const readUptimeRobotMessage = messageReader({
  source: 'uptimerobot',
  isOwn: (message) => /^uptime ?robot\b/i.test(appName(message)),
  read,
});

/** `Monitor is DOWN: Shop ( https://shop.example.com ). Reason: …`, `Monitor is UP: Shop ( … ). It was down for …` */
const NOTICE =
  /^[^\w\n]{0,10}Monitor is (?<state>DOWN|UP): (?<name>[^(\n]{1,300}) \( ?(?<address>[^\s()]{1,1000}) ?\)/i;

/** The same where the name is the text of a link to the address. */
const LINKED = /^[^\w\n]{0,10}Monitor is (?<state>DOWN|UP): /i;

function linkedIn({ lines }: Said): Readonly<Record<string, string>> {
  for (const { text, links } of lines.slice(0, 3)) {
    const [link] = links;
    const state = LINKED.exec(text)?.groups?.state;
    if (state !== undefined && link !== undefined && link.label !== '')
      return { state, name: link.label, address: link.url };
  }
  return {};
}

function read(said: Said): PostedAlert | undefined {
  const { state, name = '', address = '' } = NOTICE.exec(shownIn(said))?.groups ?? linkedIn(said);
  if (state === undefined) return undefined;
  const isOver = /^up$/i.test(state);
  // Teams may write the variables of the message in bold, behind a mark.
  const service = name
    .trim()
    .replace(/^(?::[a-z0-9_+-]{1,40}:\s{0,2}){1,3}/, '')
    .replaceAll(/^[*_~`]{1,3}|[*_~`]{1,3}$/g, '')
    .trim();
  return {
    key: monitorKey(service, address),
    title: `${service} is ${isOver ? 'up' : 'down'}`,
    state: isOver ? 'resolved' : 'triggered',
    service,
    severity: '',
    url: address,
    labels: { monitor_url: address },
  };
}
