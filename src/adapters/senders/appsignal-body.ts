/**
 * AppSignal's webhooks for errors, slow actions and deploys, each under a name of its own and without a state. Its alerts
 * of metrics have a state, so the general reader reads them.
 * https://docs.appsignal.com/application/integrations/webhooks
 */
import { z } from 'zod';
import { Instant, labelsOf, Name, Prose, Required, traceIdIn } from '#adapters/alert-fields.ts';
import type { Alert } from '#model/incident/alert.ts';

const Incident = z.object({
  time: Instant,
  /** The number of the incident in its app. */
  number: Required,
  site: Required,
  environment: Name,
  app_url: Name,
  url: Name,
  revision: Name,
  namespace: Name,
  action: Name,
  hostname: Name,
});

const ErrorBody = z.object({ exception: Incident.extend({ exception: Required, message: Prose }) });

/** `duration`: milliseconds. */
const SlowBody = z.object({ performance: Incident.extend({ duration: z.number() }) });

const DeployBody = z.object({
  marker: z.object({ marker_id: z.string().optional(), site: Required, revision: Required }),
});

/** The alert, or why there is none; undefined where the body is another sender's. */
export function readAppSignal(
  body: unknown,
  { source, receivedUs }: Readonly<{ source: string; receivedUs: number }>,
): Alert | string | undefined {
  if (DeployBody.safeParse(body).success) return 'a marker of a deploy is no alert';
  const error = ErrorBody.safeParse(body).data?.exception;
  const slow = SlowBody.safeParse(body).data?.performance;
  const said = error ?? slow;
  if (said === undefined) return undefined;
  const { site, environment, number, namespace, action, hostname, revision } = said;
  const message = error?.message.split('\n', 1)[0] ?? '';
  const title =
    error === undefined
      ? `Slow ${action || 'action'}: ${Math.round(slow?.duration ?? 0)} ms`
      : [error.exception, message.slice(0, 300)].filter((part) => part !== '').join(': ');
  const atUs = said.time ?? receivedUs;
  return {
    source,
    key: [site, environment, number].filter((part) => part !== '').join('/'),
    title,
    service: site,
    severity: '',
    state: 'triggered',
    atUs,
    saidUs: atUs,
    url: said.url || said.app_url,
    traceId: traceIdIn(error?.message ?? ''),
    labels: labelsOf({ environment, namespace, action, hostname, revision }),
  };
}
