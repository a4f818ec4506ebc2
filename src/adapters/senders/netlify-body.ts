/**
 * Netlify posts a deploy as it is: the site is its name, the commit its title. Only a deploy to production changes what
 * runs. Deploys have an id each, so the site is the key.
 * https://docs.netlify.com/site-deploys/notifications/
 */
import { z } from 'zod';
import { Instant, labelsOf, Name, Prose, Required } from '#adapters/alert-fields.ts';
import type { Alert } from '#model/incident/alert.ts';

const Deploy = z.object({
  id: Required,
  site_id: Required,
  name: Required,
  state: z.enum(['error', 'failed']),
  context: Required,
  error_message: Prose,
  branch: Name,
  admin_url: Name,
  url: Name,
  updated_at: Instant,
  created_at: Instant,
});

/** The alert, or why there is none; undefined where the body is another sender's. */
export function readNetlify(
  body: unknown,
  { source, receivedUs }: Readonly<{ source: string; receivedUs: number }>,
): Alert | string | undefined {
  const deploy = Deploy.safeParse(body).data;
  if (deploy === undefined) return undefined;
  const { name, site_id, context, branch, error_message, admin_url, url } = deploy;
  if (context !== 'production') return 'a preview that failed is no alert: what runs is not changed';
  const why = error_message.split('\n', 1)[0]?.slice(0, 300) ?? '';
  const atUs = deploy.created_at ?? receivedUs;
  return {
    source,
    key: `${site_id}/production`,
    title: [`Deploy of ${name} failed`, why].filter((part) => part !== '').join(': '),
    service: name,
    severity: '',
    state: 'triggered',
    atUs,
    saidUs: deploy.updated_at ?? atUs,
    url: admin_url || url,
    traceId: '',
    labels: labelsOf({ branch, context }),
  };
}
