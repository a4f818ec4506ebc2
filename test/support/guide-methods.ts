import { guideExamples } from '#test/guide-report.ts';
import { happening, logsJsonlOf, otlpOf } from '#test/otlp.ts';
import { reportOf } from '#test/report-of.ts';
import type { ScenarioLog } from '#test/scenarios.ts';

/** The report on an example of the guides with its methods; `lines` are further lines of its log. */
export async function guideMethods(name: string, lines: readonly ScenarioLog[] = []) {
  const example = guideExamples.find((each) => each.name === name);
  if (example === undefined) throw new Error(`the guides have no ${name}`);
  const happened = happening({ ...example, logs: [...example.logs, ...lines] });
  const report = await reportOf(JSON.stringify(otlpOf(happened)), { logs: logsJsonlOf(happened) });
  if (report.methods === undefined) throw new Error('the report has no methods');
  return { ...report.methods, report };
}
