import { judgedLogs, verdictCounts } from '#test/log-verdicts.ts';

/** The text of `src/diagnose/log-calibration-data.ts`. */
export async function logDataModule(): Promise<string> {
  const counts = Object.entries(verdictCounts(await judgedLogs())).sort(([a], [b]) => (a < b ? -1 : 1));
  const lines = counts.map(
    ([kind, { of, right }]) => `  ${kind.includes('-') ? `'${kind}'` : kind}: { of: ${of}, right: ${right} },`,
  );
  return `/** Written by \`node bench/accuracy.ts calibrate-logs\` from windows of logs that are drawn with their answers. */
import type { Verdicts } from '#diagnose/curve.ts';

export const LOG_VERDICTS: Readonly<Record<string, Verdicts>> = {
${lines.join('\n')}
};
`;
}
