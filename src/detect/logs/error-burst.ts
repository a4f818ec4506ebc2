/**
 * Errors of one kind are far more frequent than elsewhere in the same log, or last for the whole log.
 *
 *   lines    ............................................................................
 *   errors            x              x     x x xx xxx xxxx xxxx x xx     x
 *                                          └─ onset ────── end ─┘        0.1 % of the lines → 60 %
 *
 * It reports the stretch whose errors are least probable by chance. The rate before is that of the service until then, or
 * of a healthy time. Messages that always come with the errors are listed.
 */

import { defineDetector } from '#detect/detector.ts';
import { countedLines } from '#detect/signs/lines/counted-lines.ts';
import { type Burst, burstIn, healthyRates } from '#detect/signs/lines/error-bursts.ts';
import { sharedTrait } from '#detect/signs/traits/line-traits.ts';
import type { Sighting } from '#model/finding/finding.ts';
import { type LogEvent, logEvents } from '#model/logs/log-events.ts';
import type { LogLine } from '#model/logs/log-line.ts';
import { citedLines, saidIn, whoseLog, withText } from '#model/logs/log-sighting.ts';
import { clockText, timeOf } from '#model/logs/log-times.ts';
import type { Series } from '#model/metrics/series.ts';
import { type Told, traitText } from '#model/requests/request-traits.ts';
import { shareOf } from '#model/stats/proportion.ts';
import { counted } from '#model/text/count-text.ts';
import { inWords, quoteInWords } from '#model/text/in-words.ts';

/** The guide’s rule for windows: more than one in twenty. */
const MANY_ERRORS = 0.05;

export const errorBurst = defineDetector({
  id: 'error-burst',
  title: 'Burst of errors',
  why: 'Its start and end show what to look for: a deploy, a job, a maintenance window.',
  runbook: 'runbooks/error-burst.md',
  clear: 'no kind of error was more frequent than elsewhere in the log',
  silent: [
    'It compares shares of the lines of one service. If the service logs more of everything, or nothing, no share changes.',
    'It reports an error that lasts for the whole log only if it is frequent and not normal in a healthy time.',
    'It ignores few errors, because some come together by chance.',
    'The service must also log other lines, because a log of only errors has no rate.',
  ],
  role: 'mechanism',
  field: 'code',
  coverage: 'failing-lines',
  nextWhys: {
    unsaid: {
      ask: 'Why so often, and why at that time?',
      lookAt: 'The first of these lines, the lines right before it, and the load.',
    },
  },
  checkQueries: ['log'],
  namesCause: 'never',
  logSeverity: ({ share }) => (Number(share) >= MANY_ERRORS ? 'high' : 'medium'),
  needs: ['logs', 'templates'],
  uses: ['baselineLogs', 'metrics'],
  thresholds: {
    minErrors: {
      default: 10,
      min: 3,
      unit: 'lines',
      means: 'Errors of one kind within the burst',
      why: 'Fewer may be retries of one request.',
    },
    minRise: {
      default: 3,
      min: 1,
      unit: 'times',
      means: 'Rate within the burst, divided by the rate before',
      why: 'Double load often doubles errors without a fault. Three times as many of the same lines has another cause.',
    },
    minGain: {
      default: 12,
      min: 0,
      unit: 'nats',
      means: 'How much better two rates explain the log than one (logarithm of the likelihood ratio)',
      why: 'About 13,000 periods are compared. By chance one of them reaches 12 in less than one of ten logs.',
    },
    minSteadyShare: {
      default: 0.02,
      min: 0,
      max: 1,
      unit: 'share of the lines of the service',
      means: 'Errors that last for the whole log',
      why: 'A failure rate of 2 % is twenty times the error budget of 99.9 %. Below it many services log errors all the time.',
    },
  },

  detect({ logs, templates, baselineLogs = [], metrics = [] }, thresholds) {
    const rows = Map.groupBy(logs.keys(), (place) => logs[place]?.service ?? '');
    const healthy = healthyRates(logs.length, templates, baselineLogs);
    return logEvents(logs, templates).flatMap((event) => {
      const row = rows.get(event.service) ?? [];
      const burst = burstIn(logs, row, event, healthy(event), thresholds);
      return burst === undefined ? [] : withCount(sightingOf(logs, row, event, burst), logs, metrics);
    });
  },

  say({ service, said, errors, from, to, before, during, worst, steady: lasts, companions, inAll, trait, ...facts }) {
    const who = whoseLog(String(service));
    const rate =
      lasts === true ? `${percent(during)} of its lines` : `${percent(before)} of its lines → ${percent(worst)}`;
    const shared =
      trait === ''
        ? ''
        : `; ${percent(facts.having)} of its lines with ${trait} are such errors, ${percent(facts.others)} of the others`;
    const when = from === to ? `at ${from}` : `from ${from} to ${to}`;
    return {
      title: `${who}: ${counted(Number(errors), 'error')} “${said}” ${when}, ${rate}${shared}`,
      headline: {
        what: `${inWords(who)} logs many errors${trait === '' ? '' : ` with ${inWords(trait)}`}`,
        why: quoteInWords(said),
      },
      explanation:
        lasts === true
          ? `The errors last from the first to the last line of the log, so these lines do not show when they began.${tail(companions)}${inAll}`
          : `Before ${from} ${percent(before)} of the lines of ${who} were such errors; then ${percent(during)}, at its worst ${percent(worst)}.${tail(companions)}${inAll}`,
      remedy: `Find out what began for ${service === '' ? 'what logs these lines' : service} ${lasts === true ? 'before the first of these lines' : `at ${from}`}${from === to || lasts === true ? '' : ` and ended at ${to}`}: a deploy, a job, a maintenance window, an outage of what the line names.`,
      check: 'The log of the same hour of an ordinary day has as many of these errors.',
    };
  },
});

