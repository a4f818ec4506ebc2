/** Every form of one analysis that was asked for. */
import type { Analysis } from '#model/analysis.ts';
import type { Symptom } from '#model/diagnosis.ts';
import { htmlOf } from '#present/html.ts';
import { logText } from '#present/log-text.ts';
import { markdownOf } from '#present/markdown.ts';
import { type Report, reportOf } from '#present/report.ts';
import { type LongLists, longLists } from '#present/report-json.ts';
import type { SlackAnswer } from '#present/slack-answer.ts';
import { slackAnswer } from '#present/slack-message.ts';
import { textOf } from '#present/text.ts';
import { waterfallSvg } from '#present/waterfall-svg.ts';

export type PresentedForms = Readonly<{
  text?: Readonly<{ width: number; colour: boolean }>;
  markdown?: boolean;
  html?: boolean;
  svg?: boolean;
  png?: boolean;
  slack?: boolean;
  logs?: boolean;
  /** Every step of the critical path, and every span where it is asked for. Not handed from thread to thread. */
  longLists?: Readonly<{ spans: boolean }>;
}>;

export type Presented = Readonly<{
  file: string;
  traceId: string;
  symptom: Symptom['kind'];
  report: Report;
  text?: string;
  markdown?: string;
  html?: string;
  svg?: string;
  png?: Uint8Array;
  slack?: SlackAnswer;
  logs?: string;
  longLists?: LongLists;
}>;

export async function present(
  analysis: Analysis,
  forms: PresentedForms,
  /** Draws an SVG as a PNG. Handed in, so that a picture that did not change is drawn once. */
  draw: (svg: string) => Promise<Uint8Array>,
): Promise<Presented> {
  const svg = forms.svg || forms.png ? waterfallSvg(analysis) : '';
  return {
    file: analysis.file,
    traceId: analysis.trace.traceId,
    symptom: analysis.judgement.symptom.kind,
    report: reportOf(analysis),
    ...(forms.text && { text: textOf(analysis, forms.text) }),
    ...(forms.markdown && { markdown: markdownOf(analysis) }),
    ...(forms.html && { html: htmlOf(analysis) }),
    ...(forms.svg && { svg }),
    ...(forms.png && { png: await draw(svg) }),
    ...(forms.slack && { slack: slackAnswer(analysis) }),
    ...(forms.logs && { logs: logText(analysis.logs) }),
    ...(forms.longLists && { longLists: longLists(analysis.trace, forms.longLists) }),
  };
}
