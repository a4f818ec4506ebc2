/**
 * PlanetScale posts events of a database without a title or a state: the name of the event says what happened.
 * https://planetscale.com/docs/api/webhook-events
 */
import { z } from 'zod';
import { Instant, labelsOf, Name, Required } from '#adapters/alert-fields.ts';
import type { Alert } from '#model/incident/alert.ts';

const Event = z.object({
  timestamp: Instant,
  event: z.string().regex(/^(?:branch|cluster|keyspace|database|deploy_request|webhook)\.[a-z_]{2,40}$/),
  organization: Required,
  database: Required,
  resource: z.object({ name: Name, number: Name, html_url: Name }),
});

const TROUBLES: Readonly<Record<string, (where: string) => string>> = {
  'branch.anomaly': (where) => `New anomaly in ${where}`,
  'branch.out_of_memory': (where) => `${where} ran out of memory and restarts`,
  'cluster.storage': (where) => `The storage of ${where} reached a threshold`,
  'keyspace.storage': (where) => `The storage of ${where} reached a threshold`,
  'deploy_request.errored': (where) => `Deploy request ${where} stopped by an error`,
};

/** The alert, or why there is none; undefined where the body is another sender's. */
export function readPlanetScale(
  body: unknown,
  { source, receivedUs }: Readonly<{ source: string; receivedUs: number }>,
): Alert | string | undefined {
  const said = Event.safeParse(body).data;
  if (said === undefined) return undefined;
  const { event, organization, database, resource, timestamp: atUs = receivedUs } = said;
  const trouble = Object.hasOwn(TROUBLES, event) ? TROUBLES[event] : undefined;
  if (trouble === undefined) return `${event} is no alert`;
  const { name, number, html_url: url } = resource;
  const part = number === '' ? name : `#${number}`;
  const where = [database, ...(part === '' || part === database ? [] : [part])].join('/');
  return {
    source,
    key: `${organization}/${where}/${event}`,
    title: trouble(where),
    service: database,
    severity: '',
    state: 'triggered',
    atUs,
    saidUs: atUs,
    url,
    traceId: '',
    labels: labelsOf({ event, organization, branch: number === '' ? name : '' }),
  };
}
