/** Errors in lines that only the new version writes, with the detector `new-error`: patterns that nobody saw before. */
import { MINUTE_US } from '#core/time-units.ts';
import { newError } from '#detect/logs/new-error.ts';
import type { Sides } from '#detect/release/release-sides.ts';
import { runDetector, type ThresholdValues } from '#detect/run.ts';
import type { VersionLine } from '#detect/signs/versions/version-counts.ts';
import type { ReleaseRow } from '#model/changes/release.ts';
import { epochUsOf, type LogLine } from '#model/logs/log-line.ts';
import { logTemplates } from '#model/logs/log-templates.ts';

/** `earlier`: all lines before the rollout, as far as they were read. */
export function newErrorRows(
  { way, versions, all }: Sides<VersionLine>,
  earlier: readonly VersionLine[],
  logs: readonly LogLine[],
  minFailed: number,
  thresholds: ThresholdValues | undefined,
): readonly ReleaseRow[] {
  const lineOf = ({ place }: Pick<VersionLine, 'place'>) => logs[place] ?? [];
  const news = all.filter(({ who, atUs }) => atUs >= versions.fromUs && versions.isNew(who)).flatMap(lineOf);
  const before = new Set([...earlier, ...all.filter(({ who }) => versions.isOld(who))].map(({ place }) => place));
  const baselineLogs = [...before].sort((a, b) => a - b).flatMap((place) => lineOf({ place }));
  if (news.length === 0) return [];
  const evidence = { logs: news, baselineLogs, templates: logTemplates([...news, ...baselineLogs]) };
  const outcome = runDetector(newError, evidence, thresholds);
  if (outcome.kind !== 'found') return [];
  return outcome.findings.flatMap(({ facts, lines = [] }): ReleaseRow[] => {
    // A line that comes with it is part of it.
    const times = lines.flatMap((place) => {
      const line = news[place];
      return line === undefined ? [] : [epochUsOf(line)];
    });
    const minutes = new Set(times.map((us) => Math.floor(us / MINUTE_US)));
    const isOften = times.length >= minFailed && minutes.size > 1;
    return [
      {
        measure: 'new error',
        unit: 'times',
        by: 'lines',
        way,
        before: { value: 0, of: baselineLogs.length },
        after: { value: times.length, of: news.length },
        judged: isOften ? 'worse' : 'too few',
        isHarm: true,
        sinceUs: times[0] ?? Number.NaN,
        said: String(facts.said),
      },
    ];
  });
}
