/** Creates the readers of an alert in a file. */
import type { AlertWebhookReader, AnySettings, ReadDelivery, System } from '#adapters/system.ts';
import { composeAlertMessages } from '#compose/alert-messages.ts';
import type { Investigation } from '#compose/investigation.ts';
import { oneOf, registeredSystems } from '#compose/systems.ts';
import { systemClock } from '#core/clock.ts';
import type { Log } from '#core/log.ts';
import { silentLog } from '#core/log.ts';
import type { Alert, AlertMessage } from '#model/incident/alert.ts';
import type { AlertFileReader, KnownAlerts, ReadOutcome } from '#workflows/alerts/read-alert.ts';

/** Reads the alert in a file, `-` for standard input. */
export async function composeAlertReader(
  { readFile }: Pick<Investigation, 'readFile'>,
  settings: AnySettings = {},
): Promise<(path: string) => Promise<Alert>> {
  const { alertIn } = await import('#workflows/alerts/read-alert.ts');
  /** A system's failure does not stop the others. It is the answer if none of them reads the file. */
  const failures: unknown[] = [];
  const known = await composeKnownAlerts(settings, (error) => failures.push(error));
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

/** The readers of all systems: their webhooks, then their messages in Slack. */
export async function composeKnownAlerts(
  settings: AnySettings,
  onFailure: (error: unknown) => void = () => undefined,
  log: Log = silentLog,
): Promise<KnownAlerts> {
  const systems = await registeredSystems();
  const readers: AlertFileReader[] = [];
  for (const system of systems) {
    try {
      const reader = await system.alertWebhook?.load();
      if (reader !== undefined) readers.push(...fileReaders(system, reader, { settings, onFailure }));
    } catch (error) {
      onFailure(error);
    }
  }
  const messages = await composeAlertMessages(log, settings);
  return {
    readers: [...readers, messageReader(messages.read)],
    bodies: oneOf(systems.flatMap(({ alertWebhook }) => alertWebhook?.bodies ?? [])),
  };
}

type Reading = Readonly<{ settings: AnySettings; onFailure(error: unknown): void }>;

function fileReaders(
  { id, title }: System,
  { read, readSaved, isOwn, readUnknown }: AlertWebhookReader<AnySettings>,
  { settings, onFailure }: Reading,
): readonly AlertFileReader[] {
  const given = { settings, header: () => undefined };
  const guarded = (reads: (body: unknown) => ReadDelivery) => (body: unknown) => {
    try {
      return outcomeOf(reads(body));
    } catch (error) {
      onFailure(error);
      return { kind: 'unreadable', why: 'the reader failed' } as const;
    }
  };
  const reads = [(body: unknown) => read(body, systemClock.nowUs(), given), ...(readSaved ? [readSaved] : [])];
  return reads.map((one) => {
    const reading = guarded(one);
    return {
      id,
      title,
      isOwn: isOwn ?? ((body) => reading(body).kind !== 'unreadable'),
      read: reading,
      isLast: readUnknown !== undefined,
    };
  });
}

function outcomeOf(said: ReadDelivery): ReadOutcome {
  switch (said.kind) {
    case 'delivery':
      return { kind: 'alert', alert: said.delivery.subject, members: said.delivery.members.length };
    case 'other':
      return { kind: 'other', why: said.why ?? 'it is no alert' };
    default:
      return said;
  }
}

/** Messages need a channel and a time, which a copied message may lack. */
const MISSING = { type: 'message', channel: 'C0FILE', ts: '0.0' } as const;
/** What an incoming webhook posts has this subtype; what people write has the id of their client. */
const BY_WEBHOOK = { subtype: 'bot_message' } as const;

function messageReader(read: (event: unknown) => AlertMessage | undefined): AlertFileReader {
  const message = (body: unknown) => {
    const given = typeof body === 'object' && body !== null ? body : {};
    return read({ ...MISSING, ...('client_msg_id' in given ? {} : BY_WEBHOOK), ...given });
  };
  const isMessage = (body: unknown) =>
    typeof body === 'object' &&
    body !== null &&
    ['text', 'blocks', 'attachments', 'message'].some((name) => name in body);
  return {
    id: 'slack',
    title: 'Slack',
    isOwn: (body) => isMessage(body) && message(body) !== undefined,
    read(body) {
      const found = message(body);
      if (found === undefined) return { kind: 'unreadable', why: 'no message of a known app' };
      if ('alert' in found) return { kind: 'alert', alert: found.alert, members: 0 };
      if ('note' in found) return { kind: 'note', note: found.note };
      if ('noAlert' in found) return { kind: 'other', why: found.noAlert };
      return { kind: 'unreadable', why: 'the message holds no alert that can be read' };
    },
  };
}
