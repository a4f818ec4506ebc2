/** Creates the readers of the alert messages that systems' own Slack apps post into channels. */
import type { AnySettings } from '#adapters/system.ts';
import { oneOf, registeredSystems } from '#compose/systems.ts';
import type { Log } from '#core/log.ts';
import type { AlertMessage, ReadAlert } from '#model/incident/alert.ts';

export type AlertMessages = Readonly<{
  read: ReadAlert;
  /** Ids of the systems whose messages and webhooks have the same keys; titles of all systems: `PagerDuty`. */
  sources: ReadonlySet<string>;
  titles: string;
}>;

/** A reader that fails is logged, and the next one reads. */
export async function composeAlertMessages(log: Log, settings: AnySettings = {}): Promise<AlertMessages> {
  const systems = await registeredSystems();
  const last = systems.filter(({ alertMessages }) => alertMessages?.isLast);
  const opened = await Promise.all(
    [...systems.filter((system) => !last.includes(system)), ...last].map(async ({ id, title, alertMessages }) => {
      try {
        return alertMessages
          ? [
              {
                id,
                title: alertMessages.isLast ? 'another sender' : title,
                ownKeys: alertMessages.ownKeys,
                read: await alertMessages.load(settings),
              },
            ]
          : [];
      } catch (err) {
        log.error({ err, system: id }, 'the reader of alert messages could not be opened');
        return [];
      }
    }),
  );
  const readers = opened.flat();
  return {
    titles: oneOf(readers.map(({ title }) => title)),
    sources: new Set(readers.flatMap(({ id, ownKeys }) => (ownKeys ? [] : [id]))),
    read(event) {
      let unknown: AlertMessage | undefined;
      for (const { id, read } of readers) {
        try {
          const message = read(event);
          if (message === undefined) continue;
          // What one reader cannot read may have a mapping, or be the next reader's.
          if (!('unreadable' in message)) return message;
          unknown ??= message;
        } catch (err) {
          log.error({ err, system: id }, 'the reader of alert messages failed');
        }
      }
      return unknown;
    },
  };
}
