/** Sends the events of incidents to the receivers that are configured. */
import type { AnySettings } from '#adapters/system.ts';
import { openOffered } from '#compose/systems.ts';
import type { Duty } from '#compose/upkeep.ts';
import type { Log } from '#core/log.ts';
import type { JobHandler } from '#record/jobs.ts';
import type { SendEventOptions } from '#workflows/send-events.ts';

/** A receiver hears of a change so much later. A look reads one row of the audit log, if nothing happened. */
const LOOK_EVERY_MS = 2_000;

const NOT_OPENED = 'the webhooks for events could not be opened';

export type EventParts = Omit<SendEventOptions, 'clock' | 'receivers'> &
  Readonly<{ settings: AnySettings | undefined; log: Log }>;

export async function composeEvents({
  settings,
  log,
  ...parts
}: EventParts): Promise<Readonly<{ handlers: Readonly<Record<string, JobHandler>>; duties: readonly Duty[] }>> {
  const { SEND_EVENT, eventQueuer, eventSender } = await import('#workflows/send-events.ts');
  const receivers = await openOffered(settings, {
    of: ({ eventReceivers }) => eventReceivers,
    log,
    problem: NOT_OPENED,
  });
  const options = { ...parts, clock: parts.store.clock, receivers };
  const queueing = { what: 'queueing events for webhooks', everyMs: LOOK_EVERY_MS, work: eventQueuer(options) };
  return {
    // Also without a receiver: what an earlier process queued ends.
    handlers: { [SEND_EVENT]: eventSender(options) },
    duties: receivers.length === 0 ? [] : [queueing],
  };
}
