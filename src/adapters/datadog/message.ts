/**
 * Messages of Datadog's Slack app: the transition and the monitor's name, linked with the monitor.
 * https://docs.datadoghq.com/integrations/slack/
 */
import { instantUs, nameInFront } from '#adapters/alert-fields.ts';
import type { Said } from '#adapters/message-text.ts';
import { appName, messageReader, type PostedAlert } from '#adapters/posted-message.ts';
import type { AlertState } from '#model/incident/alert.ts';

export const readDatadogMessage = messageReader({
  source: 'datadog',
  isOwn: (message) => /^datadog\b/i.test(appName(message)),
  read,
});

/** `Triggered: name on host:web-1`, `[Re-Triggered on {service:cart}] name` */
const TITLE =
  /^\s*(?:\[P[1-5]\]\s*)?(?:\[(?<bracketed>(?:Re-)?(?:Triggered|Warn|No data)|Recovered|Renotify)\b(?<group>[^\]]{0,300})\]|(?<plain>(?:Re-)?(?:Triggered|Warn|No data)|Recovered|Renotify):)\s*(?<name>\S.*)$/is;

const STATES: Readonly<Record<string, AlertState>> = { recovered: 'resolved' };

function read({ lines, fields }: Said): PostedAlert | undefined {
  for (const { url, label } of lines.flatMap(({ links }) => links)) {
    const { bracketed, plain, group = '', name = '' } = TITLE.exec(label)?.groups ?? {};
    const transition = bracketed ?? plain;
    const monitor = /\/monitors[/#](\d{1,20})\b/.exec(url)?.[1];
    if (transition === undefined || monitor === undefined) continue;
    const scope = /\{([^{}]{1,300})\}/.exec(group)?.[1] ?? (tagsAtEnd(name) || groupIn(url));
    const isReminder = /^re/i.test(transition) && !/^recovered/i.test(transition);
    return {
      key: `${monitor}/${scope}`,
      title: name.trim(),
      state: STATES[transition.toLowerCase()] ?? 'triggered',
      service:
        serviceIn(scope) ||
        serviceIn(fields.get('tags') ?? '') ||
        nameInFront(name.trim()) ||
        serviceInTexts(lines.map(({ text }) => text)) ||
        (/(?:^|[,\s])host:([\w.-]{1,200})/.exec(scope)?.[1] ?? ''),
      severity: severityIn(label, transition),
      url,
      labels: { monitor_id: monitor },
      ...(isReminder && { reminder: true as const }),
      ...beganIn(lines.map(({ text }) => text)),
    };
  }
  return undefined;
}

/** The monitor's priority, else that only its limit for a warning is exceeded. */
function severityIn(label: string, transition: string): string {
  const priority = /\[(P[1-5])\]/.exec(label)?.[1] ?? '';
  return priority === '' && /^(?:re-)?warn$/i.test(transition) ? 'warning' : priority;
}

/** `The monitor was last triggered at Tue Jan 06 2026 10:00:00 UTC.` */
function beganIn(texts: readonly string[]): Pick<PostedAlert, 'atUs'> {
  const form = /\blast triggered at ((?:\w{3} ){2}\d{1,2} \d{4} \d\d:\d\d:\d\d UTC)\b/;
  const [at = ''] = texts.flatMap((text) => form.exec(text.slice(0, 1_000))?.[1] ?? []);
  const atUs = instantUs(Date.parse(at));
  return atUs === undefined ? {} : { atUs };
}

/** `env:prod, service:cart`: the tags of the group, or those of the monitor in a field of the card. */
function serviceIn(tags: string): string {
  return /(?:^|[,\s])service:([\w.-]{1,200})/.exec(tags.slice(0, 2_000))?.[1] ?? '';
}

/** The group in the text below the title or in the footer: `… over *service:cart,env:prod* was *> 5* …`, `` on `service:cart` `` */
function serviceInTexts(texts: readonly string[]): string {
  const named = texts.flatMap((text) => /(?:^|[*,`])service:([\w.-]{1,200})/.exec(text.slice(0, 1_000))?.[1] ?? []);
  return named[0] ?? '';
}

/** `CPU is high on host:web-1,env:prod`, `Lag on {service:cart}` */
function tagsAtEnd(name: string): string {
  const at = name.lastIndexOf(' on ');
  const end = at < 0 ? '' : name.slice(at + 4).trim();
  const tags = end.startsWith('{') && end.endsWith('}') ? end.slice(1, -1) : end;
  return areTags(tags) ? tags : '';
}

/** `/monitors/7?group=service%3Acart`: the group in the monitor's address, where the title leaves it out. */
function groupIn(url: string): string {
  const group = URL.parse(url)?.searchParams.get('group') ?? '';
  return areTags(group) ? group : '';
}

function areTags(text: string): boolean {
  return text.split(',').every((tag) => /^[\w.-]{1,100}:\S{1,200}$/.test(tag));
}
