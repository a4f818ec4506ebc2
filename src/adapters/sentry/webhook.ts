/**
 * Sentry's webhooks: issue alerts, metric alerts, issues, and the older WebHooks plugin.
 * https://docs.sentry.io/organization/integrations/integration-platform/webhooks/
 */
import { z } from 'zod';
import {
  deliveryOf,
  digestOf,
  firstOf,
  Instant,
  labelsOf,
  linesOf,
  Name,
  Prose,
  Required,
  serviceOf,
  traceIdIn,
  unreadable,
} from '#adapters/alert-fields.ts';
import { signatureProof } from '#adapters/shared-secret.ts';
import type { ReadDelivery } from '#adapters/system.ts';
import type { Proof } from '#core/webhook.ts';
import type { AlertState } from '#model/incident/alert.ts';

/** Over the body alone: the header with the time is not signed. */
export function sentryProof(secret: string | undefined): Proof | undefined {
  return signatureProof(secret, { header: 'sentry-hook-signature' });
}

/** Pairs, or objects with key and value. */
const EventTags = z
  .unknown()
  .optional()
  .transform((value): Record<string, string> => {
    const pairs = z.array(z.union([z.tuple([Name, Name]), z.object({ key: Name, value: Name })])).safeParse(value);
    if (!pairs.success) return {};
    const named = pairs.data.map((pair) => (Array.isArray(pair) ? pair : ([pair.key, pair.value] as const)));
    return labelsOf(Object.fromEntries(named.slice(0, 200)));
  });

const Trace = z
  .object({ trace: z.object({ trace_id: Name }).nullish() })
  .nullish()
  .catch(undefined);

const Occurred = z.object({
  event_id: Name,
  issue_id: Name,
  issue_url: Name,
  title: Prose,
  message: Prose,
  culprit: Name,
  level: Name,
  project_slug: Name,
  project_name: Name,
  release: Name,
  environment: Name,
  datetime: Instant,
  timestamp: Instant,
  web_url: Name,
  url: Name,
  tags: EventTags,
  contexts: Trace,
});
type Occurred = z.output<typeof Occurred>;

const Issue = z.object({
  id: Required,
  shortId: Name,
  title: Prose,
  culprit: Name,
  level: Name,
  permalink: Name,
  web_url: Name,
  firstSeen: Instant,
  lastSeen: Instant,
  project: z.object({ slug: Name, name: Name }).nullish().catch(undefined),
});

const MetricAlert = z.object({
  id: Required,
  identifier: Name,
  title: Prose,
  date_started: Instant,
  date_closed: Instant,
  projects: z.array(Name).nullish().catch(undefined),
  alert_rule: z.object({ name: Name }).nullish().catch(undefined),
});

const SentryHook = z.object({
  action: z.string('expected text such as triggered'),
  actor: z.object({ name: Name }).nullish().catch(undefined),
  installation: z.looseObject({}).nullish().catch(undefined),
  data: z.object({
    event: Occurred.nullish(),
    error: Occurred.nullish(),
    issue: Issue.nullish(),
    metric_alert: MetricAlert.nullish(),
    triggered_rule: Name,
    description_title: Prose,
    description_text: Prose,
    web_url: Name,
  }),
});
type SentryHook = z.output<typeof SentryHook>;

/** The WebHooks plugin: https://docs.sentry.io/organization/integrations/integration-platform/webhooks/#legacy */
const PluginHook = z.object({
  id: Required,
  project_slug: z.string().min(1),
  project_name: Name,
  level: Name,
  culprit: Name,
  message: Prose,
  url: Name,
  triggering_rules: z.array(Name).nullish().catch(undefined),
  event: Occurred,
});

export function readSentryWebhook(body: unknown, receivedUs: number): ReadDelivery {
  const plugin = PluginHook.safeParse(body);
  if (plugin.success) return pluginAlert(plugin.data, receivedUs);
  const parsed = SentryHook.safeParse(body);
  if (!parsed.success) return unreadable(parsed.error);
  const { data, action } = parsed.data;
  if (data.metric_alert) return metricAlert(parsed.data, data.metric_alert, receivedUs);
  if (data.issue) return issueAlert(parsed.data, data.issue, receivedUs);
  const event = data.event ?? data.error;
  if (event) return deliveryOf(eventAlert(event, receivedUs, data.triggered_rule), firstOf(event.event_id));
  // Sentry names its installation in every body; Heroku's have an action, an actor and data, too.
  const why = `${action} is about no event, issue or metric alert`;
  return parsed.data.installation ? { kind: 'other', why } : { kind: 'unreadable', why: `✖ ${why}\n  → at data` };
}

