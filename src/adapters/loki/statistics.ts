/**
 * Counts lines and errors in Loki over all its data. A search for lines stops at a limit, so its result does not show
 * how many there were.
 */
import { stepOf } from '#adapters/counted-steps.ts';
import type { MetricQuery, MetricSearch } from '#gather/sources.ts';
import { seriesName } from '#model/metrics/metric-names.ts';
import { quoted } from '#model/text/query-string.ts';
import { logQl } from './logql.ts';

/** The fields in which loggers and Loki itself (since 3.0, `detected_level`) write the severity. */
export const LEVEL_LABELS: readonly string[] = ['detected_level', 'severity_text', 'level', 'severity'];
const ERRORS = '(?i)(?:err|eror|error|severe|fatal|ftl|crit|critical|panic|alert|emerg|emergency)';

/** `levels`: the labels that may hold the level. */
export function countingQueries(
  { services, fromUs, toUs }: MetricSearch,
  serviceLabel: string,
  levels = LEVEL_LABELS,
): MetricQuery[] {
  const stepSeconds = stepOf({ fromUs, toUs });
  const selector = logQl({ by: 'service', services, fromUs, toUs }, serviceLabel);
  const errors = levels.map((label) => `${label}=~${quoted(ERRORS)}`).join(' or ');
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
