/** The drawn lanes of a request's services: which services, and their marks. */

import type { RequestTimeline } from '#model/logs/request-timeline.ts';
import { shown } from '#present/words/plain-text.ts';

export type LaneMark = Readonly<{ atUs: number; failed: boolean }>;

export type Lane = Readonly<{
  service: string;
  firstUs: number;
  lastUs: number;
  /** In order of time. */
  marks: readonly LaneMark[];
  lines: number;
  /** The failure began here. */
  isOrigin: boolean;
  /** It logged nothing, and its callers report that it failed. */
  isSilent: boolean;
  /** Its first line that reports a failure; empty where there is none. */
  said: string;
}>;

/** More lanes are unreadable. Lanes without a failure are left out, those with the fewest lines first. */
const MOST_LANES = 14;

export function lanesOf(timeline: RequestTimeline): Readonly<{ lanes: readonly Lane[]; left: number }> {
  const { services, entries, failed } = timeline;
  const [origin] = failed;
  const marks = Map.groupBy(entries, ({ line }) => line.service);
  const all = services.map(({ service, firstUs, lastUs, lines }): Lane => {
    const at = failed.find((one) => one.service === service)?.entry;
    return {
      service: shown(service) || '(no name)',
      firstUs,
      lastUs,
      marks: (marks.get(service) ?? []).map(({ atUs, failed }) => ({ atUs, failed })),
      lines,
      isOrigin: service === origin?.service,
      isSilent: false,
      said: at === undefined ? '' : shown(entries[at]?.text ?? ''),
    };
  });
  const silent = failed
    .filter(({ service }) => services.every((one) => one.service !== service))
    .map(({ service, atUs }) => silentLane(shown(service), atUs));
  const kept = mostTelling(all);
  return { lanes: [...kept, ...silent], left: all.length - kept.length };
}

function silentLane(service: string, atUs: number): Lane {
  return { service, firstUs: atUs, lastUs: atUs, marks: [], lines: 0, isOrigin: true, isSilent: true, said: '' };
}

function mostTelling(lanes: readonly Lane[]): readonly Lane[] {
  if (lanes.length <= MOST_LANES) return lanes;
  const ranked = lanes.toSorted((a, b) => Number(b.said !== '') - Number(a.said !== '') || b.lines - a.lines);
  const kept = new Set(ranked.slice(0, MOST_LANES));
  return lanes.filter((lane) => kept.has(lane));
}
