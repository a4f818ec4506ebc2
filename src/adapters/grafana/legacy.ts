/**
 * Grafana's alerting before version 9: one rule per panel of a dashboard, and one webhook per change of its state.
 * https://github.com/grafana/grafana/blob/v8.5.27/pkg/services/alerting/notifiers/webhook.go
 */
import { z } from 'zod';
import {
  deliveryOf,
  firstOf,
  Labels,
  labelsOf,
  linesOf,
  Name,
  nameAtEnd,
  nameInTitle,
  Prose,
  Required,
  serviceOf,
  traceIdIn,
} from '#adapters/alert-fields.ts';
import { noTroubleIn } from '#adapters/no-trouble.ts';
import type { ReadDelivery } from '#adapters/system.ts';
import type { AlertState } from '#model/incident/alert.ts';
import { serviceLabelOf } from '#model/incident/alert-service.ts';

const LegacyAlert = z.object({
  ruleId: Required,
  ruleName: Required,
  ruleUrl: Name,
  /** `alerting`, `ok`, `no_data`, `paused`, `pending`, `unknown`. */
  state: Required,
  title: Name,
  message: Prose,
  orgId: Name,
  tags: Labels,
  /** The series that crossed the threshold. */
  evalMatches: z
    .array(z.object({ metric: Name, tags: Labels }))
    .nullish()
    .catch(undefined),
});

/** What the states of a rule mean, in the webhook and in the title of the message. */
const STATES: Readonly<Record<string, AlertState>> = {
  alerting: 'triggered',
  'no data': 'triggered',
  ok: 'resolved',
};

export function legacyState(state: string): AlertState | undefined {
  return STATES[state.toLowerCase().replaceAll('_', ' ').trim()];
}

/** One panel has one rule: message and webhook name the panel alike. Empty where the address is no panel's. */
export function panelKey(address: string): string {
  const url = URL.parse(address);
  const dashboard = /\/d\/([\w-]{1,100})(?:\/|$)/.exec(url?.pathname ?? '')?.[1];
  const panel = url?.searchParams.get('viewPanel') ?? url?.searchParams.get('panelId');
  return dashboard === undefined || !panel ? '' : `${dashboard}/${panel}`;
}

export function isLegacyAlert(body: unknown): boolean {
  return LegacyAlert.safeParse(body).success;
}

/** An end has no series. Its message is that of the beginning. */
function nameInLine(message: string): string {
  return nameInTitle(message.split('\n', 1)[0] ?? '');
}

/** Undefined if the body has another form. */
export function readLegacyAlert(body: unknown, receivedUs: number): ReadDelivery | undefined {
  const parsed = LegacyAlert.safeParse(body);
  if (!parsed.success) return undefined;
  const { ruleId, ruleName, ruleUrl, state: said, message, orgId, tags, evalMatches } = parsed.data;
  const state = legacyState(said);
  if (state === undefined) return { kind: 'other', why: `a rule that is ${said} neither fires nor is over` };
  const noTrouble = noTroubleIn(ruleName, message);
  if (noTrouble !== undefined) return { kind: 'other', why: noTrouble };
  const [series] = evalMatches ?? [];
  const labels = { ...series?.tags, ...tags };
  // Where no label names a service: the name at the end of the rule's, a database or a host, or a name in the message.
  // A rule without data has no series and often no message: then the only name in that of the rule.
  const watched =
    serviceLabelOf(labels) === undefined
      ? firstOf(
          nameAtEnd(ruleName),
          labels.database,
          labels.db,
          labels.host,
          labels.hostname,
          nameInLine(message),
          nameInTitle(ruleName),
        )
      : '';
  return deliveryOf({
    source: 'grafana',
    key: panelKey(ruleUrl) || `${orgId}/${ruleId}`,
    title: ruleName,
    service: firstOf(serviceOf(tags), serviceOf(labels), watched),
    severity: firstOf(tags.severity, labels.severity),
    state,
    atUs: receivedUs,
    saidUs: receivedUs,
    url: ruleUrl,
    traceId: traceIdIn(message, linesOf(labels)),
    labels: { ...labels, ...labelsOf({ metric: series?.metric, rule_id: ruleId }) },
  });
}
