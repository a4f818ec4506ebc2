/**
 * Kapacitor's post and httpPost handlers without a template.
 * https://docs.influxdata.com/kapacitor/v1/reference/event_handlers/post/
 */
import { z } from 'zod';
import {
  deliveryOf,
  firstOf,
  Instant,
  Labels,
  linesOf,
  Name,
  Prose,
  Required,
  serviceOf,
  traceIdIn,
  unreadable,
} from '#adapters/alert-fields.ts';
import type { ReadDelivery } from '#adapters/system.ts';

const KapacitorAlert = z.object({
  id: Required,
  message: Prose,
  details: Prose,
  time: Instant,
  /** Nanoseconds since the alert left OK. */
  duration: z.number().nullish().catch(undefined),
  level: z.enum(['OK', 'INFO', 'WARNING', 'CRITICAL'], 'expected OK, INFO, WARNING or CRITICAL'),
  data: z
    .object({ series: z.array(z.object({ tags: Labels, name: Name })).nullish() })
    .nullish()
    .catch(undefined),
});

export function isKapacitorAlert(body: unknown): boolean {
  return z
    .looseObject({ id: z.string(), message: z.string(), data: z.unknown().refine((data) => data !== undefined) })
    .safeParse(body).success;
}

export function readKapacitorWebhook(body: unknown, receivedUs: number): ReadDelivery {
  const parsed = KapacitorAlert.safeParse(body);
  if (!parsed.success) return unreadable(parsed.error);
  const { id, message, details, time, duration, level, data } = parsed.data;
  const labels = data?.series?.[0]?.tags ?? {};
  const saidUs = time ?? receivedUs;
  const lasted = duration && duration > 0 ? Math.round(duration / 1_000) : 0;
  return deliveryOf({
    source: 'kapacitor',
    key: id,
    title: message || id,
    service: firstOf(serviceOf(labels), labels.app, labels.host),
    severity: level === 'OK' ? '' : level,
    state: level === 'OK' ? 'resolved' : 'triggered',
    atUs: saidUs - lasted,
    saidUs,
    url: '',
    traceId: traceIdIn(details, message, linesOf(labels)),
    labels,
  });
}
