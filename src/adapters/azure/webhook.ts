/**
 * Azure Monitor's action groups, with the common alert schema.
 * https://learn.microsoft.com/azure/azure-monitor/alerts/alerts-common-schema
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
  Required,
  serviceOf,
  traceIdIn,
  unreadable,
} from '#adapters/alert-fields.ts';
import { TRIAL_WHY } from '#adapters/no-trouble.ts';
import type { ReadDelivery } from '#adapters/system.ts';

/** https://learn.microsoft.com/azure/azure-monitor/platform/activity-log-schema#service-health-category */
const ServiceHealth = z.object({
  service: Name,
  title: Name,
  /** Incident, Maintenance; Informational, ActionRequired and Security announce what Azure will change. */
  incidentType: Name,
  trackingId: Name,
  /** Active, Resolved, RCA (its analysis, after the end); Complete for a maintenance. */
  stage: Name,
  impactStartTime: Instant,
  impactMitigationTime: Instant,
});

const AlertContext = z.object({
  /** Alerts of the activity log have these. */
  properties: ServiceHealth.nullish().catch(undefined),
  /** Alerts of metrics and log queries have the dimensions that split the rule. */
  condition: z
    .object({ allOf: z.array(z.object({ dimensions: z.array(z.object({ name: Name, value: Name })) })) })
    .nullish()
    .catch(undefined),
});

const AzureAlert = z.object({
  schemaId: z.literal('azureMonitorCommonAlertSchema', 'enable the common alert schema in the action group'),
  data: z.object({
    essentials: z.object({
      alertId: Required,
      alertRule: Name,
      severity: Name,
      signalType: Name,
      monitorCondition: z.enum(['Fired', 'Resolved'], 'expected Fired or Resolved'),
      monitoringService: Name,
      alertTargetIDs: z.array(Name).nullish().catch(undefined),
      configurationItems: z.array(Name).nullish().catch(undefined),
      firedDateTime: Instant,
      resolvedDateTime: Instant,
      description: Prose,
      investigationLink: Name,
    }),
    alertContext: AlertContext.nullish().catch(undefined),
    customProperties: Labels,
  }),
});

export function readAzureWebhook(body: unknown, receivedUs: number): ReadDelivery {
  const parsed = AzureAlert.safeParse(body);
  if (!parsed.success) return unreadable(parsed.error);
  const { essentials: said, customProperties, alertContext } = parsed.data.data;
  if (SAMPLE.test(said.alertId) && /^test-/i.test(said.alertRule)) return { kind: 'other', why: TRIAL_WHY };
  const target = firstOf(said.alertTargetIDs?.[0], said.configurationItems?.[0]);
  // An alert of the activity log only fires: what it reports says itself that it is over.
  const health = said.monitoringService === 'ServiceHealth' ? (alertContext?.properties ?? undefined) : undefined;
  if (/^maintenance$/i.test(health?.incidentType ?? ''))
    return { kind: 'other', why: 'planned maintenance is no alert' };
  if (/^(?:informational|actionrequired|security)$/i.test(health?.incidentType ?? ''))
    return { kind: 'other', why: `${health?.incidentType}: an announcement of Azure is no alert` };
  const isOver = said.monitorCondition === 'Resolved' || /^(?:resolved|rca|complete)$/i.test(health?.stage ?? '');
  const atUs = health?.impactStartTime ?? said.firedDateTime ?? receivedUs;
  const endUs = said.resolvedDateTime ?? health?.impactMitigationTime ?? Math.max(atUs, receivedUs);
  return deliveryOf(
    {
      source: 'azure',
      key: firstOf(health?.trackingId, idOf(said.alertId)),
      title: firstOf(health?.title, said.alertRule, said.description, 'Azure Monitor alert'),
      service: firstOf(
        serviceOf(customProperties),
        health?.service,
        roleIn(alertContext?.condition),
        said.configurationItems?.[0],
        idOf(target),
      ),
      severity: said.severity,
      state: isOver ? 'resolved' : 'triggered',
      atUs,
      saidUs: isOver ? endUs : atUs,
      url: said.investigationLink,
      traceId: traceIdIn(said.description, linesOf(customProperties)),
      labels: {
        ...customProperties,
        ...labelsOf({ resource: target, signal: said.signalType, monitoring_service: said.monitoringService }),
      },
    },
    digestOf([said.alertId, said.monitorCondition]),
  );
}

/**
 * The subscription of the samples that an action group's test sends; their rules are called `test-…`.
 * https://learn.microsoft.com/azure/azure-monitor/alerts/action-groups#test-an-action-group-in-the-azure-portal
 */
const SAMPLE = /^\/subscriptions\/1{8}(?:-1{4}){3}-1{12}\//;

/**
 * The role of Application Insights, in which a service reports its own name: one component holds many of them.
 * https://learn.microsoft.com/azure/azure-monitor/app/app-map#understand-the-cloud-role-name-within-the-context-of-an-application-map
 */
const ROLES: ReadonlySet<string> = new Set(['cloud_RoleName', 'cloud/roleName', 'AppRoleName']);

function roleIn(condition: z.output<typeof AlertContext>['condition']): string {
  const dimensions = condition?.allOf.flatMap((one) => one.dimensions) ?? [];
  return dimensions.find(({ name }) => ROLES.has(name))?.value ?? '';
}

/** The last part of a resource's path. */
function idOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
