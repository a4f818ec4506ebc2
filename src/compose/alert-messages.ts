/** What reads the messages that systems' own Slack apps post into channels. */
import { registeredSystems } from '#compose/systems.ts';
import type { ReadAlert } from '#model/alert.ts';

export async function composeAlertMessages(): Promise<Readonly<{ read: ReadAlert; sources: ReadonlySet<string> }>> {
  const readers = await Promise.all(
    (await registeredSystems()).flatMap(({ id, alertMessages }) =>
      alertMessages ? [alertMessages.load().then((read) => ({ id, read }))] : [],
    ),
  );
  return {
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
