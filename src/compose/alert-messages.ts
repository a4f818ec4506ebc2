/** Creates the readers of the alert messages that systems' own Slack apps post into channels. */
import { oneOf, registeredSystems } from '#compose/systems.ts';
import type { Log } from '#core/log.ts';
import type { ReadAlert } from '#model/incident/alert.ts';

export type AlertMessages = Readonly<{
  read: ReadAlert;
  /** Ids of the systems, and their titles: `PagerDuty`. */
  sources: ReadonlySet<string>;
  titles: string;
}>;

/** A reader that fails is logged, and the next one reads. */
export async function composeAlertMessages(log: Log): Promise<AlertMessages> {
  const opened = await Promise.all(
    (await registeredSystems()).map(async ({ id, title, alertMessages }) => {
      try {
        return alertMessages ? [{ id, title, read: await alertMessages.load() }] : [];
      } catch (err) {
        log.error({ err, system: id }, 'the reader of alert messages could not be opened');
        return [];
      }
    }),
  );
  const readers = opened.flat();
  return {
    titles: oneOf(readers.map(({ title }) => title)),
    sources: new Set(readers.map(({ id }) => id)),
    read(event) {
      for (const { id, read } of readers) {
        try {
          const message = read(event);
          if (message !== undefined) return message;
        } catch (err) {
          log.error({ err, system: id }, 'the reader of alert messages failed');
        }
      }
      return undefined;
    },
  };
}
