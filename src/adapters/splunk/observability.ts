/**
 * Splunk Observability Cloud's webhook: a detector's rule that fires for one set of dimensions, and its end.
 * https://dev.splunk.com/observability/docs/integrations/webhook_integration_overview/
 */
import { z } from 'zod';
import {
  deliveryOf,
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
} from '#adapters/alert-fields.ts';
import type { ReadDelivery } from '#adapters/system.ts';

const DetectorAlert = z.object({
  incidentId: Required,
  detector: Required,
  rule: Name,
  severity: Name,
  /** `anomalous`, `ok`, `manually resolved`, `stopped`. */
  status: Required,
  statusExtended: Name,
  messageBody: Prose,
  description: Prose,
  detectorUrl: Name,
  runbookUrl: Name,
  dimensions: Labels,
  /** The signals of the rule, each with the dimensions of the series that fires as its `key`. */
  inputs: z
    .record(z.string(), z.object({ key: Labels }))
    .nullish()
    .catch(undefined),
  timestamp: Instant,
});

/** Undefined if the body has another form. */
export function readDetectorAlert(body: unknown, receivedUs: number): ReadDelivery | undefined {
  const parsed = DetectorAlert.safeParse(body);
  if (!parsed.success) return undefined;
  const { incidentId, detector, rule, severity, dimensions, timestamp, detectorUrl, runbookUrl, ...said } = parsed.data;
  const keys = Object.values(said.inputs ?? {}).map(({ key }) => key);
  const labels: Readonly<Record<string, string>> = Object.assign({}, ...keys.toReversed(), dimensions);
  const status = firstOf(said.statusExtended, said.status);
  const isOver = /^(?:ok|manually resolved|stopped)$/i.test(status);
  const atUs = timestamp ?? receivedUs;
  return deliveryOf({
    source: 'splunk',
    key: incidentId,
    title: rule === '' ? detector : `${rule} (${detector})`,
    service: firstOf(serviceOf(labels), labels.sf_service),
    severity,
    state: isOver ? 'resolved' : 'triggered',
    atUs,
    saidUs: atUs,
    url: detectorUrl,
    traceId: traceIdIn(said.messageBody, said.description, linesOf(labels)),
    labels,
    ...(runbookUrl !== '' && { links: labelsOf({ runbook: runbookUrl }) }),
  });
}
