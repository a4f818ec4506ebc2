/** Composes the webhooks of the systems that post alerts, changes or issues. */
import type { AlertWebhookReader, AnySettings, System } from '#adapters/system.ts';
import { countsAmong } from '#compose/sources.ts';
import { registeredSystems } from '#compose/systems.ts';
import type { Config, SystemSettings } from '#config/schema.ts';
import type { Clock } from '#core/clock.ts';
import type { Log } from '#core/log.ts';
import type { Webhook, Webhooks } from '#core/webhook.ts';
import type { Change } from '#model/changes/change.ts';
import type { HearIssue } from '#workflows/action-items/hear-issue.ts';
import type { TakeNote } from '#workflows/alerts/note-alert.ts';
import type { TakeDelivery } from '#workflows/alerts/receive-alert.ts';
import type { HearTooLarge } from '#workflows/alerts/tell-too-large.ts';

/** The permitted senders of alerts and changes by webhook, where alerts are answered, and which are not. */
export type AlertConfig = SystemSettings & Pick<Config, 'alerts'> & Partial<Pick<Config, 'quiet'>>;

export type WebhookParts = Readonly<{
  take: TakeDelivery;
  takeNote: TakeNote;
  note(changes: readonly Change[]): Promise<void>;
  hearIssue: HearIssue;
  hearTooLarge: HearTooLarge;
  log: Log;
  clock: Clock;
}>;

/** By path. Without settings there are none. */
export async function composeWebhooks(settings: AlertConfig | undefined, parts: WebhookParts): Promise<Webhooks> {
  if (settings === undefined) return {};
  const counts = countsAmong(settings.changes.environments);
  const readUnknown = await readerOfUnknown();
  const routes = (await registeredSystems()).flatMap((system) => [
    ...(system.alertWebhook ? [alertRoute(system, system.alertWebhook, settings, { ...parts, readUnknown })] : []),
    ...(system.changeWebhook ? [changeRoute(system.changeWebhook, { settings, counts, ...parts })] : []),
    ...(system.issueWebhook ? [issueRoute(system, system.issueWebhook, settings, parts)] : []),
  ]);
  const opened = await Promise.allSettled(routes);
  return Object.fromEntries(
    opened.flatMap((route) => {
      if (route.status === 'fulfilled') return [route.value];
      parts.log.error({ err: route.reason }, 'a webhook could not be opened; the others are served');
      return [];
    }),
  );
}

type Route = Promise<readonly [path: string, webhook: Webhook]>;

async function alertRoute(
  { id, title }: System,
  { path, setup, refusal, smaller, load }: NonNullable<System['alertWebhook']>,
  settings: AnySettings,
  { take, takeNote, hearTooLarge, log, clock, readUnknown }: WebhookParts & Readonly<{ readUnknown: ReadUnknown }>,
): Route {
  const [{ alertsWebhook }, { proof, read, setUp }] = await Promise.all([
    import('#listeners/webhooks/alerts.ts'),
    load(),
  ]);
  const webhook = alertsWebhook({
    source: id,
    title,
    setup,
    refusal,
    proof: proof(settings),
    read(body, { header }) {
      const own = read(body, clock.nowUs(), { settings, header });
      if (own.kind !== 'unreadable') return own;
      // Many systems let people write the body: the names of its fields still say what it is.
      const other = readUnknown?.(body, id, clock.nowUs());
      return other?.kind === 'delivery' ? other : own;
    },
    setUp,
    take,
    takeNote,
    tooLarge: (body) => hearTooLarge({ ...body, path, title, smaller }),
    log,
  });
  return [path, webhook];
}

type ReadUnknown = AlertWebhookReader<AnySettings>['readUnknown'];

/** A system whose reader cannot be opened fails at its own route. */
async function readerOfUnknown(): Promise<ReadUnknown> {
  const readers = (await registeredSystems()).map(async ({ alertWebhook }) => await alertWebhook?.load());
  for (const reader of await Promise.allSettled(readers)) {
    if (reader.status === 'fulfilled' && reader.value?.readUnknown !== undefined) return reader.value.readUnknown;
  }
  return undefined;
}

async function changeRoute(
  { name, path, setup, maxBytes, smaller, load }: NonNullable<System['changeWebhook']>,
  {
    settings,
    counts,
    note,
    hearTooLarge,
    log,
    clock,
  }: WebhookParts & Readonly<{ settings: AnySettings; counts(environment: string): boolean }>,
): Route {
  const [{ changesWebhook }, { proof, read }] = await Promise.all([import('#listeners/webhooks/changes.ts'), load()]);
  const webhook = changesWebhook({
    source: name,
    setup,
    maxBytes,
    proof: proof(settings),
    read: (body, { header }) => read(body, { header, nowUs: clock.nowUs(), counts }),
    note,
    tooLarge: (body) => hearTooLarge({ ...body, path, title: name, smaller }),
    log,
  });
  return [path, webhook];
}

async function issueRoute(
  { id, title }: System,
  { path, setup, load }: NonNullable<System['issueWebhook']>,
  settings: AnySettings,
  { hearIssue, log }: WebhookParts,
): Route {
  const [{ issuesWebhook }, { proof, read }] = await Promise.all([import('#listeners/webhooks/issues.ts'), load()]);
  const webhook = issuesWebhook({
    source: id,
    title,
    setup,
    proof: proof(settings),
    read,
    hear: (remoteId) => hearIssue({ tracker: id, remoteId }),
    log,
  });
  return [path, webhook];
}
