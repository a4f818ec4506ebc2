import { failuresOfGuides, orderOnAGoodDay } from '#test/guide-failures.ts';
import { latencyOfGuides } from '#test/guide-latency.ts';
import { happening, logsJsonlOf, otlpOf } from '#test/otlp.ts';
import { reportOf } from '#test/report-of.ts';

/** Every example of the guides. */
export const guideExamples = [...latencyOfGuides, ...failuresOfGuides];

/** The report on an example, from its bytes; compared with a healthy order where that is asked for. */
export async function guideReport(name: string, { withHealthy = false } = {}) {
  const example = guideExamples.find((each) => each.name === name);
  if (example === undefined) throw new Error(`the guides have no ${name}`);
  const happened = happening(example);
  const healthy = Array.from({ length: 5 }, (_, i) => otlpOf(happening(orderOnAGoodDay(), { seed: `good ${i}` })));
  const report = await reportOf(JSON.stringify(otlpOf(happened)), {
    logs: logsJsonlOf(happened),
    baseline: withHealthy ? JSON.stringify(healthy) : '',
  });
  return {
    ...report,
    verdict: report.diagnosis?.verdict ?? '',
    found: report.findings.map(({ detector }) => detector),
  };
}

/** Where the request's time went, in milliseconds. */
export function attributedMs({ attribution }: Awaited<ReturnType<typeof guideReport>>): Record<string, number> {
  return Object.fromEntries(attribution.map(({ operation, selfUs }) => [operation, selfUs / 1000]));
}