function sightingOf(logs: readonly LogLine[], row: readonly number[], event: LogEvent, burst: Burst): Sighting {
  const { service, with: others } = event;
  const [first = 0] = burst.lines;
  const last = burst.lines.at(-1) ?? first;
  const following = others.filter(({ fails }) => fails).flatMap((other) => other.lines);
  const next = event.lines.find((place) => place > last) ?? logs.length;
  return {
    service,
    lines: [...burst.lines, ...following.filter((place) => place >= first && place < next)].sort((a, b) => a - b),
    facts: {
      said: saidIn(logs[first]),
      errors: burst.errors,
      from: clockText(logs[first]?.timeNs ?? ''),
      to: clockText(logs[last]?.timeNs ?? ''),
      before: burst.before,
      during: burst.during,
      worst: burst.worst,
      share: burst.during,
      steady: burst.steady,
      companions: withText(logs, others),
      ...traitFacts(sharedTrait(logs, row, event.lines)),
    },
    evidence: citedLines(logs, [first, ...others.map((other) => other.lines[0] ?? 0), last]),
  };
}

/** A value that the failing lines share, and how often lines with it and without it fail. */
function traitFacts(told: Told | undefined) {
  if (told === undefined) return { trait: '', having: 0, others: 0 };
  return { trait: traitText(told.trait), having: shareOf(told.having), others: shareOf(told.others) };
}

/** Adds the number of all errors, where a store counted more than were read. */
function withCount(sighting: Sighting, logs: readonly LogLine[], metrics: readonly Series[]): Sighting {
  const { lines = [], service, facts, evidence = [] } = sighting;
  const time = timeOf(lines.flatMap((place) => logs[place] ?? []));
  const found = countedLines(metrics, service, time);
  if (found === undefined || found.errors <= Number(facts.errors))
    return { ...sighting, facts: { ...facts, inAll: '' } };
  const usual = found.shareBefore < 0 ? '' : `, ${percent(found.shareBefore)} in the hour before`;
  const text = `${found.errors} of all ${found.lines} lines of that time are errors (${percent(found.errors / found.lines)}${usual})`;
  return {
    ...sighting,
    facts: { ...facts, inAll: ` Counted over all lines: ${text}.` },
    evidence: [...evidence, { kind: 'metric', ref: found.metric, text }],
  };
}

type Fact = string | number | boolean | undefined;

function tail(companions: Fact): string {
  return companions === '' ? '' : ` With them, within a tenth of a second, came ${companions}.`;
}

/** `0.1 %`, `60 %` */
function percent(share: Fact): string {
  const points = Number(share) * 100;
  if (points === 0) return '0 %';
  if (points < 0.1) return 'under 0.1 %';
  return `${points < 10 ? Number(points.toFixed(1)) : Math.round(points)} %`;
}
