/**
 * ilert's webhook alert action. Older installations say `incident-…` instead of `alert-…`.
 * https://docs.ilert.com/integrations/outbound-integrations/webhook
 * https://api.ilert.com/api-docs/#tag/alerts
 */
import { z } from 'zod';
import {
  deliveryOf,
  digestOf,
  firstOf,
  Instant,
  labelsOf,
  Name,
  nameInTitle,
  Prose,
  Required,
  traceIdIn,
  unreadable,
} from '#adapters/alert-fields.ts';
import type { ReadDelivery } from '#adapters/system.ts';

const IlertWebhook = z.object({
  id: Required,
  status: z.enum(['PENDING', 'ACCEPTED', 'RESOLVED'], 'expected PENDING, ACCEPTED or RESOLVED'),
  eventType: z.string('expected text such as alert-created'),
  summary: Prose,
  details: Prose,
  reportTime: Instant,
  createdAt: Instant,
  resolvedOn: Instant,
  priority: Name,
  alertKey: Name,
  alertSource: z.object({ name: Name }).nullish().catch(undefined),
  /** Services that people linked with the alert. Newer versions say the impact of each beside it. */
  affectedServices: z
    .array(z.object({ name: Name, service: z.object({ name: Name }).nullish().catch(undefined) }))
    .nullish()
    .catch(undefined),
  assignedTo: z.object({ firstName: Name, lastName: Name, username: Name }).nullish().catch(undefined),
  comment: Prose,
  links: z
    .array(z.object({ href: Name }))
    .nullish()
    .catch(undefined),
});

/** A source that people call by several words stands for a group of checks: the summary then says which of them. */
function namedInSummary(summary: string, source: string): string {
  return /\s/.test(source) ? nameInTitle(summary) : '';
}

const STATES = { PENDING: 'triggered', ACCEPTED: 'acknowledged', RESOLVED: 'resolved' } as const;

export function readIlertWebhook(body: unknown, receivedUs: number): ReadDelivery {
  const parsed = IlertWebhook.safeParse(body);
  if (!parsed.success) return unreadable(parsed.error);
  const { id, status, eventType, summary, details, reportTime, resolvedOn, priority, alertKey, ...said } = parsed.data;
  if (/comment/.test(eventType)) {
    const { firstName = '', lastName = '', username = '' } = said.assignedTo ?? {};
    const by = firstOf(`${firstName} ${lastName}`.trim(), username);
    const text = said.comment || 'a comment';
    const noteId = digestOf([id, eventType, said.comment]);
    return { kind: 'note', note: { id: noteId, source: 'ilert', key: id, text, by, atUs: receivedUs, url: '' } };
  }
  const state = STATES[status];
  const [affected] = said.affectedServices ?? [];
  const atUs = reportTime ?? said.createdAt ?? receivedUs;
  return deliveryOf(
    {
      source: 'ilert',
      key: id,
      title: summary || 'ilert alert',
      service: firstOf(
        affected?.name,
        affected?.service?.name,
        namedInSummary(summary, said.alertSource?.name ?? ''),
        said.alertSource?.name,
      ),
      severity: priority,
      state,
      atUs,
      // The time of an acknowledgement is not in the body.
      saidUs: state === 'triggered' ? atUs : (resolvedOn ?? Math.max(atUs, receivedUs)),
      url: said.links?.[0]?.href ?? '',
      traceId: traceIdIn(details, summary),
      labels: labelsOf({ alert_key: alertKey }),
    },
    digestOf([id, eventType, status]),
  );
}
