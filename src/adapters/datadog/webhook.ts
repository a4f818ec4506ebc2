/**
 * Datadog's webhooks integration. The team chooses the template of the body: Datadog's default, or a template with
 * more of its variables, flat or below `alert`. https://docs.datadoghq.com/integrations/webhooks/
 */
import { z } from 'zod';
import {
  deliveryOf,
  firstOf,
  Instant,
  labelsOf,
  linesOf,
  Name,
  nameInTitle,
  Prose,
  serviceOf,
  Tags,
  traceIdIn,
  unreadable,
} from '#adapters/alert-fields.ts';
import { noTroubleIn } from '#adapters/no-trouble.ts';
import type { ReadDelivery } from '#adapters/system.ts';
import type { Alert, AlertState } from '#model/incident/alert.ts';

const AlertVariables = z.object({
  alert_id: Name,
  alert_transition: Name,
  alert_type: Name,
  alert_priority: Name,
  alert_scope: Name,
  alert_query: Name,
  alert_metric: Name,
  alert_cycle_key: Name,
});

const DatadogWebhook = AlertVariables.extend({
  id: Name,
  event_id: Name,
  title: Name,
  event_title: Name,
  event_type: Name,
  alert_title: Name,
  alert_status: Name,
  body: Prose,
  event_msg: Prose,
  text_only_msg: Prose,
  date: Instant,
  date_posix: Instant,
  last_updated: Instant,
  url: Name,
  link: Name,
  monitor_id: Name,
  severity: Name,
  hostname: Name,
  scopes: Tags,
  tags: Tags,
  alert: AlertVariables.nullish().catch(undefined),
  event: z.object({ aggreg_key: Name, event_url: Name }).nullish().catch(undefined),
});
type DatadogWebhook = z.output<typeof DatadogWebhook>;

/** Fields of Datadog's own templates. A body that has none of them is another sender's. */
const OwnFields = z.union([
  z.looseObject({ event_type: z.string(), last_updated: z.unknown(), title: z.string() }),
  z.looseObject({ alert_transition: z.string() }),
]);

export function isDatadogWebhook(body: unknown): boolean {
  return OwnFields.safeParse(body).success;
}

export function readDatadogWebhook(body: unknown, receivedUs: number): ReadDelivery {
  const parsed = DatadogWebhook.safeParse(body);
  if (!parsed.success) return unreadable(parsed.error);
  const { alert: nested, ...event } = parsed.data;
  const said = { ...event, ...overlaid(event, nested ?? undefined), ...ownNamesOf(event) };
  if (firstOf(said.title, said.alert_title) === '') {
    return { kind: 'unreadable', why: '✖ expected text: $EVENT_TITLE\n  → at title' };
  }
  const noTrouble = noTroubleIn(said.title, said.alert_title);
  if (noTrouble !== undefined) return { kind: 'other', why: noTrouble };
  const transition = firstOf(said.alert_transition, transitionIn(said.title), said.alert_status);
  const state = TRANSITIONS[plainTransition(transition)];
  if (state === undefined) {
    if (transition === '') {
      const why =
        '✖ no transition, such as Triggered\n  → at alert_transition: add "alert_transition": "$ALERT_TRANSITION" to the payload';
      return { kind: 'unreadable', why };
    }
    return { kind: 'other', why: `the transition ${transition} starts and ends no alert` };
  }
  const saidUs = said.last_updated ?? said.date ?? receivedUs;
  const isReminder = /^re-|^renotify$/i.test(transition);
  const alert = alertOf(said, { state, saidUs });
  return deliveryOf(isReminder ? { ...alert, reminder: true } : alert, said.id);
}

type Said = Omit<DatadogWebhook, 'alert'>;

/** A variable stands at the top or below `alert`. */
function overlaid(top: Said, nested: z.output<typeof AlertVariables> | undefined): Partial<Said> {
  if (nested === undefined) return {};
  const entries = Object.entries(nested).map(([name, value]) => [
    name,
    firstOf(top[name as keyof typeof nested], value),
  ]);
  return Object.fromEntries(entries) as Partial<Said>;
}

/** Templates that name each field as its variable: `"event_title": "$EVENT_TITLE"`, `"link": "$LINK"`. */
function ownNamesOf(said: Said): Pick<Said, 'id' | 'title' | 'body' | 'date' | 'url'> {
  return {
    id: firstOf(said.id, said.event_id),
    title: firstOf(said.title, said.event_title),
    body: firstOf(said.body, said.event_msg, said.text_only_msg),
    date: said.date ?? said.date_posix,
    url: firstOf(said.url, said.link),
  };
}

/** $ALERT_TRANSITION. `Re-` reminds of the same alert: the monitor has not recovered since. */
const TRANSITIONS: Readonly<Record<string, AlertState>> = {
  triggered: 'triggered',
  warn: 'triggered',
  'no data': 'triggered',
  renotify: 'triggered',
  recovered: 'resolved',
};

function plainTransition(transition: string): string {
  return transition.toLowerCase().replace(/^re-/, '').trim();
}

