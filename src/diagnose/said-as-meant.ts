/**
 * A line of the service, of this request or of its time, says that this is meant: a window that gathers messages, a machine that is taken back as agreed.
 * People decide whether it is a fault, so the verdict stays unsure. A person who got an error is helped by no such line.
 */
import { asUnsure } from '#diagnose/status.ts';
import type { Judgement } from '#model/finding/diagnosis.ts';
import type { EvidenceItem } from '#model/finding/finding.ts';
import type { CorrelatedLine } from '#model/logs/log-correlation.ts';
import { severityOf } from '#model/logs/log-level.ts';
import { logMessage } from '#model/logs/log-message.ts';
import { cutLine } from '#model/text/cut-text.ts';
import type { Trace } from '#model/trace/trace.ts';

export function withinIntent(judgement: Judgement, trace: Trace, lines: readonly CorrelatedLine[]): Judgement {
  const { diagnosis, symptom } = judgement;
  if (diagnosis === undefined || diagnosis.status === 'inconclusive') return judgement;
  if (symptom.kind === 'failed' && trace.kind(trace.root) === 'server') return judgement;
  const said = lines.find((line) => line.service === diagnosis.service && saysMeant(line));
  if (said === undefined) return judgement;
  const quote = cutLine(logMessage(said), LONGEST_QUOTE);
  const unsure = asUnsure(judgement, `a line of ${said.service} says that it is meant: “${quote}”`);
  const [first, ...others] = unsure.findings;
  if (first === undefined) return unsure;
  return { ...unsure, findings: [{ ...first, evidence: [lineItem(said), ...(first.evidence ?? [])] }, ...others] };
}

function lineItem({ timeNs, line }: CorrelatedLine): EvidenceItem {
  return { kind: 'log', ref: timeNs, text: line };
}

const LONGEST_QUOTE = 120;
const WARN = severityOf('warn');

function saysMeant(line: CorrelatedLine): boolean {
  if (severityOf(line.level) >= WARN) return false;
  const message = logMessage(line).slice(0, LONGEST_READ);
  return MEANT.test(message) && !NOT_MEANT.test(message);
}

const LONGEST_READ = 2_000;
const MEANT =
  /\bby design\b|\bas (?:planned|intended|designed|agreed|expected|scheduled)\b|\bon purpose\b|\bintentional(?:ly)?\b|\bdeliberate(?:ly)?\b|\bexpected behaviou?r\b/i;
const NOT_MEANT =
  /\b(?:not|never|no longer|isn['’]t|wasn['’]t|than)\b.{0,30}\b(?:as|by|on|intended|expected|planned)\b/i;
