/** The metrics of a session. */
import type { OpenBody } from '#analyse/session/body-reader.ts';
import type { SessionGaps } from '#analyse/session/gaps.ts';
import type { KeptBodies } from '#analyse/session/kept-bodies.ts';
import { metricsBody } from '#decode/metrics-json.ts';
import { isOfProfile, type Profile, profilesIn } from '#model/metrics/hot-functions.ts';
import { mergedSeries, type Series, seriesUntil } from '#model/metrics/series.ts';

export type SessionMetrics = Readonly<{
  open: OpenBody;
  /** Without profiles, and without points after that time, in microseconds since the epoch. */
  until(toUs: number): Series[];
  profiles(): readonly Profile[];
  areAny(): boolean;
  close(): void;
}>;

export function sessionMetrics(gaps: SessionGaps, kept: KeptBodies): SessionMetrics {
  const series: Series[] = [];
  return {
    open(head) {
      const body = metricsBody(head.source);
      const evidence = kept.begin(head);
      return {
        push(chunk) {
          body.push(chunk);
          evidence.push(chunk);
        },
        end() {
          const found = body.end();
          for (const problem of body.warnings())
            gaps.add({ source: head.source, problem, consequence: 'not all metrics were looked at' });
          for (const one of found) series.push(one);
          if (found.length > 0) evidence.keep();
          return { items: found.length };
        },
      };
    },
    areAny: () => series.length > 0,
    until: (toUs) => mergedSeries(series.filter((one) => !isOfProfile(one))).map((one) => seriesUntil(one, toUs)),
    profiles: () => profilesIn(mergedSeries(series.filter(isOfProfile))),
    close() {
      series.length = 0;
    },
  };
}
