/**
 * Counts lines and errors in Loki over all its data. A search for lines stops at a limit, so its result does not show
 * how many there were.
 */
import type { MetricQuery, MetricSearch } from '#gather/sources.ts';
import { seriesName } from '#model/metrics/metric-names.ts';
import { quoted } from '#model/text/query-string.ts';
import { logQl } from './logql.ts';

/** Rules usually require minutes. */
const LEAST_STEP_S = 60;
/** Loki computes each point anew: a few are enough to see when the problem began. */
const MOST_POINTS = 120;

/** The fields in which loggers and Loki itself (since 3.0, `detected_level`) write the severity. */
const LEVEL_LABELS = ['detected_level', 'severity_text', 'level', 'severity'];
const ERRORS = '(?i)(?:err|eror|error|severe|fatal|ftl|crit|critical|panic|alert|emerg|emergency)';

export function countingQueries({ services, fromUs, toUs }: MetricSearch, serviceLabel: string): MetricQuery[] {
  const stepSeconds = Math.ceil(Math.max(1, (toUs - fromUs) / 1e6 / MOST_POINTS / LEAST_STEP_S)) * LEAST_STEP_S;
  const selector = logQl({ by: 'service', services, fromUs, toUs, limit: 0 }, serviceLabel);
  const errors = LEVEL_LABELS.map((label) => `${label}=~${quoted(ERRORS)}`).join(' or ');
  const rate = (lines: string) => `sum by (${serviceLabel}) (rate(${lines} [${stepSeconds}s]))`;
  const all = rate(selector);
  // A minute without errors has no point; its lines show that it was counted.
  const failing = `${rate(`${selector} | ${errors}`)} or ${all} * 0`;
  const queries = [
    named(all, { concept: 'log_lines', metric: 'log lines in Loki' }, serviceLabel),
    named(failing, { concept: 'log_errors', metric: 'errors logged in Loki' }, serviceLabel),
  ];
  return queries.map((text) => ({ text, fromUs, toUs, stepSeconds }));
}

/** Aligned to whole steps, so that a query always has the same points. Seconds since the epoch. */
export function wholeSteps({ fromUs, toUs, stepSeconds }: MetricQuery): Readonly<{ start: number; end: number }> {
  const start = Math.floor(fromUs / 1e6 / stepSeconds) * stepSeconds;
  return { start, end: Math.max(start, Math.floor(toUs / 1e6 / stepSeconds) * stepSeconds) };
}

function named(
  text: string,
  { concept, metric }: Readonly<{ concept: 'log_lines' | 'log_errors'; metric: string }>,
  serviceLabel: string,
): string {
  const name = quoted(seriesName({ scope: 'service', concept }));
  return `label_replace(label_replace(label_replace(${text}, "service", "$1", ${quoted(serviceLabel)}, "(.*)"), "__name__", ${name}, "", ""), "metric", ${quoted(metric)}, "", "")`;
}

/** The query as a person would write it, without our internal names. */
export function asPeopleAsk(text: string): string {
  return NAMED.exec(text)?.[1] ?? text;
}

const NAMED = /^label_replace\(label_replace\(label_replace\((.+), "service", "\$1", "\w+", "\(\.\*\)"\), .*$/s;
