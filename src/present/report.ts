import type { Analysis } from '#model/analysis.ts';
import type { Diagnosis } from '#model/diagnosis.ts';
import type { JudgedFinding } from '#model/finding.ts';
import { redact } from '#model/redaction.ts';
import type { Trace } from '#model/trace.ts';
import { attributionOf } from '#present/attribution.ts';
import { isoInstant } from '#present/instant.ts';

/** The report as the contract has it: `--json`, and what is stored of a diagnosis. Fields are extended, never renamed. */
export type Report = Readonly<{
  schema: 'spanhound.report/1';
  file?: string;
  subject: Readonly<{ kind: 'trace' | 'alert' | 'window'; traceId: string; service: string; from: string; to: string }>;
  trace: Readonly<{
    spanCount: number;
    serviceCount: number;
    services: readonly string[];
    rootService: string;
    rootOperation: string;
    startTime: string;
    durationUs: number;
    errorCount: number;
    orphanCount: number;
    skewCorrectedCount: number;
  }> | null;
  criticalPath: readonly Readonly<{
    spanId: string;
    service: string;
    operation: string;
    startUs: number;
    endUs: number;
  }>[];
  attribution: readonly Readonly<{ service: string; operation: string; selfUs: number; share: number }>[];
  findings: readonly Readonly<{
    detector: string;
    severity: 'critical' | 'high' | 'medium' | 'low';
    confidence: number;
    title: string;
    service: string;
    operation: string;
    spanIds: readonly string[];
    wastedUs: number;
    explanation: string;
    remedy: string;
    check: string;
    runbook: string;
    evidence: readonly Readonly<{ kind: 'span' | 'log' | 'metric' | 'change' | 'event'; ref: string; text: string }>[];
  }>[];
  diagnosis: Readonly<{
    verdict: string;
    status: 'confirmed' | 'likely' | 'inconclusive';
    confidence: number;
    kind: string;
    service: string;
    operation: string;
    change: Readonly<{ id: string; kind: string; service: string; at: string }> | null;
    ranking: readonly Readonly<{ service: string; operation: string; kind: string; score: number }>[];
    chain: readonly Readonly<{ finding: number; because: number }>[];
    ruledOut: readonly Readonly<{ kind: string; service: string; why: string }>[];
  }> | null;
  exemplars: readonly Readonly<{ traceId: string; role: 'failing' | 'slow' | 'healthy'; why: string }>[];
  gaps: readonly Readonly<{ source: string; problem: string; consequence: string }>[];
  /** Which detectors found something, found nothing, could not look (and for want of what), or broke. */
  checked: Readonly<{
    found: readonly string[];
    clear: readonly string[];
    skipped: readonly Readonly<{ detector: string; missing: readonly string[] }>[];
    broken: readonly Readonly<{ detector: string; message: string }>[];
  }>;
  /** Only with `--spans`. Times as corrected, from the trace's start. */
  spans?: readonly Readonly<{ spanId: string; service: string; startUs: number; durationUs: number; selfUs: number }>[];
}>;

/** Ids stay as the source has them; every other text is redacted. */
export function reportOf(analysis: Analysis, { spans = false }: { spans?: boolean } = {}): Report {
  const { file, trace, judgement, checked, gaps } = analysis;
  const { diagnosis } = judgement;
  const clean = redactOnce();
  return {
    schema: 'spanhound.report/1',
    ...(file !== '' && { file }),
    subject: {
      kind: 'trace',
      traceId: trace.traceId,
      service: redact(trace.service(trace.root)),
      from: isoInstant(trace.startEpochUs),
      to: isoInstant(trace.startEpochUs + trace.durationUs),
    },
    trace: traceFacts(trace),
    criticalPath: trace.criticalPath.map(({ span, startUs, endUs }) => ({
      spanId: trace.spanId(span),
      service: clean(trace.service(span)),
      operation: clean(trace.operation(span)),
      startUs,
      endUs,
    })),
    attribution: attributionOf(trace).map(({ service, operation, ...held }) => ({
      service: clean(service),
      operation: clean(operation),
      ...held,
    })),
    findings: judgement.findings.map((finding) => reportedFinding(trace, finding)),
    diagnosis: diagnosis === undefined ? null : reportedDiagnosis(diagnosis),
    exemplars: [],
    gaps: gaps.map(({ source, problem, consequence }) => ({
      source: redact(source),
      problem: redact(problem),
      consequence: redact(consequence),
    })),
    checked: {
      ...checked,
      broken: checked.broken.map(({ detector, message }) => ({ detector, message: redact(message) })),
    },
    ...(spans && { spans: reportedSpans(trace, clean) }),
  };
}

/** A trace of a hundred thousand spans has a few dozen names. */
function redactOnce(): (text: string) => string {
  const known = new Map<string, string>();
  return (text) => {
    const clean = known.get(text) ?? redact(text);
    known.set(text, clean);
    return clean;
  };
}

function traceFacts(trace: Trace): Report['trace'] {
  let errorCount = 0;
  for (let span = 0; span < trace.spanCount; span += 1) if (trace.failed(span)) errorCount += 1;
  return {
    spanCount: trace.spanCount,
    serviceCount: trace.services.length,
    services: trace.services.map(redact),
    rootService: redact(trace.service(trace.root)),
    rootOperation: redact(trace.operation(trace.root)),
    startTime: isoInstant(trace.startEpochUs),
    durationUs: trace.durationUs,
    errorCount,
    orphanCount: trace.repairs.orphan,
    skewCorrectedCount: trace.repairs.clockSkew,
  };
}

function reportedFinding(trace: Trace, finding: JudgedFinding): Report['findings'][number] {
  return {
    detector: finding.detector,
    severity: finding.severity,
    confidence: finding.confidence,
    title: redact(finding.title),
    service: redact(finding.service),
    operation: redact(finding.operation),
    spanIds: finding.spans.map((span) => trace.spanId(span)),
    wastedUs: finding.wastedUs,
    explanation: redact(finding.explanation),
    remedy: redact(finding.remedy),
    check: redact(finding.check),
    runbook: finding.runbook,
    evidence: (finding.evidence ?? []).map(({ kind, ref, text }) => ({ kind, ref, text: redact(text) })),
  };
}

function reportedDiagnosis(diagnosis: Diagnosis): Report['diagnosis'] {
  return {
    verdict: redact(diagnosis.verdict),
    status: diagnosis.status,
    confidence: diagnosis.confidence,
    kind: diagnosis.kind,
    service: redact(diagnosis.service),
    operation: redact(diagnosis.operation),
    change: null,
    ranking: diagnosis.ranking.map(({ service, operation, kind, score }) => ({
      service: redact(service),
      operation: redact(operation),
      kind,
      score,
    })),
    chain: diagnosis.chain,
    ruledOut: diagnosis.ruledOut.map(({ kind, service, why }) => ({
      kind,
      service: redact(service),
      why: redact(why),
    })),
  };
}

function reportedSpans(trace: Trace, clean: (text: string) => string): NonNullable<Report['spans']> {
  return Array.from({ length: trace.spanCount }, (_, span) => ({
    spanId: trace.spanId(span),
    service: clean(trace.service(span)),
    startUs: trace.startUs(span),
    durationUs: trace.durationOfUs(span),
    selfUs: trace.selfUs(span),
  }));
}
