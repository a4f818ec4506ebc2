import { knownDetectors, titlesOf } from '#detect/known.ts';
import { detectors } from '#detect/registry.ts';
import { methodsOf } from '#diagnose/methods.ts';
import type { Diagnosed, TraceAnalysis } from '#model/finding/analysis.ts';
import type { Diagnosis, Symptom } from '#model/finding/diagnosis.ts';
import type { JudgedFinding } from '#model/finding/finding.ts';
import type { SpanIndex } from '#model/trace/columns.ts';
import type { Trace } from '#model/trace/trace.ts';
import { pathUs } from '#model/trace/views/critical-path.ts';

/** An analysis by hand: a verdict about `cause`, or "nothing wrong" where no cause is given. */
export function analysisOf(
  trace: Trace,
  {
    cause,
    symptom = { kind: 'slow', text: 'GET /orders took 2.34 s' },
    diagnosis = {},
    findings = [],
    ...rest
  }: Partial<Omit<TraceAnalysis, 'trace' | 'judgement'>> & {
    cause?: Partial<JudgedFinding> & { spans: readonly SpanIndex[] };
    symptom?: Symptom;
    diagnosis?: Partial<Diagnosis>;
    /** Further findings, after the cause. */
    findings?: readonly JudgedFinding[];
  } = {},
): TraceAnalysis {
  const found = cause === undefined ? [] : [findingOf(trace, cause)];
  const diagnosed: Diagnosed = {
    file: '',
    trace,
    logs: [],
    correlation: undefined,
    judgement: {
      symptom: cause === undefined ? { kind: 'none', text: '' } : symptom,
      findings: [...found, ...findings],
      diagnosis: found[0] && { ...diagnosisOf(found[0]), ...diagnosis },
      seenShare: undefined,
    },
    checked: {
      found: found.map(({ detector }) => detector),
      clear: ['lock-contention'],
      off: [],
      skipped: [],
      broken: [],
    },
    titles: titlesOf(detectors),
    gaps: [],
    links: { trace: '', span: '', logs: '', runbooks: '' },
    queries: [],
    ...rest,
  };
  return { ...diagnosed, methods: methodsOf(diagnosed, knownDetectors(detectors)) };
}

export function findingOf(
  trace: Trace,
  finding: Partial<JudgedFinding> & { spans: readonly SpanIndex[] },
): JudgedFinding {
  const first = finding.spans[0] ?? trace.root;
  const detector = finding.detector ?? 'slow-query';
  return {
    detector,
    service: trace.service(first),
    operation: trace.operation(first),
    wastedUs: pathUs(trace, finding.spans),
    facts: {},
    title: `${trace.service(first)}: one query holds the request`,
    explanation: 'The request cannot end sooner than this query does.',
    remedy: 'Add the index that its conditions need.',
    check: 'EXPLAIN shows an index scan with few rows.',
    runbook: `runbooks/${detector}.md`,
    severity: 'high',
    share: 0.96,
    wonUs: pathUs(trace, finding.spans),
    confidence: 0.8,
    ...finding,
  };
}

function diagnosisOf({
  title,
  share,
  confidence,
  detector,
  service,
  operation,
  check,
  remedy,
  runbook,
}: JudgedFinding): Diagnosis {
  return {
    verdict: title,
    status: 'likely',
    statusReason: 'the shape of the trace suggests it, but nothing in the trace says so',
    confidence,
    signals: { lead: share, said: 0, seen: 1, answered: 1, intact: 1, shown: 1 },
    share,
    kind: detector,
    service,
    operation,
    ranking: [{ service, operation, kind: detector, score: confidence }],
    chain: [],
    ruledOut: [],
    check,
    remedy,
    runbook,
  };
}

/** The span with this id in a drawn trace: ids follow the shape of the tree. */
export function spanAt(trace: Trace, id: string): SpanIndex {
  for (let span = 0; span < trace.spanCount; span += 1) if (trace.spanId(span) === id) return span;
  throw new Error(`the drawn trace has no span ${id}`);
}
