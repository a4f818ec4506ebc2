/**
 * Airbyte posts a sync as it is: the connection from a source to a destination, and whether it went well. Syncs have an id
 * each, so the connection is the key, and a sync that went well is the end of a failure.
 * https://docs.airbyte.com/platform/cloud/managing-airbyte-cloud/manage-airbyte-cloud-notifications
 */
import { z } from 'zod';
import { Instant, labelsOf, Name, Prose, Required } from '#adapters/alert-fields.ts';
import type { Alert } from '#model/incident/alert.ts';

const Sync = z.object({
  data: z.object({
    connection: z.object({ id: Required, name: Required, url: Name }),
    source: z.object({ name: Required }),
    destination: z.object({ name: Required }),
    workspace: z.object({ name: Name }).nullish().catch(undefined),
    success: z.boolean(),
    startedAt: Instant,
    finishedAt: Instant,
    errorMessage: Prose,
  }),
});

/** Undefined where the body is another sender's. */
export function readAirbyte(
  body: unknown,
  { source, receivedUs }: Readonly<{ source: string; receivedUs: number }>,
): Alert | undefined {
  const sync = Sync.safeParse(body).data?.data;
  if (sync === undefined) return undefined;
  const { connection, success, errorMessage, startedAt, finishedAt } = sync;
  const why = success ? '' : (errorMessage.split('\n', 1)[0]?.slice(0, 300) ?? '');
  const atUs = (success ? finishedAt : startedAt) ?? receivedUs;
  return {
    source,
    key: connection.id,
    title: [`Sync of ${connection.name} ${success ? 'went well' : 'failed'}`, why]
      .filter((part) => part !== '')
      .join(': '),
    service: connection.name,
    severity: '',
    state: success ? 'resolved' : 'triggered',
    atUs,
    saidUs: finishedAt ?? atUs,
    url: connection.url,
    traceId: '',
    labels: labelsOf({ source: sync.source.name, destination: sync.destination.name, workspace: sync.workspace?.name }),
  };
}
