/**
 * Splunk's webhook alert action. It posts that a search triggered, and never that a trouble ended.
 * https://docs.splunk.com/Documentation/Splunk/latest/Alert/Webhooks
 */
import { z } from 'zod';
import {
  deliveryOf,
  firstOf,
  instantUs,
  Labels,
  labelsOf,
  linesOf,
  Name,
  Required,
  serviceOf,
  traceIdIn,
  unreadable,
} from '#adapters/alert-fields.ts';
import type { ReadDelivery } from '#adapters/system.ts';
import { readDetectorAlert } from './observability.ts';
import { readOnCallIncident } from './on-call.ts';

const SplunkWebhook = z.object({
  sid: Required,
  search_name: Name,
  app: Name,
  owner: Name,
  results_link: Name,
  /** The first row of the search's result. */
  result: Labels,
});

export function readSplunkWebhook(body: unknown, receivedUs: number): ReadDelivery {
  const other = readDetectorAlert(body, receivedUs) ?? readOnCallIncident(body, receivedUs);
  if (other !== undefined) return other;
  const parsed = SplunkWebhook.safeParse(body);
  if (!parsed.success) return unreadable(parsed.error);
  const { sid, search_name, app, owner, results_link, result } = parsed.data;
  const atUs = scheduledAt(sid) ?? instantUs(result._time) ?? receivedUs;
  const title = search_name || 'a Splunk search that was not saved';
  const { _raw: _, ...row } = result;
  return deliveryOf(
    {
      source: 'splunk',
      key: [app, title, serviceOf(row)].join('/'),
      title,
      service: firstOf(serviceOf(row), row.app),
      severity: firstOf(row.severity, row.urgency, row.level),
      state: 'triggered',
      atUs,
      saidUs: atUs,
      url: results_link,
      traceId: traceIdIn(result._raw ?? '', linesOf(row)),
      labels: { ...row, ...labelsOf({ splunk_app: app, owner }) },
    },
    sid,
  );
}

/** `scheduler__admin__search__W2_at_1427942640_178`: the time of the scheduled search, in seconds since the epoch. */
function scheduledAt(sid: string): number | undefined {
  const seconds = /_at_(\d{9,11})_/.exec(sid)?.[1];
  return seconds === undefined ? undefined : instantUs(Number(seconds));
}
