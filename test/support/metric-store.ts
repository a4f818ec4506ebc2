/** A store of metrics asked about a time window as the bot asks it: what it was asked, and what comes of its answers. */
import { openSession } from '#analyse/open-session.ts';
import type { MetricSource } from '#gather/sources.ts';
import type { Gap } from '#model/finding/gap.ts';
import type { TimeWindow } from '#model/finding/time-window.ts';
import { later } from '#test/later.ts';
import { patientClock } from '#test/patient-clock.ts';
import { gatherMetrics } from '#workflows/evidence/gather-metrics.ts';

/** `beforeUs`: how much of the time before it is read. */
export async function reportOfMetrics(source: MetricSource, window: TimeWindow, beforeUs: number) {
  const session = openSession({
    thresholds: {},
    links: { trace: '', span: '', logs: '', runbooks: '' },
    maxClockSkewUs: 0,
    evidence: { maxBytes: 10_000_000 },
  });
  const gaps: Gap[] = [];
  const watched = {
    ...session,
    gap: (gap: Gap) => {
      gaps.push(gap);
      session.gap(gap);
    },
  };
  const { service, fromUs, toUs } = window;
  await gatherMetrics({ metricSources: [source], clock: patientClock, signal: later() }, watched, {
    services: [service],
    fromUs,
    toUs,
    beforeUs,
  });
  const [only] = await session.reports({ window: { kind: 'window', service, fromUs, toUs } });
  await session.close();
  return { gaps, report: only?.report };
}
