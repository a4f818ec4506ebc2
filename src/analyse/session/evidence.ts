/** The evidence of a session as the files of a case; later reports use exactly these files. */
import type { Cited } from '#analyse/kept-evidence.ts';
import type { SessionChanges } from '#analyse/session/changes.ts';
import type { SessionDatabases } from '#analyse/session/databases.ts';
import type { SessionGaps } from '#analyse/session/gaps.ts';
import type { KeptBodies } from '#analyse/session/kept-bodies.ts';
import type { SessionLogs } from '#analyse/session/logs.ts';
import type { SessionPlatform } from '#analyse/session/platform.ts';
import type { SessionTraces } from '#analyse/session/traces.ts';
import type { TraceAnalysis } from '#model/finding/analysis.ts';
import { type EvidenceFile, type EvidenceRole, evidenceRole, type KeptEvidence } from '#model/incident/case.ts';

export type EvidenceParts = Readonly<{
  traces: SessionTraces;
  logs: SessionLogs;
  platform: SessionPlatform;
  databases: SessionDatabases;
  changes: SessionChanges;
  kept: KeptBodies;
  gaps: SessionGaps;
  /** Called only if not everything can be kept. */
  analyses(): Iterable<TraceAnalysis>;
  maxBytes: number;
}>;

export async function sessionEvidence(parts: EvidenceParts): Promise<KeptEvidence> {
  const { logs, platform, databases, kept, gaps, analyses, maxBytes } = parts;
  const { keptEvidence } = await import('#analyse/kept-evidence.ts');
  const { isWhole, ...evidence } = keptEvidence({
    traces: kept.ofKind('trace'),
    beside: {
      baseline: kept.ofKind('baseline'),
      metrics: kept.ofKind('metrics'),
      platform: platform.kept(),
      database: databases.kept(),
      changes: kept.ofKind('changes'),
    },
    ...logs.kept(),
    gaps: [...gaps.all],
    cited: () => citedBy([...analyses()]),
    maxBytes,
  });
  if (isWhole) restOn(evidence.files, parts);
  return evidence;
}

/** A text is cut and parsed before it is shown, so credentials must be removed first. */
function restOn(files: readonly EvidenceFile[], { traces, logs, platform, databases, changes }: EvidenceParts): void {
  const changed = (role: EvidenceRole) =>
    files.find(({ path, redactions }) => redactions.length > 0 && evidenceRole(path) === role);
  platform.restOn(changed('platform'));
  databases.restOn(changed('database'));
  logs.restOn(changed);
  if (changed('changes')) changes.restOn(files.filter(({ path }) => evidenceRole(path) === 'changes'));
  if (changed('traces') ?? changed('baseline')) traces.restOn(files);
}

function citedBy(analyses: readonly TraceAnalysis[]): Cited {
  const evidence = analyses.flatMap(({ judgement }) => judgement.findings.flatMap((finding) => finding.evidence ?? []));
  return {
    traces: analyses.map(({ trace, judgement }) => ({
      trace,
      spans: judgement.findings.flatMap(({ spans }) => spans),
    })),
    lines: new Set(evidence.filter(({ kind }) => kind === 'log').map(({ ref }) => ref)),
  };
}
