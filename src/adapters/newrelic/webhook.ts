/**
 * New Relic's webhooks: the default template of workflows, and that of the older notification channels.
 * https://docs.newrelic.com/docs/alerts/get-notified/notification-integrations/#webhook
 * https://docs.newrelic.com/docs/alerts-applied-intelligence/new-relic-alerts/advanced-alerts/advanced-techniques/customize-your-webhook-payload/
 */
import { z } from 'zod';
import {
  deliveryOf,
  digestOf,
  firstOf,
  Instant,
  Labels,
  labelsOf,
  linesOf,
  Name,
  Prose,
  serviceOf,
  stateIn,
  traceIdIn,
  unreadable,
} from '#adapters/alert-fields.ts';
import type { ReadDelivery } from '#adapters/system.ts';
import type { AlertState } from '#model/incident/alert.ts';

/** Templates write one name, or a list of them. */
const Names = z
  .unknown()
  .optional()
  .transform((value) => {
    const list: readonly unknown[] = Array.isArray(value) ? value : [value];
    return list.map((name) => Name.parse(name)).filter((name) => name !== '');
  });

const NewRelicWebhook = z.object({
  id: Name,
  issueId: Name,
  incident_id: Name,
  state: Name,
  current_state: Name,
  trigger: Name,
  title: Names,
  condition_name: Name,
  alertConditionNames: Names,
  policy_name: Name,
  alertPolicyNames: Names,
  priority: Name,
  severity: Name,
  details: Prose,
  impactedEntities: Names,
  targets: z
    .array(z.object({ name: Name, labels: Labels, type: Name }))
    .nullish()
    .catch(undefined),
  createdAt: Instant,
  updatedAt: Instant,
  closedAt: Instant,
  timestamp: Instant,
  issueUrl: Name,
  incident_url: Name,
  runbook_url: Name,
  owner: Name,
});

const OwnFields = z.union([
  z.looseObject({ issueUrl: z.string(), state: z.string() }),
  z.looseObject({ current_state: z.string(), condition_name: z.unknown() }),
]);

export function isNewRelicWebhook(body: unknown): boolean {
  return OwnFields.safeParse(body).success;
}

const STATES: Readonly<Record<string, AlertState>> = {
  created: 'triggered',
  activated: 'triggered',
  open: 'triggered',
  acknowledged: 'acknowledged',
  closed: 'resolved',
  deactivated: 'resolved',
};

export function readNewRelicWebhook(body: unknown, receivedUs: number): ReadDelivery {
  const parsed = NewRelicWebhook.safeParse(body);
  if (!parsed.success) return unreadable(parsed.error);
  const said = parsed.data;
  const key = firstOf(said.issueId, said.incident_id, said.id);
  if (key === '') return { kind: 'unreadable', why: '✖ no id of the issue\n  → at id, issueId or incident_id' };
  const named = firstOf(said.current_state, said.state);
  const state = isTaken(said) ? 'acknowledged' : (STATES[named.toLowerCase()] ?? stateIn(named));
  if (state === undefined) {
    return {
      kind: 'unreadable',
      why: `✖ expected a state such as ACTIVATED or CLOSED, found "${named}"\n  → at state`,
    };
  }
  const [target] = said.targets ?? [];
  const labels = target?.labels ?? {};
  const atUs = said.createdAt ?? said.timestamp ?? receivedUs;
  const links = labelsOf({ runbook: said.runbook_url });
  return deliveryOf(
    {
      source: 'newrelic',
      key,
      title: firstOf(said.condition_name, said.title[0], said.alertConditionNames[0], 'New Relic issue'),
      service: firstOf(serviceOf(labels), target?.name, said.impactedEntities[0]),
      severity: firstOf(said.severity, said.priority),
      state,
      atUs,
      saidUs: said.closedAt ?? said.updatedAt ?? said.timestamp ?? atUs,
      url: firstOf(said.issueUrl, said.incident_url),
      traceId: traceIdIn(said.details, linesOf(labels)),
      labels: { ...labels, ...labelsOf({ policy: firstOf(said.policy_name, said.alertPolicyNames[0]) }) },
      ...(Object.keys(links).length > 0 && { links }),
    },
    digestOf([key, state === 'acknowledged' ? state : named, said.updatedAt ?? said.timestamp ?? atUs]),
  );
}

/**
 * An issue that somebody acknowledges stays activated: only the event that triggered the notification says it.
 * https://docs.newrelic.com/docs/alerts/get-notified/alert-event-workflows/
 */
function isTaken({ trigger, current_state, state }: z.output<typeof NewRelicWebhook>): boolean {
  const isOpen = (STATES[firstOf(current_state, state).toLowerCase()] ?? 'triggered') === 'triggered';
  return isOpen && stateIn(trigger) === 'acknowledged';
}
