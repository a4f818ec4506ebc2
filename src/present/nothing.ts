/** The answer where the evidence has no trace and no log line: the subject, and the missing evidence. */
import type { Checked, WindowSubject } from '#model/finding/analysis.ts';
import type { Gap } from '#model/finding/gap.ts';
import { redactionsIn } from '#model/redaction/redaction.ts';
import { escapeMarkdown } from '#present/documents/markdown.ts';
import type { Presented } from '#present/present.ts';
import { knownInstant } from '#present/words/instant.ts';
import { shown, shownLines } from '#present/words/plain-text.ts';

const SENTENCE = 'The evidence has no trace and no log line, so there is no diagnosis.';

export function presentNothing(asked: WindowSubject, gaps: readonly Gap[], checked: Checked): Presented {
  const service = shownLines(asked.service);
  const clean = gaps.map(({ source, problem, consequence }) => ({
    source: shownLines(source),
    problem: shownLines(problem),
    consequence: shownLines(consequence),
  }));
  const lines = gaps.map(
    ({ source, problem, consequence }) => `${shown(source)} ${shown(problem)}: ${shown(consequence)}`,
  );
  return {
    file: '',
    traceId: '',
    symptom: 'none',
    row: { traceId: '', symptom: 'none', trouble: '', headline: SENTENCE, status: undefined, tookUs: 0 },
    report: {
      schema: 'spanhound.report/1',
      subject: {
        kind: asked.kind,
        traceId: '',
        service,
        from: knownInstant(asked.fromUs),
        to: knownInstant(asked.toUs),
      },
      trace: null,
      criticalPath: [],
      attribution: [],
      work: [],
      findings: [],
      diagnosis: null,
      logs: null,
      exemplars: [],
      gaps: clean,
      redactions: redactionsIn([service, clean]),
      checked,
    },
    text: `${[SENTENCE, ...lines.map((line) => `- ${line}`)].join('\n')}\n`,
    markdown: `${[SENTENCE, '', ...lines.map((line) => `- ${escapeMarkdown(line)}`)].join('\n')}\n`,
  };
}
