/** Creates the reader of an alert in a file. */
import type { Investigation } from '#compose/investigation.ts';
import { oneOf, registeredSystems } from '#compose/systems.ts';
import { systemClock } from '#core/clock.ts';
import type { Alert } from '#model/incident/alert.ts';

/** Reads the alert in a file, `-` for standard input. */
export async function composeAlertReader({ readFile }: Investigation): Promise<(path: string) => Promise<Alert>> {
  const { alertIn } = await import('#workflows/read-alert.ts');
  const webhooks = (await registeredSystems()).flatMap(({ alertWebhook = [] }) => alertWebhook);
  const readers = await Promise.all(webhooks.map(async ({ load }) => await load()));
  const reads = [
    ...readers.map(
      ({ read }) =>
        (body: unknown) =>
          read(body, systemClock.nowUs()),
    ),
    ...readers.flatMap(({ readSaved = [] }) => readSaved),
  ].map((read) => (body: unknown) => {
    const said = read(body);
    return said.kind === 'delivery' ? said.delivery.subject : undefined;
  });
  const known = { reads, bodies: oneOf(webhooks.flatMap(({ bodies }) => bodies)) };
  return async (path) => {
    const chunks: Uint8Array[] = [];
    for await (const chunk of readFile(path)) chunks.push(chunk);
    return alertIn(Buffer.concat(chunks).toString(), known, path);
  };
}
