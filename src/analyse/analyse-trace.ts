/** Judges one trace with all evidence of its time. */

import type { Around } from '#analyse/around-request.ts';
import { logEvidence } from '#analyse/log-evidence.ts';
import type { Look } from '#analyse/look.ts';
import type { SessionSettings } from '#analyse/session.ts';
import { withLazyProperties } from '#core/lazy-properties.ts';
import { knownDetectors, titlesOf } from '#detect/known.ts';
import { requestDetectors } from '#detect/request-registry.ts';
import { withinCut } from '#diagnose/cut-off.ts';
import { judge } from '#diagnose/judge.ts';
import { methodsOf } from '#diagnose/methods.ts';
import { withinIntent } from '#diagnose/said-as-meant.ts';
import { calledAsConfigured } from '#diagnose/severity.ts';
import { unseenGaps } from '#diagnose/unseen.ts';
import { withUsualLoops } from '#diagnose/usual-loops.ts';
import type { Analysis, Diagnosed, TraceAnalysis } from '#model/finding/analysis.ts';
import type { Evidence } from '#model/finding/evidence.ts';
import type { Finding } from '#model/finding/finding.ts';
import type { Gap } from '#model/finding/gap.ts';
import { clockOffsets } from '#model/logs/log-clock.ts';
import { type CorrelatedLine, isCertain, rungCounts, tiesOf } from '#model/logs/log-correlation.ts';
import type { LogLine } from '#model/logs/log-line.ts';
import { otherInstances } from '#model/logs/several-instances.ts';
import { repairGaps } from '#model/trace/build/repairs.ts';
import type { Trace } from '#model/trace/trace.ts';

export function analyseTrace(
  look: Look,
  {
    trace,
    logs,
    baseline,
    baselineLogs,
    databases,
    earlierLogs,
    around,
    published,
    missing,
  }: Readonly<{ trace: Trace; logs: readonly CorrelatedLine[] | undefined; around?: Around | undefined }> &
    Readonly<{ [Kind in 'baseline' | 'baselineLogs' | 'databases' | 'published']: Evidence[Kind] | undefined }> &
    Pick<Evidence, 'earlierLogs'> &
    Pick<Diagnosed, 'missing'>,
  settings: SessionSettings,
  gaps: readonly Gap[],
  queries: Analysis['queries'],
  file: string,
): TraceAnalysis {
  const evidence = {
    trace,
    ...(baseline && { baseline }),
    ...(published && { published }),
    ...(databases && { databases }),
    ...(around?.pools && { pools: around.pools }),
    ...(around && around.profiles.length > 0 && { profiles: around.profiles }),
    ...logEvidence(logs, baselineLogs),
    earlierLogs,
  };
  // One trace has no window, so the detectors of a window are not reported as missing.
  const { checked, findings: found, ran, gaps: unseen } = look(requestDetectors, evidence);
  const marked = withUsualLoops(trace, withUnsureEvidence(trace, found, logs ?? []), baseline, ran);
  const alone = judge(trace, marked, ran);
  const judged = around?.judged(look, { evidence, judgement: alone, checked });
  const all = around?.detectors ?? requestDetectors;
  const meant = withinIntent(judged?.judgement ?? alone, trace, logs ?? [], knownDetectors(all));
  const judgement = calledAsConfigured(withinCut(meant, missing), settings.severities);
  const diagnosed: Diagnosed = {
    file,
    queries,
    trace,
    logs: logs ?? [],
    correlation: logs && { rungs: rungCounts(logs, tiesOf(trace, logs)), offsets: clockOffsets(trace, logs) },
    judgement,
    checked: judged?.checked ?? checked,
    titles: titlesOf(all),
    missing,
    gaps: [
      ...gaps,
      ...repairGaps(trace),
      ...(judgement.symptom.kind === 'none' ? unseenGaps(trace) : []),
      ...unseen,
      ...(judged?.gaps ?? []),
    ],
    ...(judged && { changes: judged.changes }),
    links: settings.links,
    asked: settings.asked,
  };
  // Text shows them only on request.
  return withLazyProperties(diagnosed, {
    methods: () => methodsOf(diagnosed, knownDetectors(all), settings.fishbone),
  });
}

/** A line that may belong to another request, or to another instance, proves nothing about this one. */
function withUnsureEvidence(trace: Trace, findings: readonly Finding[], lines: readonly LogLine[]): readonly Finding[] {
  if (lines.every(isCertain)) return findings;
  const certain = new Set(lines.filter(isCertain).map(({ timeNs }) => timeNs));
  const others = otherInstances(trace, lines);
  return findings.map((finding) => {
    if (finding.evidence === undefined) return finding;
    const evidence = finding.evidence.map((item) =>
      item.kind === 'log' && !certain.has(item.ref) ? { ...item, unsure: true } : item,
    );
    const texts = evidence.map(({ kind, ref }) => (kind === 'log' ? (others.get(ref) ?? []) : []));
    const isElsewhere = texts.length > 0 && texts.every((said) => said.length > 0);
    return { ...finding, evidence, ...(isElsewhere && { otherInstances: [...new Set(texts.flat())] }) };
  });
}
