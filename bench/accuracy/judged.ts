/** One report held against its label. */
import type { Signals } from '#model/finding/diagnosis.ts';
import type { Report } from '#present/json/report.ts';
import type { DrawnTrace, Format, Part } from './draw.ts';
import type { DetectorId, Label, Named } from './label.ts';

export type Verdict = Readonly<{ kind: string; service: string; confidence: number; status: string; signals: Signals }>;

export type Judged = Readonly<{
  id: string;
  part: Part;
  family: DetectorId | undefined;
  format: Format;
  label: Label;
  /** Every finding, in the report's order. */
  found: readonly Readonly<{ kind: string; service: string; severity: string }>[];
  /** Whether each expected one was found, in the service to blame. */
  recalled: readonly Readonly<{ expected: Named; isFound: boolean }>[];
  /** Detectors that fired without being expected or allowed. */
  falseAlarms: readonly string[];
  verdict: Verdict | undefined;
  /** Undefined where no verdict is the right one, or any is. */
  isRight: boolean | undefined;
}>;

/** What a log that was drawn does say, in so many words: detectors of logs are judged elsewhere. */
const SAID_IN_LOGS: ReadonlySet<string> = new Set(['resource-exhausted']);

export function judged(trace: DrawnTrace, report: Report): Judged {
  const { id, part, family, format, label } = trace;
  const found = report.findings.map(({ detector, service, severity }) => ({ kind: detector, service, severity }));
  const { diagnosis } = report;
  const verdict = diagnosis === null ? undefined : verdictOf(diagnosis);
  const harmless = harmlessOf(label);
  return {
    id,
    part,
    family,
    format,
    label,
    found,
    recalled: label.expected.map((expected) => ({ expected, isFound: found.some((one) => names(expected, one)) })),
    falseAlarms: [...new Set(found.map(({ kind }) => kind))].filter(
      (kind) => !harmless.has(kind) && !SAID_IN_LOGS.has(kind),
    ),
    verdict,
    isRight: rightness(part, label, verdict),
  };
}

function verdictOf({ kind, service, confidence, status, signals }: NonNullable<Report['diagnosis']>): Verdict {
  return { kind, service, confidence, status, signals };
}

/** Where no verdict is the right one, none has to be given, and one that may be found is as good. */
function rightness(part: Part, label: Label, verdict: Judged['verdict']): boolean | undefined {
  if (label.verdicts.length > 0) return verdict !== undefined && label.verdicts.some((named) => names(named, verdict));
  if (verdict !== undefined && !harmlessOf(label).has(verdict.kind)) return false;
  return part === 'positive' ? true : undefined;
}

function harmlessOf({ allowed, expected }: Label): Set<string> {
  return new Set([...allowed, ...expected.map(({ kind }) => kind)]);
}

function names({ kind, services }: Named, one: Readonly<{ kind: string; service: string }>): boolean {
  return one.kind === kind && services.includes(one.service);
}
