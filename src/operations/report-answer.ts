/** A report as an answer: its Markdown as text, and its facts and lists for programs. */
import { z } from 'zod';
import type { Item, WholeAnswer } from '#operations/answer.ts';
import { quotedReport } from '#present/documents/quoted-lines.ts';
import type { Report } from '#present/json/report.ts';

export const REPORT_FACTS = {
  headline: z.string().describe('What is wrong, in one sentence.'),
  verdict: z.string().describe('The cause in one sentence; empty if nothing is wrong.'),
  status: z.enum(['confirmed', 'likely', 'inconclusive', 'nothing wrong']),
  confidence: z.number().nullable().describe('The probability that the cause and the service are right, 0 to 1.'),
  cause: z.looseObject({ kind: z.string(), service: z.string(), operation: z.string() }).nullable(),
  change: z.looseObject({ id: z.string(), kind: z.string(), service: z.string(), at: z.string() }).nullable(),
  subject: z.looseObject({
    kind: z.string(),
    traceId: z.string(),
    service: z.string(),
    from: z.string(),
    to: z.string(),
  }),
};

export const REPORT_LISTS = {
  findings: z.looseObject({
    detector: z.string(),
    severity: z.string(),
    service: z.string(),
    operation: z.string(),
    title: z.string(),
    explanation: z.string(),
    remedy: z.string(),
    check: z.string().describe('What would prove it wrong.'),
    runbook: z.string(),
    whyNotFirst: z.string(),
    quotedEvidence: z.array(z.looseObject({ kind: z.string(), ref: z.string(), text: z.string() })),
  }),
  gaps: z.looseObject({ source: z.string(), problem: z.string(), consequence: z.string() }),
  exemplars: z.looseObject({ traceId: z.string(), role: z.string(), why: z.string() }),
};

export type ReportForms = Readonly<{ report: Report; markdown?: string | undefined }>;

/** `about`: sentences behind the first line, such as the seal. `facts`: further ones. */
export function reportAnswer(
  { report, markdown = '' }: ReportForms,
  {
    about = [],
    facts = {},
    items = [],
  }: Readonly<{ about?: readonly string[]; facts?: object; items?: readonly Item[] }> = {},
): WholeAnswer {
  const { headline: first, standing, lines, background } = quotedReport(markdown);
  // Older versions kept no Markdown.
  const headline = first || (report.diagnosis?.verdict ?? 'Nothing wrong found');
  return {
    head: [headline, standing, ...about].filter((line) => line !== ''),
    lines,
    background,
    facts: { ...factsOf(report, headline), ...facts },
    items: [...itemsOf(report), ...items],
  };
}

function factsOf({ diagnosis, subject }: Report, headline: string) {
  const { kind, traceId, service, from, to } = subject;
  return {
    headline,
    verdict: diagnosis?.verdict ?? '',
    status: diagnosis?.status ?? 'nothing wrong',
    confidence: diagnosis?.confidence ?? null,
    cause: diagnosis && { kind: diagnosis.kind, service: diagnosis.service, operation: diagnosis.operation },
    change: diagnosis?.change ?? null,
    subject: { kind, traceId, service, from, to },
  };
}

/** Reports of older versions have fewer fields. */
function itemsOf({ findings, gaps, exemplars }: Report): readonly Item[] {
  return [
    ...(findings ?? []).map((finding) => ({ list: 'findings', item: findingItem(finding) })),
    ...(gaps ?? []).map((item) => ({ list: 'gaps', item })),
    ...(exemplars ?? []).map((item) => ({ list: 'exemplars', item })),
  ];
}

function findingItem(finding: Report['findings'][number]) {
  const { detector, severity, service, operation, title, explanation, remedy, check, runbook, evidence, wonUs } =
    finding;
  return {
    detector,
    severity,
    service,
    operation,
    title,
    explanation,
    remedy,
    check,
    runbook,
    wonUs,
    whyNotFirst: finding.whyNotFirst ?? '',
    quotedEvidence: evidence,
  };
}
