/** What the bot does for itself beside its work: it watches over its queues and sends a heartbeat. */
import { composeRetention } from '#compose/retention.ts';
import type { Config } from '#config/schema.ts';
import type { Log } from '#core/log.ts';
import { HOUR_US } from '#core/time-units.ts';
import type { Store } from '#record/store.ts';

export type UpkeepParts = Readonly<{
  store: Store;
  log: Log;
  stormPerMinute: number;
  operators: Partial<Config['operators']>;
  /** The folder of the signing key; without it, nothing is signed. */
  dataFolder: string | undefined;
  cases?: Config['cases'] | undefined;
  retention: Config['retention'];
  workspace(signal: AbortSignal): Promise<string>;
  kick(): void;
}>;

/** A duty that repeats. It may fail; the next turn tries again. */
export type Duty = Readonly<{ what: string; everyMs: number; work(signal: AbortSignal): Promise<void> }>;

export type Upkeep = Readonly<{
  duties: readonly Duty[];
  /** Signs what happened since the last minute. */
  atStop(): Promise<void>;
}>;

const EVERY_MS = 60_000;
/** Beside this process, one of an earlier version may still write entries without digests. */
const HOUR_MS = 3_600_000;
/** People read the list of a storm while it goes on; each state costs an update of the fifty a minute. */
const STORM_EVERY_MS = 10_000;
/** The limits are in days. */
const RETENTION_EVERY_MS = 6 * 3_600_000;

export async function composeUpkeep({
  store,
  stormPerMinute,
  operators,
  dataFolder,
  cases: place,
  retention,
  log,
  workspace,
  kick,
}: UpkeepParts): Promise<Upkeep> {
  const { channel, heartbeatUrl, anchorFile, timestampUrl, silenceHours = 0 } = operators;
  const [
    { watcher },
    { heartbeat },
    { ownHealth },
    { auditAnchor, auditSigner },
    { madeSigner },
    { sealEarlierEntries },
    { sealEarlierItems },
    { sealEarlierFeedback },
    { stormWatcher },
    { appendFile },
  ] = await Promise.all([
    import('#workflows/upkeep/watch-over.ts'),
    import('#workflows/upkeep/heartbeat.ts'),
    import('#workflows/upkeep/own-health.ts'),
    import('#workflows/audit/sign-audit.ts'),
    import('#adapters/files/signing-key.ts'),
    import('#record/timeline-proof.ts'),
    import('#record/action-item-proof.ts'),
    import('#record/feedback-proof.ts'),
    import('#workflows/alerts/alert-storm.ts'),
    import('node:fs/promises'),
  ]);
  const silenceUs = silenceHours * HOUR_US;
  const sign = dataFolder === undefined ? async () => {} : auditSigner(store, () => madeSigner(dataFolder));
  const signing =
    dataFolder === undefined
      ? []
      : [
          { what: 'signing the audit log', everyMs: EVERY_MS, work: sign },
          {
            what: 'anchoring the audit log',
            everyMs: EVERY_MS,
            work: auditAnchor({
              store,
              channelId: channel,
              workspace,
              append: anchorFile === undefined ? undefined : (line) => appendFile(anchorFile, line, { mode: 0o600 }),
              kick,
            }),
          },
        ];
  const stamping =
    dataFolder === undefined || timestampUrl === undefined ? [] : [await stampingDuty(store, timestampUrl)];
  const forgetting =
    dataFolder === undefined || Object.values(retention).every((days) => days === 0)
      ? []
      : [
          {
            what: 'deleting evidence that is past its time',
            everyMs: RETENTION_EVERY_MS,
            work: async () => {
              const { files, cases } = await (await composeRetention(store, { dataFolder, cases: place, retention }))();
              if (files > 0) log.info({ files, cases }, 'evidence past its time was deleted');
            },
          },
        ];
  const duties = [
    {
      what: 'adding the digests of earlier rows',
      everyMs: HOUR_MS,
      work: async () => {
        await sealEarlierEntries(store);
        await sealEarlierItems(store);
        await sealEarlierFeedback(store);
      },
    },
    {
      what: 'watching alert storms',
      everyMs: STORM_EVERY_MS,
      work: stormWatcher({ store, perMinute: stormPerMinute, kick }),
    },
    ...signing,
    ...stamping,
    ...forgetting,
    ...(channel === undefined
      ? []
      : [
          {
            what: 'watching over the queues',
            everyMs: EVERY_MS,
            work: watcher({ store, channelId: channel, workspace, silenceUs, kick }),
          },
        ]),
    ...(heartbeatUrl === undefined
      ? []
      : [
          {
            what: 'the heartbeat',
            everyMs: EVERY_MS,
            work: heartbeat({ health: ownHealth(store), beat: (signal) => asked(heartbeatUrl, signal) }),
          },
        ]),
  ];
  return { duties, atStop: sign };
}

/** A server that is away is asked again after ten minutes. */
const STAMP_EVERY_MS = 600_000;

async function stampingDuty(store: Store, url: URL): Promise<Duty> {
  const [{ timeStampServer }, { auditStamper }] = await Promise.all([
    import('#adapters/timestamps/client.ts'),
    import('#workflows/audit/stamp-audit.ts'),
  ]);
  return {
    what: 'timestamping the audit log',
    everyMs: STAMP_EVERY_MS,
    work: auditStamper(store, timeStampServer(url)),
  };
}

async function asked(url: URL, signal: AbortSignal): Promise<number> {
  const { status, body } = await fetch(url, { signal, redirect: 'error' });
  await body?.cancel();
  return status;
}
