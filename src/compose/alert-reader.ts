/** Creates the reader of an alert in a file. */
import type { Investigation } from '#compose/investigation.ts';
import { oneOf, registeredSystems } from '#compose/systems.ts';
import { systemClock } from '#core/clock.ts';
import type { Alert } from '#model/incident/alert.ts';

/** Reads the alert in a file, `-` for standard input. */
export async function composeAlertReader({ readFile }: Investigation): Promise<(path: string) => Promise<Alert>> {
  const { alertIn } = await import('#workflows/read-alert.ts');
  const webhooks = (await registeredSystems()).flatMap(({ alertWebhook = [] }) => alertWebhook);
  const opened = await Promise.allSettled(webhooks.map(async ({ load }) => await load()));
  const readers = opened.flatMap((reader) => (reader.status === 'fulfilled' ? [reader.value] : []));
  /** A system's failure does not stop the others. It is the answer if none of them reads the file. */
  const failures: unknown[] = opened.flatMap((reader) => (reader.status === 'rejected' ? [reader.reason] : []));
  const reads = [
    ...readers.map(
      ({ read }) =>
        (body: unknown) =>
          read(body, systemClock.nowUs()),
    ),
    ...readers.flatMap(({ readSaved = [] }) => readSaved),
  ].map((read) => (body: unknown) => {
    try {
      const said = read(body);
      return said.kind === 'delivery' ? said.delivery.subject : undefined;
    } catch (error) {
      failures.push(error);
      return undefined;
    }
  });
  const known = { reads, bodies: oneOf(webhooks.flatMap(({ bodies }) => bodies)) };
  return async (path) => {
    const chunks: Uint8Array[] = [];
    for await (const chunk of readFile(path)) chunks.push(chunk);
    try {
      return alertIn(Buffer.concat(chunks).toString(), known, path);
    } catch (error) {
      throw failures[0] ?? error;
    }
  };
}
