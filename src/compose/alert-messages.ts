/** Creates the readers of the alert messages that systems' own Slack apps post into channels. */
import { oneOf, registeredSystems } from '#compose/systems.ts';
import type { ReadAlert } from '#model/incident/alert.ts';

export type AlertMessages = Readonly<{
  read: ReadAlert;
  /** Ids of the systems, and their titles: `PagerDuty`. */
  sources: ReadonlySet<string>;
  titles: string;
}>;

export async function composeAlertMessages(): Promise<AlertMessages> {
  const readers = await Promise.all(
    (await registeredSystems()).flatMap(({ id, title, alertMessages }) =>
      alertMessages ? [alertMessages.load().then((read) => ({ id, title, read }))] : [],
    ),
  );
  return {
    titles: oneOf(readers.map(({ title }) => title)),
    sources: new Set(readers.map(({ id }) => id)),
    read(event) {
      for (const { read } of readers) {
        const message = read(event);
        if (message !== undefined) return message;
      }
      return undefined;
    },
  };
}
