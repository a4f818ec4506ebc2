/** What reads the alert in a file. */
import type { Investigation } from '#compose/investigation.ts';
import { systemClock } from '#core/clock.ts';
import type { Alert } from '#model/alert.ts';

/** Reads the alert in a file, `-` for standard input. */
export async function composeAlertReader({ readFile }: Investigation): Promise<(path: string) => Promise<Alert>> {
  const [{ readPagerDutyWebhook }, { readAlertmanagerWebhook }, { alertIn }] = await Promise.all([
    import('#adapters/pagerduty/webhook.ts'),
    import('#adapters/alertmanager/webhook.ts'),
    import('#workflows/read-alert.ts'),
  ]);
  const readers = [
    (body: unknown) => readPagerDutyWebhook(body, systemClock.nowUs()),
    (body: unknown) => readAlertmanagerWebhook(body),
  ].map((read) => (body: unknown) => {
    const said = read(body);
    return said.kind === 'delivery' ? said.delivery.subject : undefined;
  });
  return async (path) => {
    const chunks: Uint8Array[] = [];
    for await (const chunk of readFile(path)) chunks.push(chunk);
    return alertIn(Buffer.concat(chunks).toString(), readers, path);
  };
}