/** A rule that fires for an event of an issue. Sentry does not say here when the issue ends. */
function eventAlert(event: Occurred, receivedUs: number, rule: string) {
  const { tags, title, message, level, project_slug, release, environment, culprit } = event;
  const atUs = event.datetime ?? event.timestamp ?? receivedUs;
  const url = firstOf(event.web_url, event.url);
  const project = projectIn(event.url);
  return {
    source: 'sentry',
    key: firstOf(event.issue_id, issueIn(url), issueIn(event.issue_url), event.event_id, title),
    title: title || message || 'Sentry event',
    service: firstOf(serviceOf(tags), project_slug, event.project_name, project),
    severity: firstOf(level, tags.level),
    state: 'triggered' as const,
    atUs,
    saidUs: atUs,
    url,
    traceId: traceOf(event) || traceIdIn(linesOf(tags), message),
    labels: { ...tags, ...labelsOf({ project: project_slug || project, release, environment, culprit, rule }) },
  };
}

function pluginAlert(hook: z.output<typeof PluginHook>, receivedUs: number): ReadDelivery {
  const { id, url, level, message, project_slug, culprit, event } = hook;
  const rule = hook.triggering_rules?.[0] ?? '';
  const read = eventAlert({ ...event, level: firstOf(level, event.level), project_slug, culprit }, receivedUs, rule);
  return deliveryOf({ ...read, key: id, title: firstOf(event.title, message, read.title), url }, event.event_id);
}

/** `/issues/123/` in the event's address. */
function issueIn(url: string): string {
  return /\/issues\/(\d{1,30})\b/.exec(url)?.[1] ?? '';
}

/** `/api/0/projects/acme/payments-api/events/…/`: an issue alert has the project's name only in the event's address. */
function projectIn(url: string): string {
  return /\/projects\/[\w-]{1,100}\/([\w-]{1,100})\/events\//.exec(url)?.[1] ?? '';
}

/** https://develop.sentry.dev/sdk/data-model/event-payloads/contexts/#trace-context */
function traceOf({ contexts }: Occurred): string {
  const id = contexts?.trace?.trace_id ?? '';
  return /^(?!0+$)[0-9a-f]{32}$/i.test(id) ? id.toLowerCase() : '';
}

const ISSUE_STATES: Readonly<Record<string, AlertState>> = {
  created: 'triggered',
  unresolved: 'triggered',
  resolved: 'resolved',
  archived: 'resolved',
  ignored: 'resolved',
};

function issueAlert({ action, actor }: SentryHook, issue: z.output<typeof Issue>, receivedUs: number): ReadDelivery {
  const { id, shortId, title, culprit, level, firstSeen, lastSeen, project } = issue;
  const url = firstOf(issue.web_url, issue.permalink);
  const state = ISSUE_STATES[action];
  if (state === undefined) {
    const note = { source: 'sentry', key: id, text: `Sentry: ${action}`, by: actor?.name ?? '', atUs: receivedUs, url };
    return { kind: 'note', note: { id: digestOf([id, action, lastSeen ?? receivedUs]), ...note } };
  }
  const atUs = firstSeen ?? receivedUs;
  return deliveryOf({
    source: 'sentry',
    key: id,
    title: title || shortId || 'Sentry issue',
    service: firstOf(project?.slug, project?.name),
    severity: level,
    state,
    atUs,
    saidUs: state === 'triggered' ? (lastSeen ?? atUs) : Math.max(lastSeen ?? atUs, receivedUs),
    url,
    traceId: '',
    labels: labelsOf({ project: project?.slug, issue: shortId, culprit }),
  });
}

function metricAlert(
  { action, data }: SentryHook,
  alert: z.output<typeof MetricAlert>,
  receivedUs: number,
): ReadDelivery {
  const state = action === 'resolved' ? 'resolved' : 'triggered';
  const atUs = alert.date_started ?? receivedUs;
  return deliveryOf({
    source: 'sentry',
    key: alert.id,
    title: firstOf(data.description_title, alert.title, alert.alert_rule?.name, 'Sentry metric alert'),
    service: alert.projects?.length === 1 ? (alert.projects[0] ?? '') : '',
    severity: state === 'resolved' ? '' : action,
    state,
    atUs,
    saidUs: (state === 'resolved' ? alert.date_closed : undefined) ?? (state === 'resolved' ? receivedUs : atUs),
    url: data.web_url,
    traceId: traceIdIn(data.description_text),
    labels: labelsOf({ rule: alert.alert_rule?.name, project: alert.projects?.join(', ') }),
  });
}
