/**
 * Judges the newest rollout of a service from the configured sources. It first looks for the rollout in the last hours, then
 * gathers the evidence around it.
 *
 *   changes, pods, metrics, a few requests of six hours ──► which rollout ──► requests, lines, metrics around it ──► judged
 */
import type { Session } from '#analyse/session.ts';
import { openDeadline } from '#core/deadline.ts';
import { ConfigError, SpanhoundError } from '#core/errors.ts';
import { gapOf } from '#gather/collect.ts';
import { windowLineQueries } from '#gather/plan.ts';
import { durationText } from '#model/text/duration.ts';
import type { PresentedRelease } from '#present/words/release.ts';
import { answersOf } from '#workflows/evidence/ask-logs.ts';
import { gatherChanges } from '#workflows/evidence/gather-changes.ts';
import { gatherMetrics } from '#workflows/evidence/gather-metrics.ts';
import { gatherPlatform } from '#workflows/evidence/gather-platform.ts';
import { type DiagnoseTraceParts, logsLink } from '#workflows/traces/diagnose-trace.ts';
import type { Time, WindowHunt } from '#workflows/window/hunt.ts';
import { openWindow, UnknownServiceError } from '#workflows/window/open-window.ts';
import { askInParts, NOT_EXAMINED, noteFailures, OF_PART, PARTS } from '#workflows/window/search.ts';

export type ReleaseRequest = Readonly<{
  service: string;
  /** Microseconds since the epoch. @default six hours before the end, and now */
  fromUs?: number | undefined;
  toUs?: number | undefined;
  deadlineMs: number;
  signal?: AbortSignal | undefined;
}>;

/** A rollout of yesterday is no longer news, and a store answers six hours quickly. */
const LOOK_BACK_US = 6 * 3_600 * 1_000_000;
/** As long as a rollout is judged, on both sides. */
const AROUND_US = 30 * 60 * 1_000_000;

export async function judgeReleaseOf(
  parts: DiagnoseTraceParts,
  { service, toUs = parts.clock.nowUs(), fromUs = toUs - LOOK_BACK_US, deadlineMs, signal }: ReleaseRequest,
): Promise<PresentedRelease> {
  const deadline = openDeadline(parts.clock, deadlineMs, signal);
  const { session, hunt } = await opened(parts, service, { fromUs, toUs }, deadline.signal);
  try {
    const asking = { ...parts, signal: deadline.signal };
    const lookedIn = sourcesOf(parts, hunt);
    const gather = async (time: Time, others: readonly Promise<unknown>[]) => {
      const requests = hunt ? askInParts(hunt, time, PARTS, { kind: 'trace', sample: 'all', limit: OF_PART }) : [];
      const metrics = gatherMetrics(asking, session, { services: [service], ...time, beforeUs: 0 });
      const [answers] = await Promise.all([Promise.all(requests), metrics, ...others]);
      if (hunt) noteFailures(hunt, answers);
    };
    await gather({ fromUs, toUs }, [
      gatherChanges(asking, session, { services: [service], fromUs, toUs, beforeUs: 0 }),
      gatherPlatform(asking, session),
    ]);
    const found = await session.release({ service, fromUs, toUs, lookedIn });
    if (found.report.rollout === null) return found;
    const atUs = Date.parse(found.report.rollout.at) * 1_000;
    const [before, after] = [
      { fromUs: atUs - AROUND_US, toUs: atUs },
      { fromUs: atUs, toUs: Math.min(toUs, atUs + AROUND_US) },
    ];
    await gather(before, [gatherLines(asking, session, service, before)]);
    await gather(after, [gatherLines(asking, session, service, after)]);
    return await session.release({ service, fromUs, toUs, lookedIn });
  } finally {
    deadline.close();
    await session.close();
  }
}

type Opened = Readonly<{ session: Session; hunt: WindowHunt | undefined }>;

/** Without requests, changes, metrics and lines may still show the rollout. */
async function opened(parts: DiagnoseTraceParts, service: string, time: Time, signal: AbortSignal): Promise<Opened> {
  const alert = { title: service, service, labels: {}, traceId: '', atUs: time.toUs };
  try {
    const hunt = await openWindow(parts, { alert, asked: { ...time, kind: 'window' }, known: undefined, signal });
    return { session: hunt.session, hunt };
  } catch (error) {
    if (!(error instanceof SpanhoundError)) throw error;
    const links = { ...parts.settings.links, logs: logsLink(parts) };
    const session = parts.openSession({ ...parts.settings, links });
    const isMissing = error instanceof ConfigError || error instanceof UnknownServiceError;
    session.gap(
      isMissing
        ? { source: 'traces', problem: error.message, consequence: NOT_EXAMINED }
        : gapOf('traces', error, NOT_EXAMINED),
    );
    return { session, hunt: undefined };
  }
}

/** In this order, each once. */
function sourcesOf(
  { changeSources = [], platformSources = [], metricSources = [] }: DiagnoseTraceParts,
  hunt: WindowHunt | undefined,
): readonly string[] {
  const searched = (hunt?.searched ?? []).map(({ source }) => source);
  return [...new Set([...changeSources, ...platformSources, ...metricSources, ...searched].map(({ name }) => name))];
}

async function gatherLines(
  parts: DiagnoseTraceParts & Readonly<{ signal: AbortSignal }>,
  session: Session,
  service: string,
  time: Time,
): Promise<void> {
  const queries = windowLineQueries([service], time).map((query, at) => ({
    step: `lines ${time.fromUs} ${at}`,
    query,
  }));
  for (const { source, query, items, failure, told } of await answersOf(parts, session, queries)) {
    if (failure !== undefined && !told) session.gap(gapOf(source.name, failure, NOT_ALL_LINES));
    if (items >= query.limit) {
      session.gap({
        source: source.name,
        problem: `has more than ${query.limit} lines in ${durationText(query.toUs - query.fromUs)}`,
        consequence: NOT_ALL_LINES,
      });
    }
  }
}

const NOT_ALL_LINES = 'not all lines were compared';