/** `[Triggered on {service:x}] …`, `[P2] [Recovered] …` */
function transitionIn(title: string): string {
  return /\[((?:Re-)?(?:Triggered|Recovered|Warn|No Data)|Renotify)\b/i.exec(title.slice(0, 300))?.[1] ?? '';
}

function alertOf(said: Said, { state, saidUs }: Readonly<{ state: AlertState; saidUs: number }>): Alert {
  const scope = scopeIn(said);
  const labels = { ...said.tags, ...said.scopes, ...tagsIn(scope) };
  const monitor = firstOf(said.monitor_id, said.alert_id, monitorIn(said.body), said.event?.aggreg_key);
  return {
    source: 'datadog',
    key: `${firstOf(monitor, said.alert_cycle_key, said.id)}/${scope}`,
    title: titleIn(firstOf(said.alert_title, said.title)),
    service: firstOf(
      serviceOf(labels),
      serviceIn(said.alert_query),
      tagIn(said.body, 'service'),
      tagOfTitle(said.title),
      labels.host,
      tagIn(said.title, 'queue'),
      tagIn(said.body, 'host'),
      nameInTitle(titleIn(firstOf(said.alert_title, said.title))),
    ),
    severity: firstOf(said.alert_priority, priorityIn(said.title), said.severity, gradeOf(said.alert_type)),
    state,
    atUs: (state === 'resolved' ? lastTriggered(said.body) : undefined) ?? said.date ?? saidUs,
    saidUs,
    url: firstOf(said.url, said.event?.event_url, linkIn(said.body)),
    traceId: traceIdIn(said.body, linesOf(labels)),
    labels: { ...labels, ...labelsOf({ host: said.hostname, metric: said.alert_metric, monitor_id: said.monitor_id }) },
  };
}

/** The group of the monitor that triggered: `service:api,env:prod`. */
function scopeIn({ alert_scope, scopes, title }: Said): string {
  const listed = Object.entries(scopes).map(([name, value]) => `${name}:${value}`);
  return firstOf(alert_scope, listed.join(','), / on \{([^{}]{1,300})\}\]/.exec(title.slice(0, 500))?.[1]);
}

function tagsIn(scope: string): Record<string, string> {
  return Tags.parse(scope);
}

function serviceIn(query: string): string {
  return /[{,]\s*service:([\w.-]{1,200})/.exec(query)?.[1] ?? '';
}

/**
 * The default payload has no tags. Its text names those of the group: `… over **service:cart,env:prod** was **> 5** …`, and
 * a title often has them at its end: `… on {queue:orders}`.
 * https://docs.datadoghq.com/monitors/notify/variables/
 */
function tagIn(text: string, name: 'service' | 'queue' | 'host'): string {
  const tags = text
    .slice(0, 5_000)
    .matchAll(/(?:[{*,]|\bon )(service|queue|host):([\w-]{1,100}(?:\.[\w-]{1,100}){0,6})/g);
  return [...tags].find(([, named]) => named === name)?.[2] ?? '';
}

/**
 * `Offsets missing on consumer_group:cart-events`: a tag in a sentence of the title that names what runs.
 * https://docs.datadoghq.com/getting_started/tagging/
 */
function tagOfTitle(title: string): string {
  const tags = [
    ...title.slice(0, 500).matchAll(/(?<![\w.-])([a-z_]{3,30}):([A-Za-z][\w-]{1,100}(?:\.[\w-]{1,100}){0,6})/g),
  ];
  return firstOf(...RUNNING_TAGS.map((wanted) => tags.find(([, name]) => name === wanted)?.[2]));
}

const RUNNING_TAGS = [
  'service',
  'app',
  'application',
  'kube_deployment',
  'kube_stateful_set',
  'kube_daemon_set',
  'functionname',
  'consumer_group',
];

function monitorIn(body: string): string {
  return /\/monitors[/#](\d{1,20})\b/.exec(body)?.[1] ?? '';
}

function linkIn(body: string): string {
  return /\((https:\/\/[\w.-]{1,100}\/monitors[/#]\d{1,20}[^\s)]{0,1000})\)/.exec(body)?.[1] ?? '';
}

/** Without the priority, the transition and an empty group in front. */
function titleIn(title: string): string {
  const bare = title.replace(
    /^(?:\s*\[(?:P[1-5]|(?:Re-)?(?:Triggered|Recovered|Warn|No Data)[^\]]{0,500}|Renotify)?\]\s*)+/i,
    '',
  );
  return bare.trim() || title.trim();
}

function priorityIn(title: string): string {
  return /\[(P[1-5])\]/.exec(title.slice(0, 300))?.[1] ?? '';
}

/** $ALERT_TYPE: `success` and `info` grade no trouble. */
function gradeOf(type: string): string {
  return /^(?:error|warning)$/i.test(type) ? type : '';
}

/** `The monitor was last triggered at Wed Dec 11 2024 15:05:02 UTC.` */
function lastTriggered(body: string): number | undefined {
  const said = /last triggered at (\w{3} \w{3} \d{1,2} \d{4} \d{2}:\d{2}:\d{2} UTC)/.exec(body)?.[1];
  const ms = said === undefined ? Number.NaN : Date.parse(said);
  return Number.isNaN(ms) ? undefined : ms * 1_000;
}
