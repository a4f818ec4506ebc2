/** Makes the requested forms of a comparison, or of the verification of a fix, each redacted as a whole. */
import { redact } from '#model/redaction/redaction.ts';
import { sealed } from '#model/redaction/sealed.ts';
import type { AlignedCalls } from '#model/requests/aligned-calls.ts';
import type { Comparison, Verification } from '#model/requests/comparison.ts';
import type { Trace } from '#model/trace/trace.ts';
import { type ComparisonReport, comparisonReport } from '#present/json/comparison-report.ts';
import { type ReportedRequest, reportedRequest } from '#present/json/request-path.ts';
import { drawnTraces } from '#present/pictures/aligned-rows.ts';
import type { PresentedForms } from '#present/present.ts';
import type { ShownComparison } from '#present/shown-comparison.ts';
import type { SlackComparison } from '#present/slack/comparison-message.ts';
import { calledIn, comparisonSummary } from '#present/words/comparison-summary.ts';
import { shown } from '#present/words/plain-text.ts';
import { BEFORE_AND_AFTER, verificationSummary, WORSE } from '#present/words/verification-summary.ts';

export type ComparisonForms = Pick<PresentedForms, 'text' | 'markdown' | 'html' | 'png' | 'slack'>;

export type PresentedComparison = Readonly<{
  report: ComparisonReport &
    Readonly<{
      /** The request of each side that the picture shows. Missing where a side has none, or another request. */
      drawn?: Readonly<{ healthy: ReportedRequest; failing: ReportedRequest }>;
      verification?: ReturnType<typeof verificationReport>;
    }>;
  text?: string;
  markdown?: string;
  html?: string;
  png?: Uint8Array;
  slack?: SlackComparison;
}>;

export type ComparedTraces = Readonly<{
  comparison: Comparison;
  sides: Readonly<{ healthy: readonly Trace[]; failing: readonly Trace[]; calls: AlignedCalls }>;
  /** Set where a fix was verified. The healthy side is then before the fix, and the failing side after it. */
  verification?: Verification;
}>;

export async function presentComparison(
  { comparison, sides, verification }: ComparedTraces,
  forms: ComparisonForms,
  draw: (svg: string) => Promise<Uint8Array>,
): Promise<PresentedComparison> {
  const one: ShownComparison = {
    comparison,
    summary: verification === undefined ? comparisonSummary(comparison) : verificationSummary(verification, comparison),
    names: verification === undefined ? calledIn(comparison) : BEFORE_AND_AFTER,
    drawn: drawnOf({ comparison, sides }, verification !== undefined),
  };
  const written =
    forms.text || forms.markdown || forms.html ? await import('#present/documents/comparison-forms.ts') : undefined;
  const paper = forms.slack ? 'thread' : 'page';
  const svg = forms.png ? (await import('#present/pictures/comparison-svg.ts')).comparisonSvg(one, { paper }) : '';
  return {
    report: sealed({
      ...comparisonReport(comparison),
      ...drawnRequests(one),
      ...(verification && { verification: verificationReport(verification, one) }),
    }),
    ...(forms.text && { text: redact(written?.comparisonText(one, forms.text) ?? '') }),
    ...(forms.markdown && { markdown: redact(written?.comparisonMarkdown(one) ?? '') }),
    ...(forms.html && { html: redact(written?.comparisonHtml(one) ?? '') }),
    ...(svg !== '' && { png: await draw(redact(svg)) }),
    ...(forms.slack && { slack: (await import('#present/slack/comparison-message.ts')).slackComparison(one) }),
  };
}

function drawnRequests({ drawn }: ShownComparison): Pick<PresentedComparison['report'], 'drawn'> {
  if (drawn === undefined) return {};
  return { drawn: { healthy: reportedRequest(drawn.healthy), failing: reportedRequest(drawn.failing) } };
}

/** Rows that two different requests share by chance would show a change. */
function drawnOf({ comparison, sides }: ComparedTraces, isVerified: boolean): ShownComparison['drawn'] {
  return comparison.relation === 'one-request' || isVerified ? drawnTraces(sides, sides.calls, comparison) : undefined;
}

function verificationReport(verification: Verification, { summary }: ShownComparison) {
  const { result, reason, cause, before, after, chance, needed, failures, whole, load, worse } = verification;
  return {
    result,
    reason,
    sentence: summary.verdict,
    standing: summary.standing,
    cause:
      cause === undefined
        ? null
        : {
            kind: cause.kind,
            service: shown(cause.service),
            operation: shown(cause.operation),
            title: shown(cause.title),
          },
    before,
    after,
    chanceIfUnchanged: Number(chance.toPrecision(3)),
    tracesNeeded: needed,
    failures: {
      before: failures.before,
      after: failures.after,
      chanceIfUnchanged: Number(failures.chance.toPrecision(3)),
    },
    wholeUs: whole === undefined ? null : { before: whole.beforeUs, after: whole.afterUs },
    load: load === undefined ? null : load,
    worse: summary.sections.find(({ title }) => title === WORSE)?.lines.map(({ text }) => text) ?? [],
    worseCount: worse.length,
  };
}
