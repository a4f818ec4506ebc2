/**
 * Render posts what happens to a service: an event with an id of its own, and for what ends a status. So the service and
 * the kind of the event are the key. What Render builds for a pull request changes nothing that runs.
 * https://render.com/docs/webhooks
 */
import { z } from 'zod';
import { Instant, labelsOf, Name, Required } from '#adapters/alert-fields.ts';
import type { Alert, AlertState } from '#model/incident/alert.ts';

const Event = z.object({
  type: z.string().regex(/^[a-z]+(?:_[a-z]+){1,5}$/),
  timestamp: Instant,
  data: z.object({
    id: z.string().startsWith('evt-'),
    serviceId: z.string().regex(/^[a-z]{3}-\S{1,60}$/),
    serviceName: Required,
    status: Name,
  }),
});

/** The alert, or why there is none; undefined where the body is another sender's. */
export function readRender(
  body: unknown,
  { source, receivedUs }: Readonly<{ source: string; receivedUs: number }>,
): Alert | string | undefined {
  const event = Event.safeParse(body).data;
  if (event === undefined) return undefined;
  const { type, data, timestamp: atUs = receivedUs } = event;
  const { serviceId, serviceName, status } = data;
  if (/-pr-\d{1,6}$|\bPR #?\d/i.test(serviceName)) return 'a preview is no alert: what runs is not changed';
  const said = saidBy(type, status);
  if (said === undefined) return `${type}${status === '' ? '' : ` ${status}`} is no alert`;
  return {
    source,
    key: `${serviceId}/${said.part}`,
    title: `${serviceName}: ${type.replaceAll('_', ' ')}${status === '' ? '' : `, ${status}`}`,
    service: serviceName,
    severity: '',
    state: said.state,
    atUs,
    saidUs: atUs,
    url: `https://dashboard.render.com/r/${encodeURIComponent(serviceId)}`,
    traceId: '',
    labels: labelsOf({ event: type, status }),
  };
}

type Said = Readonly<{ part: string; state: AlertState }>;

function saidBy(type: string, status: string): Said | undefined {
  const [, part = ''] = /^(deploy|build|pre_deploy|cron_job_run|job_run)_ended$/.exec(type) ?? [];
  if (part !== '') return ended(part, status);
  if (type === 'image_pull_failed') return { part: 'deploy', state: 'triggered' };
  const [, what = '', after = ''] =
    /^(server|postgres|key_value|redis)_(failed|hardware_failure|unhealthy|unavailable|available|healthy)$/.exec(
      type,
    ) ?? [];
  if (what === '') return undefined;
  return { part: what, state: /^(?:available|healthy)$/.test(after) ? 'resolved' : 'triggered' };
}

/** A build that went well is followed by its deployment. */
function ended(part: string, status: string): Said | undefined {
  const step = /^(?:build|pre_deploy)$/.test(part) ? 'deploy' : part;
  if (status === 'failed') return { part: step, state: 'triggered' };
  return status === 'succeeded' && step === part ? { part: step, state: 'resolved' } : undefined;
}
