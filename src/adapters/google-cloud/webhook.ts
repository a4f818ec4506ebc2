/**
 * Google Cloud Monitoring's webhook notification channel, version 1.2.
 * https://cloud.google.com/monitoring/support/notification-options#webhooks
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

const Labelled = z.object({ labels: Labels }).nullish().catch(undefined);

const GoogleCloudIncident = z.object({
  version: Name,
  incident: z.object({
    incident_id: Required,
    state: z
      .string('expected open or closed')
      .toLowerCase()
      .pipe(z.enum(['open', 'closed'], 'expected open or closed')),
    policy_name: Name,
    condition_name: Name,
    summary: Prose,
    severity: Name,
    url: Name,
    started_at: Instant,
    ended_at: Instant,
    resource_name: Name,
    resource_display_name: Name,
    resource: Labelled,
    metric: Labelled,
    metadata: z.object({ user_labels: Labels }).nullish().catch(undefined),
    policy_user_labels: Labels,
    documentation: z.object({ content: Prose }).nullish().catch(undefined),
  }),
});

export function readGoogleCloudWebhook(body: unknown, receivedUs: number): ReadDelivery {
  const parsed = GoogleCloudIncident.safeParse(body);
  if (!parsed.success) return unreadable(parsed.error);
  const { incident: said, version } = parsed.data;
  // The version of the channel's test, whose incident is invented.
  if (version === 'test') return { kind: 'other', why: TRIAL_WHY };
  const resource = said.resource?.labels ?? {};
  const labels = { ...resource, ...said.metric?.labels, ...said.metadata?.user_labels, ...said.policy_user_labels };
  const isOver = said.state === 'closed';
  const atUs = said.started_at ?? receivedUs;
  return deliveryOf(
    {
      source: 'google-cloud',
      key: said.incident_id,
      title: firstOf(said.policy_name, said.condition_name, said.summary, 'Google Cloud incident'),
      service: firstOf(
        serviceOf(said.policy_user_labels),
        serviceOf(said.metadata?.user_labels ?? {}),
        serviceOf(resource),
        resource.container_name,
        resource.function_name,
        resource.module_id,
        said.resource_display_name,
        // An uptime check names the host that it calls.
        resource.host,
      ),
      severity: /^no severity$/i.test(said.severity) ? '' : said.severity,
      state: isOver ? 'resolved' : 'triggered',
      atUs,
      saidUs: isOver ? (said.ended_at ?? Math.max(atUs, receivedUs)) : atUs,
      url: said.url,
      traceId: traceIdIn(said.documentation?.content ?? '', said.summary, linesOf(labels)),
      labels: { ...labels, ...labelsOf({ condition: said.condition_name, resource: said.resource_name }) },
    },
    digestOf([said.incident_id, said.state, said.started_at]),
  );
}
