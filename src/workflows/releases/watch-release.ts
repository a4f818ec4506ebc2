/**
 * A reported deploy is judged ten minutes later, and once more after half an hour if that was too early. The job is stored
 * with the deploy, before the sender gets its answer.
 *
 *   webhook ──► deploy + job ──┬─ a newer deploy of the service ──► the end: that one has a job of its own
 *                              ├─ too early to say ───────────────► a job for the second look
 *                              └─ judged ─────────────────────────► one message, whose id is the deploy’s
 */
import { MINUTE_US } from '#core/time-units.ts';
import type { Change } from '#model/changes/change.ts';
import { releaseMessage } from '#present/slack/release-message.ts';
import type { PresentedRelease } from '#present/words/release.ts';
import { changesBetween } from '#record/changes.ts';
import type { JobHandler, Jobs } from '#record/jobs.ts';
import { post } from '#record/outbox.ts';
import type { Store, Tx } from '#record/store.ts';

export const JUDGE_RELEASE = 'judge-release';

/** Which judgements are posted: only that a release is worse, each one, or none. */
export type ReleaseNews = 'worse' | 'always' | 'never';

type ReleaseJob = Readonly<{ service: string; id: string; atUs: number; look: number }>;

/** As the judgement compares 10 to 30 minutes. */
const LOOKS_US = [10 * MINUTE_US, 30 * MINUTE_US] as const;
const LAST_LOOK_US = LOOKS_US[1];

/** In the transaction that stores the deploys. Those that somebody reports hours later are history. */
export async function watchReleases(tx: Tx, jobs: Jobs, changes: readonly Change[]): Promise<void> {
  for (const { kind, service, id, atUs } of changes) {
    if (kind !== 'deploy' || service === '' || atUs + LAST_LOOK_US < tx.nowUs) continue;
    await lookAt(tx, jobs, { service, id, atUs, look: 0 });
  }
}

/** The same deploy reported again is the same job. */
async function lookAt(tx: Tx, jobs: Jobs, payload: ReleaseJob): Promise<void> {
  const dueUs = payload.atUs + (LOOKS_US[payload.look] ?? LAST_LOOK_US);
  // Slack must say which workspace it is for, and Slack may be unavailable now.
  await jobs.addJob(tx, {
    kind: JUDGE_RELEASE,
    workspaceId: '',
    key: `${keyOf(payload)}/${payload.look}`,
    payload,
    dueUs,
  });
}

function keyOf({ service, id, atUs }: ReleaseJob): string {
  return `${service}/${atUs}/${id}`;
}

export type WatchReleaseOptions = Readonly<{
  store: Store;
  jobs: Jobs;
  news: ReleaseNews;
  /** The channel for answers to alerts from webhooks. */
  channelId: string | undefined;
  judge(asked: Readonly<{ service: string; toUs: number }>, signal: AbortSignal): Promise<PresentedRelease>;
  workspace(signal: AbortSignal): Promise<string>;
  kick(): void;
}>;

export function releaseWatcher(options: WatchReleaseOptions): JobHandler {
  const { store, jobs, news, channelId, judge, workspace, kick } = options;
  return async (job, signal) => {
    const watched = job.payload as ReleaseJob;
    const { service, atUs } = watched;
    if (channelId === undefined || news === 'never') return;
    const nowUs = await store.nowUs();
    if (await isSuperseded(store, watched, nowUs)) return;
    // After a downtime it judges what it would have judged then.
    const found = await judge({ service, toUs: Math.min(nowUs, atUs + LAST_LOOK_US) }, signal);
    const next = nextOf(watched, found.report, news);
    if (next === 'nothing') return;
    const workspaceId = next === 'post' ? await workspace(signal) : '';
    const messageId = `release/${keyOf(watched)}`;
    await store.transaction(async (tx) => {
      if (next === 'look again') return await lookAt(tx, jobs, { ...watched, look: watched.look + 1 });
      await post(tx, { messageId, workspaceId, channelId, message: releaseMessage(found, watched) });
    });
    kick();
  };
}

/** A rollout that another source dates later is not this deploy. */
function nextOf(
  { atUs, look }: ReleaseJob,
  { verdict, rollout }: PresentedRelease['report'],
  news: ReleaseNews,
): 'look again' | 'post' | 'nothing' {
  if (rollout !== null && Date.parse(rollout.at) * 1_000 > atUs + LOOKS_US[0]) return 'nothing';
  const isEarly = verdict === 'too early' || verdict === 'no rollout';
  if (isEarly && look + 1 < LOOKS_US.length) return 'look again';
  return news === 'always' || verdict === 'worse' ? 'post' : 'nothing';
}

async function isSuperseded(store: Store, { service, atUs }: ReleaseJob, nowUs: number): Promise<boolean> {
  const later = await changesBetween(store, { services: [service], fromUs: atUs + 1, toUs: nowUs });
  return later.some((change) => change.kind === 'deploy' && change.service === service);
}
