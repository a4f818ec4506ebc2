/**
 * The "formatted" alert of Grafana OnCall: plain fields that its templates of several systems post.
 * https://grafana.com/docs/oncall/latest/integrations/webhook/
 */
import { z } from 'zod';
import { deliveryOf, Name, Prose, Required, stateIn, traceIdIn } from '#adapters/alert-fields.ts';
import type { Alert, Delivery } from '#model/incident/alert.ts';

const FormattedAlert = z.object({
  alert_uid: Required,
  title: Required,
  state: Required,
  message: Prose,
  link_to_upstream_details: Name,
});

/** Undefined if the body has another form. */
export function readFormattedAlert(
  body: unknown,
  source: string,
  receivedUs: number,
): Readonly<{ kind: 'delivery'; delivery: Delivery }> | undefined {
  const parsed = FormattedAlert.safeParse(body);
  const state = parsed.success ? stateIn(parsed.data.state) : undefined;
  if (!parsed.success || state === undefined) return undefined;
  const { alert_uid, title, message, link_to_upstream_details: url } = parsed.data;
  const said: Pick<Alert, 'service' | 'severity' | 'labels'> = { service: '', severity: '', labels: {} };
  const traceId = traceIdIn(message, title);
  return deliveryOf({
    ...said,
    source,
    key: alert_uid,
    title,
    state,
    atUs: receivedUs,
    saidUs: receivedUs,
    url,
    traceId,
  });
}
