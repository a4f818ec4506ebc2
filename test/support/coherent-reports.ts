/** Every report and first message that a test makes holds together: see `coherence.ts`. */
import { vi } from 'vitest';
import { durationText } from '#model/text/duration.ts';
import { deniedParts, incoherences, misshapen, selfDenials, strayAmounts } from '#test/coherence.ts';

vi.mock('#present/json/report.ts', async (importOriginal) => {
  const original = await importOriginal<typeof import('#present/json/report.ts')>();
  const reportOf: typeof original.reportOf = (...given) => {
    const report = original.reportOf(...given);
    refuse(incoherences(report));
    return report;
  };
  return { ...original, reportOf };
});

vi.mock('#present/words/first-message.ts', async (importOriginal) => {
  const original = await importOriginal<typeof import('#present/words/first-message.ts')>();
  const firstMessage: typeof original.firstMessage = (analysis, diagnosis, root) => {
    const message = original.firstMessage(analysis, diagnosis, root);
    const { findings, symptom } = analysis.judgement;
    const { trace } = analysis;
    const whole = trace === undefined ? '' : durationText(trace.durationOfUs(trace.root));
    const evidence = findings.flatMap(({ title, explanation, reasons = [], evidence = [] }) => [
      title,
      explanation,
      ...reasons,
      ...evidence.map(({ text }) => text),
    ]);
    const reasonTexts = message.reasons.map(({ text }) => text);
    const isOfMany = analysis.trace === undefined && Number.isFinite(analysis.window.fromUs);
    refuse(deniedParts(analysis.judgement, trace, analysis.missing));
    refuse(misshapen({ ...message, reasons: reasonTexts, isOfMany }));
    if (diagnosis !== undefined)
      refuse([
        ...strayAmounts(message.headline, [...evidence, whole, symptom.text, diagnosis.verdict]),
        ...selfDenials({
          headline: message.headline,
          reasons: reasonTexts,
          symptom: symptom.text,
          cited: (root?.evidence ?? [])
            .filter(({ kind }) => kind === 'log' || kind === 'event')
            .map(({ text }) => text),
        }),
      ]);
    return message;
  };
  return { ...original, firstMessage };
});

function refuse(found: readonly string[]): void {
  if (found.length > 0) throw new Error(`it contradicts itself: ${found.join('; ')}`);
}
