/**
 * How many lines there are, and how many of them are errors, counted by Loki over all of them: a search for lines ends at
 * a limit, and what it brings says nothing of how many there were.
 */
import type { MetricQuery, MetricSearch } from '#gather/sources.ts';
import { seriesName } from '#model/metrics/metric-names.ts';
import { quoted } from '#model/text/query-string.ts';
import { logQl } from './logql.ts';

/** Rules ask for minutes. */
const LEAST_STEP_S = 60;
/** Each point is counted anew by whoever answers: few are enough to see when it began. */
const MOST_POINTS = 120;

/** Where loggers and Loki itself (since 3.0, `detected_level`) say how bad a line is. */
const LEVEL_LABELS = ['detected_level', 'severity_text', 'level', 'severity'];
const ERRORS = '(?i)(?:err|eror|error|severe|fatal|ftl|crit|critical|panic|alert|emerg|emergency)';

export function countingQueries({ services, fromUs, toUs }: MetricSearch, serviceLabel: string): MetricQuery[] {
  const stepSeconds = Math.ceil(Math.max(1, (toUs - fromUs) / 1e6 / MOST_POINTS / LEAST_STEP_S)) * LEAST_STEP_S;
  const selector = logQl({ by: 'service', services, fromUs, toUs, limit: 0 }, serviceLabel);
  const errors = LEVEL_LABELS.map((label) => `${label}=~${quoted(ERRORS)}`).join(' or ');
  const rate = (lines: string) => `sum by (${serviceLabel}) (rate(${lines} [${stepSeconds}s]))`;
  const all = rate(selector);
  // A minute without an error has no point: that it was looked at is what its lines say.
  const failing = `${rate(`${selector} | ${errors}`)} or ${all} * 0`;
  const queries = [
    named(all, { concept: 'log_lines', metric: 'log lines in Loki' }, serviceLabel),
    named(failing, { concept: 'log_errors', metric: 'errors logged in Loki' }, serviceLabel),
  ];
  return queries.map((text) => ({ text, fromUs, toUs, stepSeconds }));
}

/** On whole steps, so that one question has the same points whoever asks it when. Seconds since the epoch. */
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

/** What was asked, as a person would ask it: without the names that are only for us. */
export function asPeopleAsk(text: string): string {
  return NAMED.exec(text)?.[1] ?? text;
}

const NAMED = /^label_replace\(label_replace\(label_replace\((.+), "service", "\$1", "\w+", "\(\.\*\)"\), .*$/s;
