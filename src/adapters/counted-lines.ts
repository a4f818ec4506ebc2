/** Lines that a store counted by service and level, as series of lines and errors that the decoder reads. */
import { wholeSteps } from '#adapters/counted-steps.ts';
import { prometheusMatrix } from '#adapters/rewritten-rows.ts';
import type { MetricQuery } from '#gather/sources.ts';
import { seriesName } from '#model/metrics/metric-names.ts';

/** `level`: '' if the lines have none. `counts`: lines by the begin of their step, in seconds since the epoch. */
export type CountedLines = Readonly<{ service: string; level: string; counts: ReadonlyMap<number, number> }>;

const ERRORS = /^(?:error\d?|err|fatal\d?|critical|crit|severe|panic|alert|emerg|emergency)$/i;

/**
 * As rates per second at the end of each step, in Prometheus' form. A service whose lines have no level has no errors to
 * count, and not none. `store`: its title.
 */
export function lineSeries(kinds: readonly CountedLines[], query: MetricQuery, store: string): Uint8Array {
  const { start, end } = wholeSteps(query);
  const { stepSeconds } = query;
  const metrics = { log_lines: `log lines in ${store}`, log_errors: `errors logged in ${store}` } as const;
  const result = [...Map.groupBy(kinds, ({ service }) => service)].flatMap(([service, own]) => {
    const series = (concept: keyof typeof metrics, counted: readonly CountedLines[]) => ({
      metric: { __name__: seriesName({ scope: 'service', concept }), metric: metrics[concept], service },
      values: Array.from({ length: (end - start) / stepSeconds }, (_, step) => {
        const begins = start + step * stepSeconds;
        const lines = counted.reduce((sum, { counts }) => sum + (counts.get(begins) ?? 0), 0);
        return [begins + stepSeconds, `${lines / stepSeconds}`];
      }),
    });
    const failing = own.filter(({ level }) => ERRORS.test(level));
    const hasLevels = own.some(({ level }) => level !== '');
    return [series('log_lines', own), ...(hasLevels ? [series('log_errors', failing)] : [])];
  });
  return prometheusMatrix(result);
}
