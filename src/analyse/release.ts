/** The newest rollout of a service, judged by all evidence of a session. */
import { inOrder } from '#analyse/lines-around.ts';
import type { AnalysesParts } from '#analyse/session/analyses.ts';
import type { ReleaseQuestion, SessionSettings } from '#analyse/session.ts';
import { judgeRelease } from '#detect/release/judge-release.ts';
import { changesWith } from '#model/platform/platform-changes.ts';
import { isUnchosen } from '#model/requests/seen-request.ts';
import { type PresentedRelease, presentRelease } from '#present/words/release.ts';

type Parts = Pick<AnalysesParts, 'traces' | 'logs' | 'metrics' | 'platform' | 'changes' | 'gaps'>;

export function releaseIn(
  { traces, logs, metrics, platform, changes, gaps }: Parts,
  { lookedIn, ...asked }: ReleaseQuestion,
  thresholds: SessionSettings['thresholds'],
): PresentedRelease {
  const cluster = platform.read();
  const judged = judgeRelease(
    asked,
    {
      // A search for failed requests says nothing about how many fail.
      requests: traces.held().flatMap(({ trace, sample }) => (isUnchosen(sample) ? [trace] : [])),
      logs: inOrder([...logs.lines(), ...(logs.healthyLines() ?? [])]),
      metrics: metrics.until(asked.toUs),
      platform: cluster,
      changes: changesWith(changes.all(), cluster, [asked.service]) ?? [],
    },
    thresholds,
  );
  return presentRelease({ ...judged, gaps: [...gaps.all, ...judged.gaps] }, lookedIn);
}
