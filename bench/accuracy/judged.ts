/** One report held against its label. */
import type { Report } from '#present/report.ts';
import type { DrawnTrace, Part } from './draw.ts';
import type { DetectorId, Label, Named } from './label.ts';

export type Judged = Readonly<{
  id: string;
  part: Part;
  family: DetectorId | undefined;
  label: Label;
  /** Every finding, in the report's order. */
  found: readonly Readonly<{ kind: string; service: string; severity: string }>[];
  /** Whether each expected one was found, in the service to blame. */
  recalled: readonly Readonly<{ expected: Named; isFound: boolean }>[];
  /** Detectors that fired without being expected or allowed. */
  falseAlarms: readonly string[];
  verdict: Readonly<{ kind: string; service: string; confidence: number }> | undefined;
  /** Undefined where no verdict is the right one, or any is. */
  isRight: boolean | undefined;
}>;

export function judged(trace: DrawnTrace, report: Report): Judged {
  const { id, part, family, label } = trace;
  const found = report.findings.map(({ detector, service, severity }) => ({ kind: detector, service, severity }));
  const { diagnosis } = report;
  const verdict =
    diagnosis === null
      ? undefined
      : { kind: diagnosis.kind, service: diagnosis.service, confidence: diagnosis.confidence };
  const harmless = new Set<string>([...label.allowed, ...label.expected.map(({ kind }) => kind)]);
  return {
    id,
    part,
    family,
    label,
    found,
    recalled: label.expected.map((expected) => ({ expected, isFound: found.some((one) => names(expected, one)) })),
    falseAlarms: [...new Set(found.map(({ kind }) => kind))].filter((kind) => !harmless.has(kind)),
    verdict,
    isRight: rightness(part, family, label, verdict),
  };
}

function rightness(
  part: Part,
  family: DetectorId | undefined,
  { verdicts }: Label,
  verdict: Judged['verdict'],
): boolean | undefined {
  if (verdicts.length > 0) return verdict !== undefined && verdicts.some((named) => names(named, verdict));
  if (part === 'positive' || verdict === undefined) return undefined;
  if (part === 'near miss') return verdict.kind === family ? false : undefined;
  // Nothing is wrong with it; saying where its time goes is no claim that something is.
  return verdict.kind === 'bottleneck' ? undefined : false;
}

function names({ kind, services }: Named, one: Readonly<{ kind: string; service: string }>): boolean {
  return one.kind === kind && services.includes(one.service);
}
